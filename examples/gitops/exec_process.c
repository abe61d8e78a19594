/*
 * exec_process: pipes to a child, poll with a deadline on both, and an end that always comes.
 */
#include "exec_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GRACE_MS = 5000 }; /* for ending by itself when its standard input is closed */

extern char **environ;

struct exec_process {
    pid_t pid;
    int in, out; /* our ends: its standard input and output */
    char *data;  /* received, from start to length */
    size_t start, length, capacity;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int fail(char *why, const char *what, int code)
{
    snprintf(why, EXEC_WHY, "%s%s%s", what, code ? ": " : "", code ? strerror(code) : "");
    return -1;
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
}

static int open_pair(int pair[2])
{
    pair[0] = pair[1] = -1;
    if (pipe(pair) < 0)
        return -1;
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    fcntl(pair[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

/* The child gets the two pipe ends, default signals and a group of its own. Returns an errno. */
static int spawn(pid_t *pid, char *const *argv, int in, int out)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, pipe_signal;
    sigemptyset(&none);
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    int rc = posix_spawn_file_actions_init(&files);
    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (rc != 0) {
        posix_spawn_file_actions_destroy(&files);
        return rc;
    }
    rc = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (rc == 0) {
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETSIGDEF);
        rc = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

int exec_process_start(exec_process **out, char *const *argv, char *why)
{
    int to[2], from[2];
    *out = NULL;
    exec_process *process = calloc(1, sizeof *process);
    if (!process)
        return fail(why, "out of memory", 0);
    if (open_pair(to) < 0 || open_pair(from) < 0) {
        fail(why, "cannot make a pipe", errno);
        close_pair(to);
        free(process);
        return -1;
    }
    int rc = spawn(&process->pid, argv, to[0], from[1]);
    if (rc != 0) {
        snprintf(why, EXEC_WHY, "cannot start %.100s: %s", argv[0], strerror(rc));
        close_pair(to);
        close_pair(from);
        free(process);
        return -1;
    }
    close(to[0]);
    close(from[1]);
    process->in = to[1];
    process->out = from[0];
    fcntl(process->in, F_SETFL, O_NONBLOCK);
    fcntl(process->out, F_SETFL, O_NONBLOCK);
    *out = process;
    return 0;
}

/* Waits until a descriptor is ready. Returns 0, or -1 when the deadline passed. */
static int wait_ready(int descriptor, short events, int64_t deadline, char *why)
{
    for (;;) {
        struct pollfd entry = {descriptor, events, 0};
        int64_t left = deadline - now_ms();
        int ready = left > 0 ? poll(&entry, 1, (int)left) : 0;
        if (ready > 0)
            return 0;
        if (ready == 0)
            return fail(why, "the target command did not answer within 60 seconds", 0);
        if (errno != EINTR)
            return fail(why, "cannot wait for the target command", errno);
    }
}

int exec_process_send(exec_process *process, const char *data, size_t length, char *why)
{
    int64_t deadline = now_ms() + EXEC_DEADLINE_MS;
    while (length > 0) {
        ssize_t put = write(process->in, data, length);
        if (put > 0) {
            data += put;
            length -= (size_t)put;
        } else if (put < 0 && errno == EPIPE) {
            return fail(why, "the target command has ended", 0);
        } else if (put < 0 && errno != EAGAIN && errno != EINTR) {
            return fail(why, "cannot write to the target command", errno);
        } else if (wait_ready(process->in, POLLOUT, deadline, why) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Moves what is left to the front and makes room for more. */
static int make_room(exec_process *process, char *why)
{
    if (process->start > 0) {
        process->length -= process->start;
        memmove(process->data, process->data + process->start, process->length);
        process->start = 0;
    }
    if (process->capacity - process->length > 4096)
        return 0;
    if (process->length > EXEC_MAX_LINE)
        return fail(why, "the target command sent a line of more than 64 MiB", 0);
    size_t capacity = process->capacity ? process->capacity * 2 : 65536;
    char *larger = realloc(process->data, capacity);
    if (!larger)
        return fail(why, "out of memory", 0);
    process->data = larger;
    process->capacity = capacity;
    return 0;
}

static int receive_more(exec_process *process, int64_t deadline, char *why)
{
    if (make_room(process, why) < 0)
        return -1;
    for (;;) {
        ssize_t got = read(process->out, process->data + process->length,
                           process->capacity - process->length);
        if (got > 0) {
            process->length += (size_t)got;
            return 0;
        }
        if (got == 0)
            return fail(why, "the target command ended in the middle of a call", 0);
        if (errno != EAGAIN && errno != EINTR)
            return fail(why, "cannot read from the target command", errno);
        if (errno == EAGAIN && wait_ready(process->out, POLLIN, deadline, why) < 0)
            return -1;
    }
}

int exec_process_receive(exec_process *process, const char **line, size_t *length, char *why)
{
    int64_t deadline = now_ms() + EXEC_DEADLINE_MS;
    size_t looked = 0; /* bytes from start without a newline */
    for (;;) {
        char *from = process->data ? process->data + process->start : NULL;
        size_t there = process->length - process->start;
        char *end = there > looked ? memchr(from + looked, '\n', there - looked) : NULL;
        if (end) {
            *line = from;
            *length = (size_t)(end - from);
            process->start += *length + 1;
            return 0;
        }
        looked = there;
        if (receive_more(process, deadline, why) < 0)
            return -1;
    }
}

void exec_process_stop(exec_process *process)
{
    if (!process)
        return;
    int64_t deadline = now_ms() + GRACE_MS;
    pid_t ended;
    close(process->in);
    close(process->out);
    while ((ended = waitpid(process->pid, NULL, WNOHANG)) == 0 && now_ms() < deadline) {
        struct timespec moment = {0, 5000000};
        nanosleep(&moment, NULL);
    }
    if (ended == 0) {
        kill(-process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0);
    }
    free(process->data);
    free(process);
}
