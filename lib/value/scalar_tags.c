/*
 * scalar_tags: what a tag makes of a scalar, as Go's yaml.v2 decides it.
 */
#include "value/scalar_tags.h"

#include <string.h>

#include "value/text.h"

#define CORE "tag:yaml.org,2002:"

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads one to most digits. Returns the number, or -1. */
static int read_field(const char **p, const char *end, int most)
{
    int value = 0, count = 0;
    for (; *p < end && is_digit(**p) && count < most; (*p)++, count++)
        value = value * 10 + (**p - '0');
    return count ? value : -1;
}

static int read_char(const char **p, const char *end, char c)
{
    if (*p == end || **p != c)
        return 0;
    (*p)++;
    return 1;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* "Z", or a sign, two digits, a colon and two digits. */
static int read_zone(const char **p, const char *end)
{
    if (read_char(p, end, 'Z'))
        return 1;
    if (end - *p != 6 || ((*p)[0] != '+' && (*p)[0] != '-') || (*p)[3] != ':')
        return 0;
    for (int i = 1; i < 6; i++)
        if (i != 3 && !is_digit((*p)[i]))
            return 0;
    *p += 6;
    return 1;
}

/* h:m:s with a fraction. */
static int read_time(const char **p, const char *end)
{
    int hour = read_field(p, end, 2);
    int minute = read_char(p, end, ':') ? read_field(p, end, 2) : -1;
    int second = read_char(p, end, ':') ? read_field(p, end, 2) : -1;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return 0;
    if (read_char(p, end, '.') && read_field(p, end, 1) < 0)
        return 0;
    while (*p < end && is_digit(**p))
        (*p)++;
    return 1;
}

static int is_timestamp(const char *text, size_t length)
{
    const char *p = text, *end = text + length;
    int year = read_field(&p, end, 4), month, day;
    if (p - text != 4 || !read_char(&p, end, '-'))
        return 0;
    month = read_field(&p, end, 2);
    if (month < 1 || month > 12 || !read_char(&p, end, '-'))
        return 0;
    day = read_field(&p, end, 2);
    if (day < 1 || day > days_in_month(year, month))
        return 0;
    if (p == end)
        return 1;
    if (read_char(&p, end, ' '))
        return read_time(&p, end) && p == end;
    if (!read_char(&p, end, 'T') && !read_char(&p, end, 't'))
        return 0;
    return read_time(&p, end) && read_zone(&p, end) && p == end;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes padded base64, passing over line breaks. Returns 0 or GITOPS_EPARSE. */
static int decode_base64(char *out, size_t *used, const char *text, size_t length)
{
    uint32_t bits = 0;
    int count = 0, padding = 0;
    *used = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n' || text[i] == '\r')
            continue;
        int value = base64_value(text[i]);
        padding += text[i] == '=';
        if ((value < 0) != (padding > 0) || (padding && text[i] != '=') || padding > 2)
            return GITOPS_EPARSE;
        bits = bits << 6 | (uint32_t)(value < 0 ? 0 : value);
        if (++count < 4)
            continue;
        for (int shift = 16; shift >= 8 * padding; shift -= 8)
            out[(*used)++] = (char)(bits >> shift & 0xFF);
        bits = 0;
        count = padding ? -1 : 0; /* after padding even one more character is too much */
    }
    return count > 0 ? GITOPS_EPARSE : 0;
}

/* Text is what maps and JSON can hold, so that bytes that are not UTF-8 become U+FFFD. */
static int resolve_binary(gops_scalar *out, const char *text, size_t length, gops_arena *arena)
{
    char *bytes = gops_arena_alloc(arena, length + 4);
    size_t used = 0, size = 0;
    if (!bytes)
        return GITOPS_ENOMEM;
    if (decode_base64(bytes, &used, text, length) < 0)
        return GITOPS_EPARSE;
    char *clean = gops_arena_array(arena, used + 1, 3);
    if (!clean)
        return GITOPS_ENOMEM;
    int replaced = 0;
    for (size_t at = 0; at < used;) {
        uint32_t character = 0xFFFD;
        size_t width = gops_utf8_decode(bytes + at, used - at, &character);
        replaced |= width == 0;
        size += gops_utf8_encode(character, clean + size);
        at += width ? width : 1;
    }
    *out = (gops_scalar){GOPS_SCALAR_STRING, 0, clean, size, 1, 0, replaced};
    return 0;
}

/* The text resolved as if it were plain must be of the tag's kind. */
static int resolve_checked(gops_scalar *out, const char *name, const char *text, size_t length,
                           gops_arena *arena)
{
    int rc = gops_scalar_resolve(out, text, length, arena);
    int fits;
    if (rc < 0)
        return rc;
    if (strcmp(name, "int") == 0) {
        fits = out->kind == GOPS_SCALAR_INT || out->kind == GOPS_SCALAR_UINT;
    } else if (strcmp(name, "bool") == 0) {
        fits = out->kind == GOPS_SCALAR_BOOL;
    } else if (strcmp(name, "null") == 0) {
        fits = out->kind == GOPS_SCALAR_NULL;
    } else {
        fits = out->kind == GOPS_SCALAR_INT || out->kind == GOPS_SCALAR_FLOAT ||
               out->kind == GOPS_SCALAR_INFINITE;
        if (out->kind == GOPS_SCALAR_INT)
            out->kind = GOPS_SCALAR_FLOAT;
    }
    return fits ? 0 : GITOPS_EPARSE;
}

int gops_scalar_resolve_tagged(gops_scalar *out, const char *tag, const char *text, size_t length,
                               gops_arena *arena)
{
    const char *name = tag + sizeof CORE - 1;
    gops_scalar_string(out, text, length);
    if (strncmp(tag, CORE, sizeof CORE - 1) != 0)
        return 1;
    if (strcmp(name, "str") == 0 || strcmp(name, "merge") == 0)
        return 0;
    if (strcmp(name, "binary") == 0)
        return resolve_binary(out, text, length, arena);
    if (strcmp(name, "timestamp") == 0)
        return is_timestamp(text, length) ? 0 : GITOPS_EPARSE;
    if (strcmp(name, "int") == 0 || strcmp(name, "float") == 0 || strcmp(name, "bool") == 0 ||
        strcmp(name, "null") == 0)
        return resolve_checked(out, name, text, length, arena);
    return 1;
}

int gops_tag_is_collection(const char *tag)
{
    return strcmp(tag, CORE "map") == 0 || strcmp(tag, CORE "seq") == 0;
}
