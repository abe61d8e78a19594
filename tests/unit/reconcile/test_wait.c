/* Waiting: what is deleted is gone before what comes after it, and not for ever. */
#include "sim.h"

#include <stdio.h>

#define OBJECT(name, spec) \
    "apiVersion: v1\nkind: A\nmetadata: {name: " name "}\nspec: " spec "\n"

static gitops_context *context;
static sim device;
static world w;

static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, SIM_CAN_LIST | SIM_CAN_GET), 0);
    for (char name = 'a'; name <= 'e'; name++) {
        char path[] = "?.yaml", text[128];
        path[0] = name;
        snprintf(text, sizeof text, "apiVersion: v1\nkind: A\nmetadata: {name: %c}\n", name);
        world_put(&w, path, text);
    }
    assert_int_equal(world_run(&w), 0);
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

static size_t owned(void)
{
    gitops_inventory *inventory;
    assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
    size_t count = gitops_inventory_count(inventory);
    gitops_inventory_free(inventory);
    return count;
}

static void delete_thatTakesTime_isAwaited(void **state)
{
    (void)state;
    world_put(&w, "e.yaml", NULL);
    device.goes_after = 3;
    size_t gets = device.gets;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.gets, gets + 3);
    assert_int_equal(device.count, 4);
    assert_int_equal(owned(), 4);
}

static void delete_thatNeverEnds_isGivenUpAndStaysOurs(void **state)
{
    (void)state;
    w.policy.operation_timeout_ms = 20000;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "e.yaml", NULL);
    device.goes_after = 1000000;
    int64_t before = w.now_ms;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_in_range(w.now_ms - before - 100000, 20000, 21000);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_run_outcome(run, 0), GITOPS_OUTCOME_UNKNOWN);
    assert_non_null(strstr(gitops_run_error(run, 0), "it is not gone after 20"));
    gitops_run_free(run);
    assert_int_equal(owned(), 5);
    device.goes_after = 0;
    device.going = NULL;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(owned(), 4);
    assert_int_equal(device.count, 4);
}

static void failure_inAnIsolatedUnit_stopsOnlyWhatDependsOnIt(void **state)
{
    (void)state;
    w.policy.on_failure = GITOPS_FAILURE_ISOLATE;
    assert_int_equal(world_restart(&w), 0);
    world_put(&w, "f.yaml",
              "apiVersion: v1\nkind: A\nmetadata:\n  name: f\n"
              "---\napiVersion: v1\nkind: A\nmetadata:\n  name: g\n"
              "  annotations: {gitops/depends-on: _/A/f}\n"
              "---\napiVersion: v1\nkind: A\nmetadata:\n  name: h\n"
              "  annotations: {gitops/wave: \"5\"}\n"
              "---\napiVersion: v1\nkind: A\nmetadata:\n  name: i\n"
              "  annotations: {gitops/depends-on: _/A/g}\n");
    device.fault = SIM_FAILED;
    device.fault_key = "_/A/f";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_null(sim_get(&device, "_/A/f"));
    assert_null(sim_get(&device, "_/A/g"));
    assert_null(sim_get(&device, "_/A/i"));
    assert_non_null(sim_get(&device, "_/A/h"));
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_plan *plan = gitops_run_plan(run);
    for (size_t i = 0; i < gitops_plan_count(plan); i++)
        if (strcmp(gitops_operation_key(gitops_plan_operation(plan, i)), "_/A/i") == 0) {
            assert_int_equal(gitops_run_outcome(run, i), GITOPS_OUTCOME_SKIPPED);
            assert_string_equal(gitops_run_error(run, i), "it depends on _/A/g, which failed");
        }
    gitops_run_free(run);
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 9);
}

static void put_waves(void)
{
    w.abilities |= SIM_CAN_ASSESS;
    assert_int_equal(world_restart(&w), 0);
    world_put(&w, "w.yaml",
              "apiVersion: v1\nkind: A\nmetadata: {name: w0, annotations: {gitops/wave: '1'}}\n---\n"
              "apiVersion: v1\nkind: A\nmetadata: {name: w1, annotations: {gitops/wave: '2'}}\n");
    device.health[0].key = "_/A/w0";
    device.health[0].then = GITOPS_HEALTH_HEALTHY;
    device.log[0] = 0;
}

static void wave_waitsForTheHealthOfTheOneBefore(void **state)
{
    (void)state;
    put_waves();
    device.health[0].asks = 3;
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(device.log, "+_/A/w0 ?_/A/w0 ?_/A/w0 ?_/A/w0 ?_/A/w0 +_/A/w1 ");
}

static void wave_afterWhatDegrades_doesNotStart(void **state)
{
    (void)state;
    put_waves();
    device.health[0].then = GITOPS_HEALTH_DEGRADED;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_null(sim_get(&device, "_/A/w1"));
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_run_outcome(run, 0), GITOPS_OUTCOME_DONE);
    assert_string_equal(gitops_run_error(run, 0), "degraded: it says so");
    assert_int_equal(gitops_run_outcome(run, 1), GITOPS_OUTCOME_SKIPPED);
    gitops_run_free(run);
    assert_int_equal(owned(), 6); /* what was applied is ours */
    device.log[0] = 0;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL); /* a new run does not begin behind it */
    assert_null(sim_get(&device, "_/A/w1"));
    run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_error why;
    gitops_run_status(run, &why);
    assert_string_equal(why.message, "an operation failed: _/A/w0, which comes before, is not "
                                     "healthy: degraded: it says so");
    gitops_run_free(run);
    assert_int_equal(world_restart(&w), 0); /* nor does a new process */
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_null(sim_get(&device, "_/A/w1"));
    device.health[0].then = GITOPS_HEALTH_HEALTHY;
    assert_int_equal(world_run(&w), 0);
    assert_non_null(sim_get(&device, "_/A/w1"));
}

static void wave_thatIsNeverHealthy_isGivenUpAfterItsTime(void **state)
{
    (void)state;
    w.policy.wave_timeout_ms = 30000;
    put_waves();
    device.health[0].asks = 1000000;
    int64_t before = w.now_ms;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_in_range(w.now_ms - before - 100000, 30000, 31000);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_non_null(strstr(gitops_run_error(run, 0),
                           "ms: progressing: 1 of 2 is ready"));
    gitops_run_free(run);
}

static void run_thatTakesTooLong_ends(void **state)
{
    (void)state;
    w.policy.run_timeout_ms = 10000;
    put_waves();
    device.health[0].asks = 1000000;
    int64_t before = w.now_ms;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_in_range(w.now_ms - before - 100000, 10000, 11000);
    assert_null(sim_get(&device, "_/A/w1"));
}

/* A revision that mends what is waited for is applied at once; calls in flight come home first. */
static void revision_thatIsNewer_endsTheWait(void **state)
{
    (void)state;
    w.policy.interval_ms = 20000;
    w.policy.operation_timeout_ms = GITOPS_NO_LIMIT;
    w.policy.wave_timeout_ms = GITOPS_NO_LIMIT;
    put_waves();
    device.health[0].asks = 50;
    device.mends = &w;
    assert_int_equal(world_run(&w), 0); /* of the pass after, which was due at once */
    device.mends = NULL;
    assert_non_null(sim_get(&device, "_/A/m"));
    const char *m = strstr(device.log, "+_/A/m"), *w1 = strstr(device.log, "+_/A/w1");
    assert_non_null(m);
    assert_non_null(w1);
    assert_true(m < w1); /* wave 0 of the new revision came first */
    assert_true(strstr(m, "?_/A/w0") < w1 && strstr(m, "?_/A/w0")); /* and w0 was still awaited */
}

/* Why nothing goes on can be asked at any time. */
static void waits_ofAUnit_sayWhatForAndSinceWhen(void **state)
{
    (void)state;
    gitops_waits *waits;
    put_waves();
    device.health[0].asks = 1000000;
    w.now_ms += 100000;
    int64_t before = 1700000000000 + w.now_ms;
    int status;
    assert_int_equal(gitops_reconciler_waits(&waits, w.reconciler, "other", NULL),
                     GITOPS_ENOTFOUND);
    assert_null(waits);
    assert_int_equal(gitops_reconciler_waits(&waits, w.reconciler, "sim", NULL), 0);
    assert_int_equal(gitops_waits_count(waits), 0);
    assert_null(gitops_waits_key(waits, 0));
    gitops_waits_free(waits);
    world_pass(&w, 25, 0, &status);
    assert_int_equal(status, 1); /* it has not ended */
    assert_int_equal(gitops_reconciler_waits(&waits, w.reconciler, "sim", NULL), 0);
    assert_int_equal(gitops_waits_count(waits), 1);
    assert_string_equal(gitops_waits_key(waits, 0), "_/A/w0");
    assert_non_null(strstr(gitops_waits_reason(waits, 0), ": ")); /* a health, and why */
    assert_in_range(gitops_waits_since_unix_ms(waits, 0), before, before + 1000);
    gitops_waits_free(waits);
}

static void wait_isForWhatComesAfter_orForAll_orForNobody(void **state)
{
    static const struct {
        int32_t wait;
        const char *log;
    } cases[] = {
        {GITOPS_WAIT_DEFAULT, "+_/A/w0 ?_/A/w0 +_/A/w1 "},
        {GITOPS_WAIT_ALL, "+_/A/w0 ?_/A/w0 +_/A/w1 ?_/A/w1 ?_/A/w1 "},
        {GITOPS_WAIT_NONE, "+_/A/w0 +_/A/w1 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (i) {
            tear_down(state);
            set_up(state);
        }
        w.policy.wait = cases[i].wait;
        put_waves();
        device.health[1].key = "_/A/w1";
        device.health[1].asks = 1;
        device.health[1].then = GITOPS_HEALTH_HEALTHY;
        assert_int_equal(world_run(&w), 0);
        assert_string_equal(device.log, cases[i].log);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(delete_thatTakesTime_isAwaited),
        TEST(delete_thatNeverEnds_isGivenUpAndStaysOurs),
        TEST(wave_waitsForTheHealthOfTheOneBefore),
        TEST(wave_afterWhatDegrades_doesNotStart),
        TEST(wave_thatIsNeverHealthy_isGivenUpAfterItsTime),
        TEST(run_thatTakesTooLong_ends),
        TEST(revision_thatIsNewer_endsTheWait),
        TEST(waits_ofAUnit_sayWhatForAndSinceWhen),
        TEST(wait_isForWhatComesAfter_orForAll_orForNobody),
        TEST(failure_inAnIsolatedUnit_stopsOnlyWhatDependsOnIt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
