/* Reading loose objects: one zlib stream per file. */
#ifndef GOPS_SOURCE_GIT_LOOSE_H
#define GOPS_SOURCE_GIT_LOOSE_H

#include <git2.h>

#include "base/context.h"

typedef struct gops_loose {
    git_object_t type;
    uint8_t *data; /* gops_free */
    size_t length;
} gops_loose;

/*
 * Reads and checks a loose object below an objects directory: the whole stream is there, has the
 * size that it claims and hashes to its id. Returns 0; GITOPS_ENOTFOUND when there is no such file
 * (err is not set); GITOPS_ELIMIT when it claims more than maximum bytes, before they are read;
 * GITOPS_ESOURCE when it is damaged; GITOPS_ENOMEM.
 */
int gops_loose_read(gops_loose *out, gitops_context *context, const char *objects,
                    const git_oid *id, uint64_t maximum, gitops_error *err);

#endif
