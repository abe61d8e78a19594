/* instant: offsets, fractions, the calendar, and what is none. */
#include "support.h"

#include "manifest/instant.h"

static int equal(const char *a, const char *b)
{
    gitops_value x = {0}, y = {0};
    gops_value_set_string(&x, a, (uint32_t)strlen(a));
    gops_value_set_string(&y, b, (uint32_t)strlen(b));
    int result = gops_instant_equal(&x, &y);
    assert_int_equal(gops_instant_equal(&y, &x), result);
    return result;
}

static void equal_sameInstantInOtherWords_equal(void **state)
{
    static const char *const pairs[][2] = {
        {"2024-05-01T12:00:00Z", "2024-05-01T12:00:00+00:00"},
        {"2024-05-01T12:00:00Z", "2024-05-01T12:00:00-00:00"},
        {"2024-05-01T12:00:00Z", "2024-05-01T13:00:00+01:00"},
        {"2024-05-01T12:00:00Z", "2024-05-01T06:15:00-05:45"},
        {"2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00Z"},
        {"2023-12-31T23:30:00-01:00", "2024-01-01T00:30:00Z"},
        {"1900-02-28T23:30:00-01:00", "1900-03-01T00:30:00Z"},
        {"2000-02-28T23:30:00-01:00", "2000-02-29T00:30:00Z"},
        {"0000-03-01T00:00:00Z", "0000-02-29T23:00:00-01:00"},
        {"1969-12-31T23:59:59Z", "1970-01-01T00:59:59+01:00"},
        {"2024-05-01T12:00:00.5Z", "2024-05-01T12:00:00.500000Z"},
        {"2024-05-01T12:00:00.000Z", "2024-05-01T12:00:00Z"},
        {"2024-05-01T12:00:00.1234567890123Z", "2024-05-01T13:00:00.1234567890123+01:00"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!equal(pairs[i][0], pairs[i][1]))
            fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
}

static void equal_otherInstant_different(void **state)
{
    (void)state;
    assert_false(equal("2024-05-01T12:00:00Z", "2024-05-01T12:00:01Z"));
    assert_false(equal("2024-05-01T12:00:00Z", "2024-05-01T12:00:00+01:00"));
    assert_false(equal("2024-05-01T12:00:00.5Z", "2024-05-01T12:00:00.05Z"));
    assert_false(equal("2024-05-01T12:00:00.5Z", "2024-05-01T12:00:00Z"));
    assert_false(equal("2024-05-01T12:00:00Z", "2025-05-01T12:00:00Z"));
}

static void equal_noInstant_onlyTheSameText(void **state)
{
    static const char *const texts[] = {"",
                                        "2024-05-01",
                                        "2024-05-01T12:00:00",
                                        "2024-05-01T12:00:00z",
                                        "2024-05-01t12:00:00Z",
                                        "2024-05-01 12:00:00Z",
                                        "2024-05-01T12:00:00Z ",
                                        "2024-05-01T12:00:60Z",
                                        "2024-05-01T24:00:00Z",
                                        "2024-05-01T12:60:00Z",
                                        "2024-00-01T12:00:00Z",
                                        "2024-13-01T12:00:00Z",
                                        "2023-02-29T12:00:00Z",
                                        "1900-02-29T12:00:00Z",
                                        "2024-04-31T12:00:00Z",
                                        "2024-05-00T12:00:00Z",
                                        "2024-05-01T12:00:00.Z",
                                        "2024-05-01T12:00:00+1:00",
                                        "2024-05-01T12:00:00+01:60",
                                        "2024-05-01T12:00:00+24:00",
                                        "2024-05-01T12:00:00+0100",
                                        "2024-05-01T12:00:00.5",
                                        "+024-05-01T12:00:00Z"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(equal(texts[i], texts[i]));
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            assert_int_equal(equal(texts[i], texts[k]), i == k);
        assert_false(equal(texts[i], "2024-05-01T12:00:00Z"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_sameInstantInOtherWords_equal),
        cmocka_unit_test(equal_otherInstant_different),
        cmocka_unit_test(equal_noInstant_onlyTheSameText),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
