/*
 * control_rules: the annotations that are understood, and their words. The meaning of each is the
 * one its tool gives it (docs/controls.md).
 */
#include <string.h>

#include "manifest/control_claim.h"

#define KEEP GITOPS_REMOVAL_KEEP
#define CONFIRM GITOPS_REMOVAL_CONFIRM
#define ALLOWED GITOPS_REMOVAL_ALLOWED

/* How an object is written: one of these. */
#define WRITING \
    (GITOPS_CONTROL_NO_APPLY | GITOPS_CONTROL_CREATE_ONLY | GITOPS_CONTROL_MERGE | \
     GITOPS_CONTROL_REPLACE)
#define MERGING (GITOPS_CONTROL_SERVER_SIDE | GITOPS_CONTROL_CLIENT_SIDE)

/* A bit that is set by the first word and not by the second. */
#define SWITCH(on, off, bit) \
    {.text = on, .options = bit, .decided = bit}, {.text = off, .decided = bit}

static const gops_control_word our_apply[] = {
    {.text = "update", .decided = WRITING},
    {.text = "create-only", .options = GITOPS_CONTROL_CREATE_ONLY, .decided = WRITING},
    {.text = "merge", .options = GITOPS_CONTROL_MERGE, .decided = WRITING},
    {.text = "replace", .options = GITOPS_CONTROL_REPLACE, .decided = WRITING},
    {.text = "never", .options = GITOPS_CONTROL_NO_APPLY, .decided = WRITING},
    {0},
};
static const gops_control_word our_check[] = {
    SWITCH("when-known", "always", GITOPS_CONTROL_CHECK_KNOWN),
    {0},
};
static const gops_control_word our_delete[] = {
    {.text = "allow", .teardown = ALLOWED},
    {.text = "confirm", .teardown = CONFIRM},
    {.text = "keep", .teardown = KEEP},
    {0},
};
static const gops_control_word our_force[] = {
    SWITCH("true", "false", GITOPS_CONTROL_FORCE),
    {0},
};
static const gops_control_word our_hooks[] = {
    {.text = "pre-sync", .hooks = GITOPS_HOOK_PRE_SYNC},
    {.text = "sync", .hooks = GITOPS_HOOK_SYNC},
    {.text = "post-sync", .hooks = GITOPS_HOOK_POST_SYNC},
    {.text = "sync-fail", .hooks = GITOPS_HOOK_SYNC_FAIL},
    {.text = "pre-delete", .hooks = GITOPS_HOOK_PRE_DELETE},
    {.text = "post-delete", .hooks = GITOPS_HOOK_POST_DELETE},
    {0},
};
static const gops_control_word our_hook_deletes[] = {
    {.text = "before-creation", .hook_deletes = GITOPS_HOOK_DELETE_BEFORE_CREATION},
    {.text = "succeeded", .hook_deletes = GITOPS_HOOK_DELETE_SUCCEEDED},
    {.text = "failed", .hook_deletes = GITOPS_HOOK_DELETE_FAILED},
    {0},
};
static const gops_control_word our_prune[] = {
    {.text = "allow", .prune = ALLOWED},
    {.text = "confirm", .prune = CONFIRM},
    {.text = "keep", .prune = KEEP},
    {0},
};
static const gops_control_word our_prune_last[] = {
    SWITCH("true", "false", GITOPS_CONTROL_PRUNE_LAST),
    {0},
};
static const gops_control_word our_reconcile[] = {
    {.text = "enabled"},
    {.text = "disabled", .options = GITOPS_CONTROL_NO_APPLY, .decided = WRITING, .prune = KEEP,
     .teardown = KEEP},
    {0},
};
static const gops_control_word our_server_side[] = {
    {.text = "true", .options = GITOPS_CONTROL_SERVER_SIDE, .decided = MERGING},
    {.text = "false", .options = GITOPS_CONTROL_CLIENT_SIDE, .decided = MERGING},
    {0},
};
static const gops_control_word our_validate[] = {
    SWITCH("false", "true", GITOPS_CONTROL_NO_VALIDATION),
    {0},
};

static const gops_control_word argo_compare[] = {
    {.text = "IgnoreExtraneous", .options = GITOPS_CONTROL_IGNORE_EXTRANEOUS},
    SWITCH("ServerSideDiff=true", "ServerSideDiff=false", GITOPS_CONTROL_SERVER_DIFF),
    SWITCH("IncludeMutationWebhook=true", "IncludeMutationWebhook=false",
           GITOPS_CONTROL_WEBHOOK_DIFF),
    {0},
};
static const gops_control_word argo_hooks[] = {
    {.text = "PreSync", .hooks = GITOPS_HOOK_PRE_SYNC},
    {.text = "Sync", .hooks = GITOPS_HOOK_SYNC},
    {.text = "PostSync", .hooks = GITOPS_HOOK_POST_SYNC},
    {.text = "SyncFail", .hooks = GITOPS_HOOK_SYNC_FAIL},
    {.text = "PreDelete", .hooks = GITOPS_HOOK_PRE_DELETE},
    {.text = "PostDelete", .hooks = GITOPS_HOOK_POST_DELETE},
    {.text = "Skip", .options = GITOPS_CONTROL_NO_APPLY, .decided = WRITING, .only_alone = 1},
    {0},
};
static const gops_control_word argo_hook_deletes[] = {
    {.text = "HookSucceeded", .hook_deletes = GITOPS_HOOK_DELETE_SUCCEEDED},
    {.text = "HookFailed", .hook_deletes = GITOPS_HOOK_DELETE_FAILED},
    {.text = "BeforeHookCreation", .hook_deletes = GITOPS_HOOK_DELETE_BEFORE_CREATION},
    {0},
};
static const gops_control_word argo_sync[] = {
    {.text = "Prune=true", .prune = ALLOWED},
    {.text = "Prune=confirm", .prune = CONFIRM},
    {.text = "Prune=false", .prune = KEEP},
    {.text = "Delete=true", .teardown = ALLOWED},
    {.text = "Delete=confirm", .teardown = CONFIRM},
    {.text = "Delete=false", .teardown = KEEP},
    SWITCH("Validate=false", "Validate=true", GITOPS_CONTROL_NO_VALIDATION),
    SWITCH("SkipDryRunOnMissingResource=true", "SkipDryRunOnMissingResource=false",
           GITOPS_CONTROL_CHECK_KNOWN),
    SWITCH("PruneLast=true", "PruneLast=false", GITOPS_CONTROL_PRUNE_LAST),
    SWITCH("Replace=true", "Replace=false", GITOPS_CONTROL_REPLACE),
    SWITCH("Force=true", "Force=false", GITOPS_CONTROL_FORCE),
    {.text = "ServerSideApply=true", .options = GITOPS_CONTROL_SERVER_SIDE, .decided = MERGING},
    {.text = "ServerSideApply=false", .options = GITOPS_CONTROL_CLIENT_SIDE, .decided = MERGING},
    SWITCH("ClientSideApplyMigration=false", "ClientSideApplyMigration=true",
           GITOPS_CONTROL_NO_MIGRATION),
    {.text = "ApplyOutOfSyncOnly=true"}, /* as we do in any case */
    {.text = "ApplyOutOfSyncOnly=false"},
    {.text = "CreateNamespace=", .of_application = 1},
    {.text = "FailOnSharedResource=", .of_application = 1},
    {.text = "PrunePropagationPolicy=", .of_application = 1},
    {.text = "RespectIgnoreDifferences=", .of_application = 1},
    {0},
};

static const gops_control_word flux_force[] = {
    SWITCH("enabled", "disabled", GITOPS_CONTROL_FORCE),
    {0},
};
static const gops_control_word flux_prune[] = {
    {.text = "enabled", .prune = ALLOWED, .teardown = ALLOWED},
    {.text = "disabled", .prune = KEEP, .teardown = KEEP},
    {0},
};
static const gops_control_word flux_ssa[] = {
    {.text = "Override", .decided = WRITING},
    {.text = "Merge", .options = GITOPS_CONTROL_MERGE, .decided = WRITING},
    {.text = "IfNotPresent", .options = GITOPS_CONTROL_CREATE_ONLY, .decided = WRITING},
    {.text = "Ignore", .options = GITOPS_CONTROL_NO_APPLY, .decided = WRITING},
    {0},
};

static const gops_control_word helm_hooks[] = {
    {.text = "pre-install", .hooks = GITOPS_HOOK_PRE_SYNC},
    {.text = "pre-upgrade", .hooks = GITOPS_HOOK_PRE_SYNC},
    {.text = "post-install", .hooks = GITOPS_HOOK_POST_SYNC},
    {.text = "post-upgrade", .hooks = GITOPS_HOOK_POST_SYNC},
    {.text = "pre-delete", .hooks = GITOPS_HOOK_PRE_DELETE},
    {.text = "post-delete", .hooks = GITOPS_HOOK_POST_DELETE},
    {.text = "pre-rollback", .hooks = GITOPS_HOOK_PRE_ROLLBACK},
    {.text = "post-rollback", .hooks = GITOPS_HOOK_POST_ROLLBACK},
    {.text = "test", .hooks = GITOPS_HOOK_TEST},
    {.text = "test-success", .hooks = GITOPS_HOOK_TEST},
    {.text = "crd-install"}, /* of Helm 2; an object like any other */
    {0},
};
static const gops_control_word helm_hook_deletes[] = {
    {.text = "hook-succeeded", .hook_deletes = GITOPS_HOOK_DELETE_SUCCEEDED},
    {.text = "hook-failed", .hook_deletes = GITOPS_HOOK_DELETE_FAILED},
    {.text = "before-hook-creation", .hook_deletes = GITOPS_HOOK_DELETE_BEFORE_CREATION},
    {0},
};
static const gops_control_word helm_resource_policy[] = {
    {.text = "keep", .prune = KEEP, .teardown = KEEP},
    {0},
};

static const gops_control_word cli_on_remove[] = {
    {.text = "keep", .options = GITOPS_CONTROL_DETACH, .prune = KEEP, .teardown = KEEP},
    {0},
};
static const gops_control_word cli_deletion[] = {
    {.text = "detach", .options = GITOPS_CONTROL_DETACH, .prune = KEEP, .teardown = KEEP},
    {0},
};
static const gops_control_word cli_mutation[] = {
    {.text = "ignore", .options = GITOPS_CONTROL_CREATE_ONLY, .decided = WRITING},
    {0},
};

static const gops_control_word kapp_delete_strategy[] = {
    {.text = "orphan", .prune = KEEP, .teardown = KEEP},
    {0},
};

#define ARGO "argocd.argoproj.io/"
#define FLUX "kustomize.toolkit.fluxcd.io/"
#define KAPP "kapp.k14s.io/"

static const gops_control_rule rules[] = {
    {ARGO "compare-options", GOPS_TOOL_ARGO, GOPS_FORM_OPTIONS, 0, 1, argo_compare},
    {ARGO "hook", GOPS_TOOL_ARGO, GOPS_FORM_WORDS, 0, 0, argo_hooks},
    {ARGO "hook-delete-policy", GOPS_TOOL_ARGO, GOPS_FORM_WORDS, 0, 0, argo_hook_deletes},
    {ARGO "sync-options", GOPS_TOOL_ARGO, GOPS_FORM_OPTIONS, 0, 0, argo_sync},
    {ARGO "sync-wave", GOPS_TOOL_ARGO, GOPS_FORM_NUMBER, 0, 0, NULL},
    {"cli-utils.sigs.k8s.io/on-remove", GOPS_TOOL_CLI_UTILS, GOPS_FORM_WORD, 0, 0, cli_on_remove},
    {"client.lifecycle.config.k8s.io/deletion", GOPS_TOOL_CLI_UTILS, GOPS_FORM_WORD, 0, 0,
     cli_deletion},
    {"client.lifecycle.config.k8s.io/mutation", GOPS_TOOL_CLI_UTILS, GOPS_FORM_WORD, 0, 0,
     cli_mutation},
    {"config.kubernetes.io/depends-on", GOPS_TOOL_CLI_UTILS, GOPS_FORM_REFERENCES, 0, 0, NULL},
    {"gitops/apply", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_apply},
    {"gitops/check", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_check},
    {"gitops/delete", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_delete},
    {"gitops/depends-on", GOPS_TOOL_OURS, GOPS_FORM_KEYS, 0, 0, NULL},
    {"gitops/force", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_force},
    {"gitops/hook", GOPS_TOOL_OURS, GOPS_FORM_WORDS, 0, 0, our_hooks},
    {"gitops/hook-delete", GOPS_TOOL_OURS, GOPS_FORM_WORDS, 0, 0, our_hook_deletes},
    {"gitops/prune", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_prune},
    {"gitops/prune-last", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_prune_last},
    {"gitops/reconcile", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_reconcile},
    {"gitops/server-side", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_server_side},
    {"gitops/validate", GOPS_TOOL_OURS, GOPS_FORM_WORD, 0, 0, our_validate},
    {"gitops/wave", GOPS_TOOL_OURS, GOPS_FORM_NUMBER, 0, 0, NULL},
    {"helm.sh/hook", GOPS_TOOL_HELM, GOPS_FORM_WORDS, 1, 0, helm_hooks},
    {"helm.sh/hook-delete-policy", GOPS_TOOL_HELM, GOPS_FORM_WORDS, 1, 0, helm_hook_deletes},
    {"helm.sh/hook-weight", GOPS_TOOL_HELM, GOPS_FORM_NUMBER, 0, 0, NULL},
    {"helm.sh/resource-policy", GOPS_TOOL_HELM, GOPS_FORM_WORD, 1, 0, helm_resource_policy},
    {KAPP "change-group", GOPS_TOOL_KAPP, GOPS_FORM_GROUP, 0, 0, NULL},
    {KAPP "change-rule", GOPS_TOOL_KAPP, GOPS_FORM_RULE, 0, 0, NULL},
    {KAPP "delete-strategy", GOPS_TOOL_KAPP, GOPS_FORM_WORD, 0, 0, kapp_delete_strategy},
    {FLUX "force", GOPS_TOOL_FLUX, GOPS_FORM_WORD, 1, 0, flux_force},
    {FLUX "prune", GOPS_TOOL_FLUX, GOPS_FORM_WORD, 1, 0, flux_prune},
    {FLUX "reconcile", GOPS_TOOL_FLUX, GOPS_FORM_WORD, 1, 0, our_reconcile},
    {FLUX "ssa", GOPS_TOOL_FLUX, GOPS_FORM_WORD, 1, 0, flux_ssa},
};

enum { RULE_COUNT = sizeof rules / sizeof rules[0] };

const gops_control_rule *gops_control_rules(size_t *count)
{
    *count = RULE_COUNT;
    return rules;
}

int gops_control_is_named(const char *name, size_t length)
{
#define PREFIX(text) {text, sizeof text - 1}
    static const struct {
        const char *text;
        size_t length;
    } prefixes[] = {
        PREFIX("gitops/"),
        PREFIX(ARGO),
        PREFIX(FLUX),
        PREFIX("helm.sh/"),
        PREFIX("config.kubernetes.io/"),
        PREFIX("client.lifecycle.config.k8s.io/"),
        PREFIX("cli-utils.sigs.k8s.io/"),
        PREFIX(KAPP),
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (length >= prefixes[i].length && name[0] == prefixes[i].text[0] &&
            memcmp(name, prefixes[i].text, prefixes[i].length) == 0)
            return 1;
    return 0;
#undef PREFIX
}

/* Without what tells several of kapp's on one object apart: "change-rule.db" is "change-rule". */
static size_t without_suffix(const char *name, size_t length)
{
    size_t start = sizeof KAPP "change-" - 1;
    if (length <= start || memcmp(name, KAPP "change-", start) != 0)
        return length;
    const char *dot = memchr(name + start, '.', length - start);
    return dot ? (size_t)(dot - name) : length;
}

const gops_control_rule *gops_control_find(const char *name, size_t length)
{
    size_t low = 0, high = RULE_COUNT;
    length = without_suffix(name, length);
    while (low < high) {
        size_t middle = low + (high - low) / 2, own = strlen(rules[middle].name);
        int order = memcmp(name, rules[middle].name, length < own ? length : own);
        if (order == 0)
            order = (length > own) - (length < own);
        if (order == 0)
            return &rules[middle];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
