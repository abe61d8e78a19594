/* A child process that is spoken to in lines, with a deadline for every line. */
#ifndef EXEC_PROCESS_H
#define EXEC_PROCESS_H

#include <stddef.h>

typedef struct exec_process exec_process;

enum { EXEC_DEADLINE_MS = 60000, EXEC_MAX_LINE = 64 << 20, EXEC_WHY = 256 };

/*
 * Starts argv[0] from PATH, without a shell, in a process group of its own: a Ctrl-C is meant for
 * the program, which ends the target when its last call is answered.
 * Returns 0, or -1 with the reason in why (EXEC_WHY bytes).
 */
int exec_process_start(exec_process **out, char *const *argv, char *why);

/* Sends a line; data ends with a newline. Returns 0, or -1 with the reason. */
int exec_process_send(exec_process *process, const char *data, size_t length, char *why);

/* Receives a line without its newline; it lives until the next call. Returns 0, or -1. */
int exec_process_receive(exec_process *process, const char **line, size_t *length, char *why);

/* Closes the conversation, gives the process a moment to end, then kills it. NULL is fine. */
void exec_process_stop(exec_process *process);

#endif
