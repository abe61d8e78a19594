/*
 * scalar: plain scalars in the order of the tests that Go's yaml.v2 makes. The first byte decides
 * the family; most scalars are settled by it and their length.
 */
#include "value/scalar.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/number.h"

static void set_static(gops_scalar *out, int32_t kind, int32_t boolean, const char *text)
{
    *out = (gops_scalar){kind, boolean, text, strlen(text), 1, 0, 0};
}

void gops_scalar_string(gops_scalar *out, const char *text, size_t length)
{
    *out = (gops_scalar){GOPS_SCALAR_STRING, 0, text, length, 0, 0, 0};
}

typedef struct word {
    const char *text;
    int32_t kind, boolean;
    const char *spelling;
} word;

static const word words[] = {
    {"~", GOPS_SCALAR_NULL, 0, ""},       {"null", GOPS_SCALAR_NULL, 0, ""},
    {"Null", GOPS_SCALAR_NULL, 0, ""},    {"NULL", GOPS_SCALAR_NULL, 0, ""},
    {"true", GOPS_SCALAR_BOOL, 1, ""},    {"True", GOPS_SCALAR_BOOL, 1, ""},
    {"TRUE", GOPS_SCALAR_BOOL, 1, ""},    {"y", GOPS_SCALAR_BOOL, 1, ""},
    {"Y", GOPS_SCALAR_BOOL, 1, ""},       {"yes", GOPS_SCALAR_BOOL, 1, ""},
    {"Yes", GOPS_SCALAR_BOOL, 1, ""},     {"YES", GOPS_SCALAR_BOOL, 1, ""},
    {"on", GOPS_SCALAR_BOOL, 1, ""},      {"On", GOPS_SCALAR_BOOL, 1, ""},
    {"ON", GOPS_SCALAR_BOOL, 1, ""},      {"false", GOPS_SCALAR_BOOL, 0, ""},
    {"False", GOPS_SCALAR_BOOL, 0, ""},   {"FALSE", GOPS_SCALAR_BOOL, 0, ""},
    {"n", GOPS_SCALAR_BOOL, 0, ""},       {"N", GOPS_SCALAR_BOOL, 0, ""},
    {"no", GOPS_SCALAR_BOOL, 0, ""},      {"No", GOPS_SCALAR_BOOL, 0, ""},
    {"NO", GOPS_SCALAR_BOOL, 0, ""},      {"off", GOPS_SCALAR_BOOL, 0, ""},
    {"Off", GOPS_SCALAR_BOOL, 0, ""},     {"OFF", GOPS_SCALAR_BOOL, 0, ""},
    {".nan", GOPS_SCALAR_INFINITE, 0, ".nan"}, {".NaN", GOPS_SCALAR_INFINITE, 0, ".nan"},
    {".NAN", GOPS_SCALAR_INFINITE, 0, ".nan"},
    {".inf", GOPS_SCALAR_INFINITE, 0, ".inf"}, {".Inf", GOPS_SCALAR_INFINITE, 0, ".inf"},
    {".INF", GOPS_SCALAR_INFINITE, 0, ".inf"},
    {"+.inf", GOPS_SCALAR_INFINITE, 0, ".inf"}, {"+.Inf", GOPS_SCALAR_INFINITE, 0, ".inf"},
    {"+.INF", GOPS_SCALAR_INFINITE, 0, ".inf"},
    {"-.inf", GOPS_SCALAR_INFINITE, 0, "-.inf"}, {"-.Inf", GOPS_SCALAR_INFINITE, 0, "-.inf"},
    {"-.INF", GOPS_SCALAR_INFINITE, 0, "-.inf"},
};

enum { LONGEST_WORD = 5 };

/* Returns 1 when text is one of the words. */
static int resolve_word(gops_scalar *out, const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const word *w = &words[i];
        if (w->text[0] == text[0] && strncmp(w->text, text, length) == 0 &&
            w->text[length] == '\0') {
            set_static(out, w->kind, w->boolean, w->spelling);
            return 1;
        }
    }
    return 0;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digit_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/* The base that the prefix of an unsigned integer names; *p moves behind the prefix. */
static int read_base(const char **p, const char *end)
{
    if (end - *p < 2 || **p != '0')
        return 10;
    char letter = (*p)[1];
    int base = letter == 'x' || letter == 'X' ? 16 : letter == 'b' || letter == 'B' ? 2 : 8;
    *p += base != 8 || letter == 'o' || letter == 'O' ? 2 : 1;
    return base;
}

/* Reads an integer that fits 64 bits. Returns 1 when text is one. */
static int resolve_integer(gops_scalar *out, const char *text, size_t length, gops_arena *arena)
{
    const char *p = text, *end = text + length;
    int negative = *p == '-', sign = negative || *p == '+';
    p += sign;
    int base = read_base(&p, end);
    uint64_t value = 0;
    if (p == end)
        return 0;
    for (; p < end; p++) {
        int digit = digit_value(*p);
        if (digit >= base || value > (UINT64_MAX - (uint64_t)digit) / (uint64_t)base)
            return 0;
        value = value * (uint64_t)base + (uint64_t)digit;
    }
    uint64_t largest = (uint64_t)INT64_MAX + (uint64_t)negative;
    if (value > largest && sign)
        return 0;
    int32_t kind = value > largest ? GOPS_SCALAR_UINT : GOPS_SCALAR_INT;
    char spelling[24];
    int size = snprintf(spelling, sizeof spelling, "%s%" PRIu64, negative && value ? "-" : "",
                        value);
    char *stored = gops_arena_strndup(arena, spelling, (size_t)size);
    if (!stored)
        return GITOPS_ENOMEM;
    *out = (gops_scalar){kind, 0, stored, (size_t)size, 1, 0, 0};
    return 1;
}

/* The parts of a decimal number; fraction and exponent may be empty. */
typedef struct decimal {
    int negative;
    const char *whole, *whole_end, *fraction, *fraction_end, *exponent, *exponent_end;
} decimal;

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

static int split_decimal(decimal *out, const char *p, const char *end)
{
    out->negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    out->whole = p;
    out->whole_end = out->fraction = out->fraction_end = p = skip_digits(p, end);
    if (p < end && *p == '.') {
        out->fraction = p + 1;
        out->fraction_end = p = skip_digits(p + 1, end);
    }
    if (out->whole == out->whole_end && out->fraction == out->fraction_end)
        return 0;
    out->exponent = out->exponent_end = p;
    if (p < end && (*p == 'e' || *p == 'E')) {
        const char *digits = p + 1;
        digits += digits < end && (*digits == '-' || *digits == '+');
        out->exponent_end = p = skip_digits(digits, end);
        if (p == digits)
            return 0;
    }
    return p == end;
}

/* Writes a decimal as JSON spells it. At most two bytes longer than its source. */
static size_t spell_decimal(char *out, const decimal *d)
{
    char *p = out;
    const char *whole = d->whole;
    if (d->negative)
        *p++ = '-';
    while (whole < d->whole_end && *whole == '0')
        whole++;
    if (whole == d->whole_end)
        *p++ = '0';
    memcpy(p, whole, (size_t)(d->whole_end - whole));
    p += d->whole_end - whole;
    if (d->fraction < d->fraction_end) {
        *p++ = '.';
        memcpy(p, d->fraction, (size_t)(d->fraction_end - d->fraction));
        p += d->fraction_end - d->fraction;
    }
    memcpy(p, d->exponent, (size_t)(d->exponent_end - d->exponent));
    p += d->exponent_end - d->exponent;
    return (size_t)(p - out);
}

/* Returns 1 when text is a decimal number; a string then if no double is as large. */
static int resolve_decimal(gops_scalar *out, const char *text, size_t length, gops_arena *arena)
{
    decimal parts;
    gops_number number;
    const char *spelling = text;
    if (!split_decimal(&parts, text, text + length))
        return 0;
    if (!gops_number_parse(&number, text, length)) {
        char *stored = gops_arena_alloc(arena, length + 2);
        if (!stored)
            return GITOPS_ENOMEM;
        length = spell_decimal(stored, &parts);
        spelling = stored;
        if (!gops_number_parse(&number, spelling, length))
            return 0;
    }
    if (!gops_number_in_range(&number)) {
        out->too_large = 1;
        return 0;
    }
    *out = (gops_scalar){GOPS_SCALAR_FLOAT, 0, spelling, length, spelling != text, 0, 0};
    return 1;
}

/* ".5_0": an underscore counts only between two digits there. */
static int underscores_fit(const char *text, size_t length)
{
    if (text[0] != '.')
        return 1;
    for (size_t i = 1; i < length; i++)
        if (text[i] == '_' && (!is_digit(text[i - 1]) || i + 1 == length || !is_digit(text[i + 1])))
            return 0;
    return 1;
}

/* A copy without underscores; text itself when it has none; NULL: no memory. */
static const char *strip_underscores(const char *text, size_t *length, gops_arena *arena)
{
    if (!memchr(text, '_', *length))
        return text;
    char *copy = gops_arena_alloc(arena, *length);
    size_t used = 0;
    for (size_t i = 0; copy && i < *length; i++)
        if (text[i] != '_')
            copy[used++] = text[i];
    *length = used;
    return copy;
}

static int all_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!is_digit(text[i]))
            return 0;
    return 1;
}

static int looks_numeric(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (digit_value(c) > 15 && !strchr("_.+-xXoO", c))
            return 0;
        if (c == '\0')
            return 0;
    }
    return 1;
}

/* out is a string; makes a number of it when it is one. */
static int resolve_number(gops_scalar *out, const char *text, size_t length, gops_arena *arena)
{
    if (((text[0] >= '1' && text[0] <= '9') || (text[0] == '0' && length == 1)) && length <= 18 &&
        all_digits(text, length)) {
        out->kind = GOPS_SCALAR_INT;
        return 0;
    }
    if (!looks_numeric(text, length) || !underscores_fit(text, length))
        return 0;
    const char *plain = strip_underscores(text, &length, arena);
    if (!plain)
        return GITOPS_ENOMEM;
    if (length == 0)
        return 0;
    int rc = text[0] == '.' ? 0 : resolve_integer(out, plain, length, arena);
    if (rc == 0)
        rc = resolve_decimal(out, plain, length, arena);
    if (rc == 1 && plain != text)
        out->stored = 1;
    return rc < 0 ? rc : 0;
}

/* What a first byte may begin: a word, a number, or only a string. */
enum { BEGINS_STRING, BEGINS_WORD, BEGINS_NUMBER, BEGINS_EITHER };

static const unsigned char beginnings[256] = {
    ['~'] = BEGINS_WORD,   ['n'] = BEGINS_WORD,   ['N'] = BEGINS_WORD,   ['t'] = BEGINS_WORD,
    ['T'] = BEGINS_WORD,   ['f'] = BEGINS_WORD,   ['F'] = BEGINS_WORD,   ['y'] = BEGINS_WORD,
    ['Y'] = BEGINS_WORD,   ['o'] = BEGINS_WORD,   ['O'] = BEGINS_WORD,   ['.'] = BEGINS_EITHER,
    ['+'] = BEGINS_EITHER, ['-'] = BEGINS_EITHER, ['0'] = BEGINS_NUMBER, ['1'] = BEGINS_NUMBER,
    ['2'] = BEGINS_NUMBER, ['3'] = BEGINS_NUMBER, ['4'] = BEGINS_NUMBER, ['5'] = BEGINS_NUMBER,
    ['6'] = BEGINS_NUMBER, ['7'] = BEGINS_NUMBER, ['8'] = BEGINS_NUMBER, ['9'] = BEGINS_NUMBER,
};

int gops_scalar_resolve(gops_scalar *out, const char *text, size_t length, gops_arena *arena)
{
    gops_scalar_string(out, text, length);
    if (length == 0) {
        set_static(out, GOPS_SCALAR_NULL, 0, "");
        return 0;
    }
    int begins = beginnings[(unsigned char)text[0]];
    if ((begins & BEGINS_WORD) && length <= LONGEST_WORD && resolve_word(out, text, length))
        return 0;
    return begins & BEGINS_NUMBER ? resolve_number(out, text, length, arena) : 0;
}

int gops_scalar_store(gops_scalar *scalar, gops_arena *arena)
{
    if (scalar->stored)
        return 0;
    scalar->text = gops_arena_copy(arena, scalar->text, scalar->length);
    scalar->stored = 1;
    return scalar->text ? 0 : GITOPS_ENOMEM;
}

int gops_scalar_set(gitops_value *value, const gops_scalar *scalar)
{
    switch (scalar->kind) {
    case GOPS_SCALAR_NULL:
        gops_value_set_null(value);
        return 0;
    case GOPS_SCALAR_BOOL:
        gops_value_set_bool(value, scalar->boolean);
        return 0;
    case GOPS_SCALAR_INFINITE:
        gops_value_set_null(value);
        return GITOPS_EPARSE;
    case GOPS_SCALAR_STRING:
        gops_value_set_string(value, scalar->text, (uint32_t)scalar->length);
        return 0;
    default:
        gops_value_set_number(value, scalar->text, (uint32_t)scalar->length);
        return 0;
    }
}

/* Digits of the shortest decimal that is this float again; *point is the place of its point. */
static int shortest_digits(float value, char digits[16], int *point)
{
    for (int precision = 0;; precision++) {
        char text[40], again[40];
        int count = 0;
        snprintf(text, sizeof text, "%.*e", precision, (double)value);
        char *e = strchr(text, 'e');
        for (const char *p = text; p < e; p++)
            if (is_digit(*p))
                digits[count++] = *p;
        *point = (int)strtol(e + 1, NULL, 10) + 1;
        digits[count] = '\0';
        /* Without a point the text means the same in every locale. */
        snprintf(again, sizeof again, "%se%d", digits, *point - count);
        if (precision == 8 || strtof(again, NULL) == value)
            return count;
    }
}

/* As strconv.FormatFloat(value, 'g', -1, 32) in Go. Returns the length. */
static size_t format_float(char *out, size_t size, float value)
{
    char digits[16];
    int point, count = shortest_digits(fabsf(value), digits, &point);
    const char *sign = signbit(value) ? "-" : "";
    int length;
    if (value == 0)
        length = snprintf(out, size, "%s0", sign);
    else if (point < -3 || point > 6)
        length = snprintf(out, size, "%s%c%s%se%c%02d", sign, digits[0], count > 1 ? "." : "",
                          digits + 1, point < 1 ? '-' : '+', abs(point - 1));
    else if (point <= 0)
        length = snprintf(out, size, "%s0.%.*s%s", sign, -point, "000", digits);
    else if (point < count)
        length = snprintf(out, size, "%s%.*s.%s", sign, point, digits, digits + point);
    else
        length = snprintf(out, size, "%s%s%.*s", sign, digits, point - count, "00000");
    return (size_t)length;
}

static int float_key(const gops_scalar *scalar, const char **key, size_t *length,
                     gops_arena *arena)
{
    gops_number number;
    char text[40];
    if (!gops_number_parse(&number, scalar->text, scalar->length))
        return GITOPS_EPARSE;
    double exact = gops_number_double(&number);
    if (number.length == 0 && scalar->text[0] == '-')
        exact = -0.0;
    float rounded = (float)exact;
    if (isinf(rounded)) {
        *key = rounded < 0 ? "-.inf" : ".inf";
        *length = strlen(*key);
        return 0;
    }
    *length = format_float(text, sizeof text, rounded);
    *key = gops_arena_strndup(arena, text, *length);
    return *key ? 0 : GITOPS_ENOMEM;
}

int gops_scalar_key(const gops_scalar *scalar, const char **key, size_t *length,
                    gops_arena *arena)
{
    switch (scalar->kind) {
    case GOPS_SCALAR_NULL:
    case GOPS_SCALAR_UINT:
        return GITOPS_EPARSE;
    case GOPS_SCALAR_BOOL:
        *key = scalar->boolean ? "true" : "false";
        *length = strlen(*key);
        return 0;
    case GOPS_SCALAR_FLOAT:
        return float_key(scalar, key, length, arena);
    default:
        *key = scalar->text;
        *length = scalar->length;
        return 0;
    }
}
