/*
 * run: the blocking driver, a loop over next, execute and resolve. With workers, actions are
 * executed by threads; the machine stays with the caller's thread. Waiting is a poll on a pipe, so
 * that it can be ended from any thread and from a signal handler.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/crew.h"
#include "base/options.h"
#include "reconcile/machine.h"

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

static void execute(void *action, void *reconciler)
{
    (void)reconciler;
    gitops_action_execute(action, NULL);
}

static void wake(void *reconciler)
{
    gops_run_wake(reconciler);
}

/* *out NULL without workers: the calling thread does everything. */
static int start_crew(gops_crew **out, gitops_reconciler *reconciler, int32_t workers,
                      gitops_error *err)
{
    gops_crew_work what = {execute, wake, reconciler};
    *out = NULL;
    return workers ? gops_crew_start(out, reconciler->context, (size_t)workers, &what, err) : 0;
}

/* Resolves what the crew has executed. Returns how many. */
static size_t take_back(gitops_reconciler *reconciler, gops_crew *crew)
{
    void *done[2 * GOPS_CREW_MAX];
    size_t count = crew ? gops_crew_take(crew, done) : 0;
    for (size_t i = 0; i < count; i++)
        gitops_reconciler_resolve(reconciler, done[i], read_clock(CLOCK_MONOTONIC), NULL);
    return count;
}

/* One action, if there is one: executed here, or given to the crew. Returns 1 when there was. */
static int advance(gitops_reconciler *reconciler, gops_crew *crew, int *rc, gitops_error *err)
{
    gitops_action *action;
    if (gops_crew_out(crew) == 2 * GOPS_CREW_MAX)
        return 0;
    *rc = gitops_reconciler_next(reconciler, read_clock(CLOCK_MONOTONIC),
                                 read_clock(CLOCK_REALTIME), &action, err);
    if (*rc < 0 || !action)
        return 0;
    if (crew) {
        gops_crew_give(crew, action);
        return 1;
    }
    gitops_action_execute(action, NULL);
    gitops_reconciler_resolve(reconciler, action, read_clock(CLOCK_MONOTONIC), NULL);
    return 1;
}

/* Brings every action home, also when the loop ended early. */
static void drain(gitops_reconciler *reconciler, gops_crew *crew)
{
    while (gops_crew_out(crew))
        if (take_back(reconciler, crew) == 0)
            wait_until(reconciler, INT64_MAX);
}

static int loop(gitops_reconciler *reconciler, gops_crew *crew, int forever, gitops_error *err)
{
    int rc = 0;
    while (rc == 0) {
        if (advance(reconciler, crew, &rc, err) || rc < 0 || take_back(reconciler, crew))
            continue;
        if (!forever && gitops_reconciler_idle(reconciler))
            break;
        int64_t deadline = gitops_reconciler_deadline(reconciler);
        int64_t soon = read_clock(CLOCK_MONOTONIC) + 5;
        wait_until(reconciler, gops_crew_out(crew) && deadline < soon ? soon : deadline);
    }
    drain(reconciler, crew);
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
    gops_crew *crew;
    int rc = gops_options_import(&given, sizeof given, options, "run options", err);
    if (rc == 0 && (given.workers < 0 || given.workers > GOPS_CREW_MAX))
        rc = gops_fail(err, GITOPS_EINVAL, "run: 0 to %d workers", GOPS_CREW_MAX);
    if (rc == 0)
        rc = make_pipe(reconciler, err);
    if (rc < 0)
        return rc;
    if (!given.forever)
        for (size_t i = 0; i < reconciler->count; i++)
            reconciler->units[i]->passes = 0;
    (void)gitops_reconciler_trigger(reconciler, NULL, NULL); /* cannot fail for all units */
    for (size_t i = 0; i < reconciler->count && given.forever; i++)
        reconciler->units[i]->asked_for = 0; /* to start again is not to ask again */
    rc = start_crew(&crew, reconciler, given.workers, err);
    if (rc == 0)
        rc = loop(reconciler, crew, given.forever, err);
    gops_crew_stop(crew);
    return rc < 0 ? rc : worst_result(reconciler, err);
}
