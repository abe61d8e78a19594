/*
 * timers: a binary heap in an array.
 */
#include "reconcile/timers.h"

#include <string.h>

static int is_before(const gops_timer *a, const gops_timer *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->operation < b->operation;
}

void gops_timers_release(gops_timers *timers, gitops_context *context)
{
    gops_free(context, timers->items);
    memset(timers, 0, sizeof *timers);
}

int gops_timers_add(gops_timers *timers, gitops_context *context, int64_t at_ms, size_t operation)
{
    gops_timer timer = {at_ms, operation};
    if (gops_grow(context, &timers->items, &timers->capacity, timers->count + 1, sizeof timer) < 0)
        return GITOPS_ENOMEM;
    size_t i = timers->count++;
    for (; i && is_before(&timer, &timers->items[(i - 1) / 2]); i = (i - 1) / 2)
        timers->items[i] = timers->items[(i - 1) / 2];
    timers->items[i] = timer;
    return 0;
}

int64_t gops_timers_next(const gops_timers *timers)
{
    return timers->count ? timers->items[0].at_ms : INT64_MAX;
}

size_t gops_timers_take(gops_timers *timers)
{
    size_t taken = timers->items[0].operation;
    gops_timer last = timers->items[--timers->count];
    size_t i = 0;
    for (size_t child = 1; child < timers->count; child = 2 * i + 1) {
        child += child + 1 < timers->count &&
                 is_before(&timers->items[child + 1], &timers->items[child]);
        if (!is_before(&timers->items[child], &last))
            break;
        timers->items[i] = timers->items[child];
        i = child;
    }
    timers->items[i] = last;
    return taken;
}
