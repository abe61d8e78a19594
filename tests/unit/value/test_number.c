/* Exact decimal numbers. */
#include "support.h"

#include <math.h>

#include "value/number.h"
#include "value/value.h"

static void number_parse_grammar_isThatOfJson(void **state)
{
    static const char *const good[] = {"0", "-0", "1", "10", "0.5", "-1.25e+3", "1E5", "1e-0"};
    static const char *const bad[] = {"", "-", "01", "+1", ".5", "1.", "1e", "1e+", "1 ", "0x1",
                                      "--1", "1.e3", "NaN"};
    gops_number number;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(gops_number_parse(&number, good[i], strlen(good[i])), 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(gops_number_parse(&number, bad[i], strlen(bad[i])), 0);
}

static void assert_canonical(const char *text, const char *expected)
{
    gops_number number;
    char canonical[128];
    assert_int_equal(gops_number_parse(&number, text, strlen(text)), 1);
    size_t length = gops_number_canonical(&number, canonical);
    assert_string_equal(canonical, expected);
    assert_int_equal(length, strlen(expected));
}

static void number_canonical_spellingsOfOneValue_areOne(void **state)
{
    (void)state;
    assert_canonical("0", "0");
    assert_canonical("-0.000e9", "0");
    assert_canonical("1", "1e0");
    assert_canonical("1.0", "1e0");
    assert_canonical("0.1e1", "1e0");
    assert_canonical("100", "1e2");
    assert_canonical("1e2", "1e2");
    assert_canonical("-12.340", "-1234e-2");
    assert_canonical("100.001", "100001e-3");
    assert_canonical("1e-9223372036854775807", "1e-4611686018427387903");
}

static void assert_same(const char *a, const char *b, int same)
{
    gitops_value left, right;
    gops_value_set_number(&left, a, (uint32_t)strlen(a));
    gops_value_set_number(&right, b, (uint32_t)strlen(b));
    assert_int_equal(gops_value_same(&left, &right), same);
}

static void number_digest_exactValue_decides(void **state)
{
    (void)state;
    assert_same("1", "1.00", 1);
    assert_same("1e3", "1000", 1);
    assert_same("0", "-0.0", 1);
    assert_same("0.1", "0.10000000000000000000000000000000001", 0);
    assert_same("9007199254740992", "9007199254740993", 0);
    assert_same("1", "-1", 0);
    assert_same("1", "10", 0);
}

static void assert_int64(const char *text, int rc, int64_t expected)
{
    gitops_value value;
    int64_t got = 0;
    gops_value_set_number(&value, text, (uint32_t)strlen(text));
    assert_int_equal(gitops_value_int64(&value, &got), rc);
    if (rc == 0)
        assert_true(got == expected);
}

static void number_int64_atItsLimits_isExact(void **state)
{
    gitops_value value;
    uint64_t big = 0;
    (void)state;
    assert_int64("9223372036854775807", 0, INT64_MAX);
    assert_int64("9223372036854775808", GITOPS_EINVAL, 0);
    assert_int64("-9223372036854775808", 0, INT64_MIN);
    assert_int64("-9223372036854775809", GITOPS_EINVAL, 0);
    assert_int64("1.5", GITOPS_EINVAL, 0);
    assert_int64("1.50e1", 0, 15);
    assert_int64("12e18", GITOPS_EINVAL, 0);
    assert_int64("-0", 0, 0);
    gops_value_set_number(&value, "18446744073709551615", 20);
    assert_int_equal(gitops_value_uint64(&value, &big), 0);
    assert_true(big == UINT64_MAX);
    gops_value_set_number(&value, "-1", 2);
    assert_int_equal(gitops_value_uint64(&value, &big), GITOPS_EINVAL);
}

static double double_of(const char *text)
{
    gops_number number;
    assert_int_equal(gops_number_parse(&number, text, strlen(text)), 1);
    return gops_number_double(&number);
}

static void number_double_isTheNearest(void **state)
{
    (void)state;
    assert_true(double_of("0.1") == 0.1);
    assert_true(double_of("-123.456e-7") == -123.456e-7);
    assert_true(double_of("5e-324") == 5e-324);
    assert_true(double_of("1e-400") == 0);
    assert_true(isinf(double_of("1e400")));
    assert_true(double_of("9007199254740993") == 9007199254740992.0);
}

static void number_inRange_limitOfDouble_decides(void **state)
{
    static const char *const in[] = {"0e999999", "1e308", "1.7976931348623157e308", "1e-999999",
                                     "17976931348623157e292"};
    static const char *const out[] = {"1e309", "1.7976931348623159e308", "-1e999999999999"};
    gops_number number;
    (void)state;
    for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
        assert_int_equal(gops_number_parse(&number, in[i], strlen(in[i])), 1);
        assert_int_equal(gops_number_in_range(&number), 1);
    }
    for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
        assert_int_equal(gops_number_parse(&number, out[i], strlen(out[i])), 1);
        assert_int_equal(gops_number_in_range(&number), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_parse_grammar_isThatOfJson),
        cmocka_unit_test(number_canonical_spellingsOfOneValue_areOne),
        cmocka_unit_test(number_digest_exactValue_decides),
        cmocka_unit_test(number_int64_atItsLimits_isExact),
        cmocka_unit_test(number_double_isTheNearest),
        cmocka_unit_test(number_inRange_limitOfDouble_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
