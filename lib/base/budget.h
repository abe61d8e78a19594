/*
 * Bytes that one piece of work may take. They are counted where memory is taken in large pieces, so
 * that counting costs nothing to speak of; several threads may share a budget.
 */
#ifndef GOPS_BASE_BUDGET_H
#define GOPS_BASE_BUDGET_H

#include <stdatomic.h>

#include "base/error.h"

typedef struct gops_budget {
    atomic_uint_least64_t used;
    uint64_t maximum;
} gops_budget;

static inline void gops_budget_init(gops_budget *budget, uint64_t maximum)
{
    atomic_init(&budget->used, 0);
    budget->maximum = maximum;
}

/* 1 when more was asked for than there is; it stays so. NULL is a budget without end. */
static inline int gops_budget_exceeded(const gops_budget *budget)
{
    return budget && atomic_load_explicit(&budget->used, memory_order_relaxed) > budget->maximum;
}

/* Counts bytes. Returns 1, or 0 when the budget is exceeded. */
static inline int gops_budget_take(gops_budget *budget, uint64_t bytes)
{
    if (budget)
        atomic_fetch_add_explicit(&budget->used, bytes, memory_order_relaxed);
    return !gops_budget_exceeded(budget);
}

/* Why memory was refused: GITOPS_ELIMIT, or GITOPS_ENOMEM when it was not the budget. */
static inline int gops_budget_fail(const gops_budget *budget, gitops_error *err)
{
    if (!gops_budget_exceeded(budget))
        return gops_fail_memory(err);
    return gops_fail(err, GITOPS_ELIMIT,
                     "reading takes more than %llu bytes of memory (limit max_load_bytes)",
                     (unsigned long long)budget->maximum);
}

#endif
