/* Control annotations: each with values that it may have and values that it may not. */
#include "support.h"

#include <gitops/manifest.h>

#include <stdio.h>

#include "manifest/control.h"
#include "manifest/control_claim.h"
#include "value/document.h"

static char out[8000];

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...)
{
    va_list args;
    size_t used = strlen(out);
    va_start(args, format);
    vsnprintf(out + used, sizeof out - used, format, args);
    va_end(args);
}

static void add_bits(const char *label, uint32_t bits, const char *const *names)
{
    if (!bits)
        return;
    add(" %s", label);
    for (size_t i = 0; names[i]; i++)
        if (bits & 1u << i)
            add(":%s", names[i]);
}

static void add_list(const char *label, const gitops_controls *controls, size_t count,
                     const char *(*get)(const gitops_controls *, size_t))
{
    for (size_t i = 0; i < count; i++)
        add(" %s:%s", label, get(controls, i));
    assert_null(get(controls, count));
}

/* All that is not the default, as one line. */
static void describe(const gitops_controls *c)
{
    static const char *const hooks[] = {"pre-sync",    "sync",         "post-sync",
                                        "sync-fail",   "pre-delete",   "post-delete",
                                        "pre-rollback", "post-rollback", "test", NULL};
    static const char *const deletes[] = {"before", "succeeded", "failed", NULL};
    static const char *const removal[] = {"", "allow", "confirm", "keep"};
    static const char *const options[] = {
        "no-apply",    "create-only", "merge",        "replace",      "force",      "server-side",
        "client-side", "no-validation", "check-known", "prune-last",  "detach",     "no-migration",
        "ignore-extraneous", "server-diff", "webhook-diff", NULL};
    if (gitops_controls_wave(c))
        add(" wave:%d", gitops_controls_wave(c));
    add_bits("hook", gitops_controls_hooks(c), hooks);
    add_bits("hook-delete", gitops_controls_hook_deletes(c), deletes);
    if (gitops_controls_prune(c))
        add(" prune:%s", removal[gitops_controls_prune(c)]);
    if (gitops_controls_teardown(c))
        add(" teardown:%s", removal[gitops_controls_teardown(c)]);
    add_bits("options", gitops_controls_options(c), options);
    add_list("needs", c, gitops_controls_dependency_count(c), gitops_controls_dependency);
    add_list("group", c, gitops_controls_group_count(c), gitops_controls_group);
    add_list("rule", c, gitops_controls_rule_count(c), gitops_controls_rule);
}

static int note(int32_t severity, gitops_error *problem, const char *pointer, void *user_data)
{
    assert_ptr_equal(user_data, out);
    add("%s %u:%u %s [%s]\n", severity == GITOPS_SEVERITY_ERROR ? "error" : "warning",
        problem->line, problem->column, problem->message, pointer);
    return 0;
}

/* What annotations (YAML, one a line) say: problems, a line each, and then the controls. */
static const char *read_text(gitops_context *context, const char *text)
{
    gitops_document *document;
    gitops_controls *controls;
    gitops_error err;
    gops_buffer record;
    out[0] = '\0';
    if (gitops_document_parse(&document, context, text, strlen(text), "t", &err) < 0)
        fail_msg("%s: %s", text, err.message);
    gops_buffer_init(&record, context, 0);
    assert_int_equal(gops_control_read(&record, gitops_document_root(document), "shop/App.x/own", 0,
                                       note, out), 0);
    assert_int_equal(gops_controls_new(&controls, context, record.data, record.length, &err), 0);
    describe(controls);
    gitops_controls_free(controls);
    gops_buffer_release(&record);
    gitops_document_free(document);
    return out;
}

static const char *read_one(gitops_context *context, const char *annotation)
{
    char text[3000];
    snprintf(text, sizeof text, "metadata:\n  annotations:\n    %s\n", annotation);
    return read_text(context, text);
}

/* Annotation, and what it says. */
static const char *const valid[][2] = {
    {"gitops/wave: 5", " wave:5"},
    {"gitops/wave: '-2147483648'", " wave:-2147483648"},
    {"gitops/hook: pre-sync", " hook:pre-sync hook-delete:before"},
    {"gitops/hook: 'sync, post-sync,sync-fail,pre-delete,post-delete'",
     " hook:sync:post-sync:sync-fail:pre-delete:post-delete hook-delete:before"},
    {"{gitops/hook: sync, gitops/hook-delete: 'succeeded, failed'}",
     " hook:sync hook-delete:succeeded:failed"},
    {"{gitops/hook: sync, gitops/hook-delete: before-creation}",
     " hook:sync hook-delete:before"},
    {"gitops/prune: keep", " prune:keep"},
    {"gitops/prune: confirm", " prune:confirm"},
    {"gitops/prune: allow", " prune:allow"},
    {"gitops/delete: keep", " teardown:keep"},
    {"gitops/delete: confirm", " teardown:confirm"},
    {"gitops/delete: allow", " teardown:allow"},
    {"gitops/reconcile: disabled", " prune:keep teardown:keep options:no-apply"},
    {"gitops/reconcile: enabled", ""},
    {"gitops/apply: update", ""},
    {"gitops/apply: create-only", " options:create-only"},
    {"gitops/apply: merge", " options:merge"},
    {"gitops/apply: replace", " options:replace"},
    {"gitops/apply: never", " options:no-apply"},
    {"gitops/force: true", " options:force"},
    {"gitops/force: 'false'", ""},
    {"gitops/server-side: true", " options:server-side"},
    {"gitops/server-side: false", " options:client-side"},
    {"gitops/validate: false", " options:no-validation"},
    {"gitops/validate: true", ""},
    {"gitops/check: when-known", " options:check-known"},
    {"gitops/check: always", ""},
    {"gitops/prune-last: true", " options:prune-last"},
    {"gitops/prune-last: false", ""},
    {"gitops/depends-on: shop/Deployment.apps/web", " needs:shop/Deployment.apps/web"},
    {"gitops/depends-on: |\n      _/Namespace/shop\n      shop/Secret/a, shop/Secret/b\n",
     " needs:_/Namespace/shop needs:shop/Secret/a needs:shop/Secret/b"},

    {"argocd.argoproj.io/sync-wave: '5'", " wave:5"},
    {"argocd.argoproj.io/sync-wave: '+05'", " wave:5"},
    {"argocd.argoproj.io/sync-wave: '-1'", " wave:-1"},
    {"argocd.argoproj.io/sync-wave: '0'", ""},
    {"argocd.argoproj.io/hook: PreSync,Sync , PostSync,SyncFail,PreDelete,PostDelete",
     " hook:pre-sync:sync:post-sync:sync-fail:pre-delete:post-delete hook-delete:before"},
    {"argocd.argoproj.io/hook: Skip", " options:no-apply"},
    {"argocd.argoproj.io/hook: ''", ""},
    {"{argocd.argoproj.io/hook: Sync, argocd.argoproj.io/hook-delete-policy: "
     "'HookSucceeded,HookFailed,BeforeHookCreation'}",
     " hook:sync hook-delete:before:succeeded:failed"},
    {"argocd.argoproj.io/hook-delete-policy: HookFailed", ""},
    {"argocd.argoproj.io/sync-options: Prune=false", " prune:keep"},
    {"argocd.argoproj.io/sync-options: Prune=confirm", " prune:confirm"},
    {"argocd.argoproj.io/sync-options: Prune=true", " prune:allow"},
    {"argocd.argoproj.io/sync-options: Delete=false, Delete=confirm", " teardown:keep"},
    {"argocd.argoproj.io/sync-options: Delete=true", " teardown:allow"},
    {"argocd.argoproj.io/sync-options: Validate=false,SkipDryRunOnMissingResource=true",
     " options:no-validation:check-known"},
    {"argocd.argoproj.io/sync-options: PruneLast=true,Replace=true,Force=true",
     " options:replace:force:prune-last"},
    {"argocd.argoproj.io/sync-options: ServerSideApply=true", " options:server-side"},
    {"argocd.argoproj.io/sync-options: ServerSideApply=false", " options:client-side"},
    {"argocd.argoproj.io/sync-options: ClientSideApplyMigration=false", " options:no-migration"},
    {"argocd.argoproj.io/sync-options: 'ApplyOutOfSyncOnly=true,Replace=false,,'", ""},
    {"argocd.argoproj.io/compare-options: IgnoreExtraneous", " options:ignore-extraneous"},
    {"argocd.argoproj.io/compare-options: 'ServerSideDiff=true,IncludeMutationWebhook=true'",
     " options:server-diff:webhook-diff"},
    {"argocd.argoproj.io/tracking-id: anything", ""},

    {"kustomize.toolkit.fluxcd.io/prune: disabled", " prune:keep teardown:keep"},
    {"kustomize.toolkit.fluxcd.io/prune: Disabled", " prune:keep teardown:keep"},
    {"kustomize.toolkit.fluxcd.io/prune: enabled", " prune:allow teardown:allow"},
    {"kustomize.toolkit.fluxcd.io/ssa: Merge", " options:merge"},
    {"kustomize.toolkit.fluxcd.io/ssa: IfNotPresent", " options:create-only"},
    {"kustomize.toolkit.fluxcd.io/ssa: ignore", " options:no-apply"},
    {"kustomize.toolkit.fluxcd.io/ssa: Override", ""},
    {"kustomize.toolkit.fluxcd.io/force: enabled", " options:force"},
    {"kustomize.toolkit.fluxcd.io/force: disabled", ""},
    {"kustomize.toolkit.fluxcd.io/reconcile: disabled",
     " prune:keep teardown:keep options:no-apply"},
    {"kustomize.toolkit.fluxcd.io/reconcile: enabled", ""},

    {"helm.sh/hook: pre-install", " hook:pre-sync hook-delete:before"},
    {"helm.sh/hook: pre-install,pre-upgrade,post-install, Post-Upgrade",
     " hook:pre-sync:post-sync hook-delete:before"},
    {"helm.sh/hook: pre-delete,post-delete,pre-rollback,post-rollback,test",
     " hook:pre-delete:post-delete:pre-rollback:post-rollback:test hook-delete:before"},
    {"helm.sh/hook: test-success", " hook:test hook-delete:before"},
    {"helm.sh/hook: crd-install", ""},
    {"helm.sh/hook-weight: '-5'", " wave:-5"},
    {"{helm.sh/hook: test, helm.sh/hook-delete-policy: "
     "'before-hook-creation,hook-succeeded,hook-failed'}",
     " hook:test hook-delete:before:succeeded:failed"},
    {"helm.sh/resource-policy: keep", " prune:keep teardown:keep"},
    {"helm.sh/resource-policy: ' Keep '", " prune:keep teardown:keep"},

    {"client.lifecycle.config.k8s.io/deletion: detach",
     " prune:keep teardown:keep options:detach"},
    {"client.lifecycle.config.k8s.io/mutation: ignore", " options:create-only"},
    {"cli-utils.sigs.k8s.io/on-remove: keep", " prune:keep teardown:keep options:detach"},
    {"config.kubernetes.io/depends-on: apps/namespaces/shop/Deployment/web",
     " needs:shop/Deployment.apps/web"},
    {"config.kubernetes.io/depends-on: '/namespaces/shop/Secret/a, /Namespace/shop'",
     " needs:shop/Secret/a needs:_/Namespace/shop"},
    {"config.kubernetes.io/depends-on: rbac.authorization.k8s.io/ClusterRole/system:x",
     " needs:_/ClusterRole.rbac.authorization.k8s.io/system:x"},

    {"kapp.k14s.io/change-group: apps.big.co/db", " group:apps.big.co/db"},
    {"{kapp.k14s.io/change-group: a, kapp.k14s.io/change-group.b: 'b-{name}'}",
     " group:a group:b-{name}"},
    {"kapp.k14s.io/change-rule: upsert after upserting apps.big.co/db",
     " rule:upsert after upserting apps.big.co/db"},
    {"kapp.k14s.io/change-rule.1: delete before deleting a",
     " rule:delete before deleting a"},
    {"kapp.k14s.io/delete-strategy: orphan", " prune:keep teardown:keep"},
};

static void read_validValues_areTyped(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        const char *got = read_one(context, valid[i][0]);
        if (strcmp(got, valid[i][1]) != 0)
            fail_msg("%s: got \"%s\"", valid[i][0], got);
    }
    support_context_free(context);
}

/* Annotation, and the beginning of each problem, with what is said all the same. */
static const char *const invalid[][2] = {
    {"gitops/wave: five", "error 3:18 annotation gitops/wave has \"five\": expected a whole"},
    {"gitops/wave: ''", "error 3:18 annotation gitops/wave has \"\": expected a whole"},
    {"gitops/wave: 1.5", "error 3:18 annotation gitops/wave has \"1.5\""},
    {"gitops/wave: ' 1'", "error 3:18 annotation gitops/wave has \" 1\""},
    {"gitops/wave: '+'", "error 3:18 annotation gitops/wave has \"+\""},
    {"gitops/wave: 2147483648", "error 3:18 annotation gitops/wave has \"2147483648\""},
    {"gitops/wave: 99999999999999999999", "error 3:18 annotation gitops/wave has \"99999"},
    {"gitops/wave: [1]", "error 3:18 annotation gitops/wave has no text"},
    {"gitops/wave: true", "error 3:18 annotation gitops/wave has \"true\""},
    {"gitops/hook: presync", "error 3:18 annotation gitops/hook has \"presync\": expected pre-sync "
                             "or sync or post-sync or sync-fail or pre-delete or post-delete ["},
    {"gitops/hook: PreSync", "error 3:18 annotation gitops/hook has \"PreSync\": expected pre"},
    {"gitops/hook-delete: done", "error 3:25 annotation gitops/hook-delete has \"done\""},
    {"gitops/prune: no", "error 3:19 annotation gitops/prune has \"false\": expected allow or "
                         "confirm or keep [/metadata/annotations/gitops~1prune]"},
    {"gitops/prune: keep,confirm", "error 3:19 annotation gitops/prune has \"keep,confirm\""},
    {"gitops/delete: never", "error 3:20 annotation gitops/delete has \"never\""},
    {"gitops/reconcile: off", "error 3:23 annotation gitops/reconcile has \"false\""},
    {"gitops/apply: always", "error 3:19 annotation gitops/apply has \"always\""},
    {"gitops/force: enabled", "error 3:19 annotation gitops/force has \"enabled\": expected true "
                              "or false"},
    {"gitops/server-side: 1", "error 3:25 annotation gitops/server-side has \"1\""},
    {"gitops/validate: never", "error 3:22 annotation gitops/validate has \"never\""},
    {"gitops/check: never", "error 3:19 annotation gitops/check has \"never\""},
    {"gitops/prune-last:", "error 3:23 annotation gitops/prune-last has no text"},
    {"gitops/depends-on: web", "error 3:24 annotation gitops/depends-on has \"web\": expected a"},
    {"gitops/depends-on: a/../b", "error 3:24 annotation gitops/depends-on has \"a/../b\""},
    {"gitops/depends-on: \"a/b/c\\0\"", "error 3:24 annotation gitops/depends-on has"},
    {"gitops/depends-on: shop/App.x/own", "error 3:24 annotation gitops/depends-on has "
                                          "\"shop/App.x/own\": it is the object itself"},
    {"gitops/depends-on: _/A/a _/A/a", "error 3:24 annotation gitops/depends-on has \"_/A/a\": it "
                                       "is named twice"},
    {"gitops/wvae: 5", "error 3:18 annotation gitops/wvae is none that is known"},
    {"gitops/: 5", "error 3:14 annotation gitops/ is none that is known"},

    {"argocd.argoproj.io/sync-wave: first", "error 3:35 annotation argocd.argoproj.io/sync-wave "
                                            "has \"first\": expected a whole number"},
    {"argocd.argoproj.io/hook: presync", "error 3:30 annotation argocd.argoproj.io/hook has "
                                         "\"presync\": expected PreSync or Sync"},
    {"argocd.argoproj.io/hook: 'Sync,Skip'",
     "warning 3:30 annotation argocd.argoproj.io/hook has \"Skip\": it counts only when it stands "
     "alone"},
    {"argocd.argoproj.io/hook-delete-policy: hook-failed",
     "error 3:44 annotation argocd.argoproj.io/hook-delete-policy has \"hook-failed\""},
    {"argocd.argoproj.io/sync-options: Prune=flase",
     "error 3:38 annotation argocd.argoproj.io/sync-options has \"Prune=flase\": expected "
     "Prune=true or Prune=confirm or Prune=false ["},
    {"argocd.argoproj.io/sync-options: prune=false",
     "error 3:38 annotation argocd.argoproj.io/sync-options has \"prune=false\": expected Prune="},
    {"argocd.argoproj.io/sync-options: Prune",
     "error 3:38 annotation argocd.argoproj.io/sync-options has \"Prune\": expected Prune=true"},
    {"argocd.argoproj.io/sync-options: Prune=no,Delete=never",
     "error 3:38 annotation argocd.argoproj.io/sync-options has \"Prune=no\": expected Prune=true "
     "or Prune=confirm or Prune=false [/metadata/annotations/argocd.argoproj.io~1sync-options]\n"
     "error 3:38 annotation argocd.argoproj.io/sync-options has \"Delete=never\""},
    {"argocd.argoproj.io/sync-options: Newer=true",
     "warning 3:38 annotation argocd.argoproj.io/sync-options has \"Newer=true\": no option that "
     "is known"},
    {"argocd.argoproj.io/sync-options: CreateNamespace=true",
     "warning 3:38 annotation argocd.argoproj.io/sync-options has \"CreateNamespace=true\": an "
     "option of whole applications"},
    {"argocd.argoproj.io/sync-options: 'FailOnSharedResource=true'", "warning 3:38 "},
    {"argocd.argoproj.io/sync-options: 'PrunePropagationPolicy=foreground'", "warning 3:38 "},
    {"argocd.argoproj.io/sync-options: 'RespectIgnoreDifferences=true'", "warning 3:38 "},
    {"argocd.argoproj.io/sync-options: createnamespace=true", "error 3:38 "},
    {"argocd.argoproj.io/compare-options: IgnoreExtraneous=1",
     "warning 3:41 annotation argocd.argoproj.io/compare-options has \"IgnoreExtraneous=1\": "
     "expected IgnoreExtraneous ["},
    {"argocd.argoproj.io/compare-options: Other", "warning 3:41 "},

    {"kustomize.toolkit.fluxcd.io/prune: false", "error 3:40 annotation kustomize.toolkit.fluxcd."
                                                 "io/prune has \"false\": expected enabled or "
                                                 "disabled"},
    {"kustomize.toolkit.fluxcd.io/ssa: Skip", "error 3:38 annotation kustomize.toolkit.fluxcd.io/"
                                              "ssa has \"Skip\": expected Override or Merge or"},
    {"kustomize.toolkit.fluxcd.io/force: yes", "error 3:40 "},
    {"kustomize.toolkit.fluxcd.io/reconcile: ''", "error 3:44 "},

    {"helm.sh/hook: pre-apply", "error 3:19 annotation helm.sh/hook has \"pre-apply\": expected"},
    {"helm.sh/hook-weight: heavy", "error 3:26 annotation helm.sh/hook-weight has \"heavy\""},
    {"helm.sh/hook-delete-policy: hook-done", "error 3:33 "},
    {"helm.sh/resource-policy: delete", "error 3:30 annotation helm.sh/resource-policy has "
                                        "\"delete\": expected keep"},

    {"client.lifecycle.config.k8s.io/deletion: keep", "error 3:46 annotation client.lifecycle."
                                                      "config.k8s.io/deletion has \"keep\": "
                                                      "expected detach"},
    {"client.lifecycle.config.k8s.io/mutation: never", "error 3:46 "},
    {"cli-utils.sigs.k8s.io/on-remove: detach", "error 3:38 "},
    {"config.kubernetes.io/depends-on: Deployment/web",
     "error 3:38 annotation config.kubernetes.io/depends-on has \"Deployment/web\": expected "
     "GROUP/KIND/NAME or GROUP/namespaces/NAMESPACE/KIND/NAME"},
    {"config.kubernetes.io/depends-on: apps/namespaces/shop/web", "error 3:38 "},
    {"config.kubernetes.io/depends-on: apps/x/shop/Deployment/web", "error 3:38 "},
    {"config.kubernetes.io/depends-on: a/namespaces/b/c/d/e", "error 3:38 "},
    {"config.kubernetes.io/depends-on: apps/Deployment/", "error 3:38 "},
    {"config.kubernetes.io/depends-on: /De.ploy/web", "error 3:38 "},
    {"config.kubernetes.io/depends-on: \"/A/web\\0x\"", "error 3:38 "},
    {"config.kubernetes.io/depends-on: x/namespaces/shop/App/own",
     "error 3:38 annotation config.kubernetes.io/depends-on has \"x/namespaces/shop/App/own\": it "
     "is the object itself"},

    {"kapp.k14s.io/change-group: a b", "error 3:32 annotation kapp.k14s.io/change-group has "
                                       "\"a b\": expected the name of a group"},
    {"kapp.k14s.io/change-group.x: ''", "error 3:34 "},
    {"kapp.k14s.io/change-rule: create after upserting a", "error 3:31 annotation kapp.k14s.io/"
                                                           "change-rule has \"create after "
                                                           "upserting a\": expected upsert or"},
    {"kapp.k14s.io/change-rule.x: upsert after upserting", "error 3:33 "},
    {"kapp.k14s.io/change-rule: upsert after a", "error 3:31 "},
    {"kapp.k14s.io/change-rule: upsert after upserting a b", "error 3:31 "},
    {"kapp.k14s.io/delete-strategy: keep", "error 3:35 "},
};

static void read_invalidValues_areReportedAndClaimNothing(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        const char *got = read_one(context, invalid[i][0]), *end = strrchr(got, '\n');
        if (strncmp(got, invalid[i][1], strlen(invalid[i][1])) != 0)
            fail_msg("%s: got \"%s\"", invalid[i][0], got);
        int says = strstr(invalid[i][0], "_/A/a") || strstr(invalid[i][0], "Sync,Skip");
        assert_int_equal(end[1] != '\0', says);
    }
    support_context_free(context);
}

static void rules_allHaveBothTests_andAreSorted(void **state)
{
    size_t count;
    const gops_control_rule *rules = gops_control_rules(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        int good = 0, bad = 0;
        for (size_t j = 0; j < sizeof valid / sizeof valid[0]; j++)
            good |= strstr(valid[j][0], rules[i].name) != NULL;
        for (size_t j = 0; j < sizeof invalid / sizeof invalid[0]; j++)
            bad |= strstr(invalid[j][0], rules[i].name) != NULL;
        if (!good || !bad)
            fail_msg("%s has no test", rules[i].name);
        assert_true(i == 0 || strcmp(rules[i - 1].name, rules[i].name) < 0);
        assert_ptr_equal(gops_control_find(rules[i].name, strlen(rules[i].name)), &rules[i]);
    }
    assert_null(gops_control_find("", 0));
    assert_null(gops_control_find("gitops/wav", 10));
    assert_null(gops_control_find("kapp.k14s.io/delete-strategy.x", 30));
}

/* Whole metadata, and what it says. */
static const char *const together[][2] = {
    {"metadata: {annotations: {gitops/wave: 0, argocd.argoproj.io/sync-wave: '3'}}", ""},
    {"metadata: {annotations: {argocd.argoproj.io/sync-wave: '3', helm.sh/hook-weight: '7'}}",
     " wave:3"},
    {"metadata: {annotations: {argocd.argoproj.io/hook: Sync, helm.sh/hook: test}}",
     " hook:sync hook-delete:before"},
    {"metadata: {annotations: {gitops/hook: post-sync, argocd.argoproj.io/hook: Sync, "
     "argocd.argoproj.io/hook-delete-policy: HookFailed, "
     "helm.sh/hook-delete-policy: hook-succeeded}}",
     " hook:post-sync hook-delete:succeeded:failed"},
    {"metadata: {annotations: {gitops/prune: allow, helm.sh/resource-policy: keep}}",
     " prune:allow teardown:keep"},
    {"metadata: {annotations: {argocd.argoproj.io/sync-options: Prune=confirm, "
     "kustomize.toolkit.fluxcd.io/prune: disabled}}",
     " prune:keep teardown:keep"},
    {"metadata: {annotations: {kustomize.toolkit.fluxcd.io/prune: enabled, "
     "argocd.argoproj.io/sync-options: Prune=confirm}}",
     " prune:confirm teardown:allow"},
    {"metadata: {annotations: {gitops/force: false, kustomize.toolkit.fluxcd.io/force: enabled}}",
     ""},
    {"metadata: {annotations: {gitops/apply: update, kustomize.toolkit.fluxcd.io/ssa: Merge, "
     "argocd.argoproj.io/sync-options: 'Replace=true,PruneLast=true'}}",
     " options:prune-last"},
    {"metadata: {labels: {kustomize.toolkit.fluxcd.io/prune: disabled, gitops/wave: 5, "
     "argocd.argoproj.io/sync-wave: '1'}}",
     " prune:keep teardown:keep"},
    {"metadata: {labels: {kustomize.toolkit.fluxcd.io/prune: never}}",
     "error 1:56 label kustomize.toolkit.fluxcd.io/prune has \"never\": expected enabled or "
     "disabled [/metadata/labels/kustomize.toolkit.fluxcd.io~1prune]\n"},
    {"metadata: {annotations: [a]}",
     "error 1:25 metadata.annotations is not a map [/metadata/annotations]\n"},
    {"metadata: {annotations: , labels: }", ""},
    {"metadata: 1", ""},
    {"[1]", ""},
    {"text", ""},
};

static void read_severalTools_areWeighed(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof together / sizeof together[0]; i++) {
        const char *got = read_text(context, together[i][0]);
        if (strcmp(got, together[i][1]) != 0)
            fail_msg("%s: got \"%s\"", together[i][0], got);
    }
    support_context_free(context);
}

/* Lists are bounded, so that comparing their texts with each other is. */
static void read_tooLongLists_areErrors(void **state)
{
    gitops_context *context = support_context_new();
    char *text = malloc(100000);
    (void)state;
    assert_non_null(text);
    for (int many = 0; many < 2; many++) {
        size_t used = (size_t)sprintf(text, "metadata: {annotations: {gitops/depends-on: '");
        for (int i = 0; i < 256 + many; i++)
            used += (size_t)sprintf(text + used, "_/A/%d ", i);
        strcpy(text + used, "'}}");
        const char *got = read_text(context, text);
        assert_int_equal(strstr(got, "more than 256 objects") != NULL, many);
        used = (size_t)sprintf(text, "metadata: {annotations: {argocd.argoproj.io/hook: '");
        for (int i = 0; i < 256 + many; i++)
            used += (size_t)sprintf(text + used, "Sync,");
        strcpy(text + used, "'}}");
        got = read_text(context, text);
        assert_int_equal(strstr(got, "more than 256 words") != NULL, many);
    }
    free(text);
    support_context_free(context);
}

/* A record that was cut off anywhere or has more behind it is refused; changed, it is never read
   beyond its end. */
static void decode_damagedRecord_isCorrupt(void **state)
{
    gitops_context *context = support_context_new();
    static const char text[] = "metadata: {annotations: {gitops/wave: -300, gitops/prune: keep, "
                               "gitops/depends-on: _/A/a _/B/b, gitops/hook: sync, "
                               "kapp.k14s.io/change-group: g}}";
    gitops_document *document;
    gops_buffer record;
    gops_control control;
    (void)state;
    assert_int_equal(gitops_document_parse(&document, context, text, strlen(text), "t", NULL), 0);
    gops_buffer_init(&record, context, 0);
    assert_int_equal(gops_control_read(&record, gitops_document_root(document), "", 0, note, out), 0);
    assert_int_equal(gops_control_decode(&control, record.data, record.length), 0);
    assert_int_equal(control.wave, -300);
    assert_int_equal(control.dependencies.count, 2);
    for (size_t length = 0; length <= record.length + 1; length++) {
        char *copy = calloc(1, length + 1);
        assert_non_null(copy);
        memcpy(copy, record.data, length < record.length ? length : record.length);
        int whole = length == record.length || length == 0;
        assert_int_equal(gops_control_decode(&control, copy, length), whole ? 0 : GITOPS_ECORRUPT);
        for (int c = 0; c < 256 && length; c++) {
            copy[length / 2] = (char)c;
            gops_control_decode(&control, copy, length);
        }
        free(copy);
    }
    gops_buffer_release(&record);
    gitops_document_free(document);
    support_context_free(context);
}

static void documentControls_errorOrHandle(void **state)
{
    static const char bad[] = "metadata:\n  annotations:\n"
                              "    argocd.argoproj.io/hook: 'Sync,Skip'\n"
                              "    gitops/wave: x\n    helm.sh/hook: y\n";
    static const char good[] = "metadata: {annotations: {gitops/wave: 7}}";
    gitops_context *context = support_context_new();
    gitops_document *document;
    gitops_controls *controls;
    gitops_error err;
    (void)state;
    assert_int_equal(gitops_document_parse(&document, context, bad, strlen(bad), "f", NULL), 0);
    assert_int_equal(gitops_document_controls(document, NULL, &controls, &err), GITOPS_EPARSE);
    assert_null(controls);
    assert_int_equal(err.line, 4);
    assert_string_equal(err.where, "f");
    gitops_document_free(document);
    assert_int_equal(gitops_document_parse(&document, context, good, strlen(good), "f", NULL), 0);
    assert_int_equal(gitops_document_controls(document, "_/A/a", &controls, &err), 0);
    gitops_document_free(document);
    assert_int_equal(gitops_controls_wave(controls), 7);
    gitops_controls_free(controls);
    assert_int_equal(gitops_document_parse(&document, context, "a: 1", 4, "f", NULL), 0);
    assert_int_equal(gitops_document_controls(document, NULL, &controls, &err), 0);
    assert_null(controls);
    assert_int_equal(gitops_controls_wave(controls), 0);
    assert_int_equal(gitops_controls_prune(controls), GITOPS_REMOVAL_DEFAULT);
    assert_null(gitops_controls_dependency(controls, 0));
    assert_int_equal(gitops_document_controls(document, NULL, NULL, &err), GITOPS_EINVAL);
    gitops_document_free(document);
    support_context_free(context);
}

static void controls_body(gitops_context *context, void *data)
{
    static const char text[] = "metadata: {annotations: {gitops/wave: 7, gitops/depends-on: _/A/a,"
                               " kapp.k14s.io/change-group: g,"
                               " argocd.argoproj.io/hook: 'Sync,Skip',"
                               " kapp.k14s.io/change-rule: upsert after upserting g}}";
    gitops_document *document;
    gitops_controls *controls;
    gitops_error err;
    (void)data;
    if (gitops_document_parse(&document, context, text, strlen(text), "f", NULL) < 0)
        return;
    int rc = gitops_document_controls(document, NULL, &controls, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc && !controls));
    gitops_controls_free(controls);
    gitops_document_free(document);
}

static void controls_everyAllocationFails_cleanError(void **state)
{
    (void)state;
    support_fail_every_allocation(controls_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_validValues_areTyped),
        cmocka_unit_test(read_invalidValues_areReportedAndClaimNothing),
        cmocka_unit_test(rules_allHaveBothTests_andAreSorted),
        cmocka_unit_test(read_severalTools_areWeighed),
        cmocka_unit_test(read_tooLongLists_areErrors),
        cmocka_unit_test(decode_damagedRecord_isCorrupt),
        cmocka_unit_test(documentControls_errorOrHandle),
        cmocka_unit_test(controls_everyAllocationFails_cleanError),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
