/*
 * strategic: the cases of Kubernetes' own tests of strategic merge patches: what applying one gives.
 * Their type is none of Kubernetes: its schema is made here.
 */
#include "corpus.h"

#include <gitops/diff.h>

#include "diff/strategic_apply.h"
#include "manifest/schema_graph.h"
#include "value/document.h"

/* The field tags of upstream's MergeItem. */
enum { ANYTHING, CUSTOM, ITEM, KEYED, ATOMIC_LIST, SET, WHOLE, UNION, KEYED_UNION, UNION_ITEM };

static const gops_list_key by_name = {"name", NULL};
static const gops_list_keys tuple = {&by_name, 1};
static const gops_key_set key_sets[] = {{NULL, 0}, {&tuple, 1}};

static const char strings[] = "jsonItem\0mergeItemPtr\0mergingIntList\0mergingList\0nonMergingList\0"
                              "replacingItem\0retainKeysMap\0retainKeysMergingList\0simpleMap";
enum { AT_JSON = 0, AT_PTR = 9, AT_INTS = 22, AT_LIST = 37, AT_PLAIN = 49, AT_REPLACING = 64,
       AT_MAP = 78, AT_UNIONS = 92 };

static const gops_schema_field fields[] = {
    {AT_PTR, 12, KEYED}, {AT_INTS, 14, SET}, {AT_LIST, 11, KEYED}, {AT_PLAIN, 14, ATOMIC_LIST},
    {AT_REPLACING, 13, WHOLE}, {AT_MAP, 13, UNION}, {AT_UNIONS, 21, KEYED_UNION},
};

static const gops_schema_node nodes[] = {
    [ITEM] = {0, 0, 7, 0, 0, GOPS_MAP_STRUCT, 0, 0},
    [KEYED] = {0, ITEM, 0, 1, GOPS_LIST_MAP, 0, 0, GOPS_NODE_PATCH_MERGES},
    [ATOMIC_LIST] = {0, ITEM, 0, 0, GOPS_LIST_ATOMIC, 0, 0, 0},
    [SET] = {0, 0, 0, 0, GOPS_LIST_SET, 0, 0, GOPS_NODE_PATCH_MERGES},
    [WHOLE] = {0, 0, 0, 0, 0, 0, 0, GOPS_NODE_PATCH_WHOLE},
    [UNION] = {1, 0, 3, 0, 0, GOPS_MAP_RETAIN_KEYS, 0, 0},
    [KEYED_UNION] = {0, UNION_ITEM, 0, 1, GOPS_LIST_MAP, 0, 0, GOPS_NODE_PATCH_MERGES},
    [UNION_ITEM] = {0, 0, 7, 0, 0, GOPS_MAP_RETAIN_KEYS, 0, 0},
};

static const gops_schema_graph graph = {strings, nodes, fields, key_sets, NULL, 0};

static int apply(gitops_document *result, const gitops_value *patch, const gitops_value *document,
                 gitops_error *err)
{
    gops_schema_place place = {.graph = &graph, .type = &nodes[ITEM], .map = GOPS_MAP_STRUCT};
    gops_strategic m = {.context = result->context, .arena = &result->arena, .err = err};
    gops_arena_init(&m.scratch, result->context, 0);
    int status = gops_strategic_apply(&m, &place, document, patch, &result->root);
    gops_arena_free(&m.scratch);
    return status;
}

/* Upstream sorts merging lists before it compares, except in its raw cases. */
static int is_unordered(const gitops_value *list)
{
    return list->key_length > 7 && memcmp(list->key, "nonMerg", 7) != 0;
}

static int alike(const gitops_value *a, const gitops_value *b, int raw)
{
    if (a->type != b->type || a->type < GITOPS_VALUE_LIST || a->count != b->count)
        return gitops_value_equal(a, b);
    int unordered = !raw && a->type == GITOPS_VALUE_LIST && is_unordered(a);
    for (uint32_t i = 0; i < a->count; i++) {
        uint32_t j = unordered ? 0 : i, end = unordered ? b->count : i + 1;
        const gitops_value *left = &a->as.children[i];
        while (j < end && !alike(left, &b->as.children[j], raw))
            j++;
        if (j == end || (left->key && gops_key_compare(left->key, left->key_length,
                                                       b->as.children[j].key,
                                                       b->as.children[j].key_length) != 0))
            return 0;
    }
    return 1;
}

static void check_case(gitops_context *context, const gitops_value *one, const char *document,
                       const char *patch, const char *expected)
{
    char name[200], message[200], group[200];
    gitops_error err = {0};
    const gitops_value *from = gitops_value_at(one, document), *by = gitops_value_at(one, patch);
    const gitops_value *wanted = gitops_value_at(one, expected);
    if (!from || !by || gitops_value_type(from) != GITOPS_VALUE_MAP)
        return;
    corpus_text(one, "/name", name, sizeof name);
    corpus_text(one, "/group", group, sizeof group);
    int raw = strstr(group, "raw") != NULL;
    gitops_document *result = gops_document_new(context);
    int status = apply(result, by, from, &err);
    if (corpus_text(one, "/expected_error", message, sizeof message)) {
        assert_int_equal(status, GITOPS_EPARSE);
        if (!strstr(err.message, message))
            fail_msg("%s: \"%s\" is not about \"%s\"", name, err.message, message);
    } else if (status < 0) {
        fail_msg("%s: %s", name, err.message);
    } else if (wanted && !alike(&result->root, wanted, raw)) {
        gitops_buffer *text;
        gitops_value_emit(&text, context, &result->root, NULL, NULL);
        fail_msg("%s: found %s", name, gitops_buffer_data(text));
    }
    gitops_document_free(result);
}

static void patchApply_strategicCases_giveUpstreamsResult(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "strategicpatch/apply_patch_cases.json");
    const gitops_value *root = gitops_document_root(cases);
    (void)state;
    assert_true(gitops_value_count(root) > 0);
    for (size_t i = 0; i < gitops_value_count(root); i++) {
        const gitops_value *one = gitops_value_item(root, i);
        const char *expected =
            gitops_value_at(one, "/two_way_result") ? "/two_way_result" : "/desired";
        check_case(context, one, "/base", "/two_way_patch", expected);
    }
    gitops_document_free(cases);
    support_context_free(context);
}

static void patchApply_upstreamsThreeWayPatches_giveUpstreamsResult(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "strategicpatch/three_way_cases.json");
    const gitops_value *root = gitops_document_root(cases);
    (void)state;
    for (size_t i = 0; i < gitops_value_count(root); i++)
        check_case(context, gitops_value_item(root, i), "/live", "/three_way_patch", "/result");
    gitops_document_free(cases);
    support_context_free(context);
}

/* What our own patch from one document to another gives; 0: a patch cannot say it. */
static int check_own(gitops_context *context, const gitops_value *from, const gitops_value *to)
{
    gops_buffer text;
    gitops_document *patch, *result = gops_document_new(context);
    gops_patch_job job = {.context = context, .out = &text, .from = from, .to = to,
                          .place = {.graph = &graph, .type = &nodes[ITEM]}};
    gops_buffer_init(&text, context, 0);
    int status = gops_patch_strategic(&job, NULL);
    if (status == 0) {
        assert_int_equal(
            gitops_document_parse(&patch, context, text.data, text.length, "patch", NULL), 0);
        assert_int_equal(apply(result, gitops_document_root(patch), from, NULL), 0);
        if (!gitops_value_equal(&result->root, to))
            fail_msg("%s does not give it", text.data);
        gitops_document_free(patch);
    }
    assert_true(status == 0 || status == GITOPS_EUNSUPPORTED);
    gops_buffer_release(&text);
    gitops_document_free(result);
    return status == 0;
}

static void diffPatch_strategic_givesWhatItWasMadeFor(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "strategicpatch/three_way_cases.json");
    const gitops_value *root = gitops_document_root(cases);
    int said = 0;
    (void)state;
    for (size_t i = 0; i < gitops_value_count(root); i++) {
        const gitops_value *one = gitops_value_item(root, i);
        const gitops_value *live = gitops_value_at(one, "/live");
        const gitops_value *result = gitops_value_at(one, "/result");
        if (gops_value_is(live, GITOPS_VALUE_MAP) && gops_value_is(result, GITOPS_VALUE_MAP))
            said += check_own(context, live, result) + check_own(context, result, live);
    }
    assert_true(said > 50);
    gitops_document_free(cases);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patchApply_strategicCases_giveUpstreamsResult),
        cmocka_unit_test(diffPatch_strategic_givesWhatItWasMadeFor),
        cmocka_unit_test(patchApply_upstreamsThreeWayPatches_giveUpstreamsResult),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
