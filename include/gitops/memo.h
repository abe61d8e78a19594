/*
 * gitops/memo.h - what was worked out once and need not be worked out again.
 *
 *     gitops_store_memo(&memo, store, "shop", &err);
 *     options.memo = memo;
 *     gitops_manifest_read(&manifest, context, snapshot, &options, NULL, &err);
 *
 * A memo keeps the manifest that was read last, for the next process: files whose content did not
 * change are not even looked at. What is kept is bound to all that decided it (limits, paths,
 * identity, the versions of the library and of its parsers) and is read anew when any of it
 * changes. Reconcilers keep a memo for each unit in their store by themselves.
 *
 * Caveats: a memo may be lost at any time, and costs only time then. It is guarded against
 * accidents, not against somebody who can write to it: keep it as safe as the state.
 */
#ifndef GITOPS_MEMO_H
#define GITOPS_MEMO_H

#include <gitops/context.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_memo gitops_memo;

/* Takes one more hold. Returns it. Threads: any. */
GITOPS_API gitops_memo *gitops_memo_ref(gitops_memo *memo);

/* Gives up one hold. NULL is fine. Threads: any. */
GITOPS_API void gitops_memo_free(gitops_memo *memo);

#ifdef __cplusplus
}
#endif
#endif
