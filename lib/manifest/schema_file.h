/* The schema file: a document that says by path patterns how documents merge (docs/schema.md). */
#ifndef GOPS_MANIFEST_SCHEMA_FILE_H
#define GOPS_MANIFEST_SCHEMA_FILE_H

#include "manifest/schema_patterns.h"

/*
 * Adds the rules of a schema file, and sets *null_policy (GITOPS_NULL_...) where it states one.
 * Returns 0; GITOPS_EPARSE or GITOPS_ELIMIT with line and column of what is wrong; GITOPS_ENOMEM.
 */
int gops_schema_file_read(gops_patterns *patterns, int32_t *null_policy, const gitops_value *root,
                          gitops_error *err);

#endif
