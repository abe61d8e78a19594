/* What is packed comes back; what is not there breaks the reader and nothing else. */
#include "support.h"

#include "base/pack.h"

static void pack_numbersAndTexts_comeBack(void **state)
{
    static const uint64_t numbers[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX,
                                       UINT64_C(1) << 63, UINT64_MAX};
    enum { COUNT = sizeof numbers / sizeof numbers[0] };
    gitops_context *context = support_context_new();
    gops_buffer out;
    size_t length;
    (void)state;
    gops_buffer_init(&out, context, 0);
    for (size_t i = 0; i < COUNT; i++)
        gops_pack_number(&out, numbers[i]);
    gops_pack_text(&out, "text", 4);
    gops_pack_text(&out, "", 0);
    assert_int_equal(out.status, 0);
    gops_unpack in = {out.data, out.data + out.length, 0};
    for (size_t i = 0; i < COUNT; i++)
        assert_true(gops_unpack_number(&in) == numbers[i]);
    const char *text = gops_unpack_text(&in, &length);
    assert_int_equal(length, 4);
    assert_memory_equal(text, "text", 4);
    assert_non_null(gops_unpack_text(&in, &length));
    assert_int_equal(length, 0);
    assert_int_equal(in.broken, 0);
    assert_ptr_equal(in.at, in.end);
    gops_buffer_release(&out);
    support_context_free(context);
}

static void unpack_beyondTheEnd_isBroken(void **state)
{
    size_t length;
    (void)state;
    gops_unpack nothing = {"", "", 0};
    assert_int_equal(gops_unpack_number(&nothing), 0);
    assert_int_equal(nothing.broken, 1);
    const char cut[] = "\x80";
    gops_unpack in = {cut, cut + 1, 0};
    gops_unpack_number(&in);
    assert_int_equal(in.broken, 1);
    const char text[] = "\x05" "abcd";
    gops_unpack longer = {text, text + 5, 0};
    assert_null(gops_unpack_text(&longer, &length));
    assert_int_equal(longer.broken, 1);
}

static void unpack_tooLargeANumber_isBroken(void **state)
{
    const char large[] = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02";
    const char endless[] = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
    const char wide[] = "\x80\x80\x80\x80\x10";
    (void)state;
    gops_unpack in = {large, large + 10, 0};
    gops_unpack_number(&in);
    assert_int_equal(in.broken, 1);
    in = (gops_unpack){endless, endless + 11, 0};
    gops_unpack_number(&in);
    assert_int_equal(in.broken, 1);
    in = (gops_unpack){wide, wide + 5, 0};
    gops_unpack_u32(&in);
    assert_int_equal(in.broken, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pack_numbersAndTexts_comeBack),
        cmocka_unit_test(unpack_beyondTheEnd_isBroken),
        cmocka_unit_test(unpack_tooLargeANumber_isBroken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
