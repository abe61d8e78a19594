/* What is made is what the diff says: with what rules ignore, without what is only observed. */
#include "sim.h"

#define OBJECT(spec)                                                                               \
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: " spec "\n"
#define LIVE(spec)                                                                                 \
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"a\"},\"spec\":"  \
    spec "}"
#define KEY "_/Deployment.apps/a"

static gitops_context *context;
static gitops_schema *schema;
static sim device;
static world w;

static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    return world_open(&w, context, &device, SIM_CAN_LIST);
}

static int tear_down(void **state)
{
    (void)state;
    world_close(&w);
    sim_release(&device);
    memset(&device, 0, sizeof device);
    gitops_schema_free(schema);
    schema = NULL;
    support_context_free(context);
    return 0;
}

/* The text of a schema file, for a unit that states "_/Deployment.apps/a". */
static void begin(const char *text, const char *spec)
{
    gitops_document *document;
    assert_int_equal(gitops_document_parse(&document, context, text, strlen(text), "s", NULL), 0);
    assert_int_equal(gitops_schema_parse(&schema, context, document, NULL), 0);
    gitops_document_free(document);
    w.policy.schema = schema;
    assert_int_equal(world_restart(&w), 0);
    world_put(&w, "a.yaml", spec);
}

/* One more pass that has nothing to write. */
static void assert_settled(void)
{
    size_t writes = device.writes;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, writes);
}

static void create_ignoredLeaf_isSentAndThenLeftAlone(void **state)
{
    (void)state;
    begin("ignore: [/spec/replicas]", OBJECT("{replicas: 3, x: 1}"));
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, KEY), LIVE("{\"replicas\":3,\"x\":1}"));
    assert_settled();
    sim_set(&device, KEY, LIVE("{\"replicas\":7,\"x\":1}"));
    world_put(&w, "a.yaml", OBJECT("{replicas: 4, x: 2}"));
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, KEY), LIVE("{\"replicas\":7,\"x\":2}"));
    assert_settled();
    sim_set(&device, KEY, NULL);
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, KEY), LIVE("{\"replicas\":4,\"x\":2}"));
}

static void create_observedLeaf_isNeverSent(void **state)
{
    (void)state;
    begin("policies: {/spec/replicas: observe, /spec/z: alert}",
          OBJECT("{replicas: 3, x: 1, z: 1}"));
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, KEY), LIVE("{\"x\":1}"));
    assert_settled();
}

static void create_observedObject_isNotMade(void **state)
{
    (void)state;
    begin("policies: {\"\": observe}", OBJECT("{x: 1}"));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 0);
        assert_int_equal(world_count(&w, GITOPS_ACTION_CREATE), 0);
        gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
        assert_int_equal(gitops_plan_left_alone(gitops_run_plan(run)), 1);
        assert_int_equal(gitops_plan_drift_count(gitops_run_plan(run)), 0);
        gitops_run_free(run);
    }
}

static void create_objectUnderAlert_isTold(void **state)
{
    (void)state;
    begin("policies: {\"\": alert}", OBJECT("{x: 1}"));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, 0);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_plan_drift_count(gitops_run_plan(run)), 1);
    gitops_run_free(run);
}

/* It is not deleted to be made anew either. */
static void replace_observedObject_isLeftAlone(void **state)
{
    (void)state;
    begin("policies: {\"\": observe, /spec/x: enforce}\nimmutable: [/spec/x]", OBJECT("{x: 1}"));
    sim_set(&device, KEY, LIVE("{\"x\":1}"));
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "a.yaml", OBJECT("{x: 2}"));
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, 0);
    assert_string_equal(sim_get(&device, KEY), LIVE("{\"x\":1}"));
}

/* A call that may have made it is no reason to own what a mode has left alone since. */
static void create_interruptedThenObserved_isForgotten(void **state)
{
    int status;
    gitops_inventory *inventory;
    (void)state;
    begin("{}", OBJECT("{x: 1}"));
    device.fault = SIM_UNKNOWN_LOST;
    world_pass(&w, SIZE_MAX, 0, &status);
    assert_int_equal(status, GITOPS_EPARTIAL);
    device.fault = SIM_NONE;
    gitops_schema_free(schema);
    begin("policies: {\"\": observe}", OBJECT("{x: 1}"));
    assert_int_equal(world_run(&w), 0);
    assert_null(sim_get(&device, KEY));
    assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
    assert_int_equal(gitops_inventory_count(inventory), 0);
    gitops_inventory_free(inventory);
    assert_settled();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(create_ignoredLeaf_isSentAndThenLeftAlone),
        TEST(create_observedLeaf_isNeverSent),
        TEST(create_observedObject_isNotMade),
        TEST(create_objectUnderAlert_isTold),
        TEST(replace_observedObject_isLeftAlone),
        TEST(create_interruptedThenObserved_isForgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
