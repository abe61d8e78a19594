/* The state file of flags or of the host's file, and the units that it remembers. */
#ifndef KNOWN_UNITS_H
#define KNOWN_UNITS_H

#include "options.h"
#include "program.h"

typedef struct known_units {
    gitops_store *store;
    char **names; /* sorted */
    size_t count;
    int configured; /* the state is that of the host's file */
} known_units;

/*
 * Opens the state and selects the units that the operands from the first-th to the last-th name, by
 * name or glob; none: all. With --state there is one unit, named "default". An operand that selects
 * nothing is a complaint. Returns 0 or RESULT_ERROR. known_units_close either way.
 */
int known_units_open(known_units *units, program *p, const arguments *args, size_t first,
                     size_t last, int read_only);

/*
 * Opens the state to say something of the unit that the first operand names. It has to know the unit
 * and is not made: a typing error would be spoken to. As above.
 */
int known_unit_open(known_units *units, program *p, const arguments *args);
void known_units_close(known_units *units);

#endif
