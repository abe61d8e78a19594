/*
 * objects: what the schema and the kinds of Kubernetes add to the table: folded empties, quantities,
 * secrets, ignored, sensitive and immutable places, structs, unions, and whole documents.
 */
#include "triple.h"

#include <stdio.h>

#include "base/buffer.h"
#include "diff/diff.h"

#define POD(spec) "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":" spec "}"
#define SECRET(rest)                                                                               \
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"}," rest "}"
#define MAPPING(rest)                                                                              \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"" rest "}}"

typedef struct merge_case {
    const char *name, *schema, *base, *desired, *live, *merged;
} merge_case;

static const merge_case cases[] = {
    {"empties are one value where the schema says so", "{\"omit-empty\":[\"/*\"]}",
     "{\"a\":[],\"b\":{},\"c\":null}", "{\"a\":[],\"b\":{},\"c\":null}", "{\"b\":null,\"c\":[]}",
     "{\"b\":null,\"c\":[]}"},
    {"an explicit empty list replaces a full one", "{\"omit-empty\":[\"/a\"]}", "{}", "{\"a\":[]}",
     "{\"a\":[1]}", "{\"a\":[]}"},
    {"empties differ elsewhere", "{}", "{\"a\":[]}", "{\"a\":[]}", "{\"a\":null}", "{\"a\":[]}"},
    {"a number and an equal spelling", "{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":1.0}",
     "{\"a\":1.0}"},
    {"text and number differ", "{}", "{\"a\":\"1\"}", "{\"a\":\"1\"}", "{\"a\":1}",
     "{\"a\":\"1\"}"},
    {"quantities compare by value", NULL,
     POD("{\"containers\":[{\"name\":\"a\",\"resources\":{\"limits\":{\"cpu\":\"1000m\"}}}]}"),
     POD("{\"containers\":[{\"name\":\"a\",\"resources\":{\"limits\":{\"cpu\":\"1000m\"}}}]}"),
     POD("{\"containers\":[{\"name\":\"a\",\"resources\":{\"limits\":{\"cpu\":1}}}]}"),
     POD("{\"containers\":[{\"name\":\"a\",\"resources\":{\"limits\":{\"cpu\":1}}}]}")},
    {"a struct that goes takes its defaults along", NULL,
     POD("{\"containers\":[{\"name\":\"a\",\"livenessProbe\":{\"httpGet\":{\"port\":1}}}]}"),
     POD("{\"containers\":[{\"name\":\"a\"}]}"),
     POD("{\"containers\":[{\"name\":\"a\",\"livenessProbe\":{\"httpGet\":{\"port\":1},"
         "\"periodSeconds\":10}}]}"),
     POD("{\"containers\":[{\"name\":\"a\"}]}")},
    {"a free map that goes leaves others' keys", NULL, MAPPING(",\"labels\":{\"a\":\"1\"}"),
     MAPPING(""), MAPPING(",\"labels\":{\"a\":\"1\",\"theirs\":\"2\"}"),
     MAPPING(",\"labels\":{\"theirs\":\"2\"}")},
    {"metadata that go leave what is not ours", NULL,
     "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"annotations\":{\"a\":\"1\"}}}",
     "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}",
     "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"annotations\":{\"a\":\"1\","
     "\"theirs\":\"2\"},\"uid\":\"u\"}}",
     "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"annotations\":{\"theirs\":\"2\"},"
     "\"uid\":\"u\"}}"},
    {"a map goes with its last member, and a null that means absent is none",
     "{\"null\":\"absent\"}", "{\"m\":{\"n\":{\"a\":null,\"b\":1}}}", "{}",
     "{\"m\":{\"n\":{\"a\":null,\"b\":1}}}", "{}"},
    {"a map with nothing but such nulls goes too", "{\"null\":\"absent\"}",
     "{\"m\":{\"a\":null}}", "{}", "{\"m\":{\"a\":null}}", "{}"},
    {"a null that is a value keeps its map", "{\"null\":\"value\"}", "{\"m\":{\"b\":1}}", "{}",
     "{\"m\":{\"a\":null,\"b\":1}}", "{\"m\":{\"a\":null}}"},
    {"keys of a union exclude each other", "{\"maps\":{\"/u\":\"retain-keys\"}}",
     "{\"u\":{\"type\":\"a\",\"x\":1}}", "{\"u\":{\"type\":\"b\"}}",
     "{\"u\":{\"type\":\"a\",\"x\":1,\"default\":2}}", "{\"u\":{\"type\":\"b\"}}"},
    {"defaults in a union in sync stay", "{\"maps\":{\"/u\":\"retain-keys\"}}",
     "{\"u\":{\"type\":\"a\"}}", "{\"u\":{\"type\":\"a\"}}", "{\"u\":{\"type\":\"a\",\"d\":2}}",
     "{\"u\":{\"type\":\"a\",\"d\":2}}"},
    {"ignored places keep live's value, in atomic lists too", "{\"ignore\":[\"/l/*/i\",\"/s\"]}",
     "{\"l\":[{\"v\":1,\"i\":1}],\"s\":1}", "{\"l\":[{\"v\":2,\"i\":1}],\"s\":1}",
     "{\"l\":[{\"v\":1,\"i\":7}],\"s\":9}", "{\"l\":[{\"v\":2,\"i\":7}],\"s\":9}"},
    {"an ignored leaf of a named element goes with it", "{\"ignore\":[\"/l/[n=a]/i\"]}",
     "{\"l\":[{\"n\":\"a\",\"i\":1}]}", "{\"l\":[{\"n\":\"b\",\"i\":1},{\"n\":\"a\",\"i\":1}]}",
     "{\"l\":[{\"n\":\"a\",\"i\":7},{\"n\":\"c\"}]}",
     "{\"l\":[{\"n\":\"b\",\"i\":1},{\"n\":\"a\",\"i\":7}]}"},
    {"ignored elements stay where they are", "{\"ignore\":[\"/l/[n=in-*]\"]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1}]}", "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"b\"}]}",
     "{\"l\":[{\"n\":\"in-1\"},{\"n\":\"in-2\"},{\"n\":\"a\",\"v\":2},{\"n\":\"in-3\"}]}",
     "{\"l\":[{\"n\":\"in-1\"},{\"n\":\"in-2\"},{\"n\":\"a\",\"v\":1},{\"n\":\"in-3\"},{\"n\":\"b\"}]}"},
    {"ignored elements alone are no difference", "{\"ignore\":[\"/l/[n=in-*]\"]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1}]}", "{\"l\":[{\"n\":\"a\",\"v\":1},{\"n\":\"in-9\"}]}",
     "{\"l\":[{\"n\":\"in-1\"},{\"n\":\"a\",\"v\":1}]}",
     "{\"l\":[{\"n\":\"in-1\"},{\"n\":\"a\",\"v\":1}]}"},
    {"an ignored element is never written", "{\"ignore\":[\"/l/[n=x]\"]}", "{\"l\":[]}",
     "{\"l\":[{\"n\":\"x\"},{\"n\":\"a\",\"v\":1}]}", "{\"l\":[{\"n\":\"b\"}]}",
     "{\"l\":[{\"n\":\"a\",\"v\":1}]}"},
    {"what is made comes with what rules ignore", "{\"ignore\":[\"/i\",\"/l/[n=x]\"]}", NULL,
     "{\"i\":1,\"l\":[{\"n\":\"x\"}],\"v\":1}", NULL,
     "{\"i\":1,\"l\":[{\"n\":\"x\"}],\"v\":1}"},
    {"so does what is made again", "{\"ignore\":[\"/i\"]}", "{\"i\":1,\"v\":1}",
     "{\"i\":2,\"v\":1}", NULL, "{\"i\":2,\"v\":1}"},
    {"what is there does not", "{\"ignore\":[\"/i\",\"/m/i\"]}", "{\"v\":1}",
     "{\"i\":1,\"m\":{\"i\":1},\"v\":2}", "{\"m\":{},\"v\":1}", "{\"m\":{},\"v\":2}"},
    {"a new element comes with what rules ignore in it",
     "{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]}},\"ignore\":[\"/l/*/i\"]}",
     "{\"l\":[{\"n\":\"a\",\"i\":1}]}", "{\"l\":[{\"n\":\"a\",\"i\":1},{\"n\":\"b\",\"i\":1}]}",
     "{\"l\":[{\"n\":\"a\"}]}", "{\"l\":[{\"n\":\"a\"},{\"n\":\"b\",\"i\":1}]}"},
    {"a new set comes with its ignored members",
     "{\"lists\":{\"/u/s\":{\"list\":\"set\"}},\"maps\":{\"/u\":\"struct\"},\"ignore\":[\"/u/s/0\"]}",
     "{}", "{\"u\":{\"s\":[1,2]}}", "{}", "{\"u\":{\"s\":[1,2]}}"},
    {"a new atomic list, and a new element of one", "{\"ignore\":[\"/*/*/i\"]}", "{\"l\":[]}",
     "{\"k\":[{\"i\":1}],\"l\":[{\"i\":1},{\"i\":1}]}", "{\"l\":[{\"i\":7}]}",
     "{\"k\":[{\"i\":1}],\"l\":[{\"i\":7},{\"i\":1}]}"},
    {"a new type is new", "{\"ignore\":[\"/a/i\"]}", "{\"a\":1}", "{\"a\":{\"i\":1}}", "{\"a\":1}",
     "{\"a\":{\"i\":1}}"},
    {"what the target alone writes is not even sent with what is made", NULL, NULL,
     "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"uid\":\"u\"},"
     "\"status\":{\"phase\":\"x\"}}",
     NULL, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"}}"},
    {"ignored elements of one name pair in their order", "{\"ignore\":[\"/l/[n=a]/i\"]}",
     "{\"l\":[]}", "{\"l\":[{\"n\":\"a\",\"i\":0},{\"n\":\"b\"},{\"n\":\"a\",\"i\":0}]}",
     "{\"l\":[{\"n\":\"a\",\"i\":1},{\"n\":\"a\",\"i\":2}]}",
     "{\"l\":[{\"n\":\"a\",\"i\":1},{\"n\":\"b\"},{\"n\":\"a\",\"i\":2}]}"},
    {"an ignored element of a keyed list",
     "{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]}},\"ignore\":[\"/l/[n=x]\"]}",
     "{\"l\":[{\"n\":\"a\"},{\"n\":\"x\",\"v\":1}]}",
     "{\"l\":[{\"n\":\"a\"},{\"n\":\"x\",\"v\":2},{\"n\":\"b\"}]}",
     "{\"l\":[{\"n\":\"x\",\"v\":3},{\"n\":\"a\"}]}",
     "{\"l\":[{\"n\":\"x\",\"v\":3},{\"n\":\"a\"},{\"n\":\"b\"}]}"},
    {"an ignored leaf in a changed element of a sequence",
     "{\"lists\":{\"/q\":{\"list\":\"sequence\"}},\"ignore\":[\"/q/*/i\"]}",
     "{\"q\":[1,{\"v\":1,\"i\":1},2]}", "{\"q\":[1,{\"v\":2,\"i\":1},2]}",
     "{\"q\":[1,{\"v\":1,\"i\":7},2]}", "{\"q\":[1,{\"v\":2,\"i\":7},2]}"},
    {"an ignored element of a sequence",
     "{\"lists\":{\"/q\":{\"list\":\"sequence\"}},\"ignore\":[\"/q/[n=x]\"]}", "{\"q\":[1,2]}",
     "{\"q\":[1,3]}", "{\"q\":[1,{\"n\":\"x\"},2]}", "{\"q\":[1,{\"n\":\"x\"},3]}"},
    {"defaults inside an atomic list are no drift", "{\"defaulted\":[\"/l\"]}",
     "{\"l\":[{\"a\":1}]}", "{\"l\":[{\"a\":1}]}", "{\"l\":[{\"a\":1,\"d\":{\"x\":1}}]}",
     "{\"l\":[{\"a\":1,\"d\":{\"x\":1}}]}"},
    {"a changed value inside a defaulted list is drift", "{\"defaulted\":[\"/l\"]}",
     "{\"l\":[{\"a\":1}]}", "{\"l\":[{\"a\":1}]}", "{\"l\":[{\"a\":2,\"d\":1}]}",
     "{\"l\":[{\"a\":1}]}"},
    {"nulls are not sent", "{\"null\":\"absent\"}", "{}",
     "{\"m\":{\"a\":null,\"b\":1},\"l\":[{\"c\":null,\"d\":1},null]}", "{}",
     "{\"m\":{\"b\":1},\"l\":[{\"d\":1},null]}"},
    {"a new type replaces the node", "{}", "{\"a\":\"x\"}", "{\"a\":{\"b\":1}}", "{\"a\":\"x\"}",
     "{\"a\":{\"b\":1}}"},
    {"what the server fills in is not ours", NULL, POD("{\"nodeName\":\"x\"}"),
     POD("{\"nodeName\":\"x\"}"),
     "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"uid\":\"1\"},"
     "\"spec\":{\"nodeName\":\"x\",\"schedulerName\":\"d\"},\"status\":{\"phase\":\"Running\"}}",
     "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"uid\":\"1\"},"
     "\"spec\":{\"nodeName\":\"x\",\"schedulerName\":\"d\"},\"status\":{\"phase\":\"Running\"}}"},
    {"the namespace of the request", NULL, MAPPING(",\"namespace\":\"n\""), MAPPING(""),
     MAPPING(",\"namespace\":\"n\""), MAPPING(",\"namespace\":\"n\"")},
    {"a whole new object", NULL, NULL, MAPPING(",\"namespace\":\"n\""), NULL,
     MAPPING(",\"namespace\":\"n\"")},
    {"an object that goes takes everything along", "{}", "{\"a\":1}", NULL, "{\"a\":1,\"b\":2}",
     NULL},
    {"an object that is not ours", "{}", NULL, NULL, "{\"b\":2}", "{\"b\":2}"},
    {"an object of nulls only", "{\"null\":\"absent\"}", NULL, "{\"a\":null}", NULL, "{}"},
    {"keys in another order", "{}", "{\"a\":1,\"b\":{\"c\":1,\"d\":2}}",
     "{\"b\":{\"d\":2,\"c\":1},\"a\":1}", "{\"b\":{\"c\":1,\"d\":2},\"a\":1}",
     "{\"a\":1,\"b\":{\"c\":1,\"d\":2}}"},
};

static void diff_objectCases_giveTheirMerge(void **state)
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

/* An object deleted in the target under a policy that leaves drift alone is not made again. */
static void diff_objectGone_followsThePolicies(void **state)
{
    static const char same[] = "{\"a\":1}", other[] = "{\"a\":2}";
    gitops_context *context = support_context_new();
    (void)state;
    triple t = triple_new(context, "{}", same, same, NULL);
    gitops_diff *diff = triple_diff(&t, 0, GITOPS_DRIFT_REPORT);
    triple_assert_merged(diff, NULL);
    triple_assert_change(diff, "/a", "drift-removed/none");
    gitops_diff_free(diff);
    diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, same);
    gitops_diff_free(diff);
    triple_free(&t);
    t = triple_new(context, "{}", same, other, NULL);
    diff = triple_diff(&t, GITOPS_CONFLICT_LIVE, 0);
    triple_assert_merged(diff, NULL);
    triple_assert_change(diff, "/a", "git-modify-drift-removed/keep");
    assert_true(gitops_value_equal(gitops_document_root(gops_diff_new_base(diff)),
                                   gitops_document_root(t.base)));
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

/* Leaves of an object that goes have rows of their own, and what is not ours goes along. */
static void diff_objectRemoved_eachLeafHasItsRow(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    triple t = triple_new(context, "{\"ignore\":[\"/status\"]}",
                          "{\"a\":1,\"b\":2,\"gone\":3}", NULL,
                          "{\"a\":1,\"b\":9,\"theirs\":{\"x\":1},\"status\":5}");
    gitops_diff *diff = triple_diff(&t, 0, 0);
    triple_assert_merged(diff, NULL);
    assert_int_equal(gitops_changes_count(gitops_diff_changes(diff)), 4);
    triple_assert_change(diff, "/a", "git-remove/remove");
    triple_assert_change(diff, "/b", "git-remove-drifted/remove");
    triple_assert_change(diff, "/gone", "already-gone/none");
    triple_assert_change(diff, "/theirs", "git-remove-explicit/remove");
    gitops_diff_free(diff);
    diff = triple_diff(&t, GITOPS_CONFLICT_LIVE, 0);
    triple_assert_merged(diff, "{\"a\":1,\"b\":9,\"theirs\":{\"x\":1},\"status\":5}");
    triple_assert_change(diff, "/a", "git-remove/keep");
    triple_assert_change(diff, "/b", "git-remove-drifted/keep");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diff_objectRemoved_missingLeafIsAConflictOfTheWhole(void **state)
{
    gitops_context *context = support_context_new();
    gitops_diff_options options = {.struct_size = sizeof options, .conflict = GITOPS_CONFLICT_FAIL};
    gitops_error err = {0};
    gitops_diff *diff;
    (void)state;
    triple t = triple_new(context, "{}", "{\"a\":1,\"b\":2}", NULL, "{\"a\":1}");
    diff = triple_diff(&t, 0, 0);
    triple_assert_change(diff, "", "git-remove-drifted/remove");
    gitops_diff_free(diff);
    assert_int_equal(gitops_diff_new(&diff, context, t.base, NULL, t.live, &options, &err),
                     GITOPS_ECONFLICT);
    triple_assert_change(diff, "", "git-remove-drifted/none");
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static int holds(const gitops_value *value, const char *text)
{
    size_t length;
    const char *own = gitops_value_text(value, &length);
    return own && length == strlen(text) && memcmp(own, text, length) == 0;
}

static void diff_sensitiveLeaves_areNeverInRecords(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{\"sensitive\":[\"/p\",\"/l/*/token\"]}",
                          "{\"p\":\"old\",\"l\":[{\"token\":\"t0\"}]}",
                          "{\"p\":\"new\",\"l\":[{\"token\":\"t1\"}]}",
                          "{\"p\":\"old\",\"l\":[{\"token\":\"t0\"}]}");
    (void)state;
    gitops_diff *diff = triple_diff(&t, 0, 0);
    gitops_changes *changes = gitops_changes_ref(gitops_diff_changes(diff));
    triple_assert_merged(diff, "{\"p\":\"new\",\"l\":[{\"token\":\"t1\"}]}");
    gitops_diff_free(diff);
    triple_free(&t);
    assert_int_equal(gitops_changes_count(changes), 2);
    for (size_t i = 0; i < 2; i++) {
        const gitops_change *change = gitops_changes_get(changes, i);
        assert_int_equal(gitops_change_sensitive(change), 1);
        assert_true(holds(gitops_change_base(change), "***"));
        assert_true(holds(gitops_change_desired(change), "***"));
        assert_true(holds(gitops_change_live(change), "***"));
        assert_true(holds(gitops_change_merged(change), "***"));
    }
    assert_null(gitops_changes_get(changes, 2));
    gitops_changes_free(changes);
    support_context_free(context);
}

static void diff_secretsOfKubernetes_areSensitive(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, NULL, NULL, SECRET("\"stringData\":{\"k\":\"pass\"}"), NULL);
    (void)state;
    gitops_diff *diff = triple_diff(&t, 0, 0);
    const gitops_change *change = triple_change(diff, "/data/k");
    assert_non_null(change);
    assert_int_equal(gitops_change_sensitive(change), 1);
    assert_true(holds(gitops_change_desired(change), "***"));
    assert_null(gitops_change_live(change));
    assert_int_equal(gitops_change_immutable(change), 0);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diff_immutableLeaf_isMarked(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{\"immutable\":[\"/sel\"]}", "{\"sel\":{\"a\":1},\"n\":1}",
                          "{\"sel\":{\"a\":2},\"n\":2}", "{\"sel\":{\"a\":1},\"n\":1}");
    (void)state;
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_int_equal(gitops_change_immutable(triple_change(diff, "/sel/a")), 1);
    assert_int_equal(gitops_change_immutable(triple_change(diff, "/n")), 0);
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static void diff_pathsWithSlashes_areEscaped(void **state)
{
    gitops_context *context = support_context_new();
    triple t = triple_new(context, "{}", NULL, "{\"a/b\":{\"~c\":1,\"\":2}}", "{}");
    (void)state;
    gitops_diff *diff = triple_diff(&t, 0, 0);
    triple_assert_change(diff, "/a~1b/~0c", "git-add/add");
    triple_assert_change(diff, "/a~1b/", "git-add/add");
    gitops_diff_free(diff);
    triple_assert_properties(&t);
    triple_free(&t);
    support_context_free(context);
}

static void diff_kindOfAnswer_isTold(void **state)
{
    gitops_context *context = support_context_new();
    (void)state;
    triple t = triple_new(context, "{}", "{\"a\":1}", "{\"a\":1}", "{\"a\":2}");
    gitops_diff *diff = triple_diff(&t, 0, 0);
    assert_true(gops_diff_has_drift(diff));
    assert_false(gops_diff_has_git_change(diff));
    assert_true(gops_diff_writes(diff));
    assert_false(gops_diff_rebases(diff));
    gitops_diff_free(diff);
    triple_free(&t);
    t = triple_new(context, "{}", "{\"a\":1}", "{\"a\":2}", "{\"a\":1}");
    diff = triple_diff(&t, 0, 0);
    assert_false(gops_diff_has_drift(diff));
    assert_true(gops_diff_has_git_change(diff));
    assert_true(gops_diff_rebases(diff));
    gitops_diff_free(diff);
    triple_free(&t);
    t = triple_new(context, "{}", NULL, "{\"a\":1}", "{\"a\":1,\"b\":1}");
    diff = triple_diff(&t, 0, 0);
    assert_false(gops_diff_writes(diff));
    assert_true(gops_diff_rebases(diff));
    assert_false(gitops_diff_differs(diff));
    gitops_diff_free(diff);
    triple_free(&t);
    support_context_free(context);
}

static size_t owned_live(gitops_context *context, const char *live, char *out, size_t size)
{
    gops_buffer bytes;
    triple t = triple_new(
        context, "{\"ignore\":[\"/i\"],\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"n\"]}}}",
        "{\"a\":1,\"gone\":1}", "{\"a\":1,\"m\":{\"b\":1},\"l\":[{\"n\":1}],\"i\":1}", live);
    gitops_diff *diff = triple_diff(&t, 0, 0);
    gops_buffer_init(&bytes, context, 0);
    gops_diff_owned_live(diff, &bytes);
    assert_int_equal(bytes.status, 0);
    size_t length = bytes.length < size ? bytes.length : size;
    memcpy(out, bytes.data, length);
    gops_buffer_release(&bytes);
    gitops_diff_free(diff);
    triple_free(&t);
    return length;
}

static void diffOwnedLive_noiseOfOthers_changesNothing(void **state)
{
    gitops_context *context = support_context_new();
    char quiet[512], noisy[512], changed[512];
    (void)state;
    size_t a = owned_live(context, "{\"a\":1,\"m\":{\"b\":2},\"gone\":1,\"l\":[{\"n\":1}]}", quiet,
                          sizeof quiet);
    size_t b = owned_live(context,
                          "{\"a\":1,\"m\":{\"b\":2,\"x\":1},\"gone\":1,\"i\":9,\"z\":[],"
                          "\"l\":[{\"n\":1,\"d\":1},{\"n\":2}]}",
                          noisy, sizeof noisy);
    size_t c = owned_live(context, "{\"a\":1,\"m\":{\"b\":3},\"gone\":1,\"l\":[{\"n\":1}]}",
                          changed, sizeof changed);
    assert_int_equal(a, b);
    assert_memory_equal(quiet, noisy, a);
    assert_true(a != c || memcmp(quiet, changed, a) != 0);
    support_context_free(context);
}

static void diffNew_badArguments_areRefused(void **state)
{
    gitops_context *context = support_context_new();
    gitops_diff *diff = NULL;
    gitops_diff_options options = {.struct_size = sizeof options, .conflict = 9};
    (void)state;
    assert_int_equal(gitops_diff_new(NULL, context, NULL, NULL, NULL, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_diff_new(&diff, NULL, NULL, NULL, NULL, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_diff_new(&diff, context, NULL, NULL, NULL, &options, NULL),
                     GITOPS_EINVAL);
    options.conflict = 0;
    options.drift = -1;
    assert_int_equal(gitops_diff_new(&diff, context, NULL, NULL, NULL, &options, NULL),
                     GITOPS_EINVAL);
    assert_null(diff);
    assert_int_equal(gitops_diff_new(&diff, context, NULL, NULL, NULL, NULL, NULL), 0);
    assert_null(gitops_diff_merged(diff));
    assert_int_equal(gitops_changes_count(gitops_diff_changes(diff)), 0);
    gitops_diff_free(diff);
    gitops_diff_free(NULL);
    gitops_changes_free(NULL);
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_objectCases_giveTheirMerge),
        cmocka_unit_test(diff_objectGone_followsThePolicies),
        cmocka_unit_test(diff_objectRemoved_eachLeafHasItsRow),
        cmocka_unit_test(diff_objectRemoved_missingLeafIsAConflictOfTheWhole),
        cmocka_unit_test(diff_sensitiveLeaves_areNeverInRecords),
        cmocka_unit_test(diff_secretsOfKubernetes_areSensitive),
        cmocka_unit_test(diff_immutableLeaf_isMarked),
        cmocka_unit_test(diff_pathsWithSlashes_areEscaped),
        cmocka_unit_test(diff_kindOfAnswer_isTold),
        cmocka_unit_test(diffOwnedLive_noiseOfOthers_changesNothing),
        cmocka_unit_test(diffNew_badArguments_areRefused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
