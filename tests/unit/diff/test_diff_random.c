/*
 * random: the properties over thousands of small triples that were made to collide: few keys, few
 * values, every kind of list and map, nulls and empties everywhere. The same ones in every run, but
 * for one with GITOPS_RANDOM_SEED; GITOPS_RANDOM_TRIPLES says how many.
 */
#include "triple.h"

#include <stdio.h>

typedef struct generator {
    uint64_t state;
    char text[8192];
    size_t used;
} generator;

static uint32_t draw(generator *g, uint32_t below)
{
    g->state = g->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(g->state >> 33) % below;
}

static void put(generator *g, const char *text)
{
    int written = snprintf(g->text + g->used, sizeof g->text - g->used, "%s", text);
    assert_true(written >= 0 && (size_t)written < sizeof g->text - g->used);
    g->used += (size_t)written;
}

static void put_scalar(generator *g)
{
    static const char *const scalars[] = {"1", "2", "\"a\"", "\"b\"", "null", "1.0", "true",
                                          "\"1\""};
    put(g, scalars[draw(g, sizeof scalars / sizeof scalars[0])]);
}

static void put_value(generator *g, int depth);

/* Members of few names; the schema gives every name another meaning. */
static void put_map(generator *g, int depth)
{
    static const char *const names[] = {"k", "s", "q", "st", "u", "at", "d", "o", "f", "i", "n"};
    const char *comma = "";
    put(g, "{");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (draw(g, 3))
            continue;
        put(g, comma);
        put(g, "\"");
        put(g, names[i]);
        put(g, "\":");
        put_value(g, depth - 1);
        comma = ",";
    }
    put(g, "}");
}

static void put_list(generator *g, int depth)
{
    uint32_t count = draw(g, 5), maps = draw(g, 2);
    put(g, "[");
    for (uint32_t i = 0; i < count; i++) {
        put(g, i ? "," : "");
        if (maps && depth > 0)
            put_map(g, depth - 1);
        else
            put_value(g, depth - 1);
    }
    put(g, "]");
}

static void put_value(generator *g, int depth)
{
    uint32_t kind = depth > 0 ? draw(g, 4) : 3;
    if (kind == 0)
        put_map(g, depth);
    else if (kind == 1)
        put_list(g, depth);
    else
        put_scalar(g);
}

/* A document; NULL now and then, and sometimes no map. */
static gitops_document *make(generator *g, gitops_context *context)
{
    if (draw(g, 12) == 0)
        return NULL;
    g->used = 0;
    if (draw(g, 12) == 0)
        put_value(g, 2);
    else
        put_map(g, 4);
    return triple_document(context, g->text);
}

static const char *const schemas[] = {
    "{}",
    "{\"null\":\"absent\"}",
    "{\"lists\":{\"/k\":{\"list\":\"map\",\"keys\":[\"n\"]},\"/*/k\":{\"list\":\"map\",\"keys\":"
    "[\"n\",\"f\"],\"defaults\":{\"n\":1}},\"/s\":{\"list\":\"set\"},\"/q\":{\"list\":"
    "\"sequence\"}},\"maps\":{\"/st\":\"struct\",\"/u\":\"retain-keys\",\"/at\":\"atomic\"},"
    "\"defaulted\":[\"/d\"],\"omit-empty\":[\"/o\",\"/*/o\"],\"ignore\":[\"/*/i\",\"/d/*/i\"]}",
    "{\"null\":\"absent\",\"lists\":{\"/k\":{\"list\":\"map\",\"keys\":[\"n\"]},\"/k/*/k\":{"
    "\"list\":\"map\",\"keys\":[\"n\"],\"defaults\":{\"n\":\"a\"}},\"/*/s\":{\"list\":\"set\"},"
    "\"/*/q\":{\"list\":\"sequence\"},\"/q\":{\"list\":\"sequence\"}},\"maps\":{\"/*/st\":"
    "\"struct\",\"/st\":\"struct\",\"/*/u\":\"retain-keys\",\"/u\":\"retain-keys\",\"/at\":"
    "\"atomic\"},\"defaulted\":[\"/at\",\"/*/d\"],\"omit-empty\":[\"/*\",\"/*/*\"],"
    "\"ignore\":[\"/i\",\"/at/i\",\"/k/*/i\"]}",
};
enum { SCHEMAS = sizeof schemas / sizeof schemas[0], TRIPLES = 4000 };

static void diff_randomTriples_propertiesHold(void **state)
{
    const char *rounds = getenv("GITOPS_RANDOM_TRIPLES"), *seed = getenv("GITOPS_RANDOM_SEED");
    generator g = {.state = seed ? strtoull(seed, NULL, 10) : 20261122};
    gitops_context *context = support_context_new();
    long count = rounds ? atol(rounds) : TRIPLES;
    (void)state;
    for (long i = 0; i < count; i++) {
        triple t = triple_new(context, schemas[i % SCHEMAS], NULL, NULL, NULL);
        t.base = make(&g, context);
        uint32_t like = draw(&g, 4);
        t.desired = like == 0 && t.base ? gitops_document_ref(t.base) : make(&g, context);
        t.live = like == 1 && t.desired ? gitops_document_ref(t.desired) : make(&g, context);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    support_context_free(context);
}

/* The map with one more member, the first one. */
static gitops_document *with_member(gitops_context *context, const gitops_document *document,
                                    const char *member)
{
    gitops_buffer *text = NULL;
    assert_int_equal(gitops_value_emit(&text, context, gitops_document_root(document), NULL, NULL),
                     0);
    size_t length = gitops_buffer_length(text) + strlen(member) + 4;
    char *longer = malloc(length);
    const char *rest = gitops_buffer_data(text) + 1;
    assert_non_null(longer);
    snprintf(longer, length, "{%s%s%s", member, *rest == '}' ? "" : ",", rest);
    gitops_document *result = triple_document(context, longer);
    free(longer);
    gitops_buffer_free(text);
    return result;
}

/* The walk, which a difference elsewhere forces, finds nothing more than the quick look did. */
static void assert_walk_finds_nothing(const triple *t)
{
    triple walked = *t;
    walked.base = walked.desired = with_member(t->context, t->desired, "\"zz\":1");
    walked.live = with_member(t->context, t->live, "\"zz\":2");
    gitops_diff *diff = triple_diff(&walked, GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT);
    if (gitops_changes_count(gitops_diff_changes(diff)) != 1 || !triple_change(diff, "/zz"))
        triple_fail(&walked, diff, "the walk finds more");
    gitops_document *merged = with_member(t->context, t->live, "\"zz\":1");
    if (!gitops_value_equal(gitops_document_root(gitops_diff_merged(diff)),
                            gitops_document_root(merged)))
        triple_fail(&walked, diff, "the walk merges otherwise");
    gitops_diff_free(diff);
    gitops_document_free(merged);
    gitops_document_free(walked.desired);
    gitops_document_free(walked.live);
}

static gitops_document *make_map(generator *g, gitops_context *context)
{
    g->used = 0;
    put_map(g, 4);
    return triple_document(context, g->text);
}

/* What is in sync, with what the target added, is so by the quick look and by the walk. */
static void diff_randomInSync_isAsWalked(void **state)
{
    generator g = {.state = 20261129};
    gitops_context *context = support_context_new();
    (void)state;
    int found = 0;
    for (int i = 0; i < TRIPLES; i++) {
        triple t = triple_new(context, schemas[i % SCHEMAS], NULL, NULL, NULL);
        t.desired = make_map(&g, context);
        t.base = gitops_document_ref(t.desired);
        t.live = make_map(&g, context);
        gitops_diff *diff = triple_diff(&t, GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT);
        gitops_document *merged = gitops_document_ref(gitops_diff_merged(diff));
        gitops_diff_free(diff);
        gitops_document_free(t.live);
        t.live = merged;
        diff = triple_diff(&t, GITOPS_CONFLICT_DESIRED, GITOPS_DRIFT_REVERT);
        if (gitops_changes_count(gitops_diff_changes(diff)) == 0) {
            assert_walk_finds_nothing(&t);
            found++;
        }
        gitops_diff_free(diff);
        triple_free(&t);
    }
    assert_true(found > TRIPLES / 2);
    support_context_free(context);
}

/* An answer that is given back unchanged is no drift, whatever the target made of what it got. */
static void diffNormal_randomAnswers_areNoDrift(void **state)
{
    generator g = {.state = 20261127};
    gitops_context *context = support_context_new();
    (void)state;
    for (int i = 0; i < TRIPLES; i++) {
        gitops_diff_options options = {.struct_size = sizeof options};
        gitops_diff *diff;
        triple t = triple_new(context, schemas[i % 2], NULL, NULL, NULL);
        while (!t.base)
            t.base = make(&g, context);
        while (!t.live)
            t.live = make(&g, context);
        options.schema = t.schema;
        assert_int_equal(
            gitops_diff_normal(&options.normal, context, t.base, t.live, t.schema, NULL), 0);
        assert_int_equal(gitops_diff_new(&diff, context, t.base, t.base, t.live, &options, NULL),
                         0);
        if (gitops_diff_differs(diff) || gitops_changes_count(gitops_diff_changes(diff)))
            triple_fail(&t, diff, "the answer is drift");
        gitops_diff_free(diff);
        gitops_document_free(options.normal);
        triple_free(&t);
    }
    support_context_free(context);
}

/* A kind of Kubernetes with places about which it has rules, and what may stand there. */
typedef struct kind_places {
    const char *head, *tail;
    struct {
        const char *before, *values[6];
    } places[4];
} kind_places;

static const kind_places kinds[] = {
    {"{\"apiVersion\":\"v1\",\"kind\":\"Secret\"",
     "}",
     {{",\"data\":", {"{\"a\":\"YQ==\"}", "{\"a\":\"YQ\",\"b\":\"Yg==\"}", "{}", "{\"c\":\"\"}",
                      "{\"a\":null,\"b\":\"\"}", "{\"b\":\"!\",\"c\":1}"}},
      {",\"stringData\":", {"{\"a\":\"a\"}", "{\"b\":\"x\",\"c\":\"a\"}", "{}", "{\"c\":\"\"}",
                            "{\"a\":null}", "{\"b\":1}"}},
      {",\"type\":", {"\"a\"", "\"b\"", "null", "\"a\"", "\"a\"", "\"b\""}},
      {",\"immutable\":", {"true", "false", "null", "true", "true", "false"}}}},
    {"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"x\":1",
     "}}",
     {{",\"serviceAccount\":", {"\"a\"", "\"b\"", "null", "\"a\"", "\"\"", "1"}},
      {",\"serviceAccountName\":", {"\"a\"", "\"b\"", "null", "\"a\"", "\"\"", "{}"}},
      {",\"tolerations\":", {"[]", "null", "[{}]", "[1]", "[]", "{}"}},
      {",\"nodeSelector\":", {"{}", "{\"a\":\"1\"}", "null", "{\"a\":null}", "[]", "{}"}}}},
    {"{\"apiVersion\":\"autoscaling/v2\",\"kind\":\"HorizontalPodAutoscaler\",\"spec\":{\"x\":1",
     "}}",
     {{",\"metrics\":", {"[{\"a\":1},{\"a\":1}]", "[{\"a\":1}]", "[{},{\"a\":1}]", "[]", "null", "[{}]"}},
      {",\"y\":", {"1", "2", "null", "[]", "{}", "1"}},
      {",\"z\":", {"1", "2", "null", "[]", "{}", "1"}},
      {",\"minReplicas\":", {"1", "2", "null", "1", "1", "2"}}}},
    {"{\"apiVersion\":\"v1\",\"kind\":\"Endpoints\"",
     "}",
     {{",\"subsets\":", {"[{\"addresses\":[{\"ip\":\"1\"},{\"ip\":\"2\"}]}]",
                         "[{\"addresses\":[{\"ip\":\"2\"},{\"ip\":\"1\"}]}]",
                         "[{\"addresses\":[{\"ip\":\"1\"}]},{\"ports\":[{\"port\":1}]}]",
                         "[{\"ports\":[{\"port\":1,\"protocol\":\"TCP\"}]},{\"addresses\":[{\"ip\":\"1\"}]}]",
                         "[]", "null"}},
      {",\"a\":", {"1", "2", "null", "[]", "{}", "1"}},
      {",\"b\":", {"1", "2", "null", "[]", "{}", "1"}},
      {",\"c\":", {"1", "2", "null", "[]", "{}", "1"}}}},
    {"{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\",\"spec\":{\"x\":1",
     "}}",
     {{",\"conversion\":", {"{\"strategy\":\"None\"}", "{\"strategy\":\"Webhook\"}", "null", "{}",
                            "{\"strategy\":\"None\"}", "1"}},
      {",\"names\":", {"{\"singular\":\"\"}", "{\"singular\":\"a\"}", "null", "{}",
                       "{\"singular\":null}", "{\"singular\":\"b\",\"listKind\":\"\"}"}},
      {",\"preserveUnknownFields\":", {"false", "true", "null", "false", "false", "true"}},
      {",\"y\":", {"1", "2", "null", "[]", "{}", "1"}}}},
};

static gitops_document *make_kind(generator *g, gitops_context *context, const kind_places *kind)
{
    if (draw(g, 12) == 0)
        return NULL;
    g->used = 0;
    put(g, kind->head);
    for (size_t i = 0; i < 4; i++)
        if (draw(g, 3)) {
            put(g, kind->places[i].before);
            put(g, kind->places[i].values[draw(g, 6)]);
        }
    put(g, kind->tail);
    return triple_document(context, g->text);
}

static void diff_randomKinds_propertiesHold(void **state)
{
    generator g = {.state = 20261128};
    gitops_context *context = support_context_new();
    (void)state;
    for (int i = 0; i < TRIPLES; i++) {
        const kind_places *kind = &kinds[(size_t)i % (sizeof kinds / sizeof kinds[0])];
        triple t = triple_new(context, NULL, NULL, NULL, NULL);
        t.base = make_kind(&g, context, kind);
        t.desired = make_kind(&g, context, kind);
        t.live = make_kind(&g, context, kind);
        triple_assert_properties(&t);
        triple_free(&t);
    }
    support_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_randomTriples_propertiesHold),
        cmocka_unit_test(diff_randomKinds_propertiesHold),
        cmocka_unit_test(diff_randomInSync_isAsWalked),
        cmocka_unit_test(diffNormal_randomAnswers_areNoDrift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
