/* The writer: pieces of any size arrive whole, and what a terminal would obey does not arrive. */
#include "support.h"

#include <stdio.h>

#include "report/writer.h"

typedef struct collected {
    char data[20000];
    size_t length;
    int calls;
    int refuse_at; /* the call that is refused; 0: none */
} collected;

static int collect(const char *data, size_t length, void *user_data)
{
    collected *to = user_data;
    if (++to->calls == to->refuse_at)
        return -1;
    assert_true(to->length + length < sizeof to->data);
    memcpy(to->data + to->length, data, length);
    to->length += length;
    to->data[to->length] = '\0';
    return 0;
}

static collected out;
static gops_writer writer;

static int begin(void **state)
{
    (void)state;
    memset(&out, 0, sizeof out);
    gops_writer_init(&writer, collect, &out);
    return 0;
}

static const char *finish(void)
{
    assert_int_equal(gops_writer_finish(&writer, NULL), 0);
    return out.data;
}

static void writerPut_smallPieces_comeInOneCall(void **state)
{
    (void)state;
    gops_writer_puts(&writer, "a");
    gops_writer_put(&writer, "bcX", 2);
    gops_writer_int(&writer, INT64_MIN);
    gops_writer_uint(&writer, UINT64_MAX);
    assert_string_equal(finish(), "abc-922337203685477580818446744073709551615");
    assert_int_equal(out.calls, 1);
}

static void writerPut_piecesOfEverySize_arriveInOrder(void **state)
{
    static char expected[20000], piece[9000];
    size_t length = 0;
    (void)state;
    for (size_t size = 1; size < sizeof piece; size = size * 3 + 1) {
        memset(piece, 'a' + (int)(size % 26), size);
        memcpy(expected + length, piece, size);
        length += size;
        gops_writer_put(&writer, piece, size);
    }
    assert_string_equal(finish(), expected);
}

static void writerFinish_refusedWrite_isEioAndWritesNothingMore(void **state)
{
    gitops_error err;
    (void)state;
    out.refuse_at = 1;
    for (int i = 0; i < 10000; i++)
        gops_writer_puts(&writer, "x");
    assert_int_equal(gops_writer_finish(&writer, &err), GITOPS_EIO);
    assert_int_equal(err.code, GITOPS_EIO);
    assert_int_equal(out.calls, 1);
    assert_int_equal(out.length, 0);
}

static void writerJsonString_escapes_areThoseOfJson(void **state)
{
    (void)state;
    gops_writer_json_string(&writer, "a\"b\\c\n\t\r\b\f\v\x01 \xC3\xA9\x7F");
    assert_string_equal(finish(), "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u000b\\u0001 \xC3\xA9\x7F\"");
}

static void writerJsonString_brokenUtf8_becomesReplacementCharacters(void **state)
{
    (void)state;
    gops_writer_json_string(&writer, "a\xFFz\xC3");
    gops_writer_json_string(&writer, "\xC0\x80");         /* an overlong NUL */
    gops_writer_json_string(&writer, "\xED\xA0\x80");     /* a surrogate */
    gops_writer_json_string(&writer, "\xF4\x90\x80\x80"); /* beyond Unicode */
    assert_string_equal(finish(), "\"a\\ufffdz\\ufffd\"\"\\ufffd\\ufffd\"\"\\ufffd\\ufffd\\ufffd\""
                                  "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

static void writerShown_terminalControls_areEscaped(void **state)
{
    (void)state;
    gops_writer_shown(&writer, "a\x1B[31m\x7F \xC2\x9B \xE2\x80\xAE \"q\" \\ \xC3\xA9");
    assert_string_equal(finish(), "a\\u001b[31m\\u007f \\u009b \\u202e \"q\" \\ \xC3\xA9");
}

static gitops_document *parse(void **state, const char *text)
{
    gitops_document *document = NULL;
    assert_int_equal(gitops_document_parse(&document, *state, text, strlen(text), "t", NULL), 0);
    return document;
}

static void writerJsonValue_everyKind_isOneLineWithSortedKeys(void **state)
{
    gitops_document *document =
        parse(state, "{\"z\":[1,2.50,-0,1e3],\"a\":{\"k\":\"v\"},\"n\":null,\"t\":true,\"f\":false,"
                     "\"e\":{},\"l\":[]}");
    gops_writer_json_value(&writer, gitops_document_root(document));
    gops_writer_json_value(&writer, NULL);
    assert_non_null(strstr(finish(), "{\"a\":{\"k\":\"v\"},\"e\":{},\"f\":false,\"l\":[],"
                                     "\"n\":null,\"t\":true,\"z\":[1,2.5"));
    assert_string_equal(out.data + out.length - 4, "null");
    gitops_document_free(document);
}

static void writerShownValue_longText_endsWithDots(void **state)
{
    gitops_document *document = parse(state, "\"0123456789\\u00e9\\u00e9\"");
    gops_writer_shown_value(&writer, gitops_document_root(document), 12);
    gops_writer_puts(&writer, "|");
    gops_writer_shown_value(&writer, gitops_document_root(document), 0);
    assert_string_equal(finish(), "\"0123456789...|\"0123456789\xC3\xA9\xC3\xA9\"");
    gitops_document_free(document);
}

static int begin_with_context(void **state)
{
    *state = support_context_new();
    return begin(state);
}

static int end_with_context(void **state)
{
    support_context_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(writerPut_smallPieces_comeInOneCall, begin),
        cmocka_unit_test_setup(writerPut_piecesOfEverySize_arriveInOrder, begin),
        cmocka_unit_test_setup(writerFinish_refusedWrite_isEioAndWritesNothingMore, begin),
        cmocka_unit_test_setup(writerJsonString_escapes_areThoseOfJson, begin),
        cmocka_unit_test_setup(writerJsonString_brokenUtf8_becomesReplacementCharacters, begin),
        cmocka_unit_test_setup(writerShown_terminalControls_areEscaped, begin),
        cmocka_unit_test_setup_teardown(writerJsonValue_everyKind_isOneLineWithSortedKeys,
                                        begin_with_context, end_with_context),
        cmocka_unit_test_setup_teardown(writerShownValue_longText_endsWithDots, begin_with_context,
                                        end_with_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
