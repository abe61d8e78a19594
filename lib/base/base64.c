/*
 * base64: three bytes at a time become four characters; "=" stands for what the last ones lack.
 */
#include "base/base64.h"

#include <stdint.h>

size_t gops_base64_size(size_t length)
{
    size_t groups = length / 3 + (length % 3 != 0);
    return groups <= SIZE_MAX / 4 ? groups * 4 : 0;
}

static void encode_group(const uint8_t *in, size_t count, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = (uint32_t)in[0] << 16;
    if (count > 1)
        bits |= (uint32_t)in[1] << 8;
    if (count > 2)
        bits |= in[2];
    out[0] = digits[bits >> 18];
    out[1] = digits[bits >> 12 & 63];
    out[2] = count > 1 ? digits[bits >> 6 & 63] : '=';
    out[3] = count > 2 ? digits[bits & 63] : '=';
}

void gops_base64_encode(char *out, const void *bytes, size_t length)
{
    const uint8_t *in = bytes;
    for (size_t i = 0; i < length; i += 3, out += 4)
        encode_group(in + i, length - i < 3 ? length - i : 3, out);
}

/* A text, read digit by digit. */
typedef struct digits {
    const char *next, *end;
    size_t count;
} digits;

enum { NO_DIGIT = -1, LAST_DIGIT = -2 };

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : NO_DIGIT;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next six bits; LAST_DIGIT at the end, NO_DIGIT where the text is no base64. */
static int next_digit(digits *d)
{
    int padded = 0;
    for (; d->next < d->end; d->next++) {
        if (is_blank(*d->next))
            continue;
        if (*d->next != '=')
            break;
        padded = 1;
    }
    if (d->next == d->end)
        return d->count % 4 == 1 ? NO_DIGIT : LAST_DIGIT;
    int digit = padded ? NO_DIGIT : digit_of(*d->next++);
    d->count++;
    return digit;
}

static int decodes(const char *text, size_t length)
{
    digits d = {text, text + length, 0};
    int digit;
    while ((digit = next_digit(&d)) >= 0)
        continue;
    return digit == LAST_DIGIT;
}

/* 1 when the digit that ended a text short of a group says the same as that of another. */
static int same_rest(int a, int b, size_t count)
{
    int unused = count % 4 == 2 ? 4 : count % 4 == 3 ? 2 : 0;
    return a >> unused == b >> unused;
}

int gops_base64_same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    digits x = {a, a + a_length, 0}, y = {b, b + b_length, 0};
    int last_x = 0, last_y = 0;
    if (!decodes(a, a_length) || !decodes(b, b_length))
        return 0;
    for (;;) {
        int left = next_digit(&x), right = next_digit(&y);
        if (left == LAST_DIGIT || right == LAST_DIGIT)
            return left == right && same_rest(last_x, last_y, x.count);
        if (last_x != last_y)
            return 0;
        last_x = left;
        last_y = right;
    }
}
