/*
 * schema_segment: the tests of segments. They look at one name, or at scalars of one element, and
 * so cost no more than the lengths of both texts multiplied.
 */
#include "manifest/schema_segment.h"

#include <string.h>

#include "manifest/schema_scope.h"
#include "value/number.h"

gops_segment_kind gops_segment_kind_of(const char *text, size_t length)
{
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']')
        return GOPS_SEGMENT_ELEMENT;
    if (!length || !memchr(text, '*', length))
        return GOPS_SEGMENT_NAME;
    if (length == 1)
        return GOPS_SEGMENT_ANY;
    return length == 2 && text[0] == text[1] ? GOPS_SEGMENT_DEEP : GOPS_SEGMENT_GLOB;
}

/* Reads "key=value" up to a comma or the end. Returns what is behind it; NULL: it is none. */
static const char *read_key(const char *text, const char *end, gops_element_key *key)
{
    const char *comma = memchr(text, ',', (size_t)(end - text));
    const char *stop = comma ? comma : end;
    const char *equals = memchr(text, '=', (size_t)(stop - text));
    if (!equals || equals == text)
        return NULL;
    *key = (gops_element_key){text, equals + 1, (size_t)(equals - text),
                              (size_t)(stop - equals - 1)};
    return comma ? comma + 1 : end;
}

static int make_keys(gops_segment_test *test, gops_arena *arena)
{
    const char *text = test->text + 1, *end = test->text + test->length - 1;
    size_t count = 1;
    for (const char *p = text; p < end; p++)
        count += *p == ',';
    gops_element_key *keys = gops_arena_array(arena, count, sizeof *keys);
    if (!keys)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        text = read_key(text, end, &keys[i]);
        if (!text)
            return GITOPS_EPARSE;
    }
    test->keys = keys;
    test->key_count = count;
    return 0;
}

int gops_segment_test_make(gops_segment_test **out, gops_arena *arena, gops_segment_kind kind,
                           const char *text, size_t length)
{
    gops_segment_test *test = gops_arena_alloc(arena, sizeof *test);
    if (!test)
        return GITOPS_ENOMEM;
    *test = (gops_segment_test){text, length, NULL, 0};
    *out = test;
    return kind == GOPS_SEGMENT_ELEMENT ? make_keys(test, arena) : 0;
}

/* The value of a member of an element, or what stands for a missing one; NULL: nothing does. */
static const gitops_value *value_of(const gops_element_key *key, const gitops_value *element,
                                    const gops_schema_place *place)
{
    const gitops_value *value = gops_value_member(element, key->name, key->name_length);
    if (value && value->type != GITOPS_VALUE_NULL)
        return value;
    for (uint32_t t = 0; place && place->list == GOPS_LIST_MAP && t < place->tuple_count; t++)
        for (size_t i = 0; i < place->tuples[t].count; i++) {
            const gops_list_key *known = &place->tuples[t].keys[i];
            if (known->default_value && strlen(known->name) == key->name_length &&
                memcmp(known->name, key->name, key->name_length) == 0)
                return known->default_value;
        }
    return NULL;
}

static int is_value(const gops_element_key *key, const gitops_value *value)
{
    gops_scope glob = {key->value, key->value_length};
    gops_number wanted, found;
    switch (value->type) {
    case GITOPS_VALUE_BOOL:
        return gops_scope_matches(&glob, value->boolean ? "true" : "false", value->boolean ? 4 : 5);
    case GITOPS_VALUE_STRING:
        return gops_scope_matches(&glob, value->as.text, value->count);
    case GITOPS_VALUE_NUMBER:
        if (gops_number_parse(&wanted, key->value, key->value_length))
            return gops_number_parse(&found, value->as.text, value->count) &&
                   gops_number_equal(&wanted, &found);
        return gops_scope_matches(&glob, value->as.text, value->count);
    default:
        return 0;
    }
}

int gops_segment_matches(const gops_segment_test *test, const char *name, size_t length,
                         const gitops_value *element, const gops_schema_place *place)
{
    gops_scope glob = {test->text, test->length};
    if (!test->keys)
        return gops_scope_matches(&glob, name, length);
    if (!gops_value_is(element, GITOPS_VALUE_MAP))
        return 0;
    for (size_t i = 0; i < test->key_count; i++) {
        const gitops_value *value = value_of(&test->keys[i], element, place);
        if (!value || !is_value(&test->keys[i], value))
            return 0;
    }
    return 1;
}

/* 1 when the texts before the first "*", or those behind the last one, contradict each other. */
static int globs_exclude(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t most = a_length < b_length ? a_length : b_length;
    for (size_t i = 0; i < most && a[i] != '*' && b[i] != '*'; i++)
        if (a[i] != b[i])
            return 1;
    for (size_t i = 1; i <= most && a[a_length - i] != '*' && b[b_length - i] != '*'; i++)
        if (a[a_length - i] != b[b_length - i])
            return 1;
    return 0;
}

static int has_star(const gops_element_key *key)
{
    return key->value_length && memchr(key->value, '*', key->value_length);
}

/* Numbers are compared by value, so that a text with "*" may match another spelling of one. */
static int keys_exclude(const gops_element_key *a, const gops_element_key *b)
{
    gops_number one, other;
    if (a->name_length != b->name_length || memcmp(a->name, b->name, a->name_length) != 0)
        return 0;
    int a_number = gops_number_parse(&one, a->value, a->value_length);
    int b_number = gops_number_parse(&other, b->value, b->value_length);
    if (a_number && b_number)
        return !gops_number_equal(&one, &other);
    if (!has_star(a) && !has_star(b))
        return gops_key_compare(a->value, a->value_length, b->value, b->value_length) != 0;
    return !a_number && !b_number &&
           globs_exclude(a->value, a->value_length, b->value, b->value_length);
}

int gops_segment_excludes(const gops_segment_test *a, const gops_segment_test *b)
{
    if (!a->keys && !b->keys)
        return globs_exclude(a->text, a->length, b->text, b->length);
    for (size_t i = 0; a->keys && b->keys && i < a->key_count; i++)
        for (size_t k = 0; k < b->key_count; k++)
            if (keys_exclude(&a->keys[i], &b->keys[k]))
                return 1;
    return 0;
}
