/* What an object says of its own removal. */
#ifndef GOPS_RECONCILE_STAY_H
#define GOPS_RECONCILE_STAY_H

#include "value/document.h"

/*
 * GITOPS_REMOVAL_...: what the annotations of a document (NULL: there is none) ask for when the
 * object is removed from Git, or when its unit goes as a whole. Annotations that nobody can read
 * ask for a person: GITOPS_REMOVAL_CONFIRM.
 */
int32_t gops_stay_prune(const gitops_document *document, const char *key);
int32_t gops_stay_teardown(const gitops_document *document, const char *key);

#endif
