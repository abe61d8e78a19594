/*
 * crypto: SHA-256 by OpenSSL's EVP, which uses the processor's own instructions.
 */
#include "base/crypto.h"

#include <openssl/evp.h>

struct gops_sha256 {
    gitops_context *context;
    EVP_MD_CTX *evp;
};

gops_sha256 *gops_sha256_new(gitops_context *context)
{
    gops_sha256 *hash = gops_alloc(context, sizeof *hash);
    if (!hash)
        return NULL;
    hash->context = context;
    hash->evp = EVP_MD_CTX_new();
    if (!hash->evp || EVP_DigestInit_ex(hash->evp, EVP_sha256(), NULL) != 1) {
        gops_sha256_free(hash);
        return NULL;
    }
    return hash;
}

void gops_sha256_free(gops_sha256 *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->evp);
    gops_free(hash->context, hash);
}

int gops_sha256_begin(gops_sha256 *hash)
{
    /* Naming the algorithm again would look it up again, which costs as much as a short hash. */
    return EVP_DigestInit_ex(hash->evp, NULL, NULL) == 1 ? 0 : GITOPS_ENOMEM;
}

int gops_sha256_update(gops_sha256 *hash, const void *data, size_t length)
{
    return EVP_DigestUpdate(hash->evp, data, length) == 1 ? 0 : GITOPS_ENOMEM;
}

int gops_sha256_finish(gops_sha256 *hash, uint8_t out[GOPS_SHA256_BYTES])
{
    unsigned int length = 0;
    return EVP_DigestFinal_ex(hash->evp, out, &length) == 1 ? 0 : GITOPS_ENOMEM;
}
