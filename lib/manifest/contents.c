/*
 * contents: a table of blobs by name. What an earlier process knew comes as a plain list and waits
 * to be put into the table, because a hundred thousand entries take longer than all the rest.
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
    gops_table_init(&contents->blobs, context);
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
    gops_blob *blob;
    for (size_t i = 0; (blob = gops_table_next(&contents->blobs, &i)) != NULL;)
        gops_blob_drop(blob);
    for (size_t i = 0; i < contents->later_count; i++)
        gops_blob_drop(contents->later[i]);
    gops_free(context, contents->later);
    gops_table_release(&contents->blobs);
    gitops_identity_free(contents->identity);
    gops_free(context, contents);
    gitops_context_free(context);
}

static gops_blob *get(const gops_contents *contents, const gops_blob_id *name)
{
    return gops_table_get(&contents->blobs, name->bytes, sizeof name->bytes);
}

static int put(gops_table *table, gops_blob *blob)
{
    return gops_table_set(table, blob->name->bytes, sizeof blob->name->bytes, blob);
}

/* Puts what waits into the table; the hold passes over. Returns 0 or GITOPS_ENOMEM. */
static int settle(gops_contents *contents)
{
    if (contents->later_count == 0)
        return 0;
    if (gops_table_reserve(&contents->blobs, contents->blobs.count + contents->later_count) < 0)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < contents->later_count; i++) {
        gops_blob *blob = contents->later[i];
        if (get(contents, blob->name))
            gops_blob_drop(blob);
        else
            (void)put(&contents->blobs, blob); /* there is room */
    }
    gops_free(contents->context, contents->later);
    contents->later = NULL;
    contents->later_count = 0;
    return 0;
}

int gops_contents_find(gops_contents *contents, const gops_blob_id *name, gops_blob **out)
{
    *out = NULL;
    if (settle(contents) < 0)
        return GITOPS_ENOMEM;
    *out = get(contents, name);
    return 0;
}

int gops_contents_keep(gops_contents *contents, gops_blob *blob)
{
    if (settle(contents) < 0)
        return GITOPS_ENOMEM;
    if (get(contents, blob->name))
        return 0;
    if (put(&contents->blobs, blob) < 0)
        return GITOPS_ENOMEM;
    gops_blob_ref(blob);
    return 0;
}

void gops_contents_take(gops_contents *contents, gops_blob **blobs, size_t count)
{
    contents->later = blobs;
    contents->later_count = count;
}

/* A blob without objects is in no index; it costs little and is never dead. */
static int is_dead(gops_blob *blob)
{
    return blob->count > 0 && atomic_load(&blob->references) == 1;
}

void gops_contents_trim(gops_contents *contents, size_t live)
{
    enum { ALWAYS_KEPT = 1024 };
    gops_table kept;
    gops_blob *blob;
    if (contents->blobs.count < 2 * live + ALWAYS_KEPT)
        return;
    gops_table_init(&kept, contents->context);
    for (size_t i = 0; (blob = gops_table_next(&contents->blobs, &i)) != NULL;)
        if (!is_dead(blob) && put(&kept, blob) < 0) {
            gops_table_release(&kept); /* no memory to shrink: keep everything */
            return;
        }
    for (size_t i = 0; (blob = gops_table_next(&contents->blobs, &i)) != NULL;)
        if (is_dead(blob))
            gops_blob_drop(blob);
    gops_table_release(&contents->blobs);
    contents->blobs = kept;
}
