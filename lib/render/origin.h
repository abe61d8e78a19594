/* Where the objects of a manifest come from: what was walked, and opening an object again. */
#ifndef GOPS_RENDER_ORIGIN_H
#define GOPS_RENDER_ORIGIN_H

#include "manifest/manifest.h"
#include "source/snapshot.h"
#include "value/reader.h"

typedef struct gops_news gops_news;

typedef struct gops_origin {
    gitops_context *context;
    gitops_snapshot *snapshot;
    gops_walk_options walk; /* owned copies */
    gitops_identity *identity;
    gops_news *news;        /* what this read found, to be remembered; NULL: nothing */
    gops_reader *reader;    /* for opening objects again; made on first use */
    gops_blob_id cached;    /* the file last opened, so that a file of many objects is read once */
    gops_buffer text;
    int has_text;
    gitops_document *list;  /* of the cached file: the document whose items were asked for last */
    uint32_t list_offset;
} gops_origin;

/* Copies path and excludes. NULL: no memory. */
gops_origin *gops_origin_new(gitops_context *context, gitops_snapshot *snapshot,
                             const gitops_manifest_options *options);
void gops_origin_free(void *origin);

/* The path by which keys know a file of the snapshot. */
const char *gops_origin_key_path(const gops_origin *origin, const char *path);

/* What the objects of a file are remembered by. */
gops_blob_id gops_origin_name(const gops_origin *origin, const char *path,
                              const gops_file_state *file);

/* Opens an object again; a gops_open_fn. */
int gops_origin_open(void *origin, const gops_item *entry, gitops_document **out,
                     gitops_error *err);

#endif
