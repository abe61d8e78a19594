/*
 * A memo in a file beside the state: FILE-memo-NAME. A head binds it to an influence; records
 * follow one another, each with its checksum, and what comes behind the first one that does not
 * match is not there. Nothing is synchronised: what a crash loses is worked out again.
 */
#ifndef GOPS_STORE_MEMO_FILE_H
#define GOPS_STORE_MEMO_FILE_H

#include "base/buffer.h"
#include "base/memo.h"

typedef struct gops_memo_file {
    gitops_context *context; /* borrowed */
    char *path, *draft;      /* a new series is written to the draft, which takes its place */
    size_t prefix;           /* bytes of path before the name */
    int fd;                  /* of the draft; -1: none */
    uint64_t draft_end;
    int known;               /* what follows is set: by a recall, or by what was written */
    uint64_t device, inode, end; /* of the file and of its last record */
    gops_digest influence;
} gops_memo_file;

/* state is the path of the state file. Returns 0 or GITOPS_ENOMEM; release also after a failure. */
int gops_memo_file_init(gops_memo_file *file, gitops_context *context, const char *state,
                        const char *name);
void gops_memo_file_release(gops_memo_file *file);

/* As gops_memo_recall. */
int gops_memo_file_recall(gops_memo_file *file, const gops_digest *influence, gops_memo_fn fn,
                          void *user_data, gitops_error *err);

/* As gops_memo_record, by the one writer. */
int gops_memo_file_keep(gops_memo_file *file, const gops_digest *influence, uint32_t kind,
                        const char *data, size_t length, gitops_error *err);

#endif
