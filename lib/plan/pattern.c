/*
 * pattern: globs over keys. Parts of a key hold no "/", so that git's rule that "*" stops there
 * keeps each part of a pattern to its part of the key.
 */
#include "plan/pattern.h"

#include <string.h>

#include "manifest/key.h"
#include "source/wildmatch.h"

/* Of Kubernetes: what takes everything in it or behind it along. */
static const char *const protected_kinds[] = {
    "Namespace", "CustomResourceDefinition.apiextensions.k8s.io", "PersistentVolume",
    "PersistentVolumeClaim"};

static int matches(const char *pattern, const char *text, size_t length)
{
    return gops_wildmatch(pattern, strlen(pattern), text, length);
}

int gops_pattern_matches(const char *pattern, const char *key)
{
    gops_key_parts parts;
    if (strchr(pattern, '/') || !gops_key_split(key, &parts))
        return matches(pattern, key, strlen(key));
    if (!strchr(pattern, '.'))
        return matches(pattern, parts.kind, parts.kind_length);
    return matches(pattern, parts.kind, (size_t)(parts.name - parts.kind) - 1);
}

/* A kind of its own group: "PersistentVolume" of another group is another thing. */
static int is_protected_kind(const char *key)
{
    gops_key_parts parts;
    if (!gops_key_split(key, &parts))
        return 0;
    size_t length = (size_t)(parts.name - parts.kind) - 1;
    for (size_t i = 0; i < sizeof protected_kinds / sizeof protected_kinds[0]; i++)
        if (strlen(protected_kinds[i]) == length &&
            memcmp(protected_kinds[i], parts.kind, length) == 0)
            return 1;
    return 0;
}

int gops_unit_protects(const gitops_unit *unit, const char *key)
{
    if (gops_identity_by(unit->identity) == GITOPS_IDENTITY_KUBERNETES && is_protected_kind(key))
        return 1;
    for (size_t i = 0; i < unit->protect_count; i++)
        if (gops_pattern_matches(unit->protects[i], key))
            return 1;
    return 0;
}

int gops_unit_allows(const gitops_unit *unit, const char *key)
{
    int asked = 0, allowed = 0;
    for (size_t i = 0; i < unit->scope_count; i++) {
        const char *pattern = unit->scope[i];
        int denies = pattern[0] == '!';
        int found = gops_pattern_matches(pattern + denies, key);
        if (denies && found)
            return 0;
        asked |= !denies;
        allowed |= !denies && found;
    }
    return allowed || !asked;
}
