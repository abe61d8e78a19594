/* Random trees, the same for the same seed. */
#ifndef TESTS_VALUE_TREES_H
#define TESTS_VALUE_TREES_H

#include "support.h"

#include "value/value.h"

/* Makes a tree of a few dozen nodes with the texts that YAML readers stumble over. */
void random_tree(gitops_value *out, gops_arena *arena, uint64_t seed);

/* The next number of a small generator. */
uint64_t random_next(uint64_t *state);

#endif
