/*
 * The documents that rules are for, as numbers. A kind is written as in the keys of objects:
 * "Deployment.apps", and "ConfigMap" in the core group.
 */
#ifndef GOPS_MANIFEST_SCHEMA_SCOPE_H
#define GOPS_MANIFEST_SCHEMA_SCOPE_H

#include "manifest/schema_selector.h"

/* The numbers (GOPS_SCOPE_...): of the globs from 1, of the exact kinds above the globs. */
typedef struct gops_scopes {
    const gops_selector *globs; /* kinds with "*", and choices of objects */
    const gops_scope *kinds;    /* sorted */
    uint16_t glob_count, kind_count;
} gops_scopes;

/* What a document matches: globs as bits, and the number of its exact kind or 0. */
typedef struct gops_scope_match {
    uint64_t globs;
    uint16_t kind;
} gops_scope_match;

enum { GOPS_SCOPE_NAME_MAX = 512 }; /* Kubernetes: 63 bytes for a kind and 253 for a group */

/* Writes the kind of a document. Returns its length; 0: it names none, or one that is too long. */
size_t gops_scope_name(char out[GOPS_SCOPE_NAME_MAX], const gitops_value *document);

/* document may be NULL. */
gops_scope_match gops_scopes_match(const gops_scopes *scopes, const gitops_value *document);

#endif
