/* schema: what the library adds to the OpenAPI description of the built-in kinds of Kubernetes. */
#include "support.h"

#include <stdio.h>

#include "kubernetes_fixture.h"
#include "place_at.h"

static void root_serverFields_ignoredInEveryKind(void **state)
{
    static const char *const kinds[] = {"v1/ConfigMap", "apps/v1/Deployment",
                                        "example.org/v1/Thing"};
    static const char *const ignored[] = {
        "/metadata/resourceVersion",
        "/metadata/uid",
        "/metadata/generation",
        "/metadata/creationTimestamp",
        "/metadata/deletionTimestamp",
        "/metadata/selfLink",
        "/metadata/managedFields",
        "/metadata/managedFields/0/time",
        "/status",
        "/status/conditions/0",
        "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"};
    static const char *const kept[] = {"",
                                       "/metadata",
                                       "/metadata/name",
                                       "/metadata/labels",
                                       "/metadata/annotations",
                                       "/metadata/annotations/a",
                                       "/metadata/finalizers",
                                       "/spec",
                                       "/data"};
    fixture *f = *state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
            assert_int_equal(at(f, kinds[k], ignored[i]).ignored, GOPS_IGNORED_READ_ONLY);
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            assert_int_equal(at(f, kinds[k], kept[i]).ignored, 0);
    }
    assert_int_equal(at(f, "apps/v1/Deployment", "/spec/template/metadata/uid").ignored, 0);
}

static void root_sensitive_secretsAndLastApplied(void **state)
{
    fixture *f = *state;
    assert_int_equal(at(f, "v1/Secret", "/data").sensitive, 1);
    assert_int_equal(at(f, "v1/Secret", "/data/password").sensitive, 1);
    assert_int_equal(at(f, "v1/Secret", "/stringData/password").sensitive, 1);
    assert_int_equal(at(f, "v1/Secret", "/type").sensitive, 0);
    assert_int_equal(at(f, "v1/ConfigMap", "/data/password").sensitive, 0);
    assert_int_equal(at(f, "example.org/v1/Secret", "/data/password").sensitive, 0);
    assert_int_equal(at(f, "example.org/v1/Thing",
                        "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration")
                         .sensitive,
                     1);
}

static void root_customResource_metadataKnownRestGeneric(void **state)
{
    fixture *f = *state;
    const char *kind = "example.org/v1/Thing";
    assert_int_equal(at(f, kind, "").map, GOPS_MAP_FREE);
    assert_int_equal(at(f, kind, "/metadata").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, kind, "/metadata/labels").omit_empty, 1);
    assert_int_equal(at(f, kind, "/metadata/finalizers").list, GOPS_LIST_SET);
    assert_int_equal(at(f, kind, "/metadata/ownerReferences").list, GOPS_LIST_MAP);
    assert_int_equal(at(f, kind, "/spec").map, GOPS_MAP_FREE);
    assert_int_equal(at(f, kind, "/spec/containers").list, GOPS_LIST_ATOMIC);
    assert_int_equal(at(f, kind, "/spec/labels").omit_empty, 0);
}

static void root_withoutKind_isLikeACustomResource(void **state)
{
    static const char *const texts[] = {"{}",
                                        "[]",
                                        "x",
                                        "{kind: Pod}",
                                        "{apiVersion: v1}",
                                        "{apiVersion: 1, kind: Pod}",
                                        "{apiVersion: v1, kind: [Pod]}",
                                        "{apiVersion: '', kind: ''}",
                                        "{apiVersion: v1/, kind: Pod}"};
    fixture *f = *state;
    assert_int_equal(place_at(f->schema, NULL, "/metadata/uid").ignored, GOPS_IGNORED_READ_ONLY);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const gitops_value *root = parse(f, texts[i]);
        assert_int_equal(place_at(f->schema, root, "/metadata/uid").ignored,
                         GOPS_IGNORED_READ_ONLY);
        assert_int_equal(place_at(f->schema, root, "/spec/containers").list, GOPS_LIST_ATOMIC);
    }
}

static void root_olderVersion_usesTheKnownOne(void **state)
{
    fixture *f = *state;
    assert_int_equal(
        at(f, "batch/v1beta1/CronJob", "/spec/jobTemplate/spec/template/spec/containers").list,
        GOPS_LIST_MAP);
    assert_int_equal(at(f, "discovery.k8s.io/v1beta1/EndpointSlice", "/endpoints/0/addresses").list,
                     GOPS_LIST_SET);
    assert_int_equal(
        at(f, "admissionregistration.k8s.io/v1beta1/ValidatingWebhookConfiguration", "/webhooks")
            .list,
        GOPS_LIST_MAP);
    assert_int_equal(at(f, "extensions/v1beta1/Deployment", "/spec/template/spec/containers").list,
                     GOPS_LIST_ATOMIC); /* another group */
    assert_int_equal(at(f, "autoscaling/v1/HorizontalPodAutoscaler", "/spec/metrics").omit_empty,
                     0);
    assert_int_equal(
        at(f, "autoscaling/v2beta2/HorizontalPodAutoscaler", "/spec/metrics").omit_empty,
        1); /* v2 is preferred to v1 */
}

static void null_kubernetes_meansAbsent(void **state)
{
    fixture *f = *state;
    assert_int_equal(gops_schema_null_is_absent(f->schema), 1);
}

static void omitEmpty_listsAndMaps_neverStructs(void **state)
{
    fixture *f = *state;
    const char *kind = "v1/Pod";
    assert_int_equal(at(f, kind, "/metadata/labels").omit_empty, 1);
    assert_int_equal(at(f, kind, "/metadata/annotations").omit_empty, 1);
    assert_int_equal(at(f, kind, "/metadata/finalizers").omit_empty, 1);
    assert_int_equal(at(f, kind, "/spec/containers/0/args").omit_empty, 1);
    assert_int_equal(at(f, kind, "/spec/nodeSelector").omit_empty, 1);
    assert_int_equal(at(f, kind, "/spec/containers/0/resources").omit_empty, 0);
    assert_int_equal(at(f, kind, "/spec/containers/0/resources/limits").omit_empty, 1);
    assert_int_equal(at(f, kind, "/spec/volumes/0/emptyDir").omit_empty, 0);
    assert_int_equal(at(f, kind, "/spec/securityContext").omit_empty, 0);
    assert_int_equal(at(f, "networking.k8s.io/v1/NetworkPolicy", "/spec/podSelector").omit_empty,
                     0);
    assert_int_equal(at(f, "v1/ConfigMap", "/data").omit_empty, 1);
    assert_int_equal(at(f, "v1/ConfigMap", "/data/a").omit_empty, 0);
}

static void keys_servicePorts_fallBackToName(void **state)
{
    gops_schema_place place = at(*state, "v1/Service", "/spec/ports");
    assert_int_equal(place.list, GOPS_LIST_MAP);
    assert_int_equal(place.tuple_count, 2);
    assert_int_equal(place.tuples[0].count, 2);
    assert_string_equal(place.tuples[0].keys[0].name, "port");
    assert_null(place.tuples[0].keys[0].default_value);
    assert_string_equal(place.tuples[0].keys[1].name, "protocol");
    assert_true(gops_value_text_is(place.tuples[0].keys[1].default_value, "TCP"));
    assert_int_equal(place.tuples[1].count, 1);
    assert_string_equal(place.tuples[1].keys[0].name, "name");
}

static void keys_serviceAccount_pullSecretsByName(void **state)
{
    gops_schema_place place = at(*state, "v1/ServiceAccount", "/imagePullSecrets");
    assert_int_equal(place.list, GOPS_LIST_MAP);
    assert_int_equal(place.tuple_count, 1);
    assert_string_equal(place.tuples[0].keys[0].name, "name");
    assert_int_equal(place.omit_empty, 1);
}

static void scalar_placesOfPods_areMarked(void **state)
{
    fixture *f = *state;
    assert_int_equal(at(f, "v1/Pod", "/spec/containers/0/resources/limits/cpu").scalar,
                     GOPS_SCALAR_RESOURCE);
    assert_int_equal(at(f, "v1/Pod", "/spec/volumes/0/emptyDir/sizeLimit").scalar,
                     GOPS_SCALAR_QUANTITY);
    assert_int_equal(at(f, "v1/Pod", "/spec/containers/0/livenessProbe/httpGet/port").scalar,
                     GOPS_SCALAR_INT_OR_STRING);
    assert_int_equal(at(f, "v1/Pod", "/metadata/creationTimestamp").scalar, GOPS_SCALAR_TIME);
    assert_int_equal(at(f, "v1/Pod", "/spec/containers/0/image").scalar, GOPS_SCALAR_PLAIN);
}

static void defaulted_placesWithServerDefaults_only(void **state)
{
    static const char *const yes[][2] = {
        {"v1/Pod", "/spec/containers/0/env/0/valueFrom/fieldRef"},
        {"v1/Pod", "/spec/initContainers/0/env/0/valueFrom/fieldRef"},
        {"v1/Pod", "/spec/volumes/0/downwardAPI/items"},
        {"v1/Pod", "/spec/volumes/0/projected/sources"},
        {"apps/v1/StatefulSet", "/spec/volumeClaimTemplates"},
        {"v1/Endpoints", "/subsets"},
        {"discovery.k8s.io/v1/EndpointSlice", "/ports"},
        {"v1/LimitRange", "/spec/limits"},
    };
    static const char *const no[][2] = {
        {"v1/Pod", "/spec/containers/0/env/0/valueFrom/secretKeyRef"},
        {"v1/Pod", "/spec/tolerations"},
        {"networking.k8s.io/v1/NetworkPolicy", "/spec/ingress"},
        {"networking.k8s.io/v1/Ingress", "/spec/rules"},
        {"apps/v1/Deployment", "/spec/selector"},
        {"example.org/v1/StatefulSet", "/spec/volumeClaimTemplates"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_int_equal(at(f, yes[i][0], yes[i][1]).defaulted, 1);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_int_equal(at(f, no[i][0], no[i][1]).defaulted, 0);
}

static void immutable_pathsOfKinds_only(void **state)
{
    static const char *const yes[][2] = {
        {"apps/v1/Deployment", "/spec/selector/matchLabels/app"},
        {"apps/v1/ReplicaSet", "/spec/selector"},
        {"apps/v1/DaemonSet", "/spec/selector"},
        {"apps/v1/StatefulSet", "/spec/serviceName"},
        {"apps/v1/StatefulSet", "/spec/selector"},
        {"apps/v1/StatefulSet", "/spec/podManagementPolicy"},
        {"apps/v1/StatefulSet", "/spec/volumeClaimTemplates/0/spec"},
        {"batch/v1/Job", "/spec/template/spec/containers/0/image"},
        {"batch/v1/Job", "/spec/selector"},
        {"batch/v1/Job", "/spec/completionMode"},
        {"v1/Pod", "/spec/nodeName"},
        {"v1/Pod", "/spec/containers/0/env/0/value"},
        {"v1/Pod", "/spec/initContainers/0/command"},
        {"v1/PersistentVolumeClaim", "/spec/storageClassName"},
        {"v1/PersistentVolumeClaim", "/spec/accessModes"},
        {"v1/PersistentVolumeClaim", "/spec/resources/limits/storage"},
        {"v1/PersistentVolume", "/spec/csi/volumeHandle"},
        {"v1/PersistentVolume", "/spec/nfs"},
        {"v1/Secret", "/type"},
        {"storage.k8s.io/v1/StorageClass", "/provisioner"},
        {"storage.k8s.io/v1/StorageClass", "/parameters/type"},
        {"storage.k8s.io/v1/StorageClass", "/reclaimPolicy"},
        {"storage.k8s.io/v1/StorageClass", "/volumeBindingMode"},
        {"rbac.authorization.k8s.io/v1/RoleBinding", "/roleRef/name"},
        {"rbac.authorization.k8s.io/v1/ClusterRoleBinding", "/roleRef"},
        {"scheduling.k8s.io/v1/PriorityClass", "/value"},
        {"networking.k8s.io/v1/IngressClass", "/spec/controller"},
    };
    static const char *const no[][2] = {
        {"apps/v1/Deployment", "/spec/template"},
        {"apps/v1/StatefulSet", "/spec/replicas"},
        {"apps/v1/StatefulSet", "/spec/template/spec/containers/0/image"},
        {"apps/v1/StatefulSet", "/spec/updateStrategy/type"},
        {"apps/v1/StatefulSet", "/spec/minReadySeconds"},
        {"batch/v1/Job", "/spec/parallelism"},
        {"batch/v1/CronJob", "/spec/jobTemplate/spec/template/spec/containers/0/image"},
        {"v1/Pod", "/spec/containers/0/image"},
        {"v1/Pod", "/spec/initContainers/0/image"},
        {"v1/Pod", "/spec/tolerations"},
        {"v1/Pod", "/metadata/labels/app"},
        {"apps/v1/Deployment", "/spec/template/spec/containers/0/env/0/value"},
        {"v1/PersistentVolumeClaim", "/spec/resources/requests/storage"},
        {"v1/PersistentVolume", "/spec/capacity/storage"},
        {"v1/Secret", "/data/a"},
        {"storage.k8s.io/v1/StorageClass", "/allowVolumeExpansion"},
        {"rbac.authorization.k8s.io/v1/RoleBinding", "/subjects"},
        {"networking.k8s.io/v1/IngressClass", "/spec/parameters/name"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!at(f, yes[i][0], yes[i][1]).immutable)
            fail_msg("%s %s is not immutable", yes[i][0], yes[i][1]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (at(f, no[i][0], no[i][1]).immutable)
            fail_msg("%s %s is immutable", no[i][0], no[i][1]);
}

static void member_unknownField_isGeneric(void **state)
{
    fixture *f = *state;
    gops_schema_place place = at(f, "v1/Pod", "/spec/fieldOfTheFuture");
    assert_int_equal(place.map, GOPS_MAP_FREE);
    assert_int_equal(place.list, GOPS_LIST_ATOMIC);
    assert_null(place.type);
    gops_schema_place root;
    gops_schema_root(f->schema, object_of(f, "v1/Secret", 9), &root);
    gops_schema_member(&root, "data\0x", 6, NULL, &place);
    assert_int_equal(place.sensitive, 0);
    gops_schema_member(&root, "", 0, NULL, &place);
    assert_null(place.type);
}

static void crd_recursiveSchema_goesAllTheWayDown(void **state)
{
    fixture *f = *state;
    char pointer[1000] = "/spec/versions/0/schema/openAPIV3Schema";
    for (int i = 0; i < 40; i++)
        strcat(pointer, "/properties/a");
    strcat(pointer, "/x-kubernetes-validations");
    gops_schema_place place = at(f, "apiextensions.k8s.io/v1/CustomResourceDefinition", pointer);
    assert_int_equal(place.list, GOPS_LIST_MAP);
    assert_string_equal(place.tuples[0].keys[0].name, "rule");
}

static void new_body(gitops_context *context, void *data)
{
    gitops_schema *schema = NULL;
    int status = gitops_schema_new(&schema, context, GITOPS_SCHEMA_KUBERNETES, NULL);
    (void)data;
    assert_true(status == 0 || status == GITOPS_ENOMEM);
    assert_int_equal(schema != NULL, status == 0);
    if (schema)
        assert_int_equal(place_at(schema, NULL, "/status").ignored, GOPS_IGNORED_READ_ONLY);
    gitops_schema_free(schema);
}

static void new_everyAllocationFails_errorOrWholeSchema(void **state)
{
    (void)state;
    support_fail_every_allocation(new_body, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(root_serverFields_ignoredInEveryKind),
        TEST(root_sensitive_secretsAndLastApplied),
        TEST(root_customResource_metadataKnownRestGeneric),
        TEST(root_withoutKind_isLikeACustomResource),
        TEST(root_olderVersion_usesTheKnownOne),
        TEST(null_kubernetes_meansAbsent),
        TEST(omitEmpty_listsAndMaps_neverStructs),
        TEST(keys_servicePorts_fallBackToName),
        TEST(keys_serviceAccount_pullSecretsByName),
        TEST(scalar_placesOfPods_areMarked),
        TEST(defaulted_placesWithServerDefaults_only),
        TEST(immutable_pathsOfKinds_only),
        TEST(member_unknownField_isGeneric),
        TEST(crd_recursiveSchema_goesAllTheWayDown),
        cmocka_unit_test(new_everyAllocationFails_errorOrWholeSchema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
