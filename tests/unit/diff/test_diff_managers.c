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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_fieldsOfAManager_areIgnored),
        cmocka_unit_test(diff_records_nameTheOwner),
        cmocka_unit_test(diff_objectRemoved_takesOthersFieldsAlong),
        cmocka_unit_test(stack_ofManagers_takesThemOver),
        cmocka_unit_test(diff_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
