/* base: what another tool last sent, from its annotation and from its fields. */
#include "triple.h"

#include <stdio.h>

static const char annotated[] =
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"annotations\":{"
    "\"kubectl.kubernetes.io/last-applied-configuration\":\"%s\"}}}";

static int from_annotation(gitops_context *context, const char *text, gitops_document **out,
                           gitops_error *err)
{
    char live_text[600];
    const char *mark = strstr(annotated, "%s");
    snprintf(live_text, sizeof live_text, "%.*s%s%s", (int)(mark - annotated), annotated, text,
             mark + 2);
    gitops_document *live = triple_document(context, live_text);
    int status = gitops_base_from_annotation(out, context, live, err);
    gitops_document_free(live);
    return status;
}

static void assert_document(gitops_context *context, gitops_document *found, const char *text)
{
    gitops_document *wanted = triple_document(context, text);
    gitops_buffer *shown = NULL;
    assert_int_equal(gitops_value_emit(&shown, context, gitops_document_root(found), NULL, NULL), 0);
    if (!gitops_value_equal(gitops_document_root(found), gitops_document_root(wanted)))
        print_error("%s\n", gitops_buffer_data(shown));
    assert_true(gitops_value_equal(gitops_document_root(found), gitops_document_root(wanted)));
    gitops_buffer_free(shown);
    gitops_document_free(wanted);
}

static void fromAnnotation_whatKubectlKept_isTheBase(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *base = NULL;
    gitops_error err = {0};
    (void)state;
    assert_int_equal(from_annotation(context, "{\\\"data\\\":{\\\"k\\\":\\\"v\\\"}}\\n", &base,
                                     &err),
                     0);
    assert_document(context, base, "{\"data\":{\"k\":\"v\"}}");
    gitops_document_free(base);
    assert_int_equal(from_annotation(context, "s3cret: [", &base, &err), GITOPS_EPARSE);
    assert_null(base);
    assert_string_equal(err.message, "the annotation kubectl.kubernetes.io/"
                                     "last-applied-configuration is no object");
    assert_int_equal(from_annotation(context, "[1]", &base, &err), GITOPS_EPARSE);
    gitops_document *live = triple_document(context, "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}");
    assert_int_equal(gitops_base_from_annotation(&base, context, live, &err), GITOPS_ENOTFOUND);
    assert_int_equal(gitops_base_from_annotation(&base, context, NULL, &err), GITOPS_EINVAL);
    assert_int_equal(gitops_base_from_annotation(NULL, context, live, &err), GITOPS_EINVAL);
    gitops_document_free(live);
    support_context_free(context);
}

static const char managed[] =
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","
    "\"namespace\":\"shop\",\"uid\":\"u\",\"labels\":{\"app\":\"web\",\"by\":\"hand\"},"
    "\"finalizers\":[\"a\",\"b\"],\"managedFields\":["
    "{\"manager\":\"old\",\"operation\":\"Update\",\"fieldsV1\":{\"f:metadata\":{\"f:labels\":{"
    "\".\":{},\"f:app\":{}},\"f:finalizers\":{\".\":{},\"v:\\\"b\\\"\":{}}},\"f:spec\":{"
    "\"f:paused\":{},\"f:selector\":{},\"f:gone\":{},\"f:empty\":{},\"f:template\":{\"f:spec\":{"
    "\"f:containers\":{\"k:{\\\"name\\\":\\\"c\\\"}\":{\".\":{},\"f:image\":{}},"
    "\"k:{\\\"name\\\":\\\"d\\\"}\":{}}}}}}},"
    "{\"manager\":\"hpa\",\"operation\":\"Update\",\"fieldsV1\":{\"f:spec\":{\"f:replicas\":{}}}},"
    "{\"manager\":\"old\",\"subresource\":\"status\",\"fieldsV1\":{\"f:status\":{}}}]},"
    "\"spec\":{\"paused\":true,\"replicas\":3,\"selector\":{\"matchLabels\":{\"app\":\"web\"}},"
    "\"empty\":{},\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"s\"},"
    "{\"name\":\"c\",\"image\":\"i\",\"tty\":true},{\"name\":\"d\",\"tty\":true}]}}},"
    "\"status\":{\"replicas\":3}}";

static void fromManager_whatItOwns_isTheBase(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *live = triple_document(context, managed), *base = NULL;
    gitops_error err = {0};
    (void)state;
    assert_int_equal(gitops_base_from_manager(&base, context, live, "old", &err), 0);
    assert_document(context, base,
                    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":"
                    "\"web\",\"namespace\":\"shop\",\"labels\":{\"app\":\"web\"},\"finalizers\":"
                    "[\"b\"]},\"spec\":{\"paused\":true,\"selector\":{\"matchLabels\":{\"app\":"
                    "\"web\"}},\"empty\":{},\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\","
                    "\"image\":\"i\"},{\"name\":\"d\"}]}}}}");
    gitops_document_free(base);
    assert_int_equal(gitops_base_from_manager(&base, context, live, "kubectl", &err),
                     GITOPS_ENOTFOUND);
    assert_string_equal(err.message, "live has no fields of the manager kubectl");
    assert_int_equal(gitops_base_from_manager(&base, context, live, NULL, &err), GITOPS_EINVAL);
    gitops_document_free(live);
    support_context_free(context);
}

/* What Git dropped before we came goes; what others own stays. */
static void fromManager_asBase_removesWhatGitDropped(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, NULL, NULL,
                          "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":"
                          "{\"name\":\"web\",\"namespace\":\"shop\"},\"spec\":{\"selector\":"
                          "{\"matchLabels\":{\"app\":\"web\"}}}}",
                          managed);
    (void)state;
    assert_int_equal(gitops_base_from_manager(&t.base, context, t.live, "old", NULL), 0);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    triple_assert_change(diff, "/spec/paused", "git-remove/remove");
    triple_assert_change(diff, "/metadata/labels/app", "git-remove/remove");
    assert_null(triple_change(diff, "/spec/replicas"));
    assert_null(triple_change(diff, "/metadata/labels/by"));
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void import_all(gitops_context *context, void *data)
{
    gitops_document *live = NULL, *base = NULL;
    (void)data;
    if (gitops_document_parse(&live, context, managed, sizeof managed - 1, "t", NULL) == 0 &&
        gitops_base_from_manager(&base, context, live, "old", NULL) < 0)
        assert_null(base);
    gitops_document_free(base);
    gitops_document_free(live);
}

static void import_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    (void)state;
    support_fail_every_allocation(import_all, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fromAnnotation_whatKubectlKept_isTheBase),
        cmocka_unit_test(fromManager_whatItOwns_isTheBase),
        cmocka_unit_test(fromManager_asBase_removesWhatGitDropped),
        cmocka_unit_test(import_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
