/*
 * RFC 6902: the shared test suite, and the hostile and odd patches of another implementation. Where
 * that one extends the RFC (negative indices, missing parents, a test without a value) the RFC wins.
 */
#include "triple.h"

#include "corpus.h"

static gitops_document *apply(gitops_context *context, gitops_document *patch,
                              gitops_document *document)
{
    gitops_document *result = NULL;
    gitops_error err = {0};
    int status = gitops_patch_apply(&result, context, GITOPS_PATCH_JSON, patch, document, &err);
    assert_true(status == 0 || status == GITOPS_EPARSE || status == GITOPS_ECONFLICT ||
                status == GITOPS_ELIMIT);
    assert_int_equal(err.code, status);
    return result;
}

static void check_suite_case(gitops_context *context, const gitops_value *one)
{
    char comment[200];
    const gitops_value *expected = gitops_value_at(one, "/expected");
    const gitops_value *patch = gitops_value_at(one, "/patch");
    if (!patch || gitops_value_bool(gitops_value_at(one, "/disabled")))
        return;
    corpus_text(one, "/comment", comment, sizeof comment);
    gitops_document *before = triple_copy(context, gitops_value_at(one, "/doc"));
    gitops_document *operations = triple_copy(context, patch);
    gitops_document *after = apply(context, operations, before);
    if (gitops_value_at(one, "/error")) {
        if (after)
            fail_msg("should have failed: %s", comment);
    } else if (expected) {
        if (!after || !gitops_value_equal(gitops_document_root(after), expected))
            fail_msg("wrong or no result: %s", comment);
    }
    gitops_document_free(after);
    gitops_document_free(operations);
    gitops_document_free(before);
}

static void patchApply_sharedSuite_answersAsExpected(void **state)
{
    (void)state;
    corpus_each("json-patch-tests/tests.json", check_suite_case);
}

static void patchApply_specSuite_answersAsExpected(void **state)
{
    (void)state;
    corpus_each("json-patch-tests/spec_tests.json", check_suite_case);
}

/* 1 when a case is about an extension of the RFC. */
static int is_extension(const gitops_value *one)
{
    static const char *const marks[] = {"/-1", "/-2", "/-10", NULL};
    char patch[1024];
    if (gitops_value_bool(gitops_value_at(one, "/allow_missing_path_on_remove")) ||
        gitops_value_bool(gitops_value_at(one, "/ensure_path_exists_on_add")))
        return 1;
    corpus_text(one, "/patch", patch, sizeof patch);
    for (size_t i = 0; marks[i]; i++)
        if (strstr(patch, marks[i]))
            return 1;
    return strstr(patch, "\"test\"") && !strstr(patch, "\"value\"");
}

static void check_text_case(gitops_context *context, const gitops_value *one)
{
    gitops_document *document = corpus_parse_text(context, one, "/doc");
    gitops_document *patch = corpus_parse_text(context, one, "/patch");
    gitops_document *expected = corpus_parse_text(context, one, "/result");
    if (document && patch && expected && !is_extension(one)) {
        gitops_document *result = apply(context, patch, document);
        assert_non_null(result);
        assert_true(gitops_value_equal(gitops_document_root(result),
                                       gitops_document_root(expected)));
        gitops_document_free(result);
    }
    gitops_document_free(document);
    gitops_document_free(patch);
    gitops_document_free(expected);
}

static void check_bad_case(gitops_context *context, const gitops_value *one)
{
    gitops_document *document = corpus_parse_text(context, one, "/doc");
    gitops_document *patch = corpus_parse_text(context, one, "/patch");
    if (document && patch)
        assert_null(apply(context, patch, document));
    gitops_document_free(document);
    gitops_document_free(patch);
}

static void check_test_case(gitops_context *context, const gitops_value *one)
{
    char patch_text[1024];
    gitops_document *document = corpus_parse_text(context, one, "/doc");
    gitops_document *patch = corpus_parse_text(context, one, "/patch");
    corpus_text(one, "/patch", patch_text, sizeof patch_text);
    gitops_document *result = apply(context, patch, document);
    /* A null that is not there is not a null: only that implementation says so. */
    int passes = gitops_value_bool(gitops_value_at(one, "/passes")) &&
                 !strstr(patch_text, "\"value\": null");
    assert_int_equal(result != NULL, passes);
    gitops_document_free(result);
    gitops_document_free(document);
    gitops_document_free(patch);
}

static void patchApply_hostilePatches_holdOrFailCleanly(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "json-patch-evanphx/cases.json");
    const gitops_value *root = gitops_document_root(cases);
    const gitops_value *list = gitops_value_at(root, "/cases");
    (void)state;
    assert_true(gitops_value_count(list) > 0);
    for (size_t i = 0; i < gitops_value_count(list); i++)
        check_text_case(context, gitops_value_item(list, i));
    list = gitops_value_at(root, "/bad_cases");
    for (size_t i = 0; i < gitops_value_count(list); i++)
        check_bad_case(context, gitops_value_item(list, i));
    list = gitops_value_at(root, "/test_op_cases");
    for (size_t i = 0; i < gitops_value_count(list); i++)
        check_test_case(context, gitops_value_item(list, i));
    gitops_document_free(cases);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patchApply_sharedSuite_answersAsExpected),
        cmocka_unit_test(patchApply_specSuite_answersAsExpected),
        cmocka_unit_test(patchApply_hostilePatches_holdOrFailCleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
