/* Walks a tree without recursion: the open lists and maps are on a stack. For the emitters. */
#ifndef GOPS_VALUE_EMIT_WALK_H
#define GOPS_VALUE_EMIT_WALK_H

#include "base/buffer.h"
#include "value/value.h"

typedef struct gops_walk_level {
    const gitops_value *value;
    uint32_t next;    /* child to visit */
    uint32_t indent;  /* for the emitter's use */
    const gitops_value **order; /* the children in another order than stored; NULL: as stored */
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

/* The next child of the innermost level, which has one. */
static inline const gitops_value *gops_walk_next(gops_walk_level *level)
{
    uint32_t i = level->next++;
    return level->order ? level->order[i] : &level->value->as.children[i];
}

/* Leaves the innermost level. */
void gops_walk_leave(gops_walk *walk);

static inline int gops_walk_is_open(const gitops_value *value)
{
    return value->type >= GITOPS_VALUE_LIST && value->count > 0;
}

#endif
