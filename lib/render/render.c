/*
 * render: reads the manifest of a snapshot. The walk reports the files that differ from the
 * previous snapshot; they are parsed and change the previous index.
 */
#include <gitops/manifest.h>

#include <string.h>

#include "base/crew.h"
#include "base/options.h"
#include "render/plain.h"
#include "render/reading.h"

static int check_path(const char *path, gitops_error *err)
{
    for (const char *part = path; *part;) {
        const char *end = strchr(part, '/');
        size_t length = end ? (size_t)(end - part) : strlen(part);
        if (length == 0 || (length == 1 && part[0] == '.') ||
            (length == 2 && part[0] == '.' && part[1] == '.'))
            return gops_fail_at(err, GITOPS_EINVAL, path, 0, 0,
                                "path %s: expected a relative path without \".\" and \"..\"", path);
        part += length + (end != NULL);
    }
    return 0;
}

/* 1 when the identity gives what the file holds the same keys and documents as before. */
static int is_same_to_identity(const gops_reading *r, const gops_file_state *before,
                               const gops_file_state *after)
{
    return before && after && !gops_identity_sees_path(r->origin->identity) &&
           memcmp(&before->id, &after->id, sizeof before->id) == 0;
}

/* What is known of a file's content: *out is borrowed; NULL: nothing. */
static int find_blob(const gops_reading *r, const char *path, const gops_file_state *file,
                     gops_blob **out)
{
    *out = NULL;
    if (!file)
        return 0;
    gops_blob_id name = gops_origin_name(r->origin, path, file);
    return gops_contents_find(r->manifest->contents, &name, out) < 0 ? gops_fail_memory(r->err) : 0;
}

static int on_file(const char *path, const gops_file_state *before, const gops_file_state *after,
                   void *user_data)
{
    gops_reading *r = user_data;
    gops_blob *old, *known;
    int by_file = gops_identity_by(r->origin->identity) == GITOPS_IDENTITY_FILE;
    if ((!by_file && !gops_plain_is_manifest(path)) || is_same_to_identity(r, before, after))
        return 0;
    int rc = find_blob(r, path, before, &old);
    if (rc == 0 && before && !old)
        rc = gops_fail_at(r->err, GITOPS_ESTATE, path, 0, 0,
                          "the previous manifest does not know this file");
    if (rc == 0)
        rc = find_blob(r, path, after, &known);
    if (rc == 0 && gops_files_add(&r->files, path, after, known, old) < 0)
        rc = gops_budget_fail(&r->budget, r->err);
    return rc;
}

static int same_walk(const gops_walk_options *a, const gops_walk_options *b)
{
    int same = strcmp(a->path, b->path) == 0 && a->exclude_count == b->exclude_count;
    for (size_t i = 0; same && i < a->exclude_count; i++)
        same = strcmp(a->excludes[i], b->excludes[i]) == 0;
    return same;
}

/* A path whose root is a kustomization is not the sum of its files. */
static int refuse_kustomization(const gops_origin *from, gitops_error *err)
{
    static const char *const names[] = {"kustomization.yaml", "kustomization.yml",
                                        "Kustomization"};
    gops_buffer path;
    int rc = 0;
    gops_buffer_init(&path, from->context, 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0] && rc == 0; i++) {
        gops_entry_kind kind = GOPS_ENTRY_NONE;
        gops_buffer_clear(&path);
        gops_buffer_printf(&path, "%s%s%s", from->walk.path, *from->walk.path ? "/" : "",
                           names[i]);
        rc = gops_buffer_status(&path, err);
        if (rc == 0)
            rc = gops_snapshot_lookup(from->snapshot, path.data, &kind, NULL, err);
        if (rc == 0 && kind == GOPS_ENTRY_FILE)
            rc = gops_fail_at(err, GITOPS_EUNSUPPORTED, path.data, 0, 0,
                              "%s: kustomizations are not supported; give a path with plain "
                              "manifests, or render it first",
                              path.data);
    }
    gops_buffer_release(&path);
    return rc;
}

static int check_root(const gops_origin *from, gitops_error *err)
{
    gops_entry_kind kind = GOPS_ENTRY_DIRECTORY;
    int rc = check_path(from->walk.path, err);
    if (rc == 0 && *from->walk.path)
        rc = gops_snapshot_lookup(from->snapshot, from->walk.path, &kind, NULL, err);
    if (rc == 0 && kind != GOPS_ENTRY_DIRECTORY)
        rc = gops_fail_at(err, GITOPS_ENOTFOUND, from->walk.path, 0, 0,
                          "path %s is not a directory in revision %s", from->walk.path,
                          gitops_snapshot_revision(from->snapshot));
    if (rc == 0 && gops_identity_by(from->identity) == GITOPS_IDENTITY_KUBERNETES)
        rc = refuse_kustomization(from, err);
    return rc;
}

static int read_objects(gops_reading *r, gitops_manifest *base, int32_t workers)
{
    gitops_manifest *manifest = r->manifest;
    const gops_origin *before = base ? base->origin : NULL;
    if (base) {
        manifest->skipped = base->skipped;
        manifest->index = gops_index_ref(base->index);
    }
    int rc = gops_snapshot_walk(before ? before->snapshot : NULL, r->origin->snapshot,
                                &r->origin->walk, on_file, r, r->err);
    if (rc == 0)
        rc = gops_files_parse(&r->files, r->origin->snapshot, workers, r->err);
    return rc < 0 ? rc : gops_reading_finish(r, base != NULL);
}

static gitops_manifest *usable_base(gitops_manifest *previous, const gops_origin *from)
{
    const gops_origin *before = previous ? previous->origin : NULL;
    int usable = before && previous->diagnostics.errors == 0 &&
                 same_walk(&before->walk, &from->walk) &&
                 gops_identity_same(before->identity, from->identity);
    return usable ? previous : NULL;
}

/* What was remembered under another identity is of no use. */
static gops_contents *shared_contents(const gitops_manifest *previous,
                                      const gitops_identity *identity)
{
    gops_contents *contents = previous ? previous->contents : NULL;
    return contents && gops_identity_same(contents->identity, identity) ? contents : NULL;
}

int gitops_manifest_read(gitops_manifest **out, gitops_context *context, gitops_snapshot *snapshot,
                         const gitops_manifest_options *options, gitops_manifest *previous,
                         gitops_error *err)
{
    gitops_manifest_options given;
    if (!out || !context || !snapshot)
        return gops_fail(err, GITOPS_EINVAL, "manifest read: an argument is NULL");
    *out = NULL;
    int rc = gops_options_import(&given, sizeof given, options, "manifest options", err);
    if (rc == 0 && given.exclude_count && !given.excludes)
        rc = gops_fail(err, GITOPS_EINVAL, "manifest options: excludes is NULL");
    if (rc == 0 && (given.workers < 0 || given.workers > GOPS_CREW_MAX))
        rc = gops_fail(err, GITOPS_EINVAL, "manifest options: 0 to %d workers", GOPS_CREW_MAX);
    if (rc < 0)
        return rc;
    gops_origin *from = gops_origin_new(context, snapshot, &given);
    gitops_manifest *manifest =
        gops_manifest_new(context, given.identity, shared_contents(previous, given.identity));
    if (!from || !manifest) {
        gops_origin_free(from);
        gitops_manifest_free(manifest);
        return gops_fail_memory(err);
    }
    manifest->origin = from;
    manifest->open = gops_origin_open;
    manifest->free_origin = gops_origin_free;
    gops_reading r;
    gops_reading_init(&r, manifest, from, err);
    rc = check_root(from, err);
    if (rc == 0)
        rc = read_objects(&r, usable_base(previous, from), given.workers);
    gops_reading_release(&r);
    if (rc < 0) {
        gitops_manifest_free(manifest);
        return rc;
    }
    *out = manifest;
    return gops_diagnostics_status(&manifest->diagnostics, err);
}
