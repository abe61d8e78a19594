/* Name of a file's content: a Git object id (20 or 32 bytes) or a digest, padded with zeros. */
#ifndef GOPS_BASE_BLOB_ID_H
#define GOPS_BASE_BLOB_ID_H

#include <stdint.h>

typedef struct gops_blob_id {
    uint8_t bytes[32];
} gops_blob_id;

#endif
