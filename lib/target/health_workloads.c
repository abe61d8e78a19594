/*
 * health_workloads: what keeps a number of Pods. Each is healthy when as many Pods as were asked
 * for are there, of the newest template, available, and no other ones.
 */
#include "target/health_kinds.h"

/* Says so when fewer than wanted are there. */
static int too_few(gitops_health *out, const gops_patient *p, const char *pointer,
                   const char *words, int64_t wanted)
{
    int64_t count = gops_patient_int(p, pointer, 0);
    if (count >= wanted)
        return 0;
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "%lld of %lld replicas are %s",
                           (long long)count, (long long)wanted, words);
}

static int too_many(gitops_health *out, const gops_patient *p, const char *pointer, int64_t wanted)
{
    int64_t count = gops_patient_int(p, pointer, 0);
    if (count <= wanted)
        return 0;
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "%lld old replicas have yet to end",
                           (long long)count - (long long)wanted);
}

/* Their controllers always write this; without it the rest of the status means nothing yet. */
static int is_unseen(gitops_health *out, const gops_patient *p)
{
    if (gops_patient_int(p, "/status/observedGeneration", 0) > 0)
        return 0;
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "its controller has not seen it yet");
}

static int all_there(gitops_health *out, int64_t wanted)
{
    return gops_health_say(out, GITOPS_HEALTH_HEALTHY, "%lld of %lld replicas are available",
                           (long long)wanted, (long long)wanted);
}

static int64_t wanted_replicas(const gops_patient *p)
{
    int64_t wanted = gops_patient_int(p, "/spec/replicas", 1);
    return wanted > 0 ? wanted : 0;
}

int gops_health_deployment(gitops_health *out, const gops_patient *p)
{
    int64_t wanted = wanted_replicas(p);
    const gitops_value *rollout = gops_condition_find(p->conditions, "Progressing");
    const gitops_value *available = gops_condition_find(p->conditions, "Available");
    int rc;
    if (gops_patient_true(p, "/spec/paused"))
        return gops_health_say(out, GITOPS_HEALTH_SUSPENDED, "its rollout is paused");
    if ((rc = is_unseen(out, p)) != 0)
        return rc;
    if (gops_condition_is(rollout, "reason", "ProgressDeadlineExceeded"))
        return gops_health_say_condition(out, GITOPS_HEALTH_DEGRADED, rollout);
    if ((rc = too_few(out, p, "/status/updatedReplicas", "updated", wanted)) != 0 ||
        (rc = too_many(out, p, "/status/replicas",
                       gops_patient_int(p, "/status/updatedReplicas", 0))) != 0 ||
        (rc = too_many(out, p, "/status/replicas", wanted)) != 0 ||
        (rc = too_few(out, p, "/status/readyReplicas", "ready", wanted)) != 0 ||
        (rc = too_few(out, p, "/status/availableReplicas", "available", wanted)) != 0)
        return rc;
    if (gops_condition_is(available, "status", "False"))
        return gops_health_say_condition(out, GITOPS_HEALTH_PROGRESSING, available);
    return all_there(out, wanted);
}

/* ReplicaSets, and ReplicationControllers, which have the same status. */
int gops_health_replica_set(gitops_health *out, const gops_patient *p)
{
    int64_t wanted = wanted_replicas(p);
    const gitops_value *failure = gops_condition_with(p->conditions, "ReplicaFailure", "True");
    int rc = is_unseen(out, p);
    if (rc != 0)
        return rc;
    if (failure)
        return gops_health_say_condition(out, GITOPS_HEALTH_DEGRADED, failure);
    if ((rc = too_few(out, p, "/status/readyReplicas", "ready", wanted)) != 0 ||
        (rc = too_few(out, p, "/status/availableReplicas", "available", wanted)) != 0 ||
        (rc = too_many(out, p, "/status/replicas", wanted)) != 0)
        return rc;
    return all_there(out, wanted);
}

/* All Pods are of the newest template; then the updated ones are not counted any more. */
static int is_rolled_out(const gops_patient *p)
{
    const gitops_value *update = gitops_value_at(p->root, "/status/updateRevision");
    const gitops_value *current = gitops_value_at(p->root, "/status/currentRevision");
    return gops_value_is(update, GITOPS_VALUE_STRING) && gops_value_same(update, current);
}

/* With a partition, that many Pods keep the old template, and that is how it is meant. */
static int judge_rollout(gitops_health *out, const gops_patient *p, int64_t wanted)
{
    int64_t partition =
        gops_patient_int(p, "/spec/updateStrategy/rollingUpdate/partition", 0);
    int64_t updated = gops_patient_int(p, "/status/updatedReplicas", 0);
    if (is_rolled_out(p))
        return 0;
    if (partition > 0 && updated >= wanted - partition)
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY,
                               "%lld replicas are updated, as the partition says",
                               (long long)updated);
    if (updated < wanted - (partition > 0 ? partition : 0))
        return too_few(out, p, "/status/updatedReplicas", "updated",
                       wanted - (partition > 0 ? partition : 0));
    if (gops_patient_has(p, "/status/updateRevision"))
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING,
                               "its new revision is not yet its current one");
    return 0;
}

int gops_health_stateful_set(gitops_health *out, const gops_patient *p)
{
    int64_t wanted = wanted_replicas(p);
    int rc = is_unseen(out, p);
    if (rc != 0 || (rc = too_few(out, p, "/status/readyReplicas", "ready", wanted)) != 0)
        return rc;
    if (gops_patient_has(p, "/status/availableReplicas") &&
        (rc = too_few(out, p, "/status/availableReplicas", "available", wanted)) != 0)
        return rc;
    if ((rc = too_many(out, p, "/status/replicas", wanted)) != 0)
        return rc;
    if (gops_patient_is(p, "/spec/updateStrategy/type", "OnDelete"))
        return gops_health_say(out, GITOPS_HEALTH_HEALTHY,
                               "%lld replicas are ready; old ones are updated when deleted",
                               (long long)wanted);
    rc = judge_rollout(out, p, wanted);
    return rc != 0 ? rc : all_there(out, wanted);
}

int gops_health_daemon_set(gitops_health *out, const gops_patient *p)
{
    int64_t wanted = gops_patient_int(p, "/status/desiredNumberScheduled", -1);
    int on_delete = gops_patient_is(p, "/spec/updateStrategy/type", "OnDelete");
    int rc = is_unseen(out, p);
    if (rc != 0)
        return rc;
    if (wanted < 0)
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING,
                               "it is not known yet how many nodes it is for");
    if (!on_delete &&
        (rc = too_few(out, p, "/status/updatedNumberScheduled", "updated", wanted)) != 0)
        return rc;
    if ((rc = too_few(out, p, "/status/currentNumberScheduled", "scheduled", wanted)) != 0 ||
        (rc = too_few(out, p, "/status/numberReady", "ready", wanted)) != 0 ||
        (rc = too_few(out, p, "/status/numberAvailable", "available", wanted)) != 0)
        return rc;
    return all_there(out, wanted);
}
