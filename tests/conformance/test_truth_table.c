/*
 * The truth table of three-way diff: every row in every context under the three columns of
 * policies, and the presence table of whole objects.
 */
#include "triple.h"

#include <stdio.h>

#include "corpus.h"
#include "diff/diff.h"

typedef struct column {
    const char *name;
    int32_t conflict, drift;
} column;

static const column columns[] = {
    {"default", GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT},
    {"live_wins", GITOPS_CONFLICT_LIVE, GITOPS_DRIFT_IGNORE},
    {"drift_report_only", GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REPORT},
};

static gitops_schema *schema_of(gitops_context *context, const gitops_value *root,
                                const gitops_value *one)
{
    char text[2048], policy[32];
    gitops_buffer *lists;
    gitops_schema *schema;
    assert_int_equal(gitops_value_emit(&lists, context, gitops_value_at(root, "/lists"),
                                       NULL, NULL),
                     0);
    snprintf(text, sizeof text, "{\"null\":\"%s\",\"lists\":%s}",
             corpus_text(one, "/null_policy", policy, sizeof policy) ? policy : "value",
             gitops_buffer_data(lists));
    gitops_document *document = triple_document(context, text);
    assert_int_equal(gitops_schema_parse(&schema, context, document, NULL), 0);
    gitops_document_free(document);
    gitops_buffer_free(lists);
    return schema;
}

/* Records of the row's class must be there, with the row's action, conflict and drift. */
static void check_records(const gitops_diff *diff, const gitops_value *one, const char *action)
{
    char wanted[64], conflict[64];
    const gitops_changes *changes = gitops_diff_changes(diff);
    int found = 0;
    corpus_text(one, "/class", wanted, sizeof wanted);
    const char *conflict_name = corpus_text(one, "/conflict", conflict, sizeof conflict);
    if (!strcmp(wanted, "none") || !strcmp(wanted, "unmanaged") || !strcmp(wanted, "in-sync")) {
        assert_int_equal(gitops_changes_count(changes), 0);
        return;
    }
    for (size_t i = 0; i < gitops_changes_count(changes); i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        if (strcmp(gitops_change_class(change), wanted) != 0)
            continue;
        found = 1;
        assert_string_equal(gitops_change_action(change), action);
        assert_int_equal(gitops_change_drift(change),
                         gitops_value_bool(gitops_value_at(one, "/drift")));
        if (conflict_name)
            assert_string_equal(gitops_change_conflict(change), conflict_name);
        else
            assert_null(gitops_change_conflict(change));
    }
    assert_true(found);
}

static void check_column(const triple *t, const gitops_value *one, const column *c)
{
    char action[64], pointer[64];
    gitops_diff *diff = triple_diff(t, c->conflict, c->drift);
    snprintf(pointer, sizeof pointer, "/%s/action", c->name);
    corpus_text(one, pointer, action, sizeof action);
    snprintf(pointer, sizeof pointer, "/%s/merged", c->name);
    gitops_document *merged = gitops_diff_merged(diff);
    const gitops_value *expected = gitops_value_at(one, pointer);
    assert_non_null(merged);
    assert_true(gitops_value_equal(gitops_document_root(merged), expected));
    assert_int_equal(gitops_diff_differs(diff),
                     !gitops_value_equal(expected, gitops_document_root(t->live)));
    check_records(diff, one, action);
    gitops_diff_free(diff);
}

static void truthTable_everyCase_givesClassActionAndMerged(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "truth-table/cases.json");
    const gitops_value *root = gitops_document_root(cases);
    const gitops_value *list = gitops_value_at(root, "/cases");
    (void)state;
    assert_true(gitops_value_count(list) > 0);
    for (size_t i = 0; i < gitops_value_count(list); i++) {
        const gitops_value *one = gitops_value_item(list, i);
        triple t = {context, triple_copy(context, gitops_value_at(one, "/base")),
                    triple_copy(context, gitops_value_at(one, "/desired")),
                    triple_copy(context, gitops_value_at(one, "/live")),
                    schema_of(context, root, one)};
        char row[16], where[64];
        print_message("row %s %s\n", corpus_text(one, "/row", row, sizeof row),
                      corpus_text(one, "/context", where, sizeof where));
        for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
            check_column(&t, one, &columns[c]);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    gitops_document_free(cases);
    support_context_free(context);
}

static int is_set(const gitops_value *one, const char *pointer)
{
    return gitops_value_bool(gitops_value_at(one, pointer));
}

/* What becomes of the whole object: it exists afterwards exactly when desired does, or nobody. */
static void objectLevel_everyPresence_decidesExistence(void **state)
{
    static const char body[] = "{\"a\":1}";
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "truth-table/object_level.json");
    const gitops_value *root = gitops_document_root(cases);
    (void)state;
    for (size_t i = 0; i < gitops_value_count(root); i++) {
        const gitops_value *one = gitops_value_item(root, i);
        int desired = is_set(one, "/desired"), base = is_set(one, "/base");
        int live = is_set(one, "/live");
        triple t = triple_new(context, NULL, base ? body : NULL, desired ? body : NULL,
                              live ? body : NULL);
        gitops_diff *diff = triple_diff(&t, 0, 0);
        int exists = desired || (live && !base);
        assert_int_equal(gitops_diff_merged(diff) != NULL, exists);
        assert_int_equal(gitops_diff_differs(diff), exists != live);
        assert_int_equal(gops_diff_new_base(diff) != NULL, desired);
        gitops_diff_free(diff);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    gitops_document_free(cases);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truthTable_everyCase_givesClassActionAndMerged),
        cmocka_unit_test(objectLevel_everyPresence_decidesExistence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
