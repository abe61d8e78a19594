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

static int check_options(gitops_unit_options *given, gitops_error *err)
{
    if (!gops_unit_is_name(given->name))
        return gops_fail(err, GITOPS_EINVAL,
                         "unit: a name has 1 to 63 of the characters A-Z a-z 0-9 . _ -");
    if (!given->source || !given->target)
        return gops_fail(err, GITOPS_EINVAL, "unit %s: source and target are needed",
                         given->name);
    int rc = policy(&given->prune, GITOPS_PRUNE_ON, GITOPS_PRUNE_ADOPTED, "prune", err);
    if (rc == 0)
        rc = policy(&given->adopt, GITOPS_ADOPT_IF_EQUAL, GITOPS_ADOPT_ALWAYS, "adopt", err);
    if (rc == 0)
        rc = policy(&given->conflict, GITOPS_CONFLICT_DESIRED, GITOPS_CONFLICT_FAIL, "conflict",
                    err);
    if (rc == 0)
        rc = policy(&given->drift, GITOPS_DRIFT_REVERT, GITOPS_DRIFT_IGNORE, "drift", err);
    if (rc < 0)
        return rc;
    if (given->exclude_count && !given->excludes)
        return gops_fail(err, GITOPS_EINVAL, "unit %s: excludes is NULL", given->name);
    for (size_t i = 0; i < given->exclude_count; i++)
        if (!given->excludes[i])
            return gops_fail(err, GITOPS_EINVAL, "unit %s: exclude %zu is NULL", given->name, i);
    if (given->max_deletes < GITOPS_NO_DELETES || given->max_delete_percent < GITOPS_NO_DELETES ||
        given->max_delete_percent > 100 || given->interval_ms < 0 || given->read_workers < 0 ||
        given->read_workers > GOPS_CREW_MAX)
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

static int copy_texts(gitops_unit *unit, const gitops_unit_options *given)
{
    unit->name = gops_strdup(unit->context, given->name);
    unit->path = gops_strdup(unit->context, given->path ? given->path : "");
    unit->excludes = gops_calloc(unit->context, given->exclude_count + 1, sizeof(char *));
    if (!unit->name || !unit->path || !unit->excludes)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < given->exclude_count; i++) {
        unit->excludes[i] = gops_strdup(unit->context, given->excludes[i]);
        if (!unit->excludes[i])
            return GITOPS_ENOMEM;
        unit->exclude_count++;
    }
    return 0;
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
    for (size_t i = 0; i < unit->exclude_count; i++)
        gops_free(context, unit->excludes[i]);
    gops_free(context, unit->excludes);
    gops_order_release(&unit->order, context);
    gops_free(context, unit->name);
    gops_free(context, unit->path);
    gitops_source_free(unit->source);
    gitops_target_free(unit->target);
    gitops_schema_free(unit->schema);
    gitops_identity_free(unit->identity);
    gops_free(context, unit);
    gitops_context_free(context);
}
