/* Text reports, compared whole: what a reviewer reads. */
#include "fixture.h"

#define CHANGES                                                                                    \
    "    ~ /spec/replicas: 2 -> 3  b.yaml:1\n"                                                     \
    "    + /metadata/labels/a: \"x\\u001b[2J\"  b.yaml:1\n"                                        \
    "    - /data/secret: ***\n"                                                                \
    "    ! /spec/paused: 2 instead of 3  (drift, left alone)  b.yaml:1\n"

#define REPLACED "\xC2\xB1 _/Service/svc  changed in Git  c.yaml:2\n"
#define DELETED  "- _/ConfigMap/old  removed from Git\n"
#define CREATED  "+ _/ConfigMap/new  new in Git  a.yaml:1\n"
#define UPDATED  "~ shop/Deployment.apps/web  changed in Git  b.yaml:7\n"
#define ADOPTED  "= _/ConfigMap/same  exists in the target and is equal  d.yaml:1\n"
#define TOTALS   "Plan: 1 to create, 1 to update, 1 to delete, 1 to replace, 1 to adopt.\n"

static void reportPlan_everyAction_destructionComesFirst(void **state)
{
    fixture *f = *state;
    assert_int_equal(gitops_report_plan(&f->plan, NULL, fixture_write, f, NULL), 0);
    assert_string_equal(f->text, REPLACED DELETED CREATED UPDATED CHANGES ADOPTED "\n" TOTALS);
}

static void reportPlan_nothingToDo_saysSoAndEndsWithTotals(void **state)
{
    fixture *f = *state;
    f->plan.count = 0;
    memset(f->plan.summary, 0, sizeof f->plan.summary);
    assert_int_equal(gitops_report_plan(&f->plan, NULL, fixture_write, f, NULL), 0);
    assert_string_equal(f->text, "No changes. The target is as the source says.\n"
                                 "Plan: 0 to create, 0 to update, 0 to delete.\n");
}

/* One object that is gone and one that differs; the fields of the first are no news. */
static void reportPlan_leftAlone_isNamedAndNotCalledEqual(void **state)
{
    fixture *f = *state;
    gitops_operation left[2] = {f->operations[0], f->operations[1]};
    gops_detail gone = {.changes = f->detail.changes};
    left[0].detail = &gone;
    left[0].reason = GOPS_REASON_MISSING;
    left[1].reason = GOPS_REASON_DRIFTED;
    f->plan.count = 0;
    memset(f->plan.summary, 0, sizeof f->plan.summary);
    f->plan.drift.items = left;
    f->plan.drift.count = f->plan.left_alone = 2;
    assert_int_equal(gitops_report_plan(&f->plan, NULL, fixture_write, f, NULL), 0);
    f->plan.drift.count = 0;
    assert_string_equal(f->text,
                        "! _/ConfigMap/new  removed from the target, still in Git: left alone  "
                        "a.yaml:1\n"
                        "! shop/Deployment.apps/web  changed in the target: left alone  b.yaml:7\n"
                        CHANGES "\n"
                        "No changes. 2 objects differ from the source and are left alone.\n"
                        "Plan: 0 to create, 0 to update, 0 to delete.\n");
}

static void reportPlan_ignoredDrift_isNotCalledEqual(void **state)
{
    fixture *f = *state;
    f->plan.count = 0;
    memset(f->plan.summary, 0, sizeof f->plan.summary);
    f->plan.left_alone = 1;
    assert_int_equal(gitops_report_plan(&f->plan, NULL, fixture_write, f, NULL), 0);
    assert_string_equal(f->text,
                        "No changes. 1 object differs from the source and is left alone.\n"
                        "Plan: 0 to create, 0 to update, 0 to delete.\n");
}

static void hold(fixture *f)
{
    f->plan.held[0].limit = "deletes";
    f->plan.held[0].allowed = 1;
    f->plan.held[0].asked = 2;
    f->plan.held[1].limit = "adopt";
    f->plan.held[1].asked = 3;
    f->plan.held_count = 2;
}

static void reportPlan_held_endsWithTheCommandThatApproves(void **state)
{
    fixture *f = *state;
    gitops_report_options options = {sizeof options, 0, 0, 0, 0, "gitops apply --state s"};
    hold(f);
    assert_int_equal(gitops_report_plan(&f->plan, &options, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text,
                           TOTALS "\n"
                                  "Held: nothing is done, creates included, until this plan is "
                                  "approved.\n"
                                  "  deletes: 2 asked, 1 allowed\n"
                                  "  adopt: 3 asked, 0 allowed\n"
                                  "To approve exactly this plan, run:\n"
                                  "  gitops apply --state s --approve 7777"));
    assert_string_equal(f->text + f->length - 3, "77\n");
}

static void reportPlan_heldWithoutCommand_namesTheDigest(void **state)
{
    fixture *f = *state;
    hold(f);
    assert_int_equal(gitops_report_plan(&f->plan, NULL, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text, "Its digest is 7777"));
}

static void reportPlan_colors_onlyWhenAsked(void **state)
{
    fixture *f = *state;
    gitops_report_options options = {sizeof options, GITOPS_REPORT_TEXT, 1, 0, 0, NULL};
    assert_int_equal(gitops_report_plan(&f->plan, &options, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text, "\033[31m-\033[0m \033[1m_/ConfigMap/old\033[0m"));
    assert_non_null(strstr(f->text, "\033[1mPlan:\033[0m 1 to create"));
    assert_non_null(strstr(f->text, "\"x\\u001b[2J\"")); /* the value's own is still escaped */
}

static void reportRun_allDone_endsWithApplied(void **state)
{
    fixture *f = *state;
    assert_int_equal(gitops_report_run(&f->run, NULL, fixture_write, f, NULL), 0);
    assert_string_equal(f->text, REPLACED DELETED CREATED UPDATED CHANGES ADOPTED
                        "\n"
                        "Applied: 1 created, 1 updated, 1 deleted, 1 replaced, "
                        "1 adopted.\n");
}

static void reportRun_failures_areNamedAndCounted(void **state)
{
    fixture *f = *state;
    gitops_report_options options = {sizeof options, 0, 0, 0, 1, NULL};
    f->outcomes[0] = GITOPS_OUTCOME_FAILED;
    f->errors[0] = "disk \x1B is full";
    f->outcomes[2] = GITOPS_OUTCOME_UNKNOWN;
    f->outcomes[4] = GITOPS_OUTCOME_SKIPPED;
    assert_int_equal(gitops_report_run(&f->run, &options, fixture_write, f, NULL), 0);
    assert_string_equal(f->text,
                        REPLACED "    unknown\n" DELETED "    skipped\n" CREATED
                                 "    failed: disk \\u001b is full\n\n"
                                 "Applied: 0 created, 1 updated, 0 deleted, 1 adopted, 1 failed, "
                                 "1 skipped, 1 unknown.\n");
}

static void reportRun_briefAndAllDone_isOneLine(void **state)
{
    fixture *f = *state;
    gitops_report_options options = {sizeof options, 0, 0, 0, 1, NULL};
    assert_int_equal(gitops_report_run(&f->run, &options, fixture_write, f, NULL), 0);
    assert_string_equal(f->text, "Applied: 1 created, 1 updated, 1 deleted, 1 replaced, "
                                 "1 adopted.\n");
}

static void reportRun_held_readsAsThePlan(void **state)
{
    fixture *f = *state;
    hold(f);
    f->run.outcomes = NULL;
    assert_int_equal(gitops_report_run(&f->run, NULL, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text, ADOPTED "\n" TOTALS "\nHeld:"));
    assert_null(strstr(f->text, "skipped"));
}

static void reportChanges_text_showsWhatIsWrittenOrLeftAlone(void **state)
{
    fixture *f = *state;
    assert_int_equal(gitops_report_changes(f->detail.changes, NULL, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text, "~ /spec/replicas: 2 -> 3  b.yaml:1\n"));
    assert_non_null(strstr(f->text, "! /spec/paused"));
    assert_null(strstr(f->text, "/spec/quiet"));
}

static int refuse(const char *data, size_t length, void *user_data)
{
    (void)data;
    (void)length;
    (void)user_data;
    return 1;
}

static void reportPlan_withheld_isNamedAndNotSentAgain(void **state)
{
    fixture *f = *state;
    f->plan.withheld = (gops_findings){.items = &f->operations[4], .count = 1};
    f->plan.count = 0;
    memset(f->plan.summary, 0, sizeof f->plan.summary);
    assert_int_equal(gitops_report_plan(&f->plan, NULL, fixture_write, f, NULL), 0);
    assert_int_equal(strncmp(f->text, "! _/ConfigMap/old  removed from Git: not sent again\n", 52), 0);
}

static void report_badArguments_areRefused(void **state)
{
    fixture *f = *state;
    gitops_report_options options = {sizeof options, 5, 0, 0, 0, NULL};
    gitops_run empty = f->run;
    empty.plan = NULL;
    assert_int_equal(gitops_report_plan(&f->plan, &options, fixture_write, f, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_report_plan(NULL, NULL, fixture_write, f, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_report_plan(&f->plan, NULL, NULL, f, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_report_run(NULL, NULL, fixture_write, f, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_report_run(&empty, NULL, fixture_write, f, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_report_changes(NULL, NULL, fixture_write, f, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_report_changes(f->detail.changes, &options, fixture_write, f, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_report_event(NULL, fixture_write, f, NULL), GITOPS_EINVAL);
    assert_int_equal(f->length, 0);
    assert_int_equal(gitops_report_plan(&f->plan, NULL, refuse, f, NULL), GITOPS_EIO);
}

/* A field that another manager owns too, under a schema that knows of managers. */
static gitops_diff *owned(gitops_context *context)
{
    static const char *const texts[] = {
        "{\"ignore\":[{\"manager\":\"nobody\"}]}", "{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":2}",
        ("{\"a\":1,\"b\":1,\"metadata\":{\"managedFields\":[{\"manager\":\"\\u001b[2Jhpa\","
         "\"fieldsV1\":{\"f:a\":{}}},{\"manager\":\"us\",\"fieldsV1\":{\"f:a\":{}}}]}}")};
    gitops_document *documents[4];
    gitops_diff_options options = {.struct_size = sizeof options};
    gitops_diff *diff = NULL;
    for (int i = 0; i < 4; i++)
        assert_int_equal(gitops_document_parse(&documents[i], context, texts[i], strlen(texts[i]),
                                               "", NULL), 0);
    assert_int_equal(gitops_schema_parse(&options.schema, context, documents[0], NULL), 0);
    assert_int_equal(gitops_diff_new(&diff, context, documents[1], documents[2], documents[3],
                                     &options, NULL), 0);
    gitops_schema_free(options.schema);
    for (int i = 0; i < 4; i++)
        gitops_document_free(documents[i]);
    return diff;
}

static void reportChanges_ownedField_namesTheOwner(void **state)
{
    fixture *f = *state;
    gitops_report_options json = {.struct_size = sizeof json, .format = GITOPS_REPORT_JSON};
    gitops_diff *diff = owned(f->context);
    gitops_changes *changes = gitops_diff_changes(diff);
    assert_int_equal(gitops_report_changes(changes, NULL, fixture_write, f, NULL), 0);
    assert_string_equal(f->text, "~ /a: 1 -> 2  (owned by \\u001b[2Jhpa, us)\n~ /b: 1 -> 2\n");
    f->length = 0;
    assert_int_equal(gitops_report_changes(changes, &json, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text, "\"conflict\":null,\"owner\":\"\\u001b[2Jhpa, us\","
                                    "\"sensitive\":false"));
    assert_non_null(strstr(f->text, "\"conflict\":null,\"sensitive\":false"));
    gitops_diff_free(diff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reportPlan_everyAction_destructionComesFirst, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_leftAlone_isNamedAndNotCalledEqual, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_ignoredDrift_isNotCalledEqual, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_nothingToDo_saysSoAndEndsWithTotals,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_held_endsWithTheCommandThatApproves,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_heldWithoutCommand_namesTheDigest, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_colors_onlyWhenAsked, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportRun_allDone_endsWithApplied, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportRun_failures_areNamedAndCounted, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportRun_briefAndAllDone_isOneLine, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportRun_held_readsAsThePlan, fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(reportChanges_text_showsWhatIsWrittenOrLeftAlone,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(reportChanges_ownedField_namesTheOwner, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_withheld_isNamedAndNotSentAgain, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(report_badArguments_areRefused, fixture_open,
                                        fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
