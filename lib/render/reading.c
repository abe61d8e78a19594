/*
 * reading: what files hold goes into an index that shares everything else with the one before.
 * Without one the index is built from a sorted list.
 */
#include "render/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/remember.h"

void gops_reading_init(gops_reading *r, gitops_manifest *manifest, const gops_origin *origin,
                       gitops_error *err)
{
    memset(r, 0, sizeof *r);
    r->context = origin->context;
    r->manifest = manifest;
    r->origin = origin;
    r->err = err;
    gops_budget_init(&r->budget, origin->context->limits.max_load_bytes);
    gops_files_init(&r->files, origin, &r->budget);
}

void gops_reading_release(gops_reading *r)
{
    for (size_t i = 0; i < r->added_count; i++)
        gops_file_drop(r->added[i].file);
    gops_free(r->context, r->added);
    gops_news_free(r->news);
    gops_files_release(&r->files);
}

static int add_objects(gops_reading *r, gops_file *file)
{
    const gops_blob *blob = file->blob;
    if (!gops_budget_take(&r->budget, blob->count * (sizeof *r->added + gops_index_node_bytes)))
        return gops_budget_fail(&r->budget, r->err);
    if (gops_grow(r->context, &r->added, &r->added_capacity, r->added_count + blob->count,
                  sizeof *r->added) < 0)
        return gops_fail_memory(r->err);
    for (uint32_t i = 0; i < blob->count; i++, r->added_count++)
        r->added[r->added_count] = (gops_item){gops_file_ref(file), i, (uint32_t)r->added_count};
    return 0;
}

void gops_reading_warn(gitops_diagnostics *problems, const gops_file *file)
{
    const gops_warnings *warnings = file->blob->warnings;
    gops_diagnostics_repeat(problems, warnings->items, warnings->count, file->path);
    problems->warnings += warnings->total - warnings->count;
}

/* Takes a file in. What it holds is kept for the next read, unless it is broken: its errors must be
   reported again. */
static int take_file(gops_reading *r, const gops_listed *item)
{
    gitops_manifest *manifest = r->manifest;
    gops_blob *blob = item->file->blob;
    manifest->skipped -= item->before ? item->before->skipped : 0;
    manifest->unread -= item->before ? item->before->unread : 0;
    manifest->files_parsed += item->parsed;
    if (item->problems)
        gops_diagnostics_append(&manifest->diagnostics, item->problems);
    if (!blob)
        return 0;
    manifest->skipped += blob->skipped;
    manifest->unread += blob->unread;
    if (blob->warnings)
        gops_reading_warn(&manifest->diagnostics, item->file);
    if (item->parsed && !item->problems && gops_contents_keep(manifest->contents, blob) < 0)
        return gops_fail_memory(r->err);
    return add_objects(r, item->file);
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

static void report_duplicate(gops_reading *r, const gops_item *first, const gops_item *second)
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
static void find_duplicates(gops_reading *r)
{
    size_t first = 0;
    for (size_t i = 1; i < r->added_count; i++) {
        const gops_item *a = &r->added[first], *b = &r->added[i];
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

static int remove_objects(gops_reading *r, const gops_blob *blob, gops_node **index)
{
    gops_node *next = NULL;
    int rc = 0;
    for (uint32_t i = 0; i < blob->count && rc == 0; i++) {
        rc = gops_index_remove(r->context, *index, blob->objects[i].key, &next);
        rc = step(index, next, rc);
    }
    return rc;
}

static int update_index(gops_reading *r, gops_node **index)
{
    gops_node *next = NULL;
    int rc = 0;
    for (size_t i = 0; i < r->files.count && rc == 0; i++)
        if (r->files.items[i].before)
            rc = remove_objects(r, r->files.items[i].before, index);
    for (size_t i = 0; i < r->added_count && rc == 0; i++) {
        const gops_item *entry = &r->added[i];
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

static int make_index(gops_reading *r, int onto)
{
    gitops_manifest *manifest = r->manifest;
    int rc = 0;
    if (r->added_count > 1)
        qsort(r->added, r->added_count, sizeof *r->added, compare_entries);
    if (onto) {
        rc = update_index(r, &manifest->index);
    } else {
        find_duplicates(r);
        if (manifest->diagnostics.errors == 0)
            rc = gops_index_build(r->context, r->added, r->added_count, &manifest->index);
    }
    if (rc == 0 && gops_index_count(manifest->index) > r->context->limits.max_objects)
        rc = gops_fail(r->err, GITOPS_ELIMIT, "more than %llu objects (limit max_objects)",
                       (unsigned long long)r->context->limits.max_objects);
    else if (rc == GITOPS_ELIMIT)
        gops_fail(r->err, rc, "the keys are chosen to make the index too deep");
    else if (rc == GITOPS_ENOMEM)
        gops_fail_memory(r->err);
    if (rc < 0 || manifest->diagnostics.errors) {
        gops_index_drop(manifest->index);
        manifest->index = NULL;
    }
    return rc;
}

/* The list of all files is the largest thing that is not kept: it goes before there is an index. */
static void settle_files(gops_reading *r, const gitops_manifest *base)
{
    if (r->wants_news && r->manifest->diagnostics.errors == 0)
        r->news = gops_news_new(&r->files, base);
    if (!base)
        gops_files_release(&r->files);
}

int gops_reading_finish(gops_reading *r, const gitops_manifest *base)
{
    int rc = 0;
    for (size_t i = 0; i < r->files.count && rc == 0; i++)
        rc = take_file(r, &r->files.items[i]);
    if (rc < 0)
        return rc;
    settle_files(r, base);
    rc = make_index(r, base != NULL);
    if (rc == 0)
        gops_contents_trim(r->manifest->contents, gops_index_count(r->manifest->index));
    gops_diagnostics_sort(&r->manifest->diagnostics);
    return rc;
}

static int compare_paths(const void *path, const void *item)
{
    return strcmp(path, ((const gops_listed *)item)->file->path);
}

void gops_reading_add_warnings(gops_reading *r, const gitops_diagnostics *earlier)
{
    gitops_diagnostics *problems = &r->manifest->diagnostics;
    for (size_t i = 0; i < earlier->count; i++) {
        const gops_diagnostic *item = &earlier->items[i];
        if (r->files.count && bsearch(item->where, r->files.items, r->files.count,
                                      sizeof *r->files.items, compare_paths))
            continue;
        gops_diagnostics_repeat(problems, item, 1, item->where);
    }
    gops_diagnostics_sort(problems);
}
