/* XXH3: 128-bit content digests and 64-bit table hashes. No security property. */
#ifndef GOPS_BASE_HASH_H
#define GOPS_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct gops_digest {
    uint8_t bytes[16]; /* XXH3-128 in canonical (big-endian) order */
} gops_digest;

/* One shot; seed separates domains. */
gops_digest gops_hash128(uint64_t seed, const void *data, size_t length);
uint64_t gops_hash64(const void *data, size_t length);

/* The same digest piece by piece: pieces are gathered, and streamed when there is no more room. */
typedef struct gops_hasher {
    uint64_t seed;
    size_t used;      /* bytes gathered, and not streamed so far */
    int streaming;
    uint8_t gathered[1024];
    _Alignas(64) uint8_t state[640]; /* XXH3_state_t, once streaming */
} gops_hasher;

void gops_hasher_begin(gops_hasher *hasher, uint64_t seed);
void gops_hasher_put(gops_hasher *hasher, const void *data, size_t length);
gops_digest gops_hasher_finish(gops_hasher *hasher);

/* What gops_hasher_room does when what was gathered is in the way. */
uint8_t *gops_hasher_make_room(gops_hasher *hasher, size_t size);

/*
 * Room for size more bytes, to be written in place; what was written is then counted by
 * gops_hasher_end. NULL when there is never so much room: use gops_hasher_put.
 */
static inline uint8_t *gops_hasher_room(gops_hasher *hasher, size_t size)
{
    return size <= sizeof hasher->gathered - hasher->used ? hasher->gathered + hasher->used
                                                          : gops_hasher_make_room(hasher, size);
}

static inline void gops_hasher_end(gops_hasher *hasher, const uint8_t *end)
{
    hasher->used = (size_t)(end - hasher->gathered);
}

static inline int gops_digest_equal(const gops_digest *a, const gops_digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* Lower-case hexadecimal of count bytes, and a NUL: 2 * count + 1 bytes. */
void gops_hex(char *out, const uint8_t *bytes, size_t count);

#endif
