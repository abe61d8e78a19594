/* Timers come out in the order of their moments, whatever the order in which they went in. */
#include "support.h"

#include "reconcile/timers.h"

static void take_manyTimers_areInOrder(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    gitops_context *context = support_context_new();
    gops_timers timers = {0};
    assert_int_equal(gops_timers_next(&timers), INT64_MAX);
    for (uint64_t i = 0; i < COUNT; i++) /* each moment twice, in a scattered order */
        assert_int_equal(
            gops_timers_add(&timers, context, (int64_t)(i * 7919 % COUNT / 2), (size_t)i), 0);
    int64_t last = -1;
    size_t last_operation = 0;
    for (size_t i = 0; i < COUNT; i++) {
        int64_t at = gops_timers_next(&timers);
        size_t operation = gops_timers_take(&timers);
        assert_int_equal(at, (int64_t)((uint64_t)operation * 7919 % COUNT / 2));
        assert_true(at > last || (at == last && operation > last_operation));
        last = at;
        last_operation = operation;
    }
    assert_int_equal(timers.count, 0);
    gops_timers_release(&timers, context);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(take_manyTimers_areInOrder)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
