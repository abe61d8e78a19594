/* Where the files of a repository are, and reading the small ones. */
#ifndef GOPS_SOURCE_GIT_FILES_H
#define GOPS_SOURCE_GIT_FILES_H

#include "base/context.h"

enum { GOPS_GIT_PATH_SIZE = 4096 };

typedef struct gops_git_layout {
    char git[GOPS_GIT_PATH_SIZE];    /* holds HEAD */
    char common[GOPS_GIT_PATH_SIZE]; /* holds objects, refs, packed-refs and config */
} gops_git_layout;

/*
 * Finds the repository at a path: a bare one, a working tree with a ".git" directory, or one with
 * a ".git" file (a linked working tree). Returns 0, GITOPS_ESOURCE, or GITOPS_EUNSUPPORTED
 * for a format that is not read here (objects named by SHA-256, refs in tables, borrowed objects).
 */
int gops_git_locate(gops_git_layout *out, gitops_context *context, const char *path,
                    gitops_error *err);

/* "base/name" into GOPS_GIT_PATH_SIZE bytes. Returns 0, or -1 when it does not fit. */
int gops_git_join(char *out, const char *base, const char *name);

/*
 * The whole text of a regular file that holds one line, without blanks at its end. The last
 * component is not followed when it is a link. Returns 0 or an errno value; EFBIG when it does not
 * fit, EINVAL when it is no regular file or holds a NUL.
 */
int gops_git_read_line(char *out, size_t size, const char *path);

/* The whole text of a regular file, at most size - 1 bytes, NUL-terminated. As above. */
int gops_git_read_file(char *out, size_t size, const char *path, size_t *length);

/* GITOPS_ESOURCE from an errno value. */
int gops_git_fail_file(gitops_error *err, int os_error, const char *path);

#endif
