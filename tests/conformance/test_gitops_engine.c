/*
 * Real objects and what Argo CD's engine says of them: whether they are modified, and which texts of
 * Secrets may not be seen.
 */
#include "triple.h"

#include <stdio.h>

#include "corpus.h"

/* Cases in which this library answers otherwise, with the rule that says so (docs/diff.md). */
static const struct {
    const char *name, *rule;
} otherwise[] = {
    {"aggregated ClusterRole, ignoreAggregatedRoles=false", "their rules are their controller's"},
    {"SSD: ignore webhook mutation", "what only live has is not ours"},
    {"SSD: keep webhook mutation", "what only live has is not ours"},
};

static int answers_otherwise(const char *name)
{
    for (size_t i = 0; i < sizeof otherwise / sizeof otherwise[0]; i++)
        if (strcmp(otherwise[i].name, name) == 0)
            return 1;
    return 0;
}

/* Without a base the engine compares with what is desired. */
static triple read_case(gitops_context *context, const gitops_value *one)
{
    triple t = triple_new(context, NULL, NULL, NULL, NULL);
    const gitops_value *base = gitops_value_at(one, "/base");
    if (gitops_value_type(base) == GITOPS_VALUE_NULL)
        base = gitops_value_at(one, "/desired");
    t.base = triple_copy(context, base);
    t.desired = triple_copy(context, gitops_value_at(one, "/desired"));
    t.live = triple_copy(context, gitops_value_at(one, "/live"));
    return t;
}

static void check_case(gitops_context *context, const gitops_value *one)
{
    char name[160];
    int32_t modified = gitops_value_bool(gitops_value_at(one, "/modified"));
    print_message("%s\n", corpus_text(one, "/name", name, sizeof name));
    triple t = read_case(context, one);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_int_equal(gitops_diff_differs(diff) == modified, !answers_otherwise(name));
    assert_int_equal(gitops_diff_differs(diff),
                     gitops_changes_count(gitops_diff_changes(diff)) > 0);
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
}

static void engine_everyCase_isModifiedOrNot(void **state)
{
    (void)state;
    corpus_each("gitops-engine-diff/cases.json", check_case);
}

/* A Secret with the members of a case: data, and stringData where there is some. */
static gitops_document *secret_of(gitops_context *context, const gitops_value *data,
                                  const gitops_value *text)
{
    char whole[4096];
    gitops_buffer *one = NULL, *other = NULL;
    if (!data)
        return NULL;
    assert_int_equal(gitops_value_emit(&one, context, data, NULL, NULL), 0);
    if (text)
        assert_int_equal(gitops_value_emit(&other, context, text, NULL, NULL), 0);
    snprintf(whole, sizeof whole,
             "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":%s,"
             "\"stringData\":%s}",
             gitops_buffer_data(one), other ? gitops_buffer_data(other) : "{}");
    gitops_buffer_free(one);
    gitops_buffer_free(other);
    return triple_document(context, whole);
}

static void assert_masked(const gitops_value *value)
{
    size_t length;
    if (value)
        assert_string_equal(gitops_value_text(value, &length), "***");
}

/* Where the engine's masks differ in length, the key has a record here. */
static void check_key(const gitops_diff *diff, const gitops_value *one, const char *key)
{
    char path[96], wanted[64], found[64];
    snprintf(path, sizeof path, "/target_out/%s", key);
    corpus_text(one, path, wanted, sizeof wanted);
    snprintf(path, sizeof path, "/live_out/%s", key);
    corpus_text(one, path, found, sizeof found);
    snprintf(path, sizeof path, "/data/%s", key);
    const gitops_change *change = triple_change(diff, path);
    assert_int_equal(change && strcmp(gitops_change_action(change), "none") != 0,
                     strcmp(wanted, found) != 0);
    if (!change)
        return;
    assert_int_equal(gitops_change_sensitive(change), 1);
    assert_masked(gitops_change_base(change));
    assert_masked(gitops_change_desired(change));
    assert_masked(gitops_change_live(change));
    assert_masked(gitops_change_merged(change));
}

static void check_masks(gitops_context *context, const gitops_value *one)
{
    triple t = triple_new(context, NULL, NULL, NULL, NULL);
    const gitops_value *masks = gitops_value_at(one, "/target_out");
    t.base = secret_of(context, gitops_value_at(one, "/base"), NULL);
    t.desired = secret_of(context, gitops_value_at(one, "/target"),
                          gitops_value_at(one, "/target_stringData"));
    t.live = secret_of(context, gitops_value_at(one, "/live"), NULL);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    for (size_t i = 0; i < gitops_value_count(masks); i++) {
        char key[64];
        size_t length;
        const char *text = gitops_value_key(masks, i, &length);
        snprintf(key, sizeof key, "%.*s", (int)length, text);
        check_key(diff, one, key);
    }
    gitops_diff_free(diff);
    triple_free(&t);
}

static void engine_everySecret_isMasked(void **state)
{
    (void)state;
    corpus_each("gitops-engine-diff/secret_mask_cases.json", check_masks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_everyCase_isModifiedOrNot),
        cmocka_unit_test(engine_everySecret_isMasked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
