/* A counted handle on one tree: its arena, its root, and the documents whose subtrees it shares. */
#ifndef GOPS_VALUE_DOCUMENT_H
#define GOPS_VALUE_DOCUMENT_H

#include "base/refcount.h"
#include "value/value.h"

struct gitops_document {
    gops_refcount references;
    gitops_context *context;
    gitops_value root;         /* beside the count: to most who hold a document it is all they read */
    gops_arena arena;          /* owns what the root refers to, unless shared */
    const char *name;          /* in the arena, or in that of a shared document; "" = none */
    uint32_t number;           /* in its text, from 1; 0 = made by the library */
    gitops_document *shared[3]; /* held because the root borrows from them; NULL = none */
};

/* An empty document (null root) whose arena is ready to be filled; NULL: no memory. */
gitops_document *gops_document_new(gitops_context *context);

/* Says where the document stands. name is copied. Returns 0 or GITOPS_ENOMEM. */
int gops_document_set_place(gitops_document *document, const char *name, uint32_t number);

/* Holds other until document is gone. At most three. */
void gops_document_share(gitops_document *document, gitops_document *other);

#endif
