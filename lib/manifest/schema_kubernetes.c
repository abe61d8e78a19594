/*
 * schema_kubernetes: look-ups in the tables of schema_kubernetes_table.c. The fields of a node and
 * the kinds are sorted, so every step is a binary search. Only the keys of lists need memory: their
 * default values are values with a digest.
 */
#include "manifest/schema_kubernetes.h"

#include <string.h>

static const char *string_at(uint16_t place)
{
    return gops_kubernetes_strings[place >> 12] + (place & 4095);
}

static const gops_kubernetes_node *node_at(uint16_t number)
{
    return number == GOPS_KUBERNETES_ANYTHING ? NULL : &gops_kubernetes_nodes[number];
}

static int compare_text(const char *text, size_t length, uint16_t place)
{
    const char *own = string_at(place);
    return gops_key_compare(text, length, own, strlen(own));
}

const gops_kubernetes_node *gops_kubernetes_member(const gops_kubernetes_node *node,
                                                   const char *key, size_t length)
{
    size_t low = node->fields, high = low + node->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_kubernetes_field *field = &gops_kubernetes_fields[middle];
        int order = gops_key_compare(key, length, string_at(field->name), field->length);
        if (order == 0)
            return node_at(field->node);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return node_at(node->each);
}

const gops_kubernetes_node *gops_kubernetes_element(const gops_kubernetes_node *node)
{
    return node_at(node->each);
}

typedef struct kind_name {
    const char *group, *version, *kind;
    size_t group_length, version_length, kind_length;
} kind_name;

/* Returns 0 when document does not name a kind. */
static int read_kind_name(kind_name *out, const gitops_value *document)
{
    size_t length;
    const char *api = gops_value_member_text(document, "apiVersion", &length);
    out->kind = gops_value_member_text(document, "kind", &out->kind_length);
    if (!api || !out->kind)
        return 0;
    const char *slash = length ? memchr(api, '/', length) : NULL;
    out->group = api;
    out->group_length = slash ? (size_t)(slash - api) : 0;
    out->version = slash ? slash + 1 : api;
    out->version_length = slash ? length - out->group_length - 1 : length;
    return 1;
}

static int compare_kind(const kind_name *name, const gops_kubernetes_kind *row)
{
    int order = compare_text(name->group, name->group_length, row->group);
    return order ? order : compare_text(name->kind, name->kind_length, row->kind);
}

/* The first row whose group and kind are not before name's. */
static size_t first_kind(const kind_name *name)
{
    size_t low = 0, high = gops_kubernetes_kind_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_kind(name, &gops_kubernetes_kinds[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const gops_kubernetes_node *gops_kubernetes_root(const gitops_value *document)
{
    const gops_kubernetes_node *found = NULL;
    kind_name name;
    if (!read_kind_name(&name, document))
        return &gops_kubernetes_nodes[GOPS_KUBERNETES_CUSTOM];
    for (size_t i = first_kind(&name); i < gops_kubernetes_kind_count; i++) {
        const gops_kubernetes_kind *row = &gops_kubernetes_kinds[i];
        if (compare_kind(&name, row) != 0)
            break;
        if (compare_text(name.version, name.version_length, row->version) == 0)
            return &gops_kubernetes_nodes[row->node];
        if (!found)
            found = &gops_kubernetes_nodes[row->node];
    }
    return found ? found : &gops_kubernetes_nodes[GOPS_KUBERNETES_CUSTOM];
}

/* A string value that borrows a text of the table; NULL: no memory. */
static const gitops_value *make_text(gops_arena *arena, uint16_t place)
{
    const char *text = string_at(place);
    gitops_value *value = gops_arena_alloc(arena, sizeof *value);
    if (!value)
        return NULL;
    memset(value, 0, sizeof *value);
    gops_value_set_string(value, text, (uint32_t)strlen(text));
    return value;
}

static int make_keys(gops_arena *arena, gops_list_key *keys)
{
    for (size_t i = 0; i < gops_kubernetes_key_count; i++) {
        const gops_kubernetes_key *row = &gops_kubernetes_keys[i];
        keys[i].name = string_at(row->name);
        keys[i].default_value = NULL;
        if (*string_at(row->default_text)) {
            keys[i].default_value = make_text(arena, row->default_text);
            if (!keys[i].default_value)
                return 0;
        }
    }
    return 1;
}

const gops_kubernetes_key_set *gops_kubernetes_key_sets(gops_arena *arena)
{
    size_t count = gops_kubernetes_key_count;
    size_t set_count = (size_t)gops_kubernetes_keys[count - 1].set + 1;
    gops_list_key *keys = gops_arena_array(arena, count, sizeof *keys);
    gops_list_keys *tuples = gops_arena_array(arena, count, sizeof *tuples);
    gops_kubernetes_key_set *sets = gops_arena_array(arena, set_count, sizeof *sets);
    if (!keys || !tuples || !sets || !make_keys(arena, keys))
        return NULL;
    memset(sets, 0, set_count * sizeof *sets);
    gops_list_keys *tuple = tuples;
    for (size_t i = 0; i < count; i++) {
        const gops_kubernetes_key *row = &gops_kubernetes_keys[i];
        gops_kubernetes_key_set *set = &sets[row->set];
        if (set->tuple_count == row->tuple) {
            if (!set->tuples)
                set->tuples = tuple;
            *tuple++ = (gops_list_keys){&keys[i], 0};
            set->tuple_count++;
        }
        tuple[-1].count++;
    }
    return sets;
}
