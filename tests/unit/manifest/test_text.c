/* text: newlines at the end, upper and lower case, versions. */
#include "support.h"

#include "manifest/text.h"

typedef int (*equal_fn)(const gitops_value *a, const gitops_value *b);

static gitops_value text_value(const char *text)
{
    gitops_value value;
    memset(&value, 0, sizeof value);
    gops_value_set_string(&value, text, (uint32_t)strlen(text));
    return value;
}

static int equal(equal_fn fn, const char *a, const char *b)
{
    gitops_value x = text_value(a), y = text_value(b);
    int result = fn(&x, &y);
    assert_int_equal(fn(&y, &x), result);
    return result;
}

static void newline_oneAtTheEnd_doesNotCount(void **state)
{
    (void)state;
    assert_true(equal(gops_text_newline_equal, "a\n", "a"));
    assert_true(equal(gops_text_newline_equal, "\n", ""));
    assert_true(equal(gops_text_newline_equal, "a\n\n", "a\n\n"));
    assert_false(equal(gops_text_newline_equal, "a\n\n", "a"));
    assert_false(equal(gops_text_newline_equal, "a ", "a"));
    assert_false(equal(gops_text_newline_equal, "\na", "a"));
}

static void case_ofAsciiLetters_doesNotCount(void **state)
{
    (void)state;
    assert_true(equal(gops_text_case_equal, "ReadWrite", "readwrite"));
    assert_true(equal(gops_text_case_equal, "", ""));
    assert_false(equal(gops_text_case_equal, "a", "ab"));
    assert_false(equal(gops_text_case_equal, "@", "`"));
    assert_false(equal(gops_text_case_equal, "\xc3\x84", "\xc3\xa4"));
}

static void semver_sameVersion_equal(void **state)
{
    static const char *const pairs[][2] = {
        {"v1.2.3", "1.2.3"},       {"1.2", "1.2.0"},          {"v1", "1.0.0"},
        {"1.2.3+a", "1.2.3+b.1"},  {"1.2.3-rc.1", "v1.2.3-rc.1+x"},
        {"1.02.3", "1.2.3"},       {"latest", "latest"},
        {"99999999999999999999999.0.0", "v99999999999999999999999"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!equal(gops_text_semver_equal, pairs[i][0], pairs[i][1]))
            fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
}

static void semver_otherVersion_different(void **state)
{
    static const char *const pairs[][2] = {
        {"1.2.3", "1.2.4"}, {"1.2.3-rc.1", "1.2.3"}, {"1.2.3-rc.1", "1.2.3-rc.2"},
        {"1.2.3.4", "1.2.3"}, {"1.", "1"}, {"1.2.3-", "1.2.3"}, {"1.2.3+", "1.2.3"},
        {"vv1", "1"}, {"", "0"}, {"v", "0"}, {"latest", "stable"}, {"1.2.3 ", "1.2.3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (equal(gops_text_semver_equal, pairs[i][0], pairs[i][1]))
            fail_msg("%s is %s", pairs[i][0], pairs[i][1]);
}

static void text_noStrings_different(void **state)
{
    static const equal_fn all[] = {gops_text_newline_equal, gops_text_case_equal,
                                   gops_text_semver_equal};
    gitops_value number, text = text_value("1");
    (void)state;
    memset(&number, 0, sizeof number);
    gops_value_set_number(&number, "1", 1);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_false(all[i](&number, &text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newline_oneAtTheEnd_doesNotCount),
        cmocka_unit_test(case_ofAsciiLetters_doesNotCount),
        cmocka_unit_test(semver_sameVersion_equal),
        cmocka_unit_test(semver_otherVersion_different),
        cmocka_unit_test(text_noStrings_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
