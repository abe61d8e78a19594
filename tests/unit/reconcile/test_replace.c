/* What cannot be changed in place is replaced, and asked about first where that loses much. */
#include "sim.h"

#include <stdio.h>

#define DEPLOYMENT(label)                                                                          \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"                               \
    "spec: {selector: {matchLabels: {app: " label "}}}\n"
#define CLAIM(rest, mode)                                                                          \
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: disk" rest "}\n"                \
    "spec: {volumeMode: " mode "}\n"
#define MAP(annotations, value)                                                                    \
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map" annotations "}\n"                      \
    "data: {a: " value "}\nimmutable: true\n"

static gitops_context *context;
static sim device;
static world w;

static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, SIM_CAN_LIST), 0);
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

/* The one operation of the last pass. */
static void assert_operation(int32_t action, const char *code, const char *reason)
{
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_plan *plan = gitops_run_plan(run);
    assert_int_equal(gitops_plan_count(plan), 1);
    const gitops_operation *operation = gitops_plan_operation(plan, 0);
    assert_int_equal(gitops_operation_action(operation), action);
    assert_string_equal(gitops_operation_reason_code(operation), code);
    if (reason)
        assert_string_equal(gitops_operation_reason(operation), reason);
    gitops_run_free(run);
}

static void approve(void)
{
    char digest[65];
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    snprintf(digest, sizeof digest, "%s", gitops_plan_digest(gitops_run_plan(run)));
    gitops_run_free(run);
    assert_int_equal(gitops_reconciler_approve(w.reconciler, "sim", digest, NULL), 0);
}

/* Puts one text after another, and expects the plan of the second one to wait for an approval. */
static void assert_held(const char *first, const char *second)
{
    world_put(&w, "a.yaml", first);
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "a.yaml", second);
    size_t writes = device.writes;
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    assert_int_equal(device.writes, writes);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    uint64_t allowed, asked;
    assert_int_equal(gitops_plan_held_count(gitops_run_plan(run)), 1);
    assert_string_equal(gitops_plan_held(gitops_run_plan(run), 0, &allowed, &asked), "protected");
    assert_int_equal(allowed, 0);
    assert_int_equal(asked, 1);
    gitops_run_free(run);
    assert_operation(GITOPS_ACTION_REPLACE, "immutable", NULL);
    approve();
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes + 1);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes + 1);
}

static void run_immutableChanged_madeAnewOfWhatGitSays(void **state)
{
    (void)state;
    world_put(&w, "a.yaml", DEPLOYMENT("one"));
    assert_int_equal(world_run(&w), 0);
    sim_set(&device, "_/Deployment.apps/web",
            "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\",\"uid\":"
            "\"1\"},\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"one\"}}}}");
    world_put(&w, "a.yaml", DEPLOYMENT("two"));
    assert_int_equal(world_run(&w), 0);
    assert_operation(GITOPS_ACTION_REPLACE, "immutable",
                     "cannot be changed in place: /spec/selector");
    assert_int_equal(world_count(&w, GITOPS_ACTION_REPLACE), 1);
    assert_string_equal(sim_get(&device, "_/Deployment.apps/web"),
                        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":"
                        "\"web\"},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"two\"}}}}");
    size_t writes = device.writes;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes);
}

static void run_targetThatChangesAll_updates(void **state)
{
    (void)state;
    w.changes_all = 1;
    assert_int_equal(world_restart(&w), 0);
    world_put(&w, "a.yaml", DEPLOYMENT("one"));
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "a.yaml", DEPLOYMENT("two"));
    assert_int_equal(world_run(&w), 0);
    assert_operation(GITOPS_ACTION_UPDATE, "changed-in-git", "changed in Git");
}

static void run_protectedKind_isHeld(void **state)
{
    (void)state;
    assert_held(CLAIM("", "Filesystem"), CLAIM("", "Block"));
}

static void run_objectThatAsksToStay_isHeld(void **state)
{
    (void)state;
    assert_held(MAP(", annotations: {gitops/prune: confirm}", "one"),
                MAP(", annotations: {gitops/prune: confirm}", "two"));
}

/* Git cannot lift the protection in the change that needs it lifted. */
static void run_objectThatAskedToStay_isHeld(void **state)
{
    (void)state;
    assert_held(MAP(", annotations: {gitops/delete: keep}", "one"), MAP("", "two"));
}

static void body(gitops_context *own, void *data)
{
    world one;
    sim target;
    (void)data;
    memset(&one, 0, sizeof one);
    memset(&target, 0, sizeof target);
    if (world_open(&one, own, &target, SIM_CAN_LIST) == 0) {
        world_put(&one, "a.yaml", CLAIM("", "Filesystem"));
        if (world_run(&one) == 0) {
            world_put(&one, "a.yaml", CLAIM("", "Block"));
            world_run(&one);
        }
    }
    world_close(&one);
    sim_release(&target);
}

static void run_everyAllocationFails_endsCleanly(void **state)
{
    (void)state;
    support_fail_every_allocation(body, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(run_immutableChanged_madeAnewOfWhatGitSays),
        TEST(run_targetThatChangesAll_updates),
        TEST(run_protectedKind_isHeld),
        TEST(run_objectThatAsksToStay_isHeld),
        TEST(run_objectThatAskedToStay_isHeld),
        cmocka_unit_test(run_everyAllocationFails_endsCleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
