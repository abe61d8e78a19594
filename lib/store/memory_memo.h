/* The memos of a store in memory. */
#ifndef GOPS_STORE_MEMORY_MEMO_H
#define GOPS_STORE_MEMORY_MEMO_H

#include "base/memo.h"
#include "base/table.h"
#include "store/store.h"

/* What is kept, by name; it outlives the handles. */
typedef struct gops_memory_memos {
    gops_table by_name;
} gops_memory_memos;

void gops_memory_memos_init(gops_memory_memos *memos, gitops_context *context);
void gops_memory_memos_release(gops_memory_memos *memos);

/* A handle on the memo of a name; it holds the store, whose memos these are. 0 or GITOPS_ENOMEM. */
int gops_memory_memo_open(gitops_memo **out, gops_memory_memos *memos, gitops_store *store,
                          gitops_context *context, const char *name, gitops_error *err);

#endif
