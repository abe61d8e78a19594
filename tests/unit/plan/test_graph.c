/* Sorting graphs, and finding the circles of those that cannot be sorted. */
#include "support.h"

#include "plan/graph.h"

enum { NODES_MAX = 9, ROUNDS = 20000 };

static gitops_context *context;
static uint64_t seed;

static uint32_t pick(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static int open_context(void **state)
{
    (void)state;
    context = support_context_new();
    return 0;
}

static int close_context(void **state)
{
    (void)state;
    support_context_free(context);
    return 0;
}

static uint32_t random_graph(gops_graph *graph, uint8_t edges[NODES_MAX][NODES_MAX])
{
    uint32_t nodes = 1 + pick(NODES_MAX), operations = pick(nodes + 1), count = pick(2 * nodes);
    memset(edges, 0, NODES_MAX * NODES_MAX);
    gops_graph_init(graph, context, operations);
    for (uint32_t i = operations, node; i < nodes; i++)
        assert_int_equal(gops_graph_add_node(graph, &node), 0);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = pick(nodes), to = pick(nodes);
        edges[from][to]++;
        assert_int_equal(gops_graph_add_edge(graph, from, to, (gops_edge_kind)pick(3)), 0);
    }
    assert_int_equal(gops_graph_seal(graph), 0);
    return nodes;
}

static void check_edges(const gops_graph *graph, uint8_t edges[NODES_MAX][NODES_MAX])
{
    for (uint32_t from = 0; from < graph->nodes; from++) {
        uint8_t met[NODES_MAX] = {0};
        for (uint32_t i = graph->first[from]; i < graph->first[from + 1]; i++)
            met[gops_edge_to(graph->edges[i])]++;
        assert_memory_equal(met, edges[from], sizeof met);
    }
}

/* Which nodes can be reached from which, by at least one edge. */
static void close_over(uint32_t nodes, uint8_t edges[NODES_MAX][NODES_MAX],
                       uint8_t reach[NODES_MAX][NODES_MAX])
{
    memcpy(reach, edges, NODES_MAX * NODES_MAX);
    for (uint32_t k = 0; k < nodes; k++)
        for (uint32_t a = 0; a < nodes; a++)
            for (uint32_t b = 0; b < nodes; b++)
                reach[a][b] |= reach[a][k] && reach[k][b];
}

static void check_order(uint32_t nodes, const uint32_t *order, uint8_t edges[NODES_MAX][NODES_MAX])
{
    uint32_t places[NODES_MAX] = {0}, seen = 0;
    for (uint32_t i = 0; i < nodes; i++) {
        places[order[i]] = i;
        seen |= 1u << order[i];
    }
    assert_int_equal(seen, (1u << nodes) - 1);
    for (uint32_t a = 0; a < nodes; a++)
        for (uint32_t b = 0; b < nodes; b++)
            if (edges[a][b])
                assert_true(places[a] < places[b]);
}

static void check_cycle(const uint32_t *cycle, size_t length, uint8_t edges[NODES_MAX][NODES_MAX])
{
    uint32_t seen = 0;
    assert_true(length >= 1 && length <= NODES_MAX);
    for (size_t i = 0; i < length; i++) {
        assert_true(edges[cycle[(i + 1) % length]][cycle[i]]);
        assert_true(cycle[i] >= cycle[0]);
        assert_false(seen & 1u << cycle[i]);
        seen |= 1u << cycle[i];
    }
}

static void graph_random_isSortedOrHasACircle(void **state)
{
    uint32_t circles = 0;
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        gops_graph graph;
        uint8_t edges[NODES_MAX][NODES_MAX], reach[NODES_MAX][NODES_MAX];
        uint32_t order[NODES_MAX], cycle[NODES_MAX];
        int is_circular = 0;
        seed = round;
        uint32_t nodes = random_graph(&graph, edges);
        check_edges(&graph, edges);
        close_over(nodes, edges, reach);
        for (uint32_t i = 0; i < nodes; i++)
            is_circular |= reach[i][i];
        size_t sorted = gops_graph_sort(&graph, order);
        size_t length = gops_graph_cycle(&graph, cycle);
        assert_int_equal(sorted < nodes, is_circular != 0);
        if (is_circular)
            check_cycle(cycle, length, edges);
        else
            assert_int_equal(length, 0);
        if (!is_circular)
            check_order(nodes, order, edges);
        circles += is_circular != 0;
        gops_graph_release(&graph);
    }
    assert_in_range(circles, ROUNDS / 10, ROUNDS - ROUNDS / 10);
}

static void fail_body(gitops_context *failing, void *data)
{
    gops_graph graph;
    uint32_t node, list[4];
    (void)data;
    gops_graph_init(&graph, failing, 2);
    int rc = gops_graph_add_node(&graph, &node);
    for (uint32_t i = 0; rc == 0 && i < 3; i++)
        rc = gops_graph_add_edge(&graph, i, (i + 1) % 3, GOPS_EDGE_NEED);
    if (rc == 0)
        rc = gops_graph_seal(&graph);
    if (rc == 0) {
        size_t sorted = gops_graph_sort(&graph, list), length = gops_graph_cycle(&graph, list);
        assert_true(sorted == 0 || sorted == SIZE_MAX);
        assert_true(length == 3 || length == SIZE_MAX);
    }
    gops_graph_release(&graph);
}

static void graph_everyAllocationFails_cleanError(void **state)
{
    (void)state;
    support_fail_every_allocation(fail_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graph_random_isSortedOrHasACircle),
        cmocka_unit_test(graph_everyAllocationFails_cleanError),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
