/*
 * again: a failure is known by a digest over the action, what is wanted and what is there.
 */
#include "reconcile/again.h"

#include <stdio.h>
#include <string.h>

enum { DIGEST_SIZE = 33 };

/* What an operation is about; other operations of the same object have others. */
typedef struct about {
    gops_digest desired;
    uint8_t sides[GOPS_SHA256_BYTES];
    uint64_t action;
} about;

static void write_digest(const about *what, char out[DIGEST_SIZE])
{
    gops_digest digest = gops_hash128(0, what, sizeof *what);
    gops_hex(out, digest.bytes, sizeof digest.bytes);
}

static void describe(const gitops_operation *operation, char out[DIGEST_SIZE])
{
    about what;
    memset(&what, 0, sizeof what);
    what.action = operation->is_hook ? 0 : operation->action; /* by now it may be there */
    if (operation->file)
        what.desired = gops_operation_object(operation)->digest;
    if (operation->detail)
        memcpy(what.sides, operation->detail->sha256, sizeof what.sides);
    write_digest(&what, out);
}

/* Returns 0 for a key that no note can name. */
static int name_note(char name[GOPS_NOTE_NAME_MAX + 1], const char *key)
{
    int length = snprintf(name, GOPS_NOTE_NAME_MAX + 1, "%s%s", GOPS_NOTE_FAILURE, key);
    return length > 0 && length <= GOPS_NOTE_NAME_MAX;
}

static gops_said *find_failure(const gops_unit_state *state, const char *key)
{
    char name[GOPS_NOTE_NAME_MAX + 1];
    return name_note(name, key) ? gops_notes_find(&state->notes, name) : NULL;
}

static int is_about(const gops_said *said, const about *what)
{
    char digest[DIGEST_SIZE];
    write_digest(what, digest);
    return strncmp(said->value, digest, DIGEST_SIZE - 1) == 0;
}

const char *gops_again_refused(const gops_unit_state *state, const char *key, gops_digest desired,
                               const uint8_t sides[GOPS_SHA256_BYTES])
{
    const gops_said *said = find_failure(state, key);
    about what;
    if (!said)
        return NULL;
    memset(&what, 0, sizeof what);
    what.desired = desired;
    memcpy(what.sides, sides, sizeof what.sides);
    what.action = GITOPS_ACTION_REPLACE;
    if (is_about(said, &what))
        return gops_said_text(said);
    what.action = GITOPS_ACTION_UPDATE;
    return is_about(said, &what) && gitops_refusal_is_immutable(gops_said_text(said))
               ? gops_said_text(said)
               : NULL;
}

/* The note when it is about this very operation; a person who asks wants it tried all the same. */
static const gops_said *failed_before(const gops_unit_state *state,
                                      const gitops_operation *operation)
{
    char digest[DIGEST_SIZE];
    if (!gops_operation_writes(operation))
        return NULL;
    gops_said *said = find_failure(state, gops_operation_key(operation));
    if (!said)
        return NULL;
    said->holds = 1;
    describe(operation, digest);
    return !state->on_demand && strncmp(said->value, digest, DIGEST_SIZE - 1) == 0 ? said : NULL;
}

static int explain(gitops_context *context, gitops_operation *operation, const char *error)
{
    char reason[1100];
    snprintf(reason, sizeof reason, "failed before, and nothing has changed since: %s", error);
    return gops_operation_explain(context, operation, reason);
}

/* A step that failed before: what would come after it waits, too. */
static const gops_said *failed_step(const gops_unit_state *state)
{
    for (size_t i = 0; i < state->findings.count; i++) {
        const gitops_operation *operation = &state->findings.items[i];
        const gops_said *said = operation->is_hook && operation->phase <= GOPS_PHASE_SYNC
                                    ? failed_before(state, operation)
                                    : NULL;
        if (said)
            return said;
    }
    return NULL;
}

int gops_again_withhold(gops_unit_state *state)
{
    gops_findings *findings = &state->findings;
    size_t kept = 0;
    int rc = 0;
    if (state->notes.table.count == 0)
        return 0;
    const gops_said *step = failed_step(state);
    for (size_t i = 0; i < findings->count; i++) {
        gitops_operation *operation = &findings->items[i];
        const gops_said *said = rc == 0 ? failed_before(state, operation) : NULL;
        if (!said && step && gops_operation_writes(operation))
            said = step;
        if (said)
            rc = explain(findings->context, operation, gops_said_text(said));
        if (said && rc == 0)
            rc = gops_findings_take(&state->withheld, operation);
        if (!said || rc < 0)
            findings->items[kept++] = *operation;
    }
    findings->count = kept;
    return rc;
}

int gops_again_forget(gops_unit_state *state)
{
    const gops_said *said;
    size_t length = strlen(GOPS_NOTE_FAILURE);
    int rc = 0;
    for (size_t i = 0; rc == 0 && (said = gops_table_next(&state->notes.table, &i)) != NULL;)
        if (!said->holds && strncmp(said->name, GOPS_NOTE_FAILURE, length) == 0)
            rc = gops_notes_set(&state->to_say, said->name, "", 0, said->unix_ms);
    return rc;
}

int gops_again_note(const gops_unit_state *state, size_t i, gops_store_record *record, char **name,
                    char **text)
{
    const gitops_operation *operation = &state->plan->operations.items[i];
    const gops_work *work = &state->apply.work[i];
    gitops_context *context = state->reconciler->context;
    char full_name[GOPS_NOTE_NAME_MAX + 1], value[1100];
    int failed = work->outcome == GITOPS_OUTCOME_FAILED && work->for_good;
    int mended = work->outcome == GITOPS_OUTCOME_DONE;
    *name = *text = NULL;
    if (!(failed || (mended && find_failure(state, gops_operation_key(operation)))) ||
        !name_note(full_name, gops_operation_key(operation)))
        return 0;
    describe(operation, value);
    snprintf(value + DIGEST_SIZE - 1, sizeof value - DIGEST_SIZE + 1, "\n%s",
             work->error ? work->error : "no reason was given");
    *name = gops_strdup(context, full_name);
    *text = failed ? gops_strdup(context, value) : NULL;
    if (!*name || (failed && !*text))
        return GITOPS_ENOMEM;
    record->kind = failed ? GOPS_RECORD_NOTE : GOPS_RECORD_NOTE_DROP;
    record->key = *name;
    record->document = *text;
    record->document_length = failed ? strlen(*text) : 0;
    return 1;
}
