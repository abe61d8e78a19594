/*
 * memory_memo: a series is a run of records in one buffer, each a length and its bytes. A new
 * series is made beside the one that counts.
 */
#include "store/memory_memo.h"

#include "base/buffer.h"

typedef struct series {
    int there;
    gops_digest influence;
    gops_buffer records;
} series;

typedef struct kept {
    series now, draft;
    char name[];
} kept;

typedef struct memory_memo {
    gitops_memo base;
    gitops_store *store;
    kept *kept; /* the store's */
} memory_memo;

void gops_memory_memos_init(gops_memory_memos *memos, gitops_context *context)
{
    gops_table_init(&memos->by_name, context);
}

static void free_kept(gitops_context *context, kept *k)
{
    gops_buffer_release(&k->now.records);
    gops_buffer_release(&k->draft.records);
    gops_free(context, k);
}

void gops_memory_memos_release(gops_memory_memos *memos)
{
    kept *k;
    for (size_t i = 0; (k = gops_table_next(&memos->by_name, &i)) != NULL;)
        free_kept(memos->by_name.context, k);
    gops_table_release(&memos->by_name);
}

static int recall(gitops_memo *memo, const gops_digest *influence, gops_memo_fn fn, void *user_data,
                  gitops_error *err)
{
    const series *now = &((memory_memo *)memo)->kept->now;
    const char *at = now->records.data;
    (void)err;
    if (!now->there || !gops_digest_equal(&now->influence, influence))
        return 0;
    while (at < now->records.data + now->records.length) {
        size_t length;
        memcpy(&length, at, sizeof length);
        int rc = fn(at + sizeof length, length, user_data);
        if (rc != 0)
            return rc;
        at += sizeof length + length;
    }
    return 1;
}

/* All of the record or nothing. */
static int append(series *s, const char *data, size_t length, gitops_error *err)
{
    if (!gops_buffer_reserve(&s->records, sizeof length + length)) {
        s->records.status = 0; /* what is there is whole */
        return gops_fail_memory(err);
    }
    gops_buffer_put(&s->records, &length, sizeof length);
    gops_buffer_put(&s->records, data, length);
    return 0;
}

static int keep_more(series *now, const gops_digest *influence, const char *data, size_t length,
                     gitops_error *err)
{
    if (!now->there || !gops_digest_equal(&now->influence, influence))
        return gops_fail(err, GITOPS_ESTATE, "memo: there is no series for more");
    return append(now, data, length, err);
}

static int keep(gitops_memo *memo, const gops_digest *influence, uint32_t kind, const char *data,
                size_t length, gitops_error *err)
{
    kept *k = ((memory_memo *)memo)->kept;
    if (kind & GOPS_MEMO_MORE)
        return keep_more(&k->now, influence, data, length, err);
    if (kind & GOPS_MEMO_BEGIN) {
        gops_buffer_clear(&k->draft.records);
        k->draft.there = 1;
        k->draft.influence = *influence;
    }
    if (!k->draft.there)
        return gops_fail(err, GITOPS_ESTATE, "memo: no series was begun");
    int rc = append(&k->draft, data, length, err);
    if (rc < 0) {
        k->draft.there = 0;
    } else if (kind & GOPS_MEMO_END) {
        series old = k->now;
        k->now = k->draft;
        k->draft = old;
        k->draft.there = 0;
        gops_buffer_release(&k->draft.records);
        gops_buffer_init(&k->draft.records, memo->context, 0);
    }
    return rc;
}

static void destroy(gitops_memo *memo)
{
    gitops_store_free(((memory_memo *)memo)->store);
}

static const gops_memo_backend backend = {recall, keep, destroy};

/* Finds or makes what is kept under a name; NULL: no memory. */
static kept *kept_of(gops_memory_memos *memos, gitops_context *context, const char *name)
{
    size_t length = strlen(name);
    kept *k = gops_table_get(&memos->by_name, name, length);
    if (k)
        return k;
    k = gops_calloc(context, 1, sizeof *k + length + 1);
    if (!k)
        return NULL;
    memcpy(k->name, name, length + 1);
    gops_buffer_init(&k->now.records, context, 0);
    gops_buffer_init(&k->draft.records, context, 0);
    if (gops_table_set(&memos->by_name, k->name, length, k) == 0)
        return k;
    free_kept(context, k);
    return NULL;
}

int gops_memory_memo_open(gitops_memo **out, gops_memory_memos *memos, gitops_store *store,
                          gitops_context *context, const char *name, gitops_error *err)
{
    kept *k = kept_of(memos, context, name);
    memory_memo *own = k ? gops_memo_alloc(context, sizeof *own, &backend) : NULL;
    if (!own)
        return gops_fail_memory(err);
    own->store = gops_store_ref(store);
    own->kept = k;
    *out = &own->base;
    return 0;
}
