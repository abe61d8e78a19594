/* Walking a schema by pointer, for tests. */
#ifndef TESTS_PLACE_AT_H
#define TESTS_PLACE_AT_H

#include "manifest/schema.h"

/*
 * The place at a JSON pointer below the root of a document (may be NULL). A segment of digits or
 * "*" is an element, anything else a member.
 */
gops_schema_place place_at(const gitops_schema *schema, const gitops_value *document,
                           const char *pointer);

#endif
