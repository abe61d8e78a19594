/* An atomic reference count. */
#ifndef GOPS_BASE_REFCOUNT_H
#define GOPS_BASE_REFCOUNT_H

#include <stdatomic.h>

typedef atomic_size_t gops_refcount;

static inline void gops_refcount_init(gops_refcount *count)
{
    atomic_init(count, 1);
}

static inline void gops_refcount_take(gops_refcount *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

/* Returns 1 when this was the last hold; the caller then destroys the object. */
static inline int gops_refcount_drop(gops_refcount *count)
{
    return atomic_fetch_sub_explicit(count, 1, memory_order_acq_rel) == 1;
}

#endif
