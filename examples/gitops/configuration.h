/* The host's file and the repository's, found and read. */
#ifndef CONFIGURATION_H
#define CONFIGURATION_H

#include "options.h"
#include "program.h"

typedef struct configuration {
    gitops_config *config;
    gitops_source *source;     /* of all units */
    gitops_snapshot *snapshot; /* whose gitops.yaml was read */
} configuration;

/* 1 when there is a host's file, or one was named. */
int has_host_file(const arguments *args);

/*
 * Reads the host's file (--config, $GITOPS_CONFIG or gitops-host.yaml), fetches its source and
 * reads gitops.yaml there. With --source there is no host's file. Returns 0, or RESULT_ERROR after
 * all complaints. configuration_close either way.
 */
int configuration_open(configuration *c, program *p, const arguments *args);
/* The host's file alone. */
int configuration_open_host(configuration *c, program *p, const arguments *args);
void configuration_close(configuration *c);

/* Reads a schema file of the repository. Returns 0 or a failure. The caller frees *out. */
int configuration_schema(const configuration *c, program *p, const char *path,
                         gitops_schema **out, gitops_error *err);

#endif
