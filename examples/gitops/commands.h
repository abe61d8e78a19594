/* The commands. Each reads its arguments, does its work and returns the exit code. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "options.h"
#include "program.h"

typedef struct command {
    const char *name;
    const char *operands; /* for the usage line */
    const char *summary;
    const char *details; /* the rest of the help; "" for none */
    const option_spec *options;
    const option_spec *shared; /* NULL, or the options that describe a unit */
    int reads_git;             /* always, so that libgit2 is made ready before */
    int changes_target;        /* output lost on the way is then not "nothing happened" */
    int (*run)(program *p, const arguments *args);
} command;

extern const command parse_command, build_command, diff_command, patch_command, plan_command,
    apply_command, approve_command, suspend_command, resume_command, rollback_command,
    watch_command, status_command, history_command, lint_command, explain_command;

#endif
