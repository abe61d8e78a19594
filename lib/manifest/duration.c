/*
 * duration: a sign and terms, each a decimal and a unit. What is longer than 2^63 - 1 ns is none.
 * Fractions of a unit are cut off at the nanosecond, in the arithmetic of Go.
 */
#include "manifest/duration.h"

#include <string.h>

static const uint64_t limit = (uint64_t)INT64_MAX;

/* Digits into *out. Returns where they end; NULL when they are too many. */
static const char *read_whole(const char *p, const char *end, uint64_t *out)
{
    for (*out = 0; p < end && *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (*out > (limit - digit) / 10)
            return NULL;
        *out = *out * 10 + digit;
    }
    return p;
}

/* Digits after a point: *digits of them over *scale. Those that do not count are passed over. */
static const char *read_fraction(const char *p, const char *end, uint64_t *digits, double *scale)
{
    int is_full = 0;
    *digits = 0;
    *scale = 1;
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        is_full |= *digits > (limit - digit) / 10;
        if (is_full)
            continue;
        *digits = *digits * 10 + digit;
        *scale *= 10;
    }
    return p;
}

/* The nanoseconds of a unit, whose bytes end at a digit or a point; 0: there is no such unit. */
static uint64_t read_unit(const char *p, const char *end, size_t *length)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"ns", 1},
                 {"us", 1000},
                 {"\xc2\xb5s", 1000}, /* micro sign */
                 {"\xce\xbcs", 1000}, /* Greek mu */
                 {"ms", 1000000},
                 {"s", 1000000000},
                 {"m", UINT64_C(60000000000)},
                 {"h", UINT64_C(3600000000000)}};
    const char *start = p;
    while (p < end && *p != '.' && (*p < '0' || *p > '9'))
        p++;
    *length = (size_t)(p - start);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].name) == *length && memcmp(units[i].name, start, *length) == 0)
            return units[i].ns;
    return 0;
}

/* One term, added to *sum. Returns where it ends; NULL: it is none, or the sum is too long. */
static const char *read_term(const char *p, const char *end, uint64_t *sum)
{
    const char *start = p;
    uint64_t whole, fraction = 0;
    double scale = 1;
    size_t length, points = 0;
    p = read_whole(p, end, &whole);
    if (p && p < end && *p == '.') {
        points = 1;
        p = read_fraction(p + 1, end, &fraction, &scale);
    }
    if (!p || (size_t)(p - start) == points)
        return NULL;
    uint64_t unit = read_unit(p, end, &length);
    if (unit == 0 || whole > limit / unit)
        return NULL;
    whole *= unit;
    if (fraction)
        whole += (uint64_t)((double)fraction * ((double)unit / scale));
    if (whole > limit || *sum > limit - whole)
        return NULL;
    *sum += whole;
    return p + length;
}

/* Returns 0 when the value is no duration. */
static int read_duration(const gitops_value *value, int64_t *out)
{
    if (!gops_value_is(value, GITOPS_VALUE_STRING) || value->count == 0)
        return 0;
    const char *p = value->as.text, *end = p + value->count;
    uint64_t sum = 0;
    int is_negative = *p == '-';
    p += *p == '-' || *p == '+';
    if (p == end)
        return 0;
    if (end - p == 1 && *p == '0')
        p++;
    while (p && p < end)
        p = read_term(p, end, &sum);
    *out = is_negative ? -(int64_t)sum : (int64_t)sum;
    return p != NULL;
}

int gops_duration_equal(const gitops_value *a, const gitops_value *b)
{
    int64_t x, y;
    if (gops_value_same(a, b))
        return 1;
    return read_duration(a, &x) && read_duration(b, &y) && x == y;
}
