/* The rule at the end of a TZif file: a POSIX TZ text, which says how years go on. */
#ifndef GOPS_RECONCILE_ZONE_RULE_H
#define GOPS_RECONCILE_ZONE_RULE_H

#include <stddef.h>
#include <stdint.h>

typedef enum gops_day_form {
    GOPS_DAY_OF_YEAR = 0,  /* n: from 0, leap days count */
    GOPS_DAY_JULIAN,       /* Jn: from 1, a leap day has no number */
    GOPS_DAY_OF_WEEK       /* Mm.w.d: weekday d in week w of month m, 5 = the last */
} gops_day_form;

typedef struct gops_rule_change {
    gops_day_form form;
    int month, week, day;
    int32_t seconds;       /* after midnight on the clocks before the change */
} gops_rule_change;

typedef struct gops_zone_rule {
    int32_t offset;            /* of standard time */
    int has_summer;
    int32_t summer_offset;
    gops_rule_change to_summer, to_standard;
} gops_zone_rule;

/* Returns 0, or -1 when it is no such text. Without summer time the rule is one offset. */
int gops_zone_rule_parse(gops_zone_rule *out, const char *text, size_t length);

/* The moment of a change in a year, in seconds of unix time. */
int64_t gops_zone_rule_moment(const gops_zone_rule *rule, const gops_rule_change *change,
                              int64_t year);

#endif
