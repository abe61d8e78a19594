/*
 * number: reads a JSON number as sign, significant digits and decimal exponent. Two spellings of
 * one value give the same three, which is what equality and digests are made of.
 */
#include "value/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits as a saturated number. */
static int64_t read_exponent(const char *p, const char *end)
{
    int64_t value = 0;
    for (; p < end; p++)
        value = value > INT64_MAX / 20 ? INT64_MAX / 2 : value * 10 + (*p - '0');
    return value;
}

int gops_number_parse(gops_number *out, const char *text, size_t length)
{
    const char *p = text, *end = text + length, *whole, *point = NULL, *tail;
    int negative = p < end && *p == '-';
    p += negative;
    whole = p;
    while (p < end && is_digit(*p))
        p++;
    if (p == whole || (*whole == '0' && p - whole > 1))
        return 0;
    if (p < end && *p == '.') {
        point = p++;
        while (p < end && is_digit(*p))
            p++;
        if (p == point + 1)
            return 0;
    }
    tail = p;
    int64_t exponent = 0;
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        int minus = p < end && *p == '-';
        p += p < end && (*p == '-' || *p == '+');
        const char *start = p;
        while (p < end && is_digit(*p))
            p++;
        if (p == start)
            return 0;
        exponent = read_exponent(start, p);
        if (minus)
            exponent = -exponent;
    }
    if (p != end)
        return 0;
    if (point)
        exponent -= tail - (point + 1);
    while (whole < tail && (*whole == '0' || *whole == '.'))
        whole++;
    for (; tail > whole && (tail[-1] == '0' || tail[-1] == '.'); tail--)
        exponent += tail[-1] == '0';
    *out = (gops_number){negative && tail > whole, whole, (size_t)(tail - whole), exponent};
    if (out->length == 0)
        out->exponent = 0;
    return 1;
}

/* Writes "e" and a number: at most 21 bytes. Returns the length. */
static size_t write_exponent(char *out, int64_t exponent)
{
    char digits[20];
    size_t count = 0, length = 0;
    uint64_t left = exponent < 0 ? UINT64_C(0) - (uint64_t)exponent : (uint64_t)exponent;
    do
        digits[count++] = (char)('0' + left % 10);
    while (left /= 10);
    out[length++] = 'e';
    if (exponent < 0)
        out[length++] = '-';
    while (count)
        out[length++] = digits[--count];
    return length;
}

void gops_number_hash(const gops_number *number, gops_hasher *hasher)
{
    char exponent[24];
    if (number->length == 0) {
        gops_hasher_put(hasher, "0", 1);
        return;
    }
    if (number->negative)
        gops_hasher_put(hasher, "-", 1);
    const char *point = memchr(number->digits, '.', number->length);
    size_t head = point ? (size_t)(point - number->digits) : number->length;
    gops_hasher_put(hasher, number->digits, head);
    if (point)
        gops_hasher_put(hasher, point + 1, number->length - head - 1);
    gops_hasher_put(hasher, exponent, write_exponent(exponent, number->exponent));
}

size_t gops_number_canonical(const gops_number *number, char *out)
{
    char *p = out;
    if (number->length == 0) {
        memcpy(out, "0", 2);
        return 1;
    }
    if (number->negative)
        *p++ = '-';
    for (size_t i = 0; i < number->length; i++)
        if (number->digits[i] != '.')
            *p++ = number->digits[i];
    p += write_exponent(p, number->exponent);
    *p = '\0';
    return (size_t)(p - out);
}

size_t gops_number_canonical_length(const gops_number *number)
{
    char exponent[24];
    if (number->length == 0)
        return 1;
    int has_point = memchr(number->digits, '.', number->length) != NULL;
    return number->length - (size_t)has_point + (size_t)(number->negative != 0) +
           write_exponent(exponent, number->exponent);
}

int gops_number_equal(const gops_number *a, const gops_number *b)
{
    size_t i = 0, j = 0;
    if (a->negative != b->negative || a->exponent != b->exponent)
        return 0;
    for (;; i++, j++) {
        i += i < a->length && a->digits[i] == '.';
        j += j < b->length && b->digits[j] == '.';
        if (i == a->length || j == b->length)
            return i == a->length && j == b->length;
        if (a->digits[i] != b->digits[j])
            return 0;
    }
}

/* The magnitude as an unsigned integer. Returns 0 when it is none or does not fit. */
static int magnitude(const gops_number *number, uint64_t *out)
{
    uint64_t value = 0;
    if (number->length == 0) {
        *out = 0;
        return 1;
    }
    if (number->exponent < 0 || number->exponent > 20 || number->length > 21)
        return 0;
    int64_t zeros = number->exponent;
    for (size_t i = 0; i < number->length + (size_t)zeros; i++) {
        char c = i < number->length ? number->digits[i] : '0';
        if (c == '.')
            continue;
        uint64_t digit = (uint64_t)(c - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return 0;
        value = value * 10 + digit;
    }
    *out = value;
    return 1;
}

int gops_number_int64(const gops_number *number, int64_t *out)
{
    uint64_t value;
    uint64_t limit = (uint64_t)INT64_MAX + (uint64_t)(number->negative != 0);
    if (!magnitude(number, &value) || value > limit)
        return 0;
    *out = number->negative ? (int64_t)(UINT64_C(0) - value) : (int64_t)value;
    return 1;
}

int gops_number_uint64(const gops_number *number, uint64_t *out)
{
    return !number->negative && magnitude(number, out);
}

double gops_number_double(const gops_number *number)
{
    /* 800 digits decide any double; a spelling without a point does not depend on the locale. */
    char text[840];
    size_t used = 0;
    int64_t exponent = number->exponent;
    if (number->negative)
        text[used++] = '-';
    for (size_t i = 0; i < number->length; i++) {
        if (number->digits[i] == '.')
            continue;
        if (used < 801)
            text[used++] = number->digits[i];
        else
            exponent++;
    }
    if (number->length == 0)
        text[used++] = '0';
    if (exponent > 100000)
        exponent = 100000;
    if (exponent < -100000)
        exponent = -100000;
    snprintf(text + used, sizeof text - used, "e%" PRId64, exponent);
    return strtod(text, NULL);
}

int gops_number_in_range(const gops_number *number)
{
    /* Below 10^300 there is nothing to ask: digits counts a point too, which does not matter. */
    if (number->exponent < 300 && (int64_t)number->length + number->exponent < 300)
        return 1;
    return isfinite(gops_number_double(number));
}
