/*
 * A snapshot: an immutable tree of files at a revision, whose directories can be compared by id.
 * The walk applies exclude patterns and .gitopsignore files and reports what differs from an older
 * snapshot, so that its cost is what changed.
 */
#ifndef GOPS_SOURCE_SNAPSHOT_H
#define GOPS_SOURCE_SNAPSHOT_H

#include <gitops/source.h>

#include "base/blob_id.h"
#include "base/buffer.h"

typedef enum gops_entry_kind {
    GOPS_ENTRY_NONE = 0,
    GOPS_ENTRY_FILE,
    GOPS_ENTRY_DIRECTORY,
    GOPS_ENTRY_OTHER /* symbolic link, submodule, device: never followed */
} gops_entry_kind;

/* A file as a version control system sees it: its content and whether it is executable. */
typedef struct gops_file_state {
    gops_blob_id id;
    uint32_t mode; /* GOPS_MODE_... */
} gops_file_state;

enum {
    GOPS_MODE_UNREAD = 0, /* a symbolic link, a submodule, a device */
    GOPS_MODE_FILE = 0644,
    GOPS_MODE_EXECUTABLE = 0755
};

typedef struct gops_walk_options {
    const char *path;               /* directory to walk, "" or NULL = the root; no leading or
                                       final "/" */
    const char *const *excludes;    /* gitignore patterns, relative to path; they win over files */
    size_t exclude_count;
    int with_unread; /* 1: what is never read is in the set, too, with its own mode */
} gops_walk_options;

/*
 * One file that is in the walked set of before and not of after, of after and not of before, or of
 * both with another content or mode: its state on each side, NULL where it is not in the set. path
 * is relative to the snapshot's root and borrowed. A return other than 0 stops the walk with it.
 */
typedef int (*gops_walk_fn)(const char *path, const gops_file_state *before,
                            const gops_file_state *after, void *user_data);

/*
 * Reports the differences from before (NULL: empty) to after, which are snapshots of one kind of
 * source, in the byte order of whole paths ("a-b" < "a/x" < "a0"). Directories with equal ids (and
 * equal ignore rules) are skipped. Only regular files are in the set, unless more is asked for. The
 * .gitopsignore files of the directories above path apply too, but cannot exclude path itself; they
 * are never reported.
 * Returns 0; GITOPS_EINVAL (path, kinds of source); GITOPS_ENOTFOUND (after has no directory at
 * path); GITOPS_ELIMIT (max_files, depth, an ignore file that is too long); GITOPS_ESOURCE (also
 * for a hostile tree: entries named "..", ".git", with a "/" ...); or what the callback gave.
 */
int gops_snapshot_walk(gitops_snapshot *before, gitops_snapshot *after,
                       const gops_walk_options *options, gops_walk_fn fn, void *user_data,
                       gitops_error *err);

/*
 * What is at a path: *kind and, unless id is NULL, *id. Returns 0 (also for GOPS_ENTRY_NONE),
 * GITOPS_EINVAL (an absolute path, "..", ...), GITOPS_ESOURCE or GITOPS_ENOMEM.
 */
int gops_snapshot_lookup(gitops_snapshot *snapshot, const char *path, gops_entry_kind *kind,
                         gops_blob_id *id, gitops_error *err);

/*
 * Appends the content of a file seen in this snapshot. path is for the directory source and for
 * messages. Returns 0, GITOPS_ELIMIT, GITOPS_ESOURCE (missing, damaged, changed since) or
 * GITOPS_ENOMEM.
 */
int gops_snapshot_read_blob(gitops_snapshot *snapshot, const char *path, const gops_blob_id *id,
                            gops_buffer *out, gitops_error *err);

/*
 * A way to the contents of a snapshot for one thread while others have theirs. Opened and closed on
 * the thread that uses the source, read on any. A zeroed one with a snapshot is the source's own.
 * The snapshot is borrowed.
 */
typedef struct gops_access {
    gitops_snapshot *snapshot;
    void *way;
} gops_access;

/* Returns 0, GITOPS_EUNSUPPORTED (one thread at a time only), GITOPS_ESOURCE or GITOPS_ENOMEM. */
int gops_access_open(gops_access *access, gitops_snapshot *snapshot, gitops_error *err);
void gops_access_close(gops_access *access);

/* As gops_snapshot_read_blob. */
int gops_access_read(gops_access *access, const char *path, const gops_blob_id *id,
                     gops_buffer *out, gitops_error *err);

typedef enum gops_descent {
    GOPS_DESCENT_NO = 0,
    GOPS_DESCENT_YES,    /* the same revision, a later one, or the source has no ancestry */
    GOPS_DESCENT_UNKNOWN /* not all of the history is there */
} gops_descent;

/*
 * Whether a snapshot descends from an earlier revision of its source; what is no revision of this
 * kind of source is never asked about. Returns 0, GITOPS_ESOURCE or GITOPS_ENOMEM.
 */
int gops_snapshot_descends(gops_descent *out, gitops_snapshot *snapshot, const char *revision,
                           gitops_error *err);

/* Takes one more hold on a source. */
gitops_source *gops_source_ref(gitops_source *source);

/* Names the whole tree of a snapshot. Borrowed. */
const gops_blob_id *gops_snapshot_root(const gitops_snapshot *snapshot);

/*
 * The snapshot of another tree of the same source, without a revision. NULL: this kind of source
 * cannot go back, or there is no memory. The tree need not be there: reading it then fails.
 */
gitops_snapshot *gops_snapshot_of_tree(gitops_snapshot *snapshot, const gops_blob_id *root);

/* 1 when both have the same files, found without walking them. */
int gops_snapshot_same_tree(gitops_snapshot *a, gitops_snapshot *b);

#endif
