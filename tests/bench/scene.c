/*
 * scene: what a small host would set up.
 */
#include "scene.h"

#include <string.h>

static void open_source(scene *s, const char *repository, const char *ref)
{
    gitops_error err;
    gitops_source_options options = {.struct_size = sizeof options, .location = repository,
                                     .ref = ref};
    must(gitops_source_open(&s->source, s->context, &options, &err), &err, "source");
}

static void open_store(scene *s, const char *path)
{
    gitops_error err;
    gitops_store_options options = {.struct_size = sizeof options, .path = path, .create = 1};
    must(path ? gitops_store_open(&s->store, s->context, &options, &err)
              : gitops_store_new_memory(&s->store, s->context, &err),
         &err, "store");
}

static void open_reconciler(scene *s, int plan_only)
{
    gitops_error err;
    gitops_unit_options what = {.struct_size = sizeof what, .name = "bench", .source = s->source,
                                .target = s->target};
    gitops_reconciler_options how = {.struct_size = sizeof how, .plan_only = plan_only};
    must(gitops_unit_new(&s->unit, s->context, &what, &err), &err, "unit");
    must(gitops_reconciler_new(&s->reconciler, s->context, s->store, &how, &err), &err,
         "reconciler");
    must(gitops_reconciler_add(s->reconciler, s->unit, &err), &err, "reconciler");
}

void scene_open(scene *s, const char *repository, const char *ref, const char *state,
                int plan_only)
{
    memset(s, 0, sizeof *s);
    s->context = counted_context(&s->memory);
    shelf_init(&s->shelf);
    open_source(s, repository, ref);
    open_store(s, state);
    s->target = shelf_target(&s->shelf, s->context);
    open_reconciler(s, plan_only);
}

void scene_close(scene *s)
{
    gitops_reconciler_free(s->reconciler);
    gitops_unit_free(s->unit);
    gitops_target_free(s->target);
    gitops_store_free(s->store);
    gitops_source_free(s->source);
    gitops_context_free(s->context);
    shelf_release(&s->shelf);
}

double scene_pass(scene *s, double (*clock)(void))
{
    gitops_error err;
    gitops_run_options once = {.struct_size = sizeof once};
    must(gitops_reconciler_trigger(s->reconciler, NULL, &err), &err, "trigger");
    double start = clock();
    must(gitops_reconciler_run(s->reconciler, &once, &err), &err, "pass");
    return clock() - start;
}

void scene_settle(scene *s)
{
    scene_pass(s, wall_time);
    while (scene_operations(s))
        scene_pass(s, wall_time);
    scene_pass(s, wall_time);
}

size_t scene_operations(scene *s)
{
    gitops_run *run = gitops_reconciler_result(s->reconciler, "bench");
    size_t count = gitops_plan_count(gitops_run_plan(run));
    gitops_run_free(run);
    return count;
}

uint64_t scene_in_order(scene *s)
{
    gitops_run *run = gitops_reconciler_result(s->reconciler, "bench");
    uint64_t count = gitops_plan_summary(gitops_run_plan(run), GITOPS_ACTION_NONE);
    gitops_run_free(run);
    return count;
}
