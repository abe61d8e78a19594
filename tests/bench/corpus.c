/* corpus: every file that holds objects, once, from Git into memory. */
#include "corpus.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/table.h"

static void read_repository(corpus *c, const char *repository)
{
    gitops_error err;
    gitops_source *source;
    gitops_source_options options = {.struct_size = sizeof options, .location = repository};
    must(gitops_source_open(&source, c->context, &options, &err), &err, "source");
    must(gitops_source_fetch(source, &c->snapshot, &err), &err, "fetch");
    must(gitops_manifest_read(&c->manifest, c->context, c->snapshot, NULL, NULL, &err), &err,
         "manifest");
    gitops_source_free(source);
}

/* Every file once, although it may hold many objects. */
static void collect_files(corpus *c)
{
    gitops_error err;
    gops_table seen;
    gops_table_init(&seen, c->context);
    c->objects = gitops_manifest_count(c->manifest);
    c->files = must_have(calloc(c->objects + 1, sizeof *c->files));
    for (size_t i = 0; i < c->objects; i++) {
        const char *path = gitops_manifest_file(c->manifest, i);
        if (gops_table_get(&seen, path, strlen(path)))
            continue;
        file *added = &c->files[c->count++];
        added->path = path;
        must(gops_table_set(&seen, path, strlen(path), added), &err, "table");
        must(gitops_snapshot_read(c->snapshot, path, &added->text, &err), &err, "read");
        c->bytes += gitops_buffer_length(added->text);
    }
    gops_table_release(&seen);
}

void open_corpus(corpus *c, const char *repository)
{
    gitops_error err;
    memset(c, 0, sizeof *c);
    must(gitops_context_new(&c->context, NULL, &err), &err, "context");
    read_repository(c, repository);
    collect_files(c);
    must(gitops_source_new_memory(&c->source, c->context, &err), &err, "source");
    for (size_t i = 0; i < c->count; i++) {
        const gitops_buffer *text = c->files[i].text;
        must(gitops_source_put(c->source, c->files[i].path, gitops_buffer_data(text),
                               gitops_buffer_length(text), &err),
             &err, "put");
    }
    gitops_snapshot_free(c->snapshot);
    must(gitops_source_fetch(c->source, &c->snapshot, &err), &err, "fetch");
}

void close_corpus(corpus *c)
{
    for (size_t i = 0; i < c->count; i++)
        gitops_buffer_free(c->files[i].text);
    free(c->files);
    gitops_manifest_free(c->manifest);
    gitops_snapshot_free(c->snapshot);
    gitops_source_free(c->source);
    gitops_context_free(c->context);
}

void drop_events(const char *text, size_t length)
{
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_event_type_t type = YAML_NO_EVENT;
    if (!yaml_parser_initialize(&parser))
        must_have(NULL);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    while (type != YAML_STREAM_END_EVENT) {
        if (!yaml_parser_parse(&parser, &event))
            must_have(NULL);
        type = event.type;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static void drop_events_of(const corpus *c, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        drop_events(gitops_buffer_data(c->files[i].text),
                    gitops_buffer_length(c->files[i].text));
}

double time_libyaml(const corpus *c)
{
    double start = processor_time();
    drop_events_of(c, 0, c->count);
    return processor_time() - start;
}

static void *drop_second_half(void *data)
{
    const corpus *c = data;
    drop_events_of(c, c->count / 2, c->count);
    return NULL;
}

double time_libyaml_on_two(corpus *c)
{
    pthread_t other;
    double start = wall_time();
    if (pthread_create(&other, NULL, drop_second_half, c) != 0)
        must_have(NULL);
    drop_events_of(c, 0, c->count / 2);
    pthread_join(other, NULL);
    return wall_time() - start;
}
