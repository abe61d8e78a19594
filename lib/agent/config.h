/* A configuration: what two files say, owned. */
#ifndef GOPS_AGENT_CONFIG_H
#define GOPS_AGENT_CONFIG_H

#include <gitops/config.h>

#include "base/arena.h"
#include "base/context.h"
#include "value/diagnostics.h"

typedef struct gops_texts {
    const char **items;
    size_t count;
} gops_texts;

typedef struct gops_pair {
    const char *name, *text;
} gops_pair;

typedef struct gops_pairs {
    gops_pair *items;
    size_t count;
} gops_pairs;

/* How far: the smaller, the tighter; -1: nothing is said. */
typedef struct gops_bounds {
    int64_t max_deletes, max_delete_percent;
    int64_t prune, adopt, conflict, drift; /* places in the words of config_read.c */
    gops_texts protect;
} gops_bounds;

typedef struct gops_unit_config {
    const char *name, *path, *target, *schema;
    gops_texts environments, after, exclude;
    gops_texts protects; /* of host and repository */
    gops_pairs labels;
    gops_bounds bounds;
    uint32_t line, column;
} gops_unit_config;

struct gitops_config {
    gitops_context *context;
    gops_arena arena;
    gitops_diagnostics problems;
    int has_host, has_units;
    const char *source, *ref, *state, *environment;
    int64_t interval_ms;
    gops_pairs targets;
    gops_texts scope;
    gops_bounds bounds;
    gops_unit_config *units;
    size_t count;
};

/*
 * Reads the root of a document into the configuration (config_read.c); problems are added to it.
 * Returns 0 or GITOPS_ENOMEM.
 */
int gops_config_read_host(gitops_config *config, const gitops_document *document);
int gops_config_read_units(gitops_config *config, const gitops_document *document);

#endif
