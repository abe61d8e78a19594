/*
 * planning: the executor of PLAN. What the look found becomes a plan; what limits it beyond the unit's
 * own options, the history of the last day, is read from the store.
 */
#include <string.h>

#include "plan/pattern.h"
#include "reconcile/again.h"
#include "reconcile/fights.h"
#include "reconcile/hooks.h"
#include "store/approval.h"

/* What the day's runs have deleted and replaced, apart from what this plan shows not to be so. */
typedef struct day {
    uint64_t changing; /* objects that this plan deletes or replaces */
    uint64_t again;    /* ... of which an earlier run was about to delete so many: they are there */
    uint64_t gone;     /* objects that are gone, and still in the inventory */
    uint64_t deleted, changed;
} day;

static void take_finding(day *d, const gitops_operation *operation, const gops_known *known)
{
    if (operation->is_hook)
        return;
    int deletes = operation->action == GITOPS_ACTION_DELETE;
    int intended = known && known->intent == GITOPS_ACTION_DELETE;
    if (deletes || operation->action == GITOPS_ACTION_REPLACE) {
        d->changing++;
        d->again += (uint64_t)intended;
    } else if (operation->action == GITOPS_ACTION_FORGET) {
        d->gone += (uint64_t)intended;
    }
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

/* Only a plan that deletes or replaces asks the history. */
static int count_day(const gitops_action *action, day *d, gitops_error *err)
{
    const gops_unit_state *state = action->state;
    uint64_t deletes = 0, replaces = 0;
    memset(d, 0, sizeof *d);
    for (size_t i = 0; i < state->findings.count; i++) {
        const gitops_operation *operation = &state->findings.items[i];
        take_finding(d, operation, gops_known_find(&state->known, gops_operation_key(operation)));
    }
    if (d->changing == 0)
        return 0;
    int rc = gops_store_changes_since(state->reconciler->store, state->unit->name,
                                      gops_day_before(action->unix_ms), &deletes, &replaces, err);
    d->deleted = less(deletes, d->again + d->gone);
    d->changed = less(deletes + replaces, d->again);
    return rc;
}

/* What all units have deleted and replaced in the last hour, and others are about to. */
static int count_hour(const gitops_action *action, const day *d, uint64_t *changed,
                      gitops_error *err)
{
    const gitops_reconciler *reconciler = action->state->reconciler;
    int64_t since = gops_time_before(action->unix_ms, GOPS_HOUR_MS);
    size_t count = reconciler->options.max_changes_per_hour && d->changing ? reconciler->count : 0;
    int rc = 0;
    *changed = action->others_changing;
    for (size_t i = 0; i < count && rc == 0; i++) {
        uint64_t deletes, replaces;
        rc = gops_store_changes_since(reconciler->store, reconciler->units[i]->unit->name, since,
                                      &deletes, &replaces, err);
        *changed += rc < 0 ? 0 : deletes + replaces;
    }
    *changed = less(*changed, d->again);
    return rc;
}

/* Every object that Git states must be one that the unit may touch, also where it is in order. */
static int check_scope(const gops_unit_state *state, gitops_error *err)
{
    const gitops_unit *unit = state->unit;
    size_t count = unit->scope_count ? gops_index_count(state->manifest->index) : 0, outside = 0;
    const gops_item *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const gops_item *item = gops_index_at(state->manifest->index, i);
        if (!gops_unit_allows(unit, gops_item_object(item)->key) && outside++ == 0)
            first = item;
    }
    if (!first)
        return 0;
    const gops_object *object = gops_item_object(first);
    return gops_fail_at(err, GITOPS_ESCOPE, first->file->path, object->line, 1,
                        "%s is outside of what unit %s may touch; objects outside: %zu",
                        object->key, unit->name, outside);
}

/* What is ours and outside of the scope, since that was narrowed, is not deleted either. */
static int check_deletes(const gops_unit_state *state, gitops_error *err)
{
    const gitops_unit *unit = state->unit;
    for (size_t i = 0; unit->scope_count && i < state->findings.count; i++) {
        const gitops_operation *operation = &state->findings.items[i];
        const char *key = gops_operation_key(operation);
        if (operation->action == GITOPS_ACTION_DELETE && !gops_unit_allows(unit, key))
            return gops_fail_at(err, GITOPS_ESCOPE, key, 0, 0,
                                "%s is to be deleted, but is outside of what unit %s may touch",
                                key, unit->name);
    }
    return 0;
}

/* What was approved in this process counts first, then what the store has noted. */
static int find_approval(gitops_action *action, gitops_error *err)
{
    const gops_unit_state *state = action->state;
    const gops_consent *consent = &action->consent;
    gitops_plan *plan = action->plan;
    gops_buffer who;
    const char *why;
    if (consent->digest && strcmp(consent->digest, plan->digest) == 0)
        return gops_plan_approve(plan, consent->who, consent->why) < 0 ? gops_fail_memory(err) : 0;
    gops_buffer_init(&who, plan->context, 0);
    int rc = gops_approval_find(state->reconciler->store, state->unit->name, plan->digest,
                                action->unix_ms, &who, &why, err);
    if (rc > 0)
        rc = gops_plan_approve(plan, who.data, why) < 0 ? gops_fail_memory(err) : 0;
    gops_buffer_release(&who);
    return rc;
}

/* An owns of gops_plan_input. */
static int owns(const void *known, const char *key)
{
    const gops_known *one = gops_known_find(known, key);
    return one && one->owned;
}

int gops_planning_execute(gitops_action *action, gitops_error *err)
{
    gops_unit_state *state = action->state;
    day today = {0};
    uint64_t changed_in_hour = 0;
    int rc = check_scope(state, err);
    if (rc == 0)
        rc = gops_look_complete(&state->look, err);
    if (rc == 0)
        rc = check_deletes(state, err);
    if (rc == 0)
        rc = gops_hooks_find(state, err);
    if (rc == 0 && (gops_again_withhold(state) < 0 || gops_fights_withhold(state) < 0))
        rc = gops_fail_memory(err);
    if (rc == 0)
        rc = count_day(action, &today, err);
    if (rc == 0)
        rc = count_hour(action, &today, &changed_in_hour, err);
    gops_plan_input input = {
        .unit = state->unit,
        .revision = gitops_snapshot_revision(state->snapshot),
        .manifest = state->manifest,
        .findings = &state->findings,
        .owned = gops_known_claims(&state->known),
        .deleted_in_day = today.deleted,
        .changed_in_day = today.changed,
        .budget = (uint64_t)state->reconciler->options.max_changes_per_hour,
        .changed_in_hour = changed_in_hour,
        .desired = gops_index_count(state->manifest->index),
        .drift = &state->drift,
        .conflicts = &state->conflicts,
        .withheld = &state->withheld,
        .left_alone = state->look.left_alone,
        .skipped = state->manifest->skipped,
        .unread = state->manifest->unread,
        .owns = owns,
        .owns_data = &state->known,
    };
    if (rc == 0)
        rc = gops_plan_build(&action->plan, state->reconciler->context, &input, err);
    return rc == 0 && action->plan->held_count ? find_approval(action, err) : rc;
}
