/*
 * order: findings by kind and key, as if none depended on another. What others stand on comes
 * first: namespaces, then definitions, then policy, identity, configuration, storage, services,
 * workloads, then what nobody here knows, and what can refuse requests last. The parts of all keys
 * are found once; sorting compares them where they are.
 */
#include <stdlib.h>
#include <string.h>

#include "manifest/key.h"
#include "plan/plan.h"

/*
 * The orders of Helm's, Argo CD's, Flux's and cli-utils' installers in one. Where they disagree
 * what is earlier in most of them is earlier; "*" is every kind that is not named.
 */
static const char *const kind_order[] = {
    "Namespace",
    "CustomResourceDefinition.apiextensions.k8s.io",
    "PriorityClass.scheduling.k8s.io",
    "RuntimeClass.node.k8s.io",
    "ClusterClass.cluster.x-k8s.io",
    "NetworkPolicy.networking.k8s.io",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy.policy",
    "PodDisruptionBudget.policy",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "StorageClass.storage.k8s.io",
    "VolumeSnapshotClass.snapshot.storage.k8s.io",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "ClusterRole.rbac.authorization.k8s.io",
    "ClusterRoleBinding.rbac.authorization.k8s.io",
    "Role.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
    "Service",
    "DaemonSet.apps",
    "Pod",
    "ReplicationController",
    "ReplicaSet.apps",
    "Deployment.apps",
    "HorizontalPodAutoscaler.autoscaling",
    "StatefulSet.apps",
    "Job.batch",
    "CronJob.batch",
    "IngressClass.networking.k8s.io",
    "GatewayClass.gateway.networking.k8s.io",
    "Ingress.networking.k8s.io",
    "APIService.apiregistration.k8s.io",
    "*",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
};

/* One finding on its way to its place. */
typedef struct place {
    gops_key_parts key;
    uint32_t from;   /* where it was */
    uint32_t rank;   /* of its kind */
    uint8_t stage;   /* 0: applied; 1: deleted or forgotten; 2: nothing is done in it */
    uint8_t by_key;  /* its key has no parts that mean something */
} place;

/* "KIND.GROUP" or, without a group, "KIND". */
static int is_kind(const char *name, const gops_key_parts *key)
{
    size_t kind = key->kind_length, group = key->group_length;
    return strncmp(name, key->kind, kind) == 0 &&
           (group ? name[kind] == '.' && strncmp(name + kind + 1, key->group, group) == 0 &&
                        name[kind + 1 + group] == '\0'
                  : name[kind] == '\0');
}

static uint32_t rank_of(const char *const *kinds, size_t count, const gops_key_parts *key)
{
    size_t others = count;
    for (size_t i = 0; i < count; i++) {
        if (is_kind(kinds[i], key))
            return (uint32_t)i;
        if (strcmp(kinds[i], "*") == 0)
            others = i;
    }
    return (uint32_t)others;
}

static int same_kind(const gops_key_parts *a, const gops_key_parts *b)
{
    return a->kind_length == b->kind_length && a->group_length == b->group_length &&
           memcmp(a->kind, b->kind, a->kind_length) == 0 &&
           memcmp(a->group, b->group, a->group_length) == 0;
}

static uint8_t stage_of(const gitops_operation *operation)
{
    if (operation->action == GITOPS_ACTION_NONE)
        return 2;
    return gops_operation_removes(operation) ? 1 : 0;
}

/* Neighbours mostly are of one kind: it is looked up once. */
static void find_places(place *places, const gops_findings *findings, const gitops_unit *unit)
{
    int by_kind = gops_identity_by(unit->identity) == GITOPS_IDENTITY_KUBERNETES;
    const gops_order *own = &unit->order;
    const char *const *kinds = own->kinds ? (const char *const *)own->kinds : kind_order;
    size_t count = own->kinds ? own->kind_count : sizeof kind_order / sizeof kind_order[0];
    const place *last = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        place *p = &places[i];
        const char *key = gops_operation_key(&findings->items[i]);
        p->from = (uint32_t)i;
        p->stage = stage_of(&findings->items[i]);
        p->by_key = !by_kind || !gops_key_split(key, &p->key);
        if (p->by_key) {
            p->key.name = key;
            continue;
        }
        p->rank = last && same_kind(&last->key, &p->key) ? last->rank
                                                         : rank_of(kinds, count, &p->key);
        last = p;
    }
}

static int compare_keys(const place *a, const place *b)
{
    const gops_key_parts *x = &a->key, *y = &b->key;
    if (a->by_key || b->by_key)
        return a->by_key && b->by_key ? strcmp(x->name, y->name) : a->by_key - b->by_key;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    int order = gops_key_compare(x->group, x->group_length, y->group, y->group_length);
    if (order == 0)
        order = gops_key_compare(x->kind, x->kind_length, y->kind, y->kind_length);
    if (order == 0)
        order = gops_key_compare(x->namespace_name, x->namespace_length, y->namespace_name,
                                 y->namespace_length);
    return order ? order : gops_key_compare(x->name, x->name_length, y->name, y->name_length);
}

/* Equal keys (hooks of several phases) stay as they were found. */
static int compare_places(const void *left, const void *right)
{
    const place *a = left, *b = right;
    int order = a->stage - b->stage;
    if (order == 0) {
        order = compare_keys(a, b);
        order = a->stage == 1 ? -order : order;
    }
    return order ? order : (a->from > b->from) - (a->from < b->from);
}

int gops_findings_sort(gops_findings *findings, const gitops_unit *unit)
{
    gitops_context *context = findings->context;
    size_t count = findings->count;
    place *places = gops_calloc(context, count + 1, sizeof *places);
    gitops_operation *sorted = gops_alloc(context, (count + 1) * sizeof *sorted);
    if (!places || !sorted) {
        gops_free(context, places);
        gops_free(context, sorted);
        return GITOPS_ENOMEM;
    }
    find_places(places, findings, unit);
    qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = findings->items[places[i].from];
        sorted[i].rank = places[i].rank;
    }
    gops_free(context, places);
    gops_free(context, findings->items);
    findings->items = sorted;
    findings->capacity = count + 1;
    return 0;
}
