/*
 * The apply stage between its files: apply.c decides what comes next, call.c asks the target, wait.c
 * waits for what has been asked to come true, staging.c closes a target that stages.
 */
#ifndef GOPS_RECONCILE_APPLY_H
#define GOPS_RECONCILE_APPLY_H

#include "reconcile/machine.h"

enum { GOPS_APPLY_ATTEMPTS = 5, GOPS_APPLY_LONGEST_WAIT_MS = 3600000 };

static inline const gitops_operation *gops_apply_operation(const gops_unit_state *state, size_t i)
{
    return &state->plan->operations.items[i];
}

static inline int gops_apply_is_cancelled(const gops_unit_state *state)
{
    return atomic_load(&state->reconciler->cancelled);
}

static inline int gops_apply_is_staging(const gops_unit_state *state)
{
    return gops_target_can(state->unit->target, GOPS_REQUEST_COMMIT);
}

/* An operation is over; its outcome waits to be recorded. message may be NULL. */
void gops_apply_end(gops_unit_state *state, size_t i, int32_t outcome, const char *message);

/* Something failed, an operation or a gate: the first failure is the run's; a unit that is applied as one starts no more. */
void gops_apply_fail(gops_unit_state *state, size_t i);

/* call.c: the number of a question of this run, which no other has. */
uint64_t gops_call_id(const gops_unit_state *state, gops_request_kind kind, size_t i);

/* A question about an operation; NULL: no memory. */
gitops_action *gops_call_new(gops_unit_state *state, size_t i, gops_request_kind kind);

/* Sends an operation, for the first time or again. 0 or GITOPS_ENOMEM. */
int gops_call_send(gops_unit_state *state, size_t i, gitops_action **out);
void gops_call_resolve(gops_unit_state *state, gitops_action *action);

/* How long to wait after so many attempts, and at least as long as the target asked; with jitter. */
int64_t gops_call_retry_ms(gops_unit_state *state, const gitops_action *action, uint32_t attempts);

/* The key of an operation or a gate. */
const char *gops_apply_key(const gops_unit_state *state, size_t i);

/* wait.c: waits for a gate. */
void gops_wait_gate(gops_unit_state *state, size_t i);

/* wait.c: starts to wait for an operation that the target has carried out. */
void gops_wait_begin(gops_unit_state *state, size_t i, const gitops_action *action);

/* The same for a hook that was begun by a run that was cut off. */
void gops_wait_resume(gops_unit_state *state, size_t i);

/* A hook that is over was deleted, or could not be. */
void gops_wait_clean_ended(gops_unit_state *state, size_t i, int gone);

/* Asks how it is; *out stays NULL when there is nothing to wait for any more. 0 or GITOPS_ENOMEM. */
int gops_wait_ask(gops_unit_state *state, size_t i, gitops_action **out);
void gops_wait_resolve(gops_unit_state *state, gitops_action *action);

/* 1 when the run does nothing but wait, for health or for what is deleted to be gone. */
int gops_wait_is_all(const gops_unit_state *state);

/* Takes in what the source has by now: a newer revision is better than waiting. */
void gops_wait_glance(gops_unit_state *state, const gitops_action *action);

/* Waits for nothing any more: the run is ending. */
void gops_wait_drop(gops_unit_state *state);

/* staging.c: tells a staging target to make everything real, or to drop it. 0 or GITOPS_ENOMEM. */
int gops_staging_close(gops_unit_state *state, gitops_action **out);
void gops_staging_resolve(gops_unit_state *state, gitops_action *action);

#endif
