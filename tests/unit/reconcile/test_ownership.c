/* Whose an object is: what was there before us stays when it leaves Git, what we made goes. */
#include "sim.h"

#define OBJECT(name, spec) \
    "apiVersion: v1\nkind: A\nmetadata: {name: " name "}\nspec: " spec "\n"
#define LIVE(name, spec)                                                                     \
    "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"" name "\"},\"spec\":" spec "}"

static gitops_context *context;
static sim device;
static world w;

/* "_/A/a" exists already and differs; Git states it, "_/A/b" and "_/A/c". */
static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, SIM_CAN_LIST), 0);
    w.policy.adopt = GITOPS_ADOPT_ALWAYS;
    sim_set(&device, "_/A/a", LIVE("a", "{\"x\":9}"));
    world_put(&w, "a.yaml", OBJECT("a", "{x: 1}"));
    world_put(&w, "b.yaml", OBJECT("b", "{x: 1}"));
    world_put(&w, "c.yaml", OBJECT("c", "{x: 1}"));
    assert_int_equal(world_restart(&w), 0);
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

static void assert_reason(const char *key, int32_t action, const char *code)
{
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_plan *plan = gitops_run_plan(run);
    size_t found = 0;
    for (size_t i = 0; i < gitops_plan_count(plan); i++) {
        const gitops_operation *operation = gitops_plan_operation(plan, i);
        if (strcmp(gitops_operation_key(operation), key) != 0)
            continue;
        assert_int_equal(gitops_operation_action(operation), action);
        assert_string_equal(gitops_operation_reason_code(operation), code);
        found++;
    }
    assert_int_equal(found, 1);
    gitops_run_free(run);
}

static int is_marked(const char *key)
{
    gitops_inventory *inventory;
    int marked = -1;
    assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
    for (size_t i = 0; i < gitops_inventory_count(inventory); i++)
        if (strcmp(gitops_inventory_key(inventory, i), key) == 0)
            marked = gitops_inventory_adopted(inventory, i);
    gitops_inventory_free(inventory);
    return marked;
}

static void adopted_leavesGit_isForgotten(void **state)
{
    (void)state;
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/a", GITOPS_ACTION_ADOPT, "exists-different");
    assert_int_equal(is_marked("_/A/a"), 1);
    assert_int_equal(is_marked("_/A/b"), 0);
    world_put(&w, "a.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/a", GITOPS_ACTION_FORGET, "adopted");
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("a", "{\"x\":1}"));
    assert_int_equal(is_marked("_/A/a"), -1);
    assert_int_equal(world_run(&w), 0);
    assert_non_null(sim_get(&device, "_/A/a")); /* foreign now */
}

static void made_leavesGit_isDeleted(void **state)
{
    (void)state;
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "b.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/b", GITOPS_ACTION_DELETE, "removed-from-git");
    assert_null(sim_get(&device, "_/A/b"));
}

static void adopted_isUpdatedByLaterProcesses_staysAdopted(void **state)
{
    (void)state;
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "a.yaml", OBJECT("a", "{x: 2}"));
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(is_marked("_/A/a"), 1);
    sim_set(&device, "_/A/a", LIVE("a", "{\"x\":7}"));
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(is_marked("_/A/a"), 1);
    world_put(&w, "a.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/a", GITOPS_ACTION_FORGET, "adopted");
}

static void adopted_isMadeAgainByUs_isOurs(void **state)
{
    (void)state;
    assert_int_equal(world_run(&w), 0);
    sim_set(&device, "_/A/a", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/a", GITOPS_ACTION_CREATE, "missing");
    assert_int_equal(is_marked("_/A/a"), 0);
    world_put(&w, "a.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/a", GITOPS_ACTION_DELETE, "removed-from-git");
}

static void adopted_pruneAdopted_isDeleted(void **state)
{
    (void)state;
    assert_int_equal(world_run(&w), 0);
    w.policy.prune = GITOPS_PRUNE_ADOPTED;
    assert_int_equal(world_restart(&w), 0);
    world_put(&w, "a.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/a", GITOPS_ACTION_DELETE, "removed-from-git");
    assert_null(sim_get(&device, "_/A/a"));
}

/* Killed between the intent and the outcome of the write that takes an object over. */
static void adoption_isInterrupted_isAnAdoptionAllTheSame(void **state)
{
    int status = 1;
    (void)state;
    for (size_t actions = 1; is_marked("_/A/a") < 0; actions++) {
        assert_int_equal(world_restart(&w), 0);
        world_pass(&w, actions, 0, &status);
        assert_true(actions < 100);
    }
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(is_marked("_/A/a"), 1);
    world_put(&w, "a.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/a", GITOPS_ACTION_FORGET, "adopted");
}

/* Its intent makes it ours: the next run closes the intent and has nothing else to say. */
static void creation_isInterrupted_isNoAdoption(void **state)
{
    int status = 1;
    (void)state;
    sim_set(&device, "_/A/a", NULL);
    for (size_t actions = 1; !sim_get(&device, "_/A/c"); actions++) {
        sim_set(&device, "_/A/a", NULL);
        sim_set(&device, "_/A/b", NULL);
        assert_int_equal(world_restart(&w), 0);
        world_pass(&w, actions, 0, &status);
        assert_true(actions < 100);
    }
    assert_int_equal(status, 1);
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_count(&w, GITOPS_ACTION_NONE), 3);
    assert_int_equal(world_count(&w, GITOPS_ACTION_ADOPT), 0);
    assert_int_equal(is_marked("_/A/c"), 0);
    world_put(&w, "c.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/c", GITOPS_ACTION_DELETE, "removed-from-git");
}

/* Owned: a, b, c, all {x: 1}; then Git and the target change as each test says. */
static void own_all(int32_t conflict, int32_t drift)
{
    sim_set(&device, "_/A/a", NULL);
    assert_int_equal(world_run(&w), 0);
    w.policy.conflict = conflict;
    w.policy.drift = drift;
    assert_int_equal(world_restart(&w), 0);
}

static gitops_plan *last_plan(void)
{
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_plan *plan = gitops_plan_ref(gitops_run_plan(run));
    gitops_run_free(run);
    return plan;
}

/* Asserts on what is left alone: how many, how many are told, and the first one's reason. */
static void assert_left(uint64_t count, size_t told, const char *key, const char *code)
{
    gitops_plan *plan = last_plan();
    assert_int_equal(gitops_plan_left_alone(plan), count);
    assert_int_equal(gitops_plan_drift_count(plan), told);
    assert_null(gitops_plan_drift(plan, told));
    if (told) {
        assert_string_equal(gitops_operation_key(gitops_plan_drift(plan, 0)), key);
        assert_string_equal(gitops_operation_reason_code(gitops_plan_drift(plan, 0)), code);
    }
    gitops_plan_free(plan);
}

static void conflictLive_removedInGit_isForgotten(void **state)
{
    (void)state;
    own_all(GITOPS_CONFLICT_LIVE, 0);
    sim_set(&device, "_/A/a", LIVE("a", "{\"x\":7}"));
    sim_set(&device, "_/A/b", LIVE("b", "{\"theirs\":1,\"x\":1}"));
    world_put(&w, "a.yaml", NULL);
    world_put(&w, "b.yaml", NULL);
    w.policy.max_delete_percent = 100;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_reason("_/A/a", GITOPS_ACTION_FORGET, "kept");
    assert_reason("_/A/b", GITOPS_ACTION_DELETE, "removed-from-git"); /* what is ours is as sent */
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("a", "{\"x\":7}"));
    assert_null(sim_get(&device, "_/A/b"));
    assert_int_equal(is_marked("_/A/a"), -1);
}

static void conflictLive_missingAndChangedInGit_staysMissing(void **state)
{
    (void)state;
    own_all(GITOPS_CONFLICT_LIVE, 0);
    sim_set(&device, "_/A/a", NULL);
    sim_set(&device, "_/A/b", NULL);
    world_put(&w, "a.yaml", OBJECT("a", "{x: 2}"));
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(world_run(&w), 0);
        assert_null(sim_get(&device, "_/A/a"));
        assert_non_null(sim_get(&device, "_/A/b")); /* row 9: that is drift, and reverted */
        assert_left(1, 1, "_/A/a", "missing");
        assert_int_equal(is_marked("_/A/a"), 0); /* still ours */
    }
}

static void conflictFail_severalObjects_areAllNamedAndNothingHappens(void **state)
{
    (void)state;
    own_all(GITOPS_CONFLICT_FAIL, 0);
    sim_set(&device, "_/A/a", NULL);
    sim_set(&device, "_/A/b", LIVE("b", "{\"x\":7}"));
    sim_set(&device, "_/A/c", LIVE("c", "{\"x\":7}"));
    world_put(&w, "a.yaml", OBJECT("a", "{x: 2}"));
    world_put(&w, "b.yaml", OBJECT("b", "{x: 2}"));
    world_put(&w, "c.yaml", NULL);
    world_put(&w, "d.yaml", OBJECT("d", "{x: 1}"));
    size_t writes = device.writes;
    assert_int_equal(world_run(&w), GITOPS_ECONFLICT);
    assert_int_equal(device.writes, writes);
    gitops_plan *plan = last_plan();
    assert_int_equal(gitops_plan_conflict_count(plan), 3);
    static const char *const keys[] = {"_/A/a", "_/A/b", "_/A/c"};
    for (size_t i = 0; i < 3; i++) {
        const gitops_operation *object = gitops_plan_conflict(plan, i);
        size_t found = 0;
        assert_string_equal(gitops_operation_key(object), keys[i]);
        for (size_t j = 0; j < gitops_changes_count(gitops_operation_changes(object)); j++)
            found += gitops_change_conflict(
                         gitops_changes_get(gitops_operation_changes(object), j)) != NULL;
        assert_true(found > 0);
    }
    assert_null(gitops_plan_conflict(plan, 3));
    gitops_plan_free(plan);
    w.policy.conflict = GITOPS_CONFLICT_DESIRED;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, "_/A/b"), LIVE("b", "{\"x\":2}"));
}

static void driftReport_changedAndMissing_areToldInEveryPass(void **state)
{
    (void)state;
    own_all(0, GITOPS_DRIFT_REPORT);
    sim_set(&device, "_/A/a", LIVE("a", "{\"x\":7}"));
    sim_set(&device, "_/A/b", NULL);
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(world_run(&w), 0);
        assert_left(2, 2, "_/A/a", "drifted");
        assert_null(sim_get(&device, "_/A/b"));
    }
    world_put(&w, "b.yaml", OBJECT("b", "{x: 2}"));
    assert_int_equal(world_run(&w), 0); /* row 10 asks the conflict policy */
    assert_string_equal(sim_get(&device, "_/A/b"), LIVE("b", "{\"x\":2}"));
    assert_left(1, 1, "_/A/a", "drifted");
}

static void driftIgnore_isCountedAndNotTold(void **state)
{
    (void)state;
    own_all(0, GITOPS_DRIFT_IGNORE);
    sim_set(&device, "_/A/a", LIVE("a", "{\"x\":7}"));
    sim_set(&device, "_/A/b", NULL);
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(world_run(&w), 0);
        assert_left(2, 0, NULL, NULL);
        assert_null(sim_get(&device, "_/A/b"));
    }
}

static void policies_body(gitops_context *failing, void *data)
{
    sim machine = {0};
    world inner;
    (void)data;
    if (world_open(&inner, failing, &machine, SIM_CAN_LIST) == 0) {
        world_put(&inner, "a.yaml", OBJECT("a", "{x: 1}") "---\n" OBJECT("b", "{x: 1}"));
        if (world_run(&inner) == 0) {
            inner.policy.conflict = GITOPS_CONFLICT_FAIL;
            inner.policy.drift = GITOPS_DRIFT_REPORT;
            sim_set(&machine, "_/A/a", NULL);
            sim_set(&machine, "_/A/b", LIVE("b", "{\"x\":7}"));
            int rc = world_restart(&inner);
            if (rc == 0)
                world_run(&inner);
            world_put(&inner, "a.yaml", OBJECT("a", "{x: 1}") "---\n" OBJECT("b", "{x: 2}"));
            if (rc == 0)
                world_run(&inner);
        }
    }
    world_close(&inner);
    sim_release(&machine);
}

static void policies_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(policies_body, NULL);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* A delete beside a create of the same content is easily overlooked. */
static void renamed_object_isSaidToBe(void **state)
{
    (void)state;
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "b.yaml", OBJECT("renamed", "{x: 1}"));
    world_put(&w, "d.yaml", OBJECT("other", "{x: 2}"));
    w.options.plan_only = 1;
    w.policy.adopt = GITOPS_ADOPT_ALWAYS;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_plan *plan = gitops_run_plan(run);
    assert_int_equal(gitops_plan_count(plan), 3);
    for (size_t i = 0; i < 3; i++) {
        const gitops_operation *operation = gitops_plan_operation(plan, i);
        const char *key = gitops_operation_key(operation), *why = gitops_operation_reason(operation);
        assert_string_equal(why, strcmp(key, "_/A/b") == 0
                                     ? "removed from Git; probably renamed to _/A/renamed"
                                 : strcmp(key, "_/A/renamed") == 0
                                     ? "new in Git; probably renamed from _/A/b"
                                     : "new in Git");
    }
    gitops_run_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(adopted_leavesGit_isForgotten),
        CASE(made_leavesGit_isDeleted),
        CASE(adopted_isUpdatedByLaterProcesses_staysAdopted),
        CASE(adopted_isMadeAgainByUs_isOurs),
        CASE(adopted_pruneAdopted_isDeleted),
        CASE(adoption_isInterrupted_isAnAdoptionAllTheSame),
        CASE(creation_isInterrupted_isNoAdoption),
        CASE(conflictLive_removedInGit_isForgotten),
        CASE(conflictLive_missingAndChangedInGit_staysMissing),
        CASE(conflictFail_severalObjects_areAllNamedAndNothingHappens),
        CASE(driftReport_changedAndMissing_areToldInEveryPass),
        CASE(driftIgnore_isCountedAndNotTold),
        CASE(renamed_object_isSaidToBe),
        cmocka_unit_test(policies_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
