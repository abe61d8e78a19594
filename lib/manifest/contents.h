/*
 * Content known in this process, as one identity sees it. Shared by the manifests of one lineage;
 * used by one thread at a time. Blobs that no manifest refers to are kept until they outnumber the
 * others.
 */
#ifndef GOPS_MANIFEST_CONTENTS_H
#define GOPS_MANIFEST_CONTENTS_H

#include "base/intern.h"
#include "manifest/blob.h"

/* What the memo of a lineage holds: the manifest of a tree, and how much has been added to it. */
typedef struct gops_kept {
    int known;             /* it holds one, and this is it */
    int failed;            /* it could not be written: not tried again */
    int wants_all;         /* more cannot be added: the next read is to look into all files */
    gops_digest influence;
    gops_blob_id root;     /* the tree that it is of ... */
    gops_blob_id written;  /* ... and the one of the last record: between them nothing changed */
    uint64_t base_bytes, more_bytes;
} gops_kept;

typedef struct gops_contents {
    gops_refcount references;
    gitops_context *context;
    gitops_identity *identity;
    gops_blob **blobs;     /* held */
    size_t count, capacity;
    gops_intern by_name;   /* 1 + place in blobs, of the first so many: */
    size_t in_order;
    gops_kept kept;
} gops_contents;

gops_contents *gops_contents_new(gitops_context *context, gitops_identity *identity);
gops_contents *gops_contents_ref(gops_contents *contents);
void gops_contents_drop(gops_contents *contents);

/*
 * The blob with a name (gops_identity_name), borrowed: *out NULL when it is not known. Returns 0 or
 * GITOPS_ENOMEM.
 */
int gops_contents_find(gops_contents *contents, const gops_blob_id *name, gops_blob **out);

/* Keeps a blob (one more hold) unless one of its name is kept. Returns 0 or GITOPS_ENOMEM. */
int gops_contents_keep(gops_contents *contents, gops_blob *blob);

/*
 * Takes over many blobs and the array that holds them, of the context's memory; there are none yet.
 * They are put in order by the first look-up: where nothing changed there is none.
 */
void gops_contents_take(gops_contents *contents, gops_blob **blobs, size_t count);

/* Forgets blobs that only this holds, when they are many beside live ones. */
void gops_contents_trim(gops_contents *contents, size_t live);

#endif
