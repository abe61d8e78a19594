/* UTF-16 becomes UTF-8 once, with what is no UTF-16 left as bytes that are no UTF-8. */
#include "reading.h"

#include "value/encoding.h"
#include "value/reader.h"

/* Asserts what becomes of a text. */
static void assert_utf8(const char *text, size_t length, const char *expected)
{
    gitops_context *context = support_context_new();
    gops_buffer buffer;
    gops_buffer_init(&buffer, context, 0);
    assert_int_equal(gops_encoding_to_utf8(&buffer, &text, &length), 0);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
    gops_buffer_release(&buffer);
    support_context_free(context);
}

static void encoding_toUtf8_bothOrders_readTheSame(void **state)
{
    (void)state;
    assert_utf8("\xFF\xFE", 2, "");
    assert_utf8("\xFE\xFF", 2, "");
    assert_utf8("\xFF\xFE" "a\0\xE9\0\xAC\x20", 8, "a\xC3\xA9\xE2\x82\xAC");
    assert_utf8("\xFE\xFF" "\0a\0\xE9\x20\xAC", 8, "a\xC3\xA9\xE2\x82\xAC");
    assert_utf8("\xFF\xFE" "\x3D\xD8\x00\xDE", 6, "\xF0\x9F\x98\x80");
    assert_utf8("\xFE\xFF" "\xD8\x3D\xDE\x00", 6, "\xF0\x9F\x98\x80");
}

static void encoding_toUtf8_otherText_staysInPlace(void **state)
{
    static const char *const texts[] = {"", "a", "\xEF\xBB\xBF: 1", "\xFF", "\xFE"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_utf8(texts[i], strlen(texts[i]), texts[i]);
}

static void encoding_toUtf8_whatIsNoUtf16_becomesNoUtf8(void **state)
{
    (void)state;
    assert_utf8("\xFF\xFE" "a\0\x00\xD8", 6, "a\xED\xA0\x80");
    assert_utf8("\xFF\xFE" "\x00\xD8" "a\0", 6, "\xED\xA0\x80" "a");
    assert_utf8("\xFF\xFE" "\x00\xDC" "a\0", 6, "\xED\xB0\x80" "a");
    assert_utf8("\xFF\xFE" "a\0b", 5, "a\xC2");
}

static void encoding_toUtf8_longerThanAllowed_isLimit(void **state)
{
    gitops_context *context = support_context_new();
    gops_buffer buffer;
    const char *text = "\xFE\xFF\x20\xAC\x20\xAC";
    size_t length = 6;
    (void)state;
    gops_buffer_init(&buffer, context, 5);
    assert_int_equal(gops_encoding_to_utf8(&buffer, &text, &length), GITOPS_ELIMIT);
    gops_buffer_release(&buffer);
    support_context_free(context);
}

/* Writes text as UTF-16 with its mark; returns the bytes. */
static size_t to_utf16(char *out, const char *text, int big_endian)
{
    size_t used = 0;
    memcpy(out, big_endian ? "\xFE\xFF" : "\xFF\xFE", 2);
    for (used = 2; *text; text++) {
        out[used++] = big_endian ? '\0' : *text;
        out[used++] = big_endian ? *text : '\0';
    }
    return used;
}

static void encoding_documents_inUtf16_areReadWithTheirPlaces(void **state)
{
    reading out;
    char text[200];
    (void)state;
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        size_t length = to_utf16(text, "a: 1\r\n---\r\nb: [\r\n---\r\nc: 3\r\n", big_endian);
        read_text(&out, text, length);
        assert_string_equal(out.documents, "{\"a\":1}\n{\"c\":3}\n");
        assert_string_equal(out.problems, "4:1 EPARSE did not find expected node content while "
                                          "parsing a flow node\n");
        length = to_utf16(text, "{\"a\": \"\\ud83d\\ude00\"}", big_endian);
        read_text(&out, text, length);
        assert_string_equal(out.documents, "{\"a\":\"\xF0\x9F\x98\x80\"}\n");
    }
}

static void encoding_documents_brokenUtf16_isErrorAtItsPlace(void **state)
{
    reading out;
    (void)state;
    read_text(&out, "\xFF\xFE" "a\0:\0 \0\x00\xD8\n\0", 12);
    assert_string_equal(out.problems, "1:4 EPARSE half of a surrogate pair is no character\n");
    read_text(&out, "\xFF\xFE" "a\0:\0 \0b\0\n\0c", 13);
    assert_string_equal(out.problems, "2:1 EPARSE text ends within a character\n");
    read_text(&out, "\xFF\xFE\0\0" "a\0\0\0", 8);
    assert_string_equal(out.problems, "1:1 EPARSE text is UTF-32; UTF-8 and UTF-16 are read\n");
    read_text(&out, "\0\0\xFE\xFF" "\0\0\0a", 8);
    assert_string_equal(out.problems, "1:1 EPARSE text is UTF-32; UTF-8 and UTF-16 are read\n");
    read_text(&out, "a\0:\0", 4);
    assert_string_equal(out.problems, "1:2 EPARSE character U+0000 is not allowed in YAML\n");
}

static void encoding_documents_tooLongAsUtf8_isLimit(void **state)
{
    gitops_limits limits;
    reading out;
    (void)state;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_file_bytes = 8;
    read_limited(&out, "\xFE\xFF\x20\xAC\x20\xAC\x20\xAC", 8, &limits);
    assert_string_equal(out.problems,
                        "0:0 ELIMIT text has more than 8 bytes as UTF-8 (limit max_file_bytes)\n");
}

#define MARK "\xEF\xBB\xBF"

static void encoding_marks_atStartsOfDocuments_arePassedOver(void **state)
{
    (void)state;
    assert_reads_as(MARK "a: 1\nb: 2\n---\n" MARK "c: 3\nd: 4\n--- # next\r\n" MARK
                         "# e\r\ne:\r\n- 5\r\nf: 6\r\n",
                    "{\"a\":1,\"b\":2}\n{\"c\":3,\"d\":4}\n{\"e\":[5],\"f\":6}\n");
    assert_reads_as("---\n" MARK "---\na: 1\n", "{\"a\":1}\n");
    assert_reads_as("---\n" MARK, "");
    assert_reads_as("--- \n" MARK "{\"a\": 1}\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}\n");
    assert_reads_as("a: x" MARK "y\nb: \"" MARK "\"\n",
                    "{\"a\":\"x\\ufeffy\",\"b\":\"\\ufeff\"}\n");
    assert_problems("a: 1\n---\n" MARK "b: [\n---\n" MARK "c: *x\n",
                    "4:1 EPARSE did not find expected node content while parsing a flow node\n"
                    "5:4 EPARSE alias *x has no anchor before it\n");
    assert_problems("---\n" MARK "a: \x01\n",
                    "2:4 EPARSE character U+0001 is not allowed in YAML\n");
}

static void encoding_marks_atStartsOfDocuments_keepRanges(void **state)
{
    static const char text[] = "a: 1\n---\n" MARK "{\"b\": 2,\n \"c\": 3}\n---\nd: 4\n";
    gitops_context *context = support_context_new();
    gops_reader *reader = gops_reader_new(context);
    gitops_diagnostics problems;
    gops_read_document read, again;
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    gops_diagnostics_init(&problems, context);
    gops_reader_open(reader, text, strlen(text), "t", 1, &problems, NULL);
    assert_int_equal(gops_reader_next(reader, &arena, &read, NULL), 1);
    assert_int_equal(gops_reader_next(reader, &arena, &read, NULL), 1);
    assert_int_equal(read.number, 2);
    assert_int_equal(read.offset, 5);
    assert_int_equal(read.first_line, 2);
    gops_reader_open(reader, text + read.offset, read.length, "t", read.first_line, &problems,
                     NULL);
    assert_int_equal(gops_reader_next(reader, &arena, &again, NULL), 1);
    assert_true(gops_value_same(&read.root, &again.root));
    assert_int_equal(again.root.line, 3);
    assert_int_equal(again.root.column, 1);
    gops_diagnostics_release(&problems);
    gops_arena_free(&arena);
    gops_reader_free(reader);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_toUtf8_bothOrders_readTheSame),
        cmocka_unit_test(encoding_toUtf8_otherText_staysInPlace),
        cmocka_unit_test(encoding_toUtf8_whatIsNoUtf16_becomesNoUtf8),
        cmocka_unit_test(encoding_toUtf8_longerThanAllowed_isLimit),
        cmocka_unit_test(encoding_documents_inUtf16_areReadWithTheirPlaces),
        cmocka_unit_test(encoding_documents_brokenUtf16_isErrorAtItsPlace),
        cmocka_unit_test(encoding_documents_tooLongAsUtf8_isLimit),
        cmocka_unit_test(encoding_marks_atStartsOfDocuments_arePassedOver),
        cmocka_unit_test(encoding_marks_atStartsOfDocuments_keepRanges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
