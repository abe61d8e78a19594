/* Windows of time: who decides, what clocks do to them, and when to ask again. */
#include "tzif.h"

#include "plan/civil.h"

enum { HOUR = 3600000, MINUTE = 60000, ALLOW = GITOPS_WINDOW_ALLOW, DENY = GITOPS_WINDOW_DENY };

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

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
    return (gops_civil_days(year, month, day) * 1440 + hour * 60 + minute) * MINUTE;
}

static gitops_window window(int32_t kind, const char *schedule, int64_t duration_ms)
{
    return (gitops_window){.struct_size = sizeof(gitops_window), .kind = kind,
                           .schedule = schedule, .duration_ms = duration_ms};
}

static gitops_windows *make(const gitops_window *given, size_t count)
{
    gitops_windows *windows;
    gitops_error err = {0};
    if (gitops_windows_new(&windows, context, given, count, &err) < 0)
        fail_msg("%s", err.message);
    return windows;
}

static void open_fromItsMinute_forItsDuration(void **state)
{
    gitops_window given = window(ALLOW, "0 22 * * *", 8 * HOUR);
    gitops_windows *windows = make(&given, 1);
    (void)state;
    assert_int_equal(gitops_windows_open(windows, 0, at(2026, 1, 1, 22, 0) - 1), 0);
    assert_int_equal(gitops_windows_open(windows, 0, at(2026, 1, 1, 22, 0)), 1);
    assert_int_equal(gitops_windows_open(windows, 0, at(2026, 1, 2, 6, 0) - 1), 1);
    assert_int_equal(gitops_windows_open(windows, 0, at(2026, 1, 2, 6, 0)), 0);
    assert_int_equal(gitops_windows_open(windows, 1, at(2026, 1, 1, 23, 0)), 0);
    assert_int_equal(gitops_windows_open(windows, 0, at(1960, 1, 1, 23, 0)), 1);
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 1, 1, 12, 0)),
                     at(2026, 1, 1, 22, 0));
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 1, 1, 22, 0)),
                     at(2026, 1, 2, 6, 0));
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 1, 2, 6, 0)),
                     at(2026, 1, 2, 22, 0));
    gitops_windows_free(windows);
}

/* One row: which of the windows below are open is said by the hour. */
static void decision_everyRow_ofTheTable(void **state)
{
    static const struct {
        const char *windows; /* A, D: open; a, d: closed; each with m (manual) and o (overrun) */
        int plain, manual, began;
        int64_t blocker;
    } rows[] = {
        {"", 1, 1, 1, -1},         {"A", 1, 1, 1, -1},        {"d", 1, 1, 1, -1},
        {"a", 0, 0, 0, 0},         {"am", 0, 1, 0, 0},        {"ao", 0, 0, 1, 0},
        {"amo", 0, 1, 1, 0},       {"am a", 0, 0, 0, 0},      {"am ao", 0, 0, 0, 0},
        {"amo amo", 0, 1, 1, 0},   {"A a", 1, 1, 1, -1},      {"D", 0, 0, 0, 0},
        {"Dm", 0, 1, 0, 0},        {"Do", 0, 0, 1, 0},        {"Dm D", 0, 0, 0, 0},
        {"Dm Dmo", 0, 1, 0, 0},    {"A D", 0, 0, 0, 1},       {"A Dm", 0, 1, 0, 1},
        {"d a", 0, 0, 0, 1},       {"d A", 1, 1, 1, -1},      {"Dmo a", 0, 1, 1, 0},
        {"dm am", 0, 1, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gitops_window given[4];
        size_t count = 0;
        for (const char *c = rows[i].windows; *c; c++) {
            if (*c == 'm')
                given[count - 1].manual_sync = 1;
            else if (*c == 'o')
                given[count - 1].sync_overrun = 1;
            else if (*c != ' ')
                given[count++] = window(*c == 'A' || *c == 'a' ? ALLOW : DENY,
                                        *c == 'A' || *c == 'D' ? "0 12 * * *" : "0 0 * * *", HOUR);
        }
        gitops_windows *windows = make(given, count);
        int64_t noon = at(2026, 1, 1, 12, 0);
        int plain = gitops_windows_allow(windows, noon, 0, 0);
        int manual = gitops_windows_allow(windows, noon, 1, 0);
        int began = gitops_windows_allow(windows, noon, 0, 1);
        if (plain != rows[i].plain || manual != rows[i].manual || began != rows[i].began ||
            gitops_windows_blocker(windows, noon, 0, 0) != rows[i].blocker)
            fail_msg("%s: %d %d %d %d", rows[i].windows, plain, manual, began,
                     (int)gitops_windows_blocker(windows, noon, 0, 0));
        gitops_windows_free(windows);
    }
}

static gitops_windows *in_berlin(const char *schedule, int64_t duration_ms)
{
    gitops_zone *zone = tzif_zone(context, BERLIN);
    gitops_window given = window(DENY, schedule, duration_ms);
    given.zone = zone;
    gitops_windows *windows = make(&given, 1);
    gitops_zone_free(zone); /* the windows hold it */
    return windows;
}

/* On 2026-03-29 the clocks go from 02:00 to 03:00 at 01:00 UTC: half past two does not come. */
static void clocksPutForward_windowOpensAtTheChange(void **state)
{
    gitops_windows *windows = in_berlin("30 2 * * *", 2 * HOUR);
    (void)state;
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 3, 29, 0, 0)),
                     at(2026, 3, 29, 1, 0));
    assert_int_equal(gitops_windows_open(windows, 0, at(2026, 3, 29, 1, 0) - 1), 0);
    assert_int_equal(gitops_windows_open(windows, 0, at(2026, 3, 29, 1, 0)), 1);
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 3, 29, 1, 0)),
                     at(2026, 3, 29, 3, 0));
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 3, 29, 3, 0)),
                     at(2026, 3, 30, 0, 30));
    gitops_windows_free(windows);
}

/* On 2026-10-25 they go from 03:00 back to 02:00 at 01:00 UTC: half past two comes twice. */
static void clocksPutBack_windowOpensTwice(void **state)
{
    gitops_windows *windows = in_berlin("30 2 * * *", 10 * MINUTE);
    static const int expected[][2] = {{0, 30}, {0, 40}, {1, 30}, {1, 40}};
    int64_t now = at(2026, 10, 25, 0, 0);
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        now = gitops_windows_next_change(windows, now);
        assert_int_equal(now, at(2026, 10, 25, expected[i][0], expected[i][1]));
        assert_int_equal(gitops_windows_open(windows, 0, now), i % 2 == 0);
    }
    gitops_windows_free(windows);
    windows = in_berlin("30 2 * * *", 2 * HOUR); /* the second opening prolongs the first */
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 10, 25, 0, 30)),
                     at(2026, 10, 25, 3, 30));
    gitops_windows_free(windows);
}

static void overlappingOpenings_areOneWindow(void **state)
{
    gitops_window given = window(ALLOW, "0,30 8-9 * * *", 45 * MINUTE);
    gitops_windows *windows = make(&given, 1);
    (void)state;
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 1, 1, 8, 10)),
                     at(2026, 1, 1, 10, 15));
    gitops_windows_free(windows);
    given = window(ALLOW, "0 8-9 * * *", HOUR); /* one ends when the other opens */
    windows = make(&given, 1);
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 1, 1, 8, 10)),
                     at(2026, 1, 1, 10, 0));
    gitops_windows_free(windows);
}

static void alwaysOpen_isAskedAgainLater(void **state)
{
    gitops_window given = window(ALLOW, "* * * * *", MINUTE);
    gitops_windows *windows = make(&given, 1);
    int64_t now = at(2026, 1, 1, 0, 0);
    (void)state;
    for (int i = 0; i < 5; i++) {
        int64_t next = gitops_windows_next_change(windows, now);
        assert_true(next > now + 12 * HOUR);
        assert_int_equal(gitops_windows_open(windows, 0, next), 1);
        now = next;
    }
    gitops_windows_free(windows);
}

static void nextChange_isTheFirstOfAll(void **state)
{
    gitops_window given[] = {window(ALLOW, "0 22 * * *", HOUR), window(DENY, "0 6 * * *", HOUR)};
    gitops_windows *windows = make(given, 2);
    (void)state;
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 1, 1, 0, 0)),
                     at(2026, 1, 1, 6, 0));
    assert_int_equal(gitops_windows_next_change(windows, at(2026, 1, 1, 7, 0)),
                     at(2026, 1, 1, 22, 0));
    gitops_windows_free(windows);
    windows = make(NULL, 0);
    assert_int_equal(gitops_windows_next_change(windows, 0), INT64_MAX);
    gitops_windows_free(windows);
    assert_int_equal(gitops_windows_next_change(NULL, 0), INT64_MAX);
    assert_int_equal(gitops_windows_allow(NULL, 0, 0, 0), 1);
}

/* Any number is a time: no overflow, and an answer. */
static void extremeTimes_haveAnAnswer(void **state)
{
    static const int64_t times[] = {INT64_MIN, INT64_MIN / 2, -1, 0, INT64_MAX / 2, INT64_MAX};
    gitops_windows *windows = in_berlin("30 2 29 2 *", 8 * HOUR);
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        int32_t allowed = gitops_windows_allow(windows, times[i], 0, 0);
        assert_true(allowed == 0 || allowed == 1);
        assert_true(gitops_windows_next_change(windows, times[i]) > times[i] ||
                    times[i] == INT64_MAX);
    }
    gitops_windows_free(windows);
}

static void malformedWindows_areRefused(void **state)
{
    gitops_windows *windows;
    gitops_window good = window(ALLOW, "0 0 * * *", HOUR), bad[7];
    (void)state;
    for (size_t i = 0; i < 7; i++)
        bad[i] = good;
    bad[0].kind = 0;
    bad[1].kind = 3;
    bad[2].schedule = NULL;
    bad[3].duration_ms = MINUTE - 1;
    bad[4].duration_ms = (int64_t)367 * 24 * HOUR;
    bad[5].struct_size = 0;
    bad[6].schedule = "0 0 * *";
    for (size_t i = 0; i < 7; i++) {
        gitops_window pair[2] = {good, bad[i]};
        int rc = gitops_windows_new(&windows, context, pair, 2, NULL);
        assert_int_equal(rc, i == 6 ? GITOPS_EPARSE : GITOPS_EINVAL);
        assert_null(windows);
    }
    assert_int_equal(gitops_windows_new(&windows, context, NULL, 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_windows_new(NULL, context, &good, 1, NULL), GITOPS_EINVAL);
}

static void holds_areCounted(void **state)
{
    gitops_windows *windows = in_berlin("0 0 * * *", HOUR);
    (void)state;
    assert_ptr_equal(gitops_windows_ref(windows), windows);
    gitops_windows_free(windows);
    assert_int_equal(gitops_windows_open(windows, 0, at(2026, 1, 1, 23, 30)), 1);
    gitops_windows_free(windows);
    gitops_windows_free(NULL);
    assert_null(gitops_windows_ref(NULL));
}

static void windows_body(gitops_context *own, void *data)
{
    gitops_window given = window(ALLOW, "0 0 * * *", HOUR);
    gitops_windows *windows;
    (void)data;
    int rc = gitops_windows_new(&windows, own, &given, 1, NULL);
    assert_true(rc == 0 || rc == GITOPS_ENOMEM);
    gitops_windows_free(windows);
}

static void windows_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(windows_body, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_context, close_context)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(open_fromItsMinute_forItsDuration),
        TEST(decision_everyRow_ofTheTable),
        TEST(clocksPutForward_windowOpensAtTheChange),
        TEST(clocksPutBack_windowOpensTwice),
        TEST(overlappingOpenings_areOneWindow),
        TEST(alwaysOpen_isAskedAgainLater),
        TEST(nextChange_isTheFirstOfAll),
        TEST(extremeTimes_haveAnAnswer),
        TEST(malformedWindows_areRefused),
        TEST(holds_areCounted),
        cmocka_unit_test(windows_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
