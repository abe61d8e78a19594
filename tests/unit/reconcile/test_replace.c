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
    memset(&device, 0, sizeof device);
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
    assert_int_equal(gitops_reconciler_approve(w.reconciler, "sim", digest, "me", "because",
                                               NULL), 0);
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

/* How many limits hold the last plan, and what one of them says. */
static size_t held_by(const char *limit, uint64_t *asked)
{
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_plan *plan = gitops_run_plan(run);
    size_t count = gitops_plan_held_count(plan);
    *asked = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t allowed, found;
        if (strcmp(gitops_plan_held(plan, i, &allowed, &found), limit) == 0)
            *asked = found;
    }
    gitops_run_free(run);
    return count;
}

#define FOREIGN                                                                                    \
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\",\"uid\":"       \
    "\"1\"},\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"theirs\"}}}}"

/* An object that exists already, and that Git states with another selector. */
static void begin_adoption(int32_t policy)
{
    w.policy.adopt = policy;
    assert_int_equal(world_restart(&w), 0);
    sim_set(&device, "_/Deployment.apps/web", FOREIGN);
    world_put(&w, "a.yaml", DEPLOYMENT("ours"));
}

static void adopt_immutableDiffers_replaces(void **state)
{
    (void)state;
    begin_adoption(GITOPS_ADOPT_ALWAYS);
    assert_int_equal(world_run(&w), 0);
    assert_operation(GITOPS_ACTION_REPLACE, "immutable",
                     "cannot be changed in place: /spec/selector");
    assert_string_equal(sim_get(&device, "_/Deployment.apps/web"),
                        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":"
                        "\"web\"},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"ours\"}}}}");
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, 1);
    w.now_ms += 86400000; /* the replacement counts for a day */
    world_put(&w, "a.yaml", NULL); /* we made it, so it goes with its file */
    world_put(&w, "b.yaml", MAP("", "one"));
    assert_int_equal(world_run(&w), 0);
    assert_null(sim_get(&device, "_/Deployment.apps/web"));
}

static void adopt_immutableDiffers_asksThePolicy(void **state)
{
    uint64_t asked;
    (void)state;
    begin_adoption(GITOPS_ADOPT_IF_EQUAL);
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    assert_int_equal(held_by("adopt", &asked), 1);
    assert_int_equal(asked, 1);
    assert_string_equal(sim_get(&device, "_/Deployment.apps/web"), FOREIGN);
    approve();
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, 1);
}

static void adopt_protectedKind_isHeld(void **state)
{
    uint64_t asked;
    (void)state;
    begin_adoption(GITOPS_ADOPT_ALWAYS);
    sim_set(&device, "_/PersistentVolumeClaim/disk",
            "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"disk\"},"
            "\"spec\":{\"volumeMode\":\"Block\"}}");
    world_put(&w, "b.yaml", CLAIM("", "Filesystem"));
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    assert_int_equal(held_by("protected", &asked), 2);
    assert_int_equal(asked, 1);
    assert_int_equal(held_by("deletes", &asked), 2); /* nothing is ours yet: one may go */
    assert_int_equal(asked, 2);
    assert_int_equal(device.writes, 0);
}

static void transfer_immutableDiffers_replaces(void **state)
{
    gitops_unit *other;
    (void)state;
    w.policy.path = "one";
    assert_int_equal(world_restart(&w), 0);
    gitops_unit_options options = w.policy;
    options.name = "other";
    options.path = "two";
    assert_int_equal(gitops_unit_new(&other, context, &options, NULL), 0);
    assert_int_equal(gitops_reconciler_add(w.reconciler, other, NULL), 0);
    gitops_unit_free(other);
    world_put(&w, "one/b.yaml", MAP("", "one"));
    world_put(&w, "two/a.yaml", DEPLOYMENT("one"));
    assert_int_equal(world_run(&w), 0);
    size_t writes = device.writes;
    world_put(&w, "two/a.yaml", CLAIM("", "Block"));
    world_put(&w, "one/a.yaml", DEPLOYMENT("two"));
    assert_int_equal(world_run(&w), 0);
    assert_operation(GITOPS_ACTION_REPLACE, "immutable", NULL);
    assert_int_equal(device.writes, writes + 2);
    assert_non_null(strstr(sim_get(&device, "_/Deployment.apps/web"), "\"two\""));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes + 2);
}

#define THING(annotations, x)                                                                      \
    "apiVersion: v1\nkind: Thing\nmetadata: {name: t" annotations "}\nspec: {x: " x "}\n"
#define FORCED(x) THING(", annotations: {gitops/force: 'true'}", x)

/* The target has the first of these and refuses to make it the second one. */
static void begin_refusal(const char *first, const char *second)
{
    world_put(&w, "a.yaml", first);
    assert_int_equal(world_run(&w), 0);
    device.fault = SIM_IMMUTABLE;
    world_put(&w, "a.yaml", second);
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_operation(GITOPS_ACTION_UPDATE, "changed-in-git", NULL);
}

static void run_refusedWhereForceIsAsked_isReplacedNext(void **state)
{
    (void)state;
    w.by_interval = 1;
    begin_refusal(FORCED("1"), FORCED("2"));
    size_t writes = device.writes;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_operation(GITOPS_ACTION_REPLACE, "immutable",
                     "an update was refused: apply _/Thing/t: spec.x: field is immutable");
    assert_int_equal(device.writes, writes + 1);
    assert_non_null(strstr(sim_get(&device, "_/Thing/t"), "\"x\":2"));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes + 1);
}

static void run_refusedWhereNobodyAsksForForce_isWithheld(void **state)
{
    (void)state;
    w.by_interval = 1;
    begin_refusal(THING("", "1"), THING("", "2"));
    size_t writes = device.writes;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_int_equal(device.writes, writes);
    world_put(&w, "a.yaml", THING("", "3")); /* another update may be possible */
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_operation(GITOPS_ACTION_UPDATE, "changed-in-git", NULL);
}

static void run_refusedForAnotherReason_isWithheld(void **state)
{
    (void)state;
    w.by_interval = 1;
    world_put(&w, "a.yaml", FORCED("1"));
    assert_int_equal(world_run(&w), 0);
    device.fault = SIM_FAILED;
    world_put(&w, "a.yaml", FORCED("2"));
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    size_t writes = device.writes;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_int_equal(device.writes, writes);
}

/* It does not go back to the update that was refused before. */
static void run_replacementOfARefusalFails_isWithheld(void **state)
{
    (void)state;
    w.by_interval = 1;
    begin_refusal(FORCED("1"), FORCED("2"));
    device.fault = SIM_FAILED;
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_operation(GITOPS_ACTION_REPLACE, "immutable", NULL);
    size_t writes = device.writes;
    for (int i = 0; i < 2; i++)
        assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_int_equal(device.writes, writes);
}

/* What is protected waits for an approval here as well. */
static void run_refusedButAsksToStay_isHeld(void **state)
{
    uint64_t asked;
    (void)state;
    begin_refusal(THING(", annotations: {gitops/force: 'true', gitops/prune: confirm}", "1"),
                  THING(", annotations: {gitops/force: 'true', gitops/prune: confirm}", "2"));
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    assert_int_equal(held_by("protected", &asked), 1);
    approve();
    assert_int_equal(world_run(&w), 0);
    assert_non_null(strstr(sim_get(&device, "_/Thing/t"), "\"x\":2"));
}

static void refused_body(gitops_context *own, void *data)
{
    world one;
    sim target;
    (void)data;
    memset(&one, 0, sizeof one);
    memset(&target, 0, sizeof target);
    if (world_open(&one, own, &target, SIM_CAN_LIST) == 0) {
        world_put(&one, "a.yaml", FORCED("1"));
        int rc = world_run(&one);
        target.fault = SIM_IMMUTABLE;
        world_put(&one, "a.yaml", FORCED("2"));
        if (rc == 0 && world_run(&one) == GITOPS_EPARTIAL)
            world_run(&one);
    }
    world_close(&one);
    sim_release(&target);
}

static void refused_everyAllocationFails_endsCleanly(void **state)
{
    (void)state;
    support_fail_every_allocation(refused_body, NULL);
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
        TEST(adopt_immutableDiffers_replaces),
        TEST(adopt_immutableDiffers_asksThePolicy),
        TEST(adopt_protectedKind_isHeld),
        TEST(transfer_immutableDiffers_replaces),
        TEST(run_refusedWhereForceIsAsked_isReplacedNext),
        TEST(run_refusedWhereNobodyAsksForForce_isWithheld),
        TEST(run_refusedForAnotherReason_isWithheld),
        TEST(run_replacementOfARefusalFails_isWithheld),
        TEST(run_refusedButAsksToStay_isHeld),
        cmocka_unit_test(refused_everyAllocationFails_endsCleanly),
        cmocka_unit_test(run_everyAllocationFails_endsCleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
