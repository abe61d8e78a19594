/*
 * gitops rollback: pins a unit to a commit until it is resumed, and applies it when source and
 * target are given. What a user types is looked for in the history of the unit, or is the whole id
 * of a commit that the repository has; nothing of it is given to Git to interpret.
 */
#include <string.h>

#include "commands.h"
#include "configuration.h"
#include "fleet.h"
#include "known_units.h"
#include "unit_flags.h"

enum { COMMIT_DIGITS = 40, LEAST_DIGITS = 4 };

static const char hex_digits[] = "0123456789abcdef";

/*
 * The recorded revision that begins with text, copied to commit. Returns how many different ones
 * do, or -1 after a complaint.
 */
static int find_recorded(gitops_store *store, const char *unit, const char *text,
                         char commit[COMMIT_DIGITS + 1])
{
    gitops_history *history = NULL;
    gitops_error err = {0};
    int found = 0;
    if (gitops_history_read(&history, store, unit, 0, &err) < 0) {
        complain_error(&err);
        return -1;
    }
    for (size_t i = 0; i < gitops_history_count(history); i++) {
        const char *revision = gitops_history_revision(history, i);
        if (!revision || strlen(revision) != COMMIT_DIGITS ||
            strncmp(revision, text, strlen(text)) != 0 || (found && strcmp(revision, commit) == 0))
            continue;
        memcpy(commit, revision, COMMIT_DIGITS + 1);
        found++;
    }
    gitops_history_free(history);
    return found;
}

static int open_configured_source(gitops_source **source, program *p, const arguments *args)
{
    configuration files;
    int result = configuration_open_host(&files, p, args);
    if (result == 0)
        result = open_source_at(source, p, gitops_config_source(files.config),
                                gitops_config_state(files.config), gitops_config_ref(files.config));
    configuration_close(&files);
    return result;
}

/* 0 when the repository has the commit. */
static int check_repository(program *p, const arguments *args, const char *commit)
{
    gitops_source *source = NULL;
    gitops_snapshot *snapshot = NULL;
    gitops_error err = {0};
    int result = is_configured(args) ? open_configured_source(&source, p, args)
                 : arguments_get(args, "source")
                     ? open_unit_source(&source, p, args, arguments_get(args, "ref"))
                     : complain("no run of the unit was at commit %s; with --source it is looked "
                                "for in the repository",
                                commit);
    if (result == 0 && gitops_source_fetch_revision(source, commit, &snapshot, &err) < 0)
        result = complain_error(&err);
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    return result;
}

/* Puts the commit that is meant into commit. Returns 0, or RESULT_ERROR after a complaint. */
static int resolve_revision(program *p, const arguments *args, const known_units *units,
                            char commit[COMMIT_DIGITS + 1])
{
    const char *text = args->operands[1];
    size_t length = strlen(text);
    if (length < LEAST_DIGITS || length > COMMIT_DIGITS || text[strspn(text, hex_digits)])
        return complain("%s: expected the %d hexadecimal digits of a commit, or the first of one "
                        "that the history has",
                        text, COMMIT_DIGITS);
    int found = find_recorded(units->store, args->operands[0], text, commit);
    if (found == 1)
        return 0;
    if (found > 1)
        return complain("%s: more than one revision in the history begins so", text);
    if (found < 0 || length < COMMIT_DIGITS)
        return found < 0 ? RESULT_ERROR
                         : complain("%s: no revision in the history begins so", text);
    memcpy(commit, text, COMMIT_DIGITS + 1);
    return check_repository(p, args, commit);
}

static int pin(program *p, const arguments *args)
{
    char commit[COMMIT_DIGITS + 1], user[USER_SIZE];
    known_units units;
    gitops_error err = {0};
    int result = known_unit_open(&units, p, args);
    if (result == 0)
        result = resolve_revision(p, args, &units, commit);
    if (result == 0 && gitops_store_pin(units.store, args->operands[0], commit, name_user(user),
                                        arguments_get(args, "reason"), unix_now_ms(), &err) < 0)
        result = complain_error(&err);
    known_units_close(&units);
    if (result == 0)
        complain("unit %s is pinned to %s until it is resumed", args->operands[0], commit);
    return result;
}

static int run(program *p, const arguments *args)
{
    arguments apply = *args;
    if (arguments_expect(args, 2, 2, "the name of a unit and a revision") != 0 || pin(p, args) != 0)
        return RESULT_ERROR;
    if (!is_configured(args) && (!arguments_get(args, "source") || !arguments_get(args, "target")))
        return RESULT_SAME;
    apply.operand_count = 1;
    return apply_command.run(p, &apply);
}

static const option_spec options[] = {
    {"reason", "TEXT", "why; status tells it", 0},
    {"yes", NULL, "do not ask, also on a terminal", 0},
    {"format", "text|json|html|jsonl", "of what is applied: as for apply", 0},
    {"full", NULL, "show the fields of every operation, and long values whole", 0},
    {NULL, NULL, NULL, 0},
};

const command rollback_command = {
    .name = "rollback",
    .operands = "UNIT REVISION",
    .summary = "go back to a revision and stay there until the unit is resumed",
    .details = "REVISION is a commit that a run of the unit was at (its first digits do), or the\n"
               "whole id of one that the repository has. With --source and --target, or a\n"
               "host's file, it is applied at once, and the exit code is that of apply; else the "
               "next pass does it, of a\n"
               "watch that is under way, too.\n",
    .options = options,
    .shared = unit_options,
    .reads_git = 1,
    .changes_target = 1,
    .run = run,
};
