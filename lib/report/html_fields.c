/*
 * html_fields: the changed leaves of an object, each with its value before on the left and after on
 * the right. Texts of several lines are shown as lines, maps and lists as an indented tree.
 */
#include "report/html.h"

#include <string.h>

enum { VALUE_BYTES = 4000 }; /* of one shown scalar, unless the report is full */

static void put_indent(gops_writer *out, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        gops_writer_puts(out, "  ");
}

static int is_text(const gitops_value *value)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    return gitops_value_type(value) == GITOPS_VALUE_STRING && memchr(text, '\n', length);
}

/* A text of several lines, each as it is. */
static void put_text(gops_writer *out, const gitops_value *value, size_t depth, size_t limit)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    size_t shown = limit && length > limit ? limit : length;
    gops_lines rest = {text, text + shown};
    for (gops_lines line; gops_lines_take(&rest, &line);) {
        put_indent(out, depth);
        gops_writer_html_bytes(out, line.start, (size_t)(line.end - line.start));
        gops_writer_puts(out, "\n");
    }
    if (shown < length)
        gops_writer_puts(out, "...\n");
}

static void put_tree(gops_writer *out, const gitops_value *value, size_t depth, size_t limit);

/* What stands behind "key:" or "-": a scalar on its line, anything larger below it. */
static void put_branch(gops_writer *out, const gitops_value *value, size_t depth, size_t limit)
{
    if (is_text(value)) {
        gops_writer_puts(out, " |\n");
        put_text(out, value, depth, limit);
    } else if (gitops_value_count(value) > 0) {
        gops_writer_puts(out, "\n");
        put_tree(out, value, depth, limit);
    } else {
        gops_writer_puts(out, " ");
        gops_writer_html_value(out, value, limit);
        gops_writer_puts(out, "\n");
    }
}

static void put_tree(gops_writer *out, const gitops_value *value, size_t depth, size_t limit)
{
    int is_map = gitops_value_type(value) == GITOPS_VALUE_MAP;
    for (size_t i = 0; i < gitops_value_count(value); i++) {
        size_t length;
        put_indent(out, depth);
        if (is_map) {
            const char *key = gitops_value_key(value, i, &length);
            gops_writer_html_bytes(out, key, length);
        }
        gops_writer_puts(out, is_map ? ":" : "-");
        put_branch(out, gitops_value_item(value, i), depth + 1, limit);
    }
}

/* One side of a change; an absent one is an empty cell. */
static void put_side(gops_writer *out, const char *side, const gitops_value *value,
                     const gitops_change *change, const gitops_report_options *options)
{
    size_t limit = options->full ? 0 : VALUE_BYTES;
    if (!value) {
        gops_writer_puts(out, "<td><pre><span class=\"vh\">absent</span></pre></td>");
        return;
    }
    gops_writer_puts(out, "<td class=\"");
    gops_writer_puts(out, side);
    gops_writer_puts(out, "\"><pre>");
    if (gitops_change_sensitive(change))
        gops_writer_puts(out, "***");
    else if (is_text(value))
        put_text(out, value, 0, limit);
    else if (gitops_value_count(value) > 0)
        put_tree(out, value, 0, limit);
    else
        gops_writer_html_value(out, value, limit);
    gops_writer_puts(out, "</pre></td>");
}

static const char *class_of(gops_verdict v)
{
    switch (*v.mark) {
    case '+':
        return "add";
    case '-':
        return "remove";
    case '~':
        return "modify";
    default:
        return "leave";
    }
}

static void put_note(gops_writer *out, const char *note)
{
    gops_writer_puts(out, "<span class=\"note\">");
    gops_writer_puts(out, note);
    gops_writer_puts(out, "</span>");
}

static void put_owner(gops_writer *out, const char *owner)
{
    if (!owner)
        return;
    gops_writer_puts(out, "<span class=\"note\">owned by ");
    gops_writer_html(out, owner);
    gops_writer_puts(out, "</span>");
}

static void put_place(gops_writer *out, const gitops_change *change)
{
    if (!gitops_change_file(change))
        return;
    gops_writer_puts(out, "<span class=\"place\">");
    gops_writer_html(out, gitops_change_file(change));
    if (gitops_change_line(change)) {
        gops_writer_puts(out, ":");
        gops_writer_uint(out, gitops_change_line(change));
    }
    gops_writer_puts(out, "</span>");
}

/* Mark, path, what there is to know, place in Git. */
static void put_title(gops_writer *out, const gitops_change *change, gops_verdict v)
{
    const char *label = gitops_change_label(change);
    gops_writer_puts(out, "<div class=\"field\"><span class=\"mark\">");
    gops_writer_puts(out, v.mark);
    gops_writer_puts(out, "</span><code>");
    gops_writer_html(out, *label ? label : "/");
    gops_writer_puts(out, "</code>");
    if (gitops_change_immutable(change))
        put_note(out, "cannot be changed in place");
    if (v.note)
        put_note(out, v.note);
    put_owner(out, gitops_change_owner(change));
    put_place(out, change);
    gops_writer_puts(out, "</div>");
}

/* What is added has nothing on the left: its title goes there. */
static void put_added(gops_writer *out, const gitops_change *change, gops_verdict v,
                      const gitops_report_options *options)
{
    gops_writer_puts(out, "<tr><th scope=\"row\">");
    put_title(out, change, v);
    gops_writer_puts(out, "</th>");
    put_side(out, "new", gitops_change_merged(change), change, options);
    gops_writer_puts(out, "</tr>\n");
}

/* The title above, the sides below it. */
static void put_changed(gops_writer *out, const gitops_change *change, gops_verdict v,
                        const gitops_report_options *options)
{
    const gitops_value *live = gitops_change_live(change);
    const gitops_value *after = *v.mark == '-'   ? NULL
                                : *v.mark == '!' ? gitops_change_desired(change)
                                                 : gitops_change_merged(change);
    gops_writer_puts(out, "<tr><th colspan=\"2\" scope=\"rowgroup\">");
    put_title(out, change, v);
    gops_writer_puts(out, "</th></tr>\n");
    if (live && after && gops_text_has_lines(live, after)) {
        gops_html_lines(out, live, after, options);
        return;
    }
    gops_writer_puts(out, "<tr>");
    put_side(out, "old", live, change, options);
    put_side(out, "new", after, change, options);
    gops_writer_puts(out, "</tr>\n");
}

static void put_change(gops_writer *out, const gitops_change *change,
                       const gitops_report_options *options)
{
    gops_verdict v = gops_judge(change);
    gops_writer_puts(out, "<tbody class=\"");
    gops_writer_puts(out, class_of(v));
    gops_writer_puts(out, "\">");
    if (*v.mark == '+')
        put_added(out, change, v, options);
    else
        put_changed(out, change, v, options);
    gops_writer_puts(out, "</tbody>\n");
}

void gops_html_fields(gops_writer *out, const gitops_changes *changes,
                      const gitops_report_options *options)
{
    size_t count = gitops_changes_count(changes), shown = 0;
    for (size_t i = 0; i < count; i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        if (!gops_change_shows(change))
            continue;
        if (shown++ == 0)
            gops_writer_puts(out, "<table class=\"fields\"><caption class=\"vh\">Before on the "
                                  "left, after on the right; where a field is left alone, the "
                                  "target on the left, Git on the right</caption>\n");
        put_change(out, change, options);
    }
    if (shown)
        gops_writer_puts(out, "</table>\n");
}
