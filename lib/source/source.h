/* What every kind of source is made of: a counted handle and a small table of functions. */
#ifndef GOPS_SOURCE_SOURCE_H
#define GOPS_SOURCE_SOURCE_H

#include "source/folder.h"
#include "source/tree.h"

enum { GOPS_REVISION_SIZE = 72 };

typedef struct gops_backend {
    int (*fetch)(gitops_source *source, gitops_snapshot **out, gitops_error *err);

    /* One revision; NULL: the kind has only the newest. */
    int (*fetch_revision)(gitops_source *source, const char *revision, gitops_snapshot **out,
                          gitops_error *err);

    /* The entries of a directory of a snapshot; path is for messages. */
    int (*list)(gitops_snapshot *snapshot, const char *path, const gops_entry *directory,
                gops_listing *out, gitops_error *err);

    /*
     * Appends the content of a file; fails beyond max_file_bytes without reading them. way: from
     * open_way; NULL: the source's own.
     */
    int (*read)(gitops_snapshot *snapshot, void *way, const char *path, const gops_blob_id *id,
                gops_buffer *out, gitops_error *err);

    /* As gops_snapshot_descends. NULL: the kind has no ancestry. */
    int (*descends)(gops_descent *out, gitops_snapshot *snapshot, const char *revision,
                    gitops_error *err);

    /* Frees what the kind added to the source; the handle itself is freed by the caller. */
    void (*destroy)(gitops_source *source);

    /* What another thread needs to read at the same time. NULL: read needs nothing. */
    int (*open_way)(gitops_source *source, void **out, gitops_error *err);
    void (*close_way)(gitops_source *source, void *way);
} gops_backend;

/* The first member of each kind's own struct. */
struct gitops_source {
    gops_refcount references; /* one of the caller, one of each snapshot */
    gitops_context *context;
    const gops_backend *backend;
};

struct gitops_snapshot {
    gops_refcount references;
    gitops_source *source;
    gops_folder *folder; /* held; NULL in a Git repository */
    gops_entry root;     /* its id names the whole tree */
    char revision[GOPS_REVISION_SIZE];
};

/* A zeroed source of size bytes for a kind; NULL when there is no memory. */
void *gops_source_alloc(gitops_context *context, size_t size, const gops_backend *backend);

/* A snapshot with a root id and, unless NULL, a folder that is held on to. NULL: no memory. */
gitops_snapshot *gops_snapshot_new(gitops_source *source, const gops_blob_id *root,
                                   gops_folder *folder);

/* GITOPS_ELIMIT when a file of this size is larger than max_file_bytes. */
int gops_source_check_size(gitops_context *context, const char *path, uint64_t size,
                           gitops_error *err);

/* Constructors of the kinds. */
int gops_git_open(gitops_source **out, gitops_context *context, const char *path, const char *url,
                  const gitops_source_options *options, gitops_error *err);
int gops_directory_open(gitops_source **out, gitops_context *context, const char *path,
                        gitops_error *err);

/* Objects that a Git source has read so far. */
uint64_t gops_git_reads(const gitops_source *source);

#endif
