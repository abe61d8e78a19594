/* schema_scope: a kind is written once for a document and compared with all that rules are for. */
#include "manifest/schema_scope.h"

#include <string.h>

int gops_scope_is_glob(const gops_scope *scope)
{
    return memchr(scope->text, '*', scope->length) != NULL;
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

static uint16_t find_kind(const gops_scopes *scopes, const char *name, size_t length)
{
    size_t low = 0, high = scopes->kind_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_scope *scope = &scopes->kinds[middle];
        int order = gops_key_compare(name, length, scope->text, scope->length);
        if (order == 0)
            return (uint16_t)(GOPS_SCOPE_GLOBS + 1 + middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

size_t gops_scope_name(char out[GOPS_SCOPE_NAME_MAX], const gitops_value *document)
{
    gops_kind_name name;
    if (!gops_kind_name_read(&name, document) || name.kind_length >= GOPS_SCOPE_NAME_MAX ||
        name.group_length >= GOPS_SCOPE_NAME_MAX - name.kind_length)
        return 0;
    memcpy(out, name.kind, name.kind_length);
    if (name.group_length == 0)
        return name.kind_length;
    out[name.kind_length] = '.';
    memcpy(out + name.kind_length + 1, name.group, name.group_length);
    return name.kind_length + 1 + name.group_length;
}

gops_scope_match gops_scopes_match(const gops_scopes *scopes, const gitops_value *document)
{
    gops_scope_match match = {0, 0};
    char name[GOPS_SCOPE_NAME_MAX];
    if (scopes->glob_count + scopes->kind_count == 0)
        return match;
    size_t length = gops_scope_name(name, document);
    if (length == 0)
        return match;
    match.kind = find_kind(scopes, name, length);
    for (uint16_t i = 0; i < scopes->glob_count; i++)
        if (gops_scope_matches(&scopes->globs[i], name, length))
            match.globs |= (uint64_t)1 << i;
    return match;
}
