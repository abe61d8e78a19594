/* Options that an object has about its own writing. */
#include "sim.h"

#include <stdio.h>

static gitops_context *context;
static sim device;
static world w;

static int set_up(void **state)
{
    (void)state;
    context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, SIM_CAN_LIST | SIM_CAN_GET), 0);
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

static void put(const char *annotation, int x)
{
    char text[256];
    snprintf(text, sizeof text,
             "apiVersion: v1\nkind: A\nmetadata: {name: a, annotations: {%s}}\nspec: {x: %d}\n",
             annotation, x);
    world_put(&w, "a.yaml", text);
}

/* What is stated for people, or for a while not to be touched. */
static void object_thatIsNotToBeWritten_isLeftAlone(void **state)
{
    static const char *const annotations[] = {
        "gitops/reconcile: disabled", "gitops/apply: never",
        "kustomize.toolkit.fluxcd.io/reconcile: disabled", "kustomize.toolkit.fluxcd.io/ssa: Ignore",
        "argocd.argoproj.io/hook: Skip"};
    for (size_t i = 0; i < sizeof annotations / sizeof annotations[0]; i++) {
        if (i) {
            tear_down(state);
            set_up(state);
        }
        put(annotations[i], 1);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 0); /* not made */
        sim_set(&device, "_/A/a", "{\"spec\":{\"x\":9}}");
        put(annotations[i], 2);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 0); /* not changed, nor taken over */
        put("b: c", 3);
        w.policy.adopt = GITOPS_ADOPT_ALWAYS;
        assert_int_equal(world_restart(&w), 0);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 1);
        put(annotations[i], 4);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 1); /* ours, and let be */
    }
}

static void object_thatIsOnlyMade_isNotChangedAfterThat(void **state)
{
    static const char *const annotations[] = {
        "gitops/apply: create-only", "kustomize.toolkit.fluxcd.io/ssa: IfNotPresent",
        "client.lifecycle.config.k8s.io/mutation: ignore"};
    for (size_t i = 0; i < sizeof annotations / sizeof annotations[0]; i++) {
        if (i) {
            tear_down(state);
            set_up(state);
        }
        put(annotations[i], 1);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 1);
        put(annotations[i], 2);
        assert_int_equal(world_run(&w), 0);
        sim_set(&device, "_/A/a", "{\"spec\":{\"x\":9}}");
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 1);
        sim_set(&device, "_/A/a", NULL);
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, 2); /* made again */
    }
}

static void object_thatIsPut_losesWhatOthersAdded(void **state)
{
    static const struct {
        const char *annotation;
        int keeps;
    } cases[] = {{"gitops/apply: replace", 0},
                 {"argocd.argoproj.io/sync-options: Replace=true", 0},
                 {"gitops/apply: merge", 1},
                 {"gitops/apply: update", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (i) {
            tear_down(state);
            set_up(state);
        }
        put(cases[i].annotation, 1);
        assert_int_equal(world_run(&w), 0);
        char live[512];
        const char *json = sim_get(&device, "_/A/a");
        snprintf(live, sizeof live, "%.*s,\"other\":true}", (int)strlen(json) - 1, json);
        sim_set(&device, "_/A/a", live);
        assert_int_equal(world_run(&w), 0);
        assert_non_null(strstr(sim_get(&device, "_/A/a"), "other")); /* no drift by itself */
        put(cases[i].annotation, 2);
        assert_int_equal(world_run(&w), 0);
        assert_non_null(strstr(sim_get(&device, "_/A/a"), "\"x\":2"));
        assert_int_equal(strstr(sim_get(&device, "_/A/a"), "other") != NULL, cases[i].keeps);
        size_t writes = device.writes;
        assert_int_equal(world_run(&w), 0);
        assert_int_equal(device.writes, writes);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(object_thatIsNotToBeWritten_isLeftAlone),
        TEST(object_thatIsOnlyMade_isNotChangedAfterThat),
        TEST(object_thatIsPut_losesWhatOthersAdded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
