/*
 * What has to wait for what, as a graph over numbered nodes. The first nodes are the operations of
 * a plan, by their place in it; the others stand for something that many wait for or lead to (a
 * group, an object in which nothing is done, the gate of a tier), so that no set of edges is a
 * product. Edges are added in any order and sealed into a compact form; all of it is linear.
 */
#ifndef GOPS_PLAN_GRAPH_H
#define GOPS_PLAN_GRAPH_H

#include "base/context.h"

typedef enum gops_edge_kind {
    GOPS_EDGE_TIER = 0, /* waits until the first was applied, or has ended in any other way */
    GOPS_EDGE_WAVE = 1, /* waits until it is done, health and all, or has ended in any other way */
    GOPS_EDGE_NEED = 2  /* waits until it is done; when that never comes, the second never starts */
} gops_edge_kind;

enum { GOPS_GRAPH_MAX = 1 << 29 }; /* nodes; edges */

typedef struct gops_arc {
    uint32_t from, to, kind;
} gops_arc;

typedef struct gops_graph {
    gitops_context *context; /* borrowed */
    uint32_t operations;     /* nodes before this one are operations */
    uint32_t nodes;
    gops_arc *arcs;          /* until it is sealed */
    size_t arc_count, arc_capacity;
    uint32_t *first;         /* nodes + 1 of them: where the edges of a node start */
    uint32_t *edges;         /* 4 * node that waits + gops_edge_kind */
} gops_graph;

static inline uint32_t gops_edge_to(uint32_t edge)
{
    return edge >> 2;
}

static inline gops_edge_kind gops_edge_kind_of(uint32_t edge)
{
    return (gops_edge_kind)(edge & 3);
}

/* operations is at most GOPS_GRAPH_MAX. */
void gops_graph_init(gops_graph *graph, gitops_context *context, size_t operations);
void gops_graph_release(gops_graph *graph);

/* Adds a node that is no operation. Returns 0, GITOPS_ENOMEM or GITOPS_ELIMIT. */
int gops_graph_add_node(gops_graph *graph, uint32_t *out);

/* Lets node to wait for node from. Returns 0, GITOPS_ENOMEM or GITOPS_ELIMIT. */
int gops_graph_add_edge(gops_graph *graph, uint32_t from, uint32_t to, gops_edge_kind kind);

/* No node or edge is added after it; equal edges stay apart. Returns 0 or GITOPS_ENOMEM. */
int gops_graph_seal(gops_graph *graph);

/*
 * Writes all nodes (room for each) so that each comes after what it waits for. Returns how many
 * were written: fewer than there are when some wait for each other. SIZE_MAX: no memory.
 */
size_t gops_graph_sort(const gops_graph *graph, uint32_t *order);

/*
 * Writes one circle of nodes (room for each) of a graph that cannot be sorted: each waits for the
 * next, the last one for the first. It starts at its smallest node and is the same for the same
 * graph. Returns its length; 0: there is none; SIZE_MAX: no memory.
 */
size_t gops_graph_cycle(const gops_graph *graph, uint32_t *cycle);

#endif
