/* instant: seconds since 1970 in UTC, and the digits of the fraction. */
#include "manifest/instant.h"

#include <string.h>

typedef struct instant {
    int64_t seconds;
    const char *fraction; /* no trailing zeros */
    size_t fraction_length;
} instant;

enum { PLAIN_LENGTH = 19, SECONDS_PER_DAY = 86400 }; /* 2006-01-02T15:04:05 */

/* The number in some digits; -1: they are none. */
static int read_digits(const char *p, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        number = number * 10 + (p[i] - '0');
    }
    return number;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

/* Days from 1970-01-01; years begin in March, so that the leap day is the last one. */
static int64_t count_days(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = (y < 0 ? y - 399 : y) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Date and time of day without offset. Returns 0 when they are none. */
static int read_plain(const char *p, int64_t *seconds)
{
    int year = read_digits(p, 4), month = read_digits(p + 5, 2), day = read_digits(p + 8, 2);
    int hour = read_digits(p + 11, 2), minute = read_digits(p + 14, 2);
    int second = read_digits(p + 17, 2);
    if (p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':')
        return 0;
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return 0;
    *seconds = count_days(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    return 1;
}

/* "Z", or hours and minutes ahead of it. Returns 0 when it is none. */
static int read_offset(const char *p, const char *end, int *seconds)
{
    *seconds = 0;
    if (end - p == 1 && *p == 'Z')
        return 1;
    if (end - p != 6 || (*p != '+' && *p != '-') || p[3] != ':')
        return 0;
    int hours = read_digits(p + 1, 2), minutes = read_digits(p + 4, 2);
    *seconds = (hours * 3600 + minutes * 60) * (*p == '-' ? -1 : 1);
    return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

static const char *read_fraction(const char *p, const char *end, instant *out)
{
    out->fraction = ++p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    out->fraction_length = (size_t)(p - out->fraction);
    if (out->fraction_length == 0)
        return NULL;
    while (out->fraction_length && out->fraction[out->fraction_length - 1] == '0')
        out->fraction_length--;
    return p;
}

static int read_instant(const gitops_value *value, instant *out)
{
    int offset;
    if (!gops_value_is(value, GITOPS_VALUE_STRING) || value->count <= PLAIN_LENGTH)
        return 0;
    const char *p = value->as.text, *end = p + value->count;
    *out = (instant){0, "", 0};
    if (!read_plain(p, &out->seconds))
        return 0;
    p += PLAIN_LENGTH;
    if (*p == '.')
        p = read_fraction(p, end, out);
    if (!p || !read_offset(p, end, &offset))
        return 0;
    out->seconds -= offset;
    return 1;
}

int gops_instant_equal(const gitops_value *a, const gitops_value *b)
{
    instant x, y;
    if (gops_value_same(a, b))
        return 1;
    return read_instant(a, &x) && read_instant(b, &y) && x.seconds == y.seconds &&
           x.fraction_length == y.fraction_length &&
           memcmp(x.fraction, y.fraction, x.fraction_length) == 0;
}
