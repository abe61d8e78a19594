/*
 * Makes a tree of what a reader meets, bottom up, with explicit stacks and the context's limits.
 * Problems with the tree itself (depth, size, duplicate keys) are reported here, so that both
 * readers say the same.
 */
#ifndef GOPS_VALUE_BUILDER_H
#define GOPS_VALUE_BUILDER_H

#include "value/diagnostics.h"
#include "value/value.h"

/* A value whose parent is still open. */
typedef struct gops_pending {
    gitops_value value;
    uint32_t key_line, key_column;
} gops_pending;

/* An open list or map. */
typedef struct gops_frame {
    size_t slot;      /* its own place among the pending values; its children follow */
    const char *key;  /* of the next member; NULL in a map: a key is due */
    uint64_t nodes, bytes; /* counted before it */
    uint32_t key_length, key_line, key_column;
    uint32_t height;  /* levels below it so far */
    uint32_t anchor;  /* for the reader's use; 0 when opened */
    uint8_t is_map, is_flow;
    uint8_t merges;   /* at least one child stands under gops_merge_key */
} gops_frame;

typedef struct gops_builder {
    gitops_context *context;
    gops_arena *arena;             /* borrowed from the caller of the read */
    gitops_diagnostics *problems;
    const char *name;
    gops_pending *pending;
    size_t count, capacity;
    gops_frame *frames;
    size_t depth, frame_capacity;
    uint32_t flow_depth;
    uint64_t nodes;                /* of this document so far, keys and expanded aliases too */
    uint64_t bytes;                /* of text in it, aliases expanded */
    int broken;                    /* an error was reported for this document */
} gops_builder;

/* The key of a member whose value is to be merged into its parent; compared by address. */
extern const char gops_merge_key[];

/* Stands for a key that was reported, so that it is not reported again as a duplicate. */
extern const char gops_no_key[];

void gops_builder_init(gops_builder *builder, gitops_context *context);
void gops_builder_release(gops_builder *builder);

/* Begins a document. */
void gops_builder_start(gops_builder *builder, gops_arena *arena);

/* Reports a problem of the text at hand; an error breaks the document. Returns code. */
int gops_builder_problem(gops_builder *builder, int32_t severity, int code, uint32_t line,
                         uint32_t column, const char *format, ...) GOPS_PRINTF(6, 7);

/* The innermost open list or map; NULL at the root. */
static inline gops_frame *gops_builder_top(gops_builder *builder)
{
    return builder->depth ? &builder->frames[builder->depth - 1] : NULL;
}

/* Counts nodes. Returns 0, or GITOPS_ELIMIT after reporting it. */
int gops_builder_count(gops_builder *builder, uint64_t nodes, uint32_t line, uint32_t column);

/* Sets the key of the next member; key stays borrowed. Counts a node like the others. */
int gops_builder_key(gops_builder *builder, const char *key, size_t length, uint32_t line,
                     uint32_t column);

/* A place for the next child, a null until it is set. Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM. */
int gops_builder_slot(gops_builder *builder, gitops_value **out, uint32_t line, uint32_t column);

/* Opens a list or map. Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM. */
int gops_builder_open(gops_builder *builder, int is_map, int is_flow, uint32_t line,
                      uint32_t column);

/* Closes the innermost one; *out is its value, valid until the next call. 0 or GITOPS_ENOMEM. */
int gops_builder_close(gops_builder *builder, const gitops_value **out);

/* The root of a whole document. */
static inline const gitops_value *gops_builder_root(const gops_builder *builder)
{
    return &builder->pending[0].value;
}

#endif
