/* Walks a tree without recursion: the open lists and maps are on a stack. For the emitters. */
#ifndef GOPS_VALUE_EMIT_WALK_H
#define GOPS_VALUE_EMIT_WALK_H

#include "base/buffer.h"
#include "value/value.h"

typedef struct gops_walk_level {
    const gitops_value *value;
    uint32_t next;    /* child to visit */
    uint32_t indent;  /* for the emitter's use */
} gops_walk_level;

typedef struct gops_walk {
    gops_buffer *out;
    gops_walk_level *levels; /* first, or memory from the context */
    size_t depth, capacity;
    gops_walk_level first[32];
} gops_walk;

void gops_walk_init(gops_walk *walk, gops_buffer *out);
void gops_walk_release(gops_walk *walk);

/* Enters a list or map. Without memory the buffer breaks, and the walk is over. */
void gops_walk_enter(gops_walk *walk, const gitops_value *value, uint32_t indent);

/* The innermost level; NULL at the end of the walk or when the buffer is broken. */
static inline gops_walk_level *gops_walk_top(gops_walk *walk)
{
    return walk->depth && !walk->out->status ? &walk->levels[walk->depth - 1] : NULL;
}

static inline int gops_walk_is_open(const gitops_value *value)
{
    return value->type >= GITOPS_VALUE_LIST && value->count > 0;
}

#endif
