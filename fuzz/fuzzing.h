/* What the fuzz targets share. */
#ifndef FUZZ_FUZZING_H
#define FUZZ_FUZZING_H

#include <stddef.h>
#include <stdint.h>

#include <gitops/value.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small limits keep the fuzzer quick; what they refuse is refused early. Never NULL. */
gitops_context *fuzz_context(void);

/* Says what is wrong with which text, and aborts. */
void fuzz_fail(const char *what, const char *text, size_t length);

/* The one document of a text; NULL when it does not parse. */
gitops_document *fuzz_parse(gitops_context *context, const char *text, size_t length);

/*
 * Writes a value in every format and order. Each text must read back as the same value with the
 * same digests; so must the JSON when it is read as YAML, where YAML takes it.
 */
void fuzz_round_trip(gitops_context *context, const gitops_value *value);

/* Cuts what stands before the first line "====" off the front of a text. Returns its length. */
size_t fuzz_cut(const char **text, size_t *left);

#endif
