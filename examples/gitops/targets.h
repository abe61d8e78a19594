/* The targets of the program: a directory, or a command that speaks JSON lines. */
#ifndef TARGETS_H
#define TARGETS_H

#include "program.h"

typedef struct program_target {
    gitops_target *target;
    /* Makes what must exist before the first change; NULL: nothing. Returns 0 or RESULT_ERROR. */
    int (*prepare)(void *data);
    void *data;            /* owned by target */
} program_target;

/*
 * Opens "dir:DIR" or "exec:COMMAND". writable: 0 for a plan, which leaves no trace.
 * Returns 0, or RESULT_ERROR after a complaint. The caller frees out->target.
 */
int open_target(program *p, const char *location, int writable, program_target *out);

int open_dir_target(program *p, const char *path, int writable, program_target *out);
int open_exec_target(program *p, const char *command, int writable, program_target *out);

#endif
