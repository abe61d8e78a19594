/*
 * change_group: kapp's change groups and rules. A group that rules name has up to two nodes, one
 * behind its members and one before them, for what is applied in it and for what is deleted: a
 * rule is one edge, and being a member is one or two.
 */
#include "plan/needs.h"

#include <string.h>

#include "manifest/key.h"

/* Which side of a group a node stands on. */
typedef enum side { BEFORE = 0, AFTER, SIDES } side;

/* A group of objects that are applied, or of those that are deleted. */
typedef struct change_group {
    uint32_t nodes[SIDES]; /* GOPS_NO_NODE: no rule asks for it */
} change_group;

typedef struct grouping {
    gops_needs *needs;
    gops_table groups; /* change_group by 'u' or 'd' and the name */
    gops_buffer text;
} grouping;

/* An object that speaks: its node, what becomes of it and what it says. */
typedef struct speaker {
    uint32_t node;
    int removed;
    const char *key;
    gops_control control;
} speaker;

/* Appends what a placeholder stands for. Returns its length in the text; 0: it is none. */
static size_t put_property(gops_buffer *out, const char *at, const gops_key_parts *key)
{
    int has_space = !(key->namespace_length == 1 && key->namespace_name[0] == '_');
    const struct {
        const char *name, *text;
        size_t length;
    } properties[] = {
        {"{api-group}", key->group, key->group_length},
        {"{kind}", key->kind, key->kind_length},
        {"{name}", key->name, key->name_length},
        {"{namespace}", key->namespace_name, has_space ? key->namespace_length : 0},
    };
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        size_t length = strlen(properties[i].name);
        if (strncmp(at, properties[i].name, length) != 0)
            continue;
        gops_buffer_put(out, properties[i].text, properties[i].length);
        return length;
    }
    return 0;
}

/* The name under which a group is known: its placeholders are those of the object that speaks. */
static int put_name(grouping *g, const speaker *speaker, int removed, const char *group)
{
    gops_key_parts key;
    int has_parts = gops_key_split(speaker->key, &key);
    gops_buffer_clear(&g->text);
    gops_buffer_putc(&g->text, removed ? 'd' : 'u');
    while (*group) {
        size_t length = has_parts && *group == '{' ? put_property(&g->text, group, &key) : 0;
        if (length == 0)
            gops_buffer_putc(&g->text, *group);
        group += length ? length : 1;
    }
    return g->text.status;
}

/* The group in g->text, made at need. NULL: no memory. */
static change_group *get_group(grouping *g)
{
    change_group *group = gops_table_get(&g->groups, g->text.data, g->text.length);
    if (group)
        return group;
    const char *name = gops_arena_strndup(&g->needs->texts, g->text.data, g->text.length);
    group = gops_arena_alloc(&g->needs->texts, sizeof *group);
    if (!name || !group ||
        gops_table_set(&g->groups, name, g->text.length, group) < 0)
        return NULL;
    group->nodes[BEFORE] = group->nodes[AFTER] = GOPS_NO_NODE;
    return group;
}

/* "change group NAME", for messages. NULL: no memory. */
static const char *label_of(grouping *g)
{
    static const char before[] = "change group ";
    size_t length = sizeof before - 1 + g->text.length - 1;
    char *label = gops_arena_bytes(&g->needs->texts, length + 1);
    if (label) {
        memcpy(label, before, sizeof before - 1);
        memcpy(label + sizeof before - 1, g->text.data + 1, g->text.length);
    }
    return label;
}

static int get_node(grouping *g, side at, uint32_t *node)
{
    change_group *group = get_group(g);
    if (!group)
        return GITOPS_ENOMEM;
    if (group->nodes[at] == GOPS_NO_NODE) {
        const char *label = label_of(g);
        int rc = label ? gops_needs_add(g->needs, label, NULL, &group->nodes[at]) : GITOPS_ENOMEM;
        if (rc < 0)
            return rc;
    }
    *node = group->nodes[at];
    return 0;
}

/* 1 when the text starts with a word, which is passed over. */
static int take_word(const char **text, const char *word)
{
    size_t length = strlen(word);
    int has = strncmp(*text, word, length) == 0;
    *text += has ? length : 0;
    return has;
}

/* "(upsert|delete) (before|after) (upserting|deleting) GROUP", checked when it was read. */
static int take_rule(grouping *g, const speaker *speaker, const char *rule)
{
    uint32_t node = GOPS_NO_NODE;
    int of_delete = take_word(&rule, "delete ");
    if (!of_delete)
        take_word(&rule, "upsert ");
    int after = take_word(&rule, "after ");
    if (!after)
        take_word(&rule, "before ");
    int deleting = take_word(&rule, "deleting ");
    if (!deleting)
        take_word(&rule, "upserting ");
    if (of_delete != speaker->removed)
        return 0;
    int rc = put_name(g, speaker, deleting, rule);
    if (rc == 0)
        rc = get_node(g, after ? AFTER : BEFORE, &node);
    if (rc < 0)
        return rc;
    return after ? gops_needs_let(g->needs, speaker->node, node)
                 : gops_needs_let(g->needs, node, speaker->node);
}

static int take_rules(grouping *g, const speaker *speaker)
{
    const char *rule = speaker->control.rules.texts;
    int rc = 0;
    for (uint32_t i = 0; i < speaker->control.rules.count && rc == 0; i++, rule += strlen(rule) + 1)
        rc = take_rule(g, speaker, rule);
    return rc;
}

/* Members of a group that no rule names are not worth an edge. */
static int join(grouping *g, const speaker *speaker, const char *name)
{
    int rc = put_name(g, speaker, speaker->removed, name);
    if (rc < 0)
        return rc;
    const change_group *group = gops_table_get(&g->groups, g->text.data, g->text.length);
    if (group && group->nodes[AFTER] != GOPS_NO_NODE)
        rc = gops_needs_let(g->needs, group->nodes[AFTER], speaker->node);
    if (rc == 0 && group && group->nodes[BEFORE] != GOPS_NO_NODE)
        rc = gops_needs_let(g->needs, speaker->node, group->nodes[BEFORE]);
    return rc;
}

static int take_groups(grouping *g, const speaker *speaker)
{
    const char *name = speaker->control.groups.texts;
    int rc = 0;
    for (uint32_t i = 0; i < speaker->control.groups.count && rc == 0;
         i++, name += strlen(name) + 1)
        rc = join(g, speaker, name);
    return rc;
}

typedef int (*speak_fn)(grouping *g, const speaker *speaker);

/* One visit to all that speak of groups or rules, with what is to be done with each. */
typedef struct visit {
    grouping *g;
    speak_fn speak;
} visit;

static int speaks(const speaker *speaker)
{
    return speaker->control.groups.count || speaker->control.rules.count;
}

/* An object in which nothing is done is one that was applied. */
static int visit_other(const gops_item *item, void *user_data)
{
    visit *v = user_data;
    const gops_object *object = gops_item_object(item);
    speaker speaker = {.key = object->key, .control = gops_object_control(object)};
    if (!speaks(&speaker) || gops_needs_applied(v->g->needs, object->key) != GOPS_NO_NODE)
        return 0;
    int rc = gops_needs_object(v->g->needs, object->key, &speaker.node);
    return rc < 0 ? rc : v->speak(v->g, &speaker);
}

static int visit_all(grouping *g, speak_fn speak)
{
    gops_needs *needs = g->needs;
    visit v = {g, speak};
    int rc = 0;
    for (uint32_t i = 0; i < needs->plan->count && rc == 0; i++) {
        const gops_subject *s = &needs->subjects[i];
        speaker speaker = {.node = i, .removed = s->stage == 1, .key = s->key};
        if (s->groups) {
            speaker.control = gops_needs_controls(needs, i);
            rc = speak(g, &speaker);
        }
    }
    return rc < 0 ? rc : gops_needs_each_other(needs, visit_other, &v);
}

int gops_change_group_gather(gops_needs *needs, gitops_error *err)
{
    grouping g = {.needs = needs};
    (void)err;
    gops_table_init(&g.groups, needs->context);
    gops_buffer_init(&g.text, needs->context, 0);
    int rc = visit_all(&g, take_rules);
    if (rc == 0 && g.groups.count)
        rc = visit_all(&g, take_groups);
    gops_table_release(&g.groups);
    gops_buffer_release(&g.text);
    return rc;
}
