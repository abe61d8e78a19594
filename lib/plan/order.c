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

/* One finding on its way to its place. */
typedef struct place {
    gops_subject subject;
    uint32_t from; /* where it was */
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
    s->record = record_of(operation, &s->record_length);
    if (!s->record || gops_control_decode(&control, s->record, s->record_length) < 0)
        return;
    s->wave = control.wave;
    s->hooks = control.hooks;
    s->options = control.options;
    s->depends = control.dependencies.count > 0;
    s->groups = control.groups.count > 0 || control.rules.count > 0;
}

/* Neighbours mostly are of one kind: it is looked up once. */
static void find_places(place *places, const gops_findings *findings, const gitops_unit *unit)
{
    int by_kind = gops_identity_by(unit->identity) == GITOPS_IDENTITY_KUBERNETES;
    const gops_order *own = &unit->order;
    const char *const *kinds = own->kinds ? (const char *const *)own->kinds : kind_order;
    size_t count = own->kinds ? own->kind_count : sizeof kind_order / sizeof kind_order[0];
    const gops_subject *last = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        gops_subject *s = &places[i].subject;
        places[i].from = (uint32_t)i;
        s->key = gops_operation_key(&findings->items[i]);
        s->key_length = strlen(s->key);
        s->stage = stage_of(&findings->items[i]);
        s->has_parts = by_kind && gops_key_split(s->key, &s->parts);
        take_controls(s, &findings->items[i]);
        if (!s->has_parts)
            continue;
        s->rank = last && same_kind(&last->parts, &s->parts) ? last->rank
                                                             : rank_of(kinds, count, &s->parts);
        last = s;
    }
}

static int compare_keys(const gops_subject *a, const gops_subject *b)
{
    const gops_key_parts *x = &a->parts, *y = &b->parts;
    if (!a->has_parts || !b->has_parts)
        return !a->has_parts && !b->has_parts ? strcmp(a->key, b->key)
                                              : b->has_parts - a->has_parts;
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
    const place *a = *(const place *const *)left, *b = *(const place *const *)right;
    int order = a->subject.stage - b->subject.stage;
    if (order == 0) {
        order = compare_keys(&a->subject, &b->subject);
        order = a->subject.stage == 1 ? -order : order;
    }
    return order ? order : (a->from > b->from) - (a->from < b->from);
}

static void move_findings(gops_findings *findings, gitops_operation *moved, place *const *sorted,
                          gops_subject *subjects)
{
    for (size_t i = 0; i < findings->count; i++) {
        moved[i] = findings->items[sorted[i]->from];
        if (subjects)
            subjects[i] = sorted[i]->subject;
    }
    gops_free(findings->context, findings->items);
    findings->items = moved;
    findings->capacity = findings->count + 1;
}

int gops_findings_sort(gops_findings *findings, const gitops_unit *unit, gops_subject **subjects)
{
    gitops_context *context = findings->context;
    size_t count = findings->count;
    place *places = gops_calloc(context, count + 1, sizeof *places);
    place **sorted = gops_calloc(context, count + 1, sizeof *sorted);
    gitops_operation *moved = gops_alloc(context, (count + 1) * sizeof *moved);
    if (subjects)
        *subjects = gops_alloc(context, (count + 1) * sizeof **subjects);
    int has_memory = places && sorted && moved && (!subjects || *subjects);
    if (has_memory) {
        find_places(places, findings, unit);
        for (size_t i = 0; i < count; i++)
            sorted[i] = &places[i];
        qsort(sorted, count, sizeof *sorted, compare_places);
        move_findings(findings, moved, sorted, subjects ? *subjects : NULL);
    } else {
        gops_free(context, moved);
    }
    gops_free(context, places);
    gops_free(context, sorted);
    return has_memory ? 0 : GITOPS_ENOMEM;
}
