/*
 * The order of merged sets against structured-merge-diff: live on the left, desired on the right,
 * with no base.
 */
#include "triple.h"

#include "corpus.h"
#include "diff/order.h"

enum { MOST = 64 };

/* Numbers the elements by value; an element that was there before has its number. */
static uint32_t number_of(const gitops_value *element, const gitops_value **known, uint32_t *count)
{
    for (uint32_t i = 0; i < *count; i++)
        if (gitops_value_equal(known[i], element))
            return i;
    assert_true(*count < MOST);
    known[*count] = element;
    return (*count)++;
}

static uint32_t number_all(const gitops_value *list, const gitops_value **known, uint32_t *count,
                           uint32_t *out)
{
    uint32_t length = (uint32_t)gitops_value_count(list);
    assert_true(length <= MOST);
    for (uint32_t i = 0; i < length; i++)
        out[i] = number_of(gitops_value_item(list, i), known, count);
    return length;
}

static void check_order(gitops_context *context, const gitops_value *left,
                        const gitops_value *right, const gitops_value *expected)
{
    const gitops_value *known[MOST];
    uint32_t live[MOST], desired[MOST], out[2 * MOST], count = 0;
    uint32_t live_count = number_all(left, known, &count, live);
    uint32_t desired_count = number_all(right, known, &count, desired);
    int64_t length = gops_order_interleave(context, count, live, live_count, desired,
                                           desired_count, out);
    assert_int_equal(length, gitops_value_count(expected));
    for (int64_t i = 0; i < length; i++)
        assert_true(
            gitops_value_equal(known[out[i]], gitops_value_item(expected, (size_t)i)));
}

/* Sets: the members of lhs, rhs and out that are lists of scalars. Returns how many were checked. */
static size_t check_sets(gitops_context *context, const gitops_value *one)
{
    size_t checked = 0;
    const gitops_value *out = gitops_value_at(one, "/out");
    for (size_t i = 0; i < gitops_value_count(out); i++) {
        size_t length;
        const char *key = gitops_value_key(out, i, &length);
        const gitops_value *merged = gitops_value_item(out, i);
        if (length < 3 || memcmp(key, "set", 3) != 0)
            continue;
        check_order(context, gitops_value_find(gitops_value_at(one, "/lhs"), key, length),
                    gitops_value_find(gitops_value_at(one, "/rhs"), key, length), merged);
        checked++;
    }
    return checked;
}

static void orderInterleave_setsOfTheServer_givesItsOrder(void **state)
{
    gitops_context *context = support_context_new();
    gitops_document *cases =
        corpus_load(context, "structured-merge-diff/typed_merge_cases.json");
    const gitops_value *root = gitops_document_root(cases);
    size_t checked = 0;
    (void)state;
    for (size_t i = 0; i < gitops_value_count(root); i++) {
        const gitops_value *triplets = gitops_value_at(gitops_value_item(root, i), "/triplets");
        for (size_t k = 0; k < gitops_value_count(triplets); k++)
            checked += check_sets(context, gitops_value_item(triplets, k));
    }
    assert_true(checked >= 25);
    gitops_document_free(cases);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orderInterleave_setsOfTheServer_givesItsOrder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
