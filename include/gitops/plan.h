/*
 * gitops/plan.h - units, and what one run of a unit would do.
 *
 *     gitops_unit_options options = {sizeof options, 0};
 *     options.name = "shop";
 *     options.source = source;
 *     options.path = "deploy";
 *     options.target = target;
 *     gitops_unit_new(&unit, context, &options, &err);
 *
 * A unit is a name, a source with a path, a target and a policy. A plan is an immutable list of
 * operations in the order in which they run: namespaces and definitions first, deletes last and in
 * reverse; by key alone where objects are not named by Kubernetes fields. A plan beyond a safety limit is held: it does nothing until its digest is approved.
 *
 * Caveats: only what the inventory owns is ever deleted. The digest covers what would be sent and
 * deleted and the limits, not the clock or the revision: an approval survives noise and dies with
 * any real change.
 */
#ifndef GITOPS_PLAN_H
#define GITOPS_PLAN_H

#include <gitops/diff.h>
#include <gitops/identity.h>
#include <gitops/manifest.h>
#include <gitops/source.h>
#include <gitops/target.h>
#include <gitops/window.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_unit gitops_unit;
typedef struct gitops_plan gitops_plan;
typedef struct gitops_operation gitops_operation;

/* What to do with an object of ours that left Git. */
enum {
    GITOPS_PRUNE_DEFAULT = 0,
    GITOPS_PRUNE_ON = 1,         /* the default: deleted if a run of ours made it, else forgotten */
    GITOPS_PRUNE_OFF = 2,        /* it stays, and stays ours */
    GITOPS_PRUNE_ADOPTED = 3     /* deleted, also when it was there before and was taken over */
};

/* What to do with an object that exists in the target and that no run of ours made. */
enum {
    GITOPS_ADOPT_DEFAULT = 0,
    GITOPS_ADOPT_NEVER = 1,      /* it holds the plan */
    GITOPS_ADOPT_IF_EQUAL = 2,   /* the default: taken over without a write; a different one holds */
    GITOPS_ADOPT_ALWAYS = 3      /* taken over and made equal */
};

/* What a run does when one of its operations fails. */
enum {
    GITOPS_FAILURE_DEFAULT = 0,
    GITOPS_FAILURE_STOP = 1,     /* the default: nothing more is started that comes after it */
    GITOPS_FAILURE_ISOLATE = 2   /* only what depends on it is skipped */
};

/* For what a run waits, at a target that can tell health; also for deletes until they are gone. */
enum {
    GITOPS_WAIT_DEFAULT = 0,
    GITOPS_WAIT_NEXT = 1,        /* the default: for the health of what something else comes after */
    GITOPS_WAIT_ALL = 2,         /* for everything that it applies */
    GITOPS_WAIT_NONE = 3         /* for nobody's health */
};

#define GITOPS_NO_DELETES (-1)
#define GITOPS_NO_LIMIT (-1)

/* An object, and one that has to be there before it: keys such as "shop/Deployment.apps/web". */
typedef struct gitops_dependency {
    const char *key;
    const char *on;
} gitops_dependency;

/* What a host adds to the order of operations. Waves, phases and the rest stay as they are. */
typedef struct gitops_order_options {
    size_t struct_size;
    const char *const *kinds;        /* in the order of creation, each "KIND" or "KIND.GROUP"; "*":
                                        all that are not named (else last); NULL: the library's */
    size_t kind_count;
    const gitops_dependency *dependencies; /* those with a key that is in no plan have no effect */
    size_t dependency_count;
} gitops_order_options;

typedef struct gitops_unit_options {
    size_t struct_size;
    const char *name;                /* needed; [A-Za-z0-9._-], up to 63 */
    gitops_source *source;           /* needed */
    const char *path;                /* directory in the source; NULL: its root */
    const char *const *excludes;     /* gitignore patterns, relative to path */
    size_t exclude_count;
    gitops_target *target;           /* needed */
    gitops_schema *schema;           /* NULL: as for gitops_diff_options */
    int32_t prune;                   /* GITOPS_PRUNE_... */
    int32_t adopt;                   /* GITOPS_ADOPT_... */
    int32_t conflict;                /* GITOPS_CONFLICT_... */
    int32_t drift;                   /* GITOPS_DRIFT_... */
    int64_t max_deletes;             /* 0: 50; GITOPS_NO_DELETES: none */
    int32_t max_delete_percent;      /* of the inventory; 0: 30; GITOPS_NO_DELETES: none */
    int32_t read_workers;            /* as workers of gitops_manifest_options; 0: 1 */
    int64_t interval_ms;             /* between two looks at source and target; 0: 60,000 */
    gitops_identity *identity;       /* what is an object; NULL: by Kubernetes fields */
    const gitops_order_options *order; /* copied; NULL: nothing is added */
    int32_t on_failure;              /* GITOPS_FAILURE_... */
    int32_t wait;                    /* GITOPS_WAIT_... */
    int64_t operation_timeout_ms;    /* until an object is healthy or gone; 0: 5 minutes;
                                        GITOPS_NO_LIMIT: for ever, as for the following two */
    int64_t wave_timeout_ms;         /* until all of a wave are; 0: 15 minutes */
    int64_t run_timeout_ms;          /* until a run is over; 0: an hour */
    const char *const *after;        /* units that come first: nothing is applied before their last
                                        pass was good, at the same revision if it is one source */
    size_t after_count;
    const char *const *protects;     /* patterns: deleted and replaced with an approval only */
    size_t protect_count;
    const char *const *scope;        /* patterns: what the unit may touch; none: everything */
    size_t scope_count;
    gitops_windows *windows;         /* when changes may be made; NULL: always */
    const char *manager;             /* as in gitops_diff_options */
    int64_t confirm_ms;              /* how long a changed revision may wait for
                                        gitops_reconciler_confirm before the unit goes back to the
                                        last good one; 0: nothing is to be confirmed */
} gitops_unit_options;

/*
 * A pattern is a glob over keys. With a "/" it is for the whole key, and "*" stays within one part
 * ("shop/ConfigMap/web-*"); without one it is for the kind: "Deployment.apps", "*.apps", or, when it
 * holds no ".", a kind of whatever group. In scope one that begins with "!" rules out, whatever the
 * others say; if there are others, one of them must match. An object outside of the scope is an
 * error before any change. Besides protects, Kubernetes' Namespace, CustomResourceDefinition,
 * PersistentVolume and PersistentVolumeClaim are protected.
 */

/*
 * Makes a unit. Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM. Ownership: the caller frees *out; the
 * unit keeps source, target, schema, identity and windows alive, a reconciler keeps the unit. Threads: any.
 */
GITOPS_API int gitops_unit_new(gitops_unit **out, gitops_context *context,
                               const gitops_unit_options *options, gitops_error *err);
GITOPS_API void gitops_unit_free(gitops_unit *unit);

enum {
    GITOPS_ACTION_NONE = 0,
    GITOPS_ACTION_CREATE = 1,
    GITOPS_ACTION_UPDATE = 2,
    GITOPS_ACTION_REPLACE = 3,
    GITOPS_ACTION_DELETE = 4,
    GITOPS_ACTION_ADOPT = 5,
    GITOPS_ACTION_FORGET = 6,
    GITOPS_ACTION_TRANSFER = 7
};

/* Name of an action: "create", ... Static string; "none" for an unknown one. */
GITOPS_API const char *gitops_action_name(int32_t action);

/* Plans are immutable and counted; everything below is borrowed. Threads: any. */
GITOPS_API gitops_plan *gitops_plan_ref(gitops_plan *plan);
GITOPS_API void gitops_plan_free(gitops_plan *plan);
GITOPS_API const char *gitops_plan_unit(const gitops_plan *plan);
GITOPS_API const char *gitops_plan_revision(const gitops_plan *plan);

/* SHA-256 as 64 hexadecimal digits: what an approval names. */
GITOPS_API const char *gitops_plan_digest(const gitops_plan *plan);

/* How many objects fall to an action; GITOPS_ACTION_NONE counts what is in order already. */
GITOPS_API uint64_t gitops_plan_summary(const gitops_plan *plan, int32_t action);

/* Limits that hold the plan: 0 = not held, or approved. */
GITOPS_API size_t gitops_plan_held_count(const gitops_plan *plan);

/* Limit i: its name, what it allows, what the plan asks; name NULL when out of range. */
GITOPS_API const char *gitops_plan_held(const gitops_plan *plan, size_t i, uint64_t *allowed,
                                        uint64_t *asked);

/* Of the manifest: documents that are no objects, and links and submodules that are not read. */
GITOPS_API uint64_t gitops_plan_skipped(const gitops_plan *plan);
GITOPS_API uint64_t gitops_plan_unread(const gitops_plan *plan);

/* Operations in the order in which they run, without those that do nothing. */
GITOPS_API size_t gitops_plan_count(const gitops_plan *plan);
GITOPS_API const gitops_operation *gitops_plan_operation(const gitops_plan *plan, size_t i);

/*
 * Objects that differ from Git and are left alone, as operations without an action: drift under
 * GITOPS_DRIFT_REPORT and conflicts that the target won. Of the objects that were looked at: all
 * of them but in a pass soon after another one, which looks at what changed in Git.
 */
GITOPS_API size_t gitops_plan_drift_count(const gitops_plan *plan);
GITOPS_API const gitops_operation *gitops_plan_drift(const gitops_plan *plan, size_t i);

/* How many are left alone, those of GITOPS_DRIFT_IGNORE too: 0 = the target is as Git says. */
GITOPS_API uint64_t gitops_plan_left_alone(const gitops_plan *plan);

/*
 * Objects changed in Git and in the target, under GITOPS_CONFLICT_FAIL, as operations without an
 * action: their changes name each leaf. With any, the pass ends in GITOPS_ECONFLICT.
 */
GITOPS_API size_t gitops_plan_conflict_count(const gitops_plan *plan);
GITOPS_API const gitops_operation *gitops_plan_conflict(const gitops_plan *plan, size_t i);

/*
 * What would be done and is put off: what failed in an earlier pass and would be the very same call
 * now, until something changes; and what another writer changes back time and again, for a while.
 * Their reasons have the error, or the writer. A pass that somebody asks for
 * (gitops_reconciler_trigger) puts nothing off. With any, the pass ends in GITOPS_EPARTIAL.
 */
GITOPS_API size_t gitops_plan_withheld_count(const gitops_plan *plan);
GITOPS_API const gitops_operation *gitops_plan_withheld(const gitops_plan *plan, size_t i);

typedef struct gitops_between_options {
    size_t struct_size;
    const char *unit;           /* its name in the plan; NULL: "default" */
    const char *revision;       /* the plan's; NULL: "" */
    gitops_schema *schema;      /* NULL: as for gitops_diff_options */
    int32_t prune;              /* GITOPS_PRUNE_...; OFF: what was removed is no change */
    int32_t all_changes;        /* 1: what is created carries its fields, too */
} gitops_between_options;

/*
 * What a change from one manifest to another would send, had the target been kept equal to the
 * first: for a review, without a target. Both are of one unit and identity. No limit holds the plan.
 * Costs what differs. options may be NULL. Returns 0, GITOPS_EINVAL, GITOPS_ENOMEM, GITOPS_EORDER
 * (objects of after that wait for each other), or what gitops_manifest_open returns. Ownership: the
 * caller frees *out. Threads: any; the sources are used, so one at a time per source.
 */
GITOPS_API int gitops_plan_between(gitops_plan **out, gitops_context *context,
                                   gitops_manifest *before, gitops_manifest *after,
                                   const gitops_between_options *options, gitops_error *err);

GITOPS_API int32_t gitops_operation_action(const gitops_operation *operation);
GITOPS_API const char *gitops_operation_key(const gitops_operation *operation);

/* Why, in words, and as a code such as "missing", "drifted", "changed-in-git". */
GITOPS_API const char *gitops_operation_reason(const gitops_operation *operation);
GITOPS_API const char *gitops_operation_reason_code(const gitops_operation *operation);

/*
 * When it has its turn: "pre-sync", "sync", "pre-delete", "prune" (deletes and forgets),
 * "post-delete", "post-sync" or "sync-fail", and the wave within the phase. What is needed by
 * something in an earlier phase or wave has moved to that one.
 */
GITOPS_API const char *gitops_operation_phase(const gitops_operation *operation);
GITOPS_API int32_t gitops_operation_wave(const gitops_operation *operation);

/* Where the object stands in the source; NULL and 0 for a delete. */
GITOPS_API const char *gitops_operation_file(const gitops_operation *operation);
GITOPS_API uint32_t gitops_operation_line(const gitops_operation *operation);

/* The changed leaves; NULL for a create (unless all_changes was asked for) and a forget. */
GITOPS_API gitops_changes *gitops_operation_changes(const gitops_operation *operation);

#ifdef __cplusplus
}
#endif
#endif
