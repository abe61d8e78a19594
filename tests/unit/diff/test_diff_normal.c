/*
 * normal: what the target made of our own apply is no drift, as long as it stays so.
 */
#include "triple.h"

#include "diff/diff.h"

#define KEYED "{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]}}}"

typedef struct normal_case {
    const char *name, *schema, *base, *desired, *live, *normal;
    const char *path, *change; /* "class/action" at path; NULL: nothing differs */
} normal_case;

static const normal_case cases[] = {
    {"another spelling", "{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":\"1\",\"z\":0}", "{\"a\":\"1\"}", NULL,
     NULL},
    {"a later change", "{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":\"2\"}", "{\"a\":\"1\"}", "/a",
     "drift-modified/replace"},
    {"nothing is known", "{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":\"1\"}", NULL, "/a",
     "drift-modified/replace"},
    {"a field added inside of an atomic list", "{}", "{\"l\":[{\"a\":1}]}", "{\"l\":[{\"a\":1}]}",
     "{\"l\":[{\"a\":1,\"d\":2}]}", "{\"l\":[{\"a\":1,\"d\":2}]}", NULL, NULL},
    {"another one", "{}", "{\"l\":[{\"a\":1}]}", "{\"l\":[{\"a\":1}]}", "{\"l\":[{\"a\":1,\"d\":3}]}",
     "{\"l\":[{\"a\":1,\"d\":2}]}", "/l", "drift-modified/replace"},
    {"elements in the target's order", KEYED, "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":2}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":2}]}",
     "{\"l\":[{\"n\":\"x\"},{\"n\":\"a\",\"v\":\"1\"},{\"n\":\"b\",\"v\":2}]}",
     "{\"l\":[{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":\"1\"}]}", NULL, NULL},
    {"an element that changed later", KEYED, "{\"l\":[{\"n\":\"a\",\"v\":1}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1}]}", "{\"l\":[{\"n\":\"a\",\"v\":\"3\"}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":\"1\"}]}", "/l/0/v", "drift-modified/replace"},
    {"what was dropped", "{}", "{\"a\":1,\"b\":\"\"}", "{\"a\":1,\"b\":\"\"}", "{\"a\":1}", "{\"a\":1}", NULL,
     NULL},
    {"what was dropped and came back", "{}", "{\"a\":1,\"b\":\"\"}", "{\"a\":1,\"b\":\"\"}",
     "{\"a\":1,\"b\":\"x\"}", "{\"a\":1}", "/b", "drift-modified/replace"},
    {"a change in Git is no conflict", "{}", "{\"a\":1}", "{\"a\":2}", "{\"a\":\"1\"}", "{\"a\":\"1\"}", "/a",
     "git-modify/replace"},
    {"nor is a removal", "{}", "{\"a\":1}", "{}", "{\"a\":\"1\"}", "{\"a\":\"1\"}", "/a",
     "git-remove/remove"},
    {"nor the removal of an element", KEYED, "{\"l\":[{\"n\":\"a\",\"v\":1}]}", "{\"l\":[]}",
     "{\"l\":[{\"n\":\"a\",\"v\":\"1\"}]}", "{\"l\":[{\"n\":\"a\",\"v\":\"1\"}]}", "/l/0/v",
     "git-remove/remove"},
    {"another type in Git is compared as it is", KEYED, "{\"l\":\"x\"}",
     "{\"l\":[{\"n\":\"a\",\"v\":1}]}", "{\"l\":[{\"n\":\"a\",\"v\":\"1\"}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":\"1\"}]}", "/l", "git-modify/replace"},
    {"what Git says anew was not sent yet", "{}", "{}", "{\"a\":1}", "{\"a\":\"1\"}", "{\"b\":0}", "/a",
     "adopt-conflict/replace"},
};

static void check_case(gitops_context *context, const normal_case *c)
{
    triple t = triple_new(context, c->schema, c->base, c->desired, c->live);
    gitops_document *normal = triple_document(context, c->normal);
    gitops_diff_options options = {.struct_size = sizeof options, .schema = t.schema};
    gitops_diff *diff = NULL;
    options.normal = normal;
    print_message("%s\n", c->name);
    assert_int_equal(
        gitops_diff_new(&diff, context, t.base, t.desired, t.live, &options, NULL), 0);
    gitops_document_free(normal);
    if (c->change)
        triple_assert_change(diff, c->path, c->change);
    else
        triple_assert_merged(diff, c->live);
    assert_int_equal(gitops_changes_count(gitops_diff_changes(diff)) > 0, c->change != NULL);
    gitops_diff_free(diff);
    triple_free(&t);
}

static void diff_withNormal_seesLaterChangesOnly(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(context, &cases[i]);
    support_context_free(context);
}

static void assert_normal(gitops_context *context, const char *sent, const char *answer,
                          const char *expected)
{
    triple t = triple_new(context, NULL, NULL, sent, answer);
    gitops_document *normal = NULL, *wanted = triple_document(context, expected);
    assert_int_equal(gitops_diff_normal(&normal, context, t.desired, t.live, NULL, NULL), 0);
    assert_int_equal(!normal, !wanted);
    if (normal)
        assert_true(
            gitops_value_equal(gitops_document_root(normal), gitops_document_root(wanted)));
    gitops_document_free(normal);
    gitops_document_free(wanted);
    triple_free(&t);
}

static void diffNormal_ofAnAnswer_hasOurLeaves(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    assert_normal(context, "{\"a\":1,\"m\":{\"b\":2}}", "{\"a\":1,\"m\":{\"b\":2,\"c\":3},\"d\":4}", NULL);
    assert_normal(context, "{\"a\":1,\"m\":{\"b\":2}}", "{\"a\":\"1\",\"m\":{\"b\":2,\"c\":3},\"d\":4}",
                  "{\"a\":\"1\",\"m\":{\"b\":2}}");
    assert_normal(context,
                  "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"stringData\":{\"k\":\"pass\"}}",
                  "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{\"k\":\"cGFzcw==\"}}", NULL);
    support_context_free(context);
}

static void diffNormal_badArguments_areRefused(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *document = triple_document(context, "{}"), *out;
    (void)state;
    assert_int_equal(gitops_diff_normal(NULL, context, document, document, NULL, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_diff_normal(&out, context, NULL, document, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_diff_normal(&out, context, document, NULL, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_diff_normal(&out, NULL, document, document, NULL, NULL),
                     GITOPS_EINVAL);
    gitops_document_free(document);
    support_context_free(context);
}

static void body(gitops_context *context, void *data)
{
    static const char sent[] = "{\"a\":1,\"l\":[{\"n\":\"a\",\"v\":1}]}";
    static const char answer[] = "{\"a\":\"1\",\"l\":[{\"n\":\"a\",\"v\":\"1\"}],\"z\":1}";
    gitops_document *schema = NULL, *base = NULL, *live = NULL;
    gitops_diff_options options = {.struct_size = sizeof options};
    gitops_diff *diff = NULL;
    (void)data;
    if (gitops_document_parse(&schema, context, KEYED, strlen(KEYED), "s", NULL) == 0 &&
        gitops_schema_parse(&options.schema, context, schema, NULL) == 0 &&
        gitops_document_parse(&base, context, sent, strlen(sent), "b", NULL) == 0 &&
        gitops_document_parse(&live, context, answer, strlen(answer), "l", NULL) == 0 &&
        gitops_diff_normal(&options.normal, context, base, live, options.schema, NULL) == 0 &&
        gitops_diff_new(&diff, context, base, base, live, &options, NULL) == 0)
        assert_int_equal(gitops_diff_differs(diff), 0);
    gitops_diff_free(diff);
    gitops_document_free(options.normal);
    gitops_document_free(base);
    gitops_document_free(live);
    gitops_document_free(schema);
    gitops_schema_free(options.schema);
}

static void diffNormal_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_withNormal_seesLaterChangesOnly),
        cmocka_unit_test(diffNormal_ofAnAnswer_hasOurLeaves),
        cmocka_unit_test(diffNormal_badArguments_areRefused),
        cmocka_unit_test(diffNormal_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
