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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encode_vectors_asInRfc),
        cmocka_unit_test(size_tooLong_isNone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
