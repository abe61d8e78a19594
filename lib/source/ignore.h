/*
 * Ignore rules with the syntax and meaning of git's .gitignore files. A list holds the patterns of
 * one file; lists are chained from the deepest directory up. A parent that is excluded is the
 * walker's business: it does not go down.
 */
#ifndef GOPS_SOURCE_IGNORE_H
#define GOPS_SOURCE_IGNORE_H

#include "base/context.h"

#define GOPS_IGNORE_FILE ".gitopsignore"

enum { GOPS_IGNORE_MAX_BYTES = 64 * 1024 }; /* of one file: bounds the work per path */

typedef struct gops_ignore gops_ignore;

typedef enum gops_verdict {
    GOPS_VERDICT_NONE = 0, /* no pattern matches */
    GOPS_VERDICT_INCLUDE,  /* the last match is negated */
    GOPS_VERDICT_EXCLUDE
} gops_verdict;

/*
 * The patterns of an ignore file. Paths asked about start with base_length bytes that the patterns
 * do not see (the directory of the file with its final "/"). parent is borrowed and may be NULL.
 * Returns 0, GITOPS_ELIMIT or GITOPS_ENOMEM.
 */
int gops_ignore_parse(gops_ignore **out, gitops_context *context, const char *text, size_t length,
                      size_t base_length, const gops_ignore *parent, gitops_error *err);

/* The same from single patterns, which know no comments and keep their trailing blanks. */
int gops_ignore_new(gops_ignore **out, gitops_context *context, const char *const *patterns,
                    size_t count, size_t base_length, gitops_error *err);
void gops_ignore_free(gops_ignore *list);

/* What the last matching pattern of this list says, or of the first parent that has one. */
gops_verdict gops_ignore_match(const gops_ignore *list, const char *path, size_t length,
                               int is_directory);

#endif
