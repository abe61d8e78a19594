/*
 * json: reports for programs (docs/formats.md). Everything is written while walking the plan.
 * Members that have nothing to say are null, except the sides of a change: an absent side is an
 * absent member, because null is a value there.
 */
#include "report/forms.h"

#include <string.h>

#define FORMAT_VERSION "1.0"

/* name comes with its punctuation: "{\"unit\":" or ",\"unit\":". */
static void put_text(gops_writer *out, const char *name, const char *text)
{
    gops_writer_puts(out, name);
    if (text)
        gops_writer_json_string(out, text);
    else
        gops_writer_puts(out, "null");
}

static void put_number(gops_writer *out, const char *name, uint64_t number)
{
    gops_writer_puts(out, name);
    gops_writer_uint(out, number);
}

static void put_flag(gops_writer *out, const char *name, int flag)
{
    gops_writer_puts(out, name);
    gops_writer_puts(out, flag ? "true" : "false");
}

static void put_side(gops_writer *out, const char *name, const gitops_value *value)
{
    if (!value)
        return;
    gops_writer_puts(out, name);
    gops_writer_json_value(out, value);
}

static void put_origin(gops_writer *out, const char *file, uint32_t line, uint32_t column)
{
    gops_writer_puts(out, ",\"origin\":");
    if (!file) {
        gops_writer_puts(out, "null");
        return;
    }
    put_text(out, "{\"file\":", file);
    put_number(out, ",\"line\":", line);
    if (column)
        put_number(out, ",\"column\":", column);
    gops_writer_puts(out, "}");
}

static void put_change(gops_writer *out, const gitops_change *change)
{
    put_text(out, "{\"path\":", gitops_change_path(change));
    put_text(out, ",\"class\":", gitops_change_class(change));
    put_text(out, ",\"action\":", gitops_change_action(change));
    put_side(out, ",\"base\":", gitops_change_base(change));
    put_side(out, ",\"desired\":", gitops_change_desired(change));
    put_side(out, ",\"live\":", gitops_change_live(change));
    put_side(out, ",\"merged\":", gitops_change_merged(change));
    put_flag(out, ",\"drift\":", gitops_change_drift(change));
    put_text(out, ",\"conflict\":", gitops_change_conflict(change));
    if (gitops_change_owner(change))
        put_text(out, ",\"owner\":", gitops_change_owner(change));
    put_flag(out, ",\"sensitive\":", gitops_change_sensitive(change));
    put_origin(out, gitops_change_file(change), gitops_change_line(change),
               gitops_change_column(change));
    gops_writer_puts(out, "}");
}

void gops_json_changes(gops_writer *out, const gitops_changes *changes)
{
    gops_writer_puts(out, "[");
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        if (i > 0)
            gops_writer_puts(out, ",");
        put_change(out, gitops_changes_get(changes, i));
    }
    gops_writer_puts(out, "]");
}

static void put_held(gops_writer *out, const gitops_plan *plan)
{
    size_t count = gitops_plan_held_count(plan);
    if (count == 0) {
        gops_writer_puts(out, ",\"held\":false");
        return;
    }
    gops_writer_puts(out, ",\"held\":[");
    for (size_t i = 0; i < count; i++) {
        uint64_t allowed = 0, asked = 0;
        const char *limit = gitops_plan_held(plan, i, &allowed, &asked);
        put_text(out, i > 0 ? ",{\"limit\":" : "{\"limit\":", limit);
        put_number(out, ",\"allowed\":", allowed);
        put_number(out, ",\"asked\":", asked);
        gops_writer_puts(out, "}");
    }
    gops_writer_puts(out, "]");
}

static void put_summary(gops_writer *out, const gitops_plan *plan)
{
    static const int32_t order[] = {
        GITOPS_ACTION_CREATE, GITOPS_ACTION_UPDATE, GITOPS_ACTION_REPLACE,  GITOPS_ACTION_DELETE,
        GITOPS_ACTION_ADOPT,  GITOPS_ACTION_FORGET, GITOPS_ACTION_TRANSFER, GITOPS_ACTION_NONE};
    gops_writer_puts(out, ",\"summary\":");
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        put_text(out, i > 0 ? "," : "{", gitops_action_name(order[i]));
        put_number(out, ":", gitops_plan_summary(plan, order[i]));
    }
    gops_writer_puts(out, "}");
}

/* What a plan is, without its operations; starts in the middle of an object. */
static void put_plan_head(gops_writer *out, const gitops_plan *plan)
{
    put_text(out, ",\"revision\":", gitops_plan_revision(plan));
    put_text(out, ",\"digest\":", gitops_plan_digest(plan));
    put_held(out, plan);
    put_summary(out, plan);
}

/* Creates, deletes and adoptions that write nothing have no news in their leaves. */
static int changes_matter(const gitops_operation *operation, const gitops_report_options *options)
{
    int32_t action = gitops_operation_action(operation);
    const gitops_changes *changes = gitops_operation_changes(operation);
    if (options->full || action == GITOPS_ACTION_UPDATE || action == GITOPS_ACTION_REPLACE ||
        action == GITOPS_ACTION_NONE)
        return 1;
    for (size_t i = 0; action == GITOPS_ACTION_ADOPT && i < gitops_changes_count(changes); i++)
        if (gops_change_shows(gitops_changes_get(changes, i)))
            return 1;
    return 0;
}

static void put_operation(gops_writer *out, const gitops_operation *operation,
                          const gitops_report_options *options)
{
    put_text(out, "{\"action\":", gitops_action_name(gitops_operation_action(operation)));
    put_text(out, ",\"key\":", gitops_operation_key(operation));
    put_text(out, ",\"reason\":", gitops_operation_reason(operation));
    put_text(out, ",\"reason_code\":", gitops_operation_reason_code(operation));
    put_text(out, ",\"phase\":", gitops_operation_phase(operation));
    gops_writer_puts(out, ",\"wave\":");
    gops_writer_int(out, gitops_operation_wave(operation));
    put_origin(out, gitops_operation_file(operation), gitops_operation_line(operation), 0);
    gops_writer_puts(out, ",\"changes\":");
    if (gitops_operation_changes(operation) && changes_matter(operation, options))
        gops_json_changes(out, gitops_operation_changes(operation));
    else
        gops_writer_puts(out, "[]");
}

/* What differs and is left alone. */
static void put_drift(gops_writer *out, const gitops_plan *plan,
                      const gitops_report_options *options)
{
    gops_writer_puts(out, ",\"drift\":[");
    for (size_t i = 0; i < gitops_plan_drift_count(plan); i++) {
        if (i > 0)
            gops_writer_puts(out, ",");
        put_operation(out, gitops_plan_drift(plan, i), options);
        gops_writer_puts(out, "}");
    }
    gops_writer_puts(out, "]");
}

/* What failed before, and is not sent again as it is. */
static void put_withheld(gops_writer *out, const gitops_plan *plan,
                         const gitops_report_options *options)
{
    gops_writer_puts(out, ",\"withheld\":[");
    for (size_t i = 0; i < gitops_plan_withheld_count(plan); i++) {
        if (i > 0)
            gops_writer_puts(out, ",");
        put_operation(out, gitops_plan_withheld(plan, i), options);
        gops_writer_puts(out, "}");
    }
    gops_writer_puts(out, "]");
}

static void put_operations(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                           const gitops_report_options *options)
{
    gops_writer_puts(out, ",\"operations\":[");
    for (size_t i = 0; i < gitops_plan_count(plan); i++) {
        if (i > 0)
            gops_writer_puts(out, ",");
        put_operation(out, gitops_plan_operation(plan, i), options);
        if (run) {
            put_text(out, ",\"outcome\":", gitops_outcome_name(gops_run_outcome(run, i)));
            put_text(out, ",\"error\":", gitops_run_error(run, i));
        }
        gops_writer_puts(out, "}");
    }
    gops_writer_puts(out, "]");
}

void gops_json_plan(gops_writer *out, const gitops_plan *plan, const gitops_run *run,
                    const gitops_report_options *options)
{
    put_text(out, "{\"format_version\":", FORMAT_VERSION);
    put_text(out, ",\"unit\":", gitops_plan_unit(plan));
    put_plan_head(out, plan);
    put_operations(out, plan, run, options);
    put_drift(out, plan, options);
    put_withheld(out, plan, options);
    put_number(out, ",\"skipped\":", gitops_plan_skipped(plan));
    put_number(out, ",\"unread\":", gitops_plan_unread(plan));
    gops_writer_puts(out, "}\n");
}

void gops_json_review(gops_writer *out, gitops_plan *const *plans, size_t count, const char *from,
                      const char *to, const gitops_report_options *options)
{
    put_text(out, "{\"format_version\":", FORMAT_VERSION);
    put_text(out, ",\"from\":", from);
    put_text(out, ",\"to\":", to);
    gops_writer_puts(out, ",\"units\":[");
    for (size_t i = 0; i < count; i++) {
        put_text(out, i > 0 ? ",{\"unit\":" : "{\"unit\":", gitops_plan_unit(plans[i]));
        put_summary(out, plans[i]);
        put_operations(out, plans[i], NULL, options);
        put_number(out, ",\"skipped\":", gitops_plan_skipped(plans[i]));
        put_number(out, ",\"unread\":", gitops_plan_unread(plans[i]));
        gops_writer_puts(out, "}");
    }
    gops_writer_puts(out, "]}\n");
}

static const char *event_name(int32_t type)
{
    static const char *const names[] = {"planned", "started", "outcome", "finished", "waiting"};
    int known = type >= GITOPS_EVENT_PLANNED && type <= GITOPS_EVENT_WAITING;
    return known ? names[type - GITOPS_EVENT_PLANNED] : "other";
}

/* How a pass ended, in the words of the exit codes. */
static const char *result_name(int status)
{
    switch (status) {
    case 0:
        return "done";
    case GITOPS_EHELD:
        return "held";
    case GITOPS_EPARTIAL:
        return "failed";
    case GITOPS_ECANCELLED:
        return "cancelled";
    default:
        return "error";
    }
}

void gops_json_event(gops_writer *out, const gitops_event *event)
{
    int32_t type = gitops_event_type(event);
    const gitops_operation *operation = gitops_event_operation(event);
    put_text(out, "{\"format_version\":", FORMAT_VERSION);
    put_text(out, ",\"event\":", event_name(type));
    gops_writer_puts(out, ",\"time_unix_ms\":");
    gops_writer_int(out, gitops_event_unix_ms(event));
    put_text(out, ",\"unit\":", gitops_event_unit(event));
    if (type == GITOPS_EVENT_PLANNED && gitops_event_plan(event)) {
        const gitops_report_options plain = {.struct_size = sizeof plain};
        put_plan_head(out, gitops_event_plan(event));
        put_drift(out, gitops_event_plan(event), &plain);
    }
    if (operation) {
        put_text(out, ",\"action\":", gitops_action_name(gitops_operation_action(operation)));
        put_text(out, ",\"key\":", gitops_operation_key(operation));
    }
    if (type == GITOPS_EVENT_OUTCOME) {
        put_text(out, ",\"outcome\":", gitops_outcome_name(gitops_event_outcome(event)));
        put_text(out, ",\"error\":", gitops_event_message(event));
    }
    if (type == GITOPS_EVENT_WAITING)
        put_text(out, ",\"message\":", gitops_event_message(event));
    if (type == GITOPS_EVENT_FINISHED && gitops_event_run(event)) {
        gitops_error err;
        memset(&err, 0, sizeof err);
        int status = gitops_run_status(gitops_event_run(event), &err);
        put_text(out, ",\"result\":", result_name(status));
        put_text(out, ",\"message\":", status < 0 && err.message[0] ? err.message : NULL);
    }
    gops_writer_puts(out, "}\n");
}
