/* A Kubernetes schema and objects of any kind, for tests. */
#ifndef TESTS_KUBERNETES_FIXTURE_H
#define TESTS_KUBERNETES_FIXTURE_H

#include "manifest/schema.h"

typedef struct fixture {
    gitops_context *context;
    gitops_schema *schema;
    gitops_document *document; /* the last one parsed */
} fixture;

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The root of a document with this text; it lives until the next one. */
const gitops_value *parse(fixture *f, const char *text);

/* An object of a kind such as "apps/v1/Deployment" or "v1/Pod". */
const gitops_value *object_of(fixture *f, const char *kind, size_t length);

/* The place at a pointer of such an object. */
gops_schema_place at(fixture *f, const char *kind, const char *pointer);

#endif
