/*
 * triple: base, desired and live for tests, and the properties that hold for every one of them.
 */
#ifndef TESTS_TRIPLE_H
#define TESTS_TRIPLE_H

#include "support.h"

#include <gitops/diff.h>

typedef struct triple {
    gitops_context *context;
    gitops_document *base, *desired, *live; /* NULL = absent */
    gitops_schema *schema;                  /* NULL: chosen by the library */
} triple;

/* Parses; fails the test when that does not work. NULL text gives NULL. */
gitops_document *triple_document(gitops_context *context, const char *text);

/* A document of a value of another document; NULL gives NULL. */
gitops_document *triple_copy(gitops_context *context, const gitops_value *value);

/* A triple of texts; schema is the text of a schema file or NULL. */
triple triple_new(gitops_context *context, const char *schema, const char *base,
                  const char *desired, const char *live);
void triple_free(triple *t);

/* Runs the diff; fails the test when it fails. */
gitops_diff *triple_diff(const triple *t, int32_t conflict, int32_t drift);

/* Compares the merged document with text; NULL = absent. The order of list elements counts. */
void triple_assert_merged(const gitops_diff *diff, const char *text);

/* The first change whose path is path; NULL when there is none. */
const gitops_change *triple_change(const gitops_diff *diff, const char *path);

/* "class/action" of the change at a path; fails the test when there is none. */
void triple_assert_change(const gitops_diff *diff, const char *path, const char *class_and_action);

/* Prints the documents of a triple and of its diff, and fails the test. */
void triple_fail(const triple *t, const gitops_diff *diff, const char *what);

/* Every property: no difference with itself, settled after a merge, patches give merged. */
void triple_assert_properties(const triple *t);

#endif
