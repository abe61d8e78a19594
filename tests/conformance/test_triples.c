/*
 * Properties over every triple that other projects test with: nothing differs from itself, a merge
 * settles, patches give the merged document, and what is not ours stays. Real objects of Kubernetes
 * are judged as their project judges them.
 */
#include "triple.h"

#include "corpus.h"

static const char *const schemas[] = {
    "{\"null\":\"value\"}",
    "{\"null\":\"absent\",\"omit-empty\":[\"/*\",\"/*/*\"]}",
    "{\"null\":\"absent\",\"lists\":{\"/mergingList\":{\"list\":\"map\",\"keys\":[\"name\"]},"
    "\"/mergingList/*/mergingList\":{\"list\":\"map\",\"keys\":[\"name\"]},"
    "\"/mergingIntList\":{\"list\":\"set\"},\"/nonMergingIntList\":{\"list\":\"sequence\"},"
    "\"/nonMergingList\":{\"list\":\"sequence\"}},"
    "\"maps\":{\"/simpleMap\":\"retain-keys\",\"/retainKeysMap\":\"retain-keys\"}}",
    "{\"maps\":{\"/*\":\"struct\"},\"lists\":{\"/*\":{\"list\":\"set\"}}}",
};
enum { SCHEMAS = sizeof schemas / sizeof schemas[0], GENERIC = 2 /* the first ones */ };

static int all_maps(const gitops_value *a, const gitops_value *b)
{
    return (!a || gitops_value_type(a) == GITOPS_VALUE_MAP) &&
           (!b || gitops_value_type(b) == GITOPS_VALUE_MAP);
}

/* Members of live that neither base nor desired states are in merged as they were. */
static void assert_unowned_stays(const gitops_value *base, const gitops_value *desired,
                                 const gitops_value *live, const gitops_value *merged)
{
    for (size_t i = 0; i < gitops_value_count(live); i++) {
        size_t length;
        const char *key = gitops_value_key(live, i, &length);
        const gitops_value *b = gitops_value_find(base, key, length);
        const gitops_value *d = gitops_value_find(desired, key, length);
        const gitops_value *l = gitops_value_item(live, i);
        const gitops_value *m = gitops_value_find(merged, key, length);
        if (!b && !d) {
            assert_non_null(m);
            assert_true(gitops_value_equal(l, m));
        } else if (gitops_value_type(l) == GITOPS_VALUE_MAP && all_maps(b, d)) {
            assert_unowned_stays(b, d, l, m);
        }
    }
}

static void check_unowned(const triple *t)
{
    if (!t->live || !t->desired)
        return;
    const gitops_value *base = t->base ? gitops_document_root(t->base) : NULL;
    const gitops_value *desired = gitops_document_root(t->desired);
    const gitops_value *live = gitops_document_root(t->live);
    gitops_diff *diff = triple_diff(t, 0, 0);
    if (all_maps(base, desired) && all_maps(live, NULL))
        assert_unowned_stays(base, desired, live, gitops_document_root(gitops_diff_merged(diff)));
    gitops_diff_free(diff);
}

static void check_triples(const char *name)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, name);
    const gitops_value *root = gitops_document_root(cases);
    assert_true(gitops_value_count(root) > 0);
    for (size_t i = 0; i < gitops_value_count(root); i++) {
        const gitops_value *one = gitops_value_item(root, i);
        for (size_t s = 0; s < SCHEMAS; s++) {
            triple t = triple_new(context, schemas[s], NULL, NULL, NULL);
            t.base = triple_copy(context, gitops_value_at(one, "/base"));
            t.desired = triple_copy(context, gitops_value_at(one, "/desired"));
            t.live = triple_copy(context, gitops_value_at(one, "/live"));
            triple_assert_properties(&t);
            if (s < GENERIC)
                check_unowned(&t);
            triple_free(&t);
        }
    }
    gitops_document_free(cases);
    support_context_free(context);
}

static void diff_strategicMergeTriples_propertiesHold(void **state)
{
    (void)state;
    check_triples("strategicpatch/three_way_cases.json");
}

static void diff_mergePatchTriples_propertiesHold(void **state)
{
    (void)state;
    check_triples("jsonmergepatch/three_way_cases.json");
}

static void diff_randomStrategicTriples_propertiesHold(void **state)
{
    (void)state;
    check_triples("oracle-apimachinery/smp_three_way_random.json");
}

static void diff_randomMergeTriples_propertiesHold(void **state)
{
    (void)state;
    check_triples("oracle-apimachinery/jmp_three_way_random.json");
}

/*
 * Whether there is a difference, where that project compares three ways as we do. It can be told to
 * compare the rules of an aggregated role; we leave them to the controller that fills them in.
 */
static void check_verdict(const triple *t, const gitops_value *one)
{
    char name[256], mode[64];
    corpus_text(one, "/name", name, sizeof name);
    corpus_text(one, "/mode", mode, sizeof mode);
    if (strcmp(mode, "three-way") != 0 || strstr(name, "ignoreAggregatedRoles=false"))
        return;
    gitops_diff *diff = triple_diff(t, 0, 0);
    if (gitops_diff_differs(diff) != gitops_value_bool(gitops_value_at(one, "/modified")))
        fail_msg("%s: wrong verdict", name);
    gitops_diff_free(diff);
}

static void diff_kubernetesObjects_propertiesHold(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "gitops-engine-diff/cases.json");
    const gitops_value *root = gitops_document_root(cases);
    (void)state;
    assert_true(gitops_value_count(root) > 0);
    for (size_t i = 0; i < gitops_value_count(root); i++) {
        const gitops_value *one = gitops_value_item(root, i);
        const gitops_value *base = gitops_value_at(one, "/base");
        triple t = triple_new(context, NULL, NULL, NULL, NULL);
        if (gitops_value_type(base) != GITOPS_VALUE_NULL)
            t.base = triple_copy(context, base);
        t.desired = triple_copy(context, gitops_value_at(one, "/desired"));
        t.live = triple_copy(context, gitops_value_at(one, "/live"));
        triple_assert_properties(&t);
        check_verdict(&t, one);
        triple_free(&t);
    }
    gitops_document_free(cases);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_strategicMergeTriples_propertiesHold),
        cmocka_unit_test(diff_mergePatchTriples_propertiesHold),
        cmocka_unit_test(diff_randomStrategicTriples_propertiesHold),
        cmocka_unit_test(diff_randomMergeTriples_propertiesHold),
        cmocka_unit_test(diff_kubernetesObjects_propertiesHold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
