/* Hooks: when they run, that they run once, and what becomes of them. */
#include "sim.h"

#include <stdio.h>

#define HOOK(name, annotations) \
    "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: " name "\n  annotations: {" annotations "}\n"
#define OBJECT(name, spec) \
    "apiVersion: v1\nkind: A\nmetadata: {name: " name "}\nspec: " spec "\n"

static gitops_context *context;
static sim device;
static world w;

static int open_world(uint32_t abilities)
{
    context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, abilities), 0);
    w.by_interval = 1;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    return open_world(SIM_CAN_LIST | SIM_CAN_GET | SIM_CAN_ASSESS);
}

static int tear_down(void **state)
{
    (void)state;
    world_close(&w);
    sim_release(&device);
    support_context_free(context);
    return 0;
}

static void expect_log(const char *log)
{
    assert_string_equal(device.log, log);
    device.log[0] = 0;
}

static void hooks_ofAllPhases_runAroundTheSync(void **state)
{
    (void)state;
    world_put(&w, "h.yaml", HOOK("before", "gitops/hook: pre-sync") "---\n"
                            HOOK("after", "gitops/hook: post-sync") "---\n"
                            HOOK("broken", "gitops/hook: sync-fail"));
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/Job.batch/before +_/A/a +_/Job.batch/after ");
    for (int process = 0; process < 2; process++) {
        assert_int_equal(world_run(&w), 0);
        expect_log("");
        assert_int_equal(world_restart(&w), 0);
    }
    sim_set(&device, "_/A/a", NULL); /* drift is mended without them */
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/A/a ");
    world_put(&w, "a.yaml", OBJECT("a", "{x: 2}"));
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/Job.batch/before +_/A/a +_/Job.batch/after ");
}

static void hook_thatChangesAlone_runsAgain(void **state)
{
    (void)state;
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    world_put(&w, "h.yaml", HOOK("h", "gitops/hook: pre-sync"));
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/Job.batch/h +_/A/a ");
    world_put(&w, "h.yaml", HOOK("h", "gitops/hook: pre-sync, b: c"));
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/Job.batch/h ");
}

static void hook_thatIsGoneAfterwards_isNoDrift(void **state)
{
    (void)state;
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    world_put(&w, "h.yaml", HOOK("h", "gitops/hook: pre-sync"));
    assert_int_equal(world_run(&w), 0);
    sim_set(&device, "_/Job.batch/h", NULL);
    device.log[0] = 0;
    assert_int_equal(world_run(&w), 0);
    expect_log("");
    world_put(&w, "h.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    expect_log("");
}

/* Where nobody runs it, it is a document like others: kept as it was sent, until it is sent anew. */
static void hook_thatIsChangedAfterwards_isMendedWhereNobodyRunsIt(void **state)
{
    (void)state;
    tear_down(NULL);
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    world_put(&w, "h.yaml", HOOK("h", "gitops/hook: pre-sync") "spec: {x: 1}\n");
    assert_int_equal(world_run(&w), 0);
    char *sent = strdup(sim_get(&device, "_/Job.batch/h"));
    for (int anew = 0; anew < 2; anew++) {
        sim_set(&device, "_/Job.batch/h",
                "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"h\","
                "\"annotations\":{\"gitops/hook\":\"pre-sync\"}},\"spec\":{\"x\":7}}");
        if (anew)
            world_put(&w, "a.yaml", OBJECT("a", "{x: 2}"));
        device.log[0] = 0;
        assert_int_equal(world_run(&w), 0);
        expect_log(anew ? "+_/Job.batch/h +_/A/a " : "+_/Job.batch/h ");
        assert_string_equal(sim_get(&device, "_/Job.batch/h"), sent);
    }
    free(sent);
}

static void hook_thatLeavesGit_isDeleted(void **state)
{
    (void)state;
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    world_put(&w, "h.yaml", HOOK("h", "gitops/hook: pre-sync"));
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "h.yaml", NULL);
    device.log[0] = 0;
    assert_int_equal(world_run(&w), 0);
    expect_log("-_/Job.batch/h ");
}

static void hook_thatRuns_isAwaited(void **state)
{
    (void)state;
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    world_put(&w, "h.yaml", HOOK("h", "gitops/hook: pre-sync"));
    device.health[0].key = "_/Job.batch/h";
    device.health[0].asks = 2;
    device.health[0].then = GITOPS_HEALTH_HEALTHY;
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/Job.batch/h ?_/Job.batch/h ?_/Job.batch/h ?_/Job.batch/h +_/A/a ");
}

static void hook_thatFails_stopsTheRunAndCallsForHelp(void **state)
{
    (void)state;
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    world_put(&w, "h.yaml", HOOK("h", "gitops/hook: pre-sync") "---\n"
                            HOOK("help", "gitops/hook: sync-fail"));
    device.health[0].key = "_/Job.batch/h";
    device.health[0].asks = 5;
    device.health[0].then = GITOPS_HEALTH_DEGRADED;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_null(sim_get(&device, "_/A/a"));
    assert_non_null(sim_get(&device, "_/Job.batch/help"));
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_run_outcome(run, 0), GITOPS_OUTCOME_FAILED);
    assert_string_equal(gitops_run_error(run, 0), "degraded: it says so");
    assert_int_equal(gitops_run_outcome(run, 1), GITOPS_OUTCOME_SKIPPED);
    assert_int_equal(gitops_run_outcome(run, 2), GITOPS_OUTCOME_DONE);
    gitops_run_free(run);
    device.health[0].then = GITOPS_HEALTH_HEALTHY;
    device.log[0] = 0;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL); /* it is not run again by itself */
    expect_log("");
    w.by_interval = 0;
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/Job.batch/h ?_/Job.batch/h +_/A/a ");
}

static void hook_withDeletePolicies_isDeletedWhenItIsOver(void **state)
{
    (void)state;
    world_put(&w, "h.yaml",
              HOOK("good", "gitops/hook: pre-sync, gitops/hook-delete: succeeded") "---\n"
              HOOK("bad", "gitops/hook: post-sync, gitops/hook-delete: failed"));
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    device.health[0].key = "_/Job.batch/bad";
    device.health[0].asks = 6;
    device.health[0].then = GITOPS_HEALTH_DEGRADED;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_null(sim_get(&device, "_/Job.batch/good"));
    assert_null(sim_get(&device, "_/Job.batch/bad"));
    assert_int_equal(device.count, 1);
    gitops_inventory *inventory;
    assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
    assert_int_equal(gitops_inventory_count(inventory), 1);
    gitops_inventory_free(inventory);
    device.health[0].then = GITOPS_HEALTH_HEALTHY;
    device.log[0] = 0;
    w.by_interval = 0;
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/Job.batch/bad ?_/Job.batch/bad ");
    assert_int_equal(world_run(&w), 0);
    expect_log("");
}

/* However often a process dies, a hook that was begun is not begun again. */
static void run_diesAnywhere_hookIsSentOnce(void **state)
{
    (void)state;
    for (size_t actions = 1; actions < 40; actions++)
        for (int lose = 0; lose < 2; lose++) {
            tear_down(NULL);
            open_world(SIM_CAN_LIST | SIM_CAN_GET | SIM_CAN_ASSESS);
            world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
            world_put(&w, "h.yaml", HOOK("h", "gitops/hook: pre-sync"));
            device.health[0].key = "_/Job.batch/h";
            device.health[0].asks = 2;
            device.health[0].then = GITOPS_HEALTH_HEALTHY;
            int status;
            world_pass(&w, actions, lose, &status);
            assert_int_equal(world_restart(&w), 0);
            assert_int_equal(world_run(&w), 0);
            size_t sent = 0;
            for (const char *p = device.log; (p = strstr(p, "+_/Job.batch/h")) != NULL; p++)
                sent++;
            assert_int_equal(sent, 1);
            assert_int_equal(device.count, 2);
            device.log[0] = 0;
            assert_int_equal(world_run(&w), 0);
            expect_log("");
        }
}

static void hooks_atATargetWithoutHealth_areDoneWhenTaken(void **state)
{
    (void)state;
    tear_down(NULL);
    open_world(SIM_CAN_LIST);
    world_put(&w, "h.yaml", HOOK("h", "helm.sh/hook: pre-install") "---\n"
                            HOOK("i", "argocd.argoproj.io/hook: PostSync"));
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    assert_int_equal(world_run(&w), 0);
    expect_log("+_/Job.batch/h +_/A/a +_/Job.batch/i ");
    assert_int_equal(world_run(&w), 0);
    expect_log("");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(hooks_ofAllPhases_runAroundTheSync),
        TEST(hook_thatChangesAlone_runsAgain),
        TEST(hook_thatIsGoneAfterwards_isNoDrift),
        TEST(hook_thatIsChangedAfterwards_isMendedWhereNobodyRunsIt),
        TEST(hook_thatLeavesGit_isDeleted),
        TEST(hook_thatRuns_isAwaited),
        TEST(hook_thatFails_stopsTheRunAndCallsForHelp),
        TEST(hook_withDeletePolicies_isDeletedWhenItIsOver),
        TEST(run_diesAnywhere_hookIsSentOnce),
        TEST(hooks_atATargetWithoutHealth_areDoneWhenTaken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
