/*
 * pack: numbers in groups of seven bits, the lowest first; the eighth says that more follow.
 */
#include "base/pack.h"

void gops_pack_number(gops_buffer *out, uint64_t number)
{
    char *room = gops_buffer_room(out, GOPS_PACK_NUMBER_MAX);
    if (!room)
        return;
    for (; number >= 0x80; number >>= 7)
        *room++ = (char)(number | 0x80);
    *room++ = (char)number;
    gops_buffer_end(out, room);
}

void gops_pack_text(gops_buffer *out, const char *text, size_t length)
{
    gops_pack_number(out, length);
    gops_buffer_put(out, text, length);
}

uint64_t gops_unpack_long(gops_unpack *in)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        uint64_t byte = (unsigned char)*in->at++;
        number |= (byte & 0x7F) << shift;
        if (!(byte & 0x80) && (shift < 63 || byte <= 1))
            return number;
    }
    in->broken = 1;
    return 0;
}
