/* Reading one schema object, as OpenAPI documents and custom resource definitions have them. */
#ifndef GOPS_MANIFEST_SCHEMA_OBJECT_H
#define GOPS_MANIFEST_SCHEMA_OBJECT_H

#include "manifest/schema_maker.h"

typedef struct gops_schema_reader {
    gops_graph_maker *maker;
    gitops_error *err;
    const gitops_value *components; /* by name; NULL: there are no references */
    uint32_t *numbers;              /* of the nodes of components; 0: not referred to so far */
    uint32_t *queue;                /* components to be read, by place among them */
    size_t queue_count;
    int is_go;  /* the schema at hand is a type of Kubernetes: empty members are dropped by it */
    int rounds; /* ... and amounts of resources are rounded up to 1m */
} gops_schema_reader;

/* What a schema object came to. */
typedef struct gops_described {
    uint32_t node;
    int has_default; /* there is a default in it or below */
} gops_described;

/*
 * Reads a schema object at a depth of others; is_field: it describes a member that has a name.
 * Returns 0; GITOPS_EPARSE with line and column; GITOPS_ELIMIT when it is nested too deeply;
 * GITOPS_ENOMEM.
 */
int gops_schema_object_read(gops_schema_reader *r, const gitops_value *value, uint32_t depth,
                            int is_field, gops_described *out);

/* The node of a component, which is put into the queue when it is new. */
int gops_schema_component(gops_schema_reader *r, const gitops_value *component, uint32_t *out);

/* Reports a failure: at a value, and one of the maker (0 is none). */
int gops_schema_reader_fail(const gops_schema_reader *r, int code, const gitops_value *at,
                            const char *message);
int gops_schema_reader_status(const gops_schema_reader *r, int status);

#endif
