/*
 * markdown: what a change would send, as a comment for a review: a table of totals by unit, then a
 * line per object that unfolds into its fields as a diff. A comment has a limit, so the fields of
 * what comes late are left out first, then whole objects, and the end says how many.
 *
 * Names and values stand where Markdown does not look: in HTML blocks, escaped, inside of <code>
 * (no mentions, no links), or in a fenced block, in which every line starts with our own four
 * characters, so that none can close it.
 */
#include "report/forms.h"

#include <string.h>

enum {
    VALUE_BYTES = 300, /* of one shown value; of all of them 2,000 when the report is full */
    FULL_VALUE_BYTES = 2000,
    HUNK_LINES = 30, /* of each side */
    CONTEXT_LINES = 3,
    OBJECT_BYTES = 6000,  /* of the fields of one object */
    FIELDS_BYTES = 44000, /* after so much no more fields are shown ... */
    COMMENT_BYTES = 54000 /* ... and no more objects: the usual limit is 65,536 characters */
};

typedef struct comment {
    gops_writer *out;
    const gitops_report_options *options;
    uint64_t left_out; /* objects that are not shown */
    uint64_t folded;   /* objects that are shown without their fields */
} comment;

static void put_value(const comment *c, const gitops_value *value)
{
    size_t limit = c->options->full ? FULL_VALUE_BYTES : VALUE_BYTES;
    if (value)
        gops_writer_shown_value(c->out, value, limit);
    else
        gops_writer_puts(c->out, "absent");
}

/* One line of the fenced block: mark, path, value. */
static void put_line(const comment *c, const char *mark, const gitops_change *change,
                     const gitops_value *value)
{
    const char *label = gitops_change_label(change);
    gops_writer_puts(c->out, mark);
    gops_writer_shown(c->out, *label ? label : "/");
    gops_writer_puts(c->out, ": ");
    if (gitops_change_sensitive(change))
        gops_writer_puts(c->out, "***");
    else
        put_value(c, value);
    gops_writer_puts(c->out, "\n");
}

static void put_lines(const comment *c, const char *mark, gops_lines lines, size_t from, size_t to)
{
    size_t i = 0;
    for (gops_lines line; i < to && gops_lines_take(&lines, &line); i++) {
        if (i < from)
            continue;
        gops_writer_puts(c->out, mark);
        gops_writer_shown_bytes(c->out, line.start, (size_t)(line.end - line.start));
        gops_writer_puts(c->out, "\n");
    }
    size_t left = gops_lines_count(lines);
    if (left && to == HUNK_LINES) {
        gops_writer_puts(c->out, mark);
        gops_writer_puts(c->out, "... and ");
        gops_writer_uint(c->out, left);
        gops_writer_puts(c->out, " more\n");
    }
}

static void put_hunk(const comment *c, const gitops_change *change, const gitops_value *before,
                     const gitops_value *after)
{
    gops_hunk hunk = gops_hunk_of(before, after);
    size_t above = gops_lines_count(hunk.above);
    gops_writer_puts(c->out, "    ");
    gops_writer_shown(c->out, gitops_change_label(change));
    gops_writer_puts(c->out, ":\n");
    put_lines(c, "    ", hunk.above, above > CONTEXT_LINES ? above - CONTEXT_LINES : 0, above);
    put_lines(c, "-   ", hunk.before, 0, HUNK_LINES);
    put_lines(c, "+   ", hunk.after, 0, HUNK_LINES);
    put_lines(c, "    ", hunk.below, 0, CONTEXT_LINES);
}

static void put_place(const comment *c, const gitops_change *change)
{
    if (!gitops_change_file(change) || !gitops_change_line(change))
        return;
    gops_writer_puts(c->out, "@@  ");
    gops_writer_shown(c->out, gitops_change_file(change));
    gops_writer_puts(c->out, ":");
    gops_writer_uint(c->out, gitops_change_line(change));
    gops_writer_puts(c->out, " @@\n");
}

static void put_change(const comment *c, const gitops_change *change)
{
    char mark = *gops_judge(change).mark;
    const gitops_value *before = gitops_change_live(change);
    const gitops_value *after = gitops_change_merged(change);
    put_place(c, change);
    if (mark == '~' && before && after && gops_text_has_lines(before, after)) {
        put_hunk(c, change, before, after);
        return;
    }
    if (mark != '+')
        put_line(c, mark == '!' ? "!   " : "-   ", change, before);
    if (mark == '+' || mark == '~')
        put_line(c, "+   ", change, after);
}

/* The fields that are worth a line, as far as there is room. */
static void put_changes(const comment *c, const gitops_changes *changes)
{
    uint64_t start = c->out->total;
    size_t left = 0;
    gops_writer_puts(c->out, "\n```diff\n");
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        if (!gops_change_shows(change))
            continue;
        if (c->out->total - start < OBJECT_BYTES)
            put_change(c, change);
        else
            left++;
    }
    if (left) {
        gops_writer_puts(c->out, "    ... and ");
        gops_writer_uint(c->out, left);
        gops_writer_puts(c->out, left == 1 ? " more field\n" : " more fields\n");
    }
    gops_writer_puts(c->out, "```\n\n");
}

static int has_fields(const comment *c, const gitops_operation *operation)
{
    const gitops_changes *changes = gitops_operation_changes(operation);
    if (gitops_operation_action(operation) == GITOPS_ACTION_DELETE && !c->options->full)
        return 0;
    for (size_t i = 0; i < gitops_changes_count(changes); i++)
        if (gops_change_shows(gitops_changes_get(changes, i)))
            return 1;
    return 0;
}

static void put_code(const comment *c, const char *text)
{
    gops_writer_puts(c->out, "<code>");
    gops_writer_html(c->out, text);
    gops_writer_puts(c->out, "</code>");
}

/* Mark, key, why and place, as HTML. */
static void put_title(const comment *c, const gitops_operation *operation)
{
    gops_writer_puts(c->out, gops_words_of(gitops_operation_action(operation))->mark);
    gops_writer_puts(c->out, " ");
    put_code(c, gitops_operation_key(operation));
    gops_writer_puts(c->out, " ");
    gops_writer_html(c->out, gitops_operation_reason(operation));
    if (!gitops_operation_file(operation))
        return;
    gops_writer_puts(c->out, " <code>");
    gops_writer_html(c->out, gitops_operation_file(operation));
    gops_writer_puts(c->out, ":");
    gops_writer_uint(c->out, gitops_operation_line(operation));
    gops_writer_puts(c->out, "</code>");
}

static void put_operation(comment *c, const gitops_operation *operation)
{
    int folds = has_fields(c, operation);
    if (c->out->total > COMMENT_BYTES) {
        c->left_out++;
        return;
    }
    if (folds && c->out->total > FIELDS_BYTES) {
        c->folded++;
        folds = 0;
    }
    gops_writer_puts(c->out, folds ? "<details><summary>" : "<p>");
    put_title(c, operation);
    gops_writer_puts(c->out, folds ? "</summary>\n" : "</p>\n\n");
    if (!folds)
        return;
    put_changes(c, gitops_operation_changes(operation));
    gops_writer_puts(c->out, "</details>\n\n");
}

/* What takes something away comes first, as in the text form. */
static void put_operations(comment *c, const gitops_plan *plan)
{
    for (int destroying = 1; destroying >= 0; destroying--)
        for (size_t i = 0; i < gitops_plan_count(plan); i++) {
            const gitops_operation *operation = gitops_plan_operation(plan, i);
            if (gops_action_destroys(gitops_operation_action(operation)) == destroying)
                put_operation(c, operation);
        }
}

static void put_totals(gops_writer *out, gitops_plan *const *plans, size_t count)
{
    static const int32_t columns[] = {GITOPS_ACTION_CREATE, GITOPS_ACTION_UPDATE,
                                      GITOPS_ACTION_REPLACE, GITOPS_ACTION_DELETE};
    gops_writer_puts(out, "| unit | create | update | replace | delete |\n"
                          "| --- | ---: | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < count; i++) {
        gops_writer_puts(out, "| `");
        gops_writer_shown(out, gitops_plan_unit(plans[i]));
        gops_writer_puts(out, "` |");
        for (size_t n = 0; n < sizeof columns / sizeof columns[0]; n++) {
            gops_writer_puts(out, " ");
            gops_writer_uint(out, gitops_plan_summary(plans[i], columns[n]));
            gops_writer_puts(out, " |");
        }
        gops_writer_puts(out, "\n");
    }
    gops_writer_puts(out, "\n");
}

static void put_left_out(const comment *c)
{
    if (c->folded) {
        gops_writer_puts(c->out, "<p>To stay within the size of a comment, the fields of ");
        gops_writer_uint(c->out, c->folded);
        gops_writer_puts(c->out, " objects are not shown.</p>\n\n");
    }
    if (c->left_out) {
        gops_writer_puts(c->out, "<p>");
        gops_writer_uint(c->out, c->left_out);
        gops_writer_puts(c->out, " more objects are not shown at all.</p>\n\n");
    }
}

void gops_markdown_review(gops_writer *out, gitops_plan *const *plans, size_t count,
                          const char *from, const char *to, const gitops_report_options *options)
{
    comment c = {out, options, 0, 0};
    gops_writer_puts(out, "<p>What <code>");
    gops_writer_html(out, from);
    gops_writer_puts(out, "</code> to <code>");
    gops_writer_html(out, to);
    gops_writer_puts(out,
                     count ? "</code> would send:</p>\n\n" : "</code> would send: nothing.</p>\n");
    if (count == 0)
        return;
    put_totals(out, plans, count);
    for (size_t i = 0; i < count; i++) {
        if (count > 1) {
            gops_writer_puts(out, "#### `");
            gops_writer_shown(out, gitops_plan_unit(plans[i]));
            gops_writer_puts(out, "`\n\n");
        }
        put_operations(&c, plans[i]);
    }
    put_left_out(&c);
}
