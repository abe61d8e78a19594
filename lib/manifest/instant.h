/* Points in time: "12:00:00Z" equals "13:00:00+01:00" on the same day. */
#ifndef GOPS_MANIFEST_INSTANT_H
#define GOPS_MANIFEST_INSTANT_H

#include "value/value.h"

/*
 * 1 when both are strings that name the same instant in the form of RFC 3339 that Go reads: capital
 * T and Z, no leap seconds, a fraction of any length. Values that are no instants are equal when
 * they are the same value.
 */
int gops_instant_equal(const gitops_value *a, const gitops_value *b);

#endif
