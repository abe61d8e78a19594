/*
 * event_loop: the machine driven from a poll loop, with several calls in flight. The "device" here
 * takes 30 ms for each call and is reached through timers, as a network peer would be through
 * sockets: no thread ever waits, and no callback is used: each action is answered by hand.
 *
 *     event_loop DIRECTORY     reconciles the manifests in DIRECTORY into memory, then again
 */
#include <errno.h>
#include <gitops.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { IN_FLIGHT = 8, OBJECTS = 4096 };

/* What the device holds, and the calls under way. */
static struct {
    char *key, *json;
} objects[OBJECTS];
static struct {
    int timer;
    gitops_action *action;
} calls[IN_FLIGHT];
static size_t object_count, call_count, most_calls;

static int64_t now_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The device's side of a call that has taken its time. */
static void finish_call(gitops_action *action)
{
    const gitops_request *request = gitops_action_request(action);
    gitops_answer *answer = gitops_action_answer(action);
    const char *key = gitops_request_key(request);
    size_t i = 0;
    while (i < object_count && strcmp(objects[i].key, key) != 0)
        i++;
    if (gitops_action_type(action) == GITOPS_DO_DELETE) {
        if (i < object_count) {
            free(objects[i].key);
            free(objects[i].json);
            objects[i] = objects[--object_count];
        }
        gitops_answer_done(answer, NULL, 0, NULL);
        return;
    }
    char *json = strdup(gitops_request_document(request, NULL));
    if (!json || i == OBJECTS) {
        free(json);
        gitops_answer_failed(answer, 0, "the device is full");
        return;
    }
    if (i == object_count) {
        objects[i].key = strdup(key);
        objects[object_count++].json = json;
    } else {
        free(objects[i].json);
        objects[i].json = json;
    }
    gitops_answer_done(answer, NULL, 0, NULL);
}

/* Starts a call: its timer fires when the device is done. */
static void start_call(gitops_action *action)
{
    struct itimerspec delay = {{0, 0}, {0, 30 * 1000000}};
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer < 0 || timerfd_settime(timer, 0, &delay, NULL) < 0) {
        perror("timer");
        exit(1);
    }
    calls[call_count].timer = timer;
    calls[call_count++].action = action;
    if (call_count > most_calls)
        most_calls = call_count;
}

static void list_objects(gitops_action *action)
{
    gitops_answer *answer = gitops_action_answer(action);
    for (size_t i = 0; i < object_count; i++)
        gitops_answer_object(answer, objects[i].key, objects[i].json, strlen(objects[i].json),
                             NULL);
    gitops_answer_listed(answer, NULL);
}

/* Does what is due. Calls to the device are only started here. */
static int take_actions(gitops_reconciler *reconciler, gitops_error *err)
{
    gitops_action *action;
    for (;;) {
        int64_t mono = now_ms(CLOCK_MONOTONIC);
        int rc = gitops_reconciler_next(reconciler, mono, now_ms(CLOCK_REALTIME), &action, err);
        if (rc < 0 || !action)
            return rc;
        int32_t type = gitops_action_type(action);
        if (type == GITOPS_DO_APPLY || type == GITOPS_DO_DELETE) {
            start_call(action);
            continue;
        }
        if (type == GITOPS_DO_OBSERVE)
            list_objects(action);
        gitops_action_execute(action, NULL); /* the library's own part: source, store, plan */
        gitops_reconciler_resolve(reconciler, action, now_ms(CLOCK_MONOTONIC), NULL);
    }
}

/* Waits for the device or the machine's deadline, whichever comes first. */
static void wait_for_something(gitops_reconciler *reconciler)
{
    struct pollfd fds[IN_FLIGHT];
    int64_t deadline = gitops_reconciler_deadline(reconciler), wait = -1;
    for (size_t i = 0; i < call_count; i++)
        fds[i] = (struct pollfd){calls[i].timer, POLLIN, 0};
    if (deadline != INT64_MAX)
        wait = deadline - now_ms(CLOCK_MONOTONIC);
    if (wait < -1)
        wait = 0;
    if (poll(fds, call_count, wait > 1000 ? 1000 : (int)wait) <= 0)
        return;
    for (size_t i = call_count; i-- > 0;) {
        if (!(fds[i].revents & POLLIN))
            continue;
        gitops_action *action = calls[i].action;
        close(calls[i].timer);
        calls[i] = calls[--call_count];
        finish_call(action);
        gitops_reconciler_resolve(reconciler, action, now_ms(CLOCK_MONOTONIC), NULL);
    }
}

static int run_pass(gitops_reconciler *reconciler, gitops_error *err)
{
    int rc = gitops_reconciler_trigger(reconciler, "device", err);
    rc = rc < 0 ? rc : take_actions(reconciler, err);
    while (rc == 0 && !gitops_reconciler_idle(reconciler)) {
        wait_for_something(reconciler);
        rc = take_actions(reconciler, err);
    }
    gitops_run *run = gitops_reconciler_result(reconciler, "device");
    if (rc == 0 && run && (rc = gitops_run_status(run, err)) == 0)
        printf("%llu created, %llu in order, up to %zu calls at once\n",
               (unsigned long long)gitops_plan_summary(gitops_run_plan(run), GITOPS_ACTION_CREATE),
               (unsigned long long)gitops_plan_summary(gitops_run_plan(run), GITOPS_ACTION_NONE),
               most_calls);
    gitops_run_free(run);
    most_calls = 0;
    return rc;
}

int main(int argc, char **argv)
{
    gitops_error err = {0};
    gitops_context *context = NULL;
    gitops_source *source = NULL;
    gitops_target *target = NULL;
    gitops_store *store = NULL;
    gitops_unit *unit = NULL;
    gitops_reconciler *reconciler = NULL;
    char location[4096];
    if (argc != 2)
        return fprintf(stderr, "usage: event_loop DIRECTORY\n"), 2;
    snprintf(location, sizeof location, "dir:%s", argv[1]);

    gitops_source_options from = {.struct_size = sizeof from, .location = location};
    gitops_target_options to = {.struct_size = sizeof to, .max_in_flight = IN_FLIGHT};
    gitops_unit_options what = {.struct_size = sizeof what, .name = "device"};
    int rc = gitops_context_new(&context, NULL, &err);
    if (rc == 0 && (rc = gitops_source_open(&source, context, &from, &err)) == 0 &&
        (rc = gitops_target_new(&target, context, &to, &err)) == 0 &&
        (rc = gitops_store_new_memory(&store, context, &err)) == 0) {
        what.source = source;
        what.target = target;
        rc = gitops_unit_new(&unit, context, &what, &err);
    }
    if (rc == 0 && (rc = gitops_reconciler_new(&reconciler, context, store, NULL, &err)) == 0 &&
        (rc = gitops_reconciler_add(reconciler, unit, &err)) == 0)
        for (int pass = 0; pass < 2 && rc == 0; pass++)
            rc = run_pass(reconciler, &err);
    if (rc < 0)
        fprintf(stderr, "%s\n", err.message);

    gitops_reconciler_free(reconciler);
    gitops_unit_free(unit);
    gitops_store_free(store);
    gitops_target_free(target);
    gitops_source_free(source);
    gitops_context_free(context);
    while (object_count) {
        free(objects[--object_count].key);
        free(objects[object_count].json);
    }
    return rc < 0;
}
