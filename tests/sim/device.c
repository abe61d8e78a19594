/*
 * device: the simulated target. What it does about faults is decided when a call is carried out; its
 * own truth is never wrong, only its answers are.
 */
#include "play.h"

void device_release(play *p)
{
    for (size_t i = 0; i < SLOTS + EXTRAS; i++) {
        free(p->things[i].json);
        free(p->things[i].old);
    }
}

static char *copy_of(const char *text)
{
    size_t length = strlen(text) + 1;
    return memcpy(malloc(length), text, length);
}

void device_set(play *p, int slot, const char *json, int foreign)
{
    thing *t = &p->things[slot];
    free(t->old);
    t->old = t->exists ? t->json : NULL;
    t->old_version = t->version;
    if (!t->exists)
        free(t->json);
    t->json = json ? copy_of(json) : NULL;
    if (!t->exists || foreign)
        t->foreign = foreign && (!t->exists || t->foreign);
    t->exists = json != NULL;
    t->version = ++p->version;
    t->gone_at = 0;
    play_mix(p, (uint64_t)slot << 32 ^ p->version);
}

int device_content(const thing *t, const char *member)
{
    char name[32];
    snprintf(name, sizeof name, "\"%s\":\"", member);
    const char *at = t->exists ? strstr(t->json, name) : NULL;
    return at ? atoi(at + strlen(name)) : -1;
}

void device_tick(play *p)
{
    for (int i = 0; i < SLOTS; i++)
        if (p->things[i].gone_at && p->things[i].gone_at <= p->mono_ms)
            device_set(p, i, NULL, 0);
}

void device_calm(play *p)
{
    for (int i = 0; i < SLOTS; i++) {
        thing *t = &p->things[i];
        if (t->healthy_at > p->mono_ms)
            t->healthy_at = p->mono_ms;
        if (t->gone_at)
            t->gone_at = p->mono_ms;
    }
    device_tick(p);
}

/* The asker has been told about an object: what it was not sure of is looked at. */
void device_learn(play *p, int unit, int slot, int exists)
{
    if (unit < 0 || slot < 0 || slot >= SLOTS)
        return;
    p->watches[unit].unclear[slot] = 0;
    p->watches[unit].seen[slot] |= (uint8_t)(exists != 0);
}

static void give(play *p, gitops_answer *answer, int slot)
{
    const thing *t = &p->things[slot];
    char version[24];
    const char *key = slot < SLOTS ? p->slots[slot].key : NULL, *json = t->json;
    uint64_t number = t->version;
    char extra[32];
    if (!key) {
        snprintf(extra, sizeof extra, "default/ConfigMap/x%d", slot - SLOTS);
        key = extra;
    }
    if (t->old && play_chance(p, 8)) {
        play_fault(p, FAULT_STALE);
        json = t->old;
        number = t->old_version;
    }
    snprintf(version, sizeof version, "%llu", (unsigned long long)number);
    if (slot < SLOTS && p->asker >= 0)
        memcpy(p->watches[p->asker].versions[slot], version, sizeof version);
    gitops_answer_object(answer, key, json, strlen(json), p->has_versions ? version : NULL);
    device_learn(p, p->asker, slot, 1);
}

static int list(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    play *p = user_data;
    const char *page = gitops_request_page(request);
    int at = page ? atoi(page) : 0;
    char next[16];
    size_t given = 0;
    if (play_chance(p, 10)) {
        play_fault(p, FAULT_LOOK);
        return 0;
    }
    int breaks = play_chance(p, 25);
    size_t end = breaks ? play_below(p, 8) : p->page_size ? p->page_size : SIZE_MAX;
    for (; at < SLOTS + EXTRAS && given < end; at++)
        if (p->things[at].exists) {
            give(p, answer, at);
            given++;
        }
    if (breaks) {
        play_fault(p, FAULT_LIST_HALF);
        return play_below(p, 2) ? gitops_answer_failed(answer, 5, "the line went dead") : 0;
    }
    snprintf(next, sizeof next, "%d", at);
    for (int i = 0; at >= SLOTS + EXTRAS && i < SLOTS && p->asker >= 0; i++)
        device_learn(p, p->asker, i, 0);
    return gitops_answer_listed(answer, at < SLOTS + EXTRAS ? next : NULL);
}

static int get(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    play *p = user_data;
    int slot = play_slot(p, gitops_request_key(request));
    if (play_chance(p, 15)) {
        play_fault(p, FAULT_LOOK);
        return play_below(p, 2) ? gitops_answer_failed(answer, 4, "no route") : 0;
    }
    if (slot >= 0 && p->things[slot].exists) {
        give(p, answer, slot);
        return 0;
    }
    device_learn(p, p->asker, slot, 0);
    return gitops_answer_absent(answer);
}

/* What a real target does with a call that is based on something else than what is there. */
static int is_outdated(play *p, const gitops_request *request, const thing *t)
{
    char version[24];
    const char *based_on = gitops_request_version(request);
    if (t->gone_at)
        return strcmp(gitops_request_action(request), "delete") != 0;
    if (!p->has_versions)
        return 0;
    if (strcmp(gitops_request_action(request), "create") == 0)
        return t->exists;
    snprintf(version, sizeof version, "%llu", (unsigned long long)t->version);
    return based_on && t->exists && strcmp(version, based_on) != 0;
}

/* Returns 1 when the change is to happen, 2 when it is but nobody is told. */
static int meets_fault(play *p, const gitops_request *request, gitops_answer *answer, thing *t)
{
    if (is_outdated(p, request, t)) {
        play_fault(p, FAULT_VERSION);
        gitops_answer_conflict(answer, "it is another version");
        return 0;
    }
    if (!play_chance(p, 120))
        return 1;
    switch (play_below(p, 5)) {
    case 0:
        play_fault(p, FAULT_FAILED);
        gitops_answer_failed(answer, 7, "no space");
        return 0;
    case 1:
        play_fault(p, FAULT_CONFLICT);
        gitops_answer_conflict(answer, NULL);
        return 0;
    case 2:
        play_fault(p, FAULT_RETRY);
        gitops_answer_retry(answer, (int64_t)play_below(p, 3000), "busy");
        return 0;
    case 3:
        play_fault(p, FAULT_LOST);
        if (play_below(p, 2))
            gitops_answer_unknown(answer, "no reply");
        return -1;
    default:
        play_fault(p, FAULT_AFTER_EFFECT);
        return 2;
    }
}

/* When what was just applied comes to work. */
static int64_t health_in(play *p)
{
    if (p->calm || play_below(p, 3))
        return p->mono_ms;
    if (play_chance(p, 60)) {
        play_fault(p, FAULT_UNHEALTHY);
        return NEVER;
    }
    return p->mono_ms + (int64_t)play_below(p, 8000);
}

static void note_change(play *p, const gitops_request *request, int slot, int happened)
{
    const char *action = gitops_request_action(request);
    if ((strcmp(action, "delete") == 0 || strcmp(action, "replace") == 0) && happened &&
        p->slots[slot].kind != SLOT_HOOK && p->delete_count < DELETES) {
        p->deletes[p->delete_count].unit = p->asker;
        p->deletes[p->delete_count].slot = slot;
        p->deletes[p->delete_count].is_gone = strcmp(action, "delete") == 0;
        p->deletes[p->delete_count++].unix_ms = p->watches[p->asker].intent_unix_ms;
    }
}

static int apply(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    play *p = user_data;
    int slot = play_slot(p, gitops_request_key(request));
    if (slot < 0 || slot >= SLOTS) {
        play_blame(p, "I1", "a call for %s, which no revision states", gitops_request_key(request));
        return 0;
    }
    thing *t = &p->things[slot];
    int what = meets_fault(p, request, answer, t);
    p->watches[p->asker].unclear[slot] = what == -1 || what == 2;
    if (what != 0)
        note_change(p, request, slot, what > 0 && t->exists);
    if (what <= 0)
        return 0;
    if (strcmp(gitops_request_action(request), "create") == 0 ||
        strcmp(gitops_request_action(request), "replace") == 0)
        t->foreign = 0;
    device_set(p, slot, gitops_request_document(request, NULL), 0);
    t->healthy_at = health_in(p);
    p->writes++;
    return what == 2 ? 0 : gitops_answer_done(answer, NULL, 0, NULL);
}

static int delete_object(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    play *p = user_data;
    int slot = play_slot(p, gitops_request_key(request));
    if (slot < 0 || slot >= SLOTS) {
        play_blame(p, "I1", "a delete of %s, which no revision has stated",
                   gitops_request_key(request));
        return 0;
    }
    thing *t = &p->things[slot];
    int what = meets_fault(p, request, answer, t);
    p->watches[p->asker].unclear[slot] = what == -1 || what == 2;
    if (what <= 0)
        return 0;
    p->writes++;
    note_change(p, request, slot, t->exists && !t->gone_at);
    if (t->exists && p->slow_deletes) {
        if (!t->gone_at)
            t->gone_at = p->mono_ms + 1 + (int64_t)play_below(p, p->calm ? 100 : 9000);
        return what == 2 ? 0 : gitops_answer_done(answer, "{}", 2, NULL);
    }
    if (t->exists)
        device_set(p, slot, NULL, 0);
    return what == 2 ? 0 : gitops_answer_done(answer, NULL, 0, NULL);
}

static int check(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    play *p = user_data;
    (void)request;
    if (play_chance(p, 10)) {
        play_fault(p, FAULT_FAILED);
        return gitops_answer_failed(answer, 3, "it would not work");
    }
    return gitops_answer_done(answer, NULL, 0, NULL);
}

static int assess(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    play *p = user_data;
    int slot = play_slot(p, gitops_request_key(request));
    const thing *t = slot >= 0 ? &p->things[slot] : NULL;
    if (play_chance(p, 15)) {
        play_fault(p, FAULT_LOOK);
        return 0;
    }
    if (!t || !t->exists)
        return gitops_answer_absent(answer);
    if (t->healthy_at <= p->mono_ms)
        return gitops_answer_health(answer, GITOPS_HEALTH_HEALTHY, NULL);
    return gitops_answer_health(answer,
                                t->healthy_at == NEVER && t->version % 2 ? GITOPS_HEALTH_DEGRADED
                                                                         : GITOPS_HEALTH_PROGRESSING,
                                "1 of 2 is ready");
}

static int fingerprint(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    play *p = user_data;
    (void)request;
    /* What owns nothing is bound to whatever answers first: a lie would be for ever. */
    if (p->asker >= 0 && play_chance(p, 5) && watch_owns_something(p, p->asker)) {
        play_fault(p, FAULT_FOREIGN);
        p->watches[p->asker].tainted = 1;
        return gitops_answer_fingerprint(answer, "another system");
    }
    return gitops_answer_fingerprint(answer, "the system");
}

int device_new(play *p)
{
    gitops_target_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.user_data = p;
    options.apply = apply;
    options.delete_object = delete_object;
    options.max_in_flight = p->max_in_flight;
    options.list = p->can_list ? list : NULL;
    options.get = p->can_get ? get : NULL;
    options.check = p->can_check ? check : NULL;
    options.assess = p->can_assess ? assess : NULL;
    options.fingerprint = p->has_fingerprint ? fingerprint : NULL;
    return gitops_target_new(&p->target, p->context, &options, NULL);
}
