/*
 * render: reads the manifest of a snapshot. The walk reports the files that differ from the
 * previous snapshot; they are parsed, and their objects are taken out of and put into the previous
 * index, which shares everything else. Without a previous one the index is built from a sorted
 * list.
 */
#include <gitops/manifest.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crew.h"
#include "base/options.h"
#include "render/files.h"
#include "render/origin.h"
#include "render/plain.h"

typedef struct entries {
    gops_item *items;
    size_t count, capacity;
} entries;

/* One read under way. */
typedef struct reading {
    gitops_context *context;
    gitops_manifest *manifest; /* being made */
    gitops_snapshot *snapshot;
    const gops_origin *origin;
    gops_files files;          /* of the snapshot, that the previous one had not */
    entries added;
    gops_blob **removed; /* borrowed from the memo: contents that left the set */
    size_t removed_count, removed_capacity;
    gitops_error *err;
} reading;

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

static int add_file(reading *r, const char *path, gops_blob *blob)
{
    r->manifest->skipped += blob->skipped;
    if (blob->count == 0)
        return 0;
    if (gops_grow(r->context, &r->added.items, &r->added.capacity, r->added.count + blob->count,
                  sizeof *r->added.items) < 0)
        return gops_fail_memory(r->err);
    gops_file *file = gops_file_new(blob, path);
    if (!file)
        return gops_fail_memory(r->err);
    for (uint32_t i = 0; i < blob->count; i++) {
        gops_refcount_take(&file->references);
        r->added.items[r->added.count++] = (gops_item){file, i};
    }
    gops_file_drop(file);
    return 0;
}

static int remove_file(reading *r, gops_blob *blob)
{
    r->manifest->skipped -= blob->skipped;
    if (gops_grow(r->context, &r->removed, &r->removed_capacity, r->removed_count + 1,
                  sizeof(gops_blob *)) < 0)
        return gops_fail_memory(r->err);
    r->removed[r->removed_count++] = blob;
    return 0;
}

/* 1 when the identity gives what the file holds the same keys and documents as before. */
static int is_same_to_identity(const reading *r, const gops_file_state *before,
                               const gops_file_state *after)
{
    return before && after && !gops_identity_sees_path(r->origin->identity) &&
           memcmp(&before->id, &after->id, sizeof before->id) == 0;
}

static gops_blob *find_blob(const reading *r, const char *path, const gops_file_state *file)
{
    gops_blob_id name = gops_origin_name(r->origin, path, file);
    return gops_memo_find(r->manifest->memo, &name);
}

static int on_file(const char *path, const gops_file_state *before, const gops_file_state *after,
                   void *user_data)
{
    reading *r = user_data;
    int rc = 0;
    int by_file = gops_identity_by(r->origin->identity) == GITOPS_IDENTITY_FILE;
    if ((!by_file && !gops_plain_is_manifest(path)) || is_same_to_identity(r, before, after))
        return 0;
    if (before) {
        gops_blob *blob = find_blob(r, path, before);
        if (!blob)
            return gops_fail_at(r->err, GITOPS_ESTATE, path, 0, 0,
                                "the previous manifest does not know this file");
        rc = remove_file(r, blob);
    }
    if (rc == 0 && after &&
        gops_files_add(&r->files, path, after, find_blob(r, path, after)) < 0)
        rc = gops_fail_memory(r->err);
    return rc;
}

/* Takes a file in. A parsed one is kept for the next read, unless it has errors: those must be
   reported again. */
static int take_file(reading *r, const gops_listed *item)
{
    gitops_manifest *manifest = r->manifest;
    uint64_t errors = manifest->diagnostics.errors;
    if (item->problems)
        gops_diagnostics_append(&manifest->diagnostics, item->problems);
    manifest->files_parsed += item->parsed;
    if (item->parsed && manifest->diagnostics.errors == errors &&
        !find_blob(r, item->path, &item->state) &&
        gops_memo_keep(manifest->memo, item->blob) < 0)
        return gops_fail_memory(r->err);
    return item->blob ? add_file(r, item->path, item->blob) : 0;
}

static int take_files(reading *r)
{
    int rc = 0;
    for (size_t i = 0; i < r->files.count && rc == 0; i++)
        rc = take_file(r, &r->files.items[i]);
    gops_files_release(&r->files);
    return rc;
}

static int compare_entries(const void *left, const void *right)
{
    const gops_item *a = left, *b = right;
    int order = strcmp(gops_item_object(a)->key, gops_item_object(b)->key);
    if (order == 0)
        order = strcmp(a->file->path, b->file->path);
    if (order == 0)
        order = (a->object > b->object) - (a->object < b->object);
    return order;
}

static void report_duplicate(reading *r, const gops_item *first, const gops_item *second)
{
    gitops_diagnostics *problems = &r->manifest->diagnostics;
    size_t before = problems->count;
    char pointer[32] = "";
    gitops_error problem;
    const gops_object *object = gops_item_object(second);
    gops_fail_at(&problem, GITOPS_EDUPLICATE, second->file->path, object->line, 1,
                 "duplicate object %s, first defined at %s:%u", object->key, first->file->path,
                 gops_item_object(first)->line);
    problem.document = object->document;
    if (!gops_object_is_file(object) && object->of.item)
        snprintf(pointer, sizeof pointer, "/items/%lu", (unsigned long)object->of.item - 1);
    gops_diagnostics_add_at(problems, GITOPS_SEVERITY_ERROR, &problem, pointer);
    if (problems->count > before)
        gops_diagnostics_set_key(problems, before, object->key);
}

/* Reports keys that occur more than once among the sorted entries. */
static void find_duplicates(reading *r)
{
    size_t first = 0;
    for (size_t i = 1; i < r->added.count; i++) {
        const gops_item *a = &r->added.items[first], *b = &r->added.items[i];
        if (strcmp(gops_item_object(a)->key, gops_item_object(b)->key) == 0)
            report_duplicate(r, a, b);
        else
            first = i;
    }
}

/* Replaces *index by the result of an update. */
static int step(gops_node **index, gops_node *next, int rc)
{
    if (rc == 0) {
        gops_index_drop(*index);
        *index = next;
    }
    return rc;
}

static int update_index(reading *r, gops_node **index)
{
    gops_node *next = NULL;
    int rc = 0;
    for (size_t i = 0; i < r->removed_count && rc == 0; i++)
        for (uint32_t j = 0; j < r->removed[i]->count && rc == 0; j++) {
            rc = gops_index_remove(r->context, *index, r->removed[i]->objects[j].key, &next);
            rc = step(index, next, rc);
        }
    for (size_t i = 0; i < r->added.count && rc == 0; i++) {
        const gops_item *entry = &r->added.items[i];
        const gops_item *other = gops_index_find(*index, gops_item_object(entry)->key, NULL);
        if (other) {
            report_duplicate(r, other, entry);
            continue;
        }
        rc = gops_index_insert(r->context, *index, entry, &next);
        rc = step(index, next, rc);
    }
    return rc;
}

static int make_index(reading *r, const gitops_manifest *base)
{
    gitops_manifest *manifest = r->manifest;
    gops_node *index = base ? gops_index_ref(base->index) : NULL;
    int rc = 0;
    if (r->added.count > 1)
        qsort(r->added.items, r->added.count, sizeof *r->added.items, compare_entries);
    if (base) {
        rc = update_index(r, &index);
    } else {
        find_duplicates(r);
        if (manifest->diagnostics.errors == 0)
            rc = gops_index_build(r->context, r->added.items, r->added.count, &index);
    }
    if (rc == 0 && gops_index_count(index) > r->context->limits.max_objects)
        rc = gops_fail(r->err, GITOPS_ELIMIT, "more than %llu objects (limit max_objects)",
                       (unsigned long long)r->context->limits.max_objects);
    else if (rc == GITOPS_ELIMIT)
        gops_fail(r->err, rc, "the keys are chosen to make the index too deep");
    else if (rc == GITOPS_ENOMEM)
        gops_fail_memory(r->err);
    if (rc < 0 || manifest->diagnostics.errors) {
        gops_index_drop(index);
        index = NULL;
    }
    manifest->index = index;
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

static void release_reading(reading *r)
{
    for (size_t i = 0; i < r->added.count; i++)
        gops_file_drop(r->added.items[i].file);
    gops_free(r->context, r->added.items);
    gops_free(r->context, r->removed);
    gops_files_release(&r->files);
}

static int read_objects(reading *r, gops_origin *from, gitops_manifest *base, int32_t workers)
{
    gops_origin *before = base ? base->origin : NULL;
    if (base)
        r->manifest->skipped = base->skipped;
    int rc = gops_snapshot_walk(before ? before->snapshot : NULL, r->snapshot, &from->walk,
                                on_file, r, r->err);
    if (rc == 0)
        rc = gops_files_parse(&r->files, r->snapshot, workers, r->err);
    if (rc == 0)
        rc = take_files(r);
    if (rc == 0)
        rc = make_index(r, base);
    if (rc == 0)
        gops_memo_trim(r->manifest->memo, gops_index_count(r->manifest->index));
    gops_diagnostics_sort(&r->manifest->diagnostics);
    return rc;
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
static gops_memo *shared_memo(const gitops_manifest *previous, const gitops_identity *identity)
{
    return previous && gops_identity_same(previous->memo->identity, identity) ? previous->memo
                                                                              : NULL;
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
        gops_manifest_new(context, given.identity, shared_memo(previous, given.identity));
    if (!from || !manifest) {
        gops_origin_free(from);
        gitops_manifest_free(manifest);
        return gops_fail_memory(err);
    }
    manifest->origin = from;
    manifest->open = gops_origin_open;
    manifest->free_origin = gops_origin_free;
    reading r = {.context = context, .manifest = manifest, .snapshot = snapshot, .origin = from,
                 .err = err};
    gops_files_init(&r.files, from);
    rc = check_root(from, err);
    if (rc == 0)
        rc = read_objects(&r, from, usable_base(previous, from), given.workers);
    release_reading(&r);
    if (rc < 0) {
        gitops_manifest_free(manifest);
        return rc;
    }
    *out = manifest;
    return gops_diagnostics_status(&manifest->diagnostics, err);
}
