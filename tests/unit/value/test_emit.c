/* Trees to JSON, YAML and canonical bytes, and back. */
#include "trees.h"

#include <stdio.h>

#include "value/document.h"
#include "value/emit.h"
#include "value/reader.h"

static gitops_document *parse(gitops_context *context, const char *text)
{
    gitops_error err;
    gitops_document *document = NULL;
    if (gitops_document_parse(&document, context, text, strlen(text), "t", &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return document;
}

/* Parses text and emits it; asserts what it looks like. */
static void assert_ordered(const char *text, int32_t format, int32_t order, const char *expected)
{
    gitops_context *context = support_context_new();
    gitops_document *document = parse(context, text);
    gitops_emit_options options = {sizeof options, format, order};
    gitops_buffer *out;
    assert_int_equal(
        gitops_value_emit(&out, context, gitops_document_root(document), &options, NULL), 0);
    assert_string_equal(gitops_buffer_data(out), expected);
    assert_int_equal(gitops_buffer_length(out), strlen(expected));
    gitops_buffer_free(out);
    gitops_document_free(document);
    support_context_free(context);
}

static void assert_emits(const char *text, int32_t format, const char *expected)
{
    assert_ordered(text, format, 0, expected);
}

static void emitJson_tree_isOneLineWithSortedKeys(void **state)
{
    (void)state;
    assert_emits("b: [1, {}, [], null]\na:\n  z: yes\n  y: x\nA: 1.50\n", GITOPS_FORMAT_JSON,
                 "{\"A\":1.50,\"a\":{\"true\":\"x\",\"z\":true},\"b\":[1,{},[],null]}");
    assert_emits("~", GITOPS_FORMAT_JSON, "null");
    assert_emits("{}", GITOPS_FORMAT_JSON, "{}");
}

static void emitJson_strings_areEscapedForYamlToo(void **state)
{
    (void)state;
    assert_emits("[\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\\u007f\\u0085\\u00a0\\u2028\\ufeff"
                 "\\ufffe\\u00e9\\ud83d\\ude00<>&\"]",
                 GITOPS_FORMAT_JSON,
                 "[\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\\u007f\\u0085\xC2\xA0\\u2028\\ufeff"
                 "\\ufffe\xC3\xA9\xF0\x9F\x98\x80<>&\"]");
}

static void emitYaml_tree_isBlockStyle(void **state)
{
    (void)state;
    assert_emits("{\"b\":[1,{\"d\":[],\"c\":[[2,[]],{}]},[3]],\"a\":{\"z\":{}}}",
                 GITOPS_FORMAT_YAML,
                 "a:\n  z: {}\nb:\n- 1\n- c:\n  - - 2\n    - []\n  - {}\n  d: []\n- - 3\n");
    assert_emits("[]", GITOPS_FORMAT_YAML, "[]\n");
    assert_emits("x", GITOPS_FORMAT_YAML, "x\n");
}

static void emitYaml_objects_beginWithWhatTheyAre(void **state)
{
    static const char text[] =
        "spec: {z: 1, a: {kind: x, b: 0}}\n"
        "metadata: {labels: {l: m}, annotations: {}, namespace: s, name: a}\n"
        "kind: K\napiVersion: v1\n";
    (void)state;
    assert_emits(text, GITOPS_FORMAT_YAML,
                 "apiVersion: v1\nkind: K\nmetadata:\n  name: a\n  namespace: s\n"
                 "  annotations: {}\n  labels:\n    l: m\nspec:\n  a:\n    b: 0\n    kind: x\n"
                 "  z: 1\n");
    assert_ordered(text, GITOPS_FORMAT_YAML, GITOPS_ORDER_SOURCE,
                   "apiVersion: v1\nkind: K\nmetadata:\n  name: a\n  namespace: s\n  labels:\n"
                   "    l: m\n  annotations: {}\nspec:\n  z: 1\n  a:\n    kind: x\n    b: 0\n");
    assert_emits("items: [{metadata: {a: 1, name: x}, kind: K, apiVersion: v1}]\n"
                 "metadata: {a: 1, name: x}\nkind: 1",
                 GITOPS_FORMAT_YAML,
                 "items:\n- apiVersion: v1\n  kind: K\n  metadata:\n    name: x\n    a: 1\n"
                 "kind: 1\nmetadata:\n  a: 1\n  name: x\n");
}

static void emitYaml_sourceOrder_isThatOfTheText(void **state)
{
    (void)state;
    assert_ordered("z: 1\nb: {w: [{q: 1, p: 2}], x: }\na: 3", GITOPS_FORMAT_YAML,
                   GITOPS_ORDER_SOURCE,
                   "z: 1\nb:\n  w:\n  - q: 1\n    p: 2\n  x: null\na: 3\n");
    assert_ordered("{\"b\":1,\"a\":{\"d\":1,\"c\":2}}", GITOPS_FORMAT_YAML, GITOPS_ORDER_SOURCE,
                   "b: 1\na:\n  d: 1\n  c: 2\n");
    assert_ordered("{\"b\":1,\"a\":2}", GITOPS_FORMAT_JSON, GITOPS_ORDER_SOURCE,
                   "{\"a\":2,\"b\":1}");
}

/* What emit_yaml makes of a text that is a whole document, without the newline. */
static const char *yaml_of(gops_buffer *out, const char *text)
{
    gitops_value value;
    gops_value_set_string(&value, text, (uint32_t)strlen(text));
    gops_buffer_clear(out);
    gops_emit_yaml(out, &value, 0);
    assert_int_equal(out->data[out->length - 1], '\n');
    out->data[out->length - 1] = '\0';
    return out->data;
}

static void emitYaml_textOfOneMeaning_isPlain(void **state)
{
    static const char *const texts[] = {
        "word", "two words", "a:b", "a#b", "/path", "v1.2", "25%", "100m", "http://x/y?z=1&w",
        "a, b", "$(X)", "_", "it's", "1.2.3-rc1", "key=value", "./run", "10Gi", "--flag=value",
        "-v", "-n", "-e", "~/x", "==", "<a>", "+x", "(a)", "^a$", ";", "..x", ".x", "../x",
        "10.0.0.1", "1.2.3", "10.0.0.0/8", "1-2", "30d", "0a1b2c", "5T", "1e3x", "e3x", "1e",
        "_1", "_0x1", "123e4567-e89b", "a\"b\\c", "C:\\x", "yesterday", "nullable", "offset",
        "a<<", "2001-x", "\xC3\xA9t\xC3\xA9", "\xE6\x97\xA5\xE6\x9C\xAC", "\xF0\x9F\x98\x80",
        "caf\xC3\xA9 \xC2\xA0"};
    gitops_context *context = support_context_new();
    gops_buffer out;
    (void)state;
    gops_buffer_init(&out, context, 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_string_equal(yaml_of(&out, texts[i]), texts[i]);
    gops_buffer_release(&out);
    support_context_free(context);
}

static void emitYaml_textThatAnyReaderCouldMistake_isQuoted(void **state)
{
    static const char *const texts[] = {
        "", "y", "No", "ON", "True", "NULL", "~", "nan", "-Infinity", "=", "<<",
        "1", "-1", "+1", "0x1F", "0b1", "0o7", "017", "1_000", "1,000", "1e3", "1E+3", "0x1p-2",
        "0_x6", "-_0_b1", ".5", "-.5", "1.", ".", "+", "-.", "-_1", "._", "123e4567", "1e400",
        "e3", "-E+1", "3e_-1", "-_.5",
        ".inf", ".NaN", "-.INF", "12:30:45", "-1:30", "1:2.5", "80:443",
        "2001-12-14", "2001-12-14T1:2:3Z", "-2001-1-1 10:00", "2001-12-14 21:59:43.10 -5",
        " a", "a ", "a: b", "a:", "a #b", "#", "- a", "-", "? a", "?a", ":a", "---", "--- a",
        "---a", "...", "... a", "&a", "*a", "!a", "%a", "@a", "`a", "'a", "[a", "{a", "]", "}",
        "|", ">", ",", "a\tb"};
    gitops_context *context = support_context_new();
    gops_buffer out;
    (void)state;
    gops_buffer_init(&out, context, 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (yaml_of(&out, texts[i])[0] != '"')
            fail_msg("not quoted: %s", texts[i]);
    gops_buffer_release(&out);
    support_context_free(context);
}

static void emitYaml_quotes_areThoseThatEscapeLeast(void **state)
{
    gitops_context *context = support_context_new();
    gops_buffer out;
    (void)state;
    gops_buffer_init(&out, context, 0);
    assert_string_equal(yaml_of(&out, "{\"a\": 1}"), "'{\"a\": 1}'");
    assert_string_equal(yaml_of(&out, "[\\d]"), "'[\\d]'");
    assert_string_equal(yaml_of(&out, "\"it's\""), "'\"it''s\"'");
    assert_string_equal(yaml_of(&out, "'\"'"), "\"'\\\"'\"");
    assert_string_equal(yaml_of(&out, "[a]"), "\"[a]\"");
    assert_string_equal(yaml_of(&out, "\"\t"), "\"\\\"\\t\"");
    assert_string_equal(yaml_of(&out, "\xC2\x85\""), "\"\\u0085\\\"\"");
    gops_buffer_release(&out);
    support_context_free(context);
    assert_emits("{\"a\\\"b\":1,\"a: \\\"\":2,\"a\\nb\":3}", GITOPS_FORMAT_YAML,
                 "\"a\\nb\": 3\na\"b: 1\n'a: \"': 2\n");
}

static void emitYaml_severalLines_areLiteralBlocksWhereExact(void **state)
{
    (void)state;
    assert_emits("[\"a\\nb\\n\"]", GITOPS_FORMAT_YAML, "- |\n  a\n  b\n");
    assert_emits("{\"k\":\"a\\n\\n b\"}", GITOPS_FORMAT_YAML, "k: |-\n  a\n\n   b\n");
    assert_emits("{\"k\":\"a\\n\\n\",\"l\":1}", GITOPS_FORMAT_YAML, "k: |+\n  a\n\nl: 1\n");
    assert_emits("[\"\\n\\na\"]", GITOPS_FORMAT_YAML, "- |-\n\n\n  a\n");
    assert_emits("[\" a\\nb\"]", GITOPS_FORMAT_YAML, "- |2-\n   a\n  b\n");
    assert_emits("[[{\"k\":\"\\ta\\nb\\n\"}]]", GITOPS_FORMAT_YAML,
                 "- - k: |2\n      \ta\n      b\n");
    assert_emits("{\"k\":\"\\n  \\na\"}", GITOPS_FORMAT_YAML, "k: |2-\n\n    \n  a\n");
    assert_emits("[\"a\\n \\nb\"]", GITOPS_FORMAT_YAML, "- |-\n  a\n   \n  b\n");
    assert_emits("[\"a\\n \"]", GITOPS_FORMAT_YAML, "- \"a\\n \"\n");
    assert_emits("[\"a\\n\\t\\n\\n\"]", GITOPS_FORMAT_YAML, "- \"a\\n\\t\\n\\n\"\n");
    assert_emits("[\"a \\n\\tb\\n\"]", GITOPS_FORMAT_YAML, "- |\n  a \n  \tb\n");
    assert_emits("[\"\\n\"]", GITOPS_FORMAT_YAML, "- \"\\n\"\n");
    assert_emits("[\" \\n\\t\"]", GITOPS_FORMAT_YAML, "- \" \\n\\t\"\n");
    assert_emits("[\"a\\r\\nb\"]", GITOPS_FORMAT_YAML, "- \"a\\r\\nb\"\n");
    assert_emits("[\"a\\nb\\u2028\"]", GITOPS_FORMAT_YAML, "- \"a\\nb\\u2028\"\n");
    assert_emits("\"a\\nb\"", GITOPS_FORMAT_YAML, "\"a\\nb\"\n");
}

static void emitYaml_numbers_areNumbersInYaml11Too(void **state)
{
    (void)state;
    assert_emits("[1e3, 1E-5, 1.5e+07, 12345678901234567890123, -0.5]\n", GITOPS_FORMAT_YAML,
                 "- 1.0e+3\n- 1.0e-5\n- 1.5e+07\n- 12345678901234567890123\n- -0.5\n");
}

static void emitYaml_longKeys_areExplicit(void **state)
{
    char text[256], expected[320];
    (void)state;
    char key[130];
    memset(key, 'k', 129);
    key[129] = '\0';
    snprintf(text, sizeof text, "{\"%s\":[1]}", key);
    snprintf(expected, sizeof expected, "? %s\n:\n- 1\n", key);
    assert_emits(text, GITOPS_FORMAT_YAML, expected);
}

static void assert_reads_back(gitops_context *context, const gitops_value *value,
                              const gops_buffer *text, uint64_t seed)
{
    gitops_document *document = NULL;
    gitops_error err;
    int rc = gitops_document_parse(&document, context, text->data, text->length, "t", &err);
    if (rc < 0)
        fail_msg("seed %llu: %u:%u: %s\n%s", (unsigned long long)seed, (unsigned)err.line,
                 (unsigned)err.column, err.message, text->data);
    if (!gitops_value_equal(gitops_document_root(document), value))
        fail_msg("seed %llu reads back as something else:\n%s", (unsigned long long)seed,
                 text->data);
    gitops_document_free(document);
}

static void emit_randomTrees_readBackEqual(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    gops_buffer out;
    (void)state;
    gops_arena_init(&arena, context, 0);
    gops_buffer_init(&out, context, 0);
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        gitops_value tree;
        gops_arena_reset(&arena);
        random_tree(&tree, &arena, seed);
        gops_buffer_clear(&out);
        gops_emit_yaml(&out, &tree, GITOPS_ORDER_SORTED);
        assert_reads_back(context, &tree, &out, seed);
        gops_buffer_clear(&out);
        gops_emit_yaml(&out, &tree, GITOPS_ORDER_SOURCE);
        assert_reads_back(context, &tree, &out, seed);
        gops_buffer_clear(&out);
        gops_emit_json(&out, &tree);
        assert_reads_back(context, &tree, &out, seed);
        /* The line of JSON as YAML: behind a separator it is not tried as JSON. */
        char *line = malloc(out.length + 1);
        size_t length = out.length;
        memcpy(line, out.data, length + 1);
        gops_buffer_clear(&out);
        gops_buffer_puts(&out, "---\n");
        gops_buffer_put(&out, line, length);
        assert_reads_back(context, &tree, &out, seed);
        free(line);
    }
    gops_buffer_release(&out);
    gops_arena_free(&arena);
    support_context_free(context);
}

/* A list in a list ... levels deep around a 1. */
static gitops_value *deep_tree(gops_arena *arena, uint32_t count)
{
    gitops_value *value = gops_value_array(arena, 1);
    gops_value_set_number(value, "1", 1);
    for (uint32_t i = 1; i <= count; i++) {
        gitops_value *list = gops_value_array(arena, 1);
        gops_value_set_list(list, value, 1);
        value = list;
    }
    return value;
}

static void emit_tenThousandLevels_areWritten(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    gops_arena_init(&arena, context, 0);
    const gitops_value *deep = deep_tree(&arena, 10000);
    gops_buffer out;
    (void)state;
    gops_buffer_init(&out, context, 0);
    gops_emit_json(&out, deep);
    assert_int_equal(out.length, 20001);
    gops_buffer_clear(&out);
    gops_emit_yaml(&out, deep, 0);
    assert_int_equal(out.length, 20002);
    gops_buffer_clear(&out);
    gops_emit_canonical(&out, deep);
    assert_int_equal(out.length, 50008);
    gops_buffer_release(&out);
    gops_arena_free(&arena);
    support_context_free(context);
}

static void emit_badArguments_areRefused(void **state)
{
    gitops_context *context = support_context_new();
    gitops_buffer *out;
    gitops_value value;
    gitops_error err;
    gitops_emit_options options = {sizeof options, 3, 0};
    (void)state;
    gops_value_set_null(&value);
    assert_int_equal(gitops_value_emit(&out, context, &value, &options, &err), GITOPS_EINVAL);
    assert_string_equal(err.message, "emit: format 3 is unknown");
    assert_null(out);
    options.format = GITOPS_FORMAT_YAML;
    options.order = -1;
    assert_int_equal(gitops_value_emit(&out, context, &value, &options, &err), GITOPS_EINVAL);
    assert_string_equal(err.message, "emit: order -1 is unknown");
    options.struct_size = 0;
    assert_int_equal(gitops_value_emit(&out, context, &value, &options, &err), GITOPS_EINVAL);
    assert_string_equal(err.message, "emit options: struct_size is not set");
    assert_int_equal(gitops_value_emit(&out, context, NULL, NULL, NULL), GITOPS_EINVAL);
    support_context_free(context);
}

static void emit_textBeyondItsLimit_isRefused(void **state)
{
    gitops_limits limits;
    gitops_context_options options;
    gitops_context *context;
    gitops_buffer *out;
    gitops_error err;
    gops_arena arena;
    gitops_emit_options yaml = {sizeof yaml, GITOPS_FORMAT_YAML, 0};
    (void)state;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_file_bytes = 10;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.limits = &limits;
    assert_int_equal(gitops_context_new(&context, &options, NULL), 0);
    gops_arena_init(&arena, context, 0);
    assert_int_equal(gitops_value_emit(&out, context, deep_tree(&arena, 100), &yaml, &err),
                     GITOPS_ELIMIT);
    assert_string_equal(err.message, "text is longer than 160 bytes");
    assert_null(out);
    gops_arena_free(&arena);
    gitops_context_free(context);
}

typedef struct emit_trees {
    const gitops_value *deep, *object;
} emit_trees;

static void emit_body(gitops_context *context, void *data)
{
    const emit_trees *trees = data;
    gitops_emit_options yaml = {sizeof yaml, GITOPS_FORMAT_YAML, GITOPS_ORDER_SOURCE};
    char *digits = malloc(400);
    gitops_value number;
    gitops_buffer *out;
    gops_buffer buffer;
    if (gitops_value_emit(&out, context, trees->deep, &yaml, NULL) == 0)
        gitops_buffer_free(out);
    if (gitops_value_emit(&out, context, trees->object, &yaml, NULL) == 0) {
        assert_string_equal(gitops_buffer_data(out), "apiVersion: v1\nkind: K\nc: 1\nb: 2\n");
        gitops_buffer_free(out);
    }
    if (gitops_value_emit(&out, context, trees->deep, NULL, NULL) == 0)
        gitops_buffer_free(out);
    memset(digits, '1', 300);
    gops_value_set_number(&number, digits, 300);
    gops_buffer_init(&buffer, context, 0);
    gops_emit_canonical(&buffer, trees->deep);
    gops_emit_canonical(&buffer, &number);
    assert_true(buffer.status == 0 || buffer.status == GITOPS_ENOMEM);
    gops_buffer_release(&buffer);
    free(digits);
}

static void emit_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    gitops_document *object = parse(context, "kind: K\nc: 1\nb: 2\napiVersion: v1\n");
    emit_trees trees = {deep_tree(&arena, 100), gitops_document_root(object)};
    support_fail_every_allocation(emit_body, &trees);
    gitops_document_free(object);
    gops_arena_free(&arena);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emitJson_tree_isOneLineWithSortedKeys),
        cmocka_unit_test(emitJson_strings_areEscapedForYamlToo),
        cmocka_unit_test(emitYaml_tree_isBlockStyle),
        cmocka_unit_test(emitYaml_objects_beginWithWhatTheyAre),
        cmocka_unit_test(emitYaml_sourceOrder_isThatOfTheText),
        cmocka_unit_test(emitYaml_textOfOneMeaning_isPlain),
        cmocka_unit_test(emitYaml_textThatAnyReaderCouldMistake_isQuoted),
        cmocka_unit_test(emitYaml_quotes_areThoseThatEscapeLeast),
        cmocka_unit_test(emitYaml_severalLines_areLiteralBlocksWhereExact),
        cmocka_unit_test(emitYaml_numbers_areNumbersInYaml11Too),
        cmocka_unit_test(emitYaml_longKeys_areExplicit),
        cmocka_unit_test(emit_randomTrees_readBackEqual),
        cmocka_unit_test(emit_tenThousandLevels_areWritten),
        cmocka_unit_test(emit_badArguments_areRefused),
        cmocka_unit_test(emit_textBeyondItsLimit_isRefused),
        cmocka_unit_test(emit_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
