/*
 * Any tree: what is written must read back as the same value. The tree is made of the bytes
 * directly, so that it may hold what no text says so simply: each value is a byte that names its
 * kind and, of a list or map, how many children follow; texts end with a zero byte, and stand with
 * a one in place of a zero.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzzing.h"
#include "value/number.h"
#include "value/text.h"
#include "value/value.h"

enum { DEEPEST = 40 };

typedef struct input {
    const uint8_t *p, *end;
    gops_arena arena;
} input;

static uint8_t next_byte(input *in)
{
    return in->p < in->end ? *in->p++ : 0;
}

/* Text up to the next zero byte; bytes that are not UTF-8 become their lower seven bits. */
static const char *next_text(input *in, uint32_t *length)
{
    const uint8_t *stop = memchr(in->p, 0, (size_t)(in->end - in->p));
    size_t size = (size_t)((stop ? stop : in->end) - in->p), at = 0;
    char *text = gops_arena_strndup(&in->arena, (const char *)in->p, size);
    if (!text)
        abort();
    while (at < size) {
        uint32_t character;
        size_t width = gops_utf8_decode(text + at, size - at, &character);
        if (width == 0 || character == 1)
            text[at] &= width ? 0 : 0x7F;
        else
            at += width;
    }
    in->p += stop ? size + 1 : size;
    *length = (uint32_t)size;
    return text;
}

/* A number where the text is one, and the text otherwise. */
static void fill_number(gitops_value *out, input *in)
{
    uint32_t length;
    const char *text = next_text(in, &length);
    gops_number number;
    if (gops_number_parse(&number, text, length) && gops_number_in_range(&number))
        gops_value_set_number(out, text, length);
    else
        gops_value_set_string(out, text, length);
}

static void fill(gitops_value *out, input *in, int depth);

/* Of members with one key the map keeps the first. */
static void fill_collection(gitops_value *out, input *in, uint32_t count, int is_map, int depth)
{
    gitops_value *children = gops_value_array(&in->arena, count);
    if (!children)
        abort();
    for (uint32_t i = 0; i < count; i++) {
        memset(&children[i], 0, sizeof children[i]);
        gops_value_set_place(&children[i], 1 + (next_byte(in) & 3), i + 1);
        if (is_map)
            children[i].key = next_text(in, &children[i].key_length);
        fill(&children[i], in, depth + 1);
    }
    if (!is_map)
        gops_value_set_list(out, children, count);
    else if (gops_value_set_map(out, children, count) < 0)
        gops_value_set_map(out, children, 1);
}

static void fill(gitops_value *out, input *in, int depth)
{
    uint8_t kind = next_byte(in);
    uint32_t length;
    const char *text;
    switch (kind & 7) {
    case 0:
        gops_value_set_null(out);
        break;
    case 1:
        gops_value_set_bool(out, kind >> 7);
        break;
    case 2:
        fill_number(out, in);
        break;
    case 3:
    case 4:
    case 5:
        text = next_text(in, &length);
        gops_value_set_string(out, text, length);
        break;
    default:
        fill_collection(out, in, depth < DEEPEST ? kind >> 3 : 0, kind & 1, depth);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gitops_context *context = fuzz_context();
    input in = {data, data + size, {0}};
    gitops_value root;
    memset(&root, 0, sizeof root);
    gops_arena_init(&in.arena, context, 0);
    fill(&root, &in, 0);
    fuzz_round_trip(context, &root);
    gops_arena_free(&in.arena);
    gitops_context_free(context);
    return 0;
}
