/* Reading option structs of any age: shorter, equal, longer with and without something new. */
#include "support.h"

#include "base/options.h"

typedef struct options {
    size_t struct_size;
    int32_t first;
    int32_t second;
    const char *name;
} options;

typedef struct newer_options {
    options known;
    uint8_t tail[16];
} newer_options;

static void optionsImport_null_isAllDefaults(void **state)
{
    (void)state;
    options read, zero = {0};
    memset(&read, 0xFF, sizeof read);
    assert_int_equal(gops_options_import(&read, sizeof read, NULL, "options", NULL), 0);
    assert_memory_equal(&read, &zero, sizeof read);
}

static void optionsImport_sameSize_isACopy(void **state)
{
    (void)state;
    options read, given = {sizeof given, 1, 2, "three"};
    assert_int_equal(gops_options_import(&read, sizeof read, &given, "options", NULL), 0);
    assert_memory_equal(&read, &given, sizeof read);
}

static void optionsImport_shorter_restIsZero(void **state)
{
    (void)state;
    options read, given = {offsetof(options, second), 1, 2, "three"};
    assert_int_equal(gops_options_import(&read, sizeof read, &given, "options", NULL), 0);
    assert_int_equal(read.struct_size, sizeof read);
    assert_int_equal(read.first, 1);
    assert_int_equal(read.second, 0);
    assert_null(read.name);
}

static void optionsImport_sizeOnly_isAllDefaults(void **state)
{
    (void)state;
    options read, given = {sizeof(size_t), 1, 2, "three"};
    assert_int_equal(gops_options_import(&read, sizeof read, &given, "options", NULL), 0);
    assert_int_equal(read.struct_size, sizeof read);
    assert_int_equal(read.first, 0);
}

static void optionsImport_longerWithZeroTail_isRead(void **state)
{
    (void)state;
    options read;
    newer_options given = {{sizeof given, 1, 2, "three"}, {0}};
    assert_int_equal(gops_options_import(&read, sizeof read, &given, "options", NULL), 0);
    assert_int_equal(read.struct_size, sizeof read);
    assert_int_equal(read.second, 2);
    assert_string_equal(read.name, "three");
}

static void optionsImport_longerWithOneByteSet_isInvalid(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof((newer_options *)0)->tail; i++) {
        options read, zero = {0};
        gitops_error err;
        newer_options given = {{sizeof given, 1, 2, "three"}, {0}};
        given.tail[i] = 0x80;
        assert_int_equal(gops_options_import(&read, sizeof read, &given, "options", &err),
                         GITOPS_EINVAL);
        assert_string_equal(err.message, "options: option newer than this library");
        assert_memory_equal(&read, &zero, sizeof read);
    }
}

static void optionsImport_sizeNotSet_isInvalid(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof(size_t); size++) {
        options read, given = {size, 1, 2, NULL};
        gitops_error err;
        assert_int_equal(gops_options_import(&read, sizeof read, &given, "options", &err),
                         GITOPS_EINVAL);
        assert_string_equal(err.message, "options: struct_size is not set");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optionsImport_null_isAllDefaults),
        cmocka_unit_test(optionsImport_sameSize_isACopy),
        cmocka_unit_test(optionsImport_shorter_restIsZero),
        cmocka_unit_test(optionsImport_sizeOnly_isAllDefaults),
        cmocka_unit_test(optionsImport_longerWithZeroTail_isRead),
        cmocka_unit_test(optionsImport_longerWithOneByteSet_isInvalid),
        cmocka_unit_test(optionsImport_sizeNotSet_isInvalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
