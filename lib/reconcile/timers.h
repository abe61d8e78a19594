/* What is to be done at which moment: a heap, the earliest first. One timer an operation at most. */
#ifndef GOPS_RECONCILE_TIMERS_H
#define GOPS_RECONCILE_TIMERS_H

#include "base/context.h"

typedef struct gops_timer {
    int64_t at_ms;
    size_t operation;
} gops_timer;

typedef struct gops_timers {
    gops_timer *items;
    size_t count, capacity;
} gops_timers;

void gops_timers_release(gops_timers *timers, gitops_context *context);

/* Returns 0 or GITOPS_ENOMEM. */
int gops_timers_add(gops_timers *timers, gitops_context *context, int64_t at_ms, size_t operation);

/* When the earliest is due; INT64_MAX: there is none. */
int64_t gops_timers_next(const gops_timers *timers);

/* Takes the earliest out; timers are not empty. Of two at one moment the smaller operation. */
size_t gops_timers_take(gops_timers *timers);

#endif
