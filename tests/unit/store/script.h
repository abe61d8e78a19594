/* What the tests of the store share: short ways to write records and to see what a store holds. */
#ifndef TESTS_STORE_SCRIPT_H
#define TESTS_STORE_SCRIPT_H

#include "support.h"

#include <gitops/plan.h>
#include <gitops/reconciler.h>

#include "store/store.h"

/* A digest that differs for different texts. */
gops_digest script_digest(const char *text);

gops_store_record script_begin(uint64_t run, const char *revision);
gops_store_record script_intent(uint64_t run, const char *key, int32_t action,
                                const char *document);
gops_store_record script_outcome(uint64_t run, const char *key, int32_t action, int32_t outcome,
                                 const char *document);
gops_store_record script_end(uint64_t run, int32_t outcome);

/* A note; value NULL: it goes. */
gops_store_record script_note(const char *name, const char *value, int64_t unix_ms);

/* Writes some records in one transaction; gives the result. */
#define script_write(store, unit, ...)                                                             \
    gops_store_write(store, unit, (const gops_store_record[]){__VA_ARGS__},                        \
                     sizeof((const gops_store_record[]){__VA_ARGS__}) / sizeof(gops_store_record), \
                     NULL)

/* Opens a file; asserts that it works. The store holds the lease when leased. */
gitops_store *script_open(gitops_context *context, const char *path, int leased);
int script_try_open(gitops_store **out, gitops_context *context, const char *path, int create,
                    int read_only, gitops_error *err);

/*
 * All that a store holds of a unit, as malloc'd text: rows, what was sent, runs, notes, binding.
 * NULL after a failure, with the code in *rc.
 */
char *script_dump(gitops_store *store, const char *unit, int *rc);

/* Asserts on the dump. */
void script_assert(gitops_store *store, const char *unit, const char *expected);

/*
 * Puts the test's files into memory where the system has a place for that: some tests wait for the
 * disk a thousand times, and what they look at does not depend on it.
 */
void script_use_memory(void);

/* Removes a state file with its side files. */
void script_remove(const char *path);

/* A path in a directory, malloc'd. */
char *script_path(const char *directory, const char *name);

/* Small random numbers that are the same everywhere. */
uint32_t script_random(uint64_t *state, uint32_t below);

/*
 * Writes one random group of records to run number *run of a unit (begun when needed) and gives
 * the result. One group in eight ends in a record that fails, so that nothing of it may be kept.
 */
int script_random_group(gitops_store *store, const char *unit, uint64_t *random, uint64_t *run);

#endif
