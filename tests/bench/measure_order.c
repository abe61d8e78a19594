/*
 * order: a plan of many objects with waves, namespaces, definitions, dependencies and change groups,
 * all of them updated, at two sizes; against sorting the same keys with qsort in the same run. And
 * how long a schedule takes to go through it, an operation at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "measure.h"
#include "plan/schedule.h"

enum { SMALL = 10000, LARGE = 100000, ROUNDS = 7, SPACES = 200, IN_FILE = 500 };

/* Of each hundred the first is a ConfigMap on which the others depend; some are in the change group
   of their namespace, some come after it. */
static size_t put_object(char *text, size_t size, int i)
{
    static const char *const kinds[] = {"v1\nkind: ConfigMap", "v1\nkind: Service",
                                        "apps/v1\nkind: Deployment", "batch/v1\nkind: Job",
                                        "example.com/v1\nkind: Widget"};
    int first = i - i % 100, space = i % SPACES;
    if (i < SPACES)
        return (size_t)snprintf(text, size,
                                "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n%d}\n",
                                i);
    if (i == SPACES)
        return (size_t)snprintf(
            text, size,
            "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
            "metadata: {name: widgets.example.com}\n"
            "spec: {group: example.com, names: {kind: Widget}}\n");
    int used = snprintf(text, size,
                        "---\napiVersion: %s\nmetadata:\n  name: o%d\n  namespace: n%d\n"
                        "  annotations:\n    argocd.argoproj.io/sync-wave: '%d'\n",
                        kinds[i % 5], i, space, i % 100 / 20 - 2);
    if (i != first && first > SPACES)
        used += snprintf(text + used, size - (size_t)used,
                         "    gitops/depends-on: n%d/ConfigMap/o%d\n", first % SPACES, first);
    if (i % 10 == 1 || i % 10 == 3)
        used += snprintf(text + used, size - (size_t)used,
                         i % 10 == 1 ? "    kapp.k14s.io/change-group: db-{namespace}\n"
                                     : "    kapp.k14s.io/change-rule: "
                                       "upsert after upserting db-n%d\n",
                         space - 2);
    return (size_t)used;
}

static gitops_manifest *read_objects(gitops_context *context, int count)
{
    gitops_error err;
    gitops_source *source;
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    char *text = must_have(malloc(IN_FILE * 512)), name[32];
    must(gitops_source_new_memory(&source, context, &err), &err, "source");
    for (int i = 0; i < count; i += IN_FILE) {
        size_t used = 0;
        for (int k = i; k < i + IN_FILE && k < count; k++)
            used += put_object(text + used, 512, k);
        snprintf(name, sizeof name, "%d.yaml", i);
        must(gitops_source_put(source, name, text, used, &err), &err, name);
    }
    free(text);
    must(gitops_source_fetch(source, &snapshot, &err), &err, "snapshot");
    must(gitops_manifest_read(&manifest, context, snapshot, NULL, NULL, &err), &err, "manifest");
    gitops_snapshot_free(snapshot);
    gitops_source_free(source);
    return manifest;
}

static int answer_nothing(const gitops_request *request, gitops_answer *answer, void *user_data)
{
    (void)request;
    (void)answer;
    (void)user_data;
    return 0;
}

static gitops_unit *new_unit(gitops_context *context)
{
    gitops_target_options callbacks = {.struct_size = sizeof callbacks, .list = answer_nothing,
                                       .apply = answer_nothing, .delete_object = answer_nothing};
    gitops_unit_options options = {.struct_size = sizeof options, .name = "bench"};
    gitops_error err;
    gitops_unit *unit;
    must(gitops_source_new_memory(&options.source, context, &err), &err, "source");
    must(gitops_target_new(&options.target, context, &callbacks, &err), &err, "target");
    must(gitops_unit_new(&unit, context, &options, &err), &err, "unit");
    gitops_source_free(options.source);
    gitops_target_free(options.target);
    return unit;
}

/* Every object is updated; found in the order of their keys, as a listing has them. */
static void find_all(gops_findings *findings, const gops_node *index)
{
    size_t count = gops_index_count(index);
    gitops_error err;
    for (size_t i = 0; i < count; i++) {
        const gops_item *item = gops_index_at(index, i);
        must(gops_findings_add(findings, GITOPS_ACTION_UPDATE, GOPS_REASON_CHANGED_IN_GIT, item,
                               gops_item_object(item)->key,
                               must_have(gops_detail_new(findings->context))),
             &err, "findings");
    }
}

static double time_plan(const gitops_unit *unit, gitops_context *context,
                        gitops_manifest *manifest, gitops_plan **plan)
{
    gitops_error err;
    gops_findings findings;
    gops_findings_init(&findings, context);
    find_all(&findings, manifest->index);
    gops_plan_input input = {.unit = unit, .revision = "r", .manifest = manifest,
                             .findings = &findings,
                             .desired = gops_index_count(manifest->index)};
    double start = processor_time();
    must(gops_plan_build(plan, context, &input, &err), &err, "plan");
    return processor_time() - start;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static double time_sort(const gops_node *index)
{
    size_t count = gops_index_count(index);
    const char **keys = must_have(malloc(count * sizeof *keys));
    for (size_t i = 0; i < count; i++)
        keys[i] = gops_item_object(gops_index_at(index, (i * 7919 + 5) % count))->key;
    double start = processor_time();
    qsort(keys, count, sizeof *keys, compare_texts);
    double seconds = processor_time() - start;
    free(keys);
    return seconds;
}

static double time_schedule(gitops_context *context, const gitops_plan *plan)
{
    gops_schedule schedule;
    gitops_error err;
    size_t done = 0;
    double start = processor_time();
    must(gops_schedule_init(&schedule, context, plan), &err, "schedule");
    for (size_t i; (i = gops_schedule_next(&schedule, SIZE_MAX)) != GOPS_SCHEDULE_NONE; done++)
        gops_schedule_done(&schedule, i);
    double seconds = processor_time() - start;
    if (done != gitops_plan_count(plan))
        must(GITOPS_EINVAL, &(gitops_error){.message = "not all were scheduled"}, "schedule");
    gops_schedule_release(&schedule);
    return seconds;
}

/* Seconds an object of one size. */
static double measure_size(gitops_context *context, const gitops_unit *unit, int count)
{
    double plans[ROUNDS], sorts[ROUNDS], schedules[ROUNDS];
    gitops_manifest *manifest = read_objects(context, count);
    uint32_t edges = 0;
    for (int i = 0; i < ROUNDS; i++) {
        gitops_plan *plan;
        plans[i] = time_plan(unit, context, manifest, &plan);
        sorts[i] = time_sort(manifest->index);
        schedules[i] = time_schedule(context, plan);
        edges = plan->graph.first[plan->graph.nodes];
        gitops_plan_free(plan);
    }
    double seconds = median(plans, ROUNDS), sort = median(sorts, ROUNDS);
    printf("order   %7d objects: %.3f s to plan, %.1f times qsort of their keys; %u edges; the "
           "schedule %.2f us an operation\n",
           count, seconds, seconds / sort, edges, median(schedules, ROUNDS) / count * 1e6);
    gitops_manifest_free(manifest);
    return seconds / count;
}

void measure_order(char **arguments)
{
    gitops_error err;
    gitops_context *context;
    (void)arguments;
    must(gitops_context_new(&context, NULL, &err), &err, "context");
    gitops_unit *unit = new_unit(context);
    double small = measure_size(context, unit, SMALL), large = measure_size(context, unit, LARGE);
    printf("order   an object of %d costs %.2f times one of %d\n", LARGE, large / small, SMALL);
    gitops_unit_free(unit);
    gitops_context_free(context);
}
