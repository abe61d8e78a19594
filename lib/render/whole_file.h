/*
 * A file as an object of its own, whatever is in it: {"mode": "0644", "content": TEXT}, with
 * "base64" instead of "content" when the bytes are no text. Text is UTF-8 without NUL, byte for
 * byte as in the file.
 */
#ifndef GOPS_RENDER_WHOLE_FILE_H
#define GOPS_RENDER_WHOLE_FILE_H

#include "manifest/blob.h"
#include "value/diagnostics.h"
#include "value/value.h"

/*
 * Makes the document of a file in the arena; bytes are copied. Returns 0, GITOPS_ELIMIT (too long
 * to be one value) or GITOPS_ENOMEM.
 */
int gops_whole_file_document(gops_arena *arena, uint32_t mode, const char *bytes, size_t length,
                             gitops_value *root, gitops_error *err);

typedef struct gops_whole_file {
    const char *key_path; /* its path, relative to the path that is read */
    const char *where;    /* its path in the snapshot, for problems */
    const gops_blob_id *id, *name;
    uint32_t mode;
    const char *bytes;
    size_t length;
} gops_whole_file;

/*
 * Makes the blob of a file in the pool; scratch is reset. A path that cannot be a key is a problem,
 * and the blob has no object. Returns 0 or GITOPS_ENOMEM with *out NULL.
 */
int gops_whole_file_blob(gops_pool *pool, gops_arena *scratch, const gops_whole_file *file,
                         gitops_diagnostics *problems, gops_blob **out, gitops_error *err);

#endif
