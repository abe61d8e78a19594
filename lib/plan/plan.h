/*
 * A plan under construction and done. Findings are what the look at each object gave; building a
 * plan puts them in order, judges the limits and makes the digest.
 */
#ifndef GOPS_PLAN_PLAN_H
#define GOPS_PLAN_PLAN_H

#include "base/crypto.h"
#include "manifest/manifest.h"
#include "plan/graph.h"
#include "plan/unit.h"

/* When in a run an operation has its turn; in this order. */
typedef enum gops_phase {
    GOPS_PHASE_AUTO = 0, /* by the action and the controls of the object: set by the plan */
    GOPS_PHASE_PRE_SYNC,
    GOPS_PHASE_SYNC,
    GOPS_PHASE_PRE_DELETE,
    GOPS_PHASE_PRUNE,
    GOPS_PHASE_POST_DELETE,
    GOPS_PHASE_POST_SYNC,
    GOPS_PHASE_SYNC_FAIL
} gops_phase;

typedef enum gops_reason {
    GOPS_REASON_NEW = 0,        /* in Git, never sent */
    GOPS_REASON_MISSING,        /* sent, and gone from the target */
    GOPS_REASON_CHANGED_IN_GIT,
    GOPS_REASON_DRIFTED,
    GOPS_REASON_CHANGED_AND_DRIFTED,
    GOPS_REASON_REMOVED_FROM_GIT,
    GOPS_REASON_EXISTS_EQUAL,
    GOPS_REASON_EXISTS_DIFFERENT,
    GOPS_REASON_GONE,           /* removed from Git, and gone from the target already */
    GOPS_REASON_INTERRUPTED,    /* a run stopped between intent and outcome, and it had happened */
    GOPS_REASON_MOVED,          /* from one unit to another in one revision */
    GOPS_REASON_KEPT,        /* removed from Git, changed in the target, and the target wins */
    GOPS_REASON_ADOPTED,     /* removed from Git, but it was there before it was ours */
    GOPS_REASON_ASKED,       /* removed from Git, but its annotations keep it */
    GOPS_REASON_IMMUTABLE,   /* changed where the target changes nothing */
    GOPS_REASON_HOOK,        /* a step whose turn it is */
    GOPS_REASON_IN_ORDER        /* nothing to send, but the store has something to learn */
} gops_reason;

/* Of an operation on an object that was observed. */
typedef struct gops_detail {
    gitops_changes *changes;  /* NULL: none */
    char *send;               /* the merged document as JSON; NULL: nothing is sent */
    size_t send_length;
    char *base;               /* what the store will hold as sent; NULL: the desired document */
    size_t base_length;
    gops_digest base_digest;
    char *kept;               /* of what calls nobody: base and what the target made of it */
    size_t kept_length;
    char *version;            /* the target's, NULL: none */
    char *controls;           /* the record of what was last sent; NULL: none, or it is not known */
    size_t controls_length;
    char *reason;             /* more than the reason says, such as the paths; NULL: nothing */
    gops_digest content;      /* of a delete: of what was last sent, apart from its name */
    int has_content;
    int is_protected;         /* not to be deleted or replaced unasked */
    int is_put;               /* what is sent is made of the desired document alone */
    int resumes;              /* of a hook: it is there and runs; it is waited for, not sent */
    int takes_over;           /* a replacement of an object that nobody of us made: an adoption too */
    int adopted;              /* of a transfer: the mark of the unit that it comes from */
    uint8_t sha256[GOPS_SHA256_BYTES]; /* over desired, base and owned live */
} gops_detail;

struct gitops_operation {
    char *own_key;       /* set when there is no file */
    gops_file *file;     /* holds the object; NULL for deletes and forgets */
    uint32_t object;
    uint8_t action;      /* GITOPS_ACTION_... */
    uint8_t reason;      /* gops_reason */
    uint8_t phase;       /* gops_phase; may be set by who finds it, else by the plan */
    uint8_t is_hook;     /* a step on the way, no part of the system */
    uint32_t rank;       /* set by the plan: operations of one rank may run at once */
    int32_t wave;        /* set by the plan */
    gops_detail *detail; /* NULL: a create, or an adoption without a write */
};

typedef struct gops_findings {
    gitops_context *context; /* borrowed */
    gitops_operation *items;
    size_t count, capacity;
} gops_findings;

void gops_findings_init(gops_findings *findings, gitops_context *context);
void gops_findings_release(gops_findings *findings);

/* Adds one; takes detail, also on failure (may be NULL). entry NULL: an object that is not in Git. */
int gops_findings_add(gops_findings *findings, int32_t action, gops_reason reason,
                      const gops_item *entry, const char *key, gops_detail *detail);

/* Takes one out of the list, and frees it. The last one comes in its place. */
void gops_findings_drop(gops_findings *findings, size_t i);

/* Adds one of another list, which gives it away. Returns 0 or GITOPS_ENOMEM. */
int gops_findings_take(gops_findings *findings, const gitops_operation *operation);

/* Gives an operation a reason in words of its own. Returns 0 or GITOPS_ENOMEM. */
int gops_operation_explain(gitops_context *context, gitops_operation *operation,
                           const char *reason);

gops_detail *gops_detail_new(gitops_context *context);
void gops_detail_free(gitops_context *context, gops_detail *detail);

enum { GOPS_HELD_MAX = 7 };

struct gitops_plan {
    gops_refcount references;
    gitops_context *context;
    char *unit, *revision;
    char digest[2 * GOPS_SHA256_BYTES + 1];
    uint64_t summary[GITOPS_ACTION_TRANSFER + 1];
    struct {
        const char *limit;
        uint64_t allowed, asked;
    } held[GOPS_HELD_MAX];
    size_t held_count;
    int approved;             /* it was held, and its digest is approved: */
    char *approver, *reason;  /* by whom, and why; NULL: nothing was said */
    gops_findings operations; /* in order; the quiet ones (action none) last */
    size_t count;             /* without the quiet ones */
    gops_graph graph;         /* what waits for what, of all of them; sealed */
    gops_findings drift;      /* what is left alone and told, in order */
    gops_findings conflicts;  /* what the policy is to fail on, in order */
    gops_findings withheld;   /* what failed before and is not tried again, in order */
    uint64_t skipped, unread; /* of the manifest */
    uint64_t hooks_replaced;  /* steps that are taken anew: no loss */
    uint64_t left_alone;      /* objects that differ and are left alone, told or not */
};

typedef struct gops_plan_input {
    const gitops_unit *unit;
    const char *revision;
    gitops_manifest *manifest;   /* opens what is created: its content is in the digest */
    gops_findings *findings;     /* moved into the plan */
    uint64_t owned;              /* objects in the inventory before the run */
    uint64_t deleted_in_day;     /* ... that earlier runs of the last day took out of it */
    uint64_t changed_in_day;     /* objects that those deleted and replaced */
    uint64_t budget;             /* for all units together, in an hour; 0: none */
    uint64_t changed_in_hour;    /* what they deleted and replaced, and are about to */
    uint64_t desired;            /* objects in the manifest */
    gops_findings *drift, *conflicts, *withheld; /* moved into the plan; NULL: none */
    uint64_t left_alone;
    uint64_t skipped, unread;    /* of the manifest */
    int (*owns)(const void *owns_data, const char *key); /* 1: it is in the inventory; NULL: none */
    const void *owns_data;
} gops_plan_input;

int gops_plan_build(gitops_plan **out, gitops_context *context, gops_plan_input *input,
                    gitops_error *err);

/* Lifts what holds the plan. who and why may be NULL. Returns 0 or GITOPS_ENOMEM. */
int gops_plan_approve(gitops_plan *plan, const char *who, const char *why);

const char *gops_operation_key(const gitops_operation *operation);
static inline const gops_object *gops_operation_object(const gitops_operation *operation)
{
    return operation->file ? &operation->file->blob->objects[operation->object] : NULL;
}

/* 1 when the operation calls the target. */
int gops_operation_writes(const gitops_operation *operation);

/* 1 when an operation takes its object away, or lets go of it. */
static inline int gops_operation_removes(const gitops_operation *operation)
{
    return operation->action == GITOPS_ACTION_DELETE || operation->action == GITOPS_ACTION_FORGET;
}

/*
 * Puts the sorted operations of a plan into the order in which they run, with phase, wave and rank,
 * and makes its graph (arrange.c). Returns 0, GITOPS_ENOMEM, GITOPS_ELIMIT, or GITOPS_EORDER: some
 * wait for each other, or for what is not there.
 */
int gops_plan_arrange(gitops_plan *plan, const gops_plan_input *input, gitops_error *err);

/* Marks what is protected, and says so in the reason (safety.c). 0 or GITOPS_ENOMEM. */
int gops_plan_guard(gitops_plan *plan, const gitops_unit *unit);

/* Sets plan->held from the limits of the unit (safety.c). */
void gops_plan_judge(gitops_plan *plan, const gops_plan_input *input);

#endif
