/*
 * emit_canonical: a tag byte for the kind, then the content; whatever has a length is preceded by
 * it in four bytes, the least significant first. docs/digest.md has the format and test vectors.
 */
#include <string.h>

#include "value/emit.h"
#include "value/emit_walk.h"
#include "value/number.h"

static void put_length(gops_buffer *out, uint32_t length)
{
    char bytes[4] = {(char)length, (char)(length >> 8), (char)(length >> 16), (char)(length >> 24)};
    gops_buffer_put(out, bytes, sizeof bytes);
}

static void put_text(gops_buffer *out, const char *text, uint32_t length)
{
    put_length(out, length);
    gops_buffer_put(out, text, length);
}

static void put_number(gops_buffer *out, const gitops_value *value)
{
    gops_number number;
    char small[128], *text = small;
    if (!gops_number_parse(&number, value->as.text, value->count))
        return;
    if (number.length + 25 > sizeof small)
        text = gops_alloc(out->context, number.length + 25);
    if (!text) {
        out->status = GITOPS_ENOMEM;
        return;
    }
    put_text(out, text, (uint32_t)gops_number_canonical(&number, text));
    if (text != small)
        gops_free(out->context, text);
}

static void put_value(gops_walk *walk, const gitops_value *value)
{
    static const char tags[] = "nbdslm"; /* by type */
    gops_buffer *out = walk->out;
    gops_buffer_putc(out, tags[value->type]);
    switch (value->type) {
    case GITOPS_VALUE_NULL:
        break;
    case GITOPS_VALUE_BOOL:
        gops_buffer_putc(out, value->boolean ? '1' : '0');
        break;
    case GITOPS_VALUE_NUMBER:
        put_number(out, value);
        break;
    case GITOPS_VALUE_STRING:
        put_text(out, value->as.text, value->count);
        break;
    default:
        put_length(out, value->count);
        if (value->count)
            gops_walk_enter(walk, value, 0);
    }
}

void gops_emit_canonical(gops_buffer *out, const gitops_value *value)
{
    gops_walk walk;
    gops_walk_level *level;
    gops_walk_init(&walk, out);
    put_value(&walk, value);
    while ((level = gops_walk_top(&walk))) {
        if (level->next == level->value->count) {
            walk.depth--;
            continue;
        }
        const gitops_value *child = &level->value->as.children[level->next++];
        if (level->value->type == GITOPS_VALUE_MAP)
            put_text(out, child->key, child->key_length);
        put_value(&walk, child);
    }
    gops_walk_release(&walk);
}
