/*
 * ignore: patterns point into one copy of their text. As in git, what stands in front of the first
 * wildcard is compared as plain bytes and the glob starts behind it; this shows in odd patterns
 * ("a/b**" crosses slashes), so it is kept.
 */
#include "source/ignore.h"

#include <string.h>

#include "source/wildmatch.h"

enum { NEGATED = 1, DIRECTORY_ONLY = 2, NAME_ONLY = 4 };

typedef struct pattern {
    const char *text;
    size_t length;
    size_t plain; /* bytes in front of the first wildcard */
    unsigned flags;
} pattern;

struct gops_ignore {
    gitops_context *context; /* borrowed: a list lives within one walk */
    const gops_ignore *parent;
    size_t base_length;
    char *text;
    pattern *patterns;
    size_t count, capacity;
};

static size_t plain_length(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && !strchr("*?[\\", text[i]))
        i++;
    return i;
}

static int add_pattern(gops_ignore *list, const char *text, size_t length)
{
    pattern p = {text, length, 0, 0};
    if (p.length && p.text[0] == '!') {
        p.flags |= NEGATED;
        p.text++;
        p.length--;
    }
    if (p.length && p.text[p.length - 1] == '/') {
        p.flags |= DIRECTORY_ONLY;
        p.length--;
    }
    if (p.length == 0)
        return 0;
    if (!memchr(p.text, '/', p.length))
        p.flags |= NAME_ONLY;
    if (p.text[0] == '/') {
        p.text++;
        p.length--;
    }
    p.plain = plain_length(p.text, p.length);
    if (gops_grow(list->context, &list->patterns, &list->capacity, list->count + 1, sizeof p) < 0)
        return GITOPS_ENOMEM;
    list->patterns[list->count++] = p;
    return 0;
}

/* Length without trailing blanks; one behind a backslash stays. */
static size_t trim_blanks(const char *text, size_t length)
{
    size_t end = 0;
    for (size_t i = 0; i < length; i++) {
        int escaped = text[i] == '\\';
        i += (size_t)escaped;
        if (i >= length)
            return length; /* a last backslash: git leaves such a line alone */
        if (escaped || text[i] != ' ')
            end = i + 1;
    }
    return end;
}

static int add_line(gops_ignore *list, const char *line, size_t length)
{
    if (length && line[length - 1] == '\r')
        length--;
    const char *nul = memchr(line, '\0', length);
    if (nul)
        length = (size_t)(nul - line);
    if (length == 0 || line[0] == '#')
        return 0;
    return add_pattern(list, line, trim_blanks(line, length));
}

static int add_lines(gops_ignore *list, size_t length)
{
    const char *line = list->text, *end = line + length;
    if (length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0)
        line += 3;
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        if (add_line(list, line, (size_t)(stop - line)) < 0)
            return GITOPS_ENOMEM;
        line = stop < end ? stop + 1 : end;
    }
    return 0;
}

static gops_ignore *new_list(gitops_context *context, size_t base_length)
{
    gops_ignore *list = gops_calloc(context, 1, sizeof *list);
    if (list) {
        list->context = context;
        list->base_length = base_length;
    }
    return list;
}

int gops_ignore_parse(gops_ignore **out, gitops_context *context, const char *text, size_t length,
                      size_t base_length, const gops_ignore *parent, gitops_error *err)
{
    *out = NULL;
    if (length > GOPS_IGNORE_MAX_BYTES)
        return gops_fail(err, GITOPS_ELIMIT, "ignore file is longer than %d bytes",
                         GOPS_IGNORE_MAX_BYTES);
    gops_ignore *list = new_list(context, base_length);
    if (list)
        list->text = gops_strndup(context, text, length);
    if (!list || !list->text || add_lines(list, length) < 0) {
        gops_ignore_free(list);
        return gops_fail_memory(err);
    }
    list->parent = parent;
    *out = list;
    return 0;
}

static int copy_patterns(gops_ignore *list, const char *const *patterns, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += strlen(patterns[i]);
    list->text = gops_alloc(list->context, size);
    if (!list->text)
        return GITOPS_ENOMEM;
    char *next = list->text;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(patterns[i]);
        memcpy(next, patterns[i], length);
        if (add_pattern(list, next, length) < 0)
            return GITOPS_ENOMEM;
        next += length;
    }
    return 0;
}

int gops_ignore_new(gops_ignore **out, gitops_context *context, const char *const *patterns,
                    size_t count, size_t base_length, gitops_error *err)
{
    *out = NULL;
    gops_ignore *list = new_list(context, base_length);
    if (!list || copy_patterns(list, patterns, count) < 0) {
        gops_ignore_free(list);
        return gops_fail_memory(err);
    }
    *out = list;
    return 0;
}

void gops_ignore_free(gops_ignore *list)
{
    if (!list)
        return;
    gops_free(list->context, list->patterns);
    gops_free(list->context, list->text);
    gops_free(list->context, list);
}

static int matches(const pattern *p, const char *path, size_t length)
{
    if (p->flags & NAME_ONLY) {
        size_t start = length;
        while (start > 0 && path[start - 1] != '/')
            start--;
        path += start;
        length -= start;
        if (p->plain == p->length)
            return length == p->length && memcmp(path, p->text, length) == 0;
        return gops_wildmatch(p->text, p->length, path, length);
    }
    if (p->plain > length || memcmp(p->text, path, p->plain) != 0)
        return 0;
    return gops_wildmatch(p->text + p->plain, p->length - p->plain, path + p->plain,
                          length - p->plain);
}

static const pattern *last_match(const gops_ignore *list, const char *path, size_t length,
                                 int is_directory)
{
    for (size_t i = list->count; i-- > 0;) {
        const pattern *p = &list->patterns[i];
        if ((p->flags & DIRECTORY_ONLY) && !is_directory)
            continue;
        if (matches(p, path + list->base_length, length - list->base_length))
            return p;
    }
    return NULL;
}

gops_verdict gops_ignore_match(const gops_ignore *list, const char *path, size_t length,
                               int is_directory)
{
    for (; list; list = list->parent) {
        const pattern *p = last_match(list, path, length, is_directory);
        if (p)
            return p->flags & NEGATED ? GOPS_VERDICT_INCLUDE : GOPS_VERDICT_EXCLUDE;
    }
    return GOPS_VERDICT_NONE;
}
