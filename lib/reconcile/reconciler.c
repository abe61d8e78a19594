/*
 * reconciler: the handle around the machine: its units, what a host asks of it between actions, and
 * its end.
 */
#include "reconcile/fights.h"

#include <stdio.h>
#include <string.h>

#include "base/options.h"

int gitops_reconciler_new(gitops_reconciler **out, gitops_context *context, gitops_store *store,
                          const gitops_reconciler_options *options, gitops_error *err)
{
    gitops_reconciler_options given;
    if (!out || !context || !store)
        return gops_fail(err, GITOPS_EINVAL, "reconciler: an argument is NULL");
    *out = NULL;
    int rc = gops_options_import(&given, sizeof given, options, "reconciler options", err);
    if (rc == 0 && given.max_changes_per_hour < 0)
        rc = gops_fail(err, GITOPS_EINVAL, "reconciler: max_changes_per_hour is out of range");
    if (rc < 0)
        return rc;
    gitops_reconciler *reconciler = gops_calloc(context, 1, sizeof *reconciler);
    if (!reconciler)
        return gops_fail_memory(err);
    reconciler->context = gops_context_ref(context);
    reconciler->store = gops_store_ref(store);
    reconciler->options = given;
    reconciler->random = given.seed;
    atomic_init(&reconciler->cancelled, 0);
    reconciler->wake_read = -1;
    atomic_init(&reconciler->wake_write, -1);
    *out = reconciler;
    return 0;
}

void gops_consent_release(gitops_context *context, gops_consent *consent)
{
    gops_free(context, consent->digest);
    gops_free(context, consent->who);
    gops_free(context, consent->why);
    memset(consent, 0, sizeof *consent);
}

static void free_unit_state(gops_unit_state *state)
{
    gitops_context *context = state->reconciler->context;
    gops_machine_release_pass(state);
    gitops_snapshot_free(state->snapshot);
    gitops_manifest_free(state->manifest);
    gitops_manifest_free(state->read);
    gitops_memo_free(state->memo);
    gops_known_release(&state->known);
    gops_fights_release(state);
    gops_notes_release(&state->notes);
    gops_notes_release(&state->to_say);
    gops_buffer_release(&state->page);
    gops_buffer_release(&state->fingerprint);
    gops_buffer_release(&state->applied);
    gops_free(context, state->rewind);
    gops_free(context, state->once);
    gops_consent_release(context, &state->consent);
    gitops_run_free(state->result);
    gitops_unit_free(state->unit);
    gops_free(context, state);
}

void gitops_reconciler_free(gitops_reconciler *reconciler)
{
    if (!reconciler)
        return;
    gitops_context *context = reconciler->context;
    for (size_t i = 0; i < reconciler->count; i++)
        free_unit_state(reconciler->units[i]);
    gops_free(context, reconciler->units);
    if (reconciler->leased)
        gops_store_release(reconciler->store);
    gitops_store_free(reconciler->store);
    gops_run_release(reconciler);
    if (reconciler->options.destroy_event_user_data)
        reconciler->options.destroy_event_user_data(reconciler->options.event_user_data);
    gops_free(context, reconciler);
    gitops_context_free(context);
}

gops_unit_state *gops_reconciler_unit(const gitops_reconciler *reconciler, const char *name)
{
    for (size_t i = 0; i < reconciler->count; i++)
        if (strcmp(reconciler->units[i]->unit->name, name) == 0)
            return reconciler->units[i];
    return NULL;
}

/* A state of a unit that can be freed; NULL: no memory. */
static gops_unit_state *new_unit_state(gitops_reconciler *reconciler, gitops_unit *unit)
{
    gitops_context *context = reconciler->context;
    gops_unit_state *state = gops_calloc(context, 1, sizeof *state);
    if (!state)
        return NULL;
    state->unit = gops_unit_ref(unit);
    state->reconciler = reconciler;
    state->due_ms = INT64_MIN;
    gops_known_init(&state->known, context);
    gops_table_init(&state->fights, context);
    gops_notes_init(&state->notes, context);
    gops_notes_init(&state->to_say, context);
    gops_findings_init(&state->findings, context);
    gops_findings_init(&state->drift, context);
    gops_findings_init(&state->conflicts, context);
    gops_findings_init(&state->withheld, context);
    gops_buffer_init(&state->page, context, 0);
    gops_buffer_init(&state->fingerprint, context, 0);
    gops_buffer_init(&state->applied, context, 0);
    state->look = (gops_look){.context = context,
                              .state = state,
                              .unit = unit,
                              .store = reconciler->store,
                              .known = &state->known,
                              .findings = &state->findings,
                              .drift = &state->drift,
                              .conflicts = &state->conflicts,
                              .withheld = &state->withheld,
                              .all_changes = reconciler->options.all_changes};
    return state;
}

/*
 * Follows the units that come before, as far as they are known; 1 when that leads back to start. A
 * reconciler has no cycle yet, so that the walk ends.
 */
static int leads_back(gitops_reconciler *reconciler, const gitops_unit *from, const char *start)
{
    for (size_t i = 0; i < from->after_count; i++) {
        if (strcmp(from->after[i], start) == 0)
            return 1;
        const gops_unit_state *next = gops_reconciler_unit(reconciler, from->after[i]);
        if (next && leads_back(reconciler, next->unit, start))
            return 1;
    }
    return 0;
}

int gitops_reconciler_add(gitops_reconciler *reconciler, gitops_unit *unit, gitops_error *err)
{
    gitops_context *context = reconciler->context;
    if (!unit)
        return gops_fail(err, GITOPS_EINVAL, "reconciler add: the unit is NULL");
    if (gops_reconciler_unit(reconciler, unit->name))
        return gops_fail(err, GITOPS_EDUPLICATE, "there is a unit %s already", unit->name);
    if (leads_back(reconciler, unit, unit->name))
        return gops_fail(err, GITOPS_EORDER, "unit %s comes after itself, by the units before it",
                         unit->name);
    gops_unit_state *state = new_unit_state(reconciler, unit);
    if (!state)
        return gops_fail_memory(err);
    int rc = gops_store_lasts(reconciler->store)
                 ? gitops_store_memo(&state->memo, reconciler->store, unit->name, err)
                 : 0;
    if (rc == 0 && gops_grow(context, &reconciler->units, &reconciler->capacity,
                             reconciler->count + 1, sizeof(gops_unit_state *)) < 0)
        rc = gops_fail_memory(err);
    if (rc < 0) {
        free_unit_state(state);
        return rc;
    }
    reconciler->units[reconciler->count++] = state;
    return 0;
}

static int is_neighbour(const gops_unit_state *state, const gops_unit_state *other)
{
    return other != state && other->unit->target == state->unit->target;
}

/* What a unit states, as far as is known: what it has read, also when its pass ended right after. */
static const gitops_manifest *stated_by(const gops_unit_state *state)
{
    if (state->wanted)
        return state->wanted;
    return state->current && state->read ? state->read : state->manifest;
}

int gops_neighbour_wants(const gops_unit_state *state, const char *key)
{
    const gitops_reconciler *reconciler = state->reconciler;
    for (size_t i = 0; i < reconciler->count; i++) {
        const gops_unit_state *other = reconciler->units[i];
        const gitops_manifest *manifest = stated_by(other);
        if (is_neighbour(state, other) && manifest &&
            gops_index_find(manifest->index, key, NULL))
            return 1;
    }
    return 0;
}

int gops_neighbour_has(const gops_unit_state *state, const char *key)
{
    const gitops_reconciler *reconciler = state->reconciler;
    for (size_t i = 0; i < reconciler->count; i++) {
        const gops_unit_state *other = reconciler->units[i];
        const gitops_manifest *manifest = stated_by(other);
        const gops_known *known =
            is_neighbour(state, other) ? gops_known_find(&other->known, key) : NULL;
        if (known && known->owned && manifest && gops_index_find(manifest->index, key, NULL))
            return 1;
    }
    return 0;
}

/* A pinned unit states what it is pinned to, whatever the newest revision is. */
static int is_behind(const gops_unit_state *state, const gops_unit_state *other)
{
    if (gops_notes_find(&other->notes, GOPS_NOTE_PIN))
        return !other->current;
    return !other->current || !other->snapshot || !state->snapshot ||
           !gops_snapshot_same_tree(other->snapshot, state->snapshot);
}

const char *gops_neighbour_behind(const gops_unit_state *state)
{
    const gitops_reconciler *reconciler = state->reconciler;
    for (size_t i = 0; i < reconciler->count; i++) {
        const gops_unit_state *other = reconciler->units[i];
        if (is_neighbour(state, other) && other->unit->source == state->unit->source &&
            is_behind(state, other))
            return other->unit->name;
    }
    return NULL;
}

int gops_neighbour_owner(const gops_unit_state *state, const char *key, const char **owner,
                         int *adopted, gitops_error *err)
{
    const gitops_reconciler *reconciler = state->reconciler;
    gops_buffer sent;
    gitops_error problem; /* that a unit has no such object is none */
    int rc = GITOPS_ENOTFOUND;
    *owner = NULL;
    gops_buffer_init(&sent, reconciler->context, 0);
    for (size_t i = 0; i < reconciler->count && rc == GITOPS_ENOTFOUND; i++) {
        const gops_unit_state *other = reconciler->units[i];
        if (!is_neighbour(state, other))
            continue;
        rc = gops_store_sent(reconciler->store, other->unit->name, key, &sent, adopted,
                             &problem);
        if (rc == 0)
            *owner = other->unit->name;
    }
    gops_buffer_release(&sent);
    if (rc == 0 || rc == GITOPS_ENOTFOUND)
        return 0;
    if (err)
        *err = problem;
    return rc;
}

/* It has seen our revision, or it was looked at since we began. */
static int is_level(const gops_unit_state *state, const gops_unit_state *other)
{
    if (other->ended > state->began)
        return 1;
    if (other->passes == 0 || other->unit->source != state->unit->source)
        return other->passes > 0;
    return other->snapshot && state->snapshot &&
           strcmp(gitops_snapshot_revision(other->snapshot),
                  gitops_snapshot_revision(state->snapshot)) == 0;
}

int gops_neighbour_is_ready(const gops_unit_state *state, const gops_unit_state *other)
{
    return other->stage == GOPS_STAGE_IDLE && is_level(state, other);
}

int gops_neighbours_ready(gops_unit_state *state, gitops_error *err)
{
    int ready = 1;
    for (size_t i = 0; i < state->unit->after_count; i++) {
        gops_unit_state *other = gops_reconciler_unit(state->reconciler, state->unit->after[i]);
        if (!other)
            continue; /* not in this process */
        if (!gops_neighbour_is_ready(state, other)) {
            if (other->stage == GOPS_STAGE_IDLE)
                other->due_ms = INT64_MIN;
            ready = 0;
        } else if (other->result && other->result->status < 0) {
            return gops_fail_at(err, GITOPS_ESTATE, state->unit->name, 0, 0,
                                "unit %s comes after unit %s, which is not ready: %s",
                                state->unit->name, other->unit->name,
                                other->result->error.message);
        }
    }
    return ready;
}

/* It is about to know what it states. */
static int is_reading(const gops_unit_state *state)
{
    return state->stage == GOPS_STAGE_NOTES || state->stage == GOPS_STAGE_FETCH ||
           state->stage == GOPS_STAGE_READ ||
           (state->stage == GOPS_STAGE_IDLE && state->due_ms == INT64_MIN);
}

int gops_neighbour_reads(const gops_unit_state *state)
{
    const gitops_reconciler *reconciler = state->reconciler;
    for (size_t i = 0; i < reconciler->count; i++) {
        const gops_unit_state *other = reconciler->units[i];
        if (is_neighbour(state, other) && is_reading(other))
            return 1;
    }
    return 0;
}

/* Keeps a copy of a text of so many digits in the place of an older one. */
static int keep_digits(gitops_reconciler *reconciler, char **place, const char *digits,
                       size_t count, const char *expected, gitops_error *err)
{
    if (!digits || strlen(digits) != count || strspn(digits, "0123456789abcdef") != count)
        return gops_fail(err, GITOPS_EINVAL, "%s has %zu digits of 0-9 and a-f", expected, count);
    char *copy = gops_strdup(reconciler->context, digits);
    if (!copy)
        return gops_fail_memory(err);
    gops_free(reconciler->context, *place);
    *place = copy;
    return 0;
}

static int fail_unit(const char *unit, gitops_error *err)
{
    return gops_fail(err, GITOPS_ENOTFOUND, "there is no unit %s", unit ? unit : "");
}

int gitops_reconciler_approve(gitops_reconciler *reconciler, const char *unit, const char *digest,
                              const char *who, const char *reason, gitops_error *err)
{
    gitops_context *context = reconciler->context;
    gops_consent consent = {0};
    gops_unit_state *state = unit ? gops_reconciler_unit(reconciler, unit) : NULL;
    if (!state)
        return fail_unit(unit, err);
    int rc = keep_digits(reconciler, &consent.digest, digest, (size_t)2 * GOPS_SHA256_BYTES,
                         "approve: a plan's digest", err);
    if (rc < 0)
        return rc;
    consent.who = who ? gops_strdup(context, who) : NULL;
    consent.why = reason ? gops_strdup(context, reason) : NULL;
    if ((who && !consent.who) || (reason && !consent.why)) {
        gops_consent_release(context, &consent);
        return gops_fail_memory(err);
    }
    gops_consent_release(context, &state->consent);
    state->consent = consent;
    return 0;
}

int gitops_reconciler_allow_rewind(gitops_reconciler *reconciler, const char *unit,
                                   const char *commit, gitops_error *err)
{
    enum { COMMIT_DIGITS = 40 };
    gops_unit_state *state = unit ? gops_reconciler_unit(reconciler, unit) : NULL;
    return state ? keep_digits(reconciler, &state->rewind, commit, COMMIT_DIGITS,
                               "allow rewind: the id of a commit", err)
                 : fail_unit(unit, err);
}

int gitops_reconciler_read_once(gitops_reconciler *reconciler, const char *unit,
                                const char *revision, gitops_error *err)
{
    gops_unit_state *state = unit ? gops_reconciler_unit(reconciler, unit) : NULL;
    if (!state)
        return fail_unit(unit, err);
    if (!revision || !*revision)
        return gops_fail(err, GITOPS_EINVAL, "read once: a revision is needed");
    char *copy = gops_strdup(reconciler->context, revision);
    if (!copy)
        return gops_fail_memory(err);
    gops_free(reconciler->context, state->once);
    state->once = copy;
    return 0;
}

/* Says something about a unit; its next pass, which is due at once, writes it. text "": unsays it. */
static int say(gitops_reconciler *reconciler, const char *unit, const char *name, const char *text,
               gitops_error *err)
{
    gops_unit_state *state = unit ? gops_reconciler_unit(reconciler, unit) : NULL;
    if (!state)
        return fail_unit(unit, err);
    if (gops_notes_set(&state->to_say, name, text, strlen(text), reconciler->unix_ms) < 0)
        return gops_fail_memory(err);
    return gitops_reconciler_trigger(reconciler, unit, err);
}

int gitops_reconciler_suspend(gitops_reconciler *reconciler, const char *unit,
                              int64_t until_unix_ms, const char *reason, gitops_error *err)
{
    char text[GOPS_SAYING_SIZE];
    int rc = gops_say_suspend(text, until_unix_ms, NULL, reason, err);
    return rc < 0 ? rc : say(reconciler, unit, GOPS_NOTE_SUSPEND, text, err);
}

int gitops_reconciler_resume(gitops_reconciler *reconciler, const char *unit, gitops_error *err)
{
    int rc = say(reconciler, unit, GOPS_NOTE_SUSPEND, "", err);
    return rc < 0 ? rc : say(reconciler, unit, GOPS_NOTE_PIN, "", err);
}

int gitops_reconciler_pin(gitops_reconciler *reconciler, const char *unit, const char *revision,
                          const char *reason, gitops_error *err)
{
    char text[GOPS_SAYING_SIZE];
    int rc = gops_say_pin(text, revision, NULL, reason, err);
    return rc < 0 ? rc : say(reconciler, unit, GOPS_NOTE_PIN, text, err);
}

int gitops_reconciler_confirm(gitops_reconciler *reconciler, const char *unit, gitops_error *err)
{
    gops_unit_state *state = unit ? gops_reconciler_unit(reconciler, unit) : NULL;
    if (!state)
        return fail_unit(unit, err);
    state->confirmed = 1;
    state->due_ms = INT64_MIN;
    return 0;
}

int gitops_reconciler_trigger(gitops_reconciler *reconciler, const char *unit, gitops_error *err)
{
    if (unit && !gops_reconciler_unit(reconciler, unit))
        return fail_unit(unit, err);
    for (size_t i = 0; i < reconciler->count; i++) {
        gops_unit_state *state = reconciler->units[i];
        if (unit && strcmp(state->unit->name, unit) != 0)
            continue;
        state->due_ms = INT64_MIN;
        state->triggered = state->nudged = state->stage != GOPS_STAGE_IDLE;
        state->asked_for = 1;
    }
    return 0;
}

int64_t gitops_reconciler_deadline(const gitops_reconciler *reconciler)
{
    int64_t deadline = INT64_MAX;
    for (size_t i = 0; i < reconciler->count; i++) {
        const gops_unit_state *state = reconciler->units[i];
        int64_t own = state->stage == GOPS_STAGE_IDLE    ? state->due_ms
                      : state->stage == GOPS_STAGE_APPLY ? gops_apply_deadline(state)
                                                         : INT64_MAX;
        if (own < deadline)
            deadline = own;
    }
    return deadline;
}

int32_t gitops_reconciler_idle(const gitops_reconciler *reconciler)
{
    for (size_t i = 0; i < reconciler->count; i++)
        if (reconciler->units[i]->stage != GOPS_STAGE_IDLE || reconciler->units[i]->passes == 0)
            return 0;
    return 1;
}

void gitops_reconciler_cancel(gitops_reconciler *reconciler)
{
    atomic_store(&reconciler->cancelled, 1);
    gops_run_wake(reconciler);
}

void gitops_reconciler_wakeup(gitops_reconciler *reconciler)
{
    gops_run_wake(reconciler);
}

gitops_run *gitops_reconciler_result(gitops_reconciler *reconciler, const char *unit)
{
    gops_unit_state *state = unit ? gops_reconciler_unit(reconciler, unit) : NULL;
    return state && state->result ? gitops_run_ref(state->result) : NULL;
}
