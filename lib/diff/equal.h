/* When two values count as the same, and what is written for a value that is replaced whole. */
#ifndef GOPS_DIFF_EQUAL_H
#define GOPS_DIFF_EQUAL_H

#include "diff/triwalk.h"

/* The value as the schema reads it: NULL for a null or an empty one that means absent here. */
const gitops_value *gops_fold(const gops_triwalk *walk, const gops_schema_place *place,
                              const gitops_value *value);

/*
 * The whole step of folding: an empty desired is absent only where live has nothing either; else,
 * and in something that is made anew and so holds all that Git says, it is stated, and so was an
 * empty base.
 */
gops_sides gops_fold_sides(const gops_triwalk *walk, const gops_schema_place *place,
                           const gops_sides *raw);

/*
 * 1 when a and b are one value to the schema: normalised scalars, ignored places passed over,
 * nulls and empties folded. b_is_live: where the place says so, b may have keys that neither a nor
 * third has.
 */
int gops_deep_equal(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *a,
                    const gitops_value *b, const gitops_value *third, int b_is_live);

/*
 * What is written where desired replaces the whole node: desired without the nulls that mean
 * absent, and with live's value at ignored places. What rules ignore in a part that is new to live
 * is written as Git says it. live NULL, with nothing being made: desired as it is compared.
 */
const gitops_value *gops_materialise(gops_triwalk *walk, const gops_schema_place *place,
                                     const gitops_value *desired, const gitops_value *live);

/* The same for a member or element (live NULL: it is new) of what is written over whole. */
const gitops_value *gops_materialise_child(gops_triwalk *walk, const gops_schema_place *place,
                                           const gitops_value *desired, const gitops_value *live,
                                           const gitops_value *whole);

/* 1 when the place or anything below it in value is sensitive. */
int gops_is_sensitive(const gops_schema_place *place, const gitops_value *value);

#endif
