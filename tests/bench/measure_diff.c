/*
 * diff: what comparing parsed documents costs: a triple of the size of a StatefulSet with drift and
 * without, lists joined by keys at two lengths, and many objects in which nothing changed. And the
 * same triple in another program, by turns with ours.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "measure.h"

enum { ROUNDS = 15, REPEATS = 2000, UNCHANGED = 10000, SHORT = 4000, LONG = 40000 };

typedef struct triple {
    gitops_document *base, *desired, *live;
} triple;

static gitops_document *read_document(gitops_context *context, const char *folder, const char *name)
{
    char path[1200];
    gitops_error err;
    gitops_document *document;
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    FILE *file = must_have(fopen(path, "rb"));
    char *text = must_have(malloc(1 << 20));
    size_t length = fread(text, 1, 1 << 20, file);
    fclose(file);
    must(gitops_document_parse(&document, context, text, length, path, &err), &err, path);
    free(text);
    return document;
}

static gitops_document *parse(gitops_context *context, const char *text, size_t length)
{
    gitops_error err;
    gitops_document *document;
    must(gitops_document_parse(&document, context, text, length, "bench", &err), &err, "document");
    return document;
}

static void free_triple(triple *t)
{
    gitops_document_free(t->base);
    gitops_document_free(t->desired);
    gitops_document_free(t->live);
}

static gitops_diff *compare(gitops_context *context, const triple *t, gitops_schema *schema)
{
    gitops_error err;
    gitops_diff *diff;
    gitops_diff_options options = {.struct_size = sizeof options, .schema = schema};
    must(gitops_diff_new(&diff, context, t->base, t->desired, t->live, &options, &err), &err,
         "diff");
    return diff;
}

/* Seconds of one diff, of repeats. */
static double time_once(gitops_context *context, const triple *t, gitops_schema *schema,
                        int repeats)
{
    double start = processor_time();
    for (int i = 0; i < repeats; i++)
        gitops_diff_free(compare(context, t, schema));
    return (processor_time() - start) / repeats;
}

static double time_diff(gitops_context *context, const triple *t, gitops_schema *schema,
                        int repeats)
{
    double seconds[ROUNDS];
    for (int round = 0; round < ROUNDS; round++)
        seconds[round] = time_once(context, t, schema, repeats);
    return median(seconds, ROUNDS);
}

/* The target as it is once the triple was merged and the new base remembered. */
static triple settled(gitops_context *context, const triple *t, gitops_schema *schema)
{
    gitops_diff *diff = compare(context, t, schema);
    triple after = {gitops_document_ref(t->desired), gitops_document_ref(t->desired),
                    gitops_document_ref(gitops_diff_merged(diff))};
    gitops_diff_free(diff);
    return after;
}

static void measure_drift(gitops_context *context, gitops_schema *schema, const char *folder)
{
    triple t = {read_document(context, folder, "base"), read_document(context, folder, "desired"),
                read_document(context, folder, "live")};
    triple after = settled(context, &t, schema);
    triple held = {t.desired, t.desired, t.desired};
    double drifted = time_diff(context, &t, schema, REPEATS);
    double defaults = time_diff(context, &after, schema, REPEATS);
    double equal = time_diff(context, &held, schema, REPEATS);
    printf("diff    a triple with drift %.2f us; in sync %.2f us, a factor of %.1f; in sync, with "
           "what the server added %.2f us, a factor of %.1f\n",
           drifted * 1e6, equal * 1e6, drifted / equal, defaults * 1e6, drifted / defaults);
    free_triple(&after);
    free_triple(&t);
}

/* A list of count elements; every step-th has another value. */
static gitops_document *keyed_list(gitops_context *context, int count, int step)
{
    size_t room = (size_t)count * 64 + 64, length = 0;
    char *text = must_have(malloc(room));
    length += (size_t)snprintf(text, room, "{\"l\":[");
    for (int i = 0; i < count; i++)
        length += (size_t)snprintf(text + length, room - length,
                                   "%s{\"name\":\"element-%d\",\"value\":\"%d\"}", i ? "," : "", i,
                                   step && i % step == 0 ? -1 : i);
    length += (size_t)snprintf(text + length, room - length, "]}");
    gitops_document *document = parse(context, text, length);
    free(text);
    return document;
}

static triple keyed_triple(gitops_context *context, int count)
{
    triple t = {keyed_list(context, count, 0), keyed_list(context, count, 50),
                keyed_list(context, count, 70)};
    return t;
}

static void measure_keyed(gitops_context *context)
{
    static const char rules[] = "{\"lists\":{\"/l\":{\"list\":\"map\",\"keys\":[\"name\"]}}}";
    gitops_error err;
    gitops_schema *schema;
    gitops_document *document = parse(context, rules, sizeof rules - 1);
    must(gitops_schema_parse(&schema, context, document, &err), &err, "schema");
    triple few = keyed_triple(context, SHORT), many = keyed_triple(context, LONG);
    double less[ROUNDS], more[ROUNDS], ratio[ROUNDS], least = 1e9, most = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        less[round] = time_once(context, &few, schema, LONG / SHORT);
        more[round] = time_once(context, &many, schema, 1);
        ratio[round] = more[round] / less[round];
        least = less[round] < least ? less[round] : least;
        most = more[round] < most ? more[round] : most;
    }
    printf("diff    a list with keys, %d elements %.2f ms, %d elements %.2f ms, a factor of %.1f; of the "
           "fastest rounds, which others disturbed least, %.1f\n",
           SHORT, median(less, ROUNDS) * 1e3, LONG, median(more, ROUNDS) * 1e3,
           median(ratio, ROUNDS), most / least);
    free_triple(&few);
    free_triple(&many);
    gitops_schema_free(schema);
    gitops_document_free(document);
}

/* Each side is a document of its own, as a store, a repository and a target would give it. */
static triple unchanged_object(gitops_context *context, int i)
{
    char text[600];
    gitops_document *sides[3];
    int length = snprintf(text, sizeof text,
                          "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"n%d\","
                          "\"namespace\":\"shop\",\"labels\":{\"app\":\"a%d\"}},\"data\":{\"a\":\"%d\","
                          "\"b\":\"two\",\"c\":\"three\"}}",
                          i, i % 97, i);
    for (int side = 0; side < 3; side++)
        sides[side] = parse(context, text, (size_t)length);
    triple t = {sides[0], sides[1], sides[2]};
    return t;
}

static void measure_unchanged(gitops_context *context, gitops_schema *schema)
{
    double seconds[ROUNDS];
    triple *objects = must_have(calloc(UNCHANGED, sizeof *objects));
    for (int i = 0; i < UNCHANGED; i++)
        objects[i] = unchanged_object(context, i);
    for (int round = 0; round < ROUNDS; round++) {
        double start = processor_time();
        for (int i = 0; i < UNCHANGED; i++)
            gitops_diff_free(compare(context, &objects[i], schema));
        seconds[round] = processor_time() - start;
    }
    printf("diff    %d unchanged objects: %.2f ms\n", UNCHANGED, median(seconds, ROUNDS) * 1e3);
    for (int i = 0; i < UNCHANGED; i++)
        free_triple(&objects[i]);
    free(objects);
}

void measure_diff(char **arguments)
{
    gitops_error err;
    gitops_context *context;
    gitops_schema *schema;
    must(gitops_context_new(&context, NULL, &err), &err, "context");
    must(gitops_schema_new(&schema, context, GITOPS_SCHEMA_KUBERNETES, &err), &err, "schema");
    measure_drift(context, schema, arguments[0]);
    measure_keyed(context);
    measure_unchanged(context, schema);
    gitops_schema_free(schema);
    gitops_context_free(context);
}

/* One line of the other program: nanoseconds of a structured merge and of a strategic one. */
static void run_reference(const char *program, const char *folder, double *typed, double *strategic)
{
    char command[2400];
    snprintf(command, sizeof command, "%s '%s'", program, folder);
    FILE *output = must_have(popen(command, "r"));
    int found = fscanf(output, "%lf %lf", typed, strategic);
    if (pclose(output) != 0 || found != 2) {
        fprintf(stderr, "gitops_bench: %s failed\n", program);
        exit(1);
    }
}

void measure_against(char **arguments)
{
    gitops_error err;
    gitops_context *context;
    gitops_schema *schema;
    double ours[ROUNDS], typed[ROUNDS], strategic[ROUNDS];
    must(gitops_context_new(&context, NULL, &err), &err, "context");
    must(gitops_schema_new(&schema, context, GITOPS_SCHEMA_KUBERNETES, &err), &err, "schema");
    triple t = {read_document(context, arguments[0], "base"),
                read_document(context, arguments[0], "desired"),
                read_document(context, arguments[0], "live")};
    enum { TURNS = 5 };
    for (int turn = 0; turn < TURNS; turn++) {
        ours[turn] = time_diff(context, &t, schema, REPEATS / TURNS) * 1e9;
        run_reference(arguments[1], arguments[0], &typed[turn], &strategic[turn]);
        typed[turn] /= ours[turn];
        strategic[turn] /= ours[turn];
    }
    printf("diff    the triple in %.2f us; structured-merge-diff takes %.1f times as long, strategic "
           "merge patch (JSON in and out, as it is called) %.1f times\n",
           median(ours, TURNS) / 1e3, median(typed, TURNS), median(strategic, TURNS));
    free_triple(&t);
    gitops_schema_free(schema);
    gitops_context_free(context);
}
