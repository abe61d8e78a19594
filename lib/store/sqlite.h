/*
 * The SQLite store's own struct and the small words that its parts are written in: statements are
 * prepared once, bound in order, stepped, and reset.
 */
#ifndef GOPS_STORE_SQLITE_H
#define GOPS_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/backend.h"
#include "store/check.h"
#include "store/file.h"
#include "store/sqlite_schema.h"

/* A row of the table unit. */
typedef struct gops_unit_row {
    int exists;
    uint64_t last_run;
    gops_seal owned;              /* rows of inventory and intent */
    gops_seal history;            /* rows of run */
    gops_seal notes;
    gops_digest fingerprint_hash; /* of the text, as a document */
} gops_unit_row;

enum { GOPS_RUN_TEXTS = 4 }; /* revision, digest, approver, reason */

/* A row of the table run. */
typedef struct gops_run_row {
    uint64_t number; /* 0: none */
    int64_t started, finished;
    int32_t result;
    gops_digest text_hash; /* over revision, digest, approver and reason */
    uint64_t approved;
    gops_run_changes changes;
    gops_seal operations;
    gops_digest checksum; /* as stored */
} gops_run_row;

/* A row of inventory, or of intent (run, action and exempt are 0 in the former). */
typedef struct gops_object_row {
    uint64_t document; /* its id; 0: none */
    gops_digest digest, content, checksum;
    uint64_t adopted; /* 1: it was there before it was ours */
    uint64_t run, action, exempt;
} gops_object_row;

typedef struct gops_sqlite {
    gitops_store base;
    gops_file file;
    int create, read_only;
    sqlite3 *db;   /* NULL while there is no file */
    int immutable; /* opened without locks, valid while the file is as stamp says */
    gops_file_stamp stamp;
    sqlite3_stmt *statements[GOPS_SQL_COUNT];
    gops_register state; /* lineage and serial as read last */
    const char *unit;    /* of the transaction; borrowed */
    gops_unit_row unit_row;
    gops_run_row run; /* the one that operations are added to */
    int run_changed;
} gops_sqlite;

static inline gops_sqlite *gops_sqlite_of(gitops_store *store)
{
    return (gops_sqlite *)store;
}

extern const gops_store_backend gops_sqlite_backend;

/* sqlite.c: errors. doing is "read" or "write". */
int gops_sqlite_fail(gops_sqlite *s, const char *doing, gitops_error *err);

/* A row that does not match its checksum, or rows that do not match their seal. key may be NULL. */
int gops_sqlite_corrupt(gops_sqlite *s, const char *unit, const char *key, const char *what,
                        gitops_error *err);

/* GITOPS_ESTORE when it was opened for reading only. */
int gops_sqlite_check_writable(const gops_sqlite *s, gitops_error *err);

/* A statement and its parameters, bound one after the other. */
typedef struct gops_binder {
    sqlite3_stmt *statement;
    int index, rc;
} gops_binder;

gops_binder gops_bind(gops_sqlite *s, gops_sql sql);
void gops_bind_text(gops_binder *binder, const char *text); /* NULL: NULL */
void gops_bind_key(gops_binder *binder, const char *key);
void gops_bind_blob(gops_binder *binder, const void *data, size_t length);
void gops_bind_digest(gops_binder *binder, const gops_digest *digest);
void gops_bind_number(gops_binder *binder, uint64_t number);

/* 1: a row is there, 0: the end. The caller ends the statement. */
int gops_sql_step(gops_sqlite *s, gops_binder *binder, gitops_error *err);
void gops_sql_end(gops_binder *binder);

/* Runs a statement that gives no rows, and ends it. */
int gops_sql_run(gops_sqlite *s, gops_binder *binder, gitops_error *err);

gops_digest gops_column_digest(sqlite3_stmt *statement, int column); /* zero: not a digest */
const char *gops_column_text(sqlite3_stmt *statement, int column);   /* never NULL */
uint64_t gops_column_number(sqlite3_stmt *statement, int column);

/* sqlite_open.c: opens the file if there is one by now. 0 with db NULL: there is none. */
int gops_sqlite_ready(gops_sqlite *s, gitops_error *err);
void gops_sqlite_close(gops_sqlite *s);

/* Makes the state file and opens it, under the writer's lock for that long. */
int gops_sqlite_make(gops_sqlite *s, gitops_error *err);

/* After a read: fails when an immutable file has changed meanwhile. GITOPS_ESTORE. */
int gops_sqlite_check_stamp(gops_sqlite *s, gitops_error *err);

/* Checks the register against the state. */
int gops_sqlite_check_register(gops_sqlite *s, gitops_error *err);

/* sqlite_rows.c: the unit's own row (exists 0: there is no such unit) and rows' checksums. */
int gops_sqlite_unit(gops_sqlite *s, const char *unit, gops_unit_row *out, gitops_error *err);
gops_digest gops_unit_checksum(const char *unit, const gops_unit_row *row);
gops_digest gops_object_checksum(gops_check_kind kind, const char *unit, const char *key,
                                 const gops_object_row *row);
gops_digest gops_run_text_hash(const char *const texts[GOPS_RUN_TEXTS]);
gops_digest gops_run_checksum(const char *unit, const gops_run_row *row);
gops_digest gops_operation_checksum(const char *unit, uint64_t number,
                                    const gops_stored_operation *operation);
gops_digest gops_store_checksum(const gops_register *state);

/* Takes the columns of a row of inventory or intent as they are selected; checks the checksum. */
int gops_sqlite_take_object(gops_sqlite *s, gops_check_kind kind, const char *unit, const char *key,
                            sqlite3_stmt *statement, gops_object_row *out, gitops_error *err);

/* Takes the columns of a run as GOPS_SQL_RUN_READ selects them; checks the checksum. */
int gops_sqlite_take_run(gops_sqlite *s, const char *unit, sqlite3_stmt *statement,
                         gops_run_row *out, gitops_error *err);

/* sqlite_read.c: opens the file and a read transaction. 1; 0: there is no file; or a failure. */
int gops_sqlite_begin_read(gops_sqlite *s, gitops_error *err);

/* Ends it and gives rc on, or that the file was changed while it was read without locks. */
int gops_sqlite_end_read(gops_sqlite *s, int rc, gitops_error *err);

/* sqlite_read.c, sqlite_write.c and sqlite_notes.c: the functions of the backend. */
int gops_sqlite_rows(gitops_store *store, const char *unit, int with_documents,
                     gops_stored_row_fn fn, void *user_data, gitops_error *err);
int gops_sqlite_last_run(gitops_store *store, const char *unit, uint64_t *number, gops_buffer *out,
                         gitops_error *err);
int gops_sqlite_sent(gitops_store *store, const char *unit, const char *key, gops_buffer *out,
                     int *adopted, gitops_error *err);
int gops_sqlite_fingerprint(gitops_store *store, const char *unit, gops_buffer *out,
                            gitops_error *err);
int gops_sqlite_runs(gitops_store *store, const char *unit, uint32_t limit,
                     const gops_run_visitor *visitor, gitops_error *err);

/* sqlite_memo.c */
int gops_sqlite_memo(gitops_store *store, const char *name, gitops_memo **out, gitops_error *err);

int gops_sqlite_begin(gitops_store *store, const char *unit, int leased, gitops_error *err);
int gops_sqlite_commit(gitops_store *store, gitops_error *err);
void gops_sqlite_rollback(gitops_store *store);
int gops_sqlite_bind_unit(gitops_store *store, const char *fingerprint, gitops_error *err);
int gops_sqlite_find(gitops_store *store, const char *key, gops_holding *holding,
                     gitops_error *err);
int gops_sqlite_put_intent(gitops_store *store, const gops_store_record *record, gitops_error *err);
int gops_sqlite_drop_intent(gitops_store *store, const char *key, gitops_error *err);
int gops_sqlite_put_row(gitops_store *store, const gops_store_record *record, gitops_error *err);
int gops_sqlite_drop_row(gitops_store *store, const char *key, gitops_error *err);
int gops_sqlite_promote(gitops_store *store, const char *key, gitops_error *err);
int gops_sqlite_begin_run(gitops_store *store, const gops_store_record *record, gitops_error *err);
int gops_sqlite_add_operation(gitops_store *store, const gops_store_record *record,
                              gitops_error *err);
int gops_sqlite_count_change(gitops_store *store, uint64_t number, int32_t action, int step,
                             int64_t unix_ms, gitops_error *err);
int gops_sqlite_end_run(gitops_store *store, const gops_store_record *record, gitops_error *err);
int gops_sqlite_units(gitops_store *store, gitops_unit_name_fn fn, void *user_data,
                      gitops_error *err);
int gops_sqlite_put_note(gitops_store *store, const gops_store_record *record, gitops_error *err);
int gops_sqlite_drop_note(gitops_store *store, const char *name, gitops_error *err);
int gops_sqlite_notes(gitops_store *store, const char *unit, const char *prefix,
                      gops_note_fn fn, void *user_data, gitops_error *err);
int gops_sqlite_note(gitops_store *store, const char *unit, const char *name, gops_buffer *out,
                     int64_t *unix_ms, gitops_error *err);

#endif
