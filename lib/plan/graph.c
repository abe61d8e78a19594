/*
 * graph: edges are gathered as triples and dealt out by their first node with a counting sort.
 * Sorting takes away what waits for nothing, again and again; what is left then holds a circle.
 */
#include "plan/graph.h"

#include <string.h>

void gops_graph_init(gops_graph *graph, gitops_context *context, size_t operations)
{
    memset(graph, 0, sizeof *graph);
    graph->context = context;
    graph->operations = (uint32_t)operations;
    graph->nodes = graph->operations;
}

void gops_graph_release(gops_graph *graph)
{
    gops_free(graph->context, graph->arcs);
    gops_free(graph->context, graph->first);
    gops_free(graph->context, graph->edges);
    gops_graph_init(graph, graph->context, 0);
}

int gops_graph_add_node(gops_graph *graph, uint32_t *out)
{
    if (graph->nodes >= GOPS_GRAPH_MAX)
        return GITOPS_ELIMIT;
    *out = graph->nodes++;
    return 0;
}

int gops_graph_add_edge(gops_graph *graph, uint32_t from, uint32_t to, gops_edge_kind kind)
{
    if (graph->arc_count >= GOPS_GRAPH_MAX)
        return GITOPS_ELIMIT;
    if (gops_grow(graph->context, &graph->arcs, &graph->arc_capacity, graph->arc_count + 1,
                  sizeof *graph->arcs) < 0)
        return GITOPS_ENOMEM;
    graph->arcs[graph->arc_count++] = (gops_arc){from, to, kind};
    return 0;
}

int gops_graph_seal(gops_graph *graph)
{
    size_t nodes = graph->nodes;
    graph->first = gops_calloc(graph->context, nodes + 2, sizeof *graph->first);
    graph->edges = gops_calloc(graph->context, graph->arc_count + 1, sizeof *graph->edges);
    if (!graph->first || !graph->edges)
        return GITOPS_ENOMEM;
    uint32_t *next = graph->first + 1; /* where the next edge of a node goes */
    for (size_t i = 0; i < graph->arc_count; i++)
        next[graph->arcs[i].from + 1]++;
    for (size_t node = 1; node <= nodes; node++)
        next[node] += next[node - 1];
    for (size_t i = 0; i < graph->arc_count; i++) {
        const gops_arc *arc = &graph->arcs[i];
        graph->edges[next[arc->from]++] = arc->to << 2 | arc->kind;
    }
    gops_free(graph->context, graph->arcs);
    graph->arcs = NULL;
    graph->arc_count = graph->arc_capacity = 0;
    return 0;
}

/* How many edges lead to each node; NULL: no memory. */
static uint32_t *count_waits(const gops_graph *graph)
{
    uint32_t *waits = gops_calloc(graph->context, (size_t)graph->nodes + 1, sizeof *waits);
    for (size_t i = 0; waits && i < graph->first[graph->nodes]; i++)
        waits[gops_edge_to(graph->edges[i])]++;
    return waits;
}

/* Leaves in waits how many of those that a node waits for could not be sorted. */
static size_t sort(const gops_graph *graph, uint32_t *order, uint32_t *waits)
{
    size_t count = 0;
    for (uint32_t node = 0; node < graph->nodes; node++)
        if (waits[node] == 0)
            order[count++] = node;
    for (size_t done = 0; done < count; done++)
        for (uint32_t i = graph->first[order[done]]; i < graph->first[order[done] + 1]; i++) {
            uint32_t to = gops_edge_to(graph->edges[i]);
            if (--waits[to] == 0)
                order[count++] = to;
        }
    return count;
}

size_t gops_graph_sort(const gops_graph *graph, uint32_t *order)
{
    uint32_t *waits = count_waits(graph);
    size_t count = waits ? sort(graph, order, waits) : SIZE_MAX;
    gops_free(graph->context, waits);
    return count;
}

/* Notes for each node that was left one that it waits for and that was left, too. */
static void note_causes(const gops_graph *graph, const uint32_t *waits, uint32_t *causes)
{
    for (uint32_t node = 0; node < graph->nodes; node++)
        for (uint32_t i = graph->first[node]; waits[node] && i < graph->first[node + 1]; i++)
            causes[gops_edge_to(graph->edges[i])] = node;
}

/* Follows causes from a node that was left: after as many steps as there are nodes it is going
   round in the circle. */
static size_t walk_circle(const gops_graph *graph, const uint32_t *causes, uint32_t start,
                          uint32_t *cycle)
{
    uint32_t smallest;
    size_t length = 0;
    for (uint32_t i = 0; i < graph->nodes; i++)
        start = causes[start];
    smallest = start;
    for (uint32_t node = causes[start]; node != start; node = causes[node])
        if (node < smallest)
            smallest = node;
    for (uint32_t node = smallest; length == 0 || node != smallest; node = causes[node])
        cycle[length++] = node;
    return length;
}

size_t gops_graph_cycle(const gops_graph *graph, uint32_t *cycle)
{
    size_t length = SIZE_MAX;
    uint32_t *waits = count_waits(graph);
    uint32_t *causes = gops_calloc(graph->context, (size_t)graph->nodes + 1, sizeof *causes);
    if (waits && causes) {
        sort(graph, cycle, waits);
        note_causes(graph, waits, causes);
        length = 0;
        for (uint32_t node = 0; node < graph->nodes && length == 0; node++)
            if (waits[node])
                length = walk_circle(graph, causes, node, cycle);
    }
    gops_free(graph->context, waits);
    gops_free(graph->context, causes);
    return length;
}
