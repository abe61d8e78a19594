/*
 * text: what both readers need to know about characters and lines before they parse.
 */
#include "value/text.h"

#include <string.h>

size_t gops_utf8_decode(const char *text, size_t length, uint32_t *character)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)text;
    if (length == 0)
        return 0;
    size_t width = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3
                   : p[0] < 0xF5 ? 4 : 0;
    if (width == 0 || width > length)
        return 0;
    uint32_t value = width == 1 ? p[0] : p[0] & (0xFFu >> (width + 1));
    for (size_t i = 1; i < width; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (p[i] & 0x3Fu);
    }
    if (value < smallest[width] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return 0;
    *character = value;
    return width;
}

const char *gops_utf8_problem(const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t width = length == 0 || p[0] < 0xC2 || p[0] > 0xF4 ? 0
                   : p[0] < 0xE0                             ? 2
                   : p[0] < 0xF0                             ? 3
                                                             : 4;
    if (length >= 3 && p[0] == 0xED && p[1] >= 0xA0 && (p[2] & 0xC0) == 0x80)
        return "half of a surrogate pair is no character";
    for (size_t i = 1; i < length && i < width; i++)
        if ((p[i] & 0xC0) != 0x80)
            width = 0;
    return length < width ? "text ends within a character" : "text is not UTF-8";
}

size_t gops_utf8_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

int gops_text_printable(uint32_t c)
{
    if (c < 0x7F)
        return c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
    return c == 0x85 || (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0x10FFFF);
}

enum { BLOCK = 64 };

/* 1 when all bytes of a block are plain ASCII; written so that compilers make vector code of it. */
static int block_is_plain(const unsigned char *p)
{
    unsigned char odd = 0;
    for (int i = 0; i < BLOCK; i++) {
        unsigned char c = p[i];
        odd |= (unsigned char)(((c < 0x20) & (c != '\t') & (c != '\n') & (c != '\r')) |
                               (c >= 0x7F));
    }
    return odd == 0;
}

size_t gops_text_check(const char *text, size_t length, int *ascii)
{
    size_t at = 0;
    *ascii = 1;
    while (at < length) {
        uint32_t character;
        if (length - at >= BLOCK && block_is_plain((const unsigned char *)text + at)) {
            at += BLOCK;
            continue;
        }
        if (length - at < BLOCK && length >= BLOCK &&
            block_is_plain((const unsigned char *)text + length - BLOCK))
            return length;
        for (size_t stop = length - at > BLOCK ? at + BLOCK : length; at < stop;) {
            size_t width = gops_utf8_decode(text + at, length - at, &character);
            if (width == 0 || !gops_text_printable(character))
                return at;
            if (width > 1)
                *ascii = 0;
            at += width;
        }
    }
    return length;
}

/* Bytes of the line break at p, or 0. */
static size_t break_at(const char *p, size_t left)
{
    unsigned char c = (unsigned char)p[0];
    if (c == '\n')
        return 1;
    if (c == '\r')
        return left > 1 && p[1] == '\n' ? 2 : 1;
    if (c == 0xC2 && left > 1 && (unsigned char)p[1] == 0x85)
        return 2;
    if (c == 0xE2 && left > 2 && (unsigned char)p[1] == 0x80 &&
        ((unsigned char)p[2] == 0xA8 || (unsigned char)p[2] == 0xA9))
        return 3;
    return 0;
}

void gops_place_advance(gops_place *place, const char *text, size_t offset)
{
    while (place->offset < offset) {
        const char *p = text + place->offset;
        size_t width = break_at(p, offset - place->offset);
        if (width) {
            place->line++;
            place->column = 1;
            place->offset += width;
        } else {
            place->offset++;
            place->column += ((unsigned char)*p & 0xC0) != 0x80;
        }
    }
}

/* The start of the next line after from, or length. */
static size_t next_line(const char *text, size_t length, size_t from)
{
    for (size_t at = from; at < length; at++) {
        if (text[at] == '\n')
            return at + 1;
        if (text[at] == '\r')
            return at + 1 < length && text[at + 1] == '\n' ? at + 2 : at + 1;
    }
    return length;
}

/* from itself when a line starts there, else the start of the next line. */
static size_t line_at_or_after(const char *text, size_t length, size_t from)
{
    if (from == 0 || from >= length || text[from - 1] == '\n' ||
        (text[from - 1] == '\r' && text[from] != '\n'))
        return from < length ? from : length;
    return next_line(text, length, from);
}

size_t gops_text_line_with(const char *text, size_t length, size_t from, char c)
{
    for (size_t at = from; at < length; at++) {
        const char *found = memchr(text + at, c, length - at);
        if (!found)
            break;
        at = (size_t)(found - text);
        if (at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r')
            return at;
    }
    return length;
}

/* 1 when the line at at is three times c, and a blank or the end of the line. */
static int is_marker(const char *text, size_t length, size_t at, char c)
{
    if (length - at < 3 || text[at] != c || text[at + 1] != c || text[at + 2] != c)
        return 0;
    return length - at == 3 || text[at + 3] == ' ' || text[at + 3] == '\t' ||
           text[at + 3] == '\r' || text[at + 3] == '\n';
}

size_t gops_text_separator(const char *text, size_t length, size_t from)
{
    size_t at = line_at_or_after(text, length, from);
    while (at < length && !is_marker(text, length, at, '-'))
        at = next_line(text, length, at);
    return at;
}

int gops_text_follows_separator(const char *text, size_t at)
{
    size_t start = at;
    if (at == 0 || (text[at - 1] != '\n' && text[at - 1] != '\r'))
        return 0;
    start -= at > 1 && text[at - 2] == '\r' && text[at - 1] == '\n' ? 2 : 1;
    size_t end = start;
    while (start > 0 && text[start - 1] != '\n' && text[start - 1] != '\r')
        start--;
    if (!is_marker(text, at, start, '-'))
        return 0;
    for (start += 3; start < end && (text[start] == ' ' || text[start] == '\t');)
        start++;
    return start == end || text[start] == '#';
}

size_t gops_text_boundary(const char *text, size_t length, size_t from)
{
    size_t at = line_at_or_after(text, length, from);
    for (; at < length; at = next_line(text, length, at)) {
        if (is_marker(text, length, at, '-'))
            return at;
        if (is_marker(text, length, at, '.'))
            return next_line(text, length, at);
    }
    return length;
}

/* Whether the line at at is blank, a comment or a directive. */
static int is_before_document(const char *text, size_t length, size_t at)
{
    if (text[at] == '%')
        return 1;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return at == length || text[at] == '#' || text[at] == '\n' || text[at] == '\r';
}

size_t gops_text_document_end(const char *text, size_t length, size_t start)
{
    size_t at = start;
    while (at < length && is_before_document(text, length, at))
        at = next_line(text, length, at);
    if (at < length && is_marker(text, length, at, '-'))
        at++;
    return gops_text_boundary(text, length, at);
}
