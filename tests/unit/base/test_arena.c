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

static void arena_bytes_arePackedAndWhatFollowsIsAligned(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    char *a = gops_arena_bytes(&arena, 3), *b = gops_arena_bytes(&arena, 5);
    char *c = gops_arena_bytes(&arena, 1);
    void *aligned = gops_arena_alloc(&arena, 16);
    assert_ptr_equal(b, a + 3);
    assert_ptr_equal(c, b + 5);
    assert_int_equal((uintptr_t)aligned % GOPS_ARENA_ALIGNMENT, 0);
    assert_true((char *)aligned - c < 16);
    gops_arena_free(&arena);
    support_context_free(context);
}

static void arena_trim_givesBackTheEndOfTheLast(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    char *a = gops_arena_bytes(&arena, 100);
    gops_arena_trim(&arena, a, 100, 10);
    char *b = gops_arena_bytes(&arena, 10);
    assert_ptr_equal(b, a + 10);
    gops_arena_trim(&arena, a, 100, 0); /* not the last: nothing happens */
    assert_ptr_equal(gops_arena_bytes(&arena, 1), b + 10);
    gops_arena_free(&arena);
    support_context_free(context);
}

static void arena_rewind_forgetsWhatCameSince(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 64);
    char *kept = gops_arena_strndup(&arena, "kept", 4);
    gops_arena_mark mark = gops_arena_now(&arena);
    char *first = gops_arena_bytes(&arena, 8);
    for (int i = 0; i < 10; i++)
        assert_non_null(gops_arena_bytes(&arena, 100));
    gops_arena_rewind(&arena, mark);
    assert_ptr_equal(gops_arena_bytes(&arena, 8), first);
    assert_string_equal(kept, "kept");
    gops_arena_free(&arena);
    support_context_free(context);
}

static void arena_expect_takesOneBlockForAll(void **state)
{
    gitops_context *context = support_context_new();
    gops_arena arena;
    (void)state;
    gops_arena_init(&arena, context, 0);
    gops_arena_expect(&arena, 10000);
    char *start = gops_arena_bytes(&arena, 1);
    for (int i = 1; i < 10000; i++)
        assert_ptr_equal(gops_arena_bytes(&arena, 1), start + i);
    assert_non_null(gops_arena_bytes(&arena, 1));
    assert_true(arena.end - arena.next < 10000 / 8);
    gops_arena_free(&arena);
    support_context_free(context);
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
        cmocka_unit_test(arena_bytes_arePackedAndWhatFollowsIsAligned),
        cmocka_unit_test(arena_trim_givesBackTheEndOfTheLast),
        cmocka_unit_test(arena_rewind_forgetsWhatCameSince),
        cmocka_unit_test(arena_expect_takesOneBlockForAll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
