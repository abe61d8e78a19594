/* duration: the cases of Go's time.ParseDuration, and what is none. */
#include "support.h"

#include "manifest/duration.h"

static int equal(const char *a, const char *b)
{
    gitops_value x = {0}, y = {0};
    gops_value_set_string(&x, a, (uint32_t)strlen(a));
    gops_value_set_string(&y, b, (uint32_t)strlen(b));
    int result = gops_duration_equal(&x, &y);
    assert_int_equal(gops_duration_equal(&y, &x), result);
    return result;
}

static void equal_sameTimeInOtherWords_equal(void **state)
{
    static const char *const pairs[][2] = {
        {"1h", "60m"},
        {"1h0m0s", "3600s"},
        {"0", "0s"},
        {"-0", "+0h"},
        {"1.5h", "90m"},
        {"-1.5h", "-1h30m"},
        {"+5s", "5000ms"},
        {"1us", "1000ns"},
        {"1\xc2\xb5s", "1us"},
        {"1\xce\xbcs", "1us"},
        {".5s", "500ms"},
        {"1.s", "1s"},
        {"100ms100ms", "200ms"},
        {"0.3333333333333333333h", "20m"},
        {"9223372036854775807ns", "9223372036s854775807ns"},
        {"0.100000000000000000000h", "6m"},
        {"39h9m14.425s", "140954425ms"},
        {"52763797000ns", "52.763797s"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!equal(pairs[i][0], pairs[i][1]))
            fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
}

static void equal_otherTime_different(void **state)
{
    (void)state;
    assert_false(equal("1h", "61m"));
    assert_false(equal("1h", "-1h"));
    assert_false(equal("1m", "1ms"));
    assert_false(equal("1ns", "2ns"));
}

static void equal_noDuration_onlyTheSameText(void **state)
{
    static const char *const texts[] = {"",
                                        "3",
                                        "-",
                                        "s",
                                        ".",
                                        "-.",
                                        ".s",
                                        "+.s",
                                        "1d",
                                        "1 h",
                                        "1h ",
                                        "1H",
                                        "9223372036854775808ns",
                                        "9223372036854775.808us",
                                        "3000000h",
                                        "99999999999999999999s",
                                        "1e3s",
                                        "0x1s"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(equal(texts[i], texts[i]));
        assert_false(equal(texts[i], "0s"));
        assert_false(equal(texts[i], "1h"));
    }
}

static void equal_otherKinds_asValues(void **state)
{
    gitops_value text = {0}, number = {0}, same = {0};
    (void)state;
    gops_value_set_string(&text, "0", 1);
    gops_value_set_number(&number, "0", 1);
    gops_value_set_number(&same, "0.0", 3);
    assert_false(gops_duration_equal(&text, &number));
    assert_true(gops_duration_equal(&number, &same));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_sameTimeInOtherWords_equal),
        cmocka_unit_test(equal_otherTime_different),
        cmocka_unit_test(equal_noDuration_onlyTheSameText),
        cmocka_unit_test(equal_otherKinds_asValues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
