/*
 * call: the questions of a run that change the target, and what comes of their answers.
 */
#include <string.h>

#include "reconcile/apply.h"
#include "reconcile/fights.h"

uint64_t gops_call_id(const gops_unit_state *state, gops_request_kind kind, size_t i)
{
    uint64_t parts[4] = {gops_hash64(state->unit->name, strlen(state->unit->name)),
                         state->run_number, (uint64_t)kind, (uint64_t)i};
    return gops_hash64(parts, sizeof parts) | 1;
}

static int32_t type_of(gops_request_kind kind)
{
    return kind == GOPS_REQUEST_CHECK    ? GITOPS_DO_CHECK
           : kind == GOPS_REQUEST_DELETE ? GITOPS_DO_DELETE
                                         : GITOPS_DO_APPLY;
}

gitops_action *gops_call_new(gops_unit_state *state, size_t i, gops_request_kind kind)
{
    const gitops_operation *operation = gops_apply_operation(state, i);
    const gops_work *work = &state->apply.work[i];
    gitops_action *action = gops_action_new(state, type_of(kind));
    if (!action)
        return NULL;
    gops_action_ask(action, kind);
    action->operation = i;
    action->request.key = gops_operation_key(operation);
    action->request.document = work->cleans ? NULL : work->send;
    action->request.document_length = work->cleans ? 0 : work->send_length;
    action->request.action =
        gitops_action_name(work->cleans ? GITOPS_ACTION_DELETE : operation->action);
    action->request.version = operation->detail ? operation->detail->version : NULL;
    action->request.id = gops_call_id(state, kind, i);
    return action;
}

/* A wave begins with the first operation of it that is sent. */
static void note_wave(gops_unit_state *state, const gitops_operation *operation)
{
    gops_apply *apply = &state->apply;
    int32_t wave = gitops_operation_wave(operation);
    const char *phase = gitops_operation_phase(operation);
    if (apply->phase && strcmp(apply->phase, phase) == 0 && apply->wave == wave)
        return;
    apply->phase = phase;
    apply->wave = wave;
    apply->wave_since_ms = state->reconciler->mono_ms;
}

int gops_call_send(gops_unit_state *state, size_t i, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    const gitops_operation *operation = gops_apply_operation(state, i);
    gops_work *work = &apply->work[i];
    int deletes = work->cleans || operation->action == GITOPS_ACTION_DELETE;
    *out = gops_call_new(state, i, deletes ? GOPS_REQUEST_DELETE : GOPS_REQUEST_APPLY);
    if (!*out)
        return GITOPS_ENOMEM;
    work->step = GOPS_STEP_SENT;
    apply->in_flight++;
    apply->called = 1;
    if (work->attempts++ == 0 && !work->cleans) {
        apply->unstarted--;
        work->since_ms = state->reconciler->mono_ms;
        note_wave(state, operation);
        if (i < state->plan->count)
            gops_machine_event(state, GITOPS_EVENT_STARTED, i);
    }
    return 0;
}

int64_t gops_call_retry_ms(gops_unit_state *state, const gitops_action *action, uint32_t attempts)
{
    int64_t wait = INT64_C(100) << attempts;
    wait += (int64_t)(gops_machine_random(state->reconciler) % (uint64_t)wait) / 2;
    if (wait < action->answer.after_ms)
        wait = action->answer.after_ms < GOPS_APPLY_LONGEST_WAIT_MS ? action->answer.after_ms
                                                                    : GOPS_APPLY_LONGEST_WAIT_MS;
    return wait;
}

/* Returns 0 when there is no memory to remember it. */
static int retry_later(gops_unit_state *state, const gitops_action *action, const char *why)
{
    gops_apply *apply = &state->apply;
    gitops_context *context = state->reconciler->context;
    gops_work *work = &apply->work[action->operation];
    int64_t at_ms = gops_time_after(state->reconciler->mono_ms,
                                    gops_call_retry_ms(state, action, work->attempts));
    if (gops_timers_add(&apply->timers, context, at_ms, action->operation) < 0)
        return 0;
    work->step = GOPS_STEP_RETRY;
    apply->retrying++;
    gops_free(context, work->waits);
    work->waits = gops_strdup(context, why);
    return 1;
}

/* Keeps what the target made of what it was sent. */
static void take_answer(gops_unit_state *state, gitops_action *action)
{
    gops_work *work = &state->apply.work[action->operation];
    work->answered = action->answered;
    work->has_answered = (uint8_t)action->has_answered;
    work->kept = action->kept;
    work->kept_length = action->kept_length;
    action->kept = NULL;
}

static void note_done(gops_unit_state *state, gitops_action *action)
{
    take_answer(state, action);
    gops_fights_note(state, gops_apply_operation(state, action->operation));
}

static int may_retry(const gops_unit_state *state, const gitops_action *action)
{
    return action->rc == 0 && action->answer.state == GOPS_ANSWER_RETRY &&
           state->apply.work[action->operation].attempts < GOPS_APPLY_ATTEMPTS &&
           !gops_apply_is_cancelled(state) && state->apply.halt <= GOPS_HALT_FAILED;
}

void gops_call_resolve(gops_unit_state *state, gitops_action *action)
{
    gitops_error problem;
    if (action->rc == 0 && action->answer.state == GOPS_ANSWER_DONE) {
        if (!state->apply.work[action->operation].cleans)
            note_done(state, action);
        gops_wait_begin(state, action->operation, action);
        return;
    }
    if (action->rc < 0)
        problem = action->error;
    else
        gops_answer_error(&action->answer, &action->request, &problem);
    if (may_retry(state, action) && retry_later(state, action, problem.message))
        return;
    state->apply.work[action->operation].for_good =
        action->rc == 0 && action->answer.state == GOPS_ANSWER_FAILED;
    if (state->apply.work[action->operation].cleans) { /* it stays: that changes nothing of what it did */
        gops_wait_clean_ended(state, action->operation, 0);
        return;
    }
    state->apply.conflicts += action->rc == 0 && action->answer.state == GOPS_ANSWER_CONFLICT;
    int known = action->answer.state == GOPS_ANSWER_FAILED ||
                action->answer.state == GOPS_ANSWER_CONFLICT ||
                action->answer.state == GOPS_ANSWER_RETRY;
    gops_apply_end(state, action->operation,
                   known ? GITOPS_OUTCOME_FAILED : GITOPS_OUTCOME_UNKNOWN, problem.message);
}
