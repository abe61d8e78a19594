/* The files of a directory target: keys as paths, reading, atomic writing. */
#ifndef DIR_FILES_H
#define DIR_FILES_H

#include "program.h"

#define DIR_ID_FILE ".gitops-target"

/* Why something did not work: an errno value and a line for people. */
typedef struct dir_problem {
    int code;
    char text[1024];
    char within[768]; /* where the names in messages are, with a slash at its end */
} dir_problem;

/* Names of the calls below are in root, a namespace there, a kind in that; NULL: not so deep. */
void dir_within(dir_problem *problem, const char *root, const char *space, const char *kind);

/* Sets the problem from errno: "cannot <doing> <name>: ...". Returns -1. */
int dir_fail(dir_problem *problem, const char *doing, const char *name);

/* A key's three parts, copied out of it. */
typedef struct dir_key {
    char space[256], kind[256], file[264];
} dir_key;

/* Splits a key. Returns 0, or -1 when it is no key or a part could leave the directory. */
int dir_split(const char *key, dir_key *out, dir_problem *problem);

/* 1 when a name can be a part of a key; "file" names come without ".yaml". */
int dir_is_segment(const char *name, size_t length);

/* 1 for the temporary files that an interrupted write leaves behind. */
int dir_is_temporary(const char *name);

/* Sorted names in a directory; free with dir_names_free. */
typedef struct dir_names {
    char **names;
    size_t count, capacity;
} dir_names;

int dir_names_read(int directory, const char *shown, dir_names *out, dir_problem *problem);
void dir_names_free(dir_names *names);

/*
 * Opens a directory in another without following a symbolic link.
 * Returns a descriptor; -1 with problem->code ENOENT when there is none; -2 with ENOTDIR for a
 * plain file; -1 with another code otherwise.
 */
int dir_open(int parent, const char *name, dir_problem *problem);

/* The same, made when missing. */
int dir_make(int parent, const char *name, dir_problem *problem);

/* Reads a regular file, not through a symbolic link. 0, or -1 (ENOENT when there is none). */
int dir_read(int directory, const char *name, bytes *out, dir_problem *problem);

/*
 * Writes a file so that it is there whole or not at all, also after a crash.
 * Returns 0; -1: nothing happened; -2: it happened, but may not survive a crash.
 */
int dir_write(int directory, const char *name, const char *data, size_t length,
              dir_problem *problem);

/* Text that changes whenever the bytes do. */
void dir_version(const char *data, size_t length, char version[40]);

#endif
