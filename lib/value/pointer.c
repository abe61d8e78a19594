/*
 * pointer: parsed pointers are unescaped segments in an arena; gitops_value_at compares escaped
 * segments as they are, so that it needs no memory.
 */
#include "value/pointer.h"

#include <stdio.h>
#include <string.h>

/* Every '~' is followed by 0 or 1. */
static int escapes_fit(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '~' && (i + 1 == length || (text[i + 1] != '0' && text[i + 1] != '1')))
            return 0;
    return 1;
}

/* The next byte of an escaped segment; *at moves behind it. */
static char unescape(const char *text, size_t *at)
{
    char c = text[(*at)++];
    if (c != '~')
        return c;
    return text[(*at)++] == '0' ? '~' : '/';
}

static int make_segment(gops_segment *out, gops_arena *arena, const char *text, size_t length)
{
    char *copy = gops_arena_alloc(arena, length + 1);
    size_t used = 0;
    if (!copy)
        return 0;
    for (size_t at = 0; at < length;)
        copy[used++] = unescape(text, &at);
    copy[used] = '\0';
    *out = (gops_segment){copy, (uint32_t)used};
    return 1;
}

int gops_pointer_parse(gops_pointer *out, gops_arena *arena, const char *text, size_t length,
                       gitops_error *err)
{
    size_t count = 0, used = 0;
    *out = (gops_pointer){NULL, 0};
    if (length == 0)
        return 0;
    if (text[0] != '/' || !escapes_fit(text, length))
        return gops_fail(err, GITOPS_EPARSE,
                         "JSON pointer must start with '/' and have '~' only in ~0 and ~1");
    for (size_t i = 0; i < length; i++)
        count += text[i] == '/';
    gops_segment *segments = gops_arena_array(arena, count, sizeof *segments);
    if (!segments)
        return gops_fail_memory(err);
    for (size_t at = 1; used < count; used++) {
        size_t end = at;
        while (end < length && text[end] != '/')
            end++;
        if (!make_segment(&segments[used], arena, text + at, end - at))
            return gops_fail_memory(err);
        at = end + 1;
    }
    *out = (gops_pointer){segments, count};
    return 0;
}

void gops_pointer_append(gops_buffer *out, const char *segment, size_t length)
{
    size_t start = 0;
    gops_buffer_putc(out, '/');
    for (size_t i = 0; i < length; i++) {
        if (segment[i] != '~' && segment[i] != '/')
            continue;
        gops_buffer_put(out, segment + start, i - start);
        gops_buffer_put(out, segment[i] == '~' ? "~0" : "~1", 2);
        start = i + 1;
    }
    gops_buffer_put(out, segment + start, length - start);
}

static int stands_before(const gitops_value *value, uint32_t line, uint32_t column)
{
    return value->line < line || (value->line == line && value->column < column);
}

/* The last child that starts at or before a place; NULL when there is none. */
static const gitops_value *child_before(const gitops_value *value, uint32_t line, uint32_t column)
{
    const gitops_value *found = NULL;
    int is_scalar = value->type != GITOPS_VALUE_LIST && value->type != GITOPS_VALUE_MAP;
    for (uint32_t i = 0; !is_scalar && i < value->count; i++) {
        const gitops_value *child = &value->as.children[i];
        if (stands_before(child, line, column + 1) &&
            (!found || stands_before(found, child->line, child->column)))
            found = child;
    }
    return found;
}

void gops_pointer_of_place(gops_buffer *out, const gitops_value *root, uint32_t line,
                           uint32_t column)
{
    char digits[16];
    const gitops_value *value = root, *child;
    while (stands_before(value, line, column) &&
           (child = child_before(value, line, column)) != NULL) {
        if (child->key)
            gops_pointer_append(out, child->key, child->key_length);
        else
            gops_pointer_append(out, digits,
                                (size_t)snprintf(digits, sizeof digits, "%lu",
                                                 (unsigned long)(child - value->as.children)));
        value = child;
    }
}

int gops_pointer_index(const char *segment, size_t length, uint32_t *index)
{
    uint64_t value = 0;
    if (length == 0 || length > 10 || (segment[0] == '0' && length > 1))
        return 0;
    for (size_t i = 0; i < length; i++) {
        if (segment[i] < '0' || segment[i] > '9')
            return 0;
        value = value * 10 + (uint64_t)(segment[i] - '0');
    }
    if (value > UINT32_MAX)
        return 0;
    *index = (uint32_t)value;
    return 1;
}

const gitops_value *gops_pointer_step(const gitops_value *value, const char *segment,
                                      size_t length)
{
    uint32_t index;
    if (gops_value_is(value, GITOPS_VALUE_MAP))
        return gops_value_member(value, segment, length);
    if (gops_value_is(value, GITOPS_VALUE_LIST) && gops_pointer_index(segment, length, &index))
        return gitops_value_item(value, index);
    return NULL;
}

const gitops_value *gops_pointer_get(const gitops_value *value, const gops_pointer *pointer)
{
    for (size_t i = 0; value && i < pointer->count; i++)
        value = gops_pointer_step(value, pointer->segments[i].text, pointer->segments[i].length);
    return value;
}

/* Compares an escaped segment with a key, as gops_key_compare does. */
static int compare_escaped(const char *segment, size_t length, const gitops_value *member)
{
    size_t at = 0, i = 0;
    while (at < length && i < member->key_length) {
        unsigned char a = (unsigned char)unescape(segment, &at);
        unsigned char b = (unsigned char)member->key[i++];
        if (a != b)
            return a < b ? -1 : 1;
    }
    return at < length ? 1 : i < member->key_length ? -1 : 0;
}

static const gitops_value *find_escaped(const gitops_value *map, const char *segment,
                                        size_t length)
{
    uint32_t low = 0, high = map->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_escaped(segment, length, &map->as.children[middle]);
        if (order == 0)
            return &map->as.children[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const gitops_value *gitops_value_at(const gitops_value *value, const char *pointer)
{
    if (!pointer || (*pointer && *pointer != '/') || !escapes_fit(pointer, strlen(pointer)))
        return NULL;
    while (value && *pointer) {
        size_t length = strcspn(++pointer, "/");
        if (value->type == GITOPS_VALUE_MAP)
            value = find_escaped(value, pointer, length);
        else
            value = gops_pointer_step(value, pointer, length);
        pointer += length;
    }
    return value;
}
