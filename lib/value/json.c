/*
 * json: one pass over the text; what is open is on the builder's stack. Positions cost a line
 * number, the start of the line, and the bytes since then that begin no character.
 */
#include "value/json.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "value/number.h"

typedef struct json {
    gops_builder *builder;
    const char *text;
    const char *p, *end;
    uint32_t line;
    const char *line_start;
    size_t continuation;  /* bytes since line_start that go on a character */
    gitops_error *err;
} json;

static uint32_t column_at(const json *j, const char *p)
{
    return (uint32_t)((size_t)(p - j->line_start) - j->continuation) + 1;
}

/* Sets the error at the current place. Returns GITOPS_EPARSE. */
static int broken(json *j, const char *message)
{
    return gops_fail_at(j->err, GITOPS_EPARSE, j->builder->name, j->line, column_at(j, j->p), "%s",
                        message);
}

static inline void skip_blanks(json *j)
{
    if (j->p < j->end && (unsigned char)*j->p > ' ')
        return;
    for (; j->p < j->end; j->p++) {
        char c = *j->p;
        if (c == '\n' || c == '\r') {
            if (c == '\r' && j->p + 1 < j->end && j->p[1] == '\n')
                j->p++;
            j->line++;
            j->line_start = j->p + 1;
            j->continuation = 0;
        } else if (c != ' ' && c != '\t') {
            return;
        }
    }
}

/* Four hexadecimal digits at p. Returns 1 when they are. */
static int read_hex(const char *p, const char *end, uint32_t *out)
{
    uint32_t value = 0;
    if (end - p < 4)
        return 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit > 15)
            return 0;
        value = value << 4 | digit;
    }
    *out = value;
    return 1;
}

/* The four digits of an escape, and the second half of a pair; j->p stands behind "\u". */
static int read_unicode(json *j, char **out)
{
    uint32_t first, second;
    if (!read_hex(j->p, j->end, &first))
        return broken(j, "expected four hexadecimal digits after \\u");
    if (first >= 0xDC00 && first < 0xE000)
        return broken(j, "\\u escape is half of a surrogate pair");
    if (first >= 0xD800 && first < 0xDC00) {
        if (j->end - j->p < 10 || j->p[4] != '\\' || j->p[5] != 'u' ||
            !read_hex(j->p + 6, j->end, &second) || second < 0xDC00 || second >= 0xE000)
            return broken(j, "\\u escape is half of a surrogate pair");
        first = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        j->p += 6;
    }
    j->p += 4;
    *out += gops_utf8_encode(first, *out);
    return 0;
}

/* One escape; j->p stands on the backslash. */
static int read_escape(json *j, char **out)
{
    static const char meanings[] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    unsigned char c = j->end - j->p > 1 ? (unsigned char)j->p[1] : '\0';
    char meaning = c < sizeof meanings ? meanings[c] : '\0';
    if (c != 'u' && !meaning)
        return broken(j, "unknown escape in a string");
    j->p += 2;
    if (c == 'u')
        return read_unicode(j, out);
    *(*out)++ = meaning;
    return 0;
}

/* A character that is not ASCII, or one that may not stand in a string. */
static int read_character(json *j, char **out)
{
    uint32_t character;
    size_t width = gops_utf8_decode(j->p, (size_t)(j->end - j->p), &character);
    if (width == 0)
        return broken(j, gops_utf8_problem(j->p, (size_t)(j->end - j->p)));
    if (character < 0x20)
        return broken(j, "control character in a string");
    memcpy(*out, j->p, width);
    *out += width;
    j->p += width;
    if (character == 0x85 || character == 0x2028 || character == 0x2029) {
        /* The YAML reader counts these as line breaks, so both count the same. */
        j->line++;
        j->line_start = j->p;
        j->continuation = 0;
    } else {
        j->continuation += width - 1;
    }
    return 0;
}

/* A string of the source that needs no decoding; NULL: no memory. */
static const char *keep_text(json *j, const char *start, size_t length)
{
    gops_builder *builder = j->builder;
    return builder->borrows ? start : gops_arena_copy(builder->arena, start, length);
}

static int is_simple(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/*
 * How many of the STRIDE bytes at p are simple before one that is not. Bytes that are not ASCII are
 * negative as signed ones, and so below 0x20 as well.
 */
#if defined(__SSE2__)
enum { STRIDE = 16 };

static inline size_t simple_ahead(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i marks = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
                                 _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                              _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    unsigned mask = (unsigned)_mm_movemask_epi8(marks);
    return mask ? (size_t)__builtin_ctz(mask) : STRIDE;
}
#else
enum { STRIDE = 8 };

static inline size_t simple_ahead(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    memcpy(&word, p, sizeof word);
    uint64_t marks = (word - ones * 0x20) | ((word ^ ones * '"') - ones) |
                     ((word ^ ones * '\\') - ones) | word;
    size_t count = marks & ones * 0x80 ? 0 : STRIDE;
    while (count < STRIDE && is_simple(p[count]))
        count++;
    return count;
}
#endif

static inline const char *skip_simple(const char *p, const char *end)
{
    size_t count = STRIDE;
    for (; count == STRIDE && end - p >= STRIDE; p += count)
        count = simple_ahead(p);
    while (count == STRIDE && p < end && is_simple(*p))
        p++;
    return p;
}

/* The end of the string that goes on at p: its quote, or the end of the text. */
static const char *find_quote(const char *p, const char *end)
{
    while ((p = skip_simple(p, end)) < end && *p != '"')
        p += *p == '\\' && p + 1 < end ? 2 : 1;
    return p;
}

/* Decodes the rest of a string, which is simple from start to j->p. */
static int decode_string(json *j, const char *start, const char **text, size_t *length)
{
    size_t most = (size_t)(find_quote(j->p, j->end) - start);
    char *buffer = gops_arena_bytes(j->builder->arena, most + 1), *out = buffer;
    if (!buffer)
        return GITOPS_ENOMEM;
    for (const char *run = start;; run = j->p, j->p = skip_simple(run, j->end)) {
        memcpy(out, run, (size_t)(j->p - run));
        out += j->p - run;
        if (j->p == j->end || *j->p == '"')
            break;
        int rc = *j->p == '\\' ? read_escape(j, &out) : read_character(j, &out);
        if (rc < 0)
            return rc;
    }
    *text = buffer;
    *length = (size_t)(out - buffer);
    gops_arena_trim(j->builder->arena, buffer, most + 1, *length);
    return 0;
}

/* The same up to behind its quote. */
static int read_rest(json *j, const char *start, const char **text, size_t *length)
{
    int rc = decode_string(j, start, text, length);
    if (rc < 0)
        return rc;
    if (j->p == j->end)
        return broken(j, "string is not closed");
    j->p++;
    return 0;
}

/* A string into the arena; j->p stands on its quote. */
static inline int read_string(json *j, const char **text, size_t *length)
{
    const char *start = j->p + 1, *stop = skip_simple(start, j->end);
    j->p = stop;
    if (stop == j->end || *stop != '"')
        return read_rest(j, start, text, length);
    *length = (size_t)(stop - start);
    *text = keep_text(j, start, *length);
    j->p++;
    return *text ? 0 : GITOPS_ENOMEM;
}

static int take_string(json *j)
{
    gitops_value *value;
    const char *text;
    size_t length;
    uint32_t line = j->line, column = column_at(j, j->p);
    int rc = read_string(j, &text, &length);
    if (rc == 0)
        rc = gops_builder_check_scalar(j->builder, length, line, column);
    if (rc == 0)
        rc = gops_builder_slot(j->builder, &value, line, column);
    if (rc == 0)
        gops_value_set_string(value, text, (uint32_t)length);
    return rc;
}

static int is_number_part(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static int take_number(json *j)
{
    gops_number number;
    gitops_value *value;
    const char *start = j->p, *p = j->p;
    while (p < j->end && is_number_part(*p))
        p++;
    size_t length = (size_t)(p - start);
    if (!gops_number_parse(&number, start, length))
        return broken(j, "number is not spelled as JSON demands");
    uint32_t column = column_at(j, start);
    int rc = gops_builder_check_scalar(j->builder, length, j->line, column);
    if (rc < 0)
        return rc;
    rc = gops_builder_slot(j->builder, &value, j->line, column);
    const char *text = keep_text(j, start, length);
    if (rc < 0 || !text)
        return rc < 0 ? rc : GITOPS_ENOMEM;
    if (gops_number_in_range(&number)) {
        gops_value_set_number(value, text, (uint32_t)length);
    } else {
        gops_value_set_string(value, text, (uint32_t)length);
        gops_builder_problem(j->builder, GOPS_LAST, GITOPS_SEVERITY_WARNING, GITOPS_EPARSE,
                             j->line, column,
                             "number is beyond the range of a double and is read as text");
    }
    j->p = p;
    return 0;
}

/* true, false or null. */
static int take_word(json *j)
{
    static const char *const words[] = {"null", "false", "true"};
    gitops_value *value;
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(j->end - j->p) < length || memcmp(j->p, words[i], length) != 0)
            continue;
        int rc = gops_builder_slot(j->builder, &value, j->line, column_at(j, j->p));
        if (rc < 0)
            return rc;
        if (i == 0)
            gops_value_set_null(value);
        else
            gops_value_set_bool(value, i == 2);
        j->p += length;
        return 0;
    }
    return broken(j, "expected a JSON value");
}

/* A key and its colon; j->p stands on the first byte of the key. */
static int take_key(json *j)
{
    const char *key;
    size_t length;
    uint32_t line = j->line, column = column_at(j, j->p);
    if (j->p == j->end || *j->p != '"')
        return broken(j, "expected a key in double quotes");
    int rc = read_string(j, &key, &length);
    if (rc == 0)
        rc = gops_builder_check_scalar(j->builder, length, line, column);
    if (rc == 0)
        rc = gops_builder_key(j->builder, key, length, line, column);
    if (rc < 0)
        return rc;
    skip_blanks(j);
    if (j->p == j->end || *j->p != ':')
        return broken(j, "expected ':' after a key");
    j->p++;
    return 0;
}

/* Opens a list or map and takes its first key. *closed: it was empty and is closed again. */
static int take_open(json *j, int *closed)
{
    const gitops_value *value;
    int is_map = *j->p == '{';
    int rc = gops_builder_open(j->builder, is_map, 0, j->line, column_at(j, j->p));
    if (rc < 0)
        return rc;
    j->p++;
    skip_blanks(j);
    *closed = j->p < j->end && *j->p == (is_map ? '}' : ']');
    if (*closed) {
        j->p++;
        return gops_builder_close(j->builder, &value);
    }
    return is_map ? take_key(j) : 0;
}

/* A value; *whole is 0 when it was the start of a list or map that goes on. */
static int take_value(json *j, int *whole)
{
    *whole = 1;
    skip_blanks(j);
    if (j->p == j->end)
        return broken(j, "text ends where a JSON value is expected");
    char c = *j->p;
    if (c == '{' || c == '[')
        return take_open(j, whole);
    if (c == '"')
        return take_string(j);
    if (c == '-' || (c >= '0' && c <= '9'))
        return take_number(j);
    return take_word(j);
}

/* What follows a whole value inside of a list or map: its end, or a comma and the next key. */
static int take_separator(json *j, int *whole)
{
    const gitops_value *value;
    int is_map = gops_builder_top(j->builder)->is_map;
    skip_blanks(j);
    char c = j->p < j->end ? *j->p : '\0';
    if (c == (is_map ? '}' : ']')) {
        j->p++;
        *whole = 1;
        return gops_builder_close(j->builder, &value);
    }
    if (c != ',')
        return broken(j, is_map ? "expected ',' or '}'" : "expected ',' or ']'");
    j->p++;
    *whole = 0;
    if (!is_map)
        return 0;
    skip_blanks(j);
    return take_key(j);
}

int gops_json_read(gops_builder *builder, const char *text, size_t length, gops_place *place,
                   gitops_error *err)
{
    const char *start = text + place->offset;
    const char *line_start = start - (place->column - 1);
    json j = {builder, text, start, text + length, place->line, line_start, 0, err};
    int whole = 0, rc = 0;
    do {
        if (!whole)
            rc = take_value(&j, &whole);
        else
            rc = take_separator(&j, &whole);
    } while (rc == 0 && (builder->depth || !whole));
    if (rc == 0)
        skip_blanks(&j);
    place->offset = (size_t)(j.p - text);
    place->line = j.line;
    place->column = column_at(&j, j.p);
    return rc;
}
