/*
 * emit_canonical: a tag byte for the kind, then the content; whatever has a length is preceded by
 * it in four bytes, the least significant first. docs/digest.md has the format and test vectors.
 */
#include <string.h>

#include "value/emit.h"
#include "value/emit_walk.h"
#include "value/number.h"

static char *write_length(char *p, uint32_t length)
{
    for (int i = 0; i < 4; i++)
        *p++ = (char)(length >> (8 * i));
    return p;
}

static char *write_text(char *p, const char *text, uint32_t length)
{
    p = write_length(p, length);
    if (length)
        memcpy(p, text, length);
    return p + length;
}

/* The number in its shortest form, as a text. */
static void put_number(gops_buffer *out, const gitops_value *value)
{
    gops_number number;
    char small[128], *text = small;
    if (!gops_number_parse(&number, value->as.text, value->count))
        return;
    if (number.length + 25 > sizeof small)
        text = gops_alloc(out->context, number.length + 25);
    size_t length = text ? gops_number_canonical(&number, text) : 0;
    char *p = text ? gops_buffer_room(out, 4 + length) : NULL;
    if (!text)
        out->status = GITOPS_ENOMEM;
    if (p)
        gops_buffer_end(out, write_text(p, text, (uint32_t)length));
    if (text != small)
        gops_free(out->context, text);
}

/* A value, behind its key if it is a member. All that is short is written in one go. */
static void put_value(gops_walk *walk, const gitops_value *value, int is_member)
{
    static const char tags[] = "nbdslm"; /* by type */
    gops_buffer *out = walk->out;
    size_t key = is_member ? 4 + (size_t)value->key_length : 0;
    size_t text = value->type == GITOPS_VALUE_STRING ? value->count : 0;
    char *p = gops_buffer_room(out, key + 5 + text);
    if (!p)
        return;
    if (is_member)
        p = write_text(p, value->key, value->key_length);
    *p++ = tags[value->type];
    if (value->type == GITOPS_VALUE_BOOL)
        *p++ = value->boolean ? '1' : '0';
    else if (value->type == GITOPS_VALUE_STRING)
        p = write_text(p, value->as.text, value->count);
    else if (value->type >= GITOPS_VALUE_LIST)
        p = write_length(p, value->count);
    gops_buffer_end(out, p);
    if (value->type == GITOPS_VALUE_NUMBER)
        put_number(out, value);
    if (gops_walk_is_open(value))
        gops_walk_enter(walk, value, 0);
}

void gops_emit_canonical(gops_buffer *out, const gitops_value *value)
{
    gops_walk walk;
    gops_walk_level *level;
    gops_walk_init(&walk, out);
    put_value(&walk, value, 0);
    while ((level = gops_walk_top(&walk))) {
        if (level->next == level->value->count) {
            gops_walk_leave(&walk);
            continue;
        }
        int is_member = level->value->type == GITOPS_VALUE_MAP;
        put_value(&walk, gops_walk_next(level), is_member);
    }
    gops_walk_release(&walk);
}
