/*
 * text: reports for people, to be read like a code review. What hurts comes first: deletes and
 * replaces, then the rest in the order in which it runs. One line per object, its fields below, the
 * place in Git at the line's end, the totals last.
 *
 * A text that shows what a repository says must not let the repository drive the terminal: keys,
 * files and values go through the guarded functions of the writer.
 */
#include "report/forms.h"

#include <string.h>

enum { VALUE_BYTES = 160 }; /* of one shown value, unless the report is full */

#define RED     "\033[31m"
#define GREEN   "\033[32m"
#define YELLOW  "\033[33m"
#define MAGENTA "\033[35m"
#define BOLD    "\033[1m"
#define FAINT   "\033[2m"
#define PLAIN   "\033[0m"

static const gops_words vocabulary[GOPS_WORDS] = {
    {GITOPS_ACTION_CREATE, 1, "+", GREEN, " to create", " created"},
    {GITOPS_ACTION_UPDATE, 1, "~", YELLOW, " to update", " updated"},
    {GITOPS_ACTION_DELETE, 1, "-", RED, " to delete", " deleted"},
    {GITOPS_ACTION_REPLACE, 0, "\xC2\xB1", MAGENTA, " to replace", " replaced"},
    {GITOPS_ACTION_ADOPT, 0, "=", GREEN, " to adopt", " adopted"},
    {GITOPS_ACTION_FORGET, 0, "o", YELLOW, " to forget", " forgotten"},
    {GITOPS_ACTION_TRANSFER, 0, ">", YELLOW, " to transfer", " transferred"},
};

const gops_words *gops_words_get(size_t i)
{
    return &vocabulary[i];
}

const gops_words *gops_words_of(int32_t action)
{
    for (size_t i = 0; i < GOPS_WORDS; i++)
        if (vocabulary[i].action == action)
            return &vocabulary[i];
    return &vocabulary[1];
}

static void paint(gops_writer *out, const gitops_report_options *options, const char *color,
                  const char *text)
{
    if (options->color)
        gops_writer_puts(out, color);
    gops_writer_puts(out, text);
    if (options->color)
        gops_writer_puts(out, PLAIN);
}

static void put_place(gops_writer *out, const gitops_report_options *options, const char *file,
                      uint32_t line)
{
    if (!file)
        return;
    gops_writer_puts(out, options->color ? "  " FAINT : "  ");
    gops_writer_shown(out, file);
    if (line) {
        gops_writer_puts(out, ":");
        gops_writer_uint(out, line);
    }
    if (options->color)
        gops_writer_puts(out, PLAIN);
}

static void put_value(gops_writer *out, const gitops_value *value,
                      const gitops_report_options *options)
{
    if (value)
        gops_writer_shown_value(out, value, options->full ? 0 : VALUE_BYTES);
    else
        gops_writer_puts(out, "absent");
}

gops_verdict gops_judge(const gitops_change *change)
{
    const char *action = gitops_change_action(change);
    int drift = gitops_change_drift(change);
    const char *conflict = gitops_change_conflict(change);
    const char *note = conflict ? "conflict, Git wins" : drift ? "drift" : NULL;
    if (strcmp(action, "add") == 0)
        return (gops_verdict){"+", GREEN, note};
    if (strcmp(action, "remove") == 0)
        return (gops_verdict){"-", RED, note};
    if (strcmp(action, "replace") == 0)
        return (gops_verdict){"~", YELLOW, note};
    return (gops_verdict){"!", MAGENTA,
                          conflict ? "conflict, the target's value stays"
                          : drift  ? "drift, left alone"
                                   : "left alone"};
}

/* "value" of an addition or removal, "old -> new" of a replacement, "is instead of was". */
static void put_values(gops_writer *out, const gitops_value *live, const gitops_value *after,
                       char mark, const gitops_report_options *options)
{
    gops_writer_puts(out, ": ");
    if (mark != '+')
        put_value(out, live, options);
    if (mark == '~')
        gops_writer_puts(out, " -> ");
    if (mark == '!')
        gops_writer_puts(out, " instead of ");
    if (mark != '-')
        put_value(out, after, options);
}

/* A secret: that it changes is to be seen, and no more. */
static void put_masked(gops_writer *out, char mark)
{
    if (mark == '~')
        gops_writer_puts(out, ": *** (before) -> *** (after)");
    else if (mark == '!')
        gops_writer_puts(out, ": *** (in the target) instead of *** (in Git)");
    else
        gops_writer_puts(out, ": ***");
}

/* "  (what there is to know)"; NULL: nothing. An owner comes from the target, so it is guarded. */
static void put_note(gops_writer *out, const char *before, const char *note)
{
    if (!note)
        return;
    gops_writer_puts(out, "  (");
    gops_writer_puts(out, before);
    gops_writer_shown(out, note);
    gops_writer_puts(out, ")");
}

/* The mark, the path, the values, what there is to know, and the place in Git. */
static void put_change(gops_writer *out, const gitops_change *change, const char *indent,
                       const gitops_report_options *options)
{
    gops_verdict v = gops_judge(change);
    const gitops_value *live = gitops_change_live(change);
    const gitops_value *after =
        *v.mark == '!' ? gitops_change_desired(change) : gitops_change_merged(change);
    int as_lines = *v.mark == '~' && gops_text_has_rows(live, after);
    gops_writer_puts(out, indent);
    paint(out, options, v.color, v.mark);
    gops_writer_puts(out, " ");
    gops_writer_shown(out, *gitops_change_label(change) ? gitops_change_label(change) : "/");
    if (gitops_change_sensitive(change))
        put_masked(out, *v.mark);
    else if (!as_lines)
        put_values(out, live, after, *v.mark, options);
    if (gitops_change_immutable(change))
        gops_writer_puts(out, "  (cannot be changed in place)");
    put_note(out, "", v.note);
    put_note(out, "owned by ", gitops_change_owner(change));
    put_place(out, options, gitops_change_file(change), gitops_change_line(change));
    gops_writer_puts(out, "\n");
    if (as_lines)
        gops_text_rows(out, live, after, indent, options);
}

void gops_text_changes(gops_writer *out, const gitops_changes *changes, const char *indent,
                       const gitops_report_options *options)
{
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        if (gops_change_shows(change))
            put_change(out, change, indent, options);
    }
}

int gops_went_well(const gitops_run *run, size_t i)
{
    const char *error = gitops_run_error(run, i);
    return gitops_run_outcome(run, i) == GITOPS_OUTCOME_DONE && !(error && *error);
}

/*
 * "failed: why" behind the line of an operation that did not go well, and "done: why" where its
 * object did not become healthy.
 */
static void put_outcome(gops_writer *out, const gitops_run *run, size_t i,
                        const gitops_report_options *options)
{
    int32_t outcome = gops_run_outcome(run, i);
    const char *error = gitops_run_error(run, i);
    if (gops_went_well(run, i))
        return;
    gops_writer_puts(out, "    ");
    paint(out, options, outcome == GITOPS_OUTCOME_SKIPPED ? YELLOW : RED,
          gitops_outcome_name(outcome));
    if (error && *error) {
        gops_writer_puts(out, ": ");
        gops_writer_shown(out, error);
    }
    gops_writer_puts(out, "\n");
}

/* The line of an object: mark, key, why, place. */
static void put_object(gops_writer *out, const gitops_operation *operation, const char *color,
                       const char *mark, const char *note, const gitops_report_options *options)
{
    const char *reason = gitops_operation_reason(operation);
    paint(out, options, color, mark);
    gops_writer_puts(out, options->color ? " " BOLD : " ");
    gops_writer_shown(out, gitops_operation_key(operation));
    if (options->color)
        gops_writer_puts(out, PLAIN);
    if (reason && *reason) {
        gops_writer_puts(out, "  ");
        gops_writer_shown(out, reason);
    }
    gops_writer_puts(out, note);
    put_place(out, options, gitops_operation_file(operation), gitops_operation_line(operation));
    gops_writer_puts(out, "\n");
}

static void put_operation(gops_writer *out, const gitops_operation *operation,
                          const gitops_report_options *options)
{
    const gops_words *w = gops_words_of(gitops_operation_action(operation));
    put_object(out, operation, w->color, w->mark, "", options);
    if (options->full || gitops_operation_action(operation) != GITOPS_ACTION_DELETE)
        gops_text_changes(out, gitops_operation_changes(operation), "    ", options);
}

int gops_action_destroys(int32_t action)
{
    return action == GITOPS_ACTION_DELETE || action == GITOPS_ACTION_REPLACE;
}

/* One pass over the operations: those that destroy, or the others. Returns how many were shown. */
static size_t put_operations(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                             int destroying, const gitops_report_options *options)
{
    size_t shown = 0;
    for (size_t i = 0; i < gitops_plan_count(plan); i++) {
        const gitops_operation *operation = gitops_plan_operation(plan, i);
        if (gops_action_destroys(gitops_operation_action(operation)) != destroying)
            continue;
        if (run && options->brief && gops_went_well(run, i))
            continue;
        put_operation(out, operation, options);
        if (run)
            put_outcome(out, run, i, options);
        shown++;
    }
    return shown;
}

static int is_missing(const gitops_operation *operation)
{
    return strcmp(gitops_operation_reason_code(operation), "missing") == 0;
}

/* What differs and is left alone. The fields of what is gone altogether are no news. */
static size_t put_drift(gops_writer *out, const gitops_plan *plan,
                        const gitops_report_options *options)
{
    size_t count = gitops_plan_drift_count(plan);
    for (size_t i = 0; i < count; i++) {
        const gitops_operation *object = gitops_plan_drift(plan, i);
        put_object(out, object, MAGENTA, "!", ": left alone", options);
        if (options->full || !is_missing(object))
            gops_text_changes(out, gitops_operation_changes(object), "    ", options);
    }
    return count;
}

/* What failed before and would be the very same call again; its reason says why it failed. */
static size_t put_withheld(gops_writer *out, const gitops_plan *plan,
                           const gitops_report_options *options)
{
    size_t count = gitops_plan_withheld_count(plan);
    for (size_t i = 0; i < count; i++)
        put_object(out, gitops_plan_withheld(plan, i), RED, "!", ": not sent again", options);
    return count;
}

/* Says that there is nothing to do, and no more than is true. */
static void put_no_changes(gops_writer *out, const gitops_plan *plan)
{
    uint64_t left = gitops_plan_left_alone(plan);
    gops_writer_puts(out, "No changes. ");
    if (left == 0) {
        gops_writer_puts(out, "The target is as the source says.\n");
        return;
    }
    gops_writer_uint(out, left);
    gops_writer_puts(out, left == 1 ? " object differs from the source and is left alone.\n"
                                    : " objects differ from the source and are left alone.\n");
}

static void put_total(gops_writer *out, uint64_t number, int first, const char *what)
{
    gops_writer_puts(out, first ? " " : ", ");
    gops_writer_uint(out, number);
    gops_writer_puts(out, what);
}

static void put_plan_totals(gops_writer *out, const gitops_plan *plan,
                            const gitops_report_options *options)
{
    paint(out, options, BOLD, "Plan:");
    for (size_t i = 0; i < GOPS_WORDS; i++) {
        uint64_t number = gitops_plan_summary(plan, vocabulary[i].action);
        if (number || vocabulary[i].always)
            put_total(out, number, i == 0, vocabulary[i].ahead);
    }
    gops_writer_puts(out, ".\n");
}

/* Counts what was done by action and what was not by outcome, in one pass. */
static void put_run_totals(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                           const gitops_report_options *options)
{
    uint64_t done[GOPS_WORDS] = {0}, outcomes[GITOPS_OUTCOME_UNKNOWN + 1] = {0};
    for (size_t i = 0; i < gitops_plan_count(plan); i++) {
        int32_t outcome = gops_run_outcome(run, i);
        const gops_words *w =
            gops_words_of(gitops_operation_action(gitops_plan_operation(plan, i)));
        outcomes[outcome]++;
        done[w - vocabulary] += outcome == GITOPS_OUTCOME_DONE;
    }
    paint(out, options, BOLD, "Applied:");
    for (size_t i = 0; i < GOPS_WORDS; i++)
        if (done[i] || vocabulary[i].always)
            put_total(out, done[i], i == 0, vocabulary[i].done);
    if (outcomes[GITOPS_OUTCOME_FAILED])
        put_total(out, outcomes[GITOPS_OUTCOME_FAILED], 0, " failed");
    if (outcomes[GITOPS_OUTCOME_SKIPPED])
        put_total(out, outcomes[GITOPS_OUTCOME_SKIPPED], 0, " skipped");
    if (outcomes[GITOPS_OUTCOME_UNKNOWN])
        put_total(out, outcomes[GITOPS_OUTCOME_UNKNOWN], 0, " unknown");
    gops_writer_puts(out, ".\n");
}

/* Why nothing is done, and what to run when it should be. */
static void put_held(gops_writer *out, const gitops_plan *plan,
                     const gitops_report_options *options)
{
    gops_writer_puts(out, "\n");
    paint(out, options, RED, "Held:");
    gops_writer_puts(out, " nothing is done, creates included, until this plan is approved.\n");
    for (size_t i = 0; i < gitops_plan_held_count(plan); i++) {
        uint64_t allowed = 0, asked = 0;
        gops_writer_puts(out, "  ");
        gops_writer_shown(out, gitops_plan_held(plan, i, &allowed, &asked));
        gops_writer_puts(out, ": ");
        gops_writer_uint(out, asked);
        gops_writer_puts(out, " asked, ");
        gops_writer_uint(out, allowed);
        gops_writer_puts(out, " allowed");
        gops_writer_puts(out, "\n");
    }
    if (options->approve_command) {
        gops_writer_puts(out, "To approve exactly this plan, run:\n  ");
        gops_writer_puts(out, options->approve_command);
        gops_writer_puts(out, " --approve ");
    } else {
        gops_writer_puts(out, "Its digest is ");
    }
    gops_writer_puts(out, gitops_plan_digest(plan));
    gops_writer_puts(out, "\n");
}

void gops_text_plan(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                    const gitops_report_options *options)
{
    int held = gitops_plan_held_count(plan) > 0;
    const gitops_run *carried_out = held ? NULL : run;
    size_t shown = put_operations(out, plan, carried_out, 1, options) +
                   put_operations(out, plan, carried_out, 0, options);
    if (!carried_out || !options->brief)
        shown += put_drift(out, plan, options);
    shown += put_withheld(out, plan, options);
    if (shown > 0)
        gops_writer_puts(out, "\n");
    if (gitops_plan_count(plan) == 0)
        put_no_changes(out, plan);
    if (carried_out)
        put_run_totals(out, plan, carried_out, options);
    else
        put_plan_totals(out, plan, options);
    if (held)
        put_held(out, plan, options);
}

void gops_text_review(gops_writer *out, gitops_plan *const *plans, size_t count,
                      const gitops_report_options *options)
{
    for (size_t i = 0; i < count; i++) {
        if (count > 1) {
            gops_writer_puts(out, i > 0 ? "\n" : "");
            paint(out, options, BOLD, gitops_plan_unit(plans[i]));
            gops_writer_puts(out, "\n");
        }
        gops_text_plan(out, plans[i], NULL, options);
    }
}
