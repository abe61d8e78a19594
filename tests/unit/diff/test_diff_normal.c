/*
 * normal: what the target made of our own apply is no drift, as long as it stays so.
 */
#include "triple.h"

#include "diff/diff.h"

#define SET "{\"lists\":{\"/s\":{\"list\":\"set\"}}}"
#define SEQUENCE "{\"lists\":{\"/s\":{\"list\":\"sequence\"}}}"
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
    {"members of a set as the target spells them", SET, "{\"s\":[\"a\",\"b\",\"c\"]}",
     "{\"s\":[\"c\",\"a\",\"b\"]}", "{\"s\":[\"C\",\"b\",\"x\",\"A\"]}", "{\"s\":[\"A\",\"b\",\"C\"]}", NULL,
     NULL},
    {"a member of a set that went later", SET, "{\"s\":[\"a\",\"b\"]}", "{\"s\":[\"a\",\"b\"]}",
     "{\"s\":[\"b\"]}", "{\"s\":[\"A\",\"b\"]}", "/s/0", "drift-removed/add"},
    {"a member that Git drops goes in the target's spelling", SET, "{\"s\":[\"a\",\"b\"]}",
     "{\"s\":[\"b\"]}", "{\"s\":[\"A\",\"b\"]}", "{\"s\":[\"A\",\"b\"]}", "/s/0", "git-remove/remove"},
    {"a member that the target dropped", SET, "{\"s\":[\"a\",\"b\"]}", "{\"s\":[\"a\",\"b\"]}",
     "{\"s\":[\"b\",\"x\"]}", "{\"s\":[null,\"b\"]}", NULL, NULL},
    {"a member that Git states in the target's spelling too", SET, "{\"s\":[\"a\"]}",
     "{\"s\":[\"a\",\"A\"]}", "{\"s\":[\"A\"]}", "{\"s\":[\"A\"]}", "/s/0", "drift-removed/add"},
    {"elements of a sequence as the target spells them", SEQUENCE, "{\"s\":[1,2,3]}",
     "{\"s\":[1,2,3]}", "{\"s\":[0,\"1\",2,\"3\"]}", "{\"s\":[\"1\",2,\"3\"]}", NULL, NULL},
    {"an element of a sequence that changed later", SEQUENCE, "{\"s\":[1,2]}", "{\"s\":[1,2]}",
     "{\"s\":[\"1\",7]}", "{\"s\":[\"1\",\"2\"]}", "/s/1", "drift-modified/replace"},
    {"an element that Git changed", SEQUENCE, "{\"s\":[1,2]}", "{\"s\":[1,5]}", "{\"s\":[\"1\",\"2\"]}",
     "{\"s\":[\"1\",\"2\"]}", "/s/1", "git-modify/replace"},
    {"equal elements of a sequence, each once", SEQUENCE, "{\"s\":[1,2,1]}", "{\"s\":[1,2,1]}",
     "{\"s\":[\"1\",2,\"1\",\"1\"]}", "{\"s\":[\"1\",2,\"1\"]}", NULL, NULL},
    {"an element that the target dropped", SEQUENCE, "{\"s\":[1,2,3]}", "{\"s\":[1,2,3]}",
     "{\"s\":[1,3]}", "{\"s\":[1,null,3]}", NULL, NULL},
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

/* The normal form of an answer to a document that went out with what others have in it. */
static void assert_members(gitops_context *context, const char *schema, const char *sent,
                           const char *merged, const char *answer, const char *expected)
{
    triple t = triple_new(context, schema, sent, merged, answer);
    gitops_document *normal = NULL, *wanted = triple_document(context, expected);
    assert_int_equal(
        gops_diff_normal(&normal, context, t.base, t.desired, t.live, t.schema, NULL), 0);
    assert_non_null(normal);
    assert_true(gops_value_same(gitops_document_root(normal), gitops_document_root(wanted)));
    gitops_document_free(normal);
    gitops_document_free(wanted);
    triple_free(&t);
}

static void diffNormal_ofListsWithoutKeys_isInTheOrderOfWhatWasSent(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    assert_members(context, SET, "{\"s\":[\"a\",\"b\",\"c\"]}", NULL, "{\"s\":[\"C\",\"b\",\"A\"]}",
                   "{\"s\":[\"C\",\"b\",\"A\"]}");
    assert_members(context, SET, "{\"s\":[\"a\",\"b\"]}", "{\"s\":[\"x\",\"a\",\"b\"]}",
                   "{\"s\":[\"x\",\"A\",\"b\"]}", "{\"s\":[\"A\",\"b\"]}");
    assert_members(context, SET, "{\"s\":[\"a\",\"b\",\"c\"]}", NULL, "{\"s\":[\"AB\",\"c\"]}",
                   "{\"s\":[null,null,\"c\"]}");
    assert_members(context, SEQUENCE, "{\"s\":[1,2]}", "{\"s\":[0,1,2]}", "{\"s\":[\"0\",\"1\",2]}",
                   "{\"s\":[\"1\",2]}");
    assert_members(context, SEQUENCE, "{\"s\":[1,2,3]}", NULL, "{\"s\":[1,3]}",
                   "{\"s\":[1,null,3]}");
    support_context_free(context);
}

/* The normal form that goes along when the new base is not desired as it was sent. */
static void assert_carried(gitops_context *context, const char *schema, const char *base,
                           const char *desired, const char *live, const char *normal,
                           const char *expected)
{
    triple t = triple_new(context, schema, base, desired, live);
    gitops_document *made = triple_document(context, normal), *carried;
    gitops_document *wanted = triple_document(context, expected);
    gitops_diff_options options = {.struct_size = sizeof options, .schema = t.schema};
    gitops_diff *diff;
    options.normal = made;
    assert_int_equal(gitops_diff_new(&diff, context, t.base, t.desired, t.live, &options, NULL),
                     0);
    assert_int_equal(gops_diff_carried_normal(diff, &carried), 0);
    assert_int_equal(!carried, !wanted);
    if (carried)
        assert_true(gops_value_same(gitops_document_root(carried), gitops_document_root(wanted)));
    gitops_document_free(carried);
    gitops_document_free(wanted);
    gitops_document_free(made);
    gitops_diff_free(diff);
    triple_free(&t);
}

static void diffCarriedNormal_ofWhatIsSentAsBefore_staysKnown(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    assert_carried(context, "{}", "{\"a\":1,\"b\":1,\"d\":\"\"}", "{\"a\":1,\"b\":2,\"d\":\"\"}",
                   "{\"a\":\"1\",\"b\":2}", "{\"a\":\"1\",\"b\":\"1\"}", "{\"a\":\"1\",\"b\":2}");
    assert_carried(context, "{}", "{\"a\":1}", "{\"a\":2}", "{\"a\":2}", "{\"a\":\"1\"}", NULL);
    assert_carried(context, "{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":\"1\"}", "{\"a\":\"1\"}",
                   "{\"a\":\"1\"}");
    assert_carried(context, KEYED, "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":1}]}",
                   "{\"l\":[{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":1}]}",
                   "{\"l\":[{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":\"1\"}]}",
                   "{\"l\":[{\"n\":\"a\",\"v\":\"1\"},{\"n\":\"b\",\"v\":\"1\"}]}",
                   "{\"l\":[{\"n\":\"b\",\"v\":2},{\"n\":\"a\",\"v\":\"1\"}]}");
    assert_carried(context, SET, "{\"s\":[\"a\",\"b\"]}", "{\"s\":[\"c\",\"b\",\"a\"]}",
                   "{\"s\":[\"A\",\"b\",\"c\"]}", "{\"s\":[\"A\",\"b\"]}", "{\"s\":[\"c\",\"b\",\"A\"]}");
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
    static const char schema_text[] =
        "{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]},\"/s\":{\"list\":\"set\"},"
        "\"/q\":{\"list\":\"sequence\"}}}";
    static const char sent[] =
        "{\"a\":1,\"l\":[{\"n\":\"a\",\"v\":1}],\"s\":[\"a\",\"b\"],\"q\":[1,2]}";
    static const char answer[] = "{\"a\":\"1\",\"l\":[{\"n\":\"a\",\"v\":\"1\"}],\"z\":1,"
                                 "\"s\":[\"A\",\"b\"],\"q\":[1,\"2\"]}";
    gitops_document *schema = NULL, *base = NULL, *live = NULL, *carried = NULL;
    gitops_diff_options options = {.struct_size = sizeof options};
    gitops_diff *diff = NULL;
    (void)data;
    if (gitops_document_parse(&schema, context, schema_text, strlen(schema_text), "s", NULL) == 0 &&
        gitops_schema_parse(&options.schema, context, schema, NULL) == 0 &&
        gitops_document_parse(&base, context, sent, strlen(sent), "b", NULL) == 0 &&
        gitops_document_parse(&live, context, answer, strlen(answer), "l", NULL) == 0 &&
        gitops_diff_normal(&options.normal, context, base, live, options.schema, NULL) == 0 &&
        gitops_diff_new(&diff, context, base, base, live, &options, NULL) == 0)
        assert_int_equal(gitops_diff_differs(diff), 0);
    if (diff && gops_diff_carried_normal(diff, &carried) == 0)
        assert_non_null(carried);
    gitops_document_free(carried);
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
        cmocka_unit_test(diffNormal_ofListsWithoutKeys_isInTheOrderOfWhatWasSent),
        cmocka_unit_test(diffCarriedNormal_ofWhatIsSentAsBefore_staysKnown),
        cmocka_unit_test(diffNormal_badArguments_areRefused),
        cmocka_unit_test(diffNormal_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
