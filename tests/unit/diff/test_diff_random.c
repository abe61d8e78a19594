/*
 * random: the properties over thousands of small triples that were made to collide: few keys, few
 * values, every kind of list and map, nulls and empties everywhere. The same ones in every run.
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
    generator g = {.state = 20261122};
    gitops_context *context = support_context_new();
    const char *rounds = getenv("GITOPS_RANDOM_TRIPLES");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_randomTriples_propertiesHold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
