/* Bytes as padded base64 (RFC 4648, section 4). */
#ifndef GOPS_BASE_BASE64_H
#define GOPS_BASE_BASE64_H

#include <stddef.h>

/* Characters that length bytes take; 0 when that is too many for a size_t. */
size_t gops_base64_size(size_t length);

/* Writes gops_base64_size(length) characters; no NUL. */
void gops_base64_encode(char *out, const void *bytes, size_t length);

/*
 * 1 when both texts decode to the same bytes: blanks, padding at the end and the bits that make no
 * byte do not matter. 0 also when one of them does not decode.
 */
int gops_base64_same(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
