/* The arena: alignment, large blocks, reuse after reset, and no memory. */
#include "support.h"

#include "base/arena.h"

static void arenaAlloc_manySizes_alignedAndApart(void **state)
{
    gops_arena arena;
    gops_arena_init(&arena, *state, 64);
    unsigned char *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = gops_arena_alloc(&arena, i);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 8, 0);
        memset(blocks[i], (int)i, i);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_equal(blocks[i][j], (unsigned char)i);
    gops_arena_free(&arena);
}

static void arenaAlloc_largerThanABlock_getsItsOwn(void **state)
{
    gops_arena arena;
    gops_arena_init(&arena, *state, 64);
    char *small = gops_arena_alloc(&arena, 8);
    char *large = gops_arena_alloc(&arena, 100000);
    assert_non_null(small);
    assert_non_null(large);
    memset(large, 'x', 100000);
    gops_arena_free(&arena);
}

static void arenaAlloc_hugeSize_isNull(void **state)
{
    gops_arena arena;
    gops_arena_init(&arena, *state, 0);
    assert_null(gops_arena_alloc(&arena, SIZE_MAX));
    assert_null(gops_arena_alloc(&arena, SIZE_MAX - 8));
    assert_null(gops_arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(gops_arena_strndup(&arena, "x", SIZE_MAX));
    assert_non_null(gops_arena_array(&arena, 3, 0));
    gops_arena_free(&arena);
}

static void arenaStrndup_partOfAText_isTerminatedCopy(void **state)
{
    gops_arena arena;
    gops_arena_init(&arena, *state, 0);
    assert_string_equal(gops_arena_strndup(&arena, "configmap", 6), "config");
    assert_string_equal(gops_arena_strndup(&arena, "", 0), "");
    gops_arena_free(&arena);
}

static void arenaReset_sameWorkAgain_usesTheSameMemory(void **state)
{
    gops_arena arena;
    gops_arena_init(&arena, *state, 0);
    void *first = gops_arena_alloc(&arena, 100);
    gops_arena_reset(&arena);
    assert_ptr_equal(gops_arena_alloc(&arena, 100), first);
    assert_null(arena.spare);
    gops_arena_free(&arena);
}

static void arenaReset_spareTooSmall_isLeftForLater(void **state)
{
    gops_arena arena;
    gops_arena_init(&arena, *state, 64);
    void *first = gops_arena_alloc(&arena, 64);
    gops_arena_reset(&arena);
    assert_non_null(gops_arena_alloc(&arena, 1000));
    assert_non_null(arena.spare);
    assert_non_null(gops_arena_alloc(&arena, 1000));
    gops_arena_reset(&arena);
    assert_non_null(first);
    gops_arena_free(&arena);
}

static void arenaFree_unused_isFine(void **state)
{
    gops_arena arena;
    gops_arena_init(&arena, *state, 0);
    gops_arena_reset(&arena);
    gops_arena_free(&arena);
}

static void use_arena(gitops_context *context, void *data)
{
    gops_arena arena;
    (void)data;
    gops_arena_init(&arena, context, 64);
    for (size_t i = 1; i < 50; i++) {
        char *memory = gops_arena_alloc(&arena, i * 10);
        if (memory)
            memset(memory, 1, i * 10);
        if (i % 20 == 0)
            gops_arena_reset(&arena);
    }
    gops_arena_free(&arena);
}

static void arena_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(use_arena, NULL);
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
        cmocka_unit_test_setup_teardown(arenaAlloc_manySizes_alignedAndApart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arenaAlloc_largerThanABlock_getsItsOwn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arenaAlloc_hugeSize_isNull, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arenaStrndup_partOfAText_isTerminatedCopy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(arenaReset_sameWorkAgain_usesTheSameMemory, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(arenaReset_spareTooSmall_isLeftForLater, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(arenaFree_unused_isFine, set_up, tear_down),
        cmocka_unit_test(arena_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
