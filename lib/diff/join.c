/*
 * join: identity of list elements. A table from identity to item takes the elements of desired,
 * live and base one after the other, so that the items come in the order of records. The table is
 * one of small slots, each with a part of the identity: in long lists the way to memory is what a
 * join costs.
 */
#include "diff/join.h"

#include <string.h>

#include "diff/equal.h"
#include "diff/normal.h"

enum { SEED_KEYS = 'k', SEED_OCCURRENCE = 'o' };

/* The value of a key that counts, a scalar: its default when it is missing; NULL: there is none. */
static const gitops_value *key_value(const gops_list_key *key, const gitops_value *element)
{
    const gitops_value *value = gops_value_member(element, key->name, strlen(key->name));
    if (!value || value->type == GITOPS_VALUE_NULL || value->type >= GITOPS_VALUE_LIST)
        value = key->default_value;
    return value;
}

int gops_join_identify(const gops_list_keys *keys, const gitops_value *element, gops_digest *id)
{
    gops_hasher hasher;
    int found = 0;
    gops_hasher_begin(&hasher, SEED_KEYS);
    for (size_t i = 0; i < keys->count; i++) {
        const gitops_value *value = key_value(&keys->keys[i], element);
        gops_hasher_put(&hasher, value ? "1" : "0", 1);
        if (value) {
            gops_digest digest = gops_value_digest(value);
            gops_hasher_put(&hasher, digest.bytes, sizeof digest.bytes);
        }
        found |= value != NULL;
    }
    *id = gops_hasher_finish(&hasher);
    return found && gops_value_is(element, GITOPS_VALUE_MAP);
}

int gops_join_same_keys(const gops_list_keys *keys, const gitops_value *a, const gitops_value *b)
{
    int found = 0;
    if (a->type != GITOPS_VALUE_MAP || b->type != GITOPS_VALUE_MAP)
        return 0;
    for (size_t i = 0; i < keys->count; i++) {
        const gitops_value *value = key_value(&keys->keys[i], a);
        if (a != b && !gops_value_same(value, key_value(&keys->keys[i], b)))
            return 0;
        found |= value != NULL;
    }
    return found;
}

static gops_digest occurrence_id(gops_digest id, uint32_t number)
{
    gops_hasher hasher;
    gops_hasher_begin(&hasher, SEED_OCCURRENCE);
    gops_hasher_put(&hasher, id.bytes, sizeof id.bytes);
    gops_hasher_put(&hasher, &number, sizeof number);
    return gops_hasher_finish(&hasher);
}

/* The item after the last one found; NULL: there is none. Sides mostly have the same order. */
static gops_item *guess_item(const gops_join *join)
{
    return join->guess < join->count ? &join->items[join->guess] : NULL;
}

/* The slot of an identity, or the free one where it belongs. The table is never full. */
static gops_join_slot *find_slot(const gops_join *join, const gops_digest *id)
{
    uint32_t at, tag;
    memcpy(&at, id->bytes, sizeof at);
    memcpy(&tag, id->bytes + sizeof at, sizeof tag);
    for (uint32_t i = at & join->mask;; i = (i + 1) & join->mask) {
        gops_join_slot *slot = &join->slots[i];
        if (!slot->number || (slot->tag == tag &&
                              gops_digest_equal(&join->items[slot->number - 1].id, id)))
            return slot;
    }
}

static void fill_slot(gops_join *join, uint32_t item)
{
    gops_join_slot *slot = find_slot(join, &join->items[item].id);
    memcpy(&slot->tag, join->items[item].id.bytes + sizeof item, sizeof slot->tag);
    slot->number = item + 1;
}

/* Room for count items in at most 3/4 of the slots. Returns 0 when there is no memory. */
static int reserve_slots(gops_join *join, gops_triwalk *walk, size_t count)
{
    size_t slots = 16;
    while (slots / 4 * 3 < count)
        slots *= 2;
    join->slots = gops_triwalk_scratch(walk, slots, sizeof *join->slots);
    if (!join->slots)
        return 0;
    memset(join->slots, 0, slots * sizeof *join->slots);
    join->mask = (uint32_t)(slots - 1);
    for (uint32_t item = 0; item < join->count; item++)
        fill_slot(join, item);
    return 1;
}

static gops_item *find_item(gops_join *join, const gops_digest *id)
{
    gops_item *item = guess_item(join);
    if (!item || !gops_digest_equal(&item->id, id)) {
        uint32_t number = find_slot(join, id)->number;
        item = number ? &join->items[number - 1] : NULL;
    }
    join->guess = item ? (uint32_t)(item - join->items) + 1 : join->count + 1;
    return item;
}

static gops_item *find_or_add(gops_join *join, gops_triwalk *walk, gops_digest id, uint32_t index)
{
    gops_item *item = find_item(join, &id);
    if (item)
        return item;
    if (join->count + 1 > (join->mask + 1) / 4 * 3 && !reserve_slots(join, walk, join->count + 1))
        return NULL;
    item = &join->items[join->count];
    memset(item, 0, sizeof *item);
    item->id = id;
    item->index = index;
    item->first = item->next = item->last = join->count;
    fill_slot(join, join->count++);
    return item;
}

/* One more occurrence of the keys of first on a side. */
static gops_item *find_occurrence(gops_join *join, gops_triwalk *walk, gops_item *first,
                                  int side, uint32_t index)
{
    uint32_t known = join->count;
    gops_digest id = occurrence_id(first->id, first->seen[side]);
    gops_item *item = find_or_add(join, walk, id, index);
    join->has_duplicates = 1;
    if (item && join->count > known) {
        item->first = first->first;
        join->items[first->last].next = known;
        first->last = known;
    }
    return item;
}

/* A member of a set is what it would be written as. */
static gops_digest value_id(const gops_join *join, gops_triwalk *walk, uint32_t i,
                            const gitops_value *element)
{
    gops_schema_place below;
    gops_schema_element(join->place, i, element, &below);
    return gops_value_digest(gops_materialise(walk, &below, element, NULL));
}

/* An element with the content of the one at the guess has its identity, without a hash. */
static int identify_fast(const gops_join *join, const gitops_value *element, gops_digest *id)
{
    const gops_item *item = guess_item(join);
    if (!item || item->first != join->guess || !item->raw.of[GOPS_DESIRED] ||
        !gops_value_same(item->raw.of[GOPS_DESIRED], element))
        return gops_join_identify(join->keys, element, id);
    *id = item->id;
    return 1;
}

static int add_element(gops_join *join, gops_triwalk *walk, int side, uint32_t i,
                       const gitops_value *element)
{
    gops_digest id;
    if (!join->keys)
        id = value_id(join, walk, i, side == GOPS_LIVE ? gops_normal_origin(join->origins, element)
                                                       : element);
    else if (!identify_fast(join, element, &id))
        return 0;
    gops_item *item = find_or_add(join, walk, id, i);
    if (item && item->seen[side]++ && join->keys)
        item = find_occurrence(join, walk, item, side, i);
    if (!item)
        return 0;
    if (!item->raw.of[side])
        item->raw.of[side] = element;
    join->of[side][i] = (uint32_t)(item - join->items);
    return 1;
}

static int add_side(gops_join *join, gops_triwalk *walk, int side, const gitops_value *list)
{
    join->guess = 0;
    join->length[side] = list ? list->count : 0;
    join->of[side] = gops_triwalk_scratch(walk, join->length[side], sizeof *join->of[side]);
    if (!join->of[side])
        return 0;
    for (uint32_t i = 0; i < join->length[side]; i++)
        if (!add_element(join, walk, side, i, &list->as.children[i]))
            return 0;
    return 1;
}

static int join_lists(gops_join *join, gops_triwalk *walk, const gops_list_keys *keys,
                      const gops_schema_place *place, const gops_sides *s)
{
    static const int order[GOPS_SIDES] = {GOPS_DESIRED, GOPS_LIVE, GOPS_BASE};
    size_t total = 0, longest = 0;
    int joined = 1;
    memset(join, 0, sizeof *join);
    join->keys = keys;
    join->place = place;
    if (!keys) {
        join->base = s->of[GOPS_BASE];
        join->origins = gops_normal_origins_new(walk, s);
    }
    for (int side = 0; side < GOPS_SIDES; side++) {
        size_t count = s->of[side] ? s->of[side]->count : 0;
        total += count;
        longest = count > longest ? count : longest;
    }
    join->items = gops_triwalk_scratch(walk, total, sizeof *join->items);
    if (!join->items || !reserve_slots(join, walk, longest))
        return 0;
    for (int i = 0; i < GOPS_SIDES && joined; i++)
        joined = add_side(join, walk, order[i], s->of[order[i]]);
    return joined;
}

int gops_join_keyed(gops_join *join, gops_triwalk *walk, const gops_list_keys *keys,
                    const gops_sides *s)
{
    return join_lists(join, walk, keys, NULL, s);
}

int gops_join_set(gops_join *join, gops_triwalk *walk, const gops_schema_place *place,
                  const gops_sides *s)
{
    return join_lists(join, walk, NULL, place, s);
}

const gitops_value *gops_join_identity(gops_triwalk *walk, const gops_list_keys *keys,
                                       const gitops_value *element)
{
    uint32_t count = 0;
    gitops_value *members = gops_triwalk_values(walk, &walk->scratch, keys->count);
    gitops_value *node = gops_triwalk_node(walk, &walk->scratch, element);
    if (!members || !node)
        return NULL;
    for (size_t i = 0; i < keys->count; i++) {
        const char *name = keys->keys[i].name;
        const gitops_value *value = gops_value_member(element, name, strlen(name));
        if (value)
            members[count++] = *value;
    }
    if (gops_value_set_map(node, members, count) < 0)
        return element;
    return node;
}
