/* The schema file: a document that says by path patterns how documents merge (docs/schema.md). */
#ifndef GOPS_MANIFEST_SCHEMA_FILE_H
#define GOPS_MANIFEST_SCHEMA_FILE_H

#include "manifest/schema_rules.h"

typedef struct gops_schema_file {
    int null_absent;
    const gops_rule_state *rules; /* of the whole document */
} gops_schema_file;

/*
 * Reads a schema; what *out refers to is made in the arena. Returns 0; GITOPS_EPARSE or
 * GITOPS_ELIMIT with line and column of what is wrong; GITOPS_ENOMEM.
 */
int gops_schema_file_read(gops_schema_file *out, gitops_context *context, gops_arena *arena,
                          const gitops_value *root, gitops_error *err);

#endif
