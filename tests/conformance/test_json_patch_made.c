/*
 * json_patch_made: the cases of jsondiff (wI2L): a patch of ours turns each "before" into its
 * "after", and theirs, applied by us, gives what they say.
 */
#include "corpus.h"
#include "triple.h"

#include <stdio.h>

#include "value/document.h"

static gitops_document *share(gitops_context *context, gitops_document *owner,
                              const gitops_value *value)
{
    gitops_document *document = gops_document_new(context);
    assert_non_null(document);
    document->root = *value;
    document->root.key = NULL;
    document->root.key_length = 0;
    gops_document_share(document, owner);
    return document;
}

/* Both forms of our patch, the first with and without tests. */
static void check_ours(gitops_context *context, gitops_document *before, gitops_document *after)
{
    gitops_schema *schema;
    assert_int_equal(gitops_schema_new(&schema, context, GITOPS_SCHEMA_NONE, NULL), 0);
    triple t = {context, before, after, before, schema};
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_true(gitops_value_equal(gitops_document_root(gitops_diff_merged(diff)),
                                   gitops_document_root(after)));
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    gitops_schema_free(schema);
}

/* Theirs; one that leaves places out on purpose does not give all of "after". */
static void check_theirs(gitops_context *context, gitops_document *cases, const gitops_value *one,
                         gitops_document *before, gitops_document *after)
{
    gitops_document *result = NULL;
    const gitops_value *patch = gitops_value_at(one, "/patch");
    if (!gops_value_is(patch, GITOPS_VALUE_LIST) || gitops_value_at(one, "/ignores") ||
        gitops_value_at(one, "/incomplete_patch") ||
        gitops_value_bool(gitops_value_at(one, "/skip_apply_test")))
        return;
    gitops_document *theirs = share(context, cases, patch);
    gitops_error err = {0};
    char name[200];
    corpus_text(one, "/name", name, sizeof name);
    if (gitops_patch_apply(&result, context, GITOPS_PATCH_JSON, theirs, before, &err) < 0)
        fail_msg("%s: %s", name, err.message);
    if (!gitops_value_equal(gitops_document_root(result), gitops_document_root(after)))
        fail_msg("%s: their patch does not give it", name);
    gitops_document_free(result);
    gitops_document_free(theirs);
}

static size_t check_file(gitops_context *context, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "jsondiff-wI2L/tests/jsonpatch/%s.json", name);
    gitops_document *cases = corpus_load(context, path);
    const gitops_value *root = gitops_document_root(cases);
    size_t count = gitops_value_count(root);
    for (size_t i = 0; i < count; i++) {
        const gitops_value *one = gitops_value_item(root, i);
        const gitops_value *from = gitops_value_at(one, "/before");
        const gitops_value *to = gitops_value_at(one, "/after");
        if (!from || !to)
            continue;
        gitops_document *before = share(context, cases, from);
        gitops_document *after = share(context, cases, to);
        check_ours(context, before, after);
        check_theirs(context, cases, one, before, after);
        gitops_document_free(before);
        gitops_document_free(after);
    }
    gitops_document_free(cases);
    return count;
}

static void diffPatch_casesOfJsondiff_turnBeforeIntoAfter(void **state)
{
    static const char *const names[] = {
        "array",       "object",        "rfc",  "root", "options/invertible",
        "options/lcs", "options/factorization", "options/equivalence", "options/lcs+equivalence",
        "options/all", "options/ignore", "options/rationalization"};
    gitops_context *context = support_context_new();
    size_t count = 0;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        count += check_file(context, names[i]);
    assert_true(count > 50);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diffPatch_casesOfJsondiff_turnBeforeIntoAfter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
