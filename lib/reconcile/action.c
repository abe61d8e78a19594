/*
 * action: one piece of work for an executor. Executing fills the action in; the machine takes the
 * answer over when the action is resolved.
 */
#include <string.h>

#include "diff/diff.h"
#include "reconcile/machine.h"
#include "render/remember.h"
#include "render/render.h"
#include "value/document.h"
#include "value/emit.h"

gitops_action *gops_action_new(gops_unit_state *state, int32_t type)
{
    gitops_action *action = gops_calloc(state->reconciler->context, 1, sizeof *action);
    if (action) {
        action->state = state;
        action->type = type;
        action->unix_ms = state->reconciler->unix_ms;
        gops_notes_init(&action->notes, state->reconciler->context);
    }
    return action;
}

void gops_action_ask(gitops_action *action, gops_request_kind kind)
{
    if (action->has_answer)
        gops_answer_release(&action->answer);
    gops_answer_init(&action->answer, action->state->reconciler->context, kind);
    action->request.kind = kind;
    action->has_answer = 1;
}

void gops_action_free(gitops_action *action)
{
    if (!action)
        return;
    gitops_context *context = action->state->reconciler->context;
    if (action->has_answer)
        gops_answer_release(&action->answer);
    gitops_snapshot_free(action->snapshot);
    gitops_manifest_free(action->manifest);
    gitops_plan_free(action->plan);
    gops_free(context, action->page);
    gops_consent_release(context, &action->consent);
    gops_free(context, action->kept);
    gops_free(context, action->revision);
    gops_notes_release(&action->notes);
    gops_free(context, action);
}

int32_t gitops_action_type(const gitops_action *action)
{
    return action->type;
}

const char *gitops_action_unit(const gitops_action *action)
{
    return action->state->unit->name;
}

const gitops_request *gitops_action_request(const gitops_action *action)
{
    return action->has_answer ? &action->request : NULL;
}

gitops_answer *gitops_action_answer(gitops_action *action)
{
    return action->has_answer ? &action->answer : NULL;
}

static int add_known(const gops_store_row *row, void *user_data)
{
    gops_known_set *set = user_data;
    gops_known *known = gops_known_add(set, row->key);
    if (!known)
        return GITOPS_ENOMEM;
    known->sent = row->sent_digest;
    known->adopted = row->adopted != 0;
    gops_known_own(set, known, row->owned);
    gops_known_intend(set, known, row->intent_action);
    return 0;
}

static int load(gitops_action *action, gitops_error *err)
{
    gops_unit_state *state = action->state;
    gitops_store *store = state->reconciler->store;
    const char *unit = state->unit->name;
    gops_known_release(&state->known);
    gops_buffer_clear(&state->fingerprint);
    gops_buffer_clear(&state->applied);
    int rc = gops_store_load(store, unit, add_known, &state->known, err);
    if (rc == GITOPS_ENOMEM)
        gops_fail_memory(err);
    if (rc == 0)
        rc = gops_store_last_run(store, unit, &state->run_number, &state->applied, err);
    if (rc == 0)
        rc = gops_store_fingerprint(store, unit, &state->fingerprint, err);
    if (rc == 0 && state->reconciler->leased && state->memo && state->wanted)
        gops_remember(state->wanted, state->memo); /* it was read before there was a lease */
    return rc;
}

/* What a read finds is remembered under the lease. A plan without one writes nothing at all. */
static gops_news_use news_use(const gitops_reconciler *reconciler)
{
    if (reconciler->options.plan_only)
        return GOPS_NEWS_DROP;
    return reconciler->leased ? GOPS_NEWS_REMEMBER : GOPS_NEWS_KEEP;
}

static int read_manifest(gitops_action *action, gitops_error *err)
{
    gops_unit_state *state = action->state;
    const gitops_unit *unit = state->unit;
    gitops_manifest_options options = {.struct_size = sizeof options,
                                       .path = unit->path,
                                       .excludes = (const char *const *)unit->excludes,
                                       .exclude_count = unit->exclude_count,
                                       .workers = unit->read_workers,
                                       .identity = unit->identity,
                                       .memo = state->memo};
    return gops_manifest_read(&action->manifest, state->reconciler->context, state->snapshot,
                              &options, state->manifest ? state->manifest : state->read,
                              news_use(state->reconciler), err);
}

/* Asks the callback unless the host has answered by hand. */
static void ask(gitops_action *action)
{
    if (action->answer.state == GOPS_ANSWER_NONE)
        gops_target_call(action->state->unit->target, &action->request, &action->answer);
}

/* State is bound to one target: a missing or another one would look like mass deletion. */
static int check_fingerprint(const gops_unit_state *state, const char *found, gitops_error *err)
{
    const char *unit = state->unit->name;
    const char *bound = state->fingerprint.length ? state->fingerprint.data : "";
    if (state->known.owned == 0 && state->known.intents == 0)
        return 0;
    if (!*found)
        return gops_fail_at(err, GITOPS_EFOREIGN, unit, 0, 0,
                            "the target does not exist or is a new one, but the state of unit %s "
                            "lists %llu objects in it; restore the target, or start anew with "
                            "another state",
                            unit, (unsigned long long)state->known.owned);
    if (*bound && strcmp(bound, found) != 0)
        return gops_fail_at(err, GITOPS_EFOREIGN, unit, 0, 0,
                            "the state of unit %s belongs to another target (%s, this is %s)",
                            unit, bound, found);
    return 0;
}

/* Asks the target who it is, once in each pass, before anything it says is believed. */
static int recognise(gops_unit_state *state, gitops_error *err)
{
    gitops_request request = {.kind = GOPS_REQUEST_FINGERPRINT};
    gitops_answer answer;
    if (state->recognised || !gops_target_can(state->unit->target, GOPS_REQUEST_FINGERPRINT))
        return 0;
    gops_answer_init(&answer, state->reconciler->context, GOPS_REQUEST_FINGERPRINT);
    gops_target_call(state->unit->target, &request, &answer);
    int rc = answer.state == GOPS_ANSWER_FINGERPRINT
                 ? check_fingerprint(state, answer.text.length ? answer.text.data : "", err)
                 : gops_answer_error(&answer, &request, err);
    gops_answer_release(&answer);
    state->recognised = rc == 0;
    return rc;
}

static int observe(gitops_action *action, gitops_error *err)
{
    gops_look *look = &action->state->look;
    int known = recognise(action->state, err);
    if (known < 0)
        return known;
    ask(action);
    gops_answer_state state = action->answer.state;
    int rc = 0;
    if (state == GOPS_ANSWER_ABSENT)
        rc = gops_look_absent(look, action->request.key, err);
    else if (state != GOPS_ANSWER_OBJECT && state != GOPS_ANSWER_LISTED)
        rc = gops_answer_error(&action->answer, &action->request, err);
    return rc;
}

/*
 * Keeps what was sent with what the target made of it, should that differ. What is not kept for lack
 * of memory costs no more than a write: the next look finds a difference, and it is sent again.
 */
static void note_normal(gitops_action *action, gitops_document *answer)
{
    gops_unit_state *state = action->state;
    gitops_context *context = state->reconciler->context;
    const gops_work *work = &state->apply.work[action->operation];
    gitops_document *sent = NULL, *merged = NULL, *normal = NULL;
    gops_buffer text;
    gops_buffer_init(&text, context, 0);
    if (work->base && work->send &&
        gitops_document_parse(&sent, context, work->base, work->base_length, "", NULL) == 0 &&
        gitops_document_parse(&merged, context, work->send, work->send_length, "", NULL) == 0 &&
        gops_diff_normal(&normal, context, sent, merged, answer, state->unit->schema, NULL) == 0 &&
        normal) {
        gops_buffer_put(&text, work->base, work->base_length);
        gops_buffer_putc(&text, '\n');
        gops_emit_json(&text, &normal->root);
    }
    if (text.status == 0 && text.length) {
        action->kept = text.data;
        action->kept_length = text.length;
    } else {
        gops_buffer_release(&text);
    }
    gitops_document_free(sent);
    gitops_document_free(merged);
    gitops_document_free(normal);
}

/* Remembers what the target made of what it was sent: it may spell it in its own way. */
static void note_answered(gitops_action *action)
{
    const gops_buffer *text = &action->answer.document;
    gitops_document *document;
    if (action->type != GITOPS_DO_APPLY || action->answer.state != GOPS_ANSWER_DONE ||
        !action->answer.has_document)
        return;
    if (gitops_document_parse(&document, action->state->reconciler->context, text->data,
                              text->length, action->request.key, NULL) < 0)
        return; /* it was applied all the same; the next look will read it */
    action->answered = gops_value_digest(&document->root);
    action->has_answered = 1;
    note_normal(action, document);
    gitops_document_free(document);
}

static int notes(gitops_action *action, gitops_error *err)
{
    gops_unit_state *state = action->state;
    gitops_store *store = state->reconciler->store;
    int rc = gops_notes_write(&action->notes, store, state->unit->name, err);
    return rc < 0 ? rc : gops_notes_read(&state->notes, store, state->unit->name, err);
}

static int execute(gitops_action *action, gitops_error *err)
{
    gops_unit_state *state = action->state;
    switch (action->type) {
    case GITOPS_DO_LEASE:
        return gops_store_acquire(state->reconciler->store, err);
    case GITOPS_DO_LOAD:
        return load(action, err);
    case GITOPS_DO_VERIFY:
        return gops_snapshot_descends(&action->descent, state->snapshot, state->applied.data, err);
    case GITOPS_DO_FETCH:
        return action->revision
                   ? gitops_source_fetch_revision(state->unit->source, action->revision,
                                                  &action->snapshot, err)
                   : gitops_source_fetch(state->unit->source, &action->snapshot, err);
    case GITOPS_DO_NOTES:
        return notes(action, err);
    case GITOPS_DO_READ:
        return read_manifest(action, err);
    case GITOPS_DO_OBSERVE:
        return observe(action, err);
    case GITOPS_DO_PLAN:
        return gops_planning_execute(action, err);
    case GITOPS_DO_PREPARE:
    case GITOPS_DO_RECORD:
        return gops_record_execute(action, err);
    default:
        ask(action);
        note_answered(action);
        return 0;
    }
}

int gitops_action_execute(gitops_action *action, gitops_error *err)
{
    if (action->executed)
        return gops_fail(err, GITOPS_ESTATE, "the action was executed before");
    action->rc = execute(action, &action->error);
    action->executed = 1;
    return 0;
}
