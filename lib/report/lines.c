/*
 * lines: two texts of several lines, as a hunk: what both start with, what differs, what both end
 * with.
 */
#include "report/forms.h"

#include <string.h>

static gops_lines lines_of(const gitops_value *value)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    return (gops_lines){text, text + length};
}

static int has_newline(const gitops_value *value)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    return gitops_value_type(value) == GITOPS_VALUE_STRING && memchr(text, '\n', length) != NULL;
}

int gops_text_has_lines(const gitops_value *before, const gitops_value *after)
{
    return gitops_value_type(before) == GITOPS_VALUE_STRING &&
           gitops_value_type(after) == GITOPS_VALUE_STRING &&
           (has_newline(before) || has_newline(after));
}

/* Drops whole lines that both start with. */
static void drop_common_start(gops_lines *a, gops_lines *b)
{
    const char *p = a->start, *q = b->start;
    for (; p < a->end && q < b->end && *p == *q; p++, q++) {
        if (*p == '\n') {
            a->start = p + 1;
            b->start = q + 1;
        }
    }
}

/* Both ranges start at the start of a line. */
static int starts_line(const char *at, gops_lines lines)
{
    return at == lines.start || at[-1] == '\n';
}

/* Drops whole lines that both end with. */
static void drop_common_end(gops_lines *a, gops_lines *b)
{
    const char *p = a->end, *q = b->end;
    while (p > a->start && q > b->start && p[-1] == q[-1]) {
        p--;
        q--;
        if (starts_line(p, *a) && starts_line(q, *b)) {
            a->end = p;
            b->end = q;
        }
    }
}

gops_hunk gops_hunk_of(const gitops_value *before, const gitops_value *after)
{
    gops_lines old = lines_of(before);
    gops_hunk hunk = {.before = old, .after = lines_of(after)};
    drop_common_start(&hunk.before, &hunk.after);
    drop_common_end(&hunk.before, &hunk.after);
    hunk.above = (gops_lines){old.start, hunk.before.start};
    hunk.below = (gops_lines){hunk.before.end, old.end};
    return hunk;
}

size_t gops_lines_count(gops_lines lines)
{
    size_t count = 0;
    for (gops_lines line; gops_lines_take(&lines, &line);)
        count++;
    return count;
}

int gops_lines_take(gops_lines *rest, gops_lines *line)
{
    if (rest->start >= rest->end)
        return 0;
    const char *end = memchr(rest->start, '\n', (size_t)(rest->end - rest->start));
    *line = (gops_lines){rest->start, end ? end : rest->end};
    rest->start = end ? end + 1 : rest->end;
    return end ? 1 : 2;
}
