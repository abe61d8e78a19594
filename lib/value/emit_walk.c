/*
 * emit_walk: the stack of the emitters. Small trees need no memory for it.
 */
#include "value/emit_walk.h"

#include <string.h>

void gops_walk_init(gops_walk *walk, gops_buffer *out)
{
    walk->out = out;
    walk->levels = walk->first;
    walk->depth = 0;
    walk->capacity = sizeof walk->first / sizeof walk->first[0];
}

static void free_levels(gops_walk *walk)
{
    if (walk->levels != walk->first)
        gops_free(walk->out->context, walk->levels);
}

void gops_walk_release(gops_walk *walk)
{
    while (walk->depth)
        gops_walk_leave(walk);
    free_levels(walk);
}

void gops_walk_leave(gops_walk *walk)
{
    gops_free(walk->out->context, walk->levels[--walk->depth].order);
}

static int enlarge(gops_walk *walk)
{
    size_t capacity = walk->capacity * 2;
    gops_walk_level *levels = gops_calloc(walk->out->context, capacity, sizeof *levels);
    if (!levels)
        return 0;
    memcpy(levels, walk->levels, walk->depth * sizeof *levels);
    free_levels(walk);
    walk->levels = levels;
    walk->capacity = capacity;
    return 1;
}

void gops_walk_enter(gops_walk *walk, const gitops_value *value, uint32_t indent)
{
    if (walk->depth == walk->capacity && !enlarge(walk)) {
        walk->out->status = GITOPS_ENOMEM;
        return;
    }
    walk->levels[walk->depth++] = (gops_walk_level){value, 0, indent, NULL};
}
