/*
 * record: what each record means, in the small steps that every backend supplies.
 *
 * An open intent says that the object may be ours without a row saying so. That claim must not be
 * lost when a later run plans something else for the object: an intent to change or delete it turns
 * the claim into a row first, and an outcome settles only the intent of its own run.
 *
 * Deletes and replaces are counted by their intents, so that none is missing from the count after a
 * crash, and taken out of it when it is known that nothing came of them.
 */
#include <gitops/plan.h>
#include <gitops/reconciler.h>

#include <inttypes.h>

#include "store/backend.h"

static int is_counted(int32_t action, int exempt)
{
    return !exempt && (action == GITOPS_ACTION_DELETE || action == GITOPS_ACTION_REPLACE);
}

/* An open intent to delete did not happen when the object is to be changed or deleted again. */
static int discount_stale(gitops_store *store, const gops_holding *held, int32_t action,
                          gitops_error *err)
{
    if (held->intent != GITOPS_ACTION_DELETE || held->exempt || action == GITOPS_ACTION_CREATE)
        return 0;
    return store->backend->count_change(store, held->run, GITOPS_ACTION_DELETE, -1, 0, err);
}

/* A replacement that failed may have done its first half. */
static int discount_ended(gitops_store *store, const gops_store_record *record,
                          const gops_holding *held, gitops_error *err)
{
    int happened =
        held->intent == GITOPS_ACTION_REPLACE && record->outcome == GITOPS_OUTCOME_FAILED;
    if (happened || !is_counted(held->intent, held->exempt))
        return 0;
    return store->backend->count_change(store, held->run, held->intent, -1, 0, err);
}

static int apply_intent(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    gops_holding held;
    int rc = store->backend->find(store, record->key, &held, err);
    int claimed = rc == 0 && !held.owned && held.intent && held.has_document;
    if (claimed && record->action != GITOPS_ACTION_CREATE)
        rc = store->backend->promote(store, record->key, err);
    if (rc == 0)
        rc = discount_stale(store, &held, record->action, err);
    if (rc == 0)
        rc = store->backend->put_intent(store, record, err);
    if (rc == 0 && is_counted(record->action, record->exempt))
        rc = store->backend->count_change(store, record->number, record->action, 1,
                                          record->unix_ms, err);
    return rc;
}

static int apply_done(gitops_store *store, const gops_store_record *record,
                      const gops_holding *held, gitops_error *err)
{
    int rc = 0;
    if (record->action != GITOPS_ACTION_DELETE && record->action != GITOPS_ACTION_FORGET)
        return store->backend->put_row(store, record, err);
    if (held->owned)
        rc = store->backend->drop_row(store, record->key, err);
    if (rc == 0 && held->intent)
        rc = store->backend->drop_intent(store, record->key, err);
    return rc;
}

static int drop_intent(gitops_store *store, const gops_store_record *record,
                       const gops_holding *held, gitops_error *err)
{
    int rc = discount_ended(store, record, held, err);
    return rc < 0 ? rc : store->backend->drop_intent(store, record->key, err);
}

static int apply_outcome(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    gops_holding held;
    int rc = store->backend->find(store, record->key, &held, err);
    if (rc == 0 && record->outcome == GITOPS_OUTCOME_DONE)
        rc = apply_done(store, record, &held, err);
    else if (rc == 0 && record->outcome != GITOPS_OUTCOME_UNKNOWN && held.intent &&
             held.run == record->number)
        rc = drop_intent(store, record, &held, err);
    if (rc == 0 && record->action != GITOPS_ACTION_NONE)
        rc = store->backend->add_operation(store, record, err);
    return rc;
}

static int check_note(const gops_store_record *record, gitops_error *err)
{
    size_t length = strlen(record->key);
    if (length == 0 || length > GOPS_NOTE_NAME_MAX)
        return gops_fail(err, GITOPS_EINVAL, "store: a note's name has 1 to %d bytes, not %zu",
                         GOPS_NOTE_NAME_MAX, length);
    if (record->document_length > GOPS_NOTE_VALUE_MAX)
        return gops_fail(err, GITOPS_ELIMIT, "store: the note %s has %zu bytes, more than %d",
                         record->key, record->document_length, GOPS_NOTE_VALUE_MAX);
    return 0;
}

int gops_record_apply(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    int rc = 0;
    int is_run = record->kind == GOPS_RECORD_RUN_BEGIN || record->kind == GOPS_RECORD_RUN_END;
    if (!is_run && !record->key)
        return gops_fail(err, GITOPS_EINVAL, "store: a record without a key");
    switch (record->kind) {
    case GOPS_RECORD_RUN_BEGIN:
        return store->backend->begin_run(store, record, err);
    case GOPS_RECORD_INTENT:
        return apply_intent(store, record, err);
    case GOPS_RECORD_OUTCOME:
        return apply_outcome(store, record, err);
    case GOPS_RECORD_RUN_END:
        return store->backend->end_run(store, record, err);
    case GOPS_RECORD_NOTE:
        rc = check_note(record, err);
        return rc < 0 ? rc : store->backend->put_note(store, record, err);
    case GOPS_RECORD_NOTE_DROP:
        return store->backend->drop_note(store, record->key, err);
    }
    return gops_fail(err, GITOPS_EINVAL, "store: unknown kind of record %d", (int)record->kind);
}

void gops_record_count(gops_run_changes *changes, int32_t action, int step, int64_t unix_ms)
{
    uint64_t *count = action == GITOPS_ACTION_DELETE ? &changes->deletes : &changes->replaces;
    if (step > 0)
        ++*count;
    else if (*count > 0)
        --*count;
    if (unix_ms > changes->last_unix_ms)
        changes->last_unix_ms = unix_ms;
}

int gops_record_is_old(int64_t started_unix_ms, const gops_run_changes *changes, int64_t unix_ms)
{
    int64_t last = changes->last_unix_ms > started_unix_ms ? changes->last_unix_ms
                                                           : started_unix_ms;
    return last < gops_day_before(unix_ms);
}

int gops_record_fail_run(const char *unit, uint64_t number, gitops_error *err)
{
    return gops_fail_at(err, GITOPS_ESTATE, unit, 0, 0,
                        "run %" PRIu64 " of unit %s cannot be recorded: it was not begun, or not "
                        "in order",
                        number, unit);
}

int gops_record_fail_note(const char *unit, const char *name, gitops_error *err)
{
    return gops_fail_at(err, GITOPS_ENOTFOUND, name, 0, 0, "unit %s has no note %s", unit, name);
}
