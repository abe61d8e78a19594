/* Filling the error object: one printable line, cut at a character, with origin and place. */
#include "support.h"

#include <errno.h>
#include <stdio.h>

#include "base/error.h"

static void fail_formatted_setsCodeAndMessage(void **state)
{
    (void)state;
    gitops_error err;
    memset(&err, 0xFF, sizeof err);
    assert_int_equal(gops_fail(&err, GITOPS_ELIMIT, "%d of %s", 3, "four"), GITOPS_ELIMIT);
    assert_int_equal(err.code, GITOPS_ELIMIT);
    assert_int_equal(err.origin, GITOPS_ORIGIN_LIBRARY);
    assert_int_equal(err.origin_code, 0);
    assert_int_equal(err.line, 0);
    assert_string_equal(err.where, "");
    assert_string_equal(err.message, "3 of four");
    for (size_t i = 0; i < sizeof err.reserved; i++)
        assert_int_equal(err.reserved[i], 0);
}

static void fail_noErrorObject_returnsTheCode(void **state)
{
    (void)state;
    assert_int_equal(gops_fail(NULL, GITOPS_EINVAL, "unseen"), GITOPS_EINVAL);
    assert_int_equal(gops_fail_at(NULL, GITOPS_EPARSE, "a.yaml", 1, 2, "unseen"), GITOPS_EPARSE);
    assert_int_equal(gops_fail_memory(NULL), GITOPS_ENOMEM);
    assert_int_equal(gops_fail_os(NULL, ENOENT, "open", "x"), GITOPS_EIO);
    gops_error_origin(NULL, GITOPS_ORIGIN_GIT, 1);
    gops_error_where(NULL, "x");
}

static void failAt_place_isKept(void **state)
{
    (void)state;
    gitops_error err;
    assert_int_equal(gops_fail_at(&err, GITOPS_EPARSE, "a.yaml", 3, 14, "bad"), GITOPS_EPARSE);
    assert_string_equal(err.where, "a.yaml");
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 14);
    gops_error_origin(&err, GITOPS_ORIGIN_YAML, 5);
    assert_int_equal(err.origin, GITOPS_ORIGIN_YAML);
    assert_int_equal(err.origin_code, 5);
    gops_error_where(&err, NULL);
    assert_string_equal(err.where, "a.yaml");
}

static void failOs_errno_namesWhatFailed(void **state)
{
    (void)state;
    gitops_error err;
    assert_int_equal(gops_fail_os(&err, ENOENT, "open", "/no/such"), GITOPS_EIO);
    assert_string_equal(err.message, "cannot open /no/such: No such file or directory");
    assert_string_equal(err.where, "/no/such");
    assert_int_equal(err.origin, GITOPS_ORIGIN_OS);
    assert_int_equal(err.origin_code, ENOENT);
}

static void fail_controlCharacters_becomeBlanks(void **state)
{
    (void)state;
    gitops_error err;
    gops_fail_at(&err, GITOPS_EPARSE, "a\nb", 1, 1, "x\r\ny\x1b[31m\x7f");
    assert_string_equal(err.message, "x  y [31m ");
    assert_string_equal(err.where, "a b");
}

/* A message of prefix bytes 'a' followed by many copies of one character. */
static size_t length_of_cut(size_t prefix, const char *character)
{
    char text[2048];
    size_t used = prefix, step = strlen(character);
    gitops_error err;
    memset(text, 'a', prefix);
    while (used + step < sizeof text) {
        memcpy(text + used, character, step);
        used += step;
    }
    text[used] = '\0';
    gops_fail(&err, GITOPS_EINVAL, "%s", text);
    return strlen(err.message);
}

static void fail_longMessage_isCutBetweenCharacters(void **state)
{
    (void)state;
    assert_int_equal(length_of_cut(0, "x"), 639);
    /* 639 bytes of room: after the prefix, whole characters only. */
    assert_int_equal(length_of_cut(0, "\xC3\xA9"), 638);
    assert_int_equal(length_of_cut(1, "\xC3\xA9"), 639);
    assert_int_equal(length_of_cut(1, "\xE2\x82\xAC"), 637);
    assert_int_equal(length_of_cut(2, "\xE2\x82\xAC"), 638);
    assert_int_equal(length_of_cut(0, "\xF0\x9F\x98\x80"), 636);
    assert_int_equal(length_of_cut(3, "\xF0\x9F\x98\x80"), 639);
}

static void where_tooLong_keepsItsTail(void **state)
{
    (void)state;
    char path[1000];
    gitops_error err;
    memset(path, 'd', sizeof path);
    snprintf(path + sizeof path - 9, 9, "/file.ya");
    gops_fail_at(&err, GITOPS_EPARSE, path, 1, 1, "bad");
    assert_int_equal(strlen(err.where), 255);
    assert_string_equal(err.where + 255 - 8, "/file.ya");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_formatted_setsCodeAndMessage),
        cmocka_unit_test(fail_noErrorObject_returnsTheCode),
        cmocka_unit_test(failAt_place_isKept),
        cmocka_unit_test(failOs_errno_namesWhatFailed),
        cmocka_unit_test(fail_controlCharacters_becomeBlanks),
        cmocka_unit_test(fail_longMessage_isCutBetweenCharacters),
        cmocka_unit_test(where_tooLong_keepsItsTail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
