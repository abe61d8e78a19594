/*
 * fights: a round is an object of ours that had been mended lately and was found changed again. The
 * fifth in a row makes a fight; from then on each wait is twice as long as the last.
 */
#include "reconcile/fights.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 5, LATELY_MS = 600000, LONGEST_MS = 3600000 };

typedef struct gops_fight {
    int64_t mended_ms, until_ms;
    uint32_t rounds;
    char key[];
} gops_fight;

static int is_drift(const gitops_operation *operation)
{
    return operation->reason == GOPS_REASON_DRIFTED && gops_operation_writes(operation);
}

static gops_fight *find(const gops_unit_state *state, const char *key)
{
    return gops_table_get(&state->fights, key, strlen(key));
}

static gops_fight *add(gops_unit_state *state, const char *key)
{
    gitops_context *context = state->reconciler->context;
    size_t length = strlen(key);
    gops_fight *fight = gops_calloc(context, 1, sizeof *fight + length + 1);
    if (!fight)
        return NULL;
    memcpy(fight->key, key, length + 1);
    if (gops_table_set(&state->fights, fight->key, length, fight) < 0) {
        gops_free(context, fight);
        return NULL;
    }
    return fight;
}

/* A round after so long a peace begins anew. */
static int64_t lately(const gops_unit_state *state, const gops_fight *fight)
{
    int64_t wait = fight->until_ms > fight->mended_ms ? fight->until_ms - fight->mended_ms : 0;
    int64_t passes = 3 * (state->unit->interval_ms < LONGEST_MS ? state->unit->interval_ms
                                                                : LONGEST_MS);
    return wait + (passes > LATELY_MS ? passes : LATELY_MS);
}

void gops_fights_note(gops_unit_state *state, const gitops_operation *operation)
{
    const char *key = gops_operation_key(operation);
    int64_t now = state->reconciler->mono_ms;
    if (!is_drift(operation))
        return;
    gops_fight *fight = find(state, key);
    if (!fight)
        fight = add(state, key);
    if (!fight)
        return;
    fight->rounds = fight->rounds && now - fight->mended_ms <= lately(state, fight)
                        ? fight->rounds + 1
                        : 1;
    fight->mended_ms = now;
    if (fight->rounds < ROUNDS)
        return;
    uint32_t doublings = fight->rounds - ROUNDS < 6 ? fight->rounds - ROUNDS : 6;
    int64_t wait = INT64_C(60000) << doublings;
    fight->until_ms = gops_time_after(now, wait < LONGEST_MS ? wait : LONGEST_MS);
}

/* Who wrote what is to be mended, if its fields say so. */
static const char *other_writer(const gitops_operation *operation)
{
    gitops_changes *changes = operation->detail ? operation->detail->changes : NULL;
    size_t count = changes ? gitops_changes_count(changes) : 0;
    for (size_t i = 0; i < count; i++) {
        const char *owner = gitops_change_owner(gitops_changes_get(changes, i));
        if (owner)
            return owner;
    }
    return "another writer";
}

static int explain(gitops_context *context, gitops_operation *operation, const gops_fight *fight,
                   int64_t now)
{
    char reason[512];
    snprintf(reason, sizeof reason,
             "changed back %u times in a row by %s: it is mended again in %lld s at the earliest",
             (unsigned)fight->rounds, other_writer(operation),
             (long long)((fight->until_ms - now + 999) / 1000));
    return gops_operation_explain(context, operation, reason);
}

int gops_fights_withhold(gops_unit_state *state)
{
    gops_findings *findings = &state->findings;
    int64_t now = state->reconciler->mono_ms;
    size_t kept = 0;
    int rc = 0;
    if (state->on_demand || state->fights.count == 0)
        return 0;
    for (size_t i = 0; i < findings->count; i++) {
        gitops_operation *operation = &findings->items[i];
        const gops_fight *fight =
            rc == 0 && is_drift(operation) ? find(state, gops_operation_key(operation)) : NULL;
        int waits = fight && fight->until_ms > now;
        if (waits)
            rc = explain(findings->context, operation, fight, now);
        if (waits && rc == 0)
            rc = gops_findings_take(&state->withheld, operation);
        if (!waits || rc < 0)
            findings->items[kept++] = *operation;
    }
    findings->count = kept;
    return rc;
}

void gops_fights_release(gops_unit_state *state)
{
    gops_fight *fight;
    for (size_t i = 0; (fight = gops_table_next(&state->fights, &i)) != NULL;)
        gops_free(state->reconciler->context, fight);
    gops_table_release(&state->fights);
}
