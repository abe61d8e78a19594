/*
 * Any bytes as JSON: the strict reader must take exactly the texts of RFC 8259 (in UTF-8, without
 * half surrogate pairs), which is checked by a second, tiny reader; and what is JSON must be the
 * same tree when it is read as YAML, where YAML takes it.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzzing.h"
#include "value/json.h"

enum { DEEPEST = 1000 };

/* ---- the grammar of RFC 8259, one function for each rule; NULL: no match ---- */

static const char *json_value(const char *p, const char *end, int depth);

static const char *blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        p++;
    return p;
}

/* A byte with blanks around it. */
static const char *mark(const char *p, const char *end, char c)
{
    p = p ? blanks(p, end) : NULL;
    return p && p < end && *p == c ? blanks(p + 1, end) : NULL;
}

static const char *digits(const char *p, const char *end)
{
    const char *start = p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p > start ? p : NULL;
}

static const char *number(const char *p, const char *end)
{
    p += p < end && *p == '-';
    p = p < end && *p == '0' ? p + 1 : digits(p, end);
    if (p && p < end && *p == '.')
        p = digits(p + 1, end);
    if (p && p < end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        p = digits(p, end);
    }
    return p;
}

/* "XXXX" behind "\u", as a number; -1: it is none. */
static long hex4(const char *p, const char *end)
{
    char text[5] = "";
    if (end - p < 4)
        return -1;
    memcpy(text, p, 4);
    return strspn(text, "0123456789abcdefABCDEF") == 4 ? strtol(text, NULL, 16) : -1;
}

static const char *escape(const char *p, const char *end)
{
    if (p == end)
        return NULL;
    if (*p != 'u')
        return *p && strchr("\"\\/bfnrt", *p) ? p + 1 : NULL;
    long unit = hex4(p + 1, end);
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return NULL;
    if (unit < 0xD800 || unit > 0xDBFF)
        return p + 5;
    if (end - p < 7 || p[5] != '\\' || p[6] != 'u')
        return NULL;
    long low = hex4(p + 7, end);
    return low >= 0xDC00 && low <= 0xDFFF ? p + 11 : NULL;
}

/* One character of well-formed UTF-8 (table 3-7 of the Unicode standard). */
static const char *utf8(const char *p, const char *end)
{
    static const unsigned char first[][4] = {/* lead bytes, then the second byte: from, to */
        {0xC2, 0xDF, 0x80, 0xBF}, {0xE0, 0xE0, 0xA0, 0xBF}, {0xE1, 0xEC, 0x80, 0xBF},
        {0xED, 0xED, 0x80, 0x9F}, {0xEE, 0xEF, 0x80, 0xBF}, {0xF0, 0xF0, 0x90, 0xBF},
        {0xF1, 0xF3, 0x80, 0xBF}, {0xF4, 0xF4, 0x80, 0x8F}};
    const unsigned char *q = (const unsigned char *)p;
    if (q[0] < 0x80)
        return p + 1;
    int width = q[0] < 0xE0 ? 2 : q[0] < 0xF0 ? 3 : 4;
    if (end - p < width)
        return NULL;
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        if (q[0] >= first[i][0] && q[0] <= first[i][1]) {
            int ok = q[1] >= first[i][2] && q[1] <= first[i][3];
            for (int j = 2; j < width; j++)
                ok = ok && (q[j] & 0xC0) == 0x80;
            return ok ? p + width : NULL;
        }
    return NULL;
}

static const char *string(const char *p, const char *end)
{
    if (p == end || *p++ != '"')
        return NULL;
    while (p && p < end && *p != '"') {
        if ((unsigned char)*p < 0x20)
            return NULL;
        p = *p == '\\' ? escape(p + 1, end) : utf8(p, end);
    }
    return p && p < end ? p + 1 : NULL;
}

/* What stands between commas in a list or a map. */
static const char *element(const char *p, const char *end, int depth, int is_map)
{
    if (is_map)
        p = mark(string(p, end), end, ':');
    return p ? json_value(p, end, depth) : NULL;
}

static const char *collection(const char *p, const char *end, int depth)
{
    int is_map = *p == '{';
    char close = is_map ? '}' : ']';
    const char *empty = mark(blanks(p + 1, end), end, close);
    if (empty)
        return empty;
    for (p = element(blanks(p + 1, end), end, depth, is_map); p && !mark(p, end, close);)
        if ((p = mark(p, end, ',')))
            p = element(p, end, depth, is_map);
    return p ? mark(p, end, close) : NULL;
}

static const char *json_value(const char *p, const char *end, int depth)
{
    if (p == end || depth > DEEPEST)
        return NULL;
    if (*p == '{' || *p == '[')
        return collection(p, end, depth + 1);
    if (*p == '"')
        return string(p, end);
    if (end - p >= 4 && (memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0))
        return p + 4;
    if (end - p >= 5 && memcmp(p, "false", 5) == 0)
        return p + 5;
    return number(p, end);
}

static int is_json(const char *text, size_t size)
{
    const char *end = text + size, *p = json_value(blanks(text, end), end, 0);
    return p && blanks(p, end) == end;
}

/* ---- the reader under test ---- */

typedef struct strict {
    gops_arena arena;
    gops_builder builder;
    gitops_diagnostics problems;
    gops_place end;
    int rc;
} strict;

static void read_strictly(strict *s, gitops_context *context, const char *text, size_t size)
{
    memset(s, 0, sizeof *s);
    s->end = (gops_place){0, 1, 1};
    gops_arena_init(&s->arena, context, 0);
    gops_diagnostics_init(&s->problems, context);
    gops_builder_init(&s->builder, context);
    gops_builder_text(&s->builder, "fuzz", &s->problems);
    gops_builder_start(&s->builder, &s->arena);
    s->rc = gops_json_read(&s->builder, text, size, &s->end, NULL);
}

static void release(strict *s)
{
    gops_builder_release(&s->builder);
    gops_diagnostics_release(&s->problems);
    gops_arena_free(&s->arena);
}

/* YAML takes these for breaks of lines, within quotes too, and this one for the end of a text. */
static int has_breaks(const char *text, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++)
        if (memcmp(text + i, "\xC2\x85", 2) == 0 ||
            (i + 2 < size && (memcmp(text + i, "\xE2\x80\xA8", 3) == 0 ||
                              memcmp(text + i, "\xE2\x80\xA9", 3) == 0)))
            return 1;
    return 0;
}

/* The same values in the same places; YAML has one more line before it. */
static void check_same(const gitops_value *json, const gitops_value *yaml, const char *text,
                       size_t size)
{
    if (gitops_value_type(json) != gitops_value_type(yaml) ||
        gitops_value_count(json) != gitops_value_count(yaml) || !gitops_value_equal(json, yaml))
        fuzz_fail("JSON is something else in YAML", text, size);
    if (gitops_value_line(json) + 1 != gitops_value_line(yaml) ||
        gitops_value_column(json) != gitops_value_column(yaml))
        fuzz_fail("JSON stands somewhere else in YAML", text, size);
    for (size_t i = 0; i < gitops_value_count(json); i++)
        check_same(gitops_value_item(json, i), gitops_value_item(yaml, i), text, size);
}

static void compare_with_yaml(gitops_context *context, const char *text, size_t size)
{
    char *behind = malloc(size + 4);
    if (!behind)
        abort();
    memcpy(behind, "---\n", 4);
    memcpy(behind + 4, text, size);
    gitops_document *json = fuzz_parse(context, text, size);
    gitops_document *yaml = fuzz_parse(context, behind, size + 4);
    if (json && yaml)
        check_same(gitops_document_root(json), gitops_document_root(yaml), text, size);
    gitops_document_free(json);
    gitops_document_free(yaml);
    free(behind);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gitops_context *context = fuzz_context();
    const char *text = (const char *)data;
    int valid = is_json(text, size);
    strict s;
    read_strictly(&s, context, text, size);
    int taken = s.rc == 0 && s.end.offset == size;
    if (s.rc != GITOPS_ELIMIT && taken != valid)
        fuzz_fail(valid ? "JSON is refused" : "what is not JSON is taken", text, size);
    if (taken && !has_breaks(text, size))
        compare_with_yaml(context, text, size);
    release(&s);
    gitops_context_free(context);
    return 0;
}
