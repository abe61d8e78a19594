/*
 * gitops/schema.h - how lists and maps of a document merge.
 *
 *     gitops_schema *schema;
 *     gitops_schema_new(&schema, context, GITOPS_SCHEMA_KUBERNETES, &err);
 *
 * A schema says of each path whether a list is keyed (a map of elements), a set, or atomic; whether
 * a map is replaced whole; what a null means; what is ignored, sensitive or immutable. The built-in
 * types of Kubernetes are in the library. Paths are JSON pointers in which "*" stands for any one
 * segment.
 *
 * Caveats: without a schema every map is merged and every list is replaced whole.
 */
#ifndef GITOPS_SCHEMA_H
#define GITOPS_SCHEMA_H

#include <gitops/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_schema gitops_schema;

enum {
    GITOPS_SCHEMA_NONE = 1,        /* maps merge, lists are atomic, a null is a value */
    GITOPS_SCHEMA_KUBERNETES = 2   /* by apiVersion and kind of each document; null = absent */
};

/*
 * A built-in schema. Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees *out.
 * Threads: any; a schema is immutable.
 */
GITOPS_API int gitops_schema_new(gitops_schema **out, gitops_context *context, int32_t builtin,
                                 gitops_error *err);

/*
 * A schema from a document with the members "null", lists, maps, defaulted, omit-empty, ignore,
 * sensitive and immutable (docs/schema.md). An unknown member is an error.
 * Returns 0; GITOPS_EPARSE with line and column; GITOPS_ELIMIT when there are too many patterns;
 * GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees *out. Threads: any.
 */
GITOPS_API int gitops_schema_parse(gitops_schema **out, gitops_context *context,
                                   const gitops_document *document, gitops_error *err);
GITOPS_API gitops_schema *gitops_schema_ref(gitops_schema *schema);
GITOPS_API void gitops_schema_free(gitops_schema *schema);

#ifdef __cplusplus
}
#endif
#endif
