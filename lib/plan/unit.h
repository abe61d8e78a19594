/* A unit: its options, owned. */
#ifndef GOPS_PLAN_UNIT_H
#define GOPS_PLAN_UNIT_H

#include <gitops/plan.h>

#include "base/refcount.h"
#include "manifest/identity.h"
#include "target/target.h"

/* What the host adds to the order; owned. */
typedef struct gops_order {
    char **kinds;                    /* NULL: the library's */
    gitops_dependency *dependencies; /* NULL: none */
    size_t kind_count, dependency_count;
} gops_order;

struct gitops_unit {
    gops_refcount references;
    gitops_context *context;
    char *name, *path;
    char *manager;             /* NULL: not known */
    char **excludes, **after, **protects, **scope;
    size_t exclude_count, after_count, protect_count, scope_count;
    gitops_source *source;
    gitops_target *target;
    gitops_schema *schema;
    gitops_identity *identity; /* NULL: Kubernetes */
    /* Every policy is set: no value here means "the default". */
    int32_t prune, adopt, conflict, drift;
    int64_t max_deletes;        /* -1 = none */
    int32_t max_delete_percent; /* -1 = none */
    int64_t interval_ms;
    int32_t read_workers;
    gops_order order;
    int32_t on_failure, wait;
    gitops_windows *windows;    /* NULL: always */
    int64_t confirm_ms;         /* 0: nothing is to be confirmed */
    int64_t operation_timeout_ms, wave_timeout_ms, run_timeout_ms; /* GITOPS_NO_LIMIT: none */
};

/*
 * Copies the options of an order; NULL gives an empty one. Returns 0, GITOPS_EINVAL or
 * GITOPS_ENOMEM, when there is nothing to release (order_options.c).
 */
int gops_order_copy(gops_order *out, gitops_context *context, const gitops_order_options *options,
                    gitops_error *err);
void gops_order_release(gops_order *order, gitops_context *context);

gitops_unit *gops_unit_ref(gitops_unit *unit);

/* 1 when it may name a unit, and so be part of the name of a file. */
int gops_unit_is_name(const char *name);

#endif
