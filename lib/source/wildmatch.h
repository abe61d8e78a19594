/* Git's glob patterns. */
#ifndef GOPS_SOURCE_WILDMATCH_H
#define GOPS_SOURCE_WILDMATCH_H

#include <stddef.h>

/*
 * 1 when the pattern matches the whole text: "*" and "?" and classes stop at "/", "**" as a whole
 * component crosses it. The time is bounded by components times text times pattern.
 */
int gops_wildmatch(const char *pattern, size_t pattern_length, const char *text,
                   size_t text_length);

#endif
