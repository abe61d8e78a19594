/* What plan and reconcile need of a diff beyond the public functions. */
#ifndef GOPS_DIFF_DIFF_H
#define GOPS_DIFF_DIFF_H

#include <gitops/diff.h>

#include "base/buffer.h"
#include "manifest/schema.h"

/*
 * The base after merged was written: per leaf, desired where it was written or adopted, the old
 * base where a policy kept the target's value (diff.md 1.5). NULL when desired is absent. Borrowed.
 */
gitops_document *gops_diff_new_base(const gitops_diff *diff);

/* 1 when new base and old base differ, so that the store must learn it. */
int gops_diff_rebases(const gitops_diff *diff);

/* 1 when some change is drift, and when some change comes from Git. */
int gops_diff_has_drift(const gitops_diff *diff);
int gops_diff_has_git_change(const gitops_diff *diff);

/* 1 when desired states a leaf that live lacks or holds differently: an adoption would write. */
int gops_diff_writes(const gitops_diff *diff);

/*
 * 1 when a policy keeps a difference between live and desired; and when that is to be told: drift
 * under the policy to report it, and a conflict that the target won.
 */
int gops_diff_keeps(const gitops_diff *diff);
int gops_diff_tells(const gitops_diff *diff);

/* 1 when the object is of a kind that is never replaced unasked: what it holds would go with it. */
int gops_diff_is_protected(const gitops_diff *diff);

/* What patches are made from: desired and live as given (NULL = absent) and the diff's context. Borrowed. */
gitops_document *gops_diff_desired(const gitops_diff *diff);
gitops_document *gops_diff_live(const gitops_diff *diff);
gitops_context *gops_diff_context(const gitops_diff *diff);

/* The place of the document's root in its schema. */
void gops_diff_root_place(const gitops_diff *diff, gops_schema_place *out);

/*
 * What merged (which is there) holds of the leaves we own, as server-side apply is told of it: a
 * Secret without stringData, and whole what the server takes whole. Returns 0 or GITOPS_ENOMEM.
 */
int gops_diff_owned_merged(const gitops_diff *diff, gitops_document **out);

/*
 * gitops_diff_normal for a document that went to the target with what others have in it: merged
 * (NULL: as sent). Only so are members that others have in a set told from what the target made.
 */
int gops_diff_normal(gitops_document **out, gitops_context *context, gitops_document *sent,
                     gitops_document *merged, gitops_document *answer, gitops_schema *schema,
                     gitops_error *err);

/*
 * What normal says of the new base: what the target made of base where nothing else is remembered
 * now. *out is NULL when that is nothing. Returns 0 or GITOPS_ENOMEM.
 */
int gops_diff_carried_normal(const gitops_diff *diff, gitops_document **out);

/*
 * What a server makes of live that is told of body in a server-side apply after it was told of base:
 * 1 when it is merged. Returns 0 or GITOPS_ENOMEM too; place (initialised) is then where it is not.
 */
int gops_diff_reads_back(const gitops_diff *diff, gitops_document *body, gops_buffer *place);

/* The sides as they are compared: a Secret without stringData. Borrowed; NULL = absent. */
const gitops_value *gops_diff_side(const gitops_diff *diff, int side);

/* Appends canonical bytes of the live leaves we own (in base or desired), with their paths. */
void gops_diff_owned_live(const gitops_diff *diff, gops_buffer *out);

#endif
