/*
 * Any document as a schema, over any document: reading it must end, what it says of a path must not
 * depend on how often it is asked or on standing alone in a stack, and what holds for everything
 * below must. The input is the schema, a line "====" and a document.
 */
#include <string.h>

#include "fuzzing.h"
#include "manifest/schema.h"

/* The same schema as it is, alone in a stack, and over the built-in kinds. */
enum { ALONE, STACKED, OVER_KUBERNETES, FORMS };

static int same_keys(const gops_schema_place *a, const gops_schema_place *b)
{
    if (a->tuple_count != b->tuple_count)
        return 0;
    for (uint32_t i = 0; i < a->tuple_count; i++) {
        if (a->tuples[i].count != b->tuples[i].count)
            return 0;
        for (size_t j = 0; j < a->tuples[i].count; j++)
            if (strcmp(a->tuples[i].keys[j].name, b->tuples[i].keys[j].name) != 0)
                return 0;
    }
    return 1;
}

static void check_same(const gops_schema_place *a, const gops_schema_place *b)
{
    if (a->list != b->list || a->map != b->map || a->scalar != b->scalar ||
        a->omit_empty != b->omit_empty || a->defaulted != b->defaulted ||
        a->ignored != b->ignored || a->sensitive != b->sensitive ||
        a->immutable != b->immutable || memcmp(&a->policy, &b->policy, sizeof a->policy) != 0 ||
        !same_keys(a, b))
        fuzz_fail("a schema says something else in a stack", "", 0);
}

static void check_place(const gops_schema_place *place)
{
    if (place->list > GOPS_LIST_SEQUENCE || place->map > GOPS_MAP_RETAIN_KEYS ||
        place->scalar > GOPS_SCALAR_SEMVER ||
        place->policy.mode > GITOPS_MODE_ENFORCE)
        fuzz_fail("a place of no kind", "", 0);
    if (place->list == GOPS_LIST_MAP && !place->tuple_count)
        fuzz_fail("a list of elements without keys", "", 0);
}

/* What is said of a place holds below it. */
static void check_below(const gops_schema_place *place, const gops_schema_place *child)
{
    if (place->ignored > child->ignored || place->sensitive > child->sensitive ||
        place->immutable > child->immutable)
        fuzz_fail("what holds at a place does not hold below it", "", 0);
}

static void step(const gops_schema_place *place, const gitops_value *value, size_t i,
                 gops_schema_place *out)
{
    size_t length;
    const gitops_value *child = gitops_value_item(value, i);
    const char *key = gitops_value_key(value, i, &length);
    if (key)
        gops_schema_member(place, key, length, child, out);
    else
        gops_schema_element(place, i, child, out);
    check_place(out);
    check_below(place, out);
}

static void walk(const gops_schema_place places[FORMS], const gitops_value *value)
{
    for (size_t i = 0; i < gitops_value_count(value); i++) {
        gops_schema_place below[FORMS], again;
        for (int form = 0; form < FORMS; form++)
            step(&places[form], value, i, &below[form]);
        step(&places[ALONE], value, i, &again);
        check_same(&below[ALONE], &again);
        check_same(&below[ALONE], &below[STACKED]);
        walk(below, gitops_value_item(value, i));
    }
}

static void check(gitops_schema *const schemas[FORMS], const gitops_document *document)
{
    const gitops_value *root = document ? gitops_document_root(document) : NULL;
    gops_schema_place places[FORMS];
    if (gops_schema_null_is_absent(schemas[ALONE]) != gops_schema_null_is_absent(schemas[STACKED]))
        fuzz_fail("a null means something else in a stack", "", 0);
    for (int form = 0; form < FORMS; form++)
        gops_schema_root(schemas[form], root, &places[form]);
    check_same(&places[ALONE], &places[STACKED]);
    if (root)
        walk(places, root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gitops_context *context = fuzz_context();
    const char *text = (const char *)data, *start = text;
    size_t length = fuzz_cut(&text, &size);
    gitops_document *source = fuzz_parse(context, start, length);
    gitops_document *document = fuzz_parse(context, text, size);
    gitops_schema *schemas[FORMS] = {NULL}, *pair[2] = {NULL, NULL};
    int rc = source ? gitops_schema_parse(&schemas[ALONE], context, source, NULL) : -1;
    if (rc == 0)
        rc = gitops_schema_stack(&schemas[STACKED], context, &schemas[ALONE], 1, NULL);
    pair[0] = schemas[ALONE];
    if (rc == 0)
        rc = gitops_schema_new(&pair[1], context, GITOPS_SCHEMA_KUBERNETES, NULL);
    if (rc == 0)
        rc = gitops_schema_stack(&schemas[OVER_KUBERNETES], context, pair, 2, NULL);
    if (rc == 0)
        check(schemas, document);
    gitops_schema_free(pair[1]);
    for (int form = 0; form < FORMS; form++)
        gitops_schema_free(schemas[form]);
    gitops_document_free(document);
    gitops_document_free(source);
    gitops_context_free(context);
    return 0;
}
