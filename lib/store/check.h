/*
 * Checksums of stored rows, and seals over all rows of a kind. A row that was changed is found by
 * its checksum, a row that was lost or came back by the seal.
 */
#ifndef GOPS_STORE_CHECK_H
#define GOPS_STORE_CHECK_H

#include "base/hash.h"

/* Each kind of row has its own seed, so that no row passes for one of another kind. */
typedef enum gops_check_kind {
    GOPS_CHECK_STORE = 1,
    GOPS_CHECK_UNIT,
    GOPS_CHECK_INVENTORY,
    GOPS_CHECK_INTENT,
    GOPS_CHECK_RUN,
    GOPS_CHECK_OPERATION,
    GOPS_CHECK_DOCUMENT,
    GOPS_CHECK_NOTE
} gops_check_kind;

/* A checksum over fields: begin, add in a fixed order, finish (gops_hasher_finish). */
void gops_check_begin(gops_hasher *hasher, gops_check_kind kind);
void gops_check_text(gops_hasher *hasher, const char *text); /* NULL differs from "" */
void gops_check_number(gops_hasher *hasher, uint64_t number);
void gops_check_digest(gops_hasher *hasher, const gops_digest *digest);

/* Of a document; all zero for none (data NULL). */
gops_digest gops_check_document(const void *data, size_t length);

/* How many rows there are and the exclusive or of their checksums. */
typedef struct gops_seal {
    uint64_t count;
    gops_digest sum;
} gops_seal;

void gops_seal_add(gops_seal *seal, const gops_digest *checksum);
void gops_seal_remove(gops_seal *seal, const gops_digest *checksum);

static inline int gops_seal_equal(const gops_seal *a, const gops_seal *b)
{
    return a->count == b->count && gops_digest_equal(&a->sum, &b->sum);
}

#endif
