/*
 * patch: what the two patch forms say, and what applying them refuses.
 */
#include "triple.h"

#include "diff/diff.h"

/* The patch from live to desired, where desired is all there is. */
static void assert_patch(const char *live, const char *desired, int32_t type, const char *expected)
{
    gitops_context *context = support_context_new();
    gitops_buffer *text = NULL;
    triple t = triple_new(context, "{\"null\":\"value\"}", live, desired, live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    int status = gitops_diff_patch(diff, type, NULL, &text, NULL);
    if (expected) {
        assert_int_equal(status, 0);
        assert_string_equal(gitops_buffer_data(text), expected);
    } else {
        assert_int_equal(status, GITOPS_EUNSUPPORTED);
        assert_null(text);
    }
    gitops_buffer_free(text);
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
    support_context_free(context);
}

static void diffPatch_json_touchesOnlyWhatDiffers(void **state)
{
    (void)state;
    assert_patch("{\"a\":1}", "{\"a\":1}", GITOPS_PATCH_JSON, "[]");
    assert_patch("{\"a\":1,\"b\":{\"c\":1}}", "{\"b\":{\"c\":2},\"d\":[]}", GITOPS_PATCH_JSON,
                 "[{\"op\":\"remove\",\"path\":\"/a\"},"
                 "{\"op\":\"replace\",\"path\":\"/b/c\",\"value\":2},"
                 "{\"op\":\"add\",\"path\":\"/d\",\"value\":[]}]");
    assert_patch("{\"l\":[1,2,3]}", "{\"l\":[2,3,4]}", GITOPS_PATCH_JSON,
                 "[{\"op\":\"remove\",\"path\":\"/l/0\"},"
                 "{\"op\":\"add\",\"path\":\"/l/2\",\"value\":4}]");
    assert_patch("{\"l\":[{\"a\":1,\"b\":1},7]}", "{\"l\":[{\"a\":1,\"b\":2},7]}",
                 GITOPS_PATCH_JSON, "[{\"op\":\"replace\",\"path\":\"/l/0/b\",\"value\":2}]");
    assert_patch("{\"a/b\":{\"~\":1}}", "{\"a/b\":{\"~\":null}}", GITOPS_PATCH_JSON,
                 "[{\"op\":\"replace\",\"path\":\"/a~1b/~0\",\"value\":null}]");
    assert_patch("[1]", "{}", GITOPS_PATCH_JSON,
                 "[{\"op\":\"replace\",\"path\":\"\",\"value\":{}}]");
}

/* A JSON patch with tests from live to desired of a schema; it also has to apply. */
static void assert_tested(const char *schema, const char *live, const char *desired,
                          const char *expected)
{
    gitops_context *context = support_context_new();
    gitops_buffer *text = NULL;
    gitops_patch_options options = {sizeof options, 1};
    triple t = triple_new(context, schema, live, desired, live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_int_equal(gitops_diff_patch(diff, GITOPS_PATCH_JSON, &options, &text, NULL), 0);
    assert_string_equal(gitops_buffer_data(text), expected);
    gitops_buffer_free(text);
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
    support_context_free(context);
}

static void diffPatch_jsonWithTests_testsWhatItReplacesOrRemoves(void **state)
{
    (void)state;
    assert_tested("{}", "{\"a\":1}", "{\"a\":1}", "[]");
    assert_tested("{}", "{\"a\":1,\"b\":{\"c\":1}}", "{\"b\":{\"c\":2},\"d\":3}",
                  "[{\"op\":\"test\",\"path\":\"/a\",\"value\":1},"
                  "{\"op\":\"remove\",\"path\":\"/a\"},"
                  "{\"op\":\"test\",\"path\":\"/b/c\",\"value\":1},"
                  "{\"op\":\"replace\",\"path\":\"/b/c\",\"value\":2},"
                  "{\"op\":\"add\",\"path\":\"/d\",\"value\":3}]");
    assert_tested("{}", "{\"l\":[1,2]}", "{\"l\":[1,2,3]}",
                  "[{\"op\":\"test\",\"path\":\"/l\",\"value\":[1,2]},"
                  "{\"op\":\"replace\",\"path\":\"/l\",\"value\":[1,2,3]}]");
}

static void diffPatch_jsonWithTests_testsTheKeysOfAnElement(void **state)
{
    (void)state;
    assert_tested("{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"p\",\"q\"]}}}",
                  "{\"l\":[{\"p\":1,\"v\":1},{\"p\":2,\"q\":3,\"v\":1}]}",
                  "{\"l\":[{\"p\":2,\"q\":3,\"v\":2},{\"p\":4}]}",
                  "[{\"op\":\"test\",\"path\":\"/l/0\",\"value\":{\"p\":1,\"v\":1}},"
                  "{\"op\":\"remove\",\"path\":\"/l/0\"},"
                  "{\"op\":\"test\",\"path\":\"/l/0/p\",\"value\":2},"
                  "{\"op\":\"test\",\"path\":\"/l/0/q\",\"value\":3},"
                  "{\"op\":\"test\",\"path\":\"/l/0/v\",\"value\":1},"
                  "{\"op\":\"replace\",\"path\":\"/l/0/v\",\"value\":2},"
                  "{\"op\":\"add\",\"path\":\"/l/1\",\"value\":{\"p\":4}}]");
}

static void diffPatch_merge_saysWhatItCan(void **state)
{
    (void)state;
    assert_patch("{\"a\":1}", "{\"a\":1}", GITOPS_PATCH_MERGE, "{}");
    assert_patch("{\"a\":1,\"b\":{\"c\":1,\"d\":1}}", "{\"b\":{\"c\":2,\"d\":1},\"e\":{\"f\":1}}",
                 GITOPS_PATCH_MERGE, "{\"a\":null,\"b\":{\"c\":2},\"e\":{\"f\":1}}");
    assert_patch("{\"l\":[1]}", "{\"l\":[null]}", GITOPS_PATCH_MERGE, "{\"l\":[null]}");
    assert_patch("{\"n\":null,\"a\":1}", "{\"n\":null,\"a\":2}", GITOPS_PATCH_MERGE, "{\"a\":2}");
    assert_patch("{\"a\":1}", "{\"a\":null}", GITOPS_PATCH_MERGE, NULL);
    assert_patch("{}", "{\"a\":{\"b\":null}}", GITOPS_PATCH_MERGE, NULL);
    assert_patch("[1]", "[2]", GITOPS_PATCH_MERGE, "[2]");
    assert_patch("{\"a\":1}", "null", GITOPS_PATCH_MERGE, "null");
}

/* What is sent in a form; expected NULL: the form cannot say it, and where names the path. */
static void assert_sent(int32_t type, const char *schema, const char *base, const char *desired,
                        const char *live, const char *expected, const char *where)
{
    gitops_context *context = support_context_new();
    gitops_buffer *text = NULL;
    gitops_error err = {0};
    triple t = triple_new(context, schema, base, desired, live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    int status = gitops_diff_patch(diff, type, NULL, &text, &err);
    if (expected) {
        if (status < 0)
            fail_msg("%s", err.message);
        assert_string_equal(gitops_buffer_data(text), expected);
    } else {
        assert_int_equal(status, GITOPS_EUNSUPPORTED);
        assert_string_equal(err.where, where);
    }
    gitops_buffer_free(text);
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
    support_context_free(context);
}

static void diffPatch_apply_statesWhatIsOurs(void **state)
{
    (void)state;
    assert_sent(GITOPS_PATCH_APPLY, NULL,
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"a\":\"1\",\"b\":\"1\"}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"a\":\"2\",\"n\":null},"
                "\"metadata\":{\"name\":\"m\",\"resourceVersion\":\"3\"}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"a\":\"1\",\"b\":\"1\","
                "\"c\":\"1\"},\"metadata\":{\"name\":\"m\",\"uid\":\"u\",\"resourceVersion\":\"9\"}}",
                "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"2\"},\"kind\":\"ConfigMap\","
                "\"metadata\":{\"name\":\"m\"}}",
                NULL);
}

/* The server keeps this list as one value, so that others' entries have to be told along. */
static void diffPatch_applyOfAListThatTheServerTakesWhole_tellsAllOfIt(void **state)
{
    (void)state;
    assert_sent(GITOPS_PATCH_APPLY, NULL, NULL,
                "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\","
                "\"imagePullSecrets\":[{\"name\":\"ours\"}]}",
                "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\","
                "\"imagePullSecrets\":[{\"name\":\"other\"}]}",
                "{\"apiVersion\":\"v1\",\"imagePullSecrets\":[{\"name\":\"other\"},"
                "{\"name\":\"ours\"}],\"kind\":\"ServiceAccount\"}",
                NULL);
}

/* What an earlier apply stated and a later one does not is taken back by the server. */
static void diffPatch_apply_statesWhatRulesIgnore(void **state)
{
    static const char schema[] = "{\"ignore\":[\"/n\",\"/m\"]}";
    (void)state;
    assert_sent(GITOPS_PATCH_APPLY, schema, NULL, "{\"n\":3,\"v\":1}", NULL, "{\"n\":3,\"v\":1}",
                NULL);
    assert_sent(GITOPS_PATCH_APPLY, schema, "{\"n\":3,\"v\":1}", "{\"n\":4,\"v\":2}",
                "{\"n\":7,\"v\":1}", "{\"n\":7,\"v\":2}", NULL);
    assert_sent(GITOPS_PATCH_APPLY, schema, "{\"m\":{\"a\":1,\"b\":1}}", "{\"m\":{\"a\":2}}",
                "{\"m\":{\"a\":7,\"b\":7,\"o\":7}}", "{\"m\":{\"a\":7,\"b\":7}}", NULL);
}

static void diffPatch_applyOfASecret_hasNoStringData(void **state)
{
    (void)state;
    assert_sent(GITOPS_PATCH_APPLY, NULL, NULL,
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"stringData\":{\"k\":\"p\"}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{\"k\":\"cA==\",\"o\":\"cQ==\"}}",
                "{\"apiVersion\":\"v1\",\"data\":{\"k\":\"cA==\"},\"kind\":\"Secret\"}", NULL);
}

static void diffPatch_apply_refusesWhatItCannotSay(void **state)
{
    static const char keyed[] =
        "{\"null\":\"absent\",\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]}}}";
    (void)state;
    assert_sent(GITOPS_PATCH_APPLY, keyed, NULL, "{\"l\":[{\"n\":1},{\"n\":1}]}", NULL, NULL, "/l");
    assert_sent(GITOPS_PATCH_APPLY, "{\"lists\":{\"/x/l\":{\"list\":\"set\"}}}", NULL,
                "{\"x\":{\"l\":[1,2,3]}}", NULL, "{\"x\":{\"l\":[1,2,3]}}", NULL);
    assert_sent(GITOPS_PATCH_APPLY, keyed, NULL, "{\"a\":{\"b\":null}}", "{\"a\":{\"b\":1}}", NULL,
                "/a/b");
    assert_sent(GITOPS_PATCH_APPLY, keyed, "{\"a\":1}", "{\"a\":null}", "{\"a\":1}", "{}", NULL);
    assert_sent(GITOPS_PATCH_APPLY, keyed, NULL, "[]", "[1]", NULL, "");
}

/* What the server cannot tell apart in live or from what it was told before it cannot change either. */
static void diffPatch_applyToListsWithoutIdentity_isRefusedWhereWeState(void **state)
{
    static const char keyed[] = "{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]},"
                                "\"/l/*/s\":{\"list\":\"set\"}}}";
    (void)state;
    assert_sent(GITOPS_PATCH_APPLY, keyed, NULL, "{\"l\":[{\"n\":1,\"v\":2}]}",
                "{\"l\":[{\"n\":1},{\"n\":1}]}", NULL, "/l");
    assert_sent(GITOPS_PATCH_APPLY, keyed, "{\"l\":[{\"n\":1},{\"n\":1}]}", "{\"a\":1}",
                "{\"l\":[{\"n\":1}]}", NULL, "/l");
    assert_sent(GITOPS_PATCH_APPLY, keyed, NULL, "{\"l\":[{\"n\":1,\"v\":2}]}", "{\"l\":[{\"v\":1}]}",
                NULL, "/l");
    assert_sent(GITOPS_PATCH_APPLY, keyed, NULL, "{\"l\":[{\"n\":1,\"s\":[3]}]}",
                "{\"l\":[{\"n\":1,\"s\":[2,2]}]}", NULL, "/l/0/s");
    assert_sent(GITOPS_PATCH_APPLY, keyed, NULL, "{\"l\":[{\"n\":1,\"v\":2}]}",
                "{\"l\":[{\"n\":1},{\"n\":2,\"s\":[2,2]}]}", "{\"l\":[{\"n\":1,\"v\":2}]}", NULL);
    assert_sent(GITOPS_PATCH_APPLY, keyed, NULL, "{\"a\":1}", "{\"l\":[{\"n\":1},{\"n\":1}]}",
                "{\"a\":1}", NULL);
}

/* What nothing in the body tells the server to do, or what it does although it should not. */
static void diffPatch_applyThatDoesNotReadBack_isRefused(void **state)
{
    (void)state;
    assert_sent(GITOPS_PATCH_APPLY, "{\"null\":\"absent\"}", "1", "{\"u\":null}", "{\"u\":1}", NULL,
                "/u");
    assert_sent(GITOPS_PATCH_APPLY, "{\"null\":\"absent\"}", "{\"q\":{\"a\":1}}", "{\"q\":null}",
                "{\"q\":{\"a\":2,\"b\":1}}", NULL, "/q");
}

/* A policy holds for us only: what the body lacks the server removes all the same. */
static void diffPatch_applyOfWhatAPolicyKeeps_isRefusedWhereTheBodyLacksIt(void **state)
{
    gitops_context *context = support_context_new();
    gitops_buffer *text;
    gitops_error err = {0};
    triple t = triple_new(context, "{\"maps\":{\"/st\":\"struct\"},\"policies\":{\"\":\"observe\"}}",
                          "{\"a\":1,\"st\":{\"b\":1}}", "{\"a\":2}", "{\"a\":3,\"st\":{\"c\":1}}");
    gitops_diff *diff = triple_diff(&t, 0, 0);
    (void)state;
    assert_int_equal(gitops_diff_patch(diff, GITOPS_PATCH_APPLY, NULL, &text, &err),
                     GITOPS_EUNSUPPORTED);
    assert_string_equal(err.where, "/st");
    gitops_diff_free(diff);
    gitops_document_free(t.live);
    t.live = triple_document(context, "{\"a\":3,\"st\":{\"b\":2,\"c\":1}}");
    diff = triple_diff(&t, 0, 0);
    assert_int_equal(gitops_diff_patch(diff, GITOPS_PATCH_APPLY, NULL, &text, NULL), 0);
    assert_string_equal(gitops_buffer_data(text), "{\"a\":3,\"st\":{\"b\":2}}");
    gitops_buffer_free(text);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

#define DEPLOYMENT(spec) \
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"spec\":{" spec "}}"
#define POD(spec) DEPLOYMENT("\"template\":{\"spec\":{" spec "}}")
#define SERVICE(ports) "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"spec\":{\"ports\":[" ports "]}}"

static void diffPatch_strategic_mergesListsByTheirKey(void **state)
{
    static const char old[] =
        POD("\"containers\":[{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\"}]");
    (void)state;
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, old, old, old, "{}", NULL);
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, old,
                POD("\"containers\":[{\"name\":\"c\"},{\"name\":\"a\",\"image\":\"2\"}]"), old,
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\"},"
                "{\"name\":\"a\",\"image\":\"2\"},{\"name\":\"b\",\"$patch\":\"delete\"}],"
                "\"$setElementOrder/containers\":[{\"name\":\"c\"},{\"name\":\"a\"}]}}}}",
                NULL);
}

static void diffPatch_strategic_namesWhatStaysOfAUnion(void **state)
{
    static const char old[] = DEPLOYMENT("\"strategy\":{\"type\":\"RollingUpdate\"}");
    (void)state;
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, old, DEPLOYMENT("\"strategy\":{\"type\":\"Recreate\"}"),
                DEPLOYMENT("\"strategy\":{\"rollingUpdate\":{\"maxSurge\":1},"
                           "\"type\":\"RollingUpdate\"}"),
                "{\"spec\":{\"strategy\":{\"$retainKeys\":[\"type\"],\"type\":\"Recreate\"}}}", NULL);
}

static void diffPatch_strategic_mergesScalars(void **state)
{
    (void)state;
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL,
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"finalizers\":[\"a/x\",\"a/y\"]}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"finalizers\":[\"a/z\",\"a/y\"]}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"finalizers\":[\"a/x\",\"a/y\"]}}",
                "{\"metadata\":{\"finalizers\":[\"a/z\"],"
                "\"$deleteFromPrimitiveList/finalizers\":[\"a/x\"],"
                "\"$setElementOrder/finalizers\":[\"a/z\",\"a/y\"]}}",
                NULL);
}

static void diffPatch_strategic_refusesWhatItCannotSay(void **state)
{
    (void)state;
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, NULL, SERVICE("{\"port\":1},{\"port\":2}"),
                SERVICE("{\"port\":1}"), NULL, "/spec/ports");
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, NULL,
                POD("\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":1}]}]"),
                POD("\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":2}]}]"), NULL,
                "/spec/template/spec/containers/0/ports");
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, NULL,
                POD("\"containers\":[{\"name\":\"a\"},{\"name\":\"a\"}]"), POD("\"containers\":[]"),
                NULL, "/spec/template/spec/containers");
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, NULL,
                "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Thing\",\"a\":1}",
                "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Thing\",\"a\":2}", NULL, "");
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, NULL,
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"$patch\":\"delete\"}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{}}", NULL, "/data/$patch");
    assert_sent(GITOPS_PATCH_STRATEGIC, NULL, NULL, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"}",
                "{\"apiVersion\":\"v1\",\"kind\":\"Thing\"}", NULL, "/kind");
}

enum {
    JSON = 1 << GITOPS_PATCH_JSON,
    MERGE = 1 << GITOPS_PATCH_MERGE,
    STRATEGIC = 1 << GITOPS_PATCH_STRATEGIC,
    APPLY = 1 << GITOPS_PATCH_APPLY,
    DOCUMENT = 1 << GITOPS_PATCH_DOCUMENT
};

/* The forms that can say it, and the one that is chosen when all are accepted. */
static void assert_forms(const char *desired, const char *live, uint32_t forms, int32_t best)
{
    gitops_context *context = support_context_new();
    uint32_t found = 99;
    int32_t chosen = 99;
    triple t = triple_new(context, NULL, NULL, desired, live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_int_equal(gitops_diff_forms(diff, &found, NULL), 0);
    assert_int_equal(found, forms);
    assert_int_equal(gitops_diff_form(diff, UINT32_MAX, &chosen, NULL),
                     best ? 0 : GITOPS_EUNSUPPORTED);
    assert_int_equal(chosen, best);
    assert_int_equal(gitops_diff_form(diff, MERGE, &chosen, NULL),
                     forms & MERGE ? 0 : GITOPS_EUNSUPPORTED);
    if (forms & JSON) {
        assert_int_equal(gitops_diff_form(diff, 0, &chosen, NULL), 0);
        assert_int_equal(chosen, GITOPS_PATCH_JSON);
    }
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diffForms_saysWhatCanBeSent(void **state)
{
    (void)state;
    assert_forms("{\"a\":1}", "{\"a\":2}", JSON | MERGE | APPLY | DOCUMENT, GITOPS_PATCH_APPLY);
    assert_forms(POD("\"hostname\":\"a\""), POD("\"hostname\":\"b\""),
                 JSON | MERGE | STRATEGIC | APPLY | DOCUMENT, GITOPS_PATCH_APPLY);
    assert_forms(POD("\"hostname\":null"), POD("\"hostname\":\"b\""),
                 JSON | MERGE | STRATEGIC | DOCUMENT, GITOPS_PATCH_STRATEGIC);
    assert_forms("{\"a\":null}", "{\"a\":2}", JSON | APPLY | DOCUMENT, GITOPS_PATCH_APPLY);
    assert_forms("{\"a\":1}", NULL, APPLY | DOCUMENT, GITOPS_PATCH_APPLY);
    assert_forms(NULL, NULL, 0, 0);
}

static void diffPatch_document_hasTheVersionOfLive(void **state)
{
    (void)state;
    assert_sent(GITOPS_PATCH_DOCUMENT, NULL, NULL,
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"a\":\"1\"},"
                "\"metadata\":{\"resourceVersion\":\"1\"}}",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"b\":\"1\"},"
                "\"metadata\":{\"resourceVersion\":\"7\"}}",
                "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"1\",\"b\":\"1\"},\"kind\":\"ConfigMap\","
                "\"metadata\":{\"resourceVersion\":\"7\"}}",
                NULL);
    assert_sent(GITOPS_PATCH_DOCUMENT, NULL, NULL, "{\"a\":1}", NULL, "{\"a\":1}", NULL);
}

static void diffPatch_badArguments_areRefused(void **state)
{
    gitops_context *context = support_context_new();
    gitops_buffer *text = NULL;
    triple t = triple_new(context, "{}", NULL, "{}", NULL);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    (void)state;
    assert_int_equal(gitops_diff_patch(diff, GITOPS_PATCH_JSON, NULL, &text, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_diff_patch(diff, 7, NULL, &text, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_diff_patch(diff, GITOPS_PATCH_JSON, NULL, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_diff_patch(NULL, GITOPS_PATCH_JSON, NULL, &text, NULL), GITOPS_EINVAL);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

/* Every other member of a patch that replaces is taken, whatever its name. */
static void patchApply_strategicReplace_takesAllButTheOrder(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *result = NULL;
    gitops_document *live = triple_document(
        context, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"a\":\"1\"}}");
    gitops_document *patch = triple_document(
        context, "{\"data\":{\"$patch\":\"replace\",\"\":\"2\",\"$\":\"3\",\"$patches\":\"4\"}}");
    (void)state;
    assert_int_equal(
        gitops_patch_apply(&result, context, GITOPS_PATCH_STRATEGIC, patch, live, NULL), 0);
    const gitops_value *data = gitops_value_at(gitops_document_root(result), "/data");
    assert_int_equal(gitops_value_count(data), 3);
    assert_null(gitops_value_find(data, "$patch", 6));
    gitops_document_free(result);
    gitops_document_free(patch);
    gitops_document_free(live);
    support_context_free(context);
}

typedef struct apply_case {
    const char *document, *patch;
    int code;             /* 0: result is there */
    const char *result;
} apply_case;

static const apply_case applications[] = {
    {"{\"l\":[1,2]}", "[{\"op\":\"add\",\"path\":\"/l/-\",\"value\":3}]", 0, "{\"l\":[1,2,3]}"},
    {"{\"l\":[1,2]}", "[{\"op\":\"add\",\"path\":\"/l/2\",\"value\":3}]", 0, "{\"l\":[1,2,3]}"},
    {"{\"l\":[1,2]}", "[{\"op\":\"add\",\"path\":\"/l/3\",\"value\":3}]", GITOPS_ECONFLICT, NULL},
    {"{\"l\":[1,2]}", "[{\"op\":\"replace\",\"path\":\"/l/01\",\"value\":3}]", GITOPS_ECONFLICT,
     NULL},
    {"{\"l\":[1,2]}", "[{\"op\":\"remove\",\"path\":\"/l/-\"}]", GITOPS_ECONFLICT, NULL},
    {"{\"l\":[1]}", "[{\"op\":\"remove\",\"path\":\"/l/18446744073709551616\"}]", GITOPS_ECONFLICT,
     NULL},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]",
     GITOPS_ECONFLICT, NULL},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", 0,
     "{\"a\":{\"b\":1}}"},
    {"{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/x\",\"path\":\"/x\"}]", GITOPS_ECONFLICT,
     NULL},
    {"{\"a\":{\"b\":1}}",
     "[{\"op\":\"add\",\"path\":\"/a/c\",\"value\":2},{\"op\":\"copy\",\"from\":\"/a\","
     "\"path\":\"/z\"},{\"op\":\"remove\",\"path\":\"/a/b\"},"
     "{\"op\":\"test\",\"path\":\"/z\",\"value\":{\"c\":2,\"b\":1.0}}]",
     0, "{\"a\":{\"c\":2},\"z\":{\"b\":1,\"c\":2}}"},
    {"{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":\"1\"}]", GITOPS_ECONFLICT, NULL},
    {"{\"a\":1}", "[{\"op\":\"test\",\"path\":\"\",\"value\":{\"a\":1}}]", 0, "{\"a\":1}"},
    {"{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"\"}]", GITOPS_ECONFLICT, NULL},
    {"{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"\",\"value\":[]}]", 0, "[]"},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":[]}]", GITOPS_ECONFLICT, NULL},
    {"{\"\":{\"\":1}}", "[{\"op\":\"replace\",\"path\":\"//\",\"value\":2}]", 0,
     "{\"\":{\"\":2}}"},
    {"{\"a\":1}", "{}", GITOPS_EPARSE, NULL},
    {"{\"a\":1}", "[1]", GITOPS_EPARSE, NULL},
    {"{\"a\":1}", "[{\"op\":\"spam\",\"path\":\"\"}]", GITOPS_EPARSE, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\"}]", GITOPS_EPARSE, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"a\",\"value\":1}]", GITOPS_EPARSE, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/~2\",\"value\":1}]", GITOPS_EPARSE, NULL},
    {"{\"a\":1}", "[{\"op\":\"copy\",\"path\":\"/b\"}]", GITOPS_EPARSE, NULL},
    {"{\"a\":1}", "[{\"op\":\"add\",\"path\":5,\"value\":1}]", GITOPS_EPARSE, NULL},
};

static void patchApply_jsonCases_giveTheirResult(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof applications / sizeof applications[0]; i++) {
        const apply_case *c = &applications[i];
        gitops_document *document = triple_document(context, c->document);
        gitops_document *patch = triple_document(context, c->patch), *result = NULL;
        gitops_error err = {0};
        int status =
            gitops_patch_apply(&result, context, GITOPS_PATCH_JSON, patch, document, &err);
        gitops_document_free(patch);
        if (status != c->code)
            fail_msg("%s: %d %s", c->patch, status, err.message);
        assert_int_equal(result != NULL, c->result != NULL);
        if (c->result) {
            gitops_document *expected = triple_document(context, c->result);
            gitops_document_free(document);
            document = NULL;
            assert_true(gitops_value_equal(gitops_document_root(result),
                                           gitops_document_root(expected)));
            gitops_document_free(expected);
        }
        gitops_document_free(result);
        gitops_document_free(document);
    }
    support_context_free(context);
}

/* Each copy doubles the document: the limit on nodes ends it long before memory does. */
static void patchApply_copiesThatDouble_meetTheLimit(void **state)
{
    enum { COPIES = 64 };
    static const char one[] = "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a/-\"},";
    gitops_context *context = support_context_new();
    char *text = malloc(COPIES * sizeof one + 8), *at = text;
    (void)state;
    *at++ = '[';
    for (int i = 0; i < COPIES; i++) {
        memcpy(at, one, sizeof one - 1);
        at += sizeof one - 1;
    }
    memcpy(at - 1, "]", 2);
    gitops_document *document = triple_document(context, "{\"a\":[1]}");
    gitops_document *patch = triple_document(context, text), *result = NULL;
    assert_int_equal(
        gitops_patch_apply(&result, context, GITOPS_PATCH_JSON, patch, document, NULL),
        GITOPS_ELIMIT);
    assert_null(result);
    gitops_document_free(patch);
    gitops_document_free(document);
    free(text);
    support_context_free(context);
}

static void patchApply_badArguments_areRefused(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *document = triple_document(context, "{}"), *result = NULL;
    (void)state;
    assert_int_equal(gitops_patch_apply(NULL, context, 1, document, document, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_patch_apply(&result, context, 4, document, document, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_patch_apply(&result, context, 1, NULL, document, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_patch_apply(&result, context, 1, document, NULL, NULL),
                     GITOPS_EINVAL);
    assert_int_equal(gitops_patch_apply(&result, NULL, 1, document, document, NULL),
                     GITOPS_EINVAL);
    assert_null(result);
    gitops_document_free(document);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diffPatch_json_touchesOnlyWhatDiffers),
        cmocka_unit_test(diffPatch_jsonWithTests_testsWhatItReplacesOrRemoves),
        cmocka_unit_test(diffPatch_jsonWithTests_testsTheKeysOfAnElement),
        cmocka_unit_test(diffPatch_merge_saysWhatItCan),
        cmocka_unit_test(diffPatch_apply_statesWhatIsOurs),
        cmocka_unit_test(diffPatch_applyOfAListThatTheServerTakesWhole_tellsAllOfIt),
        cmocka_unit_test(diffPatch_apply_statesWhatRulesIgnore),
        cmocka_unit_test(diffPatch_applyOfASecret_hasNoStringData),
        cmocka_unit_test(diffPatch_apply_refusesWhatItCannotSay),
        cmocka_unit_test(diffPatch_applyToListsWithoutIdentity_isRefusedWhereWeState),
        cmocka_unit_test(diffPatch_applyThatDoesNotReadBack_isRefused),
        cmocka_unit_test(diffPatch_applyOfWhatAPolicyKeeps_isRefusedWhereTheBodyLacksIt),
        cmocka_unit_test(diffPatch_strategic_mergesListsByTheirKey),
        cmocka_unit_test(diffPatch_strategic_namesWhatStaysOfAUnion),
        cmocka_unit_test(diffPatch_strategic_mergesScalars),
        cmocka_unit_test(diffPatch_strategic_refusesWhatItCannotSay),
        cmocka_unit_test(diffForms_saysWhatCanBeSent),
        cmocka_unit_test(diffPatch_document_hasTheVersionOfLive),
        cmocka_unit_test(diffPatch_badArguments_areRefused),
        cmocka_unit_test(patchApply_strategicReplace_takesAllButTheOrder),
        cmocka_unit_test(patchApply_jsonCases_giveTheirResult),
        cmocka_unit_test(patchApply_copiesThatDouble_meetTheLimit),
        cmocka_unit_test(patchApply_badArguments_areRefused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
