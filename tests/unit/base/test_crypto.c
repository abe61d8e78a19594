/* SHA-256 against the vectors of FIPS 180-4, whole and in pieces, one hasher many times. */
#include "support.h"

#include "base/crypto.h"
#include "base/hash.h"

static void assert_sha256(gops_sha256 *hash, const char *text, size_t piece, const char *expected)
{
    uint8_t out[GOPS_SHA256_BYTES];
    char hex[2 * GOPS_SHA256_BYTES + 1];
    size_t length = strlen(text);
    assert_int_equal(gops_sha256_begin(hash), 0);
    for (size_t at = 0; at < length; at += piece) {
        size_t count = length - at < piece ? length - at : piece;
        assert_int_equal(gops_sha256_update(hash, text + at, count), 0);
    }
    assert_int_equal(gops_sha256_finish(hash, out), 0);
    gops_hex(hex, out, sizeof out);
    assert_string_equal(hex, expected);
}

static void sha256_knownTexts_matchTheStandard(void **state)
{
    (void)state;
    static const char *const vectors[][2] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    gitops_context *context = support_context_new();
    gops_sha256 *hash = gops_sha256_new(context);
    assert_non_null(hash);
    for (size_t i = 0; i < 3; i++)
        for (size_t piece = 1; piece < 64; piece += 6)
            assert_sha256(hash, vectors[i][0], piece, vectors[i][1]);
    gops_sha256_free(hash);
    gops_sha256_free(NULL);
    support_context_free(context);
}

static void sha256_begunAgain_forgetsWhatCameBefore(void **state)
{
    (void)state;
    gitops_context *context = support_context_new();
    gops_sha256 *hash = gops_sha256_new(context);
    assert_int_equal(gops_sha256_begin(hash), 0);
    assert_int_equal(gops_sha256_update(hash, "left over", 9), 0);
    assert_sha256(hash, "abc", 3,
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    gops_sha256_free(hash);
    support_context_free(context);
}

static void use_sha256(gitops_context *context, void *data)
{
    (void)data;
    gops_sha256_free(gops_sha256_new(context));
}

static void sha256_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(use_sha256, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_knownTexts_matchTheStandard),
        cmocka_unit_test(sha256_begunAgain_forgetsWhatCameBefore),
        cmocka_unit_test(sha256_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
