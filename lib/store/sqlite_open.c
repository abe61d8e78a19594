/*
 * sqlite_open: connects to a state file, makes sure that it is one, and makes a new one.
 *
 * Nothing is written to a file before it is known to be ours. A reader that finds no write-ahead
 * log reads the file as immutable: without locks, without side files, without any write; it
 * connects anew when the file has changed.
 */
#include <string.h>

#include "store/sqlite.h"

enum { BUSY_MS = 1000, SMALLEST_BYTES = 512 }; /* SQLite takes a shorter file for an empty one */

typedef enum identity { IDENTITY_OURS = 0, IDENTITY_EMPTY = 1 } identity;

void gops_sqlite_close(gops_sqlite *s)
{
    for (int i = 0; i < GOPS_SQL_COUNT; i++) {
        sqlite3_finalize(s->statements[i]);
        s->statements[i] = NULL;
    }
    sqlite3_close(s->db);
    s->db = NULL;
}

static int execute(gops_sqlite *s, const char *sql, gitops_error *err)
{
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : gops_sqlite_fail(s, s->read_only ? "read" : "open", err);
}

/* file: URI of the path. Every byte that is not plain is escaped. */
static void put_uri(gops_buffer *out, const char *path, int immutable)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    gops_buffer_puts(out, path[0] == '/' ? "file://" : "file:./");
    for (const char *p = path; *p; p++) {
        if (strchr(plain, *p))
            gops_buffer_putc(out, *p);
        else
            gops_buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*p);
    }
    if (immutable)
        gops_buffer_puts(out, "?immutable=1");
}

/* Makes a hostile schema harmless. No checkpoint on close: the file is not known to be ours yet. */
static int configure(gops_sqlite *s, gitops_error *err)
{
    static const int options[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},   {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},          {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
    };
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (sqlite3_db_config(s->db, options[i][0], options[i][1], (int *)NULL) != SQLITE_OK)
            return gops_sqlite_fail(s, "open", err);
    return execute(s,
                   "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON; "
                   "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; "
                   "PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4000",
                   err);
}

static int connect_file(gops_sqlite *s, const gops_file_stamp *stamp, gitops_error *err)
{
    gops_buffer uri;
    int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                (s->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    s->stamp = *stamp;
    s->immutable = s->read_only && stamp->wal_size == 0;
    gops_buffer_init(&uri, s->base.context, 0);
    put_uri(&uri, s->file.path, s->immutable);
    int rc = gops_buffer_status(&uri, err);
    if (rc == 0 && sqlite3_open_v2(uri.data, &s->db, flags, NULL) != SQLITE_OK)
        rc = gops_sqlite_fail(s, "open", err);
    gops_buffer_release(&uri);
    return rc < 0 ? rc : configure(s, err);
}

/* The number that a statement without parameters gives. */
static int read_number(gops_sqlite *s, const char *sql, int *out, gitops_error *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int(statement, 0);
    else
        rc = gops_sqlite_fail(s, "read", err);
    sqlite3_finalize(statement);
    return rc < 0 ? rc : 0;
}

static int fail_schema(gops_sqlite *s, gitops_error *err)
{
    return gops_fail_at(err, GITOPS_ECORRUPT, s->file.name, 0, 0,
                        "the state file %s is damaged: it does not hold the tables of a state file",
                        s->file.name);
}

/* The tables must be exactly ours, to the letter. */
static int check_tables(gops_sqlite *s, gitops_error *err)
{
    sqlite3_stmt *statement = NULL;
    int count = 0, same = 1, rc;
    rc = sqlite3_prepare_v2(s->db, "SELECT sql FROM sqlite_master ORDER BY rowid", -1, &statement,
                            NULL);
    while (rc == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        same = same && count < GOPS_SCHEMA_TABLES &&
               strcmp(gops_column_text(statement, 0), gops_schema_tables[count]) == 0;
        count++;
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_reset(statement);
    if (rc != SQLITE_OK)
        rc = gops_sqlite_fail(s, "read", err);
    sqlite3_finalize(statement);
    if (rc < 0)
        return rc;
    return same && count == GOPS_SCHEMA_TABLES ? 0 : fail_schema(s, err);
}

static int judge_identity(gops_sqlite *s, int application, int version, int tables,
                          gitops_error *err)
{
    const char *name = s->file.name;
    if (application == 0 && version == 0 && tables == 0)
        return IDENTITY_EMPTY;
    if (application != GOPS_SCHEMA_APPLICATION)
        return gops_fail_at(err, GITOPS_EFOREIGN, name, 0, 0,
                            "%s is a database of another program, not a state file", name);
    if (version > GOPS_SCHEMA_VERSION)
        return gops_fail_at(err, GITOPS_EUNSUPPORTED, name, 0, 0,
                            "the state file %s was written by a newer version: its format is %d, "
                            "this library knows %d",
                            name, version, GOPS_SCHEMA_VERSION);
    if (version > 0 && version < GOPS_SCHEMA_VERSION)
        return gops_fail_at(err, GITOPS_EUNSUPPORTED, name, 0, 0,
                            "the state file %s was written by an earlier version: its format is "
                            "%d, this library reads %d",
                            name, version, GOPS_SCHEMA_VERSION);
    return version == GOPS_SCHEMA_VERSION ? check_tables(s, err) : fail_schema(s, err);
}

/* IDENTITY_..., or a failure. */
static int identify(gops_sqlite *s, gitops_error *err)
{
    int application = 0, version = 0, tables = 0;
    int rc = execute(s, "BEGIN", err);
    if (rc < 0)
        return rc;
    rc = read_number(s, "PRAGMA application_id", &application, err);
    if (rc == 0)
        rc = read_number(s, "PRAGMA user_version", &version, err);
    if (rc == 0)
        rc = read_number(s, "SELECT count(*) FROM sqlite_master", &tables, err);
    if (rc == 0)
        rc = judge_identity(s, application, version, tables, err);
    sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    return rc;
}

static int prepare_statements(gops_sqlite *s, gitops_error *err)
{
    for (int i = 0; i < GOPS_SQL_COUNT; i++)
        if (sqlite3_prepare_v3(s->db, gops_schema_statements[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &s->statements[i], NULL) != SQLITE_OK)
            return gops_sqlite_fail(s, "open", err);
    return 0;
}

/* A writer needs the write-ahead log, and its end when the last connection closes. */
static int enable_writing(gops_sqlite *s, gitops_error *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = 0, is_wal = 0;
    if (s->read_only)
        return 0;
    if (sqlite3_prepare_v2(s->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        rc = gops_sqlite_fail(s, "open", err);
    else
        is_wal = strcmp(gops_column_text(statement, 0), "wal") == 0;
    sqlite3_finalize(statement);
    if (rc == 0 && !is_wal)
        rc = gops_fail_at(err, GITOPS_ESTORE, s->file.name, 0, 0,
                          "cannot open %s: its file system does not support a write-ahead log",
                          s->file.name);
    if (rc == 0 &&
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, (int *)NULL) != SQLITE_OK)
        rc = gops_sqlite_fail(s, "open", err);
    return rc;
}

/* A lower serial than the register's means that writes which were durable are gone. */
int gops_sqlite_check_register(gops_sqlite *s, gitops_error *err)
{
    gops_register last; /* read before the state, which a writer may be moving on */
    int known = gops_register_read(&s->file, &last);
    gops_binder read = gops_bind(s, GOPS_SQL_STORE_READ);
    int rc = gops_sql_step(s, &read, err);
    if (rc > 0) {
        gops_digest lineage = gops_column_digest(read.statement, 0);
        memcpy(s->state.lineage, lineage.bytes, sizeof s->state.lineage);
        s->state.serial = gops_column_number(read.statement, 1);
        gops_digest expected = gops_store_checksum(&s->state);
        gops_digest stored = gops_column_digest(read.statement, 2);
        rc = gops_digest_equal(&expected, &stored);
    }
    gops_sql_end(&read);
    if (rc <= 0)
        return rc < 0 ? rc : fail_schema(s, err);
    if (known && memcmp(last.lineage, s->state.lineage, sizeof last.lineage) == 0 &&
        s->state.serial < last.serial)
        return gops_fail_at(err, GITOPS_ECORRUPT, s->file.name, 0, 0,
                            "the state file %s is older than the last write to it: an old copy was "
                            "put back or %s-wal was lost; remove %s-lock to go on with it",
                            s->file.name, s->file.name, s->file.name);
    return 0;
}

static int finish_open(gops_sqlite *s, gitops_error *err)
{
    int rc = enable_writing(s, err);
    if (rc == 0)
        rc = prepare_statements(s, err);
    return rc < 0 ? rc : gops_sqlite_check_register(s, err);
}

/* An empty file reads as missing, unless it has held something. */
static int check_empty(gops_sqlite *s, gitops_error *err)
{
    gops_register last;
    if (gops_register_read(&s->file, &last) && last.serial > 0)
        return gops_fail_at(err, GITOPS_ECORRUPT, s->file.name, 0, 0,
                            "the state file %s is damaged: it is empty, but it was written before; "
                            "remove %s* to start anew",
                            s->file.name, s->file.name);
    return 0;
}

/* Opens a file that is there; an empty one is left closed. */
static int open_existing(gops_sqlite *s, const gops_file_stamp *stamp, gitops_error *err)
{
    if (stamp->size < 0)
        return 0;
    if (stamp->size == 0)
        return check_empty(s, err);
    if (stamp->size < SMALLEST_BYTES)
        return fail_schema(s, err);
    int rc = connect_file(s, stamp, err);
    if (rc == 0)
        rc = identify(s, err);
    if (rc == IDENTITY_OURS)
        return finish_open(s, err);
    if (rc != IDENTITY_EMPTY)
        return rc;
    gops_sqlite_close(s);
    return check_empty(s, err);
}

static int write_first_row(gops_sqlite *s, gitops_error *err)
{
    sqlite3_randomness((int)sizeof s->state.lineage, s->state.lineage);
    s->state.serial = 0;
    gops_digest checksum = gops_store_checksum(&s->state);
    gops_binder write = gops_bind(s, GOPS_SQL_STORE_WRITE);
    gops_bind_blob(&write, s->state.lineage, sizeof s->state.lineage);
    gops_bind_number(&write, s->state.serial);
    gops_bind_digest(&write, &checksum);
    return gops_sql_run(s, &write, err);
}

static int make_tables(gops_sqlite *s, gitops_error *err)
{
    _Static_assert(GOPS_SCHEMA_APPLICATION == 1735356531 && GOPS_SCHEMA_VERSION == 3,
                   "as written below");
    int rc = enable_writing(s, err);
    if (rc == 0)
        rc = execute(s, "BEGIN IMMEDIATE", err);
    for (int i = 0; i < GOPS_SCHEMA_TABLES && rc == 0; i++)
        rc = execute(s, gops_schema_tables[i], err);
    if (rc == 0)
        rc = execute(s, "PRAGMA application_id = 1735356531; PRAGMA user_version = 3", err);
    if (rc == 0)
        rc = prepare_statements(s, err);
    if (rc == 0)
        rc = write_first_row(s, err);
    if (rc == 0)
        rc = execute(s, "COMMIT", err);
    if (rc == 0)
        gops_register_write(&s->file, &s->state);
    return rc;
}

/* Somebody else may have been quicker. */
int gops_sqlite_make(gops_sqlite *s, gitops_error *err)
{
    gops_file_stamp stamp;
    int rc = gops_file_lock(&s->file, err);
    if (rc < 0)
        return rc;
    rc = gops_file_create(&s->file, err);
    if (rc == 0)
        rc = gops_file_look(&s->file, &stamp, err);
    if (rc == 0)
        rc = connect_file(s, &stamp, err);
    if (rc == 0)
        rc = identify(s, err);
    if (rc == IDENTITY_EMPTY)
        rc = make_tables(s, err);
    else if (rc == IDENTITY_OURS)
        rc = finish_open(s, err);
    gops_file_unlock(&s->file);
    if (rc < 0)
        gops_sqlite_close(s);
    return rc;
}

/* 1 when the connection does not show what the name now stands for. */
static int is_stale(const gops_sqlite *s, const gops_file_stamp *now)
{
    const gops_file_stamp *then = &s->stamp;
    if (now->size < 0 || now->device != then->device || now->inode != then->inode)
        return 1;
    return s->immutable && (now->size != then->size || now->wal_size > 0 ||
                            now->seconds != then->seconds || now->nanoseconds != then->nanoseconds);
}

int gops_sqlite_ready(gops_sqlite *s, gitops_error *err)
{
    gops_file_stamp now;
    int rc = gops_file_look(&s->file, &now, err);
    if (rc < 0)
        return rc;
    if (s->db && is_stale(s, &now))
        gops_sqlite_close(s);
    if (s->db)
        return 0;
    rc = open_existing(s, &now, err);
    if (rc < 0)
        gops_sqlite_close(s);
    return rc;
}

int gops_sqlite_check_stamp(gops_sqlite *s, gitops_error *err)
{
    gops_file_stamp now;
    int rc = s->immutable ? gops_file_look(&s->file, &now, err) : 0;
    if (rc == 0 && s->immutable && is_stale(s, &now))
        rc = gops_fail_at(err, GITOPS_ESTORE, s->file.name, 0, 0,
                          "%s was written while it was read: read it again", s->file.name);
    return rc;
}
