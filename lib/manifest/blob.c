/*
 * blob: the objects of one file's content in a single allocation: the records, the blob's name if
 * it has one, then the keys of the objects.
 */
#include "manifest/blob.h"

#include <string.h>

gops_blob *gops_blob_new(gitops_context *context, const gops_blob_parts *parts)
{
    const gops_object *objects = parts->objects;
    uint32_t count = parts->count;
    size_t size = sizeof(gops_blob) + (size_t)count * sizeof *objects;
    size += parts->name ? sizeof *parts->name : 0;
    for (uint32_t i = 0; i < count; i++)
        size += strlen(objects[i].key) + 1;
    gops_blob *blob = gops_alloc(context, size);
    if (!blob)
        return NULL;
    gops_refcount_init(&blob->references);
    blob->context = gops_context_ref(context);
    blob->id = *parts->id;
    blob->count = count;
    blob->skipped = parts->skipped;
    char *keys = (char *)&blob->objects[count];
    if (parts->name) {
        memcpy(keys, parts->name, sizeof *parts->name);
        keys += sizeof *parts->name;
    }
    for (uint32_t i = 0; i < count; i++) {
        size_t length = strlen(objects[i].key) + 1;
        blob->objects[i] = objects[i];
        blob->objects[i].key = keys;
        memcpy(keys, objects[i].key, length);
        keys += length;
    }
    return blob;
}

void gops_blob_drop(gops_blob *blob)
{
    if (!blob || !gops_refcount_drop(&blob->references))
        return;
    gitops_context *context = blob->context;
    gops_free(context, blob);
    gitops_context_free(context);
}

gops_file *gops_file_new(gops_blob *blob, const char *path)
{
    size_t length = strlen(path) + 1;
    gops_file *file = gops_alloc(blob->context, sizeof *file + length);
    if (!file)
        return NULL;
    gops_refcount_init(&file->references);
    gops_refcount_take(&blob->references);
    file->blob = blob;
    memcpy(file->path, path, length);
    return file;
}

void gops_file_drop(gops_file *file)
{
    if (!file || !gops_refcount_drop(&file->references))
        return;
    gops_blob *blob = file->blob;
    gops_free(blob->context, file);
    gops_blob_drop(blob);
}

gops_memo *gops_memo_new(gitops_context *context, gitops_identity *identity)
{
    gops_memo *memo = gops_alloc(context, sizeof *memo);
    if (!memo)
        return NULL;
    gops_refcount_init(&memo->references);
    memo->context = gops_context_ref(context);
    memo->identity = gops_identity_ref(identity);
    gops_table_init(&memo->blobs, context);
    return memo;
}

gops_memo *gops_memo_ref(gops_memo *memo)
{
    gops_refcount_take(&memo->references);
    return memo;
}

void gops_memo_drop(gops_memo *memo)
{
    if (!memo || !gops_refcount_drop(&memo->references))
        return;
    gitops_context *context = memo->context;
    gops_blob *blob;
    for (size_t i = 0; (blob = gops_table_next(&memo->blobs, &i)) != NULL;)
        gops_blob_drop(blob);
    gops_table_release(&memo->blobs);
    gitops_identity_free(memo->identity);
    gops_free(context, memo);
    gitops_context_free(context);
}

gops_blob *gops_memo_find(const gops_memo *memo, const gops_blob_id *name)
{
    return gops_table_get(&memo->blobs, name->bytes, sizeof name->bytes);
}

/* Blobs carry a name of their own where it is not the id of the content. */
static const gops_blob_id *name_of(const gops_memo *memo, const gops_blob *blob)
{
    return gops_identity_sees_path(memo->identity)
               ? (const gops_blob_id *)&blob->objects[blob->count]
               : &blob->id;
}

static int put(gops_table *table, const gops_memo *memo, gops_blob *blob)
{
    const gops_blob_id *name = name_of(memo, blob);
    return gops_table_set(table, name->bytes, sizeof name->bytes, blob);
}

int gops_memo_keep(gops_memo *memo, gops_blob *blob)
{
    if (put(&memo->blobs, memo, blob) < 0)
        return GITOPS_ENOMEM;
    gops_refcount_take(&blob->references);
    return 0;
}

/* A blob without objects is in no index; it costs little and is never dead. */
static int is_dead(gops_blob *blob)
{
    return blob->count > 0 && atomic_load(&blob->references) == 1;
}

void gops_memo_trim(gops_memo *memo, size_t live)
{
    enum { ALWAYS_KEPT = 1024 };
    gops_table kept;
    gops_blob *blob;
    if (memo->blobs.count < 2 * live + ALWAYS_KEPT)
        return;
    gops_table_init(&kept, memo->context);
    for (size_t i = 0; (blob = gops_table_next(&memo->blobs, &i)) != NULL;)
        if (!is_dead(blob) && put(&kept, memo, blob) < 0) {
            gops_table_release(&kept); /* no memory to shrink: keep everything */
            return;
        }
    for (size_t i = 0; (blob = gops_table_next(&memo->blobs, &i)) != NULL;)
        if (is_dead(blob))
            gops_blob_drop(blob);
    gops_table_release(&memo->blobs);
    memo->blobs = kept;
}
