/*
 * spare: rule D of the deletion. The tree of field owners lies along the places of the walk, so that
 * each place knows who owns something below it.
 */
#include "diff/spare.h"

#include <string.h>

/* Managers who own something at a field or below it. */
static uint64_t owners_below(const gops_field *field)
{
    uint64_t owners = field ? field->owners | field->wholes : 0;
    for (size_t i = 0; field && i < field->child_count; i++)
        owners |= owners_below(field->children[i]);
    return owners;
}

static int is_key(const gops_list_keys *keys, const char *name, size_t length)
{
    for (size_t i = 0; keys && i < keys->count; i++)
        if (strlen(keys->keys[i].name) == length && memcmp(keys->keys[i].name, name, length) == 0)
            return 1;
    return 0;
}

/* The keys of the elements of the list at a place; NULL: they have none. */
static const gops_list_keys *keys_at(const gops_schema_place *place)
{
    return place->list == GOPS_LIST_MAP && place->tuple_count ? &place->tuples[0] : NULL;
}

/* Owners of the leaves of a value; keys: of the element that it is, which do not count. */
static uint64_t owners_of(const gops_schema_place *place, const gitops_value *value,
                          const gops_list_keys *keys)
{
    const gops_field *field = place->field;
    gops_schema_place below;
    uint64_t owners = 0;
    if (!field || value->type < GITOPS_VALUE_LIST || value->count == 0 || field->wholes)
        return field ? field->owners | field->wholes : 0;
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *child = &value->as.children[i];
        if (value->type == GITOPS_VALUE_LIST) {
            gops_schema_element(place, i, child, &below);
            owners |= owners_of(&below, child, keys_at(place));
        } else if (!is_key(keys, child->key, child->key_length)) {
            gops_schema_member(place, child->key, child->key_length, child, &below);
            owners |= owners_of(&below, child, NULL);
        }
    }
    return owners;
}

uint64_t gops_spare_owners(const gops_triwalk *walk, const gops_schema_place *place,
                           const gitops_value *base)
{
    const gops_named_element *named = walk->within;
    const gops_list_keys *keys =
        named && named->end == walk->path.length ? named->keys : NULL;
    if (!place->field || !base)
        return 0;
    uint64_t ours = owners_of(place, base, keys);
    if (!ours) /* nothing but keys was stated */
        ours = owners_of(place, base, NULL);
    return owners_below(place->field) & ~ours;
}

int gops_spare_keeps(const gops_triwalk *walk, const gops_schema_place *place)
{
    const gops_field *field = place->field;
    const gops_named_element *named = walk->within;
    if (field && ((field->owners | field->wholes) & walk->spares))
        return 1;
    if (!named || named->end >= walk->path.length)
        return 0;
    const char *last = walk->path.data + named->end + 1;
    return is_key(named->keys, last, walk->path.length - named->end - 1) &&
           (owners_below(named->place->field) & walk->spares);
}

static const gitops_value *rest_of(gops_triwalk *walk, const gops_schema_place *place,
                                   const gitops_value *value, const gops_list_keys *keys);

static const gitops_value *rest_of_child(gops_triwalk *walk, const gops_schema_place *place,
                                         const gitops_value *whole, uint32_t i,
                                         const gops_list_keys *keys)
{
    gops_schema_place below;
    const gitops_value *child = &whole->as.children[i];
    if (whole->type == GITOPS_VALUE_LIST) {
        gops_schema_element(place, i, child, &below);
        return rest_of(walk, &below, child, keys_at(place));
    }
    if (is_key(keys, child->key, child->key_length))
        return child;
    gops_schema_member(place, child->key, child->key_length, child, &below);
    return rest_of(walk, &below, child, NULL);
}

/* keys: of the element that value is; they stay with whatever stays of it. */
static const gitops_value *rest_of(gops_triwalk *walk, const gops_schema_place *place,
                                   const gitops_value *value, const gops_list_keys *keys)
{
    const gops_field *field = place->field;
    uint32_t count = 0;
    if (!(owners_below(field) & walk->spares))
        return NULL;
    if ((field->wholes & walk->spares) || value->type < GITOPS_VALUE_LIST || value->count == 0)
        return value;
    gitops_value *items = gops_triwalk_values(walk, walk->merged, value->count);
    gitops_value *node = gops_triwalk_node(walk, walk->merged, value);
    if (!items || !node)
        return NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *child = rest_of_child(walk, place, value, i, keys);
        if (child)
            items[count++] = *child;
    }
    if (value->type == GITOPS_VALUE_LIST)
        gops_value_set_list(node, items, count);
    else
        gops_value_set_map(node, items, count);
    return count || (field->owners & walk->spares) ? node : NULL;
}

const gitops_value *gops_spare_rest(gops_triwalk *walk, const gops_schema_place *place,
                                    const gitops_value *value)
{
    const gops_named_element *named = walk->within;
    int is_element = named && named->end == walk->path.length;
    return value ? rest_of(walk, place, value, is_element ? named->keys : NULL) : NULL;
}
