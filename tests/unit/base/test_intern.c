/* intern: numbers of texts by content, also where hashes are the same. */
#include "support.h"

#include <stdio.h>

#include "base/intern.h"

enum { TEXTS = 1000 };

typedef struct texts {
    char list[TEXTS + 1][16]; /* by number */
    uint32_t count;
} texts;

static int is_text(const void *owner, uint32_t number, const void *wanted)
{
    return strcmp(((const texts *)owner)->list[number], wanted) == 0;
}

/* The number of a text under a hash, taken if it is new. */
static uint32_t take(gops_intern *intern, texts *t, uint64_t hash, const char *text)
{
    uint32_t number = gops_intern_find(intern, hash, is_text, t, text);
    if (number)
        return number;
    strcpy(t->list[++t->count], text);
    assert_int_equal(gops_intern_add(intern, hash, t->count), 0);
    return t->count;
}

static void check_numbers(void **state, uint64_t hashes)
{
    static texts t;
    gops_intern intern;
    gitops_context *context = support_context_new();
    (void)state;
    memset(&t, 0, sizeof t);
    gops_intern_init(&intern, context);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < TEXTS; i++) {
            char text[16];
            snprintf(text, sizeof text, "t%u", i);
            assert_int_equal(take(&intern, &t, i % hashes * UINT64_C(0x9e3779b97f4a7c15), text),
                             i + 1);
        }
    }
    assert_int_equal(intern.count, TEXTS);
    assert_int_equal(gops_intern_find(&intern, 0, is_text, &t, "other"), 0);
    gops_intern_release(&intern);
    assert_int_equal(gops_intern_find(&intern, 0, is_text, &t, "t0"), 0);
    support_context_free(context);
}

static void numbers_ofEqualTexts_areTheSame(void **state)
{
    check_numbers(state, TEXTS);
}

static void numbers_underFewHashes_areTheSame(void **state)
{
    check_numbers(state, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_ofEqualTexts_areTheSame),
        cmocka_unit_test(numbers_underFewHashes_areTheSame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
