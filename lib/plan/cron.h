/*
 * Schedules of five fields: minute, hour, day of month, month, day of week. They know local clocks
 * only: minutes since 1970-01-01 00:00 on a clock that is never put forward or back.
 */
#ifndef GOPS_RECONCILE_CRON_H
#define GOPS_RECONCILE_CRON_H

#include "base/error.h"

typedef struct gops_cron {
    uint64_t minutes;                /* bit n: the value n is named */
    uint32_t hours, days, months;
    uint8_t weekdays;                /* 0 = Sunday */
    uint8_t any_day, any_weekday;    /* the field is "*" or "?": the other one decides alone */
} gops_cron;

/* Returns 0, or GITOPS_EPARSE with the field that is wrong, or when no day ever matches. */
int gops_cron_parse(gops_cron *out, const char *text, gitops_error *err);

/* The first minute at or after one that matches; INT64_MAX: none in the nine years from there. */
int64_t gops_cron_next(const gops_cron *cron, int64_t minute);

/* The last minute at or before one that matches; INT64_MIN: none in the nine years before. */
int64_t gops_cron_previous(const gops_cron *cron, int64_t minute);

#endif
