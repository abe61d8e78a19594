/*
 * order: the total order of operations. What others stand on comes first: namespaces, then
 * definitions, then policy, identity, configuration, storage, services, workloads, and what
 * intercepts requests last. Deletes come after everything else, in reverse. Where kinds are not
 * those of Kubernetes, keys alone decide.
 */
#include <string.h>

#include "manifest/key.h"
#include "plan/plan.h"

typedef struct kind_rank {
    const char *kind, *group;
} kind_rank;

/* The order of Helm's and Argo CD's installers (reference: their kind sorters). */
static const kind_rank kind_ranks[] = {
    {"Namespace", ""},
    {"CustomResourceDefinition", "apiextensions.k8s.io"},
    {"PriorityClass", "scheduling.k8s.io"},
    {"NetworkPolicy", "networking.k8s.io"},
    {"ResourceQuota", ""},
    {"LimitRange", ""},
    {"PodDisruptionBudget", "policy"},
    {"ServiceAccount", ""},
    {"Secret", ""},
    {"ConfigMap", ""},
    {"StorageClass", "storage.k8s.io"},
    {"PersistentVolume", ""},
    {"PersistentVolumeClaim", ""},
    {"ClusterRole", "rbac.authorization.k8s.io"},
    {"ClusterRoleBinding", "rbac.authorization.k8s.io"},
    {"Role", "rbac.authorization.k8s.io"},
    {"RoleBinding", "rbac.authorization.k8s.io"},
    {"Service", ""},
    {"DaemonSet", "apps"},
    {"Pod", ""},
    {"ReplicationController", ""},
    {"ReplicaSet", "apps"},
    {"Deployment", "apps"},
    {"HorizontalPodAutoscaler", "autoscaling"},
    {"StatefulSet", "apps"},
    {"Job", "batch"},
    {"CronJob", "batch"},
    {"IngressClass", "networking.k8s.io"},
    {"Ingress", "networking.k8s.io"},
};

/* After every known kind but what can refuse or serve other requests. */
enum { RANK_OTHER = 100, RANK_API_SERVICE = 101, RANK_WEBHOOK = 102 };

enum { RANK_BY_KEY = UINT16_MAX }; /* kinds mean nothing */

static int is_text(const char *text, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(text, wanted, length) == 0;
}

static uint16_t kind_rank_of(const char *key)
{
    gops_key_parts parts;
    if (!gops_key_split(key, &parts))
        return RANK_OTHER;
    for (size_t i = 0; i < sizeof kind_ranks / sizeof kind_ranks[0]; i++)
        if (is_text(parts.kind, parts.kind_length, kind_ranks[i].kind) &&
            is_text(parts.group, parts.group_length, kind_ranks[i].group))
            return (uint16_t)i;
    if (is_text(parts.group, parts.group_length, "apiregistration.k8s.io"))
        return RANK_API_SERVICE;
    if (is_text(parts.group, parts.group_length, "admissionregistration.k8s.io"))
        return RANK_WEBHOOK;
    return RANK_OTHER;
}

uint16_t gops_operation_rank(const gitops_unit *unit, const char *key)
{
    return gops_identity_by(unit->identity) == GITOPS_IDENTITY_KUBERNETES ? kind_rank_of(key)
                                                                          : RANK_BY_KEY;
}

static int compare_parts(const char *a, const char *b)
{
    gops_key_parts x, y;
    if (!gops_key_split(a, &x) || !gops_key_split(b, &y))
        return strcmp(a, b);
    int order = gops_key_compare(x.group, x.group_length, y.group, y.group_length);
    if (order == 0)
        order = gops_key_compare(x.kind, x.kind_length, y.kind, y.kind_length);
    if (order == 0)
        order = gops_key_compare(x.namespace_name, x.namespace_length, y.namespace_name,
                                 y.namespace_length);
    return order ? order : strcmp(x.name, y.name);
}

/* 0: applied; 1: deleted or forgotten; 2: nothing is done, the store learns something. */
static int stage(const gitops_operation *operation)
{
    if (operation->action == GITOPS_ACTION_NONE)
        return 2;
    return operation->action == GITOPS_ACTION_DELETE || operation->action == GITOPS_ACTION_FORGET;
}

int gops_operation_compare(const void *left, const void *right)
{
    const gitops_operation *a = left, *b = right;
    int order = stage(a) - stage(b);
    if (order)
        return order;
    order = (a->rank > b->rank) - (a->rank < b->rank);
    if (order == 0 && a->rank == RANK_BY_KEY)
        order = strcmp(gops_operation_key(a), gops_operation_key(b));
    else if (order == 0)
        order = compare_parts(gops_operation_key(a), gops_operation_key(b));
    return stage(a) == 1 ? -order : order;
}
