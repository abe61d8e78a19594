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
