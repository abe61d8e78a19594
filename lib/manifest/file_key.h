/* Keys of files: DIRECTORY/File/NAME, with escapes that can be undone (docs/identity.md). */
#ifndef GOPS_MANIFEST_FILE_KEY_H
#define GOPS_MANIFEST_FILE_KEY_H

#include "base/buffer.h"

/*
 * Appends the key of a file at a relative path of names. Returns 0; GITOPS_EINVAL for another path;
 * GITOPS_ELIMIT when a segment would be too long; GITOPS_ENOMEM.
 */
int gops_file_key_put(gops_buffer *key, const char *path, gitops_error *err);

/* Appends the path of a file's key. Returns 0; GITOPS_EINVAL when no file has it; GITOPS_ENOMEM. */
int gops_file_key_undo(gops_buffer *path, const char *key, gitops_error *err);

#endif
