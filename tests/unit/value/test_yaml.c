/* YAML streams: documents, positions, anchors, merges, limits, and going on after an error. */
#include "reading.h"

#include "value/yaml.h"

static void yaml_documents_separators_areThoseOfYaml(void **state)
{
    (void)state;
    assert_reads_as("a: 1\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}\n");
    assert_reads_as("--- {b: 2}\n--- foo\n", "{\"b\":2}\n\"foo\"\n");
    assert_reads_as("a: 1\n...\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}\n");
    assert_reads_as("a: |\n  x\n  ---\n  y\n---\nb: 1\n",
                    "{\"a\":\"x\\n---\\ny\\n\"}\n{\"b\":1}\n");
    assert_reads_as("%YAML 1.2\n---\na: 1\n", "{\"a\":1}\n");
    assert_reads_as("%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n", "{\"a\":\"1\"}\n");
    assert_reads_as("a: 1\r\n---\r\nb: |\r\n  x\r\n  y\r\n", "{\"a\":1}\n{\"b\":\"x\\ny\\n\"}\n");
}

static void yaml_documents_withoutContent_giveNothing(void **state)
{
    (void)state;
    assert_reads_as("", "");
    assert_reads_as("# only a comment\n", "");
    assert_reads_as("---\n", "");
    assert_reads_as("a: 1\n---\n# comment\n---\nb: 2\n---", "{\"a\":1}\n{\"b\":2}\n");
    assert_reads_as("null\n", "null\n");
    assert_reads_as("--- ~\n--- !!null\n--- &a\n", "null\nnull\nnull\n");
}

static void yaml_text_encodings_areReadOrRefused(void **state)
{
    reading out;
    (void)state;
    assert_reads_as("\xEF\xBB\xBF"
                    "a: 1\n",
                    "{\"a\":1}\n");
    read_text(&out, "a: \"x\0y\"\n", 9);
    assert_string_equal(out.problems, "1:6 EPARSE character U+0000 is not allowed in YAML\n");
    assert_problems("# \xC3\xA9\nb: \xE9\n", "2:4 EPARSE text is not UTF-8\n");
    assert_problems("a: \xC0\x80\n", "1:4 EPARSE text is not UTF-8\n");
    assert_problems("a: \xED\xA0\x80\n",
                    "1:4 EPARSE half of a surrogate pair is no character\n");
    assert_problems("\xC3\xA9: \x7F\n", "1:4 EPARSE character U+007F is not allowed in YAML\n");
    assert_problems("a: \xEF\xBF\xBE\n", "1:4 EPARSE character U+FFFE is not allowed in YAML\n");
}

static void yaml_anchors_aliases_shareTheirContent(void **state)
{
    (void)state;
    assert_reads_as("a: &x [1, {b: 2}]\nc: *x\n", "{\"a\":[1,{\"b\":2}],\"c\":[1,{\"b\":2}]}\n");
    assert_reads_as("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", "{\"a\":1,\"b\":1,\"c\":2,\"d\":2}\n");
    assert_reads_as("a: &k key\n*k : 1\n", "{\"a\":\"key\",\"key\":1}\n");
    assert_reads_as("a: &n 0x10\n*n : 1\n", "{\"16\":1,\"a\":16}\n");
    assert_reads_as("&k k: &v v\n*v : *k\n", "{\"k\":\"v\",\"v\":\"k\"}\n");
    assert_reads_as("a: &x [&x 1, *x]\nb: *x\n", "{\"a\":[1,1],\"b\":1}\n");
}

static void yaml_anchors_misused_areErrors(void **state)
{
    (void)state;
    assert_problems("a: *x\nb: &x 1\n", "1:4 EPARSE alias *x has no anchor before it\n");
    assert_problems("a: &x [1, *x]\n", "1:11 EPARSE alias *x stands inside its own anchor\n");
    assert_problems("a: &x 1\n---\nb: *x\n", "3:4 EPARSE alias *x has no anchor before it\n");
    assert_problems("a: &x [1]\n*x : 2\n", "2:1 EPARSE a key is a list or map\n");
    assert_problems("a: &x ~\n*x : 2\n",
                    "2:1 EPARSE a key is null; keys are text, numbers or booleans\n");
}

static void yaml_merge_order_decidesAsInGo(void **state)
{
    (void)state;
    assert_reads_as("b: &b {x: 1, z: 2}\na:\n  <<: *b\n  x: 9\n",
                    "{\"a\":{\"x\":9,\"z\":2},\"b\":{\"x\":1,\"z\":2}}\n");
    assert_reads_as("<<: [{a: 1, b: 1}, {b: 2, c: 2}]\nc: 3\n", "{\"a\":1,\"b\":1,\"c\":3}\n");
    assert_reads_as("x: &x {k: 1}\nz: &z {k: 2}\nc:\n  <<: *x\n  <<: *z\n",
                    "{\"c\":{\"k\":2},\"x\":{\"k\":1},\"z\":{\"k\":2}}\n");
    assert_reads_as("<<: {}\n", "{}\n");
    assert_reads_as("!!merge <<: {a: 1}\n", "{\"a\":1}\n");
    assert_reads_as("\"<<\": {a: 1}\n", "{\"<<\":{\"a\":1}}\n");
    assert_reads_as("- <<\n", "[\"<<\"]\n");
}

static void yaml_merge_ownKeyBeforeIt_isReplacedWithWarning(void **state)
{
    reading out;
    (void)state;
    read_string(&out, "b: &b {x: 1}\na:\n  x: 9\n  <<: *b\n");
    assert_string_equal(out.documents, "{\"a\":{\"x\":1},\"b\":{\"x\":1}}\n");
    assert_string_equal(out.problems,
                        "3:3 warning key \"x\" is replaced by the merge (<<) after it\n");
    assert_problems("x: 1\n<<: {x: 2}\nx: 3\n",
                    "1:1 warning key \"x\" is replaced by the merge (<<) after it\n"
                    "3:1 EDUPLICATE duplicate key \"x\" in lines 1 and 3\n");
}

static void yaml_merge_ofWhatIsNoMap_isError(void **state)
{
    static const char expected[] =
        "2:5 EPARSE the value of a merge key (<<) is no map and no list of maps\n";
    (void)state;
    assert_problems("a: &a [{x: 1}]\n<<: foo\n", expected);
    assert_problems("a: &a [{x: 1}]\n<<: *a\n", expected);
    assert_problems("a: &a [{x: 1}]\n<<: [{x: 1}, 2]\n", expected);
    assert_problems("a: &a 1\n<<: *a\n", expected);
}

static void yaml_keys_twice_nameBothLines(void **state)
{
    (void)state;
    assert_problems("a: 1\nb: 2\na: 3\n", "3:1 EDUPLICATE duplicate key \"a\" in lines 1 and 3\n");
    assert_problems("x:\n  on: a\n  \"true\": b\n",
                    "3:3 EDUPLICATE duplicate key \"true\" in lines 2 and 3\n");
    assert_problems("0x1: a\n1: b\n'1': c\n",
                    "2:1 EDUPLICATE duplicate key \"1\" in lines 1 and 2\n"
                    "3:1 EDUPLICATE duplicate key \"1\" in lines 2 and 3\n");
    assert_problems("a: {b: 1, b: 2}\nc: {d: 1, d: 2}\n",
                    "1:11 EDUPLICATE duplicate key \"b\" in lines 1 and 1\n"
                    "2:11 EDUPLICATE duplicate key \"d\" in lines 2 and 2\n");
}

static void yaml_keys_thatAreNoText_areErrors(void **state)
{
    (void)state;
    assert_problems("? [a]\n: x\n", "1:3 EPARSE a key is a list or map; text that starts with { "
                                    "or [ must be quoted\n");
    assert_problems("~: 1\nnull: 2\n",
                    "1:1 EPARSE a key is null; keys are text, numbers or booleans\n"
                    "2:1 EPARSE a key is null; keys are text, numbers or booleans\n");
    assert_problems("18446744073709551615: x\n",
                    "1:1 EPARSE a key is an integer beyond 64 bits with a sign\n");
}

static void yaml_errors_inSeveralDocuments_areAllReported(void **state)
{
    reading out;
    (void)state;
    read_string(&out, "a: [\n---\nb: 1\n---\nc: \"x\n--- # next\nd: 2\n---\n? {}\n: 1\n---\n"
                      "e: 3\n");
    assert_string_equal(out.documents, "{\"b\":1}\n{\"d\":2}\n{\"e\":3}\n");
    assert_string_equal(
        out.problems,
        "2:1 EPARSE did not find expected node content while parsing a flow node\n"
        "6:1 EPARSE found unexpected document indicator while scanning a quoted scalar that starts "
        "in line 5\n"
        "9:3 EPARSE a key is a list or map; text that starts with { or [ must be quoted\n");
}

static void yaml_errors_farAhead_doNotHideEarlierDocuments(void **state)
{
    reading out;
    (void)state;
    read_string(&out, "a: 1\n---\nb: \x01\n---\nc: 3\n---\nd: \xFF\n---\n\xC3\xA9: ok\n");
    assert_string_equal(out.documents, "{\"a\":1}\n{\"c\":3}\n{\"\xC3\xA9\":\"ok\"}\n");
    assert_string_equal(out.problems, "3:4 EPARSE character U+0001 is not allowed in YAML\n"
                                      "7:4 EPARSE text is not UTF-8\n");
}

static void yaml_errors_beforeDirectives_keepThemWithTheirDocument(void **state)
{
    reading out;
    (void)state;
    read_string(&out, "a: ]\n...\n%TAG !e! tag:yaml.org,2002:\n---\nb: !e!str 1\n");
    assert_string_equal(out.documents, "{\"b\":\"1\"}\n");
    assert_string_equal(out.problems,
                        "1:4 EPARSE did not find expected node content while parsing a block "
                        "node\n");
    assert_problems("%FOO bar\n---\na: 1\n",
                    "1:5 EPARSE found unknown directive name while scanning a directive\n");
}

static void yaml_errors_colonInFlow_hintsAtQuotes(void **state)
{
    (void)state;
    assert_problems("a: {x:, z: 1}\n", "1:6 EPARSE found unexpected ':' (quote this value) while "
                                       "scanning a plain scalar\n");
}

static void yaml_limits_crossed_nameThemselves(void **state)
{
    gitops_limits limits;
    reading out;
    (void)state;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_depth = 3;
    limits.max_flow_depth = 2;
    limits.max_nodes = 10;
    limits.max_expanded_nodes = 12;
    limits.max_documents = 2;
    limits.max_file_bytes = 100;
    read_limited(&out, "- - - 1\n---\n- - - - 1\n", 22, &limits);
    assert_string_equal(out.documents, "[[[1]]]\n");
    assert_string_equal(out.problems, "3:7 ELIMIT document is nested more than 3 levels deep "
                                      "(limit max_depth)\n");
    read_limited(&out, "[[[a]]]\n", 8, &limits);
    assert_string_equal(out.problems, "1:3 ELIMIT flow collections are nested more than 2 levels "
                                      "deep (limit max_flow_depth)\n");
    read_limited(&out, "[1,2,3,4,5,6,7,8,9]\n---\n- [1,2,3,4,5,6,7,8,9]\n", 46, &limits);
    assert_string_equal(out.documents, "[1,2,3,4,5,6,7,8,9]\n");
    assert_string_equal(out.problems,
                        "3:20 ELIMIT document has more than 10 nodes (limit max_nodes)\n");
    read_limited(&out, "a\n---\nb\n---\nc\n", 14, &limits);
    assert_string_equal(out.documents, "\"a\"\n\"b\"\n");
    assert_string_equal(out.problems,
                        "4:1 ELIMIT text has more than 2 documents (limit max_documents)\n");
    read_limited(&out, "- &a [[1]]\n- - *a\n", 18, &limits);
    assert_string_equal(out.problems, "2:5 ELIMIT alias nests the document more than 3 levels deep "
                                      "(limit max_depth)\n");
    read_limited(&out, "- &a [1,2,3]\n- *a\n- *a\n", 23, &limits);
    assert_string_equal(out.problems, "3:3 ELIMIT aliases expand the document to more than 12 nodes "
                                      "(limit max_expanded_nodes)\n");
}

static void yaml_limits_fileBytes_isReportedOnOpening(void **state)
{
    gitops_limits limits;
    reading out;
    (void)state;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_file_bytes = 4;
    read_limited(&out, "a: 1\n", 5, &limits);
    assert_string_equal(out.documents, "");
    assert_string_equal(out.problems,
                        "0:0 ELIMIT text has 5 bytes, more than 4 (limit max_file_bytes)\n");
}

static void yaml_limits_textByAliases_isLimited(void **state)
{
    gitops_limits limits;
    reading out;
    (void)state;
    memset(&limits, 0, sizeof limits);
    limits.struct_size = sizeof limits;
    limits.max_file_bytes = 40;
    read_limited(&out, "- &a abcdefghij\n- *a\n- *a\n- *a\n- *a\n", 36, &limits);
    assert_string_equal(out.problems, "5:3 ELIMIT aliases expand the document to more than 40 "
                                      "bytes of text (limit max_file_bytes)\n");
    read_limited(&out, "- &a {abcdefghij: 1}\n- *a\n- *a\n- *a\n", 36, &limits);
    assert_string_equal(out.problems, "4:3 ELIMIT aliases expand the document to more than 40 "
                                      "bytes of text (limit max_file_bytes)\n");
}

/* Appends text times times. */
static char *repeat(const char *head, const char *text, int times)
{
    size_t used = strlen(head), length = strlen(text);
    char *out = malloc(used + length * (size_t)times + 1);
    assert_non_null(out);
    memcpy(out, head, used + 1);
    for (int i = 0; i < times; i++, used += length)
        memcpy(out + used, text, length + 1);
    return out;
}

static void assert_first_problem(char *text, const char *expected)
{
    reading out;
    read_string(&out, text);
    out.problems[strlen(expected)] = '\0';
    assert_string_equal(out.problems, expected);
    free(text);
}

static void yaml_limits_hostileTexts_endAtOnce(void **state)
{
    (void)state;
    assert_first_problem(repeat("a: ", "[", 200000), "1:104 ELIMIT flow collections are nested");
    assert_first_problem(repeat("", "- ", 100000), "1:2001 ELIMIT document is nested");
    assert_first_problem(repeat("", "? ", 100000), "1:3 EPARSE a key is a list or map");
    assert_first_problem(repeat("", "[", 100000), "1:1001 ELIMIT document is nested");
    assert_first_problem(repeat("", "%TAG !a! tag:\n", 20000),
                         "101:1 ELIMIT more than 100 directives");
    assert_first_problem(repeat("%YAML 1.1", " ", 2000), "1:1 ELIMIT more than 100 directives");
}

static void yaml_aliases_excessive_areRefusedAsInGo(void **state)
{
    static const char three[] = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
                                "a1: &a1 [*a0,*a0,*a0,*a0,*a0,*a0,*a0,*a0,*a0,*a0]\n"
                                "a2: &a2 [*a1,*a1,*a1,*a1,*a1,*a1,*a1,*a1,*a1,*a1]\n";
    char four[512];
    reading out;
    (void)state;
    read_string(&out, three);
    assert_string_equal(out.problems, "");
    strcpy(four, three);
    strcat(four, "a3: &a3 [*a2,*a2,*a2,*a2,*a2,*a2,*a2,*a2,*a2,*a2]\n");
    assert_problems(four, "4:18 ELIMIT document contains excessive aliasing, which tools of "
                    "Kubernetes refuse as well\n");
}

static void yaml_directives_manyInContent_areContent(void **state)
{
    char *text = repeat("a: |\n", "  %x\n", 500);
    reading out;
    (void)state;
    read_string(&out, text);
    assert_string_equal(out.problems, "");
    free(text);
}

static void yaml_scalars_styles_areTakenAsTheyAre(void **state)
{
    (void)state;
    assert_reads_as("a: |2\n    x\n  y\nb: >\n  x\n  y\n\n   z\nc: |-\n  1\n",
                    "{\"a\":\"  x\\ny\\n\",\"b\":\"x y\\n\\n z\\n\",\"c\":\"1\"}\n");
    assert_reads_as("a: \"\\0\\e\\x41\\u00e9\\U0001F600\"\nb: 'it''s'\n",
                    "{\"a\":\"\\u0000\\u001bA\xC3\xA9\xF0\x9F\x98\x80\",\"b\":\"it's\"}\n");
    /* As tools of Kubernetes do, the reader ends the last line. */
    assert_reads_as("a: |+\n  x", "{\"a\":\"x\\n\"}\n");
    assert_reads_as("a: |-\n  x", "{\"a\":\"x\"}\n");
    assert_reads_as("a: >\n  x", "{\"a\":\"x\\n\"}\n");
    assert_reads_as("a: &x |\n  x", "{\"a\":\"x\\n\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_documents_separators_areThoseOfYaml),
        cmocka_unit_test(yaml_documents_withoutContent_giveNothing),
        cmocka_unit_test(yaml_text_encodings_areReadOrRefused),
        cmocka_unit_test(yaml_anchors_aliases_shareTheirContent),
        cmocka_unit_test(yaml_anchors_misused_areErrors),
        cmocka_unit_test(yaml_merge_order_decidesAsInGo),
        cmocka_unit_test(yaml_merge_ownKeyBeforeIt_isReplacedWithWarning),
        cmocka_unit_test(yaml_merge_ofWhatIsNoMap_isError),
        cmocka_unit_test(yaml_keys_twice_nameBothLines),
        cmocka_unit_test(yaml_keys_thatAreNoText_areErrors),
        cmocka_unit_test(yaml_errors_inSeveralDocuments_areAllReported),
        cmocka_unit_test(yaml_errors_farAhead_doNotHideEarlierDocuments),
        cmocka_unit_test(yaml_errors_beforeDirectives_keepThemWithTheirDocument),
        cmocka_unit_test(yaml_errors_colonInFlow_hintsAtQuotes),
        cmocka_unit_test(yaml_limits_crossed_nameThemselves),
        cmocka_unit_test(yaml_limits_fileBytes_isReportedOnOpening),
        cmocka_unit_test(yaml_limits_textByAliases_isLimited),
        cmocka_unit_test(yaml_limits_hostileTexts_endAtOnce),
        cmocka_unit_test(yaml_aliases_excessive_areRefusedAsInGo),
        cmocka_unit_test(yaml_directives_manyInContent_areContent),
        cmocka_unit_test(yaml_scalars_styles_areTakenAsTheyAre),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
