/*
 * signals: one thread waits for them, so that nothing has to be safe inside a signal handler. A
 * byte in a pipe tells those who wait for input.
 */
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static gitops_reconciler *watched; /* under the lock */
static atomic_int received;
static int wake[2] = {-1, -1};
static sigset_t stopping;

/* The second signal: nothing is waited for any more. */
static void die_of(int signal_number)
{
    signal(signal_number, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &stopping, NULL);
    kill(getpid(), signal_number);
}

static void *listen_for_signals(void *unused)
{
    int number;
    (void)unused;
    while (sigwait(&stopping, &number) == 0) {
        if (atomic_exchange(&received, number) != 0)
            die_of(number);
        pthread_mutex_lock(&lock);
        if (watched)
            gitops_reconciler_cancel(watched);
        pthread_mutex_unlock(&lock);
        if (write(wake[1], "!", 1) < 0)
            continue;
    }
    return NULL;
}

int signals_start(void)
{
    pthread_t thread;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGINT);
    sigaddset(&stopping, SIGTERM);
    if (pipe(wake) < 0)
        return complain("cannot make a pipe: %s", strerror(errno));
    int rc = pthread_sigmask(SIG_BLOCK, &stopping, NULL);
    if (rc == 0)
        rc = pthread_create(&thread, NULL, listen_for_signals, NULL);
    if (rc != 0)
        return complain("cannot listen for signals: %s", strerror(rc));
    pthread_detach(thread);
    return 0;
}

void signals_watch(gitops_reconciler *reconciler)
{
    pthread_mutex_lock(&lock);
    watched = reconciler;
    if (reconciler && atomic_load(&received))
        gitops_reconciler_cancel(reconciler);
    pthread_mutex_unlock(&lock);
}

int signals_received(void)
{
    return atomic_load(&received);
}

int signals_wait_for_input(void)
{
    struct pollfd entries[2] = {{STDIN_FILENO, POLLIN, 0}, {wake[0], POLLIN, 0}};
    while (poll(entries, 2, -1) < 0)
        if (errno != EINTR)
            return 0;
    return entries[1].revents == 0;
}
