/*
 * digest: what a manifest and its objects are, in one line each. By XXH3 the index knows it; for
 * SHA-256 every object is opened once, file by file, because a file that is left is read again.
 */
#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"
#include "value/digest.h"
#include "value/document.h"

/* What is needed to make SHA-256 digests of objects. */
typedef struct maker {
    gitops_manifest *manifest;
    gops_sha256 *hash;
    gops_buffer bytes;
} maker;

/* An object with its place in the order of keys. */
typedef struct ranked {
    const gops_item *item;
    size_t rank;
} ranked;

static int start(maker *m, gitops_manifest *manifest)
{
    m->manifest = manifest;
    m->hash = gops_sha256_new(manifest->context);
    gops_buffer_init(&m->bytes, manifest->context, 0);
    return m->hash ? 0 : GITOPS_ENOMEM;
}

static void finish(maker *m)
{
    gops_buffer_release(&m->bytes);
    gops_sha256_free(m->hash);
}

static int digest_item(maker *m, const gops_item *item, uint8_t out[GOPS_SHA256_BYTES],
                       gitops_error *err)
{
    gitops_document *document;
    int rc = gops_manifest_open_entry(m->manifest, item, &document, err);
    if (rc < 0)
        return rc;
    rc = gops_value_sha256(&document->root, m->hash, &m->bytes, out);
    gitops_document_free(document);
    return rc < 0 ? gops_fail_memory(err) : 0;
}

/* By file and place in it. Any order of the files will do. */
static int compare_places(const void *left, const void *right)
{
    const gops_item *a = ((const ranked *)left)->item, *b = ((const ranked *)right)->item;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return a->object < b->object ? -1 : a->object > b->object;
}

static int digest_items(maker *m, ranked *order, uint8_t (*digests)[GOPS_SHA256_BYTES],
                        size_t count, gitops_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < count; i++)
        order[i] = (ranked){gops_index_at(m->manifest->index, i), i};
    if (count)
        qsort(order, count, sizeof *order, compare_places);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = digest_item(m, order[i].item, digests[order[i].rank], err);
    return rc;
}

static uint8_t *write_length(uint8_t *p, size_t length)
{
    for (int i = 0; i < 4; i++)
        *p++ = (uint8_t)(length >> (8 * i));
    return p;
}

/* "M", the number of objects; for each LENGTH, key and digest. */
static int digest_root(maker *m, uint8_t (*digests)[GOPS_SHA256_BYTES], size_t count,
                       uint8_t out[GOPS_SHA256_BYTES])
{
    uint8_t prefix[5] = {'M'};
    write_length(prefix + 1, count);
    int rc = gops_sha256_begin(m->hash);
    if (rc == 0)
        rc = gops_sha256_update(m->hash, prefix, sizeof prefix);
    for (size_t i = 0; i < count && rc == 0; i++) {
        const char *key = gops_item_object(gops_index_at(m->manifest->index, i))->key;
        write_length(prefix, strlen(key));
        rc = gops_sha256_update(m->hash, prefix, 4);
        if (rc == 0)
            rc = gops_sha256_update(m->hash, key, strlen(key));
        if (rc == 0)
            rc = gops_sha256_update(m->hash, digests[i], sizeof digests[i]);
    }
    return rc < 0 ? rc : gops_sha256_finish(m->hash, out);
}

static int digest_manifest(maker *m, uint8_t out[GOPS_SHA256_BYTES], gitops_error *err)
{
    gitops_context *context = m->manifest->context;
    size_t count = gops_index_count(m->manifest->index);
    ranked *order = gops_calloc(context, count, sizeof *order);
    uint8_t(*digests)[GOPS_SHA256_BYTES] = gops_calloc(context, count, sizeof *digests);
    int rc = order && digests ? digest_items(m, order, digests, count, err)
                              : gops_fail_memory(err);
    if (rc == 0 && digest_root(m, digests, count, out) < 0)
        rc = gops_fail_memory(err);
    gops_free(context, order);
    gops_free(context, digests);
    return rc;
}

/* item NULL: of the whole manifest. */
static int write_sha256(gitops_manifest *manifest, const gops_item *item, char *digest,
                        gitops_error *err)
{
    uint8_t bytes[GOPS_SHA256_BYTES];
    maker m;
    int rc = start(&m, manifest) < 0 ? gops_fail_memory(err)
             : item                  ? digest_item(&m, item, bytes, err)
                                     : digest_manifest(&m, bytes, err);
    if (rc == 0)
        gops_digest_write(digest, GITOPS_DIGEST_SHA256, bytes);
    finish(&m);
    return rc;
}

int gitops_manifest_digest(gitops_manifest *manifest, int32_t algorithm,
                           char out[GITOPS_DIGEST_SIZE], gitops_error *err)
{
    if (!manifest || !out)
        return gops_fail(err, GITOPS_EINVAL, "manifest digest: an argument is NULL");
    *out = '\0';
    int rc = gops_digest_algorithm(&algorithm, err);
    if (rc < 0)
        return rc;
    if (algorithm == GITOPS_DIGEST_SHA256)
        return write_sha256(manifest, NULL, out, err);
    gops_digest root = gops_index_digest(manifest->index);
    gops_digest_write(out, algorithm, root.bytes);
    return 0;
}

int gitops_manifest_object_digest(gitops_manifest *manifest, size_t i, int32_t algorithm,
                                  char out[GITOPS_DIGEST_SIZE], gitops_error *err)
{
    if (!manifest || !out)
        return gops_fail(err, GITOPS_EINVAL, "object digest: an argument is NULL");
    *out = '\0';
    int rc = gops_digest_algorithm(&algorithm, err);
    const gops_item *item = gops_index_at(manifest->index, i);
    if (rc == 0 && !item)
        rc = gops_fail(err, GITOPS_ENOTFOUND, "the manifest has no object %zu", i);
    if (rc < 0)
        return rc;
    if (algorithm == GITOPS_DIGEST_SHA256)
        return write_sha256(manifest, item, out, err);
    gops_digest_write(out, algorithm, gops_item_object(item)->digest.bytes);
    return 0;
}
