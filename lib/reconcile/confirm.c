/*
 * confirm: what is noted are revisions; going back is a pin, which a person takes away.
 */
#include "reconcile/confirm.h"

#include <stdio.h>
#include <string.h>

int gops_confirm_note(const gops_unit_state *state, int64_t unix_ms, gops_store_record *record,
                      char text[GOPS_CONFIRM_SIZE])
{
    const gops_apply *apply = &state->apply;
    if (state->unit->confirm_ms == 0 || apply->failed || apply->skipped ||
        gops_notes_find(&state->notes, GOPS_NOTE_PIN))
        return 0;
    const gops_said *good = gops_notes_find(&state->notes, GOPS_NOTE_GOOD);
    if (good && strcmp(good->value, state->plan->revision) == 0)
        return 0;
    record->kind = GOPS_RECORD_NOTE;
    record->unix_ms = unix_ms;
    if (good) {
        record->key = GOPS_NOTE_CONFIRM;
        snprintf(text, GOPS_CONFIRM_SIZE, "%lld\n%s",
                 (long long)gops_time_after(unix_ms, state->unit->confirm_ms),
                 state->plan->revision);
    } else { /* there is nothing to go back to */
        record->key = GOPS_NOTE_GOOD;
        snprintf(text, GOPS_CONFIRM_SIZE, "%s", state->plan->revision);
    }
    record->document = text;
    record->document_length = strlen(text);
    return 1;
}

/* Says something in this pass already; it is written by the next. */
static int say(gops_unit_state *state, const char *name, const char *text)
{
    int64_t now = state->reconciler->unix_ms;
    size_t length = strlen(text);
    int rc = gops_notes_set(&state->to_say, name, text, length, now);
    return rc < 0 ? rc
                  : gops_notes_set(&state->notes, name, length ? text : NULL, length, now);
}

static int go_back(gops_unit_state *state, const char *why)
{
    const gops_said *good = gops_notes_find(&state->notes, GOPS_NOTE_GOOD);
    char pin[GOPS_CONFIRM_SIZE + 64];
    if (!good)
        return 0;
    snprintf(pin, sizeof pin, "%s\n%s", good->value, why);
    int rc = say(state, GOPS_NOTE_PIN, pin);
    return rc < 0 ? rc : say(state, GOPS_NOTE_CONFIRM, "");
}

int gops_confirm_begin(gops_unit_state *state)
{
    const gops_said *waits = gops_notes_find(&state->notes, GOPS_NOTE_CONFIRM);
    int confirmed = state->confirmed;
    state->confirmed = 0;
    if (!waits)
        return 0;
    if (confirmed) {
        char revision[GOPS_CONFIRM_SIZE];
        snprintf(revision, sizeof revision, "%s", gops_said_text(waits));
        int rc = say(state, GOPS_NOTE_GOOD, revision);
        return rc < 0 ? rc : say(state, GOPS_NOTE_CONFIRM, "");
    }
    return gops_said_number(waits) > state->reconciler->unix_ms
               ? 0
               : go_back(state, "nobody confirmed the newer revision in time");
}

int gops_confirm_failed(gops_unit_state *state)
{
    const gops_said *good = gops_notes_find(&state->notes, GOPS_NOTE_GOOD);
    if (state->unit->confirm_ms == 0 || !state->apply.failed || !state->plan || !good ||
        gops_notes_find(&state->notes, GOPS_NOTE_PIN) ||
        strcmp(good->value, state->plan->revision) == 0)
        return 0;
    return go_back(state, "a run of the newer revision failed");
}

int64_t gops_confirm_until(const gops_unit_state *state)
{
    const gops_said *waits = gops_notes_find(&state->notes, GOPS_NOTE_CONFIRM);
    return waits ? gops_said_number(waits) : 0;
}
