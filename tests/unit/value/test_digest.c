/* Digests: the documented vectors, and what they do and do not depend on. */
#include "trees.h"

#include <stdio.h>

#include "value/digest.h"
#include "value/document.h"
#include "value/emit.h"

static const int32_t algorithms[] = {GITOPS_DIGEST_XXH3, GITOPS_DIGEST_SHA256};

static gitops_document *parse(gitops_context *context, const char *text)
{
    gitops_error err;
    gitops_document *document = NULL;
    if (gitops_document_parse(&document, context, text, strlen(text), "t", &err) < 0)
        fail_msg("%s: %s", text, err.message);
    return document;
}

/* The text between the next two backquotes; *p moves behind them. */
static void next_quoted(char **p, char *out, size_t size)
{
    char *start = strchr(*p, '`'), *end = start ? strchr(start + 1, '`') : NULL;
    if (!end || (size_t)(end - start) > size)
        fail_msg("broken row: %.60s", *p);
    memcpy(out, start + 1, (size_t)(end - start - 1));
    out[end - start - 1] = '\0';
    *p = end + 1;
}

static void check_vector(const char *json, const char *canonical, const char *xxh3,
                         const char *sha256)
{
    gitops_context *context = support_context_new();
    char text[512], digest[GITOPS_DIGEST_SIZE], bytes[1024];
    gops_buffer out;
    /* In a list, because a scalar alone is read as YAML. */
    snprintf(text, sizeof text, "[%s]", json);
    gitops_document *document = parse(context, text);
    const gitops_value *value = gitops_value_item(gitops_document_root(document), 0);
    assert_int_equal(gitops_value_digest(context, value, GITOPS_DIGEST_XXH3, digest, NULL), 0);
    snprintf(text, sizeof text, "xxh3:%s", xxh3);
    assert_string_equal(digest, text);
    assert_int_equal(gitops_value_digest(context, value, GITOPS_DIGEST_SHA256, digest, NULL), 0);
    snprintf(text, sizeof text, "sha256:%s", sha256);
    assert_string_equal(digest, text);
    gops_buffer_init(&out, context, 0);
    gops_emit_canonical(&out, value);
    gops_hex(bytes, (const uint8_t *)out.data, out.length);
    assert_string_equal(bytes, canonical);
    gops_buffer_release(&out);
    gitops_document_free(document);
    support_context_free(context);
}

/* Rows of the first table of docs/digest.md that start with "| `". */
static void digest_vectors_areThoseOfTheDocumentation(void **state)
{
    char *doc = support_read_file(DIGEST_DOCUMENT, NULL);
    int count = 0;
    (void)state;
    assert_non_null(doc);
    char *end = strstr(doc, "\n## Manifests");
    assert_non_null(end);
    *end = '\0';
    for (char *row = strstr(doc, "\n| `"); row; row = strstr(row, "\n| `")) {
        char json[256], canonical[512], xxh3[64], sha256[80];
        row++;
        next_quoted(&row, json, sizeof json);
        next_quoted(&row, canonical, sizeof canonical);
        next_quoted(&row, xxh3, sizeof xxh3);
        next_quoted(&row, sha256, sizeof sha256);
        check_vector(json, canonical, xxh3, sha256);
        count++;
    }
    assert_true(count >= 15);
    free(doc);
}

/* Asserts whether two documents have the same digests. */
static void check_pair(const char *one, const char *other, int same)
{
    gitops_context *context = support_context_new();
    gitops_document *a = parse(context, one), *b = parse(context, other);
    char x[GITOPS_DIGEST_SIZE], y[GITOPS_DIGEST_SIZE];
    for (size_t i = 0; i < 2; i++) {
        gitops_value_digest(context, gitops_document_root(a), algorithms[i], x, NULL);
        gitops_value_digest(context, gitops_document_root(b), algorithms[i], y, NULL);
        if ((strcmp(x, y) == 0) != same)
            fail_msg("%s and %s: %s and %s", one, other, x, y);
    }
    gitops_document_free(a);
    gitops_document_free(b);
    support_context_free(context);
}

static void digest_sameData_isTheSameHoweverWritten(void **state)
{
    static const char *const forms[] = {
        "{\"a\":{\"p\":[1,2.50,null],\"q\":\"t\\n\"},\"b\":{\"p\":[1,2.50,null],\"q\":\"t\\n\"}}",
        "{\"b\": {\"q\":\"\\u0074\\n\", \"p\":[1.0,25e-1, null]},\n"
        " \"a\":{\"p\":[1e0,2.5,null],\"q\":\"t\\u000a\"}}",
        "# what it is\na: &one # an anchor\n  p: [0x1, +2.5, ~]\n  q: |\n    t\nb: *one\n",
        "---\nb:\n  q: \"t\\n\"\n  p:\n  - 1\n  - 2.500\n  -\na:\n  'p': [1, 2.5, null]\n"
        "  q: >\n    t\n...\n",
        "{a: &a {<<: {q: \"t\\n\"}, p: [1, 2.5, null]}, b: {<<: *a}}"};
    (void)state;
    for (size_t i = 1; i < sizeof forms / sizeof forms[0]; i++)
        check_pair(forms[0], forms[i], 1);
}

static void digest_otherData_isAnother(void **state)
{
    static const char *const texts[] = {
        "null", "\"null\"", "false", "true", "\"true\"", "0", "\"0\"", "1", "-1", "\"1\"", "10",
        "0.1", "1e-400", "\"\"", "\"a\"", "\"A\"", "\"a \"", "\"a\\n\"", "\"\\u00e9\"",
        "\"e\\u0301\"",
        "[]", "{}", "[[]]", "[{}]", "[null]", "[null,null]", "[1,2]", "[2,1]", "[12]", "[\"12\"]",
        "[[1],2]", "[1,[2]]", "[[1,2]]", "{\"a\":null}", "{\"a\":1}", "{\"a\":\"1\"}", "{\"b\":1}",
        "{\"\":1}", "{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}", "{\"a\":{\"b\":1}}", "{\"a\":[]}",
        "{\"a\":{}}", "{\"ab\":\"c\"}", "{\"a\":\"bc\"}", "9007199254740993", "9007199254740992"};
    enum { COUNT = sizeof texts / sizeof texts[0] };
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = i; j < COUNT; j++) {
            char one[64], other[64];
            snprintf(one, sizeof one, "[%s]", texts[i]);
            snprintf(other, sizeof other, "[%s]", texts[j]);
            check_pair(one, other, i == j);
        }
}

/* Makes another value of one node. A list and a map that are empty become each other. */
static void change(gitops_value *value, gops_arena *arena)
{
    gitops_value *child = gops_value_array(arena, 1);
    memset(child, 0, sizeof *child);
    switch (value->type) {
    case GITOPS_VALUE_NULL:
        gops_value_set_bool(value, 0);
        break;
    case GITOPS_VALUE_BOOL:
        gops_value_set_bool(value, !value->boolean);
        break;
    case GITOPS_VALUE_NUMBER:
        gops_value_set_string(value, value->as.text, value->count);
        break;
    case GITOPS_VALUE_STRING:
        if (value->count)
            gops_value_set_string(value, value->as.text, value->count - 1);
        else
            gops_value_set_null(value);
        break;
    default:
        if (value->count)
            gops_value_set_list(child, (gitops_value *)(uintptr_t)value->as.children, value->count);
        if (value->type == GITOPS_VALUE_LIST && value->count == 0)
            assert_int_equal(gops_value_set_map(value, child, 0), 0);
        else
            gops_value_set_list(value, child, value->count ? 1 : 0);
    }
}

/* Changes node *n of a tree, counted from its root; the digests above it follow. */
static void change_node(gitops_value *value, gops_arena *arena, uint32_t *n)
{
    if ((*n)-- == 0) {
        change(value, arena);
        return;
    }
    if (value->type < GITOPS_VALUE_LIST)
        return;
    gitops_value *children = (gitops_value *)(uintptr_t)value->as.children;
    for (uint32_t i = 0; i < value->count && *n != UINT32_MAX; i++)
        change_node(&children[i], arena, n);
    if (value->type == GITOPS_VALUE_LIST)
        gops_value_set_list(value, children, value->count);
    else
        assert_int_equal(gops_value_set_map(value, children, value->count), 0);
}

static void digest_anyNodeOfATree_matters(void **state)
{
    gitops_context *context = support_context_new();
    char before[2][GITOPS_DIGEST_SIZE], after[GITOPS_DIGEST_SIZE];
    gops_arena arena;
    int changes = 0;
    (void)state;
    gops_arena_init(&arena, context, 0);
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        gitops_value tree, copy;
        gops_arena_reset(&arena);
        random_tree(&tree, &arena, seed);
        for (int i = 0; i < 2; i++)
            gitops_value_digest(context, &tree, algorithms[i], before[i], NULL);
        for (uint32_t node = 0;; node++, changes++) {
            uint32_t n = node;
            assert_true(gops_value_copy(&copy, &tree, &arena));
            change_node(&copy, &arena, &n);
            if (n != UINT32_MAX)
                break;
            for (int i = 0; i < 2; i++) {
                gitops_value_digest(context, &copy, algorithms[i], after, NULL);
                if (strcmp(before[i], after) == 0)
                    fail_msg("seed %d, node %d: %s is as before", (int)seed, (int)node, after);
            }
        }
    }
    assert_true(changes > 5000);
    gops_arena_free(&arena);
    support_context_free(context);
}

static void digest_badArguments_areRefused(void **state)
{
    gitops_context *context = support_context_new();
    char digest[GITOPS_DIGEST_SIZE] = "x";
    gitops_error err;
    (void)state;
    assert_int_equal(gitops_value_digest(context, NULL, 3, digest, &err), GITOPS_EINVAL);
    assert_string_equal(err.message, "digest: algorithm 3 is unknown");
    assert_string_equal(digest, "");
    assert_int_equal(gitops_value_digest(context, NULL, -1, digest, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_value_digest(NULL, NULL, 0, digest, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_value_digest(context, NULL, 0, NULL, NULL), GITOPS_EINVAL);
    support_context_free(context);
}

static void digest_body(gitops_context *context, void *data)
{
    char digest[GITOPS_DIGEST_SIZE];
    int rc = gitops_value_digest(context, data, GITOPS_DIGEST_SHA256, digest, NULL);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && digest[0] == '\0'));
}

static void digest_everyAllocationFails_cleanErrorOrSuccess(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    gitops_value tree;
    (void)state;
    gops_arena_init(&arena, context, 0);
    random_tree(&tree, &arena, 7);
    support_fail_every_allocation(digest_body, &tree);
    gops_arena_free(&arena);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_vectors_areThoseOfTheDocumentation),
        cmocka_unit_test(digest_sameData_isTheSameHoweverWritten),
        cmocka_unit_test(digest_otherData_isAnother),
        cmocka_unit_test(digest_anyNodeOfATree_matters),
        cmocka_unit_test(digest_badArguments_areRefused),
        cmocka_unit_test(digest_everyAllocationFails_cleanErrorOrSuccess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
