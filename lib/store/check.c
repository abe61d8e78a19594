/*
 * check: fields are hashed with their lengths in a fixed byte order, so that a state file means
 * the same on every machine and no two rows give the same bytes.
 */
#include "store/check.h"

void gops_check_begin(gops_hasher *hasher, gops_check_kind kind)
{
    gops_hasher_begin(hasher, (uint64_t)kind);
}

void gops_check_number(gops_hasher *hasher, uint64_t number)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    gops_hasher_put(hasher, bytes, sizeof bytes);
}

void gops_check_text(gops_hasher *hasher, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    gops_check_number(hasher, text ? length : UINT64_MAX);
    gops_hasher_put(hasher, text, length);
}

void gops_check_digest(gops_hasher *hasher, const gops_digest *digest)
{
    gops_hasher_put(hasher, digest->bytes, sizeof digest->bytes);
}

gops_digest gops_check_document(const void *data, size_t length)
{
    gops_digest none = {{0}};
    return data ? gops_hash128(GOPS_CHECK_DOCUMENT, data, length) : none;
}

static void mix(gops_seal *seal, const gops_digest *checksum)
{
    for (size_t i = 0; i < sizeof seal->sum.bytes; i++)
        seal->sum.bytes[i] ^= checksum->bytes[i];
}

void gops_seal_add(gops_seal *seal, const gops_digest *checksum)
{
    seal->count++;
    mix(seal, checksum);
}

void gops_seal_remove(gops_seal *seal, const gops_digest *checksum)
{
    seal->count--;
    mix(seal, checksum);
}
