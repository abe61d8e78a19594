/*
 * normal: walks the normal form along with the three sides. Elements are found by their keys: those
 * of the normal list are sorted by identity once, as their order is the target's own. Members of
 * sets and sequences (normal_list.c) stand where base has them.
 */
#include "diff/normal.h"

#include <stdlib.h>
#include <string.h>

#include "diff/equal.h"

typedef struct normal_item {
    gops_digest id;
    const gitops_value *value;
} normal_item;

struct gops_normal_items {
    const gops_list_keys *keys; /* NULL: */
    const gitops_value *base, *list; /* ... the one says what the other was made of */
    size_t count;
    normal_item items[];
};

/* 1 when nothing of ours is left here, and so nothing below. */
static int is_dropped(const gops_normal *normal)
{
    return normal->known && !normal->value;
}

gops_normal gops_normal_enter(gops_triwalk *walk, const char *key, size_t length)
{
    gops_normal before = walk->normal;
    if (is_dropped(&before))
        return before;
    walk->normal.known = before.known && gops_value_is(before.value, GITOPS_VALUE_MAP);
    walk->normal.value =
        walk->normal.known ? gops_value_member(before.value, key, length) : NULL;
    return before;
}

static int compare_items(const void *a, const void *b)
{
    return memcmp(((const normal_item *)a)->id.bytes, ((const normal_item *)b)->id.bytes,
                  sizeof((const normal_item *)a)->id.bytes);
}

const gops_normal_items *gops_normal_items_new(gops_triwalk *walk, const gops_list_keys *keys)
{
    const gitops_value *list = walk->normal.value;
    if (!walk->normal.known || !gops_value_is(list, GITOPS_VALUE_LIST))
        return NULL;
    gops_normal_items *items = gops_triwalk_scratch(
        walk, 1, sizeof *items + list->count * sizeof items->items[0]);
    if (!items)
        return NULL;
    items->keys = keys;
    items->count = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        items->items[i].value = &list->as.children[i];
        if (!gops_join_identify(keys, items->items[i].value, &items->items[i].id))
            return NULL;
    }
    qsort(items->items, items->count, sizeof items->items[0], compare_items);
    for (size_t i = 1; i < items->count; i++)
        if (gops_digest_equal(&items->items[i - 1].id, &items->items[i].id))
            return NULL; /* duplicates are told apart by their order, which is the target's here */
    return items;
}

const gops_normal_items *gops_normal_members_new(gops_triwalk *walk, const gitops_value *base)
{
    const gitops_value *list = gops_normal_list(walk, base);
    gops_normal_items *items = list ? gops_triwalk_scratch(walk, 1, sizeof *items) : NULL;
    if (items)
        *items = (gops_normal_items){.base = base, .list = list};
    return items;
}

/* Steps to what the target made of a member of base. */
static void enter_member(gops_triwalk *walk, const gops_normal_items *items,
                         const gitops_value *member)
{
    const gitops_value *first = items->base->as.children;
    if (!member || member < first || member >= first + items->base->count)
        return;
    walk->normal.value = &items->list->as.children[member - first];
    walk->normal.known = 1;
    if (walk->normal.value->type == GITOPS_VALUE_NULL)
        walk->normal.value = NULL;
}

gops_normal gops_normal_enter_item(gops_triwalk *walk, const gops_normal_items *items,
                                   const gops_sides *raw)
{
    gops_normal before = walk->normal;
    normal_item wanted = {.value = gops_leading(raw)};
    if (is_dropped(&before))
        return before;
    walk->normal = (gops_normal){NULL, 0};
    if (items && !items->keys)
        enter_member(walk, items, raw->of[GOPS_BASE]);
    if (!items || !items->keys || !gops_join_identify(items->keys, wanted.value, &wanted.id))
        return before;
    const normal_item *found =
        bsearch(&wanted, items->items, items->count, sizeof items->items[0], compare_items);
    walk->normal = (gops_normal){found ? found->value : NULL, 1};
    return before;
}

int gops_normal_holds(const gops_triwalk *walk, const gops_schema_place *place,
                      const gops_sides *raw)
{
    if (!walk->normal.known || !raw->of[GOPS_BASE] ||
        !gops_value_same(raw->of[GOPS_BASE], raw->of[GOPS_DESIRED]))
        return 0;
    const gitops_value *live = gops_fold(walk, place, raw->of[GOPS_LIVE]);
    const gitops_value *normal = gops_fold(walk, place, walk->normal.value);
    return live && normal ? gops_value_same(live, normal) : !live && !normal;
}
