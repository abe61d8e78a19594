/* The files of a repository's manifest in memory, and libyaml as the reference for reading them. */
#ifndef BENCH_CORPUS_H
#define BENCH_CORPUS_H

#include "common.h"

typedef struct file {
    gitops_buffer *text;
    const char *path; /* borrowed from the manifest */
} file;

typedef struct corpus {
    gitops_context *context;
    gitops_source *source;    /* holds the files once more */
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    file *files;
    size_t count, bytes, objects;
} corpus;

void open_corpus(corpus *c, const char *repository);
void close_corpus(corpus *c);

/* Makes and drops libyaml's events of a text. */
void drop_events(const char *text, size_t length);

/* Seconds that libyaml takes to make and drop the events of all files. */
double time_libyaml(const corpus *c);

/* The same by the clock, half of the files on a thread of its own. */
double time_libyaml_on_two(corpus *c);

#endif
