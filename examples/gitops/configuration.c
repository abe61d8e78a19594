/*
 * configuration: where the files are, and what reads them.
 */
#include "configuration.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit_flags.h"

#define HOST_FILE  "gitops-host.yaml"
#define UNITS_FILE "gitops.yaml"

/* Tells all problems that were found. */
static int complain_files(const gitops_config *config, const gitops_error *err)
{
    const gitops_diagnostics *found = gitops_config_diagnostics(config);
    if (gitops_diagnostics_errors(found) == 0)
        return complain_error(err);
    print_diagnostics(found, "");
    return RESULT_ERROR;
}

static int read_host(configuration *c, const arguments *args)
{
    const char *path = arguments_get(args, "config");
    gitops_error err = {0};
    bytes text;
    if (!path)
        path = getenv("GITOPS_CONFIG");
    if (!path || !*path)
        path = HOST_FILE;
    if (read_bytes(path, &text) != 0)
        return RESULT_ERROR;
    int rc = gitops_config_read_host(c->config, text.data, text.length, path, &err);
    free(text.data);
    return rc < 0 ? complain_files(c->config, &err) : 0;
}

static int open_source(configuration *c, program *p, const arguments *args)
{
    gitops_error err = {0};
    const char *given = arguments_get(args, "source"), *ref = arguments_get(args, "ref");
    const char *location = given ? given : gitops_config_source(c->config);
    if (open_source_at(&c->source, p, location, given ? NULL : gitops_config_state(c->config),
                       ref ? ref : gitops_config_ref(c->config)) != 0)
        return RESULT_ERROR;
    return gitops_source_fetch(c->source, &c->snapshot, &err) < 0 ? complain_error(&err) : 0;
}

static int read_units(configuration *c)
{
    gitops_buffer *text = NULL;
    gitops_error err = {0};
    int rc = gitops_snapshot_read(c->snapshot, UNITS_FILE, &text, &err);
    if (rc < 0)
        return complain_error(&err);
    rc = gitops_config_read_units(c->config, gitops_buffer_data(text), gitops_buffer_length(text),
                                  UNITS_FILE, &err);
    gitops_buffer_free(text);
    return rc < 0 ? complain_files(c->config, &err) : 0;
}

int has_host_file(const arguments *args)
{
    const char *named = getenv("GITOPS_CONFIG");
    return arguments_get(args, "config") || (named && *named) || access(HOST_FILE, R_OK) == 0;
}

int configuration_open_host(configuration *c, program *p, const arguments *args)
{
    gitops_error err = {0};
    memset(c, 0, sizeof *c);
    if (gitops_config_new(&c->config, p->context, &err) < 0)
        return complain_error(&err);
    return read_host(c, args);
}

int configuration_open(configuration *c, program *p, const arguments *args)
{
    gitops_error err = {0};
    memset(c, 0, sizeof *c);
    if (arguments_get(args, "source") && arguments_get(args, "config")) {
        complain("--source and --config exclude each other");
        return arguments_hint(args->command);
    }
    if (gitops_config_new(&c->config, p->context, &err) < 0)
        return complain_error(&err);
    if (!arguments_get(args, "source") && read_host(c, args) != 0)
        return RESULT_ERROR;
    return open_source(c, p, args) != 0 ? RESULT_ERROR : read_units(c);
}

void configuration_close(configuration *c)
{
    gitops_snapshot_free(c->snapshot);
    gitops_source_free(c->source);
    gitops_config_free(c->config);
    memset(c, 0, sizeof *c);
}

int configuration_schema(const configuration *c, program *p, const char *path, gitops_schema **out,
                         gitops_error *err)
{
    gitops_buffer *text = NULL;
    gitops_document *document = NULL;
    int rc = gitops_snapshot_read(c->snapshot, path, &text, err);
    if (rc == 0)
        rc = gitops_document_parse(&document, p->context, gitops_buffer_data(text),
                                   gitops_buffer_length(text), path, err);
    if (rc == 0)
        rc = gitops_schema_parse(out, p->context, document, err);
    if (rc < 0 && !*err->where)
        snprintf(err->where, sizeof err->where, "%s", path);
    gitops_document_free(document);
    gitops_buffer_free(text);
    return rc;
}
