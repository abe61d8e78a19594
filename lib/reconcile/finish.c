/*
 * finish: how a pass ends, what is kept of it, and when the next one is due.
 */
#include "reconcile/confirm.h"

/* How long to wait after a failure: doubling from a second up to the interval, with jitter. */
static int64_t backoff_ms(gops_unit_state *state)
{
    uint32_t doublings = state->failures < 16 ? state->failures : 16;
    int64_t wait = INT64_C(1000) << doublings;
    if (wait > state->unit->interval_ms)
        wait = state->unit->interval_ms;
    return wait / 2 + (int64_t)(gops_machine_random(state->reconciler) % (uint64_t)(wait / 2 + 1));
}

static const char *reason_of(const gops_work *work)
{
    return work->error ? work->error : work->waits ? work->waits : "no reason was given";
}

/* Why the pass ends, as a code; state->failure gets the words. */
static int pass_status(gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    gitops_error *why = &state->failure;
    if (why->code < 0)
        return why->code;
    if (apply->failed)
        return gops_fail_at(why, GITOPS_EPARTIAL, state->unit->name, 0, 0,
                            "an operation failed: %s", reason_of(&apply->work[apply->failed_at]));
    if (state->plan && state->plan->withheld.count)
        return gops_fail_at(why, GITOPS_EPARTIAL, state->unit->name, 0, 0, "%s %s",
                            gops_operation_key(&state->plan->withheld.items[0]),
                            gitops_operation_reason(&state->plan->withheld.items[0]));
    if (apply->halt == GOPS_HALT_REPLACED)
        return gops_fail_at(why, GITOPS_ECANCELLED, state->unit->name, 0, 0,
                            "a newer revision came while the run waited");
    if (atomic_load(&state->reconciler->cancelled))
        return gops_fail_at(why, GITOPS_ECANCELLED, state->unit->name, 0, 0,
                            "the run was cancelled");
    if (state->plan && state->plan->held_count)
        return gops_fail_at(why, GITOPS_EHELD, state->unit->name, 0, 0,
                            "the plan waits for the approval of its digest %s",
                            state->plan->digest);
    return 0;
}

static void keep_outcomes(gops_unit_state *state)
{
    gitops_run *run = state->run;
    gops_apply *apply = &state->apply;
    for (size_t i = 0; apply->count && i < state->plan->count; i++) {
        gops_work *work = &apply->work[i];
        run->outcomes[i] = work->step >= GOPS_STEP_ENDED ? work->outcome : GITOPS_OUTCOME_SKIPPED;
        char **why = work->error ? &work->error : &work->waits;
        run->errors[i] = *why;
        *why = NULL;
    }
}

/* What a window holds back is looked at when one opens, but not later than by its interval. */
static int64_t next_look(const gops_unit_state *state)
{
    const gitops_reconciler *reconciler = state->reconciler;
    int64_t wait = state->unit->interval_ms, opens = state->opens_unix_ms - reconciler->unix_ms;
    int64_t until = gops_confirm_until(state);
    if (state->opens_unix_ms && opens < wait)
        wait = opens > 0 ? opens : 0;
    if (until && until - reconciler->unix_ms < wait)
        wait = until > reconciler->unix_ms ? until - reconciler->unix_ms : 0;
    return gops_time_after(reconciler->mono_ms, wait);
}

/* What ends a pass without being anybody's fault needs no haste. */
static int is_failure(int status)
{
    return status < 0 && status != GITOPS_EHELD && status != GITOPS_ESUSPENDED &&
           status != GITOPS_ECANCELLED;
}

/*
 * Where all that failed was changed by somebody while we planned, the next pass is due at once and
 * belongs to this one: it reads what is there now and compares anew.
 */
static int looks_again(gops_unit_state *state)
{
    enum { AGAIN = 3 };
    const gops_apply *apply = &state->apply;
    if (apply->conflicts == 0 || apply->conflicts < apply->failures || state->once ||
        state->plan->approved || /* what was agreed to is no other plan */
        atomic_load(&state->reconciler->cancelled)) {
        state->conflict_passes = 0;
        return 0;
    }
    if (++state->conflict_passes > AGAIN) {
        state->conflict_passes = 0;
        return 0;
    }
    state->due_ms = INT64_MIN;
    state->asked_for |= state->on_demand;
    return 1;
}

void gops_machine_finish(gops_unit_state *state)
{
    gitops_reconciler *reconciler = state->reconciler;
    gitops_run *run = state->run;
    int status = pass_status(state);
    run->status = status;
    run->error = state->failure;
    run->plan = state->plan ? gitops_plan_ref(state->plan) : NULL;
    run->manifest = state->read ? gitops_manifest_ref(state->read) : NULL;
    run->touched = state->apply.called;
    keep_outcomes(state);
    gitops_run_free(state->result);
    state->result = run;
    state->run = NULL;
    (void)gops_confirm_failed(state); /* without memory for it, the next failure has another chance */
    state->failures = is_failure(status) ? state->failures + 1 : 0;
    /* A plan that was made and not carried out must be found again. */
    state->need_full = status < 0 || (state->plan && reconciler->options.plan_only && state->plan->count);
    state->due_ms = state->failures ? gops_time_after(reconciler->mono_ms, backoff_ms(state))
                                    : next_look(state);
    state->opens_unix_ms = 0;
    if (state->triggered)
        state->due_ms = INT64_MIN;
    state->stage = GOPS_STAGE_IDLE;
    if (!looks_again(state))
        state->passes++;
    gops_free(reconciler->context, state->once);
    state->once = NULL;
    state->ended = ++reconciler->moments;
    gops_machine_event(state, GITOPS_EVENT_FINISHED, 0);
    gops_machine_release_pass(state);
}
