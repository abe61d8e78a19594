/*
 * What others own below something that goes as a whole: by managedFields it is theirs, so it stays,
 * with the way to it and the keys of the elements on that way.
 */
#ifndef GOPS_DIFF_SPARE_H
#define GOPS_DIFF_SPARE_H

#include "diff/triwalk.h"

/*
 * Managers other than ours who own something at or below a place that goes. Ours are those who own
 * leaves of base there, its keys apart: others name these too.
 */
uint64_t gops_spare_owners(const gops_triwalk *walk, const gops_schema_place *place,
                           const gitops_value *base);

/* 1 when a leaf of ours stays, because others own it as well or their element is found by it. */
int gops_spare_keeps(const gops_triwalk *walk, const gops_schema_place *place);

/* What stays of a value that is not ours; NULL: nothing, or no memory. */
const gitops_value *gops_spare_rest(gops_triwalk *walk, const gops_schema_place *place,
                                    const gitops_value *value);

#endif
