/*
 * history: a copy of a unit's last runs, for hosts. All operations stand in one array, run after
 * run; all texts lie in one arena.
 */
#include <gitops/plan.h>
#include <gitops/reconciler.h>

#include <stdlib.h>

#include "base/arena.h"
#include "store/backend.h"

typedef struct history_run {
    gops_stored_run run;
    size_t first, count; /* of its operations */
} history_run;

struct gitops_history {
    gitops_context *context;
    gops_arena arena;
    history_run *runs;
    size_t count, capacity;
    gops_stored_operation *operations;
    size_t operation_count, operation_capacity;
    int leased; /* a writer was at work when the history was read */
};

static int compare_places(const void *left, const void *right)
{
    const gops_stored_operation *a = left, *b = right;
    return (a->place > b->place) - (a->place < b->place);
}

/* Operations are recorded as they end; they are told in the order of the plan. */
static void sort_operations(gitops_history *history)
{
    for (size_t i = 0; i < history->count; i++)
        if (history->runs[i].count > 1)
            qsort(history->operations + history->runs[i].first, history->runs[i].count,
                  sizeof *history->operations, compare_places);
}

static const char *copy_text(gitops_history *history, const char *text)
{
    return gops_arena_strndup(&history->arena, text, strlen(text));
}

static int add_run(const gops_stored_run *stored, void *user_data)
{
    gitops_history *history = user_data;
    if (gops_grow(history->context, &history->runs, &history->capacity, history->count + 1,
                  sizeof *history->runs) < 0)
        return GITOPS_ENOMEM;
    history_run *run = &history->runs[history->count];
    run->run = *stored;
    run->run.revision = copy_text(history, stored->revision);
    run->run.digest = copy_text(history, stored->digest);
    run->run.approver = copy_text(history, stored->approver);
    run->run.reason = copy_text(history, stored->reason);
    run->first = history->operation_count;
    run->count = 0;
    if (!run->run.revision || !run->run.digest || !run->run.approver || !run->run.reason)
        return GITOPS_ENOMEM;
    history->count++;
    return 0;
}

static int add_operation(const gops_stored_operation *stored, void *user_data)
{
    gitops_history *history = user_data;
    if (gops_grow(history->context, &history->operations, &history->operation_capacity,
                  history->operation_count + 1, sizeof *history->operations) < 0)
        return GITOPS_ENOMEM;
    gops_stored_operation *operation = &history->operations[history->operation_count];
    *operation = *stored;
    operation->key = copy_text(history, stored->key);
    operation->error = stored->error ? copy_text(history, stored->error) : NULL;
    if (!operation->key || (stored->error && !operation->error))
        return GITOPS_ENOMEM;
    history->operation_count++;
    history->runs[history->count - 1].count++;
    return 0;
}

int gitops_history_read(gitops_history **out, gitops_store *store, const char *unit, uint32_t limit,
                        gitops_error *err)
{
    if (!out || !store || !unit)
        return gops_fail(err, GITOPS_EINVAL, "history: out, store and unit are needed");
    *out = NULL;
    gitops_history *history = gops_calloc(store->context, 1, sizeof *history);
    if (!history)
        return gops_fail_memory(err);
    history->context = gops_context_ref(store->context);
    gops_arena_init(&history->arena, history->context, 0);
    gops_run_visitor visitor = {add_run, add_operation, history};
    history->leased = store->backend->leased(store);
    int rc = store->backend->runs(store, unit, limit ? limit : GOPS_STORE_RUNS, &visitor, err);
    if (rc < 0) {
        gitops_history_free(history);
        return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : rc;
    }
    sort_operations(history);
    *out = history;
    return 0;
}

void gitops_history_free(gitops_history *history)
{
    if (!history)
        return;
    gitops_context *context = history->context;
    gops_arena_free(&history->arena);
    gops_free(context, history->runs);
    gops_free(context, history->operations);
    gops_free(context, history);
    gitops_context_free(context);
}

size_t gitops_history_count(const gitops_history *history)
{
    return history->count;
}

uint64_t gitops_history_number(const gitops_history *history, size_t i)
{
    return i < history->count ? history->runs[i].run.number : 0;
}

int64_t gitops_history_started_unix_ms(const gitops_history *history, size_t i)
{
    return i < history->count ? history->runs[i].run.started_unix_ms : 0;
}

int64_t gitops_history_finished_unix_ms(const gitops_history *history, size_t i)
{
    return i < history->count ? history->runs[i].run.finished_unix_ms : 0;
}

const char *gitops_history_revision(const gitops_history *history, size_t i)
{
    return i < history->count ? history->runs[i].run.revision : NULL;
}

const char *gitops_history_digest(const gitops_history *history, size_t i)
{
    return i < history->count ? history->runs[i].run.digest : NULL;
}

int32_t gitops_history_approved(const gitops_history *history, size_t i)
{
    return i < history->count && history->runs[i].run.approved;
}

const char *gitops_history_approver(const gitops_history *history, size_t i)
{
    return i < history->count ? history->runs[i].run.approver : NULL;
}

const char *gitops_history_approval_reason(const gitops_history *history, size_t i)
{
    return i < history->count ? history->runs[i].run.reason : NULL;
}

/* Only the newest run can still be at work: a new one begins after the last has ended or died. */
const char *gitops_history_result(const gitops_history *history, size_t i)
{
    if (i >= history->count)
        return NULL;
    int32_t result = history->runs[i].run.result;
    if (result == 0)
        return i == 0 && history->leased ? "running" : "interrupted";
    if (result == GITOPS_OUTCOME_SKIPPED)
        return "interrupted"; /* cancelled: the rest was not tried */
    return result == GITOPS_OUTCOME_DONE ? "done" : "failed";
}

size_t gitops_history_operations(const gitops_history *history, size_t i)
{
    return i < history->count ? history->runs[i].count : 0;
}

/* Operation op of run i; NULL when out of range. */
static const gops_stored_operation *find_operation(const gitops_history *history, size_t i,
                                                   size_t op)
{
    if (i >= history->count || op >= history->runs[i].count)
        return NULL;
    return &history->operations[history->runs[i].first + op];
}

const char *gitops_history_key(const gitops_history *history, size_t i, size_t op)
{
    const gops_stored_operation *operation = find_operation(history, i, op);
    return operation ? operation->key : NULL;
}

const char *gitops_history_action(const gitops_history *history, size_t i, size_t op)
{
    const gops_stored_operation *operation = find_operation(history, i, op);
    return operation ? gitops_action_name(operation->action) : NULL;
}

const char *gitops_history_outcome(const gitops_history *history, size_t i, size_t op)
{
    static const char *const names[] = {"none", "done", "failed", "skipped", "unknown"};
    const gops_stored_operation *operation = find_operation(history, i, op);
    if (!operation)
        return NULL;
    int known = operation->outcome >= 0 && operation->outcome <= GITOPS_OUTCOME_UNKNOWN;
    return names[known ? operation->outcome : 0];
}

const char *gitops_history_error(const gitops_history *history, size_t i, size_t op)
{
    const gops_stored_operation *operation = find_operation(history, i, op);
    return operation ? operation->error : NULL;
}
