/*
 * Text that is not UTF-8 becomes UTF-8 here, before anything else looks at it: every offset that
 * the library keeps counts bytes of UTF-8.
 */
#ifndef GOPS_VALUE_ENCODING_H
#define GOPS_VALUE_ENCODING_H

#include "base/buffer.h"

/* 1 when text starts with the byte order mark of UTF-32, which is not read. */
int gops_encoding_is_utf32(const char *text, size_t length);

/*
 * Text that starts with the byte order mark of UTF-16 becomes UTF-8 in out, without the mark, and
 * *text and *length then are those of out; other text stays as it is. Half of a surrogate pair and
 * an odd byte at the end become bytes that are no UTF-8 either, so that the reader reports them
 * where they stand. Returns 0, or the status of out (GITOPS_ENOMEM, GITOPS_ELIMIT).
 */
int gops_encoding_to_utf8(gops_buffer *out, const char **text, size_t *length);

#endif
