/* Digests: the vectors of xxHash, pieces against one shot, seeds apart, hexadecimal. */
#include "support.h"

#include "base/hash.h"

static void assert_hex(gops_digest digest, const char *expected)
{
    char hex[33];
    gops_hex(hex, digest.bytes, sizeof digest.bytes);
    assert_string_equal(hex, expected);
}

/* As printed by `xxhsum -H2`: the same on every platform and in every release. */
static void hash128_knownTexts_matchXxhsum(void **state)
{
    (void)state;
    assert_hex(gops_hash128(0, "", 0), "99aa06d3014798d86001c324468d497f");
    assert_hex(gops_hash128(0, "abc", 3), "06b05ab6733a618578af5f94892f3950");
}

static void hash64_emptyText_matchesXxhsum(void **state)
{
    (void)state;
    assert_true(gops_hash64("", 0) == UINT64_C(0x2d06800538d394c2));
}

static void hash128_otherSeed_isAnotherDigest(void **state)
{
    (void)state;
    gops_digest a = gops_hash128(1, "abc", 3), b = gops_hash128(2, "abc", 3);
    assert_false(gops_digest_equal(&a, &b));
    b = gops_hash128(1, "abc", 3);
    assert_true(gops_digest_equal(&a, &b));
}

static void hasher_anyPieces_sameAsOneShot(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 16, 17, 128, 240, 241, 1023, 1024, 1025, 5000};
    static const size_t pieces[] = {1, 7, 64, 1000, 1024, 5000};
    unsigned char data[5000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 31 + i / 256);
    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        gops_digest expected = gops_hash128(9, data, lengths[l]);
        for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
            gops_hasher hasher;
            gops_hasher_begin(&hasher, 9);
            gops_hasher_put(&hasher, NULL, 0);
            for (size_t at = 0; at < lengths[l]; at += pieces[p]) {
                size_t left = lengths[l] - at;
                gops_hasher_put(&hasher, data + at, left < pieces[p] ? left : pieces[p]);
            }
            gops_digest got = gops_hasher_finish(&hasher);
            assert_memory_equal(got.bytes, expected.bytes, sizeof got.bytes);
        }
    }
}

static void hex_bytes_areLowerCaseDigits(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};
    char hex[9];
    gops_hex(hex, bytes, sizeof bytes);
    assert_string_equal(hex, "000fa5ff");
    gops_hex(hex, bytes, 0);
    assert_string_equal(hex, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash128_knownTexts_matchXxhsum),
        cmocka_unit_test(hash64_emptyText_matchesXxhsum),
        cmocka_unit_test(hash128_otherSeed_isAnotherDigest),
        cmocka_unit_test(hasher_anyPieces_sameAsOneShot),
        cmocka_unit_test(hex_bytes_areLowerCaseDigits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
