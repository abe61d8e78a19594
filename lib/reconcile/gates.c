/*
 * gates: positions are those of the plan: a phase, and a wave in it.
 */
#include "reconcile/gates.h"

#include "manifest/control.h"
#include "reconcile/apply.h"

static int64_t position_of(gops_phase phase, int32_t wave)
{
    return (int64_t)phase * (INT64_C(1) << 33) + wave;
}

/* Waves order what is applied, and hooks come when all that was applied is healthy; deletes do not. */
static int is_gated(const gitops_operation *operation)
{
    return operation->phase == GOPS_PHASE_SYNC || operation->phase == GOPS_PHASE_POST_SYNC;
}

/* The last position that something waits to be in; INT64_MIN: none. */
static int64_t last_position(const gitops_plan *plan)
{
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < plan->count; i++) {
        const gitops_operation *operation = &plan->operations.items[i];
        int64_t position = position_of(operation->phase, operation->wave);
        if (is_gated(operation) && position > last)
            last = position;
    }
    return last;
}

/* What is known to be well needs no question, as long as documents tell when that changes. */
static int is_well(const gops_unit_state *state, const gops_known *known)
{
    return state->unit->target->options.reports_health &&
           (known->health == GITOPS_HEALTH_HEALTHY || known->health == GITOPS_HEALTH_SUSPENDED);
}

typedef struct search {
    gops_unit_state *state;
    int64_t last;
    size_t capacity;
} search;

static int visit(const gops_item *item, void *user_data)
{
    search *s = user_data;
    gops_apply *apply = &s->state->apply;
    const gops_object *object = gops_item_object(item);
    gops_control control = gops_object_control(object);
    int64_t position = position_of(GOPS_PHASE_SYNC, control.wave);
    const gops_known *known = gops_known_find(&s->state->known, object->key);
    if (control.hooks || position >= s->last || !known || known->planned ||
        is_well(s->state, known))
        return 0;
    if (gops_grow(s->state->reconciler->context, &apply->gates, &s->capacity,
                  apply->gate_count + 1, sizeof *apply->gates) < 0)
        return GITOPS_ENOMEM;
    apply->gates[apply->gate_count++] = (gops_gate){object->key, position, 0};
    return 0;
}

static int visit_change(const gops_item *before, const gops_item *item, void *user_data)
{
    (void)before;
    return visit(item, user_data);
}

int gops_gates_find(gops_unit_state *state)
{
    search s = {state, last_position(state->plan), 0};
    const gops_node *index = state->manifest->index;
    if (state->unit->wait == GITOPS_WAIT_NONE || gops_apply_is_staging(state) ||
        !gops_target_has_health(state->unit->target) || s.last == INT64_MIN)
        return 0;
    return s.last > position_of(GOPS_PHASE_SYNC, 0)
               ? gops_index_compare(NULL, index, visit_change, &s, NULL)
               : gops_index_each_controlled(index, visit, &s);
}

/* Operations from here on have to wait for a gate. */
static void find_end(gops_unit_state *state)
{
    gops_apply *apply = &state->apply;
    int64_t closed = INT64_MAX;
    for (size_t i = 0; i < apply->gate_count; i++)
        if (!apply->gates[i].open && apply->gates[i].position < closed)
            closed = apply->gates[i].position;
    for (apply->gated = 0; apply->gated < state->plan->count; apply->gated++) {
        const gitops_operation *operation = gops_apply_operation(state, apply->gated);
        if (is_gated(operation) && position_of(operation->phase, operation->wave) > closed)
            return;
    }
    apply->gated = SIZE_MAX;
}

void gops_gates_begin(gops_unit_state *state)
{
    gops_apply *apply = &state->apply;
    find_end(state);
    for (size_t i = 0; i < apply->gate_count; i++)
        gops_wait_gate(state, apply->count + i);
}

void gops_gates_open(gops_unit_state *state, size_t gate)
{
    state->apply.gates[gate].open = 1;
    find_end(state);
}
