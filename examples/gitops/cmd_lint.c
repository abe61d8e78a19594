/*
 * gitops lint: checks the host's file, the repository's file and the manifests of all units. No
 * target and no state are asked.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "configuration.h"
#include "unit_flags.h"

typedef struct lint {
    program *p;
    configuration files;
    gitops_manifest **manifests; /* of each unit; NULL: it could not be read */
    size_t objects;
    uint64_t problems;
} lint;

static void count_problem(lint *l, const gitops_error *err)
{
    complain_error(err);
    l->problems++;
}

static void lint_schema(lint *l, const char *path)
{
    gitops_schema *schema = NULL;
    gitops_error err = {0};
    if (configuration_schema(&l->files, l->p, path, &schema, &err) < 0)
        count_problem(l, &err);
    gitops_schema_free(schema);
}

static void lint_manifest(lint *l, size_t i)
{
    gitops_unit_options unit;
    gitops_manifest_options options = {0};
    gitops_error err = {0};
    gitops_config_unit_options(l->files.config, i, &unit, NULL);
    options.struct_size = sizeof options;
    options.path = unit.path;
    options.excludes = unit.excludes;
    options.exclude_count = unit.exclude_count;
    int rc = gitops_manifest_read(&l->manifests[i], l->p->context, l->files.snapshot, &options,
                                  NULL, &err);
    const gitops_diagnostics *found =
        l->manifests[i] ? gitops_manifest_diagnostics(l->manifests[i]) : NULL;
    if (found)
        print_diagnostics(found, "");
    if (found && gitops_diagnostics_errors(found))
        l->problems += gitops_diagnostics_errors(found);
    else if (rc < 0)
        count_problem(l, &err);
    if (rc < 0)
        return;
    size_t count = gitops_manifest_count(l->manifests[i]);
    l->objects += count;
    printf("unit %s: %zu object%s\n", unit.name, count, count == 1 ? "" : "s");
}

/* Objects that two units with one target claim. */
static void lint_claims(lint *l, size_t i, size_t k)
{
    const gitops_config *config = l->files.config;
    gitops_manifest *one = l->manifests[i], *other = l->manifests[k];
    if (!one || !other ||
        strcmp(gitops_config_unit_target(config, i), gitops_config_unit_target(config, k)) != 0)
        return;
    for (size_t object = 0; object < gitops_manifest_count(one); object++) {
        const char *key = gitops_manifest_key(one, object);
        int64_t found = gitops_manifest_find(other, key);
        if (found < 0)
            continue;
        size_t at = (size_t)found;
        print_place(stderr, gitops_manifest_file(other, at), gitops_manifest_line(other, at), 0);
        print_shown(stderr, key);
        fprintf(stderr, " is claimed by unit %s, and by unit %s at %s:%lu\n",
                gitops_config_unit_name(config, k), gitops_config_unit_name(config, i),
                gitops_manifest_file(one, object),
                (unsigned long)gitops_manifest_line(one, object));
        l->problems++;
    }
}

static int lint_units(lint *l)
{
    size_t count = gitops_config_unit_count(l->files.config);
    l->manifests = calloc(count + 1, sizeof *l->manifests);
    if (!l->manifests)
        return complain("out of memory");
    for (size_t i = 0; i < count; i++) {
        const char *schema = gitops_config_unit_schema(l->files.config, i);
        if (schema)
            lint_schema(l, schema);
        lint_manifest(l, i);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            lint_claims(l, i, k);
    for (size_t i = 0; i < count; i++)
        gitops_manifest_free(l->manifests[i]);
    free(l->manifests);
    if (l->problems == 0)
        printf("%zu unit%s, %zu object%s: no problem\n", count, count == 1 ? "" : "s", l->objects,
               l->objects == 1 ? "" : "s");
    else
        complain("%llu problem%s", (unsigned long long)l->problems, l->problems == 1 ? "" : "s");
    return l->problems ? RESULT_ERROR : RESULT_SAME;
}

static int run(program *p, const arguments *args)
{
    lint l = {0};
    l.p = p;
    int result = arguments_expect(args, 0, 0, "no operand");
    if (result == 0)
        result = configuration_open(&l.files, p, args);
    if (result == 0)
        result = lint_units(&l);
    configuration_close(&l.files);
    return result;
}

static const option_spec options[] = {
    {"config", "FILE", "the host's file; default $GITOPS_CONFIG, else gitops-host.yaml", 0},
    {"source", "URL|PATH|dir:DIR", "check this repository by itself, without a host's file", 0},
    {"ref", "REF", "branch, tag or commit; default what the host's file says, else HEAD", 0},
    {NULL, NULL, NULL, 0},
};

const command lint_command = {
    .name = "lint",
    .operands = "",
    .summary = "check configuration files and the manifests of all units",
    .details = "Reads the host's file, gitops.yaml in the root of the repository, and what every\n"
               "unit states. With --source there is no host: units of all environments are\n"
               "checked, and targets may have any name. Exits 0 when all is well, else 2.\n",
    .options = options,
    .reads_git = 1,
    .run = run,
};
