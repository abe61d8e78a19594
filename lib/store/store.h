/*
 * The store as the reconciler uses it: load once, then write in groups. One implementation per
 * struct of functions; store.c is the thin front with the public readers.
 */
#ifndef GOPS_STORE_STORE_H
#define GOPS_STORE_STORE_H

#include <gitops/store.h>

#include <string.h>

#include "base/buffer.h"
#include "base/hash.h"

/* One owned object at load. Everything is borrowed for the length of the call. */
typedef struct gops_store_row {
    const char *key;
    gops_digest sent_digest; /* of what gops_store_sent gives; all zero when there is none */
    int owned;               /* 0: there is only an intent (a create that never ended) */
    int32_t intent_action;   /* GITOPS_ACTION_... of an open intent, or 0 */
    int adopted;             /* it was there before it was ours */
} gops_store_row;

typedef int (*gops_store_row_fn)(const gops_store_row *row, void *user_data);

typedef enum gops_record_kind {
    GOPS_RECORD_RUN_BEGIN = 1, /* number, unix_ms, revision, digest, approved, approver, reason */
    GOPS_RECORD_INTENT,        /* number, key, action, adopted, exempt, unix_ms, document = what
                                  will be the base */
    GOPS_RECORD_OUTCOME,       /* number, key, action, place, outcome, error; done: see below */
    GOPS_RECORD_RUN_END,       /* number, unix_ms, outcome = GITOPS_OUTCOME_DONE, _FAILED, or
                                  _SKIPPED for a run that was cancelled */
    GOPS_RECORD_NOTE,          /* key = the name, document = the value, unix_ms; see below */
    GOPS_RECORD_NOTE_DROP      /* key = the name; one that is not there is no failure */
} gops_record_kind;

/*
 * An outcome settles its intent. DONE of delete and forget: the row goes. DONE of any other action,
 * none too: the inventory row becomes document (with document_digest and adopted). FAILED and
 * SKIPPED: the intent goes if it is of the same run, the row stays as it was. UNKNOWN: the intent
 * stays open.
 * Outcomes of GITOPS_ACTION_NONE are not history.
 *
 * An intent replaces an open one. An open one without a row is a claim: unless the new one is a
 * create (the object was seen to be absent), it becomes a row first, so that a failed update of an
 * object that a crashed run had created leaves it ours.
 *
 * A note takes the place of one of the same name. It belongs to no run: a group may hold nothing
 * but notes.
 */
typedef struct gops_store_record {
    gops_record_kind kind;
    uint64_t number; /* of the run */
    const char *key;
    int32_t action;       /* GITOPS_ACTION_... */
    int adopted;          /* the object was there before it was ours */
    int exempt;           /* a delete or replace that does not count as one of the run */
    int approved;         /* the plan was held, and somebody approved it: */
    const char *approver, *reason; /* who, and why; NULL: nothing was said */
    uint64_t place;       /* of the operation in its plan, from 1; 0: behind the others */
    int32_t outcome;      /* GITOPS_OUTCOME_... */
    const char *error;    /* may be NULL */
    const char *document; /* JSON on one line; behind a newline, what the target made of it */
    size_t document_length;
    gops_digest document_digest;
    int64_t unix_ms;
    const char *revision;
    const char *digest; /* of the plan */
} gops_store_record;

/*
 * Takes the one writer's lock; held until release or the end of the process. GITOPS_ELOCKED, also
 * when this very store holds it already; GITOPS_ESTORE, GITOPS_ECORRUPT (the state was put back).
 */
int gops_store_acquire(gitops_store *store, gitops_error *err);
void gops_store_release(gitops_store *store);

gitops_store *gops_store_ref(gitops_store *store);

/* 1 when what the store holds outlives the process. */
int gops_store_lasts(const gitops_store *store);

/*
 * Calls fn for every row of a unit, by key. Returns 0, what fn gave, GITOPS_ESTORE or
 * GITOPS_ECORRUPT; after a failure what fn was told is void. fn must not use the store.
 */
int gops_store_load(gitops_store *store, const char *unit, gops_store_row_fn fn, void *user_data,
                    gitops_error *err);

/* Number of the unit's last run, 0 = none; its revision is appended unless out is NULL. */
int gops_store_last_run(gitops_store *store, const char *unit, uint64_t *number, gops_buffer *out,
                        gitops_error *err);

/*
 * Appends what was last sent for a key (the base); *adopted gets the row's mark (may be NULL). An
 * open intent without a row gives the intent's. GITOPS_ENOTFOUND when there is neither, or the row
 * has no document.
 */
int gops_store_sent(gitops_store *store, const char *unit, const char *key, gops_buffer *out,
                    int *adopted, gitops_error *err);

/* The same, and appends to normal what the target made of it, when it did not keep it as sent. */
int gops_store_sent_and_normal(gitops_store *store, const char *unit, const char *key,
                               gops_buffer *out, gops_buffer *normal, gitops_error *err);

/* Bytes of a stored document that were sent: all before a newline. */
static inline size_t gops_store_sent_length(const char *document, size_t length)
{
    const char *end = length ? memchr(document, '\n', length) : NULL;
    return end ? (size_t)(end - document) : length;
}

/* Length of the sliding day that limits what a unit may delete and replace. */
#define GOPS_DAY_MS INT64_C(86400000)

#define GOPS_HOUR_MS INT64_C(3600000)

static inline int64_t gops_time_before(int64_t unix_ms, int64_t length_ms)
{
    return unix_ms < INT64_MIN + length_ms ? INT64_MIN : unix_ms - length_ms;
}

static inline int64_t gops_day_before(int64_t unix_ms)
{
    return gops_time_before(unix_ms, GOPS_DAY_MS);
}

/*
 * How many objects the unit has deleted and replaced after a time, by its history. A run counts as
 * a whole by its last such intent; an intent counts unless it is known that nothing came of it, and
 * so do those from a time that a clock put back has not reached yet.
 */
int gops_store_changes_since(gitops_store *store, const char *unit, int64_t since_unix_ms,
                             uint64_t *deletes, uint64_t *replaces, gitops_error *err);

/* The fingerprint the unit is bound to ("" = none yet), and binding it. */
int gops_store_fingerprint(gitops_store *store, const char *unit, gops_buffer *out,
                           gitops_error *err);
int gops_store_bind(gitops_store *store, const char *unit, const char *fingerprint,
                    gitops_error *err);

/*
 * A small record of a unit that outlives runs: a name of at most 1,024 bytes such as `suspend` or
 * `hook/KEY/PHASE`, and a value of any bytes, at most 64 KB. Borrowed for the length of the call.
 */
typedef struct gops_note {
    const char *name;
    const char *value;
    size_t length;
    int64_t unix_ms;
} gops_note;

enum { GOPS_NOTE_NAME_MAX = 1024, GOPS_NOTE_VALUE_MAX = 65536 };

typedef int (*gops_note_fn)(const gops_note *note, void *user_data);

/*
 * Calls fn for every note whose name begins with prefix ("": all), by name. Returns 0, what fn
 * gave, GITOPS_ESTORE or GITOPS_ECORRUPT; after a failure what fn was told is void. fn must not use
 * the store.
 */
int gops_store_notes(gitops_store *store, const char *unit, const char *prefix,
                     gops_note_fn fn, void *user_data, gitops_error *err);

/* Appends the value of one note; *unix_ms gets its time (may be NULL). GITOPS_ENOTFOUND. */
int gops_store_note(gitops_store *store, const char *unit, const char *name, gops_buffer *out,
                         int64_t *unix_ms, gitops_error *err);

/*
 * Writes all records in one transaction, or none. GITOPS_ESTORE, GITOPS_ECORRUPT, GITOPS_ELOCKED
 * (no lease), GITOPS_ESTATE (an outcome or end of a run that was not begun, or a run that does not
 * follow the last one), GITOPS_EINVAL and GITOPS_ELIMIT (a note with a name or value that cannot be
 * kept).
 */
int gops_store_write(gitops_store *store, const char *unit, const gops_store_record *records,
                     size_t count, gitops_error *err);

/*
 * The same for notes alone and without the lease: what a person says (approve, suspend) must not
 * wait until a process that applies for ever has ended. It waits a second for a transaction of
 * another process; GITOPS_ELOCKED then. Such a write is not in the register, so that a state which
 * is put back to just before it is not noticed.
 */
int gops_store_write_notes(gitops_store *store, const char *unit, const gops_store_record *records,
                           size_t count, gitops_error *err);

#endif
