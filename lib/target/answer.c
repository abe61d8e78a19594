/*
 * answer: what a callback says. The first final statement counts; objects of a listing go on to
 * whoever asked as they arrive, so that a listing of any length needs no memory here.
 */
#include <string.h>

#include "target/health.h"
#include "target/refusal.h"

void gops_answer_init(gitops_answer *answer, gitops_context *context, gops_request_kind kind)
{
    memset(answer, 0, sizeof *answer);
    answer->context = context;
    answer->kind = kind;
    gops_buffer_init(&answer->document, context, 0);
    gops_buffer_init(&answer->version, context, 1024);
    gops_buffer_init(&answer->text, context, 4096);
}

void gops_answer_release(gitops_answer *answer)
{
    gops_buffer_release(&answer->document);
    gops_buffer_release(&answer->version);
    gops_buffer_release(&answer->text);
}

static int is_change(const gitops_answer *answer)
{
    return answer->kind >= GOPS_REQUEST_APPLY && answer->kind <= GOPS_REQUEST_ABORT;
}

static int set_text(gops_buffer *buffer, const char *text)
{
    gops_buffer_clear(buffer);
    if (text)
        gops_buffer_puts(buffer, text);
    return buffer->status;
}

/* A failure to keep what the callback said makes the whole answer unknown. */
static int settle(gitops_answer *answer, gops_answer_state state, int status)
{
    answer->state = status < 0 ? GOPS_ANSWER_UNKNOWN : state;
    if (status == GITOPS_ENOMEM)
        gops_fail_memory(&answer->failure);
    else if (status < 0)
        gops_fail(&answer->failure, GITOPS_ELIMIT, "a text in the target's answer is too long");
    return status;
}

int gitops_answer_object(gitops_answer *answer, const char *key, const char *document,
                         size_t length, const char *version)
{
    if (!answer || !key || !*key || answer->state != GOPS_ANSWER_NONE ||
        (answer->kind != GOPS_REQUEST_LIST && answer->kind != GOPS_REQUEST_GET) ||
        (!document && (!version || answer->kind == GOPS_REQUEST_GET)))
        return GITOPS_EINVAL;
    if (answer->key && strcmp(answer->key, key) != 0)
        return GITOPS_EINVAL; /* another object than was asked about says nothing */
    if (answer->failure.code < 0)
        return answer->failure.code;
    int rc = answer->on_object(key, document, length, version, answer->on_object_data,
                               &answer->failure);
    if (rc < 0 && answer->failure.code == 0)
        gops_fail(&answer->failure, rc, "the object %s could not be taken in", key);
    if (answer->kind == GOPS_REQUEST_GET)
        answer->state = rc < 0 ? GOPS_ANSWER_UNKNOWN : GOPS_ANSWER_OBJECT;
    return rc;
}

int gitops_answer_listed(gitops_answer *answer, const char *next_page)
{
    if (!answer || answer->kind != GOPS_REQUEST_LIST || answer->state != GOPS_ANSWER_NONE)
        return GITOPS_EINVAL;
    answer->has_page = next_page != NULL;
    return settle(answer, answer->failure.code < 0 ? GOPS_ANSWER_UNKNOWN : GOPS_ANSWER_LISTED,
                  set_text(&answer->text, next_page));
}

int gitops_answer_absent(gitops_answer *answer)
{
    if (!answer || answer->kind != GOPS_REQUEST_GET || answer->state != GOPS_ANSWER_NONE)
        return GITOPS_EINVAL;
    answer->state = GOPS_ANSWER_ABSENT;
    return 0;
}

int gitops_answer_done(gitops_answer *answer, const char *document, size_t length,
                       const char *version)
{
    if (!answer || !is_change(answer) || answer->state != GOPS_ANSWER_NONE)
        return GITOPS_EINVAL;
    int status = set_text(&answer->version, version);
    if (document)
        gops_buffer_put(&answer->document, document, length);
    if (status == 0)
        status = answer->document.status;
    answer->has_document = answer->is_there = document != NULL;
    answer->has_version = version != NULL;
    /* It happened, whether or not the details could be kept. */
    answer->state = GOPS_ANSWER_DONE;
    if (status < 0)
        answer->has_document = answer->has_version = 0;
    return status;
}

int gitops_answer_fingerprint(gitops_answer *answer, const char *text)
{
    if (!answer || !text || strlen(text) > 255 || answer->kind != GOPS_REQUEST_FINGERPRINT ||
        answer->state != GOPS_ANSWER_NONE)
        return GITOPS_EINVAL;
    return settle(answer, GOPS_ANSWER_FINGERPRINT, set_text(&answer->text, text));
}

int gitops_answer_health(gitops_answer *answer, int32_t health, const char *message)
{
    if (!answer || !gitops_health_name(health) || answer->kind != GOPS_REQUEST_ASSESS ||
        answer->state != GOPS_ANSWER_NONE)
        return GITOPS_EINVAL;
    gops_health_set(&answer->health, health, message ? message : "",
                    message ? strnlen(message, sizeof answer->health.message) : 0);
    answer->health.basis = GITOPS_HEALTH_BY_TARGET;
    answer->state = GOPS_ANSWER_HEALTH;
    return 0;
}

/* Messages are cut rather than refused: losing the answer would be worse. */
static int give_message(gitops_answer *answer, gops_answer_state state, const char *message)
{
    if (!answer || answer->state != GOPS_ANSWER_NONE)
        return GITOPS_EINVAL;
    gops_buffer_clear(&answer->text);
    if (message)
        gops_buffer_put(&answer->text, message, strnlen(message, 1000));
    answer->state = state;
    return answer->text.status;
}

int gitops_answer_retry(gitops_answer *answer, int64_t after_ms, const char *message)
{
    if (answer)
        answer->after_ms = after_ms > 0 ? after_ms : 0;
    return give_message(answer, GOPS_ANSWER_RETRY, message);
}

int gitops_answer_conflict(gitops_answer *answer, const char *message)
{
    if (answer && !is_change(answer))
        return GITOPS_EINVAL;
    return give_message(answer, GOPS_ANSWER_CONFLICT, message);
}

int gitops_answer_failed(gitops_answer *answer, int32_t code, const char *message)
{
    if (answer)
        answer->code = code;
    return give_message(answer, GOPS_ANSWER_FAILED, message);
}

int gitops_answer_unknown(gitops_answer *answer, const char *message)
{
    return give_message(answer, GOPS_ANSWER_UNKNOWN, message);
}

static const char *request_name(gops_request_kind kind)
{
    static const char *const names[] = {"",      "list",   "get",   "apply",       "delete",
                                        "check", "commit", "abort", "fingerprint", "assess"};
    return names[kind];
}

int gops_answer_error(const gitops_answer *answer, const gitops_request *request,
                      gitops_error *err)
{
    if (answer->failure.code < 0) {
        if (err)
            *err = answer->failure;
        return answer->failure.code;
    }
    const char *said = answer->text.length ? answer->text.data : NULL;
    const char *plain = answer->state == GOPS_ANSWER_CONFLICT ? "the object changed meanwhile"
                        : answer->state == GOPS_ANSWER_RETRY  ? "the target is not ready"
                        : answer->state == GOPS_ANSWER_FAILED ? "the target refused"
                                                              : "the target gave no answer";
    int code = answer->state == GOPS_ANSWER_CONFLICT ? GITOPS_ECONFLICT : GITOPS_ETARGET;
    const char *key = request->key ? request->key : "";
    gops_fail_at(err, code, *key ? key : NULL, 0, 0, "%s%s%s: %s%s", request_name(request->kind),
                 *key ? " " : "", key, said ? said : plain, gops_refusal_advice(request, answer));
    gops_error_origin(err, GITOPS_ORIGIN_HOST, answer->code);
    return code;
}
