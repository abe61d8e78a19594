/*
 * The interface between what works something out and what keeps it. Under one influence, the digest
 * of all that decides a result, a memo holds one series of records: a base, in parts, and what was
 * added to it since. It may forget a series, but never gives a part of one or one of another
 * influence.
 */
#ifndef GOPS_BASE_MEMO_H
#define GOPS_BASE_MEMO_H

#include <gitops/memo.h>

#include "base/context.h"
#include "base/hash.h"

/* Kinds of records. A series counts from its last part on, and with it the one before is gone. */
enum {
    GOPS_MEMO_BEGIN = 1, /* the first part of a new series; or, with END, the only one */
    GOPS_MEMO_PART = 2,
    GOPS_MEMO_END = 4,   /* the last part */
    GOPS_MEMO_MORE = 8   /* more for the series there is */
};

/* Takes a record, borrowed for the call. A return other than 0 stops with it. */
typedef int (*gops_memo_fn)(const char *data, size_t length, void *user_data);

typedef struct gops_memo_backend {
    int (*recall)(gitops_memo *memo, const gops_digest *influence, gops_memo_fn fn, void *user_data,
                  gitops_error *err);
    int (*keep)(gitops_memo *memo, const gops_digest *influence, uint32_t kind, const char *data,
                size_t length, gitops_error *err);
    void (*destroy)(gitops_memo *memo);
} gops_memo_backend;

/* Each kind's own struct begins with this one. */
struct gitops_memo {
    gops_refcount references;
    gitops_context *context;
    const gops_memo_backend *backend;
};

/* A zeroed struct of size bytes; NULL: no memory. */
void *gops_memo_alloc(gitops_context *context, size_t size, const gops_memo_backend *backend);

/*
 * Tells the records of the series, oldest first. Returns 1; 0 when nothing is kept under this
 * influence; what fn gave; or a failure (GITOPS_ECORRUPT, GITOPS_ESTORE, GITOPS_ENOMEM ...), after
 * which what fn was told is void.
 */
int gops_memo_recall(gitops_memo *memo, const gops_digest *influence, gops_memo_fn fn,
                     void *user_data, gitops_error *err);

/*
 * Keeps a record. Returns 0; GITOPS_ELOCKED (somebody else writes); GITOPS_ESTATE (there is no
 * series for more, or none was begun); GITOPS_ESTORE ... After a failure the series that counted
 * before still does.
 */
int gops_memo_record(gitops_memo *memo, const gops_digest *influence, uint32_t kind,
                     const char *data, size_t length, gitops_error *err);

#endif
