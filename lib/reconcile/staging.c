/*
 * staging: a target that stages is told at the end to make everything real, or to drop it. Until
 * then no outcome is known.
 */
#include "reconcile/apply.h"

/* The outcomes of a staging target are known when it has committed. */
static void tell_outcomes(gops_unit_state *state)
{
    for (size_t i = 0; i < state->apply.ended_count; i++)
        if (state->apply.ended[i] < state->plan->count)
            gops_machine_event(state, GITOPS_EVENT_OUTCOME, state->apply.ended[i]);
}

/* A staging target is told to make everything real, or to drop it. */
int gops_staging_close(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    if (!apply->called) {
        apply->committed = 1;
        tell_outcomes(state);
        return 0;
    }
    if (apply->commit_at_ms > state->reconciler->mono_ms && !gops_apply_is_cancelled(state))
        return 0;
    int drops = apply->aborting || apply->failed || apply->broken || gops_apply_is_cancelled(state);
    gops_request_kind kind = drops ? GOPS_REQUEST_ABORT : GOPS_REQUEST_COMMIT;
    gitops_action *action = gops_action_new(state, drops ? GITOPS_DO_ABORT : GITOPS_DO_COMMIT);
    if (!action)
        return GITOPS_ENOMEM;
    gops_action_ask(action, kind);
    action->request.id = gops_call_id(state, kind, 0);
    apply->commits += !drops;
    apply->in_flight++;
    *out = action;
    return 0;
}

/* Gives every staged operation its outcome. Those without a call are done whatever happened. */
static void set_staged(gops_unit_state *state, int32_t outcome, const char *message)
{
    gops_apply *apply = &state->apply;
    for (size_t i = 0; i < apply->ended_count; i++) {
        size_t operation = apply->ended[i];
        gops_work *work = &apply->work[operation];
        if (!gops_operation_writes(gops_apply_operation(state, operation)) ||
            (work->outcome != GITOPS_OUTCOME_DONE && work->outcome != GITOPS_OUTCOME_UNKNOWN))
            continue;
        if (!message == !work->error && work->outcome == outcome)
            continue;
        work->outcome = (uint8_t)outcome;
        if (message && !work->error)
            work->error = gops_strdup(state->reconciler->context, message);
        if (outcome == GITOPS_OUTCOME_FAILED && !apply->failed)
            apply->failed_at = operation;
    }
}

static void resolve_commit(gops_unit_state *state, gitops_action *action)
{
    gops_apply *apply = &state->apply;
    gitops_error problem = action->error;
    gops_answer_state said = action->rc == 0 ? action->answer.state : GOPS_ANSWER_UNKNOWN;
    if (said == GOPS_ANSWER_DONE) {
        apply->committed = 1;
        tell_outcomes(state);
        return;
    }
    if (said == GOPS_ANSWER_RETRY && apply->commits < GOPS_APPLY_ATTEMPTS && !gops_apply_is_cancelled(state)) {
        apply->commit_at_ms = gops_time_after(state->reconciler->mono_ms,
                                              gops_call_retry_ms(state, action, apply->commits));
        return;
    }
    if (action->rc == 0)
        gops_answer_error(&action->answer, &action->request, &problem);
    int refused = said == GOPS_ANSWER_FAILED || said == GOPS_ANSWER_CONFLICT ||
                  said == GOPS_ANSWER_RETRY;
    set_staged(state, refused ? GITOPS_OUTCOME_FAILED : GITOPS_OUTCOME_UNKNOWN, problem.message);
    apply->failed = 1;
    apply->aborting = 1; /* nothing may stay staged for the next commit to make real */
}

static void resolve_abort(gops_unit_state *state, gitops_action *action)
{
    gops_apply *apply = &state->apply;
    int dropped = action->rc == 0 && action->answer.state == GOPS_ANSWER_DONE;
    if (!apply->aborting)
        set_staged(state, dropped ? GITOPS_OUTCOME_SKIPPED : GITOPS_OUTCOME_UNKNOWN,
                   dropped ? "staged, then dropped" : "staged; whether it was dropped is unknown");
    apply->skipped = 1;
    apply->committed = 1;
    tell_outcomes(state);
}

void gops_staging_resolve(gops_unit_state *state, gitops_action *action)
{
    if (action->type == GITOPS_DO_COMMIT)
        resolve_commit(state, action);
    else
        resolve_abort(state, action);
}
