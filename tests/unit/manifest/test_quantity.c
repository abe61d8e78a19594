/* quantity: Kubernetes' own cases, rounding and numbers of any length. */
#include "support.h"

#include <stdio.h>

#include "manifest/quantity.h"

static gitops_value text_value(const char *text)
{
    gitops_value value;
    memset(&value, 0, sizeof value);
    gops_value_set_string(&value, text, (uint32_t)strlen(text));
    return value;
}

static gitops_value number_value(const char *text)
{
    gitops_value value;
    memset(&value, 0, sizeof value);
    gops_value_set_number(&value, text, (uint32_t)strlen(text));
    return value;
}

static int equal(const char *a, const char *b)
{
    gitops_value x = text_value(a), y = text_value(b);
    int result = gops_quantity_equal(&x, &y);
    assert_int_equal(gops_quantity_equal(&y, &x), result);
    return result;
}

static void equal_sameAmountInOtherWords_equal(void **state)
{
    static const char *const pairs[][2] = {
        {"1000m", "1"},
        {"0.5", "500m"},
        {"1Gi", "1024Mi"},
        {"1Gi", "1073741824"},
        {"1k", "1000"},
        {"1e3", "1k"},
        {"1E3", "1k"},
        {"1E", "1e18"},
        {"1.", "1"},
        {".5", "0.50"},
        {"+1", "1"},
        {"-0", "0"},
        {"-1500m", "-1.5"},
        {"0Ki", "0"},
        {"1e-3", "1m"},
        {"1u", "1000n"},
        {"0.5Ki", "512"},
        {"1.5Gi", "1536Mi"},
        {"00012", "12"},
        {"12000m", "12"},
        {"1e+3", "1000"},
        {"1P", "1000T"},
        {"100.035Ki", "102435.84"},
        {"1Ei", "1024Pi"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!equal(pairs[i][0], pairs[i][1]))
            fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
}

static void equal_otherAmount_different(void **state)
{
    static const char *const pairs[][2] = {
        {"1", "2"},
        {"1", "-1"},
        {"1m", "1M"},
        {"1Ki", "1k"},
        {"0", "1n"},
        {"1", "1.000000001"},
        {"100m", "1000m"},
        {"10", "1"},
        {"12", "21"},
        {"1e2147483647", "1e2147483646"},
        {"1e1000000", "1"},
        {"-1Ki", "1Ki"},
        {"1000000000000000000000", "1000000000000000000001"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (equal(pairs[i][0], pairs[i][1]))
            fail_msg("%s is %s", pairs[i][0], pairs[i][1]);
}

static void equal_finerThanNano_roundedUp(void **state)
{
    static const char *const pairs[][2] = {
        {"3.001n", "4n"},
        {"0.0000000005", "1n"},
        {"1e-30", "1n"},
        {"-1e-30", "-1n"},
        {"1.9999999991", "2"},
        {"9.9999999999", "10"},
        {"0.9999999990000001", "1"},
        {"99999999999999999999.9999999991", "100000000000000000000"},
        {"1.0000000010000", "1.000000001"},
        {"0.000000000001Ki", "2n"},
        {"0.99999999999999999999Ki", "1Ki"},
        {"123456789012345678901234567890.0000000001", "123456789012345678901234567890.000000001"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!equal(pairs[i][0], pairs[i][1]))
            fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
}

static void resourceEqual_finerThanMilli_roundedUp(void **state)
{
    gitops_value a = text_value("100.5m"), b = text_value("101m"), c = text_value("100m");
    gitops_value tiny = text_value("1n"), milli = text_value("1m"), near = text_value("0.9999");
    gitops_value one = text_value("1");
    (void)state;
    assert_true(gops_resource_equal(&a, &b));
    assert_false(gops_resource_equal(&a, &c));
    assert_false(gops_quantity_equal(&a, &b));
    assert_true(gops_resource_equal(&tiny, &milli));
    assert_true(gops_resource_equal(&near, &one));
}

static void equal_binaryBeyondInt64_capped(void **state)
{
    (void)state;
    assert_true(equal("9Ei", "9223372036854775807"));
    assert_true(equal("9223372036854775807Ki", "8Ei"));
    assert_true(equal("7.9999999999999999999999Ei", "9223372036854775807"));
    assert_true(equal("-9Ei", "-9223372036854775807"));
    assert_true(equal("99999999999999999999999999999999Ki", "8Ei"));
    assert_false(equal("7Ei", "8Ei"));
    assert_false(equal("1e30", "8Ei"));
}

static void equal_numbers_areQuantities(void **state)
{
    (void)state;
    gitops_value text = text_value("200m"), other = text_value("1Gi");
    gitops_value number = number_value("0.2"), large = number_value("1.073741824e9");
    assert_true(gops_quantity_equal(&number, &text));
    assert_true(gops_quantity_equal(&large, &other));
    assert_false(gops_quantity_equal(&number, &other));
}

static void equal_invalidText_comparedAsItIs(void **state)
{
    static const char *const invalid[] = {"",     "m",     "+",     ".",   "1i",    "1 ",
                                          " 1",   "1.1.M", "0.1am", "1e",  "1e+",   "1e-",
                                          "1ki",  "1Mii",  "1e3.5", "--1", "1e3Ki", "1e2147483648",
                                          "0x10", "1_000", "1K"};
    (void)state;
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        assert_true(equal(invalid[i], invalid[i]));
        for (size_t j = 0; j < i; j++)
            assert_false(equal(invalid[i], invalid[j]));
        assert_false(equal(invalid[i], "1"));
        assert_false(equal(invalid[i], "0"));
    }
    assert_false(equal("0.1am", "0.10am"));
}

static void equal_otherKinds_comparedAsTheyAre(void **state)
{
    gitops_value null, yes, one = text_value("1");
    (void)state;
    memset(&null, 0, sizeof null);
    memset(&yes, 0, sizeof yes);
    gops_value_set_null(&null);
    gops_value_set_bool(&yes, 1);
    assert_true(gops_quantity_equal(&null, &null));
    assert_false(gops_quantity_equal(&null, &one));
    assert_false(gops_quantity_equal(&yes, &one));
    assert_true(gops_quantity_equal(NULL, NULL));
    assert_false(gops_quantity_equal(NULL, &one));
}

static void equal_veryLongText_takesNoMemory(void **state)
{
    enum { LONG = 100000 };
    char *a = malloc(LONG + 8), *b = malloc(LONG + 8);
    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    memset(a, '9', LONG);
    strcpy(a + LONG, "e-9");
    memset(b, '9', LONG);
    memcpy(b + LONG - 9, ".999999999", 11);
    assert_true(equal(a, b));
    b[LONG] = '8';
    assert_false(equal(a, b));
    strcpy(b + LONG, "99999"); /* more nines: rounds up to a power of ten */
    assert_false(equal(a, b));
    free(a);
    free(b);
}

static const char *string_of(const gitops_value *row, const char *name, char *out)
{
    size_t length;
    const char *text = gops_value_member_text(row, name, &length);
    if (!text || length == 0 || length > 60)
        return NULL;
    memcpy(out, text, length);
    out[length] = '\0';
    return out;
}

static void check_parse_cases(const gitops_value *root)
{
    const gitops_value *rows = gitops_value_at(root, "/parse");
    char input[64], mantissa[64], expected[128];
    assert_true(gitops_value_count(rows) > 50);
    for (size_t i = 0; i < gitops_value_count(rows); i++) {
        const gitops_value *row = gitops_value_item(rows, i);
        int64_t exponent = 0;
        assert_non_null(string_of(row, "input", input));
        assert_non_null(string_of(row, "mantissa", mantissa));
        assert_int_equal(gitops_value_int64(gitops_value_at(row, "/exp10"), &exponent), 0);
        snprintf(expected, sizeof expected, "%se%d", mantissa, (int)exponent);
        if (!equal(input, expected))
            fail_msg("%s is not %s", input, expected);
    }
}

/* Rows whose members a and b are the same amount. A row without b (or with "") is passed over. */
static void check_pairs(const gitops_value *root, const char *list, const char *a, const char *b)
{
    const gitops_value *rows = gitops_value_at(root, list);
    char left[64], right[64];
    assert_true(gitops_value_count(rows) > 0);
    for (size_t i = 0; i < gitops_value_count(rows); i++) {
        const gitops_value *row = gitops_value_item(rows, i);
        assert_non_null(string_of(row, a, left));
        if (string_of(row, b, right) && !equal(left, right))
            fail_msg("%s is not %s", left, right);
    }
}

static void check_compare_cases(const gitops_value *root)
{
    const gitops_value *rows = gitops_value_at(root, "/compare");
    char x[64], y[64];
    for (size_t i = 0; i < gitops_value_count(rows); i++) {
        const gitops_value *row = gitops_value_item(rows, i);
        int64_t order = 0;
        assert_non_null(string_of(row, "x", x));
        assert_non_null(string_of(row, "y", y));
        assert_int_equal(gitops_value_int64(gitops_value_at(row, "/cmp"), &order), 0);
        assert_int_equal(equal(x, y), order == 0);
    }
}

static void corpus_everyCase_asKubernetesReadsIt(void **state)
{
    const char *corpora = support_corpora();
    char path[1200];
    size_t length;
    (void)state;
    if (!corpora)
        skip();
    snprintf(path, sizeof path, "%s/k8s-quantity/cases.json", corpora);
    char *text = support_read_file(path, &length);
    assert_non_null(text);
    gitops_context *context = support_context_new();
    gitops_document *document = NULL;
    assert_int_equal(gitops_document_parse(&document, context, text, length, path, NULL), 0);
    const gitops_value *root = gitops_document_root(document);
    check_parse_cases(root);
    check_pairs(root, "/canonicalize", "input", "canonical");
    check_pairs(root, "/format", "canonical", "alternate");
    check_compare_cases(root);
    const gitops_value *invalid = gitops_value_at(root, "/invalid");
    assert_true(gitops_value_count(invalid) > 0);
    for (size_t i = 0; i < gitops_value_count(invalid); i++) {
        gitops_value one = text_value("1");
        assert_false(gops_quantity_equal(gitops_value_item(invalid, i), &one));
    }
    gitops_document_free(document);
    support_context_free(context);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_sameAmountInOtherWords_equal),
        cmocka_unit_test(equal_otherAmount_different),
        cmocka_unit_test(equal_finerThanNano_roundedUp),
        cmocka_unit_test(resourceEqual_finerThanMilli_roundedUp),
        cmocka_unit_test(equal_binaryBeyondInt64_capped),
        cmocka_unit_test(equal_numbers_areQuantities),
        cmocka_unit_test(equal_invalidText_comparedAsItIs),
        cmocka_unit_test(equal_otherKinds_comparedAsTheyAre),
        cmocka_unit_test(equal_veryLongText_takesNoMemory),
        cmocka_unit_test(corpus_everyCase_asKubernetesReadsIt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
