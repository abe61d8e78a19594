/*
 * support: what every test needs. Include this first: it brings in cmocka in the order it wants.
 *
 * The failing allocator runs a test body with allocation 1, 2, ... N failing, each time on a fresh
 * context, and checks that nothing leaks:
 *
 *     static void parse_body(gitops_context *context, void *data) { ... must not assert success ... }
 *     static void parse_everyAllocationFails_cleanErrorOrSuccess(void **state)
 *     {
 *         support_fail_every_allocation(parse_body, NULL);
 *     }
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gitops/context.h>

/* A context whose memory is counted; support_context_free asserts that all of it came back. */
gitops_context *support_context_new(void);
void support_context_free(gitops_context *context);

/* Runs body with the n-th allocation failing, n = 1 ... until a run has no failure. */
typedef void (*support_body)(gitops_context *context, void *data);
void support_fail_every_allocation(support_body body, void *data);

/* The whole file, NUL-terminated and malloc'd; NULL when it cannot be read. */
char *support_read_file(const char *path, size_t *length);

/* The folder of corpora (GITOPS_CORPORA, default ../shared/corpora); NULL with a message if absent. */
const char *support_corpora(void);

/* A fresh directory for this test, removed with support_directory_free. malloc'd. */
char *support_directory_new(void);
void support_directory_free(char *path);

#endif
