/* The object database of a repository, read in place. */
#ifndef GOPS_SOURCE_GIT_OBJECTS_H
#define GOPS_SOURCE_GIT_OBJECTS_H

#include <git2.h>

#include "source/tree.h"

enum { GOPS_GIT_TREES_KEPT = 16 };

typedef struct gops_git_tree gops_git_tree;

typedef struct gops_git_object {
    git_object_t type;
    const uint8_t *data;
    size_t length;
    git_odb_object *packed; /* who owns data: libgit2, ... */
    uint8_t *loose;         /* ... or this */
} gops_git_object;

typedef struct gops_git_objects {
    gitops_context *context;
    char *directory;                          /* ".../objects" */
    git_odb *packs;                           /* packed objects only */
    uint64_t reads;                           /* objects read so far: what a walk costs */
    gops_git_tree *kept[GOPS_GIT_TREES_KEPT]; /* small ones, for lookups one after another */
    size_t next_kept;
} gops_git_objects;

/* directory is taken over in any case. Returns 0, GITOPS_ESOURCE or GITOPS_ENOMEM. */
int gops_git_objects_open(gops_git_objects *objects, gitops_context *context, char *directory,
                          gitops_error *err);
void gops_git_objects_close(gops_git_objects *objects);

/*
 * Reads an object of at most maximum bytes. Returns 0, GITOPS_ESOURCE (missing, damaged),
 * GITOPS_ELIMIT or GITOPS_ENOMEM.
 */
int gops_git_read(gops_git_objects *objects, const git_oid *id, uint64_t maximum,
                  gops_git_object *out, gitops_error *err);
void gops_git_object_release(gitops_context *context, gops_git_object *object);

#endif
