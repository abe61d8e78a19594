/*
 * health_pods: Pods, and what runs Pods to their end. What has failed is degraded, and what is to
 * run to its end is healthy only then: that it was started says nothing.
 */
#include "target/health_kinds.h"

#include <string.h>

static int starts_with(const char *text, size_t length, const char *word)
{
    size_t n = strlen(word);
    return length >= n && memcmp(text, word, n) == 0;
}

static int ends_with(const char *text, size_t length, const char *word)
{
    size_t n = strlen(word);
    return length >= n && memcmp(text + length - n, word, n) == 0;
}

/* ErrImagePull, ImagePullBackOff, CrashLoopBackOff, CreateContainerConfigError and their like. */
static int is_error(const gitops_value *waiting)
{
    size_t length;
    const char *reason = gops_value_member_text(waiting, "reason", &length);
    return reason && (starts_with(reason, length, "Err") || ends_with(reason, length, "Error") ||
                      ends_with(reason, length, "BackOff"));
}

static int say_container(gitops_health *out, const gitops_value *container,
                         const gitops_value *state, const char *otherwise)
{
    size_t name_length, reason_length, length;
    const char *name = gops_value_member_text(container, "name", &name_length);
    const char *reason = gops_value_member_text(state, "reason", &reason_length);
    const char *message = gops_value_member_text(state, "message", &length);
    return gops_health_say(out, GITOPS_HEALTH_DEGRADED, "container %.*s: %.*s%s%.*s",
                           name ? (int)(name_length < 64 ? name_length : 64) : 1, name ? name : "?",
                           reason ? (int)(reason_length < 64 ? reason_length : 64) : 100,
                           reason ? reason : otherwise, message && length ? ": " : "",
                           message ? (int)(length < 300 ? length : 300) : 0,
                           message ? message : "");
}

/* Containers that wait for what will not come by itself. */
static int judge_waiting(gitops_health *out, const gops_patient *p)
{
    static const char *const lists[] = {"/status/initContainerStatuses",
                                        "/status/containerStatuses"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const gitops_value *list = gitops_value_at(p->root, lists[i]);
        for (size_t k = 0; k < gitops_value_count(list); k++) {
            const gitops_value *container = gitops_value_item(list, k);
            const gitops_value *waiting = gitops_value_at(container, "/state/waiting");
            if (is_error(waiting))
                return say_container(out, container, waiting, "");
        }
    }
    return 0;
}

/* Not ready: degraded when a container has ended before, else it is still on its way up. */
static int judge_not_ready(gitops_health *out, const gops_patient *p)
{
    const gitops_value *list = gitops_value_at(p->root, "/status/containerStatuses");
    for (size_t i = 0; i < gitops_value_count(list); i++) {
        const gitops_value *container = gitops_value_item(list, i);
        const gitops_value *ended = gitops_value_at(container, "/lastState/terminated");
        if (gops_value_is(ended, GITOPS_VALUE_MAP) &&
            !gitops_value_bool(gitops_value_find(container, "ready", 5)))
            return say_container(out, container, ended, "it ended and was started again");
    }
    const gitops_value *ready = gops_condition_find(p->conditions, "Ready");
    if (ready)
        return gops_health_say_condition(out, GITOPS_HEALTH_PROGRESSING, ready);
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it runs and is not ready yet");
}

static int judge_pending(gitops_health *out, const gops_patient *p)
{
    const gitops_value *scheduled = gops_condition_with(p->conditions, "PodScheduled", "False");
    if (scheduled)
        return gops_health_say_condition(out, GITOPS_HEALTH_PROGRESSING, scheduled);
    return gops_health_say_value(out, GITOPS_HEALTH_PROGRESSING, "it has not started yet",
                                 gitops_value_at(p->root, "/status/message"));
}

/* Is it to stay up, so that it is to be judged by its containers? */
static int is_service(const gops_patient *p)
{
    const gitops_value *policy = gitops_value_at(p->root, "/spec/restartPolicy");
    if (p->flags & GITOPS_ASSESS_HOOK)
        return 0;
    return !gops_value_is(policy, GITOPS_VALUE_STRING) || gops_value_text_is(policy, "Always") ||
           gops_patient_is(p, "/metadata/annotations/argocd.argoproj.io~1ignore-restart-policy",
                           "true");
}

int gops_health_pod(gitops_health *out, const gops_patient *p)
{
    const gitops_value *phase = gitops_value_at(p->root, "/status/phase");
    const gitops_value *message = gitops_value_at(p->root, "/status/message");
    int rc = is_service(p) ? judge_waiting(out, p) : 0;
    if (rc != 0)
        return rc;
    if (!gops_value_is(phase, GITOPS_VALUE_STRING) || gops_value_text_is(phase, "Pending"))
        return judge_pending(out, p);
    if (gops_value_text_is(phase, "Succeeded"))
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "it ran to its end");
    if (gops_value_text_is(phase, "Failed"))
        return gops_health_say_value(out, GITOPS_HEALTH_DEGRADED, "it failed", message);
    if (!gops_value_text_is(phase, "Running"))
        return gops_health_say_value(out, GITOPS_HEALTH_UNKNOWN, "its phase", phase);
    if (!is_service(p))
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it runs and has not ended yet");
    if (gops_condition_with(p->conditions, "Ready", "True"))
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "it runs and is ready");
    return judge_not_ready(out, p);
}

int gops_health_job(gitops_health *out, const gops_patient *p)
{
    const gitops_value *failed = gops_condition_with(p->conditions, "Failed", "True");
    if (!failed)
        failed = gops_condition_with(p->conditions, "FailureTarget", "True");
    if (failed)
        return gops_health_say_condition(out, GITOPS_HEALTH_DEGRADED, failed);
    if (gops_condition_with(p->conditions, "Complete", "True"))
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "it ran to its end");
    if (gops_condition_with(p->conditions, "Suspended", "True") ||
        gops_patient_true(p, "/spec/suspend"))
        return gops_health_say(out, GITOPS_HEALTH_SUSPENDED, "it is suspended");
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING,
                           "it has not ended yet: %lld active, %lld succeeded, %lld failed",
                           (long long)gops_patient_int(p, "/status/active", 0),
                           (long long)gops_patient_int(p, "/status/succeeded", 0),
                           (long long)gops_patient_int(p, "/status/failed", 0));
}

int gops_health_workflow(gitops_health *out, const gops_patient *p)
{
    const gitops_value *phase = gitops_value_at(p->root, "/status/phase");
    const gitops_value *message = gitops_value_at(p->root, "/status/message");
    size_t length;
    const char *text = gitops_value_text(phase, &length);
    if (text && (gops_value_text_is(phase, "Failed") || gops_value_text_is(phase, "Error")))
        return gops_health_say_value(out, GITOPS_HEALTH_DEGRADED, "it failed", message);
    if (text && gops_value_text_is(phase, "Succeeded"))
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "it ran to its end");
    if (gops_patient_true(p, "/spec/suspend"))
        return gops_health_say(out, GITOPS_HEALTH_SUSPENDED, "it is suspended");
    if (!text || length == 0 || gops_value_text_is(phase, "Pending") ||
        gops_value_text_is(phase, "Running"))
        return gops_health_say_value(out, GITOPS_HEALTH_PROGRESSING, "it has not ended yet",
                                     message);
    return gops_health_say_value(out, GITOPS_HEALTH_UNKNOWN, "its phase", phase);
}
