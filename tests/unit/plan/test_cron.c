/* Schedules: what they name, in which order, and what is none. */
#include "support.h"

#include "plan/civil.h"
#include "plan/cron.h"

/* Minutes since 1970-01-01 00:00. */
static int64_t at(int64_t year, int month, int day, int hour, int minute)
{
    return gops_civil_days(year, month, day) * 1440 + hour * 60 + minute;
}

static gops_cron parse(const char *text)
{
    gops_cron cron;
    gitops_error err = {0};
    if (gops_cron_parse(&cron, text, &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return cron;
}

static void civil_everyDay_readsBack(void **state)
{
    int64_t expected = gops_civil_days(-400, 1, 1);
    (void)state;
    assert_int_equal(gops_civil_days(1970, 1, 1), 0);
    assert_int_equal(gops_civil_days(2000, 3, 1), 11017);
    assert_int_equal(gops_civil_weekday(0), 4);
    assert_int_equal(gops_civil_weekday(-1), 3);
    for (int64_t days = expected; days < gops_civil_days(2500, 1, 1); days++) {
        gops_civil date = gops_civil_date(days);
        assert_int_equal(gops_civil_days(date.year, date.month, date.day), days);
        assert_in_range(date.month, 1, 12);
        assert_in_range(date.day, 1, 31);
        if (date.month == 2 && date.day == 29)
            assert_true(gops_civil_is_leap(date.year));
    }
}

static void next_theFirstMinuteAtOrAfter(void **state)
{
    static const struct {
        const char *schedule;
        int from[5], expected[5];
    } cases[] = {
        {"* * * * *", {2026, 11, 27, 10, 7}, {2026, 11, 27, 10, 7}},
        {"30 2 * * *", {2026, 11, 27, 2, 30}, {2026, 11, 27, 2, 30}},
        {"30 2 * * *", {2026, 11, 27, 2, 31}, {2026, 11, 28, 2, 30}},
        {"*/15 9-17 * * MON-FRI", {2026, 11, 27, 17, 50}, {2026, 11, 30, 9, 0}},
        {"0 0 1 * *", {2026, 12, 1, 0, 1}, {2027, 1, 1, 0, 0}},
        {"0 0 29 feb ?", {2096, 3, 1, 0, 0}, {2104, 2, 29, 0, 0}},
        {"5/20 3 * * *", {2026, 1, 1, 3, 26}, {2026, 1, 1, 3, 45}},
        {"1,3-5,50/5 0 * * *", {2026, 1, 1, 0, 6}, {2026, 1, 1, 0, 50}},
        /* Both days restricted: one of them is enough. 2026-11-13 is a Friday. */
        {"0 0 20 * fri", {2026, 11, 14, 0, 0}, {2026, 11, 20, 0, 0}},
        {"0 0 18 * fri", {2026, 11, 14, 0, 0}, {2026, 11, 18, 0, 0}},
        /* A "*" among them leaves it to the other one, also in a list; "*" with a step does not. */
        {"0 0 13 * *", {2026, 11, 14, 0, 0}, {2026, 12, 13, 0, 0}},
        {"0 0 ? * 0", {2026, 11, 27, 0, 0}, {2026, 11, 29, 0, 0}},
        {"0 0 13 * *,1", {2026, 11, 14, 0, 0}, {2026, 12, 13, 0, 0}},
        {"0 0 */30 * fri", {2026, 11, 14, 0, 0}, {2026, 11, 20, 0, 0}},
        {"0 0 * * 7", {2026, 11, 27, 0, 0}, {2026, 11, 29, 0, 0}},
        {"0 0 * * 6-7", {2026, 11, 29, 0, 1}, {2026, 12, 5, 0, 0}},
        {"0 0 * * 7/2", {2026, 11, 27, 0, 0}, {2026, 11, 29, 0, 0}},
        {"\t0  0\t31 * *  ", {2026, 2, 1, 0, 0}, {2026, 3, 31, 0, 0}},
        {"0 0 31 4,5 *", {2026, 4, 1, 0, 0}, {2026, 5, 31, 0, 0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const int *f = cases[i].from, *e = cases[i].expected;
        gops_cron cron = parse(cases[i].schedule);
        int64_t found = gops_cron_next(&cron, at(f[0], f[1], f[2], f[3], f[4]));
        if (found != at(e[0], e[1], e[2], e[3], e[4])) {
            gops_civil date = gops_civil_date(gops_floor_div(found, 1440));
            fail_msg("%s: %d-%d-%d", cases[i].schedule, (int)date.year, date.month, date.day);
        }
    }
}

/* Both searches walk over the same minutes. */
static void previous_mirrorsNext(void **state)
{
    static const char *const schedules[] = {"* * * * *",     "30 2 * * *", "*/7 */5 1,15 * fri",
                                            "0 0 29 2 *",    "59 23 31 12 ?", "0 0 ? * 7"};
    (void)state;
    for (size_t i = 0; i < sizeof schedules / sizeof schedules[0]; i++) {
        gops_cron cron = parse(schedules[i]);
        int64_t minute = at(1968, 5, 5, 12, 0);
        for (int k = 0; k < 40; k++) {
            int64_t next = gops_cron_next(&cron, minute);
            assert_true(next >= minute);
            assert_int_equal(gops_cron_previous(&cron, next), next);
            int64_t after = gops_cron_next(&cron, next + 1);
            assert_int_equal(gops_cron_previous(&cron, after - 1), next);
            minute = next + 1;
        }
    }
}

static void malformedSchedules_areRefused(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "schedule: 0 fields, expected minute, hour, day of month, month and day of week"},
        {"* * * *", "schedule: 4 fields, expected minute, hour, day of month, month and day of "
                    "week"},
        {"* * * * * *", "schedule: more than five fields"},
        {"@daily", "schedule: \"@daily\" is no minute"},
        {"60 * * * *", "schedule: \"60\" is no minute"},
        {"* 24 * * *", "schedule: \"24\" is no hour"},
        {"* * 0 * *", "schedule: \"0\" is no day of month"},
        {"* * 32 * *", "schedule: \"32\" is no day of month"},
        {"* * * 13 *", "schedule: \"13\" is no month"},
        {"* * * MON *", "schedule: \"MON\" is no month"},
        {"* * * * 8", "schedule: \"8\" is no day of week"},
        {"* * * * MONDAY", "schedule: \"MONDAY\" is no day of week"},
        {"5-3 * * * *", "schedule: \"5-3\" is no minute"},
        {"5- * * * *", "schedule: \"5-\" is no minute"},
        {"-5 * * * *", "schedule: \"-5\" is no minute"},
        {"*/0 * * * *", "schedule: \"*/0\" is no minute"},
        {"*/ * * * *", "schedule: \"*/\" is no minute"},
        {"*/5/5 * * * *", "schedule: \"*/5/5\" is no minute"},
        {"1,,2 * * * *", "schedule: \"1,,2\" is no minute"},
        {"1, * * * *", "schedule: \"1,\" is no minute"},
        {", * * * *", "schedule: \",\" is no minute"},
        {"*5 * * * *", "schedule: \"*5\" is no minute"},
        {"1000 * * * *", "schedule: \"1000\" is no minute"},
        {"99999999999999999999 * * * *", "schedule: \"99999999999999999999\" is no minute"},
        {"0 0 30 2 *", "schedule: it names no day that ever comes"},
        {"0 0 31 2,4,6 *", "schedule: it names no day that ever comes"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gops_cron cron;
        gitops_error err = {0};
        assert_int_equal(gops_cron_parse(&cron, cases[i].text, &err), GITOPS_EPARSE);
        assert_string_equal(err.message, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_everyDay_readsBack),
        cmocka_unit_test(next_theFirstMinuteAtOrAfter),
        cmocka_unit_test(previous_mirrorsNext),
        cmocka_unit_test(malformedSchedules_areRefused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
