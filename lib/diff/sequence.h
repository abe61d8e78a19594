/* Sequences: alignment of two lists by their elements, and diff3 over three. */
#ifndef GOPS_DIFF_SEQUENCE_H
#define GOPS_DIFF_SEQUENCE_H

#include "diff/triwalk.h"

#define GOPS_UNMATCHED UINT32_MAX

/*
 * Fills match[i] with the place in b of a's element i, or GOPS_UNMATCHED: a common subsequence,
 * rising on both sides. It is the longest one where the lists are short or much alike, and all of
 * the shorter list when that is a subsequence of the other. Returns 0 or GITOPS_ENOMEM.
 */
int gops_sequence_align(gitops_context *context, const gitops_value *a, const gitops_value *b,
                        uint32_t *match);

/* Merges a list of GOPS_LIST_SEQUENCE as lines of text are merged. */
gops_outcome gops_merge_sequence(gops_triwalk *walk, const gops_schema_place *place,
                                 const gops_sides *raw, const gops_sides *s);

#endif
