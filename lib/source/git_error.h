/* Failures of libgit2 as errors of this library. */
#ifndef GOPS_SOURCE_GIT_ERROR_H
#define GOPS_SOURCE_GIT_ERROR_H

#include <git2.h>

#include "base/error.h"

/*
 * GITOPS_ESOURCE with "cannot <doing> <what>: <libgit2's message>"; GITOPS_ENOMEM when libgit2 had
 * no memory. url (or NULL) is the one whose user info must not show.
 */
int gops_fail_git(gitops_error *err, int git_code, const char *url, const char *doing,
                  const char *what);

#endif
