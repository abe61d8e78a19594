/*
 * rows: the truth table as data, and the one place where policies and modes are read.
 */
#include "diff/rows.h"

#define NONE        GOPS_ACTION_NONE
#define ADD         GOPS_ACTION_ADD
#define REPLACE     GOPS_ACTION_REPLACE
#define REMOVE      GOPS_ACTION_REMOVE
#define BY_CONFLICT GOPS_DECIDED_BY_CONFLICT
#define BY_DRIFT    GOPS_DECIDED_BY_DRIFT

/* class, conflict, action, decider, drift, from Git, silent, states */
static const gops_row_rule rules[GOPS_ROW_COUNT] = {
    [GOPS_ROW_NONE] = {"none", NULL, NONE, 0, 0, 0, 1, 0},
    [GOPS_ROW_UNMANAGED] = {"unmanaged", NULL, NONE, 0, 0, 0, 1, 0},
    [GOPS_ROW_GIT_ADD] = {"git-add", NULL, ADD, 0, 0, 1, 0, 1},
    [GOPS_ROW_ADOPT] = {"adopt", NULL, NONE, 0, 0, 0, 0, 0},
    [GOPS_ROW_ADOPT_CONFLICT] = {"adopt-conflict", "add/add", REPLACE, BY_CONFLICT, 0, 1, 0, 1},
    [GOPS_ROW_ALREADY_GONE] = {"already-gone", NULL, NONE, 0, 0, 0, 0, 0},
    [GOPS_ROW_GIT_REMOVE] = {"git-remove", NULL, REMOVE, 0, 0, 1, 0, 0},
    [GOPS_ROW_GIT_REMOVE_DRIFTED] = {"git-remove-drifted", "delete/modify", REMOVE, BY_CONFLICT, 1,
                                     1, 0, 0},
    [GOPS_ROW_DRIFT_REMOVED] = {"drift-removed", NULL, ADD, BY_DRIFT, 1, 0, 0, 1},
    [GOPS_ROW_GIT_MODIFY_DRIFT_REMOVED] = {"git-modify-drift-removed", "modify/delete", ADD,
                                           BY_CONFLICT, 1, 1, 0, 1},
    [GOPS_ROW_IN_SYNC] = {"in-sync", NULL, NONE, 0, 0, 0, 1, 0},
    [GOPS_ROW_DRIFT_MODIFIED] = {"drift-modified", NULL, REPLACE, BY_DRIFT, 1, 0, 0, 1},
    [GOPS_ROW_GIT_MODIFY] = {"git-modify", NULL, REPLACE, 0, 0, 1, 0, 1},
    [GOPS_ROW_CONVERGED] = {"converged", NULL, NONE, 0, 0, 0, 0, 0},
    [GOPS_ROW_MODIFY_CONFLICT] = {"modify-conflict", "modify/modify", REPLACE, BY_CONFLICT, 1, 1, 0,
                                  1},
    [GOPS_ROW_NULL_REMOVE] = {"git-remove-explicit", NULL, REMOVE, 0, 0, 1, 0, 1},
    [GOPS_ROW_NULL_REMOVE_DRIFTED] = {"git-remove-drifted", "delete/modify", REMOVE, BY_CONFLICT, 1,
                                      1, 0, 1},
};

const gops_row_rule *gops_row_rule_of(gops_row row)
{
    return &rules[row];
}

/* The modes that decide without asking the policies for conflicts and drift. */
static int decide_by_mode(const gops_row_rule *rule, uint8_t mode, gops_action *action)
{
    switch (mode) {
    case GITOPS_MODE_OBSERVE:
        *action = rule->action == GOPS_ACTION_NONE ? GOPS_ACTION_NONE : GOPS_ACTION_KEEP;
        return 1;
    case GITOPS_MODE_ALERT:
        *action = GOPS_ACTION_NONE;
        return 1;
    case GITOPS_MODE_ADOPT:
        *action = GOPS_ACTION_KEEP;
        return rule->action == GOPS_ACTION_REPLACE;
    default:
        return 0;
    }
}

int gops_row_asks(const gops_row_rule *rule, gops_policy policy)
{
    gops_action action;
    return rule->decider == GOPS_DECIDED_BY_CONFLICT &&
           policy.conflict == GITOPS_CONFLICT_CALLBACK &&
           !decide_by_mode(rule, policy.mode, &action);
}

gops_action gops_row_decide(const gops_row_rule *rule, gops_policy policy)
{
    gops_action action;
    if (decide_by_mode(rule, policy.mode, &action))
        return action;
    if (rule->decider == GOPS_DECIDED_BY_CONFLICT && policy.conflict == GITOPS_CONFLICT_LIVE)
        return GOPS_ACTION_KEEP;
    if (rule->decider == GOPS_DECIDED_BY_CONFLICT && policy.conflict == GITOPS_CONFLICT_FAIL)
        return GOPS_ACTION_NONE;
    if (rule->decider == GOPS_DECIDED_BY_DRIFT && policy.drift == GITOPS_DRIFT_REPORT)
        return GOPS_ACTION_NONE;
    if (rule->decider == GOPS_DECIDED_BY_DRIFT && policy.drift == GITOPS_DRIFT_IGNORE)
        return GOPS_ACTION_KEEP;
    return rule->action;
}

int gops_row_fails(const gops_row_rule *rule, gops_policy policy)
{
    gops_action action;
    return rule->decider == GOPS_DECIDED_BY_CONFLICT && policy.conflict == GITOPS_CONFLICT_FAIL &&
           !decide_by_mode(rule, policy.mode, &action);
}

int gops_row_tells(const gops_row_rule *rule, gops_policy policy)
{
    gops_action action;
    if (decide_by_mode(rule, policy.mode, &action))
        return policy.mode == GITOPS_MODE_ALERT;
    return rule->conflict || gops_row_decide(rule, policy) == GOPS_ACTION_NONE;
}

const char *gops_action_name(gops_action action)
{
    static const char *const names[] = {"none", "add", "replace", "remove", "keep"};
    return names[action];
}

gops_row gops_row_find(int base, int desired, int live, int base_is_desired, int base_is_live,
                       int desired_is_live)
{
    if (!base && !desired)
        return live ? GOPS_ROW_UNMANAGED : GOPS_ROW_NONE;
    if (!base && !live)
        return GOPS_ROW_GIT_ADD;
    if (!base)
        return desired_is_live ? GOPS_ROW_ADOPT : GOPS_ROW_ADOPT_CONFLICT;
    if (!desired && !live)
        return GOPS_ROW_ALREADY_GONE;
    if (!desired)
        return base_is_live ? GOPS_ROW_GIT_REMOVE : GOPS_ROW_GIT_REMOVE_DRIFTED;
    if (!live)
        return base_is_desired ? GOPS_ROW_DRIFT_REMOVED : GOPS_ROW_GIT_MODIFY_DRIFT_REMOVED;
    if (desired_is_live)
        return base_is_desired ? GOPS_ROW_IN_SYNC : GOPS_ROW_CONVERGED;
    if (base_is_desired)
        return GOPS_ROW_DRIFT_MODIFIED;
    return base_is_live ? GOPS_ROW_GIT_MODIFY : GOPS_ROW_MODIFY_CONFLICT;
}
