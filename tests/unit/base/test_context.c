/* The context's allocation helpers; options, hooks and limits are tested in tests/api. */
#include "support.h"

#include "base/context.h"

static void alloc_zeroBytes_isABlock(void **state)
{
    void *memory = gops_alloc(*state, 0);
    assert_non_null(memory);
    memory = gops_realloc(*state, memory, 0);
    assert_non_null(memory);
    gops_free(*state, memory);
    gops_free(*state, NULL);
}

static void calloc_anySize_isZeroedAndChecked(void **state)
{
    unsigned char *memory = gops_calloc(*state, 10, 7);
    for (size_t i = 0; i < 70; i++)
        assert_int_equal(memory[i], 0);
    gops_free(*state, memory);
    assert_null(gops_calloc(*state, SIZE_MAX / 2, 3));
}

static void strdup_text_isATerminatedCopy(void **state)
{
    char *whole = gops_strdup(*state, "revision");
    char *part = gops_strndup(*state, "revision", 3);
    assert_string_equal(whole, "revision");
    assert_string_equal(part, "rev");
    gops_free(*state, whole);
    gops_free(*state, part);
    assert_null(gops_strndup(*state, "x", SIZE_MAX));
}

static void grow_byOne_keepsWhatIsThere(void **state)
{
    int *numbers = NULL;
    size_t capacity = 0, growths = 0;
    for (int i = 0; i < 1000; i++) {
        size_t before = capacity;
        assert_int_equal(gops_grow(*state, &numbers, &capacity, (size_t)i + 1, sizeof *numbers),
                         0);
        growths += capacity != before;
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    assert_true(growths < 20);
    gops_free(*state, numbers);
}

static void grow_muchAtOnce_makesRoomForIt(void **state)
{
    char *bytes = NULL;
    size_t capacity = 0;
    assert_int_equal(gops_grow(*state, &bytes, &capacity, 5000, 1), 0);
    assert_true(capacity >= 5000);
    gops_free(*state, bytes);
}

static void grow_beyondTheAddressSpace_changesNothing(void **state)
{
    int *numbers = NULL;
    size_t capacity = 0;
    assert_int_equal(gops_grow(*state, &numbers, &capacity, 4, sizeof *numbers), 0);
    int *before = numbers;
    size_t had = capacity;
    assert_int_equal(gops_grow(*state, &numbers, &capacity, SIZE_MAX / 2, sizeof *numbers),
                     GITOPS_ENOMEM);
    assert_ptr_equal(numbers, before);
    assert_int_equal(capacity, had);
    gops_free(*state, numbers);
}

static void use_helpers(gitops_context *context, void *data)
{
    int *numbers = NULL;
    size_t capacity = 0;
    (void)data;
    for (size_t i = 0; i < 100; i++) {
        size_t had = capacity;
        if (gops_grow(context, &numbers, &capacity, i + 1, sizeof *numbers) < 0)
            assert_int_equal(capacity, had);
    }
    gops_free(context, numbers);
    gops_free(context, gops_strdup(context, "text"));
    gops_free(context, gops_calloc(context, 3, 3));
}

static void helpers_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(use_helpers, NULL);
}

static int set_up(void **state)
{
    *state = support_context_new();
    return 0;
}

static int tear_down(void **state)
{
    support_context_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(alloc_zeroBytes_isABlock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(calloc_anySize_isZeroedAndChecked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strdup_text_isATerminatedCopy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(grow_byOne_keepsWhatIsThere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(grow_muchAtOnce_makesRoomForIt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(grow_beyondTheAddressSpace_changesNothing, set_up,
                                        tear_down),
        cmocka_unit_test(helpers_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
