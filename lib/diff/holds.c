/*
 * holds: two pointers go down together, without a path, an answer or a record for each place, and
 * the schema is asked only where the two differ. Elements of lists are looked for in order, so that
 * no table is needed. Whatever is not plain is left to the walk: a no costs time, never an answer.
 */
#include "diff/holds.h"

#include "diff/equal.h"
#include "diff/join.h"

enum {
    FEW = 32,   /* elements that may be compared each with each */
    PASSED = 16 /* elements of one list that only live has */
};

static int map_holds(gops_triwalk *walk, const gops_schema_place *place,
                     const gitops_value *desired, const gitops_value *live)
{
    gops_schema_place below;
    const gitops_value *other = live->count ? live->as.children : NULL;
    const gitops_value *end = live->count ? other + live->count : NULL;
    for (uint32_t i = 0; i < desired->count; i++) {
        const gitops_value *member = &desired->as.children[i];
        int order = 1;
        while (other < end && (order = gops_key_compare(other->key, other->key_length, member->key,
                                                        member->key_length)) < 0)
            other++;
        const gitops_value *found = other < end && order == 0 ? other++ : NULL;
        if (gops_value_same(member, found))
            continue;
        gops_schema_member(place, member->key, member->key_length, member, &below);
        if (!gops_holds(walk, &below, member, found))
            return 0;
    }
    return 1;
}

/* 1 when two elements of the list, which is short, have the same keys. */
static int has_repeats(const gops_list_keys *keys, const gitops_value *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (gops_join_same_keys(keys, &list->as.children[i], &list->as.children[k]))
                return 1;
    return 0;
}

/*
 * 1 when the walk would join by the first tuple: it takes another one only when that finds repeats
 * or elements without keys.
 */
static int is_joined_by_first(const gops_schema_place *place, const gitops_value *live)
{
    if (place->tuple_count == 1)
        return 1;
    return place->tuple_count && live->count <= FEW && !has_repeats(place->tuples, live);
}

/* 1 when an element is live's own: it has keys, and no element of desired has the same. */
static int is_own(const gops_list_keys *keys, const gitops_value *element,
                  const gitops_value *desired)
{
    for (uint32_t i = 0; i < desired->count; i++)
        if (gops_join_same_keys(keys, &desired->as.children[i], element))
            return 0;
    return gops_join_same_keys(keys, element, element);
}

/* The elements of desired are in live, in their order, with only live's own between them. */
static int keyed_list_holds(gops_triwalk *walk, const gops_schema_place *place,
                            const gitops_value *desired, const gitops_value *live)
{
    gops_schema_place below;
    const gops_list_keys *keys = place->tuples;
    uint32_t passed = 0;
    if (!is_joined_by_first(place, live))
        return 0;
    for (uint32_t i = 0, k = 0; i < desired->count || k < live->count; k++) {
        const gitops_value *element = i < desired->count ? &desired->as.children[i] : NULL;
        const gitops_value *other = k < live->count ? &live->as.children[k] : NULL;
        if (!other)
            return 0;
        if (!element || !gops_join_same_keys(keys, element, other)) {
            if (passed++ == PASSED || !is_own(keys, other, desired))
                return 0;
            continue;
        }
        gops_schema_element(place, i++, element, &below);
        if (!gops_holds(walk, &below, element, other))
            return 0;
    }
    return 1;
}

/* Every member of desired is one of live, where members are what they are and no more. */
static int set_holds(const gops_triwalk *walk, const gops_schema_place *place,
                     const gitops_value *desired, const gitops_value *live)
{
    if (walk->normal.known || place->rules || desired->count > FEW || live->count > FEW)
        return 0;
    for (uint32_t i = 0; i < desired->count; i++) {
        uint32_t k = 0;
        while (k < live->count &&
               !gops_value_same(&desired->as.children[i], &live->as.children[k]))
            k++;
        if (k == live->count)
            return 0;
    }
    return 1;
}

static int list_holds(gops_triwalk *walk, const gops_schema_place *place,
                      const gitops_value *desired, const gitops_value *live)
{
    switch (place->list) {
    case GOPS_LIST_MAP:
        return keyed_list_holds(walk, place, desired, live);
    case GOPS_LIST_SET:
        return set_holds(walk, place, desired, live);
    case GOPS_LIST_SEQUENCE:
        return 0;
    default:
        return gops_deep_equal(walk, place, desired, live, desired, 1);
    }
}

int gops_holds(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *desired,
               const gitops_value *live)
{
    if (place->ignored || gops_value_same(desired, live))
        return 1;
    live = gops_fold(walk, place, live);
    if (!live)
        return !gops_fold(walk, place, desired);
    if (desired->type != live->type)
        return desired->type != GITOPS_VALUE_NULL &&
               gops_deep_equal(walk, place, desired, live, desired, 1);
    if (desired->type == GITOPS_VALUE_MAP && place->map != GOPS_MAP_ATOMIC)
        return map_holds(walk, place, desired, live);
    if (desired->type == GITOPS_VALUE_LIST)
        return list_holds(walk, place, desired, live);
    return gops_deep_equal(walk, place, desired, live, desired, 1);
}
