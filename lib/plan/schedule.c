/*
 * schedule: each node counts the edges that hold it back. An operation lets go of its edges as it
 * is applied, done or failed; a node that is no operation does so as soon as nothing holds it.
 */
#include "plan/schedule.h"

#include <string.h>

typedef enum node_state {
    WAITING = 0,
    READY,   /* in the heap */
    STARTED,
    APPLIED,
    ENDED,
    DOOMED
} node_state;

enum { TIER = 1 << GOPS_EDGE_TIER, WAVE = 1 << GOPS_EDGE_WAVE, NEED = 1 << GOPS_EDGE_NEED };

static int is_operation(const gops_schedule *schedule, uint32_t node)
{
    return node < schedule->graph->operations;
}

static void swap_ready(gops_schedule *schedule, size_t a, size_t b)
{
    uint32_t kept = schedule->ready[a];
    schedule->ready[a] = schedule->ready[b];
    schedule->ready[b] = kept;
}

static void put_ready(gops_schedule *schedule, uint32_t node)
{
    size_t at = schedule->ready_count++;
    schedule->states[node] = READY;
    schedule->ready[at] = node;
    for (; at && schedule->ready[at] < schedule->ready[(at - 1) / 2]; at = (at - 1) / 2)
        swap_ready(schedule, at, (at - 1) / 2);
}

static uint32_t take_ready(gops_schedule *schedule)
{
    uint32_t first = schedule->ready[0];
    schedule->ready[0] = schedule->ready[--schedule->ready_count];
    for (size_t at = 0, child; (child = 2 * at + 1) < schedule->ready_count; at = child) {
        if (child + 1 < schedule->ready_count &&
            schedule->ready[child + 1] < schedule->ready[child])
            child++;
        if (schedule->ready[at] < schedule->ready[child])
            break;
        swap_ready(schedule, at, child);
    }
    return first;
}

/* Nothing holds a node any more: an operation may start; another node is put on the stack. */
static size_t open_node(gops_schedule *schedule, uint32_t node, size_t depth)
{
    if (is_operation(schedule, node))
        put_ready(schedule, node);
    else
        schedule->stack[depth++] = node;
    return depth;
}

/* Lets go of the edges of a node that are of some kinds; the stack is as deep afterwards. */
static size_t let_go(gops_schedule *schedule, uint32_t node, int kinds, size_t depth)
{
    const gops_graph *graph = schedule->graph;
    for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
        uint32_t to = gops_edge_to(graph->edges[i]);
        if (!(kinds >> gops_edge_kind_of(graph->edges[i]) & 1))
            continue;
        if (--schedule->waiting[to] == 0 && schedule->states[to] == WAITING)
            depth = open_node(schedule, to, depth);
    }
    return depth;
}

static void let_go_on(gops_schedule *schedule, uint32_t node, int kinds)
{
    size_t depth = let_go(schedule, node, kinds, 0);
    while (depth) {
        uint32_t next = schedule->stack[--depth];
        schedule->states[next] = ENDED;
        depth = let_go(schedule, next, TIER | WAVE | NEED, depth);
    }
}

static int alloc_parts(gops_schedule *schedule)
{
    gitops_context *context = schedule->context;
    size_t nodes = (size_t)schedule->graph->nodes + 1;
    schedule->waiting = gops_calloc(context, nodes, sizeof *schedule->waiting);
    schedule->causes = gops_calloc(context, nodes, sizeof *schedule->causes);
    schedule->states = gops_calloc(context, nodes, 1);
    schedule->ready = gops_calloc(context, nodes, sizeof *schedule->ready);
    schedule->doomed = gops_calloc(context, nodes, sizeof *schedule->doomed);
    schedule->stack = gops_calloc(context, nodes, sizeof *schedule->stack);
    return schedule->waiting && schedule->causes && schedule->states && schedule->ready &&
                   schedule->doomed && schedule->stack
               ? 0
               : GITOPS_ENOMEM;
}

int gops_schedule_init(gops_schedule *schedule, gitops_context *context, const gitops_plan *plan)
{
    const gops_graph *graph = &plan->graph;
    memset(schedule, 0, sizeof *schedule);
    schedule->context = context;
    schedule->graph = graph;
    if (alloc_parts(schedule) < 0) {
        gops_schedule_release(schedule);
        return GITOPS_ENOMEM;
    }
    schedule->left = graph->operations;
    for (size_t i = 0; i < graph->first[graph->nodes]; i++)
        schedule->waiting[gops_edge_to(graph->edges[i])]++;
    /* All that nothing holds back is found before anything is let go of: none is opened twice. */
    size_t depth = 0;
    for (uint32_t node = 0; node < graph->nodes; node++)
        if (schedule->waiting[node] == 0)
            depth = open_node(schedule, node, depth);
    while (depth) {
        uint32_t next = schedule->stack[--depth];
        schedule->states[next] = ENDED;
        depth = let_go(schedule, next, TIER | WAVE | NEED, depth);
    }
    return 0;
}

void gops_schedule_release(gops_schedule *schedule)
{
    gitops_context *context = schedule->context;
    if (!context)
        return;
    gops_free(context, schedule->waiting);
    gops_free(context, schedule->causes);
    gops_free(context, schedule->states);
    gops_free(context, schedule->ready);
    gops_free(context, schedule->doomed);
    gops_free(context, schedule->stack);
    memset(schedule, 0, sizeof *schedule);
}

size_t gops_schedule_peek(const gops_schedule *schedule)
{
    return schedule->ready_count ? schedule->ready[0] : GOPS_SCHEDULE_NONE;
}

size_t gops_schedule_next(gops_schedule *schedule, size_t end)
{
    if (schedule->ready_count == 0 || schedule->ready[0] >= end)
        return GOPS_SCHEDULE_NONE;
    uint32_t node = take_ready(schedule);
    schedule->states[node] = STARTED;
    schedule->left--;
    return node;
}

void gops_schedule_applied(gops_schedule *schedule, size_t i)
{
    if (schedule->states[i] != STARTED)
        return;
    schedule->states[i] = APPLIED;
    let_go_on(schedule, (uint32_t)i, TIER);
}

void gops_schedule_done(gops_schedule *schedule, size_t i)
{
    gops_schedule_applied(schedule, i);
    if (schedule->states[i] != APPLIED)
        return;
    schedule->states[i] = ENDED;
    let_go_on(schedule, (uint32_t)i, WAVE | NEED);
}

/* Dooms what needs a node, and puts it on the stack. Which operation did it is passed on. */
static size_t doom_dependents(gops_schedule *schedule, uint32_t node, uint32_t cause, size_t depth)
{
    const gops_graph *graph = schedule->graph;
    for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
        uint32_t to = gops_edge_to(graph->edges[i]);
        if (gops_edge_kind_of(graph->edges[i]) != GOPS_EDGE_NEED ||
            schedule->states[to] == DOOMED)
            continue;
        schedule->states[to] = DOOMED;
        schedule->causes[to] = cause;
        schedule->stack[depth++] = to;
    }
    return depth;
}

/* Where an operation is doomed, what only waits its turn behind it need not wait longer; that is
   done when all are known, because it uses the stack as well. */
void gops_schedule_fail(gops_schedule *schedule, size_t i)
{
    size_t first = schedule->doomed_count;
    gops_schedule_applied(schedule, i);
    if (schedule->states[i] != APPLIED)
        return;
    schedule->states[i] = ENDED;
    size_t depth = doom_dependents(schedule, (uint32_t)i, (uint32_t)i, 0);
    while (depth) {
        uint32_t node = schedule->stack[--depth];
        uint32_t cause = schedule->causes[node];
        if (is_operation(schedule, node)) {
            schedule->doomed[schedule->doomed_count++] = node;
            cause = node;
        }
        depth = doom_dependents(schedule, node, cause, depth);
    }
    let_go_on(schedule, (uint32_t)i, WAVE);
    for (size_t k = first; k < schedule->doomed_count; k++)
        let_go_on(schedule, schedule->doomed[k], TIER | WAVE);
}

size_t gops_schedule_doomed(gops_schedule *schedule, size_t *cause)
{
    if (schedule->doomed_next == schedule->doomed_count)
        return GOPS_SCHEDULE_NONE;
    uint32_t node = schedule->doomed[schedule->doomed_next++];
    schedule->left--;
    if (cause)
        *cause = schedule->causes[node];
    return node;
}

int gops_schedule_is_awaited(const gops_schedule *schedule, size_t i)
{
    const gops_graph *graph = schedule->graph;
    for (uint32_t k = graph->first[i]; k < graph->first[i + 1]; k++)
        if (gops_edge_kind_of(graph->edges[k]) != GOPS_EDGE_TIER &&
            schedule->states[gops_edge_to(graph->edges[k])] == WAITING)
            return 1;
    return 0;
}

/* 1 when an edge of a node has not been let go of. */
static int holds(const gops_schedule *schedule, uint32_t node, gops_edge_kind kind)
{
    switch (schedule->states[node]) {
    case ENDED:
        return 0;
    case DOOMED:
        return kind == GOPS_EDGE_NEED || !is_operation(schedule, node);
    case APPLIED:
        return kind != GOPS_EDGE_TIER;
    default:
        return 1;
    }
}

/* A node that holds another one back; one that is started rather than one that waits itself. */
static uint32_t find_holder(const gops_schedule *schedule, uint32_t held)
{
    const gops_graph *graph = schedule->graph;
    uint32_t found = graph->nodes;
    for (uint32_t node = 0; node < graph->nodes; node++)
        for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
            if (gops_edge_to(graph->edges[i]) != held ||
                !holds(schedule, node, gops_edge_kind_of(graph->edges[i])))
                continue;
            if (schedule->states[node] >= STARTED)
                return node;
            if (found == graph->nodes)
                found = node;
        }
    return found;
}

size_t gops_schedule_holder(const gops_schedule *schedule, size_t i)
{
    uint32_t node = (uint32_t)i;
    if (schedule->states[i] != WAITING)
        return GOPS_SCHEDULE_NONE;
    do
        node = find_holder(schedule, node);
    while (node < schedule->graph->nodes && !is_operation(schedule, node));
    return node < schedule->graph->nodes ? node : GOPS_SCHEDULE_NONE;
}
