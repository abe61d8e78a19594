/*
 * rows: every row of the truth table in every place a leaf can be, made from one description of the
 * row, under the three columns of policies.
 */
#include "triple.h"

#include <stdio.h>

#include "diff/diff.h"

typedef struct row {
    const char *name;
    char base, desired, live; /* a value, or '-' for absent */
    const char *class_name;   /* NULL: no record */
    int drift;
    const char *conflict;
    const char *action[3];
    char merged[3];
} row;

static const row rows[] = {
    {"1", '-', '-', '-', NULL, 0, NULL, {0}, {'-', '-', '-'}},
    {"2", '-', '-', 'x', NULL, 0, NULL, {0}, {'x', 'x', 'x'}},
    {"3", '-', 'a', '-', "git-add", 0, NULL, {"add", "add", "add"}, {'a', 'a', 'a'}},
    {"4", '-', 'a', 'a', "adopt", 0, NULL, {"none", "none", "none"}, {'a', 'a', 'a'}},
    {"5", '-', 'a', 'x', "adopt-conflict", 0, "add/add", {"replace", "keep", "replace"},
     {'a', 'x', 'a'}},
    {"6", 'a', '-', '-', "already-gone", 0, NULL, {"none", "none", "none"}, {'-', '-', '-'}},
    {"7", 'a', '-', 'a', "git-remove", 0, NULL, {"remove", "remove", "remove"}, {'-', '-', '-'}},
    {"8", 'a', '-', 'x', "git-remove-drifted", 1, "delete/modify", {"remove", "keep", "remove"},
     {'-', 'x', '-'}},
    {"9", 'a', 'a', '-', "drift-removed", 1, NULL, {"add", "keep", "none"}, {'a', '-', '-'}},
    {"10", 'a', 'b', '-', "git-modify-drift-removed", 1, "modify/delete", {"add", "keep", "add"},
     {'b', '-', 'b'}},
    {"11", 'a', 'a', 'a', NULL, 0, NULL, {0}, {'a', 'a', 'a'}},
    {"12", 'a', 'a', 'x', "drift-modified", 1, NULL, {"replace", "keep", "none"},
     {'a', 'x', 'x'}},
    {"13", 'a', 'b', 'a', "git-modify", 0, NULL, {"replace", "replace", "replace"},
     {'b', 'b', 'b'}},
    {"14", 'a', 'b', 'b', "converged", 0, NULL, {"none", "none", "none"}, {'b', 'b', 'b'}},
    {"15", 'a', 'b', 'x', "modify-conflict", 1, "modify/modify", {"replace", "keep", "replace"},
     {'b', 'x', 'b'}},
};

static const struct {
    int32_t conflict, drift;
} columns[] = {
    {GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT},
    {GITOPS_CONFLICT_LIVE, GITOPS_DRIFT_IGNORE},
    {GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REPORT},
};

/* Where the leaf is: texts around its value; own is what base and desired have besides. */
typedef struct setting {
    const char *name, *schema;
    const char *own_with, *own_without;   /* %c takes the value */
    const char *live_with, *live_without;
} setting;

static const setting settings[] = {
    {"member of a map", "{\"null\":\"value\"}", "{\"spec\":{\"o\":1,\"f\":\"%c\"}}",
     "{\"spec\":{\"o\":1}}", "{\"spec\":{\"o\":1,\"server\":\"s\",\"f\":\"%c\"}}",
     "{\"spec\":{\"o\":1,\"server\":\"s\"}}"},
    {"element", "{\"lists\":{\"/i\":{\"list\":\"map\",\"keys\":[\"n\"]}}}",
     "{\"i\":[{\"n\":\"first\"},{\"n\":\"k\",\"v\":\"%c\"}]}", "{\"i\":[{\"n\":\"first\"}]}",
     "{\"i\":[{\"n\":\"first\"},{\"n\":\"k\",\"v\":\"%c\"}]}", "{\"i\":[{\"n\":\"first\"}]}"},
    {"element with a default", "{\"lists\":{\"/i\":{\"list\":\"map\",\"keys\":[\"n\"]}}}",
     "{\"i\":[{\"n\":\"k\",\"v\":\"%c\"}]}", "{\"i\":[{\"n\":\"k\"}]}",
     "{\"i\":[{\"n\":\"k\",\"default\":\"s\",\"v\":\"%c\"}]}",
     "{\"i\":[{\"n\":\"k\",\"default\":\"s\"}]}"},
    {"atomic list", "{\"null\":\"value\"}", "{\"z\":[0],\"args\":[\"%c\",\"tail\"]}",
     "{\"z\":[0]}", "{\"z\":[0],\"args\":[\"%c\",\"tail\"]}", "{\"z\":[0]}"},
    {"atomic map", "{\"maps\":{\"/m\":\"atomic\"}}", "{\"z\":0,\"m\":{\"q\":\"%c\",\"r\":1}}",
     "{\"z\":0}", "{\"z\":0,\"m\":{\"q\":\"%c\",\"r\":1}}", "{\"z\":0}"},
    {"struct", "{\"maps\":{\"/m\":\"struct\"}}", "{\"z\":0,\"m\":{\"q\":\"%c\",\"r\":1}}",
     "{\"z\":0}", "{\"z\":0,\"m\":{\"q\":\"%c\",\"r\":1}}", "{\"z\":0}"},
    {"sequence", "{\"lists\":{\"/s\":{\"list\":\"sequence\"}}}", "{\"s\":[\"first\",\"%c\"]}",
     "{\"s\":[\"first\"]}", "{\"s\":[\"first\",\"%c\"]}", "{\"s\":[\"first\"]}"},
};

static void make(char *out, size_t size, const char *with, const char *without, char value)
{
    if (value == '-') {
        snprintf(out, size, "%s", without);
        return;
    }
    const char *mark = strstr(with, "%c");
    snprintf(out, size, "%.*s%c%s", (int)(mark - with), with, value, mark + 2);
}

static void check_records(const gitops_diff *diff, const row *r, int column)
{
    const gitops_changes *changes = gitops_diff_changes(diff);
    int found = 0;
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        assert_non_null(r->class_name);
        if (strcmp(gitops_change_class(change), r->class_name) != 0)
            continue;
        found = 1;
        assert_string_equal(gitops_change_action(change), r->action[column]);
        assert_int_equal(gitops_change_drift(change), r->drift);
        if (r->conflict)
            assert_string_equal(gitops_change_conflict(change), r->conflict);
        else
            assert_null(gitops_change_conflict(change));
    }
    assert_int_equal(found, r->class_name != NULL);
    assert_int_equal(gops_diff_has_drift(diff), r->drift);
}

static void check_row(gitops_context *context, const setting *s, const row *r)
{
    char base[160], desired[160], live[160], merged[160];
    make(base, sizeof base, s->own_with, s->own_without, r->base);
    make(desired, sizeof desired, s->own_with, s->own_without, r->desired);
    make(live, sizeof live, s->live_with, s->live_without, r->live);
    triple t = triple_new(context, s->schema, base, desired, live);
    for (int column = 0; column < 3; column++) {
        gitops_diff *diff = triple_diff(&t, columns[column].conflict, columns[column].drift);
        make(merged, sizeof merged, s->live_with, s->live_without, r->merged[column]);
        triple_assert_merged(diff, merged);
        check_records(diff, r, column);
        gitops_diff_free(diff);
    }
    triple_assert_properties(&t);
    triple_free(&t);
}

static void diff_everyRowInEverySetting_givesItsColumn(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t s = 0; s < sizeof settings / sizeof settings[0]; s++)
        for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
            check_row(context, &settings[s], &rows[r]);
    support_context_free(context);
}

static void check_fail(const row *r)
{
    char base[160], desired[160], live[160];
    gitops_context *context = support_context_new();
    const setting *s = &settings[0];
    gitops_diff *diff = NULL;
    gitops_error err = {0};
    make(base, sizeof base, s->own_with, s->own_without, r->base);
    make(desired, sizeof desired, s->own_with, s->own_without, r->desired);
    make(live, sizeof live, s->live_with, s->live_without, r->live);
    triple t = triple_new(context, s->schema, base, desired, live);
    gitops_diff_options options = {.struct_size = sizeof options, .schema = t.schema,
                                   .conflict = GITOPS_CONFLICT_FAIL};
    int status =
        gitops_diff_new(&diff, context, t.base, t.desired, t.live, &options, &err);
    assert_int_equal(status, r->conflict ? GITOPS_ECONFLICT : 0);
    assert_non_null(diff);
    assert_int_equal(gitops_diff_merged(diff) == NULL, r->conflict != NULL);
    if (r->conflict) {
        assert_non_null(strstr(err.message, "/spec/f"));
        triple_assert_change(diff, "/spec/f",
                             !strcmp(r->name, "5")    ? "adopt-conflict/none"
                             : !strcmp(r->name, "8")  ? "git-remove-drifted/none"
                             : !strcmp(r->name, "10") ? "git-modify-drift-removed/none"
                                                      : "modify-conflict/none");
        assert_false(gops_diff_rebases(diff));
    }
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diff_conflictFail_stopsExactlyAtConflicts(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        check_fail(&rows[r]);
}

/* After a policy kept the target's value, the same row shows again. */
static void diff_keptConflict_staysVisible(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{}", "{\"m\":{\"f\":1,\"g\":1,\"h\":1}}",
                          "{\"m\":{\"f\":2,\"h\":1}}", "{\"m\":{\"f\":3,\"g\":3,\"h\":3}}");
    (void)state;
    gitops_diff *first = triple_diff(&t, GITOPS_CONFLICT_LIVE, GITOPS_DRIFT_IGNORE);
    assert_false(gitops_diff_differs(first));
    gitops_document_free(t.base);
    t.base = gitops_document_ref(gops_diff_new_base(first));
    gitops_diff *second = triple_diff(&t, GITOPS_CONFLICT_LIVE, GITOPS_DRIFT_IGNORE);
    triple_assert_change(second, "/m/f", "modify-conflict/keep");
    triple_assert_change(second, "/m/g", "git-remove-drifted/keep");
    triple_assert_change(second, "/m/h", "drift-modified/keep");
    gitops_diff_free(second);
    gitops_diff_free(first);
    triple_free(&t);
    support_context_free(context);
}

static void diff_explicitNull_meansAbsentOnlyUnderThatPolicy(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    triple t = triple_new(context, "{\"null\":\"absent\"}", "{\"o\":1}",
                          "{\"o\":1,\"f\":null,\"n\":{\"x\":null}}", "{\"o\":1,\"f\":{\"a\":1}}");
    gitops_diff *diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, "{\"o\":1}");
    triple_assert_change(diff, "/f", "git-remove-explicit/remove");
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    gitops_schema_free(t.schema);
    assert_int_equal(gitops_schema_new(&t.schema, context, GITOPS_SCHEMA_NONE, NULL), 0);
    diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, "{\"o\":1,\"f\":null,\"n\":{\"x\":null}}");
    triple_assert_change(diff, "/f", "adopt-conflict/replace");
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
    support_context_free(context);
}

static void diff_nullOverDrift_isAConflict(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    triple t = triple_new(context, "{\"null\":\"absent\"}", "{\"f\":1}", "{\"f\":null}",
                          "{\"f\":2}");
    gitops_diff *diff = triple_diff(&t, GITOPS_CONFLICT_LIVE, 0);
    triple_assert_merged(diff, "{\"f\":2}");
    triple_assert_change(diff, "/f", "git-remove-drifted/keep");
    gitops_diff_free(diff);
    diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, "{}");
    triple_assert_change(diff, "/f", "git-remove-drifted/remove");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_everyRowInEverySetting_givesItsColumn),
        cmocka_unit_test(diff_conflictFail_stopsExactlyAtConflicts),
        cmocka_unit_test(diff_keptConflict_staysVisible),
        cmocka_unit_test(diff_explicitNull_meansAbsentOnlyUnderThatPolicy),
        cmocka_unit_test(diff_nullOverDrift_isAConflict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
