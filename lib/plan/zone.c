/*
 * zone: the transitions of a TZif file as two arrays, moments and the offsets that hold from there
 * on, and the rule behind the last of them, which is worked out for the years around a moment.
 */
#include "plan/zone.h"

#include <string.h>

#include "base/context.h"
#include "plan/civil.h"
#include "plan/zone_rule.h"

enum { HEADER = 44, MAX_OFFSET = 93600, MAX_BYTES = 1 << 20 };

/* No transition is further away: far enough that nothing overflows, and further than any year. */
static const int64_t farthest = INT64_C(31556889864403);

struct gitops_zone {
    gops_refcount references;
    gitops_context *context;
    gops_zone_rule rule;
    int has_rule;
    int32_t first_offset;  /* before the first transition */
    size_t count;
    int64_t *moments;      /* ascending; moments and offsets are one allocation with the zone */
    int32_t *offsets;
};

/* The counts in the header of a block of data. */
typedef struct block {
    uint32_t isut, isstd, leap, time, type, chars;
    const unsigned char *data;
    size_t time_size;
} block;

static uint32_t big32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t big_signed(const unsigned char *p, size_t size)
{
    if (size == 4)
        return (int32_t)big32(p);
    return (int64_t)((uint64_t)big32(p) << 32 | big32(p + 4));
}

static size_t block_size(const block *b)
{
    return (size_t)b->time * (b->time_size + 1) + (size_t)b->type * 6 + b->chars +
           (size_t)b->leap * (b->time_size + 4) + b->isstd + b->isut;
}

/* Reads a header. Returns the bytes of header and data, or 0 when they are not all there. */
static size_t read_block(block *b, const unsigned char *at, size_t length, size_t time_size)
{
    if (length < HEADER || memcmp(at, "TZif", 4) != 0)
        return 0;
    *b = (block){big32(at + 20), big32(at + 24), big32(at + 28), big32(at + 32),
                 big32(at + 36), big32(at + 40), at + HEADER,    time_size};
    if (b->isut > length || b->isstd > length || b->leap > length || b->time > length ||
        b->type > length || b->chars > length || block_size(b) > length - HEADER)
        return 0;
    return HEADER + block_size(b);
}

static gitops_zone *zone_alloc(gitops_context *context, size_t count)
{
    gitops_zone *zone =
        gops_calloc(context, 1, sizeof *zone + count * (sizeof(int64_t) + sizeof(int32_t)));
    if (!zone)
        return NULL;
    gops_refcount_init(&zone->references);
    zone->context = gops_context_ref(context);
    zone->count = count;
    zone->moments = (int64_t *)(zone + 1);
    zone->offsets = (int32_t *)(zone->moments + count);
    return zone;
}

static int fail(gitops_error *err, const char *what)
{
    return gops_fail(err, GITOPS_EPARSE, "time zone: %s", what);
}

static int32_t offset_of_type(const block *b, size_t type)
{
    return (int32_t)big32(b->data + (size_t)b->time * (b->time_size + 1) + type * 6);
}

static int is_offset(int32_t offset)
{
    return offset >= -MAX_OFFSET && offset <= MAX_OFFSET;
}

static int64_t clamp(int64_t moment)
{
    return moment < -farthest ? -farthest : moment > farthest ? farthest : moment;
}

static int fill(gitops_zone *zone, const block *b, gitops_error *err)
{
    const unsigned char *types = b->data + (size_t)b->time * b->time_size;
    for (uint32_t i = 0; i < b->type; i++)
        if (!is_offset(offset_of_type(b, i)))
            return fail(err, "an offset of more than a day");
    zone->first_offset = offset_of_type(b, 0);
    for (size_t i = 0; i < zone->count; i++) {
        zone->moments[i] = clamp(big_signed(b->data + i * b->time_size, b->time_size));
        if (i > 0 && zone->moments[i] < zone->moments[i - 1])
            return fail(err, "its transitions are out of order");
        if (types[i] >= b->type)
            return fail(err, "a transition to a type that is not there");
        zone->offsets[i] = offset_of_type(b, types[i]);
    }
    return 0;
}

/* The footer is the rest: a line with a rule, or an empty one. */
static int read_footer(gitops_zone *zone, const unsigned char *at, size_t length,
                       gitops_error *err)
{
    const char *text = (const char *)at + 1;
    if (length < 2 || at[0] != '\n')
        return fail(err, "its footer is missing");
    const char *end = memchr(text, '\n', length - 1);
    if (!end)
        return fail(err, "its footer has no end");
    if (end == text)
        return 0;
    zone->has_rule = 1;
    if (gops_zone_rule_parse(&zone->rule, text, (size_t)(end - text)) < 0)
        return fail(err, "the rule in its footer cannot be read");
    return 0;
}

/*
 * Finds the block to use: from version 2 on the second one, and the first may be empty then. *footer:
 * what is behind it, or NULL.
 */
static int find_block(block *b, const unsigned char *data, size_t length,
                      const unsigned char **footer, gitops_error *err)
{
    size_t used = read_block(b, data, length, 4), more = 0;
    *footer = NULL;
    if (used > 0 && data[4] != 0) {
        more = read_block(b, data + used, length - used, 8);
        *footer = data + used + more;
    }
    if (used == 0 || (data[4] != 0 && more == 0))
        return fail(err, "no TZif file, or a part of one");
    return b->type > 0 ? 0 : fail(err, "it has no type of time");
}

int gitops_zone_parse(gitops_zone **out, gitops_context *context, const void *tzif, size_t length,
                      gitops_error *err)
{
    block b;
    const unsigned char *footer;
    if (out)
        *out = NULL;
    if (!out || !context || !tzif)
        return gops_fail(err, GITOPS_EINVAL, "time zone: an argument is NULL");
    if (length > MAX_BYTES)
        return fail(err, "more than a mebibyte is no TZif file");
    int rc = find_block(&b, tzif, length, &footer, err);
    if (rc < 0)
        return rc;
    if (b.leap > 0)
        return gops_fail(err, GITOPS_EUNSUPPORTED, "time zone: leap seconds are not counted");
    gitops_zone *zone = zone_alloc(context, b.time);
    if (!zone)
        return gops_fail_memory(err);
    rc = fill(zone, &b, err);
    if (rc == 0 && footer)
        rc = read_footer(zone, footer, length - (size_t)(footer - (const unsigned char *)tzif),
                         err);
    if (rc < 0) {
        gitops_zone_free(zone);
        return rc;
    }
    *out = zone;
    return 0;
}

gitops_zone *gitops_zone_ref(gitops_zone *zone)
{
    if (zone)
        gops_refcount_take(&zone->references);
    return zone;
}

void gitops_zone_free(gitops_zone *zone)
{
    if (!zone || !gops_refcount_drop(&zone->references))
        return;
    gitops_context *context = zone->context;
    gops_free(context, zone);
    gitops_context_free(context);
}

/* Narrows a stretch to where a rule holds one offset: between the changes around a moment. */
static void apply_rule(const gops_zone_rule *rule, int64_t moment, gops_stretch *s)
{
    int64_t year = gops_civil_date(gops_floor_div(moment, 86400)).year;
    s->offset = rule->offset;
    for (int64_t y = year - 1; rule->has_summer && y <= year + 1; y++) {
        int64_t summer = gops_zone_rule_moment(rule, &rule->to_summer, y);
        int64_t standard = gops_zone_rule_moment(rule, &rule->to_standard, y);
        for (int i = 0; i < 2; i++) {
            /* In the order in which they come; where a year has no standard time they meet. */
            int is_summer = (i == 0) == (summer < standard);
            int64_t change = is_summer ? summer : standard;
            if (change > moment) {
                s->end = change < s->end ? change : s->end;
                continue;
            }
            s->offset = is_summer ? rule->summer_offset : rule->offset;
            s->start = change > s->start ? change : s->start;
        }
    }
}

/* Transitions up to a moment. */
static size_t count_before(const gitops_zone *zone, int64_t moment)
{
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->moments[middle] <= moment)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

gops_stretch gops_zone_stretch(const gitops_zone *zone, int64_t unix_s)
{
    gops_stretch s = {INT64_MIN, INT64_MAX, 0};
    if (!zone)
        return s;
    int64_t moment = clamp(unix_s);
    size_t n = count_before(zone, moment);
    s.offset = n ? zone->offsets[n - 1] : zone->first_offset;
    if (n > 0)
        s.start = zone->moments[n - 1];
    if (n < zone->count)
        s.end = zone->moments[n];
    else if (zone->has_rule)
        apply_rule(&zone->rule, moment, &s);
    return s;
}

int32_t gitops_zone_offset(const gitops_zone *zone, int64_t unix_ms)
{
    return gops_zone_stretch(zone, gops_floor_div(unix_ms, 1000)).offset;
}
