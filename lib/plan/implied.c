/*
 * implied: what no object states, and every one of its kind needs. A namespace is there before what
 * is in it and goes after it; a definition of kinds is there before its instances. Only where keys
 * are those of Kubernetes. What a definition defines is read from it when there is something that
 * it may define; for one that is deleted, its group has to do.
 */
#include "plan/needs.h"

#include <string.h>

#include "value/document.h"

typedef struct implied {
    gops_needs *needs;
    gops_table spaces[2];  /* subjects that are namespaces by their name: applied, removed */
    gops_table groups[2];  /* gops_named of groups that something defines: applied, removed */
    gops_table used;       /* such groups of which there are instances */
    gops_table kinds;      /* subjects that are definitions by "KIND.GROUP" */
    size_t spaces_count, definitions;
    const gops_subject *last, *last_space; /* that were looked up last; NULL: none */
} implied;

static uint32_t node_of(const implied *in, const gops_subject *s)
{
    return (uint32_t)(s - in->needs->subjects);
}

static int is_text(const char *text, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(text, wanted, length) == 0;
}

static int is_definition(const gops_key_parts *key)
{
    return is_text(key->kind, key->kind_length, "CustomResourceDefinition") &&
           is_text(key->group, key->group_length, "apiextensions.k8s.io");
}

static int is_namespace(const gops_key_parts *key)
{
    return key->group_length == 0 && is_text(key->kind, key->kind_length, "Namespace");
}

/* The group of a definition, which is named PLURAL.GROUP; NULL: it is not. */
static const char *defined_group(const gops_key_parts *key, size_t *length)
{
    const char *dot = memchr(key->name, '.', key->name_length);
    *length = dot ? key->name_length - (size_t)(dot + 1 - key->name) : 0;
    return *length ? dot + 1 : NULL;
}

/* Where the kind and the group of a key stand behind each other: "KIND.GROUP". */
static size_t kind_and_group(const gops_key_parts *key)
{
    return key->kind_length + (key->group_length ? 1 + key->group_length : 0);
}

/* Notes a group that something defines, with a node between its definitions and its instances. */
static int note_group(implied *in, int removed, const gops_key_parts *key)
{
    size_t length;
    uint32_t node;
    const char *group = defined_group(key, &length);
    if (!group || gops_table_get(&in->groups[removed], group, length))
        return 0;
    int rc = gops_needs_add(in->needs, NULL, NULL, &node);
    return rc < 0 ? rc
                  : gops_table_set(&in->groups[removed], group, length,
                                   in->needs->named[in->needs->named_count - 1]);
}

/* Notes what is a namespace or a definition. */
static int note(implied *in, gops_subject *s)
{
    const gops_key_parts parts = gops_subject_parts(s), *key = &parts;
    if (is_namespace(key)) {
        in->spaces_count++;
        return gops_table_set(&in->spaces[s->stage], key->name, key->name_length, s);
    }
    if (!is_definition(key))
        return 0;
    in->definitions++;
    return note_group(in, s->stage, key);
}

static const gops_named *group_of(const implied *in, int removed, const char *group, size_t length)
{
    return length ? gops_table_get(&in->groups[removed], group, length) : NULL;
}

/* Neighbours mostly are in one namespace: it is looked up once. */
static int live_in_namespace(implied *in, gops_subject *s)
{
    const gops_subject *last = in->last, *space = in->last_space;
    if (!last || last->stage != s->stage || last->namespace_length != s->namespace_length ||
        memcmp(last->key, s->key, s->namespace_length) != 0) /* a key begins with it */
        space = gops_table_get(&in->spaces[s->stage], s->key, s->namespace_length);
    in->last = s;
    in->last_space = space;
    if (!space)
        return 0;
    uint32_t node = node_of(in, s), other = node_of(in, space);
    return s->stage ? gops_needs_let(in->needs, other, node)
                    : gops_needs_let(in->needs, node, other);
}

/* By its kind where that is known to be defined in this plan, else by its group. */
static int be_instance(implied *in, gops_subject *s)
{
    const gops_key_parts parts = gops_subject_parts(s), *key = &parts;
    uint32_t node = node_of(in, s);
    const gops_subject *definition = gops_table_get(&in->kinds, key->kind, kind_and_group(key));
    const gops_named *group = group_of(in, s->stage, key->group, key->group_length);
    int rc = 0;
    if (definition && !s->stage)
        rc = gops_needs_let(in->needs, node, node_of(in, definition));
    if (rc == 0 && group)
        rc = s->stage ? gops_needs_let(in->needs, group->node, node)
                      : gops_needs_let(in->needs, node, group->node);
    return rc;
}

static int member_text(const gitops_value *map, const char *name, gops_buffer *out)
{
    size_t length;
    const gitops_value *value = gops_value_member(map, name, strlen(name));
    const char *text = value ? gitops_value_text(value, &length) : NULL;
    if (text)
        gops_buffer_put(out, text, length);
    return text != NULL;
}

/* "KIND.GROUP" of what a definition defines; *known 0: it does not say it. */
static int read_definition(implied *in, uint32_t node, gops_buffer *text, int *known,
                           gitops_error *err)
{
    const gitops_operation *operation = &in->needs->plan->operations.items[node];
    gops_item item = {operation->file, operation->object, 0};
    gitops_document *document;
    *known = 0;
    gops_buffer_clear(text);
    if (!operation->file || !in->needs->input->manifest)
        return 0;
    int rc = gops_manifest_open_entry(in->needs->input->manifest, &item, &document, err);
    if (rc < 0)
        return rc;
    const gitops_value *spec = gops_value_member(&document->root, "spec", 4);
    const gitops_value *names = gops_value_member(spec, "names", 5);
    *known = member_text(names, "kind", text);
    gops_buffer_putc(text, '.');
    *known &= member_text(spec, "group", text);
    gitops_document_free(document);
    return text->status;
}

/* A definition that is applied leads to its kind; to all of its group when that is not known. */
static int define(implied *in, gops_subject *s, const gops_named *group, gops_buffer *text,
                  gitops_error *err)
{
    int known;
    int rc = read_definition(in, node_of(in, s), text, &known, err);
    if (rc < 0)
        return rc;
    if (!known)
        return gops_needs_let(in->needs, group->node, node_of(in, s));
    const char *kind = gops_arena_strndup(&in->needs->texts, text->data, text->length);
    return kind ? gops_table_set(&in->kinds, kind, text->length, s) : GITOPS_ENOMEM;
}

/* A definition of a group of which there are instances. */
static int take_definition(implied *in, gops_subject *s, const gops_table *used, gops_buffer *text,
                           gitops_error *err)
{
    size_t length;
    const gops_key_parts parts = gops_subject_parts(s);
    const char *group = defined_group(&parts, &length);
    if (!group || !gops_table_get(used, group, length))
        return 0;
    const gops_named *named = group_of(in, s->stage, group, length);
    return s->stage ? gops_needs_let(in->needs, node_of(in, s), named->node)
                    : define(in, s, named, text, err);
}

typedef int (*visit_fn)(implied *in, gops_subject *s);

/* Visits the operations that have a key of parts. */
static int each(implied *in, visit_fn visit)
{
    int rc = 0;
    for (size_t i = 0; i < in->needs->plan->count && rc == 0; i++)
        if (in->needs->subjects[i].has_parts)
            rc = visit(in, &in->needs->subjects[i]);
    return rc;
}

static int use_group(implied *in, gops_subject *s)
{
    const gops_key_parts parts = gops_subject_parts(s), *key = &parts;
    return group_of(in, 0, key->group, key->group_length) ||
                   group_of(in, 1, key->group, key->group_length)
               ? gops_table_set(&in->used, key->group, key->group_length, s)
               : 0;
}

static int take_definitions(implied *in, gitops_error *err)
{
    gops_buffer text;
    gops_buffer_init(&text, in->needs->context, 0);
    int rc = each(in, use_group);
    for (size_t i = 0; i < in->needs->plan->count && in->used.count && rc == 0; i++) {
        gops_subject *s = &in->needs->subjects[i];
        const gops_key_parts parts = gops_subject_parts(s);
        if (s->has_parts && is_definition(&parts))
            rc = take_definition(in, s, &in->used, &text, err);
    }
    gops_buffer_release(&text);
    return rc;
}

int gops_implied_gather(gops_needs *needs, gitops_error *err)
{
    implied in = {.needs = needs};
    if (gops_identity_by(needs->input->unit->identity) != GITOPS_IDENTITY_KUBERNETES)
        return 0;
    for (int i = 0; i < 2; i++) {
        gops_table_init(&in.spaces[i], needs->context);
        gops_table_init(&in.groups[i], needs->context);
    }
    gops_table_init(&in.used, needs->context);
    gops_table_init(&in.kinds, needs->context);
    int rc = each(&in, note);
    if (rc == 0 && in.spaces_count)
        rc = each(&in, live_in_namespace);
    if (rc == 0 && in.definitions)
        rc = take_definitions(&in, err);
    if (rc == 0 && in.definitions)
        rc = each(&in, be_instance);
    for (int i = 0; i < 2; i++) {
        gops_table_release(&in.spaces[i]);
        gops_table_release(&in.groups[i]);
    }
    gops_table_release(&in.used);
    gops_table_release(&in.kinds);
    return rc;
}
