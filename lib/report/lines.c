/*
 * lines: two texts of several lines, shown as a reviewer wants them: without the lines at the start
 * and at the end that are the same, and no longer than a glance.
 */
#include "report/forms.h"

#include <string.h>

enum { GLANCE = 12 }; /* lines of each side, unless the report is full */

typedef struct text_range {
    const char *start, *end;
} text_range;

static text_range range_of(const gitops_value *value)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    return (text_range){text, text + length};
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
static void drop_common_start(text_range *a, text_range *b)
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
static int starts_line(const char *at, text_range range)
{
    return at == range.start || at[-1] == '\n';
}

/* Drops whole lines that both end with. */
static void drop_common_end(text_range *a, text_range *b)
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

static void put_lines(gops_writer *out, text_range range, const char *indent, const char *mark,
                      int full)
{
    size_t shown = 0, left = 0;
    while (range.start < range.end) {
        size_t length = (size_t)(range.end - range.start);
        const char *end = memchr(range.start, '\n', length);
        if (full || shown < GLANCE) {
            gops_writer_puts(out, indent);
            gops_writer_puts(out, mark);
            gops_writer_shown_bytes(out, range.start, end ? (size_t)(end - range.start) : length);
            gops_writer_puts(out, end ? "\n" : "  (no newline)\n");
            shown++;
        } else {
            left++;
        }
        range.start = end ? end + 1 : range.end;
    }
    if (left) {
        gops_writer_puts(out, indent);
        gops_writer_puts(out, mark);
        gops_writer_puts(out, "... and ");
        gops_writer_uint(out, left);
        gops_writer_puts(out, left == 1 ? " more line\n" : " more lines\n");
    }
}

void gops_text_lines(gops_writer *out, const gitops_value *before, const gitops_value *after,
                     const char *indent, const gitops_report_options *options)
{
    text_range a = range_of(before), b = range_of(after);
    drop_common_start(&a, &b);
    drop_common_end(&a, &b);
    put_lines(out, a, indent, "    - ", options->full);
    put_lines(out, b, indent, "    + ", options->full);
}
