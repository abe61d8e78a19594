/*
 * block: blocks are cut from the front and never given back in parts.
 */
#define _DEFAULT_SOURCE /* madvise */
#include "base/block.h"

#include <sys/mman.h>

enum {
    ALIGNMENT = 8,
    PAGE = 4096,
    HUGE_PAGE = 2 << 20,
    LARGEST_BLOCK = (8 << 20) - PAGE /* whole huge pages with the allocator's own head */
};

/* Asks for huge pages where a block may span some: a fresh page costs more than what fills it. */
static void advise(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    uintptr_t begin = (uintptr_t)memory & ~(uintptr_t)(PAGE - 1);
    if (size >= HUGE_PAGE)
        (void)madvise((void *)begin, size, MADV_HUGEPAGE); /* refused: it is slower */
#else
    (void)memory;
    (void)size;
#endif
}

gops_block *gops_block_new(gitops_context *context, size_t size)
{
    gops_block *block =
        size < SIZE_MAX - sizeof *block ? gops_alloc(context, sizeof *block + size) : NULL;
    if (!block)
        return NULL;
    advise(block, sizeof *block + size);
    gops_refcount_init(&block->references);
    block->context = gops_context_ref(context);
    block->used = 0;
    block->size = size;
    return block;
}

void *gops_block_take(gops_block *block, size_t size)
{
    size_t room = block->size - block->used;
    if (size > room)
        return NULL;
    char *memory = (char *)(block + 1) + block->used;
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    block->used += rounded < room ? rounded : room;
    gops_refcount_take(&block->references);
    return memory;
}

void gops_block_drop(gops_block *block)
{
    if (!block || !gops_refcount_drop(&block->references))
        return;
    gitops_context *context = block->context;
    gops_free(context, block);
    gitops_context_free(context);
}

void gops_pool_init(gops_pool *pool, gitops_context *context, size_t first)
{
    *pool = (gops_pool){context, NULL, first < LARGEST_BLOCK ? first : LARGEST_BLOCK, NULL};
}

void *gops_pool_take(gops_pool *pool, size_t size, gops_block **block)
{
    void *memory = pool->block ? gops_block_take(pool->block, size) : NULL;
    if (!memory) {
        size_t room = size > pool->next_size ? size : pool->next_size;
        gops_block *next =
            gops_budget_take(pool->budget, room) ? gops_block_new(pool->context, room) : NULL;
        if (!next)
            return NULL;
        pool->next_size = next->size < LARGEST_BLOCK / 2 ? 2 * next->size : LARGEST_BLOCK;
        gops_block_drop(pool->block);
        pool->block = next;
        memory = gops_block_take(next, size);
    }
    *block = pool->block;
    return memory;
}

void gops_pool_release(gops_pool *pool)
{
    gops_block_drop(pool->block);
    pool->block = NULL;
}
