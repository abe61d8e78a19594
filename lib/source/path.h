/* Names and paths inside a snapshot: what is accepted from a repository or a host. */
#ifndef GOPS_SOURCE_PATH_H
#define GOPS_SOURCE_PATH_H

#include <stddef.h>

enum {
    GOPS_PATH_SIZE = 4096, /* longest path of a file, with its NUL */
    GOPS_PATH_DEPTH = 256  /* most directories above a file */
};

/*
 * Why a name must not stand in a tree ("is empty", "looks like .git", ...), or NULL when it may.
 * Look-alikes are those of file systems that fold case, ignore code points or have short names.
 */
const char *gops_name_fault(const char *name, size_t length);

/*
 * Why a text is no relative path (names joined by "/"), or NULL when it is. "" is the root and
 * fine. strict asks gops_name_fault about each name; otherwise only "", "." and ".." are refused.
 */
const char *gops_path_fault(const char *path, int strict);

/* 1 when the name is ".git" in any case. */
int gops_name_is_dot_git(const char *name, size_t length);

#endif
