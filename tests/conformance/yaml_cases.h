/* What the YAML conformance tests share: reading whole texts and comparing trees. */
#ifndef TESTS_YAML_CASES_H
#define TESTS_YAML_CASES_H

#include "support.h"

#include <gitops/value.h>

/* Values as they are after JSON: numbers are compared as doubles, for the corpora hold doubles. */
int same_value(const gitops_value *a, const gitops_value *b);

/* The text of a string member, or NULL. NUL-terminated; valid until the next call but three. */
const char *member_text(const gitops_value *map, const char *key);

/* Reads a text; asserts that there is a set. */
gitops_documents *read_set(gitops_context *context, const char *text, size_t length);

/* The code of the first error in a set, or 0. */
int first_error(const gitops_documents *set, gitops_error *err);

#endif
