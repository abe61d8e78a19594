/*
 * needs: nodes by name, and the message about those that wait for each other.
 */
#include "plan/needs.h"

#include <string.h>

enum { SHOWN_MAX = 480 }; /* bytes of a circle in a message */

static int has_controls(const gops_item *item, void *user_data)
{
    (void)item;
    (void)user_data;
    return 1;
}

/* 1 when somebody may ask for an object by its key: who says of himself what he needs, or the host. */
static int is_asked(const gops_needs *needs)
{
    const gitops_manifest *manifest = needs->input->manifest;
    if (needs->input->unit->order.dependency_count ||
        (manifest && gops_index_each_controlled(manifest->index, has_controls, NULL)))
        return 1;
    for (size_t i = 0; i < needs->plan->count; i++)
        if (needs->subjects[i].record || needs->subjects[i].stage)
            return 1;
    return 0;
}

/* Those of one key stand behind each other. */
static int add_operations(gops_needs *needs)
{
    size_t applied = 0;
    if (!is_asked(needs))
        return 0;
    while (applied < needs->plan->count && needs->subjects[applied].stage == 0)
        applied++;
    int rc = gops_table_reserve(&needs->applied, applied);
    if (rc == 0)
        rc = gops_table_reserve(&needs->removed, needs->plan->count - applied);
    for (size_t i = 0; i < needs->plan->count && rc == 0; i++) {
        gops_subject *s = &needs->subjects[i];
        if (i == 0 || i == applied || strcmp(s[-1].key, s->key) != 0)
            rc = gops_table_set(i < applied ? &needs->applied : &needs->removed, s->key,
                                s->key_length, s);
    }
    return rc;
}

int gops_needs_init(gops_needs *needs, gitops_plan *plan, const gops_plan_input *input)
{
    memset(needs, 0, sizeof *needs);
    needs->context = plan->context;
    needs->plan = plan;
    needs->input = input;
    gops_graph_init(&needs->graph, plan->context, plan->operations.count);
    gops_table_init(&needs->applied, plan->context);
    gops_table_init(&needs->removed, plan->context);
    gops_table_init(&needs->others, plan->context);
    gops_arena_init(&needs->texts, plan->context, 0);
    int rc = gops_findings_sort(&plan->operations, input->unit, &needs->subjects);
    return rc < 0 ? rc : add_operations(needs);
}

void gops_needs_forget(gops_needs *needs)
{
    gops_free(needs->context, needs->subjects);
    needs->subjects = NULL;
    gops_table_release(&needs->applied);
    gops_table_release(&needs->removed);
    gops_table_release(&needs->others);
}

void gops_needs_release(gops_needs *needs)
{
    gops_needs_forget(needs);
    gops_graph_release(&needs->graph);
    gops_free(needs->context, needs->named);
    gops_arena_free(&needs->texts);
}

static gops_control decode(const char *record, size_t length)
{
    gops_control control;
    if (!record || gops_control_decode(&control, record, length) < 0)
        memset(&control, 0, sizeof control);
    return control;
}

gops_control gops_needs_controls(const gops_needs *needs, uint32_t node)
{
    return decode(needs->subjects[node].record, needs->subjects[node].record_length);
}

gops_control gops_needs_sent_controls(const gops_needs *needs, uint32_t node)
{
    const gops_detail *detail = needs->plan->operations.items[node].detail;
    return decode(detail ? detail->controls : NULL, detail ? detail->controls_length : 0);
}

static uint32_t node_of(const gops_needs *needs, const gops_table *table, const char *key)
{
    const gops_subject *s = gops_table_get(table, key, strlen(key));
    return s ? (uint32_t)(s - needs->subjects) : GOPS_NO_NODE;
}

int gops_needs_each_other(const gops_needs *needs, gops_entry_fn fn, void *user_data)
{
    const gitops_manifest *manifest = needs->input->manifest;
    if (!manifest || needs->plan->count == 0 ||
        needs->applied.count == gops_index_count(manifest->index))
        return 0;
    return gops_index_each_controlled(manifest->index, fn, user_data);
}

uint32_t gops_needs_applied(const gops_needs *needs, const char *key)
{
    return node_of(needs, &needs->applied, key);
}

uint32_t gops_needs_removed(const gops_needs *needs, const char *key)
{
    return node_of(needs, &needs->removed, key);
}

int gops_needs_add(gops_needs *needs, const char *text, const gops_item *item, uint32_t *node)
{
    gops_named *named = gops_arena_alloc(&needs->texts, sizeof *named);
    if (!named || gops_grow(needs->context, &needs->named, &needs->named_capacity,
                            needs->named_count + 1, sizeof *needs->named) < 0)
        return GITOPS_ENOMEM;
    int rc = gops_graph_add_node(&needs->graph, node);
    if (rc < 0)
        return rc;
    *named = (gops_named){*node, text, item};
    needs->named[needs->named_count++] = named;
    return 0;
}

int gops_needs_object(gops_needs *needs, const char *key, uint32_t *node)
{
    gitops_manifest *manifest = needs->input->manifest;
    *node = gops_needs_applied(needs, key);
    if (*node != GOPS_NO_NODE || !manifest)
        return 0;
    const gops_named *named = gops_table_get(&needs->others, key, strlen(key));
    if (named) {
        *node = named->node;
        return 0;
    }
    const gops_item *item = gops_index_find(manifest->index, key, NULL);
    if (!item)
        return 0;
    const char *own = gops_item_object(item)->key;
    int rc = gops_needs_add(needs, own, item, node);
    return rc < 0 ? rc
                  : gops_table_set(&needs->others, own, strlen(own),
                                   needs->named[needs->named_count - 1]);
}

int gops_needs_let(gops_needs *needs, uint32_t node, uint32_t needed)
{
    return gops_graph_add_edge(&needs->graph, needed, node, GOPS_EDGE_NEED);
}

/* The object of Git that a node stands for; NULL: none. */
static const gops_object *object_of(const gops_needs *needs, uint32_t node, const char **file)
{
    if (node < needs->graph.operations) {
        const gitops_operation *operation = &needs->plan->operations.items[node];
        *file = gitops_operation_file(operation);
        return gops_operation_object(operation);
    }
    const gops_item *item = needs->named[node - needs->graph.operations]->item;
    *file = item ? item->file->path : NULL;
    return item ? gops_item_object(item) : NULL;
}

int gops_needs_fail(const gops_needs *needs, uint32_t node, gops_buffer *text, gitops_error *err)
{
    const char *file;
    const gops_object *object = object_of(needs, node, &file);
    int rc = text->status < 0 ? GITOPS_ENOMEM
                              : gops_fail_at(err, GITOPS_EORDER, file, object ? object->line : 0, 0,
                                             "%s", text->data);
    gops_buffer_release(text);
    return rc;
}

int gops_needs_name(const gops_needs *needs, uint32_t node, gops_buffer *out)
{
    const char *file;
    const gops_object *object = object_of(needs, node, &file);
    int is_operation = node < needs->graph.operations;
    const char *text = is_operation
                           ? gops_operation_key(&needs->plan->operations.items[node])
                           : needs->named[node - needs->graph.operations]->text;
    if (!text)
        return 0;
    gops_buffer_puts(out, text);
    if (object)
        gops_buffer_printf(out, " (%s:%lu)", file, (unsigned long)object->line);
    else if (is_operation)
        gops_buffer_puts(out, " (removed)");
    return 1;
}

/* "A -> B -> A": each needs the next. One that is too long is cut before its end. */
static void print_circle(const gops_needs *needs, const uint32_t *cycle, size_t length,
                         gops_buffer *out)
{
    size_t left_out = 0;
    int any = 0;
    for (size_t i = 0; i <= length; i++) {
        if (out->length > SHOWN_MAX && i < length) {
            left_out++;
            continue;
        }
        if (left_out)
            gops_buffer_printf(out, " -> ... %lu more", (unsigned long)left_out);
        size_t before = out->length;
        gops_buffer_puts(out, any ? " -> " : "");
        if (gops_needs_name(needs, cycle[i % length], out)) {
            any = 1;
        } else if (out->data) {
            out->length = before;
            out->data[before] = '\0';
        }
        left_out = 0;
    }
}

static int fail_circle(const gops_needs *needs, gitops_error *err)
{
    gops_buffer text;
    uint32_t *cycle = gops_calloc(needs->context, (size_t)needs->graph.nodes + 1, sizeof *cycle);
    size_t length = cycle ? gops_graph_cycle(&needs->graph, cycle) : SIZE_MAX;
    int rc = GITOPS_ENOMEM;
    gops_buffer_init(&text, needs->context, 0);
    gops_buffer_puts(&text, "objects wait for each other: ");
    if (length != SIZE_MAX) {
        print_circle(needs, cycle, length, &text);
        rc = gops_needs_fail(needs, cycle[0], &text, err);
    }
    gops_buffer_release(&text);
    gops_free(needs->context, cycle);
    return rc;
}

static int sort(gops_needs *needs, uint32_t **order, gitops_error *err)
{
    int rc = gops_graph_seal(&needs->graph);
    if (rc < 0)
        return rc;
    *order = gops_calloc(needs->context, (size_t)needs->graph.nodes + 1, sizeof **order);
    size_t sorted = *order ? gops_graph_sort(&needs->graph, *order) : SIZE_MAX;
    if (sorted == SIZE_MAX)
        return GITOPS_ENOMEM;
    return sorted == needs->graph.nodes ? 0 : fail_circle(needs, err);
}

int gops_needs_gather(gops_needs *needs, uint32_t **order, gitops_error *err)
{
    int rc = gops_depend_gather(needs, err);
    if (rc == 0)
        rc = gops_implied_gather(needs, err);
    if (rc == 0)
        rc = gops_change_group_gather(needs, err);
    return rc < 0 ? rc : sort(needs, order, err);
}
