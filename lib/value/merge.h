/* Merge keys (<<): the members of other maps, in source order as profile K applies them. */
#ifndef GOPS_VALUE_MERGE_H
#define GOPS_VALUE_MERGE_H

#include "value/builder.h"

/*
 * Makes the members of the map in frame, with what it merges spliced in. A later definition
 * replaces an earlier one: an own key lost to a later merge is warned about, and two own keys are
 * an error. Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM.
 */
int gops_merge_members(gops_builder *builder, const gops_frame *frame, gitops_value **members,
                       uint32_t *count);

#endif
