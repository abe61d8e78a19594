/* Base64: the vectors of RFC 4648, and bytes of every value. */
#include "support.h"

#include "base/base64.h"

static void encode_vectors_asInRfc(void **state)
{
    static const char *const vectors[][2] = {{"", ""},         {"f", "Zg=="},
                                             {"fo", "Zm8="},   {"foo", "Zm9v"},
                                             {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
                                             {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfb", "//77"}};
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char text[16] = "";
        size_t length = strlen(vectors[i][0]);
        assert_int_equal(gops_base64_size(length), strlen(vectors[i][1]));
        gops_base64_encode(text, vectors[i][0], length);
        assert_string_equal(text, vectors[i][1]);
    }
}

static void size_tooLong_isNone(void **state)
{
    (void)state;
    assert_int_equal(gops_base64_size(SIZE_MAX), 0);
    assert_int_equal(gops_base64_size(SIZE_MAX / 4 * 3), SIZE_MAX / 4 * 4);
}

static int same(const char *a, const char *b)
{
    int result = gops_base64_same(a, strlen(a), b, strlen(b));
    assert_int_equal(gops_base64_same(b, strlen(b), a, strlen(a)), result);
    return result;
}

static void same_otherSpelling_equal(void **state)
{
    (void)state;
    assert_int_equal(same("Zm9v", "Zm9v"), 1);
    assert_int_equal(same("Zg==", "Zg"), 1);
    assert_int_equal(same("Zm9vYg==", "Zm9v\nYg ="), 1);
    assert_int_equal(same("Zg==", "Zh=="), 1);
    assert_int_equal(same("Zm8=", "Zm9="), 1);
    assert_int_equal(same("", "  "), 1);
}

static void same_otherBytesOrNoBase64_different(void **state)
{
    (void)state;
    assert_int_equal(same("Zm9v", "Zm9w"), 0);
    assert_int_equal(same("Zg==", "Zm8="), 0);
    assert_int_equal(same("Zg==", "Zw=="), 0);
    assert_int_equal(same("", "Zg=="), 0);
    assert_int_equal(same("a!b", "a!b "), 0);
    assert_int_equal(same("Zm9vY", "Zm9vY "), 0);
    assert_int_equal(same("Z=g=", "Zg=="), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encode_vectors_asInRfc),
        cmocka_unit_test(size_tooLong_isNone),
        cmocka_unit_test(same_otherSpelling_equal),
        cmocka_unit_test(same_otherBytesOrNoBase64_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
