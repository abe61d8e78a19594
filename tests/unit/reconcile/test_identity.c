/* Whole reconciles of objects that Kubernetes fields do not name. */
#include "sim.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static sim device;
static world w;

static void open_world(const gitops_identity_options *options)
{
    gitops_context *context = support_context_new();
    assert_int_equal(world_open(&w, context, &device, SIM_CAN_LIST | SIM_CAN_GET), 0);
    assert_int_equal(gitops_identity_new(&w.policy.identity, context, options, NULL), 0);
    w.policy.max_deletes = 10;
    w.policy.max_delete_percent = 100;
    assert_int_equal(world_restart(&w), 0);
}

static void close_world(void)
{
    gitops_context *context = w.context;
    gitops_identity_free(w.policy.identity);
    world_close(&w);
    sim_release(&device);
    memset(&device, 0, sizeof device);
    support_context_free(context);
}

/* Runs and gives the calls it made. */
static const char *run(void)
{
    static char calls[sizeof device.log];
    device.log[0] = '\0';
    assert_int_equal(world_run(&w), 0);
    return memcpy(calls, device.log, sizeof calls);
}

static void write_file(const char *directory, const char *name, const void *bytes, size_t length)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void use_directory(const char *path)
{
    char location[4200];
    gitops_source_options options = {.struct_size = sizeof options, .location = location};
    snprintf(location, sizeof location, "dir:%s", path);
    gitops_source_free(w.source);
    w.source = NULL;
    assert_int_equal(gitops_source_open(&w.source, w.context, &options, NULL), 0);
    assert_int_equal(world_restart(&w), 0);
}

/* A directory of plain configuration files: text, a program, a binary, a change of the mode alone. */
static void run_directoryOfFiles_keepsTargetEqual(void **state)
{
    static const gitops_identity_options by_file = {.struct_size = sizeof by_file,
                                                    .by = GITOPS_IDENTITY_FILE};
    char *path = support_directory_new(), name[4200];
    (void)state;
    open_world(&by_file);
    use_directory(path);
    snprintf(name, sizeof name, "%s/conf.d", path);
    assert_int_equal(mkdir(name, 0755), 0);
    write_file(path, "conf.d/site.conf", "listen 80;\r\n", 12);
    write_file(path, "run", "#!/bin/sh\n", 10);
    write_file(path, "logo", "\x89\0\xff", 3);
    write_file(path, "Namespace.yaml", "kind: Namespace\napiVersion: v1\n", 31);
    assert_string_equal(run(), "+_/File/Namespace.yaml +_/File/logo +_/File/run "
                               "+conf.d/File/site.conf ");
    assert_string_equal(sim_get(&device, "conf.d/File/site.conf"),
                        "{\"content\":\"listen 80;\\r\\n\",\"mode\":\"0644\"}");
    assert_string_equal(sim_get(&device, "_/File/logo"),
                        "{\"base64\":\"iQD/\",\"mode\":\"0644\"}");
    assert_string_equal(run(), "");
    assert_int_equal(world_count(&w, GITOPS_ACTION_NONE), 4);

    snprintf(name, sizeof name, "%s/run", path);
    assert_int_equal(chmod(name, 0755), 0);
    assert_string_equal(run(), "+_/File/run ");
    assert_string_equal(sim_get(&device, "_/File/run"),
                        "{\"content\":\"#!/bin/sh\\n\",\"mode\":\"0755\"}");
    write_file(path, "logo", "text now", 8);
    assert_string_equal(run(), "+_/File/logo ");
    assert_string_equal(sim_get(&device, "_/File/logo"),
                        "{\"content\":\"text now\",\"mode\":\"0644\"}");
    sim_set(&device, "conf.d/File/site.conf", "{\"content\":\"listen 81;\",\"mode\":\"0644\"}");
    sim_set(&device, "_/File/foreign", "{\"content\":\"\",\"mode\":\"0644\"}");
    assert_string_equal(run(), "+conf.d/File/site.conf ");
    assert_int_equal(unlink(name), 0);
    assert_int_equal(world_restart(&w), 0);
    assert_string_equal(run(), "-_/File/run ");
    assert_null(sim_get(&device, "_/File/run"));
    assert_non_null(sim_get(&device, "_/File/foreign"));
    close_world();
    support_directory_free(path);
}

static void run_filesInMemory_deletesInReverse(void **state)
{
    static const gitops_identity_options by_file = {.struct_size = sizeof by_file,
                                                    .by = GITOPS_IDENTITY_FILE};
    (void)state;
    open_world(&by_file);
    world_put(&w, "z", "1");
    world_put(&w, "a", "1");
    world_put(&w, "b/a", "1");
    assert_string_equal(run(), "+_/File/a +_/File/z +b/File/a ");
    assert_int_equal(gitops_source_put_mode(w.source, "a", 0755, "1", 1, NULL), 0);
    world_put(&w, "z", NULL);
    world_put(&w, "b/a", NULL);
    assert_string_equal(run(), "+_/File/a -b/File/a -_/File/z ");
    assert_string_equal(run(), "");
    close_world();
}

/* Kinds that Kubernetes would order mean nothing here: the order is by key. */
static void run_pointers_keepTargetEqualByKey(void **state)
{
    static const gitops_identity_options by_pointers = {.struct_size = sizeof by_pointers,
                                                        .by = GITOPS_IDENTITY_POINTERS,
                                                        .name_pointer = "/id",
                                                        .kind_pointer = "/type",
                                                        .kind = "Thing"};
    (void)state;
    open_world(&by_pointers);
    world_put(&w, "a.yaml", "id: 1\ntype: Namespace\n---\nid: 2\ntype: ConfigMap\n---\n"
                            "id: 3\nports: [80, 443]\n");
    assert_string_equal(run(), "+_/ConfigMap/2 +_/Namespace/1 +_/Thing/3 ");
    assert_string_equal(run(), "");
    sim_set(&device, "_/Thing/3", "{\"id\":3,\"ports\":[80],\"serial\":\"x\"}");
    assert_string_equal(run(), "+_/Thing/3 ");
    assert_string_equal(sim_get(&device, "_/Thing/3"),
                        "{\"id\":3,\"ports\":[80,443],\"serial\":\"x\"}");
    world_put(&w, "a.yaml", "id: 1\ntype: Namespace\n---\nid: 3\nports: [80, 443]\n");
    assert_string_equal(run(), "-_/ConfigMap/2 ");
    close_world();
}

static int by_host(const gitops_value *root, const char *file, gitops_identity_answer *answer,
                   void *user_data)
{
    char key[100];
    size_t length;
    const char *host = gitops_value_text(gitops_value_find(root, "host", 4), &length);
    (void)file;
    (void)user_data;
    if (!host)
        return gitops_identity_answer_skip(answer);
    snprintf(key, sizeof key, "dmz/Host/%.*s", (int)length, host);
    return gitops_identity_answer_key(answer, key);
}

static void run_callback_keepsTargetEqual(void **state)
{
    static const gitops_identity_options by_callback = {.struct_size = sizeof by_callback,
                                                        .by = GITOPS_IDENTITY_CALLBACK,
                                                        .identify = by_host};
    (void)state;
    open_world(&by_callback);
    world_put(&w, "a.yaml", "host: b\n---\nnote: 1\n---\nhost: a\n");
    assert_string_equal(run(), "+dmz/Host/a +dmz/Host/b ");
    assert_int_equal(world_restart(&w), 0);
    assert_string_equal(run(), "");
    world_put(&w, "a.yaml", "host: b\nports: 3\n");
    assert_string_equal(run(), "+dmz/Host/b -dmz/Host/a ");
    close_world();
}

/* An approval given under one rule of identity says nothing about another. */
static void plan_otherIdentity_hasAnotherDigest(void **state)
{
    static const gitops_identity_options rules[] = {
        {.struct_size = sizeof rules[0], .by = GITOPS_IDENTITY_POINTERS, .name_pointer = "/a"},
        {.struct_size = sizeof rules[0], .by = GITOPS_IDENTITY_POINTERS, .name_pointer = "/b"}};
    char digests[2][65];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        open_world(&rules[i]);
        world_put(&w, "a.yaml", "a: same\nb: same\n");
        assert_string_equal(run(), "+_/Object/same ");
        gitops_run *result = gitops_reconciler_result(w.reconciler, "sim");
        strcpy(digests[i], gitops_plan_digest(gitops_run_plan(result)));
        gitops_run_free(result);
        close_world();
    }
    assert_string_not_equal(digests[0], digests[1]);
}

static void run_body(gitops_context *context, void *data)
{
    static const gitops_identity_options by_file = {.struct_size = sizeof by_file,
                                                    .by = GITOPS_IDENTITY_FILE};
    gitops_identity *identity = NULL;
    world world;
    sim target;
    (void)data;
    memset(&world, 0, sizeof world);
    memset(&target, 0, sizeof target);
    if (gitops_identity_new(&identity, context, &by_file, NULL) == 0 &&
        world_open(&world, context, &target, SIM_CAN_LIST) == 0) {
        world.policy.identity = identity;
        if (world_restart(&world) == 0) {
            world_put(&world, "a/b", "1");
            world_run(&world);
        }
    }
    gitops_identity_free(identity);
    world_close(&world);
    sim_release(&target);
}

static void run_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(run_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_directoryOfFiles_keepsTargetEqual),
        cmocka_unit_test(run_filesInMemory_deletesInReverse),
        cmocka_unit_test(run_pointers_keepTargetEqualByKey),
        cmocka_unit_test(run_callback_keepsTargetEqual),
        cmocka_unit_test(plan_otherIdentity_hasAnotherDigest),
        cmocka_unit_test(run_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
