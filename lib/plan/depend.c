/*
 * depend: dependencies between objects by their keys. What Git states must be there: a dependency
 * on an object that is neither in Git nor stays ours is an error, whether something is done in the
 * objects or not. Deletes go by what was last sent, the other way round, and miss nothing.
 */
#include "plan/needs.h"

#include <string.h>

/* The first dependency that is missing, and how many more are. */
typedef struct missing {
    uint32_t node;
    const char *key;
    size_t more;
} missing;

typedef struct gathering {
    gops_needs *needs;
    missing missing;
} gathering;

/* An object that is not in Git, but ours, and nothing removes it. */
static int stays(const gops_needs *needs, const char *key)
{
    const gops_plan_input *input = needs->input;
    return input->owns && input->owns(input->owns_data, key) && gops_needs_removed(needs, key) == GOPS_NO_NODE;
}

static int depend(gathering *g, uint32_t node, const char *key)
{
    uint32_t needed;
    int rc = gops_needs_object(g->needs, key, &needed);
    if (rc == 0 && needed != GOPS_NO_NODE)
        return gops_needs_let(g->needs, node, needed);
    if (rc == 0 && !stays(g->needs, key)) {
        if (g->missing.key)
            g->missing.more++;
        else
            g->missing = (missing){node, key, 0};
    }
    return rc;
}

static int depend_on_all(gathering *g, uint32_t node, const gops_control_list *keys)
{
    const char *key = keys->texts;
    int rc = 0;
    for (uint32_t i = 0; i < keys->count && rc == 0; i++, key += strlen(key) + 1)
        rc = depend(g, node, key);
    return rc;
}

/*
 * By what was last sent: an object that is deleted goes before those that it depended on, and one
 * that is applied lets go of them first.
 */
static int outlive(gops_needs *needs, uint32_t node, const gops_control_list *keys)
{
    const char *key = keys->texts;
    int rc = 0;
    for (uint32_t i = 0; i < keys->count && rc == 0; i++, key += strlen(key) + 1) {
        uint32_t needed = gops_needs_removed(needs, key);
        if (needed != GOPS_NO_NODE)
            rc = gops_needs_let(needs, needed, node);
    }
    return rc;
}

static int take_operation(gathering *g, uint32_t node)
{
    const gops_subject *s = &g->needs->subjects[node];
    gops_control control;
    int rc = 0;
    if (s->depends && !s->stage) {
        control = gops_needs_controls(g->needs, node);
        rc = depend_on_all(g, node, &control.dependencies);
    }
    if (rc == 0 && g->needs->removed.count) {
        control = gops_needs_sent_controls(g->needs, node);
        rc = outlive(g->needs, node, &control.dependencies);
    }
    return rc;
}

/* An object in which nothing is done. */
static int take_other(const gops_item *item, void *user_data)
{
    gathering *g = user_data;
    const gops_object *object = gops_item_object(item);
    gops_control control = gops_object_control(object);
    uint32_t node;
    if (control.dependencies.count == 0 ||
        gops_needs_applied(g->needs, object->key) != GOPS_NO_NODE)
        return 0;
    int rc = gops_needs_object(g->needs, object->key, &node);
    return rc < 0 ? rc : depend_on_all(g, node, &control.dependencies);
}

/* What the host adds counts where both are there: its list outlives many revisions. */
static int take_added(gops_needs *needs, const char *key, const char *on)
{
    uint32_t gone = gops_needs_removed(needs, key), on_gone = gops_needs_removed(needs, on);
    uint32_t node, needed;
    int rc = gops_needs_object(needs, key, &node);
    if (rc == 0)
        rc = gops_needs_object(needs, on, &needed);
    if (rc == 0 && node != GOPS_NO_NODE && needed != GOPS_NO_NODE)
        rc = gops_needs_let(needs, node, needed);
    if (rc == 0 && gone != GOPS_NO_NODE && on_gone != GOPS_NO_NODE)
        rc = gops_needs_let(needs, on_gone, gone);
    return rc;
}

static int fail_missing(const gops_needs *needs, const missing *missing, gitops_error *err)
{
    gops_buffer text;
    gops_buffer_init(&text, needs->context, 0);
    gops_needs_name(needs, missing->node, &text);
    gops_buffer_printf(&text, " depends on %s, which is %s", missing->key,
                       gops_needs_removed(needs, missing->key) == GOPS_NO_NODE
                           ? "not in this unit"
                           : "removed");
    if (missing->more)
        gops_buffer_printf(&text, "; and %lu more", (unsigned long)missing->more);
    return gops_needs_fail(needs, missing->node, &text, err);
}

int gops_depend_gather(gops_needs *needs, gitops_error *err)
{
    const gops_order *order = &needs->input->unit->order;
    gathering g = {needs, {0, NULL, 0}};
    int rc = 0;
    for (uint32_t i = 0; i < needs->plan->count && rc == 0; i++)
        rc = take_operation(&g, i);
    if (rc == 0)
        rc = gops_needs_each_other(needs, take_other, &g);
    for (size_t i = 0; i < order->dependency_count && rc == 0; i++)
        rc = take_added(needs, order->dependencies[i].key, order->dependencies[i].on);
    return rc == 0 && g.missing.key ? fail_missing(needs, &g.missing, err) : rc;
}
