/*
 * drive: first some chaos, with events at any moment; then calm, in which all that was wrong ends and
 * the target must become what the source states, and stay so.
 */
#include "drive.h"

#include <unistd.h>

enum { CHAOS_STEPS = 1600, CALM_PASSES = 16, CALM_STEPS = 20000 };

/* ---- memory that fails when it is told to ---- */

static int fails_now(play *p)
{
    if (!p->armed || p->fail_in == 0 || --p->fail_in > 0)
        return 0;
    play_fault(p, FAULT_MEMORY);
    return 1;
}

static void *take_memory(size_t size, void *user_data)
{
    play *p = user_data;
    if (fails_now(p))
        return NULL;
    p->live++;
    return malloc(size);
}

static void *retake_memory(void *memory, size_t size, void *user_data)
{
    play *p = user_data;
    if (fails_now(p))
        return NULL;
    p->live += memory == NULL;
    return realloc(memory, size);
}

static void release_memory(void *memory, void *user_data)
{
    play *p = user_data;
    p->live -= memory != NULL;
    free(memory);
}

/* ---- actions ---- */

static int is_write(int type)
{
    return type == GITOPS_DO_APPLY || type == GITOPS_DO_DELETE;
}

static int64_t when_it_is_back(play *p)
{
    if (!play_chance(p, 6))
        return p->mono_ms;
    play_fault(p, FAULT_LATE);
    return p->mono_ms + 1000 + (int64_t)play_below(p, 400000);
}

static void board(play *p, gitops_action *action)
{
    flight *f = &p->flights[p->flight_count++];
    memset(f, 0, sizeof *f);
    f->action = action;
    f->type = gitops_action_type(action);
    f->unit = gitops_action_unit(action)[1] - '0';
    f->number = ++p->next_number;
    f->not_before = when_it_is_back(p);
    f->slot = -1;
    play_mix(p, (uint64_t)f->type << 8 | (uint64_t)f->unit);
    if (f->type == GITOPS_DO_NOTES)
        watch_begin_pass(p, f->unit);
    f->said = p->watches[f->unit].suspending;
    if (f->type == GITOPS_DO_RECORD && p->watches[f->unit].intent_unix_ms == 0)
        p->watches[f->unit].intent_unix_ms = play_unix_ms(p);
    if (is_write(f->type)) {
        f->slot = play_slot(p, gitops_request_key(gitops_action_request(action)));
        watch_call(p, action, f->unit);
    }
    play_say(p, "%s: action %d%s%s", p->watches[f->unit].name, f->type,
             gitops_action_request(action) ? " " : "",
             gitops_action_request(action) ? gitops_request_key(gitops_action_request(action)) : "");
}

static void carry_out(play *p, flight *f)
{
    watch *w = &p->watches[f->unit];
    uint64_t failures = p->faults[FAULT_MEMORY];
    p->asker = f->unit;
    p->armed = f->type != GITOPS_DO_NOTES; /* what was said is either written or not */
    gitops_action_execute(f->action, NULL);
    p->armed = 0;
    f->executed = 1;
    p->asker = -1;
    if (f->type == GITOPS_DO_RECORD) {
        watch_store(p);
        if (w->consent >= 0 && failures == p->faults[FAULT_MEMORY]) { /* it was for this run */
            w->consents[w->consent][0] = 0;
            w->consent = -1;
        }
    }
    if (f->type == GITOPS_DO_NOTES)
        w->suspended = w->said_stored = f->said;
    p->steps++;
}

static void forget_flight(play *p, size_t i)
{
    p->flights[i] = p->flights[--p->flight_count];
}

/* What is not brought back in the order in which it was handed out. */
static void note_order(play *p, const flight *f)
{
    for (size_t i = 0; i < p->flight_count; i++)
        if (p->flights[i].number < f->number && is_write(p->flights[i].type)) {
            play_fault(p, FAULT_ORDER);
            return;
        }
}

/* The host has lost the answer, or could not even ask. */
static void reject(play *p, flight *f)
{
    watch *w = &p->watches[f->unit];
    play_fault(p, f->type != GITOPS_DO_RECORD ? FAULT_REJECTED
                  : f->executed               ? FAULT_STORE_AFTER
                                              : FAULT_STORE);
    if (f->slot >= 0)
        w->unclear[f->slot] = 1;
    if (!w->plan && (f->type == GITOPS_DO_OBSERVE || f->type == GITOPS_DO_READ ||
                     f->type == GITOPS_DO_FETCH)) /* later it only looks for a newer revision */
        w->tainted = 1;
    gitops_reconciler_reject(p->reconciler, f->action, NULL, p->mono_ms, NULL);
}

static void bring_back(play *p, size_t i)
{
    flight f = p->flights[i];
    int rejects = play_chance(p, f.executed ? 6 : 500);
    note_order(p, &f);
    forget_flight(p, i);
    play_mix(p, f.number);
    p->armed = 1;
    if (rejects)
        reject(p, &f);
    else
        gitops_reconciler_resolve(p->reconciler, f.action, p->mono_ms, NULL);
    p->armed = 0;
    p->steps++;
}

/* Returns 1 when there was something. */
static int take_action(play *p)
{
    gitops_action *action = NULL;
    if (p->flight_count == FLIGHTS)
        return 0;
    p->armed = 1;
    int rc = gitops_reconciler_next(p->reconciler, p->mono_ms, play_unix_ms(p), &action, NULL);
    p->armed = 0;
    p->steps++;
    if (action)
        board(p, action);
    return action != NULL || rc < 0;
}

/* Nothing can be done before something is due. */
static void let_time_pass(play *p)
{
    int64_t next = gitops_reconciler_deadline(p->reconciler);
    if (p->flight_count && next <= p->mono_ms) /* what is due waits for an action in flight */
        next = INT64_MAX;
    for (size_t i = 0; i < p->flight_count; i++)
        if (p->flights[i].not_before < next)
            next = p->flights[i].not_before;
    p->mono_ms = next > p->mono_ms && next != INT64_MAX ? next : p->mono_ms + 1;
    device_tick(p);
}

/* Index of a flight that can be moved on; SIZE_MAX: none. */
static size_t some_flight(play *p)
{
    size_t start = p->flight_count ? play_below(p, p->flight_count) : 0;
    for (size_t k = 0; k < p->flight_count; k++) {
        size_t i = (start + k) % p->flight_count;
        if (p->flights[i].not_before <= p->mono_ms)
            return i;
    }
    return SIZE_MAX;
}

/* One step of the host. Returns 0 when time has to pass. */
static int step(play *p)
{
    if (play_below(p, 5) < 2 && take_action(p))
        return 1;
    size_t i = some_flight(p);
    if (i == SIZE_MAX)
        return take_action(p);
    if (p->flights[i].executed)
        bring_back(p, i);
    else if (play_chance(p, 4))
        bring_back(p, i); /* never carried out */
    else
        carry_out(p, &p->flights[i]);
    p->mono_ms += (int64_t)play_below(p, 12);
    device_tick(p);
    return 1;
}

/* ---- events ---- */

static void restart(play *p)
{
    play_fault(p, FAULT_RESTART);
    for (size_t i = 0; i < p->flight_count; i++) {
        flight *f = &p->flights[i];
        if (is_write(f->type))
            play_fault(p, FAULT_RESTART_FLYING);
        if (!f->executed && play_below(p, 2))
            carry_out(p, f);
        if (f->slot >= 0)
            p->watches[f->unit].unclear[f->slot] = 1;
        gitops_reconciler_reject(p->reconciler, f->action, NULL, p->mono_ms, NULL);
    }
    p->flight_count = 0;
    world_close(p);
    for (size_t i = 0; i < p->unit_count; i++) {
        watch_begin_pass(p, (int)i);
        p->watches[i].suspending = p->watches[i].said_stored;
        p->watches[i].last_at = NULL;
    }
    if (world_open(p) < 0)
        play_blame(p, "I4", "the process cannot start again");
}

static void approve(play *p, int unit)
{
    watch *w = &p->watches[unit];
    if (!w->digest[0])
        return;
    if (gitops_store_approve(p->store, w->name, w->digest, "somebody", "it is meant so",
                             play_unix_ms(p), NULL) < 0)
        return;
    memcpy(w->consents[w->next_consent++ % CONSENTS], w->digest, sizeof w->digest);
    play_say(p, "%s: %.8s is approved", w->name, w->digest);
}

static void jump(play *p)
{
    static const int64_t hours[] = {-50, -1, 1, 23, 49, 0};
    int64_t by = hours[play_below(p, 6)] * 3600000;
    play_fault(p, FAULT_CLOCK);
    if (by)
        p->unix_shift_ms += by;
    else
        p->mono_ms += (int64_t)play_below(p, 200000);
    device_tick(p);
}

static void trigger(play *p)
{
    int times = 1 + (int)play_below(p, 2);
    const char *unit = play_below(p, 2) ? NULL : p->watches[play_below(p, p->unit_count)].name;
    if (times > 1)
        play_fault(p, FAULT_TWICE);
    for (int i = 0; i < times; i++)
        gitops_reconciler_trigger(p->reconciler, unit, NULL);
}

/* Said in memory; the next pass writes it down. */
static void suspend(play *p)
{
    watch *w = &p->watches[play_below(p, p->unit_count)];
    int ends = w->suspending || play_below(p, 4);
    int rc = ends ? gitops_reconciler_resume(p->reconciler, w->name, NULL)
                  : gitops_reconciler_suspend(p->reconciler, w->name, 0, "a moment", NULL);
    if (rc == 0)
        w->suspending = !ends;
    play_say(p, "%s %s", ends ? "resume" : "suspend", w->name);
}

static void event(play *p)
{
    for (size_t i = 0; i < p->unit_count; i++)
        if (p->watches[i].suspending && play_below(p, 3) == 0) {
            gitops_reconciler_resume(p->reconciler, p->watches[i].name, NULL);
            p->watches[i].suspending = 0;
        }
    switch (play_below(p, 16)) {
    case 0:
    case 1:
    case 2:
    case 3:
        world_change(p);
        break;
    case 4:
    case 5:
    case 6:
        world_drift(p);
        break;
    case 7:
    case 8:
        approve(p, (int)play_below(p, p->unit_count));
        trigger(p);
        break;
    case 9:
        jump(p);
        break;
    case 10:
        if (play_below(p, 2))
            restart(p);
        break;
    case 11:
        p->fail_in = 1 + (long)play_below(p, 600);
        break;
    case 12:
        suspend(p);
        break;
    default:
        trigger(p);
    }
}

/* ---- the two halves ---- */

static void chaos(play *p)
{
    for (uint64_t end = p->steps + CHAOS_STEPS; p->steps < end && !p->failed;) {
        if (!step(p))
            let_time_pass(p);
        if (play_below(p, 24) == 0)
            event(p);
    }
}

static int is_over(const play *p)
{
    return p->flight_count == 0 && gitops_reconciler_idle(p->reconciler) &&
           gitops_reconciler_deadline(p->reconciler) > p->mono_ms;
}

/* A pass of every unit. Returns 1 when all of them are good. */
static int calm_pass(play *p)
{
    int good = 1;
    uint64_t end = p->steps + CALM_STEPS;
    gitops_reconciler_trigger(p->reconciler, NULL, NULL);
    do {
        if (!step(p) && !is_over(p))
            let_time_pass(p);
        if (p->steps >= end)
            play_blame(p, "progress", "a pass does not end");
    } while (!p->failed && !is_over(p));
    for (size_t i = 0; i < p->unit_count && !p->failed; i++) {
        good &= p->watches[i].status == 0;
        if (p->watches[i].status == GITOPS_EHELD)
            approve(p, (int)i);
    }
    return good;
}

static void calm(play *p)
{
    char why[400] = "";
    int good = 0;
    p->calm = 1;
    p->fail_in = 0;
    play_say(p, "calm");
    world_tidy(p);
    device_calm(p);
    for (size_t i = 0; i < p->unit_count; i++) {
        gitops_reconciler_resume(p->reconciler, p->watches[i].name, NULL);
        p->watches[i].suspending = 0;
    }
    for (int i = 0; i < CALM_PASSES && !p->failed; i++) {
        good = calm_pass(p);
        if (good && watch_converged(p, why, sizeof why))
            break;
        good = 0;
    }
    for (size_t i = 0; i < p->unit_count && !p->failed && !good; i++)
        if (p->watches[i].status < 0)
            play_blame(p, "convergence", "%s still ends with %d", p->watches[i].name,
                       p->watches[i].status);
    if (!good)
        play_blame(p, "convergence", "%s", why);
    uint64_t writes = p->writes;
    if (!p->failed)
        p->converged += (uint64_t)calm_pass(p);
    if (p->writes != writes)
        play_blame(p, "I13", "a pass after the last one writes");
    watch_store(p);
}

static int set_up(play *p, const char *path)
{
    gitops_allocator allocator = {sizeof allocator, take_memory, retake_memory, release_memory, p,
                                  NULL};
    gitops_context_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.allocator = &allocator;
    p->asker = -1;
    p->mono_ms = 1000;
    p->path = path && play_below(p, 8) == 0 ? strdup(path) : NULL;
    for (size_t i = 0; i < UNITS; i++)
        watch_begin_pass(p, (int)i);
    int rc = gitops_context_new(&p->context, &options, NULL);
    if (rc == 0)
        rc = gitops_source_new_memory(&p->source, p->context, NULL);
    return rc;
}

/* Members that cannot be changed in place. */
static int make_schema(play *p)
{
    static const char rules[] = "immutable: [/data/i]\n";
    gitops_document *document = NULL;
    gitops_schema *parts[2] = {NULL, NULL};
    int rc = gitops_document_parse(&document, p->context, rules, sizeof rules - 1, "rules", NULL);
    if (rc == 0)
        rc = gitops_schema_parse(&parts[0], p->context, document, NULL);
    if (rc == 0)
        rc = gitops_schema_new(&parts[1], p->context, GITOPS_SCHEMA_KUBERNETES, NULL);
    if (rc == 0)
        rc = gitops_schema_stack(&p->schema, p->context, parts, 2, NULL);
    gitops_document_free(document);
    gitops_schema_free(parts[0]);
    gitops_schema_free(parts[1]);
    return rc;
}

static void remove_state(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", "-lock", "-memo-u0",
                                       "-memo-u1", "-memo-u2", "-register"};
    char name[512];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static void tear_down(play *p)
{
    for (size_t i = 0; i < p->flight_count; i++)
        gitops_reconciler_reject(p->reconciler, p->flights[i].action, NULL, p->mono_ms, NULL);
    for (size_t i = 0; i < UNITS; i++)
        watch_begin_pass(p, (int)i);
    world_close(p);
    gitops_store_free(p->store);
    gitops_schema_free(p->schema);
    gitops_source_free(p->source);
    gitops_context_free(p->context);
    device_release(p);
    if (p->path)
        remove_state(p->path);
    free(p->path);
    if (p->live)
        play_blame(p, "memory", "%ld blocks are left", p->live);
}

void drive(play *p, uint64_t seed, const char *path, int trace)
{
    memset(p, 0, sizeof *p);
    p->seed = p->random = seed;
    p->trace = trace;
    int rc = set_up(p, path);
    if (rc == 0 && play_below(p, 3) == 0)
        rc = make_schema(p);
    if (rc == 0) {
        world_make(p);
        rc = world_open(p);
    }
    if (rc < 0)
        play_blame(p, "set-up", "it fails with %d", rc);
    if (!p->failed)
        chaos(p);
    if (!p->failed)
        calm(p);
    tear_down(p);
}
