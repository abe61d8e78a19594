/*
 * health_kinds: which rule is for which kind, and the rules that are a few lines.
 */
#include "target/health_kinds.h"

#include <string.h>

#include "manifest/schema_graph.h"

static int judge_service(gitops_health *out, const gops_patient *p)
{
    const gitops_value *points = gitops_value_at(p->root, "/status/loadBalancer/ingress");
    if (!gops_patient_is(p, "/spec/type", "LoadBalancer"))
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "it needs nothing but itself");
    if (gitops_value_count(points) > 0)
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "its load balancer has an address");
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING,
                           "its load balancer has no address yet");
}

static int judge_ingress(gitops_health *out, const gops_patient *p)
{
    if (gitops_value_count(gitops_value_at(p->root, "/status/loadBalancer/ingress")) > 0)
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "it has an address");
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it has no address yet");
}

static int judge_claim(gitops_health *out, const gops_patient *p)
{
    const gitops_value *phase = gitops_value_at(p->root, "/status/phase");
    if (!gops_value_is(phase, GITOPS_VALUE_STRING) || gops_value_text_is(phase, "Pending"))
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it is not bound yet");
    if (gops_value_text_is(phase, "Bound"))
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "it is bound");
    if (gops_value_text_is(phase, "Lost"))
        return gops_health_say(out, GITOPS_HEALTH_DEGRADED, "its volume is lost");
    return gops_health_say_value(out, GITOPS_HEALTH_UNKNOWN, "its phase", phase);
}

static int judge_volume(gitops_health *out, const gops_patient *p)
{
    const gitops_value *phase = gitops_value_at(p->root, "/status/phase");
    if (!gops_value_is(phase, GITOPS_VALUE_STRING) || gops_value_text_is(phase, "Pending"))
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it is not available yet");
    if (gops_value_text_is(phase, "Failed"))
        return gops_health_say_value(out, GITOPS_HEALTH_DEGRADED, "it failed",
                                     gitops_value_at(p->root, "/status/message"));
    return gops_health_say_value(out, GITOPS_HEALTH_HEALTHY, "its phase", phase);
}

/* Terminating comes first: the instances go away with it. Installing is a pause, no refusal. */
static int judge_definition(gitops_health *out, const gops_patient *p)
{
    const gitops_value *bad = gops_condition_with(p->conditions, "NamesAccepted", "False");
    const gitops_value *ending = gops_condition_with(p->conditions, "Terminating", "True");
    const gitops_value *established = gops_condition_find(p->conditions, "Established");
    if (ending)
        return gops_health_say_condition(out, GITOPS_HEALTH_PROGRESSING, ending);
    if (!bad)
        bad = gops_condition_with(p->conditions, "NonStructuralSchema", "True");
    if (bad)
        return gops_health_say_condition(out, GITOPS_HEALTH_DEGRADED, bad);
    if (!established)
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it is not established yet");
    int32_t health = gops_condition_is(established, "status", "True") ? GITOPS_HEALTH_HEALTHY
                     : gops_condition_is(established, "status", "False") &&
                             !gops_condition_is(established, "reason", "Installing")
                         ? GITOPS_HEALTH_DEGRADED
                         : GITOPS_HEALTH_PROGRESSING;
    return gops_health_say_condition(out, health, established);
}

static int judge_api_service(gitops_health *out, const gops_patient *p)
{
    const gitops_value *available = gops_condition_find(p->conditions, "Available");
    if (!available)
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it is not available yet");
    return gops_health_say_condition(out,
                                     gops_condition_is(available, "status", "True")
                                         ? GITOPS_HEALTH_HEALTHY
                                         : GITOPS_HEALTH_PROGRESSING,
                                     available);
}

/*
 * Too few Pods are no fault of the budget, which does then what it is for; what counts is that its
 * controller could count them.
 */
static int judge_budget(gitops_health *out, const gops_patient *p)
{
    const gitops_value *condition = gops_condition_find(p->conditions, "DisruptionAllowed");
    if (gops_condition_is(condition, "reason", "SyncFailed"))
        return gops_health_say_condition(out, GITOPS_HEALTH_DEGRADED, condition);
    if (!gops_patient_has(p, "/status/observedGeneration") && !condition)
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING,
                               "its controller has not seen it yet");
    return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "%lld disruptions are allowed",
                           (long long)gops_patient_int(p, "/status/disruptionsAllowed", 0));
}

/*
 * Whether its Jobs succeed is their health. One that is suspended does what Git says, for as long as
 * Git says it: nothing is to wait for that.
 */
static int judge_cron_job(gitops_health *out, const gops_patient *p)
{
    return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "%s",
                           gops_patient_true(p, "/spec/suspend") ? "it is suspended"
                                                                 : "it is scheduled");
}

static int judge_namespace(gitops_health *out, const gops_patient *p)
{
    if (gops_patient_is(p, "/status/phase", "Terminating"))
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "it is being deleted");
    return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "it is there");
}

static int is_text(const char *text, size_t length, const char *other)
{
    return gops_key_compare(text, length, other, strlen(other)) == 0;
}

int gops_health_by_kind(gitops_health *out, const gops_patient *p)
{
    static const struct {
        const char *group, *kind;
        int (*judge)(gitops_health *out, const gops_patient *p);
    } kinds[] = {
        {"", "Namespace", judge_namespace},
        {"", "PersistentVolume", judge_volume},
        {"", "PersistentVolumeClaim", judge_claim},
        {"", "Pod", gops_health_pod},
        {"", "ReplicationController", gops_health_replica_set},
        {"", "Service", judge_service},
        {"apiextensions.k8s.io", "CustomResourceDefinition", judge_definition},
        {"apiregistration.k8s.io", "APIService", judge_api_service},
        {"apps", "DaemonSet", gops_health_daemon_set},
        {"apps", "Deployment", gops_health_deployment},
        {"apps", "ReplicaSet", gops_health_replica_set},
        {"apps", "StatefulSet", gops_health_stateful_set},
        {"argoproj.io", "Workflow", gops_health_workflow},
        {"autoscaling", "HorizontalPodAutoscaler", gops_health_autoscaler},
        {"batch", "CronJob", judge_cron_job},
        {"batch", "Job", gops_health_job},
        {"extensions", "DaemonSet", gops_health_daemon_set},
        {"extensions", "Deployment", gops_health_deployment},
        {"extensions", "Ingress", judge_ingress},
        {"extensions", "ReplicaSet", gops_health_replica_set},
        {"networking.k8s.io", "Ingress", judge_ingress},
        {"policy", "PodDisruptionBudget", judge_budget},
    };
    gops_kind_name name;
    if (!gops_kind_name_read(&name, p->root))
        return 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (is_text(name.kind, name.kind_length, kinds[i].kind) &&
            is_text(name.group, name.group_length, kinds[i].group))
            return kinds[i].judge(out, p);
    return 0;
}
