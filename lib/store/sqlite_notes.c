/*
 * sqlite_notes: the notes of a unit. A walk checks every note and all of them against the seal in
 * the unit's row, whatever the prefix; the value of one is checked against its own checksum.
 */
#include "store/sqlite.h"

/* A row of note while its statement stands on it. */
typedef struct note_row {
    gops_note note;
    gops_digest checksum; /* as stored */
} note_row;

static gops_digest note_checksum(const char *unit, const gops_note *note)
{
    gops_digest value = gops_check_document(note->value, note->length);
    gops_hasher hasher;
    gops_check_begin(&hasher, GOPS_CHECK_NOTE);
    gops_check_text(&hasher, unit);
    gops_check_text(&hasher, note->name);
    gops_check_number(&hasher, (uint64_t)note->unix_ms);
    gops_check_digest(&hasher, &value);
    return gops_hasher_finish(&hasher);
}

/* The name is copied: a column of any bytes has no end. */
static int take_note(gops_sqlite *s, const char *unit, sqlite3_stmt *statement, gops_buffer *name,
                     note_row *out, gitops_error *err)
{
    gops_buffer_clear(name);
    gops_buffer_put(name, sqlite3_column_blob(statement, 0),
                    (size_t)sqlite3_column_bytes(statement, 0));
    int rc = gops_buffer_status(name, err);
    if (rc < 0)
        return rc;
    out->note.name = name->data;
    out->note.unix_ms = (int64_t)gops_column_number(statement, 1);
    out->checksum = gops_column_digest(statement, 2);
    const char *value = sqlite3_column_blob(statement, 3);
    out->note.value = value ? value : "";
    out->note.length = (size_t)sqlite3_column_bytes(statement, 3);
    gops_digest expected = note_checksum(unit, &out->note);
    return strlen(name->data) == name->length && gops_digest_equal(&out->checksum, &expected)
               ? 0
               : gops_sqlite_corrupt(s, unit, name->data, "the note", err);
}

static int walk_notes(gops_sqlite *s, const char *unit, const char *prefix, gops_note_fn fn,
                      void *user_data, gops_buffer *name, gitops_error *err)
{
    gops_unit_row stored;
    gops_seal seal = {0};
    note_row row;
    int rc = gops_sqlite_unit(s, unit, &stored, err);
    if (rc < 0 || !stored.exists)
        return rc;
    gops_binder read = gops_bind(s, GOPS_SQL_NOTES);
    gops_bind_text(&read, unit);
    while ((rc = gops_sql_step(s, &read, err)) > 0) {
        rc = take_note(s, unit, read.statement, name, &row, err);
        if (rc == 0 && strncmp(row.note.name, prefix, strlen(prefix)) == 0)
            rc = fn(&row.note, user_data);
        if (rc)
            break;
        gops_seal_add(&seal, &row.checksum);
    }
    gops_sql_end(&read);
    if (rc == 0 && !gops_seal_equal(&seal, &stored.notes))
        rc = gops_sqlite_corrupt(s, unit, NULL, "the record of the notes", err);
    return rc;
}

int gops_sqlite_notes(gitops_store *store, const char *unit, const char *prefix, gops_note_fn fn,
                      void *user_data, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_buffer name;
    int rc = gops_sqlite_begin_read(s, err);
    if (rc <= 0)
        return rc;
    gops_buffer_init(&name, store->context, 0);
    rc = gops_sqlite_end_read(s, walk_notes(s, unit, prefix, fn, user_data, &name, err), err);
    gops_buffer_release(&name);
    return rc;
}

/* Looks for one note. Returns 1 while the statement stands on it, 0: there is none, or a failure. */
static int find_note(gops_sqlite *s, const char *unit, const char *name, gops_binder *read,
                     note_row *out, gitops_error *err)
{
    gops_buffer copy;
    *read = gops_bind(s, GOPS_SQL_NOTE_READ);
    gops_bind_text(read, unit);
    gops_bind_key(read, name);
    int rc = gops_sql_step(s, read, err);
    if (rc <= 0)
        return rc;
    gops_buffer_init(&copy, s->base.context, 0);
    rc = take_note(s, unit, read->statement, &copy, out, err);
    gops_buffer_release(&copy);
    out->note.name = name;
    return rc < 0 ? rc : 1;
}

int gops_sqlite_note(gitops_store *store, const char *unit, const char *name, gops_buffer *out,
                     int64_t *unix_ms, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_binder read;
    note_row row;
    int rc = gops_sqlite_begin_read(s, err);
    if (rc <= 0)
        return rc < 0 ? rc : gops_record_fail_note(unit, name, err);
    rc = find_note(s, unit, name, &read, &row, err);
    if (rc > 0) {
        *unix_ms = row.note.unix_ms;
        gops_buffer_put(out, row.note.value, row.note.length);
        rc = gops_buffer_status(out, err);
    } else if (rc == 0) {
        rc = gops_record_fail_note(unit, name, err);
    }
    gops_sql_end(&read);
    return gops_sqlite_end_read(s, rc, err);
}

/* Takes what is stored under a name out of the seal. Returns 1: there was one, 0, or a failure. */
static int unseal_note(gops_sqlite *s, const char *name, gitops_error *err)
{
    gops_binder read;
    note_row row;
    int rc = find_note(s, s->unit, name, &read, &row, err);
    gops_sql_end(&read);
    if (rc > 0)
        gops_seal_remove(&s->unit_row.notes, &row.checksum);
    return rc;
}

int gops_sqlite_put_note(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_note note = {record->key, record->document ? record->document : "",
                      record->document_length, record->unix_ms};
    int rc = unseal_note(s, note.name, err);
    if (rc < 0)
        return rc;
    gops_digest checksum = note_checksum(s->unit, &note);
    gops_seal_add(&s->unit_row.notes, &checksum);
    gops_binder put = gops_bind(s, GOPS_SQL_NOTE_PUT);
    gops_bind_text(&put, s->unit);
    gops_bind_key(&put, note.name);
    gops_bind_number(&put, (uint64_t)note.unix_ms);
    gops_bind_digest(&put, &checksum);
    gops_bind_blob(&put, note.value, note.length);
    return gops_sql_run(s, &put, err);
}

int gops_sqlite_drop_note(gitops_store *store, const char *name, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    int rc = unseal_note(s, name, err);
    if (rc <= 0)
        return rc;
    gops_binder drop = gops_bind(s, GOPS_SQL_NOTE_DROP);
    gops_bind_text(&drop, s->unit);
    gops_bind_key(&drop, name);
    return gops_sql_run(s, &drop, err);
}
