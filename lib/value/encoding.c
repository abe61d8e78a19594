/*
 * encoding: UTF-16 in either byte order to UTF-8. A byte order mark is needed to tell; without one
 * UTF-16 is full of NUL bytes, which the readers refuse.
 */
#include "value/encoding.h"

#include <string.h>

#include "value/text.h"

enum { MARK = 2 };

static int starts_with(const char *text, size_t length, const char *mark, size_t size)
{
    return length >= size && memcmp(text, mark, size) == 0;
}

int gops_encoding_is_utf32(const char *text, size_t length)
{
    return starts_with(text, length, "\xFF\xFE\0\0", 4) ||
           starts_with(text, length, "\0\0\xFE\xFF", 4);
}

static uint32_t unit_at(const char *p, int big_endian)
{
    unsigned first = (unsigned char)p[0], second = (unsigned char)p[1];
    return big_endian ? first << 8 | second : second << 8 | first;
}

/* The character at p, of at least one unit; *width is its bytes. A lone surrogate is itself. */
static uint32_t take_character(const char *p, size_t left, int big_endian, size_t *width)
{
    uint32_t first = unit_at(p, big_endian);
    *width = 2;
    if (first < 0xD800 || first >= 0xDC00 || left < 4)
        return first;
    uint32_t second = unit_at(p + 2, big_endian);
    if (second < 0xDC00 || second >= 0xE000)
        return first;
    *width = 4;
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

int gops_encoding_to_utf8(gops_buffer *out, const char **text, size_t *length)
{
    int little_endian = starts_with(*text, *length, "\xFF\xFE", MARK);
    if (!little_endian && !starts_with(*text, *length, "\xFE\xFF", MARK))
        return 0;
    const char *p = *text + MARK, *end = *text + *length;
    gops_buffer_clear(out);
    while (end - p >= 2) {
        size_t width;
        uint32_t character = take_character(p, (size_t)(end - p), !little_endian, &width);
        char *room = gops_buffer_room(out, 4);
        if (!room)
            return out->status;
        gops_buffer_end(out, room + gops_utf8_encode(character, room));
        p += width;
    }
    if (p < end)
        gops_buffer_putc(out, '\xC2'); /* which begins a character that never ends */
    *text = out->data ? out->data : "";
    *length = out->length;
    return out->status;
}
