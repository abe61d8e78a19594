/* JSON reports, compared byte for byte: programs rely on them (docs/formats.md). */
#include "fixture.h"

#include <stdio.h>

#define DIGEST "7777777777777777777777777777777777777777777777777777777777777777"

#define CHANGES                                                                                    \
    "[{\"path\":\"/spec/replicas\",\"class\":\"git-modify\",\"action\":\"replace\",\"base\":2,"    \
    "\"desired\":3,\"live\":2,\"merged\":3,\"drift\":false,\"conflict\":null,"                     \
    "\"sensitive\":false,\"origin\":{\"file\":\"b.yaml\",\"line\":1,\"column\":21}},"              \
    "{\"path\":\"/metadata/labels/a\",\"class\":\"git-add\",\"action\":\"add\","                   \
    "\"desired\":\"x\\u001b[2J\",\"merged\":\"x\\u001b[2J\",\"drift\":false,\"conflict\":null,"    \
    "\"sensitive\":false,\"origin\":{\"file\":\"b.yaml\",\"line\":1,\"column\":32}},"              \
    "{\"path\":\"/data/secret\",\"class\":\"git-remove\",\"action\":\"remove\","                   \
    "\"base\":\"***\",\"live\":\"***\",\"drift\":false,\"conflict\":null,\"sensitive\":true,"      \
    "\"origin\":null},"                                                                            \
    "{\"path\":\"/spec/paused\",\"class\":\"drift-modified\",\"action\":\"none\",\"base\":2,"      \
    "\"desired\":3,\"live\":2,\"merged\":3,\"drift\":true,\"conflict\":null,"                      \
    "\"sensitive\":false,\"origin\":{\"file\":\"b.yaml\",\"line\":1,\"column\":21}},"              \
    "{\"path\":\"/spec/quiet\",\"class\":\"converged\",\"action\":\"none\",\"base\":2,"            \
    "\"desired\":2,\"live\":2,\"merged\":2,\"drift\":false,\"conflict\":null,"                     \
    "\"sensitive\":false,\"origin\":{\"file\":\"b.yaml\",\"line\":1,\"column\":9}}]"

#define SUMMARY                                                                                    \
    "\"summary\":{\"create\":1,\"update\":1,\"replace\":1,\"delete\":1,\"adopt\":1,\"forget\":0,"  \
    "\"transfer\":0,\"none\":9}"

static const gitops_report_options as_json = {sizeof as_json, GITOPS_REPORT_JSON, 0, 0, 0, NULL};

static void reportChanges_json_isAnArrayOnOneLine(void **state)
{
    fixture *f = *state;
    assert_int_equal(gitops_report_changes(f->detail.changes, &as_json, fixture_write, f, NULL), 0);
    assert_string_equal(f->text, CHANGES "\n");
}

static void reportPlan_json_hasEveryMember(void **state)
{
    fixture *f = *state;
    assert_int_equal(gitops_report_plan(&f->plan, &as_json, fixture_write, f, NULL), 0);
    assert_string_equal(
        f->text,
        "{\"format_version\":\"1.0\",\"unit\":\"default\",\"revision\":\"abc123\",\"digest\":"
        "\"" DIGEST "\",\"held\":false," SUMMARY ",\"operations\":["
        "{\"action\":\"create\",\"key\":\"_/ConfigMap/new\",\"reason\":\"new in Git\","
        "\"reason_code\":\"new\",\"phase\":\"sync\",\"wave\":0,"
        "\"origin\":{\"file\":\"a.yaml\",\"line\":1},\"changes\":[]},"
        "{\"action\":\"update\",\"key\":\"shop/Deployment.apps/web\",\"reason\":\"changed in Git\","
        "\"reason_code\":\"changed-in-git\",\"phase\":\"sync\",\"wave\":0,"
        "\"origin\":{\"file\":\"b.yaml\",\"line\":7},\"changes\":" CHANGES "},"
        "{\"action\":\"replace\",\"key\":\"_/Service/svc\",\"reason\":\"changed in Git\","
        "\"reason_code\":\"changed-in-git\",\"phase\":\"sync\",\"wave\":0,"
        "\"origin\":{\"file\":\"c.yaml\",\"line\":2},\"changes\":[]},"
        "{\"action\":\"adopt\",\"key\":\"_/ConfigMap/same\","
        "\"reason\":\"exists in the target and is equal\","
        "\"reason_code\":\"exists-equal\",\"phase\":\"sync\",\"wave\":0,"
        "\"origin\":{\"file\":\"d.yaml\",\"line\":1},\"changes\":[]},"
        "{\"action\":\"delete\",\"key\":\"_/ConfigMap/old\",\"reason\":\"removed from Git\","
        "\"reason_code\":\"removed-from-git\",\"phase\":\"prune\",\"wave\":0,"
        "\"origin\":null,\"changes\":[]}],\"drift\":[],\"withheld\":[],\"skipped\":0,\"unread\":0}\n");
}

static void reportPlan_jsonHeld_listsTheLimits(void **state)
{
    fixture *f = *state;
    f->plan.held[0].limit = "deletes";
    f->plan.held[0].allowed = 1;
    f->plan.held[0].asked = 20;
    f->plan.held[1].limit = "adopt";
    f->plan.held[1].asked = 3;
    f->plan.held_count = 2;
    assert_int_equal(gitops_report_plan(&f->plan, &as_json, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text,
                           ",\"held\":[{\"limit\":\"deletes\",\"allowed\":1,\"asked\":20},"
                           "{\"limit\":\"adopt\",\"allowed\":0,\"asked\":3}],\"summary\""));
}

static void reportPlan_jsonOfAnAdoption_hasChangesOnlyWhenItWrites(void **state)
{
    fixture *f = *state;
    f->operations[3].detail = &f->detail;
    f->plan.operations.items = &f->operations[3];
    f->plan.count = 1;
    assert_int_equal(gitops_report_plan(&f->plan, &as_json, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text, "\"changes\":[{\"path\":\"/spec/replicas\""));
}

static void reportRun_json_hasOutcomesAndErrors(void **state)
{
    fixture *f = *state;
    f->outcomes[1] = GITOPS_OUTCOME_FAILED;
    f->errors[1] = "no \"room\"";
    f->outcomes[4] = GITOPS_OUTCOME_UNKNOWN;
    assert_int_equal(gitops_report_run(&f->run, &as_json, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text, "\"changes\":[],\"outcome\":\"done\",\"error\":null},"
                                    "{\"action\":\"update\""));
    assert_non_null(strstr(f->text, "\"outcome\":\"failed\",\"error\":\"no \\\"room\\\"\"}"));
    assert_non_null(strstr(f->text, "\"outcome\":\"unknown\",\"error\":null}],\"drift\":[],\"withheld\":[],\"skipped\":0,\"unread\":0}\n"));
}

static void reportRun_jsonNotCarriedOut_isSkipped(void **state)
{
    fixture *f = *state;
    f->run.outcomes = NULL;
    f->run.errors = NULL;
    assert_int_equal(gitops_report_run(&f->run, &as_json, fixture_write, f, NULL), 0);
    assert_non_null(strstr(f->text, "\"outcome\":\"skipped\",\"error\":null}],\"drift\":[],\"withheld\":[],\"skipped\":0,\"unread\":0}\n"));
    assert_null(strstr(f->text, "\"none\"}"));
}

static const char *event_text(fixture *f, const gitops_event *event)
{
    f->length = 0;
    f->text[0] = '\0';
    assert_int_equal(gitops_report_event(event, fixture_write, f, NULL), 0);
    return f->text;
}

static void reportEvent_eachType_isOneLine(void **state)
{
    fixture *f = *state;
    gitops_event planned = {GITOPS_EVENT_PLANNED, "default", &f->plan, NULL, 0, NULL, NULL, 1500};
    gitops_event started = {
        GITOPS_EVENT_STARTED, "default", &f->plan, &f->operations[0], 0, NULL, NULL, 1501};
    gitops_event outcome = {GITOPS_EVENT_OUTCOME,  "default", &f->plan, &f->operations[4],
                            GITOPS_OUTCOME_FAILED, "gone",    NULL,     1502};
    assert_string_equal(event_text(f, &planned),
                        "{\"format_version\":\"1.0\",\"event\":\"planned\",\"time_unix_ms\":1500,"
                        "\"unit\":\"default\",\"revision\":\"abc123\",\"digest\":\"" DIGEST "\","
                        "\"held\":false," SUMMARY ",\"drift\":[]}\n");
    assert_string_equal(
        event_text(f, &started),
        "{\"format_version\":\"1.0\",\"event\":\"started\",\"time_unix_ms\":1501,"
        "\"unit\":\"default\",\"action\":\"create\",\"key\":\"_/ConfigMap/new\"}\n");
    assert_string_equal(event_text(f, &outcome),
                        "{\"format_version\":\"1.0\",\"event\":\"outcome\",\"time_unix_ms\":1502,"
                        "\"unit\":\"default\",\"action\":\"delete\",\"key\":\"_/ConfigMap/old\","
                        "\"outcome\":\"failed\",\"error\":\"gone\"}\n");
}

static void reportEvent_waiting_saysForWhat(void **state)
{
    fixture *f = *state;
    gitops_event waiting = {GITOPS_EVENT_WAITING, "default", &f->plan, &f->operations[0], 0,
                            "0 of 2 ready",       NULL,      1503};
    assert_string_equal(event_text(f, &waiting),
                        "{\"format_version\":\"1.0\",\"event\":\"waiting\",\"time_unix_ms\":1503,"
                        "\"unit\":\"default\",\"action\":\"create\",\"key\":\"_/ConfigMap/new\","
                        "\"message\":\"0 of 2 ready\"}\n");
}

static void reportEvent_finished_saysHow(void **state)
{
    static const struct {
        int status;
        const char *result;
    } cases[] = {{0, "done"},
                 {GITOPS_EHELD, "held"},
                 {GITOPS_EPARTIAL, "failed"},
                 {GITOPS_ECANCELLED, "cancelled"},
                 {GITOPS_ESOURCE, "error"}};
    fixture *f = *state;
    gitops_event finished = {GITOPS_EVENT_FINISHED, "default", NULL, NULL, 0, NULL, &f->run, 1};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[200];
        f->run.status = cases[i].status;
        f->run.error.code = cases[i].status;
        strcpy(f->run.error.message, "why");
        snprintf(expected, sizeof expected,
                 "{\"format_version\":\"1.0\",\"event\":\"finished\",\"time_unix_ms\":1,"
                 "\"unit\":\"default\",\"result\":\"%s\",\"message\":%s}\n",
                 cases[i].result, cases[i].status ? "\"why\"" : "null");
        assert_string_equal(event_text(f, &finished), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reportChanges_json_isAnArrayOnOneLine, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_json_hasEveryMember, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_jsonHeld_listsTheLimits, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportPlan_jsonOfAnAdoption_hasChangesOnlyWhenItWrites,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(reportRun_json_hasOutcomesAndErrors, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportRun_jsonNotCarriedOut_isSkipped, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportEvent_eachType_isOneLine, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(reportEvent_waiting_saysForWhat, fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(reportEvent_finished_saysHow, fixture_open, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
