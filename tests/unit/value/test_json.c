/* The strict JSON reader, and what becomes of text that only looks like JSON. */
#include "reading.h"

static void json_read_values_areTaken(void **state)
{
    (void)state;
    assert_reads_as("{}", "{}\n");
    assert_reads_as(" [ ] \n", "[]\n");
    assert_reads_as("[null,true,false,\"\",0]", "[null,true,false,\"\",0]\n");
    assert_reads_as("{\"b\":{\"c\":[1,{}]},\"a\":-1.50e+3}",
                    "{\"a\":-1.50e+3,\"b\":{\"c\":[1,{}]}}\n");
    assert_reads_as("{\"n\":12345678901234567890123}", "{\"n\":12345678901234567890123}\n");
    assert_reads_as("[\"yes\",\"1\",\"~\"]", "[\"yes\",\"1\",\"~\"]\n");
}

static void json_read_escapes_areDecoded(void **state)
{
    (void)state;
    assert_reads_as("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\ud83d\\ude00\"]",
                    "[\"\\\"\\\\/\\b\\f\\n\\r\\tA\xC3\xA9\xF0\x9F\x98\x80\"]\n");
    assert_reads_as("[\"a\\u0000b\", \"\xC3\xA9\\n\xC3\xA9\"]",
                    "[\"a\\u0000b\",\"\xC3\xA9\\n\xC3\xA9\"]\n");
}

static void json_read_surrogatesAlone_areErrors(void **state)
{
    (void)state;
    assert_problems("{\"a\":\"\\ud83d\"}", "1:9 EPARSE \\u escape is half of a surrogate pair\n");
    assert_problems("{\"a\":\"\\ude00\"}", "1:9 EPARSE \\u escape is half of a surrogate pair\n");
    assert_problems("{\"a\":\"\\ud83d\\u0041\"}",
                    "1:9 EPARSE \\u escape is half of a surrogate pair\n");
}

/* Faults at which YAML stumbles no later: the words are those of the JSON reader. */
static void json_read_faults_areLocated(void **state)
{
    (void)state;
    assert_problems("{\n  \"a\": 1,,\n}", "2:10 EPARSE expected a key in double quotes\n");
    assert_problems("{\"a\": [1] \"b\": 2}", "1:11 EPARSE expected ',' or '}'\n");
    assert_problems("[\"\xC3\xA9\", \"\\q\"]", "1:8 EPARSE unknown escape in a string\n");
    assert_problems("[\"\\u12\"]", "1:5 EPARSE expected four hexadecimal digits after \\u\n");
    assert_problems("[1] x", "1:5 EPARSE text goes on after a JSON value\n");
    assert_problems("[1][2]", "1:4 EPARSE text goes on after a JSON value\n");
    assert_problems("{\"a\":1} x", "1:9 EPARSE text goes on after a JSON value\n");
    assert_problems("{\"a\":1}{\"b\":x}", "1:13 EPARSE expected a JSON value\n");
    assert_problems("[1", "1:3 EPARSE expected ',' or ']'\n");
    assert_problems("[1,", "1:4 EPARSE text ends where a JSON value is expected\n");
    assert_problems("[\"a\x01\"]", "1:4 EPARSE character U+0001 is not allowed in YAML\n");
    assert_problems("{", "1:2 EPARSE expected a key in double quotes\n");
}

static void json_read_keysTwice_nameBothLines(void **state)
{
    (void)state;
    assert_problems("{\"a\": 1,\n \"\\u0061\": 2}",
                    "2:2 EDUPLICATE duplicate key \"a\" in lines 1 and 2\n");
    assert_problems("[{\"a\":1,\"a\":2},{\"b\":1,\n\"b\":2}]",
                    "1:9 EDUPLICATE duplicate key \"a\" in lines 1 and 1\n"
                    "2:1 EDUPLICATE duplicate key \"b\" in lines 1 and 2\n");
}

static void json_read_depth_isLimited(void **state)
{
    char text[2101];
    reading out;
    (void)state;
    memset(text, '[', 1000);
    memset(text + 1000, ']', 1000);
    read_text(&out, text, 2000);
    assert_string_equal(out.problems, "");
    assert_int_equal(strlen(out.documents), 2001);
    memset(text, '[', 1001);
    memset(text + 1001, ']', 1001);
    read_text(&out, text, 2002);
    assert_string_equal(out.problems, "1:1001 ELIMIT document is nested more than 1000 levels deep "
                                      "(limit max_depth)\n");
}

static void json_read_numberBeyondDouble_isTextWithWarning(void **state)
{
    reading out;
    (void)state;
    read_string(&out, "{\"a\":1e400}");
    assert_string_equal(out.documents, "{\"a\":\"1e400\"}\n");
    assert_string_equal(out.problems,
                        "1:6 warning number is beyond the range of a double and is read as text\n");
}

static void json_read_whatIsNotJson_isYaml(void **state)
{
    (void)state;
    assert_reads_as("{a: 1, b: yes}", "{\"a\":1,\"b\":true}\n");
    assert_reads_as("{\"a\":1,}", "{\"a\":1}\n");
    assert_reads_as("[1, 'x', 010]", "[1,\"x\",8]\n");
    assert_reads_as("{\"a\":1} # c\n", "{\"a\":1}\n");
    assert_reads_as("[b]\n", "[\"b\"]\n");
    assert_problems("{a: [1}", "1:7 EPARSE did not find expected ',' or ']' while parsing a flow "
                               "sequence\n");
}

static void json_read_thenSeparator_isAStream(void **state)
{
    reading out;
    (void)state;
    assert_reads_as("{\"a\":\"\\ud83d\\ude00\"}\n---\nb: yes\n--- {\"c\": 1}\n",
                    "{\"a\":\"\xF0\x9F\x98\x80\"}\n{\"b\":true}\n{\"c\":1}\n");
    read_string(&out, "{\"a\":1,\"a\":2}\n---\nb: [\n");
    assert_string_equal(out.documents, "");
    assert_string_equal(out.problems,
                        "1:8 EDUPLICATE duplicate key \"a\" in lines 1 and 1\n"
                        "4:1 EPARSE did not find expected node content while parsing a flow "
                        "node\n");
}

static void json_values_inARow_areDocuments(void **state)
{
    reading out;
    (void)state;
    assert_reads_as("{\"a\":1}{\"b\":2}\n{\"c\":3}", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
    assert_reads_as("{\"a\":1}\n{b: 2}\n---\nc: 3\n", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
    assert_reads_as("{\"a\":1} {\"b\":2}\n---\nc: |\n  3",
                    "{\"a\":1}\n{\"b\":2}\n{\"c\":\"3\\n\"}\n");
    read_string(&out, "{\"a\":1} {\"b\":]}\n---\nc: .inf\n---\nd: 4\n");
    assert_string_equal(out.documents, "{\"a\":1}\n{\"d\":4}\n");
    assert_string_equal(out.problems, "1:14 EPARSE expected a JSON value\n"
                                      "3:4 EPARSE a value is infinite or not a number\n");
}

static void json_values_tooMany_areALimit(void **state)
{
    gitops_limits limits = {.struct_size = sizeof limits, .max_documents = 2};
    reading out;
    (void)state;
    read_limited(&out, "{}{}{}", 6, &limits);
    assert_string_equal(out.documents, "{}\n{}\n");
    assert_string_equal(out.problems,
                        "1:5 ELIMIT text has more than 2 documents (limit max_documents)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_values_inARow_areDocuments),
        cmocka_unit_test(json_values_tooMany_areALimit),
        cmocka_unit_test(json_read_values_areTaken),
        cmocka_unit_test(json_read_escapes_areDecoded),
        cmocka_unit_test(json_read_surrogatesAlone_areErrors),
        cmocka_unit_test(json_read_faults_areLocated),
        cmocka_unit_test(json_read_keysTwice_nameBothLines),
        cmocka_unit_test(json_read_depth_isLimited),
        cmocka_unit_test(json_read_numberBeyondDouble_isTextWithWarning),
        cmocka_unit_test(json_read_whatIsNotJson_isYaml),
        cmocka_unit_test(json_read_thenSeparator_isAStream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
