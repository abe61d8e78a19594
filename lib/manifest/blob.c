/*
 * blob: one piece of memory that holds the records of the objects, a name of its own if the blob
 * has one, the warnings, and then every text.
 */
#include "manifest/blob.h"

#include <string.h>

const char *gops_object_controls(const gops_object *object, size_t *length)
{
    *length = 0;
    if (!object->has_controls)
        return NULL;
    const char *at = object->key + strlen(object->key) + 1;
    for (unsigned shift = 0;; shift += 7) { /* a number of base/pack.h; it was written here */
        *length |= (size_t)(*at & 0x7F) << shift;
        if (!(*at++ & 0x80))
            return at;
    }
}

size_t gops_object_text_size(const gops_object *object)
{
    size_t length;
    const char *record = gops_object_controls(object, &length);
    return record ? (size_t)(record + length - object->key) : strlen(object->key) + 1;
}

static size_t size_of_warnings(const gops_warnings *warnings)
{
    size_t size = warnings ? sizeof *warnings : 0;
    for (uint32_t i = 0; warnings && i < warnings->count; i++) {
        const gops_diagnostic *item = &warnings->items[i];
        size += sizeof *item + strlen(item->message) + strlen(item->pointer) + 2;
        size += item->key ? strlen(item->key) + 1 : 0;
    }
    return size;
}

static size_t size_of(const gops_blob_parts *parts)
{
    size_t size = sizeof(gops_blob) + (size_t)parts->count * sizeof *parts->objects;
    size += parts->name ? sizeof *parts->name : 0;
    for (uint32_t i = 0; i < parts->count; i++)
        size += gops_object_text_size(&parts->objects[i]);
    return size + size_of_warnings(parts->warnings);
}

/* Takes bytes from the front of what is left of the memory. */
static void *cut(char **rest, size_t size)
{
    void *memory = *rest;
    *rest += size;
    return memory;
}

static char *put_text(char **rest, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(cut(rest, size), text, size);
}

static void put_warnings(gops_blob *blob, const gops_warnings *warnings, char **rest)
{
    gops_warnings *copy = cut(rest, sizeof *copy);
    gops_diagnostic *items = cut(rest, warnings->count * sizeof *items);
    for (uint32_t i = 0; i < warnings->count; i++) {
        const gops_diagnostic *item = &warnings->items[i];
        items[i] = *item;
        items[i].where = NULL;
        items[i].message = put_text(rest, item->message);
        items[i].pointer = put_text(rest, item->pointer);
        items[i].key = item->key ? put_text(rest, item->key) : NULL;
    }
    *copy = (gops_warnings){items, warnings->count, warnings->total};
    blob->warnings = copy;
}

gops_blob *gops_blob_new(gops_pool *pool, const gops_blob_parts *parts)
{
    gops_block *block;
    gops_blob *blob = gops_pool_take(pool, size_of(parts), &block);
    if (!blob)
        return NULL;
    char *rest = (char *)&blob->objects[parts->count];
    gops_refcount_init(&blob->references);
    blob->block = block;
    blob->id = *parts->id;
    blob->name = &blob->id;
    blob->count = parts->count;
    blob->skipped = parts->skipped & INT32_MAX;
    blob->unread = parts->unread & 1;
    blob->warnings = NULL;
    if (parts->name)
        blob->name = memcpy(cut(&rest, sizeof *parts->name), parts->name, sizeof *parts->name);
    if (parts->warnings)
        put_warnings(blob, parts->warnings, &rest);
    for (uint32_t i = 0; i < parts->count; i++) {
        size_t size = gops_object_text_size(&parts->objects[i]);
        blob->objects[i] = parts->objects[i];
        blob->objects[i].key = memcpy(cut(&rest, size), parts->objects[i].key, size);
    }
    return blob;
}

gops_blob *gops_blob_ref(gops_blob *blob)
{
    gops_refcount_take(&blob->references);
    return blob;
}

void gops_blob_drop(gops_blob *blob)
{
    if (blob && gops_refcount_drop(&blob->references))
        gops_block_drop(blob->block);
}

gops_file *gops_file_new(gops_pool *pool, gops_blob *blob, const char *path)
{
    gops_block *block;
    size_t length = strlen(path) + 1;
    gops_file *file = gops_pool_take(pool, sizeof *file + length, &block);
    if (!file)
        return NULL;
    gops_refcount_init(&file->references);
    file->block = block;
    file->blob = blob ? gops_blob_ref(blob) : NULL;
    memcpy(file->path, path, length);
    return file;
}

gops_file *gops_file_ref(gops_file *file)
{
    gops_refcount_take(&file->references);
    return file;
}

void gops_file_drop(gops_file *file)
{
    if (!file || !gops_refcount_drop(&file->references))
        return;
    gops_blob_drop(file->blob);
    gops_block_drop(file->block);
}
