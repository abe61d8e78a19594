/*
 * A tree of named leaves that is shared between versions: a change copies the folders above it when
 * somebody else holds them, and nothing otherwise. Each folder has a digest over what is below it.
 */
#ifndef GOPS_SOURCE_FOLDER_H
#define GOPS_SOURCE_FOLDER_H

#include "base/hash.h"
#include "source/tree.h"

typedef struct gops_folder gops_folder;

/* A counted file: its name and state, and bytes that belong to its kind of source. */
typedef struct gops_leaf {
    gops_refcount references;
    gitops_context *context; /* borrowed from the source */
    gops_entry_kind kind;    /* GOPS_ENTRY_FILE or GOPS_ENTRY_OTHER */
    gops_file_state state;
    const char *name;
    size_t name_length;
    size_t size;
    _Alignas(8) unsigned char bytes[];
} gops_leaf;

/* bytes and id are left for the caller to fill; no one may execute it. NULL: no memory. */
gops_leaf *gops_leaf_new(gitops_context *context, const char *name, size_t name_length,
                         size_t size);
gops_leaf *gops_leaf_ref(const gops_leaf *leaf);
void gops_leaf_free(gops_leaf *leaf);

gops_folder *gops_folder_new(gitops_context *context, const char *name, size_t name_length);
gops_folder *gops_folder_ref(const gops_folder *folder);
void gops_folder_free(gops_folder *folder);

/*
 * Puts a leaf at a path below *root, making folders as needed. The leaf is taken over in any case.
 * Returns 0, GITOPS_ENOMEM (the tree as it was) or GITOPS_EINVAL (a file is in the way, or a
 * folder has that name).
 */
int gops_folder_put(gops_folder **root, const char *path, gops_leaf *leaf, gitops_error *err);

/* Removes a leaf and the folders that it leaves empty. 0, GITOPS_ENOMEM or GITOPS_ENOTFOUND. */
int gops_folder_remove(gops_folder **root, const char *path, gitops_error *err);

/* For building one folder at a time: adds in any order; sort when all are there. 0 or ENOMEM; the
   leaf or folder is taken over in any case. */
int gops_folder_add_leaf(gops_folder *folder, gops_leaf *leaf);
int gops_folder_add_folder(gops_folder *folder, gops_folder *child);
void gops_folder_sort(gops_folder *folder);

/* 1 when both hold the very same leaves and folders. */
int gops_folder_same(const gops_folder *a, const gops_folder *b);

/* Brings the digests up to date and returns the one of this folder. */
gops_blob_id gops_folder_seal(gops_folder *folder);

const gops_entry *gops_folder_entries(const gops_folder *folder, size_t *count);

/* The id of a content, from its digest. */
gops_blob_id gops_content_id(const void *bytes, size_t length);

/* The same piece by piece, with gops_hasher_put in between. */
void gops_content_hash_begin(gops_hasher *hasher);
gops_blob_id gops_content_hash_finish(gops_hasher *hasher);

#endif
