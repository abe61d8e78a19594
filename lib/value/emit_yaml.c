/*
 * emit_yaml: block style, for people and for every reader. A string stands plain only if no YAML
 * 1.1 or 1.2 reader takes it for something else; text of several lines is a literal block where
 * that is exact; all else is double-quoted, which is the one style without surprises.
 */
#include <string.h>

#include "value/emit.h"
#include "value/emit_walk.h"
#include "value/text.h"

/* Keys up to this length are written in the short form, as libyaml does; readers must take 1024. */
enum { LONGEST_SIMPLE_KEY = 128 };

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words that mean something to some reader, in any mix of cases. */
static int is_word(const char *text, size_t length)
{
    static const char *const words[] = {"y",    "n",  "yes", "no",  "on",  "off", "true",
                                        "false", "null", "nan", "inf"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t at = 0;
        while (at < length && words[i][at] && (text[at] | 0x20) == words[i][at])
            at++;
        if (at == length && !words[i][at])
            return 1;
    }
    return 0;
}

/* Nothing but what numbers, dates and times of any YAML are made of. */
static int looks_numeric(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!text[i] || !strchr("0123456789abcdefABCDEFxXoOtTzZ_+-.:, ", text[i]))
            return 0;
    return 1;
}

/* The first character begins a plain scalar in every reader. */
static int begins_plain(const char *text, size_t length)
{
    char c = text[0];
    if (is_letter(c) || c == '/' || c == '_' || c == '$' || c == '(')
        return 1;
    if (is_digit(c))
        return !looks_numeric(text, length);
    return c == '.' && length > 1 && (text[1] == '/' || is_letter(text[1])) &&
           !looks_numeric(text, length) && !is_word(text + 1, length - 1);
}

static int is_plain(const char *text, size_t length)
{
    if (length == 0 || !begins_plain(text, length) || is_word(text, length) ||
        text[length - 1] == ' ' || text[length - 1] == ':')
        return 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c < 0x20 || c > 0x7E)
            return 0;
        if (c == ':' && text[i + 1] == ' ')
            return 0;
        if (c == '#' && text[i - 1] == ' ')
            return 0;
    }
    return 1;
}

static void put_indent(gops_buffer *out, uint32_t indent)
{
    static const char blanks[] = "                                ";
    for (; indent > sizeof blanks - 1; indent -= (uint32_t)sizeof blanks - 1)
        gops_buffer_put(out, blanks, sizeof blanks - 1);
    gops_buffer_put(out, blanks, indent);
}

/* Every line can stand in a literal block, and the first one tells the indentation. */
static int is_literal(const char *text, size_t length)
{
    size_t at = 0, last = length;
    if (!memchr(text, '\n', length))
        return 0;
    while (at < length && text[at] == '\n')
        at++;
    if (at == length || text[at] == ' ' || text[at] == '\t')
        return 0;
    while (text[last - 1] == '\n')
        last--;
    if (text[last - 1] == ' ' || text[last - 1] == '\t')
        return 0;
    while (at < length) {
        uint32_t c;
        size_t width = gops_utf8_decode(text + at, length - at, &c);
        if (width == 0 || !gops_text_printable(c) || c == '\r' || c == 0x85 || c == 0x2028 ||
            c == 0x2029 || c == 0xFEFF)
            return 0;
        at += width;
    }
    return 1;
}

/* Ends with the newline of its last line. */
static void put_literal(gops_buffer *out, const char *text, size_t length, uint32_t indent)
{
    int keeps = length > 1 && text[length - 1] == '\n' && text[length - 2] == '\n';
    gops_buffer_puts(out, keeps ? "|+\n" : text[length - 1] == '\n' ? "|\n" : "|-\n");
    for (size_t at = 0; at < length;) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t size = newline ? (size_t)(newline - (text + at)) : length - at;
        if (size)
            put_indent(out, indent);
        gops_buffer_put(out, text + at, size);
        gops_buffer_putc(out, '\n');
        at += size + 1;
    }
}

/* With a point and a signed exponent, for YAML 1.1 takes 1e3 for text. */
static void put_number(gops_buffer *out, const char *text, size_t length)
{
    size_t mantissa = 0;
    while (mantissa < length && text[mantissa] != 'e' && text[mantissa] != 'E')
        mantissa++;
    gops_buffer_put(out, text, mantissa);
    if (mantissa == length)
        return;
    if (!memchr(text, '.', mantissa))
        gops_buffer_puts(out, ".0");
    gops_buffer_putc(out, 'e');
    if (is_digit(text[mantissa + 1]))
        gops_buffer_putc(out, '+');
    gops_buffer_put(out, text + mantissa + 1, length - mantissa - 1);
}

static void put_string(gops_buffer *out, const char *text, size_t length, uint32_t indent)
{
    if (is_literal(text, length)) {
        put_literal(out, text, length, indent);
        return;
    }
    if (is_plain(text, length))
        gops_buffer_put(out, text, length);
    else
        gops_emit_json_string(out, text, length);
    gops_buffer_putc(out, '\n');
}

/* A scalar, or an empty list or map, with the newline at its end. */
static void put_leaf(gops_buffer *out, const gitops_value *value, uint32_t indent)
{
    switch (value->type) {
    case GITOPS_VALUE_NULL:
        gops_buffer_puts(out, "null\n");
        break;
    case GITOPS_VALUE_BOOL:
        gops_buffer_puts(out, value->boolean ? "true\n" : "false\n");
        break;
    case GITOPS_VALUE_NUMBER:
        put_number(out, value->as.text, value->count);
        gops_buffer_putc(out, '\n');
        break;
    case GITOPS_VALUE_STRING:
        put_string(out, value->as.text, value->count, indent);
        break;
    default:
        gops_buffer_puts(out, value->type == GITOPS_VALUE_MAP ? "{}\n" : "[]\n");
    }
}

/* A key and its colon; what follows on the same line needs a blank before it. */
static void put_key(gops_buffer *out, const gitops_value *member, uint32_t indent)
{
    int is_long = member->key_length > LONGEST_SIMPLE_KEY;
    if (is_long)
        gops_buffer_puts(out, "? ");
    if (is_plain(member->key, member->key_length))
        gops_buffer_put(out, member->key, member->key_length);
    else
        gops_emit_json_string(out, member->key, member->key_length);
    if (is_long) {
        gops_buffer_putc(out, '\n');
        put_indent(out, indent);
    }
    gops_buffer_putc(out, ':');
}

/* A member; a list stands below its key without further indentation. */
static void put_member(gops_walk *walk, const gitops_value *member, uint32_t indent)
{
    put_key(walk->out, member, indent);
    if (gops_walk_is_open(member)) {
        gops_buffer_putc(walk->out, '\n');
        gops_walk_enter(walk, member, member->type == GITOPS_VALUE_MAP ? indent + 2 : indent);
        return;
    }
    gops_buffer_putc(walk->out, ' ');
    put_leaf(walk->out, member, indent + 2);
}

/* An item; what it holds begins on the line of its dash. */
static void put_item(gops_walk *walk, const gitops_value *item, uint32_t indent)
{
    gops_buffer_puts(walk->out, "- ");
    if (gops_walk_is_open(item))
        gops_walk_enter(walk, item, indent + 2);
    else
        put_leaf(walk->out, item, indent + 2);
}

/* Whether the first child of a level goes on a line that has begun: the level is an item. */
static int goes_on(const gops_walk *walk)
{
    return walk->depth > 1 &&
           walk->levels[walk->depth - 2].value->type == GITOPS_VALUE_LIST;
}

void gops_emit_yaml(gops_buffer *out, const gitops_value *value)
{
    gops_walk walk;
    gops_walk_level *level;
    gops_walk_init(&walk, out);
    if (gops_walk_is_open(value))
        gops_walk_enter(&walk, value, 0);
    else
        put_leaf(out, value, 2);
    while ((level = gops_walk_top(&walk))) {
        const gitops_value *parent = level->value;
        uint32_t indent = level->indent;
        if (level->next == parent->count) {
            walk.depth--;
            continue;
        }
        if (level->next > 0 || !goes_on(&walk))
            put_indent(out, indent);
        const gitops_value *child = &parent->as.children[level->next++];
        if (parent->type == GITOPS_VALUE_MAP)
            put_member(&walk, child, indent);
        else
            put_item(&walk, child, indent);
    }
    gops_walk_release(&walk);
}
