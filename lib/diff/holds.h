/* The quick answer to what most diffs of a cluster ask: has live all that desired states? */
#ifndef GOPS_DIFF_HOLDS_H
#define GOPS_DIFF_HOLDS_H

#include "diff/triwalk.h"

/*
 * 1 when, with desired as base, the walk would find nothing at the place and below: live holds what
 * desired states, and what it has besides is its own. 0: only the walk knows.
 */
int gops_holds(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *desired,
               const gitops_value *live);

#endif
