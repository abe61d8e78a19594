/*
 * influence: a digest over versions, limits, identity, path and patterns, each with its length. The
 * limits go in as they stand in memory, so that none can be forgotten.
 */
#include "render/influence.h"

#include <string.h>

#include "manifest/control.h"

static void put_text(gops_hasher *hasher, const char *text)
{
    uint64_t length = strlen(text);
    gops_hasher_put(hasher, &length, sizeof length);
    gops_hasher_put(hasher, text, (size_t)length);
}

/* Behind struct_size, which is the caller's. */
static const void *limits_of(const gitops_limits *limits, size_t *size)
{
    *size = sizeof *limits - sizeof limits->struct_size;
    return (const char *)limits + sizeof limits->struct_size;
}

static void put_limits(gops_hasher *hasher, const gitops_limits *limits)
{
    size_t size;
    const void *bytes = limits_of(limits, &size);
    gops_hasher_put(hasher, bytes, size);
}

int gops_influence(const gops_origin *origin, gops_digest *out)
{
    const uint64_t formats[] = {GOPS_READ_FORMAT, GOPS_CONTROL_FORMAT};
    const uint64_t excludes = origin->walk.exclude_count;
    gops_hasher hasher;
    if (!gops_identity_lasts(origin->identity))
        return 0;
    gops_hasher_begin(&hasher, 'M');
    gops_hasher_put(&hasher, formats, sizeof formats);
    put_text(&hasher, gitops_version());
    put_text(&hasher, gops_reader_version());
    put_limits(&hasher, &origin->context->limits);
    put_text(&hasher, gops_identity_text(origin->identity));
    put_text(&hasher, origin->walk.path);
    gops_hasher_put(&hasher, &excludes, sizeof excludes);
    for (size_t i = 0; i < origin->walk.exclude_count; i++)
        put_text(&hasher, origin->walk.excludes[i]);
    *out = gops_hasher_finish(&hasher);
    return 1;
}

int gops_same_limits(const gitops_context *a, const gitops_context *b)
{
    size_t size;
    const void *first = limits_of(&a->limits, &size), *second = limits_of(&b->limits, &size);
    return memcmp(first, second, size) == 0;
}
