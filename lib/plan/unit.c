/*
 * unit: checks and owns what a host says about one thing to keep equal.
 */
#include "plan/unit.h"

#include <string.h>

#include "base/crew.h"
#include "base/options.h"
#include "manifest/schema.h"
#include "source/snapshot.h"

int gops_unit_is_name(const char *name)
{
    size_t length = name ? strlen(name) : 0;
    if (length == 0 || length > 63 || name[0] == '.')
        return 0;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '_' || c == '-'))
            return 0;
    }
    return 1;
}

/* Replaces 0 by the default; refuses what is outside of 1 ... last. */
static int policy(int32_t *value, int32_t fallback, int32_t last, const char *name,
                  gitops_error *err)
{
    if (*value == 0)
        *value = fallback;
    if (*value < 1 || *value > last)
        return gops_fail(err, GITOPS_EINVAL, "unit: %s is no such policy", name);
    return 0;
}

/* Replaces 0 by the default. Returns 0 when it is out of range. */
static int time_limit(int64_t *limit_ms, int64_t fallback_ms)
{
    if (*limit_ms == 0)
        *limit_ms = fallback_ms;
    return *limit_ms >= GITOPS_NO_LIMIT;
}

static int time_limits(gitops_unit_options *given)
{
    return time_limit(&given->operation_timeout_ms, 300000) &&
           time_limit(&given->wave_timeout_ms, 900000) &&
           time_limit(&given->run_timeout_ms, 3600000);
}

static int check_policies(gitops_unit_options *given, gitops_error *err)
{
    int rc = policy(&given->prune, GITOPS_PRUNE_ON, GITOPS_PRUNE_ADOPTED, "prune", err);
    if (rc == 0)
        rc = policy(&given->adopt, GITOPS_ADOPT_IF_EQUAL, GITOPS_ADOPT_ALWAYS, "adopt", err);
    if (rc == 0)
        rc = policy(&given->conflict, GITOPS_CONFLICT_DESIRED, GITOPS_CONFLICT_FAIL, "conflict",
                    err);
    if (rc == 0)
        rc = policy(&given->drift, GITOPS_DRIFT_REVERT, GITOPS_DRIFT_IGNORE, "drift", err);
    if (rc == 0)
        rc = policy(&given->on_failure, GITOPS_FAILURE_STOP, GITOPS_FAILURE_ISOLATE, "on_failure",
                    err);
    return rc < 0 ? rc : policy(&given->wait, GITOPS_WAIT_NEXT, GITOPS_WAIT_NONE, "wait", err);
}

static int check_texts(const gitops_unit_options *given, const char *what,
                       const char *const *texts, size_t count, gitops_error *err)
{
    if (count && !texts)
        return gops_fail(err, GITOPS_EINVAL, "unit %s: %s is NULL", given->name, what);
    for (size_t i = 0; i < count; i++)
        if (!texts[i])
            return gops_fail(err, GITOPS_EINVAL, "unit %s: %s %zu is NULL", given->name, what, i);
    return 0;
}

static int check_limits(gitops_unit_options *given, gitops_error *err)
{
    if (given->max_deletes < GITOPS_NO_DELETES || given->max_delete_percent < GITOPS_NO_DELETES ||
        given->max_delete_percent > 100 || given->interval_ms < 0 || given->confirm_ms < 0 || given->read_workers < 0 ||
        given->read_workers > GOPS_CREW_MAX || !time_limits(given))
        return gops_fail(err, GITOPS_EINVAL, "unit %s: a limit or interval is out of range",
                         given->name);
    if (given->max_deletes == 0)
        given->max_deletes = 50;
    if (given->max_delete_percent == 0)
        given->max_delete_percent = 30;
    if (given->interval_ms == 0)
        given->interval_ms = 60000;
    return 0;
}

/* An empty pattern would mean nothing, and look like a limit. */
static int check_patterns(const gitops_unit_options *given, const char *what,
                          const char *const *patterns, size_t count, gitops_error *err)
{
    int rc = check_texts(given, what, patterns, count, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        if (!*patterns[i] || strcmp(patterns[i], "!") == 0)
            rc = gops_fail(err, GITOPS_EINVAL, "unit %s: %s %zu is empty", given->name, what, i);
    return rc;
}

static int check_options(gitops_unit_options *given, gitops_error *err)
{
    if (!gops_unit_is_name(given->name))
        return gops_fail(err, GITOPS_EINVAL,
                         "unit: a name has 1 to 63 of the characters A-Z a-z 0-9 . _ -");
    if (!given->source || !given->target)
        return gops_fail(err, GITOPS_EINVAL, "unit %s: source and target are needed",
                         given->name);
    int rc = check_policies(given, err);
    if (rc == 0)
        rc = check_texts(given, "excludes", given->excludes, given->exclude_count, err);
    if (rc == 0)
        rc = check_texts(given, "after", given->after, given->after_count, err);
    if (rc == 0)
        rc = check_patterns(given, "protects", given->protects, given->protect_count, err);
    if (rc == 0)
        rc = check_patterns(given, "scope", given->scope, given->scope_count, err);
    return rc < 0 ? rc : check_limits(given, err);
}

/* Copies a list; *count grows with each text, so that what is there can be freed. */
static int copy_list(gitops_context *context, char ***out, size_t *count, const char *const *texts,
                     size_t wanted)
{
    *out = gops_calloc(context, wanted + 1, sizeof(char *));
    if (!*out)
        return GITOPS_ENOMEM;
    for (; *count < wanted; ++*count) {
        (*out)[*count] = gops_strdup(context, texts[*count]);
        if (!(*out)[*count])
            return GITOPS_ENOMEM;
    }
    return 0;
}

static void free_list(gitops_context *context, char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gops_free(context, texts[i]);
    gops_free(context, texts);
}

static int copy_texts(gitops_unit *unit, const gitops_unit_options *given)
{
    gitops_context *context = unit->context;
    unit->name = gops_strdup(context, given->name);
    unit->path = gops_strdup(context, given->path ? given->path : "");
    unit->manager = given->manager ? gops_strdup(context, given->manager) : NULL;
    if (!unit->name || !unit->path || (given->manager && !unit->manager) ||
        copy_list(context, &unit->excludes, &unit->exclude_count, given->excludes,
                  given->exclude_count) < 0 ||
        copy_list(context, &unit->protects, &unit->protect_count, given->protects,
                  given->protect_count) < 0 ||
        copy_list(context, &unit->scope, &unit->scope_count, given->scope, given->scope_count) < 0)
        return GITOPS_ENOMEM;
    return copy_list(context, &unit->after, &unit->after_count, given->after, given->after_count);
}

int gitops_unit_new(gitops_unit **out, gitops_context *context, const gitops_unit_options *options,
                    gitops_error *err)
{
    gitops_unit_options given;
    if (!out || !context)
        return gops_fail(err, GITOPS_EINVAL, "unit: an argument is NULL");
    *out = NULL;
    int rc = gops_options_import(&given, sizeof given, options, "unit options", err);
    if (rc == 0)
        rc = check_options(&given, err);
    if (rc < 0)
        return rc;
    gitops_unit *unit = gops_calloc(context, 1, sizeof *unit);
    if (!unit)
        return gops_fail_memory(err);
    gops_refcount_init(&unit->references);
    unit->context = gops_context_ref(context);
    unit->source = gops_source_ref(given.source);
    unit->target = gops_target_ref(given.target);
    unit->schema = given.schema ? gitops_schema_ref(given.schema) : NULL;
    unit->identity = gops_identity_ref(given.identity);
    unit->prune = given.prune;
    unit->adopt = given.adopt;
    unit->conflict = given.conflict;
    unit->drift = given.drift;
    unit->max_deletes = given.max_deletes;
    unit->max_delete_percent = given.max_delete_percent;
    unit->interval_ms = given.interval_ms;
    unit->read_workers = given.read_workers;
    unit->on_failure = given.on_failure;
    unit->wait = given.wait;
    unit->operation_timeout_ms = given.operation_timeout_ms;
    unit->wave_timeout_ms = given.wave_timeout_ms;
    unit->run_timeout_ms = given.run_timeout_ms;
    unit->confirm_ms = given.confirm_ms;
    unit->windows = given.windows ? gitops_windows_ref(given.windows) : NULL;
    rc = copy_texts(unit, &given) < 0 ? gops_fail_memory(err)
                                      : gops_order_copy(&unit->order, context, given.order, err);
    if (rc < 0) {
        gitops_unit_free(unit);
        return rc;
    }
    *out = unit;
    return 0;
}

gitops_unit *gops_unit_ref(gitops_unit *unit)
{
    gops_refcount_take(&unit->references);
    return unit;
}

void gitops_unit_free(gitops_unit *unit)
{
    if (!unit || !gops_refcount_drop(&unit->references))
        return;
    gitops_context *context = unit->context;
    free_list(context, unit->excludes, unit->exclude_count);
    free_list(context, unit->after, unit->after_count);
    free_list(context, unit->protects, unit->protect_count);
    free_list(context, unit->scope, unit->scope_count);
    gops_order_release(&unit->order, context);
    gops_free(context, unit->name);
    gops_free(context, unit->path);
    gops_free(context, unit->manager);
    gitops_source_free(unit->source);
    gitops_target_free(unit->target);
    gitops_schema_free(unit->schema);
    gitops_identity_free(unit->identity);
    gitops_windows_free(unit->windows);
    gops_free(context, unit);
    gitops_context_free(context);
}
