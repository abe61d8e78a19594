/*
 * machine: walks each unit through its stages. Actions that use the store or a source are handed
 * out one at a time; calls to targets as many at once as the target allows.
 */
#include <string.h>

#include "reconcile/again.h"
#include "reconcile/confirm.h"

uint64_t gops_machine_random(gitops_reconciler *reconciler)
{
    /* splitmix64: the state is a counter, the output its scrambled value. */
    uint64_t x = reconciler->random += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

void gops_machine_event(gops_unit_state *state, int32_t type, size_t operation)
{
    gitops_reconciler *reconciler = state->reconciler;
    gitops_event event = {.type = type, .unit = state->unit->name,
                          .unix_ms = reconciler->unix_ms};
    if (!reconciler->options.event)
        return;
    event.plan = state->plan;
    if (type == GITOPS_EVENT_STARTED || type == GITOPS_EVENT_OUTCOME ||
        type == GITOPS_EVENT_WAITING)
        event.operation = &state->plan->operations.items[operation];
    if (type == GITOPS_EVENT_OUTCOME) {
        event.outcome = state->apply.work[operation].outcome;
        event.message = state->apply.work[operation].error;
    }
    if (type == GITOPS_EVENT_WAITING)
        event.message = state->apply.work[operation].waits;
    if (type == GITOPS_EVENT_FINISHED) {
        event.run = state->result;
        event.message = state->failure.code < 0 ? state->failure.message : NULL;
    }
    reconciler->in_event = 1;
    reconciler->options.event(&event, reconciler->options.event_user_data);
    reconciler->in_event = 0;
}

void gops_machine_release_pass(gops_unit_state *state)
{
    gops_look_release(&state->look);
    gops_findings_release(&state->findings);
    gops_findings_release(&state->drift);
    gops_findings_release(&state->conflicts);
    gops_findings_release(&state->withheld);
    gops_apply_release(state);
    gitops_plan_free(state->plan);
    state->plan = NULL;
    gitops_manifest_free(state->wanted);
    state->wanted = NULL;
    gitops_run_free(state->run);
    state->run = NULL;
}

/*
 * Units that share source and target look at one revision together. One that was brought brings
 * nobody: two could bring each other for ever.
 */
static void bring_neighbours(gops_unit_state *state)
{
    const gitops_reconciler *reconciler = state->reconciler;
    int was_brought = state->brought;
    state->brought = 0;
    if (was_brought)
        return;
    for (size_t i = 0; i < reconciler->count; i++) {
        gops_unit_state *other = reconciler->units[i];
        if (other->stage == GOPS_STAGE_IDLE && other->unit->source == state->unit->source &&
            other->unit->target == state->unit->target && other->due_ms > reconciler->mono_ms) {
            other->due_ms = INT64_MIN;
            other->brought = 1;
        }
    }
}

static int begin_pass(gops_unit_state *state)
{
    gops_machine_release_pass(state);
    state->run = gops_run_new(state->reconciler->context, state->unit->name);
    if (!state->run)
        return GITOPS_ENOMEM;
    memset(&state->failure, 0, sizeof state->failure);
    state->began = ++state->reconciler->moments;
    state->began_ms = state->reconciler->mono_ms;
    state->triggered = state->nudged = state->ending = 0;
    state->on_demand = state->asked_for;
    state->asked_for = 0;
    state->has_page = state->listed = state->recognised = 0;
    state->stage = GOPS_STAGE_NOTES;
    bring_neighbours(state);
    return 0;
}

/* A key whose desired state differs between two manifests. */
static int on_changed(const gops_item *before, const gops_item *after, void *user_data)
{
    gops_unit_state *state = user_data;
    const char *key = gops_item_object(after ? after : before)->key;
    gops_known *known = gops_known_find(&state->known, key);
    if (known) {
        gops_known_unsettle(&state->known, known);
        known->desired = after != NULL;
        gops_known_drop_if_empty(&state->known, known);
    }
    return state->look.full ? 0 : gops_look_ask(&state->look, key);
}

/* Everything that may exist, for a target that cannot list. */
static int ask_for_all(gops_unit_state *state)
{
    gops_known *known;
    size_t count = gops_index_count(state->manifest->index);
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = gops_look_ask(&state->look,
                           gops_item_object(gops_index_at(state->manifest->index, i))->key);
    for (size_t i = 0; rc == 0 && (known = gops_table_next(&state->known.table, &i)) != NULL;)
        if (!known->desired)
            rc = gops_look_ask(&state->look, known->key);
    return rc;
}

/*
 * Starts the look at the target. Between two full looks a new revision reads only what it changed,
 * when the target can be asked for single objects.
 */
static int begin_look(gops_unit_state *state, gitops_manifest *manifest)
{
    gitops_reconciler *reconciler = state->reconciler;
    const gitops_target *target = state->unit->target;
    int changed = manifest != state->manifest;
    int full = !state->has_looked || state->need_full || !changed ||
               !gops_target_can(target, GOPS_REQUEST_GET) ||
               reconciler->mono_ms - state->last_full_ms >= state->unit->interval_ms;
    gops_look_begin(&state->look, full);
    state->look.listing = full && gops_target_can(target, GOPS_REQUEST_LIST);
    state->look.manifest = manifest;
    int rc = 0;
    if (changed)
        rc = gops_index_compare(state->manifest ? state->manifest->index : NULL, manifest->index,
                                on_changed, state, NULL);
    if (changed) {
        gitops_manifest_free(state->manifest);
        state->manifest = gitops_manifest_ref(manifest);
    }
    if (rc == 0 && full && !state->look.listing)
        rc = ask_for_all(state);
    state->listed = !state->look.listing;
    state->stage = GOPS_STAGE_OBSERVE;
    return rc;
}

/* A first run may be of any revision, and what is applied already needs no look at history. */
static int must_verify(const gops_unit_state *state)
{
    return !state->verified && state->applied.length &&
           strcmp(state->applied.data, gitops_snapshot_revision(state->snapshot)) != 0;
}

/*
 * The desired state is known: what is left before the look is the lease, the inventory, and whether
 * the revision may follow the one that was applied last.
 */
static void approach_look(gops_unit_state *state)
{
    const gitops_reconciler *reconciler = state->reconciler;
    int ready = reconciler->options.plan_only ? 1 : gops_neighbours_ready(state, &state->failure);
    if (ready < 0)
        return;
    if (!ready) {
        state->stage = GOPS_STAGE_AFTER;
    } else if (!reconciler->options.plan_only && !reconciler->leased) {
        state->stage = GOPS_STAGE_LEASE;
    } else if (!state->loaded) {
        state->stage = GOPS_STAGE_LOAD;
    } else if (must_verify(state)) {
        state->stage = GOPS_STAGE_VERIFY;
    } else if (begin_look(state, state->wanted) < 0) {
        state->loaded = 0; /* what is known may be half updated */
        gops_fail_memory(&state->failure);
    }
}

static int new_stage_action(gops_unit_state *state, int32_t type, gitops_action **out)
{
    *out = gops_action_new(state, type);
    if (!*out)
        return GITOPS_ENOMEM;
    state->busy = 1;
    state->reconciler->exclusive = 1;
    return 0;
}

/* What the plans that other units carry out delete and replace, recorded already or not. */
static uint64_t count_others(const gops_unit_state *state)
{
    const gitops_reconciler *reconciler = state->reconciler;
    uint64_t changing = 0;
    for (size_t i = 0; i < reconciler->count; i++) {
        const gops_unit_state *other = reconciler->units[i];
        if (other != state && other->plan && other->stage >= GOPS_STAGE_CHECK)
            changing += gitops_plan_summary(other->plan, GITOPS_ACTION_DELETE) +
                        gitops_plan_summary(other->plan, GITOPS_ACTION_REPLACE);
    }
    return changing;
}

static int observe_next(gops_unit_state *state, gitops_action **out)
{
    gops_look *look = &state->look;
    if (state->listed && look->pending_next == look->pending_count) {
        state->stage = GOPS_STAGE_PLAN;
        int made = new_stage_action(state, GITOPS_DO_PLAN, out);
        if (made == 0) { /* an approval is for one plan; a later one is for the next */
            (*out)->consent = state->consent;
            memset(&state->consent, 0, sizeof state->consent);
            (*out)->others_changing = count_others(state);
        }
        return made;
    }
    int rc = new_stage_action(state, GITOPS_DO_OBSERVE, out);
    if (rc < 0)
        return rc;
    gitops_action *action = *out;
    gops_action_ask(action, state->listed ? GOPS_REQUEST_GET : GOPS_REQUEST_LIST);
    look->asking = state->listed;
    if (state->listed) {
        action->page = look->pending[look->pending_next++];
        action->request.key = action->answer.key = action->page;
    } else if (state->has_page) {
        action->page = gops_strdup(state->reconciler->context, state->page.data);
        action->request.page = action->page;
        rc = action->page ? 0 : GITOPS_ENOMEM;
    }
    if (rc < 0) {
        gops_action_free(action);
        *out = NULL;
        state->busy = state->reconciler->exclusive = 0;
        return rc;
    }
    action->answer.on_object = gops_look_object;
    action->answer.on_object_data = look;
    return 0;
}

/* Writes what the host has said since the last pass, and reads all that is said. */
static int notes_next(gops_unit_state *state, gitops_action **out)
{
    int rc = new_stage_action(state, GITOPS_DO_NOTES, out);
    if (rc == 0 && !state->reconciler->options.plan_only) {
        (*out)->notes = state->to_say;
        gops_notes_init(&state->to_say, state->reconciler->context);
    }
    return rc;
}

/* Not what is newest in its source: it is pinned, or was told to read a revision once. */
static int is_fixed(const gops_unit_state *state)
{
    return state->once || gops_notes_find(&state->notes, GOPS_NOTE_PIN);
}

static int is_pinned_to(const gops_unit_state *state, const char *revision)
{
    const gops_said *pin = gops_notes_find(&state->notes, GOPS_NOTE_PIN);
    return pin && strncmp(pin->value, revision, strlen(revision)) == 0;
}

int gops_machine_fetch(gops_unit_state *state, gitops_action **out)
{
    const gops_said *pin = gops_notes_find(&state->notes, GOPS_NOTE_PIN);
    const char *wanted = state->once ? state->once : pin ? pin->value : NULL;
    char *revision = NULL;
    if (wanted) {
        revision = gops_strdup(state->reconciler->context, wanted);
        if (!revision)
            return GITOPS_ENOMEM;
        revision[strcspn(revision, " \n")] = '\0';
    }
    *out = gops_action_new(state, GITOPS_DO_FETCH);
    if (!*out) {
        gops_free(state->reconciler->context, revision);
        return GITOPS_ENOMEM;
    }
    (*out)->revision = revision;
    state->reconciler->exclusive = 1;
    return 0;
}

static int fetch_next(gops_unit_state *state, gitops_action **out)
{
    state->busy = gops_machine_fetch(state, out) == 0;
    return *out ? 0 : GITOPS_ENOMEM;
}

static int unit_next(gops_unit_state *state, gitops_action **out);

/* The next action after a change of the stage, unless that failed. */
static int go_on(gops_unit_state *state, gitops_action **out)
{
    if (state->failure.code == 0)
        return unit_next(state, out);
    gops_machine_finish(state);
    return 0;
}

static int unit_next(gops_unit_state *state, gitops_action **out)
{
    gitops_reconciler *reconciler = state->reconciler;
    int cancelled = atomic_load(&reconciler->cancelled);
    if (state->stage == GOPS_STAGE_IDLE) {
        if (cancelled || state->due_ms > reconciler->mono_ms)
            return 0;
        int rc = begin_pass(state);
        if (rc < 0)
            return rc;
    }
    if (state->busy)
        return 0;
    if (state->ending || (cancelled && state->stage != GOPS_STAGE_APPLY)) {
        if (!reconciler->exclusive) /* which may be a look at what its neighbours state */
            gops_machine_finish(state);
        return 0;
    }
    if (state->stage >= GOPS_STAGE_CHECK)
        return gops_apply_next(state, out);
    if (reconciler->exclusive)
        return 0;
    switch (state->stage) {
    case GOPS_STAGE_AFTER:
        approach_look(state);
        return state->stage == GOPS_STAGE_AFTER && state->failure.code == 0 ? 0 : go_on(state, out);
    case GOPS_STAGE_LEASE:
        if (!reconciler->leased)
            return new_stage_action(state, GITOPS_DO_LEASE, out);
        approach_look(state); /* another unit has taken it meanwhile */
        return go_on(state, out);
    case GOPS_STAGE_LOAD:
        return new_stage_action(state, GITOPS_DO_LOAD, out);
    case GOPS_STAGE_VERIFY:
        return new_stage_action(state, GITOPS_DO_VERIFY, out);
    case GOPS_STAGE_NOTES:
        return notes_next(state, out);
    case GOPS_STAGE_FETCH:
        return fetch_next(state, out);
    case GOPS_STAGE_READ:
        return new_stage_action(state, GITOPS_DO_READ, out);
    default:
        return gops_neighbour_reads(state) ? 0 : observe_next(state, out);
    }
}

int gitops_reconciler_next(gitops_reconciler *reconciler, int64_t mono_ms, int64_t unix_ms,
                           gitops_action **out, gitops_error *err)
{
    *out = NULL;
    if (reconciler->in_event)
        return gops_fail(err, GITOPS_ESTATE, "an event callback may not step the reconciler");
    if (mono_ms > reconciler->mono_ms)
        reconciler->mono_ms = mono_ms;
    reconciler->unix_ms = unix_ms;
    for (size_t i = 0; i < reconciler->count && !*out; i++) {
        gops_unit_state *state = reconciler->units[(reconciler->turn + i) % reconciler->count];
        if (unit_next(state, out) < 0)
            return gops_fail_memory(err);
    }
    if (*out || reconciler->count == 0) {
        reconciler->turn++;
        return 0;
    }
    if (atomic_load(&reconciler->cancelled)) {
        for (size_t i = 0; i < reconciler->count; i++)
            if (reconciler->units[i]->stage != GOPS_STAGE_IDLE)
                return 0;
        return gops_fail(err, GITOPS_ECANCELLED, "the reconciler was cancelled");
    }
    return 0;
}

static void take_snapshot(gops_unit_state *state, gitops_snapshot *snapshot)
{
    int same = state->current && gops_snapshot_same_tree(state->snapshot, snapshot);
    if (!state->snapshot || strcmp(gitops_snapshot_revision(state->snapshot),
                                   gitops_snapshot_revision(snapshot)) != 0)
        state->verified = state->rewinds = 0;
    gitops_snapshot_free(state->snapshot);
    state->snapshot = gitops_snapshot_ref(snapshot);
    state->stage = GOPS_STAGE_READ;
    state->current = same;
    if (same) {
        /* What was read, which need not have been looked at: the pass may have ended before. */
        state->wanted = gitops_manifest_ref(state->read);
        approach_look(state);
    }
}

/* Units that wait for the same source share what was fetched. */
static void resolve_fetch(gops_unit_state *state, gitops_action *action)
{
    gitops_reconciler *reconciler = state->reconciler;
    take_snapshot(state, action->snapshot);
    for (size_t i = 0; i < reconciler->count && !action->revision; i++) {
        gops_unit_state *other = reconciler->units[i];
        if (other == state || other->stage != GOPS_STAGE_FETCH || is_fixed(other) ||
            other->unit->source != state->unit->source)
            continue;
        take_snapshot(other, action->snapshot);
        if (other->failure.code < 0)
            gops_machine_finish(other);
    }
}

static void resolve_read(gops_unit_state *state, gitops_action *action)
{
    gitops_manifest_free(state->read);
    state->read = action->manifest ? gitops_manifest_ref(action->manifest) : NULL;
    if (action->rc == 0) {
        state->current = 1;
        state->wanted = gitops_manifest_ref(action->manifest);
        approach_look(state);
    }
}

static void fail_rewind(gops_unit_state *state, gops_descent descent, const char *tip)
{
    const char *applied = state->applied.data;
    if (descent == GOPS_DESCENT_NO)
        gops_fail_at(&state->failure, GITOPS_EREWIND, tip, 0, 0,
                     "commit %s does not descend from %s, which was applied last", tip, applied);
    else
        gops_fail_at(&state->failure, GITOPS_EREWIND, tip, 0, 0,
                     "cannot tell whether commit %s descends from %s, which was applied last: the "
                     "repository does not hold all of the history",
                     tip, applied);
}

/* A rewound or rewritten branch undoes what was applied: only a person can want that. */
static void resolve_verify(gops_unit_state *state, gops_descent descent)
{
    const char *tip = gitops_snapshot_revision(state->snapshot);
    int descends = descent == GOPS_DESCENT_YES;
    if (!descends && !is_pinned_to(state, tip) && !(state->rewind && strcmp(state->rewind, tip) == 0)) {
        fail_rewind(state, descent, tip);
        return;
    }
    state->verified = 1;
    state->rewinds = !descends;
    approach_look(state);
}

static void resolve_observe(gops_unit_state *state, gitops_action *action)
{
    if (action->request.kind != GOPS_REQUEST_LIST)
        return;
    if (action->answer.has_page && state->has_page &&
        strcmp(state->page.data, action->answer.text.data) == 0) {
        gops_fail(&state->failure, GITOPS_ETARGET, "list: the next page is the same page again");
        return;
    }
    state->has_page = action->answer.has_page;
    state->listed = !state->has_page;
    gops_buffer_clear(&state->page);
    gops_buffer_put(&state->page, action->answer.text.data, action->answer.text.length);
    if (state->page.status)
        gops_fail_memory(&state->failure);
}

static void fail_conflicts(gops_unit_state *state)
{
    size_t count = state->plan->conflicts.count;
    gops_fail_at(&state->failure, GITOPS_ECONFLICT, state->unit->name, 0, 0,
                 "%zu object%s changed in Git and in the target, and the conflict policy is to "
                 "fail",
                 count, count == 1 ? " was" : "s were");
}

/* An approval is for one plan: another one must not be carried out in its place. */
static int is_another(const gitops_plan *plan, const char *approved)
{
    return approved && plan->count && !plan->held_count && strcmp(approved, plan->digest) != 0;
}

/* Planning is always allowed, and so is what a person asks for where the windows say so. */
static int may_change(const gops_unit_state *state)
{
    const gitops_reconciler *reconciler = state->reconciler;
    return reconciler->options.plan_only || state->plan->count == 0 ||
           gitops_windows_allow(state->unit->windows, reconciler->unix_ms, state->on_demand, 0);
}

static void fail_window(gops_unit_state *state)
{
    gops_fail_at(&state->failure, GITOPS_ESUSPENDED, state->unit->name, 0, 0,
                 "unit %s has %zu changes, and no window of time is open for them",
                 state->unit->name, state->plan->count);
    state->opens_unix_ms =
        gitops_windows_next_change(state->unit->windows, state->reconciler->unix_ms);
}

static void resolve_plan(gops_unit_state *state, gitops_action *action)
{
    gitops_reconciler *reconciler = state->reconciler;
    state->plan = action->plan;
    action->plan = NULL;
    state->has_looked = 1;
    if (state->look.full)
        state->last_full_ms = reconciler->mono_ms;
    if (state->look.full && gops_again_forget(state) < 0)
        gops_fail_memory(&state->failure);
    if (state->plan->conflicts.count) {
        fail_conflicts(state);
        return;
    }
    if (is_another(state->plan, action->consent.digest)) {
        gops_fail_at(&state->failure, GITOPS_ENOTFOUND, state->unit->name, 0, 0,
                     "no plan has the approved digest %s: this one has %s",
                     action->consent.digest, state->plan->digest);
        return;
    }
    gops_machine_event(state, GITOPS_EVENT_PLANNED, 0);
    if (!may_change(state)) {
        fail_window(state);
        return;
    }
    int nothing = state->plan->operations.count == 0 && !state->rewinds; /* a rewind is recorded */
    if (reconciler->options.plan_only || state->plan->held_count || nothing) {
        gops_machine_finish(state);
        return;
    }
    state->run_number++;
    state->stage = gops_target_can(state->unit->target, GOPS_REQUEST_CHECK) ? GOPS_STAGE_CHECK
                                                                            : GOPS_STAGE_APPLY;
    if (gops_apply_begin(state) < 0)
        gops_fail_memory(&state->failure);
}

/* What was not written is said again by the next pass, unless it was said anew. */
static void say_again(gops_unit_state *state, const gops_notes *notes)
{
    const gops_said *said;
    for (size_t i = 0; (said = gops_table_next(&notes->table, &i)) != NULL;)
        if (!gops_notes_find(&state->to_say, said->name))
            (void)gops_notes_set(&state->to_say, said->name, said->value, said->length,
                                 said->unix_ms);
}

static void resolve_notes(gops_unit_state *state, gitops_action *action)
{
    const gitops_reconciler *reconciler = state->reconciler;
    if (action->rc < 0) {
        say_again(state, &action->notes);
        return;
    }
    const gops_said *suspend = gops_notes_find(&state->notes, GOPS_NOTE_SUSPEND);
    int64_t until = suspend ? gops_said_number(suspend) : -1;
    state->stage = GOPS_STAGE_FETCH;
    if (!reconciler->options.plan_only && gops_confirm_begin(state) < 0) {
        gops_fail_memory(&state->failure);
        return;
    }
    if (!suspend || reconciler->options.plan_only || (until && until <= reconciler->unix_ms))
        return;
    gops_fail_at(&state->failure, GITOPS_ESUSPENDED, state->unit->name, 0, 0,
                 "unit %s is suspended%s%s", state->unit->name,
                 *gops_said_text(suspend) ? ": " : "", gops_said_text(suspend));
}

/* Takes in an action of the stages before CHECK. */
static void resolve_stage(gops_unit_state *state, gitops_action *action)
{
    state->busy = 0;
    if (action->rc < 0)
        state->failure = action->error;
    switch (action->type) {
    case GITOPS_DO_NOTES:
        resolve_notes(state, action);
        break;
    case GITOPS_DO_LEASE:
        state->reconciler->leased = action->rc == 0;
        if (action->rc == 0)
            approach_look(state);
        break;
    case GITOPS_DO_LOAD:
        state->loaded = action->rc == 0;
        state->verified = 0;
        gitops_manifest_free(state->manifest); /* what is known is new: compare with nothing */
        state->manifest = NULL; /* what was read stays read: others ask what it states */
        state->has_looked = 0;
        if (action->rc == 0)
            approach_look(state);
        break;
    case GITOPS_DO_FETCH:
        if (action->rc == 0)
            resolve_fetch(state, action);
        break;
    case GITOPS_DO_READ:
        resolve_read(state, action);
        break;
    case GITOPS_DO_VERIFY:
        if (action->rc == 0)
            resolve_verify(state, action->descent);
        break;
    case GITOPS_DO_OBSERVE:
        if (action->rc == 0)
            resolve_observe(state, action);
        break;
    default:
        if (action->rc == 0)
            resolve_plan(state, action);
    }
    if (state->failure.code < 0 && state->stage != GOPS_STAGE_IDLE)
        gops_machine_finish(state);
}

static int is_exclusive(int32_t type)
{
    return type <= GITOPS_DO_PREPARE || type == GITOPS_DO_RECORD || type == GITOPS_DO_NOTES;
}

int gitops_reconciler_resolve(gitops_reconciler *reconciler, gitops_action *action,
                              int64_t mono_ms, gitops_error *err)
{
    (void)err;
    if (mono_ms > reconciler->mono_ms)
        reconciler->mono_ms = mono_ms;
    if (!action->executed && action->has_answer && action->answer.state != GOPS_ANSWER_NONE)
        gitops_action_execute(action, NULL); /* answered by hand: our own part is left */
    if (!action->executed && action->rc == 0)
        action->rc = gops_fail(&action->error, GITOPS_ESTATE, "the action was not carried out");
    if (is_exclusive(action->type))
        reconciler->exclusive = 0;
    if (action->state->stage != GOPS_STAGE_APPLY &&
        (action->type <= GITOPS_DO_PLAN || action->type == GITOPS_DO_NOTES))
        resolve_stage(action->state, action);
    else
        gops_apply_resolve(action->state, action);
    gops_action_free(action);
    return 0;
}

int gitops_reconciler_reject(gitops_reconciler *reconciler, gitops_action *action,
                             const gitops_error *reason, int64_t mono_ms, gitops_error *err)
{
    if (action->type == GITOPS_DO_LEASE && action->executed && action->rc == 0)
        gops_store_release(reconciler->store); /* it was taken, and nobody will know */
    action->executed = 1;
    action->rc = GITOPS_ETARGET;
    gops_fail(&action->error, GITOPS_ETARGET, "%s",
              reason && reason->message[0] ? reason->message : "the host could not do it");
    if (reason && reason->code < 0) {
        action->error = *reason;
        action->rc = reason->code;
    }
    return gitops_reconciler_resolve(reconciler, action, mono_ms, err);
}
