/* What is said of the kinds that the library knows, and of those that it does not. */
#include "health_support.h"

#include <stdio.h>

enum {
    HEALTHY = GITOPS_HEALTH_HEALTHY,
    SUSPENDED = GITOPS_HEALTH_SUSPENDED,
    PROGRESSING = GITOPS_HEALTH_PROGRESSING,
    MISSING = GITOPS_HEALTH_MISSING,
    DEGRADED = GITOPS_HEALTH_DEGRADED,
    UNKNOWN = GITOPS_HEALTH_UNKNOWN,
    NOTHING = GITOPS_HEALTH_BY_NOTHING,
    OBJECT = GITOPS_HEALTH_BY_OBJECT,
    CONDITION = GITOPS_HEALTH_BY_CONDITION,
    KIND = GITOPS_HEALTH_BY_KIND
};

static gitops_context *context;

static int open_context(void **state)
{
    (void)state;
    context = support_context_new();
    return 0;
}

static int close_context(void **state)
{
    (void)state;
    support_context_free(context);
    return 0;
}

#define CHECK(prefix, cases) \
    health_check(context, NULL, prefix, cases, sizeof(cases) / sizeof((cases)[0]), 0)
#define CHECK_HOOK(prefix, cases)                                                      \
    health_check(context, NULL, prefix, cases, sizeof(cases) / sizeof((cases)[0]),     \
                 GITOPS_ASSESS_HOOK)

static void names_everyHealth_readsBack(void **state)
{
    (void)state;
    for (int32_t i = HEALTHY; i <= UNKNOWN; i++)
        assert_int_equal(gitops_health_of_name(gitops_health_name(i)), i);
    assert_string_equal(gitops_health_name(DEGRADED), "degraded");
    assert_null(gitops_health_name(0));
    assert_null(gitops_health_name(7));
    assert_int_equal(gitops_health_of_name("Healthy"), 0);
    assert_int_equal(gitops_health_of_name(NULL), 0);
}

/* The order of the enumeration, and so of the sum of many. */
static void worse_ofTwo_isTheLaterInOrder(void **state)
{
    (void)state;
    for (int32_t a = 0; a <= UNKNOWN; a++)
        for (int32_t b = 0; b <= UNKNOWN; b++)
            assert_int_equal(gitops_health_worse(a, b), a > b ? a : b);
    assert_int_equal(gitops_health_worse(HEALTHY, 99), UNKNOWN);
    assert_int_equal(gitops_health_worse(-1, HEALTHY), UNKNOWN);
}

static void absentObject_isMissing(void **state)
{
    (void)state;
    gitops_health health = health_of(context, NULL, NULL, "a/Pod/x", 0);
    assert_int_equal(health.status, MISSING);
    assert_int_equal(health.basis, OBJECT);
}

static void wrongArguments_areRefusedAndUnknown(void **state)
{
    gitops_health health;
    (void)state;
    assert_int_equal(gitops_health_assess(NULL, NULL, NULL, NULL, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_health_assess(&health, NULL, NULL, NULL, 2, NULL), GITOPS_EINVAL);
    assert_int_equal(health.status, UNKNOWN);
}

static void everyKind_generalRulesComeFirst(void **state)
{
    static const health_case cases[] = {
        {"metadata: {deletionTimestamp: 2026-01-01T00:00:00Z}\nstatus: {phase: Failed}",
         PROGRESSING, OBJECT, "being deleted since: 2026-01-01T00:00:00Z"},
        {"metadata: {deletionTimestamp: null}\nstatus: {phase: Succeeded}", HEALTHY, KIND, NULL},
        {"metadata: {generation: 3}\nstatus: {observedGeneration: 2, phase: Succeeded}",
         PROGRESSING, OBJECT, "its controller has seen generation 2, not yet 3"},
        {"metadata: {generation: 3}\nstatus: {observedGeneration: 4, phase: Succeeded}", HEALTHY,
         KIND, NULL},
        {"metadata: {}\nstatus: {observedGeneration: -1, phase: Succeeded}", HEALTHY, KIND, NULL},
        {"status: {phase: Succeeded, conditions: [{type: Stalled, status: 'True', reason: R, "
         "message: m}]}",
         DEGRADED, CONDITION, "Stalled (R): m"},
        {"status: {phase: Succeeded, conditions: [{type: Reconciling, status: 'True'}]}",
         PROGRESSING, CONDITION, "Reconciling"},
        {"status: {phase: Succeeded, conditions: [{type: Reconciling, status: 'True'}, {type: "
         "Stalled, status: 'True'}]}",
         DEGRADED, CONDITION, NULL},
        {"status: {phase: Succeeded, conditions: [{type: Stalled, status: 'False'}]}", HEALTHY,
         KIND, NULL},
    };
    (void)state;
    CHECK("apiVersion: v1\nkind: Pod\n", cases);
}

static void customKind_readyConditionDecides(void **state)
{
    static const health_case cases[] = {
        {"status: {conditions: [{type: Ready, status: 'True', reason: Ok}]}", HEALTHY, CONDITION,
         "Ready (Ok)"},
        {"status: {conditions: [{type: Ready, status: true}]}", HEALTHY, CONDITION, "Ready"},
        {"status: {conditions: [{type: Ready, status: 'False', message: late}]}", PROGRESSING,
         CONDITION, "not Ready: late"},
        {"status: {conditions: [{type: Ready, status: Unknown}]}", PROGRESSING, CONDITION,
         "unknown whether Ready"},
        {"metadata: {generation: 2}\n"
         "status: {conditions: [{type: Ready, status: 'True', observedGeneration: 1}]}",
         PROGRESSING, CONDITION, "Ready is of an older generation"},
        {"status: {conditions: [{type: Other, status: 'False'}]}", HEALTHY, NOTHING,
         "no rule and no Ready condition says otherwise"},
        {"status: {}", HEALTHY, NOTHING, NULL},
        {"spec: {}", HEALTHY, NOTHING, NULL},
    };
    (void)state;
    CHECK("apiVersion: example.org/v1\nkind: Shop\n", cases);
    assert_int_equal(health_of(context, NULL, "a: 1", NULL, 0).basis, NOTHING);
    assert_int_equal(health_of(context, NULL, "[1]", NULL, 0).status, HEALTHY);
}

static void deployment_countsAndConditions_decide(void **state)
{
    static const health_case cases[] = {
        {"spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 2, updatedReplicas: 2, "
         "readyReplicas: 2, availableReplicas: 2}",
         HEALTHY, KIND, "2 of 2 replicas are available"},
        {"spec: {replicas: 2}", PROGRESSING, KIND, "its controller has not seen it yet"},
        {"spec: {paused: true}", SUSPENDED, KIND, NULL},
        {"spec: {}\nstatus: {observedGeneration: 1, conditions: [{type: Progressing, status: "
         "'False', reason: ProgressDeadlineExceeded, message: late}]}",
         DEGRADED, KIND, "not Progressing (ProgressDeadlineExceeded): late"},
        {"spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 2, updatedReplicas: 1}",
         PROGRESSING, KIND, "1 of 2 replicas are updated"},
        {"spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 3, updatedReplicas: 2, "
         "readyReplicas: 3, availableReplicas: 3}",
         PROGRESSING, KIND, "1 old replicas have yet to end"},
        {"spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 2, updatedReplicas: 2, "
         "readyReplicas: 1}",
         PROGRESSING, KIND, "1 of 2 replicas are ready"},
        {"spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 2, updatedReplicas: 2, "
         "readyReplicas: 2, availableReplicas: 1}",
         PROGRESSING, KIND, "1 of 2 replicas are available"},
        {"spec: {replicas: 1}\nstatus: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, "
         "readyReplicas: 1, availableReplicas: 1, conditions: [{type: Available, status: 'False'}]}",
         PROGRESSING, KIND, "not Available"},
        {"spec: {replicas: 0}\nstatus: {observedGeneration: 1}", HEALTHY, KIND, NULL},
        {"spec: {replicas: many}\nstatus: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, "
         "readyReplicas: 1, availableReplicas: 1}",
         HEALTHY, KIND, NULL},
    };
    (void)state;
    CHECK("apiVersion: apps/v1\nkind: Deployment\n", cases);
    CHECK("apiVersion: extensions/v1beta1\nkind: Deployment\n", cases);
}

static void replicaSet_countsAndFailure_decide(void **state)
{
    static const health_case cases[] = {
        {"spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 2, readyReplicas: 2, "
         "availableReplicas: 2}",
         HEALTHY, KIND, NULL},
        {"spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 0, conditions: [{type: "
         "ReplicaFailure, status: 'True', reason: FailedCreate, message: quota}]}",
         DEGRADED, KIND, "ReplicaFailure (FailedCreate): quota"},
        {"spec: {replicas: 2}\nstatus: {observedGeneration: 1, replicas: 2, readyReplicas: 2, "
         "availableReplicas: 1}",
         PROGRESSING, KIND, NULL},
        {"spec: {replicas: 0}\nstatus: {observedGeneration: 1, replicas: 1}", PROGRESSING, KIND,
         NULL},
        {"spec: {}", PROGRESSING, KIND, NULL},
    };
    (void)state;
    CHECK("apiVersion: apps/v1\nkind: ReplicaSet\n", cases);
    CHECK("apiVersion: v1\nkind: ReplicationController\n", cases);
}

static void statefulSet_partitionAndRevision_decide(void **state)
{
    static const health_case cases[] = {
        {"spec: {replicas: 3}\nstatus: {observedGeneration: 1, replicas: 3, readyReplicas: 3, "
         "currentRevision: a, updateRevision: a}",
         HEALTHY, KIND, NULL},
        {"spec: {replicas: 3}\nstatus: {replicas: 3, readyReplicas: 3}", PROGRESSING, KIND, NULL},
        {"spec: {replicas: 3}\nstatus: {observedGeneration: 1, replicas: 3, readyReplicas: 2}",
         PROGRESSING, KIND, "2 of 3 replicas are ready"},
        {"spec: {replicas: 3}\nstatus: {observedGeneration: 1, replicas: 4, readyReplicas: 3}",
         PROGRESSING, KIND, "1 old replicas have yet to end"},
        {"spec: {replicas: 3, minReadySeconds: 9}\nstatus: {observedGeneration: 1, replicas: 3, "
         "readyReplicas: 3, availableReplicas: 2}",
         PROGRESSING, KIND, "2 of 3 replicas are available"},
        /* The server fills rollingUpdate in; that must not hide a rollout. */
        {"spec: {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: "
         "0}}}\nstatus: {observedGeneration: 1, replicas: 3, readyReplicas: 3, updatedReplicas: 2, "
         "currentRevision: a, updateRevision: b}",
         PROGRESSING, KIND, "2 of 3 replicas are updated"},
        {"spec: {replicas: 3}\nstatus: {observedGeneration: 1, replicas: 3, readyReplicas: 3, "
         "updatedReplicas: 3, currentRevision: a, updateRevision: b}",
         PROGRESSING, KIND, "its new revision"},
        {"spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}}\nstatus: "
         "{observedGeneration: 1, replicas: 3, readyReplicas: 3, updatedReplicas: 1, "
         "currentRevision: a, updateRevision: b}",
         HEALTHY, KIND, "1 replicas are updated, as the partition says"},
        {"spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}}\nstatus: "
         "{observedGeneration: 1, replicas: 3, readyReplicas: 3, updatedReplicas: 0, "
         "currentRevision: a, updateRevision: b}",
         PROGRESSING, KIND, "0 of 1 replicas are updated"},
        {"spec: {replicas: 3, updateStrategy: {type: OnDelete}}\nstatus: {observedGeneration: 1, "
         "replicas: 3, readyReplicas: 3, currentRevision: a, updateRevision: b}",
         HEALTHY, KIND, NULL},
        {"spec: {replicas: 3, updateStrategy: {type: OnDelete}}\nstatus: {observedGeneration: 1, "
         "replicas: 3, readyReplicas: 1}",
         PROGRESSING, KIND, NULL},
    };
    (void)state;
    CHECK("apiVersion: apps/v1\nkind: StatefulSet\n", cases);
}

static void daemonSet_nodes_decide(void **state)
{
    static const health_case cases[] = {
        {"status: {observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, "
         "updatedNumberScheduled: 2, numberReady: 2, numberAvailable: 2}",
         HEALTHY, KIND, NULL},
        {"status: {observedGeneration: 1, desiredNumberScheduled: 0}", HEALTHY, KIND, NULL},
        {"status: {observedGeneration: 1}", PROGRESSING, KIND,
         "it is not known yet how many nodes it is for"},
        {"spec: {}", PROGRESSING, KIND, NULL},
        {"status: {observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, "
         "updatedNumberScheduled: 1, numberReady: 2, numberAvailable: 2}",
         PROGRESSING, KIND, "1 of 2 replicas are updated"},
        {"spec: {updateStrategy: {type: OnDelete}}\nstatus: {observedGeneration: 1, "
         "desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 0, "
         "numberReady: 2, numberAvailable: 2}",
         HEALTHY, KIND, NULL},
        {"spec: {updateStrategy: {type: OnDelete}}\nstatus: {observedGeneration: 1, "
         "desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2, numberAvailable: 1}",
         PROGRESSING, KIND, "1 of 2 replicas are available"},
    };
    (void)state;
    CHECK("apiVersion: apps/v1\nkind: DaemonSet\n", cases);
}

static void pod_phaseAndContainers_decide(void **state)
{
    static const health_case cases[] = {
        {"status: {phase: Failed, message: evicted}", DEGRADED, KIND, "it failed: evicted"},
        {"status: {phase: Succeeded}", HEALTHY, KIND, NULL},
        {"status: {phase: Unknown}", UNKNOWN, KIND, NULL},
        {"spec: {}", PROGRESSING, KIND, NULL},
        {"status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: "
         "Unschedulable, message: no node}]}",
         PROGRESSING, KIND, "not PodScheduled (Unschedulable): no node"},
        {"status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}", HEALTHY, KIND,
         NULL},
        {"status: {phase: Running, conditions: [{type: Ready, status: 'False', reason: "
         "ContainersNotReady}]}",
         PROGRESSING, KIND, "not Ready (ContainersNotReady)"},
        {"status: {phase: Running, containerStatuses: [{name: web, ready: false, lastState: "
         "{terminated: {reason: OOMKilled}}}]}",
         DEGRADED, KIND, "container web: OOMKilled"},
        {"status: {phase: Running, containerStatuses: [{name: web, state: {waiting: {reason: "
         "CrashLoopBackOff, message: back-off}}}]}",
         DEGRADED, KIND, "container web: CrashLoopBackOff: back-off"},
        {"status: {phase: Pending, initContainerStatuses: [{name: init, state: {waiting: {reason: "
         "ErrImagePull}}}]}",
         DEGRADED, KIND, "container init: ErrImagePull"},
        {"status: {phase: Pending, containerStatuses: [{name: web, state: {waiting: {reason: "
         "ContainerCreating}}}]}",
         PROGRESSING, KIND, NULL},
        {"spec: {restartPolicy: Never}\nstatus: {phase: Running, conditions: [{type: Ready, "
         "status: 'True'}]}",
         PROGRESSING, KIND, "it runs and has not ended yet"},
        {"metadata: {annotations: {argocd.argoproj.io/ignore-restart-policy: 'true'}}\nspec: "
         "{restartPolicy: Never}\nstatus: {phase: Running, conditions: [{type: Ready, status: "
         "'True'}]}",
         HEALTHY, KIND, NULL},
    };
    (void)state;
    CHECK("apiVersion: v1\nkind: Pod\n", cases);
}

/* A hook has done its work when it has ended, however it runs meanwhile. */
static void hook_onlyItsEnd_isHealthy(void **state)
{
    static const health_case pods[] = {
        {"status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}", PROGRESSING, KIND,
         NULL},
        {"metadata: {annotations: {argocd.argoproj.io/ignore-restart-policy: 'true'}}\nstatus: "
         "{phase: Running, conditions: [{type: Ready, status: 'True'}]}",
         PROGRESSING, KIND, NULL},
        {"status: {phase: Succeeded}", HEALTHY, KIND, NULL},
        {"status: {phase: Failed}", DEGRADED, KIND, NULL},
    };
    static const health_case jobs[] = {
        {"status: {active: 1}", PROGRESSING, KIND, NULL},
        {"status: {conditions: [{type: Complete, status: 'True'}]}", HEALTHY, KIND, NULL},
    };
    (void)state;
    CHECK_HOOK("apiVersion: v1\nkind: Pod\n", pods);
    CHECK_HOOK("apiVersion: batch/v1\nkind: Job\n", jobs);
}

static void job_onlyItsEnd_isHealthy(void **state)
{
    static const health_case cases[] = {
        {"status: {active: 1, startTime: 2026-01-01T00:00:00Z}", PROGRESSING, KIND,
         "it has not ended yet: 1 active, 0 succeeded, 0 failed"},
        {"status: {conditions: [{type: SuccessCriteriaMet, status: 'True'}]}", PROGRESSING, KIND,
         NULL},
        {"status: {conditions: [{type: Complete, status: 'True'}]}", HEALTHY, KIND, NULL},
        {"status: {conditions: [{type: Complete, status: 'False'}]}", PROGRESSING, KIND, NULL},
        {"status: {conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]}",
         DEGRADED, KIND, "Failed (BackoffLimitExceeded)"},
        {"status: {conditions: [{type: FailureTarget, status: 'True'}]}", DEGRADED, KIND, NULL},
        {"status: {conditions: [{type: Suspended, status: 'True'}]}", SUSPENDED, KIND, NULL},
        {"spec: {suspend: true}", SUSPENDED, KIND, NULL},
        {"spec: {suspend: false}\nstatus: {conditions: [{type: Suspended, status: 'False'}]}",
         PROGRESSING, KIND, NULL},
    };
    (void)state;
    CHECK("apiVersion: batch/v1\nkind: Job\n", cases);
}

static void workflow_phase_decides(void **state)
{
    static const health_case cases[] = {
        {"spec: {}", PROGRESSING, KIND, NULL},
        {"status: {phase: ''}", PROGRESSING, KIND, NULL},
        {"status: {phase: Running, message: step 2}", PROGRESSING, KIND,
         "it has not ended yet: step 2"},
        {"status: {phase: Running}\nspec: {suspend: true}", SUSPENDED, KIND, NULL},
        {"status: {phase: Succeeded}", HEALTHY, KIND, NULL},
        {"status: {phase: Error, message: x}", DEGRADED, KIND, "it failed: x"},
        {"status: {phase: Failed}", DEGRADED, KIND, NULL},
        {"status: {phase: Odd}", UNKNOWN, KIND, "its phase: Odd"},
    };
    (void)state;
    CHECK("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n", cases);
}

typedef struct kind_case {
    const char *kind;
    health_case one;
} kind_case;

static void smallKinds_theirFields_decide(void **state)
{
    static const kind_case cases[] = {
        {"v1\nkind: Service", {"spec: {type: ClusterIP}", HEALTHY, KIND, NULL}},
        {"v1\nkind: Service",
         {"spec: {type: LoadBalancer, clusterIP: 10.0.0.1}", PROGRESSING, KIND,
          "its load balancer has no address yet"}},
        {"v1\nkind: Service",
         {"spec: {type: LoadBalancer}\nstatus: {loadBalancer: {ingress: []}}", PROGRESSING, KIND,
          NULL}},
        {"v1\nkind: Service",
         {"spec: {type: LoadBalancer}\nstatus: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}", HEALTHY,
          KIND, NULL}},
        {"networking.k8s.io/v1\nkind: Ingress", {"spec: {}", PROGRESSING, KIND, NULL}},
        {"networking.k8s.io/v1\nkind: Ingress",
         {"status: {loadBalancer: {ingress: [{}]}}", HEALTHY, KIND, NULL}},
        {"v1\nkind: PersistentVolumeClaim", {"status: {phase: Bound}", HEALTHY, KIND, NULL}},
        {"v1\nkind: PersistentVolumeClaim", {"status: {phase: Pending}", PROGRESSING, KIND, NULL}},
        {"v1\nkind: PersistentVolumeClaim", {"spec: {}", PROGRESSING, KIND, NULL}},
        {"v1\nkind: PersistentVolumeClaim", {"status: {phase: Lost}", DEGRADED, KIND, NULL}},
        {"v1\nkind: PersistentVolumeClaim", {"status: {phase: X}", UNKNOWN, KIND, NULL}},
        {"v1\nkind: PersistentVolume", {"status: {phase: Released}", HEALTHY, KIND, NULL}},
        {"v1\nkind: PersistentVolume", {"status: {phase: Failed}", DEGRADED, KIND, NULL}},
        {"v1\nkind: PersistentVolume", {"spec: {}", PROGRESSING, KIND, NULL}},
        {"v1\nkind: Namespace", {"status: {phase: Active}", HEALTHY, KIND, NULL}},
        {"v1\nkind: Namespace", {"status: {phase: Terminating}", PROGRESSING, KIND, NULL}},
        {"v1\nkind: ConfigMap", {"data: {a: b}", HEALTHY, NOTHING, NULL}},
        {"batch/v1\nkind: CronJob", {"spec: {suspend: true}", HEALTHY, KIND, "it is suspended"}},
        {"policy/v1\nkind: PodDisruptionBudget", {"spec: {}", PROGRESSING, KIND, NULL}},
        {"policy/v1\nkind: PodDisruptionBudget",
         {"status: {observedGeneration: 1, disruptionsAllowed: 0}", HEALTHY, KIND, NULL}},
        {"policy/v1\nkind: PodDisruptionBudget",
         {"status: {observedGeneration: 1, conditions: [{type: DisruptionAllowed, status: 'False', "
          "reason: SyncFailed}]}",
          DEGRADED, KIND, NULL}},
        {"apiregistration.k8s.io/v1\nkind: APIService",
         {"status: {conditions: [{type: Available, status: 'True'}]}", HEALTHY, KIND, NULL}},
        {"apiregistration.k8s.io/v1\nkind: APIService",
         {"status: {conditions: [{type: Available, status: 'False', reason: MissingEndpoints}]}",
          PROGRESSING, KIND, NULL}},
        {"apiregistration.k8s.io/v1\nkind: APIService", {"spec: {}", PROGRESSING, KIND, NULL}},
        {"autoscaling/v2\nkind: HorizontalPodAutoscaler", {"spec: {}", PROGRESSING, KIND, NULL}},
        {"autoscaling/v2\nkind: HorizontalPodAutoscaler",
         {"status: {conditions: [{type: AbleToScale, status: 'True'}]}", HEALTHY, KIND, NULL}},
        /* That it could scale must not hide that it has no metric to scale by. */
        {"autoscaling/v2\nkind: HorizontalPodAutoscaler",
         {"status: {conditions: [{type: AbleToScale, status: 'True'}, {type: ScalingActive, "
          "status: 'False', reason: FailedGetResourceMetric}]}",
          DEGRADED, KIND, "not ScalingActive (FailedGetResourceMetric)"}},
        {"autoscaling/v2\nkind: HorizontalPodAutoscaler",
         {"status: {conditions: [{type: AbleToScale, status: 'True'}, {type: ScalingActive, "
          "status: 'False', reason: ScalingDisabled}]}",
          HEALTHY, KIND, NULL}},
        {"autoscaling/v1\nkind: HorizontalPodAutoscaler",
         {"metadata: {annotations: {autoscaling.alpha.kubernetes.io/conditions: "
          "'[{\"type\":\"AbleToScale\",\"status\":\"False\",\"reason\":\"FailedGetScale\"}]'}}",
          DEGRADED, KIND, NULL}},
        {"autoscaling/v1\nkind: HorizontalPodAutoscaler",
         {"metadata: {annotations: {autoscaling.alpha.kubernetes.io/conditions: '{['}}", PROGRESSING,
          KIND, NULL}},
    };
    char prefix[200];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(prefix, sizeof prefix, "apiVersion: %s\n", cases[i].kind);
        health_check(context, NULL, prefix, &cases[i].one, 1, 0);
    }
}

static void definition_conditions_decide(void **state)
{
    static const health_case cases[] = {
        {"spec: {}", PROGRESSING, KIND, NULL},
        {"status: {conditions: [{type: NamesAccepted, status: 'True'}, {type: Established, status: "
         "'True'}]}",
         HEALTHY, KIND, NULL},
        {"status: {conditions: [{type: Established, status: 'False', reason: Installing}]}",
         PROGRESSING, KIND, NULL},
        {"status: {conditions: [{type: Established, status: 'False', reason: NotAccepted}]}",
         DEGRADED, KIND, NULL},
        {"status: {conditions: [{type: NamesAccepted, status: 'False', reason: Conflict}, {type: "
         "Established, status: 'True'}]}",
         DEGRADED, KIND, "not NamesAccepted (Conflict)"},
        {"status: {conditions: [{type: Established, status: 'True'}, {type: NonStructuralSchema, "
         "status: 'True'}]}",
         DEGRADED, KIND, NULL},
        {"status: {conditions: [{type: Established, status: 'True'}, {type: Terminating, status: "
         "'True'}]}",
         PROGRESSING, KIND, NULL},
    };
    (void)state;
    CHECK("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n", cases);
}

/* Conditions come from a target: they must not break lines, nor be cut within a character. */
static void message_isOneLineOfWholeCharacters(void **state)
{
    char text[3000] = "apiVersion: e/v1\nkind: K\nstatus: {conditions: [{type: Ready, status: "
                      "'False', message: \"a\\nb\\tc\\u2028d\\0e";
    (void)state;
    for (int i = 0; i < 600; i++)
        strcat(text, "\xc3\xa4");
    strcat(text, "\"}]}");
    gitops_health health = health_of(context, NULL, text, NULL, 0);
    assert_true(strlen(health.message) < sizeof health.message);
    assert_memory_equal(health.message, "not Ready: a b c d", 18);
    assert_null(strpbrk(health.message, "\n\t\r"));
}

static void members_ofWrongTypes_readAsAbsent(void **state)
{
    static const char *const kinds[] = {
        "v1\nkind: Pod", "v1\nkind: Service", "v1\nkind: PersistentVolumeClaim",
        "v1\nkind: PersistentVolume", "v1\nkind: Namespace", "batch/v1\nkind: Job",
        "batch/v1\nkind: CronJob", "apps/v1\nkind: Deployment", "apps/v1\nkind: StatefulSet",
        "apps/v1\nkind: DaemonSet", "apps/v1\nkind: ReplicaSet", "argoproj.io/v1\nkind: Workflow",
        "autoscaling/v1\nkind: HorizontalPodAutoscaler", "networking.k8s.io/v1\nkind: Ingress",
        "policy/v1\nkind: PodDisruptionBudget", "apiregistration.k8s.io/v1\nkind: APIService",
        "apiextensions.k8s.io/v1\nkind: CustomResourceDefinition", "example.org/v1\nkind: Any",
    };
    static const char *const bodies[] = {
        "status: 1", "status: []", "status: null\nspec: text\nmetadata: [1]",
        "status: {conditions: {type: Ready}}", "status: {conditions: [1, [], null, {}, x]}",
        "status: {conditions: [{type: [], status: {}, reason: 7, message: [a]}]}",
        "status: {conditions: [{type: Ready, status: 1, reason: {}, message: null}]}",
        "status: {phase: {}, containerStatuses: {a: 1}, initContainerStatuses: [1, {state: []}]}",
        "status: {phase: 7, observedGeneration: [1]}\nmetadata: {generation: x, annotations: 3}",
        "status: {phase: Running, containerStatuses: [{name: 7, lastState: {terminated: 1}}]}",
        "status: {observedGeneration: 1, replicas: x, readyReplicas: {}, loadBalancer: 3}",
        "spec: {replicas: -9223372036854775808}\n"
        "status: {observedGeneration: 9223372036854775807, replicas: 9223372036854775807}",
        "spec: {replicas: 9223372036854775807, updateStrategy: {rollingUpdate: {partition: "
        "-9223372036854775808}}}\nstatus: {observedGeneration: 1, readyReplicas: "
        "9223372036854775807, updatedReplicas: -9223372036854775808, currentRevision: [1], "
        "updateRevision: {}}",
        "metadata: {deletionTimestamp: 7}\nspec: {restartPolicy: 7, paused: 'true', suspend: 1}",
    };
    char text[2000];
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (size_t k = 0; k < sizeof bodies / sizeof bodies[0]; k++) {
            snprintf(text, sizeof text, "apiVersion: %s\n%s", kinds[i], bodies[k]);
            assert_non_null(gitops_health_name(health_of(context, NULL, text, NULL, 0).status));
        }
}

static void annotated_body(gitops_context *own, void *data)
{
    const char *text = "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: "
                       "{annotations: {autoscaling.alpha.kubernetes.io/conditions: "
                       "'[{\"type\":\"AbleToScale\",\"status\":\"True\"}]'}}";
    gitops_document *document;
    gitops_health health;
    (void)data;
    if (gitops_document_parse(&document, own, text, strlen(text), "", NULL) < 0)
        return;
    int rc = gitops_health_assess(&health, NULL, document, NULL, 0, NULL);
    assert_int_equal(health.status, rc == 0 ? HEALTHY : UNKNOWN);
    gitops_document_free(document);
}

static void assess_everyAllocationFails_unknownOrVerdict(void **state)
{
    (void)state;
    support_fail_every_allocation(annotated_body, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_context, close_context)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_everyHealth_readsBack),
        cmocka_unit_test(worse_ofTwo_isTheLaterInOrder),
        TEST(absentObject_isMissing),
        cmocka_unit_test(wrongArguments_areRefusedAndUnknown),
        TEST(everyKind_generalRulesComeFirst),
        TEST(customKind_readyConditionDecides),
        TEST(deployment_countsAndConditions_decide),
        TEST(replicaSet_countsAndFailure_decide),
        TEST(statefulSet_partitionAndRevision_decide),
        TEST(daemonSet_nodes_decide),
        TEST(pod_phaseAndContainers_decide),
        TEST(hook_onlyItsEnd_isHealthy),
        TEST(job_onlyItsEnd_isHealthy),
        TEST(workflow_phase_decides),
        TEST(smallKinds_theirFields_decide),
        TEST(definition_conditions_decide),
        TEST(message_isOneLineOfWholeCharacters),
        TEST(members_ofWrongTypes_readAsAbsent),
        cmocka_unit_test(assess_everyAllocationFails_unknownOrVerdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
