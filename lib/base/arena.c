/*
 * arena: a list of blocks, the newest in use. Reset moves the blocks to a spare list, so that a
 * loop over many documents touches the same pages again and again: a fresh page costs more than
 * parsing what it holds.
 */
#include "base/arena.h"

#include <string.h>

struct gops_arena_block {
    gops_arena_block *next;
    size_t size; /* usable bytes after the header */
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, FEWEST_BYTES = 256 };

void gops_arena_init(gops_arena *arena, gitops_context *context, size_t first_block)
{
    memset(arena, 0, sizeof *arena);
    arena->context = context;
    arena->block_size = first_block ? first_block : FIRST_BLOCK;
}

void gops_arena_expect(gops_arena *arena, size_t bytes)
{
    arena->block_size = bytes < LARGEST_BLOCK ? bytes : LARGEST_BLOCK;
    arena->is_expected = 1;
}

/* The size of the block after one of block_size. */
static void grow_blocks(gops_arena *arena)
{
    if (arena->is_expected)
        arena->block_size = arena->block_size / 8 < FEWEST_BYTES ? FEWEST_BYTES
                                                                 : arena->block_size / 8;
    else if (arena->block_size < LARGEST_BLOCK)
        arena->block_size *= 2;
    arena->is_expected = 0;
}

/* Takes a spare block that is large enough, or a new one. */
static gops_arena_block *take_block(gops_arena *arena, size_t need)
{
    for (gops_arena_block **link = &arena->spare; *link; link = &(*link)->next) {
        gops_arena_block *block = *link;
        if (block->size >= need) {
            *link = block->next;
            return block;
        }
    }
    size_t size = need > arena->block_size ? need : arena->block_size;
    if (size > SIZE_MAX - sizeof(gops_arena_block) || !gops_budget_take(arena->budget, size))
        return NULL;
    gops_arena_block *block = gops_alloc(arena->context, sizeof *block + size);
    if (block) {
        block->size = size;
        grow_blocks(arena);
    }
    return block;
}

void *gops_arena_refill(gops_arena *arena, size_t size)
{
    gops_arena_block *block = take_block(arena, size);
    if (!block)
        return NULL;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->next = (char *)(block + 1) + size;
    arena->end = (char *)(block + 1) + block->size;
    return block + 1;
}

void *gops_arena_array(gops_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    return gops_arena_alloc(arena, count * size);
}

char *gops_arena_copy(gops_arena *arena, const char *text, size_t length)
{
    char *copy = gops_arena_bytes(arena, length);
    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

char *gops_arena_strndup(gops_arena *arena, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? gops_arena_bytes(arena, length + 1) : NULL;
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

void gops_arena_rewind(gops_arena *arena, gops_arena_mark mark)
{
    while (arena->blocks != mark.block) {
        gops_arena_block *block = arena->blocks;
        arena->blocks = block->next;
        block->next = arena->spare;
        arena->spare = block;
    }
    arena->next = mark.next;
    arena->end = mark.block ? (char *)(mark.block + 1) + mark.block->size : NULL;
}

void gops_arena_reset(gops_arena *arena)
{
    gops_arena_rewind(arena, (gops_arena_mark){NULL, NULL});
}

void gops_arena_free(gops_arena *arena)
{
    gops_arena_reset(arena);
    while (arena->spare) {
        gops_arena_block *block = arena->spare;
        arena->spare = block->next;
        gops_free(arena->context, block);
    }
}
