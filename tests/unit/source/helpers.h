/* What the tests of sources share: recording a walk, and running git in a directory of its own. */
#ifndef TESTS_SOURCE_HELPERS_H
#define TESTS_SOURCE_HELPERS_H

#include "support.h"

#include <gitops/source.h>

#include "source/snapshot.h"

/*
 * Walks and returns one line per call of the callback: "+path", "-path" or "~path", with a "*" at
 * the end when the file may be executed now. malloc'd. A failure is its code's name. excludes is a list that ends with NULL, or NULL.
 */
char *helper_walk(gitops_snapshot *before, gitops_snapshot *after, const char *path,
                  const char *const *excludes);

/* Asserts the lines above. */
void helper_assert_walk(gitops_snapshot *before, gitops_snapshot *after, const char *path,
                        const char *const *excludes, const char *expected);

/* The same for all of a snapshot, with "?path" for what is never read. */
void helper_assert_walk_all(gitops_snapshot *s, const char *const *excludes, const char *expected);

/* Puts a file whose content is text. */
void helper_put(gitops_source *source, const char *path, const char *text);

/* Fetches; fails the test when that fails. */
gitops_snapshot *helper_fetch(gitops_source *source);

/* Writes directory/path, making the directories in between. */
void helper_write(const char *directory, const char *path, const char *text);

/*
 * Runs a shell command in a directory, with git away from the configuration of the machine. Returns
 * its exit status. Format as of printf.
 */
int helper_run(const char *directory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, and the output without its last newline; malloc'd. */
char *helper_output(const char *directory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* 1 when git can be run; else a message, and 0. */
int helper_have_git(void);

/* Skips the test when git is not there. */
#define HELPER_NEED_GIT()                                                                          \
    do {                                                                                           \
        if (!helper_have_git())                                                                    \
            skip();                                                                                \
    } while (0)

#endif
