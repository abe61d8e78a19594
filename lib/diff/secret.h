/* A Secret as the API server keeps it: stringData goes into data as base64. */
#ifndef GOPS_DIFF_SECRET_H
#define GOPS_DIFF_SECRET_H

#include "value/document.h"

/*
 * Gives out a Secret without stringData; the same one, with one more hold, when there is nothing
 * to do. document may be NULL. Returns 0 or GITOPS_ENOMEM.
 */
int gops_secret_normalise(gitops_document **out, gitops_context *context,
                          gitops_document *document);

#endif
