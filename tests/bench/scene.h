/* A reconciler with one unit: a Git repository made equal on a shelf. */
#ifndef BENCH_SCENE_H
#define BENCH_SCENE_H

#include "common.h"
#include "shelf.h"

typedef struct scene {
    memory_count memory;
    gitops_context *context;
    gitops_source *source;
    gitops_store *store;
    gitops_target *target;
    gitops_unit *unit;
    gitops_reconciler *reconciler;
    shelf shelf;
} scene;

/*
 * Opens everything; nothing is read yet. ref NULL: HEAD. state NULL: a store in memory, else a new
 * file.
 */
void scene_open(scene *s, const char *repository, const char *ref, const char *state,
                int plan_only);
void scene_close(scene *s);

/* One pass; a held plan or a failure ends the program. Returns its seconds by a clock. */
double scene_pass(scene *s, double (*clock)(void));

/* Passes until nothing is left to do and every version is known. */
void scene_settle(scene *s);

/* Operations of the last pass, and objects that were in order. */
size_t scene_operations(scene *s);
uint64_t scene_in_order(scene *s);

#endif
