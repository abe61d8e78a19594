/*
 * equal: equality as the schema sees it. Equal digests are always equal values; the slow way is
 * taken only where a normaliser, an ignored place or a folded empty may make up the difference.
 */
#include "diff/equal.h"

#include <string.h>

#include "base/base64.h"
#include "diff/kubernetes.h"
#include "diff/members.h"
#include "diff/pair.h"
#include "manifest/duration.h"
#include "manifest/instant.h"
#include "manifest/quantity.h"
#include "manifest/text.h"

enum { UNORDERED_WORK = 1000000, SURPLUS_LENGTH = 256 };

typedef struct comparison {
    gops_triwalk *walk;
    int b_is_live;
    int superset;   /* b may have keys that a and third lack */
    uint32_t *work; /* NULL: order counts; else what may still be spent on finding elements */
} comparison;

static int deep_equal(comparison how, const gops_schema_place *place, const gitops_value *a,
                      const gitops_value *b, const gitops_value *third);

/* 1 for {} and [], and for a map that is written as {}: with nulls and ignored members only. */
static int is_hollow(const gops_triwalk *walk, const gops_schema_place *place,
                     const gitops_value *value)
{
    gops_schema_place below;
    if (value->type != GITOPS_VALUE_MAP)
        return value->type == GITOPS_VALUE_LIST && value->count == 0;
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *member = &value->as.children[i];
        if (member->type == GITOPS_VALUE_NULL && walk->null_is_absent)
            continue;
        gops_schema_member(place, member->key, member->key_length, member, &below);
        if (!below.ignored)
            return 0;
    }
    return 1;
}

const gitops_value *gops_fold(const gops_triwalk *walk, const gops_schema_place *place,
                              const gitops_value *value)
{
    int is_null = gops_value_is(value, GITOPS_VALUE_NULL);
    if (is_null && (walk->null_is_absent || (place->omit_empty && !walk->for_server)))
        return NULL;
    if (!value || !place->omit_empty || walk->for_server)
        return value;
    return is_hollow(walk, place, value) ? NULL : value;
}

/* 1 inside of something that live lacks and gets, with all that Git says of it. */
static int is_made(const gops_triwalk *walk)
{
    return walk->makes && walk->mode == GOPS_TRIWALK_MERGE;
}

gops_sides gops_fold_sides(const gops_triwalk *walk, const gops_schema_place *place,
                           const gops_sides *raw)
{
    gops_sides s;
    for (int side = 0; side < GOPS_SIDES; side++)
        s.of[side] = gops_fold(walk, place, raw->of[side]);
    int null_means_absent =
        walk->null_is_absent && gops_value_is(raw->of[GOPS_DESIRED], GITOPS_VALUE_NULL);
    if (s.of[GOPS_DESIRED] || null_means_absent || !(s.of[GOPS_LIVE] || is_made(walk)))
        return s;
    s.of[GOPS_DESIRED] = raw->of[GOPS_DESIRED];
    if (raw->of[GOPS_BASE] && !s.of[GOPS_BASE])
        s.of[GOPS_BASE] = raw->of[GOPS_DESIRED];
    return s;
}

static int is_secret_data(const gops_triwalk *walk)
{
    return walk->kind == GOPS_OBJECT_SECRET && walk->path.length > 6 &&
           memcmp(walk->path.data, "/data/", 6) == 0;
}

static int scalar_equal(const gops_triwalk *walk, const gops_schema_place *place,
                        const gitops_value *a, const gitops_value *b)
{
    if (gops_value_same(a, b))
        return 1;
    switch (place->scalar) {
    case GOPS_SCALAR_QUANTITY:
        return gops_quantity_equal(a, b);
    case GOPS_SCALAR_TIME:
        return gops_instant_equal(a, b);
    case GOPS_SCALAR_DURATION:
        return gops_duration_equal(a, b);
    case GOPS_SCALAR_RESOURCE:
        return gops_resource_equal(a, b);
    case GOPS_SCALAR_NEWLINE:
        return gops_text_newline_equal(a, b);
    case GOPS_SCALAR_CASE:
        return gops_text_case_equal(a, b);
    case GOPS_SCALAR_SEMVER:
        return gops_text_semver_equal(a, b);
    default:
        break;
    }
    if (is_secret_data(walk) && gops_value_is(a, GITOPS_VALUE_STRING) &&
        gops_value_is(b, GITOPS_VALUE_STRING))
        return gops_base64_same(a->as.text, a->count, b->as.text, b->count);
    return 0;
}

static int maps_equal(comparison how, const gops_schema_place *place, const gitops_value *a,
                      const gitops_value *b, const gitops_value *third)
{
    gops_members join;
    gops_schema_place below;
    const gitops_value *sides[GOPS_SIDES];
    const gitops_value *maps[GOPS_SIDES] = {a, b,
                                            gops_value_is(third, GITOPS_VALUE_MAP) ? third : NULL};
    gops_members_begin(&join, maps);
    for (const gitops_value *key; (key = gops_members_next(&join, sides)) != NULL;) {
        if (!sides[0] && !sides[1])
            continue;
        gops_schema_member(place, key->key, key->key_length, key, &below);
        if (below.ignored)
            continue;
        const gitops_value *left = gops_fold(how.walk, &below, sides[0]);
        const gitops_value *right = gops_fold(how.walk, &below, sides[1]);
        if (!sides[0] && right && how.superset && !sides[2])
            continue;
        if (!left != !right || (left && !deep_equal(how, &below, left, right, sides[2])))
            return 0;
    }
    return 1;
}

/* From i on, the first element that is not ignored, and its place. */
static uint32_t next_compared(const gops_schema_place *place, const gitops_value *list, uint32_t i,
                              gops_schema_place *below)
{
    for (; i < list->count; i++) {
        gops_schema_element(place, i, &list->as.children[i], below);
        if (!below->ignored)
            break;
    }
    return i;
}

/* Where rules name elements, those that are ignored may be in one list only. */
static int named_lists_equal(comparison how, const gops_schema_place *place, const gitops_value *a,
                             const gitops_value *b, const gitops_value *third)
{
    gops_schema_place below, other;
    for (uint32_t i = 0, k = 0;; i++, k++) {
        i = next_compared(place, a, i, &below);
        k = next_compared(place, b, k, &other);
        if (i == a->count || k == b->count)
            return i == a->count && k == b->count;
        const gitops_value *in_third =
            gops_value_is(third, GITOPS_VALUE_LIST) ? gitops_value_item(third, i) : NULL;
        if (!deep_equal(how, &below, &a->as.children[i], &b->as.children[k], in_third))
            return 0;
    }
}

static int lists_equal(comparison how, const gops_schema_place *place, const gitops_value *a,
                       const gitops_value *b, const gitops_value *third)
{
    gops_schema_place below;
    if (gops_schema_names_elements(place))
        return named_lists_equal(how, place, a, b, third);
    if (a->count != b->count)
        return 0;
    for (uint32_t i = 0; i < a->count; i++) {
        const gitops_value *other =
            gops_value_is(third, GITOPS_VALUE_LIST) ? gitops_value_item(third, i) : NULL;
        gops_schema_element(place, i, &a->as.children[i], &below);
        if (!below.ignored &&
            !deep_equal(how, &below, &a->as.children[i], &b->as.children[i], other))
            return 0;
    }
    return 1;
}

/* An element of b that is none of another one of a and equals item; the one at i is tried first. */
static int find_equal(comparison how, const gops_schema_place *place, const gitops_value *item,
                      const gitops_value *b, const gitops_value *third, uint32_t i, uint8_t *used)
{
    for (uint32_t tried = 0, k = i; tried < b->count; tried++, k = (k + 1) % b->count) {
        if (used[k])
            continue;
        if (*how.work == 0)
            return 0;
        (*how.work)--;
        if (deep_equal(how, place, item, &b->as.children[k], third)) {
            used[k] = 1;
            return 1;
        }
    }
    return 0;
}

/* The same elements, each as often, in any order; when that is too much work, in the same order. */
static int members_equal(comparison how, const gops_schema_place *place, const gitops_value *a,
                         const gitops_value *b, const gitops_value *third)
{
    gops_schema_place below;
    if (a->count != b->count || b->count >= *how.work)
        return lists_equal(how, place, a, b, third);
    *how.work -= b->count;
    uint8_t *used = gops_triwalk_scratch(how.walk, (size_t)b->count + 1, sizeof *used);
    if (!used)
        return 0;
    memset(used, 0, b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        const gitops_value *other =
            gops_value_is(third, GITOPS_VALUE_LIST) ? gitops_value_item(third, i) : NULL;
        gops_schema_element(place, i, &a->as.children[i], &below);
        if (!find_equal(how, &below, &a->as.children[i], b, other, i, used))
            return 0;
    }
    return 1;
}

static int deep_equal(comparison how, const gops_schema_place *place, const gitops_value *a,
                      const gitops_value *b, const gitops_value *third)
{
    if (gops_value_same(a, b))
        return 1;
    if (a->type != b->type || a->type < GITOPS_VALUE_LIST)
        return scalar_equal(how.walk, place, a, b);
    how.superset |= how.b_is_live && place->defaulted;
    if (a->type == GITOPS_VALUE_MAP)
        return maps_equal(how, place, a, b, third);
    return how.work ? members_equal(how, place, a, b, third)
                    : lists_equal(how, place, a, b, third);
}

static int is_surplus(const gitops_value *list, uint32_t i)
{
    const gitops_value *item = &list->as.children[i];
    if (item->type == GITOPS_VALUE_NULL || (item->type == GITOPS_VALUE_MAP && item->count == 0))
        return 1;
    for (uint32_t k = 0; k < i; k++)
        if (gops_value_same(&list->as.children[k], item))
            return 1;
    return 0;
}

/* The list without elements that are empty or there before; as it is when it is no list, or long. */
static const gitops_value *without_surplus(gops_triwalk *walk, const gitops_value *list)
{
    if (!gops_value_is(list, GITOPS_VALUE_LIST) || list->count > SURPLUS_LENGTH)
        return list;
    uint32_t count = 0;
    gitops_value *items = gops_triwalk_values(walk, &walk->scratch, list->count);
    gitops_value *node = gops_triwalk_node(walk, &walk->scratch, list);
    if (!items || !node)
        return list;
    for (uint32_t i = 0; i < list->count; i++)
        if (!is_surplus(list, i))
            items[count++] = list->as.children[i];
    gops_value_set_list(node, items, count);
    return node;
}

int gops_deep_equal(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *a,
                    const gitops_value *b, const gitops_value *third, int b_is_live)
{
    uint32_t work = UNORDERED_WORK;
    comparison how = {walk, b_is_live, 0, gops_object_is_unordered(walk) ? &work : NULL};
    if (!gops_object_has_surplus(walk))
        return deep_equal(how, place, a, b, third);
    return deep_equal(how, place, without_surplus(walk, a), without_surplus(walk, b),
                      without_surplus(walk, third));
}

/* Makes a map of the answers above mark, whose merged values are the members. */
static const gitops_value *pop_map(gops_triwalk *walk, size_t mark, const gitops_value *like)
{
    uint32_t count = (uint32_t)(walk->stack_count - mark);
    gitops_value *members = gops_triwalk_values(walk, walk->merged, count);
    gitops_value *node = gops_triwalk_node(walk, walk->merged, like);
    if (members && node) {
        for (uint32_t i = 0; i < count; i++)
            members[i] = *walk->stack[mark + i].merged;
        gops_value_set_map(node, members, count);
    }
    return node;
}

static const gitops_value *materialise_map(gops_triwalk *walk, const gops_schema_place *place,
                                           const gitops_value *desired, const gitops_value *live)
{
    gops_members join;
    gops_schema_place below;
    const gitops_value *sides[GOPS_SIDES];
    const gitops_value *maps[GOPS_SIDES] = {
        desired, gops_value_is(live, GITOPS_VALUE_MAP) ? live : NULL, NULL};
    size_t mark = walk->stack_count;
    int changed = 0;
    gops_members_begin(&join, maps);
    for (const gitops_value *key; (key = gops_members_next(&join, sides)) != NULL;) {
        const gitops_value *written = NULL;
        gops_schema_member(place, key->key, key->key_length, key, &below);
        if (gops_triwalk_leaves(walk, &below))
            written = sides[1];
        else if (sides[0] && !(walk->null_is_absent && gops_value_is(sides[0], GITOPS_VALUE_NULL)))
            written = gops_materialise_child(walk, &below, sides[0], sides[1], live);
        changed |= written != sides[0];
        if (written)
            gops_triwalk_push(walk, (gops_outcome){written, NULL});
        if (walk->status < 0)
            return desired;
    }
    const gitops_value *result = changed ? pop_map(walk, mark, desired) : desired;
    walk->stack_count = mark;
    return result;
}

static const gitops_value *materialise_list(gops_triwalk *walk, const gops_schema_place *place,
                                            const gitops_value *desired, const gitops_value *live)
{
    gops_schema_place below;
    gitops_value *items = NULL;
    if (gops_schema_names_elements(place))
        return gops_pair_materialise(walk, place, desired,
                                     gops_value_is(live, GITOPS_VALUE_LIST) ? live : NULL);
    for (uint32_t i = 0; i < desired->count; i++) {
        const gitops_value *item = &desired->as.children[i];
        const gitops_value *other =
            gops_value_is(live, GITOPS_VALUE_LIST) ? gitops_value_item(live, i) : NULL;
        gops_schema_element(place, i, item, &below);
        const gitops_value *written =
            gops_triwalk_leaves(walk, &below) && other
                ? other
                : gops_materialise_child(walk, &below, item, other, live);
        if (written != item && !items) {
            items = gops_triwalk_values(walk, walk->merged, desired->count);
            if (items)
                memcpy(items, desired->as.children, desired->count * sizeof *items);
        }
        if (walk->status < 0)
            return desired;
        if (items)
            items[i] = *written;
    }
    gitops_value *node = items ? gops_triwalk_node(walk, walk->merged, desired) : NULL;
    if (node)
        gops_value_set_list(node, items, desired->count);
    return node ? node : desired;
}

const gitops_value *gops_materialise(gops_triwalk *walk, const gops_schema_place *place,
                                     const gitops_value *desired, const gitops_value *live)
{
    int makes = walk->makes;
    const gitops_value *written = desired;
    walk->makes |= live && live->type != desired->type;
    if (gops_value_is(desired, GITOPS_VALUE_MAP))
        written = materialise_map(walk, place, desired, live);
    else if (gops_value_is(desired, GITOPS_VALUE_LIST))
        written = materialise_list(walk, place, desired, live);
    walk->makes = makes;
    return written;
}

const gitops_value *gops_materialise_child(gops_triwalk *walk, const gops_schema_place *place,
                                           const gitops_value *desired, const gitops_value *live,
                                           const gitops_value *whole)
{
    int makes = walk->makes;
    walk->makes |= whole && !live;
    const gitops_value *written = gops_materialise(walk, place, desired, live);
    walk->makes = makes;
    return written;
}

int gops_is_sensitive(const gops_schema_place *place, const gitops_value *value)
{
    gops_schema_place below;
    if (place->sensitive || !value || value->type < GITOPS_VALUE_LIST)
        return place->sensitive;
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *child = &value->as.children[i];
        if (value->type == GITOPS_VALUE_MAP)
            gops_schema_member(place, child->key, child->key_length, child, &below);
        else
            gops_schema_element(place, i, child, &below);
        if (gops_is_sensitive(&below, child))
            return 1;
    }
    return 0;
}
