/* The targets of the program: a directory, or a command that speaks JSON lines. */
#ifndef TARGETS_H
#define TARGETS_H

#include "program.h"

typedef struct program_target {
    gitops_target *target;
    /* Makes what must exist before the first change; NULL: nothing. Returns 0 or RESULT_ERROR. */
    int (*prepare)(void *data);
    void *data; /* owned by target */
} program_target;

enum {
    TARGET_WRITABLE = 1,  /* without it for a plan, which leaves no trace */
    TARGET_MAY_BE_NEW = 2 /* nothing is known to be in it: a missing one may be made */
};

/*
 * Opens "dir:DIR" or "exec:COMMAND"; use is TARGET_... or 0.
 * Returns 0, or RESULT_ERROR after a complaint. The caller frees out->target.
 */
int open_target(program *p, const char *location, int use, program_target *out);

int open_dir_target(program *p, const char *path, int use, program_target *out);
int open_exec_target(program *p, const char *command, int use, program_target *out);

#endif
