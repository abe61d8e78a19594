/* What holds a plan, and what lifts it. */
#include "sim.h"

#include <stdio.h>

#include "store/store.h"

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

static int64_t unix_now(void)
{
    return 1700000000000 + w.now_ms;
}

/* A plan that is held; its digest. */
static const char *hold(void)
{
    static char digest[65];
    state_objects(0, 3);
    assert_int_equal(world_run(&w), 0);
    state_objects(2, 3);
    assert_held("deletes", 1, 2);
    gitops_plan *plan = last_plan();
    snprintf(digest, sizeof digest, "%s", gitops_plan_digest(plan));
    gitops_plan_free(plan);
    return digest;
}

static int approve_at(const char *digest, int64_t unix_ms)
{
    return gitops_store_approve(w.store, "sim", digest, "ann", "they moved\nelsewhere", unix_ms,
                                NULL);
}

/* Asserts on who approved the last run, and why; NULL: nobody did. */
static void assert_approver(const char *who, const char *why)
{
    gitops_history *history;
    assert_int_equal(gitops_history_read(&history, w.store, "sim", 1, NULL), 0);
    assert_int_equal(gitops_history_approved(history, 0), who != NULL);
    assert_string_equal(gitops_history_approver(history, 0), who ? who : "");
    assert_string_equal(gitops_history_approval_reason(history, 0), why ? why : "");
    assert_null(gitops_history_approver(history, 1));
    assert_null(gitops_history_approval_reason(history, 1));
    gitops_history_free(history);
}

static void approval_inTheStore_isUsedOnceByAnyProcess(void **state)
{
    (void)state;
    assert_int_equal(approve_at(hold(), unix_now()), 0);
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 1);
    assert_approver("ann", "they moved\nelsewhere");
    w.now_ms += DAY_MS;
    state_objects(0, 3);
    assert_int_equal(world_run(&w), 0);
    assert_approver(NULL, NULL);
    state_objects(2, 3); /* the very same plan as before */
    assert_held("deletes", 1, 2);
}

static void approval_inThisProcess_saysWhoAndWhy(void **state)
{
    (void)state;
    const char *digest = hold();
    assert_int_equal(gitops_reconciler_approve(w.reconciler, "sim", digest, "bob", NULL, NULL), 0);
    assert_int_equal(world_run(&w), 0);
    assert_approver("bob", NULL);
}

static void approval_olderThanADay_isVoid(void **state)
{
    (void)state;
    const char *digest = hold();
    assert_int_equal(approve_at(digest, unix_now()), 0);
    w.now_ms += DAY_MS;
    assert_held("deletes", 1, 2);
    assert_int_equal(approve_at(digest, unix_now()), 0);
    assert_int_equal(world_run(&w), 0);
}

static void approval_fromTheFuture_isVoid(void **state)
{
    (void)state;
    const char *digest = hold();
    assert_int_equal(approve_at(digest, unix_now() + DAY_MS / 2), 0);
    assert_held("deletes", 1, 2);
    w.now_ms += DAY_MS / 2;
    assert_int_equal(world_run(&w), 0);
}

static void approval_ofAnotherPlan_liftsNothing(void **state)
{
    char other[65];
    (void)state;
    snprintf(other, sizeof other, "%s", hold());
    other[0] = other[0] == '0' ? '1' : '0';
    assert_int_equal(approve_at(other, unix_now()), 0);
    assert_held("deletes", 1, 2);
    state_objects(1, 3); /* within the limit: what was approved is not needed */
    assert_int_equal(world_run(&w), 0);
    assert_approver(NULL, NULL);
}

static void approval_badArguments_areRefused(void **state)
{
    static const char digest[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    char *text = calloc(1, 70000);
    (void)state;
    memset(text, 'x', 70000 - 1);
    assert_int_equal(approve_at("abc", 1), GITOPS_EINVAL);
    assert_int_equal(approve_at(NULL, 1), GITOPS_EINVAL);
    assert_int_equal(gitops_store_approve(w.store, "no/unit", digest, "", "", 1, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_store_approve(w.store, NULL, digest, "", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_approve(NULL, "sim", digest, "", "", 1, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_store_approve(w.store, "sim", digest, "a\nb", "", 1, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_store_approve(w.store, "sim", digest, "a", text, 1, NULL),
                     GITOPS_ELIMIT);
    assert_int_equal(gitops_store_approve(w.store, "sim", digest, NULL, NULL, 1, NULL), 0);
    free(text);
}

/* An object with lines of metadata of its own; text NULL: it leaves Git. */
static void put_object(const char *kind, const char *name, const char *metadata)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "%s.yaml", name);
    snprintf(text, sizeof text, "apiVersion: v1\nkind: %s\nmetadata:\n  name: %s\n%s", kind, name,
             metadata ? metadata : "");
    world_put(&w, path, metadata ? text : NULL);
}

/* The one operation of the last plan is this. */
static void assert_only(int32_t action, const char *code, const char *reason)
{
    gitops_plan *plan = last_plan();
    assert_int_equal(gitops_plan_count(plan), 1);
    const gitops_operation *operation = gitops_plan_operation(plan, 0);
    assert_int_equal(gitops_operation_action(operation), action);
    assert_string_equal(gitops_operation_reason_code(operation), code);
    assert_string_equal(gitops_operation_reason(operation), reason);
    gitops_plan_free(plan);
}

static void protected_kind_isDeletedWithAnApprovalOnly(void **state)
{
    (void)state;
    state_objects(0, 5);
    put_object("Namespace", "shop", "");
    assert_int_equal(world_run(&w), 0);
    put_object("Namespace", "shop", NULL);
    assert_held("protected", 0, 1);
    assert_only(GITOPS_ACTION_DELETE, "removed-from-git",
                "removed from Git (protected: with an approval only)");
    gitops_plan *plan = last_plan();
    assert_int_equal(approve_at(gitops_plan_digest(plan), unix_now()), 0);
    gitops_plan_free(plan);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 5);
}

static void protected_listOfTheHost_holds(void **state)
{
    static const char *const list[] = {"*/A/m0[0-2]"};
    (void)state;
    w.policy.protects = list;
    w.policy.protect_count = 1;
    assert_int_equal(world_restart(&w), 0);
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(4, 20);
    assert_held("protected", 0, 3);
}

static void prune_keep_forgetsTheObject(void **state)
{
    static const char *const annotations[] = {
        "gitops/prune: keep", "argocd.argoproj.io/sync-options: Prune=false",
        "kustomize.toolkit.fluxcd.io/prune: disabled", "helm.sh/resource-policy: keep",
        "cli-utils.sigs.k8s.io/on-remove: keep", "client.lifecycle.config.k8s.io/deletion: detach"};
    char metadata[128];
    (void)state;
    state_objects(0, 3);
    for (size_t i = 0; i < sizeof annotations / sizeof annotations[0]; i++) {
        snprintf(metadata, sizeof metadata, "  annotations: {%s}\n", annotations[i]);
        put_object("A", "kept", metadata);
        sim_set(&device, "_/A/kept", NULL);
        assert_int_equal(world_run(&w), 0);
        put_object("A", "kept", NULL);
        assert_int_equal(world_run(&w), 0);
        assert_only(GITOPS_ACTION_FORGET, "asked-to-stay",
                    "removed from Git, but its annotations keep it: it stays in the target");
        assert_non_null(sim_get(&device, "_/A/kept"));
    }
}

static void prune_keepInTheTarget_countsToo(void **state)
{
    (void)state;
    state_objects(0, 3);
    put_object("A", "kept", "");
    assert_int_equal(world_run(&w), 0);
    sim_set(&device, "_/A/kept",
            "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"kept\",\"annotations\":"
            "{\"gitops/prune\":\"keep\"}}}");
    put_object("A", "kept", NULL);
    assert_int_equal(world_run(&w), 0);
    assert_non_null(sim_get(&device, "_/A/kept"));
    assert_only(GITOPS_ACTION_FORGET, "asked-to-stay",
                "removed from Git, but its annotations keep it: it stays in the target");
}

static void prune_confirm_holds(void **state)
{
    (void)state;
    state_objects(0, 3);
    put_object("A", "asks", "  annotations: {gitops/prune: confirm}\n");
    assert_int_equal(world_run(&w), 0);
    put_object("A", "asks", NULL);
    assert_held("protected", 0, 1);
}

static void prune_annotationThatNobodyCanRead_holds(void **state)
{
    (void)state;
    state_objects(0, 3);
    put_object("A", "asks", "");
    assert_int_equal(world_run(&w), 0);
    sim_set(&device, "_/A/asks",
            "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"asks\",\"annotations\":"
            "{\"gitops/prune\":\"kep\"}}}");
    put_object("A", "asks", NULL);
    assert_held("protected", 0, 1);
}

static void limit_scope(const char *const *scope, size_t count)
{
    w.policy.scope = scope;
    w.policy.scope_count = count;
    assert_int_equal(world_restart(&w), 0);
}

static void scope_objectOutside_isAnErrorBeforeAnyChange(void **state)
{
    static const char *const scope[] = {"!_/A/m0[12]"};
    gitops_error err;
    (void)state;
    limit_scope(scope, 1);
    state_objects(0, 5);
    assert_int_equal(world_run(&w), GITOPS_ESCOPE);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_run_status(run, &err), GITOPS_ESCOPE);
    assert_string_equal(err.where, "f01.yaml");
    assert_int_equal(err.line, 1);
    assert_string_equal(err.message, "_/A/m01 is outside of what unit sim may touch; objects "
                                     "outside: 2");
    gitops_run_free(run);
    assert_int_equal(device.writes, 0);
}

static void scope_narrowed_deletesNothingOutside(void **state)
{
    static const char *const scope[] = {"!_/A/m00"};
    (void)state;
    state_objects(0, 5);
    assert_int_equal(world_run(&w), 0);
    limit_scope(scope, 1);
    state_objects(1, 5);
    assert_int_equal(world_run(&w), GITOPS_ESCOPE);
    assert_int_equal(device.count, 5);
}

/* The digest of a plan that updates "a" after the target was changed to what is given. */
static const char *digest_over(const char *live)
{
    static char digests[2][65];
    static int turn;
    char *digest = digests[turn = !turn];
    sim_set(&device, "_/A/a", live);
    assert_int_equal(world_run(&w), 0);
    gitops_plan *plan = last_plan();
    assert_int_equal(gitops_plan_count(plan), 1);
    snprintf(digest, 65, "%s", gitops_plan_digest(plan));
    gitops_plan_free(plan);
    return digest;
}

#define LIVE(metadata, rest)                                                                       \
    "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"" metadata "}" rest "}"

/* What is not ours, the clock and the revision are noise; another object of the same name is not. */
static void digest_noiseAndRealChanges_areToldApart(void **state)
{
    char first[65];
    (void)state;
    put_object("A", "a", "  labels: {x: one}\n");
    assert_int_equal(world_run(&w), 0);
    w.options.plan_only = 1;
    assert_int_equal(world_restart(&w), 0);
    put_object("A", "a", "  labels: {x: two}\n");
    snprintf(first, sizeof first, "%s",
             digest_over(LIVE(",\"labels\":{\"x\":\"one\"},\"uid\":\"1\"", "")));
    world_put(&w, "readme.yaml", "just: text\n"); /* another revision */
    w.unix_shift_ms = 77;
    assert_string_equal(
        digest_over(LIVE(",\"labels\":{\"x\":\"one\",\"y\":\"z\"},\"uid\":\"1\"", ",\"q\":1")),
        first);
    assert_string_not_equal(
        digest_over(LIVE(",\"labels\":{\"x\":\"one\"},\"uid\":\"2\"", "")), first);
    assert_string_not_equal(
        digest_over(LIVE(",\"labels\":{\"x\":\"three\"},\"uid\":\"1\"", "")), first);
    assert_string_equal(digest_over(LIVE(",\"labels\":{\"x\":\"one\"},\"uid\":\"1\"", "")), first);
    put_object("A", "a", "  labels: {x: three}\n");
    assert_string_not_equal(
        digest_over(LIVE(",\"labels\":{\"x\":\"one\"},\"uid\":\"1\"", "")), first);
}

static void budget_ofAnHour_holds(void **state)
{
    (void)state;
    w.options.max_changes_per_hour = 2;
    assert_int_equal(world_restart(&w), 0);
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(2, 20);
    assert_int_equal(world_run(&w), 0);
    state_objects(3, 20);
    assert_held("budget", 2, 3);
    w.now_ms += 3600000;
    assert_int_equal(world_run(&w), 0);
    w.options.max_changes_per_hour = -1;
    assert_int_equal(world_restart(&w), GITOPS_EINVAL);
}

/* Another unit of the same process has used up most of what all may do. */
static void budget_ofAllUnits_isShared(void **state)
{
    gitops_unit_options options = {.struct_size = sizeof options, .name = "other"};
    gops_store_record records[] = {
        {.kind = GOPS_RECORD_RUN_BEGIN, .number = 1},
        {.kind = GOPS_RECORD_INTENT, .number = 1, .key = "_/A/x", .action = GITOPS_ACTION_DELETE}};
    gitops_unit *unit;
    (void)state;
    w.options.max_changes_per_hour = 2;
    assert_int_equal(world_restart(&w), 0);
    world_put(&w, "elsewhere/readme.yaml", "just: text\n");
    state_objects(0, 20);
    assert_int_equal(world_run(&w), 0);
    records[0].unix_ms = records[1].unix_ms = unix_now();
    assert_int_equal(gops_store_write(w.store, "other", records, 2, NULL), 0);
    state_objects(2, 20);
    w.options.plan_only = 1;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0); /* units that are not of this process do not count */
    options.source = w.source;
    options.target = w.target;
    options.path = "elsewhere";
    assert_int_equal(gitops_unit_new(&unit, context, &options, NULL), 0);
    assert_int_equal(gitops_reconciler_add(w.reconciler, unit, NULL), 0);
    assert_held("budget", 2, 3);
    gitops_unit_free(unit);
}

/* A run over a held and an approved plan; what fails for want of memory works afterwards. */
static void approval_body(gitops_context *own, void *data)
{
    static sim target;
    world other;
    char digest[65] = "";
    gitops_run *run = NULL;
    (void)data;
    int rc = world_open(&other, own, &target, SIM_CAN_LIST);
    if (rc == 0) {
        world_put(&other, "a.yaml", "apiVersion: v1\nkind: A\nmetadata: {name: a}\n");
        world_run(&other);
        world_put(&other, "a.yaml", "just: text\n");
        world_run(&other);
        run = gitops_reconciler_result(other.reconciler, "sim");
    }
    if (run && gitops_run_plan(run))
        snprintf(digest, sizeof digest, "%s", gitops_plan_digest(gitops_run_plan(run)));
    gitops_run_free(run);
    if (digest[0]) {
        int64_t now = 1700000000000 + other.now_ms;
        rc = gitops_store_approve(other.store, "sim", digest, "me", "why", now, NULL);
        assert_true(rc == 0 || rc == GITOPS_ENOMEM);
        rc = gitops_reconciler_approve(other.reconciler, "sim", digest, "me", "why", NULL);
        assert_true(rc == 0 || rc == GITOPS_ENOMEM);
        world_run(&other);
    }
    world_close(&other);
    sim_release(&target);
}

static void approval_everyAllocationFails_leavesNothing(void **state)
{
    (void)state;
    support_fail_every_allocation(approval_body, NULL);
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
        CASE(approval_inTheStore_isUsedOnceByAnyProcess),
        CASE(approval_inThisProcess_saysWhoAndWhy),
        CASE(approval_olderThanADay_isVoid),
        CASE(approval_fromTheFuture_isVoid),
        CASE(approval_ofAnotherPlan_liftsNothing),
        CASE(approval_badArguments_areRefused),
        CASE(approval_everyAllocationFails_leavesNothing),
        CASE(protected_kind_isDeletedWithAnApprovalOnly),
        CASE(protected_listOfTheHost_holds),
        CASE(prune_keep_forgetsTheObject),
        CASE(prune_keepInTheTarget_countsToo),
        CASE(prune_confirm_holds),
        CASE(prune_annotationThatNobodyCanRead_holds),
        CASE(scope_objectOutside_isAnErrorBeforeAnyChange),
        CASE(scope_narrowed_deletesNothingOutside),
        CASE(digest_noiseAndRealChanges_areToldApart),
        CASE(budget_ofAnHour_holds),
        CASE(budget_ofAllUnits_isShared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
