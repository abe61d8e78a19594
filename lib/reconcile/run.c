/*
 * run: the blocking driver, a loop over next, execute and resolve. With workers, actions are
 * executed by threads; the machine stays with the caller's thread. Waiting is a poll on a pipe, so
 * that it can be ended from any thread and from a signal handler.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/options.h"
#include "reconcile/machine.h"

enum { WORKERS_MAX = 64 };

/* A queue of actions to execute and one of actions executed, both as linked rings of slots. */
typedef struct crew {
    gitops_reconciler *reconciler;
    pthread_mutex_t lock;
    pthread_cond_t work;
    gitops_action *todo[2 * WORKERS_MAX], *done[2 * WORKERS_MAX];
    size_t todo_count, done_count;
    size_t out;      /* actions given to the crew and not taken back */
    int closing;
    pthread_t threads[WORKERS_MAX];
    size_t count;
} crew;

void gops_run_wake(gitops_reconciler *reconciler)
{
    int fd = atomic_load(&reconciler->wake_write);
    int saved = errno;
    if (fd >= 0 && write(fd, "", 1) < 0)
        errno = saved; /* a full pipe wakes as well */
}

void gops_run_release(gitops_reconciler *reconciler)
{
    int fd = atomic_exchange(&reconciler->wake_write, -1);
    if (fd >= 0)
        close(fd);
    if (reconciler->wake_read >= 0)
        close(reconciler->wake_read);
    reconciler->wake_read = -1;
}

static int prepare_fd(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static int make_pipe(gitops_reconciler *reconciler, gitops_error *err)
{
    int fds[2];
    if (reconciler->wake_read >= 0)
        return 0;
    if (pipe(fds) < 0)
        return gops_fail_os(err, errno, "make", "a pipe");
    if (!prepare_fd(fds[0]) || !prepare_fd(fds[1])) {
        int error = errno;
        close(fds[0]);
        close(fds[1]);
        return gops_fail_os(err, error, "set up", "a pipe");
    }
    reconciler->wake_read = fds[0];
    atomic_store(&reconciler->wake_write, fds[1]);
    return 0;
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_until(gitops_reconciler *reconciler, int64_t deadline)
{
    char drained[64];
    int64_t wait = deadline == INT64_MAX ? -1 : deadline - read_clock(CLOCK_MONOTONIC);
    if (wait < -1 || (wait == -1 && deadline != INT64_MAX))
        wait = 0;
    struct pollfd ready = {reconciler->wake_read, POLLIN, 0};
    if (poll(&ready, 1, wait > 3600000 ? 3600000 : (int)wait) > 0)
        while (read(reconciler->wake_read, drained, sizeof drained) > 0) {
        }
}

static void *work(void *data)
{
    crew *c = data;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (c->todo_count == 0 && !c->closing)
            pthread_cond_wait(&c->work, &c->lock);
        if (c->todo_count == 0)
            break;
        gitops_action *action = c->todo[0];
        memmove(c->todo, c->todo + 1, --c->todo_count * sizeof *c->todo);
        pthread_mutex_unlock(&c->lock);
        gitops_action_execute(action, NULL);
        pthread_mutex_lock(&c->lock);
        c->done[c->done_count++] = action;
        gops_run_wake(c->reconciler);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static int start_crew(crew *c, gitops_reconciler *reconciler, int32_t workers, gitops_error *err)
{
    memset(c, 0, sizeof *c);
    c->reconciler = reconciler;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->work, NULL);
    for (; c->count < (size_t)workers; c->count++) {
        int failed = pthread_create(&c->threads[c->count], NULL, work, c);
        if (failed)
            return gops_fail_os(err, failed, "start", "a worker thread");
    }
    return 0;
}

static void stop_crew(crew *c)
{
    pthread_mutex_lock(&c->lock);
    c->closing = 1;
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < c->count; i++)
        pthread_join(c->threads[i], NULL);
    pthread_cond_destroy(&c->work);
    pthread_mutex_destroy(&c->lock);
}

static void give(crew *c, gitops_action *action)
{
    pthread_mutex_lock(&c->lock);
    c->todo[c->todo_count++] = action;
    c->out++;
    pthread_cond_signal(&c->work);
    pthread_mutex_unlock(&c->lock);
}

/* Resolves what the crew has executed. Returns how many. */
static size_t take_back(crew *c)
{
    gitops_action *done[2 * WORKERS_MAX];
    pthread_mutex_lock(&c->lock);
    size_t count = c->done_count;
    memcpy(done, c->done, count * sizeof *done);
    c->done_count = 0;
    c->out -= count;
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < count; i++)
        gitops_reconciler_resolve(c->reconciler, done[i], read_clock(CLOCK_MONOTONIC), NULL);
    return count;
}

/* One action, if there is one: executed here, or given to the crew. Returns 1 when there was. */
static int advance(gitops_reconciler *reconciler, crew *c, int *rc, gitops_error *err)
{
    gitops_action *action;
    if (c->out == 2 * WORKERS_MAX)
        return 0;
    *rc = gitops_reconciler_next(reconciler, read_clock(CLOCK_MONOTONIC),
                                 read_clock(CLOCK_REALTIME), &action, err);
    if (*rc < 0 || !action)
        return 0;
    if (c->count) {
        give(c, action);
        return 1;
    }
    gitops_action_execute(action, NULL);
    gitops_reconciler_resolve(reconciler, action, read_clock(CLOCK_MONOTONIC), NULL);
    return 1;
}

/* Brings every action home, also when the loop ended early. */
static void drain(gitops_reconciler *reconciler, crew *c)
{
    while (c->out)
        if (take_back(c) == 0)
            wait_until(reconciler, INT64_MAX);
}

static int loop(gitops_reconciler *reconciler, crew *c, int forever, gitops_error *err)
{
    int rc = 0;
    while (rc == 0) {
        if (advance(reconciler, c, &rc, err) || rc < 0 || take_back(c))
            continue;
        if (!forever && gitops_reconciler_idle(reconciler))
            break;
        int64_t deadline = gitops_reconciler_deadline(reconciler);
        int64_t soon = read_clock(CLOCK_MONOTONIC) + 5;
        wait_until(reconciler, c->out && deadline < soon ? soon : deadline);
    }
    drain(reconciler, c);
    return rc;
}

/* The gravest result of the units: an error before a partial failure before a held plan. */
static int worst_result(gitops_reconciler *reconciler, gitops_error *err)
{
    const gitops_run *worst = NULL;
    for (size_t i = 0; i < reconciler->count; i++) {
        const gitops_run *run = reconciler->units[i]->result;
        if (!run || run->status == 0)
            continue;
        int graver = !worst || worst->status == GITOPS_EHELD ||
                     (worst->status == GITOPS_EPARTIAL && run->status != GITOPS_EHELD);
        if (graver)
            worst = run;
    }
    return worst ? gitops_run_status(worst, err) : 0;
}

int gitops_reconciler_run(gitops_reconciler *reconciler, const gitops_run_options *options,
                          gitops_error *err)
{
    gitops_run_options given;
    crew c;
    int rc = gops_options_import(&given, sizeof given, options, "run options", err);
    if (rc == 0 && (given.workers < 0 || given.workers > WORKERS_MAX))
        rc = gops_fail(err, GITOPS_EINVAL, "run: 0 to %d workers", WORKERS_MAX);
    if (rc == 0)
        rc = make_pipe(reconciler, err);
    if (rc < 0)
        return rc;
    if (!given.forever)
        for (size_t i = 0; i < reconciler->count; i++)
            reconciler->units[i]->passes = 0;
    (void)gitops_reconciler_trigger(reconciler, NULL, NULL); /* cannot fail for all units */
    rc = start_crew(&c, reconciler, given.workers, err);
    if (rc == 0)
        rc = loop(reconciler, &c, given.forever, err);
    stop_crew(&c);
    return rc < 0 ? rc : worst_result(reconciler, err);
}
