/* Kubernetes quantities: "1000m" equals 1. */
#ifndef GOPS_MANIFEST_QUANTITY_H
#define GOPS_MANIFEST_QUANTITY_H

#include "value/value.h"

/*
 * 1 when both are the same quantity: strings in the syntax of Kubernetes (n u m k M G T P E, Ki to
 * Ei, exponents) or numbers, compared by exact value after the rounding that Kubernetes does: up to
 * a whole 1n, and 2^63 - 1 at most with a binary suffix. Values that are no quantities are equal
 * when they are the same value.
 */
int gops_quantity_equal(const gitops_value *a, const gitops_value *b);

/* The same for the amounts of resources in core types, which are rounded up to a whole 1m. */
int gops_resource_equal(const gitops_value *a, const gitops_value *b);

#endif
