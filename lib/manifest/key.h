/* The written form of keys: NAMESPACE/KIND[.GROUP]/NAME, "_" without a namespace. */
#ifndef GOPS_MANIFEST_KEY_H
#define GOPS_MANIFEST_KEY_H

#include "base/buffer.h"
#include "value/value.h"

enum {
    GOPS_KEY_MAX = 1024,        /* bytes of a key */
    GOPS_KEY_SEGMENT_MAX = 253  /* bytes of one of its parts */
};

/* The parts of a well-formed key; they borrow from it. */
typedef struct gops_key_parts {
    const char *namespace_name; /* "_" = none */
    size_t namespace_length;
    const char *kind;
    size_t kind_length;
    const char *group;          /* "" = none */
    size_t group_length;
    const char *name;
    size_t name_length;
} gops_key_parts;

/* Returns 1 and fills *out when key is well-formed, else 0. */
int gops_key_split(const char *key, gops_key_parts *out);

/*
 * A part of a key may hold no "/" and "\", no blank or control character, and not start with ".":
 * so every key is safe as a path of file names. Text is UTF-8. A kind holds no ".", too.
 */
int gops_key_is_segment(const char *text, size_t length);
int gops_key_is_kind(const char *text, size_t length);

/* One part on its way into a key: its text, what it is called in messages, where it stands. */
typedef struct gops_key_part {
    const char *text; /* NULL: absent */
    size_t length;
    const char *name;
    const gitops_value *at;
} gops_key_part;

/*
 * Appends a key made of its parts; namespace and group may be absent. Returns 0; GITOPS_EPARSE with
 * line, column and message when one cannot be part of a key; GITOPS_ENOMEM.
 */
int gops_key_put(gops_buffer *key, const gops_key_part *space, const gops_key_part *kind,
                 const gops_key_part *group, const gops_key_part *name, gitops_error *err);

#endif
