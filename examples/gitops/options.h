/* The command line: one table of options per command, read before anything is done. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>
#include <stdint.h>

typedef struct option_spec {
    const char *name;  /* without its dashes; NULL ends a table */
    const char *value; /* what stands behind it, as the help shows it; NULL: a switch */
    const char *help;
    int many; /* may be given more than once */
} option_spec;

typedef struct option_value {
    const option_spec *spec;
    const char *text; /* "" for a switch */
} option_value;

typedef struct arguments {
    const char *command;
    option_value *values; /* in the order in which they were given */
    size_t value_count;
    const char **operands;
    size_t operand_count;
    int help; /* --help or -h was given */
} arguments;

/*
 * Reads what stands behind the name of a command. shared may be NULL: a second table.
 * Returns 0, or RESULT_ERROR after a complaint with a hint. Free with arguments_free either way.
 */
int arguments_read(arguments *args, const char *command, int count, char **words,
                   const option_spec *own, const option_spec *shared);
void arguments_free(arguments *args);

/* What was given for an option; NULL when it was not. */
const char *arguments_get(const arguments *args, const char *name);

/* Puts everything given for an option into texts (room for value_count). Returns how many. */
size_t arguments_all(const arguments *args, const char *name, const char **texts);

/*
 * The place of what was given in a list of words that ends with NULL, or of fallback when nothing
 * was. Returns -1 after a complaint that lists the words.
 */
int arguments_choice(const arguments *args, const char *name, const char *const *words,
                     int fallback);

/* A whole number from least to most into *number, which stays when nothing was given. 0 or -1. */
int arguments_number(const arguments *args, const char *name, int64_t least, int64_t most,
                     int64_t *number);

/* "30s", "5m", "1h30m", "500ms", or seconds without a unit. Returns 0 or -1. */
int arguments_duration_ms(const arguments *args, const char *name, int64_t *duration_ms);

/* Complains about operands outside of least..most. Returns 0 or RESULT_ERROR. */
int arguments_expect(const arguments *args, size_t least, size_t most, const char *what);

/* "see 'gitops diff --help'" on standard error. Returns RESULT_ERROR. */
int arguments_hint(const char *command);

#endif
