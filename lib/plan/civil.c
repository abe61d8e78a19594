/*
 * civil: years are counted from March, so that the leap day is the last of its year, and in eras of
 * 400 years, which all have the same number of days.
 */
#include "plan/civil.h"

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 }; /* from 0000-03-01 */

int64_t gops_civil_days(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = gops_floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

gops_civil gops_civil_date(int64_t days)
{
    gops_civil date;
    int64_t era = gops_floor_div(days + DAYS_TO_1970, DAYS_PER_ERA);
    int64_t day = days + DAYS_TO_1970 - era * DAYS_PER_ERA;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * day_of_year + 2) / 153);
    date.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    date.month = month < 10 ? month + 3 : month - 9;
    date.year = year + era * 400 + (date.month <= 2);
    return date;
}

int gops_civil_weekday(int64_t days)
{
    return (int)(days + 4 - 7 * gops_floor_div(days + 4, 7)); /* 1970-01-01 was a Thursday */
}

int gops_civil_is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}
