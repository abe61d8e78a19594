/*
 * contents: a list of blobs and their places by name. What an earlier process knew comes as a list,
 * which is put in order only when somebody looks for something: that takes longer than all the rest
 * of a start.
 */
#include "manifest/contents.h"

#include <string.h>

gops_contents *gops_contents_new(gitops_context *context, gitops_identity *identity)
{
    gops_contents *contents = gops_calloc(context, 1, sizeof *contents);
    if (!contents)
        return NULL;
    gops_refcount_init(&contents->references);
    contents->context = gops_context_ref(context);
    contents->identity = gops_identity_ref(identity);
    gops_intern_init(&contents->by_name, context);
    return contents;
}

gops_contents *gops_contents_ref(gops_contents *contents)
{
    gops_refcount_take(&contents->references);
    return contents;
}

void gops_contents_drop(gops_contents *contents)
{
    if (!contents || !gops_refcount_drop(&contents->references))
        return;
    gitops_context *context = contents->context;
    for (size_t i = 0; i < contents->count; i++)
        gops_blob_drop(contents->blobs[i]);
    gops_free(context, contents->blobs);
    gops_intern_release(&contents->by_name);
    gitops_identity_free(contents->identity);
    gops_free(context, contents);
    gitops_context_free(context);
}

static uint64_t hash_name(const gops_blob_id *name)
{
    return gops_hash64(name->bytes, sizeof name->bytes);
}

static int has_name(const void *owner, uint32_t number, const void *wanted)
{
    const gops_contents *contents = owner;
    const gops_blob_id *name = wanted;
    return memcmp(contents->blobs[number - 1]->name, name, sizeof *name) == 0;
}

/* 1 + place of the blob with a name, among those in order; 0: there is none. */
static uint32_t place_of(const gops_contents *contents, const gops_blob_id *name)
{
    return gops_intern_find(&contents->by_name, hash_name(name), has_name, contents, name);
}

/* Puts the blobs in order that are not yet; of two with one name the first is found. */
static int settle(gops_contents *contents)
{
    int rc = 0;
    while (contents->in_order < contents->count && rc == 0) {
        const gops_blob_id *name = contents->blobs[contents->in_order]->name;
        if (!place_of(contents, name))
            rc = gops_intern_add(&contents->by_name, hash_name(name),
                                 (uint32_t)contents->in_order + 1);
        contents->in_order += rc == 0;
    }
    return rc;
}

int gops_contents_find(gops_contents *contents, const gops_blob_id *name, gops_blob **out)
{
    *out = NULL;
    if (settle(contents) < 0)
        return GITOPS_ENOMEM;
    uint32_t place = place_of(contents, name);
    *out = place ? contents->blobs[place - 1] : NULL;
    return 0;
}

int gops_contents_keep(gops_contents *contents, gops_blob *blob)
{
    if (settle(contents) < 0)
        return GITOPS_ENOMEM;
    if (place_of(contents, blob->name))
        return 0;
    if (gops_grow(contents->context, &contents->blobs, &contents->capacity, contents->count + 1,
                  sizeof(gops_blob *)) < 0)
        return GITOPS_ENOMEM;
    contents->blobs[contents->count++] = gops_blob_ref(blob);
    return settle(contents);
}

void gops_contents_take(gops_contents *contents, gops_blob **blobs, size_t count)
{
    contents->blobs = blobs;
    contents->count = contents->capacity = count;
}

/* A blob without objects is in no index; it costs little and is never dead. */
static int is_dead(gops_blob *blob)
{
    return blob->count > 0 && atomic_load(&blob->references) == 1;
}

void gops_contents_trim(gops_contents *contents, size_t live)
{
    enum { ALWAYS_KEPT = 1024 };
    size_t kept = 0;
    if (contents->count < 2 * live + ALWAYS_KEPT)
        return;
    for (size_t i = 0; i < contents->count; i++)
        if (is_dead(contents->blobs[i]))
            gops_blob_drop(contents->blobs[i]);
        else
            contents->blobs[kept++] = contents->blobs[i];
    contents->count = kept;
    contents->in_order = 0; /* places have changed: they are noted anew by the next look-up */
    gops_intern_release(&contents->by_name);
    gops_intern_init(&contents->by_name, contents->context);
}
