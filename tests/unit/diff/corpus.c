/*
 * corpus: reading files of cases.
 */
#include "corpus.h"

#include <stdio.h>

gitops_document *corpus_load(gitops_context *context, const char *name)
{
    char path[1200];
    size_t length;
    gitops_document *document;
    gitops_error err = {0};
    if (!support_corpora()) {
        support_context_free(context);
        skip();
    }
    snprintf(path, sizeof path, "%s/%s", support_corpora(), name);
    char *text = support_read_file(path, &length);
    assert_non_null(text);
    if (gitops_document_parse(&document, context, text, length, name, &err) < 0)
        fail_msg("%s:%u: %s", name, (unsigned)err.line, err.message);
    free(text);
    return document;
}

void corpus_each(const char *name,
                 void (*check)(gitops_context *context, const gitops_value *one))
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, name);
    const gitops_value *root = gitops_document_root(cases);
    assert_true(gitops_value_count(root) > 0);
    for (size_t i = 0; i < gitops_value_count(root); i++)
        check(context, gitops_value_item(root, i));
    gitops_document_free(cases);
    support_context_free(context);
}

const char *corpus_text(const gitops_value *value, const char *pointer, char *out, size_t size)
{
    size_t length;
    const char *text = gitops_value_text(gitops_value_at(value, pointer), &length);
    snprintf(out, size, "%.*s", (int)length, text ? text : "");
    return text ? out : NULL;
}

gitops_document *corpus_parse_text(gitops_context *context, const gitops_value *value,
                                   const char *pointer)
{
    size_t length;
    gitops_document *document;
    const char *text = gitops_value_text(gitops_value_at(value, pointer), &length);
    if (!text || gitops_document_parse(&document, context, text, length, "text", NULL) < 0)
        return NULL;
    return document;
}
