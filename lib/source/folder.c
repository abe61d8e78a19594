/*
 * folder: nodes with a count. A node that is held once may be changed in place; one that is held
 * more often belongs to a snapshot too and is copied first, together with the folders above it.
 */
#include "source/folder.h"

#include <stdlib.h>

enum { SEED_CONTENT = 0x66696C65, SEED_FOLDER = 0x74726565 }; /* "file", "tree" */

struct gops_folder {
    gops_refcount references;
    gitops_context *context; /* borrowed from the source */
    gops_entry *entries;
    size_t count, capacity;
    gops_blob_id id;
    int sealed; /* id is up to date, and so are those below */
    size_t name_length;
    char name[];
};

static gops_blob_id id_of_digest(const gops_digest *digest)
{
    gops_blob_id id = {{0}};
    memcpy(id.bytes, digest->bytes, sizeof digest->bytes);
    return id;
}

gops_blob_id gops_content_id(const void *bytes, size_t length)
{
    gops_digest digest = gops_hash128(SEED_CONTENT, bytes, length);
    return id_of_digest(&digest);
}

void gops_content_hash_begin(gops_hasher *hasher)
{
    gops_hasher_begin(hasher, SEED_CONTENT);
}

gops_blob_id gops_content_hash_finish(gops_hasher *hasher)
{
    gops_digest digest = gops_hasher_finish(hasher);
    return id_of_digest(&digest);
}

gops_leaf *gops_leaf_new(gitops_context *context, const char *name, size_t name_length, size_t size)
{
    if (name_length >= SIZE_MAX / 2 || size >= SIZE_MAX / 2 - sizeof(gops_leaf))
        return NULL;
    gops_leaf *leaf = gops_alloc(context, sizeof *leaf + size + name_length);
    if (!leaf)
        return NULL;
    memset(leaf, 0, sizeof *leaf);
    gops_refcount_init(&leaf->references);
    leaf->context = context;
    leaf->kind = GOPS_ENTRY_FILE;
    leaf->state.mode = GOPS_MODE_FILE;
    leaf->size = size;
    leaf->name = (char *)leaf->bytes + size;
    leaf->name_length = name_length;
    memcpy(leaf->bytes + size, name, name_length);
    return leaf;
}

gops_leaf *gops_leaf_ref(const gops_leaf *leaf)
{
    gops_leaf *counted = (gops_leaf *)leaf; /* only the count is changed */
    gops_refcount_take(&counted->references);
    return counted;
}

void gops_leaf_free(gops_leaf *leaf)
{
    if (leaf && gops_refcount_drop(&leaf->references))
        gops_free(leaf->context, leaf);
}

gops_folder *gops_folder_new(gitops_context *context, const char *name, size_t name_length)
{
    gops_folder *folder = gops_alloc(context, sizeof *folder + name_length);
    if (!folder)
        return NULL;
    memset(folder, 0, sizeof *folder);
    gops_refcount_init(&folder->references);
    folder->context = context;
    folder->name_length = name_length;
    memcpy(folder->name, name, name_length);
    return folder;
}

gops_folder *gops_folder_ref(const gops_folder *folder)
{
    gops_folder *counted = (gops_folder *)folder; /* only the count is changed */
    gops_refcount_take(&counted->references);
    return counted;
}

static gops_folder *folder_of(const gops_entry *entry)
{
    return (gops_folder *)entry->node;
}

static void release_node(const gops_entry *entry)
{
    if (entry->kind == GOPS_ENTRY_DIRECTORY)
        gops_folder_free(folder_of(entry));
    else
        gops_leaf_free((gops_leaf *)entry->node);
}

void gops_folder_free(gops_folder *folder)
{
    if (!folder || !gops_refcount_drop(&folder->references))
        return;
    for (size_t i = 0; i < folder->count; i++)
        release_node(&folder->entries[i]);
    gops_free(folder->context, folder->entries);
    gops_free(folder->context, folder);
}

static gops_entry entry_of_leaf(const gops_leaf *leaf)
{
    gops_entry entry = {leaf->name, leaf->name_length, leaf->kind, leaf->state, leaf};
    return entry;
}

static gops_entry entry_of_folder(const gops_folder *folder)
{
    gops_entry entry = {folder->name, folder->name_length, GOPS_ENTRY_DIRECTORY, {folder->id, 0},
                        folder};
    return entry;
}

/* A copy that shares all its nodes. */
static gops_folder *copy_folder(const gops_folder *folder)
{
    gops_folder *copy = gops_folder_new(folder->context, folder->name, folder->name_length);
    if (!copy || gops_grow(copy->context, &copy->entries, &copy->capacity, folder->count + 1,
                           sizeof *copy->entries) < 0) {
        gops_folder_free(copy);
        return NULL;
    }
    for (size_t i = 0; i < folder->count; i++) {
        const gops_entry *entry = &folder->entries[i];
        copy->entries[i] = *entry;
        if (entry->kind == GOPS_ENTRY_DIRECTORY)
            gops_folder_ref(entry->node);
        else
            gops_leaf_ref(entry->node);
    }
    copy->count = folder->count;
    return copy;
}

/* Makes *folder one that only its holder holds. */
static int make_own(gops_folder **folder)
{
    if (atomic_load_explicit(&(*folder)->references, memory_order_acquire) == 1)
        return 0;
    gops_folder *copy = copy_folder(*folder);
    if (!copy)
        return GITOPS_ENOMEM;
    gops_folder_free(*folder);
    *folder = copy;
    return 0;
}

static gops_entry *find(gops_folder *folder, const char *name, size_t length, int directory)
{
    return (gops_entry *)gops_entries_find(folder->entries, folder->count, name, length, directory);
}

/* Inserts in order; there is no entry with this name. The node is not counted up. */
static int insert(gops_folder *folder, gops_entry entry)
{
    if (gops_grow(folder->context, &folder->entries, &folder->capacity, folder->count + 1,
                  sizeof entry) < 0)
        return GITOPS_ENOMEM;
    size_t low = 0, high = folder->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gops_entry_compare(&folder->entries[middle], &entry) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    memmove(folder->entries + low + 1, folder->entries + low, (folder->count - low) * sizeof entry);
    folder->entries[low] = entry;
    folder->count++;
    return 0;
}

static void erase(gops_folder *folder, gops_entry *entry)
{
    size_t i = (size_t)(entry - folder->entries);
    release_node(entry);
    folder->count--;
    memmove(entry, entry + 1, (folder->count - i) * sizeof *entry);
}

static int put_leaf(gops_folder *folder, gops_leaf *leaf, gitops_error *err)
{
    if (find(folder, leaf->name, leaf->name_length, 1)) {
        gops_leaf_free(leaf);
        return gops_fail(err, GITOPS_EINVAL, "there is a directory of that name");
    }
    gops_entry *old = find(folder, leaf->name, leaf->name_length, 0);
    if (old) {
        release_node(old);
        *old = entry_of_leaf(leaf);
    } else if (insert(folder, entry_of_leaf(leaf)) < 0) {
        gops_leaf_free(leaf);
        return gops_fail_memory(err);
    }
    return 0;
}

/* The folder of that name, made when missing; it is the only holder's own. */
static int own_child(gops_folder *folder, const char *name, size_t length, gops_folder **out,
                     gitops_error *err)
{
    if (find(folder, name, length, 0))
        return gops_fail(err, GITOPS_EINVAL, "there is a file where a directory is needed");
    gops_entry *entry = find(folder, name, length, 1);
    if (!entry) {
        gops_folder *made = gops_folder_new(folder->context, name, length);
        if (!made || insert(folder, entry_of_folder(made)) < 0) {
            gops_folder_free(made);
            return gops_fail_memory(err);
        }
        *out = made;
        return 0;
    }
    gops_folder *child = folder_of(entry);
    if (make_own(&child) < 0)
        return gops_fail_memory(err);
    *entry = entry_of_folder(child);
    *out = child;
    return 0;
}

/* After a failure below: a child that was made for nothing goes again. */
static void drop_if_empty(gops_folder *folder, const char *name, size_t length)
{
    gops_entry *entry = find(folder, name, length, 1);
    if (entry && folder_of(entry)->count == 0)
        erase(folder, entry);
}

static int put_below(gops_folder *folder, const char *path, gops_leaf *leaf, gitops_error *err)
{
    size_t length = strcspn(path, "/");
    gops_folder *child;
    folder->sealed = 0;
    if (!path[length])
        return put_leaf(folder, leaf, err);
    int rc = own_child(folder, path, length, &child, err);
    if (rc < 0) {
        gops_leaf_free(leaf);
        return rc;
    }
    rc = put_below(child, path + length + 1, leaf, err);
    if (rc < 0)
        drop_if_empty(folder, path, length);
    return rc;
}

int gops_folder_put(gops_folder **root, const char *path, gops_leaf *leaf, gitops_error *err)
{
    if (make_own(root) < 0) {
        gops_leaf_free(leaf);
        return gops_fail_memory(err);
    }
    return put_below(*root, path, leaf, err);
}

static int remove_below(gops_folder *folder, const char *path, gitops_error *err)
{
    size_t length = strcspn(path, "/");
    folder->sealed = 0;
    if (!path[length]) {
        gops_entry *entry = find(folder, path, length, 0);
        if (!entry)
            return gops_fail(err, GITOPS_ENOTFOUND, "there is no such file");
        erase(folder, entry);
        return 0;
    }
    gops_folder *child;
    if (!find(folder, path, length, 1))
        return gops_fail(err, GITOPS_ENOTFOUND, "there is no such file");
    int rc = own_child(folder, path, length, &child, err);
    if (rc == 0)
        rc = remove_below(child, path + length + 1, err);
    if (rc == 0)
        drop_if_empty(folder, path, length);
    return rc;
}

int gops_folder_remove(gops_folder **root, const char *path, gitops_error *err)
{
    if (make_own(root) < 0)
        return gops_fail_memory(err);
    return remove_below(*root, path, err);
}

static int append(gops_folder *folder, gops_entry entry)
{
    if (gops_grow(folder->context, &folder->entries, &folder->capacity, folder->count + 1,
                  sizeof entry) < 0)
        return GITOPS_ENOMEM;
    folder->entries[folder->count++] = entry;
    return 0;
}

int gops_folder_add_leaf(gops_folder *folder, gops_leaf *leaf)
{
    int rc = append(folder, entry_of_leaf(leaf));
    if (rc < 0)
        gops_leaf_free(leaf);
    return rc;
}

int gops_folder_add_folder(gops_folder *folder, gops_folder *child)
{
    int rc = append(folder, entry_of_folder(child));
    if (rc < 0)
        gops_folder_free(child);
    return rc;
}

static int compare_entries(const void *a, const void *b)
{
    return gops_entry_compare(a, b);
}

void gops_folder_sort(gops_folder *folder)
{
    if (folder->count)
        qsort(folder->entries, folder->count, sizeof *folder->entries, compare_entries);
}

int gops_folder_same(const gops_folder *a, const gops_folder *b)
{
    if (a->count != b->count)
        return 0;
    for (size_t i = 0; i < a->count; i++)
        if (a->entries[i].node != b->entries[i].node)
            return 0;
    return 1;
}

enum { EXECUTABLE = 0x80 }; /* beside the kind */

/* Lengths stand in front of names, so that no two folders give the same bytes. */
static void hash_entry(gops_hasher *hasher, const gops_entry *entry)
{
    uint8_t head[9];
    int executable = entry->state.mode == GOPS_MODE_EXECUTABLE;
    head[0] = (uint8_t)(entry->kind | (executable ? EXECUTABLE : 0));
    for (size_t i = 0; i < 8; i++)
        head[1 + i] = (uint8_t)((uint64_t)entry->length >> (8 * i));
    gops_hasher_put(hasher, head, sizeof head);
    gops_hasher_put(hasher, entry->name, entry->length);
    gops_hasher_put(hasher, entry->state.id.bytes, sizeof entry->state.id.bytes);
}

static gops_blob_id hash_entries(const gops_folder *folder)
{
    gops_hasher hasher;
    gops_hasher_begin(&hasher, SEED_FOLDER);
    for (size_t i = 0; i < folder->count; i++)
        hash_entry(&hasher, &folder->entries[i]);
    gops_digest digest = gops_hasher_finish(&hasher);
    return id_of_digest(&digest);
}

gops_blob_id gops_folder_seal(gops_folder *folder)
{
    if (folder->sealed)
        return folder->id;
    for (size_t i = 0; i < folder->count; i++) {
        gops_entry *entry = &folder->entries[i];
        if (entry->kind == GOPS_ENTRY_DIRECTORY)
            entry->state.id = gops_folder_seal(folder_of(entry));
    }
    folder->id = hash_entries(folder);
    folder->sealed = 1;
    return folder->id;
}

const gops_entry *gops_folder_entries(const gops_folder *folder, size_t *count)
{
    *count = folder->count;
    return folder->entries;
}
