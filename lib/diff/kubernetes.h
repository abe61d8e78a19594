/* What is special about objects of Kubernetes, beyond the schema of a place. */
#ifndef GOPS_DIFF_KUBERNETES_H
#define GOPS_DIFF_KUBERNETES_H

#include "diff/triwalk.h"

/* How the documents of a walk are to be read. */
typedef enum gops_object_kind {
    GOPS_OBJECT_PLAIN = 0, /* no object of Kubernetes */
    GOPS_OBJECT_ANY,
    GOPS_OBJECT_SECRET,          /* values of data are base64 */
    GOPS_OBJECT_CONFIG_MAP,
    GOPS_OBJECT_SERVICE,         /* the server gives out addresses and ports */
    GOPS_OBJECT_ENDPOINTS,       /* the order of its lists has no meaning */
    GOPS_OBJECT_WORKLOAD,        /* has a pod's spec, with a field that has two names */
    GOPS_OBJECT_JOB,             /* ... and a template that is fixed once it runs */
    GOPS_OBJECT_AUTOSCALER,      /* metrics may be repeated; versions are kept in annotations */
    GOPS_OBJECT_WEBHOOKS,        /* others fill in the bundles of authorities */
    GOPS_OBJECT_AGGREGATED_ROLE, /* a controller fills in the rules */
    GOPS_OBJECT_CRD
} gops_object_kind;

/* The kind of an object by the document that says what it is (may be NULL). */
gops_object_kind gops_object_kind_of(const gitops_value *root);

/* 1 for kinds that are never replaced unasked: what they hold would go with them. */
int gops_object_is_protected(const gitops_value *root);

/*
 * 1 when the current place, of an object that live has, is for the server or a controller to
 * decide: the namespace where one side leaves it to the request, the rules of an aggregated role,
 * addresses that Git does not state, a default that the server adds or drops.
 */
int gops_object_leaves(const gops_triwalk *walk, const gops_sides *raw);

/*
 * 1 when the target cannot change the current place of the object that live has: by its schema,
 * by what the object says of itself, or because another value there makes it another object.
 */
int gops_object_fixes(const gops_triwalk *walk, const gops_schema_place *place,
                      const gops_sides *raw);

/* 1 when the order of the lists at the current place and below has no meaning. */
int gops_object_is_unordered(const gops_triwalk *walk);

/* 1 when empty and repeated elements of the list at the current place have no meaning. */
int gops_object_has_surplus(const gops_triwalk *walk);

/*
 * A field that live has under two names, with one value, of which Git states the other one: sets desired of *member,
 * and base unless it has its own, from the other one. map: the sides of the map around. Returns 1
 * when it did.
 */
int gops_object_borrow(gops_triwalk *walk, const gops_sides *map, gops_sides *member);

#endif
