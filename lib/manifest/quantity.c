/*
 * quantity: compares exact decimals of any length without memory of its own.
 *
 * A decimal text becomes sign, digits (a span of the text) and exponent. A binary suffix multiplies
 * by up to 2^60; as its result is capped at 2^63 - 1 and has at most 9 decimals, it fits a fixed
 * text of digits. Rounding up, to 1n or to 1m, adds one to a digit; where the carry ends is worked out once,
 * and digits are then read through it, so that nothing is copied.
 */
#include "manifest/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NANO = -9, MILLI = -3, NANO_PER_ONE = 1000000000, CAPPED_TEXT = 40 };

/* value = (-1)^negative * digits * 10^exponent; neither the first nor the last digit is a zero. */
typedef struct quantity {
    int negative;
    const char *digits; /* may hold one '.', to be passed over; may point to text */
    size_t length;      /* bytes of that span; 0 = zero */
    int64_t exponent;   /* of the last digit */
    char text[CAPPED_TEXT];
} quantity;

/* The pieces of a quantity's text. */
typedef struct spelling {
    int negative;
    const char *whole, *fraction;
    size_t whole_length, fraction_length;
    int64_t exponent; /* power of ten, of suffix or exponent */
    int binary;       /* power of two, of a binary suffix */
} spelling;

static size_t count_digits(const char *p, const char *end)
{
    size_t count = 0;
    while (p + count < end && p[count] >= '0' && p[count] <= '9')
        count++;
    return count;
}

/* "e" or "E", a sign, digits. An exponent beyond 32 bits is no quantity. */
static int read_exponent(const char *p, const char *end, int64_t *out)
{
    int64_t value = 0;
    int minus = p + 1 < end && p[1] == '-';
    p += 1 + (p + 1 < end && (p[1] == '-' || p[1] == '+'));
    if (p == end || p + count_digits(p, end) != end)
        return 0;
    for (; p < end; p++) {
        value = value * 10 + (*p - '0');
        if (value > INT32_MAX)
            return 0;
    }
    *out = minus ? -value : value;
    return 1;
}

static int read_suffix(const char *p, const char *end, spelling *out)
{
    static const struct {
        char name[3];
        int8_t exponent, binary;
    } suffixes[] = {{"", 0, 0},    {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0},
                    {"k", 3, 0},   {"M", 6, 0},   {"G", 9, 0},   {"T", 12, 0},
                    {"P", 15, 0},  {"E", 18, 0},  {"Ki", 0, 10}, {"Mi", 0, 20},
                    {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60}};
    size_t length = (size_t)(end - p);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (strlen(suffixes[i].name) == length && memcmp(suffixes[i].name, p, length) == 0) {
            out->exponent = suffixes[i].exponent;
            out->binary = suffixes[i].binary;
            return 1;
        }
    }
    return (*p == 'e' || *p == 'E') && read_exponent(p, end, &out->exponent);
}

static int read_spelling(const char *text, size_t length, spelling *out)
{
    const char *p = text, *end = text + length;
    memset(out, 0, sizeof *out);
    if (p < end && (*p == '-' || *p == '+'))
        out->negative = *p++ == '-';
    out->whole = p;
    out->whole_length = count_digits(p, end);
    p += out->whole_length;
    out->fraction = p;
    if (p < end && *p == '.') {
        out->fraction = ++p;
        out->fraction_length = count_digits(p, end);
        p += out->fraction_length;
    }
    return out->whole_length + out->fraction_length > 0 && read_suffix(p, end, out);
}

/* Drops zeros and the point at both ends of the span. */
static void trim(quantity *q)
{
    while (q->length && (*q->digits == '0' || *q->digits == '.')) {
        q->digits++;
        q->length--;
    }
    for (; q->length; q->length--) {
        char last = q->digits[q->length - 1];
        if (last != '0' && last != '.')
            break;
        q->exponent += last == '0';
    }
    if (q->length == 0)
        q->negative = 0;
}

/* whole * 2^binary + *sum into *sum; 0 when it is beyond 2^63 - 1. */
static int add_shifted(const spelling *s, uint64_t *sum)
{
    uint64_t whole = 0, limit = (uint64_t)INT64_MAX;
    for (size_t i = 0; i < s->whole_length; i++) {
        whole = whole * 10 + (uint64_t)(s->whole[i] - '0');
        if (whole > limit >> s->binary)
            return 0;
    }
    *sum += whole << s->binary;
    return *sum <= limit;
}

/*
 * fraction * 2^binary: returns its whole part and sets *nano to its first nine decimals, rounded
 * up: to NANO_PER_ONE at most. The product of a digit and 2^60 with a carry below 2^60 fits 64 bits.
 */
static uint64_t shift_fraction(const spelling *s, uint32_t *nano)
{
    uint64_t carry = 0;
    uint32_t scale = 1, rest = 0;
    *nano = 0;
    for (size_t i = s->fraction_length; i-- > 0;) {
        uint64_t product = ((uint64_t)(s->fraction[i] - '0') << s->binary) + carry;
        uint32_t digit = (uint32_t)(product % 10);
        carry = product / 10;
        if (i >= 9) {
            rest |= digit;
        } else {
            *nano += digit * scale;
            scale *= 10;
        }
    }
    for (size_t i = s->fraction_length; i < 9; i++)
        *nano *= 10;
    *nano += rest != 0;
    return carry;
}

static void set_binary(quantity *out, const spelling *s)
{
    uint32_t nano;
    uint64_t whole = shift_fraction(s, &nano);
    if (nano == NANO_PER_ONE) {
        nano = 0;
        whole++;
    }
    if (!add_shifted(s, &whole) || (whole == (uint64_t)INT64_MAX && nano)) {
        whole = (uint64_t)INT64_MAX;
        nano = 0;
    }
    int length = snprintf(out->text, sizeof out->text, "%" PRIu64 "%09" PRIu32, whole, nano);
    out->digits = out->text;
    out->length = (size_t)length;
    out->exponent = NANO;
}

/* Returns 0 when the value is no quantity. */
static int read_quantity(quantity *out, const gitops_value *value)
{
    size_t length;
    spelling s;
    const char *text = gitops_value_text(value, &length);
    if (!text || !read_spelling(text, length, &s))
        return 0;
    out->negative = s.negative;
    if (s.binary) {
        set_binary(out, &s);
    } else {
        out->digits = s.whole;
        out->length = (size_t)(s.fraction + s.fraction_length - s.whole);
        out->exponent = s.exponent - (int64_t)s.fraction_length;
    }
    trim(out);
    return 1;
}

/* A quantity that is not zero, rounded up: its digits by power of ten. */
typedef struct rounded {
    const quantity *of;
    int64_t low, high; /* powers of its last and first digit that is not zero */
    int64_t carry;     /* power at which one is added; digits below are zero */
    size_t point;      /* place of the '.' in the span; its length when there is none */
} rounded;

static int plain_digit(const rounded *r, int64_t power)
{
    int64_t back = power - r->of->exponent; /* digits after this one */
    int64_t count = (int64_t)(r->of->length - (r->point < r->of->length));
    if (back < 0 || back >= count)
        return 0;
    size_t i = (size_t)(count - 1 - back);
    i += i >= r->point;
    return r->of->digits[i] - '0';
}

static int rounded_digit(const rounded *r, int64_t power)
{
    return power < r->low ? 0 : plain_digit(r, power) + (power == r->carry);
}

/* finest: power of ten of the finest digit that is kept. */
static void round_up(rounded *r, const quantity *q, int64_t finest)
{
    const char *point = memchr(q->digits, '.', q->length);
    r->of = q;
    r->point = point ? (size_t)(point - q->digits) : q->length;
    r->low = q->exponent;
    r->high = q->exponent + (int64_t)(q->length - (point != NULL)) - 1;
    r->carry = INT64_MIN;
    if (q->exponent >= finest)
        return;
    r->carry = finest;
    while (plain_digit(r, r->carry) == 9)
        r->carry++;
    r->low = r->carry;
    if (r->high < r->carry)
        r->high = r->carry;
}

static int equal_quantities(const quantity *a, const quantity *b, int64_t finest)
{
    rounded x, y;
    if (a->negative != b->negative || a->length == 0 || b->length == 0)
        return a->negative == b->negative && a->length == b->length;
    round_up(&x, a, finest);
    round_up(&y, b, finest);
    if (x.low != y.low || x.high != y.high)
        return 0;
    for (int64_t power = x.high; power >= x.low; power--)
        if (rounded_digit(&x, power) != rounded_digit(&y, power))
            return 0;
    return 1;
}

static int equal_values(const gitops_value *a, const gitops_value *b, int64_t finest)
{
    quantity x, y;
    if (gops_value_same(a, b))
        return 1;
    return read_quantity(&x, a) && read_quantity(&y, b) && equal_quantities(&x, &y, finest);
}

int gops_quantity_equal(const gitops_value *a, const gitops_value *b)
{
    return equal_values(a, b, NANO);
}

int gops_resource_equal(const gitops_value *a, const gitops_value *b)
{
    return equal_values(a, b, MILLI);
}
