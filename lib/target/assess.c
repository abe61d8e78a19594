/*
 * assess: who is asked for the health of an object, and what is made of answers that are none.
 */
#include "target/health.h"
#include "target/target.h"

#include <string.h>

int gops_target_has_health(const gitops_target *target)
{
    return target->options.assess || target->options.reports_health;
}

static void set_unknown(gitops_health *out, const char *message)
{
    memset(out, 0, sizeof *out);
    out->basis = GITOPS_HEALTH_BY_TARGET;
    gops_health_set(out, GITOPS_HEALTH_UNKNOWN, message, strlen(message));
}

int gops_target_judge(const gitops_target *target, const char *key, const char *document,
                      size_t length, uint32_t flags, gitops_health *out, gitops_error *err)
{
    gitops_document *parsed = NULL;
    gitops_error problem = {0};
    int rc = document ? gitops_document_parse(&parsed, target->context, document, length, key,
                                              &problem)
                      : 0;
    if (rc < 0) {
        set_unknown(out, problem.message);
        return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : 0;
    }
    rc = gitops_health_assess(out, target->options.health, parsed, key, flags, err);
    gitops_document_free(parsed);
    return rc;
}

/* What get gives, on its way to a verdict. */
typedef struct held {
    const gitops_target *target;
    gitops_health *out;
    uint32_t flags;
} held;

static int judge_held(const char *key, const char *document, size_t length, const char *version,
                      void *user_data, gitops_error *err)
{
    const held *h = user_data;
    (void)version;
    return gops_target_judge(h->target, key, document, length, h->flags, h->out, err);
}

/* Returns 0 or GITOPS_ENOMEM, which alone ends a run; all else is a health of one object. */
static int take_answer(const gitops_answer *answer, const gitops_request *request, held *h,
                       gitops_error *err)
{
    gitops_error problem = {0};
    if (answer->state == GOPS_ANSWER_HEALTH)
        *h->out = answer->health;
    else if (answer->state == GOPS_ANSWER_ABSENT)
        return gops_target_judge(h->target, request->key, NULL, 0, h->flags, h->out, err);
    else if (answer->state != GOPS_ANSWER_OBJECT) {
        gops_answer_error(answer, request, &problem);
        set_unknown(h->out, problem.message);
    }
    return problem.code == GITOPS_ENOMEM ? gops_fail_memory(err) : 0;
}

int gops_target_assess(const gitops_target *target, const char *key, uint32_t flags,
                       gitops_health *out, gitops_error *err)
{
    held h = {target, out, flags};
    gitops_answer answer;
    gitops_request request = {.kind = GOPS_REQUEST_GET, .key = key};
    if (target->options.assess)
        request.kind = GOPS_REQUEST_ASSESS;
    else if (!target->options.reports_health || !target->options.get) {
        set_unknown(out, "the target has no way to say it of one object");
        return 0;
    }
    gops_answer_init(&answer, target->context, request.kind);
    answer.key = key;
    answer.on_object = judge_held;
    answer.on_object_data = &h;
    gops_target_call(target, &request, &answer);
    int rc = take_answer(&answer, &request, &h, err);
    gops_answer_release(&answer);
    return rc;
}
