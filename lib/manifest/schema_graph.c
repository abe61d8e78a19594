/*
 * schema_graph: look-ups in the tables of a graph. The fields of a node and the kinds are sorted,
 * so every step is a binary search.
 */
#include "manifest/schema_graph.h"

#include <string.h>

const gops_schema_node *gops_graph_member(const gops_schema_graph *graph,
                                          const gops_schema_node *node, const char *key,
                                          size_t length)
{
    size_t low = node->fields, high = low + node->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_schema_field *field = &graph->fields[middle];
        int order = gops_key_compare(key, length, graph->strings + field->name, field->length);
        if (order == 0)
            return gops_graph_node(graph, field->node);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return gops_graph_node(graph, node->each);
}

int gops_kind_name_read(gops_kind_name *out, const gitops_value *document)
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

static int compare_text(const gops_schema_graph *graph, const char *text, size_t length,
                        uint32_t place)
{
    const char *own = graph->strings + place;
    return gops_key_compare(text, length, own, strlen(own));
}

static int compare_kind(const gops_schema_graph *graph, const gops_kind_name *name,
                        const gops_schema_kind *row)
{
    int order = compare_text(graph, name->group, name->group_length, row->group);
    return order ? order : compare_text(graph, name->kind, name->kind_length, row->kind);
}

/* The first row whose group and kind are not before name's. */
static size_t first_kind(const gops_schema_graph *graph, const gops_kind_name *name)
{
    size_t low = 0, high = graph->kind_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_kind(graph, name, &graph->kinds[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const gops_schema_kind *gops_graph_find(const gops_schema_graph *graph, const gops_kind_name *name)
{
    const gops_schema_kind *found = NULL;
    for (size_t i = first_kind(graph, name); i < graph->kind_count; i++) {
        const gops_schema_kind *row = &graph->kinds[i];
        if (compare_kind(graph, name, row) != 0)
            break;
        if (compare_text(graph, name->version, name->version_length, row->version) == 0)
            return row;
        if (!found)
            found = row;
    }
    return found;
}
