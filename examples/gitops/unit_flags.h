/* One unit described by flags: the options, and the handles made from them. */
#ifndef UNIT_FLAGS_H
#define UNIT_FLAGS_H

#include "options.h"
#include "program.h"
#include "targets.h"

#define UNIT_NAME "default"

extern const option_spec unit_options[];

typedef struct unit_setup {
    gitops_source *source;
    program_target target;
    gitops_store *store;
    gitops_unit *unit;
} unit_setup;

/*
 * Opens everything the flags name. writable: 1 makes a missing state file.
 * interval_ms: for a watch; 0 for the default. Returns 0, or RESULT_ERROR after a complaint.
 * Free with unit_setup_free either way.
 */
int unit_setup_open(unit_setup *setup, program *p, const arguments *args, int writable,
                    int64_t interval_ms);
void unit_setup_free(unit_setup *setup);

/*
 * Complains about operands, from the first-th on, that name another unit than the one of the flags.
 * Returns 0 or RESULT_ERROR.
 */
int check_unit_names(const arguments *args, size_t first);

/* Opens the source at a ref; NULL: the repository's HEAD. Returns 0, or RESULT_ERROR. */
int open_unit_source(gitops_source **source, program *p, const arguments *args, const char *ref);

/* The same at a location; state NULL: there is none, and so no place for a mirror. */
int open_source_at(gitops_source **source, program *p, const char *location, const char *state,
                   const char *ref);

/* Reads the policies and limits of a unit. Returns 0, or RESULT_ERROR after a complaint. */
int read_unit_policy(gitops_unit_options *options, const arguments *args);

/* The same for one name. */
int check_unit_name(const arguments *args, const char *name);

/* The state file, or NULL after a complaint. */
const char *state_path(const arguments *args);

/*
 * "gitops apply" with all unit flags as they were given, quoted for a shell: what approves a plan.
 * free() it; NULL when there is no memory.
 */
char *apply_command_line(const program *p, const arguments *args);

#endif
