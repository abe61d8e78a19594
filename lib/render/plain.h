/* Plain files as objects: how one file's content becomes a blob of the manifest. */
#ifndef GOPS_RENDER_PLAIN_H
#define GOPS_RENDER_PLAIN_H

#include "manifest/blob.h"
#include "value/reader.h"

/* Tools and scratch memory for parsing many files; one per read. */
typedef struct gops_plain gops_plain;

/*
 * Identity and budget are borrowed; the budget pays for scratch memory. NULL: no memory.
 */
gops_plain *gops_plain_new(gitops_context *context, const gitops_identity *identity,
                           gops_budget *budget);
void gops_plain_free(gops_plain *plain);

/* A file that was read. */
typedef struct gops_plain_file {
    const gops_blob_id *id, *name; /* as of gops_blob_parts */
    const char *path;
    const char *text;
    size_t length;
} gops_plain_file;

/*
 * Parses one file into a blob of the pool. Problems go to the list, which is empty before; the blob
 * holds the objects of the documents that are whole, and the warnings when there is nothing else.
 * Returns 0 (also with problems); GITOPS_ENOMEM, or GITOPS_ELIMIT when the budget is exceeded, with
 * *out NULL.
 */
int gops_plain_parse(gops_plain *plain, gops_pool *pool, const gops_plain_file *file,
                     gitops_diagnostics *problems, gops_blob **out, gitops_error *err);

/* 1 when a file of this name holds manifests: *.yaml, *.yml, *.json. */
int gops_plain_is_manifest(const char *path);

#endif
