/* The blocking run: alone, with worker threads, for ever until cancelled; and that it does what
   stepping does. */
#include "sim.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

/* A target that several threads may call at once. */
typedef struct shared_target {
    pthread_mutex_t lock;
    sim objects;
    int now, most; /* calls at this moment */
    int deletes;
} shared_target;

static void enter(shared_target *t)
{
    struct timespec moment = {0, 2000000};
    pthread_mutex_lock(&t->lock);
    if (++t->now > t->most)
        t->most = t->now;
    pthread_mutex_unlock(&t->lock);
    nanosleep(&moment, NULL);
    pthread_mutex_lock(&t->lock);
    t->now--;
}

static int shared_list(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    shared_target *t = user_data;
    (void)request;
    enter(t);
    for (size_t i = 0; i < t->objects.count; i++)
        gitops_answer_object(answer, t->objects.objects[i].key, t->objects.objects[i].json,
                             strlen(t->objects.objects[i].json), NULL);
    pthread_mutex_unlock(&t->lock);
    return gitops_answer_listed(answer, NULL);
}

static int shared_apply(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    shared_target *t = user_data;
    enter(t);
    sim_set(&t->objects, gitops_request_key(request), gitops_request_document(request, NULL));
    pthread_mutex_unlock(&t->lock);
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int shared_delete(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    shared_target *t = user_data;
    enter(t);
    sim_set(&t->objects, gitops_request_key(request), NULL);
    t->deletes++;
    pthread_mutex_unlock(&t->lock);
    return gitops_answer_done(answer, NULL, 0, NULL);
}

typedef struct host {
    gitops_context *context;
    gitops_source *source;
    gitops_store *store;
    gitops_target *target;
    gitops_reconciler *reconciler;
    shared_target shared;
} host;

/* A host that listens goes on for ever, soon again; the others look once, however long it takes. */
static void host_open(host *h, gitops_event_fn on_event, size_t units)
{
    gitops_target_options to = {.struct_size = sizeof to, .user_data = &h->shared,
                                .list = shared_list, .apply = shared_apply,
                                .delete_object = shared_delete, .max_in_flight = 8};
    gitops_reconciler_options options = {.struct_size = sizeof options, .event = on_event,
                                         .event_user_data = h};
    char name[32], path[64], text[128];
    memset(h, 0, sizeof *h);
    pthread_mutex_init(&h->shared.lock, NULL);
    h->context = support_context_new();
    assert_int_equal(gitops_source_new_memory(&h->source, h->context, NULL), 0);
    assert_int_equal(gitops_store_new_memory(&h->store, h->context, NULL), 0);
    assert_int_equal(gitops_target_new(&h->target, h->context, &to, NULL), 0);
    assert_int_equal(gitops_reconciler_new(&h->reconciler, h->context, h->store, &options, NULL),
                     0);
    for (size_t i = 0; i < units; i++) {
        gitops_unit_options what = {.struct_size = sizeof what, .name = name,
                                    .source = h->source, .target = h->target, .path = name,
                                    .interval_ms = on_event ? 20 : 600000};
        gitops_unit *unit;
        snprintf(name, sizeof name, "u%zu", i);
        for (int j = 0; j < 20; j++) {
            snprintf(path, sizeof path, "u%zu/%d.yaml", i, j);
            snprintf(text, sizeof text, "{apiVersion: v1, kind: A, metadata: {name: m%zu-%d}}", i,
                     j);
            gitops_source_put(h->source, path, text, strlen(text), NULL);
        }
        assert_int_equal(gitops_unit_new(&unit, h->context, &what, NULL), 0);
        assert_int_equal(gitops_reconciler_add(h->reconciler, unit, NULL), 0);
        assert_int_equal(gitops_reconciler_add(h->reconciler, unit, NULL), GITOPS_EDUPLICATE);
        gitops_unit_free(unit);
    }
}

static void host_close(host *h)
{
    gitops_reconciler_free(h->reconciler);
    gitops_target_free(h->target);
    gitops_store_free(h->store);
    gitops_source_free(h->source);
    sim_release(&h->shared.objects);
    pthread_mutex_destroy(&h->shared.lock);
    support_context_free(h->context);
}

static void run_units_allDone(void **state)
{
    (void)state;
    for (int workers = 0; workers <= 6; workers += 3) {
        host h;
        gitops_run_options how = {.struct_size = sizeof how, .workers = workers};
        host_open(&h, NULL, 3);
        assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), 0);
        assert_int_equal(h.shared.objects.count, 60);
        assert_true(workers == 0 ? h.shared.most == 1 : h.shared.most > 1);
        assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), 0);
        host_close(&h);
    }
}

/* Cancels from inside after the second look at everything. */
static void cancel_later(const gitops_event *event, void *user_data)
{
    host *h = user_data;
    static int finished;
    if (gitops_event_type(event) == GITOPS_EVENT_FINISHED && ++finished % 4 == 0)
        gitops_reconciler_cancel(h->reconciler);
}

static void run_forever_endsWhenCancelled(void **state)
{
    (void)state;
    for (int workers = 0; workers <= 2; workers += 2) {
        host h;
        gitops_run_options how = {.struct_size = sizeof how, .forever = 1, .workers = workers};
        host_open(&h, cancel_later, 1);
        assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), GITOPS_ECANCELLED);
        assert_int_equal(h.shared.objects.count, 20);
        host_close(&h);
    }
}

static void *cancel_soon(void *data)
{
    struct timespec moment = {0, 30000000};
    nanosleep(&moment, NULL);
    gitops_reconciler_wakeup(data);
    gitops_reconciler_cancel(data);
    return NULL;
}

static void cancel_fromAnotherThread_endsRun(void **state)
{
    host h;
    pthread_t thread;
    gitops_run_options how = {.struct_size = sizeof how, .forever = 1, .workers = 3};
    (void)state;
    host_open(&h, NULL, 2);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, h.reconciler), 0);
    assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), GITOPS_ECANCELLED);
    pthread_join(thread, NULL);
    host_close(&h);
}

static void run_badOptions_areRefused(void **state)
{
    host h;
    gitops_run_options how = {.struct_size = sizeof how, .workers = -1};
    (void)state;
    host_open(&h, NULL, 1);
    assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), GITOPS_EINVAL);
    how.workers = 1000;
    assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), GITOPS_EINVAL);
    host_close(&h);
}

/* What a run says on the way, without times. */
static void tell(const gitops_event *event, void *user_data)
{
    char *text = user_data;
    const gitops_operation *operation = gitops_event_operation(event);
    size_t used = strlen(text);
    snprintf(text + used, 8000 - used, "%d%s%s\n", gitops_event_type(event),
             operation ? gitops_operation_key(operation) : "",
             gitops_outcome_name(gitops_event_outcome(event)));
}

static void tell_story(char *story, int stepped)
{
    gitops_context *context = support_context_new();
    sim s;
    world w;
    memset(&s, 0, sizeof s);
    assert_int_equal(world_open(&w, context, &s, SIM_CAN_LIST), 0);
    w.options.event = tell;
    w.options.event_user_data = story;
    w.options.seed = 7;
    w.max_in_flight = 1;
    assert_int_equal(world_restart(&w), 0);
    for (int i = 0; i < 9; i++) {
        char path[32], text[80];
        snprintf(path, sizeof path, "%d.yaml", i);
        snprintf(text, sizeof text, "{apiVersion: v1, kind: A, metadata: {name: m%d}}", i);
        world_put(&w, path, text);
    }
    s.fault = SIM_FAILED;
    s.fault_key = "_/A/m7";
    int status = stepped ? world_run(&w) : gitops_reconciler_run(w.reconciler, NULL, NULL);
    assert_int_equal(status, GITOPS_EPARTIAL);
    s.fault = SIM_NONE;
    status = stepped ? world_run(&w) : gitops_reconciler_run(w.reconciler, NULL, NULL);
    assert_int_equal(status, 0);
    world_close(&w);
    sim_release(&s);
    support_context_free(context);
}

static void run_sameScript_sameStoryAsStepping(void **state)
{
    static char first[8000], second[8000], blocking[8000];
    (void)state;
    first[0] = second[0] = blocking[0] = '\0';
    tell_story(first, 1);
    tell_story(second, 1);
    tell_story(blocking, 0);
    assert_string_equal(first, second);
    assert_string_equal(first, blocking);
    assert_non_null(strstr(first, "3_/A/m7failed"));
}

static uint64_t count_of(host *h, const char *unit, int32_t action)
{
    gitops_run *run = gitops_reconciler_result(h->reconciler, unit);
    uint64_t count = gitops_plan_summary(gitops_run_plan(run), action);
    gitops_run_free(run);
    return count;
}

static void run_objectMovesToAnotherUnit_isHandedOver(void **state)
{
    static const char moved[] = "{apiVersion: v1, kind: A, metadata: {name: m0-3}, spec: {x: 1}}";
    (void)state;
    for (int workers = 0; workers <= 3; workers += 3) {
        for (size_t from = 0; from < 2; from++) {
            host h;
            gitops_run_options how = {.struct_size = sizeof how, .workers = workers};
            char path[32];
            host_open(&h, NULL, 2);
            const char *giver = from ? "u1" : "u0", *taker = from ? "u0" : "u1";
            assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), 0);
            snprintf(path, sizeof path, "%s/3.yaml", giver);
            gitops_source_remove(h.source, path, NULL);
            snprintf(path, sizeof path, "%s/moved.yaml", taker);
            gitops_source_put(h.source, path, moved, strlen(moved), NULL);
            if (from) { /* what leaves u1 is m1-3 */
                char other[sizeof moved];
                memcpy(other, moved, sizeof moved);
                *strstr(other, "m0-3") = 'm';
                strstr(other, "m0-3")[1] = '1';
                gitops_source_put(h.source, path, other, strlen(other), NULL);
            }
            gitops_error err;
            if (gitops_reconciler_run(h.reconciler, &how, &err) < 0)
                fail_msg("%s: %s", err.where, err.message);
            assert_int_equal(count_of(&h, taker, GITOPS_ACTION_TRANSFER), 1);
            assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), 0);
            assert_int_equal(gitops_reconciler_run(h.reconciler, &how, NULL), 0);
            assert_int_equal(count_of(&h, taker, GITOPS_ACTION_NONE), 21);
            assert_int_equal(count_of(&h, giver, GITOPS_ACTION_NONE), 19);
            assert_int_equal(count_of(&h, giver, GITOPS_ACTION_FORGET), 0);
            assert_int_equal(h.shared.deletes, 0);
            assert_int_equal(h.shared.objects.count, 40);
            gitops_inventory *inventory;
            assert_int_equal(gitops_inventory_read(&inventory, h.store, giver, NULL), 0);
            assert_int_equal(gitops_inventory_count(inventory), 19);
            gitops_inventory_free(inventory);
            host_close(&h);
        }
    }
}

static void run_twoUnitsStateOneObject_isAnError(void **state)
{
    static const char same[] = "{apiVersion: v1, kind: A, metadata: {name: m0-3}}";
    host h;
    gitops_error err;
    (void)state;
    host_open(&h, NULL, 2);
    assert_int_equal(gitops_reconciler_run(h.reconciler, NULL, NULL), 0);
    gitops_source_put(h.source, "u1/same.yaml", same, strlen(same), NULL);
    assert_int_equal(gitops_reconciler_run(h.reconciler, NULL, &err), GITOPS_EDUPLICATE);
    assert_string_equal(err.message, "_/A/m0-3 belongs to unit u0, which states it as well");
    host_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_units_allDone),
        cmocka_unit_test(run_forever_endsWhenCancelled),
        cmocka_unit_test(cancel_fromAnotherThread_endsRun),
        cmocka_unit_test(run_badOptions_areRefused),
        cmocka_unit_test(run_sameScript_sameStoryAsStepping),
        cmocka_unit_test(run_objectMovesToAnotherUnit_isHandedOver),
        cmocka_unit_test(run_twoUnitsStateOneObject_isAnError),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
