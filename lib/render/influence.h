/* All that decides what a read finds in a snapshot, apart from the snapshot. */
#ifndef GOPS_RENDER_INFLUENCE_H
#define GOPS_RENDER_INFLUENCE_H

#include "render/origin.h"

/*
 * Counts up when the same text may give other objects, digests, places or warnings than before, or
 * the records of manifests another meaning: what was remembered is then read anew.
 */
enum { GOPS_READ_FORMAT = 2 };

/* Returns 1 and sets *out; 0: nothing may outlive this process, because the identity does not. */
int gops_influence(const gops_origin *origin, gops_digest *out);

/* 1 when what one context reads is what the other would. */
int gops_same_limits(const gitops_context *a, const gitops_context *b);

#endif
