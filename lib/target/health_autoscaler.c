/*
 * health_autoscaler: horizontal autoscalers. Version 1 of their API has no conditions; they are in
 * an annotation, as JSON.
 */
#include "target/health_kinds.h"

#include <string.h>

#define ANNOTATION "/metadata/annotations/autoscaling.alpha.kubernetes.io~1conditions"

static int is_failure(const gitops_value *condition)
{
    static const struct {
        const char *type, *reason;
    } failures[] = {
        {"AbleToScale", "FailedGetScale"},
        {"AbleToScale", "FailedUpdateScale"},
        {"ScalingActive", "FailedGetResourceMetric"},
        {"ScalingActive", "FailedGetContainerResourceMetric"},
        {"ScalingActive", "FailedGetObjectMetric"},
        {"ScalingActive", "FailedGetPodsMetric"},
        {"ScalingActive", "FailedGetExternalMetric"},
        {"ScalingActive", "FailedComputeMetricsReplicas"},
        {"ScalingActive", "InvalidSelector"},
    };
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (gops_condition_is(condition, "type", failures[i].type) &&
            gops_condition_is(condition, "reason", failures[i].reason))
            return !gops_condition_is(condition, "status", "True");
    return 0;
}

/* What fails is looked for first: that it could scale says little while it has no metric. */
static int judge_conditions(gitops_health *out, const gitops_value *conditions)
{
    size_t count = gops_value_is(conditions, GITOPS_VALUE_LIST) ? conditions->count : 0;
    for (size_t i = 0; i < count; i++)
        if (is_failure(&conditions->as.children[i]))
            return gops_health_say_condition(out, GITOPS_HEALTH_DEGRADED,
                                             &conditions->as.children[i]);
    const gitops_value *good = gops_condition_with(conditions, "AbleToScale", "True");
    if (!good)
        good = gops_condition_with(conditions, "ScalingLimited", "True");
    if (good)
        return gops_health_say_condition(out, GITOPS_HEALTH_HEALTHY, good);
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it has not looked at its metrics yet");
}

int gops_health_autoscaler(gitops_health *out, const gops_patient *p)
{
    const gitops_value *annotation = gitops_value_at(p->root, ANNOTATION);
    gitops_document *document = NULL;
    if (p->conditions || !gops_value_is(annotation, GITOPS_VALUE_STRING))
        return judge_conditions(out, p->conditions);
    int rc = gitops_document_parse(&document, p->context, annotation->as.text, annotation->count,
                                   "conditions", NULL);
    if (rc == GITOPS_ENOMEM)
        return rc;
    rc = judge_conditions(out, rc < 0 ? NULL : gitops_document_root(document));
    gitops_document_free(document);
    return rc;
}
