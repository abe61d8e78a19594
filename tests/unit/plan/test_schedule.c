/*
 * Which operations may start, over random graphs and random fates, against a model that looks at
 * every edge every time.
 */
#include "support.h"

#include "plan/schedule.h"

enum { NODES_MAX = 14, ROUNDS = 20000 };

typedef enum fate { HELD = 0, STARTED, APPLIED, DONE, FAILED, DOOMED } fate;

typedef struct model {
    gitops_plan plan;
    uint32_t operations, nodes;
    uint8_t edges[NODES_MAX][NODES_MAX]; /* 1 + kind of what waits for what */
    fate fates[NODES_MAX];
} model;

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

static void seal_model(model *m)
{
    gops_graph_init(&m->plan.graph, context, m->operations);
    for (uint32_t i = m->operations; i < m->nodes; i++) {
        uint32_t node;
        assert_int_equal(gops_graph_add_node(&m->plan.graph, &node), 0);
        assert_int_equal(node, i);
    }
    for (uint32_t a = 0; a < m->nodes; a++)
        for (uint32_t b = 0; b < m->nodes; b++)
            if (m->edges[a][b])
                assert_int_equal(gops_graph_add_edge(&m->plan.graph, a, b,
                                                     (gops_edge_kind)(m->edges[a][b] - 1)), 0);
    assert_int_equal(gops_graph_seal(&m->plan.graph), 0);
}

/* Gates hang on edges of order only, other nodes on needs, as in a plan. */
static void random_model(model *m)
{
    uint32_t order[NODES_MAX], density = 1 + pick(6);
    memset(m, 0, sizeof *m);
    m->operations = 1 + pick(NODES_MAX - 4);
    m->nodes = m->operations + pick(5);
    for (uint32_t i = 0; i < m->nodes; i++)
        order[i] = i;
    for (uint32_t i = m->nodes; i > 1; i--) {
        uint32_t other = pick(i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
    for (uint32_t i = 0; i < m->nodes; i++)
        for (uint32_t k = i + 1; k < m->nodes; k++) {
            uint32_t a = order[i], b = order[k];
            int gate_a = a >= m->operations && a % 2, gate_b = b >= m->operations && b % 2;
            int group = (a >= m->operations && !gate_a) || (b >= m->operations && !gate_b);
            if (pick(8) >= density || (group && (gate_a || gate_b)))
                continue;
            uint32_t kind = group ? GOPS_EDGE_NEED
                            : gate_a || gate_b ? pick(2) : pick(3);
            m->edges[a][b] = (uint8_t)(1 + kind);
        }
    seal_model(m);
}

/* 1 when the edge from a node in this state holds nothing back any more. */
static int lets_go(fate state, gops_edge_kind kind, int is_operation)
{
    switch (state) {
    case APPLIED:
        return kind == GOPS_EDGE_TIER;
    case DONE:
        return 1;
    case FAILED:
    case DOOMED:
        return is_operation && kind != GOPS_EDGE_NEED;
    default:
        return 0;
    }
}

static int is_free(const model *m, uint32_t node)
{
    for (uint32_t a = 0; a < m->nodes; a++)
        if (m->edges[a][node] && !lets_go(m->fates[a], (gops_edge_kind)(m->edges[a][node] - 1),
                                          a < m->operations))
            return 0;
    return 1;
}

/* What needs something that failed is doomed; what is no operation is done when it is free. */
static void settle(model *m)
{
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t a = 0; a < m->nodes; a++)
            for (uint32_t b = 0; b < m->nodes; b++)
                if (m->edges[a][b] == 1 + GOPS_EDGE_NEED && m->fates[b] == HELD &&
                    (m->fates[a] == FAILED || m->fates[a] == DOOMED)) {
                    m->fates[b] = DOOMED;
                    changed = 1;
                }
        for (uint32_t i = m->operations; i < m->nodes; i++)
            if (m->fates[i] == HELD && is_free(m, i)) {
                m->fates[i] = DONE;
                changed = 1;
            }
    }
}

static size_t first_free(const model *m)
{
    for (uint32_t i = 0; i < m->operations; i++)
        if (m->fates[i] == HELD && is_free(m, i))
            return i;
    return GOPS_SCHEDULE_NONE;
}

/* 1 when something that may start waits for an operation to be done. */
static int is_awaited(const model *m, uint32_t node)
{
    for (uint32_t b = 0; b < m->nodes; b++)
        if (m->edges[node][b] > 1 + GOPS_EDGE_TIER && m->fates[b] == HELD)
            return 1;
    return 0;
}

/* The cause of a doomed operation failed, or is doomed, and leads to it. */
static void check_cause(const model *m, uint32_t node, uint32_t cause)
{
    int reached[NODES_MAX] = {0};
    assert_true(cause < m->operations);
    assert_true(m->fates[cause] == FAILED || m->fates[cause] == DOOMED);
    reached[cause] = 1;
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t a = 0; a < m->nodes; a++)
            for (uint32_t b = 0; b < m->nodes; b++)
                if (reached[a] && !reached[b] && (a == cause || a >= m->operations) &&
                    m->edges[a][b] == 1 + GOPS_EDGE_NEED)
                    changed = reached[b] = 1;
    }
    assert_true(reached[node]);
}

static uint32_t take_doomed(model *m, gops_schedule *schedule)
{
    size_t cause, i;
    uint32_t count = 0;
    for (; (i = gops_schedule_doomed(schedule, &cause)) != GOPS_SCHEDULE_NONE; count++) {
        assert_int_equal(m->fates[i], DOOMED);
        check_cause(m, (uint32_t)i, (uint32_t)cause);
    }
    return count;
}

static void check_holders(const model *m, const gops_schedule *schedule)
{
    for (uint32_t i = 0; i < m->operations; i++) {
        size_t holder = gops_schedule_holder(schedule, i);
        if (m->fates[i] != HELD || is_free(m, i))
            assert_int_equal(holder, GOPS_SCHEDULE_NONE);
        else
            assert_true(holder < m->operations && holder != i && m->fates[holder] < DONE);
    }
}

/* Moves an operation that is under way on by one step. */
static void step(model *m, gops_schedule *schedule, uint32_t i, uint32_t failures)
{
    if (m->fates[i] == STARTED && pick(2)) {
        m->fates[i] = APPLIED;
        gops_schedule_applied(schedule, i);
    } else if (pick(8) < failures) {
        m->fates[i] = FAILED;
        gops_schedule_fail(schedule, i);
    } else {
        assert_int_equal(gops_schedule_is_awaited(schedule, i), is_awaited(m, i));
        m->fates[i] = DONE;
        gops_schedule_done(schedule, i);
    }
    settle(m);
}

/* Plays a plan to its end; operations start one by one or as many as may. */
static void play(model *m)
{
    gops_schedule schedule;
    uint32_t under_way = 0, handed_out = 0, failures = pick(4), eager = pick(3);
    assert_int_equal(gops_schedule_init(&schedule, context, &m->plan), 0);
    assert_int_equal(gops_schedule_left(&schedule), m->operations);
    settle(m);
    for (;;) {
        size_t expected = first_free(m), end = pick(4) ? m->operations : pick(m->operations + 1);
        assert_int_equal(gops_schedule_peek(&schedule), expected);
        size_t next = eager || !under_way ? gops_schedule_next(&schedule, end) : GOPS_SCHEDULE_NONE;
        if (next != GOPS_SCHEDULE_NONE) {
            assert_int_equal(next, expected);
            assert_true(next < end);
            m->fates[next] = STARTED;
            under_way++;
            handed_out++;
            continue;
        }
        if (eager || !under_way)
            assert_true(expected == GOPS_SCHEDULE_NONE || expected >= end);
        if (under_way == 0 && expected == GOPS_SCHEDULE_NONE)
            break;
        for (uint32_t i = pick(m->operations), k = 0; under_way && k < m->operations; k++) {
            uint32_t node = (i + k) % m->operations;
            if (m->fates[node] != STARTED && m->fates[node] != APPLIED)
                continue;
            step(m, &schedule, node, failures);
            under_way -= m->fates[node] > APPLIED;
            break;
        }
        handed_out += take_doomed(m, &schedule);
        assert_int_equal(gops_schedule_left(&schedule), m->operations - handed_out);
        check_holders(m, &schedule);
    }
    assert_int_equal(handed_out, m->operations);
    gops_schedule_release(&schedule);
}

static void schedule_randomGraphsAndFates_handsOutWhatTheModelAllows(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        model m;
        seed = round;
        random_model(&m);
        play(&m);
        gops_graph_release(&m.plan.graph);
    }
}

static void schedule_noOperations_hasNothing(void **state)
{
    model m = {.operations = 0, .nodes = 1};
    gops_schedule schedule;
    (void)state;
    seal_model(&m);
    assert_int_equal(gops_schedule_init(&schedule, context, &m.plan), 0);
    assert_int_equal(gops_schedule_next(&schedule, GOPS_SCHEDULE_NONE), GOPS_SCHEDULE_NONE);
    assert_int_equal(gops_schedule_peek(&schedule), GOPS_SCHEDULE_NONE);
    assert_int_equal(gops_schedule_doomed(&schedule, NULL), GOPS_SCHEDULE_NONE);
    assert_int_equal(gops_schedule_left(&schedule), 0);
    gops_schedule_release(&schedule);
    gops_schedule_release(&schedule);
    gops_graph_release(&m.plan.graph);
}

/* What it was not told, or was told twice, changes nothing. */
static void schedule_wordOfWhatWasNotStarted_isPassedOver(void **state)
{
    model m = {.operations = 2, .nodes = 2, .edges = {{0, 1 + GOPS_EDGE_NEED}}};
    gops_schedule schedule;
    (void)state;
    seal_model(&m);
    assert_int_equal(gops_schedule_init(&schedule, context, &m.plan), 0);
    gops_schedule_done(&schedule, 0);
    gops_schedule_fail(&schedule, 1);
    assert_int_equal(gops_schedule_next(&schedule, 2), 0);
    assert_int_equal(gops_schedule_next(&schedule, 2), GOPS_SCHEDULE_NONE);
    gops_schedule_done(&schedule, 0);
    gops_schedule_fail(&schedule, 0);
    gops_schedule_done(&schedule, 0);
    assert_int_equal(gops_schedule_doomed(&schedule, NULL), GOPS_SCHEDULE_NONE);
    assert_int_equal(gops_schedule_next(&schedule, 2), 1);
    gops_schedule_release(&schedule);
    gops_graph_release(&m.plan.graph);
}

static void fail_body(gitops_context *failing, void *data)
{
    gops_schedule schedule;
    if (gops_schedule_init(&schedule, failing, data) == 0)
        gops_schedule_release(&schedule);
}

static void schedule_everyAllocationFails_cleanError(void **state)
{
    model m = {.operations = 2, .nodes = 3};
    (void)state;
    seal_model(&m);
    support_fail_every_allocation(fail_body, &m.plan);
    gops_graph_release(&m.plan.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedule_randomGraphsAndFates_handsOutWhatTheModelAllows),
        cmocka_unit_test(schedule_noOperations_hasNothing),
        cmocka_unit_test(schedule_wordOfWhatWasNotStarted_isPassedOver),
        cmocka_unit_test(schedule_everyAllocationFails_cleanError),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
