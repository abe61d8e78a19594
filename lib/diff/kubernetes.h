/* What is special about objects of Kubernetes, beyond the schema of a place. */
#ifndef GOPS_DIFF_KUBERNETES_H
#define GOPS_DIFF_KUBERNETES_H

#include "diff/triwalk.h"

/* How the documents of a walk are to be read. */
typedef enum gops_object_kind {
    GOPS_OBJECT_PLAIN = 0, /* no object of Kubernetes */
    GOPS_OBJECT_ANY,
    GOPS_OBJECT_SECRET,          /* values of data are base64 */
    GOPS_OBJECT_AGGREGATED_ROLE, /* a controller fills in the rules */
    GOPS_OBJECT_CRD
} gops_object_kind;

/* The kind of an object by the document that says what it is (may be NULL). */
gops_object_kind gops_object_kind_of(const gitops_value *root);

/*
 * 1 when the current place, of an object that live has, is for the server or a controller to
 * decide: the namespace where one side leaves it to the request, the rules of an aggregated role,
 * and a default that the server drops.
 */
int gops_object_leaves(const gops_triwalk *walk, const gops_sides *raw);

#endif
