/*
 * Schemas as OpenAPI 3, Swagger 2 and custom resource definitions write them, with the members
 * x-kubernetes-... by which Kubernetes says how lists and maps merge.
 */
#ifndef GOPS_MANIFEST_SCHEMA_OPENAPI_H
#define GOPS_MANIFEST_SCHEMA_OPENAPI_H

#include "manifest/schema_maker.h"

/*
 * The node of a schema without references, such as a custom resource definition has; it has to be
 * settled (schema_lay.h). Returns 0; GITOPS_EPARSE with line and column; GITOPS_ELIMIT when schemas
 * are nested too deeply; GITOPS_ENOMEM.
 */
int gops_openapi_structural(gops_graph_maker *maker, const gitops_value *schema, uint32_t *out,
                            gitops_error *err);

/* Adds the kinds of an OpenAPI document: of its components that say which kinds they are. */
int gops_openapi_document(gops_graph_maker *maker, const gitops_value *document, gitops_error *err);

#endif
