/*
 * config: the handle, and what both files say together. Each limit is a number of which the smaller
 * one is the tighter one, so that the repository can only tighten what the host allows.
 */
#include <string.h>

#include "agent/config.h"
#include "base/error.h"
#include "source/wildmatch.h"

int gitops_config_new(gitops_config **out, gitops_context *context, gitops_error *err)
{
    if (!out || !context)
        return gops_fail(err, GITOPS_EINVAL, "config: out and context are needed");
    *out = gops_calloc(context, 1, sizeof **out);
    if (!*out)
        return gops_fail_memory(err);
    (*out)->context = gops_context_ref(context);
    gops_arena_init(&(*out)->arena, context, 0);
    gops_diagnostics_init(&(*out)->problems, context);
    (*out)->bounds = (gops_bounds){-1, -1, -1, -1, -1, -1, {NULL, 0}};
    return 0;
}

void gitops_config_free(gitops_config *config)
{
    if (!config)
        return;
    gitops_context *context = config->context;
    gops_diagnostics_release(&config->problems);
    gops_arena_free(&config->arena);
    gops_free(context, config);
    gitops_context_free(context);
}

typedef int (*read_fn)(gitops_config *config, const gitops_document *document);

/* Reads a file of exactly one document. */
static int read_file(gitops_config *config, read_fn read, const char *text, size_t length,
                     const char *name, gitops_error *err)
{
    gitops_documents *set = NULL;
    gitops_error problem;
    int rc = gitops_documents_parse(&set, config->context, text, length, name, err);
    if (!set)
        return rc;
    gops_diagnostics_append(&config->problems, gitops_documents_diagnostics(set));
    if (rc == 0 && gitops_documents_count(set) != 1) {
        gops_fail_at(&problem, GITOPS_EPARSE, name, 0, 0, "one document is expected, not %zu",
                     gitops_documents_count(set));
        gops_diagnostics_add(&config->problems, GITOPS_SEVERITY_ERROR, &problem);
    } else if (rc == 0) {
        rc = read(config, gitops_documents_get(set, 0));
    }
    gitops_documents_free(set);
    gops_diagnostics_sort(&config->problems);
    return rc == GITOPS_ENOMEM ? gops_fail_memory(err)
                               : gops_diagnostics_status(&config->problems, err);
}

int gitops_config_read_host(gitops_config *config, const char *text, size_t length,
                            const char *name, gitops_error *err)
{
    if (!config || (!text && length))
        return gops_fail(err, GITOPS_EINVAL, "config: a text is needed");
    if (config->has_host || config->has_units)
        return gops_fail(err, GITOPS_ESTATE, "config: the host's file is read once, and first");
    config->has_host = 1;
    return read_file(config, gops_config_read_host, text, length, name, err);
}

int gitops_config_read_units(gitops_config *config, const char *text, size_t length,
                             const char *name, gitops_error *err)
{
    if (!config || (!text && length))
        return gops_fail(err, GITOPS_EINVAL, "config: a text is needed");
    if (config->has_units)
        return gops_fail(err, GITOPS_ESTATE, "config: the repository's file is read once");
    config->has_units = 1;
    return read_file(config, gops_config_read_units, text, length, name, err);
}

const gitops_diagnostics *gitops_config_diagnostics(const gitops_config *config)
{
    return &config->problems;
}

const char *gitops_config_source(const gitops_config *config)
{
    return config->source;
}

const char *gitops_config_ref(const gitops_config *config)
{
    return config->ref;
}

const char *gitops_config_state(const gitops_config *config)
{
    return config->state;
}

const char *gitops_config_environment(const gitops_config *config)
{
    return config->environment;
}

int64_t gitops_config_interval_ms(const gitops_config *config)
{
    return config->interval_ms;
}

static const char *find_pair(const gops_pairs *pairs, const char *name, size_t length)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strlen(pairs->items[i].name) == length &&
            memcmp(pairs->items[i].name, name, length) == 0)
            return pairs->items[i].text;
    return NULL;
}

const char *gitops_config_target(const gitops_config *config, const char *name)
{
    return name ? find_pair(&config->targets, name, strlen(name)) : NULL;
}

size_t gitops_config_unit_count(const gitops_config *config)
{
    return config->count;
}

const char *gitops_config_unit_name(const gitops_config *config, size_t i)
{
    return i < config->count ? config->units[i].name : NULL;
}

const char *gitops_config_unit_target(const gitops_config *config, size_t i)
{
    return i < config->count ? config->units[i].target : NULL;
}

const char *gitops_config_unit_schema(const gitops_config *config, size_t i)
{
    return i < config->count ? config->units[i].schema : NULL;
}

const char *gitops_config_unit_label(const gitops_config *config, size_t i, const char *label)
{
    return i < config->count && label ? find_pair(&config->units[i].labels, label, strlen(label))
                                      : NULL;
}

int32_t gitops_config_selects(const gitops_config *config, size_t i, const char *selector)
{
    if (i >= config->count || !selector)
        return 0;
    const gops_unit_config *unit = &config->units[i];
    const char *value = strchr(selector, '=');
    if (value) {
        const char *label = find_pair(&unit->labels, selector, (size_t)(value - selector));
        return label && strcmp(label, value + 1) == 0;
    }
    return gops_wildmatch(selector, strlen(selector), unit->name, strlen(unit->name));
}

/* The smaller of two that are said, or what is the default. */
static int64_t tighter(int64_t host, int64_t wish, int64_t fallback)
{
    int64_t bound = host < 0 ? fallback : host;
    return wish >= 0 && wish < bound ? wish : bound;
}

/* A limit as the options of a unit say it. */
static int64_t limit(int64_t bound)
{
    return bound == 0 ? GITOPS_NO_DELETES : bound;
}

static void tighten(gitops_unit_options *options, const gops_bounds *host, const gops_bounds *wish)
{
    /* In the order of the words of config_read.c. */
    static const int32_t prunes[] = {GITOPS_PRUNE_OFF, GITOPS_PRUNE_ON, GITOPS_PRUNE_ADOPTED};
    static const int32_t adopts[] = {GITOPS_ADOPT_NEVER, GITOPS_ADOPT_IF_EQUAL,
                                     GITOPS_ADOPT_ALWAYS};
    static const int32_t conflicts[] = {GITOPS_CONFLICT_FAIL, GITOPS_CONFLICT_LIVE,
                                        GITOPS_CONFLICT_DESIRED};
    static const int32_t drifts[] = {GITOPS_DRIFT_IGNORE, GITOPS_DRIFT_REPORT, GITOPS_DRIFT_REVERT};
    options->prune = prunes[tighter(host->prune, wish->prune, 1)];
    options->adopt = adopts[tighter(host->adopt, wish->adopt, 1)];
    options->conflict = conflicts[tighter(host->conflict, wish->conflict, 2)];
    options->drift = drifts[tighter(host->drift, wish->drift, 2)];
    options->max_deletes = limit(tighter(host->max_deletes, wish->max_deletes, 50));
    options->max_delete_percent =
        (int32_t)limit(tighter(host->max_delete_percent, wish->max_delete_percent, 30));
}

int gitops_config_unit_options(const gitops_config *config, size_t i, gitops_unit_options *options,
                               gitops_error *err)
{
    if (!config || !options || i >= config->count)
        return gops_fail(err, GITOPS_EINVAL, "config: there is no such unit");
    const gops_unit_config *unit = &config->units[i];
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
    options->name = unit->name;
    options->path = unit->path;
    options->excludes = unit->exclude.items;
    options->exclude_count = unit->exclude.count;
    options->after = unit->after.items;
    options->after_count = unit->after.count;
    options->scope = config->scope.items;
    options->scope_count = config->scope.count;
    options->protects = unit->protects.items;
    options->protect_count = unit->protects.count;
    options->interval_ms = config->interval_ms;
    tighten(options, &config->bounds, &unit->bounds);
    return 0;
}
