/*
 * Any JSON pointer on any document: both ways of following it must agree with a third, simple one,
 * and the pointer of every value must lead to it. The input is the pointer, a line "====" and the
 * document.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzing.h"
#include "value/pointer.h"

/* The next segment, unescaped into room; 0 when an escape is wrong. */
static int next_segment(const char **p, char *room, size_t *length)
{
    *length = 0;
    for (; **p && **p != '/'; (*p)++) {
        char c = **p;
        if (c == '~') {
            c = *++*p;
            if (c != '0' && c != '1')
                return 0;
            c = c == '0' ? '~' : '/';
        }
        room[(*length)++] = c;
    }
    return 1;
}

static const gitops_value *child_of(const gitops_value *value, const char *segment, size_t length)
{
    if (gitops_value_type(value) == GITOPS_VALUE_MAP) {
        for (size_t i = 0; i < gitops_value_count(value); i++) {
            size_t size;
            const char *key = gitops_value_key(value, i, &size);
            if (size == length && memcmp(key, segment, length) == 0)
                return gitops_value_item(value, i);
        }
        return NULL;
    }
    if (gitops_value_type(value) != GITOPS_VALUE_LIST || length == 0 || length > 9 ||
        strspn(segment, "0123456789") != length || (*segment == '0' && length > 1))
        return NULL;
    return gitops_value_item(value, (size_t)strtol(segment, NULL, 10));
}

/* RFC 6901 as it is written. All of the pointer must be right, also where it leads nowhere. */
static const gitops_value *follow(const gitops_value *value, const char *pointer)
{
    char *room = malloc(strlen(pointer) + 1);
    size_t length;
    if (!room)
        abort();
    while (*pointer) {
        if (*pointer++ != '/' || !next_segment(&pointer, room, &length)) {
            value = NULL;
            break;
        }
        room[length] = '\0';
        value = value ? child_of(value, room, length) : NULL;
    }
    free(room);
    return value;
}

static void check_pointer(gitops_context *context, const gitops_value *root, const char *pointer)
{
    gops_pointer parsed;
    gops_arena arena;
    gops_buffer again;
    size_t length = strlen(pointer);
    const gitops_value *expected = follow(root, pointer);
    gops_arena_init(&arena, context, 0);
    gops_buffer_init(&again, context, 0);
    if (gitops_value_at(root, pointer) != expected)
        fuzz_fail("gitops_value_at leads elsewhere", pointer, length);
    if (gops_pointer_parse(&parsed, &arena, pointer, length, NULL) < 0) {
        if (expected)
            fuzz_fail("a pointer does not parse", pointer, length);
    } else {
        for (size_t i = 0; i < parsed.count; i++)
            gops_pointer_append(&again, parsed.segments[i].text, parsed.segments[i].length);
        if (again.length != length || (length && memcmp(again.data, pointer, length) != 0))
            fuzz_fail("a pointer is written otherwise", pointer, length);
        if (gops_pointer_get(root, &parsed) != expected)
            fuzz_fail("gops_pointer_get leads elsewhere", pointer, length);
    }
    gops_buffer_release(&again);
    gops_arena_free(&arena);
}

/* Keys with a NUL have no pointer that is text in C. */
static void check_all(const gitops_value *root, const gitops_value *value, gops_buffer *pointer)
{
    size_t before = pointer->length;
    if (gitops_value_at(root, before ? pointer->data : "") != value)
        fuzz_fail("the pointer of a value leads elsewhere", pointer->data, pointer->length);
    for (size_t i = 0; i < gitops_value_count(value); i++) {
        char index[24];
        size_t length;
        const char *key = gitops_value_key(value, i, &length);
        if (!key) {
            length = (size_t)snprintf(index, sizeof index, "%zu", i);
            key = index;
        }
        if (memchr(key, '\0', length))
            continue;
        gops_pointer_append(pointer, key, length);
        check_all(root, gitops_value_item(value, i), pointer);
        pointer->data[before] = '\0';
        pointer->length = before;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gitops_context *context = fuzz_context();
    const char *text = (const char *)data, *start = text;
    size_t length = fuzz_cut(&text, &size);
    char *pointer = malloc(length + 1);
    gitops_document *document = fuzz_parse(context, text, size);
    gops_buffer room;
    if (!pointer)
        abort();
    memcpy(pointer, start, length);
    pointer[length] = '\0';
    gops_buffer_init(&room, context, 0);
    if (document) {
        check_pointer(context, gitops_document_root(document), pointer);
        check_all(gitops_document_root(document), gitops_document_root(document), &room);
    }
    gops_buffer_release(&room);
    gitops_document_free(document);
    free(pointer);
    gitops_context_free(context);
    return 0;
}
