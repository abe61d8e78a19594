/*
 * RFC 7386: the examples of its appendix, and merge patches made between pairs of documents.
 */
#include "triple.h"

#include "corpus.h"

static void patchApply_appendixA_givesTheResults(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "rfc7386/appendix_a.json");
    const gitops_value *root = gitops_document_root(cases);
    (void)state;
    assert_true(gitops_value_count(root) > 0);
    for (size_t i = 0; i < gitops_value_count(root); i++) {
        const gitops_value *one = gitops_value_item(root, i);
        gitops_document *target = triple_copy(context, gitops_value_at(one, "/target"));
        gitops_document *patch = triple_copy(context, gitops_value_at(one, "/patch"));
        gitops_document *result = NULL;
        assert_int_equal(
            gitops_patch_apply(&result, context, GITOPS_PATCH_MERGE, patch, target, NULL), 0);
        assert_true(gitops_value_equal(gitops_document_root(result),
                                       gitops_value_at(one, "/expected")));
        gitops_document_free(result);
        gitops_document_free(patch);
        gitops_document_free(target);
    }
    gitops_document_free(cases);
    support_context_free(context);
}

/* With before as base and live and after as desired, the patch is the whole change. */
static void check_generated(gitops_context *context, const gitops_value *one)
{
    triple t = triple_new(context, "{\"null\":\"value\"}", NULL, NULL, NULL);
    gitops_buffer *text = NULL;
    t.base = triple_copy(context, gitops_value_at(one, "/before"));
    t.live = gitops_document_ref(t.base);
    t.desired = triple_copy(context, gitops_value_at(one, "/after"));
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_int_equal(gitops_diff_patch(diff, GITOPS_PATCH_MERGE, NULL, &text, NULL), 0);
    gitops_document *patch = triple_document(context, gitops_buffer_data(text));
    assert_true(gitops_value_equal(gitops_document_root(patch), gitops_value_at(one, "/patch")));
    gitops_document_free(patch);
    gitops_buffer_free(text);
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
}

static void diffPatch_generatedPairs_givesTheirPatch(void **state)
{
    static const char *const files[] = {"rfc7386/generate/array.json",
                                        "rfc7386/generate/object.json",
                                        "rfc7386/generate/rfc.json"};
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        gitops_document *cases = corpus_load(context, files[f]);
        const gitops_value *root = gitops_document_root(cases);
        assert_true(gitops_value_count(root) > 0);
        for (size_t i = 0; i < gitops_value_count(root); i++)
            check_generated(context, gitops_value_item(root, i));
        gitops_document_free(cases);
    }
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patchApply_appendixA_givesTheResults),
        cmocka_unit_test(diffPatch_generatedPairs_givesTheirPatch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
