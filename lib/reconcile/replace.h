/* Replacements: why an object cannot be updated in place, and whether it may go unasked. */
#ifndef GOPS_RECONCILE_REPLACE_H
#define GOPS_RECONCILE_REPLACE_H

#include "diff/diff.h"
#include "plan/plan.h"

/* 1 when an object asks to be replaced where it cannot be changed in place (GITOPS_CONTROL_FORCE). */
int gops_replace_is_asked(const gitops_document *desired, const char *key);

/*
 * Fills in the reason (the paths that cannot be changed, or what the target said when it refused an
 * update: refusal, else NULL) and whether the object is protected: by
 * its kind, or because it says, in Git or in the target, that it is not simply deleted. Returns 0
 * or GITOPS_ENOMEM.
 */
int gops_replace_describe(gops_detail *detail, const gitops_diff *diff,
                          const gitops_document *desired, const gitops_document *live,
                          const char *key, const char *refusal);

#endif
