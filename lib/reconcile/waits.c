/*
 * waits: what a unit waits for at a moment, as a list of its own that outlives the moment.
 */
#include <stdio.h>
#include <string.h>

#include "reconcile/apply.h"

typedef struct one_wait {
    char *key, *reason;
    int64_t since_unix_ms;
} one_wait;

struct gitops_waits {
    gitops_context *context;
    one_wait *items;
    size_t count, capacity;
};

/* since is on the machine's clock. Returns 0 or GITOPS_ENOMEM. */
static int add(gitops_waits *waits, const gitops_reconciler *reconciler, const char *key,
               const char *reason, int64_t since_ms)
{
    if (gops_grow(waits->context, &waits->items, &waits->capacity, waits->count + 1,
                  sizeof *waits->items) < 0)
        return GITOPS_ENOMEM;
    one_wait *wait = &waits->items[waits->count++];
    wait->key = gops_strdup(waits->context, key);
    wait->reason = gops_strdup(waits->context, reason);
    wait->since_unix_ms = reconciler->unix_ms - (reconciler->mono_ms - since_ms);
    return wait->key && wait->reason ? 0 : GITOPS_ENOMEM;
}

/* Why a piece of work is not over; NULL: it waits for nobody but its turn, or is over. */
static const char *reason_of(const gops_work *work)
{
    if (work->step == GOPS_STEP_SENT)
        return "the target has not answered yet";
    if (work->step == GOPS_STEP_RETRY)
        return work->waits ? work->waits : "it is sent again";
    if (work->awaited || work->step == GOPS_STEP_OPEN)
        return work->waits ? work->waits : "the target is asked how it is";
    return NULL;
}

static int add_work(gitops_waits *waits, const gops_unit_state *state)
{
    const gops_apply *apply = &state->apply;
    size_t left = apply->in_flight + apply->retrying + apply->awaited;
    int rc = 0;
    for (size_t i = 0; rc == 0 && left && i < apply->count + apply->gate_count; i++) {
        const char *reason = reason_of(&apply->work[i]);
        if (reason)
            rc = add(waits, state->reconciler, gops_apply_key(state, i), reason,
                     apply->work[i].since_ms);
    }
    return rc;
}

/* Units that come first and are not ready. */
static int add_units(gitops_waits *waits, const gops_unit_state *state)
{
    char reason[128];
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < state->unit->after_count; i++) {
        const gops_unit_state *other = gops_reconciler_unit(state->reconciler,
                                                            state->unit->after[i]);
        if (!other || gops_neighbour_is_ready(state, other))
            continue;
        snprintf(reason, sizeof reason, "unit %s comes first", other->unit->name);
        rc = add(waits, state->reconciler, "", reason, state->began_ms);
    }
    return rc;
}

int gitops_reconciler_waits(gitops_waits **out, gitops_reconciler *reconciler, const char *unit,
                            gitops_error *err)
{
    *out = NULL;
    const gops_unit_state *state = unit ? gops_reconciler_unit(reconciler, unit) : NULL;
    if (!state)
        return gops_fail(err, GITOPS_ENOTFOUND, "there is no unit %s", unit ? unit : "");
    gitops_waits *waits = gops_calloc(reconciler->context, 1, sizeof *waits);
    if (!waits)
        return gops_fail_memory(err);
    waits->context = gops_context_ref(reconciler->context);
    int rc = state->stage == GOPS_STAGE_APPLY   ? add_work(waits, state)
             : state->stage == GOPS_STAGE_AFTER ? add_units(waits, state)
                                                : 0;
    if (rc < 0) {
        gitops_waits_free(waits);
        return gops_fail_memory(err);
    }
    *out = waits;
    return 0;
}

size_t gitops_waits_count(const gitops_waits *waits)
{
    return waits->count;
}

const char *gitops_waits_key(const gitops_waits *waits, size_t i)
{
    return i < waits->count ? waits->items[i].key : NULL;
}

const char *gitops_waits_reason(const gitops_waits *waits, size_t i)
{
    return i < waits->count ? waits->items[i].reason : NULL;
}

int64_t gitops_waits_since_unix_ms(const gitops_waits *waits, size_t i)
{
    return i < waits->count ? waits->items[i].since_unix_ms : 0;
}

void gitops_waits_free(gitops_waits *waits)
{
    if (!waits)
        return;
    gitops_context *context = waits->context;
    for (size_t i = 0; i < waits->count; i++) {
        gops_free(context, waits->items[i].key);
        gops_free(context, waits->items[i].reason);
    }
    gops_free(context, waits->items);
    gops_free(context, waits);
    gitops_context_free(context);
}
