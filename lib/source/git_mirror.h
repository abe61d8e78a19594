/* A bare repository of our own that follows a remote one. */
#ifndef GOPS_SOURCE_GIT_MIRROR_H
#define GOPS_SOURCE_GIT_MIRROR_H

#include "base/context.h"

/*
 * Fetches the branches and tags of url (https, ssh, or what the caller lets through) into the bare
 * repository at path, which is made when missing; what is gone there goes here. Blocks. *has_head
 * tells whether the remote named a default branch, which HEAD then stands for.
 * Returns 0, GITOPS_ESOURCE or GITOPS_ENOMEM.
 */
int gops_mirror_update(const char *path, const char *url, int *has_head, gitops_error *err);

#endif
