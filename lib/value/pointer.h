/* JSON pointers (RFC 6901). */
#ifndef GOPS_VALUE_POINTER_H
#define GOPS_VALUE_POINTER_H

#include "base/buffer.h"
#include "value/value.h"

typedef struct gops_segment {
    const char *text; /* unescaped, NUL-terminated */
    uint32_t length;
} gops_segment;

typedef struct gops_pointer {
    const gops_segment *segments;
    size_t count; /* 0: the whole document */
} gops_pointer;

/* Parses a pointer into the arena. Returns 0, GITOPS_EPARSE or GITOPS_ENOMEM. */
int gops_pointer_parse(gops_pointer *out, gops_arena *arena, const char *text, size_t length,
                       gitops_error *err);

/* Appends "/" and the escaped segment. */
void gops_pointer_append(gops_buffer *out, const char *segment, size_t length);

/*
 * Appends the pointer of the outermost value that starts at a place of the text, or of the
 * innermost one that the place lies within. What came by an alias stands where its anchor does.
 */
void gops_pointer_of_place(gops_buffer *out, const gitops_value *root, uint32_t line,
                           uint32_t column);

/* Returns 1 when a segment is an index of a list (digits, no leading zero), 0 otherwise. */
int gops_pointer_index(const char *segment, size_t length, uint32_t *index);

/* The child that a segment names; NULL when there is none. */
const gitops_value *gops_pointer_step(const gitops_value *value, const char *segment,
                                      size_t length);

/* The value at a pointer; NULL when there is none. */
const gitops_value *gops_pointer_get(const gitops_value *value, const gops_pointer *pointer);

#endif
