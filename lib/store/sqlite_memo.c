/*
 * sqlite_memo: the memo of a state file, in a file beside it. It is no part of the state: the
 * database stays small, no pass waits for the disk because of it, and damage to it harms nothing.
 */
#include "store/memo_file.h"
#include "store/sqlite.h"

typedef struct sqlite_memo {
    gitops_memo base;
    gitops_store *store;
    gops_memo_file file;
} sqlite_memo;

static int recall(gitops_memo *memo, const gops_digest *influence, gops_memo_fn fn, void *user_data,
                  gitops_error *err)
{
    return gops_memo_file_recall(&((sqlite_memo *)memo)->file, influence, fn, user_data, err);
}

/* The one writer is who has the lease; without a reconciler it is taken for the call. */
static int keep(gitops_memo *memo, const gops_digest *influence, uint32_t kind, const char *data,
                size_t length, gitops_error *err)
{
    sqlite_memo *own = (sqlite_memo *)memo;
    gops_sqlite *s = gops_sqlite_of(own->store);
    int held = s->file.lock_fd >= 0;
    if (s->read_only)
        return gops_fail_at(err, GITOPS_ELOCKED, s->file.name, 0, 0,
                            "the state was opened for reading only");
    int rc = held ? gops_file_check_lock(&s->file, err) : gops_file_lock(&s->file, err);
    if (rc < 0)
        return rc;
    rc = gops_memo_file_keep(&own->file, influence, kind, data, length, err);
    if (!held)
        gops_file_unlock(&s->file);
    return rc;
}

static void destroy(gitops_memo *memo)
{
    sqlite_memo *own = (sqlite_memo *)memo;
    gops_memo_file_release(&own->file);
    gitops_store_free(own->store);
}

static const gops_memo_backend backend = {recall, keep, destroy};

int gops_sqlite_memo(gitops_store *store, const char *name, gitops_memo **out, gitops_error *err)
{
    sqlite_memo *own = gops_memo_alloc(store->context, sizeof *own, &backend);
    if (!own)
        return gops_fail_memory(err);
    own->store = gops_store_ref(store);
    if (gops_memo_file_init(&own->file, store->context, gops_sqlite_of(store)->file.path, name) <
        0) {
        gitops_memo_free(&own->base);
        return gops_fail_memory(err);
    }
    *out = &own->base;
    return 0;
}
