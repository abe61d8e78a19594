/*
 * gitops build: every object of a plain directory, in the order of their keys.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "manifest_errors.h"

static const char *const formats[] = {"yaml", "json", NULL};

/* The source's name for a directory. free() it. */
static char *location_of(const char *directory)
{
    size_t size = strlen(directory) + sizeof "dir:";
    char *location = malloc(size);
    if (location)
        snprintf(location, size, "dir:%s", directory);
    return location;
}

static int open_directory(program *p, const char *directory, gitops_source **source,
                          gitops_snapshot **snapshot)
{
    gitops_source_options options = {sizeof options, NULL, NULL, NULL, 0, 0};
    gitops_error err = {0};
    char *location = location_of(directory);
    if (!location)
        return complain("out of memory");
    options.location = location;
    int rc = gitops_source_open(source, p->context, &options, &err);
    if (rc == 0)
        rc = gitops_source_fetch(*source, snapshot, &err);
    free(location);
    return rc < 0 ? complain_error(&err) : 0;
}

static int print_objects(program *p, gitops_manifest *manifest, int32_t format)
{
    for (size_t i = 0; i < gitops_manifest_count(manifest); i++) {
        gitops_document *document = NULL;
        gitops_error err = {0};
        if (gitops_manifest_open(manifest, i, &document, &err) < 0)
            return complain_error(&err);
        if (i > 0 && format == GITOPS_FORMAT_YAML)
            fputs("---\n", stdout);
        int rc = print_value(p, stdout, gitops_document_root(document), format);
        gitops_document_free(document);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int run(program *p, const arguments *args)
{
    int choice = arguments_choice(args, "format", formats, 0);
    gitops_source *source = NULL;
    gitops_snapshot *snapshot = NULL;
    gitops_manifest *manifest = NULL;
    gitops_error err = {0};
    if (choice < 0 || arguments_expect(args, 1, 1, "a directory"))
        return RESULT_ERROR;
    int result = open_directory(p, args->operands[0], &source, &snapshot);
    if (result == 0) {
        int rc = gitops_manifest_read(&manifest, p->context, snapshot, NULL, NULL, &err);
        if (rc < 0)
            result = complain_manifest(&err, gitops_manifest_diagnostics(manifest), "printed");
        else
            result =
                print_objects(p, manifest, choice == 0 ? GITOPS_FORMAT_YAML : GITOPS_FORMAT_JSON);
    }
    gitops_manifest_free(manifest);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    return result;
}

static const option_spec options[] = {
    {"format", "yaml|json", "a stream of YAML documents (default), or JSON lines", 0},
    {NULL, NULL, NULL, 0},
};

const command build_command = {
    .name = "build",
    .operands = "DIR",
    .summary = "print the objects of a directory of manifests",
    .details = "Reads every *.yaml, *.yml and *.json file below DIR and prints all objects\n"
               "in the order of their keys. Nothing is printed when a file is broken.\n",
    .options = options,
    .run = run,
};
