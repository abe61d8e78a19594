/*
 * arrange: the order in which a plan runs, and what in it waits for what. Each operation has a
 * position (phase and wave), a tier in it (the rank of its kind) and a level in that (how many of
 * its tier it needs, one behind the other). What is needed is never in a later position than what
 * needs it: it is brought forward, as Argo CD does with namespaces and definitions, so that an edge
 * and a wave never contradict each other. Within a position it is the other way round: what needs
 * something is put back to its tier. Deletes are the mirror image: a wave is negated, a tier turned
 * round, and what must outlive another one is put back.
 */
#include "plan/needs.h"

#include <inttypes.h>
#include <stdlib.h>

/* Where a node of the graph of needs stands. */
typedef struct slot {
    int64_t position;  /* INT64_MAX: a node that is no operation has none of its own */
    int64_t gone;      /* the last position of the deletes that come before; 0: none do */
    int32_t wave;      /* that is shown */
    int32_t gone_wave;
    uint32_t tier, level;
    uint32_t from;     /* its number before */
} slot;

/* Positions of a phase: its waves, mirrored ones too, and what is deleted last. */
#define PHASE_SPAN (INT64_C(1) << 34)
#define LAST_OF_PHASE (INT64_C(1) << 33)

static gops_phase phase_of(int64_t position)
{
    return (gops_phase)(position / PHASE_SPAN);
}

/* A hook has its turn in the first of its phases, unless who found the operation knows better. */
static gops_phase phase_of_hooks(uint32_t hooks)
{
    static const struct {
        uint32_t hook;
        gops_phase phase;
    } phases[] = {
        {GITOPS_HOOK_PRE_SYNC, GOPS_PHASE_PRE_SYNC},
        {GITOPS_HOOK_SYNC, GOPS_PHASE_SYNC},
        {GITOPS_HOOK_POST_SYNC, GOPS_PHASE_POST_SYNC},
        {GITOPS_HOOK_SYNC_FAIL, GOPS_PHASE_SYNC_FAIL},
        {GITOPS_HOOK_PRE_DELETE, GOPS_PHASE_PRE_DELETE},
        {GITOPS_HOOK_POST_DELETE, GOPS_PHASE_POST_DELETE},
    };
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
        if (hooks & phases[i].hook)
            return phases[i].phase;
    return GOPS_PHASE_SYNC;
}

static void place_operation(slot *slot, const gitops_operation *operation, const gops_subject *s)
{
    gops_phase phase = operation->phase ? operation->phase
                       : s->stage       ? GOPS_PHASE_PRUNE
                                        : phase_of_hooks(s->hooks);
    int mirrored = phase == GOPS_PHASE_PRUNE;
    int64_t turn = (mirrored ? -(int64_t)s->wave : s->wave) - (int64_t)INT32_MIN;
    if (mirrored && s->options & GITOPS_CONTROL_PRUNE_LAST)
        turn = LAST_OF_PHASE;
    slot->position = phase * PHASE_SPAN + turn;
    slot->wave = s->wave;
    slot->tier = s->stage ? UINT32_MAX - s->rank : s->rank;
}

static slot *new_slots(const gops_needs *needs)
{
    const gitops_plan *plan = needs->plan;
    slot *slots = gops_calloc(needs->context, (size_t)needs->graph.nodes + 1, sizeof *slots);
    for (uint32_t i = 0; slots && i < needs->graph.nodes; i++) {
        slots[i].from = i;
        slots[i].position = INT64_MAX;
        if (i < plan->count)
            place_operation(&slots[i], &plan->operations.items[i], &needs->subjects[i]);
    }
    return slots;
}

/* What is deleted is in no earlier position than what must be gone before it. */
static void put_back_deletes(slot *slots, const gops_graph *needs, const uint32_t *order,
                             const gitops_plan *plan)
{
    for (uint32_t k = 0; k < needs->nodes; k++) {
        slot *from = &slots[order[k]];
        int is_operation = order[k] < plan->count;
        if (is_operation && !gops_operation_removes(&plan->operations.items[order[k]]))
            continue;
        if (is_operation && from->gone > from->position) {
            from->position = from->gone;
            from->wave = from->gone_wave;
        } else if (is_operation) {
            from->gone = from->position;
            from->gone_wave = from->wave;
        }
        for (uint32_t i = needs->first[order[k]]; i < needs->first[order[k] + 1]; i++) {
            slot *to = &slots[gops_edge_to(needs->edges[i])];
            if (from->gone > to->gone) {
                to->gone = from->gone;
                to->gone_wave = from->gone_wave;
            }
        }
    }
}

/* What is needed is in no later position than what needs it. A delete that is brought among what
   is applied comes before that. */
static void bring_forward(slot *slots, const gops_graph *needs, const uint32_t *order)
{
    for (uint32_t k = needs->nodes; k-- > 0;)
        for (uint32_t i = needs->first[order[k]]; i < needs->first[order[k] + 1]; i++) {
            slot *from = &slots[order[k]];
            const slot *to = &slots[gops_edge_to(needs->edges[i])];
            if (to->position >= from->position)
                continue;
            if (phase_of(from->position) == GOPS_PHASE_PRUNE &&
                phase_of(to->position) != GOPS_PHASE_PRUNE)
                from->tier = 0;
            from->position = to->position;
            from->wave = to->wave;
        }
}

/* Within a position, what needs something is in no earlier tier, and on a later level of it. */
static void raise_levels(slot *slots, const gops_graph *needs, const uint32_t *order)
{
    for (uint32_t k = 0; k < needs->nodes; k++)
        for (uint32_t i = needs->first[order[k]]; i < needs->first[order[k] + 1]; i++) {
            const slot *from = &slots[order[k]];
            slot *to = &slots[gops_edge_to(needs->edges[i])];
            uint32_t level = from->level + (order[k] < needs->operations);
            if (to->position != from->position || to->tier > from->tier ||
                (to->tier == from->tier && to->level >= level))
                continue;
            to->tier = from->tier;
            to->level = level;
        }
}

static int compare_slots(const void *left, const void *right)
{
    const slot *a = left, *b = right;
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    if (a->tier != b->tier)
        return a->tier < b->tier ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return a->from < b->from ? -1 : 1;
}

/* Moves the operations to their places. places gets where each one went. */
static int move_operations(gitops_plan *plan, const slot *slots, uint32_t *places)
{
    gops_findings *list = &plan->operations;
    gitops_operation *moved = gops_alloc(plan->context, (list->count + 1) * sizeof *moved);
    uint32_t rank = 0;
    if (!moved)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < list->count; i++) {
        const slot *s = &slots[i], *last = i ? s - 1 : s;
        if (i >= plan->count) {
            moved[i] = list->items[i];
            moved[i].rank = rank + 1;
            continue;
        }
        rank += s->position != last->position || s->tier != last->tier || s->level != last->level;
        places[s->from] = (uint32_t)i;
        moved[i] = list->items[s->from];
        moved[i].rank = rank;
        moved[i].wave = s->wave;
        moved[i].phase = (uint8_t)phase_of(s->position);
    }
    gops_free(plan->context, list->items);
    list->items = moved;
    list->capacity = list->count + 1;
    return 0;
}

/* Edges of the graph of needs, between the new places. Those that lead to no operation are left
   out: nothing is worth waiting for because of them. */
static int keep_needs(gitops_plan *plan, const gops_graph *needs, const uint32_t *order,
                      uint32_t *places, uint8_t *leads)
{
    int rc = 0;
    for (uint32_t k = needs->nodes; k-- > 0 && rc == 0;) {
        uint32_t from = order[k];
        leads[from] = from < plan->count;
        for (uint32_t i = needs->first[from]; i < needs->first[from + 1] && !leads[from]; i++)
            leads[from] = leads[gops_edge_to(needs->edges[i])];
        if (from >= plan->count && leads[from])
            rc = gops_graph_add_node(&plan->graph, &places[from]);
        for (uint32_t i = needs->first[from]; i < needs->first[from + 1] && rc == 0; i++) {
            uint32_t to = gops_edge_to(needs->edges[i]);
            if (leads[to])
                rc = gops_graph_add_edge(&plan->graph, places[from], places[to], GOPS_EDGE_NEED);
        }
    }
    return rc;
}

/*
 * Gates: one before each tier but the first. What is in the tier before leads to it, and what is in
 * the position before to the first one of a position; each leads to the next, so that a tier in
 * which nothing is left to do does not open the one after it too early.
 */
static int add_gates(gitops_plan *plan, const slot *slots)
{
    gops_graph *graph = &plan->graph;
    size_t position = 0, tier = 0; /* where they start */
    uint32_t gate = UINT32_MAX, next;
    int rc = 0;
    for (size_t i = 0; i < plan->count && rc == 0; i++) {
        const slot *s = &slots[i], *last = i ? s - 1 : s;
        int turns = s->position != last->position;
        if (turns || s->tier != last->tier) {
            rc = gops_graph_add_node(graph, &next);
            for (size_t k = turns ? position : tier; k < i && rc == 0; k++)
                rc = gops_graph_add_edge(graph, (uint32_t)k, next,
                                         turns ? GOPS_EDGE_WAVE : GOPS_EDGE_TIER);
            if (rc == 0 && gate != UINT32_MAX)
                rc = gops_graph_add_edge(graph, gate, next, GOPS_EDGE_TIER);
            gate = next;
            tier = i;
            position = turns ? i : position;
        }
        if (rc == 0 && gate != UINT32_MAX)
            rc = gops_graph_add_edge(graph, gate, (uint32_t)i, GOPS_EDGE_TIER);
    }
    return rc;
}

static int arrange(gitops_plan *plan, const gops_graph *needs, slot *slots, const uint32_t *order,
                   uint32_t *places)
{
    uint8_t *leads = gops_calloc(plan->context, (size_t)needs->nodes + 1, 1);
    int rc = leads ? 0 : GITOPS_ENOMEM;
    put_back_deletes(slots, needs, order, plan);
    bring_forward(slots, needs, order);
    raise_levels(slots, needs, order);
    qsort(slots, plan->count, sizeof *slots, compare_slots);
    if (rc == 0)
        rc = move_operations(plan, slots, places);
    if (rc == 0)
        rc = keep_needs(plan, needs, order, places, leads);
    if (rc == 0)
        rc = add_gates(plan, slots);
    if (rc == 0)
        rc = gops_graph_seal(&plan->graph);
    gops_free(plan->context, leads);
    return rc;
}

/* Gathers, and arranges by what was gathered. */
static int work(gitops_plan *plan, gops_needs *needs, gitops_error *err)
{
    uint32_t *order = NULL, *places = NULL;
    slot *slots = NULL;
    int rc = gops_needs_gather(needs, &order, err);
    if (rc == 0) {
        slots = new_slots(needs);
        gops_needs_forget(needs); /* there may be many operations */
        places = gops_calloc(plan->context, (size_t)needs->graph.nodes + 1, sizeof *places);
        rc = slots && places ? arrange(plan, &needs->graph, slots, order, places) : GITOPS_ENOMEM;
    }
    gops_free(plan->context, slots);
    gops_free(plan->context, order);
    gops_free(plan->context, places);
    return rc;
}

int gops_plan_arrange(gitops_plan *plan, const gops_plan_input *input, gitops_error *err)
{
    gitops_error problem = {0};
    gops_needs needs;
    if (plan->operations.count > GOPS_GRAPH_MAX)
        return gops_fail(err, GITOPS_ELIMIT, "a plan has more than %d operations", GOPS_GRAPH_MAX);
    gops_graph_init(&plan->graph, plan->context, plan->operations.count);
    int rc = gops_needs_init(&needs, plan, input);
    if (rc == 0)
        rc = work(plan, &needs, &problem);
    if (rc < 0 && problem.code == 0)
        rc = rc == GITOPS_ENOMEM ? gops_fail_memory(&problem)
                                 : gops_fail(&problem, rc, "a plan has too many dependencies");
    if (rc < 0 && err)
        *err = problem;
    gops_needs_release(&needs);
    return rc;
}
