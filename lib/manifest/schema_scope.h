/*
 * Kinds that rules are for, as texts in which "*" stands for any row of characters. A kind is
 * written as in the keys of objects: "Deployment.apps", and "ConfigMap" in the core group.
 */
#ifndef GOPS_MANIFEST_SCHEMA_SCOPE_H
#define GOPS_MANIFEST_SCHEMA_SCOPE_H

#include "manifest/schema_graph.h"

/* The numbers of kinds (GOPS_SCOPE_...): of the globs from 1, of the others above the globs. */
typedef struct gops_scope {
    const char *text;
    size_t length;
} gops_scope;

typedef struct gops_scopes {
    const gops_scope *globs, *kinds; /* kinds: sorted */
    uint16_t glob_count, kind_count;
} gops_scopes;

/* What a document matches: globs as bits, and the number of its exact kind or 0. */
typedef struct gops_scope_match {
    uint64_t globs;
    uint16_t kind;
} gops_scope_match;

int gops_scope_is_glob(const gops_scope *scope);

/* 1 when a name matches; a "*" stands for any characters, also none. */
int gops_scope_matches(const gops_scope *glob, const char *name, size_t length);

/* By what decides first: exact kinds, then globs, the longer ones first; then by bytes. */
int gops_scope_compare(const gops_scope *a, const gops_scope *b);

enum { GOPS_SCOPE_NAME_MAX = 512 }; /* Kubernetes: 63 bytes for a kind and 253 for a group */

/* Writes the kind of a document. Returns its length; 0: it names none, or one that is too long. */
size_t gops_scope_name(char out[GOPS_SCOPE_NAME_MAX], const gitops_value *document);

/* document may be NULL. One that names no kind matches nothing. */
gops_scope_match gops_scopes_match(const gops_scopes *scopes, const gitops_value *document);

#endif
