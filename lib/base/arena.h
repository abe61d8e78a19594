/* Memory that dies together: blocks from the context's allocator, handed out from the front. */
#ifndef GOPS_BASE_ARENA_H
#define GOPS_BASE_ARENA_H

#include "base/context.h"

typedef struct gops_arena_block gops_arena_block;

enum { GOPS_ARENA_ALIGNMENT = 8 };

typedef struct gops_arena {
    gitops_context *context;   /* borrowed */
    gops_arena_block *blocks;  /* newest first */
    gops_arena_block *spare;   /* kept by reset for reuse */
    char *next, *end;
    size_t block_size;         /* of the next block */
} gops_arena;

/* Nothing is allocated before the first use. first_block: bytes; 0 = 4 KiB. Blocks double. */
void gops_arena_init(gops_arena *arena, gitops_context *context, size_t first_block);

/* Takes from the block in use, or from a new one: what gops_arena_alloc does when that is full. */
void *gops_arena_refill(gops_arena *arena, size_t size);

/* Aligned to 8 bytes; NULL when there is no memory. */
static inline void *gops_arena_alloc(gops_arena *arena, size_t size)
{
    size_t rounded = (size + GOPS_ARENA_ALIGNMENT - 1) & ~(size_t)(GOPS_ARENA_ALIGNMENT - 1);
    char *memory = arena->next;
    if (!memory || rounded < size || (size_t)(arena->end - memory) < rounded)
        return gops_arena_refill(arena, size);
    arena->next = memory + rounded;
    return memory;
}

void *gops_arena_array(gops_arena *arena, size_t count, size_t size); /* overflow = NULL */

/* A NUL-terminated copy. */
char *gops_arena_strndup(gops_arena *arena, const char *text, size_t length);

/* Forgets everything but keeps the blocks for the next use. */
void gops_arena_reset(gops_arena *arena);
void gops_arena_free(gops_arena *arena);

#endif
