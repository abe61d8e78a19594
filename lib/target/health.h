/* Verdicts on health: what the rules share. */
#ifndef GOPS_TARGET_HEALTH_H
#define GOPS_TARGET_HEALTH_H

#include <gitops/health.h>

#include "base/error.h"
#include "value/value.h"

/* An object under judgement. Borrows everything. */
typedef struct gops_patient {
    gitops_context *context; /* for what has to be parsed */
    const gitops_value *root;
    const gitops_value *conditions; /* /status/conditions; NULL: none */
    const char *key;                /* NULL: not known */
    uint32_t flags;                 /* GITOPS_ASSESS_... */
} gops_patient;

/*
 * Rules return 1 when they gave a verdict, 0 when they have none, or a negative code. The basis is
 * set by whoever called the rule.
 */
int gops_health_say(gitops_health *out, int32_t status, const char *format, ...) GOPS_PRINTF(3, 4);

/* The same with the text of a value behind the words, if there is one. */
int gops_health_say_value(gitops_health *out, int32_t status, const char *words,
                          const gitops_value *value);

/* The verdict of a condition: its type, its reason and its message. */
int gops_health_say_condition(gitops_health *out, int32_t status, const gitops_value *condition);

/* Fields by JSON pointer; a member of another type reads as absent. */
int64_t gops_patient_int(const gops_patient *p, const char *pointer, int64_t absent);
int gops_patient_has(const gops_patient *p, const char *pointer);
int gops_patient_is(const gops_patient *p, const char *pointer, const char *text);
int gops_patient_true(const gops_patient *p, const char *pointer);

/* The condition of a type; NULL: it has none. */
const gitops_value *gops_condition_find(const gitops_value *conditions, const char *type);

/* A member of a condition is this text; true and false are "True" and "False". NULL is fine. */
int gops_condition_is(const gitops_value *condition, const char *member, const char *text);

/* The condition of a type when its status is this one; else NULL. */
const gitops_value *gops_condition_with(const gitops_value *conditions, const char *type,
                                        const char *status);

/* The condition of a type, unless it was made for an older generation than the object's. */
const gitops_value *gops_condition_current(const gops_patient *p, const char *type);

/* The library's rule for the kind that the document names. */
int gops_health_by_kind(gitops_health *out, const gops_patient *p);

/* The table's rows for the kind, or for the kind in the key. */
int gops_health_by_table(gitops_health *out, const gitops_health_table *table,
                         const gops_patient *p);

/* gitops_health_assess with a tree; root NULL: absent. Returns 0, or GITOPS_ENOMEM. */
int gops_health_judge(gitops_health *out, gitops_context *context, const gitops_health_table *table,
                      const gitops_value *root, const char *key, uint32_t flags);

/* Sets a message: one line, cut at a character where it is too long. */
void gops_health_set(gitops_health *out, int32_t status, const char *text, size_t length);

#endif
