/*
 * Which operations of a plan may start now. Pure: it reads the plan once and is told what ended.
 *
 *     gops_schedule_init(&schedule, context, plan);
 *     while ((i = gops_schedule_next(&schedule, end)) != GOPS_SCHEDULE_NONE)
 *         start(i);
 *     gops_schedule_done(&schedule, i);    // later, for each
 *
 * The order of a plan's operations is one in which they may start, so that of those that wait the
 * first can always start as soon as everything before it is done.
 */
#ifndef GOPS_PLAN_SCHEDULE_H
#define GOPS_PLAN_SCHEDULE_H

#include "plan/plan.h"

#define GOPS_SCHEDULE_NONE SIZE_MAX

typedef struct gops_schedule {
    gitops_context *context; /* borrowed */
    const gitops_plan *plan; /* borrowed */
    uint8_t *state;          /* of each operation */
    size_t count;
    size_t first, last;      /* operations that may be taken now */
    size_t open;             /* ... of which so many are not done */
    size_t taken;            /* before it all are taken */
} gops_schedule;

/* Returns 0 or GITOPS_ENOMEM; after a failure it can be released all the same. */
int gops_schedule_init(gops_schedule *schedule, gitops_context *context, const gitops_plan *plan);
void gops_schedule_release(gops_schedule *schedule);

/* The first operation that may start, or GOPS_SCHEDULE_NONE; it is not taken. */
size_t gops_schedule_peek(const gops_schedule *schedule);

/* Takes the first operation that may start and stands before end in the plan. */
size_t gops_schedule_next(gops_schedule *schedule, size_t end);

/* A taken operation is done, as all that waits for it would have it. Allocates nothing. */
void gops_schedule_done(gops_schedule *schedule, size_t operation);

/*
 * A taken operation came to nothing: what depends on it can never start. Waves, phases and kinds are
 * only an order: what comes after it by those alone may start as if it were done.
 */
void gops_schedule_fail(gops_schedule *schedule, size_t operation);

/*
 * An operation that can never start, each once; *because gets the failed one that it depends on. It
 * counts as failed from then on. GOPS_SCHEDULE_NONE: no more.
 */
size_t gops_schedule_doomed(gops_schedule *schedule, size_t *because);

/* 1 when something that has not started waits for this operation. */
int gops_schedule_is_awaited(const gops_schedule *schedule, size_t operation);

#endif
