/* schema: kinds from OpenAPI documents. */
#include "support.h"

#include <stdio.h>

#include "defined_fixture.h"
#include "place_at.h"

#define WIDGET "example.org/v1/Widget"

/* An OpenAPI 3 document in which Widget has these properties and these are other components. */
static const char *document(const char *properties, const char *components)
{
    static char text[16384];
    snprintf(text, sizeof text,
             "openapi: 3.0.0\n"
             "components:\n"
             "  schemas:\n"
             "    org.example.v1.Widget:\n"
             "      x-kubernetes-group-version-kind: [{group: example.org, version: v1, kind: "
             "Widget}]\n"
             "      type: object\n"
             "      properties: %s\n"
             "%s",
             properties, components);
    return text;
}

static gops_schema_place widget(fixture *f, const char *pointer)
{
    return at(f, WIDGET, pointer);
}

static const char *const parts =
    "    Part: {type: object, properties: {tags: {type: array, x-kubernetes-list-type: set},\n"
    "      name: {type: string, default: main}}}\n";

static void reference_direct_isTheComponent(void **state)
{
    fixture *f = *state;
    define(f, document("{a: {$ref: '#/components/schemas/Part'}, b: {allOf: [{$ref: "
                       "'#/components/schemas/Part'}], default: {}, description: d},"
                       "c: {type: object, additionalProperties:"
                       " {$ref: '#/components/schemas/Part'}}}",
                       parts));
    assert_int_equal(gops_schema_null_is_absent(f->schema), 1);
    assert_int_equal(widget(f, "").map, GOPS_MAP_STRUCT);
    assert_int_equal(widget(f, "/a").map, GOPS_MAP_STRUCT);
    assert_int_equal(widget(f, "/a/tags").list, GOPS_LIST_SET);
    assert_int_equal(widget(f, "/b/tags").list, GOPS_LIST_SET);
    assert_int_equal(widget(f, "/c/any/tags").list, GOPS_LIST_SET);
    assert_int_equal(widget(f, "/metadata/uid").ignored, GOPS_IGNORED_READ_ONLY);
    assert_int_equal(widget(f, "/status").ignored, GOPS_IGNORED_READ_ONLY);
}

static void reference_withWords_isItsOwnPlace(void **state)
{
    fixture *f = *state;
    define(f,
           document("{plain: {$ref: '#/components/schemas/Part'},"
                    " atom: {allOf: [{$ref: '#/components/schemas/Part'}],"
                    " x-kubernetes-map-type: atomic},"
                    " grain: {$ref: '#/components/schemas/Atom', x-kubernetes-map-type: granular},"
                    " union: {$ref: '#/components/schemas/Part',"
                    " x-kubernetes-patch-strategy: retainKeys},"
                    " list: {$ref: '#/components/schemas/List', x-kubernetes-list-type: set}}",
                    "    Part: {type: object, properties: {tags: {type: array,"
                    " x-kubernetes-list-type: set}}}\n"
                    "    Atom: {type: object, x-kubernetes-map-type: atomic, properties: {a: {}}}\n"
                    "    List: {type: array, items: {type: string}}\n"));
    assert_int_equal(widget(f, "/plain").map, GOPS_MAP_STRUCT);
    assert_int_equal(widget(f, "/atom").map, GOPS_MAP_ATOMIC);
    assert_int_equal(widget(f, "/atom/tags").list, GOPS_LIST_SET);
    assert_int_equal(widget(f, "/grain").map, GOPS_MAP_STRUCT);
    assert_int_equal(widget(f, "/union").map, GOPS_MAP_RETAIN_KEYS);
    assert_int_equal(widget(f, "/list").list, GOPS_LIST_SET);
}

static void reference_circle_goesOnForEver(void **state)
{
    fixture *f = *state;
    define(f, document("{tree: {$ref: '#/components/schemas/Tree'}}",
                       "    Tree: {type: object, properties: {of: {type: array,\n"
                       "      x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name],\n"
                       "      items: {$ref: '#/components/schemas/Tree'}},\n"
                       "      name: {type: string, default: root},\n"
                       "      other: {allOf: [{$ref: '#/components/schemas/Tree'}],\n"
                       "        x-kubernetes-map-type: atomic}}}\n"));
    gops_schema_place place = widget(f, "/tree/of/0/of/0/other/other/of");
    assert_int_equal(place.list, GOPS_LIST_MAP);
    assert_string_equal(keys_of(&place), "name=root");
    assert_int_equal(widget(f, "/tree/of/0/of/0").map, GOPS_MAP_STRUCT);
    assert_int_equal(widget(f, "/tree/other/other").map, GOPS_MAP_ATOMIC);
}

static void reference_alias_isWhatItRefersTo(void **state)
{
    fixture *f = *state;
    define(f, document("{a: {$ref: '#/components/schemas/First'}}",
                       "    First: {$ref: '#/components/schemas/Second'}\n"
                       "    Second: {allOf: [{$ref: '#/components/schemas/Third'}]}\n"
                       "    Third: {type: array, x-kubernetes-list-type: set}\n"));
    assert_int_equal(widget(f, "/a").list, GOPS_LIST_SET);
}

static void reference_circleOfAliases_refused(void **state)
{
    fixture *f = *state;
    assert_refused(f,
                   document("{a: {$ref: '#/components/schemas/First'}}",
                            "    First: {$ref: '#/components/schemas/Second'}\n"
                            "    Second: {$ref: '#/components/schemas/First'}\n"),
                   GITOPS_EPARSE, 9, 13, "references refer to each other and describe nothing");
}

static void keys_behindReference_haveTheirDefault(void **state)
{
    fixture *f = *state;
    define(f, document("{items: {type: array, x-kubernetes-list-type: map,"
                       " x-kubernetes-list-map-keys: [name], items: {allOf:"
                       " [{$ref: '#/components/schemas/Part'}], default: {}}}}",
                       parts));
    gops_schema_place items = widget(f, "/items");
    assert_string_equal(keys_of(&items), "name=main");
    assert_int_equal(items.omit_empty, 0);
}

static void swagger_definitions_areTheSame(void **state)
{
    fixture *f = *state;
    define(f, "swagger: '2.0'\n"
              "definitions:\n"
              "  W: {x-kubernetes-group-version-kind: [{group: example.org, version: v1, kind:"
              " Widget}], properties: {a: {$ref: '#/definitions/S'}}}\n"
              "  S: {type: array, x-kubernetes-list-type: set}\n");
    assert_int_equal(widget(f, "/a").list, GOPS_LIST_SET);
}

static void types_ofKubernetes_dropEmptyFieldsAndZeroKeys(void **state)
{
    fixture *f = *state;
    define(f, "openapi: 3.0.0\n"
              "components:\n"
              "  schemas:\n"
              "    io.k8s.api.core.v1.Pod:\n"
              "      x-kubernetes-group-version-kind: [{group: '', version: v1, kind: Pod}]\n"
              "      type: object\n"
              "      properties: {spec: {type: object, properties: {list: {type: array, items:\n"
              "        {type: array, items: {type: string}}}, map: {type: object,\n"
              "        additionalProperties: {type: string}}, struct: {type: object, properties:\n"
              "        {a: {type: string}}}, ports: {type: array, x-kubernetes-list-type: map,\n"
              "        x-kubernetes-list-map-keys: [port, name, protocol], items: {type: object,\n"
              "        properties: {port: {type: integer, default: 0}, name: {default: ''},\n"
              "        protocol: {default: TCP}}}}, every:\n"
              "        {$ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Duration'}"
              "}}}\n"
              "    io.k8s.apimachinery.pkg.apis.meta.v1.Duration: {type: string}\n");
    assert_int_equal(at(f, "v1/Pod", "/spec/list").omit_empty, 1);
    assert_int_equal(at(f, "v1/Pod", "/spec/list/0").omit_empty, 0);
    assert_int_equal(at(f, "v1/Pod", "/spec/map").omit_empty, 1);
    assert_int_equal(at(f, "v1/Pod", "/spec/struct").omit_empty, 0);
    assert_int_equal(at(f, "v1/Pod", "/spec/every").scalar, GOPS_SCALAR_DURATION);
    gops_schema_place ports = at(f, "v1/Pod", "/spec/ports");
    assert_string_equal(keys_of(&ports), "port,name,protocol=TCP");
}

static void builtinKind_keepsWhatTheLibraryKnows(void **state)
{
    fixture *f = *state;
    define(f, "openapi: 3.0.0\n"
              "components:\n"
              "  schemas:\n"
              "    Secret: {x-kubernetes-group-version-kind: [{group: '', version: v1, kind:"
              " Secret}], properties: {data: {type: object, additionalProperties: {}},"
              " more: {type: array, x-kubernetes-list-type: set}}}\n"
              "    Service: {x-kubernetes-group-version-kind: [{group: '', version: v1, kind:"
              " Service}], properties: {spec: {properties: {ports: {type: array,"
              " x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [port, protocol]}}}}}\n"
              "    Deployment: {x-kubernetes-group-version-kind: [{group: apps, version: v1, kind:"
              " Deployment}], properties: {spec: {properties: {added: {type: array,"
              " x-kubernetes-list-type: set}}}}}\n");
    assert_int_equal(at(f, "v1/Secret", "/data/a").sensitive, 1);
    assert_int_equal(at(f, "v1/Secret", "/stringData/a").sensitive, 1);
    assert_int_equal(at(f, "v1/Secret", "/more").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "v1/Secret", "/type").immutable, 1);
    gops_schema_place ports = at(f, "v1/Service", "/spec/ports");
    assert_string_equal(keys_of(&ports), "port,protocol=TCP|name");
    assert_int_equal(at(f, "apps/v1/Deployment", "/spec/added").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "apps/v1/Deployment", "/spec/selector").immutable, 1);
    assert_int_equal(at(f, "apps/v1/Deployment", "/spec/template/spec/containers").list,
                     GOPS_LIST_MAP);
}

static void kinds_ofOneComponent_allOfThem(void **state)
{
    fixture *f = *state;
    define(f, "openapi: 3.0.0\n"
              "components: {schemas: {A: {properties: {a: {items: {}, x-kubernetes-list-type: "
              "set}},\n"
              " x-kubernetes-group-version-kind: [{group: a, version: v1, kind: A},\n"
              " {group: b, version: v1, kind: A}]}, Unused: {$ref: anything}}}\n");
    assert_int_equal(at(f, "a/v1/A", "/a").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "b/v1/A", "/a").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "c/v1/A", "/a").list, GOPS_LIST_ATOMIC);
}

static void document_wrong_errorAtItsPlace(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *message;
    } cases[] = {
        {"openapi: 3.0.0", 1, 1, "expected schemas, in components/schemas or in definitions"},
        {"openapi: 3.0.0\ncomponents: {}", 2, 13,
         "expected schemas, in components/schemas or in definitions"},
        {"openapi: 3.0.0\ncomponents: {schemas: {A: {x-kubernetes-group-version-kind: {}}}}", 2, 61,
         "expected a list of kinds"},
        {"openapi: 3.0.0\ncomponents: {schemas: {A: {x-kubernetes-group-version-kind: [{group: a}"
         "]}}}",
         2, 62, "expected a map with the texts group, version and kind"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(f, cases[i].text, GITOPS_EPARSE, cases[i].line, cases[i].column,
                       cases[i].message);
    assert_refused(f, document("{a: {$ref: '#/components/schemas/Missing'}}", ""), GITOPS_EPARSE, 7,
                   30, "there is no schema of this name");
    assert_refused(f, document("{a: {$ref: 'other.yaml#/A'}}", ""), GITOPS_EPARSE, 7, 30,
                   "expected \"#/components/schemas/\" or \"#/definitions/\" with a name");
    assert_refused(f, document("{a: {$ref: 1}}", ""), GITOPS_EPARSE, 7, 30,
                   "expected \"#/components/schemas/\" or \"#/definitions/\" with a name");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reference_direct_isTheComponent),
        TEST(reference_withWords_isItsOwnPlace),
        TEST(reference_circle_goesOnForEver),
        TEST(reference_alias_isWhatItRefersTo),
        TEST(reference_circleOfAliases_refused),
        TEST(keys_behindReference_haveTheirDefault),
        TEST(swagger_definitions_areTheSame),
        TEST(types_ofKubernetes_dropEmptyFieldsAndZeroKeys),
        TEST(builtinKind_keepsWhatTheLibraryKnows),
        TEST(kinds_ofOneComponent_allOfThem),
        TEST(document_wrong_errorAtItsPlace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
