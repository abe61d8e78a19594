/* schema_rules: the walk over compiled path patterns, a deterministic automaton over segments. */
#include "manifest/schema_rules.h"

#include <stdio.h>

#include "manifest/schema_segment.h"

void gops_rule_add(gops_rule *sum, const gops_rule *rule)
{
    gops_policy own = sum->policy;
    sum->policy = rule->policy;
    gops_policy_set(&sum->policy, own);
    sum->flags |= rule->flags;
    if (!sum->has_list && rule->has_list) {
        sum->has_list = 1;
        sum->list = rule->list;
        sum->tuples = rule->tuples;
        sum->tuple_count = rule->tuple_count;
    }
    if (!sum->has_map && rule->has_map) {
        sum->has_map = 1;
        sum->map = rule->map;
    }
    if (!sum->has_scalar && rule->has_scalar) {
        sum->has_scalar = 1;
        sum->scalar = rule->scalar;
    }
}

void gops_rule_set_mode(gops_rule *rule, int32_t mode)
{
    if (mode == GITOPS_MODE_IGNORE) {
        rule->flags |= GOPS_RULE_IGNORED;
        return;
    }
    int enforces = mode == GITOPS_MODE_ENFORCE;
    rule->policy = (gops_policy){enforces ? GITOPS_CONFLICT_DESIRED : 0,
                                 enforces ? GITOPS_DRIFT_REVERT : 0, (uint8_t)mode};
}

int gops_rule_speaks(const gops_rule *rule)
{
    return rule->has_list || rule->has_map || rule->has_scalar || rule->flags ||
           rule->policy.conflict || rule->policy.drift || rule->policy.mode;
}

static const gops_rule_state *find_step(const gops_rule_turn *turn, const char *key, size_t length)
{
    size_t low = 0, high = turn->step_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_rule_step *step = &turn->steps[middle];
        int order = gops_key_compare(key, length, step->segment, step->length);
        if (order == 0)
            return step->next;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return turn->other;
}

const gops_rule_state *gops_rule_state_member(const gops_rule_state *state, const char *key,
                                              size_t length)
{
    const gops_rule_turn *turn = &state->turn;
    while (turn->test)
        turn = gops_segment_matches(turn->test, key, length, NULL, NULL) ? turn->yes : turn->no;
    return find_step(turn, key, length);
}

/* Below all tests, of which those for names are made of an element's index. */
static const gops_rule_turn *turn_of_element(const gops_rule_state *state, const char *index,
                                             size_t length, const gitops_value *value,
                                             const gops_schema_place *place)
{
    const gops_rule_turn *turn = &state->turn;
    while (turn->test)
        turn = gops_segment_matches(turn->test, index, length, value, place) ? turn->yes : turn->no;
    return turn;
}

const gops_rule_state *gops_rule_state_element(const gops_rule_state *state, size_t i,
                                               const gitops_value *value,
                                               const gops_schema_place *place)
{
    char index[24];
    if (!state->turn.test && state->turn.step_count == 0)
        return state->turn.other;
    size_t length = (size_t)snprintf(index, sizeof index, "%zu", i);
    return find_step(turn_of_element(state, index, length, value, place), index, length);
}

const void *gops_rule_state_name(const gops_rule_state *state, size_t i, const gitops_value *value,
                                 const gops_schema_place *place)
{
    char index[24];
    if (!state->names_elements)
        return NULL;
    size_t length = (size_t)snprintf(index, sizeof index, "%zu", i);
    return turn_of_element(state, index, length, value, place);
}
