/* tzif: files of time zones, made for tests. */
#ifndef TESTS_TZIF_H
#define TESTS_TZIF_H

#include "support.h"

#include <gitops/window.h>

enum { TZIF_MAX = 1024 };

/* A file of version 2 with an empty first block; types 0 to type_count - 1 have these offsets. */
typedef struct tzif {
    const int32_t *offsets;
    size_t type_count;
    const int64_t *moments;   /* ascending */
    const uint8_t *types;     /* of each moment */
    size_t count;
    const char *footer;
} tzif;

/* Returns the length of the file. */
size_t tzif_write(unsigned char out[TZIF_MAX], const tzif *zone);

/* A zone that has only a rule, such as "CET-1CEST,M3.5.0,M10.5.0/3". */
gitops_zone *tzif_zone(gitops_context *context, const char *rule);

#endif
