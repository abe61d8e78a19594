/*
 * kubernetes: the few facts about kinds that are no property of a place alone. They keep an object
 * that the API server has taken from differing from what was sent, and say what it would refuse to
 * change. Facts are rows of tables: a kind, a path, and a question about the sides.
 */
#include "diff/kubernetes.h"

#include <string.h>

/* What an object says it is; both texts NULL: it says nothing. */
typedef struct object_type {
    const char *version, *kind;
    size_t version_length, kind_length;
} object_type;

static object_type type_of(const gitops_value *root)
{
    object_type type;
    type.version = gops_value_member_text(root, "apiVersion", &type.version_length);
    type.kind = gops_value_member_text(root, "kind", &type.kind_length);
    return type.version && type.kind ? type : (object_type){NULL, NULL, 0, 0};
}

/* group: with its slash, or the whole apiVersion of the core group. kind NULL: any. */
static int is_type(const object_type *type, const char *group, const char *kind)
{
    size_t wanted = strlen(group);
    if (!type->version || (kind && (type->kind_length != strlen(kind) ||
                                    memcmp(type->kind, kind, type->kind_length) != 0)))
        return 0;
    return (group[wanted - 1] == '/' ? type->version_length > wanted
                                     : type->version_length == wanted) &&
           memcmp(type->version, group, wanted) == 0;
}

static int is_aggregated(const gitops_value *root)
{
    return gops_value_is(gops_value_member(root, "aggregationRule", 15), GITOPS_VALUE_MAP);
}

gops_object_kind gops_object_kind_of(const gitops_value *root)
{
    static const struct {
        const char *group, *name;
        gops_object_kind kind;
    } kinds[] = {
        {"v1", "Secret", GOPS_OBJECT_SECRET},
        {"v1", "ConfigMap", GOPS_OBJECT_CONFIG_MAP},
        {"v1", "Service", GOPS_OBJECT_SERVICE},
        {"v1", "Endpoints", GOPS_OBJECT_ENDPOINTS},
        {"v1", "Pod", GOPS_OBJECT_WORKLOAD},
        {"v1", "ReplicationController", GOPS_OBJECT_WORKLOAD},
        {"batch/", "Job", GOPS_OBJECT_JOB},
        {"batch/", "CronJob", GOPS_OBJECT_WORKLOAD},
        {"apps/", NULL, GOPS_OBJECT_WORKLOAD},
        {"autoscaling/", "HorizontalPodAutoscaler", GOPS_OBJECT_AUTOSCALER},
        {"admissionregistration.k8s.io/", NULL, GOPS_OBJECT_WEBHOOKS},
        {"apiextensions.k8s.io/", "CustomResourceDefinition", GOPS_OBJECT_CRD},
    };
    object_type type = type_of(root);
    if (!type.version)
        return GOPS_OBJECT_PLAIN;
    if (is_type(&type, "rbac.authorization.k8s.io/", "ClusterRole") && is_aggregated(root))
        return GOPS_OBJECT_AGGREGATED_ROLE;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (is_type(&type, kinds[i].group, kinds[i].name))
            return kinds[i].kind;
    return GOPS_OBJECT_ANY;
}

int gops_object_is_protected(const gitops_value *root)
{
    object_type type = type_of(root);
    return is_type(&type, "v1", "Namespace") || is_type(&type, "v1", "PersistentVolume") ||
           is_type(&type, "v1", "PersistentVolumeClaim") ||
           is_type(&type, "apiextensions.k8s.io/", "CustomResourceDefinition");
}

/* 1 when the current path is the pattern, in which one "*" stands for any characters. */
static int is_at(const gops_triwalk *walk, const char *pattern)
{
    const char *path = walk->path.length ? walk->path.data : "";
    const char *star = strchr(pattern, '*');
    size_t before = star ? (size_t)(star - pattern) : strlen(pattern);
    size_t after = star ? strlen(star + 1) : 0;
    if (!star)
        return walk->path.length == before && memcmp(path, pattern, before) == 0;
    return walk->path.length >= before + after && memcmp(path, pattern, before) == 0 &&
           memcmp(path + walk->path.length - after, star + 1, after) == 0;
}

static int is_absent(const gitops_value *value)
{
    return !value || value->type == GITOPS_VALUE_NULL;
}

static int is_absent_or_false(const gitops_value *value)
{
    return is_absent(value) || (value->type == GITOPS_VALUE_BOOL && !value->boolean);
}

static int is_absent_or_empty(const gitops_value *value)
{
    return is_absent(value) || (value->type == GITOPS_VALUE_STRING && value->count == 0);
}

/* {strategy: None}, which says as little as no conversion at all. */
static int is_no_conversion(const gitops_value *value)
{
    return is_absent(value) || (value->type == GITOPS_VALUE_MAP && value->count == 1 &&
                      gops_value_text_is(gops_value_member(value, "strategy", 8), "None"));
}

static int is_unstated(const gops_sides *raw)
{
    return is_absent(raw->of[GOPS_DESIRED]);
}

static int is_empty_in_git(const gops_sides *raw)
{
    return is_absent_or_empty(raw->of[GOPS_DESIRED]);
}

/* A null in data is kept as an empty text. */
static int is_null_for_empty(const gops_sides *raw)
{
    return gops_value_is(raw->of[GOPS_DESIRED], GITOPS_VALUE_NULL) && raw->of[GOPS_LIVE] &&
           is_absent_or_empty(raw->of[GOPS_LIVE]);
}

static int is_false_on_both(const gops_sides *raw)
{
    return is_absent_or_false(raw->of[GOPS_DESIRED]) && is_absent_or_false(raw->of[GOPS_LIVE]);
}

static int converts_nothing(const gops_sides *raw)
{
    return is_no_conversion(raw->of[GOPS_DESIRED]) && is_no_conversion(raw->of[GOPS_LIVE]);
}

/* Annotations in which the server keeps, or has read, what another version of the kind has. */
static int is_version_noise(const gops_sides *raw)
{
    const gitops_value *base = raw->of[GOPS_BASE], *desired = raw->of[GOPS_DESIRED];
    return !desired || (!raw->of[GOPS_LIVE] && base && gops_value_same(base, desired));
}

static int is_any(const gops_sides *raw)
{
    (void)raw;
    return 1;
}

int gops_object_leaves(const gops_triwalk *walk, const gops_sides *raw)
{
    static const struct {
        gops_object_kind kind;
        const char *path;
        int (*leaves)(const gops_sides *raw);
    } places[] = {
        {GOPS_OBJECT_SECRET, "/data/*", is_null_for_empty},
        {GOPS_OBJECT_SERVICE, "/spec/clusterIP", is_unstated},
        {GOPS_OBJECT_SERVICE, "/spec/clusterIPs", is_unstated},
        {GOPS_OBJECT_SERVICE, "/spec/ipFamilies", is_unstated},
        {GOPS_OBJECT_SERVICE, "/spec/ports/*/nodePort", is_unstated},
        {GOPS_OBJECT_AUTOSCALER, "/metadata/annotations/autoscaling.alpha.kubernetes.io~1*",
         is_version_noise},
        {GOPS_OBJECT_WEBHOOKS, "/webhooks/*/clientConfig/caBundle", is_empty_in_git},
        {GOPS_OBJECT_AGGREGATED_ROLE, "/rules", is_any},
        {GOPS_OBJECT_CRD, "/spec/preserveUnknownFields", is_false_on_both},
        {GOPS_OBJECT_CRD, "/spec/names/singular", is_empty_in_git},
        {GOPS_OBJECT_CRD, "/spec/names/listKind", is_empty_in_git},
        {GOPS_OBJECT_CRD, "/spec/conversion", converts_nothing},
        {GOPS_OBJECT_CRD, "/spec/conversion/*/caBundle", is_empty_in_git},
    };
    if (walk->kind == GOPS_OBJECT_PLAIN || !walk->object)
        return 0;
    if (walk->kind != GOPS_OBJECT_ANY)
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
            if (walk->kind == (int)places[i].kind && is_at(walk, places[i].path))
                return places[i].leaves(raw);
    return (!raw->of[GOPS_DESIRED] || !raw->of[GOPS_LIVE]) && is_at(walk, "/metadata/namespace");
}

static int is_true(const gitops_value *map, const char *name)
{
    const gitops_value *member = gops_value_member(map, name, strlen(name));
    return gops_value_is(member, GITOPS_VALUE_BOOL) && member->boolean;
}

/* The content of a map of data that says of itself that it does not change. */
static int is_sealed_data(const gops_triwalk *walk)
{
    return is_true(walk->object, "immutable") &&
           (is_at(walk, "/data*") || is_at(walk, "/binaryData*") || is_at(walk, "/immutable"));
}

/* Addresses stay once they are given. */
static int is_given_address(const gops_triwalk *walk, const gops_sides *raw)
{
    return (is_at(walk, "/spec/clusterIP") || is_at(walk, "/spec/clusterIPs*")) &&
           raw->of[GOPS_DESIRED] && !is_absent_or_empty(raw->of[GOPS_LIVE]);
}

/* What says where the pods of a Job go can change as long as it is suspended. */
static int is_free_template(const gops_triwalk *walk)
{
    static const char *const paths[] = {
        "/spec/template/metadata/labels*", "/spec/template/metadata/annotations*",
        "/spec/template/spec/nodeSelector*", "/spec/template/spec/affinity*",
        "/spec/template/spec/tolerations*", "/spec/template/spec/schedulingGates*"};
    if (!is_true(gops_value_member(walk->object, "spec", 4), "suspend"))
        return 0;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (is_at(walk, paths[i]))
            return 1;
    return 0;
}

/* Bytes of the group in an apiVersion; 0 for the core group. */
static size_t group_length(const gitops_value *version)
{
    const char *slash = memchr(version->as.text, '/', version->count);
    return slash ? (size_t)(slash - version->as.text) : 0;
}

/* Another version of a kind is the same object; another group is not. */
static int is_other_group(const gops_sides *raw)
{
    const gitops_value *desired = raw->of[GOPS_DESIRED], *live = raw->of[GOPS_LIVE];
    if (!gops_value_is(desired, GITOPS_VALUE_STRING) || !gops_value_is(live, GITOPS_VALUE_STRING))
        return 1;
    size_t length = group_length(desired);
    return length != group_length(live) ||
           memcmp(desired->as.text, live->as.text, length) != 0;
}

static int is_identity(const gops_triwalk *walk, const gops_sides *raw)
{
    if (is_at(walk, "/apiVersion"))
        return is_other_group(raw);
    return is_at(walk, "/kind") || is_at(walk, "/metadata/name") ||
           is_at(walk, "/metadata/namespace");
}

int gops_object_fixes(const gops_triwalk *walk, const gops_schema_place *place,
                      const gops_sides *raw)
{
    if (walk->kind == GOPS_OBJECT_PLAIN || !walk->object)
        return place->immutable;
    if (walk->kind == GOPS_OBJECT_JOB && is_free_template(walk))
        return 0;
    if (place->immutable || is_identity(walk, raw))
        return 1;
    if (walk->kind == GOPS_OBJECT_SECRET || walk->kind == GOPS_OBJECT_CONFIG_MAP)
        return is_sealed_data(walk);
    return walk->kind == GOPS_OBJECT_SERVICE && is_given_address(walk, raw);
}

int gops_object_is_unordered(const gops_triwalk *walk)
{
    return walk->kind == GOPS_OBJECT_ENDPOINTS && is_at(walk, "/subsets");
}

int gops_object_has_surplus(const gops_triwalk *walk)
{
    return walk->kind == GOPS_OBJECT_AUTOSCALER && is_at(walk, "/spec/metrics");
}

/* The other name of the member that the path ends in, in the spec of a pod; NULL: none. */
static const char *other_name(const gops_triwalk *walk, const char **name)
{
    static const char *const names[] = {"serviceAccount", "serviceAccountName"};
    static const char *const specs[] = {"/spec/", "/spec/template/spec/",
                                        "/spec/jobTemplate/spec/template/spec/"};
    const char *path = walk->path.length ? walk->path.data : "";
    const char *last = strrchr(path, '/');
    for (size_t i = 0; last && i < sizeof specs / sizeof specs[0]; i++) {
        size_t length = strlen(specs[i]);
        if ((size_t)(last + 1 - path) != length || memcmp(path, specs[i], length) != 0)
            continue;
        for (size_t k = 0; k < 2; k++)
            if (strcmp(last + 1, names[k]) == 0) {
                *name = names[k];
                return names[1 - k];
            }
    }
    return NULL;
}

/* The value of a map's member under another name; NULL: none, or no memory. */
static const gitops_value *renamed(gops_triwalk *walk, gops_arena *arena, const gitops_value *map,
                                   const char *from, const char *to)
{
    const gitops_value *value = gops_value_member(map, from, strlen(from));
    gitops_value *node = value ? gops_triwalk_node(walk, arena, value) : NULL;
    if (node) {
        node->key = to;
        node->key_length = (uint32_t)strlen(to);
    }
    return node;
}

int gops_object_borrow(gops_triwalk *walk, const gops_sides *map, gops_sides *member)
{
    const char *name;
    if ((walk->kind != GOPS_OBJECT_WORKLOAD && walk->kind != GOPS_OBJECT_JOB) ||
        !is_absent(member->of[GOPS_DESIRED]) || !member->of[GOPS_LIVE])
        return 0;
    const char *other = other_name(walk, &name);
    if (!other || !gops_value_same(member->of[GOPS_LIVE], gops_value_member(map->of[GOPS_LIVE], other,
                                                                           strlen(other))))
        return 0;
    if (member->of[GOPS_DESIRED] &&
        is_absent(gops_value_member(map->of[GOPS_DESIRED], other, strlen(other))))
        return 0;
    if (is_absent(member->of[GOPS_BASE]))
        member->of[GOPS_BASE] = renamed(walk, walk->base, map->of[GOPS_BASE], other, name);
    member->of[GOPS_DESIRED] = renamed(walk, walk->merged, map->of[GOPS_DESIRED], other, name);
    return 1;
}
