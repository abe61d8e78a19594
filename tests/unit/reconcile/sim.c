/*
 * sim: see sim.h. Staged changes of a committing target are kept in a copy of the objects.
 */
#include "sim.h"

#include <stdio.h>

void sim_release(sim *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->objects[i].key);
        free(s->objects[i].json);
    }
    memset(s, 0, sizeof *s);
}

static size_t find(const sim *s, const char *key)
{
    size_t i = 0;
    while (i < s->count && strcmp(s->objects[i].key, key) != 0)
        i++;
    return i;
}

void sim_set(sim *s, const char *key, const char *json)
{
    size_t i = find(s, key);
    if (i < s->count) {
        free(s->objects[i].json);
        if (json) {
            s->objects[i].json = strdup(json);
            return;
        }
        free(s->objects[i].key);
        s->objects[i] = s->objects[--s->count];
    } else if (json) {
        assert_true(s->count < SIM_OBJECTS);
        s->objects[s->count].key = strdup(key);
        s->objects[s->count++].json = strdup(json);
    }
}

const char *sim_get(const sim *s, const char *key)
{
    size_t i = find(s, key);
    return i < s->count ? s->objects[i].json : NULL;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *sim_dump(const sim *s)
{
    char *lines[SIM_OBJECTS];
    size_t total = 1;
    for (size_t i = 0; i < s->count; i++) {
        size_t length = strlen(s->objects[i].key) + strlen(s->objects[i].json) + 3;
        lines[i] = malloc(length);
        snprintf(lines[i], length, "%s %s\n", s->objects[i].key, s->objects[i].json);
        total += length;
    }
    qsort(lines, s->count, sizeof *lines, compare_lines);
    char *dump = calloc(1, total);
    for (size_t i = 0; i < s->count; i++) {
        strcat(dump, lines[i]);
        free(lines[i]);
    }
    return dump;
}

static void give(sim *s, gitops_answer *answer, size_t i)
{
    char version[32];
    const char *json = s->objects[i].json;
    size_t sum = 0;
    for (const char *p = json; *p; p++)
        sum = sum * 31 + (unsigned char)*p;
    snprintf(version, sizeof version, "v%zu", sum);
    gitops_answer_object(answer, s->objects[i].key, json, strlen(json),
                         s->with_versions ? version : NULL);
}

static int list(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    sim *s = user_data;
    const char *page = gitops_request_page(request);
    size_t from = page ? strtoul(page, NULL, 10) : 0;
    size_t to = s->page_size && from + s->page_size < s->count ? from + s->page_size : s->count;
    char next[32];
    s->lists++;
    if (s->no_list_answer)
        return 0;
    for (size_t i = from; i < (s->list_half ? s->count / 2 : to); i++)
        give(s, answer, i);
    if (s->list_half)
        return gitops_answer_failed(answer, 5, "the line went dead");
    snprintf(next, sizeof next, "%zu", to);
    if (s->repeats_page)
        return gitops_answer_listed(answer, "again");
    return gitops_answer_listed(answer, to < s->count ? next : NULL);
}

static int get(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    sim *s = user_data;
    s->gets++;
    if (s->going && strcmp(s->going, gitops_request_key(request)) == 0 && --s->goes_after == 0) {
        sim_set(s, gitops_request_key(request), NULL);
        s->going = NULL;
    }
    size_t i = find(s, gitops_request_key(request));
    if (s->get_gives_other)
        return gitops_answer_object(answer, "_/Other/o", "{}", 2, NULL);
    if (i == s->count)
        return gitops_answer_absent(answer);
    give(s, answer, i);
    return 0;
}

/* Returns 1 when the change is to happen; answers where the fault says so. */
static int meets_fault(sim *s, const gitops_request *request, gitops_answer *answer)
{
    s->writes++;
    if (!s->fault || (s->fault_key && strcmp(gitops_request_key(request), s->fault_key) != 0))
        return 1;
    switch (s->fault) {
    case SIM_FAILED:
        gitops_answer_failed(answer, 7, "no space");
        return 0;
    case SIM_IMMUTABLE:
        if (strcmp(gitops_request_action(request), "update") != 0)
            return 1;
        gitops_answer_failed(answer, 7, "spec.x: field is immutable");
        return 0;
    case SIM_CONFLICT:
        gitops_answer_conflict(answer, NULL);
        return 0;
    case SIM_CONFLICT_ONCE:
        s->fault = SIM_NONE;
        sim_set(s, s->fault_key,
                "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},\"other\":true,"
                "\"spec\":{\"x\":1}}");
        gitops_answer_conflict(answer, NULL);
        return 0;
    case SIM_RETRY_ONCE:
        s->fault = SIM_NONE;
        gitops_answer_retry(answer, 20, "busy");
        return 0;
    case SIM_UNKNOWN_LOST:
        gitops_answer_unknown(answer, NULL);
        return 0;
    default:
        gitops_answer_unknown(answer, "no reply");
        return 1;
    }
}

static void note(sim *s, char sign, const char *key)
{
    size_t used = strlen(s->log);
    snprintf(s->log + used, sizeof s->log - used, "%c%s ", sign, key);
}

static int apply(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    sim *s = user_data;
    if (meets_fault(s, request, answer)) {
        char spelled[512];
        const char *json = gitops_request_document(request, NULL);
        const char *number = s->says_spelling ? strstr(json, ":1}") : NULL;
        if (number) {
            snprintf(spelled, sizeof spelled, "%.*s:\"1\"%s", (int)(number - json), json,
                     number + 2);
            json = spelled;
        }
        sim_set(s, gitops_request_key(request), json);
        note(s, '+', gitops_request_key(request));
        gitops_answer_done(answer, number ? json : NULL, number ? strlen(json) : 0, NULL);
    }
    return 0;
}

static int delete_object(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    sim *s = user_data;
    if (meets_fault(s, request, answer)) {
        note(s, '-', gitops_request_key(request));
        if (s->goes_after) { /* it is on its way, like something that waits for its finalizers */
            s->going = gitops_request_key(request);
            return gitops_answer_done(answer, "{}", 2, NULL);
        }
        sim_set(s, gitops_request_key(request), NULL);
        gitops_answer_done(answer, NULL, 0, NULL);
    }
    return 0;
}

static int check(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    sim *s = user_data;
    if (s->fault == SIM_FAILED && s->fault_key &&
        strcmp(gitops_request_key(request), s->fault_key) == 0)
        return gitops_answer_failed(answer, 3, "it would not work");
    if (strcmp(gitops_request_action(request), "delete") != 0)
        assert_non_null(gitops_request_document(request, NULL));
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int commit(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    sim *s = user_data;
    (void)request;
    note(s, '!', "commit");
    if (s->commit_retries-- > 0)
        return gitops_answer_retry(answer, 10, "not now");
    if (s->fault == SIM_FAILED && !s->fault_key)
        return gitops_answer_failed(answer, 1, "the new configuration is not valid");
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int abort_staged(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    note(user_data, '!', "abort");
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int fingerprint(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    return gitops_answer_fingerprint(answer, ((sim *)user_data)->fingerprint);
}

static int assess(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    sim *s = user_data;
    const char *key = gitops_request_key(request);
    if (!sim_get(s, key))
        return gitops_answer_absent(answer);
    for (size_t i = 0; i < 8 && s->health[i].key; i++) {
        if (strcmp(s->health[i].key, key) != 0)
            continue;
        note(s, '?', key);
        if (s->mends)
            world_put(s->mends, "mended.yaml", "apiVersion: v1\nkind: A\nmetadata: {name: m}\n");
        if (s->health[i].asks && s->health[i].asks--)
            return gitops_answer_health(answer, GITOPS_HEALTH_PROGRESSING, "1 of 2 is ready");
        return gitops_answer_health(answer, s->health[i].then, "it says so");
    }
    return gitops_answer_health(answer, GITOPS_HEALTH_HEALTHY, NULL);
}

static int make_target(world *w)
{
    gitops_target_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.user_data = w->sim;
    options.apply = apply;
    options.delete_object = delete_object;
    options.max_in_flight = w->max_in_flight;
    options.changes_all = w->changes_all;
    options.list = w->abilities & SIM_CAN_LIST ? list : NULL;
    options.get = w->abilities & SIM_CAN_GET ? get : NULL;
    options.check = w->abilities & SIM_CAN_CHECK ? check : NULL;
    options.commit = w->abilities & SIM_CAN_COMMIT ? commit : NULL;
    options.abort_staged = w->abilities & SIM_CAN_COMMIT ? abort_staged : NULL;
    options.assess = w->abilities & SIM_CAN_ASSESS ? assess : NULL;
    options.fingerprint = w->abilities & SIM_CAN_FINGERPRINT ? fingerprint : NULL;
    return gitops_target_new(&w->target, w->context, &options, NULL);
}

static void close_process(world *w)
{
    gitops_reconciler_free(w->reconciler);
    gitops_unit_free(w->unit);
    gitops_target_free(w->target);
    w->reconciler = NULL;
    w->unit = NULL;
    w->target = NULL;
}

int world_restart(world *w)
{
    close_process(w);
    int rc = make_target(w);
    if (rc < 0)
        return rc;
    w->policy.struct_size = sizeof w->policy;
    w->policy.name = "sim";
    w->policy.source = w->source;
    w->policy.target = w->target;
    w->options.struct_size = sizeof w->options;
    rc = gitops_unit_new(&w->unit, w->context, &w->policy, NULL);
    if (rc == 0)
        rc = gitops_reconciler_new(&w->reconciler, w->context, w->store, &w->options, NULL);
    return rc < 0 ? rc : gitops_reconciler_add(w->reconciler, w->unit, NULL);
}

int world_open(world *w, gitops_context *context, sim *s, uint32_t abilities)
{
    memset(w, 0, sizeof *w);
    w->context = context;
    w->sim = s;
    w->abilities = abilities;
    w->now_ms = 1000;
    int rc = gitops_source_new_memory(&w->source, context, NULL);
    if (rc == 0)
        rc = gitops_store_new_memory(&w->store, context, NULL);
    return rc < 0 ? rc : world_restart(w);
}

void world_close(world *w)
{
    close_process(w);
    gitops_store_free(w->store);
    gitops_source_free(w->source);
    memset(w, 0, sizeof *w);
}

void world_put(world *w, const char *path, const char *text)
{
    if (text)
        gitops_source_put(w->source, path, text, strlen(text), NULL);
    else
        gitops_source_remove(w->source, path, NULL);
}

/* Executes and resolves the oldest action in flight. */
static void bring_home(world *w, gitops_action **flight, size_t *count)
{
    gitops_action *action = flight[0];
    memmove(flight, flight + 1, --*count * sizeof *flight);
    gitops_action_execute(action, NULL);
    w->now_ms += 3;
    gitops_reconciler_resolve(w->reconciler, action, w->now_ms, NULL);
}

size_t world_pass(world *w, size_t max_actions, int lose, int *status)
{
    gitops_action *flight[64], *action;
    size_t count = 0, taken = 0;
    gitops_error err;
    *status = 1;
    if (!w->by_interval)
        gitops_reconciler_trigger(w->reconciler, NULL, NULL);
    for (int started = 0; taken < max_actions;) {
        int rc = gitops_reconciler_next(w->reconciler, w->now_ms,
                                        1700000000000 + w->now_ms + w->unix_shift_ms, &action,
                                        &err);
        if (rc < 0) {
            *status = rc;
            break;
        }
        if (action) {
            started = 1;
            flight[count++] = action;
            taken++;
            continue;
        }
        if (count) {
            bring_home(w, flight, &count);
        } else if (started && gitops_reconciler_idle(w->reconciler)) {
            gitops_run *run = gitops_reconciler_result(w->reconciler, "sim");
            *status = run ? gitops_run_status(run, NULL) : 1;
            gitops_run_free(run);
            break;
        } else {
            int64_t deadline = gitops_reconciler_deadline(w->reconciler);
            w->now_ms = deadline > w->now_ms && deadline != INT64_MAX ? deadline : w->now_ms + 1;
        }
    }
    for (size_t i = 0; i < count; i++) { /* the process dies with these in flight */
        if (!lose)
            gitops_action_execute(flight[i], NULL);
        gitops_reconciler_reject(w->reconciler, flight[i], NULL, w->now_ms, NULL);
    }
    return taken;
}

int world_run(world *w)
{
    int status;
    w->now_ms += 100000; /* beyond the interval: a full look */
    world_pass(w, SIZE_MAX, 0, &status);
    return status;
}

uint64_t world_count(world *w, int32_t action)
{
    gitops_run *run = gitops_reconciler_result(w->reconciler, "sim");
    uint64_t count = UINT64_MAX;
    if (run && gitops_run_plan(run))
        count = gitops_plan_summary(gitops_run_plan(run), action);
    gitops_run_free(run);
    return count;
}
