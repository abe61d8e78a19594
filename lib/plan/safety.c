/*
 * safety: the limits that hold a plan. A held plan does nothing at all until its digest is
 * approved.
 */
#include "plan/pattern.h"
#include "plan/plan.h"

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* min(max_deletes, max(1, percent of the inventory, rounded down)); 0 when either says none. */
static uint64_t allowed_deletes(const gitops_unit *unit, uint64_t owned)
{
    if (unit->max_deletes < 0 || unit->max_delete_percent < 0)
        return 0;
    uint64_t share = owned / 100 * (uint64_t)unit->max_delete_percent +
                     owned % 100 * (uint64_t)unit->max_delete_percent / 100;
    return smaller((uint64_t)unit->max_deletes, share ? share : 1);
}

static void hold(gitops_plan *plan, const char *limit, uint64_t allowed, uint64_t asked)
{
    plan->held[plan->held_count].limit = limit;
    plan->held[plan->held_count].allowed = allowed;
    plan->held[plan->held_count].asked = asked;
    plan->held_count++;
}

/* What was not ours becomes ours: by a mark in the inventory, by a write, or made anew. */
static int is_adoption(const gitops_operation *operation)
{
    return operation->action == GITOPS_ACTION_ADOPT ||
           (operation->action == GITOPS_ACTION_REPLACE && operation->detail->takes_over);
}

/* Adoptions that the policy does not allow by itself. */
static uint64_t refused_adoptions(const gitops_plan *plan, int32_t adopt)
{
    uint64_t refused = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const gitops_operation *operation = &plan->operations.items[i];
        if (is_adoption(operation) &&
            (adopt == GITOPS_ADOPT_NEVER ||
             (adopt == GITOPS_ADOPT_IF_EQUAL && gops_operation_writes(operation))))
            refused++;
    }
    return refused;
}

/* A hook that is taken anew takes nothing away. */
static int takes_away(const gitops_operation *operation)
{
    return !operation->is_hook && (operation->action == GITOPS_ACTION_DELETE ||
                                   operation->action == GITOPS_ACTION_REPLACE);
}

/* Deletes and replacements of what does not go unasked. */
static uint64_t count_protected(const gitops_plan *plan)
{
    uint64_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const gitops_operation *operation = &plan->operations.items[i];
        count += takes_away(operation) && operation->detail && operation->detail->is_protected;
    }
    return count;
}

/* A reader finds out by the reason which objects a held plan is held for. */
static int tell_protected(gitops_context *context, gitops_operation *operation)
{
    static const char words[] = " (protected: with an approval only)";
    const char *reason = gitops_operation_reason(operation);
    size_t length = strlen(reason);
    char *text = gops_alloc(context, length + sizeof words);
    if (!text)
        return GITOPS_ENOMEM;
    memcpy(text, reason, length);
    memcpy(text + length, words, sizeof words);
    gops_free(context, operation->detail->reason);
    operation->detail->reason = text;
    return 0;
}

static int guard(gitops_context *context, gitops_operation *operation, const gitops_unit *unit)
{
    int is_protected = gops_unit_protects(unit, gops_operation_key(operation));
    if (is_protected && !operation->detail)
        operation->detail = gops_detail_new(context);
    if (is_protected && !operation->detail)
        return GITOPS_ENOMEM;
    if (is_protected)
        operation->detail->is_protected = 1;
    return operation->detail && operation->detail->is_protected ? tell_protected(context, operation)
                                                                : 0;
}

int gops_plan_guard(gitops_plan *plan, const gitops_unit *unit)
{
    int rc = 0;
    for (size_t i = 0; i < plan->operations.count && rc == 0; i++)
        if (takes_away(&plan->operations.items[i]))
            rc = guard(plan->context, &plan->operations.items[i], unit);
    return rc;
}

/*
 * The same limit for a sliding day, of the inventory before all that the day has deleted: a run that
 * was cut off within the limits can always be brought to its end.
 */
static void judge_day(gitops_plan *plan, const gops_plan_input *input, uint64_t deletes)
{
    uint64_t allowed = allowed_deletes(input->unit, input->owned + input->deleted_in_day);
    uint64_t asked = input->changed_in_day + deletes;
    if (deletes && input->changed_in_day && asked > allowed)
        hold(plan, "day", allowed, asked);
}

void gops_plan_judge(gitops_plan *plan, const gops_plan_input *input)
{
    const uint64_t *summary = plan->summary;
    uint64_t deletes = summary[GITOPS_ACTION_DELETE] + summary[GITOPS_ACTION_REPLACE] -
                       plan->hooks_replaced;
    uint64_t allowed = allowed_deletes(input->unit, input->owned);
    if (deletes > allowed)
        hold(plan, "deletes", allowed, deletes);
    judge_day(plan, input, deletes);
    if (input->budget && deletes && input->changed_in_hour + deletes > input->budget)
        hold(plan, "budget", input->budget, input->changed_in_hour + deletes);
    if (summary[GITOPS_ACTION_DELETE] > 0 && input->desired == 0 &&
        summary[GITOPS_ACTION_DELETE] + summary[GITOPS_ACTION_FORGET] >= input->owned)
        hold(plan, "last-object", input->owned ? input->owned - 1 : 0, summary[GITOPS_ACTION_DELETE]);
    if (summary[GITOPS_ACTION_DELETE] && input->unread) /* they may be in what is not read */
        hold(plan, "unread", 0, summary[GITOPS_ACTION_DELETE]);
    uint64_t refused = refused_adoptions(plan, input->unit->adopt);
    if (refused)
        hold(plan, "adopt", 0, refused);
    uint64_t guarded = count_protected(plan);
    if (guarded)
        hold(plan, "protected", 0, guarded);
}

int gops_plan_approve(gitops_plan *plan, const char *who, const char *why)
{
    plan->approver = who ? gops_strdup(plan->context, who) : NULL;
    plan->reason = why ? gops_strdup(plan->context, why) : NULL;
    if ((who && !plan->approver) || (why && !plan->reason))
        return GITOPS_ENOMEM;
    plan->approved = 1;
    plan->held_count = 0;
    return 0;
}
