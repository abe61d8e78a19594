/*
 * Remembering a manifest for a later process: as a whole, or what a read found against the one that
 * is remembered. The records are those that recall reads.
 */
#ifndef GOPS_RENDER_REMEMBER_H
#define GOPS_RENDER_REMEMBER_H

#include "base/memo.h"
#include "render/reading.h"

/* Kinds of records, as their first byte. */
enum {
    GOPS_RECORD_HEAD = 'H',  /* root, files, objects: begins a base */
    GOPS_RECORD_FILES = 'F', /* files in the order of their paths */
    GOPS_RECORD_ORDER = 'O', /* places of objects among those of all files, in the order of keys */
    GOPS_RECORD_CHANGE = 'C' /* roots before and after, and the files that changed in between */
};

/* What a read found: the files that changed since the manifest of a tree, or all files. */
struct gops_news {
    gitops_context *context; /* borrowed */
    int all;
    gops_blob_id from; /* the tree, unless it is all */
    struct {
        gops_file *file;   /* its blob is NULL when it is gone */
        gops_blob *before;
    } *changes;            /* both held */
    size_t count;
};

/* Takes what a successful read found. base NULL: it looked into all files. NULL: no memory. */
gops_news *gops_news_new(gops_files *files, const gitops_manifest *base);
void gops_news_free(gops_news *news);

/*
 * Remembers what a read found, if it is not known already. A failure is no concern of the read: it
 * is logged, and costs time in the next process.
 */
void gops_remember(gitops_manifest *manifest, gitops_memo *memo);

/* 1 when so much was added to the base that a new one is due. */
int gops_remember_is_long(uint64_t base_bytes, uint64_t more_bytes);

#endif
