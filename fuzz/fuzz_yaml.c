/*
 * Any bytes as YAML, read twice: with the direct reader and by libyaml alone. Documents, places,
 * values and problems must be the same, for the direct reader may only be quicker.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/emit.h"
#include "value/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct side {
    gitops_context *context;
    gops_reader *reader;
    gops_arena arena;
    gitops_diagnostics problems;
    gops_read_document document;
} side;

static void open_side(side *s, const char *text, size_t size, int only_libyaml)
{
    gitops_limits limits;
    gitops_context_options options;
    memset(s, 0, sizeof *s);
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_nodes = 20000;
    limits.max_documents = 100;
    limits.max_file_bytes = 1 << 20;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.limits = &limits;
    gitops_context_new(&s->context, &options, NULL);
    s->reader = gops_reader_new(s->context);
    gops_arena_init(&s->arena, s->context, 0);
    gops_diagnostics_init(&s->problems, s->context);
    if (only_libyaml)
        gops_reader_use_only_libyaml(s->reader);
    else
        gops_reader_borrow(s->reader);
    gops_reader_open(s->reader, text, size, "f", 1, &s->problems, NULL);
}

static void close_side(side *s)
{
    gops_reader_free(s->reader);
    gops_arena_free(&s->arena);
    gops_diagnostics_release(&s->problems);
    gitops_context_free(s->context);
}

static void give_up(const char *what, const char *text, size_t size)
{
    fprintf(stderr, "%s differs:\n%.*s\n", what, (int)size, text);
    abort();
}

/* 1 when both trees have the same places, keys and texts. */
static int same_tree(const gitops_value *a, const gitops_value *b)
{
    if (a->type != b->type || a->line != b->line || a->column != b->column ||
        a->count != b->count || a->boolean != b->boolean || a->key_length != b->key_length ||
        (a->key_length && memcmp(a->key, b->key, a->key_length) != 0))
        return 0;
    if (a->type == GITOPS_VALUE_STRING || a->type == GITOPS_VALUE_NUMBER)
        return memcmp(a->as.text, b->as.text, a->count) == 0;
    for (uint32_t i = 0; a->type >= GITOPS_VALUE_LIST && i < a->count; i++)
        if (!same_tree(&a->as.children[i], &b->as.children[i]))
            return 0;
    return 1;
}

static void compare_documents(const side *a, const side *b, const char *text, size_t size)
{
    const gops_read_document *x = &a->document, *y = &b->document;
    gops_digest one = gops_value_digest(&x->root), other = gops_value_digest(&y->root);
    if (x->number != y->number || x->offset != y->offset || x->length != y->length ||
        x->first_line != y->first_line || x->line != y->line)
        give_up("place of a document", text, size);
    if (!same_tree(&x->root, &y->root) || !gops_digest_equal(&one, &other))
        give_up("a value", text, size);
}

static void compare_problems(const gitops_diagnostics *a, const gitops_diagnostics *b,
                             const char *text, size_t size)
{
    if (a->errors != b->errors || a->warnings != b->warnings || a->count != b->count)
        give_up("number of problems", text, size);
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].line != b->items[i].line || a->items[i].column != b->items[i].column ||
            strcmp(a->items[i].message, b->items[i].message) != 0)
            give_up("a problem", text, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    side direct, libyaml;
    const char *text = (const char *)data;
    int found, expected;
    open_side(&direct, text, size, 0);
    open_side(&libyaml, text, size, 1);
    do {
        found = gops_reader_next(direct.reader, &direct.arena, &direct.document, NULL);
        expected = gops_reader_next(libyaml.reader, &libyaml.arena, &libyaml.document, NULL);
        if (found != expected)
            give_up("number of documents", text, size);
        if (found > 0)
            compare_documents(&direct, &libyaml, text, size);
    } while (found > 0);
    if (gops_reader_empty(direct.reader) != gops_reader_empty(libyaml.reader))
        give_up("number of empty documents", text, size);
    compare_problems(&direct.problems, &libyaml.problems, text, size);
    close_side(&direct);
    close_side(&libyaml);
    return 0;
}
