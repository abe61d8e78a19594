/* managers: what a field manager owns in live is ignored, and records name who owns a leaf. */
#include "triple.h"

#include <stdio.h>

#include "diff/diff.h"

/* An autoscaler, a mesh that injects an element, and ourselves. */
#define MANAGED \
    "\"managedFields\":[" \
    "{\"manager\":\"hpa-a\",\"fieldsV1\":{\"f:spec\":{\"f:replicas\":{},\"f:shared\":{}}}}," \
    "{\"manager\":\"mesh\",\"fieldsV1\":{\"f:spec\":{\"f:l\":{\"k:{\\\"n\\\":\\\"x\\\"}\":{" \
    "\".\":{},\"f:v\":{}},\"k:{\\\"n\\\":\\\"y\\\",\\\"p\\\":\\\"TCP\\\"}\":{\"f:v\":{}}}," \
    "\"f:a\":{\"i:1\":{\"f:v\":{}}},\"f:t\":{\"v:3\":{}},\"f:whole\":{}}}}," \
    "{\"manager\":\"us\",\"fieldsV1\":{\"f:spec\":{\"f:mine\":{},\"f:shared\":{}}}}]"

#define LISTS \
    "\"lists\":{\"/spec/l\":{\"list\":\"map\",\"keys\":[\"n\",\"p\"],\"defaults\":{\"p\":\"TCP\"}}}," \
    "\"kinds\":{\"Thing\":{\"ignore\":[\"/metadata/managedFields\"]}}"

static const char live[] = "{\"apiVersion\":\"v1\",\"kind\":\"Thing\",\"metadata\":{" MANAGED
                           "},\"spec\":{\"replicas\":5,\"shared\":5,\"mine\":5,\"whole\":{\"d\":5},"
                           "\"l\":[{\"n\":\"x\",\"v\":5,\"w\":5},{\"n\":\"y\",\"v\":5}],"
                           "\"a\":[{\"v\":5,\"w\":5},{\"v\":5,\"w\":5}]}}";

static const char desired[] =
    "{\"apiVersion\":\"v1\",\"kind\":\"Thing\",\"spec\":{\"replicas\":1,\"shared\":1,\"mine\":1,"
    "\"whole\":{\"d\":1},\"l\":[{\"n\":\"x\",\"v\":1,\"w\":1},{\"n\":\"y\",\"v\":1}],"
    "\"a\":[{\"v\":1,\"w\":1},{\"v\":1,\"w\":1}]}}";

static void assert_merged(const char *schema, const char *spec)
{
    char merged[2000];
    gitops_context *context = support_context_new();
    triple t = triple_new(context, schema, desired, desired, live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    snprintf(merged, sizeof merged,
             "{\"apiVersion\":\"v1\",\"kind\":\"Thing\",\"metadata\":{%s},\"spec\":%s}", MANAGED,
             spec);
    triple_assert_merged(diff, merged);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diff_fieldsOfAManager_areIgnored(void **state)
{
    static const char *const of_mesh =
        "{\"replicas\":1,\"shared\":1,\"mine\":1,\"whole\":{\"d\":5},"
        "\"l\":[{\"n\":\"x\",\"v\":5,\"w\":1},{\"n\":\"y\",\"v\":5}],"
        "\"a\":[{\"v\":1,\"w\":1},{\"v\":5,\"w\":1}]}";
    static const char *const of_nobody =
        "{\"replicas\":1,\"shared\":1,\"mine\":1,\"whole\":{\"d\":1},"
        "\"l\":[{\"n\":\"x\",\"v\":1,\"w\":1},{\"n\":\"y\",\"v\":1}],"
        "\"a\":[{\"v\":1,\"w\":1},{\"v\":1,\"w\":1}]}";
    (void)state;
    assert_merged("{" LISTS "}", of_nobody);
    assert_merged("{" LISTS ",\"ignore\":[{\"manager\":\"nobody\"}]}", of_nobody);
    assert_merged("{" LISTS ",\"ignore\":[{\"manager\":\"mesh\"}]}", of_mesh);
    assert_merged("{" LISTS ",\"ignore\":[{\"manager\":\"hpa-*\"}]}",
                  "{\"replicas\":5,\"shared\":5,\"mine\":1,\"whole\":{\"d\":1},"
                  "\"l\":[{\"n\":\"x\",\"v\":1,\"w\":1},{\"n\":\"y\",\"v\":1}],"
                  "\"a\":[{\"v\":1,\"w\":1},{\"v\":1,\"w\":1}]}");
    assert_merged("{\"lists\":{\"/spec/l\":{\"list\":\"map\",\"keys\":[\"n\",\"p\"],\"defaults\":"
                  "{\"p\":\"TCP\"}}},\"kinds\":{\"Thing\":{\"ignore\":[{\"manager\":\"mesh\"},"
                  "\"/metadata/managedFields\"]}}}",
                  of_mesh);
    assert_merged("{\"lists\":{\"/spec/l\":{\"list\":\"map\",\"keys\":[\"n\"]}},\"kinds\":"
                  "{\"Other\":{\"ignore\":[{\"manager\":\"mesh\"}]}}}",
                  of_nobody);
}

static void diff_records_nameTheOwner(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{" LISTS ",\"ignore\":[{\"manager\":\"hpa-b\"}]}", desired,
                          desired, live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    (void)state;
    assert_string_equal(gitops_change_owner(triple_change(diff, "/spec/shared")), "hpa-a, us");
    assert_string_equal(gitops_change_owner(triple_change(diff, "/spec/replicas")), "hpa-a");
    assert_string_equal(gitops_change_owner(triple_change(diff, "/spec/l/0/v")), "mesh");
    assert_string_equal(gitops_change_owner(triple_change(diff, "/spec/whole/d")), "mesh");
    assert_null(gitops_change_owner(triple_change(diff, "/spec/l/0/w")));
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

/* An object that others own parts of goes as a whole all the same. */
static void diff_objectRemoved_takesOthersFieldsAlong(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{" LISTS ",\"ignore\":[{\"manager\":\"mesh\"}]}", desired, NULL,
                          live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    (void)state;
    triple_assert_merged(diff, NULL);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void stack_ofManagers_takesThemOver(void **state)
{
    gitops_context *context = support_context_new();
    gitops_schema *stack = NULL;
    triple t = triple_new(context, "{" LISTS ",\"ignore\":[{\"manager\":\"us\"}]}", desired, desired,
                          live);
    (void)state;
    assert_int_equal(gitops_schema_stack(&stack, context, &t.schema, 1, NULL), 0);
    gitops_schema_free(t.schema);
    t.schema = stack;
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_null(triple_change(diff, "/spec/mine"));
    assert_non_null(triple_change(diff, "/spec/replicas"));
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void compare_all(gitops_context *context, void *data)
{
    static const char text[] = "{\"ignore\":[{\"manager\":\"mesh\"}]}";
    gitops_document *one = NULL, *other = NULL, *rules = NULL;
    gitops_schema *schema = NULL;
    gitops_diff *diff = NULL;
    (void)data;
    if (gitops_document_parse(&one, context, desired, sizeof desired - 1, "t", NULL) == 0 &&
        gitops_document_parse(&other, context, live, sizeof live - 1, "t", NULL) == 0 &&
        gitops_document_parse(&rules, context, text, sizeof text - 1, "t", NULL) == 0 &&
        gitops_schema_parse(&schema, context, rules, NULL) == 0) {
        gitops_diff_options options = {.struct_size = sizeof options, .schema = schema};
        if (gitops_diff_new(&diff, context, one, one, other, &options, NULL) < 0)
            assert_null(diff);
    }
    gitops_diff_free(diff);
    gitops_schema_free(schema);
    gitops_document_free(rules);
    gitops_document_free(other);
    gitops_document_free(one);
}

static void diff_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(compare_all, NULL);
}

/* What goes from the spec of a pod, whose fields have these owners in live. */
static void assert_rest(const char *owners, const char *base_spec, const char *desired_spec,
                        const char *live_spec, const char *expected)
{
    static const char pod[] = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},"
                              "\"spec\":%s}";
    static const char managed[] =
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"managedFields\":[%s],"
        "\"name\":\"p\"},\"spec\":%s}";
    char text[4][1500];
    gitops_context *context = support_context_new();
    snprintf(text[0], sizeof text[0], pod, base_spec);
    snprintf(text[1], sizeof text[1], pod, desired_spec);
    snprintf(text[2], sizeof text[2], managed, owners, live_spec);
    snprintf(text[3], sizeof text[3], managed, owners, expected);
    triple t = triple_new(context, NULL, text[0], text[1], text[2]);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, text[3]);
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
    support_context_free(context);
}

#define OWNER(name, fields)                                                                        \
    "{\"manager\":\"" name "\",\"fieldsV1\":{\"f:spec\":{" fields "}}}"
#define ELEMENT(fields) "\"f:containers\":{\"k:{\\\"name\\\":\\\"a\\\"}\":{" fields "}}"
#define OURS OWNER("us", ELEMENT("\".\":{},\"f:name\":{},\"f:image\":{}"))

static void diff_elementGoes_leavesWhatOthersOwn(void **state)
{
    static const char base[] = "{\"containers\":[{\"name\":\"a\",\"image\":\"i\"}]}";
    static const char live_spec[] =
        "{\"containers\":[{\"image\":\"i\",\"name\":\"a\",\"tty\":true,\"resources\":{\"limits\":"
        "{\"cpu\":\"1\",\"memory\":\"1\"}}}]}";
    (void)state;
    assert_rest(OURS "," OWNER("vpa", ELEMENT("\"f:resources\":{\"f:limits\":{\"f:cpu\":{}}}")), base,
                "{}", live_spec,
                "{\"containers\":[{\"name\":\"a\",\"resources\":{\"limits\":{\"cpu\":\"1\"}}}]}");
    assert_rest(OURS "," OWNER("vpa", ELEMENT("\".\":{},\"f:name\":{},\"f:tty\":{}")), base,
                "{\"containers\":[]}", live_spec,
                "{\"containers\":[{\"name\":\"a\",\"tty\":true}]}");
    assert_rest(OWNER("us", ELEMENT("\".\":{},\"f:name\":{},\"f:image\":{},\"f:tty\":{}")), base,
                "{\"containers\":[]}", live_spec, "{\"containers\":[]}");
    assert_rest(OURS "," OWNER("vpa", "\"f:nodeName\":{}"), base, "{\"containers\":[]}", live_spec,
                "{\"containers\":[]}");
    assert_rest(OWNER("us", ELEMENT("\".\":{},\"f:name\":{},\"f:tty\":{}")),
                "{\"containers\":[{\"name\":\"a\"}]}", "{\"containers\":[]}", live_spec,
                "{\"containers\":[]}");
}

static void diff_structGoes_leavesWhatOthersOwn(void **state)
{
    static const char base[] = "{\"securityContext\":{\"runAsUser\":1,\"sysctls\":[{\"name\":\"s\"}]}}";
    static const char live_spec[] =
        "{\"securityContext\":{\"fsGroup\":2,\"runAsGroup\":3,\"runAsUser\":1,\"sysctls\":"
        "[{\"name\":\"s\"}]}}";
    (void)state;
    assert_rest(OWNER("us", "\"f:securityContext\":{\"f:runAsUser\":{},\"f:sysctls\":{}}") ","
                OWNER("other", "\"f:securityContext\":{\"f:fsGroup\":{}}"),
                base, "{}", live_spec, "{\"securityContext\":{\"fsGroup\":2}}");
    assert_rest(OWNER("us", "\"f:securityContext\":{\"f:runAsUser\":{},\"f:sysctls\":{}}"), base, "{}",
                live_spec, "{}");
}

/* What is merged when our manager has this name. */
static void assert_merged_for(const char *manager, const char *schema, const char *base,
                              const char *desired_text, const char *live_text,
                              const char *expected)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, schema, base, desired_text, live_text);
    gitops_diff_options options = {
        .struct_size = sizeof options, .schema = t.schema, .manager = manager};
    gitops_diff *diff;
    assert_int_equal(gitops_diff_new(&diff, context, t.base, t.desired, t.live, &options, NULL), 0);
    triple_assert_merged(diff, expected);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

#define LABELS "{\"manager\":\"us\",\"fieldsV1\":{\"f:d\":{\"f:a\":{},\"f:b\":{}}}}," \
               "{\"manager\":\"it\",\"fieldsV1\":{\"f:d\":{\"f:a\":{}}}}"
#define HELD(rest) "{\"metadata\":{\"managedFields\":[" LABELS "]}" rest "}"

/* "a" is owned by another as well. */
static void diff_leafGoes_staysWhereOurManagerIsNotAlone(void **state)
{
    static const char rules[] = "{\"ignore\":[\"/metadata\"],\"null\":\"absent\"}";
    static const char base[] = "{\"d\":{\"a\":1,\"b\":1}}";
    static const char live_text[] = HELD(",\"d\":{\"a\":1,\"b\":1}");
    (void)state;
    assert_merged_for("us", rules, base, "{\"d\":{}}", live_text, HELD(",\"d\":{\"a\":1}"));
    assert_merged_for("us", rules, base, "{}", live_text, HELD(",\"d\":{\"a\":1}"));
    assert_merged_for("it", rules, base, "{}", live_text, live_text);
    assert_merged_for("new", rules, base, "{}", live_text, live_text);
    assert_merged_for(NULL, rules, base, "{\"d\":{}}", live_text, HELD(",\"d\":{}"));
    assert_merged_for("us", rules, base, "{\"d\":{\"a\":null,\"b\":1}}", live_text,
                      HELD(",\"d\":{\"b\":1}"));
    assert_merged_for("us", rules, base, NULL, live_text, NULL);
}

#define POD(metadata, spec)                                                                        \
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{" metadata "},\"spec\":" spec "}"
#define CO_OWNED                                                                                   \
    "\"managedFields\":[" OURS ","                                                                 \
    OWNER("vpa", ELEMENT("\".\":{},\"f:name\":{},\"f:image\":{},\"f:tty\":{}")) "]"

/* Who owns leaves of base together with us is one of us, unless we are known by name. */
static void diff_elementGoes_whoOwnsItTogetherWithUsIsKnownByOurName(void **state)
{
    static const char base[] = POD("", "{\"containers\":[{\"name\":\"a\",\"image\":\"i\"}]}");
    static const char gone[] = POD("", "{\"containers\":[]}");
    static const char live_text[] =
        POD(CO_OWNED, "{\"containers\":[{\"name\":\"a\",\"image\":\"i\",\"tty\":true,\"stdin\":true}]}");
    (void)state;
    assert_merged_for(NULL, NULL, base, gone, live_text, POD(CO_OWNED, "{\"containers\":[]}"));
    assert_merged_for("us", NULL, base, gone, live_text,
                      POD(CO_OWNED, "{\"containers\":[{\"name\":\"a\",\"image\":\"i\",\"tty\":true}]}"));
    assert_merged_for("vpa", NULL, base, gone, live_text,
                      POD(CO_OWNED, "{\"containers\":[{\"name\":\"a\",\"image\":\"i\"}]}"));
}

static void rest_body(gitops_context *context, void *data)
{
    static const char base[] = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":["
                               "{\"name\":\"a\",\"image\":\"i\"}]}}";
    static const char gone[] = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}";
    static const char managed[] =
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"managedFields\":[" OURS
        "," OWNER("vpa", ELEMENT("\"f:resources\":{\"f:limits\":{\"f:cpu\":{}}}"))
        "]},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"i\",\"resources\":{\"limits\":{\"cpu\":"
        "\"1\"}}}]}}";
    gitops_document *documents[3] = {NULL, NULL, NULL};
    gitops_diff *diff = NULL;
    (void)data;
    if (gitops_document_parse(&documents[0], context, base, strlen(base), "b", NULL) == 0 &&
        gitops_document_parse(&documents[1], context, gone, strlen(gone), "d", NULL) == 0 &&
        gitops_document_parse(&documents[2], context, managed, strlen(managed), "l", NULL) == 0 &&
        gitops_diff_new(&diff, context, documents[0], documents[1], documents[2], NULL, NULL) == 0)
        assert_non_null(gitops_value_at(gitops_document_root(gitops_diff_merged(diff)),
                                        "/spec/containers/0/resources/limits/cpu"));
    gitops_diff_free(diff);
    for (size_t i = 0; i < 3; i++)
        gitops_document_free(documents[i]);
}

static void diff_restWithEveryAllocationFailing_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(rest_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_fieldsOfAManager_areIgnored),
        cmocka_unit_test(diff_records_nameTheOwner),
        cmocka_unit_test(diff_objectRemoved_takesOthersFieldsAlong),
        cmocka_unit_test(stack_ofManagers_takesThemOver),
        cmocka_unit_test(diff_everyAllocationFails_cleanErrorOrSuccess),
        cmocka_unit_test(diff_elementGoes_leavesWhatOthersOwn),
        cmocka_unit_test(diff_structGoes_leavesWhatOthersOwn),
        cmocka_unit_test(diff_leafGoes_staysWhereOurManagerIsNotAlone),
        cmocka_unit_test(diff_elementGoes_whoOwnsItTogetherWithUsIsKnownByOurName),
        cmocka_unit_test(diff_restWithEveryAllocationFailing_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
