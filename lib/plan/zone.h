/* Time zones as stretches of time in which local clocks are the same distance from UTC. */
#ifndef GOPS_RECONCILE_ZONE_H
#define GOPS_RECONCILE_ZONE_H

#include <gitops/window.h>

/* From start to before end, in seconds of unix time. INT64_MIN and INT64_MAX: without an end. */
typedef struct gops_stretch {
    int64_t start, end;
    int32_t offset; /* local clocks are ahead of UTC, in seconds */
} gops_stretch;

/*
 * A stretch that a moment lies in; zone NULL: UTC. Neighbouring stretches may have one offset.
 * Moments beyond the year 1,000,000 are read as its beginning.
 */
gops_stretch gops_zone_stretch(const gitops_zone *zone, int64_t unix_s);

#endif
