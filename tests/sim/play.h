/*
 * play: one simulated life of a reconciler, driven by a seed: a source that changes, a target that
 * fails in every way it may, other writers, a clock that jumps, processes that die. All of it is on
 * one thread and in one order, so that a seed always gives the same play.
 */
#ifndef TESTS_SIM_PLAY_H
#define TESTS_SIM_PLAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gitops.h>

enum { SLOTS = 26, UNITS = 3, EXTRAS = 3, REVISIONS = 256, FLIGHTS = 64, CONSENTS = 16, DELETES = 4096 };

#define DAY_MS INT64_C(86400000)
#define NEVER INT64_MAX

typedef enum fault {
    FAULT_FAILED,        /* refused, nothing happened */
    FAULT_AFTER_EFFECT,  /* it happened, and the answer was lost */
    FAULT_LOST,          /* it did not happen, and no answer came */
    FAULT_LATE,          /* the answer came after every time limit */
    FAULT_RETRY,
    FAULT_CONFLICT,      /* said without a reason */
    FAULT_VERSION,       /* a conflict, because another writer was faster */
    FAULT_LIST_HALF,     /* a listing broke off */
    FAULT_LOOK,          /* no answer to a question */
    FAULT_STALE,         /* a read gave an old version */
    FAULT_FOREIGN,       /* another system said who it is */
    FAULT_TWICE,         /* one event came twice */
    FAULT_ORDER,         /* an answer came before that of an earlier action */
    FAULT_CLOCK,         /* the wall clock was put back or forth */
    FAULT_RESTART,       /* the process died */
    FAULT_RESTART_FLYING,/* ... with actions in flight */
    FAULT_REVISION,      /* a new revision came in the middle of a pass */
    FAULT_BROKEN,        /* ... one that cannot be read */
    FAULT_MEMORY,        /* an allocation failed */
    FAULT_STORE,         /* a write to the store failed */
    FAULT_STORE_AFTER,   /* ... after it was done */
    FAULT_REJECTED,      /* the host could not carry out an action */
    FAULT_DRIFT,         /* another writer changed, removed or made something */
    FAULT_UNHEALTHY,     /* it was applied and does not come to work in time */
    FAULT_COUNT
} fault;

extern const char *const fault_names[FAULT_COUNT];

typedef enum slot_kind { SLOT_PLAIN, SLOT_NAMESPACE, SLOT_DEFINITION, SLOT_INSTANCE, SLOT_HOOK } slot_kind;

/* An object that may exist; what it says of its order is the same in all revisions. */
typedef struct slot {
    slot_kind kind;
    char key[80], name[16], space[16];
    int wave;
    int depends;   /* slot, or -1 */
    int before;    /* of a hook: 1 = pre-sync, 0 = post-sync */
} slot;

/* What the source states; bits are units. */
typedef struct revision {
    char id[80];
    uint8_t stated[SLOTS];
    int content[SLOTS], shape[SLOTS]; /* shape cannot be changed in place */
    uint8_t broken;
} revision;

/* An object of the target; there is one for each slot and each extra. */
typedef struct thing {
    int exists;
    char *json, *old;      /* old: as it was before the last change */
    uint64_t version, old_version;
    int foreign;           /* nobody of ours made it */
    int64_t healthy_at, gone_at;
} thing;

typedef enum op_state { OP_NONE, OP_WAITING, OP_SENT, OP_DONE, OP_ENDED } op_state;

/* What is known of one unit from outside. */
typedef struct watch {
    char name[8], path[8];
    gitops_plan *plan;
    int held;
    int consent;               /* that it may run by; -1: none */
    int tainted;               /* something could not be read in this pass */
    int suspending, suspended; /* said; told to the pass */
    int said_stored;           /* the store knows what was said */
    const revision *at;        /* that the plan is for */
    const revision *last_at;   /* ... the last one of this process */
    size_t since;              /* commits before the pass */
    int64_t intent_unix_ms, planned_ms;
    uint8_t seen[SLOTS];       /* given to the look of this pass */
    char versions[SLOTS][24];
    int operations[SLOTS];     /* of the plan; -1: none */
    op_state states[SLOTS];
    int64_t sent_ms[SLOTS];
    uint8_t barred[SLOTS];     /* passed over: it can never start */
    uint8_t unclear[SLOTS];    /* a call was made, and whether it happened has not been looked at */
    uint8_t forgiven[SLOTS];   /* left in the target on purpose */
    char digest[72];           /* of a plan that was held */
    char consents[CONSENTS][72]; /* digests that were approved; "" = none */
    int next_consent;
    int status, finished;
    gitops_unit_options policy;
} watch;

typedef struct flight {
    gitops_action *action;
    int type, unit, slot, executed, said;
    uint64_t number;
    int64_t not_before;
} flight;

typedef struct play {
    uint64_t seed, random, hash, steps, next_number;
    int trace, failed, calm;
    char why[512], rule[16];
    uint64_t faults[FAULT_COUNT];
    uint64_t passes, writes, plans, held, converged;
    /* the world */
    slot slots[SLOTS];
    size_t unit_count;
    revision draft, revisions[REVISIONS];
    size_t revision_count;
    const revision *commits[REVISIONS]; /* in time; one may come again */
    size_t commit_count;
    thing things[SLOTS + EXTRAS];
    uint64_t version;
    uint8_t made[SLOTS];       /* a run of ours has made it, or may have */
    struct {
        int unit, slot, is_gone;
        int64_t unix_ms;
    } deletes[DELETES];
    size_t delete_count;
    /* abilities */
    int can_list, can_get, can_assess, can_check, has_versions, has_fingerprint, slow_deletes;
    size_t page_size;
    uint32_t max_in_flight;
    char *path;                /* of the state file; NULL: in memory */
    /* the process */
    gitops_context *context;
    gitops_source *source;
    gitops_store *store;
    gitops_schema *schema;
    gitops_target *target;
    gitops_unit *units[UNITS];
    gitops_reconciler *reconciler;
    watch watches[UNITS];
    flight flights[FLIGHTS];
    size_t flight_count;
    int64_t mono_ms, unix_shift_ms;
    int asker;                 /* the unit whose action is carried out */
    /* memory */
    int armed;
    long fail_in, live;
} play;

/* ---- chance ---- */
uint64_t play_random(play *p);
uint64_t play_below(play *p, uint64_t end);
int play_chance(play *p, unsigned in_1000); /* never when calm */

void play_mix(play *p, uint64_t value);     /* into what two plays of a seed are compared by */
void play_say(play *p, const char *format, ...);
void play_fault(play *p, fault kind);
/* The first violation counts. */
void play_blame(play *p, const char *rule, const char *format, ...);
int64_t play_unix_ms(const play *p);
int play_slot(const play *p, const char *key); /* SLOTS and more: an extra; -1: neither */

/* ---- world.c ---- */
void world_make(play *p);              /* slots, abilities, policies, the first revision */
void world_commit(play *p);            /* makes a revision of the draft */
void world_change(play *p);            /* ... of some changes of it */
void world_drift(play *p);             /* another writer does something */
void world_tidy(play *p);              /* a last revision that can be applied */
const revision *world_revision(const play *p, const char *id);
int world_open(play *p);               /* a process */
void world_close(play *p);
int world_is_needed(const play *p, int slot, int by); /* by cannot be without slot */

/* ---- device.c ---- */
int device_new(play *p);
void device_release(play *p);
void device_set(play *p, int slot, const char *json, int foreign);
int device_content(const thing *t, const char *member); /* -1: it has none */
void device_tick(play *p);             /* what is going goes */
void device_calm(play *p);
void device_learn(play *p, int unit, int slot, int exists);

/* ---- watch.c ---- */
void watch_begin_pass(play *p, int unit);
void watch_event(const gitops_event *event, void *user_data);
void watch_call(play *p, const gitops_action *action, int unit); /* is about to be carried out */
int watch_owns_something(const play *p, int unit);
void watch_store(play *p);             /* the inventories */
int watch_converged(play *p, char *why, size_t room);

#endif
