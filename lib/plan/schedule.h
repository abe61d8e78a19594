/*
 * Which operations of a plan may start now. Pure: it is told what came of each operation, and
 * hands out what may start by that, in the order of the plan where there is a choice.
 *
 *     gops_schedule_init(&schedule, context, plan);
 *     while ((i = gops_schedule_next(&schedule, end)) != GOPS_SCHEDULE_NONE)
 *         ... start operation i ...
 *     gops_schedule_applied(&schedule, i);  the target has taken it: the next tier may start
 *     gops_schedule_done(&schedule, i);     it is healthy, or nobody waits for that: all may
 *     gops_schedule_fail(&schedule, i);     it failed: what needs it never starts
 *     while ((i = gops_schedule_doomed(&schedule, &cause)) != GOPS_SCHEDULE_NONE)
 *         ... end operation i as skipped, because of operation cause ...
 *
 * An operation that needs another one (by a dependency, a namespace, a definition) never starts
 * when that one failed or was skipped; a wave, a phase or a tier of kinds waits only until those
 * before it have ended. So what does not depend on a failure goes on; who wants to stop at the
 * first one stops asking for the next. Every operation is handed out once: as one that may start,
 * or as one that never will. All of it costs O(edges of the plan), a next O(log operations).
 */
#ifndef GOPS_PLAN_SCHEDULE_H
#define GOPS_PLAN_SCHEDULE_H

#include "plan/plan.h"

#define GOPS_SCHEDULE_NONE SIZE_MAX

typedef struct gops_schedule {
    gitops_context *context;  /* borrowed */
    const gops_graph *graph;  /* the plan's */
    uint32_t *waiting;        /* of each node: edges that still hold it back */
    uint32_t *causes;         /* of each doomed node: the operation that it needed */
    uint8_t *states;          /* of each node */
    uint32_t *ready;          /* operations that may start, as a heap: the first one on top */
    size_t ready_count;
    uint32_t *doomed;         /* operations that never start, in the order in which that showed */
    size_t doomed_count, doomed_next;
    uint32_t *stack;          /* nodes to go on from */
    size_t left;              /* operations that were not handed out */
} gops_schedule;

/* The plan, borrowed, outlives the schedule. Returns 0 or GITOPS_ENOMEM (nothing to release). */
int gops_schedule_init(gops_schedule *schedule, gitops_context *context, const gitops_plan *plan);

/* Also of one that is all zero. */
void gops_schedule_release(gops_schedule *schedule);

/* Takes the first operation that may start now, of those before end. GOPS_SCHEDULE_NONE: none. */
size_t gops_schedule_next(gops_schedule *schedule, size_t end);

/* The same operation, not taken, wherever it stands. GOPS_SCHEDULE_NONE: none. */
size_t gops_schedule_peek(const gops_schedule *schedule);

/* What came of an operation that was taken. Applied may be left out before done and fail. */
void gops_schedule_applied(gops_schedule *schedule, size_t i);
void gops_schedule_done(gops_schedule *schedule, size_t i);
void gops_schedule_fail(gops_schedule *schedule, size_t i);

/*
 * Takes an operation that can never start any more; *cause (may be NULL) is the one that it needed,
 * which failed or can never start itself. GOPS_SCHEDULE_NONE: none.
 */
size_t gops_schedule_doomed(gops_schedule *schedule, size_t *cause);

/*
 * 1 when something that may still start waits until an operation is done, not only applied: then
 * its health is worth waiting for.
 */
int gops_schedule_is_awaited(const gops_schedule *schedule, size_t i);

/* An operation that has not ended and holds i back, for telling: it walks the graph. */
size_t gops_schedule_holder(const gops_schedule *schedule, size_t i);

/* Operations that were handed out neither as ready nor as doomed. */
static inline size_t gops_schedule_left(const gops_schedule *schedule)
{
    return schedule->left;
}

#endif
