/* The truth table (docs/diff.md): from who holds a leaf to what is done about it. */
#ifndef GOPS_DIFF_ROWS_H
#define GOPS_DIFF_ROWS_H

#include <gitops/diff.h>

#include "manifest/schema.h"

/* Numbers of the reference table; the rows of an explicit null follow. */
typedef enum gops_row {
    GOPS_ROW_NONE = 1,
    GOPS_ROW_UNMANAGED = 2,
    GOPS_ROW_GIT_ADD = 3,
    GOPS_ROW_ADOPT = 4,
    GOPS_ROW_ADOPT_CONFLICT = 5,
    GOPS_ROW_ALREADY_GONE = 6,
    GOPS_ROW_GIT_REMOVE = 7,
    GOPS_ROW_GIT_REMOVE_DRIFTED = 8,
    GOPS_ROW_DRIFT_REMOVED = 9,
    GOPS_ROW_GIT_MODIFY_DRIFT_REMOVED = 10,
    GOPS_ROW_IN_SYNC = 11,
    GOPS_ROW_DRIFT_MODIFIED = 12,
    GOPS_ROW_GIT_MODIFY = 13,
    GOPS_ROW_CONVERGED = 14,
    GOPS_ROW_MODIFY_CONFLICT = 15,
    GOPS_ROW_NULL_REMOVE,         /* N2 */
    GOPS_ROW_NULL_REMOVE_DRIFTED, /* N3 */
    GOPS_ROW_COUNT
} gops_row;

typedef enum gops_action {
    GOPS_ACTION_NONE = 0,
    GOPS_ACTION_ADD,
    GOPS_ACTION_REPLACE,
    GOPS_ACTION_REMOVE,
    GOPS_ACTION_KEEP
} gops_action;

typedef enum gops_decider {
    GOPS_DECIDED_BY_NONE = 0,
    GOPS_DECIDED_BY_CONFLICT,
    GOPS_DECIDED_BY_DRIFT
} gops_decider;

typedef struct gops_row_rule {
    const char *class_name;
    const char *conflict; /* NULL: none */
    uint8_t action;       /* gops_action, when the policies are the default ones */
    uint8_t decider;      /* the policy that may say otherwise */
    uint8_t drift;        /* the target left what was last sent */
    uint8_t from_git;     /* Git asks for a write here */
    uint8_t silent;       /* gives no change record */
    uint8_t states;       /* desired states something that live does not hold */
} gops_row_rule;

const gops_row_rule *gops_row_rule_of(gops_row row);

/* 1 when the host is to be asked for the policy of a row's conflict. */
int gops_row_asks(const gops_row_rule *rule, gops_policy policy);

/* What a policy, of which no part is 0 but the mode and which asks nobody, makes of a row. */
gops_action gops_row_decide(const gops_row_rule *rule, gops_policy policy);

/* 1 when the row is a conflict that the policy makes the diff fail for. */
int gops_row_fails(const gops_row_rule *rule, gops_policy policy);

/* 1 when what the policy kept of the target is to be told. */
int gops_row_tells(const gops_row_rule *rule, gops_policy policy);

const char *gops_action_name(gops_action action);

/* The row of a leaf; the equalities count only where both sides are present. */
gops_row gops_row_find(int base, int desired, int live, int base_is_desired, int base_is_live,
                       int desired_is_live);

#endif
