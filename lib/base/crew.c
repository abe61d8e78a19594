/*
 * crew: a queue of jobs to do and one of jobs done, under one lock. Both are short and have a fixed
 * room, so that giving a job cannot fail.
 */
#include "base/crew.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { ROOM = 2 * GOPS_CREW_MAX, STACK_BYTES = 8 << 20 };

struct gops_crew {
    gitops_context *context; /* borrowed */
    gops_crew_work what;
    pthread_mutex_t lock;
    pthread_cond_t work;
    void *todo[ROOM], *done[ROOM];
    size_t todo_count, done_count;
    size_t out; /* of the owner's thread */
    int closing;
    pthread_t threads[GOPS_CREW_MAX];
    size_t count;
};

static void *work(void *data)
{
    gops_crew *crew = data;
    pthread_mutex_lock(&crew->lock);
    for (;;) {
        while (crew->todo_count == 0 && !crew->closing)
            pthread_cond_wait(&crew->work, &crew->lock);
        if (crew->todo_count == 0)
            break;
        void *job = crew->todo[0];
        memmove(crew->todo, crew->todo + 1, --crew->todo_count * sizeof *crew->todo);
        pthread_mutex_unlock(&crew->lock);
        crew->what.job(job, crew->what.user_data);
        pthread_mutex_lock(&crew->lock);
        crew->done[crew->done_count++] = job;
        if (crew->what.done)
            crew->what.done(crew->what.user_data);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* The stack has a fixed size: how deep a document may nest must not depend on the host's limits. */
static int start_threads(gops_crew *crew, size_t threads)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    int failed = pthread_attr_init(&attributes);
    if (failed)
        return failed;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (crew->count < threads && !failed) {
        failed = pthread_create(&crew->threads[crew->count], &attributes, work, crew);
        crew->count += !failed;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return crew->count ? 0 : failed;
}

int gops_crew_start(gops_crew **out, gitops_context *context, size_t threads,
                    const gops_crew_work *what, gitops_error *err)
{
    gops_crew *crew = gops_calloc(context, 1, sizeof *crew);
    *out = NULL;
    if (!crew)
        return gops_fail_memory(err);
    crew->context = context;
    crew->what = *what;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->work, NULL);
    int failed = start_threads(crew, threads < GOPS_CREW_MAX ? threads : GOPS_CREW_MAX);
    if (failed) {
        gops_crew_stop(crew);
        return gops_fail_os(err, failed, "start", "a worker thread");
    }
    *out = crew;
    return 0;
}

void gops_crew_stop(gops_crew *crew)
{
    if (!crew)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->closing = 1;
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i < crew->count; i++)
        pthread_join(crew->threads[i], NULL);
    pthread_cond_destroy(&crew->work);
    pthread_mutex_destroy(&crew->lock);
    gops_free(crew->context, crew);
}

void gops_crew_give(gops_crew *crew, void *job)
{
    pthread_mutex_lock(&crew->lock);
    crew->todo[crew->todo_count++] = job;
    crew->out++;
    pthread_cond_signal(&crew->work);
    pthread_mutex_unlock(&crew->lock);
}

size_t gops_crew_take(gops_crew *crew, void **jobs)
{
    pthread_mutex_lock(&crew->lock);
    size_t count = crew->done_count;
    memcpy(jobs, crew->done, count * sizeof *jobs);
    crew->done_count = 0;
    crew->out -= count;
    pthread_mutex_unlock(&crew->lock);
    return count;
}

size_t gops_crew_out(const gops_crew *crew)
{
    return crew ? crew->out : 0;
}
