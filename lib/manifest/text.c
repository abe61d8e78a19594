/*
 * text: equality of texts by rules that a host chooses. Nothing is copied: a rule narrows the span
 * of a text or reads it piece by piece.
 */
#include "manifest/text.h"

#include <string.h>

typedef struct span {
    const char *text;
    size_t length;
} span;

/* Returns 0 when the value is no string. */
static int read_span(span *out, const gitops_value *value)
{
    if (!gops_value_is(value, GITOPS_VALUE_STRING))
        return 0;
    *out = (span){value->as.text, value->count};
    return 1;
}

static int same_bytes(span a, span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.text, b.text, a.length) == 0);
}

static span without_newline(span s)
{
    s.length -= s.length && s.text[s.length - 1] == '\n';
    return s;
}

int gops_text_newline_equal(const gitops_value *a, const gitops_value *b)
{
    span x, y;
    return read_span(&x, a) && read_span(&y, b) &&
           same_bytes(without_newline(x), without_newline(y));
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int gops_text_case_equal(const gitops_value *a, const gitops_value *b)
{
    span x, y;
    if (!read_span(&x, a) || !read_span(&y, b) || x.length != y.length)
        return 0;
    for (size_t i = 0; i < x.length; i++)
        if (lower(x.text[i]) != lower(y.text[i]))
            return 0;
    return 1;
}

typedef struct version {
    span numbers[3]; /* without zeros in front; empty = 0 */
    span pre;        /* after "-"; empty = none */
} version;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_identifier(char c)
{
    return is_digit(c) || c == '-' || c == '.' || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* Takes the bytes of which is holds off the front of rest. */
static span take(span *rest, int (*is)(char c))
{
    span taken = {rest->text, 0};
    while (taken.length < rest->length && is(rest->text[taken.length]))
        taken.length++;
    rest->text += taken.length;
    rest->length -= taken.length;
    return taken;
}

static int take_char(span *rest, char c)
{
    if (rest->length == 0 || *rest->text != c)
        return 0;
    rest->text++;
    rest->length--;
    return 1;
}

/* Digits without the zeros in front. Returns 0 when there are none. */
static int take_number(span *rest, span *out)
{
    *out = take(rest, is_digit);
    int is_number = out->length > 0;
    while (out->length && *out->text == '0') {
        out->text++;
        out->length--;
    }
    return is_number;
}

/* Returns 0 when the text is no version. */
static int read_version(span rest, version *out)
{
    memset(out, 0, sizeof *out);
    take_char(&rest, 'v');
    for (int i = 0; i < 3 && (i == 0 || take_char(&rest, '.')); i++)
        if (!take_number(&rest, &out->numbers[i]))
            return 0;
    if (take_char(&rest, '-')) {
        out->pre = take(&rest, is_identifier);
        if (out->pre.length == 0)
            return 0;
    }
    if (take_char(&rest, '+') && take(&rest, is_identifier).length == 0)
        return 0;
    return rest.length == 0;
}

int gops_text_semver_equal(const gitops_value *a, const gitops_value *b)
{
    span x, y;
    version left, right;
    if (!read_span(&x, a) || !read_span(&y, b))
        return 0;
    if (same_bytes(x, y))
        return 1;
    if (!read_version(x, &left) || !read_version(y, &right))
        return 0;
    for (int i = 0; i < 3; i++)
        if (!same_bytes(left.numbers[i], right.numbers[i]))
            return 0;
    return same_bytes(left.pre, right.pre);
}
