/*
 * The order of plans: waves, phases, what needs what, and the annotations of each tool by an
 * example of its own.
 */
#include "arranged.h"

#include <stdio.h>

#include "plan/schedule.h"

/* A document: kind with apiVersion, namespace and name, and its annotations. */
#define OBJECT(api, kind, space, name, annotations) \
    "---\napiVersion: " api "\nkind: " kind "\nmetadata:\n  name: " name "\n" space \
    "  annotations: {" annotations "}\n"
#define IN(space) "  namespace: " space "\n"
#define CONFIG(name, annotations) OBJECT("v1", "ConfigMap", IN("d"), name, annotations)
#define SPACE(name, annotations) OBJECT("v1", "Namespace", "", name, annotations)
#define WEB(name, annotations) OBJECT("apps/v1", "Deployment", IN("d"), name, annotations)
#define JOB(name, annotations) OBJECT("batch/v1", "Job", IN("d"), name, annotations)
#define ON(keys) "gitops/depends-on: '" keys "'"
#define ARGO "argocd.argoproj.io/"
#define KAPP "kapp.k14s.io/"

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

static void waves_ofArgo_comeBeforeKinds(void **state)
{
    arranged parts = {
        .git = WEB("early", "'" ARGO "sync-wave': '-5'") CONFIG("late", ARGO "sync-wave: '2'")
            WEB("web", "a: b") CONFIG("c", "a: b") JOB("j", ARGO "sync-wave: '0'")};
    (void)state;
    arranged_is(context, &parts, "sync -5 d/Deployment.apps/early\n\n"
                                 "sync 0 d/ConfigMap/c\n\n"
                                 "sync 0 d/Deployment.apps/web\n\n"
                                 "sync 0 d/Job.batch/j\n\n"
                                 "sync 2 d/ConfigMap/late\n");
}

static void waves_ofHelm_areHookWeights(void **state)
{
    arranged parts = {
        .git = JOB("b", "helm.sh/hook: pre-install, helm.sh/hook-weight: '1'")
            JOB("a", "helm.sh/hook: 'pre-upgrade,pre-install', helm.sh/hook-weight: '2'")
                JOB("after", "helm.sh/hook: post-install") WEB("w", "a: b")};
    (void)state;
    arranged_is(context, &parts, "pre-sync 1 d/Job.batch/b\n\n"
                                 "pre-sync 2 d/Job.batch/a\n\n"
                                 "sync 0 d/Deployment.apps/w\n\n"
                                 "post-sync 0 d/Job.batch/after\n");
}

static void phases_ofHooks_areInOrder(void **state)
{
    arranged parts = {
        .git = JOB("p1", ARGO "hook: PreSync") JOB("p2", ARGO "hook: Sync")
            JOB("p5", ARGO "hook: PostSync, " ARGO "sync-wave: '-9'")
                JOB("p6", "gitops/hook: sync-fail") JOB("p3", ARGO "hook: PreDelete")
                    JOB("p4", "gitops/hook: post-delete")
                    JOB("p0", ARGO "hook: 'PostSync,PreSync', " ARGO "sync-wave: '-1'"),
        .sent = CONFIG("gone", "a: b")};
    (void)state;
    arranged_is(context, &parts, "pre-sync -1 d/Job.batch/p0\n\n"
                                 "pre-sync 0 d/Job.batch/p1\n\n"
                                 "sync 0 d/Job.batch/p2\n\n"
                                 "pre-delete 0 d/Job.batch/p3\n\n"
                                 "prune 0 -d/ConfigMap/gone\n\n"
                                 "post-delete 0 d/Job.batch/p4\n\n"
                                 "post-sync -9 d/Job.batch/p5\n\n"
                                 "sync-fail 0 d/Job.batch/p6\n");
}

/* Argo CD: the last wave is deleted first, and what is to go last goes after all. */
static void deletes_goInMirroredWaves(void **state)
{
    arranged parts = {
        .git = CONFIG("stays", "a: b"),
        .sent = CONFIG("w0", "a: b") CONFIG("w2", ARGO "sync-wave: '2'")
            WEB("w2", ARGO "sync-wave: '2'") CONFIG("w-1", ARGO "sync-wave: '-1'")
                CONFIG("last", ARGO "sync-options: PruneLast=true, " ARGO "sync-wave: '7'"),
        .changed = " d/ConfigMap/stays "};
    (void)state;
    arranged_is(context, &parts, "sync 0 d/ConfigMap/stays\n\n"
                                 "prune 2 -d/Deployment.apps/w2\n\n"
                                 "prune 2 -d/ConfigMap/w2\n\n"
                                 "prune 0 -d/ConfigMap/w0\n\n"
                                 "prune -1 -d/ConfigMap/w-1\n\n"
                                 "prune 7 -d/ConfigMap/last\n");
}

static void dependsOn_ordersWithinAKindAndAgainstKinds(void **state)
{
    arranged parts = {.git = CONFIG("a", ON("d/ConfigMap/b")) CONFIG("b", ON("d/ConfigMap/c"))
                          CONFIG("c", "a: b") CONFIG("d", ON("d/Deployment.apps/w"))
                              WEB("w", "a: b") CONFIG("e", "a: b")};
    (void)state;
    arranged_is(context, &parts, "sync 0 d/ConfigMap/c\n"
                                 "sync 0 d/ConfigMap/e\n\n"
                                 "sync 0 d/ConfigMap/b\n\n"
                                 "sync 0 d/ConfigMap/a\n\n"
                                 "sync 0 d/Deployment.apps/w\n\n"
                                 "sync 0 d/ConfigMap/d\n");
}

static void dependsOn_ofCliUtils_isUnderstood(void **state)
{
    arranged parts = {
        .git = CONFIG("a", "config.kubernetes.io/depends-on: "
                           "'apps/namespaces/d/Deployment/w,/Namespace/x'")
            WEB("w", "a: b") SPACE("x", "a: b")};
    (void)state;
    arranged_is(context, &parts, "sync 0 _/Namespace/x\n\n"
                                 "sync 0 d/Deployment.apps/w\n\n"
                                 "sync 0 d/ConfigMap/a\n");
}

/* What is needed is brought forward to the wave of what needs it, as by Argo CD's adjustDeps. */
static void dependsOn_againstWaves_bringsForward(void **state)
{
    arranged parts = {
        .git = WEB("w", ON("d/Job.batch/j") ", gitops/wave: -1") JOB("j", "gitops/wave: 5, "
                       ON("d/ConfigMap/c")) CONFIG("c", "gitops/hook: post-sync")
            CONFIG("other", "gitops/wave: -2")};
    (void)state;
    arranged_is(context, &parts, "sync -2 d/ConfigMap/other\n\n"
                                 "sync -1 d/ConfigMap/c\n\n"
                                 "sync -1 d/Job.batch/j\n\n"
                                 "sync -1 d/Deployment.apps/w\n");
}

static void namespaces_comeBeforeTheirMembersInAnyWave(void **state)
{
    arranged parts = {.git = SPACE("d", "gitops/wave: 3") CONFIG("a", "gitops/wave: -1")
                          CONFIG("b", "gitops/wave: 5") SPACE("x", "gitops/wave: 3")};
    (void)state;
    arranged_is(context, &parts, "sync -1 _/Namespace/d\n\n"
                                 "sync -1 d/ConfigMap/a\n\n"
                                 "sync 3 _/Namespace/x\n\n"
                                 "sync 5 d/ConfigMap/b\n");
    arranged gone = {.sent = parts.git};
    arranged_is(context, &gone, "prune 5 -d/ConfigMap/b\n\n"
                                "prune 3 -_/Namespace/x\n\n"
                                "prune -1 -d/ConfigMap/a\n\n"
                                "prune -1 -_/Namespace/d\n");
}

#define DEFINITION(plural, kind, annotations) \
    OBJECT("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", plural ".example.com", \
           annotations) \
    "spec: {group: example.com, names: {kind: " kind ", plural: " plural "}}\n"
#define CUSTOM(kind, name, annotations) OBJECT("example.com/v1", kind, IN("d"), name, annotations)

static void definitions_comeBeforeTheirInstancesInAnyWave(void **state)
{
    arranged parts = {.git = DEFINITION("as", "A", "gitops/wave: 2") CUSTOM("A", "a", "a: b")
                          DEFINITION("bs", "B", "gitops/wave: 2") CUSTOM("C", "c", "a: b")};
    (void)state;
    arranged_is(context, &parts,
                "sync 0 _/CustomResourceDefinition.apiextensions.k8s.io/as.example.com\n\n"
                "sync 0 d/A.example.com/a\n"
                "sync 0 d/C.example.com/c\n\n"
                "sync 2 _/CustomResourceDefinition.apiextensions.k8s.io/bs.example.com\n");
    arranged gone = {.sent = parts.git};
    arranged_is(context, &gone,
                "prune 0 -d/C.example.com/c\n"
                "prune 0 -d/A.example.com/a\n\n"
                "prune 0 -_/CustomResourceDefinition.apiextensions.k8s.io/bs.example.com\n"
                "prune 0 -_/CustomResourceDefinition.apiextensions.k8s.io/as.example.com\n");
}

static void changeGroups_ofKapp_order(void **state)
{
    arranged parts = {
        .git = WEB("app", KAPP "change-rule: upsert after upserting db")
            JOB("migrate", KAPP "change-group: db, "
                           KAPP "change-rule.x: 'upsert after upserting {kind}s'")
                OBJECT("apps/v1", "StatefulSet", IN("d"), "db", KAPP "change-group.1: Jobs")
                    CONFIG("first", KAPP "change-rule: upsert before upserting Jobs")
                        WEB("check", KAPP "change-rule: upsert after upserting nothing"),
        .sent = CONFIG("old", KAPP "change-rule: delete before upserting db")
            CONFIG("older", "a: b")};
    (void)state;
    arranged_is(context, &parts, "sync 0 -d/ConfigMap/old\n\n"
                                 "sync 0 d/ConfigMap/first\n\n"
                                 "sync 0 d/Deployment.apps/check\n\n"
                                 "sync 0 d/StatefulSet.apps/db\n\n"
                                 "sync 0 d/Job.batch/migrate\n\n"
                                 "sync 0 d/Deployment.apps/app\n\n"
                                 "prune 0 -d/ConfigMap/older\n");
}

static void deletes_ofDependents_goFirst(void **state)
{
    arranged parts = {
        .git = WEB("w", "a: b"),
        .sent = WEB("w", ON("d/ConfigMap/a")) CONFIG("a", ON("d/ConfigMap/b")) CONFIG("b", "a: b")
            CONFIG("z", ON("d/ConfigMap/nowhere") ", gitops/wave: 1"),
    };
    (void)state;
    arranged_is(context, &parts, "sync 0 d/Deployment.apps/w\n\n"
                                 "prune 1 -d/ConfigMap/z\n\n"
                                 "prune 0 -d/ConfigMap/a\n\n"
                                 "prune 0 -d/ConfigMap/b\n");
}

static void dependencies_throughWhatIsInOrder_hold(void **state)
{
    arranged parts = {.git = CONFIG("a", ON("d/ConfigMap/m")) CONFIG("m", ON("d/ConfigMap/z"))
                          CONFIG("z", "a: b"),
                      .changed = " d/ConfigMap/a d/ConfigMap/z "};
    (void)state;
    arranged_is(context, &parts, "sync 0 d/ConfigMap/z\n\nsync 0 d/ConfigMap/a\n");
}

static void circles_arePrintedWithTheirPlaces(void **state)
{
    arranged parts = {.git = CONFIG("a", ON("d/ConfigMap/b")) CONFIG("b", ON("d/ConfigMap/c"))
                          CONFIG("c", ON("d/ConfigMap/a"))};
    const char *expected = "error: a.yaml:2: objects wait for each other: "
                           "d/ConfigMap/a (a.yaml:2) -> d/ConfigMap/b (a.yaml:9) -> "
                           "d/ConfigMap/c (a.yaml:16) -> "
                           "d/ConfigMap/a (a.yaml:2)\n";
    (void)state;
    arranged_is(context, &parts, expected);
    parts.changed = " d/ConfigMap/a ";
    arranged_is(context, &parts, expected);
}

static void circles_ofImpliedNeedsAndGroups_arePrinted(void **state)
{
    arranged space = {.git = SPACE("d", ON("d/ConfigMap/a")) CONFIG("a", "a: b")};
    arranged group = {.git = CONFIG("a", KAPP "change-group: g, " KAPP
                                             "change-rule: upsert after upserting g")};
    (void)state;
    arranged_is(context, &space, "error: a.yaml:2: objects wait for each other: _/Namespace/d "
                                 "(a.yaml:2) -> d/ConfigMap/a (a.yaml:8) -> _/Namespace/d "
                                 "(a.yaml:2)\n");
    arranged_is(context, &group, "error: a.yaml:2: objects wait for each other: d/ConfigMap/a "
                                 "(a.yaml:2) -> change group g -> d/ConfigMap/a (a.yaml:2)\n");
}

static void circles_thatAreLong_areCut(void **state)
{
    static char text[65536];
    size_t used = 0;
    arranged parts = {.git = text};
    (void)state;
    for (int i = 0; i < 300; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 CONFIG("c%03d", ON("d/ConfigMap/c%03d")), i, (i + 1) % 300);
    char *message = arranged_text(context, &parts);
    assert_non_null(strstr(message, "d/ConfigMap/c000 (a.yaml:2) -> d/ConfigMap/c001 (a.yaml:9)"));
    assert_non_null(strstr(message, "more -> d/ConfigMap/c000 (a.yaml:2)\n"));
    free(message);
}

static void dependencies_thatAreMissing_areNamed(void **state)
{
    arranged parts = {.git = CONFIG("a", ON("d/ConfigMap/x, d/ConfigMap/y")) CONFIG("b", "a: b"),
                      .changed = " d/ConfigMap/b "};
    arranged removed = {.git = CONFIG("a", ON("d/ConfigMap/x")), .sent = CONFIG("x", "a: b")};
    (void)state;
    arranged_is(context, &parts, "error: a.yaml:2: d/ConfigMap/a (a.yaml:2) depends on "
                                 "d/ConfigMap/x, which is not in this unit; and 1 more\n");
    arranged_is(context, &removed, "error: a.yaml:2: d/ConfigMap/a (a.yaml:2) depends on "
                                   "d/ConfigMap/x, which is removed\n");
    parts.kept = " d/ConfigMap/x d/ConfigMap/y ";
    arranged_is(context, &parts, "sync 0 d/ConfigMap/b\n");
}

static void order_ofTheHost_counts(void **state)
{
    static const char *const kinds[] = {"Deployment.apps", "*", "ConfigMap"};
    static const gitops_dependency edges[] = {{"d/ConfigMap/a", "d/ConfigMap/b"},
                                              {"d/Deployment.apps/w", "_/Nothing/n"},
                                              {"d/ConfigMap/g", "d/ConfigMap/h"}};
    gitops_order_options order = {sizeof order, kinds, 3, edges, 3};
    arranged parts = {.git = CONFIG("a", "a: b") CONFIG("b", "a: b") WEB("w", "a: b")
                          JOB("j", "a: b"),
                      .sent = CONFIG("g", "a: b") CONFIG("h", "a: b") WEB("gone", "a: b"),
                      .order = &order};
    (void)state;
    arranged_is(context, &parts, "sync 0 d/Deployment.apps/w\n\n"
                                 "sync 0 d/Job.batch/j\n\n"
                                 "sync 0 d/ConfigMap/b\n\n"
                                 "sync 0 d/ConfigMap/a\n\n"
                                 "prune 0 -d/ConfigMap/g\n\n"
                                 "prune 0 -d/ConfigMap/h\n\n"
                                 "prune 0 -d/Deployment.apps/gone\n");
}

/* Each tool can be switched off; what it says is passed over even where it is wrong. */
static void tools_thatAreOff_sayNothing(void **state)
{
    static const struct {
        uint32_t tool;
        const char *annotation;
    } cases[] = {{GITOPS_TOOL_ARGO, ARGO "sync-wave: '1'"},
                 {GITOPS_TOOL_HELM, "helm.sh/hook: post-install"},
                 {GITOPS_TOOL_CLI_UTILS,
                  "config.kubernetes.io/depends-on: '/namespaces/d/ConfigMap/b'"},
                 {GITOPS_TOOL_KAPP, KAPP "change-rule: upsert after upserting g"},
                 {GITOPS_TOOL_ARGO, ARGO "sync-wave: x"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        gitops_identity_options options = {.struct_size = sizeof options};
        arranged parts = {.git = text};
        snprintf(text, sizeof text, CONFIG("a", "%s") CONFIG("b", KAPP "change-group: g"),
                 cases[i].annotation);
        if (i != 4) {
            char *on = arranged_text(context, &parts);
            assert_non_null(strstr(on, "d/ConfigMap/b\n\n"));
            free(on);
        }
        options.tools_off = cases[i].tool;
        assert_int_equal(gitops_identity_new(&parts.identity, context, &options, NULL), 0);
        arranged_is(context, &parts, "sync 0 d/ConfigMap/a\nsync 0 d/ConfigMap/b\n");
        gitops_identity_free(parts.identity);
        options.tools_off = GITOPS_TOOL_KAPP << 1;
        assert_int_equal(gitops_identity_new(&parts.identity, context, &options, NULL),
                         GITOPS_EINVAL);
    }
}

/* A wave waits for all of the one before, whatever becomes of them; a dependent for its own. */
static void schedule_ofAPlan_letsGoOnWhatDoesNotDepend(void **state)
{
    arranged parts = {.git = CONFIG("a", "a: b") CONFIG("b", "a: b")
                          CONFIG("c", ON("d/ConfigMap/a")) CONFIG("w1", "gitops/wave: 1")};
    gops_schedule schedule;
    gitops_error err;
    size_t cause;
    (void)state;
    gitops_plan *plan = arranged_plan(context, &parts, &err);
    assert_non_null(plan);
    assert_int_equal(gops_schedule_init(&schedule, context, plan), 0);
    assert_int_equal(gops_schedule_next(&schedule, 4), 0);
    assert_int_equal(gops_schedule_next(&schedule, 4), 1);
    assert_int_equal(gops_schedule_next(&schedule, 4), GOPS_SCHEDULE_NONE);
    assert_int_equal(gops_schedule_is_awaited(&schedule, 1), 1);
    gops_schedule_fail(&schedule, 0);
    assert_int_equal(gops_schedule_doomed(&schedule, &cause), 2);
    assert_int_equal(cause, 0);
    assert_int_equal(gops_schedule_next(&schedule, 4), GOPS_SCHEDULE_NONE);
    assert_int_equal(gops_schedule_holder(&schedule, 3), 1);
    gops_schedule_applied(&schedule, 1);
    assert_int_equal(gops_schedule_next(&schedule, 4), GOPS_SCHEDULE_NONE);
    gops_schedule_done(&schedule, 1);
    assert_int_equal(gops_schedule_next(&schedule, 4), 3);
    assert_int_equal(gops_schedule_is_awaited(&schedule, 3), 0);
    gops_schedule_release(&schedule);
    gitops_plan_free(plan);
}

/* Of each source of needs something, once as a plan and once as what is wrong with one. */
static void plan_everyAllocationFails_cleanError(void **state)
{
    static const char *const kinds[] = {"ConfigMap", "*"};
    static const gitops_dependency edges[] = {{"d/ConfigMap/a", "d/ConfigMap/b"}};
    gitops_order_options order = {sizeof order, kinds, 2, edges, 1};
    arranged parts = {.git = SPACE("d", "a: b") DEFINITION("as", "A", "a: b")
                          CUSTOM("A", "x", "a: b")
                              CONFIG("a", KAPP "change-rule: upsert after upserting g")
                              CONFIG("b", KAPP "change-group: g")
                                  CONFIG("c", ON("d/ConfigMap/e")) CONFIG("e", "a: b"),
                      .sent = CONFIG("gone", ON("d/ConfigMap/old")) CONFIG("old", "a: b")
                          DEFINITION("bs", "B", "a: b") CUSTOM("B", "q", "a: b"),
                      .order = &order};
    arranged circle = {.git = CONFIG("a", ON("d/ConfigMap/b")) CONFIG("b", ON("d/ConfigMap/a"))};
    arranged missing = {.git = CONFIG("a", ON("d/ConfigMap/b"))};
    (void)state;
    arranged_every_allocation_fails(context, &parts, 0);
    arranged_every_allocation_fails(context, &circle, GITOPS_EORDER);
    arranged_every_allocation_fails(context, &missing, GITOPS_EORDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waves_ofArgo_comeBeforeKinds),
        cmocka_unit_test(waves_ofHelm_areHookWeights),
        cmocka_unit_test(phases_ofHooks_areInOrder),
        cmocka_unit_test(deletes_goInMirroredWaves),
        cmocka_unit_test(dependsOn_ordersWithinAKindAndAgainstKinds),
        cmocka_unit_test(dependsOn_ofCliUtils_isUnderstood),
        cmocka_unit_test(dependsOn_againstWaves_bringsForward),
        cmocka_unit_test(namespaces_comeBeforeTheirMembersInAnyWave),
        cmocka_unit_test(definitions_comeBeforeTheirInstancesInAnyWave),
        cmocka_unit_test(changeGroups_ofKapp_order),
        cmocka_unit_test(deletes_ofDependents_goFirst),
        cmocka_unit_test(dependencies_throughWhatIsInOrder_hold),
        cmocka_unit_test(circles_arePrintedWithTheirPlaces),
        cmocka_unit_test(circles_ofImpliedNeedsAndGroups_arePrinted),
        cmocka_unit_test(circles_thatAreLong_areCut),
        cmocka_unit_test(dependencies_thatAreMissing_areNamed),
        cmocka_unit_test(order_ofTheHost_counts),
        cmocka_unit_test(tools_thatAreOff_sayNothing),
        cmocka_unit_test(schedule_ofAPlan_letsGoOnWhatDoesNotDepend),
        cmocka_unit_test(plan_everyAllocationFails_cleanError),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
