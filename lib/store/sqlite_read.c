/*
 * sqlite_read: load, inventory and history. Each read is one transaction, so that it sees one
 * state even while a writer goes on. Every row is checked against its checksum as it passes and
 * all of them against their seal at the end: what was passed on by a read that then fails is void.
 */
#include "store/sqlite.h"

int gops_sqlite_begin_read(gops_sqlite *s, gitops_error *err)
{
    int rc = gops_sqlite_ready(s, err);
    if (rc < 0 || !s->db)
        return rc;
    gops_binder begin = gops_bind(s, GOPS_SQL_BEGIN_READ);
    rc = gops_sql_run(s, &begin, err);
    return rc < 0 ? rc : 1;
}

/* A file that was changed while it was read without locks may have shown anything. */
int gops_sqlite_end_read(gops_sqlite *s, int rc, gitops_error *err)
{
    gops_binder commit = gops_bind(s, GOPS_SQL_COMMIT);
    sqlite3_step(commit.statement);
    gops_sql_end(&commit);
    int changed = gops_sqlite_check_stamp(s, rc < 0 ? NULL : err);
    if (changed < 0 && rc == GITOPS_ECORRUPT)
        return gops_sqlite_check_stamp(s, err);
    return rc ? rc : changed;
}

/* One side of the merge of inventory and intents: the row it stands at. */
typedef struct side {
    gops_check_kind kind;
    gops_binder statement;
    gops_buffer key; /* a copy: NUL-terminated and outliving the step of the other side */
    int there;
    gops_object_row row;
} side;

/* A document while its statement stands on it. */
typedef struct document {
    gops_binder statement;
    const char *data; /* NULL: there is none */
    size_t length;
} document;

static int open_document(gops_sqlite *s, const char *unit, const side *at, document *out,
                         gitops_error *err)
{
    memset(out, 0, sizeof *out);
    out->statement = gops_bind(s, GOPS_SQL_DOCUMENT_READ);
    if (!at->row.document)
        return 0;
    gops_bind_number(&out->statement, at->row.document);
    int rc = gops_sql_step(s, &out->statement, err);
    if (rc < 0)
        return rc;
    if (rc > 0) {
        const char *data = sqlite3_column_blob(out->statement.statement, 0);
        out->length = (size_t)sqlite3_column_bytes(out->statement.statement, 0);
        out->data = data ? data : "";
    }
    gops_digest content = gops_check_document(out->data, out->length);
    return gops_digest_equal(&content, &at->row.content)
               ? 0
               : gops_sqlite_corrupt(s, unit, at->key.data, "the document", err);
}

static void close_document(document *open)
{
    gops_sql_end(&open->statement);
}

static int take_key(gops_sqlite *s, const char *unit, side *at, gitops_error *err)
{
    sqlite3_stmt *statement = at->statement.statement;
    gops_buffer_clear(&at->key);
    gops_buffer_put(&at->key, sqlite3_column_blob(statement, 0),
                    (size_t)sqlite3_column_bytes(statement, 0));
    int rc = gops_buffer_status(&at->key, err);
    if (rc == 0 && strlen(at->key.data) != at->key.length)
        rc = gops_sqlite_corrupt(s, unit, at->key.data, "the key", err);
    return rc;
}

/* Steps to the next row; at->there says whether there is one. */
static int next(gops_sqlite *s, const char *unit, side *at, gops_seal *seal, gitops_error *err)
{
    int rc = gops_sql_step(s, &at->statement, err);
    at->there = rc > 0;
    if (rc <= 0)
        return rc;
    rc = take_key(s, unit, at, err);
    if (rc == 0)
        rc = gops_sqlite_take_object(s, at->kind, unit, at->key.data, at->statement.statement,
                                     &at->row, err);
    if (rc == 0)
        gops_seal_add(seal, &at->row.checksum);
    return rc;
}

static void open_side(gops_sqlite *s, side *at, gops_check_kind kind, gops_sql sql,
                      const char *unit)
{
    memset(at, 0, sizeof *at);
    at->kind = kind;
    gops_buffer_init(&at->key, s->base.context, 0);
    at->statement = gops_bind(s, sql);
    gops_bind_text(&at->statement, unit);
}

static void close_side(side *at)
{
    gops_sql_end(&at->statement);
    gops_buffer_release(&at->key);
}

/* A load under way. */
typedef struct loading {
    gops_sqlite *s;
    const char *unit;
    int with_documents;
    gops_stored_row_fn fn;
    void *user_data;
    side row, intent;
    gops_seal seal;
} loading;

/* Below, at or above 0 as the row's key comes before, with or after the intent's. */
static int compare_sides(const side *row, const side *intent)
{
    if (!row->there || !intent->there)
        return intent->there - row->there;
    return strcmp(row->key.data, intent->key.data);
}

static int pass_on(loading *l, int order, gitops_error *err)
{
    const side *from = order <= 0 ? &l->row : &l->intent;
    gops_stored_row out;
    document sent;
    memset(&out, 0, sizeof out);
    out.row.key = from->key.data;
    out.row.owned = order <= 0;
    out.row.intent_action = order >= 0 ? (int32_t)l->intent.row.action : 0;
    out.row.sent_digest = from->row.digest;
    out.row.adopted = from->row.adopted != 0;
    if (!l->with_documents)
        return l->fn(&out, l->user_data);
    int rc = open_document(l->s, l->unit, from, &sent, err);
    out.sent = sent.data;
    out.sent_length = sent.length;
    if (rc == 0)
        rc = l->fn(&out, l->user_data);
    close_document(&sent);
    return rc;
}

static int merge_sides(loading *l, gitops_error *err)
{
    int rc = next(l->s, l->unit, &l->row, &l->seal, err);
    if (rc == 0)
        rc = next(l->s, l->unit, &l->intent, &l->seal, err);
    while (rc == 0 && (l->row.there || l->intent.there)) {
        int order = compare_sides(&l->row, &l->intent);
        rc = pass_on(l, order, err);
        if (rc == 0 && order <= 0)
            rc = next(l->s, l->unit, &l->row, &l->seal, err);
        if (rc == 0 && order >= 0)
            rc = next(l->s, l->unit, &l->intent, &l->seal, err);
    }
    return rc;
}

static int read_rows(loading *l, gitops_error *err)
{
    gops_unit_row stored;
    int rc = gops_sqlite_unit(l->s, l->unit, &stored, err);
    if (rc < 0 || !stored.exists)
        return rc;
    open_side(l->s, &l->row, GOPS_CHECK_INVENTORY, GOPS_SQL_ROWS, l->unit);
    open_side(l->s, &l->intent, GOPS_CHECK_INTENT, GOPS_SQL_INTENTS, l->unit);
    rc = merge_sides(l, err);
    close_side(&l->row);
    close_side(&l->intent);
    if (rc == 0 && !gops_seal_equal(&l->seal, &stored.owned))
        rc = gops_sqlite_corrupt(l->s, l->unit, NULL, "the inventory as a whole", err);
    return rc;
}

int gops_sqlite_rows(gitops_store *store, const char *unit, int with_documents,
                     gops_stored_row_fn fn, void *user_data, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    loading l = {
        .s = s, .unit = unit, .with_documents = with_documents, .fn = fn, .user_data = user_data};
    int rc = gops_sqlite_begin_read(s, err);
    if (rc <= 0)
        return rc;
    return gops_sqlite_end_read(s, read_rows(&l, err), err);
}

/* Each unit's own row is checked; the rows behind it are when they are read. */
static int read_units(gops_sqlite *s, gitops_unit_name_fn fn, void *user_data, gitops_error *err)
{
    gops_binder read = gops_bind(s, GOPS_SQL_UNITS);
    gops_unit_row stored;
    int rc;
    while ((rc = gops_sql_step(s, &read, err)) > 0) {
        const char *unit = gops_column_text(read.statement, 0);
        rc = gops_sqlite_unit(s, unit, &stored, err);
        if (rc == 0)
            rc = fn(unit, user_data);
        if (rc)
            break;
    }
    gops_sql_end(&read);
    return rc;
}

int gops_sqlite_units(gitops_store *store, gitops_unit_name_fn fn, void *user_data,
                      gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    int rc = gops_sqlite_begin_read(s, err);
    if (rc <= 0)
        return rc;
    return gops_sqlite_end_read(s, read_units(s, fn, user_data, err), err);
}

/* The revision of a run, which must be there. */
static int read_revision(gops_sqlite *s, const char *unit, uint64_t number, gops_buffer *out,
                         gitops_error *err)
{
    gops_run_row row;
    gops_binder read = gops_bind(s, GOPS_SQL_RUN_READ);
    gops_bind_text(&read, unit);
    gops_bind_number(&read, number);
    int rc = gops_sql_step(s, &read, err);
    if (rc == 0)
        rc = gops_sqlite_corrupt(s, unit, NULL, "the last run", err);
    else if (rc > 0)
        rc = gops_sqlite_take_run(s, unit, read.statement, &row, err);
    if (rc == 0) {
        gops_buffer_puts(out, gops_column_text(read.statement, 7));
        rc = gops_buffer_status(out, err);
    }
    gops_sql_end(&read);
    return rc;
}

int gops_sqlite_last_run(gitops_store *store, const char *unit, uint64_t *number, gops_buffer *out,
                         gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_unit_row stored;
    int rc = gops_sqlite_begin_read(s, err);
    if (rc <= 0)
        return rc;
    rc = gops_sqlite_unit(s, unit, &stored, err);
    if (rc == 0 && stored.last_run && out)
        rc = read_revision(s, unit, stored.last_run, out, err);
    rc = gops_sqlite_end_read(s, rc, err);
    if (rc == 0)
        *number = stored.last_run;
    return rc;
}

int gops_sqlite_fingerprint(gitops_store *store, const char *unit, gops_buffer *out,
                            gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    gops_unit_row stored;
    gops_buffer_puts(out, "");
    int rc = gops_sqlite_begin_read(s, err);
    if (rc <= 0)
        return rc < 0 ? rc : gops_buffer_status(out, err);
    rc = gops_sqlite_unit(s, unit, &stored, err);
    if (rc == 0 && stored.exists) {
        gops_binder read = gops_bind(s, GOPS_SQL_UNIT_READ);
        gops_bind_text(&read, unit);
        rc = gops_sql_step(s, &read, err);
        if (rc > 0)
            gops_buffer_puts(out, gops_column_text(read.statement, 6));
        gops_sql_end(&read);
        rc = rc < 0 ? rc : gops_buffer_status(out, err);
    }
    return gops_sqlite_end_read(s, rc, err);
}

static int fail_not_sent(const char *unit, const char *key, gitops_error *err)
{
    return gops_fail_at(err, GITOPS_ENOTFOUND, key, 0, 0, "nothing was sent for %s of unit %s", key,
                        unit);
}

static int append_document(gops_sqlite *s, const char *unit, const side *at, gops_buffer *out,
                           gitops_error *err)
{
    document sent;
    int rc = open_document(s, unit, at, &sent, err);
    if (rc == 0 && sent.data)
        gops_buffer_put(out, sent.data, sent.length);
    else if (rc == 0)
        rc = fail_not_sent(unit, at->key.data, err);
    close_document(&sent);
    return rc < 0 ? rc : gops_buffer_status(out, err);
}

/* The row's document; where there is no row, the intent's. */
static int read_sent(gops_sqlite *s, const char *unit, const char *key, gops_buffer *out,
                     int *adopted, gitops_error *err)
{
    gops_seal unused = {0};
    side at;
    open_side(s, &at, GOPS_CHECK_INVENTORY, GOPS_SQL_ROW_READ, unit);
    gops_bind_key(&at.statement, key);
    int rc = next(s, unit, &at, &unused, err);
    if (rc == 0 && !at.there) {
        close_side(&at);
        open_side(s, &at, GOPS_CHECK_INTENT, GOPS_SQL_INTENT_READ, unit);
        gops_bind_key(&at.statement, key);
        rc = next(s, unit, &at, &unused, err);
    }
    if (rc == 0)
        rc = at.there ? append_document(s, unit, &at, out, err) : fail_not_sent(unit, key, err);
    *adopted = at.row.adopted != 0;
    close_side(&at);
    return rc;
}

int gops_sqlite_sent(gitops_store *store, const char *unit, const char *key, gops_buffer *out,
                     int *adopted, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    int rc = gops_sqlite_begin_read(s, err);
    if (rc <= 0)
        return rc < 0 ? rc : fail_not_sent(unit, key, err);
    return gops_sqlite_end_read(s, read_sent(s, unit, key, out, adopted, err), err);
}

static int read_operations(gops_sqlite *s, const char *unit, const gops_run_row *run,
                           const gops_run_visitor *visitor, gitops_error *err)
{
    gops_seal seal = {0};
    gops_binder read = gops_bind(s, GOPS_SQL_OPERATIONS);
    gops_bind_text(&read, unit);
    gops_bind_number(&read, run->number);
    int rc;
    while ((rc = gops_sql_step(s, &read, err)) > 0) {
        gops_stored_operation operation = {gops_column_text(read.statement, 1),
                                           (int32_t)gops_column_number(read.statement, 2),
                                           (int32_t)gops_column_number(read.statement, 3), NULL,
                                           gops_column_number(read.statement, 0)};
        if (sqlite3_column_type(read.statement, 4) != SQLITE_NULL)
            operation.error = gops_column_text(read.statement, 4);
        gops_digest stored = gops_column_digest(read.statement, 5);
        gops_digest expected = gops_operation_checksum(unit, run->number, &operation);
        rc = gops_digest_equal(&stored, &expected)
                 ? visitor->operation(&operation, visitor->user_data)
                 : gops_sqlite_corrupt(s, unit, operation.key, "an operation", err);
        if (rc)
            break;
        gops_seal_add(&seal, &stored);
    }
    gops_sql_end(&read);
    if (rc == 0 && !gops_seal_equal(&seal, &run->operations))
        rc = gops_sqlite_corrupt(s, unit, NULL, "a run", err);
    return rc;
}

static int read_run(gops_sqlite *s, const char *unit, sqlite3_stmt *statement,
                    const gops_run_row *row, const gops_run_visitor *visitor, gitops_error *err)
{
    gops_stored_run run = {row->number,
                           row->started,
                           row->finished,
                           gops_column_text(statement, 7),
                           gops_column_text(statement, 8),
                           row->approved != 0,
                           gops_column_text(statement, 10),
                           gops_column_text(statement, 11),
                           row->result,
                           row->changes};
    int rc = visitor->run(&run, visitor->user_data);
    return rc || !visitor->operation ? rc : read_operations(s, unit, row, visitor, err);
}

/* All runs are checked, also those beyond the limit: the seal is over all of them. */
static int read_runs(gops_sqlite *s, const char *unit, uint32_t limit,
                     const gops_run_visitor *visitor, gitops_error *err)
{
    gops_unit_row stored;
    gops_seal seal = {0};
    int rc = gops_sqlite_unit(s, unit, &stored, err);
    if (rc < 0 || !stored.exists)
        return rc;
    gops_binder read = gops_bind(s, GOPS_SQL_RUNS);
    gops_bind_text(&read, unit);
    while ((rc = gops_sql_step(s, &read, err)) > 0) {
        gops_run_row row;
        rc = gops_sqlite_take_run(s, unit, read.statement, &row, err);
        if (rc == 0 && seal.count < limit)
            rc = read_run(s, unit, read.statement, &row, visitor, err);
        if (rc)
            break;
        gops_seal_add(&seal, &row.checksum);
    }
    gops_sql_end(&read);
    if (rc == 0 && !gops_seal_equal(&seal, &stored.history))
        rc = gops_sqlite_corrupt(s, unit, NULL, "the history as a whole", err);
    return rc;
}

int gops_sqlite_runs(gitops_store *store, const char *unit, uint32_t limit,
                     const gops_run_visitor *visitor, gitops_error *err)
{
    gops_sqlite *s = gops_sqlite_of(store);
    int rc = gops_sqlite_begin_read(s, err);
    if (rc <= 0)
        return rc;
    return gops_sqlite_end_read(s, read_runs(s, unit, limit, visitor, err), err);
}
