/*
 * render: reads the manifest of a snapshot. The walk reports the files that differ from the
 * previous snapshot; their objects are taken out of and put into the previous index, which shares
 * everything else. Without a previous one the index is built from a sorted list.
 */
#include <gitops/manifest.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "manifest/manifest.h"
#include "render/plain.h"
#include "source/snapshot.h"
#include "value/document.h"
#include "value/encoding.h"

/* Where the objects of a manifest come from. */
typedef struct origin {
    gitops_context *context;
    gitops_snapshot *snapshot;
    gops_walk_options walk; /* owned copies */
    gops_reader *reader;    /* for opening objects again; made on first use */
    gops_blob_id cached;    /* the file last opened, so that a file of many objects is read once */
    gops_buffer text;
    int has_text;
    gitops_document *list;  /* of the cached file: the document whose items were asked for last */
    uint32_t list_offset;
} origin;

typedef struct entries {
    gops_item *items;
    size_t count, capacity;
} entries;

/* One read under way. */
typedef struct reading {
    gitops_context *context;
    gitops_manifest *manifest; /* being made */
    gitops_snapshot *snapshot;
    gops_plain *plain;
    gops_buffer text;
    entries added;
    gops_blob **removed; /* borrowed from the memo: contents that left the set */
    size_t removed_count, removed_capacity;
    gitops_error *err;
} reading;

static void free_origin(void *data)
{
    origin *from = data;
    if (!from)
        return;
    gops_reader_free(from->reader);
    gops_buffer_release(&from->text);
    gitops_document_free(from->list);
    for (size_t i = 0; i < from->walk.exclude_count; i++)
        gops_free(from->context, (void *)(uintptr_t)from->walk.excludes[i]);
    gops_free(from->context, (void *)(uintptr_t)from->walk.excludes);
    gops_free(from->context, (void *)(uintptr_t)from->walk.path);
    gitops_snapshot_free(from->snapshot);
    gops_free(from->context, from);
}

static int copy_excludes(origin *from, const gitops_manifest_options *options)
{
    char **copies = gops_calloc(from->context, options->exclude_count + 1, sizeof *copies);
    if (!copies)
        return GITOPS_ENOMEM;
    from->walk.excludes = (const char *const *)copies;
    for (size_t i = 0; i < options->exclude_count; i++) {
        copies[i] = gops_strdup(from->context, options->excludes[i]);
        if (!copies[i])
            return GITOPS_ENOMEM;
        from->walk.exclude_count++;
    }
    return 0;
}

/* "./a/b/" becomes "a/b"; NULL: no memory. */
static char *clean_path(gitops_context *context, const char *path)
{
    if (!path)
        path = "";
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    if (strcmp(path, ".") == 0)
        path = "";
    size_t length = strlen(path);
    while (length && path[length - 1] == '/')
        length--;
    return gops_strndup(context, path, length);
}

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

static origin *new_origin(gitops_context *context, gitops_snapshot *snapshot,
                          const gitops_manifest_options *options)
{
    origin *from = gops_calloc(context, 1, sizeof *from);
    if (!from)
        return NULL;
    from->context = context;
    from->snapshot = gitops_snapshot_ref(snapshot);
    gops_buffer_init(&from->text, context, 0);
    from->walk.path = clean_path(context, options->path);
    if (!from->walk.path || copy_excludes(from, options) < 0) {
        free_origin(from);
        return NULL;
    }
    return from;
}

/* Parses the document that holds an object; the file's text is loaded. */
static int parse_document(origin *from, const gops_item *entry, gitops_document **out,
                          gitops_error *err)
{
    const gops_object *object = gops_item_object(entry);
    gitops_diagnostics problems;
    gops_read_document read;
    gitops_document *document = gops_document_new(from->context);
    *out = NULL;
    if (!document)
        return gops_fail_memory(err);
    gops_diagnostics_init(&problems, from->context);
    int rc = gops_reader_open(from->reader, from->text.data + object->offset, object->length,
                              entry->file->path, object->first_line, &problems, err);
    if (rc == 0)
        rc = gops_reader_next(from->reader, &document->arena, &read, err);
    if (rc == 0)
        rc = gops_fail_at(err, GITOPS_ESOURCE, entry->file->path, object->line, 0,
                          "%s is not what was read before", object->key);
    gops_diagnostics_release(&problems);
    if (rc < 0) {
        gitops_document_free(document);
        return rc;
    }
    document->root = read.root;
    if (gops_document_set_place(document, entry->file->path, object->document) < 0) {
        gitops_document_free(document);
        return gops_fail_memory(err);
    }
    *out = document;
    return 0;
}

/* An item of a list shares the list's tree, which is kept for the next item. */
static int open_item(origin *from, const gops_item *entry, gitops_document **out,
                     gitops_error *err)
{
    const gops_object *object = gops_item_object(entry);
    *out = NULL;
    if (!from->list || from->list_offset != object->offset) {
        gitops_document_free(from->list);
        int rc = parse_document(from, entry, &from->list, err);
        if (rc < 0)
            return rc;
        from->list_offset = object->offset;
    }
    gitops_document *document = gops_document_new(from->context);
    if (!document)
        return gops_fail_memory(err);
    const gitops_value *items = gops_value_member(&from->list->root, "items", 5);
    const gitops_value *item = gitops_value_item(items, object->item - 1);
    if (item)
        document->root = *item;
    document->name = from->list->name;
    document->number = from->list->number;
    gops_document_share(document, from->list);
    *out = document;
    return 0;
}

/* Offsets of objects count bytes of UTF-8. Returns 0 or GITOPS_ENOMEM. */
static int decode_text(origin *from)
{
    gops_buffer utf8, read = from->text;
    const char *text = read.data ? read.data : "";
    size_t length = read.length;
    gops_buffer_init(&utf8, from->context, 0);
    int rc = gops_encoding_to_utf8(&utf8, &text, &length);
    if (rc == 0 && text == utf8.data) {
        from->text = utf8;
        utf8 = read;
    }
    gops_buffer_release(&utf8);
    return rc;
}

static int load_text(origin *from, const gops_item *entry, gitops_error *err)
{
    const gops_blob *blob = entry->file->blob;
    if (from->has_text && memcmp(&from->cached, &blob->id, sizeof blob->id) == 0)
        return 0;
    from->has_text = 0;
    gops_buffer_clear(&from->text);
    gitops_document_free(from->list);
    from->list = NULL;
    int rc = gops_snapshot_read_blob(from->snapshot, entry->file->path, &blob->id, &from->text,
                                     err);
    if (rc == 0 && decode_text(from) < 0)
        rc = gops_fail_memory(err);
    const gops_object *object = gops_item_object(entry);
    if (rc == 0 && (object->offset > from->text.length ||
                    object->length > from->text.length - object->offset))
        rc = gops_fail_at(err, GITOPS_ESOURCE, entry->file->path, 0, 0,
                          "the file is shorter than when it was read before");
    if (rc == 0) {
        from->cached = blob->id;
        from->has_text = 1;
    }
    return rc;
}

static int open_entry(void *data, const gops_item *entry, gitops_document **out,
                      gitops_error *err)
{
    origin *from = data;
    const gops_object *object = gops_item_object(entry);
    *out = NULL;
    if (!from->reader)
        from->reader = gops_reader_new(from->context);
    if (!from->reader)
        return gops_fail_memory(err);
    int rc = load_text(from, entry, err);
    if (rc == 0)
        rc = object->item ? open_item(from, entry, out, err) : parse_document(from, entry, out, err);
    gops_digest digest = {{0}};
    if (rc == 0)
        digest = gops_value_digest(&(*out)->root);
    if (rc == 0 && !gops_digest_equal(&digest, &object->digest)) {
        gitops_document_free(*out);
        *out = NULL;
        rc = gops_fail_at(err, GITOPS_ESOURCE, entry->file->path, object->line, 0,
                          "%s is not what was read before", object->key);
    }
    return rc;
}

/* Keeps a blob for the next read, unless its file has errors: those must be reported again. */
static int keep_blob(reading *r, gops_blob *blob, int has_errors)
{
    r->manifest->files_parsed++;
    if (has_errors || gops_memo_keep(r->manifest->memo, blob) == 0)
        return 0;
    gops_blob_drop(blob);
    return gops_fail_memory(r->err);
}

/* The blob of a content: known, or parsed now. Owned; NULL with rc 0 when it cannot be parsed. */
static int blob_of(reading *r, const char *path, const gops_blob_id *id, gops_blob **out)
{
    gitops_diagnostics *problems = &r->manifest->diagnostics;
    uint64_t errors = problems->errors;
    gitops_error problem;
    *out = gops_memo_find(r->manifest->memo, id);
    if (*out) {
        gops_refcount_take(&(*out)->references);
        return 0;
    }
    gops_buffer_clear(&r->text);
    int rc = gops_snapshot_read_blob(r->snapshot, path, id, &r->text, &problem);
    if (rc == GITOPS_ELIMIT) {
        gops_error_where(&problem, path);
        gops_diagnostics_add(problems, GITOPS_SEVERITY_ERROR, &problem);
        return 0;
    }
    if (rc < 0) {
        if (r->err)
            *r->err = problem;
        return rc;
    }
    rc = gops_plain_parse(r->plain, id, path, r->text.data ? r->text.data : "", r->text.length,
                          problems, out, r->err);
    return rc < 0 ? rc : keep_blob(r, *out, problems->errors != errors);
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

static int on_file(const char *path, const gops_file_state *before, const gops_file_state *after,
                   void *user_data)
{
    reading *r = user_data;
    gops_blob *blob;
    int rc = 0;
    if (!gops_plain_is_manifest(path) ||
        (before && after && memcmp(&before->id, &after->id, sizeof before->id) == 0))
        return 0; /* no objects in it, or another mode, which is no matter here */
    if (before) {
        blob = gops_memo_find(r->manifest->memo, &before->id);
        if (!blob)
            return gops_fail_at(r->err, GITOPS_ESTATE, path, 0, 0,
                                "the previous manifest does not know this file");
        rc = remove_file(r, blob);
    }
    if (rc == 0 && after) {
        rc = blob_of(r, path, &after->id, &blob);
        if (rc == 0 && blob) {
            rc = add_file(r, path, blob);
            gops_blob_drop(blob);
        }
    }
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
    if (object->item)
        snprintf(pointer, sizeof pointer, "/items/%lu", (unsigned long)object->item - 1);
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
static int refuse_kustomization(const origin *from, gitops_error *err)
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

static int check_root(const origin *from, gitops_error *err)
{
    gops_entry_kind kind = GOPS_ENTRY_DIRECTORY;
    int rc = check_path(from->walk.path, err);
    if (rc == 0 && *from->walk.path)
        rc = gops_snapshot_lookup(from->snapshot, from->walk.path, &kind, NULL, err);
    if (rc == 0 && kind != GOPS_ENTRY_DIRECTORY)
        rc = gops_fail_at(err, GITOPS_ENOTFOUND, from->walk.path, 0, 0,
                          "path %s is not a directory in revision %s", from->walk.path,
                          gitops_snapshot_revision(from->snapshot));
    return rc < 0 ? rc : refuse_kustomization(from, err);
}

static void release_reading(reading *r)
{
    for (size_t i = 0; i < r->added.count; i++)
        gops_file_drop(r->added.items[i].file);
    gops_free(r->context, r->added.items);
    gops_free(r->context, r->removed);
    gops_buffer_release(&r->text);
    gops_plain_free(r->plain);
}

static int read_objects(reading *r, origin *from, gitops_manifest *base)
{
    origin *before = base ? base->origin : NULL;
    if (base)
        r->manifest->skipped = base->skipped;
    int rc = gops_snapshot_walk(before ? before->snapshot : NULL, r->snapshot, &from->walk,
                                on_file, r, r->err);
    if (rc == 0)
        rc = make_index(r, base);
    if (rc == 0)
        gops_memo_trim(r->manifest->memo, gops_index_count(r->manifest->index));
    gops_diagnostics_sort(&r->manifest->diagnostics);
    return rc;
}

static gitops_manifest *usable_base(gitops_manifest *previous, const origin *from)
{
    const origin *before = previous ? previous->origin : NULL;
    int usable = before && previous->diagnostics.errors == 0 &&
                 same_walk(&before->walk, &from->walk);
    return usable ? previous : NULL;
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
    if (rc < 0)
        return rc;
    origin *from = new_origin(context, snapshot, &given);
    gitops_manifest *manifest = gops_manifest_new(context, previous ? previous->memo : NULL);
    gops_plain *plain = gops_plain_new(context);
    if (!from || !manifest || !plain) {
        free_origin(from);
        gitops_manifest_free(manifest);
        gops_plain_free(plain);
        return gops_fail_memory(err);
    }
    manifest->origin = from;
    manifest->open = open_entry;
    manifest->free_origin = free_origin;
    reading r = {.context = context, .manifest = manifest, .snapshot = snapshot, .plain = plain,
                 .err = err};
    gops_buffer_init(&r.text, context, 0);
    rc = check_root(from, err);
    if (rc == 0)
        rc = read_objects(&r, from, usable_base(previous, from));
    release_reading(&r);
    if (rc < 0) {
        gitops_manifest_free(manifest);
        return rc;
    }
    *out = manifest;
    return gops_diagnostics_status(&manifest->diagnostics, err);
}
