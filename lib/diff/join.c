/*
 * join: identity of list elements. A table from identity to item takes the elements of desired,
 * live and base one after the other, so that the items come in the order of records. In long lists
 * the way to memory is what a join costs: the table is one of small slots, each with a part of the
 * identity; an element is read once, and what it is found by lies apart from what is merged.
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

/* A text as it is, as most keys are; of others the digest. */
static void put_key(gops_hasher *hasher, const gitops_value *value)
{
    if (!value) {
        gops_hasher_put(hasher, "-", 1);
    } else if (value->type == GITOPS_VALUE_STRING) {
        gops_hasher_put(hasher, "s", 1);
        gops_hasher_put(hasher, &value->count, sizeof value->count);
        gops_hasher_put(hasher, value->as.text, value->count);
    } else {
        gops_digest digest = gops_value_digest(value);
        gops_hasher_put(hasher, "d", 1);
        gops_hasher_put(hasher, digest.bytes, sizeof digest.bytes);
    }
}

int gops_join_identify(const gops_list_keys *keys, const gitops_value *element, gops_digest *id)
{
    gops_hasher hasher;
    int found = 0;
    gops_hasher_begin(&hasher, SEED_KEYS);
    for (size_t i = 0; i < keys->count; i++) {
        const gitops_value *value = key_value(&keys->keys[i], element);
        put_key(&hasher, value);
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

/*
 * The slot of an identity, or the free one where it belongs. The table is never full. A slot has the
 * number of an item in the bits of the mask and, above them, a part of its identity.
 */
static uint32_t *find_slot(const gops_join *join, const gops_digest *id)
{
    uint32_t at, tag;
    memcpy(&at, id->bytes, sizeof at);
    memcpy(&tag, id->bytes + sizeof at, sizeof tag);
    for (uint32_t i = at & join->mask;; i = (i + 1) & join->mask) {
        uint32_t *slot = &join->slots[i], number = *slot & join->mask;
        if (!number || (((*slot ^ tag) & ~join->mask) == 0 &&
                        gops_digest_equal(&join->names[number - 1].id, id)))
            return slot;
    }
}

static void fill_slot(gops_join *join, uint32_t *slot, uint32_t item)
{
    uint32_t tag;
    memcpy(&tag, join->names[item].id.bytes + sizeof tag, sizeof tag);
    *slot = (tag & ~join->mask) | (item + 1);
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
        fill_slot(join, find_slot(join, &join->names[item].id), item);
    return 1;
}

/* Adds an item, in the slot that find_slot found for its identity. */
static int add_item(gops_join *join, gops_triwalk *walk, uint32_t *slot, const gops_digest *id,
                    uint32_t index)
{
    uint32_t number = join->count;
    if (number + 1 > (join->mask + 1) / 4 * 3) {
        if (!reserve_slots(join, walk, (size_t)number + 1))
            return 0;
        slot = find_slot(join, id);
    }
    memset(&join->items[number], 0, sizeof join->items[number]);
    memset(&join->names[number], 0, sizeof join->names[number]);
    join->items[number].index = index;
    gops_item_name *name = &join->names[number];
    name->id = *id;
    name->first = name->next = name->last = number;
    fill_slot(join, slot, number);
    join->count++;
    return 1;
}

/* The item of an identity is looked for at the guess first; *out is its number. Returns 0: no memory. */
static int find_or_add(gops_join *join, gops_triwalk *walk, const gops_digest *id, uint32_t index,
                       uint32_t *out)
{
    *out = join->guess;
    if (join->guess >= join->count || !gops_digest_equal(&join->names[join->guess].id, id)) {
        uint32_t *slot = find_slot(join, id);
        *out = (*slot & join->mask) ? (*slot & join->mask) - 1 : join->count;
        if (*out == join->count && !add_item(join, walk, slot, id, index))
            return 0;
    }
    join->guess = *out + 1; /* sides mostly have the same order */
    return 1;
}

/* One more occurrence of the keys of *item, a first one, on a side; *item is then that one. */
static int find_occurrence(gops_join *join, gops_triwalk *walk, int side, uint32_t index,
                           uint32_t *item)
{
    uint32_t known = join->count, number = *item;
    gops_digest id = occurrence_id(join->names[number].id, join->names[number].seen[side]);
    join->has_duplicates = 1;
    if (!find_or_add(join, walk, &id, index, item))
        return 0;
    if (join->count > known) {
        gops_item_name *first = &join->names[number];
        join->names[known].first = number;
        join->names[first->last].next = known;
        first->last = known;
    }
    return 1;
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
static int is_as_guessed(const gops_join *join, const gitops_value *element,
                         const gops_digest *content)
{
    return join->guess < join->count && element->type == GITOPS_VALUE_MAP &&
           join->names[join->guess].first == join->guess &&
           gops_digest_equal(&join->names[join->guess].content, content);
}

/* The item of an element that is found by its keys. Returns 0: it has none, or there is no memory. */
static int find_by_keys(gops_join *join, gops_triwalk *walk, int side, uint32_t i,
                        const gitops_value *element, uint32_t *item)
{
    gops_digest id, content = {{0}};
    uint32_t known = join->count;
    if (element->type == GITOPS_VALUE_MAP)
        content = gops_value_digest(element);
    if (is_as_guessed(join, element, &content))
        *item = join->guess++;
    else if (!gops_join_identify(join->keys, element, &id) ||
             !find_or_add(join, walk, &id, i, item))
        return 0;
    if (join->names[*item].seen[side]++ && !find_occurrence(join, walk, side, i, item))
        return 0;
    if (join->count > known)
        join->names[*item].content = content;
    else if (gops_digest_equal(&join->names[*item].content, &content))
        join->items[*item].repeated++;
    return 1;
}

static int add_element(gops_join *join, gops_triwalk *walk, int side, uint32_t i,
                       const gitops_value *element)
{
    uint32_t item;
    if (join->keys) {
        if (!find_by_keys(join, walk, side, i, element, &item))
            return 0;
    } else {
        int is_live = side == GOPS_LIVE;
        gops_digest id =
            value_id(join, walk, i, is_live ? gops_normal_origin(join->origins, element) : element);
        if (!find_or_add(join, walk, &id, i, &item))
            return 0;
        join->names[item].seen[side]++;
    }
    if (!join->items[item].raw.of[side])
        join->items[item].raw.of[side] = element;
    join->of[side][i] = item;
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
    join->names = gops_triwalk_scratch(walk, total, sizeof *join->names);
    if (!join->items || !join->names || !reserve_slots(join, walk, longest))
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
