/* Reads a text and writes down what came of it, for tests to compare with. */
#ifndef TESTS_VALUE_READING_H
#define TESTS_VALUE_READING_H

#include "support.h"

#include <gitops/value.h>

typedef struct reading {
    char documents[16384]; /* one line of JSON each */
    char problems[16384];  /* "LINE:COLUMN CODE message" a line; warnings with "warning" for CODE */
} reading;

/* With the default limits; asserts that no memory is lost. */
void read_text(reading *out, const char *text, size_t length);
void read_string(reading *out, const char *text);

/* With limits (0 = default). */
void read_limited(reading *out, const char *text, size_t length, const gitops_limits *limits);

/* Asserts that text reads without problems as these lines of JSON. */
void assert_reads_as(const char *text, const char *documents);

/* Asserts that text gives these problems, whatever documents it has. */
void assert_problems(const char *text, const char *problems);

#endif
