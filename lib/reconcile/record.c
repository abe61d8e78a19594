/*
 * record: what an operation sends and what the store keeps of it, and the writing of intents and
 * outcomes in one transaction.
 */
#include <string.h>

#include "diff/diff.h"
#include "reconcile/again.h"
#include "reconcile/confirm.h"
#include "reconcile/hooks.h"
#include "store/approval.h"
#include "value/document.h"
#include "value/emit.h"

void gops_work_release(gitops_context *context, gops_work *work)
{
    for (size_t i = 0; i < 2; i++) {
        gops_free(context, work->own[i]);
        work->own[i] = NULL;
    }
    gops_free(context, work->kept);
    work->kept = NULL;
    work->kept_length = 0;
    work->send = work->base = NULL;
    work->send_length = work->base_length = 0;
}

void gops_work_forget(gitops_context *context, gops_work *work)
{
    gops_free(context, work->waits);
    work->waits = NULL;
}

/* Emits a document as JSON into work->own[slot]. */
static int own_json(gitops_context *context, gops_work *work, int slot,
                    const gitops_document *document, const char **text, size_t *length)
{
    gops_buffer json;
    gops_buffer_init(&json, context, 0);
    gops_emit_json(&json, &document->root);
    if (json.status) {
        gops_buffer_release(&json);
        return GITOPS_ENOMEM;
    }
    work->own[slot] = json.data;
    *text = json.data;
    *length = json.length;
    return 0;
}

int gops_work_create(gitops_diff **out, const gops_unit_state *state, gitops_document *desired,
                     gitops_error *err)
{
    gitops_diff_options options = {.struct_size = sizeof options, .schema = state->unit->schema};
    return gitops_diff_new(out, state->reconciler->context, NULL, desired, NULL, &options, err);
}

static int prepare_create(gops_unit_state *state, gitops_document *desired, gops_work *work,
                          gitops_error *err)
{
    gitops_context *context = state->reconciler->context;
    gitops_diff *diff;
    int rc = gops_work_create(&diff, state, desired, err);
    if (rc < 0)
        return rc;
    gitops_document *base = gops_diff_new_base(diff);
    if (own_json(context, work, 0, gitops_diff_merged(diff), &work->send, &work->send_length) < 0 ||
        own_json(context, work, 1, base, &work->base, &work->base_length) < 0)
        rc = gops_fail_memory(err);
    work->base_digest = gops_value_digest(&base->root);
    gitops_diff_free(diff);
    return rc;
}

int gops_work_prepare(gops_unit_state *state, size_t i, gitops_error *err)
{
    const gitops_operation *operation = &state->plan->operations.items[i];
    const gops_detail *detail = operation->detail;
    gops_work *work = &state->apply.work[i];
    gitops_document *desired;
    gops_work_release(state->reconciler->context, work);
    if (detail && detail->send) {
        work->send = detail->send;
        work->send_length = detail->send_length;
    }
    if (detail && detail->base) {
        work->base = detail->base;
        work->base_length = detail->base_length;
        work->base_digest = detail->base_digest;
        return 0;
    }
    if (!operation->file)
        return 0;
    gops_item item = {operation->file, operation->object, 0};
    int rc = gops_manifest_open_entry(state->manifest, &item, &desired, err);
    if (rc < 0)
        return rc;
    if (operation->action == GITOPS_ACTION_CREATE || operation->action == GITOPS_ACTION_REPLACE ||
        operation->is_hook || (detail && detail->is_put)) {
        rc = prepare_create(state, desired, work, err);
    } else {
        work->base_digest = gops_value_digest(&desired->root);
        if (own_json(state->reconciler->context, work, 1, desired, &work->base,
                     &work->base_length) < 0)
            rc = gops_fail_memory(err);
    }
    gitops_document_free(desired);
    return rc;
}

/* Whether the object was there before it was ours, once an operation is done. */
static int was_there(const gops_unit_state *state, const gitops_operation *operation)
{
    const gops_known *known;
    switch (operation->action) {
    case GITOPS_ACTION_CREATE:
    case GITOPS_ACTION_REPLACE:
    case GITOPS_ACTION_DELETE:
    case GITOPS_ACTION_FORGET:
        return 0;
    case GITOPS_ACTION_ADOPT:
        return 1;
    case GITOPS_ACTION_TRANSFER:
        return operation->detail && operation->detail->adopted;
    default:
        known = gops_known_find(&state->known, gops_operation_key(operation));
        return known && known->adopted && known->intent != GITOPS_ACTION_CREATE;
    }
}

/* What is remembered as sent, with what the target made of it: by its answer, or as known before. */
static void put_document(gops_store_record *record, const gitops_operation *operation,
                         const gops_work *work)
{
    const gops_detail *detail = operation->detail;
    record->document = work->base;
    record->document_length = work->base_length;
    record->document_digest = work->base_digest;
    if (work->kept) {
        record->document = work->kept;
        record->document_length = work->kept_length;
    } else if (detail && detail->kept) {
        record->document = detail->kept;
        record->document_length = detail->kept_length;
    }
}

/* A hook that is taken anew loses nothing; one that was deleted when it was over leaves no row. */
static int32_t recorded_action(const gitops_operation *operation, const gops_work *work)
{
    if (!operation->is_hook)
        return operation->action;
    return work->cleaned ? GITOPS_ACTION_DELETE : GITOPS_ACTION_CREATE;
}

static gops_store_record outcome_record(gops_unit_state *state, size_t i)
{
    const gitops_operation *operation = &state->plan->operations.items[i];
    const gops_work *work = &state->apply.work[i];
    gops_store_record record;
    memset(&record, 0, sizeof record);
    record.kind = GOPS_RECORD_OUTCOME;
    record.number = state->run_number;
    record.key = gops_operation_key(operation);
    record.action = recorded_action(operation, work);
    record.adopted = was_there(state, operation);
    record.place = i + 1;
    record.outcome = work->outcome;
    record.error = work->error;
    if (work->outcome == GITOPS_OUTCOME_DONE)
        put_document(&record, operation, work);
    return record;
}

static gops_store_record intent_record(gops_unit_state *state, size_t i, int64_t unix_ms)
{
    gops_store_record record = outcome_record(state, i);
    const gops_work *work = &state->apply.work[i];
    record.kind = GOPS_RECORD_INTENT;
    record.outcome = 0;
    record.unix_ms = unix_ms;
    record.document = work->base;
    record.document_length = work->base_length;
    record.document_digest = work->base_digest;
    return record;
}

static gops_store_record run_record(const gitops_action *action, gops_record_kind kind)
{
    gops_unit_state *state = action->state;
    gops_store_record record;
    memset(&record, 0, sizeof record);
    record.kind = kind;
    record.number = state->run_number;
    record.unix_ms = action->unix_ms;
    record.revision = state->plan->revision;
    record.digest = state->plan->digest;
    record.approved = state->plan->approved;
    record.approver = state->plan->approver;
    record.reason = state->plan->reason;
    record.outcome = state->apply.failed    ? GITOPS_OUTCOME_FAILED
                     : state->apply.skipped ? GITOPS_OUTCOME_SKIPPED
                                            : GITOPS_OUTCOME_DONE;
    return record;
}

/*
 * Binds the state to the target before it owns anything there, so that no crash leaves objects of
 * a target that is not known. One that comes to be with its first run is bound at the run's end.
 */
static int bind_target(gops_unit_state *state, gitops_error *err)
{
    gitops_request request = {.kind = GOPS_REQUEST_FINGERPRINT};
    gops_buffer *bound = &state->fingerprint;
    gitops_answer answer;
    int rc = 0;
    if ((bound->length && state->known.owned + state->known.intents > 0) ||
        !gops_target_can(state->unit->target, GOPS_REQUEST_FINGERPRINT))
        return 0;
    gops_answer_init(&answer, state->reconciler->context, GOPS_REQUEST_FINGERPRINT);
    gops_target_call(state->unit->target, &request, &answer);
    if (answer.state == GOPS_ANSWER_FINGERPRINT && answer.text.length &&
        !(bound->length && strcmp(bound->data, answer.text.data) == 0)) {
        rc = gops_store_bind(state->reconciler->store, state->unit->name, answer.text.data, err);
        gops_buffer_clear(bound);
        if (rc == 0) {
            gops_buffer_put(bound, answer.text.data, answer.text.length);
            rc = gops_buffer_status(bound, err);
        }
    }
    gops_answer_release(&answer);
    return rc;
}

/* What was skipped before its turn came needs no intent. */
static int is_to_come(const gops_unit_state *state, size_t i)
{
    return state->apply.work[i].step == GOPS_STEP_WAITING;
}

/* What the records of one transaction point to, besides what the plan and the work hold. */
typedef struct batch {
    gitops_context *context; /* borrowed */
    gops_store_record *records;
    size_t count;
    char **texts;
    size_t text_count;
    char approval[GOPS_APPROVAL_NAME];
    char confirm[GOPS_CONFIRM_SIZE];
} batch;

static int batch_init(batch *out, gitops_context *context, size_t outcomes, size_t intents)
{
    memset(out, 0, sizeof *out);
    out->context = context;
    /* Besides the run's begin and end, an approval and a confirmation: an outcome may have two notes, an intent one. */
    out->records = gops_calloc(context, 3 * outcomes + 2 * intents + 4, sizeof *out->records);
    out->texts = gops_calloc(context, 4 * outcomes + 2 * intents + 1, sizeof(char *));
    return out->records && out->texts ? 0 : GITOPS_ENOMEM;
}

static void batch_release(batch *b)
{
    for (size_t i = 0; i < b->text_count; i++)
        gops_free(b->context, b->texts[i]);
    gops_free(b->context, b->texts);
    gops_free(b->context, b->records);
}

/* What is remembered of a hook: that it was begun, or that it is done. */
static int add_hook_note(batch *b, const gitops_action *action, size_t i, int begins)
{
    gops_store_record *note = &b->records[b->count];
    int noted = gops_hooks_note(action->state, i, begins, note, &b->texts[b->text_count],
                                &b->texts[b->text_count + 1]);
    note->unix_ms = action->unix_ms;
    b->text_count += 2;
    b->count += noted > 0;
    return noted < 0 ? noted : 0;
}

/* An outcome, and what it says about trying again. Returns 0 or GITOPS_ENOMEM. */
static int add_outcome(batch *b, const gitops_action *action, size_t i)
{
    gops_unit_state *state = action->state;
    b->records[b->count++] = outcome_record(state, i);
    gops_store_record *note = &b->records[b->count];
    note->unix_ms = action->unix_ms;
    int noted = gops_again_note(state, i, note, &b->texts[b->text_count],
                                &b->texts[b->text_count + 1]);
    b->text_count += 2;
    b->count += noted > 0;
    return noted < 0 ? noted : add_hook_note(b, action, i, 0);
}

static int fill_batch(batch *b, gitops_action *action)
{
    gops_unit_state *state = action->state;
    int rc = 0;
    if (action->begins_run)
        b->records[b->count++] = run_record(action, GOPS_RECORD_RUN_BEGIN);
    if (action->begins_run && state->plan->approved) { /* it was for this run */
        gops_approval_name(b->approval, state->plan->digest);
        b->records[b->count++] =
            (gops_store_record){.kind = GOPS_RECORD_NOTE_DROP, .key = b->approval};
    }
    for (size_t i = 0; i < action->outcome_count && rc == 0; i++)
        rc = add_outcome(b, action, state->apply.ended[i]);
    for (size_t i = action->first_intent; i < action->intent_end && rc == 0; i++) {
        if (!is_to_come(state, i) || !gops_operation_writes(&state->plan->operations.items[i]))
            continue;
        b->records[b->count++] = intent_record(state, i, action->unix_ms);
        rc = add_hook_note(b, action, i, 1);
    }
    if (action->ends_run)
        b->count += (size_t)gops_confirm_note(state, action->unix_ms, &b->records[b->count],
                                              b->confirm);
    if (action->ends_run)
        b->records[b->count++] = run_record(action, GOPS_RECORD_RUN_END);
    return rc;
}

static int write_records(gitops_action *action, gitops_error *err)
{
    gops_unit_state *state = action->state;
    batch b;
    int rc = batch_init(&b, state->reconciler->context, action->outcome_count,
                        action->intent_end - action->first_intent);
    if (rc == 0)
        rc = fill_batch(&b, action);
    rc = rc < 0 ? gops_fail_memory(err)
                : gops_store_write(state->reconciler->store, state->unit->name, b.records, b.count,
                                   err);
    batch_release(&b);
    return rc;
}

int gops_record_execute(gitops_action *action, gitops_error *err)
{
    int rc = 0;
    for (size_t i = action->first_intent; i < action->intent_end && rc == 0; i++)
        if (is_to_come(action->state, i))
            rc = gops_work_prepare(action->state, i, err);
    if (rc == 0 && (action->begins_run || action->ends_run))
        rc = bind_target(action->state, err);
    if (rc == 0 && action->type == GITOPS_DO_RECORD)
        rc = write_records(action, err);
    return rc;
}

static int keeps_object(const gitops_operation *operation, const gops_work *work)
{
    return !work->cleaned && operation->action != GITOPS_ACTION_DELETE && operation->action != GITOPS_ACTION_FORGET;
}

/*
 * One recorded intent. As in the store, a claim from an intent that never ended becomes ownership
 * when another change of the same object is begun.
 */
static void settle_intent(gops_unit_state *state, size_t i)
{
    const gitops_operation *operation = &state->plan->operations.items[i];
    gops_known *known = gops_known_find(&state->known, gops_operation_key(operation));
    if (!known || !gops_operation_writes(operation))
        return;
    if (known->intent && !known->owned &&
        recorded_action(operation, &state->apply.work[i]) != GITOPS_ACTION_CREATE) {
        gops_known_own(&state->known, known, 1);
        memset(&known->sent, 0, sizeof known->sent);
    }
    if (!known->owned)
        known->adopted = (uint8_t)was_there(state, operation);
    gops_known_unsettle(&state->known, known);
    gops_known_intend(&state->known, known, operation->action);
    state->apply.work[i].intended = 1;
}

/* One recorded outcome: ownership follows it. */
static void settle_one(gops_unit_state *state, size_t i)
{
    const gitops_operation *operation = &state->plan->operations.items[i];
    gops_work *work = &state->apply.work[i];
    gops_known *known = gops_known_find(&state->known, gops_operation_key(operation));
    work->step = GOPS_STEP_RECORDED;
    if (!known)
        return;
    gops_known_unsettle(&state->known, known);
    if (work->outcome == GITOPS_OUTCOME_DONE) {
        known->adopted = (uint8_t)was_there(state, operation);
        gops_known_intend(&state->known, known, 0);
        gops_known_own(&state->known, known, keeps_object(operation, work));
        known->sent = work->base_digest;
        known->answered = work->answered;
        known->has_answered = work->has_answered;
    } else if (work->intended && work->outcome != GITOPS_OUTCOME_UNKNOWN) {
        gops_known_intend(&state->known, known, 0); /* it did not happen; an older claim stays */
    }
    gops_known_drop_if_empty(&state->known, known);
    gops_work_release(state->reconciler->context, work);
}

/* The revision of a run that was begun is the one that the next must descend from. */
static void settle_revision(gops_unit_state *state)
{
    const char *revision = state->plan->revision;
    gops_buffer_clear(&state->applied);
    gops_buffer_puts(&state->applied, revision);
    if (state->applied.status)
        state->loaded = 0; /* it is read from the store again */
    if (state->rewind && strcmp(state->rewind, revision) == 0) {
        gops_free(state->reconciler->context, state->rewind);
        state->rewind = NULL;
    }
    state->rewinds = 0;
}

void gops_record_settle(gops_unit_state *state, const gitops_action *action)
{
    gops_apply *apply = &state->apply;
    if (action->begins_run)
        settle_revision(state);
    apply->begun |= action->begins_run;
    for (size_t i = 0; i < action->outcome_count; i++)
        settle_one(state, apply->ended[i]);
    for (size_t i = action->first_intent; i < action->intent_end; i++)
        if (is_to_come(state, i))
            settle_intent(state, i);
    apply->ended_count -= action->outcome_count;
    memmove(apply->ended, apply->ended + action->outcome_count,
            apply->ended_count * sizeof *apply->ended);
    apply->intended = action->intent_end > apply->intended ? action->intent_end : apply->intended;
}
