/*
 * source: the public front. A source is a counted handle with the table of its kind; a snapshot
 * holds its source, so the order of frees never matters.
 */
#include "source/source.h"

#include <string.h>

#include "base/options.h"
#include "source/location.h"
#include "source/path.h"
#include "source/snapshot.h"

void *gops_source_alloc(gitops_context *context, size_t size, const gops_backend *backend)
{
    gitops_source *source = gops_calloc(context, 1, size);
    if (!source)
        return NULL;
    gops_refcount_init(&source->references);
    source->context = gops_context_ref(context);
    source->backend = backend;
    return source;
}

int gitops_source_open(gitops_source **out, gitops_context *context,
                       const gitops_source_options *options, gitops_error *err)
{
    gitops_source_options given;
    gops_location_kind kind;
    const char *name;
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "source: out is NULL");
    *out = NULL;
    if (!context)
        return gops_fail(err, GITOPS_EINVAL, "source: context is NULL");
    int rc = gops_options_import(&given, sizeof given, options, "source options", err);
    if (rc == 0)
        rc = gops_location_parse(given.location, &kind, &name, err);
    if (rc < 0)
        return rc;
    if (kind != GOPS_LOCATION_DIRECTORY)
        return gops_git_open(out, context, kind == GOPS_LOCATION_PATH ? name : NULL,
                             kind == GOPS_LOCATION_URL ? name : NULL, &given, err);
    if (given.ref)
        return gops_fail(err, GITOPS_EINVAL, "source: a directory has no refs");
    return gops_directory_open(out, context, name, err);
}

int gitops_source_fetch(gitops_source *source, gitops_snapshot **out, gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "source: out is NULL");
    *out = NULL;
    if (!source)
        return gops_fail(err, GITOPS_EINVAL, "source is NULL");
    return source->backend->fetch(source, out, err);
}

/* Of a source without a past the newest revision may still be the wanted one. */
static int fetch_if_newest(gitops_source *source, const char *revision, gitops_snapshot **out,
                           gitops_error *err)
{
    int rc = source->backend->fetch(source, out, err);
    if (rc < 0 || strcmp((*out)->revision, revision) == 0)
        return rc;
    gitops_snapshot_free(*out);
    *out = NULL;
    return gops_fail(err, GITOPS_EUNSUPPORTED,
                     "source: only a Git repository can go back to revision %s", revision);
}

int gitops_source_fetch_revision(gitops_source *source, const char *revision, gitops_snapshot **out,
                                 gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "source: out is NULL");
    *out = NULL;
    if (!source || !revision)
        return gops_fail(err, GITOPS_EINVAL, "source or revision is NULL");
    return source->backend->fetch_revision
               ? source->backend->fetch_revision(source, revision, out, err)
               : fetch_if_newest(source, revision, out, err);
}

gitops_source *gops_source_ref(gitops_source *source)
{
    gops_refcount_take(&source->references);
    return source;
}

void gitops_source_free(gitops_source *source)
{
    if (!source || !gops_refcount_drop(&source->references))
        return;
    gitops_context *context = source->context;
    source->backend->destroy(source);
    gops_free(context, source);
    gitops_context_free(context);
}

gitops_snapshot *gops_snapshot_new(gitops_source *source, const gops_blob_id *root,
                                   gops_folder *folder)
{
    gitops_snapshot *snapshot = gops_calloc(source->context, 1, sizeof *snapshot);
    if (!snapshot)
        return NULL;
    gops_refcount_init(&snapshot->references);
    gops_refcount_take(&source->references);
    snapshot->source = source;
    snapshot->folder = folder ? gops_folder_ref(folder) : NULL;
    snapshot->root.name = "";
    snapshot->root.kind = GOPS_ENTRY_DIRECTORY;
    snapshot->root.state.id = *root;
    snapshot->root.node = snapshot->folder;
    return snapshot;
}

gitops_snapshot *gitops_snapshot_ref(gitops_snapshot *snapshot)
{
    gops_refcount_take(&snapshot->references);
    return snapshot;
}

void gitops_snapshot_free(gitops_snapshot *snapshot)
{
    if (!snapshot || !gops_refcount_drop(&snapshot->references))
        return;
    gitops_source *source = snapshot->source;
    gops_folder_free(snapshot->folder);
    gops_free(source->context, snapshot);
    gitops_source_free(source);
}

const char *gitops_snapshot_revision(const gitops_snapshot *snapshot)
{
    return snapshot ? snapshot->revision : "";
}

int gops_snapshot_descends(gops_descent *out, gitops_snapshot *snapshot, const char *revision,
                           gitops_error *err)
{
    const gops_backend *backend = snapshot->source->backend;
    *out = GOPS_DESCENT_YES;
    if (!backend->descends || strcmp(revision, snapshot->revision) == 0)
        return 0;
    return backend->descends(out, snapshot, revision, err);
}

int gops_source_check_size(gitops_context *context, const char *path, uint64_t size,
                           gitops_error *err)
{
    if (size <= context->limits.max_file_bytes)
        return 0;
    return gops_fail_at(err, GITOPS_ELIMIT, path, 0, 0,
                        "file has %llu bytes; max_file_bytes is %llu", (unsigned long long)size,
                        (unsigned long long)context->limits.max_file_bytes);
}

int gops_snapshot_read_blob(gitops_snapshot *snapshot, const char *path, const gops_blob_id *id,
                            gops_buffer *out, gitops_error *err)
{
    return snapshot->source->backend->read(snapshot, NULL, path, id, out, err);
}

int gops_access_open(gops_access *access, gitops_snapshot *snapshot, gitops_error *err)
{
    const gops_backend *backend = snapshot->source->backend;
    *access = (gops_access){snapshot, NULL};
    return backend->open_way ? backend->open_way(snapshot->source, &access->way, err) : 0;
}

void gops_access_close(gops_access *access)
{
    gitops_source *source = access->snapshot->source;
    if (access->way)
        source->backend->close_way(source, access->way);
    access->way = NULL;
}

int gops_access_read(gops_access *access, const char *path, const gops_blob_id *id,
                     gops_buffer *out, gitops_error *err)
{
    gitops_snapshot *snapshot = access->snapshot;
    return snapshot->source->backend->read(snapshot, access->way, path, id, out, err);
}

/* Says why what is there cannot be read as a file. */
static int fail_kind(gops_entry_kind kind, const char *path, gitops_error *err)
{
    if (kind == GOPS_ENTRY_OTHER)
        return gops_fail_at(err, GITOPS_ESOURCE, path, 0, 0,
                            "%s is a symbolic link or submodule; they are never followed", path);
    return gops_fail_at(err, GITOPS_ENOTFOUND, path, 0, 0, "%s %s", path,
                        kind == GOPS_ENTRY_DIRECTORY ? "is a directory" : "does not exist");
}

int gitops_snapshot_read(gitops_snapshot *snapshot, const char *path, gitops_buffer **out,
                         gitops_error *err)
{
    gops_entry_kind kind;
    gops_blob_id id;
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "snapshot: out is NULL");
    *out = NULL;
    if (!snapshot || !path)
        return gops_fail(err, GITOPS_EINVAL, "snapshot or path is NULL");
    int rc = gops_snapshot_lookup(snapshot, path, &kind, &id, err);
    if (rc < 0)
        return rc;
    if (kind != GOPS_ENTRY_FILE)
        return fail_kind(kind, path, err);
    gops_buffer buffer;
    gops_buffer_init(&buffer, snapshot->source->context, 0);
    rc = gops_snapshot_read_blob(snapshot, path, &id, &buffer, err);
    if (rc == 0)
        return gops_buffer_give(&buffer, out, err);
    gops_buffer_release(&buffer);
    return rc;
}

int gops_snapshot_lookup(gitops_snapshot *snapshot, const char *path, gops_entry_kind *kind,
                         gops_blob_id *id, gitops_error *err)
{
    gops_entry here = snapshot->root;
    char directory[GOPS_PATH_SIZE] = ""; /* of what is listed, for messages */
    const char *fault = gops_path_fault(path, 0), *rest = path;
    if (fault)
        return gops_fail_at(err, GITOPS_EINVAL, path, 0, 0, "path %s", fault);
    while (*rest && here.kind == GOPS_ENTRY_DIRECTORY) {
        gops_listing listing;
        size_t length = strcspn(rest, "/");
        int rc = snapshot->source->backend->list(snapshot, directory, &here, &listing, err);
        if (rc < 0)
            return rc;
        const gops_entry *found =
            gops_entries_find_any(listing.entries, listing.count, rest, length);
        memset(&here, 0, sizeof here);
        if (found)
            here = *found;
        gops_listing_release(&listing);
        memcpy(directory, path, (size_t)(rest - path) + length);
        directory[(size_t)(rest - path) + length] = '\0';
        rest += length + (rest[length] == '/');
    }
    *kind = *rest ? GOPS_ENTRY_NONE : here.kind;
    if (id)
        *id = here.state.id;
    return 0;
}

const gops_blob_id *gops_snapshot_root(const gitops_snapshot *snapshot)
{
    return &snapshot->root.state.id;
}

gitops_snapshot *gops_snapshot_of_tree(gitops_snapshot *snapshot, const gops_blob_id *root)
{
    return snapshot->folder ? NULL : gops_snapshot_new(snapshot->source, root, NULL);
}

int gops_snapshot_same_tree(gitops_snapshot *a, gitops_snapshot *b)
{
    return a->source->backend == b->source->backend &&
           gops_blob_id_equal(&a->root.state.id, &b->root.state.id);
}
