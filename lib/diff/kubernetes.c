/*
 * kubernetes: the few facts about kinds that are no property of a place alone. They keep an object
 * that the API server has taken from differing from what was sent.
 */
#include "diff/kubernetes.h"

#include <string.h>

/* group: with its slash, or the whole apiVersion of the core group. */
static int has_type(const gitops_value *root, const char *group, const char *kind)
{
    size_t length, wanted = strlen(group);
    const char *version = gops_value_member_text(root, "apiVersion", &length);
    int fits = version && (group[wanted - 1] == '/' ? length > wanted : length == wanted);
    return fits && memcmp(version, group, wanted) == 0 &&
           gops_value_text_is(gops_value_member(root, "kind", 4), kind);
}

gops_object_kind gops_object_kind_of(const gitops_value *root)
{
    size_t length;
    if (!gops_value_member_text(root, "apiVersion", &length) ||
        !gops_value_member_text(root, "kind", &length))
        return GOPS_OBJECT_PLAIN;
    if (has_type(root, "v1", "Secret"))
        return GOPS_OBJECT_SECRET;
    if (has_type(root, "rbac.authorization.k8s.io/", "ClusterRole") &&
        gops_value_is(gops_value_member(root, "aggregationRule", 15), GITOPS_VALUE_MAP))
        return GOPS_OBJECT_AGGREGATED_ROLE;
    if (has_type(root, "apiextensions.k8s.io/", "CustomResourceDefinition"))
        return GOPS_OBJECT_CRD;
    return GOPS_OBJECT_ANY;
}

static int is_at(const gops_triwalk *walk, const char *path)
{
    return walk->path.length == strlen(path) &&
           memcmp(walk->path.data, path, walk->path.length) == 0;
}

/* A null in data is kept as an empty text. */
static int is_empty_secret(const gops_triwalk *walk, const gops_sides *raw)
{
    const gitops_value *live = raw->of[GOPS_LIVE];
    return walk->path.length > 6 && memcmp(walk->path.data, "/data/", 6) == 0 &&
           gops_value_is(raw->of[GOPS_DESIRED], GITOPS_VALUE_NULL) &&
           gops_value_is(live, GITOPS_VALUE_STRING) && live->count == 0;
}

int gops_object_leaves(const gops_triwalk *walk, const gops_sides *raw)
{
    const gitops_value *desired = raw->of[GOPS_DESIRED], *live = raw->of[GOPS_LIVE];
    if (walk->kind == GOPS_OBJECT_PLAIN || !walk->has_live)
        return 0;
    if (walk->kind == GOPS_OBJECT_SECRET && is_empty_secret(walk, raw))
        return 1;
    if (walk->kind == GOPS_OBJECT_AGGREGATED_ROLE && is_at(walk, "/rules"))
        return 1;
    if (walk->kind == GOPS_OBJECT_CRD && is_at(walk, "/spec/preserveUnknownFields"))
        return !live && gops_value_is(desired, GITOPS_VALUE_BOOL) && !desired->boolean;
    return (!desired || !live) && is_at(walk, "/metadata/namespace");
}
