/*
 * memory: files given by the host. The source holds the newest tree; a snapshot holds the tree of
 * its moment, and a change after that copies only the folders above the changed file.
 */
#include "source/path.h"
#include "source/source.h"

typedef struct memory_source {
    gitops_source base;
    gops_folder *root;
} memory_source;

static int memory_fetch(gitops_source *source, gitops_snapshot **out, gitops_error *err)
{
    memory_source *memory = (memory_source *)source;
    gops_blob_id id = gops_folder_seal(memory->root);
    gitops_snapshot *snapshot = gops_snapshot_new(source, &id, memory->root);
    if (!snapshot)
        return gops_fail_memory(err);
    memcpy(snapshot->revision, "mem-", 4);
    gops_hex(snapshot->revision + 4, id.bytes, sizeof(gops_digest));
    *out = snapshot;
    return 0;
}

static int memory_list(gitops_snapshot *snapshot, const char *path, const gops_entry *directory,
                       gops_listing *out, gitops_error *err)
{
    (void)snapshot;
    (void)path;
    (void)err;
    memset(out, 0, sizeof *out);
    out->entries = gops_folder_entries(directory->node, &out->count);
    return 0;
}

static const gops_leaf *find_leaf(const gops_folder *folder, const char *path)
{
    for (;;) {
        size_t count, length = strcspn(path, "/");
        const gops_entry *entries = gops_folder_entries(folder, &count);
        const gops_entry *entry =
            gops_entries_find(entries, count, path, length, path[length] == '/');
        if (!entry || !path[length])
            return entry ? entry->node : NULL;
        folder = entry->node;
        path += length + 1;
    }
}

static int memory_read(gitops_snapshot *snapshot, void *way, const char *path,
                       const gops_blob_id *id, gops_buffer *out, gitops_error *err)
{
    const gops_leaf *leaf = find_leaf(snapshot->folder, path);
    (void)way;
    if (!leaf || !gops_blob_id_equal(&leaf->state.id, id))
        return gops_fail_at(err, GITOPS_ESOURCE, path, 0, 0,
                            "%s does not have that content in this snapshot", path);
    int rc = gops_source_check_size(snapshot->source->context, path, leaf->size, err);
    if (rc < 0)
        return rc;
    gops_buffer_put(out, leaf->bytes, leaf->size);
    return gops_buffer_status(out, err);
}

static void memory_destroy(gitops_source *source)
{
    gops_folder_free(((memory_source *)source)->root);
}

static const gops_backend memory_backend = {.fetch = memory_fetch,
                                            .list = memory_list,
                                            .read = memory_read,
                                            .destroy = memory_destroy};

int gitops_source_new_memory(gitops_source **out, gitops_context *context, gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "source: out is NULL");
    *out = NULL;
    if (!context)
        return gops_fail(err, GITOPS_EINVAL, "source: context is NULL");
    memory_source *memory = gops_source_alloc(context, sizeof *memory, &memory_backend);
    if (!memory)
        return gops_fail_memory(err);
    memory->root = gops_folder_new(context, "", 0);
    if (!memory->root) {
        gitops_source_free(&memory->base);
        return gops_fail_memory(err);
    }
    *out = &memory->base;
    return 0;
}

static int check_arguments(const gitops_source *source, const char *path, gitops_error *err)
{
    if (!source || source->backend != &memory_backend)
        return gops_fail(err, GITOPS_EINVAL, "source: only a source in memory can be changed");
    const char *fault = !path || !*path ? "is empty" : gops_path_fault(path, 1);
    if (fault)
        return gops_fail_at(err, GITOPS_EINVAL, path, 0, 0, "path %s", fault);
    return 0;
}

int gitops_source_put_mode(gitops_source *source, const char *path, uint32_t mode,
                           const char *bytes, size_t length, gitops_error *err)
{
    int rc = check_arguments(source, path, err);
    if (rc < 0)
        return rc;
    if (!bytes && length)
        return gops_fail(err, GITOPS_EINVAL, "source: bytes is NULL");
    if (mode != GOPS_MODE_FILE && mode != GOPS_MODE_EXECUTABLE)
        return gops_fail_at(err, GITOPS_EINVAL, path, 0, 0,
                            "source: mode 0%o is neither 0644 nor 0755", (unsigned)mode);
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    gops_leaf *leaf = gops_leaf_new(source->context, name, strlen(name), length);
    if (!leaf)
        return gops_fail_memory(err);
    if (length)
        memcpy(leaf->bytes, bytes, length);
    leaf->state.id = gops_content_id(bytes, length);
    leaf->state.mode = mode;
    rc = gops_folder_put(&((memory_source *)source)->root, path, leaf, err);
    if (rc < 0)
        gops_error_where(err, path);
    return rc;
}

int gitops_source_put(gitops_source *source, const char *path, const char *bytes, size_t length,
                      gitops_error *err)
{
    return gitops_source_put_mode(source, path, GOPS_MODE_FILE, bytes, length, err);
}

int gitops_source_remove(gitops_source *source, const char *path, gitops_error *err)
{
    int rc = check_arguments(source, path, err);
    if (rc == 0)
        rc = gops_folder_remove(&((memory_source *)source)->root, path, err);
    if (rc < 0)
        gops_error_where(err, path);
    return rc;
}
