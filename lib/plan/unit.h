/* A unit: its options, owned. */
#ifndef GOPS_PLAN_UNIT_H
#define GOPS_PLAN_UNIT_H

#include <gitops/plan.h>

#include "base/refcount.h"
#include "manifest/identity.h"
#include "target/target.h"

struct gitops_unit {
    gops_refcount references;
    gitops_context *context;
    char *name, *path;
    char **excludes;
    size_t exclude_count;
    gitops_source *source;
    gitops_target *target;
    gitops_schema *schema;
    gitops_identity *identity; /* NULL: Kubernetes */
    /* Every policy is set: no value here means "the default". */
    int32_t prune, adopt, conflict, drift;
    int64_t max_deletes;        /* -1 = none */
    int32_t max_delete_percent; /* -1 = none */
    char **kinds;               /* in the order of creation; NULL: the library's */
    size_t kind_count;
    int64_t interval_ms;
    int32_t read_workers;
};

gitops_unit *gops_unit_ref(gitops_unit *unit);

/* 1 when it may name a unit, and so be part of the name of a file. */
int gops_unit_is_name(const char *name);

#endif
