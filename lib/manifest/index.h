/*
 * The persistent index: keys in byte order, each with its object. An index is a treap whose shape
 * depends on its keys alone (a node's priority is the hash of its key), so that equal sets have
 * equal trees and equal digests, whatever their history; two indexes share all nodes that did not
 * change.
 */
#ifndef GOPS_MANIFEST_INDEX_H
#define GOPS_MANIFEST_INDEX_H

#include "manifest/blob.h"

typedef struct gops_node gops_node; /* NULL = the empty index */

typedef struct gops_item {
    gops_file *file;
    uint32_t object; /* its place in file->blob->objects */
    uint32_t place;  /* among the objects of all files, where the index was built from them */
} gops_item;

static inline const gops_object *gops_item_object(const gops_item *entry)
{
    return &entry->file->blob->objects[entry->object];
}

/* Bytes that an object takes in an index. */
extern const size_t gops_index_node_bytes;

gops_node *gops_index_ref(gops_node *index);
void gops_index_drop(gops_node *index);

/*
 * Builds an index from entries sorted by key, without duplicates. Takes holds on the files.
 * Returns 0, GITOPS_ENOMEM, or GITOPS_ELIMIT (keys chosen to make the tree too deep).
 */
int gops_index_build(gitops_context *context, const gops_item *entries, size_t count,
                     gops_node **out);

/* Functional updates: *out is a new index (the old one stays). The key must be absent, present. */
int gops_index_insert(gitops_context *context, gops_node *index, const gops_item *entry,
                      gops_node **out);
int gops_index_remove(gitops_context *context, gops_node *index, const char *key,
                      gops_node **out);

size_t gops_index_count(const gops_node *index);
gops_digest gops_index_digest(const gops_node *index);

/* Entry i in key order, or the entry of a key with its place in *rank (may be NULL). NULL: none. */
const gops_item *gops_index_at(const gops_node *index, size_t i);
const gops_item *gops_index_find(const gops_node *index, const char *key, size_t *rank);

/*
 * Visits the entries whose objects have control annotations, in key order; where there are few of
 * them the others cost nothing. A non-zero return of fn stops, and is returned.
 */
typedef int (*gops_entry_fn)(const gops_item *entry, void *user_data);
int gops_index_each_controlled(const gops_node *index, gops_entry_fn fn, void *user_data);

/* One difference: before or after is NULL where the key is absent. A non-zero return stops. */
typedef int (*gops_index_fn)(const gops_item *before, const gops_item *after, void *user_data);

/*
 * Reports objects that differ by content (not by place), in key order; shared parts are skipped.
 * *visited (may be NULL): how many nodes of both were looked at.
 */
int gops_index_compare(const gops_node *before, const gops_node *after, gops_index_fn fn,
                       void *user_data, size_t *visited);

#endif
