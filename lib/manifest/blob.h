/*
 * What is known of one file's content: its objects, without their text, and what was warned of.
 * Blobs are immutable, counted and found again by the id of the content, so that no content is
 * parsed twice.
 */
#ifndef GOPS_MANIFEST_BLOB_H
#define GOPS_MANIFEST_BLOB_H

#include "base/blob_id.h"
#include "base/block.h"
#include "base/hash.h"
#include "manifest/identity.h"
#include "value/diagnostics.h"

/* One object of a file. The last six say how to open it again. */
typedef struct gops_object {
    const char *key; /* NUL-terminated, owned by the blob; the controls stand behind it */
    gops_digest digest;
    uint32_t line;                     /* where it starts in the file, from 1 */
    uint32_t offset, length;           /* bytes of its document */
    uint32_t first_line;               /* line of offset; 0: the object is the whole file */
    union {
        uint32_t item;                 /* 0: the document; n: item n of the list it holds */
        uint32_t mode;                 /* of a whole file */
    } of;
    uint32_t document : 31;            /* number of the document in the file, from 1 */
    uint32_t has_controls : 1;
} gops_object;

/* The record of its control annotations (manifest/control.h); NULL and 0: it has none. */
const char *gops_object_controls(const gops_object *object, size_t *length);

/* Bytes at object->key: the key with its NUL, and the controls as a text of base/pack.h. */
size_t gops_object_text_size(const gops_object *object);

static inline int gops_object_is_file(const gops_object *object)
{
    return object->first_line == 0;
}

/* The warnings of a file; where is not set. */
typedef struct gops_warnings {
    const gops_diagnostic *items;
    uint32_t count;
    uint64_t total; /* with those that were not kept */
} gops_warnings;

typedef struct gops_blob {
    gops_refcount references;
    gops_block *block;        /* that it lives in */
    gops_blob_id id;          /* of the content */
    const gops_blob_id *name; /* that it is remembered by, mostly the id */
    uint32_t count;           /* objects */
    uint32_t skipped : 31;    /* documents that are no objects */
    uint32_t unread : 1;      /* it stands for something that is never read: a link, a submodule */
    const gops_warnings *warnings; /* NULL: none */
    gops_object objects[];
} gops_blob;

/* What a blob is made of; all of it is copied. */
typedef struct gops_blob_parts {
    const gops_blob_id *id;
    const gops_blob_id *name; /* NULL: the id; see gops_identity_name */
    const gops_object *objects;
    uint32_t count, skipped, unread;
    const gops_warnings *warnings; /* NULL: none */
} gops_blob_parts;

/* NULL: no memory. */
gops_blob *gops_blob_new(gops_pool *pool, const gops_blob_parts *parts);
gops_blob *gops_blob_ref(gops_blob *blob);
void gops_blob_drop(gops_blob *blob);

/* A file: a blob at a path. Objects in an index refer to it. */
typedef struct gops_file {
    gops_refcount references;
    gops_block *block; /* that it lives in */
    gops_blob *blob;   /* NULL: not known, or there is none */
    char path[];
} gops_file;

/* Takes one more hold on the blob, which may be NULL. NULL: no memory. */
gops_file *gops_file_new(gops_pool *pool, gops_blob *blob, const char *path);
gops_file *gops_file_ref(gops_file *file);
void gops_file_drop(gops_file *file);

#endif
