/*
 * read: text to trees with values, positions and digests, each dropped before the next one, against
 * libyaml making and dropping the events of the same bytes; by turns in one process. The JSON is
 * what the library writes for the same documents.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "measure.h"
#include "value/emit.h"
#include "value/reader.h"

enum { LEAST_ROUNDS = 5, MOST_ROUNDS = 25 };

typedef struct texts {
    const char **data;
    size_t *lengths;
    size_t count, bytes, documents;
} texts;

/* Reads all texts. Returns the seconds. */
static double read_texts(gops_reader *reader, gops_arena *arena, gitops_diagnostics *problems,
                         texts *all)
{
    gitops_error err;
    gops_read_document document;
    double start = processor_time();
    all->documents = 0;
    for (size_t i = 0; i < all->count; i++) {
        must(gops_reader_open(reader, all->data[i], all->lengths[i], "f", 1, problems, &err), &err,
             "open");
        while (gops_reader_next(reader, arena, &document, &err) > 0) {
            all->documents++;
            gops_arena_reset(arena);
        }
        gops_arena_reset(arena);
    }
    return processor_time() - start;
}

static void make_texts(texts *all, size_t count)
{
    memset(all, 0, sizeof *all);
    all->data = must_have(calloc(count + 1, sizeof *all->data));
    all->lengths = must_have(calloc(count + 1, sizeof *all->lengths));
}

static void add_text(texts *all, const char *data, size_t length)
{
    all->data[all->count] = data;
    all->lengths[all->count++] = length;
    all->bytes += length;
}

static void yaml_texts(texts *all, const corpus *c)
{
    make_texts(all, c->count);
    for (size_t i = 0; i < c->count; i++)
        add_text(all, gitops_buffer_data(c->files[i].text),
                 gitops_buffer_length(c->files[i].text));
}

/* One text of JSON for each document of YAML. */
static void json_texts(texts *all, gops_buffer *store, gops_reader *reader, gops_arena *arena,
                       gitops_diagnostics *problems, const texts *yaml)
{
    gitops_error err;
    gops_read_document document;
    make_texts(all, yaml->documents);
    size_t *starts = must_have(calloc(yaml->documents + 1, sizeof *starts));
    size_t count = 0;
    for (size_t i = 0; i < yaml->count; i++) {
        must(gops_reader_open(reader, yaml->data[i], yaml->lengths[i], "f", 1, problems, &err),
             &err, "open");
        while (gops_reader_next(reader, arena, &document, &err) > 0) {
            starts[count++] = store->length;
            gops_emit_json(store, &document.root);
            gops_arena_reset(arena);
        }
    }
    starts[count] = store->length;
    must(gops_buffer_status(store, &err), &err, "json");
    for (size_t i = 0; i < count; i++)
        add_text(all, store->data + starts[i], starts[i + 1] - starts[i]);
    free(starts);
}

/* Bytes that documents keep, and allocations that make them, for each byte and document. */
static void measure_documents(const texts *all)
{
    memory_count memory;
    gitops_error err;
    gitops_context *context = counted_context(&memory);
    gitops_document **kept = must_have(calloc(all->documents + 1, sizeof(gitops_document *)));
    size_t before = memory.live, allocations = memory.allocations, count = 0;
    for (size_t i = 0; i < all->count; i++) {
        gitops_documents *set;
        must(gitops_documents_parse(&set, context, all->data[i], all->lengths[i], "f", &err), &err,
             "documents");
        for (size_t j = 0; j < gitops_documents_count(set); j++)
            kept[count++] = gitops_document_ref(gitops_documents_get(set, j));
        gitops_documents_free(set);
    }
    printf("read    %7zu documents kept: %.2f bytes a byte of text, %.1f allocations a document\n",
           all->documents, (double)(memory.live - before) / (double)all->bytes,
           (double)(memory.allocations - allocations) / (double)all->documents);
    for (size_t i = 0; i < count; i++)
        gitops_document_free(kept[i]);
    free(kept);
    gitops_context_free(context);
}

/* Times a tree of every document by turns with libyaml's events. */
static void compare(const corpus *c, const char *what, gops_reader *reader, gops_arena *arena,
                    gitops_diagnostics *problems, texts *all)
{
    double libyaml[MOST_ROUNDS], tree[MOST_ROUNDS], ratio[MOST_ROUNDS], rate[MOST_ROUNDS];
    size_t rounds = 50000 / (c->objects + 1) + LEAST_ROUNDS;
    if (rounds > MOST_ROUNDS)
        rounds = MOST_ROUNDS;
    for (size_t i = 0; i < rounds; i++) {
        libyaml[i] = time_libyaml(c);
        tree[i] = read_texts(reader, arena, problems, all);
        ratio[i] = tree[i] / libyaml[i];
        rate[i] = (double)all->bytes / tree[i] / ((double)c->bytes / libyaml[i]);
    }
    printf("read    %7zu documents, %s: %.2f us each, %.2f times libyaml's events of the YAML; "
           "%.1f times its bytes a second\n",
           all->documents, what, median(tree, rounds) / (double)all->documents * 1e6,
           median(ratio, rounds), median(rate, rounds));
}

void measure_read(char **arguments)
{
    corpus c;
    texts yaml, json;
    gops_arena arena;
    gops_buffer store;
    gitops_diagnostics problems;
    open_corpus(&c, arguments[0]);
    gops_reader *reader = must_have(gops_reader_new(c.context));
    gops_reader *slow = must_have(gops_reader_new(c.context));
    gops_reader_borrow(reader);
    gops_reader_use_only_libyaml(slow);
    gops_arena_init(&arena, c.context, 64 << 10);
    gops_buffer_init(&store, c.context, 0);
    gops_diagnostics_init(&problems, c.context);
    yaml_texts(&yaml, &c);
    compare(&c, "YAML", reader, &arena, &problems, &yaml);
    printf("read    %7zu documents, of which libyaml read %llu\n", yaml.documents,
           (unsigned long long)gops_reader_windows(reader));
    compare(&c, "YAML by libyaml", slow, &arena, &problems, &yaml);
    json_texts(&json, &store, reader, &arena, &problems, &yaml);
    compare(&c, "JSON", reader, &arena, &problems, &json);
    measure_documents(&yaml);
    free(yaml.data);
    free(yaml.lengths);
    free(json.data);
    free(json.lengths);
    gops_diagnostics_release(&problems);
    gops_buffer_release(&store);
    gops_arena_free(&arena);
    gops_reader_free(slow);
    gops_reader_free(reader);
    close_corpus(&c);
}
