/*
 * A host as small as it gets; it needs libyaml, libgit2 and SQLite to be linked. Valid C99.
 */
#include <gitops.h>

#include <stdio.h>
#include <string.h>

static int fails(const char *what, int rc, const gitops_error *err)
{
    if (rc < 0)
        fprintf(stderr, "%s: %s: %s\n", what, gitops_code_name(rc), err->message);
    return rc < 0;
}

int main(void)
{
    static const char text[] = "kind: ConfigMap\nanswer: 42\n";
    gitops_error err;
    gitops_context *context = NULL;
    gitops_document *document = NULL;
    gitops_store *store = NULL;
    gitops_buffer *json = NULL;
    int failed;

    failed = fails("process", gitops_process_defaults(&err), &err) ||
             fails("context", gitops_context_new(&context, NULL, &err), &err) ||
             fails("store", gitops_store_new_memory(&store, context, &err), &err) ||
             fails("parse", gitops_document_parse(&document, context, text, strlen(text), "text",
                                                  &err), &err) ||
             fails("emit", gitops_value_emit(&json, context, gitops_document_root(document),
                                             NULL, &err), &err);
    if (!failed)
        printf("%s %s\n", gitops_version(), gitops_buffer_data(json));
    gitops_buffer_free(json);
    gitops_document_free(document);
    gitops_store_free(store);
    gitops_context_free(context);
    return failed;
}
