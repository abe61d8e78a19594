/*
 * The files that a read looks into. The walk lists them, then one thread or several parse what is
 * not known yet; the results stand in the order of the list, whoever made them.
 */
#ifndef GOPS_RENDER_FILES_H
#define GOPS_RENDER_FILES_H

#include "render/origin.h"

/* One file that changed. */
typedef struct gops_listed {
    gops_file *file;              /* held; its blob is NULL when nothing could be made of it */
    gops_blob *before;            /* what it held before; held; NULL: it is new */
    int there;                    /* 0: it is gone */
    gops_file_state state;        /* when it is there */
    gitops_diagnostics *problems; /* of a broken one; NULL: none */
    uint32_t parsed;              /* by this read */
    uint32_t same;                /* 1 + place of an earlier file of this content; 0: none */
} gops_listed;

typedef struct gops_files {
    gitops_context *context;   /* borrowed */
    const gops_origin *origin; /* borrowed */
    gops_budget *budget;       /* borrowed: pays for all of the read */
    gops_pool pool;            /* of files */
    gops_listed *items;
    size_t count, capacity;
} gops_files;

void gops_files_init(gops_files *files, const gops_origin *origin, gops_budget *budget);
void gops_files_release(gops_files *files);

/*
 * Adds a file. blob is what is known of its content, NULL: nothing; before what it held before.
 * state NULL: it is gone. Returns 0 or GITOPS_ENOMEM, also when the budget is exceeded.
 */
int gops_files_add(gops_files *files, const char *path, const gops_file_state *state,
                   gops_blob *blob, gops_blob *before);

/*
 * Parses what is not known, on up to workers threads, the calling one included; a callback of the
 * host is called on the calling one only. Returns 0; GITOPS_ESOURCE or GITOPS_ENOMEM: of the first
 * file that could not be read; or GITOPS_ELIMIT when the budget is exceeded.
 */
int gops_files_parse(gops_files *files, gitops_snapshot *snapshot, int32_t workers,
                     gitops_error *err);

#endif
