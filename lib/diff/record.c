/*
 * record: what is known about a row at a place, as a change record has it; what is decided about
 * it, by a policy or by the host, who is shown just that; and the record itself.
 */
#include "diff/equal.h"
#include "diff/kubernetes.h"
#include "diff/label.h"

struct gitops_conflict_answer {
    int32_t policy; /* 0: not answered yet */
};

static int is_write(gops_action action)
{
    return action == GOPS_ACTION_ADD || action == GOPS_ACTION_REPLACE ||
           action == GOPS_ACTION_REMOVE;
}

/* The managers of a place, in the scratch; NULL: none. */
static const char *owner_of(gops_triwalk *walk, const gops_schema_place *place)
{
    const gops_field *field = place->field;
    gops_buffer names;
    if (!field || !field->owner_count || !gops_schema_has_managers(walk->schema))
        return NULL;
    gops_buffer_init(&names, walk->context, 0);
    for (size_t i = 0; i < field->owner_count; i++) {
        const gops_field_manager *manager = field->owners[i].manager;
        if (names.length)
            gops_buffer_put(&names, ", ", 2);
        gops_buffer_put(&names, manager->text, manager->length);
    }
    const char *owner =
        names.status < 0 ? NULL : gops_arena_strndup(&walk->scratch, names.data, names.length);
    if (!owner)
        walk->status = GITOPS_ENOMEM;
    gops_buffer_release(&names);
    return owner;
}

/* A row at a place, undecided. What it refers to is borrowed, its label from the given buffer. */
static gitops_change describe(gops_triwalk *walk, const gops_schema_place *place, gops_row row,
                              const gops_sides *raw, gops_buffer *label)
{
    gitops_change change = {
        .path = walk->path.length ? walk->path.data : "",
        .rule = gops_row_rule_of(row),
        .base = raw->of[GOPS_BASE],
        .desired = raw->of[GOPS_DESIRED],
        .live = raw->of[GOPS_LIVE],
        .owner = owner_of(walk, place),
        .action = GOPS_ACTION_NONE,
        .immutable = (uint8_t)gops_object_fixes(walk, place, raw),
    };
    change.sensitive = place->sensitive || gops_is_sensitive(place, change.base) ||
                       gops_is_sensitive(place, change.desired) ||
                       gops_is_sensitive(place, change.live);
    gops_changes_locate(walk->changes, &change);
    if (walk->within) {
        gops_label_write(label, walk->within, walk->path.data, walk->path.length);
        change.label = label->data;
    }
    if (label->status < 0)
        walk->status = GITOPS_ENOMEM;
    return change;
}

/* What the host may see of a value: as in a record, but borrowed. */
static const gitops_value *shown(const gitops_change *change, const gitops_value *value,
                                 gitops_value *masked)
{
    if (!value || !change->sensitive)
        return value;
    *masked = *value;
    masked->key = NULL;
    masked->key_length = 0;
    gops_value_set_string(masked, "***", 3);
    return masked;
}

int gitops_conflict_answer_set(gitops_conflict_answer *answer, int32_t policy)
{
    int is_answer = policy >= GITOPS_CONFLICT_DESIRED && policy <= GITOPS_CONFLICT_FAIL;
    if (!answer || answer->policy)
        return GITOPS_EINVAL;
    answer->policy = is_answer ? policy : GITOPS_CONFLICT_FAIL;
    return is_answer ? 0 : GITOPS_EINVAL;
}

/* The policy that the host has for a conflict. */
GOPS_OFF_PATH static int32_t ask(gops_triwalk *walk, const gops_schema_place *place, gops_row row,
                                 const gops_sides *raw)
{
    gitops_conflict_answer answer = {0};
    gitops_value base, desired, live;
    gops_buffer label;
    gops_buffer_init(&label, walk->context, 0);
    gitops_change change = describe(walk, place, row, raw, &label);
    change.base = shown(&change, change.base, &base);
    change.desired = shown(&change, change.desired, &desired);
    change.live = shown(&change, change.live, &live);
    if (walk->resolve && walk->status == 0)
        walk->resolve(&change, &answer, walk->user_data);
    gops_buffer_release(&label);
    return answer.policy ? answer.policy : GITOPS_CONFLICT_FAIL;
}

gops_decision gops_triwalk_decide(gops_triwalk *walk, const gops_schema_place *place, gops_row row,
                                  const gops_sides *raw)
{
    const gops_row_rule *rule = gops_row_rule_of(row);
    gops_decision decision = {.policy = walk->forced ? walk->forced_policy : walk->policy};
    if (!walk->forced && !walk->as_server)
        gops_policy_set(&decision.policy, place->policy);
    if (gops_row_asks(rule, decision.policy))
        decision.policy.conflict = (uint8_t)ask(walk, place, row, raw);
    decision.action = gops_row_decide(rule, decision.policy);
    return decision;
}

void gops_triwalk_record(gops_triwalk *walk, const gops_schema_place *place, gops_row row,
                         gops_decision decision, const gops_sides *raw, const gitops_value *merged)
{
    const gops_row_rule *rule = gops_row_rule_of(row);
    if (walk->mode != GOPS_TRIWALK_MERGE || rule->silent || !walk->changes)
        return;
    walk->has_drift |= rule->drift;
    walk->has_git_change |= rule->from_git;
    walk->writes |= rule->states;
    walk->conflict_count += (size_t)gops_row_fails(rule, decision.policy);
    gops_buffer label;
    gops_buffer_init(&label, walk->context, 0);
    gitops_change change = describe(walk, place, row, raw, &label);
    change.merged = merged;
    change.action = (uint8_t)decision.action;
    change.replaces = change.immutable && is_write(decision.action) && walk->object &&
                      !walk->removes;
    walk->replaces |= change.replaces;
    if (walk->status == 0 && gops_changes_add(walk->changes, &change) < 0)
        walk->status = GITOPS_ENOMEM;
    gops_buffer_release(&label);
}
