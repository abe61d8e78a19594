/* What a reconciler remembers of manifests beside its state, when, and what that saves. */
#include "sim.h"

#include <stdio.h>
#include <sys/stat.h>

#include "reconcile/machine.h"

#define MAP(name) "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\n"

/* A world whose store is a file, opened anew by each process. */
typedef struct fixture {
    world w;
    sim s;
    char *folder;
    char state[1100], memo[1200];
} fixture;

static void open_store(fixture *f, int read_only)
{
    gitops_store_options options = {.struct_size = sizeof options, .path = f->state,
                                    .create = !read_only, .read_only = read_only};
    gitops_store_free(f->w.store);
    assert_int_equal(gitops_store_open(&f->w.store, f->w.context, &options, NULL), 0);
}

static void setup(fixture *f)
{
    memset(f, 0, sizeof *f);
    f->folder = support_directory_new();
    snprintf(f->state, sizeof f->state, "%s/state", f->folder);
    assert_int_equal(world_open(&f->w, support_context_new(), &f->s, SIM_CAN_LIST | SIM_CAN_GET),
                     0);
    snprintf(f->memo, sizeof f->memo, "%s-memo-%s", f->state, f->w.unit->name);
    world_put(&f->w, "a.yaml", MAP("a"));
    world_put(&f->w, "b/b.yaml", MAP("b"));
    world_put(&f->w, "b/values.yaml", "x: 1\n");
}

static void teardown(fixture *f)
{
    gitops_context *context = f->w.context;
    world_close(&f->w);
    sim_release(&f->s);
    support_directory_free(f->folder);
    support_context_free(context);
}

/* A new process on the state: plans or applies, once. Returns the files it parsed. */
static int run(fixture *f, int plan_only)
{
    open_store(f, plan_only);
    f->w.options.plan_only = plan_only;
    assert_int_equal(world_restart(&f->w), 0);
    assert_int_equal(world_run(&f->w), 0);
    return (int)gitops_manifest_files_parsed(f->w.reconciler->units[0]->read);
}

static long size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (long)info.st_size : -1;
}

static void apply_nextProcess_parsesOnlyWhatChanged(void **state)
{
    fixture f;
    (void)state;
    setup(&f);
    assert_int_equal(run(&f, 0), 3);
    assert_true(size_of(f.memo) > 0);
    assert_int_equal(run(&f, 0), 0);
    world_put(&f.w, "a.yaml", MAP("c"));
    assert_int_equal(run(&f, 0), 1);
    assert_int_equal(run(&f, 0), 0);
    assert_string_equal(f.s.log, "+_/ConfigMap/a +_/ConfigMap/b +_/ConfigMap/c -_/ConfigMap/a ");
    teardown(&f);
}

static void plan_readsItAndWritesNothing(void **state)
{
    fixture f;
    (void)state;
    setup(&f);
    assert_int_equal(run(&f, 1), 3);
    assert_int_equal(size_of(f.memo), -1);
    assert_int_equal(size_of(f.state), -1);
    run(&f, 0);
    long before = size_of(f.memo);
    assert_int_equal(run(&f, 1), 0);
    world_put(&f.w, "a.yaml", MAP("c"));
    assert_int_equal(run(&f, 1), 1);
    assert_int_equal(run(&f, 1), 1);
    assert_int_equal(size_of(f.memo), before);
    teardown(&f);
}

static void pass_nothingChanged_writesNothing(void **state)
{
    fixture f;
    struct stat before, after;
    (void)state;
    setup(&f);
    run(&f, 0);
    assert_int_equal(stat(f.memo, &before), 0);
    long state_size = size_of(f.state);
    for (int i = 0; i < 3; i++)
        assert_int_equal(world_run(&f.w), 0);
    run(&f, 0);
    assert_int_equal(stat(f.memo, &after), 0);
    assert_int_equal(after.st_size, before.st_size);
    assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    assert_int_equal(size_of(f.state), state_size);
    teardown(&f);
}

static void pass_brokenRevision_isNotRemembered(void **state)
{
    fixture f;
    (void)state;
    setup(&f);
    run(&f, 0);
    long before = size_of(f.memo);
    world_put(&f.w, "a.yaml", "{{");
    open_store(&f, 0);
    assert_int_equal(world_restart(&f.w), 0);
    assert_int_equal(world_run(&f.w), GITOPS_EPARSE);
    assert_int_equal(size_of(f.memo), before);
    world_put(&f.w, "a.yaml", MAP("a"));
    assert_int_equal(run(&f, 0), 0);
    teardown(&f);
}

static void apply_memoDamaged_readsAnewAndMendsIt(void **state)
{
    fixture f;
    (void)state;
    setup(&f);
    run(&f, 0);
    FILE *file = fopen(f.memo, "r+");
    assert_non_null(file);
    fseek(file, 100, SEEK_SET);
    fputs("damage", file);
    fclose(file);
    assert_int_equal(run(&f, 1), 3);
    assert_int_equal(run(&f, 0), 3);
    assert_int_equal(run(&f, 0), 0);
    assert_int_equal(remove(f.memo), 0);
    assert_int_equal(run(&f, 0), 3);
    assert_int_equal(run(&f, 0), 0);
    teardown(&f);
}

static void apply_memoCannotBeWritten_isDoneAllTheSame(void **state)
{
    fixture f;
    (void)state;
    setup(&f);
    assert_int_equal(mkdir(f.memo, 0700), 0); /* a directory is in its place */
    assert_int_equal(run(&f, 0), 3);
    world_put(&f.w, "a.yaml", MAP("c"));
    assert_int_equal(world_run(&f.w), 0);
    assert_string_equal(f.s.log, "+_/ConfigMap/a +_/ConfigMap/b +_/ConfigMap/c -_/ConfigMap/a ");
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(apply_nextProcess_parsesOnlyWhatChanged),
        cmocka_unit_test(plan_readsItAndWritesNothing),
        cmocka_unit_test(pass_nothingChanged_writesNothing),
        cmocka_unit_test(pass_brokenRevision_isNotRemembered),
        cmocka_unit_test(apply_memoDamaged_readsAnewAndMendsIt),
        cmocka_unit_test(apply_memoCannotBeWritten_isDoneAllTheSame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
