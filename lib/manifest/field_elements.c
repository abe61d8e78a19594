/*
 * field_elements: the elements below a field lie in a hash table by index, by value or by the values
 * of their keys. Which keys these are the fields say themselves: all elements of a list have the same,
 * or some have those of an earlier schema, so that the kinds of keys are one or two.
 */
#include "manifest/field_elements.h"

#include <string.h>

struct gops_field_elements {
    const gops_field **slots; /* NULL: free */
    size_t mask;
    const gops_field **shapes; /* one element for each set of names of keys */
    size_t shape_count;
};

static const gitops_value null_value = {.type = GITOPS_VALUE_NULL};

static uint64_t mix(uint64_t hash, const gitops_value *value)
{
    gops_digest digest = gops_value_digest(value);
    uint64_t word;
    memcpy(&word, digest.bytes, sizeof word);
    return (hash ^ word) * 0x9e3779b97f4a7c15u;
}

static uint64_t hash_index(uint64_t index)
{
    return gops_hash64(&index, sizeof index);
}

/* What an element has for a key, what stands for a missing one, or null. */
static const gitops_value *key_of(const gitops_value *element, const gitops_value *key,
                                  const gops_schema_place *list)
{
    const gitops_value *value = gops_value_member(element, key->key, key->key_length);
    for (uint32_t t = 0; !value && list && t < list->tuple_count; t++)
        for (size_t i = 0; i < list->tuples[t].count; i++) {
            const gops_list_key *known = &list->tuples[t].keys[i];
            if (gops_key_compare(known->name, strlen(known->name), key->key, key->key_length) == 0)
                value = known->default_value;
        }
    return value ? value : &null_value;
}

/* Of an element, by the keys that a field names. */
static uint64_t hash_keys(const gitops_value *element, const gitops_value *keys,
                          const gops_schema_place *list)
{
    uint64_t hash = keys->count;
    for (uint32_t i = 0; i < keys->count; i++)
        hash = mix(hash, key_of(element, &keys->as.children[i], list));
    return hash;
}

static int has_keys(const gitops_value *element, const gitops_value *keys,
                    const gops_schema_place *list)
{
    for (uint32_t i = 0; i < keys->count; i++)
        if (!gops_value_same(key_of(element, &keys->as.children[i], list), &keys->as.children[i]))
            return 0;
    return 1;
}

static uint64_t hash_field(const gops_field *field)
{
    switch (field->element[0]) {
    case 'i':
        return hash_index(field->index);
    case 'k':
        return hash_keys(&field->value, &field->value, NULL);
    default:
        return mix(0, &field->value);
    }
}

static int same_names(const gitops_value *a, const gitops_value *b)
{
    if (a->count != b->count)
        return 0;
    for (uint32_t i = 0; i < a->count; i++)
        if (gops_key_compare(a->as.children[i].key, a->as.children[i].key_length,
                             b->as.children[i].key, b->as.children[i].key_length) != 0)
            return 0;
    return 1;
}

/* One of each kind of keys is noted. */
static void add_shape(gops_field_elements *elements, const gops_field *field)
{
    for (size_t i = 0; i < elements->shape_count; i++)
        if (same_names(&elements->shapes[i]->value, &field->value))
            return;
    elements->shapes[elements->shape_count++] = field;
}

static void add(gops_field_elements *elements, const gops_field *field)
{
    size_t slot = (size_t)hash_field(field) & elements->mask;
    while (elements->slots[slot])
        slot = (slot + 1) & elements->mask;
    elements->slots[slot] = field;
    if (field->element[0] == 'k')
        add_shape(elements, field);
}

int gops_field_index(gops_field *field, gops_arena *arena)
{
    size_t count = 0, capacity = 2;
    for (size_t i = 0; i < field->child_count; i++)
        count += field->children[i]->element[0] != 'f';
    if (count == 0)
        return 0;
    while (capacity < 2 * count)
        capacity *= 2;
    gops_field_elements *elements = gops_arena_alloc(arena, sizeof *elements);
    if (!elements)
        return GITOPS_ENOMEM;
    elements->slots = gops_arena_array(arena, capacity, sizeof *elements->slots);
    elements->shapes = gops_arena_array(arena, count, sizeof *elements->shapes);
    if (!elements->slots || !elements->shapes)
        return GITOPS_ENOMEM;
    memset(elements->slots, 0, capacity * sizeof *elements->slots);
    elements->shape_count = 0;
    elements->mask = capacity - 1;
    for (size_t i = 0; i < field->child_count; i++)
        if (field->children[i]->element[0] != 'f')
            add(elements, field->children[i]);
    field->elements = elements;
    return 0;
}

static const gops_field *find_index(const gops_field_elements *elements, uint64_t index)
{
    const gops_field *field;
    size_t slot = (size_t)hash_index(index) & elements->mask;
    for (; (field = elements->slots[slot]) != NULL; slot = (slot + 1) & elements->mask)
        if (field->element[0] == 'i' && field->index == index)
            return field;
    return NULL;
}

static const gops_field *find_keys(const gops_field_elements *elements, const gitops_value *shape,
                                   const gitops_value *value, const gops_schema_place *list)
{
    const gops_field *field;
    size_t slot = (size_t)hash_keys(value, shape, list) & elements->mask;
    for (; (field = elements->slots[slot]) != NULL; slot = (slot + 1) & elements->mask)
        if (field->element[0] == 'k' && has_keys(value, &field->value, list))
            return field;
    return NULL;
}

static const gops_field *find_value(const gops_field_elements *elements, const gitops_value *value)
{
    const gops_field *field;
    size_t slot = (size_t)mix(0, value) & elements->mask;
    for (; (field = elements->slots[slot]) != NULL; slot = (slot + 1) & elements->mask)
        if (field->element[0] == 'v' && gops_value_same(&field->value, value))
            return field;
    return NULL;
}

const gops_field *gops_field_element(const gops_field *field, size_t i, const gitops_value *value,
                                     const gops_schema_place *list)
{
    const gops_field_elements *elements = field->elements;
    if (!elements)
        return NULL;
    const gops_field *found = find_index(elements, i);
    size_t shapes = gops_value_is(value, GITOPS_VALUE_MAP) ? elements->shape_count : 0;
    for (size_t s = 0; !found && s < shapes; s++)
        found = find_keys(elements, &elements->shapes[s]->value, value, list);
    return found || !value ? found : find_value(elements, value);
}
