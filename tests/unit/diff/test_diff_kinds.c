/*
 * kinds: what is special about objects of Kubernetes. The rules decide what is equal; what is sent
 * is what Git says, with live's values where they are equal.
 */
#include "triple.h"

#include "diff/diff.h"

#define OBJECT(type, rest) "{" type ",\"metadata\":{\"name\":\"o\"}" rest "}"
#define TYPED(version, kind, rest)                                                                 \
    OBJECT("\"apiVersion\":\"" version "\",\"kind\":\"" kind "\"", rest)
#define SECRET(rest)       OBJECT("\"apiVersion\":\"v1\",\"kind\":\"Secret\"", rest)
#define POD(rest)          OBJECT("\"apiVersion\":\"v1\",\"kind\":\"Pod\"", rest)

typedef struct kind_case {
    const char *name, *base, *desired, *live, *merged;
} kind_case;

static const kind_case secrets[] = {
    {"a new Secret is sent as Git says", NULL,
     SECRET(",\"stringData\":{\"k\":\"pass\"},\"data\":{\"o\":\"YQ\"}"), NULL,
     SECRET(",\"stringData\":{\"k\":\"pass\"},\"data\":{\"o\":\"YQ\"}")},
    {"stringData is data", NULL,
     SECRET(",\"stringData\":{\"k\":\"pass\"},\"data\":{\"o\":\"YQ==\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\",\"o\":\"YQ\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\",\"o\":\"YQ\"}")},
    {"stringData wins over data", NULL,
     SECRET(",\"stringData\":{\"k\":\"pass\"},\"data\":{\"k\":\"YQ==\"}"),
     SECRET(",\"type\":\"Opaque\""),
     SECRET(",\"type\":\"Opaque\",\"stringData\":{\"k\":\"pass\"}")},
    {"a null in stringData wins over nothing", NULL,
     SECRET(",\"stringData\":{\"k\":null},\"data\":{\"k\":\"YQ==\"}"), SECRET(""),
     SECRET(",\"data\":{\"k\":\"YQ==\"}")},
    {"a changed text takes the key over, the others stay",
     SECRET(",\"stringData\":{\"k\":\"pass\",\"same\":\"a\"}"),
     SECRET(",\"stringData\":{\"k\":\"word\",\"same\":\"a\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\",\"same\":\"YQ\",\"theirs\":\"Yg==\"}"),
     SECRET(",\"data\":{\"same\":\"YQ\",\"theirs\":\"Yg==\"},\"stringData\":{\"k\":\"word\"}")},
    {"a key that moves to data is no change", SECRET(",\"stringData\":{\"k\":\"pass\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\"}"), SECRET(",\"data\":{\"k\":\"cGFzcw==\"}"),
     SECRET(",\"data\":{\"k\":\"cGFzcw==\"}")},
    {"a key that leaves stringData leaves data", SECRET(",\"stringData\":{\"a\":\"a\",\"k\":\"pass\"}"),
     SECRET(",\"stringData\":{\"a\":\"a\"}"), SECRET(",\"data\":{\"a\":\"YQ==\",\"k\":\"cGFzcw==\"}"),
     SECRET(",\"data\":{\"a\":\"YQ==\"}")},
    {"a target that keeps stringData", SECRET(",\"stringData\":{\"k\":\"pass\"}"),
     SECRET(",\"stringData\":{\"k\":\"word\"}"), SECRET(",\"stringData\":{\"k\":\"pass\"}"),
     SECRET(",\"stringData\":{\"k\":\"word\"}")},
    {"what is no base64 is compared as it is", SECRET(",\"data\":{\"k\":\"a!b\"}"),
     SECRET(",\"data\":{\"k\":\"a!b\"}"), SECRET(",\"data\":{\"k\":\"a!b=\"}"),
     SECRET(",\"data\":{\"k\":\"a!b\"}")},
    {"a null is an empty text", SECRET(",\"data\":{\"k\":null}"), SECRET(",\"data\":{\"k\":null}"),
     SECRET(",\"data\":{\"k\":\"\"}"), SECRET(",\"data\":{\"k\":\"\"}")},
};

#define ENDPOINTS(rest) OBJECT("\"apiVersion\":\"v1\",\"kind\":\"Endpoints\"", rest)
#define SERVICE(rest)   OBJECT("\"apiVersion\":\"v1\",\"kind\":\"Service\"", rest)
#define ROLE(rest)                                                                                 \
    OBJECT("\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\"", rest)
#define SCALER(version, rest)                                                                      \
    "{\"apiVersion\":\"autoscaling/" version "\",\"kind\":\"HorizontalPodAutoscaler\"" rest "}"
#define CRD(rest)                                                                                  \
    OBJECT("\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\"", rest)
#define HOOKS(rest)                                                                                \
    OBJECT("\"apiVersion\":\"admissionregistration.k8s.io/v1\",\"kind\":"                         \
           "\"ValidatingWebhookConfiguration\"", rest)
#define ONE   "{\"ip\":\"10.0.0.1\"}"
#define TWO   "{\"ip\":\"10.0.0.2\"}"
#define CPU   "{\"type\":\"Resource\",\"resource\":{\"name\":\"cpu\"}}"
#define OTHER "{\"type\":\"Resource\",\"resource\":{\"name\":\"memory\"}}"

static const kind_case kinds[] = {
    {"the order of endpoints has no meaning",
     ENDPOINTS(",\"subsets\":[{\"addresses\":[" ONE "," TWO "]},{\"addresses\":[" TWO "]}]"),
     ENDPOINTS(",\"subsets\":[{\"addresses\":[" ONE "," TWO "]},{\"addresses\":[" TWO "]}]"),
     ENDPOINTS(",\"subsets\":[{\"addresses\":[" TWO "]},{\"addresses\":[" TWO "," ONE "]}]"),
     ENDPOINTS(",\"subsets\":[{\"addresses\":[" TWO "]},{\"addresses\":[" TWO "," ONE "]}]")},
    {"other endpoints are others", NULL,
     ENDPOINTS(",\"subsets\":[{\"addresses\":[" ONE "," TWO "]}]"),
     ENDPOINTS(",\"subsets\":[{\"addresses\":[" ONE "," ONE "]}]"),
     ENDPOINTS(",\"subsets\":[{\"addresses\":[" ONE "," TWO "]}]")},
    {"rules of an aggregated role are its controller's",
     ROLE(",\"aggregationRule\":{},\"rules\":[]"), ROLE(",\"aggregationRule\":{},\"rules\":[]"),
     ROLE(",\"aggregationRule\":{},\"rules\":[{\"verbs\":[\"get\"]}]"),
     ROLE(",\"aggregationRule\":{},\"rules\":[{\"verbs\":[\"get\"]}]")},
    {"rules of another role are ours", NULL, ROLE(",\"rules\":[]"),
     ROLE(",\"rules\":[{\"verbs\":[\"get\"]}]"), ROLE(",\"rules\":[]")},
    {"addresses that Git does not state are the server's", SERVICE(",\"spec\":{\"clusterIP\":\"1\"}"),
     SERVICE(",\"spec\":{}"), SERVICE(",\"spec\":{\"clusterIP\":\"1\",\"clusterIPs\":[\"1\"]}"),
     SERVICE(",\"spec\":{\"clusterIP\":\"1\",\"clusterIPs\":[\"1\"]}")},
    {"repeated and empty metrics have no meaning",
     SCALER("v2", ",\"spec\":{\"metrics\":[" CPU "," CPU ",{}]}"),
     SCALER("v2", ",\"spec\":{\"metrics\":[" CPU "," CPU ",{}]}"),
     SCALER("v2", ",\"spec\":{\"metrics\":[" CPU "]}"), SCALER("v2", ",\"spec\":{\"metrics\":[" CPU "]}")},
    {"other metrics have", NULL, SCALER("v2", ",\"spec\":{\"metrics\":[" CPU "," CPU "]}"),
     SCALER("v2", ",\"spec\":{\"metrics\":[" CPU "," OTHER "]}"),
     SCALER("v2", ",\"spec\":{\"metrics\":[" CPU "," CPU "]}")},
    {"what an older version keeps in annotations",
     SCALER("v1", ",\"metadata\":{\"annotations\":{\"autoscaling.alpha.kubernetes.io/metrics\":\"[]\"}}"),
     SCALER("v1", ",\"metadata\":{\"annotations\":{\"autoscaling.alpha.kubernetes.io/metrics\":\"[]\"}}"),
     SCALER("v1", ",\"metadata\":{}"), SCALER("v1", ",\"metadata\":{}")},
    {"defaults of a definition", NULL,
     CRD(",\"spec\":{\"preserveUnknownFields\":false,\"conversion\":{\"strategy\":\"None\"},"
         "\"names\":{\"kind\":\"A\",\"singular\":\"\"}}"),
     CRD(",\"spec\":{\"names\":{\"kind\":\"A\",\"singular\":\"a\",\"listKind\":\"AList\"}}"),
     CRD(",\"spec\":{\"names\":{\"kind\":\"A\",\"singular\":\"a\",\"listKind\":\"AList\"}}")},
    {"a conversion counts", NULL, CRD(",\"spec\":{\"conversion\":{\"strategy\":\"None\"}}"),
     CRD(",\"spec\":{\"conversion\":{\"strategy\":\"Webhook\"}}"),
     CRD(",\"spec\":{\"conversion\":{\"strategy\":\"None\"}}")},
    {"the bundle of an authority is filled in by others",
     HOOKS(",\"webhooks\":[{\"name\":\"a\",\"clientConfig\":{\"caBundle\":\"\",\"url\":\"u\"}}]"),
     HOOKS(",\"webhooks\":[{\"name\":\"a\",\"clientConfig\":{\"caBundle\":\"\",\"url\":\"u\"}}]"),
     HOOKS(",\"webhooks\":[{\"name\":\"a\",\"clientConfig\":{\"caBundle\":\"Zg==\",\"url\":\"u\"}}]"),
     HOOKS(",\"webhooks\":[{\"name\":\"a\",\"clientConfig\":{\"caBundle\":\"Zg==\",\"url\":\"u\"}}]")},
    {"no annotations, no labels and a time that is not set",
     SCALER("v2", ",\"metadata\":{\"annotations\":{},\"creationTimestamp\":null,\"labels\":{},\"name\":\"o\"}"),
     SCALER("v2", ",\"metadata\":{\"annotations\":{},\"creationTimestamp\":null,\"labels\":{},\"name\":\"o\"}"),
     SCALER("v2", ",\"metadata\":{\"creationTimestamp\":\"2020-01-01T00:00:00Z\",\"name\":\"o\"}"),
     SCALER("v2", ",\"metadata\":{\"creationTimestamp\":\"2020-01-01T00:00:00Z\",\"name\":\"o\"}")},
    {"a time that is not set is not sent", NULL,
     SCALER("v2", ",\"metadata\":{\"creationTimestamp\":null,\"name\":\"o\"}"), NULL,
     SCALER("v2", ",\"metadata\":{\"name\":\"o\"}")},
    {"the rules of a webhook with the defaults of the server", NULL,
     HOOKS(",\"webhooks\":[{\"name\":\"a\",\"rules\":[{\"operations\":[\"CREATE\"]}]}]"),
     HOOKS(",\"webhooks\":[{\"name\":\"a\",\"matchPolicy\":\"Equivalent\",\"rules\":"
           "[{\"operations\":[\"CREATE\"],\"scope\":\"*\"}]}]"),
     HOOKS(",\"webhooks\":[{\"name\":\"a\",\"matchPolicy\":\"Equivalent\",\"rules\":"
           "[{\"operations\":[\"CREATE\"],\"scope\":\"*\"}]}]")},
    {"pull secrets that a cluster adds are its own",
     TYPED("v1", "ServiceAccount", ",\"imagePullSecrets\":[{\"name\":\"a\"}]"),
     TYPED("v1", "ServiceAccount", ",\"imagePullSecrets\":[{\"name\":\"a\"}]"),
     TYPED("v1", "ServiceAccount", ",\"imagePullSecrets\":[{\"name\":\"o-dockercfg-1\"},{\"name\":\"a\"}]"),
     TYPED("v1", "ServiceAccount", ",\"imagePullSecrets\":[{\"name\":\"o-dockercfg-1\"},{\"name\":\"a\"}]")},
    {"both names of a service account go", POD(",\"spec\":{\"serviceAccountName\":\"a\"}"),
     POD(",\"spec\":{}"), POD(",\"spec\":{\"serviceAccount\":\"a\",\"serviceAccountName\":\"a\"}"),
     POD(",\"spec\":{}")},
    {"and change", POD(",\"spec\":{\"serviceAccount\":\"a\"}"), POD(",\"spec\":{\"serviceAccount\":\"b\"}"),
     POD(",\"spec\":{\"serviceAccount\":\"a\",\"serviceAccountName\":\"a\"}"),
     POD(",\"spec\":{\"serviceAccount\":\"b\",\"serviceAccountName\":\"b\"}")},
    {"and may change places", POD(",\"spec\":{\"serviceAccountName\":\"a\"}"),
     POD(",\"spec\":{\"serviceAccount\":\"a\"}"),
     POD(",\"spec\":{\"serviceAccount\":\"a\",\"serviceAccountName\":\"a\"}"),
     POD(",\"spec\":{\"serviceAccount\":\"a\",\"serviceAccountName\":\"a\"}")},
    {"and are one", POD(",\"spec\":{\"serviceAccountName\":\"a\"}"), POD(",\"spec\":{\"serviceAccountName\":\"a\"}"),
     POD(",\"spec\":{\"serviceAccount\":\"a\",\"serviceAccountName\":\"a\"}"),
     POD(",\"spec\":{\"serviceAccount\":\"a\",\"serviceAccountName\":\"a\"}")},
    {"amounts of resources are rounded up", NULL,
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\",\"resources\":{\"limits\":{\"cpu\":\"0.1001\"}}}]}"),
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\",\"resources\":{\"limits\":{\"cpu\":\"101m\"}}}]}"),
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\",\"resources\":{\"limits\":{\"cpu\":\"101m\"}}}]}")},
};

static const kind_case empties[] = {
    {"what is empty in Git is sent with a new object", NULL,
     POD(",\"spec\":{\"tolerations\":[],\"nodeSelector\":{},\"volumes\":null}"), NULL,
     POD(",\"spec\":{\"tolerations\":[],\"nodeSelector\":{}}")},
    {"and with a new element", POD(",\"spec\":{\"containers\":[{\"name\":\"a\"}]}"),
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\",\"args\":[]}]}"),
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\"}]}"),
     POD(",\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\",\"args\":[]}]}")},
    {"what the server dropped is no difference", POD(",\"spec\":{\"tolerations\":[]}"),
     POD(",\"spec\":{\"tolerations\":[]}"), POD(",\"spec\":{}"), POD(",\"spec\":{}")},
};

static void check_cases(const kind_case *cases, size_t count)
{
    gitops_context *context = support_context_new();
    for (size_t i = 0; i < count; i++) {
        const kind_case *c = &cases[i];
        print_message("%s\n", c->name);
        triple t = triple_new(context, NULL, c->base, c->desired, c->live);
        gitops_diff *diff = triple_diff(&t, 0, 0);
        triple_assert_merged(diff, c->merged);
        gitops_diff_free(diff);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    support_context_free(context);
}

static void diff_secrets_giveTheirMerge(void **state)
{
    (void)state;
    check_cases(secrets, sizeof secrets / sizeof secrets[0]);
}

static void diff_kindsOfKubernetes_giveTheirMerge(void **state)
{
    (void)state;
    check_cases(kinds, sizeof kinds / sizeof kinds[0]);
}

static void diff_emptiesOfKubernetes_giveTheirMerge(void **state)
{
    (void)state;
    check_cases(empties, sizeof empties / sizeof empties[0]);
}

typedef struct fixed_case {
    const char *desired, *live, *path;
    int replaces;
} fixed_case;

#define JOB(suspend, member)                                                                       \
    TYPED("batch/v1", "Job", ",\"spec\":{\"suspend\":" suspend ",\"template\":{\"spec\":{" member "}}}")

static const fixed_case fixed[] = {
    {TYPED("apps/v1", "Deployment", ",\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"2\"}}}"),
     TYPED("apps/v1", "Deployment", ",\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"1\"}}}"),
     "/spec/selector", 1},
    {TYPED("apps/v1", "Deployment", ",\"spec\":{\"replicas\":2}"),
     TYPED("apps/v1", "Deployment", ",\"spec\":{\"replicas\":1}"), "/spec/replicas", 0},
    {TYPED("v1", "ConfigMap", ",\"data\":{\"a\":\"2\"}"),
     TYPED("v1", "ConfigMap", ",\"data\":{\"a\":\"1\"},\"immutable\":true"), "/data/a", 1},
    {TYPED("v1", "ConfigMap", ",\"data\":{\"a\":\"2\"},\"immutable\":true"),
     TYPED("v1", "ConfigMap", ",\"data\":{\"a\":\"1\"}"), "/data/a", 0},
    {SECRET(",\"stringData\":{\"a\":\"2\"}"), SECRET(",\"data\":{\"a\":\"MQ==\"},\"immutable\":true"),
     "/data/a", 1},
    {SERVICE(",\"spec\":{\"clusterIP\":\"1.2.3.4\"}"), SERVICE(",\"spec\":{\"clusterIP\":\"1.2.3.5\"}"),
     "/spec/clusterIP", 1},
    {SERVICE(",\"spec\":{\"clusterIP\":\"1.2.3.4\"}"), SERVICE(",\"spec\":{\"clusterIP\":\"\"}"),
     "/spec/clusterIP", 0},
    {JOB("false", "\"nodeSelector\":{\"a\":\"2\"}"), JOB("false", "\"nodeSelector\":{\"a\":\"1\"}"),
     "/spec/template/spec/nodeSelector", 1},
    {JOB("true", "\"nodeSelector\":{\"a\":\"2\"}"), JOB("true", "\"nodeSelector\":{\"a\":\"1\"}"),
     "/spec/template/spec/nodeSelector", 0},
    {JOB("true", "\"restartPolicy\":\"Never\""), JOB("true", "\"restartPolicy\":\"OnFailure\""),
     "/spec/template/spec/restartPolicy", 1},
    {TYPED("extensions/v1beta1", "Ingress", ""), TYPED("networking.k8s.io/v1", "Ingress", ""),
     "/apiVersion", 1},
    {TYPED("networking.k8s.io/v1beta1", "Ingress", ""), TYPED("networking.k8s.io/v1", "Ingress", ""),
     "/apiVersion", 0},
};

static void diff_immutablePlaceWritten_replaces(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        print_message("%s %d\n", fixed[i].path, fixed[i].replaces);
        triple t = triple_new(context, NULL, NULL, fixed[i].desired, fixed[i].live);
        gitops_diff *diff = triple_diff(&t, 0, 0);
        const gitops_change *change = triple_change(diff, fixed[i].path);
        assert_non_null(change);
        assert_int_equal(gitops_change_replaces(change), fixed[i].replaces);
        assert_int_equal(gitops_change_immutable(change), fixed[i].replaces);
        assert_int_equal(gitops_diff_replaces(diff), fixed[i].replaces);
        gitops_diff_free(diff);
        triple_free(&t);
    }
    support_context_free(context);
}

/* Coming, going, and left as it is: nothing is changed in place. */
static void diff_immutablePlaceNotWritten_doesNotReplace(void **state)
{
    const fixed_case *c = &fixed[0];
    gitops_context *context = support_context_new();
    (void)state;
    triple made = triple_new(context, NULL, NULL, c->desired, NULL);
    triple gone = triple_new(context, NULL, c->live, NULL, c->live);
    triple kept = triple_new(context, NULL, c->desired, c->desired, c->live);
    gitops_diff *diffs[] = {triple_diff(&made, 0, 0), triple_diff(&gone, 0, 0),
                            triple_diff(&kept, 0, GITOPS_DRIFT_REPORT)};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(gitops_diff_replaces(diffs[i]), 0);
        gitops_diff_free(diffs[i]);
    }
    triple_free(&made);
    triple_free(&gone);
    triple_free(&kept);
    support_context_free(context);
}

/* What is remembered is what Git says, so that the next look finds it unchanged. */
static void diff_secretWithStringData_isItsOwnBase(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    triple t = triple_new(context, NULL, SECRET(",\"stringData\":{\"k\":\"old\"}"),
                          SECRET(",\"stringData\":{\"k\":\"pass\"}"),
                          SECRET(",\"data\":{\"k\":\"b2xk\"}"));
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_true(gitops_value_equal(gitops_document_root(gops_diff_new_base(diff)),
                                   gitops_document_root(t.desired)));
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_secrets_giveTheirMerge),
        cmocka_unit_test(diff_emptiesOfKubernetes_giveTheirMerge),
        cmocka_unit_test(diff_kindsOfKubernetes_giveTheirMerge),
        cmocka_unit_test(diff_immutablePlaceWritten_replaces),
        cmocka_unit_test(diff_immutablePlaceNotWritten_doesNotReplace),
        cmocka_unit_test(diff_secretWithStringData_isItsOwnBase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
