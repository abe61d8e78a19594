/* Paths for people: elements of keyed lists are named by their keys. */
#ifndef GOPS_DIFF_LABEL_H
#define GOPS_DIFF_LABEL_H

#include "diff/triwalk.h"

/* Appends the first length bytes of a path, with the segments of within and what is around it named. */
void gops_label_write(gops_buffer *out, const gops_named_element *within, const char *path,
                      size_t length);

#endif
