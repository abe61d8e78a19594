/* Jobs given to threads: all are done, each once, and come back. */
#include "support.h"

#include <signal.h>
#include <stdatomic.h>

#include "base/crew.h"

enum { JOBS = 100 };

typedef struct job {
    atomic_int done;
    int signals_blocked;
} job;

static void do_job(void *data, void *sum)
{
    job *j = data;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    j->signals_blocked = sigismember(&blocked, SIGINT) == 1;
    atomic_fetch_add(&j->done, 1);
    atomic_fetch_add((atomic_int *)sum, 1);
}

static void crew_jobs_areDoneOnceAndComeBack(void **state)
{
    gitops_context *context = support_context_new();
    static job jobs[JOBS];
    void *back[2 * GOPS_CREW_MAX];
    atomic_int sum = 0;
    gops_crew_work what = {.job = do_job, .user_data = &sum};
    gops_crew *crew;
    size_t returned = 0;
    (void)state;
    assert_int_equal(gops_crew_start(&crew, context, 3, &what, NULL), 0);
    for (size_t i = 0; i < JOBS; i++)
        gops_crew_give(crew, &jobs[i]);
    assert_int_equal(gops_crew_out(crew), JOBS);
    while (gops_crew_out(crew))
        returned += gops_crew_take(crew, back);
    assert_int_equal(returned, JOBS);
    gops_crew_stop(crew);
    assert_int_equal(atomic_load(&sum), JOBS);
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(atomic_load(&jobs[i].done), 1);
        assert_int_equal(jobs[i].signals_blocked, 1);
    }
    support_context_free(context);
}

static void crew_stoppedWithJobsOut_finishesThem(void **state)
{
    gitops_context *context = support_context_new();
    static job jobs[JOBS];
    atomic_int sum = 0;
    gops_crew_work what = {.job = do_job, .user_data = &sum};
    gops_crew *crew;
    (void)state;
    assert_int_equal(gops_crew_start(&crew, context, 2, &what, NULL), 0);
    for (size_t i = 0; i < JOBS; i++)
        gops_crew_give(crew, &jobs[i]);
    gops_crew_stop(crew);
    assert_int_equal(atomic_load(&sum), JOBS);
    support_context_free(context);
}

static void crew_nothing_hasNothingOut(void **state)
{
    (void)state;
    assert_int_equal(gops_crew_out(NULL), 0);
    gops_crew_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crew_jobs_areDoneOnceAndComeBack),
        cmocka_unit_test(crew_stoppedWithJobsOut_finishesThem),
        cmocka_unit_test(crew_nothing_hasNothingOut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
