/* What is said about a unit and outlives a run: suspended, pinned, failed before. */
#include "sim.h"

#include <stdio.h>

#define OBJECT(name, spec) \
    "apiVersion: v1\nkind: A\nmetadata: {name: " name "}\nspec: " spec "\n"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static gitops_context *context;
static sim device;
static world w;

static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, SIM_CAN_LIST), 0);
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    world_put(&w, "b.yaml", OBJECT("b", "{x: 1}"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_close(&w);
    sim_release(&device);
    support_context_free(context);
    return 0;
}

static const char *failure(void)
{
    static char message[640];
    gitops_error err = {0};
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_run_status(run, &err);
    gitops_run_free(run);
    snprintf(message, sizeof message, "%s", err.message);
    return message;
}

static void suspended_unit_isLeftAloneUntilItIsResumed(void **state)
{
    (void)state;
    assert_int_equal(gitops_reconciler_suspend(w.reconciler, "sim", 0, "moving house", NULL), 0);
    for (int process = 0; process < 2; process++) {
        assert_int_equal(world_run(&w), GITOPS_ESUSPENDED);
        assert_string_equal(failure(), "unit sim is suspended: moving house");
        assert_int_equal(device.writes, 0);
        assert_int_equal(device.lists, 0);
        assert_int_equal(world_restart(&w), 0);
    }
    assert_int_equal(gitops_reconciler_resume(w.reconciler, "sim", NULL), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 2);
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
}

static void suspended_forATime_goesOnByItself(void **state)
{
    (void)state;
    int64_t until = 1700000000000 + w.now_ms + 250000;
    assert_int_equal(gitops_reconciler_suspend(w.reconciler, "sim", until, NULL, NULL), 0);
    assert_int_equal(world_run(&w), GITOPS_ESUSPENDED);
    assert_string_equal(failure(), "unit sim is suspended");
    assert_int_equal(world_run(&w), GITOPS_ESUSPENDED);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 2);
}

static void suspended_unit_isPlannedAllTheSame(void **state)
{
    (void)state;
    assert_int_equal(gitops_reconciler_suspend(w.reconciler, "sim", 0, NULL, NULL), 0);
    assert_int_equal(world_run(&w), GITOPS_ESUSPENDED);
    w.options.plan_only = 1;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_count(&w, GITOPS_ACTION_CREATE), 2);
}

static void suspend_badArguments_areRefused(void **state)
{
    char reason[1002];
    (void)state;
    memset(reason, 'x', sizeof reason - 1);
    reason[sizeof reason - 1] = 0;
    gitops_reconciler *r = w.reconciler;
    assert_int_equal(gitops_reconciler_suspend(r, "other", 0, NULL, NULL), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_reconciler_suspend(r, NULL, 0, NULL, NULL), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_reconciler_suspend(r, "sim", 0, reason, NULL), GITOPS_ELIMIT);
    assert_int_equal(gitops_reconciler_resume(r, "other", NULL), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_reconciler_pin(r, "other", COMMIT, NULL, NULL), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_reconciler_pin(r, "sim", "main", NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_reconciler_pin(r, "sim", NULL, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_reconciler_pin(r, "sim", COMMIT "0", NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(world_run(&w), 0);
}

/* A source in memory has no past; that a repository has one is tested with the program. */
static void pinned_toWhatIsGone_changesNothing(void **state)
{
    (void)state;
    assert_int_equal(gitops_reconciler_pin(w.reconciler, "sim", COMMIT, "why", NULL), 0);
    assert_int_equal(world_run(&w), GITOPS_EUNSUPPORTED);
    assert_int_equal(device.writes, 0);
    assert_int_equal(gitops_reconciler_resume(w.reconciler, "sim", NULL), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 2);
}

/* Passes by the clock leave alone what failed for good, until it or the target changes. */
static void failed_forGood_isNotTriedAgainByItself(void **state)
{
    (void)state;
    w.by_interval = 1;
    device.fault = SIM_FAILED;
    device.fault_key = "_/A/a";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    size_t writes = device.writes;
    for (int process = 0; process < 3; process++) {
        assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
        assert_string_equal(failure(), "_/A/a failed before, and nothing has changed since: apply "
                                       "_/A/a: no space");
        assert_int_equal(device.writes, writes);
        assert_int_equal(world_restart(&w), 0);
    }
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_null(run); /* of the new process */
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_plan *plan = gitops_run_plan(run);
    assert_int_equal(gitops_plan_count(plan), 0);
    assert_int_equal(gitops_plan_withheld_count(plan), 1);
    assert_string_equal(gitops_operation_key(gitops_plan_withheld(plan, 0)), "_/A/a");
    assert_null(gitops_plan_withheld(plan, 1));
    assert_int_equal(gitops_plan_summary(plan, GITOPS_ACTION_NONE), 1);
    gitops_run_free(run);
    world_put(&w, "a.yaml", OBJECT("a", "{x: 2}")); /* Git has changed */
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes + 1);
    assert_int_equal(world_run(&w), 0);
}

static void failed_forGood_isTriedWhenSomebodyAsks(void **state)
{
    (void)state;
    device.fault = SIM_FAILED;
    device.fault_key = "_/A/a";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    size_t writes = device.writes;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_int_equal(device.writes, writes + 1);
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
}

/* What came in order by another hand is forgotten: it may fail anew later, and is tried anew. */
static void failed_thenMendedByHand_isForgotten(void **state)
{
    (void)state;
    w.by_interval = 1;
    w.policy.adopt = GITOPS_ADOPT_ALWAYS;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    const char *live = strdup(sim_get(&device, "_/A/a"));
    sim_set(&device, "_/A/a", "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},"
                              "\"spec\":{\"x\":7}}");
    device.fault = SIM_FAILED;
    device.fault_key = "_/A/a";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    sim_set(&device, "_/A/a", live);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_run(&w), 0); /* writes that it is forgotten */
    sim_set(&device, "_/A/a", "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},"
                              "\"spec\":{\"x\":7}}");
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, "_/A/a"), live);
    free((char *)live);
}

/* Changes wait for their window; a plan does not, nor what a person asks for where that is allowed. */
static void window_thatIsClosed_holdsChangesBack(void **state)
{
    (void)state;
    gitops_windows *windows;
    int64_t minute = (1700000000000 + w.now_ms) / 60000 + 30; /* half an hour from now */
    char schedule[64];
    snprintf(schedule, sizeof schedule, "%d %d * * *", (int)(minute % 60),
             (int)(minute / 60 % 24));
    gitops_window window = {.struct_size = sizeof window, .kind = GITOPS_WINDOW_ALLOW,
                            .schedule = schedule, .duration_ms = 3600000, .manual_sync = 1};
    assert_int_equal(gitops_windows_new(&windows, context, &window, 1, NULL), 0);
    w.policy.windows = windows;
    w.by_interval = 1;
    assert_int_equal(world_restart(&w), 0);
    gitops_windows_free(windows);
    assert_int_equal(world_run(&w), GITOPS_ESUSPENDED);
    assert_string_equal(failure(), "unit sim has 2 changes, and no window of time is open for them");
    assert_int_equal(device.writes, 0);
    assert_int_equal(world_count(&w, GITOPS_ACTION_CREATE), 2);
    w.now_ms += 1800000;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 2);
    w.now_ms += 3600000;
    assert_int_equal(world_run(&w), 0); /* nothing is to be done */
    world_put(&w, "c.yaml", OBJECT("c", "{x: 1}"));
    assert_int_equal(world_run(&w), GITOPS_ESUSPENDED);
    w.by_interval = 0;
    assert_int_equal(world_run(&w), 0); /* somebody asks */
    assert_int_equal(device.count, 3);
}

/* Somebody else changes it back each time: we come back less and less often, and say so. */
static void drift_thatComesBackEachTime_isMendedLessAndLessOften(void **state)
{
    (void)state;
    w.by_interval = 1;
    assert_int_equal(world_run(&w), 0);
    size_t first = device.writes, quick = 0;
    for (int i = 0; i < 100; i++) {
        sim_set(&device, "_/A/a", "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},"
                                  "\"spec\":{\"x\":7}}");
        int status = world_run(&w);
        assert_true(status == 0 || status == GITOPS_EPARTIAL);
        if (i == 4)
            quick = device.writes - first;
        if (status == GITOPS_EPARTIAL && i < 20)
            assert_non_null(strstr(failure(), "times in a row by another writer: it is mended "
                                              "again in "));
    }
    assert_int_equal(quick, 5);
    assert_in_range(device.writes - first, 8, 20); /* of 100 */
    w.by_interval = 0;
    size_t before = device.writes;
    assert_int_equal(world_run(&w), 0); /* somebody asks */
    assert_int_equal(device.writes, before + 1);
}

/* A call whose outcome is not known, or that was only put off, says nothing about the next. */
static void failed_forNow_isTriedAgain(void **state)
{
    (void)state;
    w.by_interval = 1;
    device.fault = SIM_CONFLICT;
    device.fault_key = "_/A/a";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(suspended_unit_isLeftAloneUntilItIsResumed),
        TEST(suspended_forATime_goesOnByItself),
        TEST(suspended_unit_isPlannedAllTheSame),
        TEST(suspend_badArguments_areRefused),
        TEST(pinned_toWhatIsGone_changesNothing),
        TEST(failed_forGood_isNotTriedAgainByItself),
        TEST(failed_forGood_isTriedWhenSomebodyAsks),
        TEST(failed_thenMendedByHand_isForgotten),
        TEST(window_thatIsClosed_holdsChangesBack),
        TEST(drift_thatComesBackEachTime_isMendedLessAndLessOften),
        TEST(failed_forNow_isTriedAgain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
