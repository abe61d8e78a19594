/*
 * Elements of two lists that are compared as one value each, paired for the rules that speak of
 * what is in them: those that a rule names by what they hold with one another, the others by their
 * place among the others.
 */
#ifndef GOPS_DIFF_PAIR_H
#define GOPS_DIFF_PAIR_H

#include "diff/triwalk.h"

/*
 * What is written for desired where live is list or absent: without the ignored elements that live
 * lacks, with those that it has. desired itself when it is just that.
 */
const gitops_value *gops_pair_materialise(gops_triwalk *walk, const gops_schema_place *place,
                                          const gitops_value *desired, const gitops_value *live);

#endif
