/*
 * rows: two values shown as a reviewer wants them: the rows that went and came, each between the
 * rows around it, and no longer than a glance. Where the sides part, they meet again at the nearest
 * rows that are the same; only so far is looked ahead that the work stays linear and needs no
 * memory.
 */
#include "report/forms.h"

#include <string.h>

#include "value/value.h"

enum {
    GLANCE = 12,       /* rows of each side, unless the report is full */
    CONTEXT = 2,       /* rows that stayed, before and after */
    AHEAD = 32,        /* rows that are looked at for the place where the sides meet again */
    FEW = 3,           /* so many elements say all in one line */
    VALUE_BYTES = 160  /* of one shown value, unless the report is full */
};

enum { WENT = 0, CAME = 1, SIDES = 2 };

/* A line of a text, or an element or a member of a container. */
typedef struct row {
    gops_lines line;
    int ends;                  /* a line that has its newline */
    const gitops_value *value; /* NULL: a line */
} row;

/* The rows of a value that are still to come. */
typedef struct rows {
    gops_lines lines;
    const gitops_value *next, *end; /* of a container; NULL: a text */
} rows;

typedef struct printer {
    gops_writer *out;
    const char *indent;
    const gitops_report_options *options;
    size_t shown[SIDES], left[SIDES];
    row before[CONTEXT]; /* that stayed, since what was shown last */
    size_t waiting;      /* how many of them there are */
    size_t passed;       /* rows that stayed and will not be shown */
    size_t after;        /* rows still to be shown behind a change */
    int started;
} printer;

static rows rows_of(const gitops_value *value)
{
    rows all = {{NULL, NULL}, NULL, NULL};
    if (value->type >= GITOPS_VALUE_LIST) {
        all.next = value->as.children;
        all.end = all.next + value->count;
        return all;
    }
    size_t length;
    all.lines.start = gitops_value_text(value, &length);
    all.lines.end = all.lines.start + length;
    return all;
}

static int take_row(rows *rest, row *out)
{
    memset(out, 0, sizeof *out);
    if (rest->next != rest->end) {
        out->value = rest->next++;
        return 1;
    }
    int taken = gops_lines_take(&rest->lines, &out->line);
    out->ends = taken == 1;
    return taken != 0;
}

static int same_row(const row *a, const row *b)
{
    if (a->value)
        return gops_value_same(a->value, b->value) &&
               gops_key_compare(a->value->key, a->value->key_length, b->value->key,
                                b->value->key_length) == 0;
    size_t length = (size_t)(a->line.end - a->line.start);
    return a->ends == b->ends && length == (size_t)(b->line.end - b->line.start) &&
           memcmp(a->line.start, b->line.start, length) == 0;
}

static void put_row(const printer *p, const char *mark, const row *shown)
{
    gops_writer_puts(p->out, p->indent);
    gops_writer_puts(p->out, mark);
    if (!shown->value) {
        gops_writer_shown_bytes(p->out, shown->line.start,
                                (size_t)(shown->line.end - shown->line.start));
        gops_writer_puts(p->out, shown->ends ? "\n" : "  (no newline)\n");
        return;
    }
    if (shown->value->key) {
        gops_writer_shown_bytes(p->out, shown->value->key, shown->value->key_length);
        gops_writer_puts(p->out, ": ");
    }
    gops_writer_shown_value(p->out, shown->value, p->options->full ? 0 : VALUE_BYTES);
    gops_writer_puts(p->out, "\n");
}

/* A row that stayed: shown behind a change, or kept for the next one. */
static void put_same(printer *p, const row *stayed)
{
    if (p->after > 0) {
        p->after--;
        put_row(p, "      ", stayed);
        return;
    }
    if (p->waiting == CONTEXT) {
        memmove(p->before, p->before + 1, (CONTEXT - 1) * sizeof *p->before);
        p->waiting--;
        p->passed++;
    }
    p->before[p->waiting++] = *stayed;
}

static void put_changed(printer *p, int side, const row *changed)
{
    static const char *const marks[SIDES] = {"    - ", "    + "};
    if (!p->options->full && p->shown[side] == GLANCE) {
        p->left[side]++;
        return;
    }
    if (p->passed && p->started) {
        gops_writer_puts(p->out, p->indent);
        gops_writer_puts(p->out, "      ...\n");
    }
    for (size_t i = 0; i < p->waiting; i++)
        put_row(p, "      ", &p->before[i]);
    put_row(p, marks[side], changed);
    p->shown[side]++;
    p->waiting = p->passed = 0;
    p->after = CONTEXT;
    p->started = 1;
}

static void put_left(const printer *p, int side)
{
    if (p->left[side] == 0)
        return;
    gops_writer_puts(p->out, p->indent);
    gops_writer_puts(p->out, side == WENT ? "    - ... and " : "    + ... and ");
    gops_writer_uint(p->out, p->left[side]);
    gops_writer_puts(p->out, p->left[side] == 1 ? " more line\n" : " more lines\n");
}

static size_t look_ahead(rows rest, row out[AHEAD])
{
    size_t count = 0;
    while (count < AHEAD && take_row(&rest, &out[count]))
        count++;
    return count;
}

/* How many rows went and came until the sides meet again, as far as can be seen. */
static void find_meeting(rows went, rows came, size_t out[SIDES])
{
    row old[AHEAD], fresh[AHEAD];
    size_t old_count = look_ahead(went, old), fresh_count = look_ahead(came, fresh);
    for (size_t sum = 0; sum + 1 < old_count + fresh_count; sum++)
        for (size_t i = sum < fresh_count ? 0 : sum - fresh_count + 1;
             i <= sum && i < old_count; i++)
            if (same_row(&old[i], &fresh[sum - i])) {
                out[WENT] = i;
                out[CAME] = sum - i;
                return;
            }
    out[WENT] = old_count;
    out[CAME] = fresh_count;
}

/* What went and what came where the sides part. */
static void put_parted(printer *p, rows side[SIDES])
{
    size_t count[SIDES];
    row taken;
    find_meeting(side[WENT], side[CAME], count);
    for (int i = 0; i < SIDES; i++)
        for (; count[i] > 0 && take_row(&side[i], &taken); count[i]--)
            put_changed(p, i, &taken);
}

int gops_text_has_rows(const gitops_value *before, const gitops_value *after)
{
    int32_t type = gitops_value_type(before);
    if (!before || !after || type != gitops_value_type(after))
        return 0;
    if (type == GITOPS_VALUE_LIST || type == GITOPS_VALUE_MAP)
        return before->count > FEW || after->count > FEW;
    return gops_text_has_lines(before, after);
}

void gops_text_rows(gops_writer *out, const gitops_value *before, const gitops_value *after,
                    const char *indent, const gitops_report_options *options)
{
    printer p = {.out = out, .indent = indent, .options = options};
    rows side[SIDES] = {rows_of(before), rows_of(after)};
    for (;;) {
        rows rest[SIDES] = {side[WENT], side[CAME]};
        row old, fresh;
        int has_old = take_row(&rest[WENT], &old), has_fresh = take_row(&rest[CAME], &fresh);
        if (!has_old && !has_fresh)
            break;
        if (!has_old || !has_fresh || !same_row(&old, &fresh)) {
            put_parted(&p, side);
            continue;
        }
        put_same(&p, &old);
        memcpy(side, rest, sizeof side);
    }
    put_left(&p, WENT);
    put_left(&p, CAME);
}
