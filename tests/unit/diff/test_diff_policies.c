/*
 * policies: every row of the truth table under the modes and policies of a path, and what comes and
 * goes as a whole around such a path.
 */
#include "triple.h"

#include <stdio.h>

#include "diff/diff.h"

/* What a mode makes of each row: the action, what is merged and what is remembered. */
typedef struct verdict {
    const char *action; /* NULL: no record */
    char merged, base;  /* a value, or '-' for absent */
} verdict;

typedef struct row {
    const char *name;
    char base, desired, live;
    verdict observe, alert, adopt, enforce, live_wins;
} row;

static const row rows[] = {
    {"2", '-', '-', 'x', {NULL, 'x', '-'}, {NULL, 'x', '-'}, {NULL, 'x', '-'}, {NULL, 'x', '-'},
     {NULL, 'x', '-'}},
    {"3", '-', 'a', '-', {"keep", '-', '-'}, {"none", '-', '-'}, {"add", 'a', 'a'},
     {"add", 'a', 'a'}, {"add", 'a', 'a'}},
    {"4", '-', 'a', 'a', {"none", 'a', 'a'}, {"none", 'a', 'a'}, {"none", 'a', 'a'},
     {"none", 'a', 'a'}, {"none", 'a', 'a'}},
    {"5", '-', 'a', 'x', {"keep", 'x', '-'}, {"none", 'x', '-'}, {"keep", 'x', 'x'},
     {"replace", 'a', 'a'}, {"keep", 'x', '-'}},
    {"6", 'a', '-', '-', {"none", '-', '-'}, {"none", '-', '-'}, {"none", '-', '-'},
     {"none", '-', '-'}, {"none", '-', '-'}},
    {"7", 'a', '-', 'a', {"keep", 'a', 'a'}, {"none", 'a', 'a'}, {"remove", '-', '-'},
     {"remove", '-', '-'}, {"remove", '-', '-'}},
    {"8", 'a', '-', 'x', {"keep", 'x', 'a'}, {"none", 'x', 'a'}, {"remove", '-', '-'},
     {"remove", '-', '-'}, {"keep", 'x', 'a'}},
    {"9", 'a', 'a', '-', {"keep", '-', 'a'}, {"none", '-', 'a'}, {"add", 'a', 'a'},
     {"add", 'a', 'a'}, {"keep", '-', 'a'}},
    {"10", 'a', 'b', '-', {"keep", '-', 'a'}, {"none", '-', 'a'}, {"add", 'b', 'b'},
     {"add", 'b', 'b'}, {"keep", '-', 'a'}},
    {"11", 'a', 'a', 'a', {NULL, 'a', 'a'}, {NULL, 'a', 'a'}, {NULL, 'a', 'a'}, {NULL, 'a', 'a'},
     {NULL, 'a', 'a'}},
    {"12", 'a', 'a', 'x', {"keep", 'x', 'a'}, {"none", 'x', 'a'}, {"keep", 'x', 'x'},
     {"replace", 'a', 'a'}, {"keep", 'x', 'a'}},
    {"13", 'a', 'b', 'a', {"keep", 'a', 'a'}, {"none", 'a', 'a'}, {"keep", 'a', 'a'},
     {"replace", 'b', 'b'}, {"replace", 'b', 'b'}},
    {"14", 'a', 'b', 'b', {"none", 'b', 'b'}, {"none", 'b', 'b'}, {"none", 'b', 'b'},
     {"none", 'b', 'b'}, {"none", 'b', 'b'}},
    {"15", 'a', 'b', 'x', {"keep", 'x', 'a'}, {"none", 'x', 'a'}, {"keep", 'x', 'x'},
     {"replace", 'b', 'b'}, {"keep", 'x', 'a'}},
};

/* Where the leaf is: the documents with it and without, and the member of a schema file before %s. */
typedef struct setting {
    const char *schema, *with, *without;
    int disowns; /* what is adopted here is not remembered */
} setting;

static const setting settings[] = {
    {"{\"policies\":{\"/spec/f\":%s}}", "{\"spec\":{\"f\":\"%c\",\"o\":1}}", "{\"spec\":{\"o\":1}}", 0},
    {"{\"policies\":{\"/spec\":%s}}", "{\"spec\":{\"f\":\"%c\",\"o\":1}}", "{\"spec\":{\"o\":1}}", 0},
    {"{\"lists\":{\"/i\":{\"list\":\"map\",\"keys\":[\"n\"]}},\"policies\":{\"/i/*/v\":%s}}",
     "{\"i\":[{\"n\":\"k\",\"v\":\"%c\"}]}", "{\"i\":[{\"n\":\"k\"}]}", 0},
    {"{\"policies\":{\"/a\":%s}}", "{\"a\":[1,\"%c\"],\"z\":0}", "{\"z\":0}", 0},
    {"{\"lists\":{\"/s\":{\"list\":\"sequence\"}},\"policies\":{\"/s\":%s}}",
     "{\"s\":[\"first\",\"%c\"]}", "{\"s\":[\"first\"]}", 1},
};

static void make(char *out, size_t size, const setting *s, char value)
{
    const char *mark = strstr(s->with, "%c");
    if (value == '-')
        snprintf(out, size, "%s", s->without);
    else
        snprintf(out, size, "%.*s%c%s", (int)(mark - s->with), s->with, value, mark + 2);
}

static triple triple_of(gitops_context *context, const setting *s, const row *r, const char *policy)
{
    char schema[200], base[80], desired[80], live[80];
    const char *mark = strstr(s->schema, "%s");
    snprintf(schema, sizeof schema, "%.*s%s%s", (int)(mark - s->schema), s->schema, policy,
             mark + 2);
    make(base, sizeof base, s, r->base);
    make(desired, sizeof desired, s, r->desired);
    make(live, sizeof live, s, r->live);
    return triple_new(context, schema, base, desired, live);
}

static void assert_base(const gitops_diff *diff, const char *text)
{
    gitops_document *expected = triple_document(gops_diff_context(diff), text);
    assert_true(gitops_value_equal(gitops_document_root(gops_diff_new_base(diff)),
                                   gitops_document_root(expected)));
    gitops_document_free(expected);
}

static void check(const setting *s, const row *r, const char *policy, verdict wanted,
                  int32_t conflict, int32_t drift)
{
    char text[80];
    gitops_context *context = support_context_new();
    triple t = triple_of(context, s, r, policy);
    gitops_diff *diff = triple_diff(&t, conflict, drift);
    const gitops_changes *changes = gitops_diff_changes(diff);
    make(text, sizeof text, s, wanted.merged);
    triple_assert_merged(diff, text);
    make(text, sizeof text, s, wanted.base);
    assert_base(diff, text);
    assert_int_equal(gitops_changes_count(changes), wanted.action ? 1 : 0);
    if (wanted.action)
        assert_string_equal(gitops_change_action(gitops_changes_get(changes, 0)), wanted.action);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

/* What was kept is kept again: after a merge nothing is left to write. */
static void assert_settled(const triple *t, const gitops_diff *diff)
{
    triple after = *t;
    after.base = gops_diff_new_base(diff);
    after.live = gitops_diff_merged(diff);
    gitops_diff *again = triple_diff(&after, 0, 0);
    assert_false(gitops_diff_differs(again));
    assert_false(gops_diff_rebases(again));
    gitops_diff_free(again);
}

/* In a sequence the base of what is adopted stays as it was. */
static verdict adoption(const setting *s, const row *r)
{
    verdict wanted = r->adopt;
    if (s->disowns && wanted.action && strcmp(wanted.action, "keep") == 0)
        wanted.base = r->base;
    return wanted;
}

/* Whatever the policies of the diff are, those of the path decide. */
static void diff_everyRowUnderEveryMode_theModeDecides(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof settings / sizeof settings[0]; s++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            const setting *at = &settings[s];
            const row *r = &rows[i];
            check(at, r, "\"observe\"", r->observe, 0, 0);
            check(at, r, "\"observe\"", r->observe, GITOPS_CONFLICT_FAIL, GITOPS_DRIFT_REPORT);
            check(at, r, "\"alert\"", r->alert, GITOPS_CONFLICT_FAIL, GITOPS_DRIFT_IGNORE);
            check(at, r, "\"adopt\"", adoption(at, r), 0, 0);
            check(at, r, "\"enforce\"", r->enforce, GITOPS_CONFLICT_LIVE, GITOPS_DRIFT_IGNORE);
            check(at, r, "\"enforce\"", r->enforce, GITOPS_CONFLICT_FAIL, GITOPS_DRIFT_REPORT);
            check(at, r, "{\"conflict\":\"live\",\"drift\":\"ignore\"}", r->live_wins, 0, 0);
        }
}

/* What a mode kept is kept again, and an adopted value stays ours: it goes when Git drops it. */
static void diff_adoptedValue_settlesAndGoesWithGit(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{\"policies\":{\"/f\":\"adopt\"}}", "{\"f\":1,\"o\":1}",
                          "{\"f\":2,\"o\":1}", "{\"f\":3,\"o\":1}");
    (void)state;
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_settled(&t, diff);
    gitops_document *base = gitops_document_ref(gops_diff_new_base(diff));
    gitops_document_free(t.live); /* the new base does not borrow from it */
    t.live = triple_document(context, "{\"f\":3,\"o\":1}");
    gitops_diff_free(diff);
    gitops_document_free(t.base);
    t.base = base;
    gitops_document_free(t.desired);
    t.desired = triple_document(context, "{\"o\":1}");
    diff = triple_diff(&t, 0, 0);
    triple_assert_change(diff, "/f", "git-remove/remove");
    triple_assert_merged(diff, "{\"o\":1}");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void assert_merge(const char *schema, const char *base, const char *desired,
                         const char *live, const char *merged, const char *new_base)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, schema, base, desired, live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, merged);
    if (new_base)
        assert_base(diff, new_base);
    assert_settled(&t, diff);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

/* With live's as base the next diff would go on below, where other policies hold. */
static void diff_adoptedContainerThatWasNone_staysOne(void **state)
{
    (void)state;
    assert_merge("{\"policies\":{\"/m\":\"adopt\",\"/m/e\":\"enforce\"}}", "{\"m\":1}",
                 "{\"m\":{\"e\":2}}", "{\"m\":{\"e\":3}}", "{\"m\":{\"e\":3}}", "{\"m\":1}");
    assert_merge("{\"lists\":{\"/k\":{\"list\":\"map\",\"keys\":[\"n\"]}},\"policies\":{\"/k\":"
                 "\"adopt\"}}",
                 "{\"k\":[{\"v\":1}]}", "{\"k\":[{\"n\":1},{\"n\":2}]}", "{\"k\":[{\"n\":1}]}",
                 "{\"k\":[{\"n\":1}]}", "{\"k\":[{\"v\":1}]}");
}

/* What of it Git has too must not part from what Git does not have, which would then go. */
static void diff_adoptedPartOfASequence_stays(void **state)
{
    static const char schema[] =
        "{\"lists\":{\"/q\":{\"list\":\"sequence\"}},\"policies\":{\"/q\":\"adopt\"}}";
    (void)state;
    assert_merge(schema, "{\"q\":[1,2]}", "{\"q\":[1,4]}", "{\"q\":[1,2,4]}", "{\"q\":[1,2,4]}",
                 "{\"q\":[1,2]}");
    assert_merge(schema, "{\"q\":[1]}", "{\"q\":[1,4]}", "{\"q\":[1,2,4]}", "{\"q\":[1,2,4]}",
                 "{\"q\":[1]}");
    assert_merge(schema, "{\"o\":1}", "{\"o\":1,\"q\":[4,5]}", "{\"o\":1,\"q\":[5,6]}",
                 "{\"o\":1,\"q\":[5,6]}", "{\"o\":1}");
}

static void assert_told(const char *policy, int32_t drift, int keeps, int tells)
{
    char schema[100];
    gitops_context *context = support_context_new();
    snprintf(schema, sizeof schema, "{\"policies\":{\"/f\":%s}}", policy);
    triple t = triple_new(context, schema, "{\"f\":1}", "{\"f\":2}", "{\"f\":3}");
    gitops_diff *diff = triple_diff(&t, GITOPS_CONFLICT_LIVE, drift);
    assert_int_equal(gops_diff_keeps(diff), keeps);
    assert_int_equal(gops_diff_tells(diff), tells);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diff_keptValue_isToldUnderAlertOnly(void **state)
{
    (void)state;
    assert_told("\"observe\"", GITOPS_DRIFT_REPORT, 1, 0);
    assert_told("\"alert\"", GITOPS_DRIFT_IGNORE, 1, 1);
    assert_told("\"adopt\"", GITOPS_DRIFT_REPORT, 1, 0);
    assert_told("\"enforce\"", GITOPS_DRIFT_REPORT, 0, 0);
    assert_told("{\"conflict\":\"live\"}", GITOPS_DRIFT_IGNORE, 1, 1);
    assert_told("{\"conflict\":\"desired\"}", GITOPS_DRIFT_IGNORE, 0, 0);
}

static void diff_failingPath_failsTheDiffForItsConflictsOnly(void **state)
{
    gitops_context *context = support_context_new();
    gitops_error err = {0};
    gitops_diff *diff = NULL;
    triple t = triple_new(context, "{\"policies\":{\"/m\":{\"conflict\":\"fail\"},"
                                   "\"/m/x\":\"observe\"}}",
                          "{\"m\":{\"f\":1,\"x\":1},\"o\":1}", "{\"m\":{\"f\":1,\"x\":2},\"o\":2}",
                          "{\"m\":{\"f\":1,\"x\":3},\"o\":3}");
    gitops_diff_options options = {.struct_size = sizeof options, .schema = t.schema};
    (void)state;
    diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, "{\"m\":{\"f\":1,\"x\":3},\"o\":2}");
    gitops_diff_free(diff);
    gitops_document_free(t.desired);
    t.desired = triple_document(context, "{\"m\":{\"f\":4,\"x\":2},\"o\":2}");
    gitops_document_free(t.live);
    t.live = triple_document(context, "{\"m\":{\"f\":5,\"x\":3},\"o\":3}");
    assert_int_equal(
        gitops_diff_new(&diff, context, t.base, t.desired, t.live, &options, &err),
        GITOPS_ECONFLICT);
    assert_string_equal(err.message, "changed both in git and in the target: 1 fields, the first "
                                     "at \"/m/f\"");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diff_wholeAroundAPath_thePolicyOfTheWholeDecides(void **state)
{
    static const char *const observed =
        "{\"lists\":{\"/i\":{\"list\":\"map\",\"keys\":[\"n\"]}},"
        "\"policies\":{\"/i/*/v\":\"observe\",\"/i/*/w\":{\"drift\":\"ignore\"}}}";
    (void)state;
    /* an element comes without what is only observed, with what drift may change */
    assert_merge(observed, "{\"i\":[],\"o\":1}", "{\"i\":[{\"n\":1,\"v\":2,\"w\":3}],\"o\":1}",
                 "{\"o\":1,\"i\":[]}", "{\"i\":[{\"n\":1,\"w\":3}],\"o\":1}",
                 "{\"i\":[{\"n\":1,\"w\":3}],\"o\":1}");
    assert_merge(observed, "{\"i\":[{\"n\":1,\"w\":3}],\"o\":1}",
                 "{\"i\":[{\"n\":1,\"w\":3}],\"o\":1}", "{\"o\":1,\"i\":[]}",
                 "{\"i\":[{\"n\":1,\"w\":3}],\"o\":1}", "{\"i\":[{\"n\":1,\"w\":3}],\"o\":1}");
    /* it goes with all that it has */
    assert_merge(observed, "{\"i\":[{\"n\":1,\"v\":2}],\"o\":1}", "{\"o\":1}",
                 "{\"i\":[{\"n\":1,\"v\":5}],\"o\":1}", "{\"o\":1}", "{\"o\":1}");
    /* a place below can be enforced; an object that is observed is neither made nor removed */
    assert_merge("{\"policies\":{\"\":\"observe\",\"/m/e\":\"enforce\"}}", "{\"m\":{\"e\":1,\"f\":1}}",
                 "{\"m\":{\"e\":2,\"f\":2}}", "{\"m\":{\"e\":3,\"f\":3}}",
                 "{\"m\":{\"e\":2,\"f\":3}}", "{\"m\":{\"e\":2,\"f\":1}}");
    assert_merge("{\"policies\":{\"\":\"observe\"}}", NULL, "{\"f\":1}", NULL, NULL, NULL);
    assert_merge("{\"policies\":{\"\":\"observe\"}}", "{\"f\":1}", NULL, "{\"f\":1}", "{\"f\":1}",
                 NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_everyRowUnderEveryMode_theModeDecides),
        cmocka_unit_test(diff_adoptedValue_settlesAndGoesWithGit),
        cmocka_unit_test(diff_adoptedContainerThatWasNone_staysOne),
        cmocka_unit_test(diff_adoptedPartOfASequence_stays),
        cmocka_unit_test(diff_keptValue_isToldUnderAlertOnly),
        cmocka_unit_test(diff_failingPath_failsTheDiffForItsConflictsOnly),
        cmocka_unit_test(diff_wholeAroundAPath_thePolicyOfTheWholeDecides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
