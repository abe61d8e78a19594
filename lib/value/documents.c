/*
 * documents: the public way from text to trees and back. Every document has an arena of its own,
 * so that one can outlive the others.
 */
#include <gitops/value.h>

#include <string.h>

#include "base/options.h"
#include "value/document.h"
#include "value/emit.h"
#include "value/reader.h"

/* Indentation can make a hostile tree as large as its nodes times its depth: text stops here. */
enum { LARGEST_GROWTH = 16 };

/* A tree takes about two bytes for one of text, and no less than this. */
enum { SMALLEST_TREE = 128 };

struct gitops_documents {
    gitops_context *context;
    gitops_document **items;
    size_t count, capacity;
    gitops_diagnostics problems;
};

static gitops_documents *new_set(gitops_context *context)
{
    gitops_documents *set = gops_calloc(context, 1, sizeof *set);
    if (!set)
        return NULL;
    set->context = gops_context_ref(context);
    gops_diagnostics_init(&set->problems, context);
    return set;
}

void gitops_documents_free(gitops_documents *set)
{
    if (!set)
        return;
    gitops_context *context = set->context;
    for (size_t i = 0; i < set->count; i++)
        gitops_document_free(set->items[i]);
    gops_free(context, set->items);
    gops_diagnostics_release(&set->problems);
    gops_free(context, set);
    gitops_context_free(context);
}

/* One text being read. */
typedef struct reading {
    gops_reader *reader;
    const char *name;
    gops_budget budget;
} reading;

/* Reads the next document into an empty one. Returns 1, 0 at the end, or a negative code. */
static int fill(gitops_document *document, reading *r)
{
    gops_read_document read;
    gops_arena_expect(&document->arena, 2 * gops_reader_ahead(r->reader) + SMALLEST_TREE);
    document->arena.budget = &r->budget;
    int rc = gops_reader_next(r->reader, &document->arena, &read, NULL);
    document->arena.budget = NULL;
    if (rc <= 0)
        return rc;
    document->root = read.root;
    return gops_document_set_place(document, r->name, read.number) < 0 ? GITOPS_ENOMEM : 1;
}

/* Reads one more document. Returns 1, 0 at the end, or a negative code. */
static int read_one(gitops_documents *set, reading *r)
{
    if (gops_grow(set->context, &set->items, &set->capacity, set->count + 1,
                  sizeof *set->items) < 0)
        return GITOPS_ENOMEM;
    gitops_document *document = gops_document_new(set->context);
    if (!document)
        return GITOPS_ENOMEM;
    gops_budget_take(&r->budget, sizeof *document);
    int rc = fill(document, r);
    if (rc <= 0) {
        gitops_document_free(document);
        return rc;
    }
    set->items[set->count++] = document;
    return 1;
}

/* Reads everything. Problems with the text are in the set; 0 or GITOPS_ENOMEM. */
static int read_all(gitops_documents *set, const char *text, size_t length, const char *name)
{
    reading r = {.reader = gops_reader_new(set->context), .name = name};
    if (!r.reader)
        return GITOPS_ENOMEM;
    gops_budget_init(&r.budget, set->context->limits.max_load_bytes);
    gops_budget_take(&r.budget, length);
    int rc = gops_reader_open(r.reader, text, length, name, 1, &set->problems, NULL);
    rc = rc == 0 ? 1 : rc;
    while (rc > 0)
        rc = read_one(set, &r);
    gops_reader_free(r.reader);
    gops_diagnostics_sort(&set->problems);
    return rc == GITOPS_ELIMIT ? 0 : rc;
}

int gitops_documents_parse(gitops_documents **out, gitops_context *context, const char *text,
                           size_t length, const char *name, gitops_error *err)
{
    if (out)
        *out = NULL;
    if (!out || !context || (!text && length))
        return gops_fail(err, GITOPS_EINVAL, "documents: out, context or text is NULL");
    gitops_documents *set = new_set(context);
    if (!set)
        return gops_fail_memory(err);
    int rc = read_all(set, text ? text : "", length, name ? name : "");
    if (rc < 0 || set->problems.out_of_memory) {
        gitops_documents_free(set);
        return gops_fail_memory(err);
    }
    *out = set;
    return gops_diagnostics_status(&set->problems, err);
}

size_t gitops_documents_count(const gitops_documents *set)
{
    return set->count;
}

gitops_document *gitops_documents_get(const gitops_documents *set, size_t i)
{
    return i < set->count ? set->items[i] : NULL;
}

const gitops_diagnostics *gitops_documents_diagnostics(const gitops_documents *set)
{
    return &set->problems;
}

int gitops_document_parse(gitops_document **out, gitops_context *context, const char *text,
                          size_t length, const char *name, gitops_error *err)
{
    gitops_documents *set;
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "document: out is NULL");
    *out = NULL;
    int rc = gitops_documents_parse(&set, context, text, length, name, err);
    if (rc == 0 && set->count != 1)
        rc = gops_fail_at(err, GITOPS_EPARSE, name, 0, 0, "expected one document, found %zu",
                          set->count);
    if (rc == 0)
        *out = gitops_document_ref(set->items[0]);
    gitops_documents_free(set);
    return rc;
}

static int import_emit_options(gitops_emit_options *out, const gitops_emit_options *options,
                               gitops_error *err)
{
    int rc = gops_options_import(out, sizeof *out, options, "emit options", err);
    if (rc < 0)
        return rc;
    if (out->format < 0 || out->format > GITOPS_FORMAT_YAML)
        return gops_fail(err, GITOPS_EINVAL, "emit: format %d is unknown", (int)out->format);
    if (out->order < 0 || out->order > GITOPS_ORDER_SOURCE)
        return gops_fail(err, GITOPS_EINVAL, "emit: order %d is unknown", (int)out->order);
    return 0;
}

int gitops_value_emit(gitops_buffer **out, gitops_context *context, const gitops_value *value,
                      const gitops_emit_options *options, gitops_error *err)
{
    gitops_emit_options given;
    gops_buffer buffer;
    if (out)
        *out = NULL;
    if (!out || !context || !value)
        return gops_fail(err, GITOPS_EINVAL, "emit: out, context or value is NULL");
    int rc = import_emit_options(&given, options, err);
    if (rc < 0)
        return rc;
    gops_buffer_init(&buffer, context, LARGEST_GROWTH * context->limits.max_file_bytes);
    if (given.format == GITOPS_FORMAT_YAML)
        gops_emit_yaml(&buffer, value, given.order);
    else
        gops_emit_json(&buffer, value);
    return gops_buffer_give(&buffer, out, err);
}
