/*
 * sqlite: the backend's table, opening and leasing, errors, and the words for statements.
 */
#include "store/sqlite.h"

#include <stdio.h>
#include <string.h>

#include "base/options.h"

static int code_of(int extended)
{
    if (extended == SQLITE_IOERR_NOMEM)
        return GITOPS_ENOMEM;
    switch (extended & 0xFF) {
    case SQLITE_NOMEM:
        return GITOPS_ENOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT: /* we never break one, so the rows it speaks of are not ours */
        return GITOPS_ECORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return GITOPS_ELOCKED;
    case SQLITE_TOOBIG:
        return GITOPS_ELIMIT;
    default:
        return GITOPS_ESTORE;
    }
}

int gops_sqlite_fail(gops_sqlite *s, const char *doing, gitops_error *err)
{
    int extended = sqlite3_extended_errcode(s->db), code = code_of(extended);
    const char *name = s->file.name, *reason = sqlite3_errmsg(s->db);
    if (code == GITOPS_ENOMEM)
        gops_fail_memory(err);
    else if (code == GITOPS_ECORRUPT)
        gops_fail_at(err, code, name, 0, 0, "the state file %s is damaged: %s", name, reason);
    else if (code == GITOPS_ELOCKED)
        gops_fail_at(err, code, name, 0, 0, "another process is using %s", name);
    else if ((extended & 0xFF) == SQLITE_CANTOPEN && s->read_only && s->stamp.wal_size > 0)
        gops_fail_at(err, code, name, 0, 0,
                     "cannot read %s: it was not closed, and reading %s-wal needs %s-shm or the "
                     "right to make it",
                     name, name, name);
    else
        gops_fail_at(err, code, name, 0, 0, "cannot %s %s: %s", doing, name, reason);
    gops_error_origin(err, GITOPS_ORIGIN_STORE, extended);
    return code;
}

int gops_sqlite_corrupt(gops_sqlite *s, const char *unit, const char *key, const char *what,
                        gitops_error *err)
{
    if (sqlite3_errcode(s->db) == SQLITE_NOMEM) /* a column could not be read, not a bad one */
        return gops_fail_memory(err);
    if (key)
        return gops_fail_at(err, GITOPS_ECORRUPT, s->file.name, 0, 0,
                            "the state file %s is damaged: %s of %s in unit %s does not match its "
                            "checksum",
                            s->file.name, what, key, unit);
    return gops_fail_at(err, GITOPS_ECORRUPT, s->file.name, 0, 0,
                        "the state file %s is damaged: %s of unit %s does not match its checksum",
                        s->file.name, what, unit);
}

gops_binder gops_bind(gops_sqlite *s, gops_sql sql)
{
    return (gops_binder){s->statements[sql], 0, SQLITE_OK};
}

static void note(gops_binder *binder, int rc)
{
    if (binder->rc == SQLITE_OK)
        binder->rc = rc;
}

void gops_bind_text(gops_binder *binder, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    note(binder, sqlite3_bind_text64(binder->statement, ++binder->index, text, length,
                                     SQLITE_STATIC, SQLITE_UTF8));
}

void gops_bind_blob(gops_binder *binder, const void *data, size_t length)
{
    note(binder,
         sqlite3_bind_blob64(binder->statement, ++binder->index, data, length, SQLITE_STATIC));
}

void gops_bind_key(gops_binder *binder, const char *key)
{
    gops_bind_blob(binder, key, key ? strlen(key) : 0);
}

void gops_bind_digest(gops_binder *binder, const gops_digest *digest)
{
    gops_bind_blob(binder, digest->bytes, sizeof digest->bytes);
}

void gops_bind_number(gops_binder *binder, uint64_t number)
{
    note(binder, sqlite3_bind_int64(binder->statement, ++binder->index, (sqlite3_int64)number));
}

int gops_sql_step(gops_sqlite *s, gops_binder *binder, gitops_error *err)
{
    if (binder->rc == SQLITE_OK)
        binder->rc = sqlite3_step(binder->statement);
    int rc = binder->rc;
    binder->rc = rc == SQLITE_ROW ? SQLITE_OK : rc;
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return rc == SQLITE_ROW;
    return gops_sqlite_fail(s, sqlite3_stmt_readonly(binder->statement) ? "read" : "write", err);
}

void gops_sql_end(gops_binder *binder)
{
    sqlite3_reset(binder->statement);
    sqlite3_clear_bindings(binder->statement);
}

int gops_sql_run(gops_sqlite *s, gops_binder *binder, gitops_error *err)
{
    int rc = gops_sql_step(s, binder, err);
    gops_sql_end(binder);
    return rc < 0 ? rc : 0;
}

gops_digest gops_column_digest(sqlite3_stmt *statement, int column)
{
    gops_digest digest = {{0}};
    const void *bytes = sqlite3_column_blob(statement, column);
    if (bytes && sqlite3_column_bytes(statement, column) == (int)sizeof digest.bytes)
        memcpy(digest.bytes, bytes, sizeof digest.bytes);
    return digest;
}

const char *gops_column_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text ? (const char *)text : "";
}

uint64_t gops_column_number(sqlite3_stmt *statement, int column)
{
    return (uint64_t)sqlite3_column_int64(statement, column);
}

static void sqlite_destroy(gitops_store *store)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_sqlite_close(s);
    gops_file_release(&s->file);
}

int gops_sqlite_check_writable(const gops_sqlite *s, gitops_error *err)
{
    if (!s->read_only)
        return 0;
    return gops_fail_at(err, GITOPS_ESTORE, s->file.name, 0, 0,
                        "cannot write %s: it was opened for reading only", s->file.name);
}

static int sqlite_acquire(gitops_store *store, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    int rc = gops_sqlite_check_writable(s, err);
    if (rc == 0)
        rc = gops_sqlite_ready(s, err);
    if (rc == 0 && !s->db && s->create)
        rc = gops_sqlite_make(s, err);
    else if (rc == 0 && !s->db)
        rc = gops_fail_at(err, GITOPS_ESTORE, s->file.name, 0, 0,
                          "cannot write %s: the state file does not exist", s->file.name);
    if (rc == 0)
        rc = gops_file_lock(&s->file, err);
    if (rc < 0)
        return rc;
    rc = gops_sqlite_check_register(s, err); /* others may have written since it was opened */
    if (rc < 0)
        gops_file_unlock(&s->file);
    return rc;
}

static void sqlite_release(gitops_store *store)
{
    gops_file_unlock(&gops_sqlite_of(store)->file);
}

static int sqlite_leased(gitops_store *store)
{
    return gops_file_is_locked(&gops_sqlite_of(store)->file);
}

const gops_store_backend gops_sqlite_backend = {
    .lasting = 1,
    .destroy = sqlite_destroy,
    .acquire = sqlite_acquire,
    .release = sqlite_release,
    .leased = sqlite_leased,
    .rows = gops_sqlite_rows,
    .last_run = gops_sqlite_last_run,
    .sent = gops_sqlite_sent,
    .fingerprint = gops_sqlite_fingerprint,
    .runs = gops_sqlite_runs,
    .units = gops_sqlite_units,
    .notes = gops_sqlite_notes,
    .note = gops_sqlite_note,
    .memo = gops_sqlite_memo,
    .begin = gops_sqlite_begin,
    .commit = gops_sqlite_commit,
    .rollback = gops_sqlite_rollback,
    .bind = gops_sqlite_bind_unit,
    .find = gops_sqlite_find,
    .put_intent = gops_sqlite_put_intent,
    .drop_intent = gops_sqlite_drop_intent,
    .put_row = gops_sqlite_put_row,
    .drop_row = gops_sqlite_drop_row,
    .promote = gops_sqlite_promote,
    .begin_run = gops_sqlite_begin_run,
    .add_operation = gops_sqlite_add_operation,
    .count_change = gops_sqlite_count_change,
    .end_run = gops_sqlite_end_run,
    .put_note = gops_sqlite_put_note,
    .drop_note = gops_sqlite_drop_note,
};

int gitops_store_open(gitops_store **out, gitops_context *context,
                      const gitops_store_options *options, gitops_error *err)
{
    gitops_store_options given;
    if (!out || !context)
        return gops_fail(err, GITOPS_EINVAL, "store: out and context are needed");
    *out = NULL;
    int rc = gops_options_import(&given, sizeof given, options, "store options", err);
    if (rc < 0)
        return rc;
    if (!given.path || !*given.path)
        return gops_fail(err, GITOPS_EINVAL, "store options: path is needed");
    gitops_store *store = gops_store_new(context, &gops_sqlite_backend, sizeof(gops_sqlite));
    if (!store)
        return gops_fail_memory(err);
    gops_sqlite *s = gops_sqlite_of(store);
    s->read_only = given.read_only;
    s->create = given.create && !given.read_only;
    rc = gops_file_init(&s->file, context, given.path, err);
    if (rc == 0)
        rc = gops_sqlite_ready(s, err);
    if (rc < 0) {
        gitops_store_free(store);
        return rc;
    }
    *out = store;
    return 0;
}
