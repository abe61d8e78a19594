/* The growable buffer: text, limits, staying broken, and the handle given to callers. */
#include "support.h"

#include "base/buffer.h"

static void bufferPut_pieces_makeOneText(void **state)
{
    gops_buffer buffer;
    gops_buffer_init(&buffer, *state, 0);
    gops_buffer_put(&buffer, "ab\0c", 4);
    gops_buffer_puts(&buffer, "def");
    gops_buffer_putc(&buffer, '!');
    gops_buffer_printf(&buffer, "%d-%s", 42, "x");
    gops_buffer_put(&buffer, NULL, 0);
    assert_int_equal(gops_buffer_status(&buffer, NULL), 0);
    assert_int_equal(buffer.length, 12);
    assert_memory_equal(buffer.data, "ab\0cdef!42-x", 13);
    gops_buffer_release(&buffer);
}

static void bufferPrintf_longText_isWhole(void **state)
{
    gops_buffer buffer;
    char text[5000];
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    gops_buffer_init(&buffer, *state, 0);
    gops_buffer_printf(&buffer, "%s%s", text, text);
    assert_int_equal(buffer.length, 2 * (sizeof text - 1));
    assert_int_equal(buffer.data[buffer.length - 1], 'y');
    gops_buffer_release(&buffer);
}

static void bufferPut_upToTheMaximum_fits(void **state)
{
    gops_buffer buffer;
    gops_buffer_init(&buffer, *state, 4);
    gops_buffer_puts(&buffer, "abcd");
    assert_int_equal(gops_buffer_status(&buffer, NULL), 0);
    assert_string_equal(buffer.data, "abcd");
    gops_buffer_release(&buffer);
}

static void bufferPut_beyondTheMaximum_staysBrokenUntilCleared(void **state)
{
    gops_buffer buffer;
    gitops_error err;
    gops_buffer_init(&buffer, *state, 4);
    gops_buffer_puts(&buffer, "abc");
    gops_buffer_puts(&buffer, "de");
    gops_buffer_puts(&buffer, "f"); /* would fit, but the text has a hole by now */
    gops_buffer_printf(&buffer, "%d", 1);
    assert_int_equal(gops_buffer_status(&buffer, &err), GITOPS_ELIMIT);
    assert_string_equal(err.message, "text is longer than 4 bytes");
    assert_string_equal(buffer.data, "abc");

    gops_buffer_clear(&buffer);
    gops_buffer_puts(&buffer, "gh");
    assert_int_equal(gops_buffer_status(&buffer, &err), 0);
    assert_string_equal(buffer.data, "gh");
    gops_buffer_release(&buffer);
}

static void bufferGive_text_movesToTheCaller(void **state)
{
    gops_buffer buffer;
    gitops_buffer *given = NULL;
    gops_buffer_init(&buffer, *state, 0);
    gops_buffer_puts(&buffer, "hello");
    assert_int_equal(gops_buffer_give(&buffer, &given, NULL), 0);
    assert_null(buffer.data);
    assert_int_equal(gitops_buffer_length(given), 5);
    assert_string_equal(gitops_buffer_data(given), "hello");
    gitops_buffer_free(given);
}

static void bufferGive_empty_isAnEmptyText(void **state)
{
    gops_buffer buffer;
    gitops_buffer *given = NULL;
    gops_buffer_init(&buffer, *state, 0);
    assert_int_equal(gops_buffer_give(&buffer, &given, NULL), 0);
    assert_int_equal(gitops_buffer_length(given), 0);
    assert_string_equal(gitops_buffer_data(given), "");
    gitops_buffer_free(given);
}

static void bufferGive_broken_givesNothingAndReleases(void **state)
{
    gops_buffer buffer;
    gitops_buffer *given = (gitops_buffer *)&buffer;
    gitops_error err;
    gops_buffer_init(&buffer, *state, 2);
    gops_buffer_puts(&buffer, "a");
    gops_buffer_puts(&buffer, "bcd");
    assert_int_equal(gops_buffer_give(&buffer, &given, &err), GITOPS_ELIMIT);
    assert_null(given);
    assert_null(buffer.data);
}

static void bufferHandle_null_readsAsEmpty(void **state)
{
    (void)state;
    assert_string_equal(gitops_buffer_data(NULL), "");
    assert_int_equal(gitops_buffer_length(NULL), 0);
    gitops_buffer_free(NULL);
}

static void bufferHandle_outlivesItsContext_stillReads(void **state)
{
    (void)state;
    gitops_context *context = support_context_new();
    gitops_buffer *bytes = gops_bytes_new(context, "a\0b", 3);
    assert_non_null(bytes);
    gitops_context_free(context);
    assert_memory_equal(gitops_buffer_data(bytes), "a\0b", 4);
    gitops_buffer_free(bytes);
    support_context_free(NULL); /* asserts that all memory came back */
}

static void use_buffer(gitops_context *context, void *data)
{
    gops_buffer buffer;
    gitops_buffer *given = NULL;
    (void)data;
    gops_buffer_init(&buffer, context, 0);
    for (int i = 0; i < 100; i++)
        gops_buffer_printf(&buffer, "%d,", i);
    int status = gops_buffer_status(&buffer, NULL);
    assert_true(status == 0 || status == GITOPS_ENOMEM);
    int rc = gops_buffer_give(&buffer, &given, NULL);
    assert_true(rc == 0 || rc == GITOPS_ENOMEM);
    assert_int_equal(rc == 0, given != NULL);
    if (given)
        assert_int_equal(gitops_buffer_length(given), 290);
    gitops_buffer_free(given);
    gitops_buffer_free(gops_bytes_new(context, "abc", 3));
}

static void buffer_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(use_buffer, NULL);
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
        cmocka_unit_test_setup_teardown(bufferPut_pieces_makeOneText, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bufferPrintf_longText_isWhole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bufferPut_upToTheMaximum_fits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bufferPut_beyondTheMaximum_staysBrokenUntilCleared,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(bufferGive_text_movesToTheCaller, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bufferGive_empty_isAnEmptyText, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bufferGive_broken_givesNothingAndReleases, set_up,
                                        tear_down),
        cmocka_unit_test(bufferHandle_null_readsAsEmpty),
        cmocka_unit_test(bufferHandle_outlivesItsContext_stillReads),
        cmocka_unit_test(buffer_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
