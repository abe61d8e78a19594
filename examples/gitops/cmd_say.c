/*
 * gitops approve, suspend and resume: what a person says about a unit, for whatever process has its
 * next pass, such as a watch. Only the state file is used, and one that holds its lease goes on
 * meanwhile.
 */
#include "commands.h"
#include "known_units.h"
#include "unit_flags.h"

#define ONLY_STATE                                                                                 \
    "Only --state, or that of --config, is used; the other options of a unit are accepted, so "    \
    "that one set of\n"                                                                            \
    "options serves all commands.\n"

static int run_approve(program *p, const arguments *args)
{
    const char *reason = arguments_get(args, "reason");
    known_units units;
    gitops_error err = {0};
    char user[USER_SIZE];
    if (arguments_expect(args, 2, 2, "the name of a unit and the digest of its plan") != 0)
        return RESULT_ERROR;
    if (!reason || !*reason) {
        complain("--reason TEXT is needed: it goes into the history");
        return arguments_hint(args->command);
    }
    int result = known_unit_open(&units, p, args);
    if (result == 0 && gitops_store_approve(units.store, args->operands[0], args->operands[1],
                                            name_user(user), reason, unix_now_ms(), &err) < 0)
        result = complain_error(&err);
    known_units_close(&units);
    return result;
}

static int run_suspend(program *p, const arguments *args)
{
    int64_t duration_ms = 0, now = unix_now_ms();
    known_units units;
    gitops_error err = {0};
    char user[USER_SIZE];
    if (arguments_expect(args, 1, 1, "the name of a unit") != 0 ||
        arguments_duration_ms(args, "for", &duration_ms) < 0)
        return RESULT_ERROR;
    int result = known_unit_open(&units, p, args);
    if (result == 0 &&
        gitops_store_suspend(units.store, args->operands[0], duration_ms ? now + duration_ms : 0,
                             name_user(user), arguments_get(args, "reason"), now, &err) < 0)
        result = complain_error(&err);
    known_units_close(&units);
    return result;
}

static int run_resume(program *p, const arguments *args)
{
    known_units units;
    gitops_error err = {0};
    if (arguments_expect(args, 1, 1, "the name of a unit") != 0)
        return RESULT_ERROR;
    int result = known_unit_open(&units, p, args);
    if (result == 0 && gitops_store_resume(units.store, args->operands[0], &err) < 0)
        result = complain_error(&err);
    known_units_close(&units);
    return result;
}

static const option_spec approve_options[] = {
    {"reason", "TEXT", "why; it goes into the history with your name", 0},
    {NULL, NULL, NULL, 0},
};

static const option_spec suspend_options[] = {
    {"for", "DURATION", "go on by itself after this time; default when it is resumed", 0},
    {"reason", "TEXT", "why; status and every pass tell it", 0},
    {NULL, NULL, NULL, 0},
};

static const option_spec resume_options[] = {
    {NULL, NULL, NULL, 0},
};

const command approve_command = {
    .name = "approve",
    .operands = "UNIT DIGEST",
    .summary = "let a held plan be carried out, once, within a day",
    .details = "The next apply or look of a watch that makes the plan with this digest carries it\n"
               "out. Any real change to the plan makes the approval worthless.\n" ONLY_STATE,
    .options = approve_options,
    .shared = unit_options,
    .run = run_approve,
};

const command suspend_command = {
    .name = "suspend",
    .operands = "UNIT",
    .summary = "leave a unit alone for a time, or until it is resumed",
    .details = "From its next pass on nothing is applied; what is under way is brought to its\n"
               "end. 'gitops plan' goes on, 'gitops apply' exits 2.\n" ONLY_STATE,
    .options = suspend_options,
    .shared = unit_options,
    .run = run_suspend,
};

const command resume_command = {
    .name = "resume",
    .operands = "UNIT",
    .summary = "go on with a unit that is suspended, or pinned by a rollback",
    .details = "The next pass applies the newest revision again.\n" ONLY_STATE,
    .options = resume_options,
    .shared = unit_options,
    .run = run_resume,
};
