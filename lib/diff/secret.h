/* A Secret as the API server keeps it: stringData goes into data as base64. For comparing only. */
#ifndef GOPS_DIFF_SECRET_H
#define GOPS_DIFF_SECRET_H

#include "value/document.h"

/*
 * 1 when a document (NULL: absent) is in that form or can be brought into it without a loss. What Git
 * states otherwise is sent as it is, for the server to refuse.
 */
int gops_secret_is_readable(const gitops_document *document);

/*
 * Gives out a Secret without stringData; the same one, with one more hold, when there is nothing
 * to do. document may be NULL; data that is no map comes to nothing beside stringData.
 * Returns 0 or GITOPS_ENOMEM.
 */
int gops_secret_normalise(gitops_document **out, gitops_context *context,
                          gitops_document *document);

/* One Secret in both forms; NULL = absent. */
typedef struct gops_secret_forms {
    const gitops_value *given, *normal;
} gops_secret_forms;

/*
 * Turns the root of a document that was made of two normal forms back: what the first one holds
 * stands where, and as, the first one was given, the rest as the second one. Returns 0 or
 * GITOPS_ENOMEM.
 */
int gops_secret_restore(gitops_document *document, const gops_secret_forms *first,
                        const gops_secret_forms *second);

#endif
