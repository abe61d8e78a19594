/* Threads that carry out jobs. Nothing else in the library starts a thread. */
#ifndef GOPS_BASE_CREW_H
#define GOPS_BASE_CREW_H

#include "base/context.h"

enum { GOPS_CREW_MAX = 64 }; /* threads of a crew */

typedef struct gops_crew gops_crew;

/* Both run on a thread of the crew. done (NULL: nothing) says that a job can be taken back. */
typedef struct gops_crew_work {
    void (*job)(void *job, void *user_data);
    void (*done)(void *user_data);
    void *user_data;
} gops_crew_work;

/*
 * Starts threads (1 to GOPS_CREW_MAX), on which all signals are blocked: they are the host's.
 * Returns 0, GITOPS_EIO (not one thread could be started; fewer than asked for are enough) or
 * GITOPS_ENOMEM.
 */
int gops_crew_start(gops_crew **out, gitops_context *context, size_t threads,
                    const gops_crew_work *what, gitops_error *err);

/* Finishes the jobs that were given and ends the threads. NULL is fine. */
void gops_crew_stop(gops_crew *crew);

/* Hands a job over. At most GOPS_CREW_MAX * 2 may be given and not taken back. */
void gops_crew_give(gops_crew *crew, void *job);

/* Takes back jobs that are done, in the order in which they were: up to GOPS_CREW_MAX * 2. */
size_t gops_crew_take(gops_crew *crew, void **jobs);

/* Jobs that were given and not taken back; 0 for NULL. */
size_t gops_crew_out(const gops_crew *crew);

#endif
