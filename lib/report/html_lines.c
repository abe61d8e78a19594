/*
 * html_lines: two texts of several lines, line beside line. What both sides start and end with is
 * left out but for a few lines; where what differs is short enough, lines that both sides have face
 * each other. The table for that has one fixed size, as reports allocate nothing.
 */
#include "report/html.h"

#include <string.h>

enum {
    MATCHED_LINES = 64, /* of each side; longer ones are laid side by side as they come */
    SHOWN_LINES = 200,  /* of such a side, unless the report is full */
    CONTEXT_LINES = 3
};

typedef struct side {
    gops_lines lines[MATCHED_LINES];
    size_t count;
} side;

/* [i][j]: how many lines the rests of both sides from i and j have in common, in order. */
typedef uint8_t common_table[MATCHED_LINES + 1][MATCHED_LINES + 1];

static int same_line(gops_lines a, gops_lines b)
{
    size_t length = (size_t)(a.end - a.start);
    return length == (size_t)(b.end - b.start) && memcmp(a.start, b.start, length) == 0;
}

/* Returns 0 when there are too many lines. */
static int fill_side(side *out, gops_lines rest)
{
    out->count = 0;
    for (gops_lines line; gops_lines_take(&rest, &line);) {
        if (out->count == MATCHED_LINES)
            return 0;
        out->lines[out->count++] = line;
    }
    return 1;
}

static void fill_table(common_table table, const side *a, const side *b)
{
    memset(table, 0, sizeof(common_table));
    for (size_t i = a->count; i-- > 0;)
        for (size_t j = b->count; j-- > 0;) {
            uint8_t skipped = table[i + 1][j] > table[i][j + 1] ? table[i + 1][j] : table[i][j + 1];
            uint8_t matched = (uint8_t)(table[i + 1][j + 1] + 1);
            table[i][j] = same_line(a->lines[i], b->lines[j]) ? matched : skipped;
        }
}

/* line NULL: there is none on this side. */
static void put_cell(gops_writer *out, const char *class, const gops_lines *line)
{
    gops_writer_puts(out, "<td");
    if (line) {
        gops_writer_puts(out, " class=\"");
        gops_writer_puts(out, class);
        gops_writer_puts(out, "\"");
    }
    gops_writer_puts(out, "><pre>");
    if (line)
        gops_writer_html_bytes(out, line->start, (size_t)(line->end - line->start));
    gops_writer_puts(out, "</pre></td>");
}

static void put_row(gops_writer *out, const gops_lines *old, const gops_lines *new, int same)
{
    gops_writer_puts(out, "<tr class=\"line\">");
    put_cell(out, same ? "same" : "old", old);
    put_cell(out, same ? "same" : "new", new);
    gops_writer_puts(out, "</tr>\n");
}

/* The first lines of a text, which both sides have. */
static void put_same(gops_writer *out, gops_lines lines, size_t from, size_t to)
{
    size_t i = 0;
    for (gops_lines line; i < to && gops_lines_take(&lines, &line); i++)
        if (i >= from)
            put_row(out, &line, &line, 1);
}

/* Lines that differ, as many rows as the longer side has. */
static void put_block(gops_writer *out, const gops_lines *old, size_t old_count,
                      const gops_lines *new, size_t new_count)
{
    for (size_t i = 0; i < old_count || i < new_count; i++)
        put_row(out, i < old_count ? old + i : NULL, i < new_count ? new + i : NULL, 0);
}

static void put_matched(gops_writer *out, const side *a, const side *b)
{
    common_table table;
    size_t i = 0, j = 0, a_from = 0, b_from = 0;
    fill_table(table, a, b);
    while (i < a->count && j < b->count) {
        if (!same_line(a->lines[i], b->lines[j])) {
            if (table[i + 1][j] >= table[i][j + 1])
                i++;
            else
                j++;
            continue;
        }
        put_block(out, a->lines + a_from, i - a_from, b->lines + b_from, j - b_from);
        put_row(out, &a->lines[i], &b->lines[j], 1);
        a_from = ++i;
        b_from = ++j;
    }
    put_block(out, a->lines + a_from, a->count - a_from, b->lines + b_from, b->count - b_from);
}

static void put_left_out(gops_writer *out, size_t old, size_t new)
{
    gops_writer_puts(out, "<tr class=\"line\"><td colspan=\"2\" class=\"same\"><pre>... and ");
    gops_writer_uint(out, old);
    gops_writer_puts(out, " more before, ");
    gops_writer_uint(out, new);
    gops_writer_puts(out, " more after</pre></td></tr>\n");
}

static void put_as_they_come(gops_writer *out, gops_lines old, gops_lines new, size_t most)
{
    gops_lines a, b;
    for (size_t i = 0; i < most; i++) {
        int has_old = gops_lines_take(&old, &a) != 0, has_new = gops_lines_take(&new, &b) != 0;
        if (!has_old && !has_new)
            return;
        put_row(out, has_old ? &a : NULL, has_new ? &b : NULL, 0);
    }
    if (old.start < old.end || new.start < new.end)
        put_left_out(out, gops_lines_count(old), gops_lines_count(new));
}

void gops_html_lines(gops_writer *out, const gitops_value *before, const gitops_value *after,
                     const gitops_report_options *options)
{
    gops_hunk hunk = gops_hunk_of(before, after);
    size_t above = gops_lines_count(hunk.above);
    side a, b;
    put_same(out, hunk.above, above > CONTEXT_LINES ? above - CONTEXT_LINES : 0, above);
    if (fill_side(&a, hunk.before) && fill_side(&b, hunk.after))
        put_matched(out, &a, &b);
    else
        put_as_they_come(out, hunk.before, hunk.after, options->full ? SIZE_MAX : SHOWN_LINES);
    put_same(out, hunk.below, 0, CONTEXT_LINES);
}
