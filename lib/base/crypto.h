/* SHA-256, for what a person or another machine relies on. */
#ifndef GOPS_BASE_CRYPTO_H
#define GOPS_BASE_CRYPTO_H

#include "base/context.h"

enum { GOPS_SHA256_BYTES = 32 };

typedef struct gops_sha256 gops_sha256;

/* A reusable hasher; NULL when there is no memory. */
gops_sha256 *gops_sha256_new(gitops_context *context);
void gops_sha256_free(gops_sha256 *hash);

/* begin, update any number of times, finish. Return 0 or GITOPS_ENOMEM (OpenSSL failed). */
int gops_sha256_begin(gops_sha256 *hash);
int gops_sha256_update(gops_sha256 *hash, const void *data, size_t length);
int gops_sha256_finish(gops_sha256 *hash, uint8_t out[GOPS_SHA256_BYTES]);

#endif
