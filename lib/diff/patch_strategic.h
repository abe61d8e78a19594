/*
 * Strategic merge patches. The place of the roots decides which lists are merged; that it is one of
 * the server's own kinds is for the caller to see to.
 */
#ifndef GOPS_DIFF_PATCH_STRATEGIC_H
#define GOPS_DIFF_PATCH_STRATEGIC_H

#include "diff/patch.h"

/* Names in a patch that are no members but say what is to be done. */
#define GOPS_STRATEGIC_PATCH  "$patch"
#define GOPS_STRATEGIC_RETAIN "$retainKeys"
#define GOPS_STRATEGIC_ORDER  "$setElementOrder/"
#define GOPS_STRATEGIC_DELETE "$deleteFromPrimitiveList/"

/* 1 for such a name. */
int gops_strategic_is_directive(const char *key, size_t length);

/* Returns 0, GITOPS_EUNSUPPORTED or GITOPS_ENOMEM. */
int gops_patch_strategic(const gops_patch_job *job, gitops_error *err);

#endif
