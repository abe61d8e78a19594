/*
 * emit_style: what a text needs to be read back by everybody. One pass over its characters says
 * which styles could hold it; whether it may stand plain is then a matter of how it begins, of the
 * indicators inside, and of whether some reader takes it for a word, a number or a date.
 */
#include "value/emit_style.h"

#include <string.h>

#include "value/text.h"

/* What there is among the characters of a text. */
typedef struct makeup {
    size_t newlines, tabs;
    size_t visible; /* anything but blanks and newlines */
    size_t marks;   /* " and \, which only double quotes would escape */
    size_t quotes;  /* ' */
    int odd;        /* something that can only be written as an escape */
} makeup;

/* What YAML cannot hold as it is, and what only some readers take for a break of lines. */
static int is_odd(uint32_t c)
{
    return !gops_text_printable(c) || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029 ||
           c == 0xFEFF;
}

static makeup look(const char *text, size_t length)
{
    makeup found = {0};
    size_t width;
    for (size_t at = 0; at < length; at += width) {
        uint32_t c = 0;
        width = gops_utf8_decode(text + at, length - at, &c);
        if (width == 0 || is_odd(c)) {
            found.odd = 1;
            return found;
        }
        found.newlines += c == '\n';
        found.tabs += c == '\t';
        found.visible += c != '\n' && c != '\t' && c != ' ';
        found.marks += c == '"' || c == '\\';
        found.quotes += c == '\'';
    }
    return found;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_one_of(const char *text, size_t length, const char *const *words)
{
    for (; *words; words++) {
        size_t at = 0;
        while (at < length && (*words)[at] && (text[at] | 0x20) == (*words)[at])
            at++;
        if (at == length && !(*words)[at])
            return 1;
    }
    return 0;
}

/* Words that mean something to some reader, in any mix of cases. */
static int is_word(const char *text, size_t length)
{
    static const char *const words[] = {"y",     "n",    "yes", "no",  "on",       "off", "true",
                                        "false", "null", "nan", "inf", "infinity", NULL};
    return is_one_of(text, length, words) ||
           (length == 1 && (*text == '~' || *text == '=')) ||
           (length == 2 && memcmp(text, "<<", 2) == 0);
}

static int consists_of(const char *p, const char *end, const char *characters)
{
    while (p < end && *p && strchr(characters, *p))
        p++;
    return p == end;
}

/* "0x1F" and the like, underscores anywhere, and the fractions that C knows in base 16. */
static int looks_like_radix(const char *p, const char *end)
{
    while (p < end && *p == '_')
        p++;
    if (p == end || *p++ != '0')
        return 0;
    while (p < end && *p == '_')
        p++;
    return p < end && consists_of(p, p + 1, "xXoObB") &&
           consists_of(p + 1, end, "0123456789abcdefABCDEF_,.+-pP");
}

/* "2001-12-14", and whatever time of day follows. */
static int looks_like_date(const char *p, const char *end)
{
    return end - p > 5 && is_digit(p[0]) && is_digit(p[1]) && is_digit(p[2]) && is_digit(p[3]) &&
           p[4] == '-' && consists_of(p, end, "0123456789-:.+tTzZ ");
}

/* Several points and no sign: to every reader an address or a version. */
static int is_dotted(const char *text, const char *end)
{
    int points = 0;
    if (!is_digit(*text) || !consists_of(text, end, "0123456789."))
        return 0;
    for (const char *p = text; p < end; p++)
        points += *p == '.';
    return points > 1;
}

/*
 * Decimal digits with what stands among them in integers, fractions and base 60, and an exponent,
 * which is enough for one reader. Another one passes over underscores wherever they stand.
 */
static int looks_like_decimal(const char *p, const char *end)
{
    static const char digits[] = "0123456789_,.:";
    while (p < end && strchr(digits, *p))
        p++;
    if (p == end)
        return 1;
    if (*p != 'e' && *p != 'E')
        return 0;
    p++;
    while (p < end && *p == '_')
        p++;
    p += p < end && (*p == '+' || *p == '-');
    return p < end && consists_of(p, end, digits);
}

/* What some YAML of any age reads as a number or a date, and some more. */
static int looks_numeric(const char *text, size_t length)
{
    static const char *const limits[] = {"nan", "inf", "infinity", NULL};
    const char *p = text, *end = text + length;
    int has_sign = *p == '+' || *p == '-', has_point;
    p += has_sign;
    if ((looks_like_radix(p, end) && *text != '_') || looks_like_date(p, end))
        return 1;
    has_point = p < end && *p == '.';
    p += has_point;
    if (p == end)
        return 1;
    if (!has_sign && !has_point && !is_digit(*p) && *p != 'e' && *p != 'E')
        return 0;
    if (is_one_of(p, (size_t)(end - p), limits))
        return 1;
    return looks_like_decimal(p, end) && !is_dotted(text, end);
}

/* The first characters begin a plain scalar in every reader, and no document marker. */
static int begins_plain(const char *text, size_t length)
{
    static const char indicators[] = "?:,[]{}#&*!|>'\"%@` ";
    if (length >= 3 && (memcmp(text, "---", 3) == 0 || memcmp(text, "...", 3) == 0))
        return 0;
    if (*text == '-')
        return length > 1 && text[1] != ' ';
    return !strchr(indicators, *text);
}

/* text has neither newlines nor tabs nor odd characters. */
static int is_plain(const char *text, size_t length)
{
    if (!begins_plain(text, length) || text[length - 1] == ' ' || text[length - 1] == ':')
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] == ' ' && text[i - 1] == ':') || (text[i] == '#' && text[i - 1] == ' '))
            return 0;
    return !is_word(text, length) && !looks_numeric(text, length);
}

static gops_style style_of(const char *text, size_t length, const makeup *found)
{
    if (found->odd || found->newlines || found->tabs || length == 0)
        return GOPS_STYLE_DOUBLE;
    if (is_plain(text, length))
        return GOPS_STYLE_PLAIN;
    return found->marks > found->quotes ? GOPS_STYLE_SINGLE : GOPS_STYLE_DOUBLE;
}

gops_style gops_style_of_line(const char *text, size_t length)
{
    makeup found = look(text, length);
    return style_of(text, length, &found);
}

/* The last line that has characters has nothing but blanks, which one reader drops. */
static int ends_blank(const char *text, size_t length)
{
    while (length && text[length - 1] == '\n')
        length--;
    size_t end = length;
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return length < end && (length == 0 || text[length - 1] == '\n');
}

gops_style gops_style_of(const char *text, size_t length)
{
    makeup found = look(text, length);
    if (!found.odd && found.newlines && found.visible && !ends_blank(text, length))
        return GOPS_STYLE_LITERAL;
    return style_of(text, length, &found);
}

int gops_style_is_indented(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && text[at] == '\n')
        at++;
    return at < length && (text[at] == ' ' || text[at] == '\t');
}
