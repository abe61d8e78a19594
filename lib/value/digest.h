/* Digests that leave the library: by either algorithm, written with its name (docs/digest.md). */
#ifndef GOPS_VALUE_DIGEST_H
#define GOPS_VALUE_DIGEST_H

#include "base/buffer.h"
#include "base/crypto.h"
#include "value/value.h"

/* Puts the default in place of 0. Returns 0, or GITOPS_EINVAL for an algorithm that is none. */
int gops_digest_algorithm(int32_t *algorithm, gitops_error *err);

/* Writes the name of the algorithm, a colon, the bytes in hexadecimal and a NUL. */
void gops_digest_write(char out[GITOPS_DIGEST_SIZE], int32_t algorithm, const uint8_t *bytes);

/* SHA-256 of the canonical bytes, which are left in bytes. Returns 0 or GITOPS_ENOMEM. */
int gops_value_sha256(const gitops_value *value, gops_sha256 *hash, gops_buffer *bytes,
                      uint8_t out[GOPS_SHA256_BYTES]);

#endif
