/*
 * emit_yaml: block style, for people and for every reader. The style of each text is the business
 * of emit_style, the order of members that of emit_order.
 */
#include <string.h>

#include "value/emit.h"
#include "value/emit_order.h"
#include "value/emit_style.h"
#include "value/emit_walk.h"

/* Keys up to this length are written in the short form, as libyaml does; readers must take 1024. */
enum { LONGEST_SIMPLE_KEY = 128 };

typedef struct emitter {
    gops_buffer *out;
    gops_walk walk;
    int32_t order; /* GITOPS_ORDER_... */
} emitter;

static void put_indent(gops_buffer *out, uint32_t indent)
{
    static const char blanks[] = "                                ";
    for (; indent > sizeof blanks - 1; indent -= (uint32_t)sizeof blanks - 1)
        gops_buffer_put(out, blanks, sizeof blanks - 1);
    gops_buffer_put(out, blanks, indent);
}

/*
 * Ends with the newline of its last line. Blocks are indented by two blanks from what they stand
 * in, which is what an indicator of indentation counts from.
 */
static void put_literal(gops_buffer *out, const char *text, size_t length, uint32_t indent)
{
    int keeps = length > 1 && text[length - 1] == '\n' && text[length - 2] == '\n';
    gops_buffer_puts(out, gops_style_is_indented(text, length) ? "|2" : "|");
    gops_buffer_puts(out, keeps ? "+\n" : text[length - 1] == '\n' ? "\n" : "-\n");
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

static void put_single(gops_buffer *out, const char *text, size_t length)
{
    gops_buffer_putc(out, '\'');
    for (size_t at = 0; at < length;) {
        const char *quote = memchr(text + at, '\'', length - at);
        size_t size = quote ? (size_t)(quote - (text + at)) : length - at;
        gops_buffer_put(out, text + at, size);
        gops_buffer_puts(out, quote ? "\'\'" : "");
        at += size + (quote != NULL);
    }
    gops_buffer_putc(out, '\'');
}

/* Any text on one line. */
static void put_line(gops_buffer *out, const char *text, size_t length)
{
    gops_style style = gops_style_of_line(text, length);
    if (style == GOPS_STYLE_PLAIN)
        gops_buffer_put(out, text, length);
    else if (style == GOPS_STYLE_SINGLE)
        put_single(out, text, length);
    else
        gops_emit_json_string(out, text, length);
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
    if (text[mantissa + 1] != '+' && text[mantissa + 1] != '-')
        gops_buffer_putc(out, '+');
    gops_buffer_put(out, text + mantissa + 1, length - mantissa - 1);
}

/* Readers do not agree from where the indentation of a block at the root counts: no block there. */
static void put_string(gops_buffer *out, const char *text, size_t length, uint32_t indent)
{
    if (indent && gops_style_of(text, length) == GOPS_STYLE_LITERAL) {
        put_literal(out, text, length, indent);
        return;
    }
    put_line(out, text, length);
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
    put_line(out, member->key, member->key_length);
    if (is_long) {
        gops_buffer_putc(out, '\n');
        put_indent(out, indent);
    }
    gops_buffer_putc(out, ':');
}

/* Enters a list or map that has children. */
static void enter(emitter *e, const gitops_value *value, int is_metadata, uint32_t indent)
{
    gops_walk_enter(&e->walk, value, indent);
    gops_walk_level *level = gops_walk_top(&e->walk);
    if (level && value->type == GITOPS_VALUE_MAP &&
        gops_order_members(e->out->context, value, is_metadata, e->order, &level->order) < 0)
        e->out->status = GITOPS_ENOMEM;
}

static int is_metadata(const gitops_value *parent, const gitops_value *member)
{
    return member->key_length == 8 && memcmp(member->key, "metadata", 8) == 0 &&
           gops_order_is_object(parent);
}

/* A member; a list stands below its key without further indentation. */
static void put_member(emitter *e, const gitops_value *parent, const gitops_value *member,
                       uint32_t indent)
{
    put_key(e->out, member, indent);
    if (gops_walk_is_open(member)) {
        gops_buffer_putc(e->out, '\n');
        enter(e, member, is_metadata(parent, member),
              member->type == GITOPS_VALUE_MAP ? indent + 2 : indent);
        return;
    }
    gops_buffer_putc(e->out, ' ');
    put_leaf(e->out, member, indent + 2);
}

/* An item; what it holds begins on the line of its dash. */
static void put_item(emitter *e, const gitops_value *item, uint32_t indent)
{
    gops_buffer_puts(e->out, "- ");
    if (gops_walk_is_open(item))
        enter(e, item, 0, indent + 2);
    else
        put_leaf(e->out, item, indent + 2);
}

/* Whether the first child of a level goes on a line that has begun: the level is an item. */
static int goes_on(const gops_walk *walk)
{
    return walk->depth > 1 &&
           walk->levels[walk->depth - 2].value->type == GITOPS_VALUE_LIST;
}

void gops_emit_yaml(gops_buffer *out, const gitops_value *value, int32_t order)
{
    emitter e = {.out = out, .order = order};
    gops_walk_level *level;
    gops_walk_init(&e.walk, out);
    if (gops_walk_is_open(value))
        enter(&e, value, 0, 0);
    else
        put_leaf(out, value, 0);
    while ((level = gops_walk_top(&e.walk))) {
        const gitops_value *parent = level->value;
        uint32_t indent = level->indent;
        if (level->next == parent->count) {
            gops_walk_leave(&e.walk);
            continue;
        }
        if (level->next > 0 || !goes_on(&e.walk))
            put_indent(out, indent);
        const gitops_value *child = gops_walk_next(level);
        if (parent->type == GITOPS_VALUE_MAP)
            put_member(&e, parent, child, indent);
        else
            put_item(&e, child, indent);
    }
    gops_walk_release(&e.walk);
}
