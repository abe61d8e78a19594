/* corpus: files of cases that are not part of the project. */
#ifndef TESTS_CORPUS_H
#define TESTS_CORPUS_H

#include "support.h"

#include <gitops/value.h>

/* Parses the file FOLDER/NAME of the corpora; skips the test when there are none. */
gitops_document *corpus_load(gitops_context *context, const char *name);

/* Checks every case of a file that is a list of some; without corpora the test is skipped. */
void corpus_each(const char *name,
                 void (*check)(gitops_context *context, const gitops_value *one));

/* Copies the text at a pointer; out is "" and NULL is returned when there is none. */
const char *corpus_text(const gitops_value *value, const char *pointer, char *out, size_t size);

/* Parses the text that the string at a pointer holds; NULL when that is no single document. */
gitops_document *corpus_parse_text(gitops_context *context, const gitops_value *value,
                                   const char *pointer);

#endif
