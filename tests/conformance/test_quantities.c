/*
 * The quantities of Kubernetes' own tests: what they parse to, how they are written, what is none.
 */
#include "triple.h"

#include <stdio.h>

#include "corpus.h"
#include "manifest/quantity.h"

static gitops_value text_value(const char *text)
{
    gitops_value value;
    memset(&value, 0, sizeof value);
    gops_value_set_string(&value, text, (uint32_t)strlen(text));
    return value;
}

static int equal(const char *a, const char *b)
{
    gitops_value x = text_value(a), y = text_value(b);
    return gops_quantity_equal(&x, &y);
}

static void assert_equal(const char *a, const char *b)
{
    if (!equal(a, b) || !equal(b, a))
        fail_msg("%s is not %s", a, b);
}

/* The exact value of a case, written with a decimal exponent. */
static const char *exact(const gitops_value *one, char *out, size_t size)
{
    char mantissa[128];
    int64_t exponent;
    corpus_text(one, "/mantissa", mantissa, sizeof mantissa);
    assert_int_equal(gitops_value_int64(gitops_value_at(one, "/exp10"), &exponent), 0);
    snprintf(out, size, "%se%d", mantissa, (int)exponent);
    return out;
}

static void check_parsed(const gitops_value *one, const gitops_value *all)
{
    char input[160], value[160];
    (void)all;
    assert_equal(corpus_text(one, "/input", input, sizeof input), exact(one, value, sizeof value));
}

static void check_canonical(const gitops_value *one, const gitops_value *all)
{
    char input[160], canonical[160];
    (void)all;
    assert_equal(corpus_text(one, "/input", input, sizeof input),
                 corpus_text(one, "/canonical", canonical, sizeof canonical));
}

static void check_written(const gitops_value *one, const gitops_value *all)
{
    char value[160], text[160];
    (void)all;
    exact(one, value, sizeof value);
    assert_equal(value, corpus_text(one, "/canonical", text, sizeof text));
    if (*corpus_text(one, "/alternate", text, sizeof text))
        assert_equal(value, text);
}

static void check_compared(const gitops_value *one, const gitops_value *all)
{
    char x[160], y[160];
    int64_t order;
    (void)all;
    assert_int_equal(gitops_value_int64(gitops_value_at(one, "/cmp"), &order), 0);
    assert_int_equal(equal(corpus_text(one, "/x", x, sizeof x), corpus_text(one, "/y", y, sizeof y)),
                     order == 0);
}

static void check_integer(const gitops_value *one, const gitops_value *all)
{
    char input[160], integer[160];
    (void)all;
    assert_equal(corpus_text(one, "/input", input, sizeof input),
                 corpus_text(one, "/as_int64", integer, sizeof integer));
}

/* What is no quantity equals none. */
static void check_invalid(const gitops_value *one, const gitops_value *all)
{
    char invalid[160], input[160];
    const gitops_value *parsed = gitops_value_at(all, "/parse");
    corpus_text(one, "", invalid, sizeof invalid);
    for (size_t i = 0; i < gitops_value_count(parsed); i++)
        assert_false(equal(invalid, corpus_text(gitops_value_item(parsed, i), "/input", input,
                                                sizeof input)));
}

static void quantities_everyCase_agrees(void **state)
{
    static const struct {
        const char *group;
        void (*check)(const gitops_value *one, const gitops_value *all);
    } groups[] = {{"/parse", check_parsed},     {"/canonicalize", check_canonical},
                  {"/format", check_written},   {"/compare", check_compared},
                  {"/invalid", check_invalid},  {"/parse_int64", check_integer}};
    gitops_context *context = support_context_new();
    gitops_document *cases = corpus_load(context, "k8s-quantity/cases.json");
    const gitops_value *root = gitops_document_root(cases);
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const gitops_value *group = gitops_value_at(root, groups[i].group);
        assert_true(gitops_value_count(group) > 0);
        for (size_t k = 0; k < gitops_value_count(group); k++)
            groups[i].check(gitops_value_item(group, k), root);
    }
    gitops_document_free(cases);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_everyCase_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
