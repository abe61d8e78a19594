/*
 * sim: a target in memory whose calls can be made to fail, and a machine stepped by hand with a
 * clock of its own, so that every interleaving can be played.
 */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include "support.h"

#include <gitops.h>

enum { SIM_OBJECTS = 1024 };

typedef enum sim_fault {
    SIM_NONE = 0,
    SIM_FAILED,        /* refused, nothing happened */
    SIM_IMMUTABLE,     /* an update is refused as such, all else happens */
    SIM_UNKNOWN_DONE,  /* it happened, but no answer came */
    SIM_UNKNOWN_LOST,  /* it did not happen, and no answer came */
    SIM_RETRY_ONCE,
    SIM_CONFLICT,
    SIM_CONFLICT_ONCE  /* somebody adds a member "other" just before */
} sim_fault;

typedef struct sim {
    struct {
        char *key, *json;
    } objects[SIM_OBJECTS];
    size_t count;
    size_t lists, gets, writes; /* calls so far */
    const char *fault_key;      /* the fault is for calls about this key */
    sim_fault fault;
    int no_list_answer;         /* list says nothing: unknown */
    int list_half;              /* list gives objects and then fails */
    int says_spelling;          /* apply stores numbers as text, and says so */
    int get_gives_other;        /* get answers about another key */
    int repeats_page;           /* list names the same next page for ever */
    int commit_retries;         /* commit is not ready so many times */
    int with_versions;          /* list and get give versions */
    int goes_after;             /* what is deleted is gone after so many gets; 0: at once */
    const char *going;          /* ... this */
    struct {
        const char *key;        /* NULL: no more; what is not named is healthy */
        int asks;               /* it is progressing for so many questions */
        int32_t then;           /* GITOPS_HEALTH_... from then on */
    } health[8];
    struct world *mends;        /* a question about health leads to a new revision here */
    size_t page_size;           /* 0: one page */
    char fingerprint[64];
    char log[8192];             /* "+key " for each apply, "-key " for each delete, "?key " for each
                                   question about the health of what health names */
} sim;

void sim_release(sim *s);
void sim_set(sim *s, const char *key, const char *json); /* NULL: removes it */
const char *sim_get(const sim *s, const char *key);

/* The whole content as sorted "key json" lines; malloc'd. */
char *sim_dump(const sim *s);

typedef struct world {
    gitops_context *context;
    gitops_source *source;
    gitops_store *store;
    gitops_target *target;
    gitops_unit *unit;
    gitops_reconciler *reconciler;
    sim *sim;
    int64_t now_ms;
    int64_t unix_shift_ms;         /* what the wall clock was put forward */
    gitops_unit_options policy;    /* name, source and target are filled in */
    gitops_reconciler_options options;
    uint32_t abilities;            /* SIM_CAN_... */
    uint32_t max_in_flight;
    uint32_t changes_all;          /* of the target */
    int by_interval;               /* passes are due by the clock: nobody asks for them */
} world;

enum { SIM_CAN_LIST = 1, SIM_CAN_GET = 2, SIM_CAN_COMMIT = 4, SIM_CAN_CHECK = 8,
       SIM_CAN_FINGERPRINT = 16, SIM_CAN_ASSESS = 32 };

/* Makes context-owned parts over a sim. Returns 0 or a negative code (allocation failures). */
int world_open(world *w, gitops_context *context, sim *s, uint32_t abilities);

/* A new process: new reconciler, target and unit on the same store, source and sim. */
int world_restart(world *w);
void world_close(world *w);

void world_put(world *w, const char *path, const char *text);

/*
 * One pass, stepped by hand: next, execute, resolve, up to as many actions in flight as the machine
 * gives. Stops after max_actions (the process "dies": what is in flight is executed or lost as
 * lose says). Returns actions taken; *status gets the result of the pass, 1 when it did not end.
 */
size_t world_pass(world *w, size_t max_actions, int lose, int *status);

/* A whole pass; returns its status. */
int world_run(world *w);

/* Of the last pass. */
uint64_t world_count(world *w, int32_t action);

#endif
