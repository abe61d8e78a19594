#include "support.h"

#include "kubernetes_fixture.h"

#include <stdio.h>

#include "place_at.h"

int fixture_setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->context = support_context_new();
    assert_int_equal(gitops_schema_new(&f->schema, f->context, GITOPS_SCHEMA_KUBERNETES, NULL), 0);
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    fixture *f = *state;
    gitops_schema_free(f->schema);
    gitops_document_free(f->document);
    support_context_free(f->context);
    free(f);
    return 0;
}

const gitops_value *parse(fixture *f, const char *text)
{
    gitops_document_free(f->document);
    f->document = NULL;
    assert_int_equal(gitops_document_parse(&f->document, f->context, text, strlen(text), "a", NULL),
                     0);
    return gitops_document_root(f->document);
}

const gitops_value *object_of(fixture *f, const char *kind, size_t length)
{
    char text[512];
    size_t version = length;
    while (version > 0 && kind[version - 1] != '/')
        version--;
    snprintf(text, sizeof text, "{apiVersion: %.*s, kind: %.*s}", (int)version - 1, kind,
             (int)(length - version), kind + version);
    return parse(f, text);
}

gops_schema_place at(fixture *f, const char *kind, const char *pointer)
{
    return place_at(f->schema, object_of(f, kind, strlen(kind)), pointer);
}
