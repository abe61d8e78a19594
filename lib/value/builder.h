/*
 * Makes a tree of what a reader meets, bottom up, with explicit stacks and the context's limits.
 * Problems with the tree itself (depth, size, duplicate keys) are reported here, so that both
 * readers say the same.
 */
#ifndef GOPS_VALUE_BUILDER_H
#define GOPS_VALUE_BUILDER_H

#include "base/buffer.h"
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

/* Longest JSON pointer of a problem. */
enum { GOPS_POINTER_MAX = 1000 };

/*
 * Finds the key of the object that a JSON pointer leads into. root is a map or list as far as it
 * was read, each key of its maps once. Returns 1 with the key in *key, 0 when there is none, or
 * GITOPS_ENOMEM.
 */
typedef int (*gops_identify_fn)(void *user_data, const gitops_value *root, const char *pointer,
                                gops_buffer *key);

typedef struct gops_builder {
    gitops_context *context;
    gops_arena *arena;             /* borrowed from the caller of the read */
    gitops_diagnostics *problems;
    const char *name;
    uint32_t document;             /* number of the document at hand; 0: none */
    size_t first_problem;          /* problems there were before it */
    gops_identify_fn identify;     /* NULL: objects have no keys */
    void *identify_data;
    gops_buffer pointer, key;      /* of a problem */
    gops_pending *pending;
    size_t count, capacity;
    gops_frame *frames;
    size_t depth, frame_capacity;
    uint32_t flow_depth;
    uint64_t nodes;                /* of this document so far, keys too, aliases expanded */
    uint64_t aliased;              /* of these, what aliases stand for */
    uint64_t most_nodes;           /* as the limits have it */
    uint64_t bytes;                /* of text in it, aliases expanded */
    int borrows;                   /* the text outlives the tree: what stands in it is not copied */
    uint64_t merged;               /* members that came by merge keys */
    void *definitions;             /* work space of merges */
    size_t definition_capacity;
    int broken;                    /* an error was reported for this document */
} gops_builder;

/* The key of a member whose value is to be merged into its parent; compared by address. */
extern const char gops_merge_key[];

/* Stands for a key that was reported, so that it is not reported again as a duplicate. */
extern const char gops_no_key[];

void gops_builder_init(gops_builder *builder, gitops_context *context);
void gops_builder_release(gops_builder *builder);

/* Begins a text, before any of its documents. Both are borrowed. */
void gops_builder_text(gops_builder *builder, const char *name, gitops_diagnostics *problems);

/* Begins a document; builder->document is its number. */
void gops_builder_start(gops_builder *builder, gops_arena *arena);

/*
 * Ends a document, whole or broken: its problems learn of which object they are. The root of a
 * whole one stays. Returns 0 or GITOPS_ENOMEM.
 */
int gops_builder_finish(gops_builder *builder);

/* What a problem is about: where its JSON pointer leads. */
typedef enum gops_subject {
    GOPS_OPEN,  /* the innermost open list or map, or the member whose key was read there */
    GOPS_CHILD, /* the child that is due: in a list the next item, in a map as above */
    GOPS_LAST   /* the value that became whole last */
} gops_subject;

/* Reports a problem of the text at hand; an error breaks the document. Returns code. */
int gops_builder_problem(gops_builder *builder, gops_subject subject, int32_t severity, int code,
                         uint32_t line, uint32_t column, const char *format, ...)
    GOPS_PRINTF(7, 8);

/* The same for a member of the innermost map whose key is not the one at hand. */
int gops_builder_member_problem(gops_builder *builder, const gitops_value *member,
                                int32_t severity, int code, uint32_t line, uint32_t column,
                                const char *format, ...) GOPS_PRINTF(7, 8);

/* The pointer of an open place, NUL-terminated and borrowed until the next problem. */
const char *gops_builder_pointer(gops_builder *builder, gops_subject subject);

/* The innermost open list or map; NULL at the root. */
static inline gops_frame *gops_builder_top(gops_builder *builder)
{
    return builder->depth ? &builder->frames[builder->depth - 1] : NULL;
}

/* Counts one node. Returns 0, or GITOPS_ELIMIT after reporting it. */
int gops_builder_count(gops_builder *builder, uint32_t line, uint32_t column);

/* Counts what an alias stands for. Returns 0, or GITOPS_ELIMIT after reporting it. */
int gops_builder_expand(gops_builder *builder, uint64_t nodes, uint32_t line, uint32_t column);

/* Says that a string, number or key is too long. Returns GITOPS_ELIMIT. */
int gops_builder_refuse_scalar(gops_builder *builder, size_t length, uint32_t line,
                               uint32_t column);

/* Checks the length of one. Returns 0, or GITOPS_ELIMIT after reporting it. */
static inline int gops_builder_check_scalar(gops_builder *builder, size_t length, uint32_t line,
                                            uint32_t column)
{
    return length <= builder->context->limits.max_scalar_bytes
               ? 0
               : gops_builder_refuse_scalar(builder, length, line, column);
}

/* What gops_builder_slot does when there is no room or a limit is near. */
int gops_builder_make_room(gops_builder *builder, uint32_t line, uint32_t column);

/* Sets the key of the next member; key stays borrowed. Counts a node like the others. */
static inline int gops_builder_key(gops_builder *builder, const char *key, size_t length,
                                   uint32_t line, uint32_t column)
{
    gops_frame *frame = gops_builder_top(builder);
    frame->key = key;
    frame->key_length = (uint32_t)length;
    frame->key_line = line;
    frame->key_column = column;
    builder->bytes += length;
    if (builder->nodes >= builder->most_nodes)
        return gops_builder_count(builder, line, column);
    builder->nodes++;
    return 0;
}

/* A place for the next child, a null until it is set. Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM. */
static inline int gops_builder_slot(gops_builder *builder, gitops_value **out, uint32_t line,
                                    uint32_t column)
{
    if (builder->nodes >= builder->most_nodes || builder->count == builder->capacity) {
        int rc = gops_builder_make_room(builder, line, column);
        if (rc < 0)
            return rc;
    }
    gops_pending *pending = &builder->pending[builder->count];
    gitops_value *value = &pending->value;
    gops_frame *frame = gops_builder_top(builder);
    value->key = NULL;
    value->key_length = 0;
    gops_value_set_place(value, line, column);
    if (frame && frame->is_map) {
        value->key = frame->key;
        value->key_length = frame->key_length;
        pending->key_line = frame->key_line;
        pending->key_column = frame->key_column;
        frame->merges |= frame->key == gops_merge_key;
        frame->key = NULL;
    }
    builder->nodes++;
    builder->count++;
    *out = value;
    return 0;
}

/* Opens a list or map. Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM. */
int gops_builder_open(gops_builder *builder, int is_map, int is_flow, uint32_t line,
                      uint32_t column);

/*
 * Closes the innermost one; *out is its value, valid until the next call. Returns 0, GITOPS_ELIMIT
 * (of merges) or GITOPS_ENOMEM.
 */
int gops_builder_close(gops_builder *builder, const gitops_value **out);

/* The root of a whole document. */
static inline const gitops_value *gops_builder_root(const gops_builder *builder)
{
    return &builder->pending[0].value;
}

#endif
