/* The files of a repository that name commits: HEAD, loose refs and packed-refs. */
#ifndef GOPS_SOURCE_GIT_REFS_H
#define GOPS_SOURCE_GIT_REFS_H

#include <git2.h>

#include "source/git_files.h"

/* 0 when a ref may have this name (NULL: HEAD), else GITOPS_EINVAL. */
int gops_git_check_ref(const char *ref, gitops_error *err);

/*
 * The object a ref names, not peeled. ref: NULL or "HEAD", a full name "refs/...", 40 hexadecimal
 * digits, or the name of a branch, of a tag, or of a branch of the remote "origin", in this order.
 * Returns 0, GITOPS_ENOTFOUND, GITOPS_ESOURCE or GITOPS_EINVAL.
 */
int gops_git_resolve(git_oid *out, const gops_git_layout *layout, const char *ref,
                     gitops_error *err);

#endif
