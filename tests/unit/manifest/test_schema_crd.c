/* schema: kinds from custom resource definitions. */
#include "support.h"

#include <stdio.h>

#include "defined_fixture.h"
#include "place_at.h"

#define THING "example.org/v1/Thing"

/* A definition of Thing whose spec has these properties, which stand ten blanks in. */
static const char *definition(const char *properties)
{
    static char text[16384];
    snprintf(text, sizeof text,
             "apiVersion: apiextensions.k8s.io/v1\n"
             "kind: CustomResourceDefinition\n"
             "metadata: {name: things.example.org}\n"
             "spec:\n"
             "  group: example.org\n"
             "  names: {kind: Thing, plural: things}\n"
             "  versions:\n"
             "  - name: v1\n"
             "    served: true\n"
             "    schema: {openAPIV3Schema: {type: object, properties: {status: {type: object},\n"
             "      metadata: {type: object}, spec: {type: object, properties:\n"
             "          %s\n"
             "    }}}}\n",
             properties);
    return text;
}

static gops_schema_place spec(fixture *f, const char *pointer)
{
    char path[256];
    snprintf(path, sizeof path, "/spec%s", pointer);
    return at(f, THING, path);
}

static void list_types_areThoseOfTheDefinition(void **state)
{
    fixture *f = *state;
    define(f, definition("{plain: {type: array, items: {type: string}},"
                         "atom: {type: array, x-kubernetes-list-type: atomic, items: {}},"
                         "set: {type: array, x-kubernetes-list-type: set, items: {type: string}},"
                         "map: {type: array, x-kubernetes-list-type: map,"
                         " x-kubernetes-list-map-keys: [name], items: {type: object,"
                         " properties: {name: {type: string}}}}}"));
    assert_int_equal(spec(f, "/plain").list, GOPS_LIST_ATOMIC);
    assert_int_equal(spec(f, "/atom").list, GOPS_LIST_ATOMIC);
    assert_int_equal(spec(f, "/set").list, GOPS_LIST_SET);
    gops_schema_place map = spec(f, "/map");
    assert_int_equal(map.list, GOPS_LIST_MAP);
    assert_string_equal(keys_of(&map), "name");
    assert_int_equal(spec(f, "/map/0").map, GOPS_MAP_STRUCT);
    assert_int_equal(map.omit_empty, 0); /* a server keeps what custom resources state */
}

static void keys_severalWithDefaults_standForMissingOnes(void **state)
{
    fixture *f = *state;
    define(f, definition("{ports: {type: array, x-kubernetes-list-type: map,"
                         " x-kubernetes-list-map-keys: [port, protocol, tls], items: {type: object,"
                         " properties: {port: {type: integer}, protocol: {type: string,"
                         " default: TCP}, tls: {type: boolean, default: false}}}},"
                         "other: {type: array, x-kubernetes-list-type: map,"
                         " x-kubernetes-list-map-keys: [port], items: {type: object, properties:"
                         " {port: {type: integer, default: 80}}}}}"));
    gops_schema_place ports = spec(f, "/ports"), other = spec(f, "/other");
    assert_string_equal(keys_of(&ports), "port,protocol=TCP,tls");
    assert_int_equal(gitops_value_type(ports.tuples[0].keys[2].default_value), GITOPS_VALUE_BOOL);
    assert_string_equal(keys_of(&other), "port=80");
}

static void map_types_byPropertiesAndMembers(void **state)
{
    fixture *f = *state;
    define(f,
           definition("{struct: {type: object, properties: {a: {type: string}}},"
                      "free: {type: object, additionalProperties: {type: array,"
                      " x-kubernetes-list-type: set, items: {type: string}}},"
                      "any: {type: object},"
                      "atom: {type: object, x-kubernetes-map-type: atomic, properties: {a: {}}},"
                      "grain: {type: object, x-kubernetes-map-type: granular, properties: {a: {}}},"
                      "open: {type: object, x-kubernetes-preserve-unknown-fields: true,"
                      " properties: {known: {type: array, x-kubernetes-list-type: set}}},"
                      "json: {x-kubernetes-preserve-unknown-fields: true}}"));
    assert_int_equal(spec(f, "").map, GOPS_MAP_STRUCT);
    assert_int_equal(spec(f, "/struct").map, GOPS_MAP_STRUCT);
    assert_int_equal(spec(f, "/free").map, GOPS_MAP_FREE);
    assert_int_equal(spec(f, "/free/some/list").list, GOPS_LIST_ATOMIC);
    assert_int_equal(spec(f, "/free/some").list, GOPS_LIST_SET);
    assert_int_equal(spec(f, "/any").map, GOPS_MAP_FREE);
    assert_int_equal(spec(f, "/atom").map, GOPS_MAP_ATOMIC);
    assert_int_equal(spec(f, "/grain").map, GOPS_MAP_STRUCT);
    assert_int_equal(spec(f, "/open").map, GOPS_MAP_FREE);
    assert_int_equal(spec(f, "/open/known").list, GOPS_LIST_SET);
    assert_int_equal(spec(f, "/open/unknown").list, GOPS_LIST_ATOMIC);
    assert_int_equal(spec(f, "/json").map, GOPS_MAP_FREE);
    assert_null(spec(f, "/json").type);
}

static void scalar_kinds_byFormatAndPattern(void **state)
{
    fixture *f = *state;
    define(f, definition("{port: {x-kubernetes-int-or-string: true},"
                         "cpu: {x-kubernetes-int-or-string: true, anyOf: [{type: integer},"
                         " {type: string}], pattern: "
                         "'^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|"
                         "([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$'},"
                         "at: {type: string, format: date-time},"
                         "every: {type: string, format: duration},"
                         "name: {type: string, pattern: '^a$'}, count: {type: integer}}"));
    assert_int_equal(spec(f, "/port").scalar, GOPS_SCALAR_INT_OR_STRING);
    assert_int_equal(spec(f, "/cpu").scalar, GOPS_SCALAR_QUANTITY);
    assert_int_equal(spec(f, "/at").scalar, GOPS_SCALAR_TIME);
    assert_int_equal(spec(f, "/every").scalar, GOPS_SCALAR_DURATION);
    assert_int_equal(spec(f, "/name").scalar, GOPS_SCALAR_PLAIN);
    assert_int_equal(spec(f, "/count").scalar, GOPS_SCALAR_PLAIN);
}

static void validation_selfIsOldSelf_immutable(void **state)
{
    fixture *f = *state;
    define(f, definition("{fixed: {type: object, x-kubernetes-validations: [{rule: 'size(self) > "
                         "0'}, {rule: 'self == oldSelf', message: m}], properties: {a: {}}},"
                         "turned: {type: string, x-kubernetes-validations:"
                         " [{rule: \"oldSelf==\\n self\"}]},"
                         "checked: {type: string, x-kubernetes-validations:"
                         " [{rule: 'self == oldSelf || oldSelf == 1'}, {message: no rule}]}}"));
    assert_int_equal(spec(f, "/fixed").immutable, 1);
    assert_int_equal(spec(f, "/fixed/a").immutable, 1);
    assert_int_equal(spec(f, "/turned").immutable, 1);
    assert_int_equal(spec(f, "/checked").immutable, 0);
    assert_int_equal(spec(f, "").immutable, 0);
}

static void defaults_belowAtomic_areNoDrift(void **state)
{
    fixture *f = *state;
    define(f, definition("{list: {type: array, items: {type: object, properties: {deep:"
                         " {type: object, properties: {a: {type: string, default: x}}}}}},"
                         "none: {type: array, default: [], items: {type: object, properties:"
                         " {a: {type: string}}}},"
                         "keyed: {type: array, x-kubernetes-list-type: map,"
                         " x-kubernetes-list-map-keys: [a], items: {type: object, properties:"
                         " {a: {type: string, default: x}}}},"
                         "atom: {type: object, x-kubernetes-map-type: atomic, properties:"
                         " {a: {default: 1}}}}"));
    assert_int_equal(spec(f, "/list").defaulted, 1);
    assert_int_equal(spec(f, "/none").defaulted, 0);
    assert_int_equal(spec(f, "/keyed").defaulted, 0);
    assert_int_equal(spec(f, "/atom").defaulted, 1);
}

static void root_metadataAndStatus_asOfEveryObject(void **state)
{
    fixture *f = *state;
    define(f, definition("{a: {type: string}}"));
    assert_int_equal(gops_schema_null_is_absent(f->schema), 1);
    assert_int_equal(at(f, THING, "").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, THING, "/metadata").map, GOPS_MAP_STRUCT);
    assert_int_equal(at(f, THING, "/metadata/uid").ignored, GOPS_IGNORED_READ_ONLY);
    assert_int_equal(at(f, THING, "/metadata/name").ignored, 0);
    assert_int_equal(at(f, THING, "/metadata/finalizers").list, GOPS_LIST_SET);
    assert_int_equal(at(f, THING, "/metadata/labels").omit_empty, 1);
    gops_schema_place owners = at(f, THING, "/metadata/ownerReferences");
    assert_string_equal(keys_of(&owners), "uid");
    assert_int_equal(at(f, THING, "/status").ignored, GOPS_IGNORED_READ_ONLY);
    assert_int_equal(at(f, THING, "/status/a").ignored, GOPS_IGNORED_READ_ONLY);
    const char *annotation =
        "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";
    assert_int_equal(at(f, THING, annotation).sensitive, 1);
    assert_int_equal(at(f, "other.org/v1/Thing", "/metadata/uid").ignored, GOPS_IGNORED_READ_ONLY);
    assert_int_equal(at(f, "other.org/v1/Thing", "/spec").map, GOPS_MAP_FREE);
}

static const char *const versions =
    "apiVersion: apiextensions.k8s.io/v1\n"
    "kind: CustomResourceDefinition\n"
    "spec:\n"
    "  group: example.org\n"
    "  names: {kind: Thing}\n"
    "  versions:\n"
    "  - {name: v1beta1, served: true, schema: {openAPIV3Schema: {properties: {a: {type: array,"
    " x-kubernetes-list-type: set}}}}}\n"
    "  - {name: v1alpha1, served: false, schema: {openAPIV3Schema: {properties: {a: {type: array,"
    " x-kubernetes-list-type: atomic}}}}}\n"
    "  - {name: v2, served: true, schema: {openAPIV3Schema: {properties: {a: {type: array,"
    " x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k]}}}}}\n"
    "  - {name: v1, served: true}\n";

static void versions_served_eachOnItsOwn(void **state)
{
    fixture *f = *state;
    define(f, versions);
    assert_int_equal(at(f, "example.org/v1beta1/Thing", "/a").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "example.org/v2/Thing", "/a").list, GOPS_LIST_MAP);
    assert_int_equal(at(f, "example.org/v1/Thing", "/a").list, GOPS_LIST_ATOMIC);
    assert_int_equal(at(f, "example.org/v1/Thing", "/metadata/uid").ignored,
                     GOPS_IGNORED_READ_ONLY);
    /* not served, not there: like the version that is preferred */
    assert_int_equal(at(f, "example.org/v1alpha1/Thing", "/a").list, GOPS_LIST_MAP);
    assert_int_equal(at(f, "example.org/v9/Thing", "/a").list, GOPS_LIST_MAP);
}

static void firstForm_oneSchemaForAllVersions(void **state)
{
    fixture *f = *state;
    define(f, "apiVersion: apiextensions.k8s.io/v1beta1\n"
              "kind: CustomResourceDefinition\n"
              "spec:\n"
              "  group: example.org\n"
              "  version: v1\n"
              "  names: {kind: Thing}\n"
              "  validation: {openAPIV3Schema: {properties: {a: {type: array,"
              " x-kubernetes-list-type: set}}}}\n");
    assert_int_equal(at(f, THING, "/a").list, GOPS_LIST_SET);
    define(f, "apiVersion: apiextensions.k8s.io/v1beta1\n"
              "kind: CustomResourceDefinition\n"
              "spec:\n"
              "  group: example.org\n"
              "  versions: [{name: v1}, {name: v2, schema: {openAPIV3Schema: {}}}]\n"
              "  names: {kind: Thing}\n"
              "  validation: {openAPIV3Schema: {properties: {a: {type: array,"
              " x-kubernetes-list-type: set}}}}\n");
    assert_int_equal(at(f, THING, "/a").list, GOPS_LIST_SET);
    assert_int_equal(at(f, "example.org/v2/Thing", "/a").list, GOPS_LIST_ATOMIC);
}

static void list_ofObjects_definitionsAreTaken(void **state)
{
    fixture *f = *state;
    define(f, "apiVersion: v1\n"
              "kind: List\n"
              "items:\n"
              "- {apiVersion: v1, kind: ConfigMap}\n"
              "- apiVersion: apiextensions.k8s.io/v1\n"
              "  kind: CustomResourceDefinition\n"
              "  spec: {group: example.org, names: {kind: Thing}, versions: [{name: v1, schema:\n"
              "    {openAPIV3Schema: {properties: {a: {type: array, x-kubernetes-list-type: set"
              "}}}}}]}\n");
    assert_int_equal(at(f, THING, "/a").list, GOPS_LIST_SET);
}

/* The place of spec.object below a Thing when this stands there. */
static gops_schema_place embedded(fixture *f, const char *object, const char *pointer)
{
    gops_schema_place place = spec(f, "");
    gitops_document *document = NULL;
    assert_int_equal(
        gitops_document_parse(&document, f->context, object, strlen(object), "a", NULL), 0);
    gops_schema_member(&place, "object", 6, gitops_document_root(document), &place);
    gitops_document_free(document);
    for (const char *p = pointer; *p;) {
        size_t length = strcspn(p + 1, "/");
        gops_schema_member(&place, p + 1, length, NULL, &place);
        p += 1 + length;
    }
    return place;
}

static void stack_over_kubernetes(fixture *f)
{
    gitops_schema *stack = NULL, *schemas[2] = {f->schema, NULL};
    assert_int_equal(gitops_schema_new(&schemas[1], f->context, GITOPS_SCHEMA_KUBERNETES, NULL), 0);
    assert_int_equal(gitops_schema_stack(&stack, f->context, schemas, 2, NULL), 0);
    gitops_schema_free(schemas[0]);
    gitops_schema_free(schemas[1]);
    f->schema = stack;
}

static void embedded_knownKind_hasItsType(void **state)
{
    fixture *f = *state;
    define(f, definition("{object: {type: object, x-kubernetes-embedded-resource: true,"
                         " x-kubernetes-preserve-unknown-fields: true}}"));
    stack_over_kubernetes(f);
    const char *deployment = "{apiVersion: apps/v1, kind: Deployment}";
    assert_int_equal(embedded(f, deployment, "/spec/template/spec/containers").list, GOPS_LIST_MAP);
    assert_int_equal(embedded(f, deployment, "/metadata/finalizers").list, GOPS_LIST_SET);
    /* what a server does to objects of their own it does not do to a part of another one */
    assert_int_equal(embedded(f, deployment, "/status").ignored, 0);
    assert_int_equal(embedded(f, deployment, "/metadata/uid").ignored, 0);
    assert_int_equal(embedded(f, deployment, "/spec/selector").immutable, 0);
    assert_int_equal(embedded(f, "{apiVersion: v1, kind: Secret}", "/data").sensitive, 1);
    assert_int_equal(embedded(f, "{apiVersion: v1, kind: Secret}", "/data").list, GOPS_LIST_ATOMIC);
}

static void embedded_unknownKind_hasMetadataAndWhatIsDeclared(void **state)
{
    fixture *f = *state;
    define(f, definition("{object: {type: object, x-kubernetes-embedded-resource: true, properties:"
                         " {list: {type: array, x-kubernetes-list-type: set}, spec: {type: object,"
                         " x-kubernetes-validations: [{rule: self == oldSelf}]}}}}"));
    const char *unknown = "{apiVersion: a.org/v1, kind: A}";
    assert_int_equal(embedded(f, unknown, "/metadata/finalizers").list, GOPS_LIST_SET);
    assert_int_equal(embedded(f, unknown, "/metadata/uid").ignored, 0);
    assert_int_equal(embedded(f, unknown, "/list").list, GOPS_LIST_SET);
    assert_int_equal(embedded(f, unknown, "/spec").immutable, 1);
    assert_int_equal(embedded(f, "[]", "/list").list, GOPS_LIST_SET);
    assert_int_equal(at(f, THING, "/spec/object/list").list, GOPS_LIST_SET);
}

static void definition_wrong_errorAtItsPlace(void **state)
{
    static const struct {
        const char *properties;
        uint32_t line, column;
        const char *message;
    } cases[] = {
        {"[a]", 12, 11, "expected a map from names to schemas"},
        {"{a: b}", 12, 15, "expected a schema, which is a map"},
        {"{a: {items: 1}}", 12, 23, "expected a schema, which is a map"},
        {"{a: {items: {}, x-kubernetes-list-type: bag}}", 12, 51, "expected atomic, map or set"},
        {"{a: {items: {}, x-kubernetes-list-type: map}}", 12, 51,
         "expected x-kubernetes-list-map-keys, because the elements of a list-type map are found "
         "by them"},
        {"{a: {items: {}, x-kubernetes-list-map-keys: [a]}}", 12, 55,
         "expected x-kubernetes-list-map-keys in a list-type map only"},
        {"{a: {x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a, a]}}", 12, 77,
         "expected every key once"},
        {"{a: {x-kubernetes-list-type: map, x-kubernetes-list-map-keys: []}}", 12, 73,
         "expected a list of 1 to 16 keys"},
        {"{a: {x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a], items: {properties:"
         " {a: {default: [1]}}}}}",
         12, 112, "expected a string, number or boolean"},
        {"{a: {x-kubernetes-map-type: struct}}", 12, 39, "expected atomic or granular"},
        {"{a: {x-kubernetes-preserve-unknown-fields: 'yes'}}", 12, 54, "expected true or false"},
        {"{a: {x-kubernetes-embedded-resource: 1}}", 12, 48, "expected true or false"},
        {"{a: {x-kubernetes-int-or-string: {}}}", 12, 44, "expected true or false"},
        {"{a: {x-kubernetes-validations: {}}}", 12, 42, "expected a list of rules"},
        {"{a: {$ref: '#/definitions/a'}}", 12, 22, "a custom resource definition cannot refer"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(f, definition(cases[i].properties), GITOPS_EPARSE, cases[i].line,
                       cases[i].column, cases[i].message);
}

static void definition_incomplete_errorAtItsPlace(void **state)
{
    fixture *f = *state;
    const char *start = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition";
    char text[512];
    snprintf(text, sizeof text, "%s}", start);
    assert_refused(f, text, GITOPS_EPARSE, 1, 1, "a custom resource definition has a spec");
    snprintf(text, sizeof text, "%s, spec: {names: {kind: A}}}", start);
    assert_refused(f, text, GITOPS_EPARSE, 1, 77,
                   "a custom resource definition has the text group here");
    snprintf(text, sizeof text, "%s, spec: {group: a, names: {plural: A}}}", start);
    assert_refused(f, text, GITOPS_EPARSE, 1, 95,
                   "a custom resource definition has the text kind here");
    snprintf(text, sizeof text, "%s, spec: {group: a, names: {kind: A}}}", start);
    assert_refused(f, text, GITOPS_EPARSE, 1, 77,
                   "a custom resource definition has the text version here");
    snprintf(text, sizeof text, "%s, spec: {group: a, names: {kind: A}, versions: {}}}", start);
    assert_refused(f, text, GITOPS_EPARSE, 1, 116, "expected a list of versions");
    snprintf(text, sizeof text, "%s, spec: {group: a, names: {kind: A}, versions: [{}]}}", start);
    assert_refused(f, text, GITOPS_EPARSE, 1, 117,
                   "a custom resource definition has the text name here");
}

static void nesting_tooDeep_limit(void **state)
{
    fixture *f = *state;
    char properties[12000] = "";
    for (int i = 0; i < 300; i++)
        strcat(properties, "{\"a\":{\"properties\":");
    strcat(properties, "{}");
    for (int i = 0; i < 300; i++)
        strcat(properties, "}}");
    /* JSON: YAML has a lower limit of its own */
    char text[13000];
    snprintf(text, sizeof text,
             "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\","
             "\"spec\":{\"group\":\"a\",\"names\":{\"kind\":\"A\"},\"versions\":[{\"name\":\"v1\","
             "\"schema\":{\"openAPIV3Schema\":{\"properties\":%s}}}]}}",
             properties);
    define(f, text);
    assert_int_equal(f->status, GITOPS_ELIMIT);
    assert_string_equal(f->err.message, "schemas are nested more than 256 levels deep");
    assert_true(f->err.column > 256 * 18);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(list_types_areThoseOfTheDefinition),
        TEST(keys_severalWithDefaults_standForMissingOnes),
        TEST(map_types_byPropertiesAndMembers),
        TEST(scalar_kinds_byFormatAndPattern),
        TEST(validation_selfIsOldSelf_immutable),
        TEST(defaults_belowAtomic_areNoDrift),
        TEST(root_metadataAndStatus_asOfEveryObject),
        TEST(versions_served_eachOnItsOwn),
        TEST(firstForm_oneSchemaForAllVersions),
        TEST(list_ofObjects_definitionsAreTaken),
        TEST(embedded_knownKind_hasItsType),
        TEST(embedded_unknownKind_hasMetadataAndWhatIsDeclared),
        TEST(definition_wrong_errorAtItsPlace),
        TEST(definition_incomplete_errorAtItsPlace),
        TEST(nesting_tooDeep_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
