/*
 * world: what a seed makes of source, units and target, and what happens to them from outside. A
 * slot is an object that may exist; which unit states it, and with what content, changes.
 */
#include "play.h"

static void name_slot(slot *s, int i)
{
    static const char *const kinds[] = {
        [SLOT_PLAIN] = "ConfigMap", [SLOT_NAMESPACE] = "Namespace",
        [SLOT_DEFINITION] = "CustomResourceDefinition.apiextensions.k8s.io",
        [SLOT_INSTANCE] = "Thing.sim.io", [SLOT_HOOK] = "Job.batch",
    };
    snprintf(s->name, sizeof s->name, s->kind == SLOT_DEFINITION ? "things.sim.io" : "o%02d", i);
    snprintf(s->key, sizeof s->key, "%s/%s/%s", s->space[0] ? s->space : "_", kinds[s->kind],
             s->name);
}

/* The first ones are the base of each unit, which is never removed; then namespaces and so on. */
static slot_kind kind_of(play *p, int i)
{
    if (i < UNITS)
        return SLOT_PLAIN;
    if (i < UNITS + 2)
        return SLOT_NAMESPACE;
    if (i == UNITS + 2)
        return SLOT_DEFINITION;
    if (i < UNITS + 5)
        return SLOT_INSTANCE;
    return play_below(p, 9) == 0 ? SLOT_HOOK : SLOT_PLAIN;
}

static void make_slot(play *p, int i)
{
    slot *s = &p->slots[i];
    s->kind = kind_of(p, i);
    s->depends = -1;
    if (s->kind == SLOT_NAMESPACE || s->kind == SLOT_DEFINITION) {
        s->wave = -1;
    } else {
        s->wave = (int)play_below(p, 4) - 1;
        int space = (int)play_below(p, 3);
        if (space < 2)
            snprintf(s->space, sizeof s->space, "o%02d", UNITS + space);
        else
            strcpy(s->space, "default");
    }
    s->before = (int)play_below(p, 2);
    if (i > UNITS + 5 && s->kind == SLOT_PLAIN && play_below(p, 2)) {
        int other = UNITS + 3 + (int)play_below(p, (uint64_t)i - UNITS - 3);
        if (p->slots[other].kind != SLOT_HOOK && p->slots[other].wave <= s->wave)
            s->depends = other;
    }
    name_slot(s, i);
}

/* by cannot be without slot: it says so, lives in it, or is an instance of it. */
int world_is_needed(const play *p, int needed, int by)
{
    const slot *a = &p->slots[needed], *b = &p->slots[by];
    if (b->depends == needed)
        return 1;
    if (a->kind == SLOT_NAMESPACE)
        return strcmp(b->space, a->name) == 0;
    return a->kind == SLOT_DEFINITION && b->kind == SLOT_INSTANCE;
}

static void write_head(const play *p, int i, int unit, char *out, size_t room)
{
    static const char *const heads[] = {
        [SLOT_PLAIN] = "apiVersion: v1\nkind: ConfigMap\n",
        [SLOT_NAMESPACE] = "apiVersion: v1\nkind: Namespace\n",
        [SLOT_DEFINITION] = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n",
        [SLOT_INSTANCE] = "apiVersion: sim.io/v1\nkind: Thing\n",
        [SLOT_HOOK] = "apiVersion: batch/v1\nkind: Job\n",
    };
    const slot *s = &p->slots[i];
    int has_wave = s->wave != 0, has_space = s->space[0] != 0;
    int has_dependency = s->depends >= 0 && p->draft.stated[s->depends] >> unit & 1;
    size_t used = (size_t)snprintf(
        out, room, "%smetadata:\n  name: %s\n%s%s%s  annotations:\n    sim: \"1\"\n", heads[s->kind],
        s->name, has_space ? "  namespace: " : "", has_space ? s->space : "", has_space ? "\n" : "");
    if (has_wave)
        used += (size_t)snprintf(out + used, room - used, "    gitops/wave: \"%d\"\n", s->wave);
    if (has_dependency)
        used += (size_t)snprintf(out + used, room - used, "    gitops/depends-on: %s\n",
                                 p->slots[s->depends].key);
    if (s->kind == SLOT_HOOK)
        snprintf(out + used, room - used, "    gitops/hook: %s\n",
                 s->before ? "pre-sync" : "post-sync");
}

/* Writes or removes the file of a slot in the folder of a unit. */
static void write_slot(play *p, int i, int unit)
{
    char path[32], text[768];
    snprintf(path, sizeof path, "u%d/s%02d.yaml", unit, i);
    if (!(p->draft.stated[i] >> unit & 1)) {
        gitops_source_remove(p->source, path, NULL);
        return;
    }
    write_head(p, i, unit, text, sizeof text);
    size_t used = strlen(text);
    if (p->slots[i].kind == SLOT_DEFINITION)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "spec: {group: sim.io, names: {kind: Thing, plural: things}}\n");
    snprintf(text + used, sizeof text - used, "data: {v: \"%d\", i: \"%d\"}\n",
             p->draft.content[i], p->draft.shape[i]);
    gitops_source_put(p->source, path, text, strlen(text), NULL);
}

static void write_broken(play *p, int unit)
{
    char path[32];
    snprintf(path, sizeof path, "u%d/broken.yaml", unit);
    if (p->draft.broken >> unit & 1)
        gitops_source_put(p->source, path, "a: [", 4, NULL);
    else
        gitops_source_remove(p->source, path, NULL);
}

void world_commit(play *p)
{
    gitops_snapshot *snapshot = NULL;
    for (size_t unit = 0; unit < p->unit_count; unit++) {
        for (int i = 0; i < SLOTS; i++)
            write_slot(p, i, (int)unit);
        write_broken(p, (int)unit);
    }
    gitops_source_fetch(p->source, &snapshot, NULL);
    snprintf(p->draft.id, sizeof p->draft.id, "%s", gitops_snapshot_revision(snapshot));
    gitops_snapshot_free(snapshot);
    if (!world_revision(p, p->draft.id))
        p->revisions[p->revision_count++] = p->draft;
    p->commits[p->commit_count++] = world_revision(p, p->draft.id);
    play_say(p, "revision %.8s", p->draft.id);
}

const revision *world_revision(const play *p, const char *id)
{
    for (size_t i = p->revision_count; i-- > 0;)
        if (strcmp(p->revisions[i].id, id) == 0)
            return &p->revisions[i];
    return NULL;
}

static int some_unit(play *p)
{
    return (int)play_below(p, p->unit_count);
}

static void change_one(play *p)
{
    revision *d = &p->draft;
    int i = UNITS + (int)play_below(p, SLOTS - UNITS);
    switch (play_below(p, 12)) {
    case 0:
    case 1:
    case 2:
        d->stated[i] = (uint8_t)(1 << some_unit(p));
        break;
    case 3:
    case 4:
        d->stated[i] = 0;
        break;
    case 5:
        if (d->stated[i])
            d->stated[i] = (uint8_t)(1 << some_unit(p));
        break;
    case 6:
        if (play_below(p, 3) == 0)
            d->stated[i] |= (uint8_t)(1 << some_unit(p)); /* may be claimed twice */
        break;
    case 7:
        d->shape[i]++;
        break;
    default:
        d->content[i] = (int)play_below(p, 40);
    }
}

/* What can happen to a whole folder. */
static void change_folder(play *p)
{
    revision *d = &p->draft;
    int unit = some_unit(p);
    uint8_t bit = (uint8_t)(1 << unit);
    int breaks = play_below(p, 3) != 0;
    if (breaks) {
        d->broken |= bit;
        play_fault(p, FAULT_BROKEN);
        return;
    }
    for (int i = 0; i < SLOTS; i++)
        if (i != unit && (d->stated[i] & bit) && play_below(p, 4))
            d->stated[i] = (uint8_t)(d->stated[i] & ~bit);
    if (play_below(p, 3) == 0)
        d->stated[unit] = 0;
}

void world_change(play *p)
{
    if (p->commit_count + 2 >= REVISIONS) /* one is left for the end */
        return;
    for (int i = 0; i < UNITS && (size_t)i < p->unit_count; i++)
        p->draft.stated[i] = (uint8_t)(1 << i);
    if (play_below(p, 3))
        p->draft.broken = 0;
    if (play_below(p, 12) == 0)
        change_folder(p);
    for (uint64_t n = 1 + play_below(p, 5); n > 0; n--)
        change_one(p);
    for (size_t i = 0; i < p->flight_count; i++)
        if (p->flights[i].type != GITOPS_DO_FETCH) {
            play_fault(p, FAULT_REVISION);
            break;
        }
    world_commit(p);
}

void world_tidy(play *p)
{
    revision *d = &p->draft;
    d->broken = 0;
    for (int i = 0; i < SLOTS; i++)
        d->stated[i] = (uint8_t)(d->stated[i] & -d->stated[i]);
    for (size_t i = 0; i < p->unit_count; i++)
        d->stated[i] = (uint8_t)(1 << i);
    world_commit(p);
}

static void write_foreign(play *p, int i, int value)
{
    char json[256];
    const slot *s = &p->slots[i];
    snprintf(json, sizeof json,
             "{\"apiVersion\":\"v1\",\"data\":{\"i\":\"%d\",\"v\":\"%d\"},\"kind\":\"ConfigMap\","
             "\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\"}}",
             p->draft.shape[i], value, s->name, s->space);
    device_set(p, i, json, 1);
    for (size_t k = 0; k < p->delete_count; k++) /* it looks as if it had never been deleted */
        if (p->deletes[k].slot == i)
            p->deletes[k].unit = -1;
}

/* Puts something at the end of what has data, or before its v. */
static void edit(play *p, int i, int adds)
{
    char json[1024];
    thing *t = &p->things[i];
    const char *at = strstr(t->json, "\"v\":\"");
    if (!at || strlen(t->json) > 900)
        return;
    int head = (int)(at - t->json);
    if (adds)
        snprintf(json, sizeof json, "%.*s\"t%llu\":\"1\",%s", head, t->json,
                 (unsigned long long)play_below(p, 100) + 100, at);
    else
        snprintf(json, sizeof json, "%.*s\"v\":\"%llu%s", head, t->json,
                 (unsigned long long)play_below(p, 40) + 1000, strchr(at + 5, '"'));
    int64_t healthy_at = t->healthy_at;
    device_set(p, i, json, 1);
    t->healthy_at = healthy_at;
}

void world_drift(play *p)
{
    int i = (int)play_below(p, SLOTS);
    thing *t = &p->things[i];
    if (t->exists && t->gone_at)
        return;
    if (t->exists && p->slots[i].kind != SLOT_HOOK) {
        uint64_t what = play_below(p, 5);
        if (what == 0)
            device_set(p, i, NULL, 1);
        else
            edit(p, i, what == 1);
    } else if (!t->exists && p->slots[i].kind == SLOT_PLAIN && i >= UNITS && p->has_versions) {
        write_foreign(p, i, play_below(p, 2) ? p->draft.content[i] : 500);
    } else {
        return;
    }
    play_fault(p, FAULT_DRIFT);
    play_say(p, "another writer: %s", p->slots[i].key);
}

static void make_abilities(play *p)
{
    p->can_list = play_below(p, 5) != 0;
    p->can_get = !p->can_list || play_below(p, 4) != 0;
    p->can_assess = play_below(p, 2) != 0;
    p->can_check = play_below(p, 5) == 0;
    p->has_versions = play_below(p, 3) != 0;
    p->has_fingerprint = play_below(p, 2) != 0;
    p->slow_deletes = p->can_get && play_below(p, 3) == 0;
    p->page_size = play_below(p, 2) ? 0 : 1 + play_below(p, 7);
    p->max_in_flight = (uint32_t)(1 + play_below(p, 2) * play_below(p, 8));
}

static void make_policy(play *p, int unit)
{
    static const char *const after[] = {"u0"};
    watch *w = &p->watches[unit];
    gitops_unit_options *o = &w->policy;
    snprintf(w->name, sizeof w->name, "u%d", unit);
    snprintf(w->path, sizeof w->path, "u%d", unit);
    o->struct_size = sizeof *o;
    o->name = w->name;
    o->path = w->path;
    o->adopt = play_below(p, 3) ? GITOPS_ADOPT_DEFAULT : GITOPS_ADOPT_ALWAYS;
    o->prune = play_below(p, 8) ? GITOPS_PRUNE_DEFAULT : GITOPS_PRUNE_ADOPTED;
    o->on_failure = play_below(p, 2) ? GITOPS_FAILURE_ISOLATE : GITOPS_FAILURE_STOP;
    o->wait = (int32_t)play_below(p, 4);
    o->max_deletes = play_below(p, 3) == 0 ? 2 : 0;
    o->max_delete_percent = play_below(p, 3) == 0 ? 50 : 0;
    o->operation_timeout_ms = 30000;
    o->wave_timeout_ms = 60000;
    o->run_timeout_ms = 300000;
    if (unit == 1 && play_below(p, 3) == 0) {
        o->after = after;
        o->after_count = 1;
    }
}

static void make_content(play *p)
{
    for (int i = 0; i < SLOTS; i++) {
        p->draft.content[i] = (int)play_below(p, 40);
        if (play_below(p, 2))
            p->draft.stated[i] = (uint8_t)(1 << some_unit(p));
    }
    for (size_t i = 0; i < UNITS; i++)
        p->draft.stated[i] = i < p->unit_count ? (uint8_t)(1 << i) : 0;
    for (int i = SLOTS; i < SLOTS + EXTRAS; i++)
        device_set(p, i,
                   "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}", 1);
}

void world_make(play *p)
{
    p->unit_count = 1 + play_below(p, UNITS);
    for (int i = 0; i < SLOTS; i++)
        make_slot(p, i);
    make_abilities(p);
    for (size_t i = 0; i < p->unit_count; i++)
        make_policy(p, (int)i);
    make_content(p);
    world_commit(p);
}

static int open_store(play *p)
{
    gitops_store_options options;
    if (!p->path)
        return p->store ? 0 : gitops_store_new_memory(&p->store, p->context, NULL);
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.path = p->path;
    options.create = 1;
    return gitops_store_open(&p->store, p->context, &options, NULL);
}

int world_open(play *p)
{
    gitops_reconciler_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.seed = p->seed;
    options.event = watch_event;
    options.event_user_data = p;
    int rc = open_store(p);
    if (rc == 0)
        rc = device_new(p);
    if (rc == 0)
        rc = gitops_reconciler_new(&p->reconciler, p->context, p->store, &options, NULL);
    for (size_t i = 0; i < p->unit_count && rc == 0; i++) {
        gitops_unit_options *o = &p->watches[i].policy;
        o->source = p->source;
        o->target = p->target;
        o->schema = p->schema;
        rc = gitops_unit_new(&p->units[i], p->context, o, NULL);
        if (rc == 0)
            rc = gitops_reconciler_add(p->reconciler, p->units[i], NULL);
    }
    return rc;
}

void world_close(play *p)
{
    gitops_reconciler_free(p->reconciler);
    p->reconciler = NULL;
    for (size_t i = 0; i < p->unit_count; i++) {
        gitops_unit_free(p->units[i]);
        p->units[i] = NULL;
    }
    gitops_target_free(p->target);
    p->target = NULL;
    if (p->path) {
        gitops_store_free(p->store);
        p->store = NULL;
    }
}
