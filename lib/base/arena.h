/* Memory that dies together: blocks from the context's allocator, handed out from the front. */
#ifndef GOPS_BASE_ARENA_H
#define GOPS_BASE_ARENA_H

#include "base/budget.h"
#include "base/context.h"

typedef struct gops_arena_block gops_arena_block;

enum { GOPS_ARENA_ALIGNMENT = 8 };

typedef struct gops_arena {
    gitops_context *context;   /* borrowed */
    gops_arena_block *blocks;  /* newest first */
    gops_arena_block *spare;   /* kept by reset for reuse */
    char *next, *end;
    size_t block_size;         /* of the next block */
    int is_expected;           /* block_size is what is expected to be enough */
    gops_budget *budget;       /* borrowed: new blocks are counted; NULL: they are not */
} gops_arena;

/* Nothing is allocated before the first use. first_block: bytes; 0 = 4 KiB. Blocks double. */
void gops_arena_init(gops_arena *arena, gitops_context *context, size_t first_block);

/*
 * Before the first use: about so many bytes will be needed. The first block has them, and what they
 * fall short comes in smaller blocks.
 */
void gops_arena_expect(gops_arena *arena, size_t bytes);

/* What gops_arena_alloc does when the block in use is full. */
void *gops_arena_refill(gops_arena *arena, size_t size);

/* Bytes before the next aligned place. */
static inline size_t gops_arena_gap(const gops_arena *arena)
{
    return (size_t)(0 - (uintptr_t)arena->next) & (GOPS_ARENA_ALIGNMENT - 1);
}

/* Aligned to 8 bytes; NULL when there is no memory, or the budget is exceeded. */
static inline void *gops_arena_alloc(gops_arena *arena, size_t size)
{
    size_t gap = gops_arena_gap(arena), left = (size_t)(arena->end - arena->next);
    if (!arena->next || left < gap || left - gap < size)
        return gops_arena_refill(arena, size);
    char *memory = arena->next + gap;
    arena->next = memory + size;
    return memory;
}

/* The same without alignment, for text. */
static inline char *gops_arena_bytes(gops_arena *arena, size_t size)
{
    if (!arena->next || (size_t)(arena->end - arena->next) < size)
        return gops_arena_refill(arena, size);
    char *memory = arena->next;
    arena->next = memory + size;
    return memory;
}

/* Gives back the end of what was taken last: of size bytes at memory the first used stay. */
static inline void gops_arena_trim(gops_arena *arena, const char *memory, size_t size, size_t used)
{
    if (memory + size == arena->next)
        arena->next -= size - used;
}

void *gops_arena_array(gops_arena *arena, size_t count, size_t size); /* overflow = NULL */

/* A copy of some bytes; NULL when there is no memory. */
char *gops_arena_copy(gops_arena *arena, const char *text, size_t length);

/* The same with a NUL at its end. */
char *gops_arena_strndup(gops_arena *arena, const char *text, size_t length);

/* A moment, to which gops_arena_rewind brings the arena back. */
typedef struct gops_arena_mark {
    gops_arena_block *block;
    char *next;
} gops_arena_mark;

static inline gops_arena_mark gops_arena_now(const gops_arena *arena)
{
    return (gops_arena_mark){arena->blocks, arena->next};
}

/* Forgets what was taken since; nothing may have been reset meanwhile. */
void gops_arena_rewind(gops_arena *arena, gops_arena_mark mark);

/* Forgets everything but keeps the blocks for the next use. */
void gops_arena_reset(gops_arena *arena);
void gops_arena_free(gops_arena *arena);

#endif
