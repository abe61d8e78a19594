/* Time zones: transitions, the rule behind them, and files that are none. */
#include "tzif.h"

#include "plan/civil.h"
#include "plan/zone.h"

static gitops_context *context;

static int open_context(void **state)
{
    (void)state;
    context = support_context_new();
    return 0;
}

static int close_context(void **state)
{
    (void)state;
    support_context_free(context);
    return 0;
}

static int64_t at(int64_t year, int month, int day, int hour, int minute)
{
    return (gops_civil_days(year, month, day) * 1440 + hour * 60 + minute) * 60;
}

static void utc_isOneStretch(void **state)
{
    (void)state;
    gops_stretch s = gops_zone_stretch(NULL, 5);
    assert_true(s.start == INT64_MIN && s.end == INT64_MAX && s.offset == 0);
    assert_int_equal(gitops_zone_offset(NULL, -1), 0);
}

static void table_transitions_thenRule(void **state)
{
    static const int32_t offsets[] = {-1234, 3600, 7200};
    static const uint8_t types[] = {1, 2, 1};
    const int64_t moments[] = {-1000, 0, at(2020, 6, 1, 0, 0)};
    tzif file = {offsets, 3, moments, types, 3, "CET-1CEST,M3.5.0,M10.5.0/3"};
    unsigned char bytes[TZIF_MAX];
    gitops_zone *zone;
    (void)state;
    assert_int_equal(gitops_zone_parse(&zone, context, bytes, tzif_write(bytes, &file), NULL), 0);
    static const struct {
        int64_t moment;
        int32_t offset;
    } cases[] = {{-1001, -1234}, {-1000, 3600}, {-1, 3600}, {0, 7200}, {86400, 7200}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(gitops_zone_offset(zone, cases[i].moment * 1000), cases[i].offset);
    assert_int_equal(gitops_zone_offset(zone, -1000 * 1000 - 1), -1234); /* rounded down */
    gops_stretch last = gops_zone_stretch(zone, moments[2]);
    assert_int_equal(last.start, moments[2]);
    assert_int_equal(last.end, at(2020, 10, 25, 1, 0));
    assert_int_equal(last.offset, 7200);
    last = gops_zone_stretch(zone, last.end);
    assert_int_equal(last.end, at(2021, 3, 28, 1, 0));
    assert_int_equal(last.offset, 3600);
    gitops_zone_free(zone);
}

static void rule_everyForm_namesItsMoment(void **state)
{
    const struct {
        const char *rule;
        int64_t moment, change; /* the end of the stretch that the moment is in; 0: none */
        int32_t offset;
    } cases[] = {
        {"UTC0", 0, 0, 0},
        {"EST5", 0, 0, -18000},
        {"<+0545>-5:45", 0, 0, 20700},
        {"<-03>+3", 0, 0, -10800},
        {"LMT-0:12:34", 0, 0, 754},
        {"CET-1CEST,M3.5.0,M10.5.0/3", at(2026, 1, 1, 0, 0), at(2026, 3, 29, 1, 0), 3600},
        {"CET-1CEST,M3.5.0,M10.5.0/3", at(2026, 7, 1, 0, 0), at(2026, 10, 25, 1, 0), 7200},
        {"CET-1CEST,M3.5.0,M10.5.0/3", at(2026, 12, 31, 23, 59), at(2027, 3, 28, 1, 0), 3600},
        {"CET-1CEST,M3.5.0,M10.5.0/3", at(9999, 7, 1, 0, 0), at(9999, 10, 31, 1, 0), 7200},
        /* South of the equator summer comes over the new year. */
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", at(2026, 1, 1, 0, 0), at(2026, 4, 4, 16, 0), 39600},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", at(2026, 6, 1, 0, 0), at(2026, 10, 3, 16, 0), 36000},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", at(2026, 1, 1, 0, 0), at(2026, 4, 4, 15, 0), 39600},
        /* Ireland's winter is the exception, as the file says it. */
        {"IST-1GMT0,M10.5.0,M3.5.0/1", at(2026, 1, 1, 0, 0), at(2026, 3, 29, 1, 0), 0},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", at(2026, 7, 1, 0, 0), at(2026, 10, 25, 1, 0), 3600},
        /* Hours before and behind the day. */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", at(2026, 1, 1, 0, 0), at(2026, 3, 29, 1, 0), -7200},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", at(2026, 1, 1, 0, 0), at(2026, 3, 28, 0, 0), 7200},
        /* J60 is the first of March in every year, 59 only in those without a leap day. */
        {"AAA0BBB,J60/0,J300/0", at(2024, 1, 1, 0, 0), at(2024, 3, 1, 0, 0), 0},
        {"AAA0BBB,J60/0,J300/0", at(2023, 1, 1, 0, 0), at(2023, 3, 1, 0, 0), 0},
        {"AAA0BBB,59/0,300/0", at(2024, 1, 1, 0, 0), at(2024, 2, 29, 0, 0), 0},
        {"AAA0BBB,59/0,300/0", at(2023, 1, 1, 0, 0), at(2023, 3, 1, 0, 0), 0},
        /* Summer all the year: the changes meet, and none is seen. */
        {"XXX3EDT4,0/0,J365/23", at(2026, 12, 31, 23, 0), 0, -14400},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gitops_zone *zone = tzif_zone(context, cases[i].rule);
        gops_stretch s = gops_zone_stretch(zone, cases[i].moment);
        if (s.offset != cases[i].offset || (cases[i].change && s.end != cases[i].change))
            fail_msg("%s (row %d): %d until %lld", cases[i].rule, (int)i, (int)s.offset,
                     (long long)s.end);
        gitops_zone_free(zone);
    }
}

static void malformedRules_areRefused(void **state)
{
    static const char *const rules[] = {
        "A0",        "AB-1",         "CET",          "CET-",           "CET-1CEST",
        "CET25",     "CET-1CE,M3.5.0,M10.5.0", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/168",
        "CET-1CEST,J0,J1", "CET-1CEST,J366,J1", "CET-1CEST,366,1", "CET-1CEST,M3.5.0,M10.5.0x",
        "<CET-1",    "<>-1",         "CET-1:60",     "CET-1:0:60",     "1CET",
        "CET-1CEST,M3.5,M10.5.0",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        static const int32_t offsets[] = {0};
        tzif file = {offsets, 1, NULL, NULL, 0, rules[i]};
        unsigned char bytes[TZIF_MAX];
        gitops_zone *zone;
        gitops_error err = {0};
        if (gitops_zone_parse(&zone, context, bytes, tzif_write(bytes, &file), &err) == 0)
            fail_msg("%s is read", rules[i]);
        assert_null(zone);
        assert_string_equal(err.message, "time zone: the rule in its footer cannot be read");
    }
}

/* Every beginning of a file is refused, and every changed byte is read or refused. */
static void malformedFiles_areRefusedOrRead(void **state)
{
    static const int32_t offsets[] = {0, 3600};
    static const uint8_t types[] = {1, 0};
    static const int64_t moments[] = {0, 100};
    tzif file = {offsets, 2, moments, types, 2, "CET-1CEST,M3.5.0,M10.5.0/3"};
    unsigned char bytes[TZIF_MAX];
    gitops_zone *zone;
    size_t length = tzif_write(bytes, &file);
    (void)state;
    for (size_t cut = 0; cut < length; cut++) {
        unsigned char *copy = malloc(cut ? cut : 1); /* so that a read behind it is seen */
        memcpy(copy, bytes, cut);
        assert_int_equal(gitops_zone_parse(&zone, context, copy, cut, NULL), GITOPS_EPARSE);
        free(copy);
    }
    for (size_t i = 0; i < length; i++)
        for (int bit = 0; bit < 8; bit++) {
            unsigned char copy[TZIF_MAX];
            memcpy(copy, bytes, length);
            copy[i] ^= (unsigned char)(1 << bit);
            if (gitops_zone_parse(&zone, context, copy, length, NULL) == 0)
                for (int64_t s = -4000000000; s <= 4000000000; s += 1000000000) {
                    gops_stretch stretch = gops_zone_stretch(zone, s);
                    assert_true(stretch.start <= s && s < stretch.end);
                }
            gitops_zone_free(zone);
        }
}

static void malformedTables_areRefusedWithTheirReason(void **state)
{
    static const int32_t offsets[] = {0}, wild[] = {0, 100000};
    static const int64_t moments[] = {5, 4};
    static const uint8_t types[] = {0, 0}, foreign[] = {7, 7};
    static const struct {
        tzif file;
        const char *message;
    } cases[] = {
        {{offsets, 1, moments, types, 2, ""}, "time zone: its transitions are out of order"},
        {{offsets, 1, moments, foreign, 1, ""}, "time zone: a transition to a type that is not there"},
        {{wild, 2, moments, types, 1, ""}, "time zone: an offset of more than a day"},
        {{offsets, 0, NULL, NULL, 0, ""}, "time zone: it has no type of time"},
    };
    unsigned char bytes[TZIF_MAX];
    gitops_zone *zone;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gitops_error err = {0};
        size_t length = tzif_write(bytes, &cases[i].file);
        assert_int_equal(gitops_zone_parse(&zone, context, bytes, length, &err), GITOPS_EPARSE);
        assert_string_equal(err.message, cases[i].message);
    }
    assert_int_equal(gitops_zone_parse(&zone, context, NULL, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_zone_parse(&zone, context, "TZif", 4, NULL), GITOPS_EPARSE);
    gitops_zone_free(NULL);
    assert_null(gitops_zone_ref(NULL));
}

static void zone_body(gitops_context *own, void *data)
{
    static const int32_t offsets[] = {0};
    tzif file = {offsets, 1, NULL, NULL, 0, "UTC0"};
    unsigned char bytes[TZIF_MAX];
    gitops_zone *zone;
    (void)data;
    int rc = gitops_zone_parse(&zone, own, bytes, tzif_write(bytes, &file), NULL);
    assert_true(rc == 0 || rc == GITOPS_ENOMEM);
    gitops_zone_free(zone);
}

static void zone_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(zone_body, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_context, close_context)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utc_isOneStretch),
        TEST(table_transitions_thenRule),
        TEST(rule_everyForm_namesItsMoment),
        TEST(malformedRules_areRefused),
        TEST(malformedFiles_areRefusedOrRead),
        TEST(malformedTables_areRefusedWithTheirReason),
        cmocka_unit_test(zone_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
