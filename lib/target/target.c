/*
 * target: the table of callbacks, and what a callback is asked.
 */
#include "target/target.h"

#include "base/options.h"

static int check_options(const gitops_target_options *options, gitops_error *err)
{
    if (!options->list && !options->get && !options->apply && !options->delete_object)
        return 0; /* a host that answers every action itself */
    if (!options->list && !options->get)
        return gops_fail(err, GITOPS_EINVAL, "target: list or get is needed");
    if (!options->apply || !options->delete_object)
        return gops_fail(err, GITOPS_EINVAL, "target: apply and delete_object are needed");
    if (!options->commit != !options->abort_staged)
        return gops_fail(err, GITOPS_EINVAL, "target: commit and abort_staged go together");
    if (options->reports_health && !options->get)
        return gops_fail(err, GITOPS_EINVAL, "target: reports_health needs get");
    if (options->health && !options->reports_health)
        return gops_fail(err, GITOPS_EINVAL, "target: a table of health needs reports_health");
    return 0;
}

int gitops_target_new(gitops_target **out, gitops_context *context,
                      const gitops_target_options *options, gitops_error *err)
{
    gitops_target_options given;
    if (!out || !context || !options)
        return gops_fail(err, GITOPS_EINVAL, "target: an argument is NULL");
    *out = NULL;
    int rc = gops_options_import(&given, sizeof given, options, "target options", err);
    if (rc == 0)
        rc = check_options(&given, err);
    if (rc < 0)
        return rc;
    gitops_target *target = gops_alloc(context, sizeof *target);
    if (!target)
        return gops_fail_memory(err);
    gops_refcount_init(&target->references);
    target->context = gops_context_ref(context);
    target->options = given;
    if (target->options.max_in_flight == 0)
        target->options.max_in_flight = 1;
    if (target->options.health)
        gitops_health_table_ref(target->options.health);
    *out = target;
    return 0;
}

gitops_target *gops_target_ref(gitops_target *target)
{
    gops_refcount_take(&target->references);
    return target;
}

void gitops_target_free(gitops_target *target)
{
    if (!target || !gops_refcount_drop(&target->references))
        return;
    gitops_context *context = target->context;
    if (target->options.destroy_user_data)
        target->options.destroy_user_data(target->options.user_data);
    gitops_health_table_free(target->options.health);
    gops_free(context, target);
    gitops_context_free(context);
}

static gitops_target_fn callback(const gitops_target *target, gops_request_kind kind)
{
    switch (kind) {
    case GOPS_REQUEST_LIST:
        return target->options.list;
    case GOPS_REQUEST_GET:
        return target->options.get;
    case GOPS_REQUEST_APPLY:
        return target->options.apply;
    case GOPS_REQUEST_DELETE:
        return target->options.delete_object;
    case GOPS_REQUEST_CHECK:
        return target->options.check;
    case GOPS_REQUEST_COMMIT:
        return target->options.commit;
    case GOPS_REQUEST_ABORT:
        return target->options.abort_staged;
    case GOPS_REQUEST_FINGERPRINT:
        return target->options.fingerprint;
    case GOPS_REQUEST_ASSESS:
        return target->options.assess;
    }
    return NULL;
}

int gops_target_can(const gitops_target *target, gops_request_kind kind)
{
    int by_hand = !target->options.apply && kind >= GOPS_REQUEST_LIST &&
                  kind <= GOPS_REQUEST_DELETE;
    return by_hand || callback(target, kind) != NULL;
}

void gops_target_call(const gitops_target *target, const gitops_request *request,
                      gitops_answer *answer)
{
    gitops_target_fn fn = callback(target, request->kind);
    if (fn)
        (void)fn(request, answer, target->options.user_data);
    if (answer->state == GOPS_ANSWER_NONE)
        answer->state = GOPS_ANSWER_UNKNOWN;
}

const char *gitops_request_key(const gitops_request *request)
{
    return request->key ? request->key : "";
}

const char *gitops_request_document(const gitops_request *request, size_t *length)
{
    if (length)
        *length = request->document ? request->document_length : 0;
    return request->document;
}

const char *gitops_request_action(const gitops_request *request)
{
    return request->action ? request->action : "";
}

const char *gitops_request_version(const gitops_request *request)
{
    return request->version;
}

const char *gitops_request_page(const gitops_request *request)
{
    return request->page;
}

uint64_t gitops_request_id(const gitops_request *request)
{
    return request->id;
}
