/*
 * apply: carries a plan out. The schedule of the plan says which operations may start; each starts
 * only after its intent is recorded. Intents are recorded 256 at a time and in the order of the
 * plan, outcomes in groups of 256 or after 50 ms. What comes next may have to wait until what was
 * applied is healthy and what was deleted is gone. After a failure a unit that is applied as one
 * starts nothing that would have waited for what is not done by then; an isolated one goes on with
 * all that does not depend on the failed.
 */
#include "reconcile/apply.h"
#include "reconcile/gates.h"

#include <stdio.h>
#include <string.h>

enum { GROUP = 256, OUTCOME_DELAY_MS = 50 };

int gops_apply_begin(gops_unit_state *state)
{
    gitops_context *context = state->reconciler->context;
    gops_apply *apply = &state->apply;
    size_t count = state->plan->operations.count;
    gops_apply_release(state);
    for (size_t i = 0; i < count; i++) { /* what is known is right, should memory run out below */
        const gitops_operation *operation = gops_apply_operation(state, i);
        gops_known *known = gops_known_add(&state->known, gops_operation_key(operation));
        if (!known)
            return GITOPS_ENOMEM;
        known->planned = 1;
        known->desired |= operation->file != NULL;
    }
    apply->since_ms = apply->wave_since_ms = state->reconciler->mono_ms;
    apply->glance_at_ms = gops_time_after(apply->since_ms, state->unit->interval_ms);
    if (gops_gates_find(state) < 0)
        return GITOPS_ENOMEM;
    apply->work = gops_calloc(context, count + apply->gate_count + 1, sizeof *apply->work);
    apply->ended = gops_calloc(context, count + 1, sizeof *apply->ended);
    state->run->outcomes = gops_calloc(context, state->plan->count + 1, 1);
    state->run->errors = gops_calloc(context, state->plan->count + 1, sizeof(char *));
    if (!apply->work || !apply->ended || !state->run->outcomes || !state->run->errors ||
        gops_schedule_init(&apply->schedule, context, state->plan) < 0)
        return GITOPS_ENOMEM;
    apply->count = apply->unstarted = count;
    gops_gates_begin(state);
    return 0;
}

const char *gops_apply_key(const gops_unit_state *state, size_t i)
{
    const gops_apply *apply = &state->apply;
    return i < apply->count ? gops_operation_key(gops_apply_operation(state, i))
                            : apply->gates[i - apply->count].key;
}

void gops_apply_release(gops_unit_state *state)
{
    gitops_context *context = state->reconciler->context;
    gops_apply *apply = &state->apply;
    for (size_t i = 0; i < apply->count + apply->gate_count && apply->work; i++) {
        gops_work_release(context, &apply->work[i]);
        gops_free(context, apply->work[i].error);
        gops_free(context, apply->work[i].waits);
    }
    for (size_t i = 0; state->plan && i < state->plan->operations.count; i++) {
        gops_known *known = gops_known_find(&state->known,
                                            gops_operation_key(gops_apply_operation(state, i)));
        if (known)
            known->planned = 0;
    }
    gops_schedule_release(&apply->schedule);
    gops_timers_release(&apply->timers, context);
    gops_free(context, apply->gates);
    gops_free(context, apply->work);
    gops_free(context, apply->ended);
    memset(apply, 0, sizeof *apply);
}

void gops_apply_fail(gops_unit_state *state, size_t i)
{
    gops_apply *apply = &state->apply;
    apply->failures++;
    if (!apply->failed)
        apply->failed_at = i;
    apply->failed = 1;
    if (state->unit->on_failure == GITOPS_FAILURE_ISOLATE && !gops_apply_is_staging(state)) {
        if (i < apply->count)
            gops_schedule_fail(&apply->schedule, i);
    } else if (apply->halt == GOPS_HALT_NONE) {
        apply->halt = GOPS_HALT_FAILED;
        gops_wait_drop(state);
    }
}

void gops_apply_end(gops_unit_state *state, size_t i, int32_t outcome, const char *message)
{
    gops_apply *apply = &state->apply;
    gops_work *work = &apply->work[i];
    work->step = GOPS_STEP_ENDED;
    work->outcome = (uint8_t)outcome;
    if (outcome == GITOPS_OUTCOME_DONE)
        gops_work_forget(state->reconciler->context, work);
    else if (message && !work->error)
        work->error = gops_strdup(state->reconciler->context, message);
    if (apply->ended_count == 0)
        apply->ended_since_ms = state->reconciler->mono_ms;
    apply->ended[apply->ended_count++] = i;
    apply->over++;
    if (!gops_apply_is_staging(state) && i < state->plan->count)
        gops_machine_event(state, GITOPS_EVENT_OUTCOME, i);
    if (outcome == GITOPS_OUTCOME_FAILED || outcome == GITOPS_OUTCOME_UNKNOWN)
        gops_apply_fail(state, i);
}

/* Without a call there is nothing to wait for. */
static void end_without_call(gops_unit_state *state, size_t i)
{
    state->apply.unstarted--;
    gops_apply_end(state, i, GITOPS_OUTCOME_DONE, NULL);
    if (!state->apply.halt)
        gops_schedule_done(&state->apply.schedule, i);
}

static int is_for_failures(const gitops_operation *operation)
{
    return operation->phase == GOPS_PHASE_SYNC_FAIL;
}

/* The next hook that is for a failure, one after the other, in a run that has failed. */
static size_t next_closing(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    if (apply->in_flight + apply->retrying + apply->awaited)
        return GOPS_SCHEDULE_NONE;
    for (size_t i = 0; apply->unstarted && i < apply->count; i++)
        if (apply->work[i].step == GOPS_STEP_WAITING)
            return i;
    return GOPS_SCHEDULE_NONE;
}

/* Operations before it have an intent, and wait for no gate. */
static size_t end_of_startable(const gops_apply *apply)
{
    return apply->intended < apply->gated ? apply->intended : apply->gated;
}

/* Takes the next operation that may start and whose intent is recorded. */
static size_t take_next(gops_unit_state *state)
{
    gops_apply *apply = &state->apply;
    if (!apply->closing)
        return gops_schedule_next(&apply->schedule, end_of_startable(apply));
    size_t i = next_closing(state);
    return i < apply->intended ? i : GOPS_SCHEDULE_NONE;
}

/* Starts one operation; *out stays NULL when that takes no call. */
static int start(gops_unit_state *state, size_t i, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    const gitops_operation *operation = gops_apply_operation(state, i);
    if (is_for_failures(operation) && !apply->failed) {
        apply->unstarted--;
        gops_apply_end(state, i, GITOPS_OUTCOME_SKIPPED, "nothing failed");
        gops_schedule_done(&apply->schedule, i);
    } else if (operation->is_hook && operation->detail->resumes) {
        apply->unstarted--;
        apply->called = 1;
        apply->work[i].since_ms = state->reconciler->mono_ms;
        gops_wait_resume(state, i);
    } else if (gops_operation_writes(operation)) {
        return gops_call_send(state, i, out);
    } else {
        end_without_call(state, i);
    }
    return 0;
}

static int start_next(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    int rc = 0;
    while (rc == 0 && !*out && !gops_apply_is_cancelled(state) &&
           apply->halt <= GOPS_HALT_FAILED &&
           apply->in_flight < state->unit->target->options.max_in_flight) {
        size_t i = take_next(state);
        if (i == GOPS_SCHEDULE_NONE)
            return 0;
        rc = start(state, i, out);
    }
    return rc;
}

/* What is due: an operation that is to be sent again, or a question of a wait. */
static int call_due(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    int64_t now = gops_apply_is_cancelled(state) ? INT64_MAX : state->reconciler->mono_ms;
    while (!*out && apply->timers.count && gops_timers_next(&apply->timers) <= now &&
           (apply->in_flight < state->unit->target->options.max_in_flight || now == INT64_MAX)) {
        size_t i = gops_timers_take(&apply->timers);
        gops_work *work = &apply->work[i];
        int rc = 0;
        if (work->step != GOPS_STEP_RETRY) {
            rc = gops_wait_ask(state, i, out);
        } else {
            apply->retrying--;
            if (work->cleans && gops_apply_is_cancelled(state))
                gops_wait_clean_ended(state, i, 0);
            else if (gops_apply_is_cancelled(state) || apply->halt > GOPS_HALT_FAILED)
                gops_apply_end(state, i, GITOPS_OUTCOME_FAILED, work->waits);
            else
                rc = gops_call_send(state, i, out);
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Ends what can never start, because what it depends on has failed. */
static void skip_dependents(gops_unit_state *state)
{
    char why[1024];
    size_t because, i;
    gops_apply *apply = &state->apply;
    while ((i = gops_schedule_doomed(&apply->schedule, &because)) != GOPS_SCHEDULE_NONE) {
        if (apply->work[i].step != GOPS_STEP_WAITING) /* it was skipped with the rest */
            continue;
        snprintf(why, sizeof why, "it depends on %s, which failed",
                 gops_operation_key(gops_apply_operation(state, because)));
        apply->unstarted--;
        gops_apply_end(state, i, GITOPS_OUTCOME_SKIPPED, why);
        apply->skipped = 1;
    }
}

/* Nothing more is started: the rest was skipped. */
static void skip_rest(gops_unit_state *state)
{
    static const char *const reasons[] = {
        [GOPS_HALT_NONE] = "the run was cancelled",
        [GOPS_HALT_FAILED] = "an earlier operation failed",
        [GOPS_HALT_OVERDUE] = "the run took longer than it may",
        [GOPS_HALT_CLOSED] = "the window of time for changes closed",
        [GOPS_HALT_REPLACED] = "a newer revision came",
    };
    gops_apply *apply = &state->apply;
    const char *why = gops_apply_is_cancelled(state) ? reasons[GOPS_HALT_NONE]
                                                     : reasons[apply->halt];
    int closes = apply->halt == GOPS_HALT_FAILED && !gops_apply_is_cancelled(state);
    gops_wait_drop(state);
    apply->closing = closes;
    for (size_t i = 0; apply->unstarted && i < apply->count; i++) {
        if (apply->work[i].step != GOPS_STEP_WAITING ||
            (closes && is_for_failures(gops_apply_operation(state, i))))
            continue;
        apply->unstarted--;
        gops_apply_end(state, i, GITOPS_OUTCOME_SKIPPED, why);
        apply->skipped = 1;
    }
}

/* 1 when nothing more will be started, and what is under way needs no answer to know that. */
static int is_halted(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    if (gops_apply_is_cancelled(state) || apply->halt > GOPS_HALT_FAILED)
        return 1;
    return apply->halt == GOPS_HALT_FAILED && !apply->closing && apply->in_flight == 0 && apply->retrying == 0 &&
           gops_schedule_peek(&apply->schedule) >= end_of_startable(apply);
}

static int is_over(const gops_apply *apply)
{
    return apply->over == apply->count && apply->in_flight == 0 && apply->awaited == 0;
}

static int wants_outcomes(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    if (gops_apply_is_staging(state) && !apply->committed && apply->count)
        return 0;
    if (is_over(apply)) /* also a run that only says that its revision was applied */
        return 1;
    if (apply->ended_count == 0)
        return 0;
    return apply->ended_count >= GROUP || apply->in_flight + apply->retrying + apply->awaited == 0 ||
           state->reconciler->mono_ms - apply->ended_since_ms >= OUTCOME_DELAY_MS;
}

/* The next operation that may start has no intent yet. */
static int wants_intents(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    size_t next = apply->closing ? next_closing(state) : gops_schedule_peek(&apply->schedule);
    return next != GOPS_SCHEDULE_NONE && next >= apply->intended && next < apply->gated &&
           (!apply->halt || apply->closing) && !gops_apply_is_cancelled(state);
}

/* A RECORD with all outcomes that wait and, when they are wanted, the next intents. */
static int record(gops_unit_state *state, int intents, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    int settles = !gops_apply_is_staging(state) || apply->committed;
    gitops_action *action = gops_action_new(state, GITOPS_DO_RECORD);
    if (!action)
        return GITOPS_ENOMEM;
    action->outcome_count = settles ? apply->ended_count : 0;
    action->first_intent = action->intent_end = apply->intended;
    if (intents)
        action->intent_end = apply->count - apply->intended > GROUP ? apply->intended + GROUP
                                                                    : apply->count;
    action->begins_run = !apply->begun;
    action->ends_run = settles && is_over(apply);
    action->unix_ms = state->reconciler->unix_ms;
    apply->recording = 1;
    state->reconciler->exclusive = 1;
    *out = action;
    return 0;
}

/* Documents are prepared 256 at a time; then the target is asked about each operation. */
static int check_next(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    while (apply->checked < apply->prepared &&
           !gops_operation_writes(gops_apply_operation(state, apply->checked)))
        apply->checked++;
    if (apply->checked == apply->count) {
        state->stage = GOPS_STAGE_APPLY;
        return gops_apply_next(state, out);
    }
    if (apply->checked == apply->prepared) {
        if (state->reconciler->exclusive)
            return 0;
        *out = gops_action_new(state, GITOPS_DO_PREPARE);
        if (!*out)
            return GITOPS_ENOMEM;
        (*out)->first_intent = apply->prepared;
        (*out)->intent_end = apply->count - apply->prepared > GROUP ? apply->prepared + GROUP
                                                                    : apply->count;
        state->reconciler->exclusive = 1;
    } else {
        *out = gops_call_new(state, apply->checked, GOPS_REQUEST_CHECK);
        if (!*out)
            return GITOPS_ENOMEM;
    }
    state->busy = 1;
    return 0;
}

/* The store has failed: what is in flight is awaited, what is staged is dropped, and that is all. */
static int end_broken(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    if (apply->in_flight || apply->recording || state->reconciler->exclusive)
        return 0;
    if (gops_apply_is_staging(state) && apply->called && !apply->committed)
        return gops_staging_close(state, out);
    gops_machine_finish(state);
    return 0;
}

static void halt_in_time(gops_unit_state *state)
{
    gops_apply *apply = &state->apply;
    int64_t end = gops_limit_end(apply->since_ms, state->unit->run_timeout_ms);
    if (apply->halt)
        return;
    if (!gitops_windows_allow(state->unit->windows, state->reconciler->unix_ms, state->on_demand,
                              1)) {
        apply->halt = GOPS_HALT_CLOSED;
        gops_fail_at(&state->failure, GITOPS_EPARTIAL, state->unit->name, 0, 0,
                     "the window of time for changes closed before the run was over");
        return;
    }
    if (state->reconciler->mono_ms < end)
        return;
    apply->halt = GOPS_HALT_OVERDUE;
    gops_fail_at(&state->failure, GITOPS_EPARTIAL, state->unit->name, 0, 0,
                 "the run took longer than the %lld ms that it may",
                 (long long)state->unit->run_timeout_ms);
}

/* While a run only waits, the source is looked at when somebody asks for it, and at its interval. */
static int is_time_to_glance(const gops_unit_state *state)
{
    return !state->apply.halt && (state->nudged ||
                                  state->reconciler->mono_ms >= state->apply.glance_at_ms);
}

int gops_apply_next(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    if (state->stage == GOPS_STAGE_CHECK)
        return check_next(state, out);
    if (apply->broken)
        return end_broken(state, out);
    halt_in_time(state);
    int rc = call_due(state, out);
    if (rc == 0 && !*out)
        rc = start_next(state, out);
    if (rc < 0 || *out || apply->recording)
        return rc;
    skip_dependents(state);
    if (is_halted(state))
        skip_rest(state);
    if (state->reconciler->exclusive)
        return 0;
    if (gops_apply_is_staging(state) && !apply->committed && is_over(apply)) {
        rc = gops_staging_close(state, out);
        if (rc < 0 || *out)
            return rc;
    }
    if (wants_intents(state))
        return record(state, 1, out);
    if (wants_outcomes(state))
        return record(state, 0, out);
    return gops_wait_is_all(state) && is_time_to_glance(state) ? gops_machine_fetch(state, out) : 0;
}

int64_t gops_apply_deadline(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    int64_t deadline = gops_timers_next(&apply->timers), end;
    if (apply->ended_count && !apply->recording && !apply->broken &&
        !state->reconciler->exclusive && (!gops_apply_is_staging(state) || apply->committed) &&
        apply->ended_since_ms + OUTCOME_DELAY_MS < deadline)
        deadline = apply->ended_since_ms + OUTCOME_DELAY_MS;
    if (apply->commit_at_ms && !apply->committed && apply->in_flight == 0 &&
        apply->commit_at_ms < deadline)
        deadline = apply->commit_at_ms;
    if (gops_wait_is_all(state) && !state->reconciler->exclusive && apply->glance_at_ms < deadline)
        deadline = apply->glance_at_ms;
    end = gops_limit_end(apply->since_ms, state->unit->run_timeout_ms);
    return !apply->halt && end < deadline ? end : deadline;
}

static void resolve_record(gops_unit_state *state, gitops_action *action)
{
    state->apply.recording = 0;
    if (action->rc < 0) {
        state->failure = action->error;
        state->apply.broken = 1;
        state->loaded = 0; /* what the store holds is read again */
        return;
    }
    gops_record_settle(state, action);
    if (action->ends_run)
        gops_machine_finish(state);
}

static void resolve_check(gops_unit_state *state, gitops_action *action)
{
    gops_apply *apply = &state->apply;
    state->busy = 0;
    if (action->rc < 0) {
        state->failure = action->error;
    } else if (action->type == GITOPS_DO_PREPARE) {
        apply->prepared = action->intent_end;
        return;
    } else if (action->answer.state == GOPS_ANSWER_DONE) {
        gops_work_release(state->reconciler->context, &apply->work[action->operation]);
        apply->checked++;
        return;
    } else {
        gops_answer_error(&action->answer, &action->request, &state->failure);
    }
    state->ending = 1;
}

void gops_apply_resolve(gops_unit_state *state, gitops_action *action)
{
    switch (action->type) {
    case GITOPS_DO_PREPARE:
    case GITOPS_DO_CHECK:
        resolve_check(state, action);
        break;
    case GITOPS_DO_RECORD:
        resolve_record(state, action);
        break;
    case GITOPS_DO_COMMIT:
    case GITOPS_DO_ABORT:
        state->apply.in_flight--;
        gops_staging_resolve(state, action);
        break;
    case GITOPS_DO_FETCH:
        gops_wait_glance(state, action);
        break;
    case GITOPS_DO_ASSESS:
        state->apply.in_flight--;
        gops_wait_resolve(state, action);
        break;
    default:
        state->apply.in_flight--;
        gops_call_resolve(state, action);
    }
}
