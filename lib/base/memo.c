/*
 * memo: the counted handle; what it does is its backend's.
 */
#include "base/memo.h"

void *gops_memo_alloc(gitops_context *context, size_t size, const gops_memo_backend *backend)
{
    gitops_memo *memo = gops_calloc(context, 1, size);
    if (!memo)
        return NULL;
    gops_refcount_init(&memo->references);
    memo->context = gops_context_ref(context);
    memo->backend = backend;
    return memo;
}

gitops_memo *gitops_memo_ref(gitops_memo *memo)
{
    gops_refcount_take(&memo->references);
    return memo;
}

void gitops_memo_free(gitops_memo *memo)
{
    if (!memo || !gops_refcount_drop(&memo->references))
        return;
    gitops_context *context = memo->context;
    memo->backend->destroy(memo);
    gops_free(context, memo);
    gitops_context_free(context);
}

int gops_memo_recall(gitops_memo *memo, const gops_digest *influence, gops_memo_fn fn,
                     void *user_data, gitops_error *err)
{
    return memo->backend->recall(memo, influence, fn, user_data, err);
}

int gops_memo_record(gitops_memo *memo, const gops_digest *influence, uint32_t kind,
                     const char *data, size_t length, gitops_error *err)
{
    return memo->backend->keep(memo, influence, kind, data, length, err);
}
