/* Plans as files: plan --out writes one, apply --plan carries it out while it still holds. */
#ifndef SAVED_H
#define SAVED_H

#include "program.h"

/* Writes a plan to a file, whole or not at all. Returns 0 or RESULT_ERROR after a complaint. */
int save_plan(const gitops_plan *plan, const gitops_unit *unit, const char *path);

/* Reads one of a unit. Returns 0, or RESULT_ERROR after a complaint. The caller frees *saved. */
int read_saved_plan(gitops_saved_plan **saved, program *p, const char *path, const char *unit);

/* Says what moved since. Returns RESULT_ERROR. */
int complain_moved(const gitops_saved_plan *saved, const char *path);

#endif
