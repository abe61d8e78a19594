/*
 * yaml_direct_scalar: a scalar on one line without escapes is a part of the source; any other is
 * folded or decoded into the arena, by the steps that libyaml's scanner makes.
 */
#include "value/yaml_direct_scalar.h"

#include <string.h>

#include "value/text.h"

/* What a byte may do inside of a plain scalar, and that it cannot be the first one. */
enum { STOPS_BLOCK = 1, STOPS_FLOW = 2, NEVER_FIRST = 4 };

static const uint8_t meaning[256] = {
    ['\n'] = 7, ['\t'] = 7, [':'] = 7, ['#'] = 7, [','] = 6, ['['] = 6,  [']'] = 6,
    ['{'] = 6,  ['}'] = 6,  ['?'] = 6, ['&'] = 4, ['*'] = 4, ['!'] = 4,  ['|'] = 4,
    ['>'] = 4,  ['\''] = 4, ['"'] = 4, ['%'] = 4, ['@'] = 4, ['`'] = 4,
};

static int starts_plain(const gops_direct *direct)
{
    if (*direct->p == '-')
        return !gops_is_blankz(direct->p + 1, direct->end);
    return !(meaning[(unsigned char)*direct->p] & NEVER_FIRST);
}

static int is_break(const char *p, const char *end)
{
    return p < end && *p == '\n';
}

static const char *trim_end(const char *start, const char *end)
{
    while (end > start && end[-1] == ' ')
        end--;
    return end;
}

static void set_text(gops_direct_text *out, const char *start, const char *end)
{
    out->text = start;
    out->length = (size_t)(end - start);
}

static void begin(gops_direct *direct, gops_direct_text *out, int is_plain)
{
    out->line = direct->line;
    out->column = gops_direct_column(direct, direct->p);
    out->is_plain = is_plain;
    out->is_decoded = out->is_multiline = 0;
}

/*
 * The end of what a plain scalar has on this line, from p: a line break, a comment, or a colon that
 * ends it. NULL to decline.
 */
static const char *plain_end(const char *p, const char *line, const char *end)
{
    for (;; p++) {
        while (p < end && !(meaning[(unsigned char)*p] & STOPS_BLOCK))
            p++;
        if (p == end || *p == '\n')
            return p;
        if (*p == '\t')
            return NULL;
        if (*p == ':' ? gops_is_blankz(p + 1, end) : p > line && p[-1] == ' ')
            return p;
    }
}

/* The first character of a line that goes on with a plain scalar behind the break at p, or NULL. */
static const char *next_plain_line(const char *p, const char *end, uint32_t indent)
{
    for (;;) {
        const char *line = p + 1;
        for (p = line; p < end && *p == ' ';)
            p++;
        if (is_break(p, end))
            continue;
        if (p == end || *p == '#' || *p == '\t' || (size_t)(p - line) < indent ||
            gops_is_indicator(line, end, '-') || gops_is_indicator(line, end, '.'))
            return NULL;
        return p;
    }
}

/* One break is a blank, more are all but one; what was written ends with no blank. */
static char *fold_breaks(gops_direct *direct, const char *from, const char *to, char *write)
{
    uint32_t breaks = 0;
    for (const char *p = from; p < to; p++)
        if (*p == '\n') {
            breaks++;
            gops_direct_next_line(direct, p + 1);
        }
    if (breaks == 1)
        *write++ = ' ';
    for (; breaks > 1; breaks--)
        *write++ = '\n';
    return write;
}

/* The lines after the first one, which ends at first. What follows was found by next_plain_line. */
static int fold_plain(gops_direct *direct, uint32_t indent, const char *first,
                      gops_direct_text *out)
{
    const char *start = direct->p, *end = direct->end, *line_end = first, *stop = first, *next;
    while (is_break(stop, end) && (next = next_plain_line(stop, end, indent))) {
        stop = plain_end(next, next, end);
        if (!stop || (stop < end && *stop == ':'))
            return 0;
        line_end = trim_end(next, stop);
    }
    char *text = gops_arena_bytes(direct->builder->arena, (size_t)(line_end - start));
    if (!text)
        return GITOPS_ENOMEM;
    char *write = text;
    for (const char *line = start, *last = trim_end(start, first);;) {
        memcpy(write, line, (size_t)(last - line));
        write += last - line;
        if (last == line_end)
            break;
        const char *from = last;
        while (*last == ' ' || *last == '\n')
            last++;
        write = fold_breaks(direct, from, last, write);
        line = last;
        stop = plain_end(line, line, end);
        last = trim_end(line, stop);
    }
    set_text(out, text, write);
    out->is_decoded = out->is_multiline = 1;
    direct->p = line_end;
    return 1;
}

int gops_direct_plain(gops_direct *direct, uint32_t indent, gops_direct_text *out)
{
    const char *start = direct->p;
    begin(direct, out, 1);
    const char *stop = starts_plain(direct) ? plain_end(start, start, direct->end) : NULL;
    if (!stop)
        return 0;
    if (is_break(stop, direct->end) && next_plain_line(stop, direct->end, indent))
        return fold_plain(direct, indent, stop, out);
    set_text(out, start, trim_end(start, stop));
    direct->p = out->text + out->length;
    return 1;
}

int gops_direct_plain_in_flow(gops_direct *direct, gops_direct_text *out)
{
    const char *p = direct->p, *end = direct->end;
    begin(direct, out, 1);
    if (!starts_plain(direct))
        return 0;
    for (;; p++) {
        while (p < end && !(meaning[(unsigned char)*p] & STOPS_FLOW))
            p++;
        if (p == end || *p == '\t' || *p == '?' || *p == '#')
            return 0;
        if (*p != ':' || gops_is_blankz(p + 1, end))
            break;
        if (meaning[(unsigned char)p[1]] & STOPS_FLOW && p[1] != ':' && p[1] != '#')
            return 0;
    }
    set_text(out, direct->p, trim_end(direct->p, p));
    direct->p = out->text + out->length;
    return 1;
}

/* ---- quoted ---- */

/* The quote that ends the text at p, or NULL; *plain: nothing in it stands for something else. */
static const char *find_quote(const char *p, const char *end, char quote, int *plain)
{
    *plain = 1;
    for (; p < end; p++) {
        if (*p == quote) {
            if (quote == '"' || p + 1 == end || p[1] != '\'')
                return p;
            *plain = 0;
            p++;
        } else if (*p == '\n') {
            *plain = 0;
        } else if (*p == '\\' && quote == '"') {
            *plain = 0;
            p++;
        }
    }
    return NULL;
}

static int hex_value(const char *p, int digits, uint32_t *out)
{
    uint32_t value = 0;
    for (int i = 0; i < digits; i++) {
        char c = p[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return 0;
        value = value << 4 | digit;
    }
    *out = value;
    return (value < 0xD800 || value > 0xDFFF) && value <= 0x10FFFF;
}

/* Decodes the escape at *p, which is no line break; the text ends at end. 0 to decline. */
static int read_escape(const char **p, const char *end, char **write)
{
    /* Without \\L and \\P, which would take more room than their source. */
    static const char names[] = "0abt\tnvfre \"/\\N_";
    static const uint32_t meanings[] = {0,  7,  8,   9,   9,   10,   11,   12,
                                        13, 27, ' ', '"', '/', '\\', 0x85, 0xA0};
    char c = (*p)[1];
    const char *found = c ? strchr(names, c) : NULL;
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    uint32_t character;
    if (!found && (!digits || end - *p < 2 + digits || !hex_value(*p + 2, digits, &character)))
        return 0;
    if (found)
        character = meanings[found - names];
    *p += 2 + digits;
    char encoded[4];
    size_t width = gops_utf8_encode(character, encoded);
    memcpy(*write, encoded, width);
    *write += width;
    return 1;
}

/*
 * The blanks and breaks at *p. Blanks around breaks go; breaks fold, unless the first was escaped:
 * then all that is left of them are the empty lines. 0 to decline.
 */
static int fold_quoted(gops_direct *direct, const char **p, const char *end, int escaped,
                       char **write)
{
    const char *from = *p, *at = *p;
    uint32_t breaks = 0;
    for (; at < end && (*at == ' ' || *at == '\t' || *at == '\n'); at++)
        if (*at == '\n') {
            breaks++;
            gops_direct_next_line(direct, at + 1);
            if (gops_is_indicator(at + 1, direct->end, '-') ||
                gops_is_indicator(at + 1, direct->end, '.'))
                return 0;
        }
    *p = at;
    if (breaks == 0 && !escaped) {
        memcpy(*write, from, (size_t)(at - from));
        *write += at - from;
        return 1;
    }
    if (breaks == 1 && !escaped)
        *(*write)++ = ' ';
    for (uint32_t i = escaped ? 0 : 1; i < breaks; i++)
        *(*write)++ = '\n';
    return 1;
}

/* Decodes the text from p to its quote at end. Returns 1, 0 to decline. */
static int decode_quoted(gops_direct *direct, const char *p, const char *end, char quote,
                         char **write)
{
    while (p < end) {
        int fine = 1;
        if (*p == ' ' || *p == '\t' || *p == '\n') {
            fine = fold_quoted(direct, &p, end, 0, write);
        } else if (*p == '\'' && quote == '\'') {
            *(*write)++ = '\'';
            p += 2;
        } else if (*p == '\\' && quote == '"' && p[1] == '\n') {
            gops_direct_next_line(direct, p + 2);
            p += 2;
            fine = !gops_is_indicator(p, direct->end, '-') &&
                   !gops_is_indicator(p, direct->end, '.') &&
                   fold_quoted(direct, &p, end, 1, write);
        } else if (*p == '\\' && quote == '"') {
            fine = read_escape(&p, end, write);
        } else {
            *(*write)++ = *p++;
        }
        if (!fine)
            return 0;
    }
    return 1;
}

int gops_direct_quoted(gops_direct *direct, gops_direct_text *out)
{
    const char *start = direct->p + 1;
    char quote = *direct->p;
    int is_simple;
    begin(direct, out, 0);
    const char *end = find_quote(start, direct->end, quote, &is_simple);
    if (!end)
        return 0;
    set_text(out, start, end);
    direct->p = end + 1;
    if (is_simple)
        return 1;
    char *text = gops_arena_bytes(direct->builder->arena, (size_t)(end - start) + 1);
    if (!text)
        return GITOPS_ENOMEM;
    char *write = text;
    uint32_t line = direct->line;
    if (!decode_quoted(direct, start, end, quote, &write))
        return 0;
    set_text(out, text, write);
    out->is_decoded = 1;
    out->is_multiline = direct->line != line;
    return 1;
}

/* ---- block ---- */

typedef struct block {
    int is_literal;
    char chomping;         /* '-', '+' or 0 */
    uint32_t increment;    /* of an indentation that is stated, or 0 */
    uint32_t indent;
    uint32_t breaks;       /* line breaks not written yet, besides that of the last line */
    int has_break;         /* the last line has one, which is not written yet */
    int after_blank;       /* the last line began with a blank */
    char *write;
} block;

/* The indicators behind "|" or ">", up to the line break. Returns what follows it, or NULL. */
static const char *read_header(const char *p, const char *end, block *b)
{
    for (int i = 0; i < 2 && p < end; i++) {
        if (!b->chomping && (*p == '+' || *p == '-'))
            b->chomping = *p++;
        else if (!b->increment && *p >= '1' && *p <= '9')
            b->increment = (uint32_t)(*p++ - '0');
    }
    const char *blanks = p;
    while (p < end && *p == ' ')
        p++;
    if (p < end && *p == '#' && p > blanks)
        p = memchr(p, '\n', (size_t)(end - p));
    return p && is_break(p, end) ? p + 1 : NULL;
}

/* Finds the indentation by the first line with content. Returns 1, 0 to decline. */
static int find_indent(const char *p, const char *end, uint32_t parent, block *b)
{
    uint32_t most = 0, blanks;
    if (b->increment) {
        b->indent = parent + b->increment;
        return 1;
    }
    for (;; p++) {
        for (blanks = 0; p < end && *p == ' '; p++)
            blanks++;
        if (!is_break(p, end))
            break;
        most = blanks > most ? blanks : most;
    }
    b->indent = blanks;
    return p < end && *p != '\t' && blanks > parent && most <= blanks;
}

/* Passes over empty lines. Returns the content of the next line, or the start of the line that ends
   the scalar in *ended; NULL to decline. */
static const char *skip_empty(gops_direct *direct, const char *p, block *b, int *ended)
{
    const char *end = direct->end;
    for (;;) {
        const char *line = p;
        while (p < end && *p == ' ' && (uint32_t)(p - line) < b->indent)
            p++;
        if (is_break(p, end)) {
            b->breaks++;
            gops_direct_next_line(direct, ++p);
            continue;
        }
        *ended = p == end || (uint32_t)(p - line) < b->indent;
        if (*ended && p < end && *p == '\t')
            return NULL;
        return *ended ? line : p;
    }
}

/* Writes the breaks before a line that begins with c, folded where that is asked for. */
static void write_breaks(block *b, char c)
{
    int is_blank = c == ' ' || c == '\t';
    if (b->has_break && (b->is_literal || b->after_blank || is_blank))
        *b->write++ = '\n';
    else if (b->has_break && b->breaks == 0)
        *b->write++ = ' ';
    memset(b->write, '\n', b->breaks);
    b->write += b->breaks;
    b->breaks = 0;
    b->has_break = 0;
    b->after_blank = is_blank;
}

/* Writes the lines from p on; direct->p is left at the line after them. 0 to decline. */
static int read_lines(gops_direct *direct, const char *p, block *b)
{
    int ended = 0;
    for (;;) {
        p = skip_empty(direct, p, b, &ended);
        if (!p)
            return 0;
        direct->p = p;
        if (ended)
            return 1;
        write_breaks(b, *p);
        const char *newline = memchr(p, '\n', (size_t)(direct->end - p));
        const char *line_end = newline ? newline : direct->end;
        memcpy(b->write, p, (size_t)(line_end - p));
        b->write += line_end - p;
        p = line_end;
        if (newline) {
            b->has_break = 1;
            gops_direct_next_line(direct, ++p);
        }
    }
}

/* A place at or behind the end of the scalar that begins at p: bounds what it needs. */
static const char *find_block_end(const char *p, const char *end, uint32_t indent)
{
    while (p < end) {
        const char *line = p;
        while (p < end && *p == ' ' && (uint32_t)(p - line) < indent)
            p++;
        if (p < end && *p != '\n' && (uint32_t)(p - line) < indent)
            return line;
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : end;
    }
    return end;
}

int gops_direct_block(gops_direct *direct, uint32_t parent, gops_direct_text *out)
{
    block b = {.is_literal = *direct->p == '|'};
    begin(direct, out, 0);
    const char *p = read_header(direct->p + 1, direct->end, &b);
    if (!p || !find_indent(p, direct->end, parent, &b))
        return 0;
    size_t most = (size_t)(find_block_end(p, direct->end, b.indent) - p) + 1;
    char *text = gops_arena_bytes(direct->builder->arena, most);
    if (!text)
        return GITOPS_ENOMEM;
    b.write = text;
    gops_direct_next_line(direct, p);
    if (!read_lines(direct, p, &b))
        return 0;
    if (b.chomping != '-' && b.has_break)
        *b.write++ = '\n';
    for (; b.chomping == '+' && b.breaks; b.breaks--)
        *b.write++ = '\n';
    set_text(out, text, b.write);
    gops_arena_trim(direct->builder->arena, text, most, out->length);
    out->is_decoded = out->is_multiline = 1;
    return 1;
}

/* ---- to keys and values ---- */

/* Resolves a scalar and makes its text last. Returns 1, 0 to decline, or GITOPS_ENOMEM. */
static int resolve(gops_direct *direct, const gops_direct_text *scalar, gops_scalar *out)
{
    gops_builder *builder = direct->builder;
    int rc = 0;
    if (scalar->length > builder->context->limits.max_scalar_bytes)
        return 0;
    if (scalar->is_plain)
        rc = gops_scalar_resolve(out, scalar->text, scalar->length, builder->arena);
    else
        gops_scalar_string(out, scalar->text, scalar->length);
    if (rc < 0)
        return rc;
    if (out->kind == GOPS_SCALAR_INFINITE || out->too_large)
        return 0;
    out->stored |= scalar->is_decoded || builder->borrows;
    return gops_scalar_store(out, builder->arena) < 0 ? GITOPS_ENOMEM : 1;
}

int gops_direct_take_key(gops_direct *direct, const gops_direct_text *text)
{
    gops_scalar scalar;
    const char *key;
    size_t length;
    int is_merge = text->is_plain && text->length == 2 && memcmp(text->text, "<<", 2) == 0;
    int rc = is_merge ? 0 : resolve(direct, text, &scalar);
    if (rc <= 0)
        return rc;
    rc = gops_scalar_key(&scalar, &key, &length, direct->builder->arena);
    if (rc == 0)
        rc = gops_builder_key(direct->builder, key, length, text->line, text->column);
    return rc == 0 ? 1 : rc == GITOPS_ENOMEM ? rc : 0;
}

int gops_direct_take_value(gops_direct *direct, const gops_direct_text *text)
{
    gops_scalar scalar;
    gitops_value *value;
    int rc = resolve(direct, text, &scalar);
    if (rc <= 0)
        return rc;
    rc = gops_builder_slot(direct->builder, &value, text->line, text->column);
    if (rc == 0) {
        direct->builder->bytes += scalar.length;
        rc = gops_scalar_set(value, &scalar);
    }
    return rc == 0 ? 1 : rc == GITOPS_ENOMEM ? rc : 0;
}
