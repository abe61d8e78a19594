/*
 * schedule: operations of one rank may start together, once all of the rank before are done.
 */
#include "plan/schedule.h"

#include <string.h>

enum { WAITING = 0, TAKEN, OVER };

static int stage_of(const gitops_operation *operation)
{
    return operation->action == GITOPS_ACTION_DELETE || operation->action == GITOPS_ACTION_FORGET;
}

/* Operations of one rank do not stand on each other. */
static int same_rank(const gops_schedule *schedule, size_t a, size_t b)
{
    const gitops_operation *x = &schedule->plan->operations.items[a];
    const gitops_operation *y = &schedule->plan->operations.items[b];
    return x->rank == y->rank && stage_of(x) == stage_of(y);
}

/* Opens the rank that begins at first. */
static void open_rank(gops_schedule *schedule, size_t first)
{
    schedule->first = schedule->last = first;
    while (schedule->last < schedule->count && same_rank(schedule, first, schedule->last))
        schedule->last++;
    schedule->open = schedule->last - first;
}

int gops_schedule_init(gops_schedule *schedule, gitops_context *context, const gitops_plan *plan)
{
    memset(schedule, 0, sizeof *schedule);
    schedule->context = context;
    schedule->plan = plan;
    schedule->count = plan->operations.count;
    schedule->state = gops_calloc(context, schedule->count + 1, 1);
    if (!schedule->state)
        return GITOPS_ENOMEM;
    if (schedule->count)
        open_rank(schedule, 0);
    return 0;
}

void gops_schedule_release(gops_schedule *schedule)
{
    if (schedule->context)
        gops_free(schedule->context, schedule->state);
    memset(schedule, 0, sizeof *schedule);
}

size_t gops_schedule_peek(const gops_schedule *schedule)
{
    return schedule->taken < schedule->last ? schedule->taken : GOPS_SCHEDULE_NONE;
}

size_t gops_schedule_next(gops_schedule *schedule, size_t end)
{
    size_t i = gops_schedule_peek(schedule);
    if (i >= end)
        return GOPS_SCHEDULE_NONE;
    schedule->state[i] = TAKEN;
    schedule->taken++;
    return i;
}

void gops_schedule_done(gops_schedule *schedule, size_t operation)
{
    schedule->state[operation] = OVER;
    if (--schedule->open == 0 && schedule->last < schedule->count)
        open_rank(schedule, schedule->last);
}

void gops_schedule_fail(gops_schedule *schedule, size_t operation)
{
    gops_schedule_done(schedule, operation);
}

size_t gops_schedule_doomed(gops_schedule *schedule, size_t *because)
{
    (void)schedule;
    (void)because;
    return GOPS_SCHEDULE_NONE;
}

int gops_schedule_is_awaited(const gops_schedule *schedule, size_t operation)
{
    (void)operation;
    return schedule->last < schedule->count;
}
