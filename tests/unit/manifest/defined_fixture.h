/* Schemas made from the text of documents, and objects of any kind, for tests. */
#ifndef TESTS_DEFINED_FIXTURE_H
#define TESTS_DEFINED_FIXTURE_H

#include "manifest/schema.h"

typedef struct fixture {
    gitops_context *context;
    gitops_schema *schema;
    gitops_document *object; /* the last one asked about */
    gitops_error err;
    int status; /* of the last define */
} fixture;

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* gitops_schema_parse of a text. */
void define(fixture *f, const char *text);

/* The same, which has to fail: code, place and message. */
void assert_refused(fixture *f, const char *text, int code, uint32_t line, uint32_t column,
                    const char *message);

/* The place at a pointer of an object of a kind such as "example.org/v1/Thing". */
gops_schema_place at(fixture *f, const char *kind, const char *pointer);

/* The keys of a list as a text: "name,protocol=TCP|name". */
const char *keys_of(const gops_schema_place *place);

#endif
