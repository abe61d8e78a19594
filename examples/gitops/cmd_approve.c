/*
 * gitops approve: lets a held plan be carried out by whoever makes it next, such as a watch. Only
 * the state file is used, and a process that holds its lease goes on meanwhile.
 */
#include <string.h>
#include <time.h>

#include "commands.h"
#include "unit_flags.h"

static int check_operands(const arguments *args)
{
    if (arguments_expect(args, 2, 2, "the name of a unit and the digest of its plan") != 0)
        return RESULT_ERROR;
    if (strcmp(args->operands[0], UNIT_NAME) != 0) {
        complain("there is no unit %s; the one that flags describe is named " UNIT_NAME,
                 args->operands[0]);
        return arguments_hint(args->command);
    }
    return 0;
}

static int64_t unix_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A state file is not made here: a typing error would be approved of. */
static int approve(program *p, const char *state, const char *digest, const char *reason)
{
    gitops_store_options options = {sizeof options, state, 0, 0};
    gitops_store *store = NULL;
    gitops_error err = {0};
    char user[USER_SIZE];
    int rc = gitops_store_open(&store, p->context, &options, &err);
    if (rc == 0)
        rc = gitops_store_approve(store, UNIT_NAME, digest, name_user(user), reason, unix_now_ms(),
                                  &err);
    gitops_store_free(store);
    return rc < 0 ? complain_error(&err) : 0;
}

static int run(program *p, const arguments *args)
{
    const char *reason = arguments_get(args, "reason");
    const char *state = check_operands(args) == 0 ? state_path(args) : NULL;
    if (!state)
        return RESULT_ERROR;
    if (!reason || !*reason) {
        complain("--reason TEXT is needed: it goes into the history");
        return arguments_hint(args->command);
    }
    return approve(p, state, args->operands[1], reason);
}

static const option_spec options[] = {
    {"reason", "TEXT", "why; it goes into the history with your name", 0},
    {NULL, NULL, NULL, 0},
};

const command approve_command = {
    .name = "approve",
    .operands = "UNIT DIGEST",
    .summary = "let a held plan be carried out, once, within a day",
    .details = "The next apply or look of a watch that makes the plan with this digest carries it\n"
               "out. Any real change to the plan makes the approval worthless. Only --state is\n"
               "used; the other options of a unit are accepted, so that one set of options\n"
               "serves all commands.\n",
    .options = options,
    .shared = unit_options,
    .run = run,
};
