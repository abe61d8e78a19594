/* schema: the built-in kinds of Kubernetes, row by row against the tables of their OpenAPI. */
#include "support.h"

#include <stdio.h>

#include "kubernetes_fixture.h"
#include "place_at.h"

static gitops_document *open_table(fixture *f, const char *name)
{
    const char *corpora = support_corpora();
    gitops_document *document = NULL;
    char path[1200];
    size_t length;
    if (!corpora)
        skip();
    snprintf(path, sizeof path, "%s/k8s-list-schema/%s", corpora, name);
    char *text = support_read_file(path, &length);
    assert_non_null(text);
    assert_int_equal(gitops_document_parse(&document, f->context, text, length, name, NULL), 0);
    free(text);
    return document;
}

static int text_is(const gitops_value *value, const char *member, const char *text)
{
    const gitops_value *found = gitops_value_find(value, member, strlen(member));
    return found && gops_value_text_is(found, text);
}

/* The tables also give the zero defaults of Go ("" and 0), which do not identify an element. */
static void check_tuple(const gops_schema_place *place, const gitops_value *names,
                        const gitops_value *defaults)
{
    assert_true(place->tuple_count > 0);
    assert_int_equal(place->tuples[0].count, gitops_value_count(names));
    for (size_t i = 0; i < place->tuples[0].count; i++) {
        const gops_list_key *key = &place->tuples[0].keys[i];
        assert_true(gops_value_text_is(gitops_value_item(names, i), key->name));
        const gitops_value *wanted = gitops_value_find(defaults, key->name, strlen(key->name));
        size_t length;
        if (wanted && gitops_value_text(wanted, &length) && length > 1)
            assert_true(gops_value_same(key->default_value, wanted));
        else
            assert_null(key->default_value);
    }
}

static void check_list_row(const gops_schema_place *place, const gitops_value *row)
{
    if (text_is(row, "t", "map")) {
        assert_int_equal(place->list, GOPS_LIST_MAP);
        check_tuple(place, gitops_value_find(row, "k", 1), gitops_value_find(row, "d", 1));
        gops_schema_place element;
        gops_schema_element(place, 7, NULL, &element);
        assert_int_equal(element.map == GOPS_MAP_RETAIN_KEYS,
                         gitops_value_find(row, "retainKeys", 10) != NULL);
    } else if (text_is(row, "t", "set")) {
        assert_int_equal(place->list, GOPS_LIST_SET);
    } else if (text_is(row, "t", "atomic")) {
        assert_int_equal(place->list, GOPS_LIST_ATOMIC);
    } else if (text_is(row, "t", "atomic-map")) {
        assert_int_equal(place->map, GOPS_MAP_ATOMIC);
    } else {
        assert_true(text_is(row, "t", "struct") && text_is(row, "strategy", "retainKeys"));
        assert_int_equal(place->map, GOPS_MAP_RETAIN_KEYS);
    }
}

/* The tables do not tell the members of a ResourceList from other quantities. */
static void assert_scalar(const gops_schema_place *place, int expected)
{
    int found = place->scalar == GOPS_SCALAR_RESOURCE ? GOPS_SCALAR_QUANTITY : place->scalar;
    assert_int_equal(found, expected);
}

static void check_scalar_row(const gops_schema_place *place, const gitops_value *row)
{
    int expected = gops_value_text_is(row, "quantity")        ? GOPS_SCALAR_QUANTITY
                   : gops_value_text_is(row, "int-or-string") ? GOPS_SCALAR_INT_OR_STRING
                                                              : GOPS_SCALAR_TIME;
    if (expected == GOPS_SCALAR_TIME)
        assert_true(gops_value_text_is(row, "time"));
    assert_scalar(place, expected);
}

/* The expanded table forgets that claimRef is granular, as its own source has it. */
static int is_wrong_row(const char *pointer)
{
    return strcmp(pointer, "/spec/claimRef") == 0 ||
           strcmp(pointer, "/spec/source/inlineVolumeSpec/claimRef") == 0;
}

/* Runs check for each pointer of each kind of a table; returns how many there were. */
static size_t check_rows(fixture *f, const char *table,
                         void (*check)(const gops_schema_place *place, const gitops_value *row))
{
    gitops_document *document = open_table(f, table);
    const gitops_value *kinds = gitops_document_root(document);
    size_t count = 0;
    for (size_t i = 0; i < gitops_value_count(kinds); i++) {
        size_t length;
        const gitops_value *rows = gitops_value_item(kinds, i);
        const char *kind = gitops_value_key(kinds, i, &length);
        const gitops_value *object = object_of(f, kind, length);
        for (size_t j = 0; j < gitops_value_count(rows); j++, count++) {
            char pointer[512];
            size_t pointer_length;
            const char *key = gitops_value_key(rows, j, &pointer_length);
            snprintf(pointer, sizeof pointer, "%.*s", (int)pointer_length, key);
            gops_schema_place place = place_at(f->schema, object, pointer);
            if (!is_wrong_row(pointer))
                check(&place, gitops_value_item(rows, j));
            else
                assert_int_equal(place.map, GOPS_MAP_STRUCT);
        }
    }
    gitops_document_free(document);
    return count;
}

static void table_listRows_agree(void **state)
{
    assert_int_equal(check_rows(*state, "list_paths_by_kind.json", check_list_row), 1081);
}

static void table_scalarRows_agree(void **state)
{
    assert_int_equal(check_rows(*state, "scalar_paths_by_kind.json", check_scalar_row), 562);
}

/* A walk of all types below one kind, in step with the schema. */
typedef struct type_walk {
    const gitops_value *types, *atomic_maps;
    uint8_t *seen; /* by place of the type among types; set in this kind */
    uint8_t *seen_ever;
    size_t fields;
} type_walk;

static void walk_type(type_walk *walk, const gops_schema_place *place, const gitops_value *name);

static int is_listed(const gitops_value *list, const gitops_value *text)
{
    for (size_t i = 0; i < gitops_value_count(list); i++)
        if (gops_value_same(gitops_value_item(list, i), text))
            return 1;
    return 0;
}

static const gitops_value *type_of(const type_walk *walk, const gitops_value *name)
{
    size_t length;
    const char *text = gitops_value_text(name, &length);
    return text ? gitops_value_find(walk->types, text, length) : NULL;
}

static int expected_scalar(const gitops_value *name)
{
    static const char *const names[][2] = {
        {"quantity", "io.k8s.apimachinery.pkg.api.resource.Quantity"},
        {"int-or-string", "io.k8s.apimachinery.pkg.util.intstr.IntOrString"},
        {"time", "io.k8s.apimachinery.pkg.apis.meta.v1.Time"},
        {"time", "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"},
    };
    static const int kinds[] = {GOPS_SCALAR_QUANTITY, GOPS_SCALAR_INT_OR_STRING, GOPS_SCALAR_TIME,
                                GOPS_SCALAR_TIME};
    for (size_t i = 0; i < 4; i++)
        if (gops_value_text_is(name, names[i][0]) || gops_value_text_is(name, names[i][1]))
            return kinds[i];
    return GOPS_SCALAR_PLAIN;
}

/* The strategy of the map at a field: of its own row, else of its type. */
static int expected_map(const type_walk *walk, const char *field_name, const gitops_value *type)
{
    const gitops_value *by_field = gitops_value_at(walk->atomic_maps, "/field_map_type");
    const gitops_value *by_strategy = gitops_value_at(walk->atomic_maps, "/struct_patch_strategy");
    const gitops_value *row = gitops_value_find(by_field, field_name, strlen(field_name));
    const gitops_value *strategy = gitops_value_find(by_strategy, field_name, strlen(field_name));
    int is_struct = type && gitops_value_count(gitops_value_find(type_of(walk, type), "fields", 6));
    if (strategy)
        return gops_value_text_is(strategy, "retainKeys") ? GOPS_MAP_RETAIN_KEYS : GOPS_MAP_ATOMIC;
    if (row && gops_value_text_is(row, "atomic"))
        return GOPS_MAP_ATOMIC;
    if (!row && type && is_listed(gitops_value_at(walk->atomic_maps, "/atomic_types"), type))
        return GOPS_MAP_ATOMIC;
    return is_struct ? GOPS_MAP_STRUCT : GOPS_MAP_FREE;
}

static void check_list_field(type_walk *walk, const gops_schema_place *place,
                             const gitops_value *facts, const char *name)
{
    int is_map = text_is(facts, "list", "map");
    int is_ours = strstr(name, "ServiceAccount.imagePullSecrets") != NULL;
    assert_int_equal(place->omit_empty, 1);
    if (!is_ours)
        assert_int_equal(place->list, is_map                          ? GOPS_LIST_MAP
                                      : text_is(facts, "list", "set") ? GOPS_LIST_SET
                                                                      : GOPS_LIST_ATOMIC);
    if (is_map)
        check_tuple(place, gitops_value_find(facts, "keys", 4),
                    gitops_value_find(facts, "keyDefaults", 11));
    gops_schema_place element;
    const gitops_value *type = gitops_value_find(facts, "elem", 4);
    gops_schema_element(place, 0, NULL, &element);
    assert_int_equal(element.map, text_is(facts, "patchStrategy", "merge,retainKeys")
                                      ? GOPS_MAP_RETAIN_KEYS
                                      : expected_map(walk, "", type));
    walk_type(walk, &element, type);
}

static void check_field(type_walk *walk, const gops_schema_place *place, const gitops_value *facts,
                        const char *name)
{
    const gitops_value *of = gitops_value_find(facts, "mapOf", 5);
    const gitops_value *ref = gitops_value_find(facts, "ref", 3);
    const gitops_value *type = ref ? ref : gitops_value_find(facts, "type", 4);
    if (gitops_value_find(facts, "list", 4)) {
        check_list_field(walk, place, facts, name);
        return;
    }
    assert_int_equal(place->map, expected_map(walk, name, ref));
    assert_int_equal(place->list, GOPS_LIST_ATOMIC);
    assert_int_equal(place->omit_empty, of != NULL);
    if (of) {
        gops_schema_place member;
        gops_schema_member(place, "some.key/of-map", 15, NULL, &member);
        assert_int_equal(member.map, expected_map(walk, "", of));
        walk_type(walk, &member, of);
        return;
    }
    assert_scalar(place, expected_scalar(type));
    walk_type(walk, place, type);
}

static void walk_type(type_walk *walk, const gops_schema_place *place, const gitops_value *name)
{
    const gitops_value *type = type_of(walk, name);
    assert_scalar(place, expected_scalar(name));
    if (!type)
        return;
    ptrdiff_t number = type - gitops_value_item(walk->types, 0);
    if (walk->seen[number])
        return;
    walk->seen[number] = walk->seen_ever[number] = 1;
    const gitops_value *fields = gitops_value_find(type, "fields", 6);
    for (size_t i = 0; i < gitops_value_count(fields); i++, walk->fields++) {
        size_t type_length, length;
        char path[512];
        gops_schema_place member;
        const char *type_name = gitops_value_text(name, &type_length);
        const char *field = gitops_value_key(fields, i, &length);
        snprintf(path, sizeof path, "%.*s.%.*s", (int)type_length, type_name, (int)length, field);
        gops_schema_member(place, field, length, NULL, &member);
        check_field(walk, &member, gitops_value_item(fields, i), path);
    }
}

static void walk_kinds(fixture *f, type_walk *walk, const gitops_value *kinds)
{
    size_t count = gitops_value_count(walk->types);
    for (size_t i = 0; i < gitops_value_count(kinds); i++) {
        size_t length;
        gops_schema_place root;
        const char *kind = gitops_value_key(kinds, i, &length);
        memset(walk->seen, 0, count);
        gops_schema_root(f->schema, object_of(f, kind, length), &root);
        assert_int_equal(root.map, GOPS_MAP_STRUCT);
        walk_type(walk, &root, gitops_value_item(kinds, i));
    }
}

/* Every atomic type was met, that is, compared. */
static void check_atomic_types(const type_walk *walk)
{
    const gitops_value *atomic = gitops_value_at(walk->atomic_maps, "/atomic_types");
    for (size_t i = 0; i < gitops_value_count(atomic); i++) {
        const gitops_value *type = type_of(walk, gitops_value_item(atomic, i));
        size_t length;
        const char *name = gitops_value_text(gitops_value_item(atomic, i), &length);
        assert_non_null(type);
        if (!walk->seen_ever[type - gitops_value_item(walk->types, 0)])
            fail_msg("%.*s was not met", (int)length, name);
    }
}

static void table_everyTypeOfEveryKind_agrees(void **state)
{
    fixture *f = *state;
    gitops_document *types = open_table(f, "types.json");
    gitops_document *atomic = open_table(f, "atomic_maps.json");
    gitops_document *kinds = open_table(f, "gvk_to_type.json");
    type_walk walk = {.types = gitops_document_root(types),
                      .atomic_maps = gitops_document_root(atomic)};
    size_t count = gitops_value_count(walk.types);
    walk.seen = calloc(count, 1);
    walk.seen_ever = calloc(count, 1);
    assert_true(walk.seen && walk.seen_ever);
    walk_kinds(f, &walk, gitops_document_root(kinds));
    check_atomic_types(&walk);
    assert_true(walk.fields > 8000);
    free(walk.seen);
    free(walk.seen_ever);
    gitops_document_free(types);
    gitops_document_free(atomic);
    gitops_document_free(kinds);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(table_listRows_agree),
        TEST(table_scalarRows_agree),
        TEST(table_everyTypeOfEveryKind_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
