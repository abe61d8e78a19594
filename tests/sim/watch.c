/*
 * watch: what must hold whatever happens. It believes the target and the store, and the plans only in
 * what they say of themselves; limits and order it works out anew. The names of the rules are those
 * of the promises that the library makes, I1 to I17.
 */
#include "play.h"

static const char *const phases[] = {"pre-sync",    "sync",      "pre-delete", "prune",
                                     "post-delete", "post-sync", "sync-fail"};

static int phase_rank(const gitops_operation *operation)
{
    const char *phase = gitops_operation_phase(operation);
    int rank = 0;
    while (rank < 7 && strcmp(phases[rank], phase) != 0)
        rank++;
    return rank;
}

static void drop_plan(watch *w)
{
    gitops_plan_free(w->plan);
    w->plan = NULL;
    w->at = NULL;
    w->held = 0;
    w->consent = -1;
    w->intent_unix_ms = 0;
    for (int i = 0; i < SLOTS; i++) {
        w->operations[i] = -1;
        w->states[i] = OP_NONE;
        w->barred[i] = 0;
        w->sent_ms[i] = -1;
    }
}

void watch_begin_pass(play *p, int unit)
{
    watch *w = &p->watches[unit];
    drop_plan(w);
    w->tainted = w->suspended = 0;
    w->since = p->commit_count ? p->commit_count - 1 : 0;
    memset(w->seen, 0, sizeof w->seen);
}

/* ---- the store ---- */

/* Also from within the machine, which may be about to run out of memory: that is not for us. */
static gitops_inventory *inventory_of(const play *p, int unit)
{
    gitops_inventory *inventory = NULL;
    int *armed = &((play *)(uintptr_t)p)->armed, was_armed = *armed;
    *armed = 0;
    gitops_inventory_read(&inventory, p->store, p->watches[unit].name, NULL);
    *armed = was_armed;
    return inventory;
}

int watch_owns_something(const play *p, int unit)
{
    gitops_inventory *inventory = inventory_of(p, unit);
    int some = inventory && gitops_inventory_count(inventory) > 0;
    gitops_inventory_free(inventory);
    return some;
}

/* Row of a slot; SIZE_MAX: none. */
static size_t row_of(const play *p, const gitops_inventory *inventory, int slot)
{
    size_t count = gitops_inventory_count(inventory);
    for (size_t i = 0; i < count; i++)
        if (strcmp(gitops_inventory_key(inventory, i), p->slots[slot].key) == 0)
            return i;
    return SIZE_MAX;
}

static int plans(const watch *w, int slot, int32_t action)
{
    return w->plan && w->operations[slot] >= 0 &&
           gitops_operation_action(
               gitops_plan_operation(w->plan, (size_t)w->operations[slot])) == action;
}

static void check_row(play *p, int unit, const gitops_inventory *inventory, size_t i)
{
    int slot = play_slot(p, gitops_inventory_key(inventory, i));
    if (slot < 0 || slot >= SLOTS) {
        play_blame(p, "I1", "%s owns %s, which no revision has stated", p->watches[unit].name,
                   gitops_inventory_key(inventory, i));
        return;
    }
    if (!plans(&p->watches[unit], slot, GITOPS_ACTION_FORGET))
        p->watches[unit].forgiven[slot] = 0;
    if (!gitops_inventory_owned(inventory, i)) {
        p->made[slot] |= plans(&p->watches[unit], slot, GITOPS_ACTION_CREATE) ||
                         plans(&p->watches[unit], slot, GITOPS_ACTION_REPLACE); /* by the intent */
        return;
    }
    if (!gitops_inventory_adopted(inventory, i) && !p->made[slot])
        play_blame(p, "I1", "the inventory says that %s made %s, which was there before",
                   p->watches[unit].name, p->slots[slot].key);
}

void watch_store(play *p)
{
    for (size_t unit = 0; unit < p->unit_count; unit++) {
        gitops_inventory *inventory = inventory_of(p, (int)unit);
        for (size_t i = 0; inventory && i < gitops_inventory_count(inventory); i++)
            check_row(p, (int)unit, inventory, i);
        gitops_inventory_free(inventory);
    }
}

/* ---- plans ---- */

static uint64_t allowed(const gitops_unit_options *policy, uint64_t owned)
{
    uint64_t most = policy->max_deletes ? (uint64_t)policy->max_deletes : 50;
    uint64_t share = owned * (uint64_t)(policy->max_delete_percent ? policy->max_delete_percent
                                                                   : 30) / 100;
    share = share ? share : 1;
    return share < most ? share : most;
}

static int is_hook(const play *p, const gitops_operation *operation)
{
    int slot = play_slot(p, gitops_operation_key(operation));
    return slot >= 0 && slot < SLOTS && p->slots[slot].kind == SLOT_HOOK;
}

/* Deletes that came about in the last day, but those whose intent is still open or that go on. */
static uint64_t deleted_in_day(const play *p, int unit, const gitops_inventory *inventory)
{
    uint64_t count = 0;
    for (size_t i = 0; i < p->delete_count; i++) {
        size_t row = row_of(p, inventory, p->deletes[i].slot);
        if (p->deletes[i].is_gone && (p->slow_deletes || p->things[p->deletes[i].slot].exists))
            continue; /* of one that takes time it may not be known that it was begun */
        if (p->deletes[i].unit == unit && p->deletes[i].unix_ms > play_unix_ms(p) - DAY_MS &&
            !(row != SIZE_MAX && gitops_inventory_open_intent(inventory, row)))
            count++;
    }
    return count;
}

static int is_guarded(const play *p, const gitops_operation *operation)
{
    int slot = play_slot(p, gitops_operation_key(operation));
    int32_t action = gitops_operation_action(operation);
    return slot >= 0 && slot < SLOTS &&
           (action == GITOPS_ACTION_DELETE || action == GITOPS_ACTION_REPLACE) &&
           (p->slots[slot].kind == SLOT_NAMESPACE || p->slots[slot].kind == SLOT_DEFINITION);
}

static int sends(const gitops_plan *plan, const gitops_operation *operation)
{
    (void)plan;
    return gitops_operation_changes(operation) != NULL &&
           gitops_changes_count(gitops_operation_changes(operation)) > 0;
}

/* Which limit ought to hold a plan; NULL: none. */
static const char *limit_of(const play *p, int unit, const gitops_plan *plan)
{
    const gitops_unit_options *policy = &p->watches[unit].policy;
    gitops_inventory *inventory = inventory_of(p, unit);
    uint64_t owned = inventory ? gitops_inventory_count(inventory) : 0, deletes = 0, adopts = 0;
    uint64_t day = inventory ? deleted_in_day(p, unit, inventory) : 0, guarded = 0;
    gitops_inventory_free(inventory);
    for (size_t i = 0; i < gitops_plan_count(plan); i++) {
        const gitops_operation *operation = gitops_plan_operation(plan, i);
        int32_t action = gitops_operation_action(operation);
        deletes += (action == GITOPS_ACTION_DELETE || action == GITOPS_ACTION_REPLACE) &&
                   !is_hook(p, operation);
        adopts += action == GITOPS_ACTION_ADOPT && sends(plan, operation);
        guarded += (uint64_t)is_guarded(p, operation);
    }
    if (deletes > allowed(policy, owned))
        return "deletes";
    if (deletes && day && deletes + day > allowed(policy, owned + p->delete_count))
        return "day";
    if (guarded)
        return "protected";
    return adopts && policy->adopt != GITOPS_ADOPT_ALWAYS ? "adopt" : NULL;
}

static void take_operation(play *p, watch *w, size_t i)
{
    const gitops_operation *operation = gitops_plan_operation(w->plan, i);
    int slot = play_slot(p, gitops_operation_key(operation));
    if (slot < 0 || slot >= SLOTS) {
        play_blame(p, "I1", "a plan is about %s, which no revision has stated",
                   gitops_operation_key(operation));
        return;
    }
    w->operations[slot] = (int)i;
    w->states[slot] = OP_WAITING;
    play_say(p, "    %s %s, %s (%s %d)",
             gitops_action_name(gitops_operation_action(operation)),
             gitops_operation_key(operation), gitops_operation_reason(operation),
             gitops_operation_phase(operation), gitops_operation_wave(operation));
    if (gitops_operation_action(operation) == GITOPS_ACTION_FORGET && !w->held)
        w->forgiven[slot] = 1;
}

/* 1 when the source was at a revision at some time of the pass. */
static int was_current(const play *p, const watch *w, const revision *at)
{
    for (size_t i = w->since; i < p->commit_count; i++)
        if (p->commits[i] == at)
            return 1;
    return 0;
}

/* Which approval is for a digest; -1: none. */
static int consent_of(const watch *w, const char *digest)
{
    for (int i = 0; i < CONSENTS; i++)
        if (strcmp(w->consents[i], digest) == 0)
            return i;
    return -1;
}

static void take_plan(play *p, int unit, gitops_plan *plan)
{
    watch *w = &p->watches[unit];
    drop_plan(w);
    w->plan = gitops_plan_ref(plan);
    w->held = gitops_plan_held_count(plan) > 0;
    w->at = w->last_at = world_revision(p, gitops_plan_revision(plan));
    w->consent = consent_of(w, gitops_plan_digest(plan));
    w->planned_ms = p->mono_ms;
    p->plans++;
    play_say(p, "  plan of %s at %.8s: %zu operations%s %s", w->name, gitops_plan_revision(plan),
             gitops_plan_count(plan), w->held ? ", held:" : "",
             w->held ? gitops_plan_held(plan, 0, NULL, NULL) : "");
    play_mix(p, strtoull(gitops_plan_digest(plan) + 48, NULL, 16));
    for (size_t i = 0; i < gitops_plan_count(plan); i++)
        take_operation(p, w, i);
    if (w->held) {
        p->held++;
        snprintf(w->digest, sizeof w->digest, "%s", gitops_plan_digest(plan));
        return;
    }
    const char *limit = w->consent >= 0 ? NULL : limit_of(p, unit, plan);
    if (limit)
        play_blame(p, "I10", "the limit '%s' does not hold a plan of %s", limit, w->name);
    if (w->tainted)
        play_blame(p, "I3", "a plan of %s was made although not all could be read", w->name);
    if (!was_current(p, w, w->at))
        play_blame(p, "I11", "a plan of %s is for a revision of the past", w->name);
}

static int unit_of(const play *p, const char *name)
{
    (void)p;
    return name[1] - '0';
}

void watch_event(const gitops_event *event, void *user_data)
{
    play *p = user_data;
    int unit = unit_of(p, gitops_event_unit(event)), slot = -1;
    watch *w = &p->watches[unit];
    const gitops_operation *operation = gitops_event_operation(event);
    if (operation)
        slot = play_slot(p, gitops_operation_key(operation));
    switch (gitops_event_type(event)) {
    case GITOPS_EVENT_PLANNED:
        take_plan(p, unit, gitops_event_plan(event));
        break;
    case GITOPS_EVENT_OUTCOME:
        play_say(p, "  %s %s: %s %s", w->name, p->slots[slot].key,
                 gitops_outcome_name(gitops_event_outcome(event)),
                 gitops_event_message(event) ? gitops_event_message(event) : "");
        w->states[slot] = gitops_event_outcome(event) == GITOPS_OUTCOME_DONE ? OP_DONE : OP_ENDED;
        break;
    case GITOPS_EVENT_FINISHED:
        w->status = gitops_run_status(gitops_event_run(event), NULL);
        w->finished++;
        p->passes++;
        play_mix(p, (uint64_t)(uint32_t)w->status);
        play_say(p, "  %s ends: %d %s", w->name, w->status,
                 gitops_event_message(event) ? gitops_event_message(event) : "");
        break;
    default:
        break;
    }
}

/* ---- order ---- */

static int is_at_work(const play *p, const watch *w, int slot)
{
    const thing *t = &p->things[slot];
    return !p->can_assess || w->policy.wait == GITOPS_WAIT_NONE || !t->exists ||
           t->healthy_at <= p->mono_ms;
}

static int removes(int32_t action)
{
    return action == GITOPS_ACTION_DELETE || action == GITOPS_ACTION_FORGET;
}

static int writes(const gitops_operation *operation)
{
    int32_t action = gitops_operation_action(operation);
    return action != GITOPS_ACTION_NONE && action != GITOPS_ACTION_FORGET;
}

/* Of what is deleted: by what it said when it was sent, which may be less than the slot says. */
static int was_needed(const play *p, const watch *w, int needed, int by)
{
    if (p->slots[by].depends != needed)
        return world_is_needed(p, needed, by);
    gitops_inventory *inventory = inventory_of(p, (int)(w - p->watches));
    size_t row = inventory ? row_of(p, inventory, by) : SIZE_MAX;
    int said = row != SIZE_MAX &&
               strstr(gitops_inventory_sent(inventory, row, NULL), "depends-on") != NULL;
    gitops_inventory_free(inventory);
    return said;
}

/* 1 when first must be over before then is started, by what the slots say. */
static int comes_first(const play *p, const watch *w, int first, int then)
{
    const slot *a = &p->slots[first], *b = &p->slots[then];
    const gitops_operation *x = gitops_plan_operation(w->plan, (size_t)w->operations[first]);
    const gitops_operation *y = gitops_plan_operation(w->plan, (size_t)w->operations[then]);
    int x_removes = removes(gitops_operation_action(x)), y_removes = removes(gitops_operation_action(y));
    int x_hook = a->kind == SLOT_HOOK, y_hook = b->kind == SLOT_HOOK;
    if (x_hook != y_hook && !x_removes && !y_removes) /* what a hook needs comes before it */
        return world_is_needed(p, first, then) ||
               (!world_is_needed(p, then, first) &&
                (x_hook ? a->before && b->kind != SLOT_NAMESPACE : !b->before));
    if (x_hook || y_hook)
        return 0;
    if (x_removes != y_removes)
        return y_removes && strcmp(gitops_operation_phase(y), "prune") == 0 &&
               strcmp(gitops_operation_phase(x), "sync") == 0;
    if (x_removes)
        return a->wave > b->wave || was_needed(p, w, then, first);
    return a->wave < b->wave || world_is_needed(p, first, then);
}

/* A need that was not met, as against a turn that is over. */
static int is_need(const play *p, const watch *w, int first, int then)
{
    const gitops_operation *x = gitops_plan_operation(w->plan, (size_t)w->operations[first]);
    const gitops_operation *y = gitops_plan_operation(w->plan, (size_t)w->operations[then]);
    if (removes(gitops_operation_action(x)) != removes(gitops_operation_action(y)))
        return 0;
    return removes(gitops_operation_action(y)) ? was_needed(p, w, then, first)
                                               : world_is_needed(p, first, then);
}

/* An isolated unit goes on without what did not come to work in time, its own or its wave's. */
static int was_given_up(const play *p, const watch *w, int first, int then)
{
    return w->policy.on_failure == GITOPS_FAILURE_ISOLATE && !is_need(p, w, first, then) &&
           (p->mono_ms - w->sent_ms[first] >= 5000 ||
            p->mono_ms - w->planned_ms >= w->policy.wave_timeout_ms);
}

static void check_order(play *p, watch *w, int then)
{
    if (w->barred[then])
        play_blame(p, "order", "%s starts after what comes after it", p->slots[then].key);
    for (int first = 0; first < SLOTS && !p->failed; first++) {
        if (first == then || w->operations[first] < 0)
            continue;
        const gitops_operation *x = gitops_plan_operation(w->plan, (size_t)w->operations[first]);
        if (!writes(x))
            continue;
        const gitops_operation *y = gitops_plan_operation(w->plan, (size_t)w->operations[then]);
        int stated = comes_first(p, w, first, then);
        int said = phase_rank(x) < phase_rank(y);
        if (!stated && !said)
            continue;
        if (w->states[first] == OP_WAITING && w->policy.on_failure == GITOPS_FAILURE_ISOLATE)
            w->barred[first] = 1;
        else if (w->states[first] != OP_DONE && w->states[first] != OP_ENDED)
            play_blame(p, "order", "%s starts before %s is over", p->slots[then].key,
                       p->slots[first].key);
        else if (w->sent_ms[first] >= 0 && !removes(gitops_operation_action(x)) &&
                 w->states[first] == OP_DONE && stated && !is_at_work(p, w, first) && !was_given_up(p, w, first, then))
            play_blame(p, "order", "%s starts before %s is healthy", p->slots[then].key,
                       p->slots[first].key);
        else if (stated && removes(gitops_operation_action(x)) && p->can_get &&
                 w->states[first] == OP_DONE && p->things[first].gone_at)
            play_blame(p, "order", "%s starts before %s is gone", p->slots[then].key,
                       p->slots[first].key);
        else if (w->states[first] == OP_ENDED && is_need(p, w, first, then))
            play_blame(p, "order", "%s starts although %s, which it needs, has failed",
                       p->slots[then].key, p->slots[first].key);
    }
}

/* ---- calls ---- */

/* Another unit has come to know that it states it. */
static int is_claimed_by(const play *p, int unit, int slot, int other)
{
    const revision *at = p->watches[unit].at;
    return other != unit && at && at->stated[slot] >> other & 1 && p->watches[other].last_at == at;
}

static void check_ledger(play *p, int unit, int slot, const char *action, int moves)
{
    watch *w = &p->watches[unit];
    gitops_inventory *inventory = inventory_of(p, unit);
    size_t row = inventory ? row_of(p, inventory, slot) : SIZE_MAX;
    if (!inventory)
        return;
    if (row == SIZE_MAX || !gitops_inventory_open_intent(inventory, row))
        play_blame(p, "I5", "%s of %s without an intent", action, p->slots[slot].key);
    else if (strcmp(action, "delete") == 0 && p->slots[slot].kind != SLOT_HOOK &&
             (!gitops_inventory_owned(inventory, row) ||
              (gitops_inventory_adopted(inventory, row) &&
               w->policy.prune != GITOPS_PRUNE_ADOPTED)))
        play_blame(p, "I1", "delete of %s, which is not ours", p->slots[slot].key);
    gitops_inventory_free(inventory);
    for (size_t other = 0; other < p->unit_count && !moves && !p->failed; other++) {
        int shared = p->slots[slot].kind != SLOT_HOOK &&
                     is_claimed_by(p, unit, slot, (int)other);
        inventory = shared ? inventory_of(p, (int)other) : NULL;
        row = inventory ? row_of(p, inventory, slot) : SIZE_MAX;
        if (row != SIZE_MAX && gitops_inventory_owned(inventory, row))
            play_blame(p, "I15", "%s of %s by %s, and %s owns it", action, p->slots[slot].key,
                       w->name, p->watches[other].name);
        gitops_inventory_free(inventory);
    }
}

static void check_delete(play *p, int unit, int slot)
{
    const watch *w = &p->watches[unit];
    if (!w->seen[slot])
        play_blame(p, "I3", "delete of %s, which nobody has seen", p->slots[slot].key);
    if (w->at && w->at->stated[slot])
        play_blame(p, w->at->stated[slot] >> unit & 1 ? "I3" : "I3-neighbour",
                   "delete of %s, which is stated", p->slots[slot].key);
}

static int says(const char *json, const char *member, int value)
{
    char text[48];
    snprintf(text, sizeof text, "\"%s\":\"%d\"", member, value);
    return strstr(json, text) != NULL;
}

/* By the plan nobody has had it; an owner may make it again. */
static int is_new(const watch *w, int slot)
{
    const gitops_operation *operation =
        gitops_plan_operation(w->plan, (size_t)w->operations[slot]);
    return strcmp(gitops_operation_reason_code(operation), "new") == 0;
}

static void check_document(play *p, int unit, int slot, const char *json)
{
    const watch *w = &p->watches[unit];
    if (!w->at || !(w->at->stated[slot] >> unit & 1))
        play_blame(p, "I12", "%s is sent by %s, which does not state it", p->slots[slot].key,
                   w->name);
    else if (is_new(w, slot) && (is_claimed_by(p, unit, slot, 0) ||
                                 is_claimed_by(p, unit, slot, 1) ||
                                 is_claimed_by(p, unit, slot, 2)))
        play_blame(p, "I15", "%s is made by %s, and another unit states it", p->slots[slot].key,
                   w->name);
    else if (!json || !says(json, "v", w->at->content[slot]))
        play_blame(p, "I12", "%s is sent as it is not stated: %s", p->slots[slot].key,
                   json ? json : "nothing");
}

/* What a call is based on is what the unit was told. */
static void check_version(play *p, int unit, int slot, const char *action, const char *version)
{
    if (!p->has_versions || strcmp(action, "create") == 0 || p->slots[slot].kind == SLOT_HOOK)
        return;
    if (!version || strcmp(version, p->watches[unit].versions[slot]) != 0)
        play_blame(p, "I12", "%s of %s is based on version %s, and %s was seen", action,
                   p->slots[slot].key, version ? version : "none",
                   p->watches[unit].versions[slot]);
}

static void check_pass(play *p, int unit, int slot, const char *action)
{
    const watch *w = &p->watches[unit];
    const char *key = p->slots[slot].key;
    if (!w->plan || w->operations[slot] < 0)
        play_blame(p, "I12", "%s of %s, which is in no plan", action, key);
    else if (w->held)
        play_blame(p, "I10", "%s of %s by a plan that is held", action, key);
    else if (w->tainted)
        play_blame(p, "I3", "%s of %s although not all could be read", action, key);
    else if (w->suspended)
        play_blame(p, "I10", "%s of %s by a unit that is suspended", action, key);
    else if (w->unclear[slot])
        play_blame(p, "I5", "%s of %s, and nobody has looked what came of the last call", action,
                   key);
}

void watch_call(play *p, const gitops_action *action, int unit)
{
    watch *w = &p->watches[unit];
    const gitops_request *request = gitops_action_request(action);
    int slot = play_slot(p, gitops_request_key(request));
    const char *what = gitops_request_action(request);
    if (slot < 0 || slot >= SLOTS) {
        play_blame(p, "I1", "%s of %s, which no revision has stated", what,
                   gitops_request_key(request));
        return;
    }
    check_pass(p, unit, slot, what);
    if (p->failed)
        return;
    const gitops_operation *operation =
        gitops_plan_operation(w->plan, (size_t)w->operations[slot]);
    int cleans = p->slots[slot].kind == SLOT_HOOK && strcmp(what, "delete") == 0;
    if (!cleans && strcmp(what, gitops_action_name(gitops_operation_action(operation))) != 0)
        play_blame(p, "I12", "%s of %s, where the plan says something else", what,
                   p->slots[slot].key);
    check_ledger(p, unit, slot, what,
                 gitops_operation_action(operation) == GITOPS_ACTION_TRANSFER);
    if (strcmp(what, "delete") != 0)
        check_document(p, unit, slot, gitops_request_document(request, NULL));
    else if (!cleans)
        check_delete(p, unit, slot);
    check_version(p, unit, slot, what, gitops_request_version(request));
    if (w->states[slot] == OP_WAITING)
        check_order(p, w, slot);
    if (w->states[slot] == OP_WAITING)
        w->sent_ms[slot] = p->mono_ms;
    w->states[slot] = OP_SENT;
    if (strcmp(what, "create") == 0 || strcmp(what, "replace") == 0)
        p->made[slot] = 1;
}

/* ---- the end ---- */

static int is_forgiven(const play *p, int slot)
{
    for (size_t i = 0; i < p->unit_count; i++)
        if (p->watches[i].forgiven[slot])
            return 1;
    return 0;
}

static int is_as_stated(const play *p, int slot, int unit)
{
    const thing *t = &p->things[slot];
    gitops_inventory *inventory = inventory_of(p, unit);
    size_t row = inventory ? row_of(p, inventory, slot) : SIZE_MAX;
    int owned = row != SIZE_MAX && gitops_inventory_owned(inventory, row) &&
                !gitops_inventory_open_intent(inventory, row);
    int sent = owned && strstr(gitops_inventory_sent(inventory, row, NULL), "\"v\":") != NULL &&
               says(gitops_inventory_sent(inventory, row, NULL), "v", p->draft.content[slot]);
    gitops_inventory_free(inventory);
    return t->exists && !t->gone_at && device_content(t, "v") == p->draft.content[slot] &&
           device_content(t, "i") == p->draft.shape[slot] && owned && sent;
}

static int is_remembered(const play *p, int slot)
{
    int found = 0;
    for (size_t unit = 0; unit < p->unit_count; unit++) {
        gitops_inventory *inventory = inventory_of(p, (int)unit);
        found |= inventory && row_of(p, inventory, slot) != SIZE_MAX;
        gitops_inventory_free(inventory);
    }
    return found;
}

int watch_converged(play *p, char *why, size_t room)
{
    for (int i = 0; i < SLOTS; i++) {
        uint8_t stated = p->draft.stated[i];
        int unit = stated == 4 ? 2 : stated - 1;
        if (p->slots[i].kind == SLOT_HOOK)
            continue;
        if (stated && !is_as_stated(p, i, unit)) {
            snprintf(why, room, "%s of %s is not as it is stated (v %d, i %d): %s", p->slots[i].key,
                     p->watches[unit].name, p->draft.content[i], p->draft.shape[i],
                     p->things[i].exists ? p->things[i].json : "it is missing");
            return 0;
        }
        if (!stated && p->things[i].exists && !p->things[i].foreign && p->made[i] &&
            !is_forgiven(p, i)) {
            snprintf(why, room, "%s is still there", p->slots[i].key);
            return 0;
        }
        if (!stated && is_remembered(p, i)) {
            snprintf(why, room, "%s is still in an inventory", p->slots[i].key);
            return 0;
        }
    }
    return 1;
}
