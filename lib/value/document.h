/* A counted handle on one tree: its arena, its root, and the documents whose subtrees it shares. */
#ifndef GOPS_VALUE_DOCUMENT_H
#define GOPS_VALUE_DOCUMENT_H

#include "base/refcount.h"
#include "value/value.h"

struct gitops_document {
    gops_refcount references;
    gitops_context *context;
    gops_arena arena;          /* owns what the root refers to, unless shared */
    gitops_value root;
    gitops_document *shared[3]; /* held because the root borrows from them; NULL = none */
};

/* An empty document (null root) whose arena is ready to be filled; NULL: no memory. */
gitops_document *gops_document_new(gitops_context *context);

/* Holds other until document is gone. At most three. */
void gops_document_share(gitops_document *document, gitops_document *other);

#endif
