/* Identity: which object a document is. */
#ifndef GOPS_MANIFEST_KEY_H
#define GOPS_MANIFEST_KEY_H

#include "base/buffer.h"
#include "value/value.h"

typedef enum gops_identity {
    GOPS_IDENTITY_NONE = 0,      /* neither apiVersion nor kind: no object */
    GOPS_IDENTITY_OBJECT,
    GOPS_IDENTITY_LIST,          /* kind ends in List, items is a list: expand it */
    GOPS_IDENTITY_KUSTOMIZATION  /* input of kustomize, no object */
} gops_identity;

/*
 * Classifies a document and, for an object, writes its key to *key (cleared first):
 * NAMESPACE/KIND[.GROUP]/NAME, "_" without a namespace. Returns 0, GITOPS_EPARSE with line, column
 * and message (the caller knows the file), or GITOPS_ENOMEM.
 */
int gops_identify(const gitops_value *root, gops_identity *what, gops_buffer *key,
                  gitops_error *err);

/*
 * The key of the object that a JSON pointer leads into: the document, or an item of its list. A
 * gops_identify_fn; user_data is not used.
 */
int gops_identify_at(void *user_data, const gitops_value *root, const char *pointer,
                     gops_buffer *key);

enum { GOPS_KEY_MAX = 1024 }; /* bytes of a key */

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

#endif
