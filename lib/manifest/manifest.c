/*
 * manifest: read access to the index of one revision.
 */
#include "manifest/manifest.h"

#include <string.h>

#include "manifest/control.h"

gitops_manifest *gops_manifest_new(gitops_context *context, gitops_identity *identity,
                                   gops_contents *contents)
{
    gitops_manifest *manifest = gops_calloc(context, 1, sizeof *manifest);
    if (!manifest)
        return NULL;
    manifest->contents =
        contents ? gops_contents_ref(contents) : gops_contents_new(context, identity);
    if (!manifest->contents) {
        gops_free(context, manifest);
        return NULL;
    }
    gops_refcount_init(&manifest->references);
    manifest->context = gops_context_ref(context);
    gops_diagnostics_init(&manifest->diagnostics, context);
    return manifest;
}

gitops_manifest *gitops_manifest_ref(gitops_manifest *manifest)
{
    gops_refcount_take(&manifest->references);
    return manifest;
}

void gitops_manifest_free(gitops_manifest *manifest)
{
    if (!manifest || !gops_refcount_drop(&manifest->references))
        return;
    gitops_context *context = manifest->context;
    gops_index_drop(manifest->index);
    gops_contents_drop(manifest->contents);
    gops_diagnostics_release(&manifest->diagnostics);
    if (manifest->free_origin)
        manifest->free_origin(manifest->origin);
    gops_free(context, manifest);
    gitops_context_free(context);
}

const gitops_diagnostics *gitops_manifest_diagnostics(const gitops_manifest *manifest)
{
    return &manifest->diagnostics;
}

size_t gitops_manifest_count(const gitops_manifest *manifest)
{
    return gops_index_count(manifest->index);
}

uint64_t gitops_manifest_unread(const gitops_manifest *manifest)
{
    return manifest->unread;
}

uint64_t gitops_manifest_skipped(const gitops_manifest *manifest)
{
    return manifest->skipped;
}

uint64_t gitops_manifest_files_parsed(const gitops_manifest *manifest)
{
    return manifest->files_parsed;
}

const char *gitops_manifest_key(const gitops_manifest *manifest, size_t i)
{
    const gops_item *entry = gops_index_at(manifest->index, i);
    return entry ? gops_item_object(entry)->key : NULL;
}

int64_t gitops_manifest_find(const gitops_manifest *manifest, const char *key)
{
    size_t rank;
    return gops_index_find(manifest->index, key, &rank) ? (int64_t)rank : GITOPS_ENOTFOUND;
}

const char *gitops_manifest_file(const gitops_manifest *manifest, size_t i)
{
    const gops_item *entry = gops_index_at(manifest->index, i);
    return entry ? entry->file->path : NULL;
}

uint32_t gitops_manifest_line(const gitops_manifest *manifest, size_t i)
{
    const gops_item *entry = gops_index_at(manifest->index, i);
    return entry ? gops_item_object(entry)->line : 0;
}

uint32_t gitops_manifest_document_number(const gitops_manifest *manifest, size_t i)
{
    const gops_item *entry = gops_index_at(manifest->index, i);
    return entry ? gops_item_object(entry)->document : 0;
}

int gitops_manifest_controls(const gitops_manifest *manifest, size_t i, gitops_controls **out,
                             gitops_error *err)
{
    size_t length;
    if (!manifest || !out)
        return gops_fail(err, GITOPS_EINVAL, "manifest controls: an argument is NULL");
    *out = NULL;
    const gops_item *entry = gops_index_at(manifest->index, i);
    if (!entry)
        return gops_fail(err, GITOPS_ENOTFOUND, "the manifest has no object %zu", i);
    const char *record = gops_object_controls(gops_item_object(entry), &length);
    return gops_controls_new(out, manifest->context, record, length, err);
}

int gops_manifest_open_entry(gitops_manifest *manifest, const gops_item *entry,
                             gitops_document **out, gitops_error *err)
{
    return manifest->open(manifest->origin, entry, out, err);
}

int gitops_manifest_open(gitops_manifest *manifest, size_t i, gitops_document **out,
                         gitops_error *err)
{
    if (!manifest || !out)
        return gops_fail(err, GITOPS_EINVAL, "manifest open: an argument is NULL");
    *out = NULL;
    const gops_item *entry = gops_index_at(manifest->index, i);
    if (!entry)
        return gops_fail(err, GITOPS_ENOTFOUND, "the manifest has no object %zu", i);
    return gops_manifest_open_entry(manifest, entry, out, err);
}
