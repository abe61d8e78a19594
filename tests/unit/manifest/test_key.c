/* Identity of documents, and the form of keys. */
#include "support.h"

#include <gitops/manifest.h>

#include "manifest/identity.h"
#include "manifest/key.h"
#include "value/document.h"

static const char *const objects[][2] = {
    {"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}",
     "default/ConfigMap/a"},
    {"{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}",
     "shop/Deployment.apps/web"},
    {"{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", "_/Namespace/shop"},
    {"{apiVersion: v1, kind: Namespace, metadata: {name: shop, namespace: null}}",
     "_/Namespace/shop"},
    {"{apiVersion: v1, kind: Namespace, metadata: {name: shop, namespace: ''}}",
     "_/Namespace/shop"},
    {"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: 'system:x'}}",
     "_/ClusterRole.rbac.authorization.k8s.io/system:x"},
    {"{apiVersion: v1, kind: PodList, metadata: {name: no-items}}", "_/PodList/no-items"},
};

/* Text, line, column and message of documents that have no identity. */
static const struct {
    const char *text;
    uint32_t line, column;
    const char *message;
} broken[] = {
    {"kind: A\nmetadata: {name: a}\n", 1, 1, "object has no apiVersion"},
    {"apiVersion: v1\nmetadata: {name: a}\n", 1, 1, "object has no kind"},
    {"apiVersion: v1\nkind: A\n", 1, 1, "object has no metadata.name"},
    {"apiVersion: v1\nkind: A\nmetadata: x\n", 3, 11, "metadata is not a map"},
    {"apiVersion: v1\nkind: A\nmetadata:\n  generateName: a-\n", 4, 3,
     "object has no metadata.name"},
    {"apiVersion: v1\nkind: A\nmetadata:\n  name: 7\n", 4, 9, "metadata.name is not a string"},
    {"apiVersion: v1\nkind: A\nmetadata:\n  name: ''\n", 4, 9, "metadata.name is empty"},
    {"apiVersion: v1\nkind: 1\nmetadata: {name: a}\n", 2, 7, "kind is not a string"},
    {"apiVersion: v1\nkind: A\nmetadata: {name: a/b}\n", 3, 18, "metadata.name cannot be part"},
    {"apiVersion: v1\nkind: A\nmetadata: {name: ..}\n", 3, 18, "metadata.name cannot be part"},
    {"apiVersion: v1\nkind: A.b\nmetadata: {name: a}\n", 2, 7, "kind holds a \".\""},
    {"apiVersion: v1\nkind: A\nmetadata: {name: a, namespace: ../x}\n", 3, 32,
     "metadata.namespace cannot be part"},
};

static gitops_document *parse(gitops_context *context, const char *text)
{
    gitops_document *document;
    gitops_error err;
    if (gitops_document_parse(&document, context, text, strlen(text), "t", &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return document;
}

static void identify_object_writesKey(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        gitops_document *document = parse(context, objects[i][0]);
        gitops_buffer *key;
        assert_int_equal(gitops_document_key(document, &key, NULL), 0);
        assert_string_equal(gitops_buffer_data(key), objects[i][1]);
        gitops_buffer_free(key);
        gitops_document_free(document);
    }
    support_context_free(context);
}

static void identify_brokenObject_locatesProblem(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        gitops_document *document = parse(context, broken[i].text);
        gitops_buffer *key;
        gitops_error err;
        assert_int_equal(gitops_document_key(document, &key, &err), GITOPS_EPARSE);
        assert_null(key);
        if (!strstr(err.message, broken[i].message))
            fail_msg("%s: got %s", broken[i].text, err.message);
        assert_int_equal(err.line, broken[i].line);
        assert_int_equal(err.column, broken[i].column);
        gitops_document_free(document);
    }
    support_context_free(context);
}

static gops_role role_of(gitops_context *context, const char *text)
{
    gitops_document *document = parse(context, text);
    gops_role role;
    gops_buffer key;
    gops_buffer_init(&key, context, 0);
    assert_int_equal(gops_identify(NULL, gitops_document_root(document), "t", &role, &key, NULL), 0);
    gops_buffer_release(&key);
    gitops_document_free(document);
    return role;
}

static void identify_otherDocuments_classifies(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    assert_int_equal(role_of(context, "replicas: 3"), GOPS_ROLE_NONE);
    assert_int_equal(role_of(context, "[1, 2]"), GOPS_ROLE_NONE);
    assert_int_equal(role_of(context, "~"), GOPS_ROLE_NONE);
    assert_int_equal(role_of(context, "{apiVersion: v1, kind: List, items: []}"),
                     GOPS_ROLE_LIST);
    assert_int_equal(role_of(context, "{apiVersion: v1, kind: RoleList, items: [1]}"),
                     GOPS_ROLE_LIST);
    assert_int_equal(
        role_of(context, "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization}"),
        GOPS_ROLE_KUSTOMIZATION);
    support_context_free(context);
}

static void keySplit_parts_areFound(void **state)
{
    gops_key_parts parts;
    (void)state;
    assert_int_equal(gops_key_split("shop/Deployment.apps/web", &parts), 1);
    assert_memory_equal(parts.namespace_name, "shop", parts.namespace_length);
    assert_int_equal(parts.kind_length, 10);
    assert_int_equal(parts.group_length, 4);
    assert_int_equal(parts.name_length, 3);
    assert_int_equal(gops_key_split("_/Namespace/shop", &parts), 1);
    assert_int_equal(parts.group_length, 0);
    static const char *const bad[] = {"", "a", "a/b", "/b/c", "a//c", "a/b/", "a/b/c/d", "a/b./c",
                                      "../b/c", "a/b/..", "a/b c/d"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(gops_key_split(bad[i], &parts), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identify_object_writesKey),
        cmocka_unit_test(identify_brokenObject_locatesProblem),
        cmocka_unit_test(identify_otherDocuments_classifies),
        cmocka_unit_test(keySplit_parts_areFound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
