/* What once went wrong, or would: each test is a story of a fault and its end. */
#include "sim.h"

#include <stdio.h>

#define OBJECT(kind, name, spec) \
    "apiVersion: v1\nkind: " kind "\nmetadata: {name: " name "}\nspec: " spec "\n"
#define LIVE(name, spec) \
    "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"" name "\"},\"spec\":" spec "}"

static gitops_context *context;
static sim device;
static world w;

static void open_world(uint32_t abilities)
{
    context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, abilities), 0);
}

static void close_world(void)
{
    world_close(&w);
    sim_release(&device);
    support_context_free(context);
}

static void put_many(int count)
{
    char path[32], text[200];
    for (int i = 0; i < 12; i++) {
        snprintf(path, sizeof path, "f%02d.yaml", i);
        snprintf(text, sizeof text, "apiVersion: v1\nkind: A\nmetadata: {name: m%02d}\n", i);
        world_put(&w, path, i < count ? text : NULL);
    }
}

/* What was read before the pass ended is what the next one wants, though nothing was looked at. */
static void passThatEndsBetweenReadAndLook_isDoneAgain(void **state)
{
    int status;
    (void)state;
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}"));
    assert_int_equal(world_pass(&w, 4, 1, &status), 4); /* the lease is not given */
    assert_int_equal(world_run(&w), 0);
    assert_non_null(sim_get(&device, "_/A/a"));
    close_world();
}

static void brokenRevision_staysBroken(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}"));
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "b.yaml", "x: [");
    sim_set(&device, "_/A/a", LIVE("a", "{\"x\":5}"));
    for (int pass = 0; pass < 3; pass++)
        assert_int_equal(world_run(&w), GITOPS_EPARSE);
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("a", "{\"x\":5}"));
    world_put(&w, "b.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("a", "{\"x\":1}"));
    close_world();
}

static void readThatFailsOnce_isDoneAgain(void **state)
{
    gitops_action *action;
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(2);
    assert_int_equal(world_run(&w), 0);
    put_many(3);
    w.now_ms += 100000;
    for (int32_t type = 0; type != GITOPS_DO_READ;) { /* READ is rejected */
        assert_int_equal(gitops_reconciler_next(w.reconciler, w.now_ms, 1, &action, NULL), 0);
        type = gitops_action_type(action);
        if (type == GITOPS_DO_READ) {
            gitops_reconciler_reject(w.reconciler, action, NULL, w.now_ms, NULL);
        } else {
            gitops_action_execute(action, NULL);
            gitops_reconciler_resolve(w.reconciler, action, w.now_ms, NULL);
        }
    }
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 3);
    close_world();
}

/* Dies when the intents are recorded and nothing was sent. */
static void die_before_first_call(void)
{
    int status;
    for (size_t actions = 1;; actions++) {
        world_pass(&w, actions, 1, &status);
        gitops_inventory *inventory;
        assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
        size_t claims = 0;
        for (size_t i = 0; i < gitops_inventory_count(inventory); i++)
            claims += (size_t)gitops_inventory_open_intent(inventory, i);
        gitops_inventory_free(inventory);
        assert_int_equal(world_restart(&w), 0);
        if (claims)
            return;
        w.now_ms += 100000;
    }
}

static void claimThatCameToNothing_deletesNothing(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    w.policy.adopt = GITOPS_ADOPT_ALWAYS;
    assert_int_equal(world_restart(&w), 0);
    put_many(3);
    assert_int_equal(world_run(&w), 0);
    sim_set(&device, "_/A/foreign", LIVE("foreign", "{\"x\":1}"));
    world_put(&w, "foreign.yaml", OBJECT("A", "foreign", "{x: 2}"));
    w.now_ms += 100000;
    die_before_first_call();
    world_put(&w, "foreign.yaml", NULL); /* the commit is reverted */
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_count(&w, GITOPS_ACTION_DELETE), 0);
    assert_string_equal(sim_get(&device, "_/A/foreign"), LIVE("foreign", "{\"x\":1}"));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_count(&w, GITOPS_ACTION_FORGET), 0);
    close_world();
}

static void unknownCreateThenFailedUpdate_staysOurs(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(2);
    device.fault = SIM_UNKNOWN_DONE;
    device.fault_key = "_/A/m01";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    world_put(&w, "f01.yaml", OBJECT("A", "m01", "{x: 1}"));
    device.fault = SIM_FAILED;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    assert_non_null(strstr(sim_get(&device, "_/A/m01"), "\"x\":1"));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_count(&w, GITOPS_ACTION_NONE), 2);
    close_world();
}

static void unknownCreateThenFailedDelete_isDeletedInTheEnd(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(4);
    device.fault = SIM_UNKNOWN_DONE;
    device.fault_key = "_/A/m03";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    put_many(3);
    device.fault = SIM_FAILED;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    assert_null(sim_get(&device, "_/A/m03"));
    close_world();
}

static void refusedCommit_leavesNothingStaged(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_COMMIT);
    put_many(1);
    device.commit_retries = 2;
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(device.log, "+_/A/m00 !commit !commit !commit ");
    device.log[0] = '\0';
    device.commit_retries = 99;
    put_many(2);
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_string_equal(device.log,
                        "+_/A/m01 !commit !commit !commit !commit !commit !abort ");
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_run_outcome(run, 0), GITOPS_OUTCOME_FAILED);
    assert_string_equal(gitops_run_error(run, 0), "commit: not now");
    gitops_run_free(run);
    close_world();
}

static void answeredDocument_isNoDrift(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    device.says_spelling = 1;
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}"));
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("a", "{\"x\":\"1\"}"));
    size_t writes = device.writes;
    for (int pass = 0; pass < 3; pass++)
        assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes);
    sim_set(&device, "_/A/a", LIVE("a", "{\"x\":2}"));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes + 1);
    close_world();
}

static void answersThatSayNothing_changeNothing(void **state)
{
    (void)state;
    open_world(SIM_CAN_GET);
    put_many(2);
    device.get_gives_other = 1;
    assert_int_equal(world_run(&w), GITOPS_ETARGET);
    assert_int_equal(device.writes, 0);
    close_world();
    open_world(SIM_CAN_LIST);
    put_many(2);
    device.repeats_page = 1;
    assert_int_equal(world_run(&w), GITOPS_ETARGET);
    device.repeats_page = 0;
    sim_set(&device, "_/A/m00", "[1]");
    assert_int_equal(world_run(&w), GITOPS_ETARGET);
    assert_int_equal(device.writes, 0);
    close_world();
}

static void triggerDuringPass_startsAnother(void **state)
{
    gitops_action *action;
    int reads = 0;
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(1);
    for (int steps = 0; steps < 40; steps++) {
        assert_int_equal(gitops_reconciler_next(w.reconciler, w.now_ms, 1, &action, NULL), 0);
        if (!action)
            break;
        if (gitops_action_type(action) == GITOPS_DO_OBSERVE && reads++ == 0) {
            put_many(2); /* a new commit, and somebody says so */
            gitops_reconciler_trigger(w.reconciler, "sim", NULL);
        }
        gitops_action_execute(action, NULL);
        gitops_reconciler_resolve(w.reconciler, action, w.now_ms, NULL);
    }
    assert_int_equal(device.count, 2);
    assert_int_equal(reads, 2);
    close_world();
}

static void step_from_callback(const gitops_event *event, void *user_data)
{
    gitops_action *action;
    (void)event;
    *(int *)user_data = gitops_reconciler_next(w.reconciler, 1, 1, &action, NULL);
}

static void eventCallback_cannotStep(void **state)
{
    int rc = 0;
    (void)state;
    open_world(SIM_CAN_LIST);
    w.options.event = step_from_callback;
    w.options.event_user_data = &rc;
    assert_int_equal(world_restart(&w), 0);
    put_many(1);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(rc, GITOPS_ESTATE);
    close_world();
}

static void farTimes_doNotOverflow(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    w.policy.interval_ms = INT64_MAX;
    assert_int_equal(world_restart(&w), 0);
    put_many(1);
    assert_int_equal(world_run(&w), 0);
    assert_true(gitops_reconciler_deadline(w.reconciler) == INT64_MAX);
    close_world();
}

static void planOnly_findsTheSameAgain(void **state)
{
    int status;
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_GET);
    w.options.plan_only = 1;
    assert_int_equal(world_restart(&w), 0);
    put_many(3);
    assert_int_equal(world_run(&w), 0);
    put_many(4);
    w.now_ms += 10;
    world_pass(&w, SIZE_MAX, 0, &status);
    assert_int_equal(status, 0);
    assert_int_equal(world_count(&w, GITOPS_ACTION_CREATE), 4);
    close_world();
}

static void unknownDeleteWithPruningOff_isSettled(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(4);
    assert_int_equal(world_run(&w), 0);
    put_many(3);
    device.fault = SIM_UNKNOWN_LOST;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    device.fault = SIM_NONE;
    w.policy.prune = GITOPS_PRUNE_OFF;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    gitops_inventory *inventory;
    assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
    assert_int_equal(gitops_inventory_count(inventory), 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(gitops_inventory_open_intent(inventory, i), 0);
    gitops_inventory_free(inventory);
    assert_non_null(sim_get(&device, "_/A/m03"));
    close_world();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passThatEndsBetweenReadAndLook_isDoneAgain),
        cmocka_unit_test(brokenRevision_staysBroken),
        cmocka_unit_test(readThatFailsOnce_isDoneAgain),
        cmocka_unit_test(claimThatCameToNothing_deletesNothing),
        cmocka_unit_test(unknownCreateThenFailedUpdate_staysOurs),
        cmocka_unit_test(unknownCreateThenFailedDelete_isDeletedInTheEnd),
        cmocka_unit_test(refusedCommit_leavesNothingStaged),
        cmocka_unit_test(answeredDocument_isNoDrift),
        cmocka_unit_test(answersThatSayNothing_changeNothing),
        cmocka_unit_test(triggerDuringPass_startsAnother),
        cmocka_unit_test(eventCallback_cannotStep),
        cmocka_unit_test(farTimes_doNotOverflow),
        cmocka_unit_test(planOnly_findsTheSameAgain),
        cmocka_unit_test(unknownDeleteWithPruningOff_isSettled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
