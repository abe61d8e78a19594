/* One reconciler over one unit, with what the user sees of it: plan, apply and watch. */
#ifndef RUNNER_H
#define RUNNER_H

#include "unit_flags.h"

enum { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_HTML, OUTPUT_JSONL };

typedef struct runner {
    program *p;
    const arguments *args;
    unit_setup setup;
    gitops_reconciler *reconciler;
    int output; /* OUTPUT_... */
    int full;
    int asks;    /* show the plan and ask before anything is changed */
    int watches; /* many passes: tell what is new in each */
    char *approve_command;
    gitops_saved_plan *saved; /* the only plan that is carried out; NULL: whatever it is */
    const char *saved_path;
    int prepare_failed;
    int declined;
    int moved;              /* the saved plan is not the one that was made */
    int output_lost;        /* nobody hears the events any more */
    char told_revision[128]; /* whose manifest was told about */
    char last_digest[65];   /* watch: of the plan that was shown last */
    uint64_t last_failure;  /* watch: what stands for why the last pass stopped; 0: it did not */
    uint64_t last_drift;    /* watch: what stands for the objects that were left alone then */
    uint64_t sent, planned; /* progress */
} runner;

typedef struct runner_options {
    int output, full, asks, watches;
    int plan_only;
    int64_t interval_ms;
} runner_options;

/* Opens everything. Returns 0, or RESULT_ERROR after a complaint. runner_close either way. */
int runner_open(runner *r, program *p, const arguments *args, const runner_options *options);
void runner_close(runner *r);

/* Runs one pass, or until a signal when forever. Returns what gitops_reconciler_run returned. */
int runner_run(runner *r, int forever, gitops_error *err);

/* The exit code for the end of a run, after complaints about what went wrong. */
int runner_result(runner *r, int rc, const gitops_error *err);

/* Asks on standard error. Returns 1 for yes; anything else, the end of input too, is a no. */
int ask_user(void);

/* Says why a pass stopped; the problems of the manifest and conflicts are all named. */
void complain_stopped(const gitops_run *run, const gitops_error *err);

/* Prints the plan, or the run, of the last pass to a file. Returns 0 or RESULT_ERROR. */
int runner_print_plan(runner *r, gitops_plan *plan, FILE *out);
int runner_print_run(runner *r, gitops_run *run, int brief);

#endif
