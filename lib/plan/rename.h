/*
 * Probable renames: an object that is made with the content of one that is deleted. Nothing is done
 * about it but to say so, because a delete that comes with a new name is easily overlooked.
 */
#ifndef GOPS_PLAN_RENAME_H
#define GOPS_PLAN_RENAME_H

#include "plan/plan.h"

/* Of all that an object states but its name and namespace. */
gops_digest gops_rename_content(const gitops_value *root);

/* Says so in the reasons of both. Returns 0, or what opening an object gave. */
int gops_rename_find(gitops_plan *plan, const gops_plan_input *input, gitops_error *err);

#endif
