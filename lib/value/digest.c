/*
 * digest: XXH3-128 stands in the tree; SHA-256 is made over the canonical bytes when it is asked
 * for.
 */
#include "value/digest.h"

#include <string.h>

#include "value/emit.h"

int gops_digest_algorithm(int32_t *algorithm, gitops_error *err)
{
    if (*algorithm < 0 || *algorithm > GITOPS_DIGEST_SHA256)
        return gops_fail(err, GITOPS_EINVAL, "digest: algorithm %d is unknown", (int)*algorithm);
    if (*algorithm == 0)
        *algorithm = GITOPS_DIGEST_XXH3;
    return 0;
}

void gops_digest_write(char out[GITOPS_DIGEST_SIZE], int32_t algorithm, const uint8_t *bytes)
{
    static const char xxh3[] = "xxh3:", sha256[] = "sha256:";
    if (algorithm == GITOPS_DIGEST_SHA256) {
        memcpy(out, sha256, sizeof sha256);
        gops_hex(out + sizeof sha256 - 1, bytes, GOPS_SHA256_BYTES);
    } else {
        memcpy(out, xxh3, sizeof xxh3);
        gops_hex(out + sizeof xxh3 - 1, bytes, sizeof(gops_digest));
    }
}

int gops_value_sha256(const gitops_value *value, gops_sha256 *hash, gops_buffer *bytes,
                      uint8_t out[GOPS_SHA256_BYTES])
{
    gops_buffer_clear(bytes);
    gops_emit_canonical(bytes, value);
    int rc = bytes->status ? bytes->status : gops_sha256_begin(hash);
    if (rc == 0)
        rc = gops_sha256_update(hash, bytes->data, bytes->length);
    return rc < 0 ? rc : gops_sha256_finish(hash, out);
}

static int write_sha256(char *digest, gitops_context *context, const gitops_value *value,
                        gitops_error *err)
{
    uint8_t bytes[GOPS_SHA256_BYTES];
    gops_buffer canonical;
    gops_sha256 *hash = gops_sha256_new(context);
    gops_buffer_init(&canonical, context, 0);
    int rc = hash ? gops_value_sha256(value, hash, &canonical, bytes) : GITOPS_ENOMEM;
    if (rc == 0)
        gops_digest_write(digest, GITOPS_DIGEST_SHA256, bytes);
    gops_buffer_release(&canonical);
    gops_sha256_free(hash);
    return rc < 0 ? gops_fail_memory(err) : 0;
}

int gitops_value_digest(gitops_context *context, const gitops_value *value, int32_t algorithm,
                        char out[GITOPS_DIGEST_SIZE], gitops_error *err)
{
    static const gitops_value null = {.type = GITOPS_VALUE_NULL};
    if (!context || !out)
        return gops_fail(err, GITOPS_EINVAL, "digest: context or out is NULL");
    *out = '\0';
    int rc = gops_digest_algorithm(&algorithm, err);
    if (rc < 0)
        return rc;
    if (!value)
        value = &null;
    if (algorithm == GITOPS_DIGEST_SHA256)
        return write_sha256(out, context, value, err);
    gops_digest own = gops_value_digest(value);
    gops_digest_write(out, algorithm, own.bytes);
    return 0;
}
