/* schema_kubernetes: makes of the constant tables a graph. */
#include "manifest/schema_kubernetes.h"

#include <string.h>

static const char *string_at(uint32_t place)
{
    return (const char *)gops_kubernetes_strings + place;
}

/* A string value that borrows a text of the table; NULL: no memory. */
static const gitops_value *make_text(gops_arena *arena, uint32_t place)
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

static const gops_key_set *make_key_sets(gops_arena *arena)
{
    size_t count = gops_kubernetes_key_count;
    size_t set_count = (size_t)gops_kubernetes_keys[count - 1].set + 1;
    gops_list_key *keys = gops_arena_array(arena, count, sizeof *keys);
    gops_list_keys *tuples = gops_arena_array(arena, count, sizeof *tuples);
    gops_key_set *sets = gops_arena_array(arena, set_count, sizeof *sets);
    if (!keys || !tuples || !sets || !make_keys(arena, keys))
        return NULL;
    memset(sets, 0, set_count * sizeof *sets);
    gops_list_keys *tuple = tuples;
    for (size_t i = 0; i < count; i++) {
        const gops_kubernetes_key *row = &gops_kubernetes_keys[i];
        gops_key_set *set = &sets[row->set];
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

const gops_schema_graph *gops_kubernetes_graph(gops_arena *arena)
{
    gops_schema_graph *graph = gops_arena_alloc(arena, sizeof *graph);
    const gops_key_set *key_sets = make_key_sets(arena);
    if (!graph || !key_sets)
        return NULL;
    *graph = (gops_schema_graph){(const char *)gops_kubernetes_strings,
                                 gops_kubernetes_nodes,
                                 gops_kubernetes_fields,
                                 key_sets,
                                 gops_kubernetes_kinds,
                                 gops_kubernetes_kind_count};
    return graph;
}
