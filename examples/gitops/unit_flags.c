/*
 * unit_flags: from command line options to a unit, its source, target and store.
 */
#include "unit_flags.h"

#include <stdlib.h>
#include <string.h>

const option_spec unit_options[] = {
    {"source", "URL|PATH|dir:DIR", "a Git repository, or a plain directory as dir:DIR", 0},
    {"ref", "REF", "branch, tag or commit; default the repository's HEAD", 0},
    {"path", "SUBDIR", "directory in the source that holds the manifests", 0},
    {"exclude", "GLOB", "leave out what matches, as in a .gitignore in --path; may be repeated", 1},
    {"target", "dir:DIR|exec:COMMAND", "the system to keep equal to the source", 0},
    {"state", "FILE", "what is remembered between runs; keep it", 0},
    {"prune", NULL, "delete what is no longer in the source (the default)", 0},
    {"prune-adopted", NULL, "delete it also when it was there before and was adopted", 0},
    {"no-prune", NULL, "never delete", 0},
    {"max-deletes", "N", "deletes and replaces of one run; more need an approval; default 50", 0},
    {"max-delete-percent", "P", "the same in percent of what is owned; default 30", 0},
    {"adopt", "never|if-equal|always", "objects that exist already; default if-equal", 0},
    {"conflict", "desired|live|fail", "who wins where both sides changed; default desired", 0},
    {"drift", "revert|report|ignore", "where only the target changed; default revert", 0},
    {"config", "FILE", "instead of these: the host's file (docs/configuration.md)", 0},
    {"allow-rewind", "COMMIT", "go to this commit though it does not descend from the last", 0},
    {"read-workers", "N", "threads that read the manifests; default 1", 0},
    {NULL, NULL, NULL, 0},
};

int check_unit_name(const arguments *args, const char *name)
{
    if (strcmp(name, UNIT_NAME) == 0)
        return 0;
    complain("there is no unit %s; the one that flags describe is named " UNIT_NAME, name);
    return arguments_hint(args->command);
}

int check_unit_names(const arguments *args, size_t first)
{
    for (size_t i = first; i < args->operand_count; i++)
        if (check_unit_name(args, args->operands[i]) != 0)
            return RESULT_ERROR;
    return 0;
}

const char *state_path(const arguments *args)
{
    const char *state = arguments_get(args, "state");
    if (state && *state)
        return state;
    complain("--state FILE is needed: it remembers what belongs to this unit");
    arguments_hint(args->command);
    return NULL;
}

static const char *needed(const arguments *args, const char *name, const char *example)
{
    const char *given = arguments_get(args, name);
    if (given && *given)
        return given;
    complain("--%s is needed, such as --%s %s", name, name, example);
    arguments_hint(args->command);
    return NULL;
}

/* Where the mirror of a URL lives; NULL without a state file. free() it. */
static char *mirror_path(const char *state)
{
    size_t size = state ? strlen(state) + sizeof "-git" : 0;
    char *mirror = state ? malloc(size) : NULL;
    if (mirror)
        snprintf(mirror, size, "%s-git", state);
    return mirror;
}

int open_source_at(gitops_source **source, program *p, const char *location, const char *state,
                   const char *ref)
{
    gitops_source_options options = {sizeof options, NULL, NULL, NULL, 1, 0};
    gitops_error err = {0};
    char *mirror = mirror_path(state);
    if (state && !mirror)
        return complain("out of memory");
    options.location = location;
    options.mirror = mirror;
    options.ref = ref;
    int rc = gitops_source_open(source, p->context, &options, &err);
    free(mirror);
    return rc < 0 ? complain_error(&err) : 0;
}

int open_unit_source(gitops_source **source, program *p, const arguments *args, const char *ref)
{
    const char *location = needed(args, "source", "/srv/git/shop.git");
    return location ? open_source_at(source, p, location, arguments_get(args, "state"), ref)
                    : RESULT_ERROR;
}

static int open_store(unit_setup *setup, program *p, const char *state, int writable)
{
    gitops_store_options options = {sizeof options, NULL, 0, 0};
    gitops_error err = {0};
    options.path = state;
    options.create = writable;
    options.read_only = !writable;
    if (gitops_store_open(&setup->store, p->context, &options, &err) < 0)
        return complain_error(&err);
    return 0;
}

/* A target in which nothing is ours yet may be made; one that should hold something must exist. */
static int open_unit_target(unit_setup *setup, program *p, const char *location, int writable)
{
    gitops_inventory *inventory = NULL;
    gitops_error err = {0};
    int use = writable ? TARGET_WRITABLE : 0;
    if (gitops_inventory_read(&inventory, setup->store, UNIT_NAME, &err) < 0)
        return complain_error(&err);
    if (gitops_inventory_count(inventory) == 0)
        use |= TARGET_MAY_BE_NEW;
    gitops_inventory_free(inventory);
    return open_target(p, location, use, &setup->target);
}

/* "0" means that none is allowed, which the library says in its own way. */
static int64_t limit_of(int64_t given)
{
    return given == 0 ? GITOPS_NO_DELETES : given < 0 ? 0 : given;
}

/* GITOPS_PRUNE_..., or -1 after a complaint. */
static int read_prune(const arguments *args)
{
    int off = arguments_get(args, "no-prune") != NULL;
    int adopted = arguments_get(args, "prune-adopted") != NULL;
    if (off && (adopted || arguments_get(args, "prune"))) {
        complain("--prune%s and --no-prune exclude each other", adopted ? "-adopted" : "");
        arguments_hint(args->command);
        return -1;
    }
    return off ? GITOPS_PRUNE_OFF : adopted ? GITOPS_PRUNE_ADOPTED : GITOPS_PRUNE_ON;
}

int read_unit_policy(gitops_unit_options *options, const arguments *args)
{
    static const char *const adopts[] = {"never", "if-equal", "always", NULL};
    static const char *const conflicts[] = {"desired", "live", "fail", NULL};
    static const char *const drifts[] = {"revert", "report", "ignore", NULL};
    int adopt = arguments_choice(args, "adopt", adopts, 1);
    int conflict = arguments_choice(args, "conflict", conflicts, 0);
    int drift = arguments_choice(args, "drift", drifts, 0);
    int64_t deletes = -1, percent = -1, workers = 1;
    if (adopt < 0 || conflict < 0 || drift < 0 ||
        arguments_number(args, "max-deletes", 0, INT32_MAX, &deletes) < 0 ||
        arguments_number(args, "max-delete-percent", 0, 100, &percent) < 0 ||
        arguments_number(args, "read-workers", 1, 64, &workers) < 0)
        return RESULT_ERROR;
    int prune = read_prune(args);
    if (prune < 0)
        return RESULT_ERROR;
    options->adopt = GITOPS_ADOPT_NEVER + adopt;
    options->conflict = GITOPS_CONFLICT_DESIRED + conflict;
    options->drift = GITOPS_DRIFT_REVERT + drift;
    options->prune = prune;
    options->max_deletes = limit_of(deletes);
    options->max_delete_percent = (int32_t)limit_of(percent);
    options->read_workers = (int32_t)workers;
    return 0;
}

static int make_unit(unit_setup *setup, program *p, const arguments *args,
                     gitops_unit_options *options)
{
    gitops_error err = {0};
    const char **excludes = calloc(args->value_count + 1, sizeof *excludes);
    if (!excludes)
        return complain("out of memory");
    options->struct_size = sizeof *options;
    options->name = UNIT_NAME;
    options->source = setup->source;
    options->path = arguments_get(args, "path");
    options->excludes = excludes;
    options->exclude_count = arguments_all(args, "exclude", excludes);
    options->target = setup->target.target;
    int rc = gitops_unit_new(&setup->unit, p->context, options, &err);
    free(excludes);
    return rc < 0 ? complain_error(&err) : 0;
}

int unit_setup_open(unit_setup *setup, program *p, const arguments *args, int writable,
                    int64_t interval_ms)
{
    gitops_unit_options options;
    memset(setup, 0, sizeof *setup);
    memset(&options, 0, sizeof options);
    options.interval_ms = interval_ms;
    if (check_unit_names(args, 0) != 0 || read_unit_policy(&options, args) != 0)
        return RESULT_ERROR;
    const char *location = needed(args, "target", "dir:/srv/target");
    const char *state = location ? state_path(args) : NULL;
    if (!state || open_unit_source(&setup->source, p, args, arguments_get(args, "ref")) != 0 ||
        open_store(setup, p, state, writable) != 0 ||
        open_unit_target(setup, p, location, writable) != 0)
        return RESULT_ERROR;
    return make_unit(setup, p, args, &options);
}

void unit_setup_free(unit_setup *setup)
{
    gitops_unit_free(setup->unit);
    gitops_store_free(setup->store);
    gitops_target_free(setup->target.target);
    gitops_source_free(setup->source);
    memset(setup, 0, sizeof *setup);
}

/* A word for a shell: as it is when that is safe, else in single quotes. */
static void print_word(FILE *out, const char *word)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "-_./:=@%+,";
    if (*word && word[strspn(word, safe)] == '\0') {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word; word++) {
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    }
    fputc('\'', out);
}

static int is_unit_option(const option_spec *spec)
{
    for (const option_spec *own = unit_options; own->name; own++)
        if (own == spec)
            return 1;
    return 0;
}

char *apply_command_line(const program *p, const arguments *args)
{
    char *line = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&line, &length);
    if (!out)
        return NULL;
    print_word(out, p->self);
    fputs(" apply", out);
    for (size_t i = 0; i < args->value_count; i++) {
        const option_spec *spec = args->values[i].spec;
        if (!is_unit_option(spec))
            continue;
        fprintf(out, " --%s", spec->name);
        if (spec->value) {
            fputc(' ', out);
            print_word(out, args->values[i].text);
        }
    }
    if (fclose(out) == 0)
        return line;
    free(line);
    return NULL;
}
