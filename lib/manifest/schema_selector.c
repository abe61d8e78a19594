/*
 * schema_selector: most selectors ask for a kind only. Those that ask for more look at metadata,
 * once for each document.
 */
#include "manifest/schema_selector.h"

#include <string.h>

int gops_scope_is_glob(const gops_scope *scope)
{
    return memchr(scope->text, '*', scope->length) != NULL;
}

/* On a mismatch the last "*" takes one character more: never more than both lengths multiplied. */
int gops_scope_matches(const gops_scope *glob, const char *name, size_t length)
{
    size_t g = 0, n = 0, after_star = 0, retry = 0;
    int has_star = 0;
    while (n < length) {
        if (g < glob->length && glob->text[g] == '*') {
            has_star = 1;
            after_star = ++g;
            retry = n;
        } else if (g < glob->length && glob->text[g] == name[n]) {
            g++;
            n++;
        } else if (has_star) {
            g = after_star;
            n = ++retry;
        } else {
            return 0;
        }
    }
    while (g < glob->length && glob->text[g] == '*')
        g++;
    return g == glob->length;
}

int gops_selector_chooses(const gops_selector *selector)
{
    return selector->namespaces.text || selector->names.text || selector->label_count;
}

int gops_selector_is_open(const gops_selector *selector)
{
    return selector->kinds.length == 0 && !gops_selector_chooses(selector);
}

int gops_scope_compare(const gops_scope *a, const gops_scope *b)
{
    int a_glob = gops_scope_is_glob(a), b_glob = gops_scope_is_glob(b);
    if (a_glob != b_glob)
        return a_glob - b_glob;
    if (a_glob && a->length != b->length)
        return a->length > b->length ? -1 : 1;
    return gops_key_compare(a->text, a->length, b->text, b->length);
}

/* The same, where what asks for nothing comes last. */
static int compare_asked(const gops_scope *a, int a_asks, const gops_scope *b, int b_asks)
{
    if (a_asks != b_asks)
        return b_asks - a_asks;
    return a_asks ? gops_scope_compare(a, b) : 0;
}

static int compare_labels(const gops_selector *a, const gops_selector *b)
{
    if (a->label_count != b->label_count)
        return a->label_count > b->label_count ? -1 : 1;
    int order = 0;
    for (size_t i = 0; i < a->label_count && order == 0; i++) {
        order = gops_scope_compare(&a->labels[i].key, &b->labels[i].key);
        if (order == 0)
            order = gops_scope_compare(&a->labels[i].value, &b->labels[i].value);
    }
    return order;
}

int gops_selector_compare(const gops_selector *a, const gops_selector *b)
{
    int order = gops_selector_chooses(b) - gops_selector_chooses(a);
    if (order == 0)
        order = compare_asked(&a->names, a->names.text != NULL, &b->names, b->names.text != NULL);
    if (order == 0)
        order = compare_asked(&a->namespaces, a->namespaces.text != NULL, &b->namespaces,
                              b->namespaces.text != NULL);
    if (order == 0)
        order = compare_labels(a, b);
    if (order == 0)
        order = compare_asked(&a->kinds, a->kinds.length > 0, &b->kinds, b->kinds.length > 0);
    return order;
}

static const gitops_value *member_of(const gitops_value *map, const char *name, size_t length)
{
    return gops_value_is(map, GITOPS_VALUE_MAP) ? gops_value_member(map, name, length) : NULL;
}

/* What is not there is the empty text. */
static int text_matches(const gops_scope *asked, const gitops_value *value)
{
    if (!asked->text)
        return 1;
    if (!value || value->type == GITOPS_VALUE_NULL)
        return gops_scope_matches(asked, "", 0);
    return value->type == GITOPS_VALUE_STRING &&
           gops_scope_matches(asked, value->as.text, value->count);
}

static int labels_match(const gops_selector *selector, const gitops_value *labels)
{
    for (size_t i = 0; i < selector->label_count; i++) {
        const gops_selector_label *asked = &selector->labels[i];
        const gitops_value *label = member_of(labels, asked->key.text, asked->key.length);
        if (!gops_value_is(label, GITOPS_VALUE_STRING) || !text_matches(&asked->value, label))
            return 0;
    }
    return 1;
}

int gops_selector_matches(const gops_selector *selector, const char *kind, size_t length,
                          const gitops_value *document)
{
    if (selector->kinds.length &&
        (length == 0 || !gops_scope_matches(&selector->kinds, kind, length)))
        return 0;
    if (!gops_selector_chooses(selector))
        return 1;
    const gitops_value *metadata = member_of(document, "metadata", 8);
    return text_matches(&selector->namespaces, member_of(metadata, "namespace", 9)) &&
           text_matches(&selector->names, member_of(metadata, "name", 4)) &&
           labels_match(selector, member_of(metadata, "labels", 6));
}

/* One "key=value" of length bytes; 0: it is none. */
static int read_label(gops_selector_label *out, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    if (!equals || equals == text)
        return 0;
    out->key = (gops_scope){text, (size_t)(equals - text)};
    out->value = (gops_scope){equals + 1, length - out->key.length - 1};
    return memchr(out->value.text, '=', out->value.length) == NULL;
}

int gops_selector_read_labels(gops_selector *selector, gops_arena *arena, const char *text)
{
    gops_selector_label *labels = gops_arena_array(arena, GOPS_SELECTOR_LABELS, sizeof *labels);
    size_t count = 0;
    if (!labels)
        return GITOPS_ENOMEM;
    for (const char *p = text, *end = NULL; !end || *end; p = end + 1) {
        end = p + strcspn(p, ",");
        if (count == GOPS_SELECTOR_LABELS || !read_label(&labels[count], p, (size_t)(end - p)))
            return GITOPS_EPARSE;
        count++;
    }
    selector->labels = labels;
    selector->label_count = count;
    return 0;
}

/* Replaces the text by a copy; NULL stays. Returns 0 when there is no memory. */
static int own_scope(gops_scope *scope, gops_arena *arena)
{
    if (!scope->text)
        return 1;
    scope->text = gops_arena_strndup(arena, scope->text, scope->length);
    return scope->text != NULL;
}

int gops_selector_copy(gops_selector *out, gops_arena *arena, const gops_selector *from)
{
    gops_selector_label *labels = gops_arena_array(arena, from->label_count, sizeof *labels);
    *out = *from;
    if (!labels || !own_scope(&out->kinds, arena) || !own_scope(&out->namespaces, arena) ||
        !own_scope(&out->names, arena))
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < from->label_count; i++) {
        labels[i] = from->labels[i];
        if (!own_scope(&labels[i].key, arena) || !own_scope(&labels[i].value, arena))
            return GITOPS_ENOMEM;
    }
    out->labels = labels;
    return 0;
}
