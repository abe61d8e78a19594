/*
 * The files that a read looks into. The walk lists them, then one thread or several parse what is
 * not known yet; the results stand in the order of the list, whoever made them.
 */
#ifndef GOPS_RENDER_FILES_H
#define GOPS_RENDER_FILES_H

#include "base/arena.h"
#include "render/origin.h"
#include "value/diagnostics.h"

/* One file. */
typedef struct gops_listed {
    const char *path;
    gops_file_state state;
    gops_blob *blob;              /* held; NULL: nothing could be made of it */
    gitops_diagnostics *problems; /* that parsing it met; NULL: none */
    uint32_t parsed;              /* by this read */
    uint32_t same;                /* 1 + place of an earlier file of this content; 0: none */
} gops_listed;

typedef struct gops_files {
    gitops_context *context;   /* borrowed */
    const gops_origin *origin; /* borrowed */
    gops_arena paths;
    gops_listed *items;
    size_t count, capacity;
} gops_files;

void gops_files_init(gops_files *files, const gops_origin *origin);
void gops_files_release(gops_files *files);

/* Adds a file; blob is what is known of its content, NULL: nothing. Returns 0 or GITOPS_ENOMEM. */
int gops_files_add(gops_files *files, const char *path, const gops_file_state *state,
                   gops_blob *blob);

/*
 * Parses what is not known, on up to workers threads, the calling one included; a callback of the
 * host is called on the calling one only. Returns 0;
 * GITOPS_ESOURCE or GITOPS_ENOMEM: of the first file that could not be read.
 */
int gops_files_parse(gops_files *files, gitops_snapshot *snapshot, int32_t workers,
                     gitops_error *err);

#endif
