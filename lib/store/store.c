/*
 * store: the front. Counts the holders of a store and passes each call on to its backend.
 */
#include "plan/unit.h"
#include "store/backend.h"

gitops_store *gops_store_new(gitops_context *context, const gops_store_backend *backend,
                             size_t size)
{
    gitops_store *store = gops_calloc(context, 1, size);
    if (!store)
        return NULL;
    gops_refcount_init(&store->references);
    store->context = gops_context_ref(context);
    store->backend = backend;
    return store;
}

gitops_store *gops_store_ref(gitops_store *store)
{
    gops_refcount_take(&store->references);
    return store;
}

void gitops_store_free(gitops_store *store)
{
    if (!store || !gops_refcount_drop(&store->references))
        return;
    gitops_context *context = store->context;
    store->backend->destroy(store);
    gops_free(context, store);
    gitops_context_free(context);
}

int gops_store_lasts(const gitops_store *store)
{
    return store->backend->lasting;
}

int gops_store_acquire(gitops_store *store, gitops_error *err)
{
    return store->backend->acquire(store, err);
}

void gops_store_release(gitops_store *store)
{
    store->backend->release(store);
}

typedef struct row_call {
    gops_store_row_fn fn;
    void *user_data;
} row_call;

static int pass_row(const gops_stored_row *stored, void *user_data)
{
    const row_call *call = user_data;
    return call->fn(&stored->row, call->user_data);
}

int gops_store_load(gitops_store *store, const char *unit, gops_store_row_fn fn, void *user_data,
                    gitops_error *err)
{
    row_call call = {fn, user_data};
    return store->backend->rows(store, unit, 0, pass_row, &call, err);
}

int gops_store_last_run(gitops_store *store, const char *unit, uint64_t *number, gops_buffer *out,
                        gitops_error *err)
{
    *number = 0;
    return store->backend->last_run(store, unit, number, out, err);
}

/* Appends the two parts of a stored document to their buffers; normal may be NULL. */
static int read_sent(gitops_store *store, const char *unit, const char *key, gops_buffer *out,
                     gops_buffer *normal, int *adopted, gitops_error *err)
{
    size_t start = out->length;
    int rc = store->backend->sent(store, unit, key, out, adopted, err);
    if (rc < 0)
        return rc;
    size_t length = out->length - start;
    size_t sent = gops_store_sent_length(out->data + start, length);
    if (sent < length) {
        if (normal)
            gops_buffer_put(normal, out->data + start + sent + 1, length - sent - 1);
        out->length = start + sent;
        out->data[out->length] = '\0';
    }
    return normal ? gops_buffer_status(normal, err) : 0;
}

int gops_store_sent(gitops_store *store, const char *unit, const char *key, gops_buffer *out,
                    int *adopted, gitops_error *err)
{
    int unused;
    return read_sent(store, unit, key, out, NULL, adopted ? adopted : &unused, err);
}

int gops_store_sent_and_normal(gitops_store *store, const char *unit, const char *key,
                               gops_buffer *out, gops_buffer *normal, gitops_error *err)
{
    int unused;
    return read_sent(store, unit, key, out, normal, &unused, err);
}

typedef struct change_count {
    int64_t since;
    uint64_t *deletes, *replaces;
} change_count;

static int count_changes(const gops_stored_run *run, void *user_data)
{
    const change_count *count = user_data;
    if (run->changes.last_unix_ms > count->since) {
        *count->deletes += run->changes.deletes;
        *count->replaces += run->changes.replaces;
    }
    return 0;
}

int gops_store_changes_since(gitops_store *store, const char *unit, int64_t since_unix_ms,
                             uint64_t *deletes, uint64_t *replaces, gitops_error *err)
{
    change_count count = {since_unix_ms, deletes, replaces};
    gops_run_visitor visitor = {count_changes, NULL, &count};
    *deletes = *replaces = 0;
    return store->backend->runs(store, unit, UINT32_MAX, &visitor, err);
}

int gops_store_fingerprint(gitops_store *store, const char *unit, gops_buffer *out,
                           gitops_error *err)
{
    return store->backend->fingerprint(store, unit, out, err);
}

int gitops_store_units(gitops_store *store, gitops_unit_name_fn fn, void *user_data,
                       gitops_error *err)
{
    if (!store || !fn)
        return gops_fail(err, GITOPS_EINVAL, "store units: a store and a function are needed");
    return store->backend->units(store, fn, user_data, err);
}

int gops_store_notes(gitops_store *store, const char *unit, const char *prefix,
                     gops_note_fn fn, void *user_data, gitops_error *err)
{
    return store->backend->notes(store, unit, prefix, fn, user_data, err);
}

int gops_store_note(gitops_store *store, const char *unit, const char *name, gops_buffer *out,
                         int64_t *unix_ms, gitops_error *err)
{
    int64_t unused;
    return store->backend->note(store, unit, name, out, unix_ms ? unix_ms : &unused, err);
}

int gitops_store_memo(gitops_memo **out, gitops_store *store, const char *name, gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "store memo: out is NULL");
    *out = NULL;
    if (!store || !gops_unit_is_name(name))
        return gops_fail(err, GITOPS_EINVAL,
                         "store memo: a store and a name as of a unit are needed");
    return store->backend->memo(store, name, out, err);
}

/* Ends a transaction: all of it or none. */
static int finish(gitops_store *store, int rc, gitops_error *err)
{
    if (rc == 0)
        rc = store->backend->commit(store, err);
    if (rc < 0)
        store->backend->rollback(store);
    return rc;
}

int gops_store_bind(gitops_store *store, const char *unit, const char *fingerprint,
                    gitops_error *err)
{
    int rc = store->backend->begin(store, unit, 1, err);
    if (rc == 0)
        rc = store->backend->bind(store, fingerprint, err);
    return finish(store, rc, err);
}

int gops_store_write(gitops_store *store, const char *unit, const gops_store_record *records,
                     size_t count, gitops_error *err)
{
    int rc = store->backend->begin(store, unit, 1, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = gops_record_apply(store, &records[i], err);
    return finish(store, rc, err);
}

static int apply_note(gitops_store *store, const gops_store_record *record, gitops_error *err)
{
    if (record->kind != GOPS_RECORD_NOTE && record->kind != GOPS_RECORD_NOTE_DROP)
        return gops_fail(err, GITOPS_EINVAL, "store: only notes are written without the lease");
    return gops_record_apply(store, record, err);
}

int gops_store_write_notes(gitops_store *store, const char *unit, const gops_store_record *records,
                           size_t count, gitops_error *err)
{
    int rc = store->backend->begin(store, unit, 0, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = apply_note(store, &records[i], err);
    return finish(store, rc, err);
}
