/* The tree itself: setters, members, copies, digests. */
#include "support.h"

#include <stdio.h>

#include "value/document.h"

static gitops_document *parse(gitops_context *context, const char *text)
{
    gitops_document *document = NULL;
    assert_int_equal(gitops_document_parse(&document, context, text, strlen(text), "t", NULL), 0);
    return document;
}

static void value_accessors_eachKind_answerInItsWay(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *document = parse(context, "s: text\nd: 1.5\nb: yes\nl: [1, 2]\nz: ~\n");
    const gitops_value *root = gitops_document_root(document), *value;
    size_t length;
    int64_t integer;
    (void)state;
    assert_int_equal(gitops_value_type(root), GITOPS_VALUE_MAP);
    assert_int_equal(gitops_value_count(root), 5);
    assert_memory_equal(gitops_value_key(root, 0, &length), "b", 1);
    assert_null(gitops_value_key(root, 5, &length));
    value = gitops_value_find(root, "s", 1);
    assert_memory_equal(gitops_value_text(value, &length), "text", 4);
    assert_int_equal(length, 4);
    assert_int_equal(gitops_value_count(value), 0);
    assert_null(gitops_value_item(value, 0));
    value = gitops_value_find(root, "d", 1);
    assert_true(gitops_value_double(value) == 1.5);
    assert_int_equal(gitops_value_int64(value, &integer), GITOPS_EINVAL);
    assert_memory_equal(gitops_value_text(value, &length), "1.5", 3);
    assert_int_equal(gitops_value_bool(gitops_value_find(root, "b", 1)), 1);
    assert_int_equal(gitops_value_bool(value), 0);
    value = gitops_value_find(root, "l", 1);
    assert_int_equal(gitops_value_count(value), 2);
    assert_null(gitops_value_item(value, 2));
    assert_null(gitops_value_key(value, 0, &length));
    assert_null(gitops_value_text(value, &length));
    assert_int_equal(gitops_value_type(gitops_value_find(root, "z", 1)), GITOPS_VALUE_NULL);
    assert_null(gitops_value_find(root, "q", 1));
    assert_int_equal(gitops_value_type(NULL), GITOPS_VALUE_NULL);
    assert_int_equal(gitops_value_line(NULL), 0);
    gitops_document_free(document);
    support_context_free(context);
}

static void value_digest_orderCommentsAndStyle_doNotCount(void **state)
{
    static const char *const same[] = {"a: 1\nb: [x, 'y']\n", "# c\nb:\n- x\n- \"y\"\na: 1.0\n",
                                       "{\"b\": [\"x\", \"y\"], \"a\": 10e-1}"};
    static const char *const others[] = {"a: 1\nb: [y, x]\n", "a: 1\nb: [x, y]\nc: 1\n",
                                         "a: '1'\nb: [x, y]\n", "a: 1\nb: {x: y}\n",
                                         "a: 1\nb: [[x, y]]\n"};
    gitops_context *context = support_context_new();
    gitops_document *first = parse(context, same[0]);
    (void)state;
    for (size_t i = 1; i < sizeof same / sizeof same[0]; i++) {
        gitops_document *other = parse(context, same[i]);
        assert_int_equal(
            gitops_value_equal(gitops_document_root(first), gitops_document_root(other)), 1);
        gitops_document_free(other);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        gitops_document *other = parse(context, others[i]);
        assert_int_equal(
            gitops_value_equal(gitops_document_root(first), gitops_document_root(other)), 0);
        gitops_document_free(other);
    }
    gitops_document_free(first);
    support_context_free(context);
}

static void value_digest_ofNull_isThatOfNoValue(void **state)
{
    gitops_value null;
    char a[GITOPS_DIGEST_SIZE], b[GITOPS_DIGEST_SIZE];
    gitops_context *context = support_context_new();
    (void)state;
    gops_value_set_null(&null);
    assert_int_equal(gitops_value_digest(context, &null, 0, a, NULL), 0);
    assert_int_equal(gitops_value_digest(context, NULL, GITOPS_DIGEST_XXH3, b, NULL), 0);
    assert_string_equal(a, b);
    support_context_free(context);
    assert_int_equal(gitops_value_equal(NULL, NULL), 1);
    assert_int_equal(gitops_value_equal(&null, NULL), 0);
}

/* count members with keys of width bytes, in descending order. */
static void make_members(gitops_value *members, char *keys, uint32_t count, size_t width)
{
    for (uint32_t i = 0; i < count; i++) {
        char *key = keys + i * width;
        char number[16];
        memset(key, 'k', width);
        snprintf(number, sizeof number, "%06u", (unsigned)(count - i));
        memcpy(key, number, 6);
        memset(&members[i], 0, sizeof members[i]);
        members[i].key = key;
        members[i].key_length = (uint32_t)width;
        gops_value_set_bool(&members[i], i & 1);
    }
}

/* As docs/digest.md says it, for maps of any size. */
static gops_digest digest_by_hand(const gitops_value *map)
{
    gops_hasher hasher;
    gops_hasher_begin(&hasher, 'm');
    for (uint32_t i = 0; i < map->count; i++) {
        const gitops_value *member = &map->as.children[i];
        uint8_t length[4] = {(uint8_t)member->key_length, (uint8_t)(member->key_length >> 8), 0, 0};
        gops_hasher_put(&hasher, length, 4);
        gops_hasher_put(&hasher, member->key, member->key_length);
        gops_hasher_put(&hasher, member->boolean ? "b1" : "b0", 2);
    }
    return gops_hasher_finish(&hasher);
}

static void value_setMap_anySize_sortsAndHashesAlike(void **state)
{
    static const uint32_t counts[] = {0, 1, 2, 24, 25, 38, 39, 40, 1000};
    static const size_t widths[] = {6, 7, 64, 200, 201, 1004, 1005, 1024};
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (size_t j = 0; j < sizeof widths / sizeof widths[0]; j++) {
            gops_arena arena;
            gops_arena_init(&arena, context, 0);
            gitops_value map, *members = gops_value_array(&arena, counts[i]);
            char *keys = malloc(counts[i] * widths[j] + 1);
            make_members(members, keys, counts[i], widths[j]);
            assert_int_equal(gops_value_set_map(&map, members, counts[i]), 0);
            for (uint32_t k = 1; k < counts[i]; k++)
                assert_true(memcmp(members[k - 1].key, members[k].key, 6) < 0);
            gops_digest expected = digest_by_hand(&map), found = gops_value_digest(&map);
            assert_memory_equal(found.bytes, expected.bytes, 16);
            gops_arena_free(&arena);
            free(keys);
        }
    }
    support_context_free(context);
}

static void value_setMap_keyTwice_isADuplicate(void **state)
{
    gitops_value map, members[3];
    (void)state;
    memset(members, 0, sizeof members);
    for (uint32_t i = 0; i < 3; i++) {
        members[i].key = i == 1 ? "a" : "b";
        members[i].key_length = 1;
        gops_value_set_place(&members[i], i + 1, 1);
        gops_value_set_null(&members[i]);
    }
    assert_int_equal(gops_value_set_map(&map, members, 3), GITOPS_EDUPLICATE);
}

static void value_keyCompare_isByBytesThenLength(void **state)
{
    (void)state;
    assert_true(gops_key_compare("a", 1, "b", 1) < 0);
    assert_true(gops_key_compare("a", 1, "ab", 2) < 0);
    assert_true(gops_key_compare("\xC3\xA9", 2, "z", 1) > 0);
    assert_true(gops_key_compare("", 0, "", 0) == 0);
    assert_true(gops_key_compare("a\0b", 3, "a\0c", 3) < 0);
}

static void value_copy_outlivesItsSource(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *document = parse(context, "a: [1, {b: text}]\n");
    gops_arena arena;
    gitops_value copy;
    (void)state;
    gops_arena_init(&arena, context, 0);
    assert_int_equal(gops_value_copy(&copy, gitops_document_root(document), &arena), 1);
    gitops_document_free(document);
    const gitops_value *text = gitops_value_at(&copy, "/a/1/b");
    assert_int_equal(gops_value_text_is(text, "text"), 1);
    assert_int_equal(gitops_value_line(text), 1);
    assert_int_equal(gitops_value_column(text), 12);
    gops_arena_free(&arena);
    support_context_free(context);
}

static void document_shared_livesAsLongAsItsHolder(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *source = parse(context, "a: {b: 1}\n");
    gitops_document *merged = gops_document_new(context);
    (void)state;
    merged->root = *gitops_value_at(gitops_document_root(source), "/a");
    gops_document_share(merged, source);
    gops_document_share(merged, source);
    gops_document_share(merged, NULL);
    gitops_document_free(source);
    assert_non_null(gitops_value_find(gitops_document_root(merged), "b", 1));
    gitops_document_free(gitops_document_ref(merged));
    gitops_document_free(merged);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_accessors_eachKind_answerInItsWay),
        cmocka_unit_test(value_digest_orderCommentsAndStyle_doNotCount),
        cmocka_unit_test(value_digest_ofNull_isThatOfNoValue),
        cmocka_unit_test(value_setMap_anySize_sortsAndHashesAlike),
        cmocka_unit_test(value_setMap_keyTwice_isADuplicate),
        cmocka_unit_test(value_keyCompare_isByBytesThenLength),
        cmocka_unit_test(value_copy_outlivesItsSource),
        cmocka_unit_test(document_shared_livesAsLongAsItsHolder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
