/* Whether one commit of a repository descends from another. */
#ifndef GOPS_SOURCE_GIT_ANCESTRY_H
#define GOPS_SOURCE_GIT_ANCESTRY_H

#include "source/git_objects.h"
#include "source/snapshot.h"

/*
 * Looks for base among the ancestors of tip. is_shallow: the repository says that it does not hold
 * all of its history. Returns 0 with *out set, GITOPS_ESOURCE (a damaged object) or GITOPS_ENOMEM.
 */
int gops_git_descends(gops_descent *out, gops_git_objects *objects, const git_oid *tip,
                      const git_oid *base, int is_shallow, gitops_error *err);

#endif
