/* schema_rules: the walk over compiled path patterns, a deterministic automaton over segments. */
#include "manifest/schema_rules.h"

#include <stdio.h>

void gops_rule_add(gops_rule *sum, const gops_rule *rule)
{
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

const gops_rule_state *gops_rule_state_member(const gops_rule_state *state, const char *key,
                                              size_t length)
{
    size_t low = 0, high = state->step_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_rule_step *step = &state->steps[middle];
        int order = gops_key_compare(key, length, step->segment, step->length);
        if (order == 0)
            return step->next;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return state->other;
}

const gops_rule_state *gops_rule_state_element(const gops_rule_state *state, size_t i)
{
    char index[24];
    if (state->step_count == 0)
        return state->other;
    int length = snprintf(index, sizeof index, "%zu", i);
    return gops_rule_state_member(state, index, (size_t)length);
}
