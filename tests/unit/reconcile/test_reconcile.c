/* The main job on a simulated target: what is planned, sent, remembered and refused. */
#include "sim.h"

#include <stdio.h>

#define OBJECT(kind, name, spec) \
    "apiVersion: v1\nkind: " kind "\nmetadata: {name: " name "}\nspec: " spec "\n"

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

static void check_counts(uint64_t create, uint64_t update, uint64_t deletes, uint64_t none)
{
    assert_int_equal(world_count(&w, GITOPS_ACTION_CREATE), create);
    assert_int_equal(world_count(&w, GITOPS_ACTION_UPDATE), update);
    assert_int_equal(world_count(&w, GITOPS_ACTION_DELETE), deletes);
    assert_int_equal(world_count(&w, GITOPS_ACTION_NONE), none);
}

static void run_firstTime_createsInOrder(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("Zebra", "z", "{a: 1}") "---\n" OBJECT("Namespace", "nn", "{}"));
    world_put(&w, "b.yaml", OBJECT("ConfigMap", "c", "{}") "---\n"
              "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
              "metadata: {name: d}\n");
    assert_int_equal(world_run(&w), 0);
    check_counts(4, 0, 0, 0);
    assert_string_equal(device.log, "+_/Namespace/nn "
                                    "+_/CustomResourceDefinition.apiextensions.k8s.io/d "
                                    "+_/ConfigMap/c +_/Zebra/z ");
    assert_string_equal(sim_get(&device, "_/Zebra/z"),
                        "{\"apiVersion\":\"v1\",\"kind\":\"Zebra\",\"metadata\":{\"name\":\"z\"},"
                        "\"spec\":{\"a\":1}}");
    close_world();
}

static void run_secondTime_doesNothing(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}") "---\n" OBJECT("A", "b", "{x: 2}"));
    assert_int_equal(world_run(&w), 0);
    size_t writes = device.writes;
    for (int process = 0; process < 2; process++) {
        assert_int_equal(world_run(&w), 0);
        check_counts(0, 0, 0, 2);
        assert_int_equal(device.writes, writes);
        gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
        assert_int_equal(gitops_run_touched(run), 0);
        gitops_run_free(run);
        assert_int_equal(world_restart(&w), 0);
    }
    gitops_history *history;
    assert_int_equal(gitops_history_read(&history, w.store, "sim", 0, NULL), 0);
    assert_int_equal(gitops_history_count(history), 1); /* runs that do nothing write nothing */
    gitops_history_free(history);
    close_world();
}

static void run_drift_isHealedAndForeignLeftAlone(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}") "---\n" OBJECT("A", "b", "{x: 2}") "---\n"
              OBJECT("A", "c", "{x: 3}"));
    assert_int_equal(world_run(&w), 0);
    char *before = sim_dump(&device);
    sim_set(&device, "_/A/a", "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},"
                              "\"spec\":{\"x\":9}}");
    sim_set(&device, "_/A/b", NULL);
    sim_set(&device, "_/A/foreign", "{\"mine\":true}");
    assert_int_equal(world_run(&w), 0);
    check_counts(1, 1, 0, 1);
    assert_string_equal(sim_get(&device, "_/A/foreign"), "{\"mine\":true}");
    sim_set(&device, "_/A/foreign", NULL);
    char *after = sim_dump(&device);
    assert_string_equal(after, before);
    free(before);
    free(after);
    close_world();
}

static void run_liveOnlyField_stays(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1, z: 2}"));
    assert_int_equal(world_run(&w), 0);
    sim_set(&device, "_/A/a", "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},"
                              "\"spec\":{\"x\":1,\"z\":2,\"server\":3}}");
    assert_int_equal(world_run(&w), 0);
    check_counts(0, 0, 0, 1);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 5}"));
    assert_int_equal(world_run(&w), 0);
    check_counts(0, 1, 0, 0);
    assert_non_null(strstr(sim_get(&device, "_/A/a"), "\"spec\":{\"server\":3,\"x\":5}"));
    close_world();
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

static void run_commit_isPlannedAndPruned(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(12);
    assert_int_equal(world_run(&w), 0);
    device.log[0] = '\0';
    put_many(10);
    world_put(&w, "f00.yaml", OBJECT("A", "m00", "{x: 1}") "---\n" OBJECT("B", "new", "{}"));
    assert_int_equal(world_run(&w), 0);
    check_counts(1, 1, 2, 9);
    assert_string_equal(device.log, "+_/A/m00 +_/B/new -_/A/m11 -_/A/m10 ");
    assert_null(sim_get(&device, "_/A/m11"));
    close_world();
}

static const char *held_limit(uint64_t *allowed, uint64_t *asked)
{
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    const char *limit = gitops_plan_held(gitops_run_plan(run), 0, allowed, asked);
    gitops_run_free(run);
    return limit;
}

static void run_tooManyDeletes_holdsUntilApproved(void **state)
{
    char digest[65];
    uint64_t allowed, asked;
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(12);
    assert_int_equal(world_run(&w), 0);
    put_many(8); /* 4 of 12 are more than 30 percent */
    world_put(&w, "new.yaml", OBJECT("B", "new", "{}"));
    size_t writes = device.writes;
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    assert_string_equal(held_limit(&allowed, &asked), "deletes");
    assert_int_equal(allowed, 3);
    assert_int_equal(asked, 4);
    assert_int_equal(device.writes, writes); /* creates are held as well */
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    snprintf(digest, sizeof digest, "%s", gitops_plan_digest(gitops_run_plan(run)));
    gitops_run_free(run);
    assert_int_equal(gitops_reconciler_approve(w.reconciler, "sim", "abc", "me", "because",
                                               NULL), GITOPS_EINVAL);
    digest[0] = digest[0] == '0' ? '1' : '0';
    assert_int_equal(gitops_reconciler_approve(w.reconciler, "sim", digest, "me", "because",
                                               NULL), 0);
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    run = gitops_reconciler_result(w.reconciler, "sim");
    snprintf(digest, sizeof digest, "%s", gitops_plan_digest(gitops_run_plan(run)));
    gitops_run_free(run);
    assert_int_equal(gitops_reconciler_approve(w.reconciler, "sim", digest, "me", "because",
                                               NULL), 0);
    assert_int_equal(world_run(&w), 0);
    check_counts(1, 0, 4, 8);
    close_world();
}

/* What was approved is carried out, or nothing is. */
static void run_approvalOfAnotherPlan_doesNothing(void **state)
{
    static const char none[] = "0000000000000000000000000000000000000000000000000000000000000000";
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(2);
    assert_int_equal(gitops_reconciler_approve(w.reconciler, "sim", none, "me", "because",
                                               NULL), 0);
    assert_int_equal(world_run(&w), GITOPS_ENOTFOUND);
    assert_int_equal(device.count, 0);
    assert_int_equal(world_run(&w), 0); /* an approval is for one pass */
    assert_int_equal(device.count, 2);
    assert_int_equal(gitops_reconciler_approve(w.reconciler, "sim", none, "me", "because",
                                               NULL), 0);
    assert_int_equal(world_run(&w), 0); /* there is nothing to do */
    close_world();
}

static void run_lastObject_isHeld(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(1);
    assert_int_equal(world_run(&w), 0);
    put_many(0);
    world_put(&w, "readme.yaml", "just: text\n");
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    assert_string_equal(held_limit(NULL, NULL), "last-object");
    assert_non_null(sim_get(&device, "_/A/m00"));
    close_world();
}

static void run_pruneOff_keepsObjects(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    w.policy.prune = GITOPS_PRUNE_OFF;
    assert_int_equal(world_restart(&w), 0);
    put_many(3);
    assert_int_equal(world_run(&w), 0);
    put_many(2);
    assert_int_equal(world_run(&w), 0);
    check_counts(0, 0, 0, 2);
    assert_non_null(sim_get(&device, "_/A/m02"));
    close_world();
}

static void run_existingObject_followsAdoption(void **state)
{
    static const char equal[] = "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":"
                                "\"a\"},\"spec\":{\"x\":1},\"other\":true}";
    (void)state;
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}"));
    sim_set(&device, "_/A/a", equal);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_count(&w, GITOPS_ACTION_ADOPT), 1);
    assert_int_equal(device.writes, 0);
    assert_int_equal(world_run(&w), 0);
    check_counts(0, 0, 0, 1);
    world_put(&w, "b.yaml", OBJECT("A", "b", "{x: 1}"));
    sim_set(&device, "_/A/b", "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"b\"},"
                              "\"spec\":{\"x\":2}}");
    assert_int_equal(world_run(&w), GITOPS_EHELD);
    assert_string_equal(held_limit(NULL, NULL), "adopt");
    w.policy.adopt = GITOPS_ADOPT_ALWAYS;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    assert_non_null(strstr(sim_get(&device, "_/A/b"), "\"x\":1"));
    close_world();
}

static void run_unknownListing_changesNothing(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(6);
    assert_int_equal(world_run(&w), 0);
    size_t writes = device.writes;
    put_many(5);
    device.no_list_answer = 1;
    assert_int_equal(world_run(&w), GITOPS_ETARGET);
    device.no_list_answer = 0;
    device.list_half = 1;
    assert_int_equal(world_run(&w), GITOPS_ETARGET);
    assert_int_equal(device.writes, writes);
    assert_int_equal(device.count, 6);
    device.list_half = 0;
    assert_int_equal(world_run(&w), 0);
    check_counts(0, 0, 1, 5);
    close_world();
}

static void run_brokenDocument_stopsBeforeAnyChange(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(3);
    world_put(&w, "bad.yaml", "a: [\n---\nkind: A\n");
    assert_int_equal(world_run(&w), GITOPS_EPARSE);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_diagnostics_errors(gitops_run_diagnostics(run)), 2);
    assert_null(gitops_run_plan(run));
    gitops_run_free(run);
    assert_int_equal(device.lists + device.writes, 0);
    world_put(&w, "bad.yaml", NULL);
    assert_int_equal(world_run(&w), 0);
    check_counts(3, 0, 0, 0);
    close_world();
}

static void run_failedCall_skipsWhatComesAfter(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    world_put(&w, "a.yaml", OBJECT("Namespace", "nn", "{}") "---\n" OBJECT("ConfigMap", "a", "{}")
              "---\n" OBJECT("ConfigMap", "b", "{}") "---\n" OBJECT("Service", "s", "{}"));
    device.fault = SIM_FAILED;
    device.fault_key = "_/ConfigMap/a";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    static const int32_t outcomes[] = {GITOPS_OUTCOME_DONE, GITOPS_OUTCOME_FAILED,
                                       GITOPS_OUTCOME_DONE, GITOPS_OUTCOME_SKIPPED};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(gitops_run_outcome(run, i), outcomes[i]);
    assert_string_equal(gitops_run_error(run, 1), "apply _/ConfigMap/a: no space");
    assert_int_equal(gitops_run_touched(run), 1);
    gitops_run_free(run);
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    check_counts(2, 0, 0, 2);
    close_world();
}

static void run_unknownOutcome_isReadAgain(void **state)
{
    (void)state;
    for (int happened = 0; happened < 2; happened++) {
        open_world(SIM_CAN_LIST);
        put_many(3);
        device.fault = happened ? SIM_UNKNOWN_DONE : SIM_UNKNOWN_LOST;
        device.fault_key = "_/A/m01";
        assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
        gitops_inventory *inventory;
        assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
        assert_int_equal(gitops_inventory_open_intent(inventory, 1), 1);
        gitops_inventory_free(inventory);
        device.fault = SIM_NONE;
        size_t writes = device.writes;
        assert_int_equal(world_restart(&w), 0);
        assert_int_equal(world_run(&w), 0); /* if-equal adoption does not hold our own object */
        assert_int_equal(device.writes, writes + (happened ? 0 : 1));
        assert_int_equal(device.count, 3);
        assert_int_equal(world_run(&w), 0);
        check_counts(0, 0, 0, 3);
        close_world();
    }
}

static void run_retryAnswer_isSentAgain(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(2);
    device.fault = SIM_RETRY_ONCE;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.writes, 3);
    assert_int_equal(device.count, 2);
    close_world();
}

static void run_conflictAnswer_failsThenLooksAgain(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(2);
    device.fault = SIM_CONFLICT;
    device.fault_key = "_/A/m01";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_int_equal(device.writes, 1 + 4); /* it looked again, and again, and again */
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 2);
    close_world();
}

/* Somebody is quicker than our call: what is there by then is compared anew, in the same run. */
static void run_overtakenByAnother_mergesWithWhatIsThere(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_GET);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}"));
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 2}"));
    device.fault = SIM_CONFLICT_ONCE;
    device.fault_key = "_/A/a";
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(sim_get(&device, "_/A/a"),
                        "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},"
                        "\"other\":true,\"spec\":{\"x\":2}}");
    close_world();
}

static void run_committingTarget_commitsOrAborts(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_COMMIT);
    put_many(2);
    assert_int_equal(world_run(&w), 0);
    assert_string_equal(device.log, "+_/A/m00 +_/A/m01 !commit ");
    device.log[0] = '\0';
    put_many(3);
    device.fault = SIM_FAILED;
    device.fault_key = "_/A/m02";
    assert_int_equal(world_run(&w), GITOPS_EPARTIAL);
    assert_string_equal(device.log, "!abort ");
    device.log[0] = '\0';
    device.fault_key = NULL;
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    check_counts(1, 0, 0, 2);
    close_world();
}

static void run_checkRefuses_nothingIsSent(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_CHECK);
    put_many(4);
    device.fault = SIM_FAILED;
    device.fault_key = "_/A/m02";
    assert_int_equal(world_run(&w), GITOPS_ETARGET);
    assert_int_equal(device.writes, 0);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_run_touched(run), 0);
    gitops_run_free(run);
    device.fault = SIM_NONE;
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 4);
    close_world();
}

static void run_otherTarget_isRefused(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_FINGERPRINT);
    put_many(3);
    snprintf(device.fingerprint, sizeof device.fingerprint, "one");
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    snprintf(device.fingerprint, sizeof device.fingerprint, "two");
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), GITOPS_EFOREIGN);
    device.fingerprint[0] = '\0';
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), GITOPS_EFOREIGN);
    close_world();
}

static void run_diesInItsFirstRun_isBoundAlready(void **state)
{
    int status;
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_FINGERPRINT);
    put_many(3);
    snprintf(device.fingerprint, sizeof device.fingerprint, "one");
    for (size_t actions = 2; device.writes == 0; actions++) { /* dies after its first write */
        w.now_ms += 100000;
        assert_int_equal(world_restart(&w), 0);
        world_pass(&w, actions, 0, &status);
    }
    assert_int_equal(device.writes, 1);
    snprintf(device.fingerprint, sizeof device.fingerprint, "two");
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), GITOPS_EFOREIGN);
    close_world();
}

static void run_thatOwnsNothing_movesToAnotherTarget(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_FINGERPRINT);
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}"));
    snprintf(device.fingerprint, sizeof device.fingerprint, "one");
    assert_int_equal(world_run(&w), 0);
    world_put(&w, "a.yaml", NULL);
    sim_set(&device, "_/A/a", NULL); /* gone there too: it is forgotten, not deleted */
    assert_int_equal(world_run(&w), 0);
    snprintf(device.fingerprint, sizeof device.fingerprint, "two");
    world_put(&w, "a.yaml", OBJECT("A", "a", "{x: 1}"));
    for (int process = 0; process < 2; process++) {
        assert_int_equal(world_restart(&w), 0);
        assert_int_equal(world_run(&w), 0);
    }
    snprintf(device.fingerprint, sizeof device.fingerprint, "one");
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), GITOPS_EFOREIGN);
    close_world();
}

static void run_getOnlyTarget_looksAtEachKey(void **state)
{
    (void)state;
    open_world(SIM_CAN_GET);
    put_many(4);
    assert_int_equal(world_run(&w), 0);
    check_counts(4, 0, 0, 0);
    assert_int_equal(device.writes, 4);
    put_many(3);
    assert_int_equal(world_run(&w), 0);
    check_counts(0, 0, 1, 3);
    assert_int_equal(device.count, 3);
    close_world();
}

static void run_newRevisionSoonAfter_readsOnlyWhatChanged(void **state)
{
    int status;
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_GET);
    put_many(12);
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(world_run(&w), 0);
    size_t lists = device.lists, gets = device.gets;
    world_put(&w, "f03.yaml", OBJECT("A", "m03", "{x: 1}"));
    world_put(&w, "f04.yaml", NULL);
    w.now_ms += 1000;
    world_pass(&w, SIZE_MAX, 0, &status);
    assert_int_equal(status, 0);
    check_counts(0, 1, 1, 10);
    assert_int_equal(device.lists, lists);
    assert_int_equal(device.gets, gets + 2);
    close_world();
}

static void run_unchangedVersions_needNoDocuments(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_GET);
    device.with_versions = 1;
    device.page_size = 5;
    put_many(12);
    for (int i = 0; i < 3; i++)
        assert_int_equal(world_run(&w), 0);
    check_counts(0, 0, 0, 12);
    sim_set(&device, "_/A/m07", "{\"apiVersion\":\"v2\",\"kind\":\"A\",\"metadata\":{\"name\":"
                                "\"m07\"}}");
    assert_int_equal(world_run(&w), 0);
    check_counts(0, 1, 0, 11);
    close_world();
}

static void plan_only_writesNothing(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    w.options.plan_only = 1;
    assert_int_equal(world_restart(&w), 0);
    put_many(3);
    assert_int_equal(world_run(&w), 0);
    check_counts(3, 0, 0, 0);
    assert_int_equal(device.writes, 0);
    gitops_history *history;
    assert_int_equal(gitops_history_read(&history, w.store, "sim", 0, NULL), 0);
    assert_int_equal(gitops_history_count(history), 0);
    gitops_history_free(history);
    close_world();
}

static void run_cancelled_recordsWhatHappened(void **state)
{
    int status;
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(12);
    w.now_ms += 100000;
    world_pass(&w, 9, 0, &status); /* in the midst of the calls */
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    put_many(11);
    gitops_reconciler_cancel(w.reconciler);
    assert_int_equal(world_run(&w), GITOPS_ECANCELLED);
    assert_int_equal(device.count, 12);
    close_world();
}

static void cancel_at_outcome(const gitops_event *event, void *user_data)
{
    (void)user_data;
    if (gitops_event_type(event) == GITOPS_EVENT_OUTCOME)
        gitops_reconciler_cancel(w.reconciler);
}

static void run_cancelledInTheMidst_skipsTheRestAndSaysSo(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST);
    put_many(12);
    w.options.event = cancel_at_outcome;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), GITOPS_ECANCELLED);
    assert_int_equal(device.count, 1);
    gitops_run *run = gitops_reconciler_result(w.reconciler, "sim");
    assert_int_equal(gitops_run_status(run, NULL), GITOPS_ECANCELLED);
    assert_int_equal(gitops_run_outcome(run, 0), GITOPS_OUTCOME_DONE);
    assert_int_equal(gitops_run_outcome(run, 11), GITOPS_OUTCOME_SKIPPED);
    gitops_run_free(run);
    gitops_history *history;
    assert_int_equal(gitops_history_read(&history, w.store, "sim", 0, NULL), 0);
    assert_string_equal(gitops_history_result(history, 0), "interrupted");
    assert_int_equal(gitops_history_operations(history, 0), 12);
    gitops_history_free(history);
    w.options.event = NULL;
    assert_int_equal(world_restart(&w), 0);
    assert_int_equal(world_run(&w), 0);
    check_counts(11, 0, 0, 1);
    close_world();
}

static void run_targetReplacedWhileRunning_isNoticed(void **state)
{
    (void)state;
    open_world(SIM_CAN_LIST | SIM_CAN_FINGERPRINT);
    put_many(3);
    snprintf(device.fingerprint, sizeof device.fingerprint, "one");
    assert_int_equal(world_run(&w), 0);
    snprintf(device.fingerprint, sizeof device.fingerprint, "two");
    sim_set(&device, "_/A/m00", NULL);
    size_t writes = device.writes;
    assert_int_equal(world_run(&w), GITOPS_EFOREIGN);
    assert_int_equal(device.writes, writes);
    snprintf(device.fingerprint, sizeof device.fingerprint, "one");
    assert_int_equal(world_run(&w), 0);
    assert_int_equal(device.count, 3);
    close_world();
}

/* The process dies after every possible number of actions; the next one ends as if undisturbed. */
static void die_everywhere(uint32_t abilities, uint32_t in_flight, int lose)
{
    char *expected = NULL;
    for (size_t points = SIZE_MAX, point = points;; point = point == points ? 0 : point + 1) {
        int status;
        open_world(abilities);
        snprintf(device.fingerprint, sizeof device.fingerprint, "device");
        w.max_in_flight = in_flight;
        assert_int_equal(world_restart(&w), 0);
        put_many(12);
        assert_int_equal(world_run(&w), 0);
        put_many(9);
        world_put(&w, "f01.yaml", OBJECT("A", "m01", "{x: 1}"));
        world_put(&w, "new.yaml", OBJECT("B", "n1", "{}") "---\n" OBJECT("C", "n2", "{}"));
        w.now_ms += 100000;
        size_t taken = world_pass(&w, point, lose, &status);
        assert_int_equal(world_restart(&w), 0);
        status = world_run(&w);
        if (status != 0)
            fail_msg("died after %zu actions: the next run ended with %d", point, status);
        char *found = sim_dump(&device);
        gitops_inventory *inventory;
        assert_int_equal(gitops_inventory_read(&inventory, w.store, "sim", NULL), 0);
        assert_int_equal(gitops_inventory_count(inventory), 11);
        for (size_t i = 0; i < 11; i++)
            assert_int_equal(gitops_inventory_open_intent(inventory, i), 0);
        gitops_inventory_free(inventory);
        if (!expected)
            expected = strdup(found);
        assert_string_equal(found, expected);
        free(found);
        close_world();
        if (point == SIZE_MAX)
            points = taken;
        else if (point >= points)
            break;
    }
    free(expected);
}

static void run_diesAnywhere_nextRunEndsTheSame(void **state)
{
    (void)state;
    for (int lose = 0; lose < 2; lose++) {
        die_everywhere(SIM_CAN_LIST, 1, lose);
        die_everywhere(SIM_CAN_LIST | SIM_CAN_GET | SIM_CAN_FINGERPRINT, 4, lose);
        die_everywhere(SIM_CAN_GET | SIM_CAN_CHECK, 2, lose);
    }
}

static void reconcile_body(gitops_context *failing, void *data)
{
    world mine;
    sim s;
    (void)data;
    memset(&s, 0, sizeof s);
    if (world_open(&mine, failing, &s, SIM_CAN_LIST | SIM_CAN_GET) == 0) {
        world_put(&mine, "a.yaml", OBJECT("A", "a", "{x: 1}") "---\n" OBJECT("A", "b", "{}"));
        for (int pass = 0; pass < 2; pass++)
            for (int attempt = 0; attempt < 3; attempt++) {
                gitops_action *action;
                mine.now_ms += 100000;
                gitops_reconciler_trigger(mine.reconciler, NULL, NULL);
                while (gitops_reconciler_next(mine.reconciler, mine.now_ms, 1, &action, NULL) == 0 &&
                       action) {
                    gitops_action_execute(action, NULL);
                    gitops_reconciler_resolve(mine.reconciler, action, mine.now_ms, NULL);
                }
                if (pass == 0)
                    sim_set(&s, "_/A/a", "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":"
                                         "{\"name\":\"a\"},\"spec\":{\"x\":2}}");
            }
    }
    world_close(&mine);
    sim_release(&s);
}

static void run_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(reconcile_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_firstTime_createsInOrder),
        cmocka_unit_test(run_secondTime_doesNothing),
        cmocka_unit_test(run_drift_isHealedAndForeignLeftAlone),
        cmocka_unit_test(run_liveOnlyField_stays),
        cmocka_unit_test(run_commit_isPlannedAndPruned),
        cmocka_unit_test(run_tooManyDeletes_holdsUntilApproved),
        cmocka_unit_test(run_approvalOfAnotherPlan_doesNothing),
        cmocka_unit_test(run_lastObject_isHeld),
        cmocka_unit_test(run_pruneOff_keepsObjects),
        cmocka_unit_test(run_existingObject_followsAdoption),
        cmocka_unit_test(run_unknownListing_changesNothing),
        cmocka_unit_test(run_brokenDocument_stopsBeforeAnyChange),
        cmocka_unit_test(run_failedCall_skipsWhatComesAfter),
        cmocka_unit_test(run_unknownOutcome_isReadAgain),
        cmocka_unit_test(run_retryAnswer_isSentAgain),
        cmocka_unit_test(run_conflictAnswer_failsThenLooksAgain),
        cmocka_unit_test(run_overtakenByAnother_mergesWithWhatIsThere),
        cmocka_unit_test(run_committingTarget_commitsOrAborts),
        cmocka_unit_test(run_checkRefuses_nothingIsSent),
        cmocka_unit_test(run_otherTarget_isRefused),
        cmocka_unit_test(run_diesInItsFirstRun_isBoundAlready),
        cmocka_unit_test(run_thatOwnsNothing_movesToAnotherTarget),
        cmocka_unit_test(run_getOnlyTarget_looksAtEachKey),
        cmocka_unit_test(run_newRevisionSoonAfter_readsOnlyWhatChanged),
        cmocka_unit_test(run_unchangedVersions_needNoDocuments),
        cmocka_unit_test(plan_only_writesNothing),
        cmocka_unit_test(run_cancelled_recordsWhatHappened),
        cmocka_unit_test(run_cancelledInTheMidst_skipsTheRestAndSaysSo),
        cmocka_unit_test(run_targetReplacedWhileRunning_isNoticed),
        cmocka_unit_test(run_diesAnywhere_nextRunEndsTheSame),
        cmocka_unit_test(run_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
