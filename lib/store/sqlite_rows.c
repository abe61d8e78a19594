/*
 * sqlite_rows: the checksum of each kind of row, and reading the two rows that seal others: the
 * unit's (over inventory, intents, runs and notes) and a run's (over its operations).
 */
#include "store/sqlite.h"

static void add_seal(gops_hasher *hasher, const gops_seal *seal)
{
    gops_check_number(hasher, seal->count);
    gops_check_digest(hasher, &seal->sum);
}

gops_digest gops_store_checksum(const gops_register *state)
{
    gops_hasher hasher;
    gops_check_begin(&hasher, GOPS_CHECK_STORE);
    gops_hasher_put(&hasher, state->lineage, sizeof state->lineage);
    gops_check_number(&hasher, state->serial);
    return gops_hasher_finish(&hasher);
}

gops_digest gops_unit_checksum(const char *unit, const gops_unit_row *row)
{
    gops_hasher hasher;
    gops_check_begin(&hasher, GOPS_CHECK_UNIT);
    gops_check_text(&hasher, unit);
    gops_check_number(&hasher, row->last_run);
    add_seal(&hasher, &row->owned);
    add_seal(&hasher, &row->history);
    add_seal(&hasher, &row->notes);
    gops_check_digest(&hasher, &row->fingerprint_hash);
    return gops_hasher_finish(&hasher);
}

gops_digest gops_object_checksum(gops_check_kind kind, const char *unit, const char *key,
                                 const gops_object_row *row)
{
    gops_hasher hasher;
    gops_check_begin(&hasher, kind);
    gops_check_text(&hasher, unit);
    gops_check_text(&hasher, key);
    gops_check_number(&hasher, row->document);
    gops_check_digest(&hasher, &row->digest);
    gops_check_digest(&hasher, &row->content);
    gops_check_number(&hasher, row->adopted);
    gops_check_number(&hasher, row->run);
    gops_check_number(&hasher, row->action);
    gops_check_number(&hasher, row->exempt);
    return gops_hasher_finish(&hasher);
}

gops_digest gops_run_text_hash(const char *const texts[GOPS_RUN_TEXTS])
{
    gops_hasher hasher;
    gops_check_begin(&hasher, GOPS_CHECK_RUN);
    for (size_t i = 0; i < GOPS_RUN_TEXTS; i++)
        gops_check_text(&hasher, texts[i]);
    return gops_hasher_finish(&hasher);
}

gops_digest gops_run_checksum(const char *unit, const gops_run_row *row)
{
    gops_hasher hasher;
    gops_check_begin(&hasher, GOPS_CHECK_RUN);
    gops_check_text(&hasher, unit);
    gops_check_number(&hasher, row->number);
    gops_check_number(&hasher, (uint64_t)row->started);
    gops_check_number(&hasher, (uint64_t)row->finished);
    gops_check_number(&hasher, (uint64_t)row->result);
    add_seal(&hasher, &row->operations);
    gops_check_digest(&hasher, &row->text_hash);
    gops_check_number(&hasher, row->approved);
    gops_check_number(&hasher, row->changes.deletes);
    gops_check_number(&hasher, row->changes.replaces);
    gops_check_number(&hasher, (uint64_t)row->changes.last_unix_ms);
    return gops_hasher_finish(&hasher);
}

gops_digest gops_operation_checksum(const char *unit, uint64_t number,
                                    const gops_stored_operation *operation)
{
    gops_hasher hasher;
    gops_check_begin(&hasher, GOPS_CHECK_OPERATION);
    gops_check_text(&hasher, unit);
    gops_check_number(&hasher, number);
    gops_check_number(&hasher, operation->place);
    gops_check_text(&hasher, operation->key);
    gops_check_number(&hasher, (uint64_t)operation->action);
    gops_check_number(&hasher, (uint64_t)operation->outcome);
    gops_check_text(&hasher, operation->error);
    return gops_hasher_finish(&hasher);
}

static int take_unit(gops_sqlite *s, const char *unit, sqlite3_stmt *statement, gops_unit_row *out,
                     gitops_error *err)
{
    out->exists = 1;
    out->last_run = gops_column_number(statement, 0);
    out->owned.count = gops_column_number(statement, 1);
    out->owned.sum = gops_column_digest(statement, 2);
    out->history.count = gops_column_number(statement, 3);
    out->history.sum = gops_column_digest(statement, 4);
    gops_digest stored = gops_column_digest(statement, 5);
    const char *fingerprint = gops_column_text(statement, 6);
    out->fingerprint_hash = gops_check_document(fingerprint, strlen(fingerprint));
    out->notes.count = gops_column_number(statement, 7);
    out->notes.sum = gops_column_digest(statement, 8);
    gops_digest expected = gops_unit_checksum(unit, out);
    return gops_digest_equal(&stored, &expected)
               ? 0
               : gops_sqlite_corrupt(s, unit, NULL, "the record", err);
}

/* A unit without a row must have nothing else either. */
static int check_stray(gops_sqlite *s, const char *unit, gitops_error *err)
{
    gops_binder read = gops_bind(s, GOPS_SQL_UNIT_STRAY);
    gops_bind_text(&read, unit);
    int rc = gops_sql_step(s, &read, err);
    int stray = rc > 0 && gops_column_number(read.statement, 0) != 0;
    gops_sql_end(&read);
    if (rc < 0)
        return rc;
    return stray ? gops_sqlite_corrupt(s, unit, NULL, "the record", err) : 0;
}

int gops_sqlite_unit(gops_sqlite *s, const char *unit, gops_unit_row *out, gitops_error *err)
{
    memset(out, 0, sizeof *out);
    gops_binder read = gops_bind(s, GOPS_SQL_UNIT_READ);
    gops_bind_text(&read, unit);
    int rc = gops_sql_step(s, &read, err);
    if (rc > 0)
        rc = take_unit(s, unit, read.statement, out, err);
    gops_sql_end(&read);
    return rc == 0 && !out->exists ? check_stray(s, unit, err) : rc;
}

int gops_sqlite_take_object(gops_sqlite *s, gops_check_kind kind, const char *unit, const char *key,
                            sqlite3_stmt *statement, gops_object_row *out, gitops_error *err)
{
    int is_intent = kind == GOPS_CHECK_INTENT;
    out->document = gops_column_number(statement, 1);
    out->digest = gops_column_digest(statement, 2);
    out->content = gops_column_digest(statement, 3);
    out->checksum = gops_column_digest(statement, 4);
    out->adopted = gops_column_number(statement, 5);
    out->run = is_intent ? gops_column_number(statement, 6) : 0;
    out->action = is_intent ? gops_column_number(statement, 7) : 0;
    out->exempt = is_intent ? gops_column_number(statement, 8) : 0;
    gops_digest expected = gops_object_checksum(kind, unit, key, out);
    return gops_digest_equal(&out->checksum, &expected)
               ? 0
               : gops_sqlite_corrupt(s, unit, key, is_intent ? "the intent" : "the inventory row",
                                     err);
}

int gops_sqlite_take_run(gops_sqlite *s, const char *unit, sqlite3_stmt *statement,
                         gops_run_row *out, gitops_error *err)
{
    out->number = gops_column_number(statement, 0);
    out->started = (int64_t)gops_column_number(statement, 1);
    out->finished = (int64_t)gops_column_number(statement, 2);
    out->result = (int32_t)gops_column_number(statement, 3);
    out->operations.count = gops_column_number(statement, 4);
    out->operations.sum = gops_column_digest(statement, 5);
    out->checksum = gops_column_digest(statement, 6);
    const char *texts[GOPS_RUN_TEXTS] = {
        gops_column_text(statement, 7), gops_column_text(statement, 8),
        gops_column_text(statement, 10), gops_column_text(statement, 11)};
    out->text_hash = gops_run_text_hash(texts);
    out->approved = gops_column_number(statement, 9);
    out->changes.deletes = gops_column_number(statement, 12);
    out->changes.replaces = gops_column_number(statement, 13);
    out->changes.last_unix_ms = (int64_t)gops_column_number(statement, 14);
    gops_digest expected = gops_run_checksum(unit, out);
    return gops_digest_equal(&out->checksum, &expected)
               ? 0
               : gops_sqlite_corrupt(s, unit, NULL, "a run", err);
}
