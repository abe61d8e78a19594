/* One directory of a snapshot as the walk sees it, whatever holds it. */
#ifndef GOPS_SOURCE_TREE_H
#define GOPS_SOURCE_TREE_H

#include <string.h>

#include "source/snapshot.h"

typedef struct gops_entry {
    const char *name; /* borrowed from the listing; not NUL-terminated */
    size_t length;
    gops_entry_kind kind;
    gops_file_state state; /* id of the content, or of the tree below; mode of a file, else 0 */
    const void *node; /* gops_folder or gops_leaf; NULL in a Git repository */
} gops_entry;

/*
 * The entries of a directory in the order of the paths of the files below them: a directory is
 * compared as if its name ended with "/".
 */
typedef struct gops_listing {
    const gops_entry *entries;
    size_t count;
    void *owner; /* of entries and names; NULL: the snapshot */
    void (*release)(void *owner);
} gops_listing;

void gops_listing_release(gops_listing *listing);

/* Order of two entries in a listing. */
int gops_entry_compare(const gops_entry *a, const gops_entry *b);

/* The entry with this name that is a directory, or is none; NULL when there is no such one. */
const gops_entry *gops_entries_find(const gops_entry *entries, size_t count, const char *name,
                                    size_t length, int directory);

/* The same for either; a listing holds no name twice. */
const gops_entry *gops_entries_find_any(const gops_entry *entries, size_t count, const char *name,
                                        size_t length);

static inline int gops_file_state_equal(const gops_file_state *a, const gops_file_state *b)
{
    return a->mode == b->mode && memcmp(a->id.bytes, b->id.bytes, sizeof a->id.bytes) == 0;
}

static inline int gops_blob_id_equal(const gops_blob_id *a, const gops_blob_id *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

#endif
