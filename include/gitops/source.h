/*
 * gitops/source.h - where desired state comes from, and one revision of it.
 *
 *     gitops_source_options options = {sizeof options, 0};
 *     options.location = "/srv/git/shop.git";
 *     options.ref = "main";
 *     gitops_source_open(&source, context, &options, &err);
 *     gitops_source_fetch(source, &snapshot, &err);
 *     printf("%s\n", gitops_snapshot_revision(snapshot));
 *
 * A source is a Git repository (read from its object database, never checked out), a directory, or
 * files in memory. A snapshot is one immutable revision. Symbolic links and submodules are never
 * followed. Of a file's mode only one thing counts, as in Git: whether its owner may execute it.
 *
 * Caveats: libgit2 1.5 cannot time out on the network, so URLs are refused unless
 * allow_blocking_fetch says that the calling thread may wait. A snapshot of a Git repository reads
 * objects when they are needed: they must stay in the repository while the snapshot lives. A file
 * of a directory that changes after the snapshot is an error when it is read, never a mixture.
 */
#ifndef GITOPS_SOURCE_H
#define GITOPS_SOURCE_H

#include <gitops/context.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_source gitops_source;
typedef struct gitops_snapshot gitops_snapshot;

typedef struct gitops_source_options {
    size_t struct_size;
    const char *location;   /* path or URL of a Git repository, or "dir:PATH" for a directory */
    const char *ref;        /* branch, tag, full ref or commit id; NULL: the repository's HEAD */
    const char *mirror;     /* URL only: where the bare mirror lives; made when missing */
    int32_t allow_blocking_fetch; /* URL only: 1 = the calling thread may wait for the network */
    int32_t reserved_0;
} gitops_source_options;

/*
 * Opens a source. Nothing is fetched yet; a local repository or directory must exist.
 * Returns 0, GITOPS_EINVAL, GITOPS_EUNSUPPORTED (scheme) or GITOPS_ESOURCE. Ownership: the caller
 * frees *out. Threads: one at a time per source.
 */
GITOPS_API int gitops_source_open(gitops_source **out, gitops_context *context,
                                  const gitops_source_options *options, gitops_error *err);

/* Makes an empty source in memory. Ownership and threads as above. */
GITOPS_API int gitops_source_new_memory(gitops_source **out, gitops_context *context,
                                        gitops_error *err);

/*
 * Sets a file of a source in memory; bytes are copied. path is relative, with "/" between names.
 * Snapshots taken before do not change. Returns 0, GITOPS_EINVAL (path or kind of source) or
 * GITOPS_ENOMEM.
 */
GITOPS_API int gitops_source_put(gitops_source *source, const char *path, const char *bytes,
                                 size_t length, gitops_error *err);

/* The same with a mode: 0644, which gitops_source_put gives, or 0755 for a program. */
GITOPS_API int gitops_source_put_mode(gitops_source *source, const char *path, uint32_t mode,
                                      const char *bytes, size_t length, gitops_error *err);

/* Removes a file of a source in memory. Returns 0, GITOPS_EINVAL or GITOPS_ENOTFOUND. */
GITOPS_API int gitops_source_remove(gitops_source *source, const char *path, gitops_error *err);

/*
 * Reads the newest revision. A URL is fetched into its mirror first; a failed fetch is an error, and
 * an old mirror never stands in for a new answer.
 * Returns 0, GITOPS_ENOTFOUND (ref) or GITOPS_ESOURCE. Ownership: the caller frees *out.
 */
GITOPS_API int gitops_source_fetch(gitops_source *source, gitops_snapshot **out,
                                   gitops_error *err);

/*
 * Reads one revision of a Git repository, named by its whole commit id; a URL is only fetched when
 * its mirror does not have it. Of other sources, only the newest revision can be had.
 * Returns 0, GITOPS_ENOTFOUND, GITOPS_EINVAL (no commit id), GITOPS_EUNSUPPORTED or GITOPS_ESOURCE.
 */
GITOPS_API int gitops_source_fetch_revision(gitops_source *source, const char *revision,
                                            gitops_snapshot **out, gitops_error *err);
GITOPS_API void gitops_source_free(gitops_source *source);

/* The revision: a commit id, or a digest of the files. Borrowed. Threads: any. */
GITOPS_API const char *gitops_snapshot_revision(const gitops_snapshot *snapshot);

/*
 * Reads one file of a snapshot. Returns 0, GITOPS_ENOTFOUND, GITOPS_ELIMIT (larger than
 * max_file_bytes) or GITOPS_ESOURCE. Ownership: the caller frees *out. Threads: any, one at a time
 * per source.
 */
GITOPS_API int gitops_snapshot_read(gitops_snapshot *snapshot, const char *path,
                                    gitops_buffer **out, gitops_error *err);
GITOPS_API gitops_snapshot *gitops_snapshot_ref(gitops_snapshot *snapshot);
GITOPS_API void gitops_snapshot_free(gitops_snapshot *snapshot);

#ifdef __cplusplus
}
#endif
#endif
