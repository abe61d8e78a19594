/* A blob as bytes, for a later process. */
#ifndef GOPS_MANIFEST_BLOB_RECORD_H
#define GOPS_MANIFEST_BLOB_RECORD_H

#include "base/pack.h"
#include "manifest/blob.h"

void gops_blob_id_pack(gops_buffer *out, const gops_blob_id *id);
gops_blob_id gops_blob_id_unpack(gops_unpack *in);

void gops_blob_pack(gops_buffer *out, const gops_blob *blob);

/* Room for the objects and warnings of the blob that is read; release it at the end. */
typedef struct gops_blob_scratch {
    gitops_context *context; /* borrowed */
    gops_object *objects;
    gops_diagnostic *warnings;
    size_t object_capacity, warning_capacity;
} gops_blob_scratch;

void gops_blob_scratch_release(gops_blob_scratch *scratch);

/* Makes the blob in the pool. Returns 0, GITOPS_ECORRUPT (the bytes are no blob) or ENOMEM. */
int gops_blob_unpack(gops_unpack *in, gops_pool *pool, gops_blob_scratch *scratch, gops_blob **out);

#endif
