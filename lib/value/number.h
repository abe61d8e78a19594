/*
 * Exact decimal numbers, without a big-number library: a view on a JSON spelling.
 * value = (-1)^negative * digits * 10^exponent
 */
#ifndef GOPS_VALUE_NUMBER_H
#define GOPS_VALUE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

typedef struct gops_number {
    int negative;        /* 0 for zero, also for -0 */
    const char *digits;  /* first to last significant digit; may hold one '.', to be passed over */
    size_t length;       /* bytes of that span; 0 = the value is zero */
    int64_t exponent;    /* of the last significant digit; saturated at the ends of its range */
} gops_number;

/* Returns 1 when text is exactly one JSON number (RFC 8259), 0 otherwise. */
int gops_number_parse(gops_number *out, const char *text, size_t length);

/* Feeds the canonical form: "-"?, digits, "e", exponent; "0" for zero. */
void gops_number_hash(const gops_number *number, gops_hasher *hasher);

/* The canonical form as text: at most length + 24 bytes and a NUL. Returns its length. */
size_t gops_number_canonical(const gops_number *number, char *out);

size_t gops_number_canonical_length(const gops_number *number);

/* 1 when both have the same value. */
int gops_number_equal(const gops_number *a, const gops_number *b);

/* Return 1 and set *out when the value is an integer of that range. */
int gops_number_int64(const gops_number *number, int64_t *out);
int gops_number_uint64(const gops_number *number, uint64_t *out);

/* 1 when the nearest double is finite. */
int gops_number_in_range(const gops_number *number);

/* The nearest double; infinite beyond its range. Independent of the locale. */
double gops_number_double(const gops_number *number);

#endif
