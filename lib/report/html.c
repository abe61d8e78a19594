/*
 * html: a plan or a run as one page that needs nothing else: totals, why it is held, what is taken
 * away, the order as a picture, every operation in the order in which it runs with its fields side
 * by side, what is left alone. It reads without a script, and is written piece by piece like the
 * other forms. html_page.c has its style and script, html_fields.c the fields, html_picture.c the
 * picture.
 *
 * Everything that comes from a repository, a target or the host goes through the writer's functions
 * for pages; names of classes and anchors are ours alone.
 */
#include "report/html.h"

#include <string.h>

#include "manifest/key.h"

enum { FIRST_LINES = 20 }; /* of what is to be read first, above the list */

static void put_part(gops_writer *out, const char *text, size_t length, const char *end)
{
    gops_writer_puts(out, "<span class=\"part\">");
    gops_writer_html_bytes(out, text, length);
    gops_writer_puts(out, end);
    gops_writer_puts(out, "</span>");
}

void gops_html_key(gops_writer *out, const char *key)
{
    gops_key_parts parts;
    gops_writer_puts(out, "<span class=\"key\">");
    if (gops_key_split(key, &parts)) {
        put_part(out, key, (size_t)(parts.name - key), "");
        key = parts.name;
    }
    gops_writer_puts(out, "<b>");
    gops_writer_html(out, key);
    gops_writer_puts(out, "</b></span>");
}

static void put_fact(gops_writer *out, const char *name, const char *value)
{
    gops_writer_puts(out, "<dt>");
    gops_writer_puts(out, name);
    gops_writer_puts(out, "</dt><dd><code>");
    gops_writer_html(out, value);
    gops_writer_puts(out, "</code></dd>\n");
}

/*
 * A total; mark may be NULL. only names a class of operations and makes it a button, which the
 * script turns into a filter; NULL: there are no such operations on the page.
 */
static void put_total(gops_writer *out, const char *class, const char *only, const char *mark,
                      uint64_t number, const char *what)
{
    gops_writer_puts(out, only ? "<li><button type=\"button\" disabled data-only=\"" : "<li><span");
    if (only) {
        gops_writer_puts(out, only);
        gops_writer_puts(out, "\"");
    }
    gops_writer_puts(out, " class=\"count ");
    gops_writer_puts(out, class);
    gops_writer_puts(out, "\">");
    if (mark) {
        gops_writer_puts(out, "<span class=\"mark\" aria-hidden=\"true\">");
        gops_writer_html(out, mark);
        gops_writer_puts(out, "</span>");
    }
    gops_writer_puts(out, "<span><b>");
    gops_writer_uint(out, number);
    gops_writer_puts(out, "</b>");
    gops_writer_puts(out, what);
    gops_writer_puts(out, only ? "</span></button></li>\n" : "</span></span></li>\n");
}

static void put_action_total(gops_writer *out, const gops_words *w, uint64_t planned,
                             uint64_t number, const char *what)
{
    const char *name = gitops_action_name(w->action);
    if (number || w->always)
        put_total(out, name, planned ? name : NULL, w->mark, number, what);
}

static void put_outcome_total(gops_writer *out, int32_t outcome, uint64_t number)
{
    const char *name = gitops_outcome_name(outcome);
    if (number == 0)
        return;
    put_total(out, outcome == GITOPS_OUTCOME_SKIPPED ? "update" : "delete", name, "!", number,
              outcome == GITOPS_OUTCOME_FAILED    ? " failed"
              : outcome == GITOPS_OUTCOME_SKIPPED ? " skipped"
                                                  : " unknown");
}

/* Counts what was done by action and what was not by outcome. */
static void put_run_totals(gops_writer *out, const gitops_plan *plan, const gitops_run *run)
{
    uint64_t done[GITOPS_ACTION_TRANSFER + 1] = {0}, outcomes[GITOPS_OUTCOME_UNKNOWN + 1] = {0};
    for (size_t i = 0; i < gitops_plan_count(plan); i++) {
        int32_t outcome = gops_run_outcome(run, i);
        outcomes[outcome]++;
        done[gitops_operation_action(gitops_plan_operation(plan, i))] +=
            outcome == GITOPS_OUTCOME_DONE;
    }
    for (size_t i = 0; i < GOPS_WORDS; i++) {
        const gops_words *w = gops_words_get(i);
        put_action_total(out, w, gitops_plan_summary(plan, w->action), done[w->action], w->done);
    }
    put_outcome_total(out, GITOPS_OUTCOME_FAILED, outcomes[GITOPS_OUTCOME_FAILED]);
    put_outcome_total(out, GITOPS_OUTCOME_UNKNOWN, outcomes[GITOPS_OUTCOME_UNKNOWN]);
    put_outcome_total(out, GITOPS_OUTCOME_SKIPPED, outcomes[GITOPS_OUTCOME_SKIPPED]);
}

static void put_totals(gops_writer *out, const gitops_plan *plan, const gitops_run *run)
{
    uint64_t in_order = gitops_plan_summary(plan, GITOPS_ACTION_NONE);
    gops_writer_puts(out, "<ul class=\"counts\" id=\"summary\" aria-label=\"Summary\">\n");
    if (run)
        put_run_totals(out, plan, run);
    for (size_t i = 0; !run && i < GOPS_WORDS; i++) {
        const gops_words *w = gops_words_get(i);
        uint64_t number = gitops_plan_summary(plan, w->action);
        put_action_total(out, w, number, number, w->ahead);
    }
    if (gitops_plan_drift_count(plan))
        put_total(out, "none", "none", "!", gitops_plan_drift_count(plan), " left alone");
    if (in_order)
        put_total(out, "order", NULL, NULL, in_order, " in order");
    gops_writer_puts(out, "</ul>\n");
}

static void put_nothing(gops_writer *out, const gitops_plan *plan)
{
    uint64_t left = gitops_plan_left_alone(plan);
    gops_writer_puts(out, "<p id=\"nothing\">No changes. ");
    if (left == 0) {
        gops_writer_puts(out, "The target is as the source says.</p>\n");
        return;
    }
    gops_writer_uint(out, left);
    gops_writer_puts(out, left == 1 ? " object differs from the source and is left alone.</p>\n"
                                    : " objects differ from the source and are left alone.</p>\n");
}

/* Why nothing is done, and what to run when it should be. */
static void put_held(gops_writer *out, const gitops_plan *plan,
                     const gitops_report_options *options)
{
    gops_writer_puts(out, "<section class=\"box\" id=\"held\"><h2>Held</h2>\n<p>Nothing is done, "
                          "creates included, until this plan is approved.</p>\n<ul>\n");
    for (size_t i = 0; i < gitops_plan_held_count(plan); i++) {
        uint64_t allowed = 0, asked = 0;
        const char *limit = gitops_plan_held(plan, i, &allowed, &asked);
        gops_writer_puts(out, "<li><b>");
        gops_writer_html(out, limit);
        gops_writer_puts(out, "</b>: ");
        gops_writer_uint(out, asked);
        gops_writer_puts(out, " asked, ");
        gops_writer_uint(out, allowed);
        gops_writer_puts(out, " allowed</li>\n");
    }
    gops_writer_puts(out, "</ul>\n");
    if (options->approve_command) {
        gops_writer_puts(out, "<p>To approve exactly this plan, run:</p>\n<pre><code>");
        gops_writer_html(out, options->approve_command);
        gops_writer_puts(out, " --approve ");
        gops_writer_html(out, gitops_plan_digest(plan));
        gops_writer_puts(out, "</code></pre>\n");
    }
    gops_writer_puts(out, "</section>\n");
}

static void put_header(gops_writer *out, const gitops_plan *plan, const char *what)
{
    gops_writer_puts(out, "<header>\n<p class=\"eyebrow\">");
    gops_writer_puts(out, what);
    gops_writer_puts(out, "</p>\n<h1>");
    gops_writer_html(out, gitops_plan_unit(plan));
    gops_writer_puts(out, "</h1>\n<dl class=\"facts\">\n");
    put_fact(out, "Revision", gitops_plan_revision(plan));
    put_fact(out, "Digest", gitops_plan_digest(plan));
    gops_writer_puts(out, "</dl>\n</header>\n");
}

static void put_outcome(gops_writer *out, const gitops_run *run, size_t i)
{
    int32_t outcome = gops_run_outcome(run, i);
    const char *error = gitops_run_error(run, i);
    if (gops_went_well(run, i))
        return;
    gops_writer_puts(out, "<span class=\"outcome ");
    gops_writer_puts(out, gitops_outcome_name(outcome));
    gops_writer_puts(out, "\">");
    gops_writer_puts(out, gitops_outcome_name(outcome));
    if (error && *error) {
        gops_writer_puts(out, ": ");
        gops_writer_html(out, error);
    }
    gops_writer_puts(out, "</span>");
}

static void put_link(gops_writer *out, const gitops_plan *plan, const gitops_run *run, size_t i)
{
    const gitops_operation *operation = gitops_plan_operation(plan, i);
    const gops_words *w = gops_words_of(gitops_operation_action(operation));
    gops_writer_puts(out, "<li class=\"");
    gops_writer_puts(out, gitops_action_name(w->action));
    gops_writer_puts(out, "\"><span class=\"mark\">");
    gops_writer_puts(out, w->mark);
    gops_writer_puts(out, "</span> <a href=\"#op-");
    gops_writer_uint(out, i);
    gops_writer_puts(out, "\">");
    gops_html_key(out, gitops_operation_key(operation));
    gops_writer_puts(out, "</a> <span class=\"why\">");
    gops_writer_html(out, gitops_operation_reason(operation));
    gops_writer_puts(out, "</span>");
    if (run)
        put_outcome(out, run, i);
    gops_writer_puts(out, "</li>\n");
}

/* What is to be read first, wherever in the order it stands. */
typedef int (*pick_fn)(const gitops_plan *plan, const gitops_run *run, size_t i);

static int takes_away(const gitops_plan *plan, const gitops_run *run, size_t i)
{
    (void)run;
    return gops_action_destroys(gitops_operation_action(gitops_plan_operation(plan, i)));
}

static int went_wrong(const gitops_plan *plan, const gitops_run *run, size_t i)
{
    int32_t outcome = gops_run_outcome(run, i);
    (void)plan;
    return outcome == GITOPS_OUTCOME_FAILED || outcome == GITOPS_OUTCOME_UNKNOWN;
}

/* Links to the operations that are picked, in a box with a title; no box when there are none. */
static void put_picked(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                       const char *title, pick_fn pick)
{
    size_t count = 0;
    for (size_t i = 0; i < gitops_plan_count(plan); i++) {
        if (!pick(plan, run, i))
            continue;
        if (count++ == 0) {
            gops_writer_puts(out, title);
            gops_writer_puts(out, "</h2>\n<ul class=\"plain\">\n");
        }
        if (count <= FIRST_LINES)
            put_link(out, plan, run, i);
    }
    if (count == 0)
        return;
    gops_writer_puts(out, "</ul>\n");
    if (count > FIRST_LINES) {
        gops_writer_puts(out, "<p class=\"faint\">... and ");
        gops_writer_uint(out, count - FIRST_LINES);
        gops_writer_puts(out, " more below.</p>\n");
    }
    gops_writer_puts(out, "</section>\n");
}

static int has_fields(const gitops_operation *operation, const gitops_report_options *options)
{
    const gitops_changes *changes = gitops_operation_changes(operation);
    if (!options->full && gitops_operation_action(operation) == GITOPS_ACTION_DELETE)
        return 0;
    for (size_t i = 0; i < gitops_changes_count(changes); i++)
        if (gops_change_shows(gitops_changes_get(changes, i)))
            return 1;
    return 0;
}

/* The line of an object: mark, key, why, place, and what became of it. */
static void put_line(gops_writer *out, const gitops_operation *operation, const char *mark,
                     const gitops_run *run, size_t i)
{
    gops_writer_puts(out, "<span class=\"mark\">");
    gops_writer_puts(out, mark);
    gops_writer_puts(out, "</span>");
    gops_html_key(out, gitops_operation_key(operation));
    gops_writer_puts(out, "<span class=\"why\">");
    gops_writer_html(out, gitops_operation_reason(operation));
    gops_writer_puts(out, *mark == '!' ? ": left alone</span>" : "</span>");
    if (gitops_operation_file(operation)) {
        gops_writer_puts(out, "<span class=\"place\">");
        gops_writer_html(out, gitops_operation_file(operation));
        gops_writer_puts(out, ":");
        gops_writer_uint(out, gitops_operation_line(operation));
        gops_writer_puts(out, "</span>");
    }
    if (run)
        put_outcome(out, run, i);
}

/* An object with its fields below; anchor is "op-", "withheld-" or "drift-". */
static void put_object(gops_writer *out, const gitops_operation *operation, const char *mark,
                       const gitops_run *run, const char *anchor, size_t i,
                       const gitops_report_options *options)
{
    int folds = has_fields(operation, options);
    gops_writer_puts(out, "<article id=\"");
    gops_writer_puts(out, anchor);
    gops_writer_uint(out, i);
    gops_writer_puts(out, "\" class=\"");
    gops_writer_puts(out, gitops_action_name(gitops_operation_action(operation)));
    if (run) {
        gops_writer_puts(out, " ");
        gops_writer_puts(out, gitops_outcome_name(gops_run_outcome(run, i)));
    }
    gops_writer_puts(out, folds ? "\"><details open><summary class=\"head\">"
                                : "\"><div class=\"head\">");
    put_line(out, operation, mark, run, i);
    if (!folds) {
        gops_writer_puts(out, "</div></article>\n");
        return;
    }
    gops_writer_puts(out, "<span class=\"fold\" aria-hidden=\"true\"></span></summary>\n");
    gops_html_fields(out, gitops_operation_changes(operation), options);
    gops_writer_puts(out, "</details></article>\n");
}

static int begins_group(const gitops_operation *before, const gitops_operation *operation)
{
    return !before || gitops_operation_wave(before) != gitops_operation_wave(operation) ||
           strcmp(gitops_operation_phase(before), gitops_operation_phase(operation)) != 0;
}

static void put_operations(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                           const gitops_report_options *options)
{
    const gitops_operation *before = NULL;
    if (gitops_plan_count(plan) == 0)
        return;
    gops_writer_puts(out, "<section id=\"operations\"><h2>Operations, in the order in which they "
                          "run</h2>\n");
    for (size_t i = 0; i < gitops_plan_count(plan); i++) {
        const gitops_operation *operation = gitops_plan_operation(plan, i);
        if (begins_group(before, operation)) {
            gops_writer_puts(out, before ? "</div>\n<div class=\"group\"><h3>"
                                         : "<div class=\"group\"><h3>");
            gops_writer_html(out, gitops_operation_phase(operation));
            gops_writer_puts(out, ", wave ");
            gops_writer_int(out, gitops_operation_wave(operation));
            gops_writer_puts(out, "</h3>\n");
        }
        put_object(out, operation, gops_words_of(gitops_operation_action(operation))->mark, run,
                   "op-", i, options);
        before = operation;
    }
    gops_writer_puts(out, "</div>\n</section>\n");
}

static void put_drift(gops_writer *out, const gitops_plan *plan,
                      const gitops_report_options *options)
{
    if (gitops_plan_drift_count(plan) == 0)
        return;
    gops_writer_puts(out, "<section id=\"drift\" class=\"group\"><h2>Left alone</h2>\n<p "
                          "class=\"faint\">These differ from the source and stay as they are: the "
                          "target on the left, the source on the right.</p>\n");
    for (size_t i = 0; i < gitops_plan_drift_count(plan); i++)
        put_object(out, gitops_plan_drift(plan, i), "!", NULL, "drift-", i, options);
    gops_writer_puts(out, "</section>\n");
}

static void put_withheld(gops_writer *out, const gitops_plan *plan,
                         const gitops_report_options *options)
{
    if (gitops_plan_withheld_count(plan) == 0)
        return;
    gops_writer_puts(out, "<section id=\"withheld\" class=\"group\"><h2>Not sent again</h2>\n<p "
                          "class=\"faint\">These are put off for now; each says why.</p>\n");
    for (size_t i = 0; i < gitops_plan_withheld_count(plan); i++) {
        const gitops_operation *operation = gitops_plan_withheld(plan, i);
        put_object(out, operation, gops_words_of(gitops_operation_action(operation))->mark, NULL,
                   "withheld-", i, options);
    }
    gops_writer_puts(out, "</section>\n");
}

static void put_tools(gops_writer *out)
{
    gops_writer_puts(
        out, "<div class=\"tools\" id=\"tools\" role=\"search\" hidden>"
             "<input id=\"find\" type=\"search\" placeholder=\"Search keys, fields, values, "
             "files   ( / )\" aria-label=\"Search operations\" autocomplete=\"off\" "
             "spellcheck=\"false\"><button type=\"button\" id=\"fold\">Fold, unfold all"
             "</button><output id=\"found\" for=\"find\"></output></div>\n");
}

static void put_footer(gops_writer *out, const gitops_plan *plan)
{
    gops_writer_puts(out, "<footer>");
    if (gitops_plan_skipped(plan)) {
        gops_writer_uint(out, gitops_plan_skipped(plan));
        gops_writer_puts(out, " documents are no objects. ");
    }
    if (gitops_plan_unread(plan)) {
        gops_writer_uint(out, gitops_plan_unread(plan));
        gops_writer_puts(out, " links and submodules are not read. ");
    }
    gops_writer_puts(out, "Sensitive values are ***. Made by gitops ");
    gops_writer_html(out, gitops_version());
    gops_writer_puts(out, ".</footer>\n");
}

void gops_html_plan(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                    const gitops_report_options *options)
{
    int held = gitops_plan_held_count(plan) > 0;
    const gitops_run *carried_out = held ? NULL : run;
    const char *what = carried_out ? "Run" : "Plan";
    gops_html_begin(out, what, gitops_plan_unit(plan));
    put_header(out, plan, what);
    gops_writer_puts(out, "<main>\n");
    put_totals(out, plan, carried_out);
    if (gitops_plan_count(plan) == 0)
        put_nothing(out, plan);
    if (held)
        put_held(out, plan, options);
    if (carried_out)
        put_picked(out, plan, run, "<section class=\"box\" id=\"failed\"><h2>Not done", went_wrong);
    put_picked(out, plan, carried_out,
               "<section class=\"box\" id=\"destroyed\"><h2>Deletes and replaces", takes_away);
    gops_html_picture(out, plan);
    put_tools(out);
    put_operations(out, plan, carried_out, options);
    put_withheld(out, plan, options);
    put_drift(out, plan, options);
    gops_writer_puts(out, "</main>\n");
    put_footer(out, plan);
    gops_html_end(out);
}
