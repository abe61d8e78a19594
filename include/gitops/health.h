/*
 * gitops/health.h - is an object that was applied also at work?
 *
 *     gitops_health health;
 *     gitops_health_assess(&health, NULL, document, key, 0, &err);
 *     if (health.status != GITOPS_HEALTH_HEALTHY)
 *         printf("%s: %s\n", gitops_health_name(health.status), health.message);
 *
 * A verdict is made of the document alone, as its target holds it, status included: no clock, no
 * question to anybody. What the library knows of the kinds of Kubernetes is in docs/health.md; a
 * table of the host's says it of other kinds, or says it differently.
 *
 * Caveats: what a target does not report cannot be judged. Documents without a status are for
 * targets with the callback assess, or for no health at all.
 */
#ifndef GITOPS_HEALTH_H
#define GITOPS_HEALTH_H

#include <gitops/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_health_table gitops_health_table;

/* From the best to the worst: of many, the largest is the health of all. */
enum {
    GITOPS_HEALTH_HEALTHY = 1,
    GITOPS_HEALTH_SUSPENDED = 2,   /* on purpose: paused, or waiting for somebody */
    GITOPS_HEALTH_PROGRESSING = 3, /* not yet */
    GITOPS_HEALTH_MISSING = 4,     /* the target does not have it, for certain */
    GITOPS_HEALTH_DEGRADED = 5,    /* failed, or will not get there alone */
    GITOPS_HEALTH_UNKNOWN = 6      /* the target could not say */
};

/* What a verdict rests on. */
enum {
    GITOPS_HEALTH_BY_NOTHING = 0,   /* no rule and no condition says otherwise: healthy */
    GITOPS_HEALTH_BY_OBJECT = 1,    /* it is absent, being deleted, or not yet looked at */
    GITOPS_HEALTH_BY_CONDITION = 2, /* Stalled, Reconciling or Ready */
    GITOPS_HEALTH_BY_KIND = 3,      /* the library's rule for its kind */
    GITOPS_HEALTH_BY_TABLE = 4,     /* the host's table */
    GITOPS_HEALTH_BY_TARGET = 5     /* the target's own word (callback assess) */
};

/* A verdict. Has one size for ever. */
typedef struct gitops_health {
    int32_t status;    /* GITOPS_HEALTH_... */
    int32_t basis;     /* GITOPS_HEALTH_BY_... */
    char message[504]; /* one line in UTF-8: what, and who says so; "" = nothing to add */
} gitops_health;

/* "healthy", "suspended", "progressing", "missing", "degraded" or "unknown"; NULL: none of them. */
GITOPS_API const char *gitops_health_name(int32_t status);

/* GITOPS_HEALTH_... of a name; 0: it is none. NULL is fine. Threads: any (all in this header). */
GITOPS_API int32_t gitops_health_of_name(const char *name);

/* The worse of two; 0 counts as better than all, what is no health as unknown. */
GITOPS_API int32_t gitops_health_worse(int32_t a, int32_t b);

/*
 * Compiles a table of health (docs/health.md): which conditions and fields of which kinds say what.
 * Returns 0; GITOPS_EPARSE with line and column; GITOPS_EINVAL or GITOPS_ENOMEM.
 * Ownership: the caller frees *out, which holds on to the document.
 */
GITOPS_API int gitops_health_table_parse(gitops_health_table **out, gitops_context *context,
                                         gitops_document *document, gitops_error *err);

/* Takes one more hold on a table. Returns it. */
GITOPS_API gitops_health_table *gitops_health_table_ref(gitops_health_table *table);

/* Gives up one hold. NULL is fine. */
GITOPS_API void gitops_health_table_free(gitops_health_table *table);

enum {
    GITOPS_ASSESS_HOOK = 1 /* the object is to run to its end: a Pod that runs is not done */
};

/*
 * Judges a document; NULL: the object is absent. table may be NULL. key finds the kind in the table
 * where the document does not name one (NULL is fine). flags: GITOPS_ASSESS_... bits.
 *
 * In this order: being deleted, or with a newer generation than its status was made for, is
 * progressing; the table; Stalled is degraded and Reconciling progressing; the rule for its kind;
 * Ready is healthy, not Ready progressing; else healthy, because nothing says otherwise. Members of
 * a wrong type read as absent.
 * Returns 0, GITOPS_EINVAL or GITOPS_ENOMEM; *out is then unknown.
 */
GITOPS_API int gitops_health_assess(gitops_health *out, const gitops_health_table *table,
                                    const gitops_document *document, const char *key,
                                    uint32_t flags, gitops_error *err);

#ifdef __cplusplus
}
#endif
#endif
