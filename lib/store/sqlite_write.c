/*
 * sqlite_write: one transaction. The unit's row and the run's row seal other rows; they are read
 * once, kept up to date in memory and written back before the commit. A rollback forgets them.
 */
#include "store/sqlite.h"

static int run_unit_write(gops_sqlite *s, gops_sql sql, gitops_error *err)
{
    const gops_unit_row *row = &s->unit_row;
    gops_digest checksum = gops_unit_checksum(s->unit, row);
    gops_binder write = gops_bind(s, sql);
    gops_bind_text(&write, s->unit);
    gops_bind_number(&write, row->last_run);
    gops_bind_number(&write, row->owned.count);
    gops_bind_digest(&write, &row->owned.sum);
    gops_bind_number(&write, row->history.count);
    gops_bind_digest(&write, &row->history.sum);
    gops_bind_number(&write, row->notes.count);
    gops_bind_digest(&write, &row->notes.sum);
    gops_bind_digest(&write, &checksum);
    return gops_sql_run(s, &write, err);
}

static int begin_transaction(gops_sqlite *s, const char *unit, gitops_error *err)
{
    gops_binder begin = gops_bind(s, GOPS_SQL_BEGIN_WRITE);
    int rc = gops_sql_run(s, &begin, err);
    if (rc == 0)
        rc = gops_sqlite_check_register(s, err);
    if (rc == 0)
        rc = gops_sqlite_unit(s, unit, &s->unit_row, err);
    if (rc < 0 || s->unit_row.exists)
        return rc;
    s->unit_row.fingerprint_hash = gops_check_document("", 0);
    return run_unit_write(s, GOPS_SQL_UNIT_ADD, err);
}

int gops_sqlite_begin(gitops_store *store, const char *unit, int leased, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    s->unit = unit;
    memset(&s->run, 0, sizeof s->run);
    s->run_changed = 0;
    int rc = leased ? gops_file_check_lock(&s->file, err) : gops_sqlite_check_writable(s, err);
    if (rc == 0)
        rc = gops_sqlite_ready(s, err);
    if (rc == 0 && !s->db && !leased && s->create)
        rc = gops_sqlite_make(s, err);
    if (rc == 0 && !s->db)
        rc = gops_fail_at(err, GITOPS_ESTORE, s->file.name, 0, 0,
                          "cannot write %s: the state file does not exist", s->file.name);
    return rc < 0 ? rc : begin_transaction(s, unit, err);
}

static void bind_changes(gops_binder *write, const gops_run_changes *changes)
{
    gops_bind_number(write, changes->deletes);
    gops_bind_number(write, changes->replaces);
    gops_bind_number(write, (uint64_t)changes->last_unix_ms);
}

/* Writes the run's row back and renews its part in the unit's seal. */
static int flush_run(gops_sqlite *s, gitops_error *err)
{
    gops_run_row *run = &s->run;
    if (!s->run_changed)
        return 0;
    gops_seal_remove(&s->unit_row.history, &run->checksum);
    run->checksum = gops_run_checksum(s->unit, run);
    gops_seal_add(&s->unit_row.history, &run->checksum);
    gops_binder write = gops_bind(s, GOPS_SQL_RUN_WRITE);
    gops_bind_text(&write, s->unit);
    gops_bind_number(&write, run->number);
    gops_bind_number(&write, (uint64_t)run->started);
    gops_bind_number(&write, (uint64_t)run->finished);
    gops_bind_number(&write, (uint64_t)run->result);
    gops_bind_number(&write, run->operations.count);
    gops_bind_digest(&write, &run->operations.sum);
    gops_bind_digest(&write, &run->checksum);
    bind_changes(&write, &run->changes);
    s->run_changed = 0;
    return gops_sql_run(s, &write, err);
}

int gops_sqlite_commit(gitops_store *store, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_register next = s->state;
    next.serial++;
    int rc = flush_run(s, err);
    if (rc == 0)
        rc = run_unit_write(s, GOPS_SQL_UNIT_WRITE, err);
    if (rc < 0)
        return rc;
    gops_digest checksum = gops_store_checksum(&next);
    gops_binder write = gops_bind(s, GOPS_SQL_STORE_WRITE);
    gops_bind_blob(&write, next.lineage, sizeof next.lineage);
    gops_bind_number(&write, next.serial);
    gops_bind_digest(&write, &checksum);
    rc = gops_sql_run(s, &write, err);
    if (rc < 0)
        return rc;
    gops_binder commit = gops_bind(s, GOPS_SQL_COMMIT);
    rc = gops_sql_run(s, &commit, err);
    if (rc < 0)
        return rc;
    s->state = next;
    if (s->file.lock_fd >= 0)
        gops_register_write(&s->file, &next);
    return 0;
}

void gops_sqlite_rollback(gitops_store *store)
{
    gops_sqlite *s = gops_sqlite_of(store);
    if (!s->db || sqlite3_get_autocommit(s->db))
        return;
    gops_binder rollback = gops_bind(s, GOPS_SQL_ROLLBACK);
    sqlite3_step(rollback.statement);
    gops_sql_end(&rollback);
    if (!sqlite3_get_autocommit(s->db))
        gops_sqlite_close(s); /* the next use connects anew */
}

int gops_sqlite_bind_unit(gitops_store *store, const char *fingerprint, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    s->unit_row.fingerprint_hash = gops_check_document(fingerprint, strlen(fingerprint));
    gops_binder write = gops_bind(s, GOPS_SQL_UNIT_BIND);
    gops_bind_text(&write, s->unit);
    gops_bind_key(&write, fingerprint);
    return gops_sql_run(s, &write, err);
}

/* Binds unit and key. */
static gops_binder bind_key(gops_sqlite *s, gops_sql sql, const char *key)
{
    gops_binder binder = gops_bind(s, sql);
    gops_bind_text(&binder, s->unit);
    gops_bind_key(&binder, key);
    return binder;
}

/* The row of a key. Returns 1: there is one, 0: there is none (out is zeroed), or a failure. */
static int read_object(gops_sqlite *s, gops_check_kind kind, const char *key, gops_object_row *out,
                       gitops_error *err)
{
    int is_intent = kind == GOPS_CHECK_INTENT;
    memset(out, 0, sizeof *out);
    gops_binder read = bind_key(s, is_intent ? GOPS_SQL_INTENT_READ : GOPS_SQL_ROW_READ, key);
    int rc = gops_sql_step(s, &read, err);
    int there = rc > 0;
    if (there)
        rc = gops_sqlite_take_object(s, kind, s->unit, key, read.statement, out, err);
    gops_sql_end(&read);
    return rc < 0 ? rc : there;
}

int gops_sqlite_find(gitops_store *store, const char *key, gops_holding *holding, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_object_row row, intent;
    int rc = read_object(s, GOPS_CHECK_INVENTORY, key, &row, err);
    if (rc < 0)
        return rc;
    holding->owned = rc;
    rc = read_object(s, GOPS_CHECK_INTENT, key, &intent, err);
    if (rc < 0)
        return rc;
    holding->intent = (int32_t)intent.action;
    holding->has_document = intent.document != 0;
    holding->exempt = intent.exempt != 0;
    holding->run = intent.run;
    return 0;
}

/* Fills what a row says of a record's document; the document itself is not stored yet. */
static void describe(gops_object_row *out, const gops_store_record *record)
{
    memset(out, 0, sizeof *out);
    out->content = gops_check_document(record->document, record->document_length);
    out->adopted = record->adopted != 0;
    if (record->document)
        out->digest = record->document_digest;
}

static int add_document(gops_sqlite *s, const gops_store_record *record, gops_object_row *row,
                        gitops_error *err)
{
    if (!record->document)
        return 0;
    gops_binder add = gops_bind(s, GOPS_SQL_DOCUMENT_ADD);
    gops_bind_blob(&add, record->document, record->document_length);
    int rc = gops_sql_run(s, &add, err);
    row->document = (uint64_t)sqlite3_last_insert_rowid(s->db);
    return rc;
}

static int drop_document(gops_sqlite *s, uint64_t id, gitops_error *err)
{
    if (id == 0)
        return 0;
    gops_binder drop = gops_bind(s, GOPS_SQL_DOCUMENT_DROP);
    gops_bind_number(&drop, id);
    return gops_sql_run(s, &drop, err);
}

/* Writes a row in the place of old (NULL: there is none), whose document goes. */
static int put_object(gops_sqlite *s, gops_check_kind kind, const char *key, gops_object_row *row,
                      const gops_object_row *old, gitops_error *err)
{
    int is_intent = kind == GOPS_CHECK_INTENT;
    int rc = old ? drop_document(s, old->document, err) : 0;
    if (rc < 0)
        return rc;
    if (old)
        gops_seal_remove(&s->unit_row.owned, &old->checksum);
    row->checksum = gops_object_checksum(kind, s->unit, key, row);
    gops_seal_add(&s->unit_row.owned, &row->checksum);
    gops_binder write = bind_key(s, is_intent ? GOPS_SQL_INTENT_PUT : GOPS_SQL_ROW_PUT, key);
    gops_bind_number(&write, row->document);
    gops_bind_digest(&write, &row->digest);
    gops_bind_digest(&write, &row->content);
    gops_bind_digest(&write, &row->checksum);
    gops_bind_number(&write, row->adopted);
    if (is_intent) {
        gops_bind_number(&write, row->run);
        gops_bind_number(&write, row->action);
        gops_bind_number(&write, row->exempt);
    }
    return gops_sql_run(s, &write, err);
}

/* Removes a row; its document stays when another row has taken it over. */
static int drop_object(gops_sqlite *s, gops_check_kind kind, const char *key,
                       const gops_object_row *old, int with_document, gitops_error *err)
{
    int rc = with_document ? drop_document(s, old->document, err) : 0;
    if (rc < 0)
        return rc;
    gops_seal_remove(&s->unit_row.owned, &old->checksum);
    gops_binder drop =
        bind_key(s, kind == GOPS_CHECK_INTENT ? GOPS_SQL_INTENT_DROP : GOPS_SQL_ROW_DROP, key);
    return gops_sql_run(s, &drop, err);
}

int gops_sqlite_put_intent(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_object_row old, row;
    int there = read_object(s, GOPS_CHECK_INTENT, record->key, &old, err);
    if (there < 0)
        return there;
    describe(&row, record);
    row.run = record->number;
    row.action = (uint64_t)record->action;
    row.exempt = record->exempt != 0;
    int rc = add_document(s, record, &row, err);
    return rc < 0 ? rc
                  : put_object(s, GOPS_CHECK_INTENT, record->key, &row, there ? &old : NULL, err);
}

int gops_sqlite_drop_intent(gitops_store *store, const char *key, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_object_row old;
    int there = read_object(s, GOPS_CHECK_INTENT, key, &old, err);
    return there <= 0 ? there : drop_object(s, GOPS_CHECK_INTENT, key, &old, 1, err);
}

int gops_sqlite_put_row(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_object_row old, intent, row;
    int there = read_object(s, GOPS_CHECK_INVENTORY, record->key, &old, err);
    int intended = there < 0 ? there : read_object(s, GOPS_CHECK_INTENT, record->key, &intent, err);
    if (intended < 0)
        return intended;
    describe(&row, record);
    int takes_over =
        record->document && intent.document && gops_digest_equal(&row.content, &intent.content);
    int rc = 0;
    if (takes_over)
        row.document = intent.document;
    else
        rc = add_document(s, record, &row, err);
    if (rc == 0)
        rc = put_object(s, GOPS_CHECK_INVENTORY, record->key, &row, there ? &old : NULL, err);
    if (rc == 0 && intended)
        rc = drop_object(s, GOPS_CHECK_INTENT, record->key, &intent, !takes_over, err);
    return rc;
}

int gops_sqlite_drop_row(gitops_store *store, const char *key, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_object_row old;
    int there = read_object(s, GOPS_CHECK_INVENTORY, key, &old, err);
    return there <= 0 ? there : drop_object(s, GOPS_CHECK_INVENTORY, key, &old, 1, err);
}

int gops_sqlite_promote(gitops_store *store, const char *key, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_object_row intent;
    int there = read_object(s, GOPS_CHECK_INTENT, key, &intent, err);
    if (there <= 0)
        return there;
    gops_object_row row = intent;
    row.run = row.action = row.exempt = 0;
    int rc = put_object(s, GOPS_CHECK_INVENTORY, key, &row, NULL, err);
    return rc < 0 ? rc : drop_object(s, GOPS_CHECK_INTENT, key, &intent, 0, err);
}

static gops_binder bind_run(gops_sqlite *s, gops_sql sql, uint64_t number)
{
    gops_binder binder = gops_bind(s, sql);
    gops_bind_text(&binder, s->unit);
    gops_bind_number(&binder, number);
    return binder;
}

static int drop_run(gops_sqlite *s, const gops_run_row *run, gitops_error *err)
{
    gops_seal_remove(&s->unit_row.history, &run->checksum);
    gops_binder operations = bind_run(s, GOPS_SQL_OPERATIONS_DROP, run->number);
    int rc = gops_sql_run(s, &operations, err);
    if (rc < 0)
        return rc;
    gops_binder drop = bind_run(s, GOPS_SQL_RUN_DROP, run->number);
    return gops_sql_run(s, &drop, err);
}

/* The oldest run. Returns 1, 0 when there is none, or a failure. */
static int read_oldest(gops_sqlite *s, gops_run_row *out, gitops_error *err)
{
    gops_binder read = gops_bind(s, GOPS_SQL_RUN_OLD);
    gops_bind_text(&read, s->unit);
    int rc = gops_sql_step(s, &read, err);
    int there = rc > 0;
    if (there)
        rc = gops_sqlite_take_run(s, s->unit, read.statement, out, err);
    gops_sql_end(&read);
    return rc < 0 ? rc : there;
}

static int drop_old_runs(gops_sqlite *s, int64_t unix_ms, gitops_error *err)
{
    gops_run_row old;
    int rc = 0;
    while (rc == 0 && s->unit_row.history.count > GOPS_STORE_RUNS) {
        rc = read_oldest(s, &old, err);
        if (rc <= 0 || !gops_record_is_old(old.started, &old.changes, unix_ms))
            return rc < 0 ? rc : 0;
        rc = drop_run(s, &old, err);
    }
    return rc;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

int gops_sqlite_begin_run(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    if (record->number <= s->unit_row.last_run)
        return gops_record_fail_run(s->unit, record->number, err);
    int rc = flush_run(s, err);
    if (rc < 0)
        return rc;
    const char *texts[GOPS_RUN_TEXTS] = {or_empty(record->revision), or_empty(record->digest),
                                         or_empty(record->approver), or_empty(record->reason)};
    gops_run_row *run = &s->run;
    memset(run, 0, sizeof *run);
    run->number = s->unit_row.last_run = record->number;
    run->started = record->unix_ms;
    run->text_hash = gops_run_text_hash(texts);
    run->approved = record->approved != 0;
    run->checksum = gops_run_checksum(s->unit, run);
    gops_seal_add(&s->unit_row.history, &run->checksum);
    gops_binder add = bind_run(s, GOPS_SQL_RUN_ADD, run->number);
    gops_bind_number(&add, (uint64_t)run->started);
    gops_bind_number(&add, (uint64_t)run->finished);
    gops_bind_number(&add, (uint64_t)run->result);
    gops_bind_number(&add, run->operations.count);
    gops_bind_digest(&add, &run->operations.sum);
    gops_bind_digest(&add, &run->checksum);
    bind_changes(&add, &run->changes);
    gops_bind_key(&add, texts[0]);
    gops_bind_key(&add, texts[1]);
    gops_bind_number(&add, run->approved);
    gops_bind_key(&add, texts[2]);
    gops_bind_key(&add, texts[3]);
    rc = gops_sql_run(s, &add, err);
    return rc < 0 ? rc : drop_old_runs(s, record->unix_ms, err);
}

/* Makes a run the one that is changed. Returns 1, 0 when it is not there, or a failure. */
static int find_run(gops_sqlite *s, uint64_t number, gitops_error *err)
{
    if (s->run.number == number && number != 0)
        return 1;
    int rc = flush_run(s, err);
    if (rc < 0)
        return rc;
    memset(&s->run, 0, sizeof s->run);
    gops_binder read = bind_run(s, GOPS_SQL_RUN_READ, number);
    rc = gops_sql_step(s, &read, err);
    int there = rc > 0;
    if (there)
        rc = gops_sqlite_take_run(s, s->unit, read.statement, &s->run, err);
    gops_sql_end(&read);
    return rc < 0 ? rc : there;
}

/* The same for a run that must be there. */
static int use_run(gops_sqlite *s, uint64_t number, gitops_error *err)
{
    int there = find_run(s, number, err);
    return there > 0 ? 0 : there < 0 ? there : gops_record_fail_run(s->unit, number, err);
}

int gops_sqlite_count_change(gitops_store *store, uint64_t number, int32_t action, int step,
                             int64_t unix_ms, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    int there = find_run(s, number, err);
    if (there <= 0)
        return there;
    gops_record_count(&s->run.changes, action, step, unix_ms);
    s->run_changed = 1;
    return 0;
}

int gops_sqlite_add_operation(gitops_store *store, const gops_store_record *record,
                              gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    int rc = use_run(s, record->number, err);
    if (rc < 0)
        return rc;
    uint64_t place = record->place ? record->place : s->run.operations.count + 1;
    gops_stored_operation operation = {record->key, record->action, record->outcome, record->error,
                                       place};
    gops_digest checksum = gops_operation_checksum(s->unit, record->number, &operation);
    gops_seal_add(&s->run.operations, &checksum);
    s->run_changed = 1;
    gops_binder add = bind_run(s, GOPS_SQL_OPERATION_ADD, record->number);
    gops_bind_number(&add, place);
    gops_bind_key(&add, operation.key);
    gops_bind_number(&add, (uint64_t)operation.action);
    gops_bind_number(&add, (uint64_t)operation.outcome);
    gops_bind_key(&add, operation.error);
    gops_bind_digest(&add, &checksum);
    return gops_sql_run(s, &add, err);
}

int gops_sqlite_end_run(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    int rc = use_run(s, record->number, err);
    if (rc < 0)
        return rc;
    s->run.finished = record->unix_ms;
    s->run.result = record->outcome;
    s->run_changed = 1;
    return 0;
}
