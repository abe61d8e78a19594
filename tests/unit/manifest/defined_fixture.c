#include "support.h"

#include "defined_fixture.h"

#include <stdio.h>

#include "place_at.h"

int fixture_setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->context = support_context_new();
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    fixture *f = *state;
    gitops_schema_free(f->schema);
    gitops_document_free(f->object);
    support_context_free(f->context);
    free(f);
    return 0;
}

void define(fixture *f, const char *text)
{
    gitops_document *document = NULL;
    gitops_schema_free(f->schema);
    f->schema = NULL;
    if (gitops_document_parse(&document, f->context, text, strlen(text), "a", &f->err) < 0)
        fail_msg("line %u: %s", f->err.line, f->err.message);
    f->status = gitops_schema_parse(&f->schema, f->context, document, &f->err);
    gitops_document_free(document); /* the schema borrows nothing from it */
}

void assert_refused(fixture *f, const char *text, int code, uint32_t line, uint32_t column,
                    const char *message)
{
    define(f, text);
    assert_string_equal(f->err.message, message);
    assert_int_equal(f->status, code);
    assert_int_equal(f->err.line, line);
    assert_int_equal(f->err.column, column);
    assert_null(f->schema);
}

gops_schema_place at(fixture *f, const char *kind, const char *pointer)
{
    char text[512];
    const char *slash = strrchr(kind, '/');
    if (f->status < 0)
        fail_msg("line %u: %s", f->err.line, f->err.message);
    snprintf(text, sizeof text, "{apiVersion: %.*s, kind: %s}", (int)(slash - kind), kind,
             slash + 1);
    gitops_document_free(f->object);
    f->object = NULL;
    assert_int_equal(gitops_document_parse(&f->object, f->context, text, strlen(text), "a", NULL),
                     0);
    return place_at(f->schema, gitops_document_root(f->object), pointer);
}

const char *keys_of(const gops_schema_place *place)
{
    static char text[512];
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; i < place->tuple_count; i++) {
        for (size_t k = 0; k < place->tuples[i].count; k++) {
            const gops_list_key *key = &place->tuples[i].keys[k];
            size_t length = 0;
            const char *value = gitops_value_text(key->default_value, &length);
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s%.*s",
                                     k ? "," : (i ? "|" : ""), key->name, value ? "=" : "",
                                     (int)length, value ? value : "");
        }
    }
    return text;
}
