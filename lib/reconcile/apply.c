/*
 * apply: carries a plan out. Operations start in the plan's order; those of one rank may be in
 * flight together. An operation starts only after its intent is recorded; intents are recorded
 * 256 at a time, outcomes in groups of 256 or after 50 ms. After a failure nothing beyond the rank
 * of what failed is started.
 */
#include <string.h>

#include "reconcile/machine.h"

enum { GROUP = 256, OUTCOME_DELAY_MS = 50, ATTEMPTS = 5, LONGEST_WAIT_MS = 3600000 };

static const gitops_operation *operation_at(const gops_unit_state *state, size_t i)
{
    return &state->plan->operations.items[i];
}

static int is_cancelled(const gops_unit_state *state)
{
    return atomic_load(&state->reconciler->cancelled);
}

static int is_staging(const gops_unit_state *state)
{
    return gops_target_can(state->unit->target, GOPS_REQUEST_COMMIT);
}

int gops_apply_begin(gops_unit_state *state)
{
    gitops_context *context = state->reconciler->context;
    gops_apply *apply = &state->apply;
    size_t count = state->plan->operations.count;
    gops_apply_release(state);
    apply->work = gops_calloc(context, count + 1, sizeof *apply->work);
    apply->ended = gops_calloc(context, count + 1, sizeof *apply->ended);
    state->run->outcomes = gops_calloc(context, state->plan->count + 1, 1);
    state->run->errors = gops_calloc(context, state->plan->count + 1, sizeof(char *));
    if (!apply->work || !apply->ended || !state->run->outcomes || !state->run->errors)
        return GITOPS_ENOMEM;
    apply->count = count;
    for (size_t i = 0; i < count; i++)
        if (!gops_known_add(&state->known, gops_operation_key(operation_at(state, i))))
            return GITOPS_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const gitops_operation *operation = operation_at(state, i);
        if (operation->file)
            gops_known_find(&state->known, gops_operation_key(operation))->desired = 1;
    }
    return 0;
}

void gops_apply_release(gops_unit_state *state)
{
    gitops_context *context = state->reconciler->context;
    gops_apply *apply = &state->apply;
    for (size_t i = 0; i < apply->count; i++) {
        gops_work_release(context, &apply->work[i]);
        gops_free(context, apply->work[i].error);
    }
    gops_free(context, apply->work);
    gops_free(context, apply->ended);
    memset(apply, 0, sizeof *apply);
}

/* An operation is over; its outcome waits to be recorded. */
static void end_operation(gops_unit_state *state, size_t i, int32_t outcome, const char *message)
{
    gops_apply *apply = &state->apply;
    gops_work *work = &apply->work[i];
    work->step = GOPS_STEP_ENDED;
    work->outcome = (uint8_t)outcome;
    if (message && !work->error)
        work->error = gops_strdup(state->reconciler->context, message);
    if (apply->ended_count == 0)
        apply->ended_since_ms = state->reconciler->mono_ms;
    apply->ended[apply->ended_count++] = i;
    if ((outcome == GITOPS_OUTCOME_FAILED || outcome == GITOPS_OUTCOME_UNKNOWN) &&
        !apply->failed) {
        apply->failed = 1;
        apply->failed_at = i;
    }
    if (!is_staging(state) && i < state->plan->count)
        gops_machine_event(state, GITOPS_EVENT_OUTCOME, i);
}

/* Operations of one rank do not stand on each other. */
static int same_rank(const gops_unit_state *state, size_t a, size_t b)
{
    return operation_at(state, a)->rank == operation_at(state, b)->rank;
}

static int may_start(const gops_unit_state *state, size_t i)
{
    const gops_apply *apply = &state->apply;
    size_t busy = apply->in_flight + apply->retrying;
    if (busy == 0)
        return 1;
    return busy < state->unit->target->options.max_in_flight && same_rank(state, i, apply->last_sent);
}

/* Nothing more is started: the rest was skipped. */
static void skip_rest(gops_unit_state *state)
{
    gops_apply *apply = &state->apply;
    const char *why = is_cancelled(state) ? "the run was cancelled" : "an earlier operation failed";
    for (; apply->started < apply->count; apply->started++, apply->skipped = 1)
        end_operation(state, apply->started, GITOPS_OUTCOME_SKIPPED, why);
}

/* The same number for the same question of the same run, and for no other. */
static uint64_t request_id(const gops_unit_state *state, gops_request_kind kind, size_t i)
{
    uint64_t parts[4] = {gops_hash64(state->unit->name, strlen(state->unit->name)),
                         state->run_number, (uint64_t)kind, (uint64_t)i};
    return gops_hash64(parts, sizeof parts) | 1;
}

static gitops_action *new_call(gops_unit_state *state, size_t i, gops_request_kind kind)
{
    const gitops_operation *operation = operation_at(state, i);
    gops_work *work = &state->apply.work[i];
    gitops_action *action = gops_action_new(state, kind == GOPS_REQUEST_CHECK ? GITOPS_DO_CHECK
                                                   : kind == GOPS_REQUEST_DELETE
                                                       ? GITOPS_DO_DELETE
                                                       : GITOPS_DO_APPLY);
    if (!action)
        return NULL;
    gops_action_ask(action, kind);
    action->operation = i;
    action->request.key = gops_operation_key(operation);
    action->request.document = work->send;
    action->request.document_length = work->send_length;
    action->request.action = gitops_action_name(operation->action);
    action->request.version = operation->detail ? operation->detail->version : NULL;
    action->request.id = request_id(state, kind, i);
    return action;
}

static int send(gops_unit_state *state, size_t i, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    int deletes = operation_at(state, i)->action == GITOPS_ACTION_DELETE;
    *out = new_call(state, i, deletes ? GOPS_REQUEST_DELETE : GOPS_REQUEST_APPLY);
    if (!*out)
        return GITOPS_ENOMEM;
    apply->work[i].step = GOPS_STEP_SENT;
    apply->work[i].attempts++;
    apply->in_flight++;
    apply->last_sent = i;
    apply->called = 1;
    if (apply->work[i].attempts == 1 && i < state->plan->count)
        gops_machine_event(state, GITOPS_EVENT_STARTED, i);
    return 0;
}

/* Starts the next operation whose intent is recorded; those without a call end at once. */
static int start_next(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    while (apply->started < apply->intended) {
        size_t i = apply->started;
        if (is_cancelled(state) || (apply->failed && !same_rank(state, i, apply->failed_at)))
            break;
        if (!gops_operation_writes(operation_at(state, i))) {
            apply->started++;
            end_operation(state, i, GITOPS_OUTCOME_DONE, NULL);
            continue;
        }
        if (!may_start(state, i))
            return 0;
        int rc = send(state, i, out);
        apply->started += rc == 0;
        return rc;
    }
    return 0;
}

static int send_again(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    for (size_t i = 0; apply->retrying && i < apply->started; i++) {
        gops_work *work = &apply->work[i];
        if (work->step != GOPS_STEP_RETRY)
            continue;
        if (is_cancelled(state)) {
            apply->retrying--;
            end_operation(state, i, GITOPS_OUTCOME_FAILED, work->error);
        } else if (work->not_before_ms <= state->reconciler->mono_ms) {
            int rc = send(state, i, out);
            apply->retrying -= rc == 0;
            return rc;
        }
    }
    return 0;
}

static int all_ended(const gops_apply *apply)
{
    return apply->started == apply->count && apply->in_flight == 0 && apply->retrying == 0;
}

static int wants_outcomes(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    if (apply->count == 0) /* a run that only says that its revision was applied */
        return 1;
    if (apply->ended_count == 0 || (is_staging(state) && !apply->committed))
        return 0;
    return apply->ended_count >= GROUP || apply->in_flight + apply->retrying == 0 ||
           state->reconciler->mono_ms - apply->ended_since_ms >= OUTCOME_DELAY_MS;
}

static int wants_intents(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    return apply->started == apply->intended && apply->intended < apply->count &&
           !apply->failed && !is_cancelled(state);
}

/* A RECORD with all outcomes that wait and, when they are wanted, the next intents. */
static int record(gops_unit_state *state, int intents, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    int settles = !is_staging(state) || apply->committed;
    gitops_action *action = gops_action_new(state, GITOPS_DO_RECORD);
    if (!action)
        return GITOPS_ENOMEM;
    action->outcome_count = settles ? apply->ended_count : 0;
    action->first_intent = action->intent_end = apply->intended;
    if (intents)
        action->intent_end = apply->count - apply->intended > GROUP ? apply->intended + GROUP
                                                                    : apply->count;
    action->begins_run = !apply->begun;
    action->ends_run = settles && all_ended(apply);
    action->unix_ms = state->reconciler->unix_ms;
    apply->recording = 1;
    state->reconciler->exclusive = 1;
    *out = action;
    return 0;
}

/* The outcomes of a staging target are known when it has committed. */
static void tell_outcomes(gops_unit_state *state)
{
    for (size_t i = 0; i < state->apply.ended_count; i++)
        if (state->apply.ended[i] < state->plan->count)
            gops_machine_event(state, GITOPS_EVENT_OUTCOME, state->apply.ended[i]);
}

/* A staging target is told to make everything real, or to drop it. */
static int close_staging(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    if (!apply->called) {
        apply->committed = 1;
        tell_outcomes(state);
        return 0;
    }
    if (apply->commit_at_ms > state->reconciler->mono_ms && !is_cancelled(state))
        return 0;
    int drops = apply->aborting || apply->failed || apply->broken || is_cancelled(state);
    gops_request_kind kind = drops ? GOPS_REQUEST_ABORT : GOPS_REQUEST_COMMIT;
    gitops_action *action = gops_action_new(state, drops ? GITOPS_DO_ABORT : GITOPS_DO_COMMIT);
    if (!action)
        return GITOPS_ENOMEM;
    gops_action_ask(action, kind);
    action->request.id = request_id(state, kind, 0);
    apply->commits += !drops;
    apply->in_flight++;
    *out = action;
    return 0;
}

/* Documents are prepared 256 at a time; then the target is asked about each operation. */
static int check_next(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    while (apply->checked < apply->prepared &&
           !gops_operation_writes(operation_at(state, apply->checked)))
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
        *out = new_call(state, apply->checked, GOPS_REQUEST_CHECK);
        if (!*out)
            return GITOPS_ENOMEM;
    }
    state->busy = 1;
    return 0;
}

int gops_apply_next(gops_unit_state *state, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    int rc = 0;
    if (state->stage == GOPS_STAGE_CHECK)
        return check_next(state, out);
    if (apply->broken) {
        if (apply->in_flight || apply->recording)
            return 0;
        if (is_staging(state) && apply->called && !apply->committed)
            return close_staging(state, out);
        gops_machine_finish(state);
        return 0;
    }
    if (apply->retrying)
        rc = send_again(state, out);
    if (rc == 0 && !*out)
        rc = start_next(state, out);
    if (rc < 0 || *out)
        return rc;
    if ((is_cancelled(state) || (apply->failed && apply->in_flight + apply->retrying == 0)) &&
        !apply->recording)
        skip_rest(state);
    if (apply->recording || state->reconciler->exclusive)
        return 0;
    if (is_staging(state) && !apply->committed && all_ended(apply)) {
        rc = close_staging(state, out);
        if (rc < 0 || *out)
            return rc;
    }
    if (wants_intents(state))
        return record(state, 1, out);
    return wants_outcomes(state) ? record(state, 0, out) : 0;
}

int64_t gops_apply_deadline(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    int64_t deadline = INT64_MAX;
    if (apply->ended_count && !apply->recording && !apply->broken &&
        !state->reconciler->exclusive && (!is_staging(state) || apply->committed))
        deadline = apply->ended_since_ms + OUTCOME_DELAY_MS;
    if (apply->commit_at_ms && !apply->committed && apply->in_flight == 0 &&
        apply->commit_at_ms < deadline)
        deadline = apply->commit_at_ms;
    for (size_t i = 0; apply->retrying && i < apply->started; i++)
        if (apply->work[i].step == GOPS_STEP_RETRY && apply->work[i].not_before_ms < deadline)
            deadline = apply->work[i].not_before_ms;
    return deadline;
}

/* Waits longer after each attempt, with jitter, and at least as long as the target asked. */
static int64_t retry_wait(gops_unit_state *state, const gitops_action *action, uint32_t attempts)
{
    int64_t wait = INT64_C(100) << attempts;
    wait += (int64_t)(gops_machine_random(state->reconciler) % (uint64_t)wait) / 2;
    if (wait < action->answer.after_ms)
        wait = action->answer.after_ms < LONGEST_WAIT_MS ? action->answer.after_ms
                                                         : LONGEST_WAIT_MS;
    return wait;
}

static void retry_later(gops_unit_state *state, gitops_action *action)
{
    gops_work *work = &state->apply.work[action->operation];
    work->step = GOPS_STEP_RETRY;
    work->not_before_ms = gops_time_after(state->reconciler->mono_ms,
                                          retry_wait(state, action, work->attempts));
    state->apply.retrying++;
}

static void resolve_call(gops_unit_state *state, gitops_action *action)
{
    gitops_error problem;
    size_t i = action->operation;
    state->apply.in_flight--;
    if (action->rc == 0 && action->answer.state == GOPS_ANSWER_DONE) {
        state->apply.work[i].answered = action->answered;
        state->apply.work[i].has_answered = (uint8_t)action->has_answered;
        state->apply.work[i].kept = action->kept;
        state->apply.work[i].kept_length = action->kept_length;
        action->kept = NULL;
        end_operation(state, i, GITOPS_OUTCOME_DONE, NULL);
        return;
    }
    if (action->rc < 0)
        problem = action->error;
    else
        gops_answer_error(&action->answer, &action->request, &problem);
    if (action->rc == 0 && action->answer.state == GOPS_ANSWER_RETRY &&
        state->apply.work[i].attempts < ATTEMPTS && !is_cancelled(state)) {
        retry_later(state, action);
        return;
    }
    int known = action->answer.state == GOPS_ANSWER_FAILED ||
                action->answer.state == GOPS_ANSWER_CONFLICT ||
                action->answer.state == GOPS_ANSWER_RETRY;
    end_operation(state, i, known ? GITOPS_OUTCOME_FAILED : GITOPS_OUTCOME_UNKNOWN,
                  problem.message);
}

/* Gives every staged operation its outcome. Those without a call are done whatever happened. */
static void set_staged(gops_unit_state *state, int32_t outcome, const char *message)
{
    gops_apply *apply = &state->apply;
    for (size_t i = 0; i < apply->ended_count; i++) {
        size_t operation = apply->ended[i];
        gops_work *work = &apply->work[operation];
        if (!gops_operation_writes(operation_at(state, operation)) ||
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
    if (said == GOPS_ANSWER_RETRY && apply->commits < ATTEMPTS && !is_cancelled(state)) {
        apply->commit_at_ms = gops_time_after(state->reconciler->mono_ms,
                                              retry_wait(state, action, apply->commits));
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
    gops_machine_finish(state);
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
        state->apply.in_flight--;
        resolve_commit(state, action);
        break;
    case GITOPS_DO_ABORT:
        state->apply.in_flight--;
        resolve_abort(state, action);
        break;
    default:
        resolve_call(state, action);
    }
}
