/* What is said of a unit, as status shows it. */
#ifndef STANDING_H
#define STANDING_H

#include "program.h"

/* Writes a time as 2024-05-01T12:00:00Z; "never" for 0. */
void print_time(int64_t unix_ms);

/* "  by WHO: WHY", or as much as was said. */
void print_sayer(const char *who, const char *why);

/* A line or more for each thing that is said; nothing where nothing is. */
void print_standing_text(const gitops_standing *standing);

/* Members of an object, each behind a comma. */
void print_standing_json(const gitops_standing *standing);

#endif
