/*
 * What a kind of store supplies. Reading is done by the backend itself; writing is a transaction
 * of small steps, so that the meaning of a record (record.c) is the same in every store.
 */
#ifndef GOPS_STORE_BACKEND_H
#define GOPS_STORE_BACKEND_H

#include "base/memo.h"
#include "store/store.h"

/* Runs kept of each unit, besides those of the last day. */
enum { GOPS_STORE_RUNS = 100 };

/* A row of load, with its document where that was asked for. Borrowed for the call. */
typedef struct gops_stored_row {
    gops_store_row row;
    const char *sent; /* NULL: there is none. Of an intent without a row: its document */
    size_t sent_length;
} gops_stored_row;

typedef int (*gops_stored_row_fn)(const gops_stored_row *row, void *user_data);

/* What a run was about to delete and replace, without what came to nothing. */
typedef struct gops_run_changes {
    uint64_t deletes, replaces;
    int64_t last_unix_ms; /* of the last intent; 0: there was none */
} gops_run_changes;

typedef struct gops_stored_run {
    uint64_t number;
    int64_t started_unix_ms, finished_unix_ms; /* finished 0: it never ended */
    const char *revision, *digest;
    int approved;
    const char *approver, *reason; /* "": nothing was said */
    int32_t result;                /* GITOPS_OUTCOME_DONE or _FAILED; 0: it never ended */
    gops_run_changes changes;
} gops_stored_run;

typedef struct gops_stored_operation {
    const char *key;
    int32_t action, outcome;
    const char *error; /* NULL: none */
    uint64_t place;    /* in the plan */
} gops_stored_operation;

/* Told of each run, newest first, and after a run of its operations (NULL: not of those). */
typedef struct gops_run_visitor {
    int (*run)(const gops_stored_run *run, void *user_data);
    int (*operation)(const gops_stored_operation *operation, void *user_data);
    void *user_data;
} gops_run_visitor;

/* What the store holds for a key before a record is applied. */
typedef struct gops_holding {
    int owned;        /* there is an inventory row */
    int32_t intent;   /* GITOPS_ACTION_... of the open intent, or 0 */
    int has_document; /* of the intent */
    int exempt;       /* the intent does not count as a delete or replace */
    uint64_t run;     /* of the intent */
} gops_holding;

/* All return 0 or a failure; a reader also returns what its visitor gave. */
typedef struct gops_store_backend {
    int lasting; /* what it holds outlives the process */
    void (*destroy)(gitops_store *store); /* releases all but the struct itself */
    int (*acquire)(gitops_store *store, gitops_error *err);
    void (*release)(gitops_store *store);
    int (*leased)(gitops_store *store); /* 1: a writer, of whatever process, holds the lease */

    int (*rows)(gitops_store *store, const char *unit, int with_documents, gops_stored_row_fn fn,
                void *user_data, gitops_error *err);
    int (*last_run)(gitops_store *store, const char *unit, uint64_t *number, gops_buffer *out,
                    gitops_error *err);
    int (*sent)(gitops_store *store, const char *unit, const char *key, gops_buffer *out,
                int *adopted, gitops_error *err);
    int (*fingerprint)(gitops_store *store, const char *unit, gops_buffer *out, gitops_error *err);
    int (*runs)(gitops_store *store, const char *unit, uint32_t limit,
                const gops_run_visitor *visitor, gitops_error *err);

    /* A handle on the memo of a name; it holds the store. */
    int (*memo)(gitops_store *store, const char *name, gitops_memo **out, gitops_error *err);

    int (*units)(gitops_store *store, gitops_unit_name_fn fn, void *user_data, gitops_error *err);
    int (*notes)(gitops_store *store, const char *unit, const char *prefix, gops_note_fn fn,
                 void *user_data, gitops_error *err);
    int (*note)(gitops_store *store, const char *unit, const char *name, gops_buffer *out,
                int64_t *unix_ms, gitops_error *err);

    /*
     * Between begin and commit or rollback. A begin that failed is rolled back too. leased: it
     * needs the lease; else only notes are written.
     */
    int (*begin)(gitops_store *store, const char *unit, int leased, gitops_error *err);
    int (*commit)(gitops_store *store, gitops_error *err);
    void (*rollback)(gitops_store *store);
    int (*bind)(gitops_store *store, const char *fingerprint, gitops_error *err);
    int (*find)(gitops_store *store, const char *key, gops_holding *holding, gitops_error *err);
    int (*put_intent)(gitops_store *store, const gops_store_record *record, gitops_error *err);
    int (*drop_intent)(gitops_store *store, const char *key, gitops_error *err);

    /* The row becomes the record's document and mark, and the intent goes. */
    int (*put_row)(gitops_store *store, const gops_store_record *record, gitops_error *err);
    int (*drop_row)(gitops_store *store, const char *key, gitops_error *err);

    /* The intent of a key without a row becomes its row. */
    int (*promote)(gitops_store *store, const char *key, gitops_error *err);
    int (*begin_run)(gitops_store *store, const gops_store_record *record, gitops_error *err);
    int (*add_operation)(gitops_store *store, const gops_store_record *record, gitops_error *err);

    /* Adds to the deletes or replaces of a run that is still there; else it does nothing. */
    int (*count_change)(gitops_store *store, uint64_t number, int32_t action, int step,
                        int64_t unix_ms, gitops_error *err);
    int (*end_run)(gitops_store *store, const gops_store_record *record, gitops_error *err);
    int (*put_note)(gitops_store *store, const gops_store_record *record, gitops_error *err);
    int (*drop_note)(gitops_store *store, const char *name, gitops_error *err);
} gops_store_backend;

/* Each backend's own struct begins with this one. */
struct gitops_store {
    gops_refcount references;
    gitops_context *context;
    const gops_store_backend *backend;
};

/* store.c: makes a zeroed struct of size bytes that begins with gitops_store; NULL: no memory. */
gitops_store *gops_store_new(gitops_context *context, const gops_store_backend *backend,
                             size_t size);

/* record.c: applies one record within a transaction. */
int gops_record_apply(gitops_store *store, const gops_store_record *record, gitops_error *err);

/* Adds step to the count of an action, and takes unix_ms over if that is later. */
void gops_record_count(gops_run_changes *changes, int32_t action, int step, int64_t unix_ms);

/* 1 when a run need not be kept any more, as seen from the begin of a newer one. */
int gops_record_is_old(int64_t started_unix_ms, const gops_run_changes *changes, int64_t unix_ms);

/* A run that was never begun; GITOPS_ESTATE. */
int gops_record_fail_run(const char *unit, uint64_t number, gitops_error *err);

/* A note that is not there; GITOPS_ENOTFOUND. */
int gops_record_fail_note(const char *unit, const char *name, gitops_error *err);

#endif
