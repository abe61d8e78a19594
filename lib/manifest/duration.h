/* Durations as Go writes them: "1h" equals "60m". */
#ifndef GOPS_MANIFEST_DURATION_H
#define GOPS_MANIFEST_DURATION_H

#include "value/value.h"

/*
 * 1 when both are strings of the same duration, to the nanosecond, by the rules of Go's
 * time.ParseDuration (units ns us ms s m h; 292 years at most). Values that are no durations are
 * equal when they are the same value.
 */
int gops_duration_equal(const gitops_value *a, const gitops_value *b);

#endif
