/* What the target makes of what it is sent is remembered, beyond the life of the process. */
#include "sim.h"

#define OBJECT(spec) "apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: " spec "\n"
#define LIVE(spec)                                                                                 \
    "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},\"spec\":" spec "}"

static gitops_context *context;
static sim device;
static world w;

/* The target spells a number as text, and says so; "_/A/a" was sent. */
static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, SIM_CAN_LIST), 0);
    device.says_spelling = 1;
    world_put(&w, "a.yaml", OBJECT("{x: 1}"));
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("{\"x\":\"1\"}"));
    assert_int_equal(device.writes, 1);
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

static void run_anotherProcess_knowsTheNormalForm(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(world_restart(&w), 0);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 1);
    }
}

static void run_laterChange_isReverted(void **state)
{
    (void)state;
    assert_int_equal(world_restart(&w), 0);
    sim_set(&device, "_/A/a", LIVE("{\"x\":\"2\"}"));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, 2);
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("{\"x\":\"1\"}"));
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, 2);
}

/* A read never makes a normal form: what somebody else wrote stays drift. */
static void run_driftThatIsReported_staysDrift(void **state)
{
    (void)state;
    w.policy.drift = GITOPS_DRIFT_REPORT;
    sim_set(&device, "_/A/a", LIVE("{\"x\":\"2\"}"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(world_restart(&w), 0);
        assert_int_equal(world_run(&w), 0);
        gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
        assert_int_equal(gitops_plan_drift_count(gitops_run_plan(run)), 1);
        gitops_run_free(run);
    }
    assert_int_equal(device.writes, 1);
}

static void run_changeInGit_isNoConflict(void **state)
{
    (void)state;
    w.policy.conflict = GITOPS_CONFLICT_FAIL;
    assert_int_equal(world_restart(&w), 0);
    world_put(&w, "a.yaml", OBJECT("{x: 3}"));
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("{\"x\":3}"));
}

/* Git takes over what somebody changed: nothing is sent, and what is known of the rest stays known. */
static void run_quietRecord_keepsTheNormalForm(void **state)
{
    (void)state;
    world_put(&w, "a.yaml", OBJECT("{v: {x: 1}, w: 0}"));
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, "_/A/a"), LIVE("{\"v\":{\"x\":\"1\"},\"w\":0}"));
    sim_set(&device, "_/A/a", LIVE("{\"v\":{\"x\":\"1\"},\"w\":5}"));
    world_put(&w, "a.yaml", OBJECT("{v: {x: 1}, w: 5}"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(world_restart(&w), 0);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 2);
    }
    sim_set(&device, "_/A/a", LIVE("{\"v\":{\"x\":\"2\"},\"w\":5}"));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, 3);
}

/* A call whose answer was lost, while Git went back to what was sent before. */
static void run_interruptedAndTakenBack_keepsTheNormalForm(void **state)
{
    int status;
    (void)state;
    world_put(&w, "a.yaml", OBJECT("{x: 1, w: 1}"));
    device.fault = SIM_UNKNOWN_LOST;
    world_pass(&w, SIZE_MAX, 0, &status);
    assert_int_equal(status, GITOPS_EPARTIAL);
    device.fault = SIM_NONE;
    size_t writes = device.writes;
    world_put(&w, "a.yaml", OBJECT("{x: 1}"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(world_restart(&w), 0);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, writes);
    }
}

/* With pruning off the object stays ours, and comes back into Git as it was. */
static void run_interruptedAndKept_keepsTheNormalForm(void **state)
{
    int status;
    (void)state;
    w.policy.prune = GITOPS_PRUNE_OFF;
    world_put(&w, "a.yaml", OBJECT("{x: 1, w: 1}"));
    device.fault = SIM_UNKNOWN_LOST;
    world_pass(&w, SIZE_MAX, 0, &status);
    device.fault = SIM_NONE;
    size_t writes = device.writes;
    world_put(&w, "a.yaml", NULL);
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "a.yaml", OBJECT("{x: 1}"));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world_restart(&w), 0);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, writes);
    }
}

static void inventory_sent_isWhatWasSent(void **state)
{
    gitops_inventory *inventory;
    size_t length;
    (void)state;
    assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
    assert_string_equal(gitops_inventory_sent(inventory, 0, &length), LIVE("{\"x\":1}"));
    assert_int_equal(length, strlen(LIVE("{\"x\":1}")));
    gitops_inventory_free(inventory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(run_anotherProcess_knowsTheNormalForm),
        TEST(run_laterChange_isReverted),
        TEST(run_driftThatIsReported_staysDrift),
        TEST(run_changeInGit_isNoConflict),
        TEST(run_quietRecord_keepsTheNormalForm),
        TEST(run_interruptedAndTakenBack_keepsTheNormalForm),
        TEST(run_interruptedAndKept_keepsTheNormalForm),
        TEST(inventory_sent_isWhatWasSent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
