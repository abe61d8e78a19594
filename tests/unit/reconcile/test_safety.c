/* What holds a plan: the limits of a sliding day. */
#include "sim.h"

#include <stdio.h>

enum { DAY_MS = 86400000 };

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

/* The source states the objects from first up to count. */
static void state_objects(size_t first, size_t count)
{
    char path[32], text[80];
    for (size_t i = 0; i < 100; i++) {
        snprintf(path, sizeof path, "f%02zu.yaml", i);
        snprintf(text, sizeof text, "apiVersion: v1\nkind: A\nmetadata: {name: m%02zu}\n", i);
        world_put(&w, path, i >= first && i < count ? text : NULL);
    }
}

/* The plan of the last pass; free it. */
static gitops_plan *last_plan(void)
{
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    gitops_plan *plan = gitops_plan_ref(gitops_run_plan(run));
    gitops_run_free(run);
    return plan;
}

/* Runs a pass whose plan is held by one limit alone. */
static void assert_held(const char *limit, uint64_t allowed, uint64_t asked)
{
    uint64_t found_allowed, found_asked;
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    gitops_plan *plan = last_plan();
    assert_int_equal(gitops_plan_held_count(plan), 1);
    assert_string_equal(gitops_plan_held(plan, 0, &found_allowed, &found_asked), limit);
    assert_int_equal(found_allowed, allowed);
    assert_int_equal(found_asked, asked);
    gitops_plan_free(plan);
}

static void day_deletesOfSeveralRuns_addUp(void **state)
{
    (void)state;
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(4, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(6, 20); /* 6 of 20 are 30 percent, though 2 of 16 are left by that */
    assert_int_equal(world_run(&w), 0);
    state_objects(7, 21);
    size_t writes = device.writes;
    assert_held("day", 6, 7);
    assert_int_equal(device.writes, writes); /* the create is held as well */
    state_objects(6, 21);
    assert_int_equal(world_run(&w), 0);
    state_objects(7, 21);
    w.now_ms += DAY_MS;
    assert_int_equal(world_run(&w), 0);
}

static void day_isBeyondTheLimitOfARun_saysBoth(void **state)
{
    (void)state;
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(1, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(8, 20);
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    gitops_plan *plan = last_plan();
    assert_int_equal(gitops_plan_held_count(plan), 2);
    assert_string_equal(gitops_plan_held(plan, 0, NULL, NULL), "deletes");
    assert_string_equal(gitops_plan_held(plan, 1, NULL, NULL), "day");
    gitops_plan_free(plan);
}

static void day_clockPutBack_opensNothing(void **state)
{
    (void)state;
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(6, 20);
    assert_int_equal(world_run(&w), 0);
    w.unix_shift_ms = -(int64_t)1000 * DAY_MS;
    state_objects(7, 20);
    assert_held("day", 6, 7);
}

static void day_otherProcess_knowsWhatWasDeleted(void **state)
{
    (void)state;
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(6, 20);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_restart(&w), 0);
    state_objects(7, 20);
    assert_held("day", 6, 7);
}

/* What is left of the day is no part of what is approved. */
static void day_remainder_isNotInTheDigest(void **state)
{
    char digest[65];
    (void)state;
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(6, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(7, 20);
    assert_held("day", 6, 7);
    gitops_plan *plan = last_plan();
    snprintf(digest, sizeof digest, "%s", gitops_plan_digest(plan));
    gitops_plan_free(plan);
    w.now_ms += DAY_MS;
    w.options.plan_only = 1;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    plan = last_plan();
    assert_int_equal(gitops_plan_held_count(plan), 0);
    assert_string_equal(gitops_plan_digest(plan), digest);
    gitops_plan_free(plan);
}

static void day_refusedDeletes_doNotCount(void **state)
{
    (void)state;
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    device.fault_key = "_/A/m00";
    device.fault = SIM_FAILED;
    state_objects(1, 20);
    for (int i = 0; i < 8; i++)
        assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(day_deletesOfSeveralRuns_addUp),
        CASE(day_isBeyondTheLimitOfARun_saysBoth),
        CASE(day_clockPutBack_opensNothing),
        CASE(day_otherProcess_knowsWhatWasDeleted),
        CASE(day_remainder_isNotInTheDigest),
        CASE(day_refusedDeletes_doNotCount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
