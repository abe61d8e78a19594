/* Blocks live as long as the things in them; pools cut from one after the other. */
#include "support.h"

#include "base/block.h"

static void block_things_keepItAlive(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    gops_block *block = gops_block_new(context, 40);
    char *first = gops_block_take(block, 5), *second = gops_block_take(block, 24);
    assert_ptr_equal(second, first + 8);
    assert_null(gops_block_take(block, 9));
    assert_non_null(gops_block_take(block, 8));
    assert_null(gops_block_take(block, 1));
    gops_block_drop(block); /* the maker's */
    memset(first, 1, 5);
    gops_block_drop(block);
    memset(second, 2, 24);
    gops_block_drop(block);
    gops_block_drop(block);
    support_context_free(context); /* the block held the context */
}

static void pool_full_goesOnInALargerBlock(void **state)
{
    gitops_context *context = support_context_new();
    gops_pool pool;
    gops_block *first, *second, *third, *large;
    (void)state;
    gops_pool_init(&pool, context, 64);
    assert_non_null(gops_pool_take(&pool, 32, &first));
    assert_non_null(gops_pool_take(&pool, 32, &second));
    assert_ptr_equal(first, second);
    assert_non_null(gops_pool_take(&pool, 1, &third));
    assert_ptr_not_equal(third, first);
    assert_int_equal(third->size, 128);
    assert_non_null(gops_pool_take(&pool, 1000, &large));
    assert_int_equal(large->size, 1000);
    gops_pool_release(&pool);
    gops_block_drop(first);
    gops_block_drop(second);
    gops_block_drop(third);
    gops_block_drop(large);
    support_context_free(context);
}

static void pool_withoutFirstSize_takesWhatIsNeeded(void **state)
{
    gitops_context *context = support_context_new();
    gops_pool pool;
    gops_block *first, *second;
    (void)state;
    gops_pool_init(&pool, context, 0);
    assert_non_null(gops_pool_take(&pool, 10, &first));
    assert_int_equal(first->size, 10);
    assert_non_null(gops_pool_take(&pool, 10, &second));
    assert_int_equal(second->size, 20);
    gops_pool_release(&pool);
    gops_block_drop(first);
    gops_block_drop(second);
    support_context_free(context);
}

static void pool_body(gitops_context *context, void *data)
{
    gops_pool pool;
    gops_block *blocks[20];
    size_t count = 0;
    (void)data;
    gops_pool_init(&pool, context, 100);
    for (size_t i = 0; i < 20; i++)
        if (gops_pool_take(&pool, 60, &blocks[count]))
            count++;
    gops_pool_release(&pool);
    while (count)
        gops_block_drop(blocks[--count]);
}

static void pool_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(pool_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_things_keepItAlive),
        cmocka_unit_test(pool_full_goesOnInALargerBlock),
        cmocka_unit_test(pool_withoutFirstSize_takesWhatIsNeeded),
        cmocka_unit_test(pool_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
