/*
 * Numbers and bytes one behind the other. Numbers take as many bytes as they need, seven bits each.
 * Reading never goes beyond the end: what is not there reads as 0, and the reader is broken.
 */
#ifndef GOPS_BASE_PACK_H
#define GOPS_BASE_PACK_H

#include <string.h>

#include "base/buffer.h"

enum { GOPS_PACK_NUMBER_MAX = 10 }; /* bytes of a number */

void gops_pack_number(gops_buffer *out, uint64_t number);
void gops_pack_text(gops_buffer *out, const char *text, size_t length); /* with its length */

typedef struct gops_unpack {
    const char *at, *end;
    int broken;
} gops_unpack;

uint64_t gops_unpack_long(gops_unpack *in);

static inline uint64_t gops_unpack_number(gops_unpack *in)
{
    int is_short = in->at < in->end && !(*in->at & 0x80);
    return is_short ? (uint64_t)*in->at++ : gops_unpack_long(in);
}

/* A number that must fit into 32 bits. */
static inline uint32_t gops_unpack_u32(gops_unpack *in)
{
    uint64_t number = gops_unpack_number(in);
    in->broken |= number > UINT32_MAX;
    return (uint32_t)number;
}

/* Bytes without a length, borrowed; NULL when there are fewer. */
static inline const char *gops_unpack_bytes(gops_unpack *in, size_t length)
{
    const char *bytes = in->at;
    if (in->broken || length > (size_t)(in->end - in->at)) {
        in->broken = 1;
        return NULL;
    }
    in->at += length;
    return bytes;
}

/* A text as gops_pack_text writes it. */
static inline const char *gops_unpack_text(gops_unpack *in, size_t *length)
{
    *length = (size_t)gops_unpack_number(in);
    return gops_unpack_bytes(in, *length);
}

#endif
