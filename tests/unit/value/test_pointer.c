/* JSON pointers. */
#include "support.h"

#include "value/pointer.h"

/* The document of RFC 6901, section 5, and a list in a list. */
static const char document_text[] =
    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
    "\"k\\\"l\":6,\" \":7,\"m~n\":8,\"list\":[[9]],\"~1\":10}";

static gitops_document *parse(gitops_context *context)
{
    gitops_document *document = NULL;
    assert_int_equal(gitops_document_parse(&document, context, document_text,
                                           sizeof document_text - 1, "t", NULL),
                     0);
    return document;
}

/* The number at a pointer, by both ways to look; -1 when there is none. */
static int64_t number_at(gitops_context *context, const gitops_value *root, const char *text)
{
    gops_arena arena;
    gops_pointer pointer;
    int64_t number = -1;
    gops_arena_init(&arena, context, 0);
    const gitops_value *value = gitops_value_at(root, text), *other = NULL;
    if (gops_pointer_parse(&pointer, &arena, text, strlen(text), NULL) == 0)
        other = gops_pointer_get(root, &pointer);
    assert_ptr_equal(value, other);
    if (value)
        assert_int_equal(gitops_value_int64(value, &number), 0);
    gops_arena_free(&arena);
    return number;
}

static void pointer_at_casesOfTheRfc_areFound(void **state)
{
    static const char *const pointers[] = {"/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l",
                                           "/ ", "/m~0n", "/list/0/0", "/~01"};
    gitops_context *context = support_context_new();
    gitops_document *document = parse(context);
    const gitops_value *root = gitops_document_root(document);
    (void)state;
    for (int i = 0; i < 11; i++)
        assert_int_equal(number_at(context, root, pointers[i]), i);
    assert_ptr_equal(gitops_value_at(root, ""), root);
    assert_int_equal(gitops_value_count(gitops_value_at(root, "/foo")), 2);
    gitops_document_free(document);
    support_context_free(context);
}

static void pointer_at_whatIsNotThere_isNull(void **state)
{
    static const char *const pointers[] = {"/x", "/foo/2", "/foo/-", "/foo/01", "/foo/-1", "/foo/a",
                                           "/foo/", "/a~1b/x", "foo", "/m~n", "/m~", "/m~2n",
                                           "/foo/4294967296", "/foo/99999999999"};
    gitops_context *context = support_context_new();
    gitops_document *document = parse(context);
    (void)state;
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++)
        assert_int_equal(number_at(context, gitops_document_root(document), pointers[i]), -1);
    assert_null(gitops_value_at(NULL, "/a"));
    assert_null(gitops_value_at(gitops_document_root(document), NULL));
    gitops_document_free(document);
    support_context_free(context);
}

static void pointer_parse_segments_areUnescaped(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    gops_pointer pointer;
    gitops_error err;
    (void)state;
    gops_arena_init(&arena, context, 0);
    assert_int_equal(gops_pointer_parse(&pointer, &arena, "/a//~01~1", 9, NULL), 0);
    assert_int_equal(pointer.count, 3);
    assert_string_equal(pointer.segments[0].text, "a");
    assert_int_equal(pointer.segments[1].length, 0);
    assert_string_equal(pointer.segments[2].text, "~1/");
    assert_int_equal(gops_pointer_parse(&pointer, &arena, "a", 1, &err), GITOPS_EPARSE);
    assert_int_equal(gops_pointer_parse(&pointer, &arena, "/~", 2, &err), GITOPS_EPARSE);
    assert_int_equal(gops_pointer_parse(&pointer, &arena, "", 0, &err), 0);
    assert_int_equal(pointer.count, 0);
    gops_arena_free(&arena);
    support_context_free(context);
}

static void pointer_append_specialCharacters_areEscaped(void **state)
{
    gitops_context *context = support_context_new();
    gops_buffer out;
    (void)state;
    gops_buffer_init(&out, context, 0);
    gops_pointer_append(&out, "a/b~c", 5);
    gops_pointer_append(&out, "", 0);
    gops_pointer_append(&out, "~1", 2);
    assert_string_equal(out.data, "/a~1b~0c//~01");
    gops_buffer_release(&out);
    support_context_free(context);
}

static void parse_body(gitops_context *context, void *data)
{
    gops_arena arena;
    gops_pointer pointer;
    gitops_error err;
    (void)data;
    gops_arena_init(&arena, context, 8);
    int rc = gops_pointer_parse(&pointer, &arena, "/a/b/c", 6, &err);
    assert_true(rc == 0 || (rc == GITOPS_ENOMEM && err.code == rc));
    gops_arena_free(&arena);
}

static void pointer_parse_everyAllocationFails_isNoMemory(void **state)
{
    (void)state;
    support_fail_every_allocation(parse_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointer_at_casesOfTheRfc_areFound),
        cmocka_unit_test(pointer_at_whatIsNotThere_isNull),
        cmocka_unit_test(pointer_parse_segments_areUnescaped),
        cmocka_unit_test(pointer_append_specialCharacters_areEscaped),
        cmocka_unit_test(pointer_parse_everyAllocationFails_isNoMemory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
