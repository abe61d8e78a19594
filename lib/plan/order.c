/*
 * order: findings by kind and key, as if none depended on another. What others stand on comes
 * first: namespaces, then definitions, then policy, identity, configuration, storage, services,
 * workloads, then what nobody here knows, and what can refuse requests last. The parts of all keys
 * are found once; sorting compares them where they are.
 */
#include "plan/order.h"

#include <stdlib.h>
#include <string.h>

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

static int same_kind(const gops_subject *a, const gops_subject *b)
{
    gops_key_parts x = gops_subject_parts(a), y = gops_subject_parts(b);
    return x.kind_length == y.kind_length && x.group_length == y.group_length &&
           memcmp(x.kind, y.kind, x.kind_length) == 0 &&
           memcmp(x.group, y.group, x.group_length) == 0;
}

static uint8_t stage_of(const gitops_operation *operation)
{
    if (operation->action == GITOPS_ACTION_NONE)
        return 2;
    return gops_operation_removes(operation) ? 1 : 0;
}

/* The record of an operation's controls; NULL: it has none. */
static const char *record_of(const gitops_operation *operation, size_t *length)
{
    const gops_object *object = gops_operation_object(operation);
    if (object)
        return gops_object_controls(object, length);
    *length = operation->detail ? operation->detail->controls_length : 0;
    return operation->detail ? operation->detail->controls : NULL;
}

/* What is damaged says nothing: it was checked when it was read. */
static void take_controls(gops_subject *s, const gitops_operation *operation)
{
    gops_control control;
    size_t length = 0;
    s->record = record_of(operation, &length);
    s->record_length = (uint32_t)length;
    if (!s->record || gops_control_decode(&control, s->record, length) < 0)
        return;
    s->wave = control.wave;
    s->hooks = control.hooks;
    s->options = control.options;
    s->depends = control.dependencies.count > 0;
    s->groups = control.groups.count > 0 || control.rules.count > 0;
}

/* A key of parts is short. */
static int take_parts(gops_subject *s, gops_key_parts *parts)
{
    if (!gops_key_split(s->key, parts))
        return 0;
    s->namespace_length = (uint32_t)parts->namespace_length;
    s->kind_length = (uint32_t)parts->kind_length;
    s->group_length = (uint32_t)parts->group_length;
    s->has_parts = 1;
    return 1;
}

/* Neighbours mostly are of one kind: it is looked up once. */
static void find_subjects(gops_subject *subjects, const gops_findings *findings, const gitops_unit *unit)
{
    int by_kind = gops_identity_by(unit->identity) == GITOPS_IDENTITY_KUBERNETES;
    const gops_order *own = &unit->order;
    const char *const *kinds = own->kinds ? (const char *const *)own->kinds : kind_order;
    size_t count = own->kinds ? own->kind_count : sizeof kind_order / sizeof kind_order[0];
    const gops_subject *last = NULL;
    gops_key_parts parts;
    for (size_t i = 0; i < findings->count; i++) {
        gops_subject *s = &subjects[i];
        s->key = gops_operation_key(&findings->items[i]);
        s->key_length = (uint32_t)strlen(s->key);
        s->stage = stage_of(&findings->items[i]);
        take_controls(s, &findings->items[i]);
        if (!by_kind || !take_parts(s, &parts))
            continue;
        s->rank = last && same_kind(last, s) ? last->rank : rank_of(kinds, count, &parts);
        last = s;
    }
}

static int compare_keys(const gops_subject *a, const gops_subject *b)
{
    if (!a->has_parts || !b->has_parts)
        return !a->has_parts && !b->has_parts ? strcmp(a->key, b->key)
                                              : b->has_parts - a->has_parts;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    gops_key_parts x = gops_subject_parts(a), y = gops_subject_parts(b);
    int order = gops_key_compare(x.group, x.group_length, y.group, y.group_length);
    if (order == 0)
        order = gops_key_compare(x.kind, x.kind_length, y.kind, y.kind_length);
    if (order == 0)
        order = gops_key_compare(x.namespace_name, x.namespace_length, y.namespace_name,
                                 y.namespace_length);
    return order ? order : gops_key_compare(x.name, x.name_length, y.name, y.name_length);
}

/* Equal keys (hooks of several phases) stay as they were found. */
static int compare_subjects(const void *left, const void *right)
{
    const gops_subject *a = *(const gops_subject *const *)left;
    const gops_subject *b = *(const gops_subject *const *)right;
    int order = a->stage - b->stage;
    if (order == 0) {
        order = compare_keys(a, b);
        order = a->stage == 1 ? -order : order;
    }
    return order ? order : (a > b) - (a < b);
}

/*
 * Moves what belongs at i to i, for all i, where it stands at from[i] so far. Circle by circle and in
 * place: there may be many operations.
 */
static void move(gitops_operation *items, gops_subject *subjects, size_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        gitops_operation item = items[i];
        gops_subject subject = subjects[i];
        size_t to = i;
        while (from[to] != i) {
            size_t next = from[to];
            items[to] = items[next];
            subjects[to] = subjects[next];
            from[to] = to;
            to = next;
        }
        items[to] = item;
        subjects[to] = subject;
        from[to] = to;
    }
}

int gops_findings_sort(gops_findings *findings, const gitops_unit *unit, gops_subject **subjects)
{
    gitops_context *context = findings->context;
    size_t count = findings->count;
    gops_subject *own = gops_calloc(context, count + 1, sizeof *own);
    gops_subject **sorted = gops_calloc(context, count + 1, sizeof *sorted);
    size_t *from = gops_calloc(context, count + 1, sizeof *from);
    int has_memory = own && sorted && from;
    if (has_memory) {
        find_subjects(own, findings, unit);
        for (size_t i = 0; i < count; i++)
            sorted[i] = &own[i];
        qsort(sorted, count, sizeof *sorted, compare_subjects);
        for (size_t i = 0; i < count; i++)
            from[i] = (size_t)(sorted[i] - own);
        move(findings->items, own, from, count);
    }
    gops_free(context, from);
    gops_free(context, sorted);
    if (subjects && has_memory)
        *subjects = own;
    else
        gops_free(context, own);
    return has_memory ? 0 : GITOPS_ENOMEM;
}
