/*
 * What others own below something that goes as a whole: by managedFields it is theirs, so it stays,
 * with the way to it and the keys of the elements on that way.
 */
#ifndef GOPS_DIFF_SPARE_H
#define GOPS_DIFF_SPARE_H

#include "diff/triwalk.h"

/*
 * Begins the removal of a place: walk->spares becomes its number when managers other than ours own
 * something there or below. Ours is the one that the host names, else those who own leaves of base
 * there, its keys apart: others name these too.
 */
void gops_spare_begin(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *base);

/*
 * 1 when a leaf of ours stays, because others own it as well or their element is found by it. Where
 * nothing goes as a whole only a host that names our manager makes this known.
 */
int gops_spare_keeps(const gops_triwalk *walk, const gops_schema_place *place, gops_row row);

/* What stays of a value that is not ours; NULL: nothing, or no memory. */
const gitops_value *gops_spare_rest(gops_triwalk *walk, const gops_schema_place *place,
                                    const gitops_value *value);

#endif
