/* What a schema is made of. */
#ifndef GOPS_MANIFEST_SCHEMA_HANDLE_H
#define GOPS_MANIFEST_SCHEMA_HANDLE_H

#include "base/refcount.h"
#include "manifest/schema_graph.h"
#include "manifest/schema_patterns.h"

struct gitops_schema {
    gops_refcount references;
    gitops_context *context;
    gops_arena arena;
    int32_t null_policy;                    /* GITOPS_NULL_...; 0: it says nothing about nulls */
    const gops_schema_graph *const *graphs; /* the first one that lists a kind describes it */
    size_t graph_count;                     /* 0: documents have no types */
    gops_rules rules;
    gitops_schema **parts; /* of a stack: what graphs and rules borrow from */
    size_t part_count;
};

/* A schema that says nothing. NULL: no memory. */
gitops_schema *gops_schema_alloc(gitops_context *context);

#endif
