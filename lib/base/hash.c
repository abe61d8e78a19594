/*
 * hash: the one place that knows xxHash. The inline build lets the compiler specialise the short
 * inputs that make up nearly all of the work.
 */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

_Static_assert(sizeof(XXH3_state_t) <= sizeof((gops_hasher *)0)->state, "state holds XXH3's");

static gops_digest to_digest(XXH128_hash_t hash)
{
    gops_digest digest;
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    memcpy(digest.bytes, canonical.digest, sizeof digest.bytes);
    return digest;
}

gops_digest gops_hash128(uint64_t seed, const void *data, size_t length)
{
    return to_digest(XXH3_128bits_withSeed(data, length, seed));
}

uint64_t gops_hash64(const void *data, size_t length)
{
    return XXH3_64bits(data, length);
}

void gops_hasher_begin(gops_hasher *hasher, uint64_t seed)
{
    hasher->seed = seed;
    hasher->used = 0;
    hasher->streaming = 0;
}

/* Streams what was gathered. */
static XXH3_state_t *flush(gops_hasher *hasher)
{
    XXH3_state_t *state = (XXH3_state_t *)(void *)hasher->state;
    if (!hasher->streaming) {
        hasher->streaming = 1;
        XXH3_INITSTATE(state);
        XXH3_128bits_reset_withSeed(state, hasher->seed);
    }
    XXH3_128bits_update(state, hasher->gathered, hasher->used);
    hasher->used = 0;
    return state;
}

uint8_t *gops_hasher_make_room(gops_hasher *hasher, size_t size)
{
    if (size > sizeof hasher->gathered)
        return NULL;
    flush(hasher);
    return hasher->gathered;
}

void gops_hasher_put(gops_hasher *hasher, const void *data, size_t length)
{
    uint8_t *room = gops_hasher_room(hasher, length);
    if (!room) {
        XXH3_128bits_update(flush(hasher), data, length);
        return;
    }
    if (length)
        memcpy(room, data, length);
    hasher->used += length;
}

gops_digest gops_hasher_finish(gops_hasher *hasher)
{
    if (!hasher->streaming)
        return gops_hash128(hasher->seed, hasher->gathered, hasher->used);
    return to_digest(XXH3_128bits_digest(flush(hasher)));
}

void gops_hex(char *out, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * count] = '\0';
}
