/*
 * A read under way: changed files become changes of a manifest. The objects of what a file held
 * before leave the index, those of what it holds now come in.
 */
#ifndef GOPS_RENDER_READING_H
#define GOPS_RENDER_READING_H

#include "render/files.h"

typedef struct gops_reading {
    gitops_context *context;
    gitops_manifest *manifest; /* being made */
    const gops_origin *origin;
    gops_budget budget;        /* of limit max_load_bytes */
    gops_files files;          /* that changed */
    gops_item *added;          /* objects that come in */
    size_t added_count, added_capacity;
    int wants_news;            /* what is found is to be remembered ... */
    gops_news *news;           /* ... and this is it, of a good read; owned; NULL: no memory */
    gitops_error *err;
} gops_reading;

void gops_reading_init(gops_reading *r, gitops_manifest *manifest, const gops_origin *origin,
                       gitops_error *err);
void gops_reading_release(gops_reading *r);

/*
 * Takes the files into the manifest: their problems, contents and objects. base: the index is that
 * of this one, as the files were before; NULL: it is to be made from all files, whose list is then
 * given up. Returns 0, also with problems; the index is then empty. GITOPS_ELIMIT, GITOPS_ENOMEM.
 */
int gops_reading_finish(gops_reading *r, const gitops_manifest *base);

/* Adds the warnings of an earlier manifest, but for the files that this read looked into. */
void gops_reading_add_warnings(gops_reading *r, const gitops_diagnostics *earlier);

/* Tells the warnings of a file that has some. */
void gops_reading_warn(gitops_diagnostics *problems, const gops_file *file);

#endif
