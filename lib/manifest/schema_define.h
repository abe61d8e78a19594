/* Documents that define kinds of others: custom resource definitions and OpenAPI documents. */
#ifndef GOPS_MANIFEST_SCHEMA_DEFINE_H
#define GOPS_MANIFEST_SCHEMA_DEFINE_H

#include "manifest/schema_maker.h"

/* 1 for a CustomResourceDefinition, a list of objects of Kubernetes, and an OpenAPI document. */
int gops_defines_kinds(const gitops_value *root);

/*
 * Adds the kinds that such a document defines. Returns 0; GITOPS_EPARSE with line and column;
 * GITOPS_ELIMIT or GITOPS_ENOMEM.
 */
int gops_define_kinds(gops_graph_maker *maker, const gitops_value *root, gitops_error *err);

#endif
