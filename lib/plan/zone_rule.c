/*
 * zone_rule: reads "CET-1CEST,M3.5.0,M10.5.0/3". Names only have to be there; offsets count to the
 * west there and to the east here. Hours may go from -167 to 167 (RFC 8536, version 3).
 */
#include "plan/zone_rule.h"

#include <string.h>

#include "plan/civil.h"

enum { SECONDS_PER_DAY = 86400, TWO_O_CLOCK = 7200 };

typedef struct scanner {
    const char *at, *end;
    int failed;
} scanner;

static int take(scanner *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return 0;
    s->at++;
    return 1;
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number from low to high; else the scanner has failed. */
static int take_number(scanner *s, int low, int high)
{
    int number = 0, digits = 0;
    while (s->at < s->end && is_digit(*s->at) && digits < 4) {
        number = number * 10 + (*s->at++ - '0');
        digits++;
    }
    if (digits == 0 || number < low || number > high)
        s->failed = 1;
    return number;
}

/* Letters, or anything quoted as <...>. */
static void take_name(scanner *s)
{
    const char *start = s->at;
    int is_quoted = take(s, '<');
    while (s->at < s->end && (is_quoted ? *s->at != '>' : is_letter(*s->at)))
        s->at++;
    if (s->at - start < 3 || (is_quoted && !take(s, '>')))
        s->failed = 1;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static int32_t take_time(scanner *s, int max_hours)
{
    int sign = take(s, '-') ? -1 : 1;
    if (sign > 0)
        take(s, '+');
    int32_t seconds = take_number(s, 0, max_hours) * 3600;
    if (take(s, ':'))
        seconds += take_number(s, 0, 59) * 60;
    else
        return sign * seconds;
    if (take(s, ':'))
        seconds += take_number(s, 0, 59);
    return sign * seconds;
}

static gops_rule_change take_change(scanner *s)
{
    gops_rule_change change = {GOPS_DAY_OF_YEAR, 0, 0, 0, TWO_O_CLOCK};
    if (!take(s, ','))
        s->failed = 1;
    if (take(s, 'M')) {
        change.form = GOPS_DAY_OF_WEEK;
        change.month = take_number(s, 1, 12);
        s->failed |= !take(s, '.');
        change.week = take_number(s, 1, 5);
        s->failed |= !take(s, '.');
        change.day = take_number(s, 0, 6);
    } else if (take(s, 'J')) {
        change.form = GOPS_DAY_JULIAN;
        change.day = take_number(s, 1, 365);
    } else {
        change.day = take_number(s, 0, 365);
    }
    if (take(s, '/'))
        change.seconds = take_time(s, 167);
    return change;
}

int gops_zone_rule_parse(gops_zone_rule *out, const char *text, size_t length)
{
    scanner s = {text, text + length, 0};
    memset(out, 0, sizeof *out);
    take_name(&s);
    out->offset = -take_time(&s, 24);
    if (s.at == s.end)
        return s.failed ? -1 : 0;
    out->has_summer = 1;
    take_name(&s);
    out->summer_offset = s.at < s.end && *s.at != ',' ? -take_time(&s, 24) : out->offset + 3600;
    out->to_summer = take_change(&s);
    out->to_standard = take_change(&s);
    return s.failed || s.at != s.end ? -1 : 0;
}

static int64_t day_of_change(const gops_rule_change *change, int64_t year)
{
    int64_t new_year = gops_civil_days(year, 1, 1);
    if (change->form == GOPS_DAY_OF_YEAR)
        return new_year + change->day;
    if (change->form == GOPS_DAY_JULIAN)
        return new_year + change->day - 1 + (change->day >= 60 && gops_civil_is_leap(year));
    int64_t first = gops_civil_days(year, change->month, 1);
    int64_t next = change->month == 12 ? gops_civil_days(year + 1, 1, 1)
                                       : gops_civil_days(year, change->month + 1, 1);
    int64_t day = first + (change->day - gops_civil_weekday(first) + 7) % 7 +
                  7 * (change->week - 1);
    return day < next ? day : day - 7;
}

int64_t gops_zone_rule_moment(const gops_zone_rule *rule, const gops_rule_change *change,
                              int64_t year)
{
    int32_t before = change == &rule->to_summer ? rule->offset : rule->summer_offset;
    return day_of_change(change, year) * SECONDS_PER_DAY + change->seconds - before;
}
