/* The manifest that an earlier process remembered. */
#ifndef GOPS_RENDER_RECALL_H
#define GOPS_RENDER_RECALL_H

#include "base/memo.h"
#include "render/reading.h"

/*
 * Makes the manifest that was remembered under what decides a read of this origin, with all its
 * warnings, and tells the tree it is of. It has no origin yet. *out NULL with 0: nothing is
 * remembered, or what is was damaged, which is logged. Returns 0 or GITOPS_ENOMEM.
 */
int gops_recall(gitops_manifest **out, const gops_origin *origin, gitops_memo *memo,
                gops_blob_id *root, gitops_error *err);

#endif
