/*
 * order_options: checks and owns what a host adds to the order of operations.
 */
#include "plan/unit.h"

#include <string.h>

#include "base/options.h"
#include "manifest/key.h"

static int check(const gitops_order_options *given, gitops_error *err)
{
    gops_key_parts parts;
    if ((given->kind_count && !given->kinds) ||
        (given->dependency_count && !given->dependencies))
        return gops_fail(err, GITOPS_EINVAL, "order options: a list is NULL");
    for (size_t i = 0; i < given->kind_count; i++)
        if (!given->kinds[i])
            return gops_fail(err, GITOPS_EINVAL, "order options: kind %zu is NULL", i);
    for (size_t i = 0; i < given->dependency_count; i++) {
        const gitops_dependency *one = &given->dependencies[i];
        if (!one->key || !one->on || !gops_key_split(one->key, &parts) ||
            !gops_key_split(one->on, &parts))
            return gops_fail(err, GITOPS_EINVAL,
                             "order options: dependency %zu is not between two keys", i);
    }
    return 0;
}

static int copy(gops_order *out, gitops_context *context, const gitops_order_options *given)
{
    out->kinds = given->kind_count ? gops_calloc(context, given->kind_count, sizeof(char *)) : NULL;
    out->dependencies = given->dependency_count ? gops_calloc(context, given->dependency_count,
                                                              sizeof *out->dependencies)
                                                : NULL;
    if ((given->kind_count && !out->kinds) || (given->dependency_count && !out->dependencies))
        return GITOPS_ENOMEM;
    for (; out->kind_count < given->kind_count; out->kind_count++) {
        out->kinds[out->kind_count] = gops_strdup(context, given->kinds[out->kind_count]);
        if (!out->kinds[out->kind_count])
            return GITOPS_ENOMEM;
    }
    while (out->dependency_count < given->dependency_count) {
        const gitops_dependency *from = &given->dependencies[out->dependency_count];
        gitops_dependency *to = &out->dependencies[out->dependency_count++];
        to->key = gops_strdup(context, from->key);
        to->on = gops_strdup(context, from->on);
        if (!to->key || !to->on)
            return GITOPS_ENOMEM;
    }
    return 0;
}

int gops_order_copy(gops_order *out, gitops_context *context, const gitops_order_options *options,
                    gitops_error *err)
{
    gitops_order_options given;
    memset(out, 0, sizeof *out);
    if (!options)
        return 0;
    int rc = gops_options_import(&given, sizeof given, options, "order options", err);
    if (rc == 0)
        rc = check(&given, err);
    if (rc < 0 || copy(out, context, &given) == 0)
        return rc;
    gops_order_release(out, context);
    return gops_fail_memory(err);
}

void gops_order_release(gops_order *order, gitops_context *context)
{
    for (size_t i = 0; i < order->kind_count; i++)
        gops_free(context, order->kinds[i]);
    for (size_t i = 0; i < order->dependency_count; i++) {
        gops_free(context, (char *)order->dependencies[i].key);
        gops_free(context, (char *)order->dependencies[i].on);
    }
    gops_free(context, order->kinds);
    gops_free(context, order->dependencies);
    memset(order, 0, sizeof *order);
}
