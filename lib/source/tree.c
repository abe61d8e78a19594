/*
 * tree: order and search within one directory. Git sorts a directory as if its name ended with a
 * slash, which makes a walk in entry order a walk in the byte order of whole paths; the sources
 * that are not Git keep the same order.
 */
#include "source/tree.h"

void gops_listing_release(gops_listing *listing)
{
    if (listing->release)
        listing->release(listing->owner);
    memset(listing, 0, sizeof *listing);
}

/* The byte behind the shared part of two names. */
static int byte_at(const gops_entry *entry, size_t i)
{
    if (i < entry->length)
        return (unsigned char)entry->name[i];
    return entry->kind == GOPS_ENTRY_DIRECTORY ? '/' : 0;
}

int gops_entry_compare(const gops_entry *a, const gops_entry *b)
{
    size_t shared = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->name, b->name, shared);
    return order ? order : byte_at(a, shared) - byte_at(b, shared);
}

const gops_entry *gops_entries_find(const gops_entry *entries, size_t count, const char *name,
                                    size_t length, int directory)
{
    gops_entry wanted = {
        name, length, directory ? GOPS_ENTRY_DIRECTORY : GOPS_ENTRY_FILE, {{{0}}, 0}, NULL};
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = gops_entry_compare(&entries[middle], &wanted);
        if (order == 0)
            return &entries[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const gops_entry *gops_entries_find_any(const gops_entry *entries, size_t count, const char *name,
                                        size_t length)
{
    const gops_entry *found = gops_entries_find(entries, count, name, length, 0);
    return found ? found : gops_entries_find(entries, count, name, length, 1);
}
