/*
 * document: one tree with its arena, counted. A merged document borrows subtrees of the documents
 * it was made from and holds them.
 */
#include "value/document.h"

#include <string.h>

gitops_document *gops_document_new(gitops_context *context)
{
    gitops_document *document = gops_alloc(context, sizeof *document);
    if (!document)
        return NULL;
    memset(document, 0, sizeof *document);
    gops_refcount_init(&document->references);
    document->context = gops_context_ref(context);
    gops_arena_init(&document->arena, context, 0);
    gops_value_set_null(&document->root);
    document->name = "";
    return document;
}

int gops_document_set_place(gitops_document *document, const char *name, uint32_t number)
{
    document->number = number;
    document->name = gops_arena_strndup(&document->arena, name, strlen(name));
    return document->name ? 0 : GITOPS_ENOMEM;
}

void gops_document_share(gitops_document *document, gitops_document *other)
{
    if (!other)
        return;
    for (size_t i = 0; i < sizeof document->shared / sizeof document->shared[0]; i++) {
        if (document->shared[i] == other)
            return;
        if (!document->shared[i]) {
            document->shared[i] = gitops_document_ref(other);
            return;
        }
    }
}

gitops_document *gitops_document_ref(gitops_document *document)
{
    gops_refcount_take(&document->references);
    return document;
}

void gitops_document_free(gitops_document *document)
{
    if (!document || !gops_refcount_drop(&document->references))
        return;
    gitops_context *context = document->context;
    for (size_t i = 0; i < sizeof document->shared / sizeof document->shared[0]; i++)
        gitops_document_free(document->shared[i]);
    gops_arena_free(&document->arena);
    gops_free(context, document);
    gitops_context_free(context);
}

const char *gitops_document_name(const gitops_document *document)
{
    return document->name;
}

uint32_t gitops_document_number(const gitops_document *document)
{
    return document->number;
}

const gitops_value *gitops_document_root(const gitops_document *document)
{
    return &document->root;
}
