/*
 * Triples that other tools are known to get wrong, with the right answer.
 */
#include "triple.h"

#include "corpus.h"

typedef struct special {
    const char *id, *schema;
} special;

/* The test types of strategicpatch; some cases are about a policy of their own. */
static const char strategic[] =
    "{\"null\":\"absent\",\"lists\":{\"/mergingList\":{\"list\":\"map\",\"keys\":[\"name\"]},"
    "\"/mergingIntList\":{\"list\":\"set\"}}}";
static const special specials[] = {
    {"atomic-list-default-in-element", "{\"defaulted\":[\"/nonMergingList\"]}"},
    {"null-vs-empty-live", "{\"omit-empty\":[\"/l\"]}"},
    {"null-kept-in-desired", "{\"null\":\"value\"}"},
    {"null-in-array", "{\"null\":\"absent\"}"},
};

static const char *schema_for(const char *id)
{
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++)
        if (strcmp(specials[i].id, id) == 0)
            return specials[i].schema;
    return strategic;
}

static void check_case(gitops_context *context, const gitops_value *one)
{
    char id[128];
    print_message("%s\n", corpus_text(one, "/id", id, sizeof id));
    triple t = triple_new(context, schema_for(id), NULL, NULL, NULL);
    const gitops_value *base = gitops_value_at(one, "/base");
    if (gitops_value_type(base) != GITOPS_VALUE_NULL)
        t.base = triple_copy(context, base);
    t.desired = triple_copy(context, gitops_value_at(one, "/desired"));
    t.live = triple_copy(context, gitops_value_at(one, "/live"));
    gitops_diff *diff = triple_diff(&t, 0, 0);
    const gitops_value *right = gitops_value_at(one, "/right");
    assert_true(gitops_value_equal(gitops_document_root(gitops_diff_merged(diff)), right));
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
}

static void knownWrong_everyCase_givesTheRightAnswer(void **state)
{
    (void)state;
    corpus_each("known-wrong/cases.json", check_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knownWrong_everyCase_givesTheRightAnswer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
