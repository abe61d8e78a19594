/* The writers of the patch forms; patch.c is their front. */
#ifndef GOPS_DIFF_PATCH_H
#define GOPS_DIFF_PATCH_H

#include <gitops/diff.h>

#include "base/buffer.h"
#include "manifest/schema.h"

/*
 * What a writer works with: it appends to out the text that turns from (NULL: there is nothing)
 * into to. place is that of the roots.
 */
typedef struct gops_patch_job {
    gitops_context *context;
    gops_buffer *out;
    const gitops_value *from, *to;
    gops_schema_place place;
    int tests; /* RFC 6902: what is replaced or removed is tested first */
} gops_patch_job;

/* RFC 6902. Returns 0 or GITOPS_ENOMEM. */
int gops_patch_json(const gops_patch_job *job);

/* RFC 7386. Returns 0, GITOPS_EUNSUPPORTED (a null) or GITOPS_ENOMEM. */
int gops_patch_merge(const gops_patch_job *job, gitops_error *err);

/*
 * A server-side apply body: what merged holds of our leaves. Returns 0, GITOPS_EUNSUPPORTED or
 * GITOPS_ENOMEM.
 */
int gops_patch_server_side(const gitops_diff *diff, const gops_patch_job *job, gitops_error *err);

/* GITOPS_EUNSUPPORTED: a form cannot say what is at a path. */
int gops_patch_refuse(gitops_error *err, const char *form, const char *what, const char *path);

/* The path of a place while values are walked: push returns the length to cut to. */
size_t gops_patch_push_key(gops_buffer *path, const gitops_value *member);
size_t gops_patch_push_index(gops_buffer *path, uint32_t i);
void gops_patch_cut(gops_buffer *path, size_t length);

/* Appends the path of the first member in which two different values differ. */
void gops_patch_push_difference(gops_buffer *path, const gitops_value *a, const gitops_value *b);

#endif
