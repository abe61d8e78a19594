/* Trees of a repository, parsed and checked. */
#ifndef GOPS_SOURCE_GIT_TREE_H
#define GOPS_SOURCE_GIT_TREE_H

#include "source/git_objects.h"

/*
 * Lists a tree; path is the directory's, for messages. Returns 0; GITOPS_ESOURCE when it is
 * missing, no tree, or holds what a tree must not (see gops_name_fault; entries out of order or
 * twice; an unknown mode); GITOPS_ELIMIT; GITOPS_ENOMEM.
 */
int gops_git_list(gops_git_objects *objects, const git_oid *id, const char *path, gops_listing *out,
                  gitops_error *err);

/* Gives up one hold. */
void gops_git_tree_free(gops_git_tree *tree);

#endif
