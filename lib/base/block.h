/*
 * Counted pieces of memory that many small things live in: a block goes with the last of them. A
 * pool cuts things from one block after the other, so that what is kept stands in few large pieces
 * of memory, whose pages are cheaper to touch for the first time.
 */
#ifndef GOPS_BASE_BLOCK_H
#define GOPS_BASE_BLOCK_H

#include "base/budget.h"
#include "base/context.h"

typedef struct gops_block {
    gops_refcount references;
    gitops_context *context; /* held */
    size_t used, size;       /* bytes behind this struct */
} gops_block;

/* The maker has one hold. NULL: no memory. */
gops_block *gops_block_new(gitops_context *context, size_t size);

/* Takes bytes (aligned to 8) and a hold for what lives in them. NULL: they do not fit. */
void *gops_block_take(gops_block *block, size_t size);

/* Gives up the maker's hold, or that of one thing. NULL is fine. */
void gops_block_drop(gops_block *block);

typedef struct gops_pool {
    gitops_context *context; /* borrowed */
    gops_block *block;       /* that things are cut from; NULL: none yet */
    size_t next_size;
    gops_budget *budget;     /* borrowed: new blocks are counted; NULL: they are not */
} gops_pool;

/* first: bytes of the first block; 0: as many as the first thing needs. Blocks double. */
void gops_pool_init(gops_pool *pool, gitops_context *context, size_t first);

/* Memory for a thing and, in *block, what it gives its hold up to. NULL: no memory, or the
   budget is exceeded. */
void *gops_pool_take(gops_pool *pool, size_t size, gops_block **block);
void gops_pool_release(gops_pool *pool);

#endif
