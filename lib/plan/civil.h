/* Days of the Gregorian calendar, without any library's clock or time zone. */
#ifndef GOPS_RECONCILE_CIVIL_H
#define GOPS_RECONCILE_CIVIL_H

#include <stdint.h>

typedef struct gops_civil {
    int64_t year;
    int month, day; /* from 1 */
} gops_civil;

/* Days since 1970-01-01 of a date, and back. */
int64_t gops_civil_days(int64_t year, int month, int day);
gops_civil gops_civil_date(int64_t days);

/* Day of the week of a day; 0 = Sunday. */
int gops_civil_weekday(int64_t days);

int gops_civil_is_leap(int64_t year);

/* Division that rounds down, also below zero. b > 0. */
static inline int64_t gops_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

#endif
