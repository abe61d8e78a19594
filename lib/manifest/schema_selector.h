/*
 * The documents that rules are for: by kind, and by what metadata say of the object. Texts in which
 * "*" stands for any row of characters.
 */
#ifndef GOPS_MANIFEST_SCHEMA_SELECTOR_H
#define GOPS_MANIFEST_SCHEMA_SELECTOR_H

#include "base/arena.h"
#include "manifest/schema_graph.h"

enum { GOPS_SELECTOR_LABELS = 16 };

typedef struct gops_scope {
    const char *text;
    size_t length;
} gops_scope;

/* A label that an object must have, with such a value. */
typedef struct gops_selector_label {
    gops_scope key; /* without "*" */
    gops_scope value;
} gops_selector_label;

typedef struct gops_selector {
    gops_scope kinds;      /* "Deployment.apps", "ConfigMap"; length 0: of any, and of none */
    gops_scope namespaces; /* length 0: objects without one; text NULL: any */
    gops_scope names;      /* text NULL: any */
    const gops_selector_label *labels;
    size_t label_count;
} gops_selector;

int gops_scope_is_glob(const gops_scope *scope);

/* 1 when a name matches; a "*" stands for any characters, also none. */
int gops_scope_matches(const gops_scope *glob, const char *name, size_t length);

/* By what decides first: exact ones, then those with "*", the longer ones first; then by bytes. */
int gops_scope_compare(const gops_scope *a, const gops_scope *b);

/* 1 when metadata are asked; and when nothing is, so that every document is meant. */
int gops_selector_chooses(const gops_selector *selector);
int gops_selector_is_open(const gops_selector *selector);

/*
 * By what decides first: choices of objects, by names, by namespaces, then those with more labels;
 * then exact kinds, kinds with "*", the longer ones first, and what is for every document. 0: they
 * are the same.
 */
int gops_selector_compare(const gops_selector *a, const gops_selector *b);

/* kind: of the document as in the keys of objects, length 0: none; document may be NULL. */
int gops_selector_matches(const gops_selector *selector, const char *kind, size_t length,
                          const gitops_value *document);

/* Labels as in "tier=front,app=web". Returns 0, GITOPS_EPARSE or GITOPS_ENOMEM. */
int gops_selector_read_labels(gops_selector *selector, gops_arena *arena, const char *text);

/* A copy of its own. Returns 0 or GITOPS_ENOMEM. */
int gops_selector_copy(gops_selector *out, gops_arena *arena, const gops_selector *from);

#endif
