/*
 * result: what a pass came to, immutable once the machine has let go of it.
 */
#include "reconcile/result.h"

gitops_run *gops_run_new(gitops_context *context, const char *unit)
{
    gitops_run *run = gops_calloc(context, 1, sizeof *run);
    char *name = run ? gops_strdup(context, unit) : NULL;
    if (!name) {
        gops_free(context, run);
        return NULL;
    }
    gops_refcount_init(&run->references);
    run->context = gops_context_ref(context);
    run->unit = name;
    return run;
}

gitops_run *gitops_run_ref(gitops_run *run)
{
    gops_refcount_take(&run->references);
    return run;
}

void gitops_run_free(gitops_run *run)
{
    if (!run || !gops_refcount_drop(&run->references))
        return;
    gitops_context *context = run->context;
    size_t count = run->plan ? run->plan->count : 0;
    for (size_t i = 0; run->errors && i < count; i++)
        gops_free(context, run->errors[i]);
    gops_free(context, run->errors);
    gops_free(context, run->outcomes);
    gops_free(context, run->unit);
    gitops_plan_free(run->plan);
    gitops_manifest_free(run->manifest);
    gops_free(context, run);
    gitops_context_free(context);
}

int gitops_run_status(const gitops_run *run, gitops_error *err)
{
    if (run->status < 0 && err)
        *err = run->error;
    return run->status;
}

const char *gitops_run_unit(const gitops_run *run)
{
    return run->unit;
}

gitops_plan *gitops_run_plan(const gitops_run *run)
{
    return run->plan;
}

const gitops_diagnostics *gitops_run_diagnostics(const gitops_run *run)
{
    return run->manifest ? &run->manifest->diagnostics : NULL;
}

int32_t gitops_run_touched(const gitops_run *run)
{
    return run->touched;
}

int32_t gitops_run_outcome(const gitops_run *run, size_t i)
{
    int known = run->plan && run->outcomes && i < run->plan->count;
    return known ? run->outcomes[i] : GITOPS_OUTCOME_NONE;
}

const char *gitops_run_error(const gitops_run *run, size_t i)
{
    return run->plan && run->errors && i < run->plan->count ? run->errors[i] : NULL;
}

const char *gitops_outcome_name(int32_t outcome)
{
    static const char *const names[] = {"none", "done", "failed", "skipped", "unknown"};
    return outcome >= 0 && outcome <= GITOPS_OUTCOME_UNKNOWN ? names[outcome] : "none";
}

int32_t gitops_event_type(const gitops_event *event)
{
    return event->type;
}

const char *gitops_event_unit(const gitops_event *event)
{
    return event->unit;
}

gitops_plan *gitops_event_plan(const gitops_event *event)
{
    return event->plan;
}

const gitops_operation *gitops_event_operation(const gitops_event *event)
{
    return event->operation;
}

int32_t gitops_event_outcome(const gitops_event *event)
{
    return event->outcome;
}

const char *gitops_event_message(const gitops_event *event)
{
    return event->message;
}

gitops_run *gitops_event_run(const gitops_event *event)
{
    return event->run;
}

int64_t gitops_event_unix_ms(const gitops_event *event)
{
    return event->unix_ms;
}
