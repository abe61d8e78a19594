/*
 * emit_json: one line, sorted keys. Characters that YAML readers refuse or take for line breaks
 * are escaped, so that the line is YAML too.
 */
#include <string.h>

#include "value/emit.h"
#include "value/emit_walk.h"
#include "value/text.h"

static int is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/* A character beyond ASCII that stands as it is. */
static int is_harmless(uint32_t c)
{
    return c >= 0xA0 && c != 0x2028 && c != 0x2029 && c != 0xFEFF && gops_text_printable(c);
}

static void put_escape(gops_buffer *out, uint32_t c)
{
    static const char named[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *found = c && c < 0x80 ? strchr(named, (int)c) : NULL;
    if (found) {
        char text[2] = {'\\', names[found - named]};
        gops_buffer_put(out, text, 2);
    } else {
        gops_buffer_printf(out, "\\u%04x", (unsigned)c);
    }
}

void gops_emit_json_string(gops_buffer *out, const char *text, size_t length)
{
    gops_buffer_putc(out, '"');
    for (size_t at = 0; at < length;) {
        uint32_t character = 0xFFFD;
        size_t start = at;
        while (at < length && is_plain((unsigned char)text[at]))
            at++;
        gops_buffer_put(out, text + start, at - start);
        if (at == length)
            break;
        size_t width = gops_utf8_decode(text + at, length - at, &character);
        if (width > 1 && is_harmless(character))
            gops_buffer_put(out, text + at, width);
        else
            put_escape(out, character);
        at += width ? width : 1;
    }
    gops_buffer_putc(out, '"');
}

/* A scalar, or an empty list or map. */
static void put_leaf(gops_buffer *out, const gitops_value *value)
{
    switch (value->type) {
    case GITOPS_VALUE_NULL:
        gops_buffer_put(out, "null", 4);
        break;
    case GITOPS_VALUE_BOOL:
        gops_buffer_puts(out, value->boolean ? "true" : "false");
        break;
    case GITOPS_VALUE_NUMBER:
        gops_buffer_put(out, value->as.text, value->count);
        break;
    case GITOPS_VALUE_STRING:
        gops_emit_json_string(out, value->as.text, value->count);
        break;
    default:
        gops_buffer_puts(out, value->type == GITOPS_VALUE_MAP ? "{}" : "[]");
    }
}

static void put_child(gops_walk *walk, const gitops_value *value)
{
    if (!gops_walk_is_open(value)) {
        put_leaf(walk->out, value);
        return;
    }
    gops_buffer_putc(walk->out, value->type == GITOPS_VALUE_MAP ? '{' : '[');
    gops_walk_enter(walk, value, 0);
}

void gops_emit_json(gops_buffer *out, const gitops_value *value)
{
    gops_walk walk;
    gops_walk_level *level;
    gops_walk_init(&walk, out);
    put_child(&walk, value);
    while ((level = gops_walk_top(&walk))) {
        const gitops_value *parent = level->value;
        int is_map = parent->type == GITOPS_VALUE_MAP;
        if (level->next == parent->count) {
            gops_buffer_putc(out, is_map ? '}' : ']');
            gops_walk_leave(&walk);
            continue;
        }
        const gitops_value *child = &parent->as.children[level->next];
        if (level->next++ > 0)
            gops_buffer_putc(out, ',');
        if (is_map) {
            gops_emit_json_string(out, child->key, child->key_length);
            gops_buffer_putc(out, ':');
        }
        put_child(&walk, child);
    }
    gops_walk_release(&walk);
}
