/*
 * wildmatch: a loop with two places to go back to, the last star and the last "**". Older ones are
 * never needed again: what a newer one can still take is a superset of what an older one would
 * leave over. So there is no recursion and no exponential case.
 */
#include "source/wildmatch.h"

#include <stdint.h>
#include <string.h>

typedef struct glob {
    const unsigned char *pattern;
    size_t length;
} glob;

static int in_range(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

static int is_alpha(unsigned char c)
{
    return in_range(c, 'a', 'z') || in_range(c, 'A', 'Z');
}

/* 1 or 0 for a byte in a named class; -1 when there is no such class. ASCII, in any locale. */
static int in_named_class(const unsigned char *name, size_t length, unsigned char c)
{
    static const char *const names[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph",
                                        "lower", "print", "punct", "space", "upper", "xdigit"};
    int digit = in_range(c, '0', '9'), graph = in_range(c, 0x21, 0x7E);
    const int member[] = {is_alpha(c) || digit,
                          is_alpha(c),
                          c == ' ' || c == '\t',
                          c < 0x20 || c == 0x7F,
                          digit,
                          graph,
                          in_range(c, 'a', 'z'),
                          graph || c == ' ',
                          graph && !is_alpha(c) && !digit,
                          c == ' ' || in_range(c, '\t', '\r'),
                          in_range(c, 'A', 'Z'),
                          digit || in_range(c, 'a', 'f') || in_range(c, 'A', 'F')};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return member[i];
    return -1;
}

/*
 * Reads "[:name:]" at *at. Returns 1 or 0 for membership and moves *at to its last byte; -1 when
 * it is malformed; -2 when it is no named class, only a "[" in a set.
 */
static int match_named_class(const glob *g, size_t *at, unsigned char c)
{
    size_t start = *at + 2, end = start;
    while (end < g->length && g->pattern[end] != ']')
        end++;
    if (end == g->length)
        return -1;
    if (end == start || g->pattern[end - 1] != ':')
        return -2;
    *at = end;
    return in_named_class(g->pattern + start, end - start - 1, c);
}

/* The byte at *at, after a backslash if there is one; -1 at the end of the pattern. */
static int set_byte(const glob *g, size_t *at)
{
    if (*at < g->length && g->pattern[*at] == '\\')
        ++*at;
    return *at < g->length ? g->pattern[*at] : -1;
}

/*
 * One member of a set at *at, which is left on the member's last byte. *previous is the byte that
 * may start a range, 0 for none. Returns 1 when c belongs to it, 0 when not, -1 when malformed.
 */
static int match_member(const glob *g, size_t *at, unsigned char *previous, unsigned char c)
{
    unsigned char here = g->pattern[*at];
    unsigned char next = *at + 1 < g->length ? g->pattern[*at + 1] : 0;
    if (here == '-' && *previous && next && next != ']') {
        unsigned char low = *previous;
        ++*at;
        int high = set_byte(g, at);
        *previous = 0;
        return high < 0 ? -1 : in_range(c, low, (unsigned char)high);
    }
    if (here == '[' && next == ':') {
        int member = match_named_class(g, at, c);
        *previous = member == -2 ? '[' : 0;
        return member == -2 ? c == '[' : member;
    }
    int single = set_byte(g, at);
    *previous = (unsigned char)(single < 0 ? 0 : single);
    return single < 0 ? -1 : c == single;
}

/* A set at *at ("["); on a match *at is moved behind its "]". */
static int match_set(const glob *g, size_t *at, unsigned char c)
{
    size_t p = *at + 1;
    int negated = p < g->length && (g->pattern[p] == '!' || g->pattern[p] == '^');
    int matched = 0;
    unsigned char previous = 0;
    p += (size_t)negated;
    do {
        if (p >= g->length)
            return 0;
        int member = match_member(g, &p, &previous, c);
        if (member < 0)
            return 0;
        matched |= member;
        p++;
    } while (p >= g->length || g->pattern[p] != ']');
    *at = p + 1;
    return matched != negated && c != '/';
}

/* One byte of text against what stands at *at; on a match *at is moved behind it. */
static int match_one(const glob *g, size_t *at, unsigned char c)
{
    size_t p = *at;
    switch (g->pattern[p]) {
    case '[':
        return match_set(g, at, c);
    case '?':
        *at = p + 1;
        return c != '/';
    case '\\':
        *at = p + 2;
        return p + 1 < g->length && g->pattern[p + 1] == c;
    default:
        *at = p + 1;
        return g->pattern[p] == c;
    }
}

/*
 * Reads stars at *at and moves it behind them. Returns 0 when they stay within a component, 1 when
 * they are a "**" that takes any text, 2 when they are a "**" that also takes none with its slash.
 */
static int read_stars(const glob *g, size_t *at)
{
    size_t first = *at, end = first;
    while (end < g->length && g->pattern[end] == '*')
        end++;
    *at = end;
    if (end - first < 2 || (first > 0 && g->pattern[first - 1] != '/'))
        return 0;
    if (end == g->length)
        return 1;
    if (g->pattern[end] == '/')
        return 2;
    return g->pattern[end] == '\\' && end + 1 < g->length && g->pattern[end + 1] == '/';
}

int gops_wildmatch(const char *pattern, size_t pattern_length, const char *text, size_t text_length)
{
    const glob g = {(const unsigned char *)pattern, pattern_length};
    const size_t none = SIZE_MAX;
    size_t p = 0, t = 0;
    size_t star = none, star_text = 0; /* behind a star, and where it may take one byte more */
    size_t deep = none,
           deep_text = 0; /* behind a star-star-slash, and where it looks for a slash */
    for (;;) {
        if (p < g.length && g.pattern[p] == '*') {
            int stars = read_stars(&g, &p);
            if (stars && p == g.length)
                return 1;
            if (!stars) {
                star = p;
                star_text = t;
                continue;
            }
            p += g.pattern[p] == '/' ? 1 : 2;
            deep = p;
            deep_text = t;
            star = none;
            if (stars == 2)
                continue;
        } else if (p == g.length && t == text_length) {
            return 1;
        } else if (p < g.length && t < text_length && match_one(&g, &p, (unsigned char)text[t])) {
            t++;
            continue;
        }
        if (star != none && star_text < text_length && text[star_text] != '/') {
            t = ++star_text;
            p = star;
            continue;
        }
        const char *slash = deep != none && deep_text < text_length
                                ? memchr(text + deep_text, '/', text_length - deep_text)
                                : NULL;
        if (!slash)
            return 0;
        t = deep_text = (size_t)(slash - text) + 1;
        p = deep;
        star = none;
    }
}
