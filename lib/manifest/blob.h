/*
 * What is known of one file's content: its objects, without their text. Blobs are immutable,
 * counted and found again by the id of the content, so that no content is parsed twice.
 */
#ifndef GOPS_MANIFEST_BLOB_H
#define GOPS_MANIFEST_BLOB_H

#include "base/blob_id.h"
#include "base/hash.h"
#include "base/refcount.h"
#include "base/table.h"
#include "manifest/identity.h"

/* One object of a file. The last six say how to open it again. */
typedef struct gops_object {
    const char *key; /* NUL-terminated, owned by the blob */
    gops_digest digest;
    uint32_t line;                     /* where it starts in the file, from 1 */
    uint32_t offset, length;           /* bytes of its document */
    uint32_t first_line;               /* line of offset; 0: the object is the whole file */
    union {
        uint32_t item;                 /* 0: the document; n: item n of the list it holds */
        uint32_t mode;                 /* of a whole file */
    } of;
    uint32_t document;                 /* number of the document in the file, from 1 */
} gops_object;

static inline int gops_object_is_file(const gops_object *object)
{
    return object->first_line == 0;
}

typedef struct gops_blob {
    gops_refcount references;
    gitops_context *context;
    gops_blob_id id;     /* of the content */
    uint32_t count;      /* objects */
    uint32_t skipped;    /* documents that are no objects */
    gops_object objects[];
} gops_blob;

/* What a blob is made of. */
typedef struct gops_blob_parts {
    const gops_blob_id *id;
    const gops_blob_id *name;   /* NULL: the id; see gops_identity_name */
    const gops_object *objects; /* a work list; keys are copied */
    uint32_t count, skipped;
} gops_blob_parts;

/* NULL: no memory. */
gops_blob *gops_blob_new(gitops_context *context, const gops_blob_parts *parts);
void gops_blob_drop(gops_blob *blob);

/* A file: a blob at a path. Objects in an index refer to it. */
typedef struct gops_file {
    gops_refcount references;
    gops_blob *blob;
    char path[];
} gops_file;

/* Takes one more hold on the blob. NULL: no memory. */
gops_file *gops_file_new(gops_blob *blob, const char *path);
void gops_file_drop(gops_file *file);

/*
 * Content known in this process, as one identity sees it. Shared by the manifests of one lineage;
 * used by one thread at a time. Blobs that no manifest refers to are kept until they outnumber the
 * others.
 */
typedef struct gops_memo {
    gops_refcount references;
    gitops_context *context;
    gitops_identity *identity;
    gops_table blobs; /* by name */
} gops_memo;

gops_memo *gops_memo_new(gitops_context *context, gitops_identity *identity);
gops_memo *gops_memo_ref(gops_memo *memo);
void gops_memo_drop(gops_memo *memo);

/* The blob with a name (gops_identity_name), borrowed; NULL when it is not known. */
gops_blob *gops_memo_find(const gops_memo *memo, const gops_blob_id *name);

/* Keeps a blob (one more hold). Returns 0 or GITOPS_ENOMEM. */
int gops_memo_keep(gops_memo *memo, gops_blob *blob);

/* Forgets blobs that only the memo holds, when they are many beside live ones. */
void gops_memo_trim(gops_memo *memo, size_t live);

#endif
