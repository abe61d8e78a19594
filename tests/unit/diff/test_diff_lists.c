/*
 * lists: identity of elements, order, duplicates, sets, sequences, and the interleave on its own.
 */
#include "triple.h"

#include <stdio.h>

#include "diff/order.h"
#include "diff/sequence.h"
#include "value/document.h"

#define KEYED "{\"null\":\"absent\",\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]}}}"
#define PORTS                                                                                      \
    "{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"port\",\"protocol\"],"                        \
    "\"defaults\":{\"protocol\":\"TCP\"}}}}"
#define SET "{\"lists\":{\"/l\":{\"list\":\"set\"}}}"
#define SEQUENCE "{\"lists\":{\"/l\":{\"list\":\"sequence\"}}}"

typedef struct merge_case {
    const char *name, *schema, *base, *desired, *live, *merged;
} merge_case;

static const merge_case cases[] = {
    {"an injected element stays", KEYED, "{\"l\":[{\"n\":\"a\"}]}", "{\"l\":[{\"n\":\"a\",\"v\":1}]}",
     "{\"l\":[{\"n\":\"i\"},{\"n\":\"a\"}]}", "{\"l\":[{\"n\":\"i\"},{\"n\":\"a\",\"v\":1}]}"},
    {"an element that goes takes its defaults along", KEYED, "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"}]}",
     "{\"l\":[{\"n\":\"b\"}]}", "{\"l\":[{\"n\":\"a\",\"default\":1},{\"n\":\"b\"}]}",
     "{\"l\":[{\"n\":\"b\"}]}"},
    {"a list without elements left goes", KEYED, "{\"l\":[{\"n\":\"a\"}]}", "{}",
     "{\"l\":[{\"n\":\"a\"}]}", "{}"},
    {"a list with others' elements stays", KEYED, "{\"l\":[{\"n\":\"a\"}]}", "{}",
     "{\"l\":[{\"n\":\"a\"},{\"n\":\"i\"}]}", "{\"l\":[{\"n\":\"i\"}]}"},
    {"a stated empty list stays", KEYED, "{\"l\":[{\"n\":\"a\"}]}", "{\"l\":[]}",
     "{\"l\":[{\"n\":\"a\"}]}", "{\"l\":[]}"},
    {"an empty list that nobody states goes", KEYED, "{\"l\":[{\"n\":\"a\"}]}", "{}", "{\"l\":[]}",
     "{}"},
    {"a default counts for identity and is not written", PORTS, "{\"l\":[{\"port\":1}]}",
     "{\"l\":[{\"port\":1,\"name\":\"w\"}]}", "{\"l\":[{\"port\":1,\"protocol\":\"TCP\"}]}",
     "{\"l\":[{\"port\":1,\"protocol\":\"TCP\",\"name\":\"w\"}]}"},
    {"one number, two protocols", PORTS, "{\"l\":[{\"port\":1}]}",
     "{\"l\":[{\"port\":1},{\"port\":1,\"protocol\":\"UDP\"}]}",
     "{\"l\":[{\"port\":1,\"protocol\":\"TCP\"}]}",
     "{\"l\":[{\"port\":1,\"protocol\":\"TCP\"},{\"port\":1,\"protocol\":\"UDP\"}]}"},
    {"numbers and strings are different keys", PORTS, "{\"l\":[{\"port\":1}]}",
     "{\"l\":[{\"port\":1},{\"port\":\"1\"}]}", "{\"l\":[{\"port\":1.0}]}",
     "{\"l\":[{\"port\":1.0},{\"port\":\"1\"}]}"},
    {"duplicates pair by occurrence", KEYED,
     "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"a\",\"v\":2}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"a\",\"v\":3}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"a\",\"v\":2}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"a\",\"v\":3}]}"},
    {"surplus duplicates of live are not ours", KEYED, "{\"l\":[{\"n\":\"a\"}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1}]}", "{\"l\":[{\"n\":\"a\"},{\"n\":\"a\"}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"a\"}]}"},
    {"a surplus duplicate goes along behind the one before it", KEYED,
     "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"}]}", "{\"l\":[{\"n\":\"b\"},{\"n\":\"a\"}]}",
     "{\"l\":[{\"n\":\"a\"},{\"n\":\"a\",\"v\":2},{\"n\":\"b\"}]}",
     "{\"l\":[{\"n\":\"b\"},{\"n\":\"a\"},{\"n\":\"a\",\"v\":2}]}"},
    {"an element without keys makes the list atomic", KEYED, "{\"l\":[{\"n\":\"a\"}]}",
     "{\"l\":[{\"n\":\"a\"},{\"x\":1}]}", "{\"l\":[{\"n\":\"a\"},{\"n\":\"i\"}]}",
     "{\"l\":[{\"n\":\"a\"},{\"x\":1}]}"},
    {"as a whole, an order other than ours is a difference", KEYED, "{\"l\":[{\"x\":1}]}",
     "{\"l\":[{\"n\":\"b\"},{\"n\":\"a\"}]}", "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"}]}",
     "{\"l\":[{\"n\":\"b\"},{\"n\":\"a\"}]}"},
    {"a new order in Git is written", KEYED, "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"}]}",
     "{\"l\":[{\"n\":\"b\"},{\"n\":\"a\"}]}", "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"},{\"n\":\"i\"}]}",
     "{\"l\":[{\"n\":\"b\"},{\"n\":\"i\"},{\"n\":\"a\"}]}"},
    {"the order of a set is nothing", SET, "{\"l\":[1,2]}", "{\"l\":[2,1]}", "{\"l\":[1,2,3]}",
     "{\"l\":[1,2,3]}"},
    {"a set takes a member once", SET, "{\"l\":[1]}", "{\"l\":[1,2,2]}", "{\"l\":[1]}",
     "{\"l\":[1,2]}"},
    {"a set of maps works by value", SET, "{\"l\":[{\"a\":1}]}", "{\"l\":[{\"a\":2}]}",
     "{\"l\":[{\"a\":1},{\"b\":1}]}", "{\"l\":[{\"b\":1},{\"a\":2}]}"},
    {"sequences merge changes at different places", SEQUENCE, "{\"l\":[1,2,3,4]}",
     "{\"l\":[1,2,3,5]}", "{\"l\":[0,1,2,3,4]}", "{\"l\":[0,1,2,3,5]}"},
    {"a changed element of a sequence is put back", SEQUENCE, "{\"l\":[1,2,3]}", "{\"l\":[1,2,3]}",
     "{\"l\":[1,9,3]}", "{\"l\":[1,2,3]}"},
    {"an inserted element of a sequence stays", SEQUENCE, "{\"l\":[1,2,3]}", "{\"l\":[1,3]}",
     "{\"l\":[1,2,3,9]}", "{\"l\":[1,3,9]}"},
    {"both sides inserted: desired wins", SEQUENCE, "{\"l\":[1,2]}", "{\"l\":[1,5,2]}",
     "{\"l\":[1,6,2]}", "{\"l\":[1,5,2]}"},
};

static void diff_listCases_giveTheirMerge(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const merge_case *c = &cases[i];
        print_message("%s\n", c->name);
        triple t = triple_new(context, c->schema, c->base, c->desired, c->live);
        gitops_diff *diff = triple_diff(&t, 0, 0);
        triple_assert_merged(diff, c->merged);
        gitops_diff_free(diff);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    support_context_free(context);
}

static void diff_reorderInLive_followsTheDriftPolicy(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, KEYED, "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"}]}",
                          "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"},{\"n\":\"c\"}]}",
                          "{\"l\":[{\"n\":\"b\"},{\"n\":\"a\"}]}");
    (void)state;
    gitops_diff *diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\"},{\"n\":\"c\"}]}");
    triple_assert_change(diff, "/l", "drift-modified/replace");
    gitops_diff_free(diff);
    diff = triple_diff(&t, 0, GITOPS_DRIFT_REPORT);
    triple_assert_merged(diff, "{\"l\":[{\"n\":\"b\"},{\"n\":\"a\"},{\"n\":\"c\"}]}");
    triple_assert_change(diff, "/l", "drift-modified/none");
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
    support_context_free(context);
}

/* Kubernetes keeps volumes in any order, but the order of init containers is the order of starts. */
static void diff_reorderInKubernetes_countsWhereItMeansSomething(void **state)
{
    static const char text[] =
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{"
        "\"%s\":[{\"name\":\"%s\"},{\"name\":\"%s\"}]}}";
    static const char *const lists[] = {"volumes", "initContainers"};
    gitops_context *context = support_context_new();
    char ab[256], ba[256];
    (void)state;
    for (int i = 0; i < 2; i++) {
        snprintf(ab, sizeof ab, text, lists[i], "a", "b");
        snprintf(ba, sizeof ba, text, lists[i], "b", "a");
        triple t = triple_new(context, NULL, ab, ba, ab);
        gitops_diff *diff = triple_diff(&t, 0, 0);
        assert_int_equal(gitops_diff_differs(diff), i);
        triple_assert_merged(diff, i ? ba : ab);
        gitops_diff_free(diff);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    support_context_free(context);
}

static void diff_records_pointIntoDesired(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, KEYED, "{\"l\":[{\"n\":\"gone\"}]}",
                          "l:\n- \"n\": a\n- \"n\": b\n  v: 1\n", "{\"l\":[{\"n\":\"gone\"},{\"n\":\"b\"}]}");
    (void)state;
    gitops_diff *diff = triple_diff(&t, 0, 0);
    const gitops_change *change = triple_change(diff, "/l/1/v");
    assert_string_equal(gitops_change_class(change), "git-add");
    assert_string_equal(gitops_change_file(change), "test.yaml");
    assert_int_equal(gitops_change_line(change), 4);
    assert_int_equal(gitops_change_column(change), 6);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void orderInterleave_movedAndInjected_keepsNeighbours(void **state)
{
    static const struct {
        uint32_t live[8], live_count, desired[8], desired_count, out[12], count;
    } tests[] = {
        {{0, 1, 2}, 3, {0, 1}, 2, {0, 1, 2}, 3},
        {{0, 1, 2, 3}, 4, {3, 4, 5, 0}, 4, {1, 2, 3, 4, 5, 0}, 6},
        {{0, 1, 2}, 3, {2, 3}, 2, {0, 1, 2, 3}, 4},
        {{0, 1, 1}, 3, {1}, 1, {0, 1}, 2},
        {{0, 0, 1, 1}, 4, {1, 2, 3}, 3, {0, 0, 1, 2, 3}, 5},
        {{0}, 0, {0, 1}, 2, {0, 1}, 2},
    };
    gitops_context *context = support_context_new();
    (void)state;
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        uint32_t out[16];
        int64_t count =
            gops_order_interleave(context, 8, tests[i].live, tests[i].live_count, tests[i].desired,
                                  tests[i].desired_count, out);
        assert_int_equal(count, tests[i].count);
        assert_memory_equal(out, tests[i].out, tests[i].count * sizeof *out);
    }
    support_context_free(context);
}

/* Aligns two lists of one-letter strings; returns how many match, and checks that they may. */
static uint32_t align(gitops_context *context, const char *a, const char *b)
{
    gitops_document *left = triple_document(context, a), *right = triple_document(context, b);
    const gitops_value *x = gitops_document_root(left), *y = gitops_document_root(right);
    uint32_t *match = calloc(gitops_value_count(x) + 1, sizeof *match);
    uint32_t matched = 0, last = 0;
    assert_int_equal(gops_sequence_align(context, x, y, match), 0);
    for (size_t i = 0; i < gitops_value_count(x); i++) {
        if (match[i] == GOPS_UNMATCHED)
            continue;
        assert_true(match[i] >= last);
        assert_true(
            gitops_value_equal(gitops_value_item(x, i), gitops_value_item(y, match[i])));
        last = match[i] + 1;
        matched++;
    }
    free(match);
    gitops_document_free(left);
    gitops_document_free(right);
    return matched;
}

static void sequenceAlign_lists_matchesTheLongest(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    assert_int_equal(align(context, "[]", "[]"), 0);
    assert_int_equal(align(context, "[1,2,3]", "[1,2,3]"), 3);
    assert_int_equal(align(context, "[1,2,3]", "[3,2,1]"), 1);
    assert_int_equal(align(context, "[1,2,1,2,1]", "[2,1,2]"), 3);
    assert_int_equal(align(context, "[1,2,3,4,5,6]", "[0,2,9,4,3,6]"), 3);
    assert_int_equal(align(context, "[7,7,1,7,2,7]", "[1,7,7,2,7,7]"), 4);
    support_context_free(context);
}

/* A gap too large for the table is still matched when one list is all in the other. */
static void sequenceAlign_hugeGap_matchesASubsequence(void **state)
{
    enum { COUNT = 4000 };
    gitops_context *context = support_context_new();
    char *all = malloc(COUNT * 2 + 16), *odd = malloc(COUNT * 2 + 16);
    size_t a = 0, o = 0;
    (void)state;
    /* No element is unique: 3 1 4 1 5 ... with every third left out in the shorter list. */
    all[a++] = odd[o++] = '[';
    for (int i = 0; i < COUNT; i++) {
        char digit = (char)('0' + i * 7 % 5);
        all[a++] = digit;
        all[a++] = ',';
        if (i % 3) {
            odd[o++] = digit;
            odd[o++] = ',';
        }
    }
    memcpy(all + a - 1, "]", 2);
    memcpy(odd + o - 1, "]", 2);
    uint32_t shorter = (uint32_t)(o / 2);
    assert_int_equal(align(context, odd, all), shorter);
    assert_int_equal(align(context, all, odd), shorter);
    free(all);
    free(odd);
    support_context_free(context);
}

/* An index says little to a reader; a secret key says too much. */
static void changeLabel_elementWithKeys_isNamedByThem(void **state)
{
    static const char schema[] =
        "{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\",\"p\"]},"
        "\"/l/*/m\":{\"list\":\"map\",\"keys\":[\"k\"]}},\"sensitive\":[\"/l/*/m/*/k\"]}";
    gitops_context *context = support_context_new();
    triple t = triple_new(context, schema, NULL,
                          "{\"a\":1,\"l\":[{\"n\":\"x\",\"p\":80,\"v\":1,\"m\":[{\"k\":\"s\",\"v\":1}]}]}",
                          "{\"l\":[{\"n\":\"x\",\"p\":80,\"m\":[{\"k\":\"s\"}]}]}");
    gitops_diff *diff = triple_diff(&t, 0, 0);
    (void)state;
    assert_string_equal(gitops_change_label(triple_change(diff, "/a")), "/a");
    assert_string_equal(gitops_change_label(triple_change(diff, "/l/0/v")), "/l/[n=x,p=80]/v");
    assert_string_equal(gitops_change_label(triple_change(diff, "/l/0/m/0/v")),
                        "/l/[n=x,p=80]/m/0/v");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

/* A side without elements has no first one to point at, as sanitizers know. */
static void diff_conflictWithAnEmptySequence_isDecided(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{\"lists\":{\"/q\":{\"list\":\"sequence\"}}}",
                          "{\"q\":[1],\"o\":1}", "{\"q\":[],\"o\":1}", "{\"q\":[2],\"o\":1}");
    gitops_diff *diff = triple_diff(&t, 0, 0);
    (void)state;
    triple_assert_change(diff, "/q/0", "git-remove-drifted/remove");
    triple_assert_merged(diff, "{\"q\":[],\"o\":1}");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

/* As where there is no base yet: whatever live made of the list is told by the schema. */
static void diff_sequenceThatIsSpeltInAnotherWay_isInSync(void **state)
{
    static const char *const schema =
        "{\"lists\":{\"/q\":{\"list\":\"sequence\"}},\"defaulted\":[\"/q\"],"
        "\"scalars\":{\"/q/*/v\":\"quantity\"}}";
    gitops_context *context = support_context_new();
    triple t = triple_new(context, schema, NULL, "{\"q\":[{\"v\":\"1000m\"},{\"v\":1}]}",
                          "{\"q\":[{\"v\":1},{\"v\":\"1000m\",\"d\":1}]}");
    (void)state;
    triple_assert_properties(&t);
    t.base = gitops_document_ref(t.desired);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_false(gitops_diff_differs(diff));
    assert_int_equal(gitops_changes_count(gitops_diff_changes(diff)), 0);
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_listCases_giveTheirMerge),
        cmocka_unit_test(diff_reorderInLive_followsTheDriftPolicy),
        cmocka_unit_test(diff_reorderInKubernetes_countsWhereItMeansSomething),
        cmocka_unit_test(diff_records_pointIntoDesired),
        cmocka_unit_test(orderInterleave_movedAndInjected_keepsNeighbours),
        cmocka_unit_test(sequenceAlign_lists_matchesTheLongest),
        cmocka_unit_test(sequenceAlign_hugeGap_matchesASubsequence),
        cmocka_unit_test(changeLabel_elementWithKeys_isNamedByThem),
        cmocka_unit_test(diff_conflictWithAnEmptySequence_isDecided),
        cmocka_unit_test(diff_sequenceThatIsSpeltInAnotherWay_isInSync),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
