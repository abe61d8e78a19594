/*
 * spare: rule D of the deletion. The tree of field owners lies along the places of the walk, so that
 * each place knows who owns something below it.
 */
#include "diff/spare.h"

#include <string.h>

/* 1 when a manager whose fields stay in this removal owns a field itself. */
static int is_spared(const gops_triwalk *walk, const gops_field *field)
{
    for (size_t i = 0; i < field->owner_count; i++)
        if (field->owners[i].manager->spared == walk->spares)
            return 1;
    return 0;
}

/* 1 when something at a field or below it is spared. */
static int is_spared_below(const gops_triwalk *walk, const gops_field *field)
{
    int found = field && is_spared(walk, field);
    for (size_t i = 0; field && !found && i < field->child_count; i++)
        found = is_spared_below(walk, field->children[i]);
    return found;
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

static int mark_owners(const gops_field *field, uint32_t removal)
{
    for (size_t i = 0; field && i < field->owner_count; i++)
        field->owners[i].manager->ours = removal;
    return field && field->owner_count;
}

/* Owners of the leaves of a value are ours; keys: of the element that it is, which do not count. */
static int mark_ours(const gops_schema_place *place, const gitops_value *value,
                     const gops_list_keys *keys, uint32_t removal)
{
    const gops_field *field = place->field;
    gops_schema_place below;
    int found = 0;
    if (!field || value->type < GITOPS_VALUE_LIST || value->count == 0 || field->is_whole)
        return mark_owners(field, removal);
    for (uint32_t i = 0; i < value->count; i++) {
        const gitops_value *child = &value->as.children[i];
        if (value->type == GITOPS_VALUE_LIST) {
            gops_schema_element(place, i, child, &below);
            found |= mark_ours(&below, child, keys_at(place), removal);
        } else if (!is_key(keys, child->key, child->key_length)) {
            gops_schema_member(place, child->key, child->key_length, child, &below);
            found |= mark_ours(&below, child, NULL, removal);
        }
    }
    return found;
}

/* Everybody else who owns something at a field or below it; 1 when there is one. */
static int mark_others(const gops_field *field, uint32_t removal)
{
    int found = 0;
    for (size_t i = 0; i < field->owner_count; i++) {
        gops_field_manager *manager = field->owners[i].manager;
        if (manager->ours == removal)
            continue;
        manager->spared = removal;
        found = 1;
    }
    for (size_t i = 0; i < field->child_count; i++)
        found |= mark_others(field->children[i], removal);
    return found;
}

void gops_spare_begin(gops_triwalk *walk, const gops_schema_place *place, const gitops_value *base)
{
    const gops_named_element *named = walk->within;
    const gops_list_keys *keys =
        named && named->end == walk->path.length ? named->keys : NULL;
    if (!place->field || !base)
        return;
    uint32_t removal = ++walk->removals;
    if (walk->manager && walk->own)
        walk->own->ours = removal;
    else if (!walk->manager && !mark_ours(place, base, keys, removal))
        mark_ours(place, base, NULL, removal); /* nothing but keys was stated */
    walk->spares = mark_others(place->field, removal) ? removal : 0;
}

/* 1 when a manager other than the one that the host named owns a field itself. */
static int is_others(const gops_triwalk *walk, const gops_field *field)
{
    for (size_t i = 0; walk->manager && i < field->owner_count; i++)
        if (field->owners[i].manager != walk->own)
            return 1;
    return 0;
}

int gops_spare_keeps(const gops_triwalk *walk, const gops_schema_place *place, gops_row row)
{
    const gops_field *field = place->field;
    const gops_named_element *named = walk->within;
    if (!walk->spares)
        return (row == GOPS_ROW_GIT_REMOVE || row == GOPS_ROW_GIT_REMOVE_DRIFTED) &&
               !walk->removes && field && is_others(walk, field);
    if (field && is_spared(walk, field))
        return 1;
    if (!named || named->end >= walk->path.length)
        return 0;
    const char *last = walk->path.data + named->end + 1;
    return is_key(named->keys, last, walk->path.length - named->end - 1) &&
           is_spared_below(walk, named->place->field);
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

static int is_spared_whole(const gops_triwalk *walk, const gops_field *field)
{
    for (size_t i = 0; field->is_whole && i < field->owner_count; i++)
        if (field->owners[i].is_whole && field->owners[i].manager->spared == walk->spares)
            return 1;
    return 0;
}

/* keys: of the element that value is; they stay with whatever stays of it. */
static const gitops_value *rest_of(gops_triwalk *walk, const gops_schema_place *place,
                                   const gitops_value *value, const gops_list_keys *keys)
{
    const gops_field *field = place->field;
    uint32_t count = 0;
    if (!is_spared_below(walk, field))
        return NULL;
    if (is_spared_whole(walk, field) || value->type < GITOPS_VALUE_LIST || value->count == 0)
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
    return count || is_spared(walk, field) ? node : NULL;
}

const gitops_value *gops_spare_rest(gops_triwalk *walk, const gops_schema_place *place,
                                    const gitops_value *value)
{
    const gops_named_element *named = walk->within;
    int is_element = named && named->end == walk->path.length;
    return value ? rest_of(walk, place, value, is_element ? named->keys : NULL) : NULL;
}
