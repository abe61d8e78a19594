/*
 * wait: what was applied is not yet at work, what was deleted is not yet gone, a hook still runs. What comes next
 * in the plan stands on it, so its target is asked again and again, less and less often, until it
 * is as it should be or the time for it is over.
 */
#include <stdio.h>
#include <string.h>

#include "reconcile/apply.h"
#include "reconcile/gates.h"
#include "reconcile/hooks.h"
#include "target/health.h"

enum {
    FIRST_POLL_MS = 500,
    LONGEST_POLL_MS = 10000,
    SETTLE_MS = 5000 /* a status that says "failed" may be older than what was sent */
};

/* Deleted, and to be gone; else what is waited for is to be healthy. */
static int is_going(const gops_unit_state *state, size_t i)
{
    const gops_work *work = &state->apply.work[i]; /* a gate's is never open */
    return work->step == GOPS_STEP_OPEN &&
           (work->cleans || gops_apply_operation(state, i)->action == GITOPS_ACTION_DELETE);
}

static int is_waiting(const gops_work *work)
{
    return work->awaited || work->step == GOPS_STEP_OPEN;
}

/* What is to be started after something else still is. */
static int goes_on(const gops_apply *apply)
{
    return !apply->halt || apply->closing;
}

static int tells_health(const gitops_target *target)
{
    return gops_target_has_health(target) && (gops_target_can(target, GOPS_REQUEST_ASSESS) ||
                                              gops_target_can(target, GOPS_REQUEST_GET));
}

/* Staged operations are not at work before the commit, which ends the run. */
static int must_be_healthy(const gops_unit_state *state, size_t i)
{
    const gitops_unit *unit = state->unit;
    if (unit->wait == GITOPS_WAIT_NONE || !tells_health(unit->target) ||
        gops_apply_is_staging(state))
        return 0;
    return unit->wait == GITOPS_WAIT_ALL ||
           gops_schedule_is_awaited(&state->apply.schedule, i);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the wait for an operation is given up: its own limit, its wave's, the run's. */
static int64_t end_of_wait(const gops_unit_state *state, const gops_work *work)
{
    const gops_apply *apply = &state->apply;
    const gitops_unit *unit = state->unit;
    return earlier(gops_limit_end(work->since_ms, unit->operation_timeout_ms),
                   earlier(gops_limit_end(apply->wave_since_ms, unit->wave_timeout_ms),
                           gops_limit_end(apply->since_ms, unit->run_timeout_ms)));
}

static int is_gate(const gops_unit_state *state, size_t i)
{
    return i >= state->apply.count;
}

/* It is as it should be: what waited for it may start. */
static void is_settled(gops_unit_state *state, size_t i)
{
    gops_apply *apply = &state->apply;
    gops_work_forget(state->reconciler->context, &apply->work[i]);
    if (is_gate(state, i))
        gops_gates_open(state, i - apply->count);
    else if (!apply->halt)
        gops_schedule_done(&apply->schedule, i);
}

static void stop_waiting(gops_unit_state *state, size_t i)
{
    state->apply.work[i].awaited = 0;
    state->apply.awaited--;
}

/* A hook is over. Some are deleted then, by a call of its own that starts at once. */
static void end_hook(gops_unit_state *state, size_t i, const char *problem)
{
    gops_apply *apply = &state->apply;
    gitops_context *context = state->reconciler->context;
    gops_work *work = &apply->work[i];
    work->hook_failed = work->for_good = problem != NULL;
    if (problem) {
        gops_work_forget(context, work);
        work->waits = gops_strdup(context, problem);
    }
    work->cleans = (uint8_t)gops_hooks_cleans(gops_apply_operation(state, i), !problem);
    work->attempts = 0;
    work->step = GOPS_STEP_RETRY;
    apply->retrying++;
    if (!work->cleans ||
        gops_timers_add(&apply->timers, context, state->reconciler->mono_ms, i) < 0) {
        apply->retrying--;
        gops_wait_clean_ended(state, i, 0);
    }
}

void gops_wait_clean_ended(gops_unit_state *state, size_t i, int gone)
{
    gops_work *work = &state->apply.work[i];
    work->cleaned = (uint8_t)(gone != 0);
    if (work->hook_failed) {
        gops_apply_end(state, i, GITOPS_OUTCOME_FAILED,
                       work->waits ? work->waits : "the hook failed");
        return;
    }
    gops_apply_end(state, i, GITOPS_OUTCOME_DONE, NULL);
    is_settled(state, i);
}

static void is_gone(gops_unit_state *state, size_t i)
{
    stop_waiting(state, i);
    if (state->apply.work[i].cleans) {
        gops_wait_clean_ended(state, i, 1);
        return;
    }
    gops_apply_end(state, i, GITOPS_OUTCOME_DONE, NULL);
    is_settled(state, i);
}

static void is_healthy(gops_unit_state *state, size_t i)
{
    stop_waiting(state, i);
    if (state->apply.work[i].step == GOPS_STEP_OPEN)
        end_hook(state, i, NULL);
    else
        is_settled(state, i);
}

/* A gate has no place of its own in a report: the text names it. */
static char *explain_gate(const gops_unit_state *state, size_t i, const char *message)
{
    char text[1600];
    snprintf(text, sizeof text, "%s, which comes before, is not healthy: %s",
             gops_apply_key(state, i), message);
    return gops_strdup(state->reconciler->context, text);
}

/* It will not come to be as it should: an object that was applied stays applied. */
static void give_up(gops_unit_state *state, size_t i, const char *message)
{
    gops_work *work = &state->apply.work[i];
    int going = is_going(state, i);
    stop_waiting(state, i);
    if (going && work->cleans) {
        gops_wait_clean_ended(state, i, 0);
    } else if (going) {
        gops_apply_end(state, i, GITOPS_OUTCOME_UNKNOWN, message);
    } else if (work->step == GOPS_STEP_OPEN) {
        end_hook(state, i, message);
    } else {
        gops_work_forget(state->reconciler->context, work);
        work->waits = is_gate(state, i) ? explain_gate(state, i, message)
                                        : gops_strdup(state->reconciler->context, message);
        if (is_gate(state, i))
            gops_gates_open(state, i - state->apply.count);
        gops_apply_fail(state, i);
    }
}

static void give_up_late(gops_unit_state *state, size_t i)
{
    char message[1024];
    const gops_work *work = &state->apply.work[i];
    snprintf(message, sizeof message, "it is not %s after %lld ms: %s",
             is_going(state, i) ? "gone" : "healthy",
             (long long)(state->reconciler->mono_ms - work->since_ms),
             work->waits ? work->waits : "nothing is known of it");
    give_up(state, i, message);
}

static void ask_later(gops_unit_state *state, size_t i)
{
    gops_apply *apply = &state->apply;
    gops_work *work = &apply->work[i];
    int64_t wait = (int64_t)FIRST_POLL_MS << (work->polls < 8 ? work->polls : 8);
    int64_t at_ms = gops_time_after(state->reconciler->mono_ms, earlier(wait, LONGEST_POLL_MS));
    int64_t end_ms = end_of_wait(state, work);
    if (work->polls < UINT8_MAX)
        work->polls++;
    if (gops_timers_add(&apply->timers, state->reconciler->context, earlier(at_ms, end_ms), i) < 0)
        give_up(state, i, "out of memory while it was waited for");
}

/* Keeps why it is waited for, and tells it once. */
static void note_why(gops_unit_state *state, size_t i, const char *why)
{
    gitops_context *context = state->reconciler->context;
    gops_work *work = &state->apply.work[i];
    if (work->waits && strcmp(work->waits, why) == 0)
        return;
    gops_free(context, work->waits);
    work->waits = gops_strdup(context, why);
    if (i < state->plan->count)
        gops_machine_event(state, GITOPS_EVENT_WAITING, i);
}

static void begin(gops_unit_state *state, size_t i)
{
    state->apply.awaited++;
    if (gops_timers_add(&state->apply.timers, state->reconciler->context,
                        state->reconciler->mono_ms, i) < 0)
        give_up(state, i, "out of memory while it was waited for");
}

/* Waits with the outcome left open. */
static void keep_open(gops_unit_state *state, size_t i)
{
    state->apply.work[i].step = GOPS_STEP_OPEN;
    begin(state, i);
}

/* The target has taken a delete; it may only have begun with it. */
static void begin_to_go(gops_unit_state *state, size_t i, int still_there)
{
    state->apply.awaited++;
    state->apply.work[i].step = GOPS_STEP_OPEN;
    if (!still_there || !goes_on(&state->apply) ||
        !gops_target_can(state->unit->target, GOPS_REQUEST_GET)) {
        is_gone(state, i);
        return;
    }
    state->apply.awaited--;
    begin(state, i);
}

/* A target that tells no health has run a hook when it has taken it. */
void gops_wait_resume(gops_unit_state *state, size_t i)
{
    if (tells_health(state->unit->target) && goes_on(&state->apply) &&
        !gops_apply_is_staging(state))
        keep_open(state, i);
    else
        end_hook(state, i, NULL);
}

void gops_wait_gate(gops_unit_state *state, size_t i)
{
    state->apply.work[i].awaited = 1;
    state->apply.work[i].since_ms = state->reconciler->mono_ms;
    begin(state, i);
}

void gops_wait_begin(gops_unit_state *state, size_t i, const gitops_action *action)
{
    gops_apply *apply = &state->apply;
    if (action->type == GITOPS_DO_DELETE) {
        begin_to_go(state, i, action->answer.is_there);
        return;
    }
    if (gops_apply_operation(state, i)->is_hook) {
        gops_wait_resume(state, i);
        return;
    }
    gops_apply_end(state, i, GITOPS_OUTCOME_DONE, NULL);
    if (apply->halt)
        return;
    gops_schedule_applied(&apply->schedule, i);
    if (!must_be_healthy(state, i)) {
        gops_schedule_done(&apply->schedule, i);
        return;
    }
    apply->work[i].awaited = 1;
    begin(state, i);
}

static int is_hook(const gops_unit_state *state, size_t i)
{
    return !is_gate(state, i) && gops_apply_operation(state, i)->is_hook;
}

/* Judges the object of a get; runs where the action is executed. */
static int judge(const char *key, const char *document, size_t length, const char *version,
                 void *user_data, gitops_error *err)
{
    gitops_action *action = user_data;
    const gops_unit_state *state = action->state;
    uint32_t flags = is_hook(state, action->operation) ? GITOPS_ASSESS_HOOK : 0;
    (void)version;
    return gops_target_judge(state->unit->target, key, document, length, flags, &action->health,
                             err);
}

int gops_wait_ask(gops_unit_state *state, size_t i, gitops_action **out)
{
    gops_apply *apply = &state->apply;
    const gops_work *work = &apply->work[i];
    if (!is_waiting(work))
        return 0;
    if (state->reconciler->mono_ms >= end_of_wait(state, work)) {
        give_up_late(state, i);
        return 0;
    }
    gops_request_kind kind =
        !is_going(state, i) && gops_target_can(state->unit->target, GOPS_REQUEST_ASSESS)
            ? GOPS_REQUEST_ASSESS
            : GOPS_REQUEST_GET;
    *out = gops_action_new(state, GITOPS_DO_ASSESS);
    if (!*out)
        return GITOPS_ENOMEM;
    gops_action_ask(*out, kind);
    (*out)->operation = i;
    (*out)->request.key = (*out)->answer.key = gops_apply_key(state, i);
    (*out)->answer.on_object = judge;
    (*out)->answer.on_object_data = *out;
    apply->in_flight++;
    return 0;
}

static gitops_health say(int32_t status, const char *message)
{
    gitops_health health = {.basis = GITOPS_HEALTH_BY_NOTHING};
    gops_health_set(&health, status, message, strlen(message));
    return health;
}

/* What an answer says of the health of its object, and why. */
static gitops_health seen(const gitops_action *action)
{
    gitops_error problem;
    if (action->rc < 0)
        return say(GITOPS_HEALTH_UNKNOWN, action->error.message);
    switch (action->answer.state) {
    case GOPS_ANSWER_OBJECT:
        return action->health;
    case GOPS_ANSWER_HEALTH:
        return action->answer.health;
    case GOPS_ANSWER_ABSENT:
        return say(GITOPS_HEALTH_MISSING, "the target does not have it");
    default:
        gops_answer_error(&action->answer, &action->request, &problem);
        return say(GITOPS_HEALTH_UNKNOWN, problem.message);
    }
}

/* Suspended on purpose is no reason to wait, but for a hook, which is to run to its end. */
static int is_good(const gops_unit_state *state, size_t i, int32_t status)
{
    return status == GITOPS_HEALTH_HEALTHY ||
           (status == GITOPS_HEALTH_SUSPENDED && !is_hook(state, i));
}

static void note_health(gops_unit_state *state, size_t i, int32_t status)
{
    gops_known *known = gops_known_find(&state->known, gops_apply_key(state, i));
    if (known)
        known->health = (uint8_t)status;
}

void gops_wait_resolve(gops_unit_state *state, gitops_action *action)
{
    char message[640];
    size_t i = action->operation;
    const gops_work *work = &state->apply.work[i];
    if (!is_waiting(work))
        return;
    gitops_health health = seen(action);
    note_health(state, i, health.status);
    if (is_going(state, i) && health.status == GITOPS_HEALTH_MISSING) {
        is_gone(state, i);
        return;
    }
    if (!is_going(state, i) && is_good(state, i, health.status)) {
        is_healthy(state, i);
        return;
    }
    snprintf(message, sizeof message, "%s%s%s",
             is_going(state, i) ? "it is still there" : gitops_health_name(health.status),
             health.message[0] ? ": " : "", health.message);
    if (!is_going(state, i) && health.status == GITOPS_HEALTH_DEGRADED &&
        state->reconciler->mono_ms - work->since_ms >= SETTLE_MS) {
        give_up(state, i, message);
        return;
    }
    note_why(state, i, message);
    ask_later(state, i);
}

void gops_wait_drop(gops_unit_state *state)
{
    gops_apply *apply = &state->apply;
    for (size_t i = 0; apply->awaited && i < apply->count + apply->gate_count; i++) {
        gops_work *work = &apply->work[i];
        int going = is_going(state, i);
        if (!is_waiting(work))
            continue;
        stop_waiting(state, i);
        if (work->cleans)
            gops_wait_clean_ended(state, i, 0);
        else if (work->step == GOPS_STEP_OPEN)
            gops_apply_end(state, i, GITOPS_OUTCOME_UNKNOWN,
                           going ? "it was deleted, but it was not gone when the run ended"
                                 : "it was not over when the run ended");
    }
}

int gops_wait_is_all(const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    return apply->awaited && apply->retrying == 0 && apply->ended_count == 0 && !apply->recording;
}

void gops_wait_glance(gops_unit_state *state, const gitops_action *action)
{
    const gitops_reconciler *reconciler = state->reconciler;
    gops_apply *apply = &state->apply;
    state->nudged = 0;
    apply->glance_at_ms = gops_time_after(reconciler->mono_ms, state->unit->interval_ms);
    if (action->rc < 0 || apply->halt ||
        strcmp(gitops_snapshot_revision(action->snapshot),
               gitops_snapshot_revision(state->snapshot)) == 0)
        return;
    apply->halt = GOPS_HALT_REPLACED;
    state->triggered = 1;
}
