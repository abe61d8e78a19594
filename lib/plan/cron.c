/*
 * cron: each field is a set of bits. A search goes from day to day and looks into the hours and
 * minutes of those that match, so it costs what lies between two matching days: at most the eight
 * years between two leap days around 2100.
 */
#include "plan/cron.h"

#include <string.h>

#include "plan/civil.h"

enum { MINUTES_PER_DAY = 1440, SEARCHED_DAYS = 9 * 366 };

typedef struct field {
    const char *name;
    int low, high;
    const char *const *words; /* of the values from low on; NULL: numbers only */
} field;

static const char *const month_words[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                          "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_words[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

static const field fields[] = {{"minute", 0, 59, NULL},
                               {"hour", 0, 23, NULL},
                               {"day of month", 1, 31, NULL},
                               {"month", 1, 12, month_words},
                               {"day of week", 0, 6, weekday_words}};

enum { WEEKDAY = 4, FIELDS = 5 };

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Reads digits. Returns the number, or -1: there are none, or more than any field has. */
static int read_number(const char **at, const char *end)
{
    int number = 0;
    const char *start = *at;
    while (*at < end && is_digit(**at) && *at - start < 4)
        number = number * 10 + (*(*at)++ - '0');
    return *at == start || *at - start > 3 ? -1 : number;
}

static int is_word(const char *at, const char *end, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(end - at) < length)
        return 0;
    for (size_t i = 0; i < length; i++)
        if ((at[i] | 0x20) != word[i]) /* letters in either case */
            return 0;
    return 1;
}

/* A number of the field or one of its words; -1: neither. 7 is a Sunday, as 0 is. */
static int read_value(const field *f, const char **at, const char *end)
{
    for (int i = 0; f->words && f->words[i]; i++)
        if (is_word(*at, end, f->words[i])) {
            *at += strlen(f->words[i]);
            return f->low + i;
        }
    int number = read_number(at, end);
    return number < f->low || number > f->high + (f == &fields[WEEKDAY]) ? -1 : number;
}

/* "*", "?", "A" or "A-B". Returns 0, or -1 when it is none of them. */
static int read_range(const field *f, const char **at, const char *end, int *from, int *to)
{
    if (*at < end && (**at == '*' || **at == '?')) {
        ++*at;
        *from = f->low;
        *to = f->high;
        return 0;
    }
    *from = *to = read_value(f, at, end);
    if (*from >= 0 && *at < end && **at == '-') {
        ++*at;
        *to = read_value(f, at, end);
    }
    return *from < 0 || *to < *from ? -1 : 0;
}

/* One item of a list, a range with or without "/STEP". Returns 0 or -1. */
static int read_item(const field *f, const char *at, const char *end, uint64_t *bits, int *any)
{
    int from, to, step = 1, is_any = *at == '*' || *at == '?';
    const char *start = at;
    if (read_range(f, &at, end, &from, &to) < 0)
        return -1;
    if (at < end && *at == '/') {
        int is_single = !is_any && !memchr(start, '-', (size_t)(at - start));
        ++at;
        step = read_number(&at, end);
        to = is_single ? f->high : to; /* "5/15" goes on to the end, as 5-59/15 */
    }
    if (at != end || step < 1)
        return -1;
    for (int value = from; value <= to; value += step)
        *bits |= (uint64_t)1 << (f == &fields[WEEKDAY] ? value % 7 : value);
    if (from > to)
        *bits |= (uint64_t)1 << (from % 7); /* "7/2": Sunday is the last day already */
    *any |= is_any && step == 1;
    return 0;
}

static int read_field(const field *f, const char *text, size_t length, uint64_t *bits, int *any,
                      gitops_error *err)
{
    const char *at = text, *end = text + length;
    *bits = 0;
    *any = 0;
    for (;;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        if (at == stop || read_item(f, at, stop, bits, any) < 0)
            return gops_fail(err, GITOPS_EPARSE, "schedule: \"%.*s\" is no %s",
                             (int)(length < 80 ? length : 80), text, f->name);
        if (!comma)
            return 0;
        at = comma + 1;
    }
}

static void set_field(gops_cron *cron, int number, uint64_t bits, int any)
{
    switch (number) {
    case 0:
        cron->minutes = bits;
        break;
    case 1:
        cron->hours = (uint32_t)bits;
        break;
    case 2:
        cron->days = (uint32_t)bits;
        cron->any_day = (uint8_t)any;
        break;
    case 3:
        cron->months = (uint32_t)bits;
        break;
    default:
        cron->weekdays = (uint8_t)bits;
        cron->any_weekday = (uint8_t)any;
    }
}

int gops_cron_parse(gops_cron *out, const char *text, gitops_error *err)
{
    int count = 0;
    memset(out, 0, sizeof *out);
    for (const char *at = text;;) {
        uint64_t bits;
        int any;
        while (is_blank(*at))
            at++;
        size_t length = strcspn(at, " \t");
        if (length == 0)
            break;
        if (count == FIELDS)
            return gops_fail(err, GITOPS_EPARSE, "schedule: more than five fields");
        int rc = read_field(&fields[count], at, length, &bits, &any, err);
        if (rc < 0)
            return rc;
        set_field(out, count++, bits, any);
        at += length;
    }
    if (count < FIELDS)
        return gops_fail(err, GITOPS_EPARSE,
                         "schedule: %d fields, expected minute, hour, day of month, month and "
                         "day of week", count);
    if (gops_cron_next(out, 0) == INT64_MAX)
        return gops_fail(err, GITOPS_EPARSE, "schedule: it names no day that ever comes");
    return 0;
}

/* Where both days are restricted one of them is enough; a "*" leaves it to the other. */
static int matches_day(const gops_cron *cron, int64_t days)
{
    gops_civil date = gops_civil_date(days);
    int day = cron->days >> date.day & 1, weekday = cron->weekdays >> gops_civil_weekday(days) & 1;
    if (!(cron->months >> date.month & 1))
        return 0;
    return cron->any_day || cron->any_weekday ? day && weekday : day || weekday;
}

/* The first matching minute of a day at or after one; -1: none. */
static int next_in_day(const gops_cron *cron, int from)
{
    for (int minute = from; minute < MINUTES_PER_DAY;) {
        if (!(cron->hours >> minute / 60 & 1))
            minute = (minute / 60 + 1) * 60;
        else if (cron->minutes >> minute % 60 & 1)
            return minute;
        else
            minute++;
    }
    return -1;
}

static int previous_in_day(const gops_cron *cron, int from)
{
    for (int minute = from; minute >= 0;) {
        if (!(cron->hours >> minute / 60 & 1))
            minute = minute / 60 * 60 - 1;
        else if (cron->minutes >> minute % 60 & 1)
            return minute;
        else
            minute--;
    }
    return -1;
}

int64_t gops_cron_next(const gops_cron *cron, int64_t minute)
{
    int64_t first = gops_floor_div(minute, MINUTES_PER_DAY);
    for (int64_t day = first; day <= first + SEARCHED_DAYS; day++) {
        int from = day == first ? (int)(minute - first * MINUTES_PER_DAY) : 0;
        int found = matches_day(cron, day) ? next_in_day(cron, from) : -1;
        if (found >= 0)
            return day * MINUTES_PER_DAY + found;
    }
    return INT64_MAX;
}

int64_t gops_cron_previous(const gops_cron *cron, int64_t minute)
{
    int64_t last = gops_floor_div(minute, MINUTES_PER_DAY);
    for (int64_t day = last; day >= last - SEARCHED_DAYS; day--) {
        int from = day == last ? (int)(minute - last * MINUTES_PER_DAY) : MINUTES_PER_DAY - 1;
        int found = matches_day(cron, day) ? previous_in_day(cron, from) : -1;
        if (found >= 0)
            return day * MINUTES_PER_DAY + found;
    }
    return INT64_MIN;
}
