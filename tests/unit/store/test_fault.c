/*
 * Faults below SQLite: the process is killed at, or in the middle of, each write to a file; each
 * read and write fails once; each of SQLite's own allocations fails once. A store in memory that is
 * told the same is the model of what must be there afterwards.
 */
#include "script.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

enum { GROUPS = 6 };

typedef enum fault_kind { FAULT_NONE, FAULT_KILL, FAULT_TORN, FAULT_FULL, FAULT_IO } fault_kind;

/* The next fault: at the at-th call from now; 0 = never. */
static struct {
    fault_kind kind;
    long at, calls;
} fault;

static void arm(fault_kind kind, long at)
{
    fault.kind = kind;
    fault.at = at;
    fault.calls = 0;
}

static ssize_t faulty_pwrite(int fd, const void *data, size_t length, off_t offset)
{
    if (++fault.calls != fault.at)
        return pwrite(fd, data, length, offset);
    if (fault.kind == FAULT_TORN && pwrite(fd, data, length / 2, offset) < 0)
        _exit(1);
    if (fault.kind == FAULT_KILL || fault.kind == FAULT_TORN)
        raise(SIGKILL);
    errno = fault.kind == FAULT_FULL ? ENOSPC : EIO;
    return -1;
}

static ssize_t faulty_pread(int fd, void *data, size_t length, off_t offset)
{
    if (fault.kind == FAULT_IO && ++fault.calls == fault.at) {
        errno = EIO;
        return -1;
    }
    return pread(fd, data, length, offset);
}

static int faulty_ftruncate(int fd, off_t length)
{
    if (++fault.calls != fault.at)
        return ftruncate(fd, length);
    if (fault.kind == FAULT_KILL || fault.kind == FAULT_TORN)
        raise(SIGKILL);
    errno = EIO;
    return -1;
}

static void hook(const char *name, void (*function)(void))
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    assert_int_equal(vfs->xSetSystemCall(vfs, name, function), SQLITE_OK);
}

static void hook_calls(void)
{
    hook("pwrite", (void (*)(void))faulty_pwrite);
    hook("pwrite64", (void (*)(void))faulty_pwrite);
    hook("pread", (void (*)(void))faulty_pread);
    hook("pread64", (void (*)(void))faulty_pread);
    hook("ftruncate", (void (*)(void))faulty_ftruncate);
}

/* SQLite's allocator, with one failure. */
static struct {
    sqlite3_mem_methods real;
    long at, calls;
} memory_fault;

static void *faulty_malloc(int size)
{
    return ++memory_fault.calls == memory_fault.at ? NULL : memory_fault.real.xMalloc(size);
}

static void *faulty_realloc(void *memory, int size)
{
    return ++memory_fault.calls == memory_fault.at ? NULL
                                                   : memory_fault.real.xRealloc(memory, size);
}

static void hook_memory(void)
{
    sqlite3_mem_methods methods;
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory_fault.real);
    methods = memory_fault.real;
    methods.xMalloc = faulty_malloc;
    methods.xRealloc = faulty_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

typedef struct fixture {
    gitops_context *context;
    char *directory, *path;
    gitops_store *model;
    uint64_t random, run;
    char *dumps[GROUPS + 1]; /* of the model, after so many groups */
} fixture;

/* The model goes through the groups once; what a store must hold after each is kept. */
static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->context = support_context_new();
    f->directory = support_directory_new();
    f->path = script_path(f->directory, "state.db");
    f->random = 21;
    assert_int_equal(gitops_store_new_memory(&f->model, f->context, NULL), 0);
    assert_int_equal(gops_store_acquire(f->model, NULL), 0);
    uint64_t random = f->random, run = 0;
    for (int i = 0, rc = 0; i <= GROUPS; i++) {
        if (i > 0)
            script_random_group(f->model, "u", &random, &run);
        f->dumps[i] = script_dump(f->model, "u", &rc);
        assert_int_equal(rc, 0);
    }
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    arm(FAULT_NONE, 0);
    memory_fault.at = 0;
    for (int i = 0; i <= GROUPS; i++)
        free(f->dumps[i]);
    gitops_store_free(f->model);
    support_context_free(f->context);
    support_directory_free(f->directory);
    free(f->path);
    free(f);
    return 0;
}

/* Nobody holds the lease in the reading parent, so an unended last run reads differently. */
static void assert_dump(gitops_store *store, const char *expected)
{
    assert_int_equal(gops_store_acquire(store, NULL), 0);
    script_assert(store, "u", expected);
}

/* The child: makes the file, writes the groups, tells after each that it is done. */
static void write_groups(const fixture *f, int to_parent)
{
    gitops_store *store = NULL;
    char done = 0;
    uint64_t random = f->random, run = 0;
    if (script_try_open(&store, f->context, f->path, 1, 0, NULL) < 0 ||
        gops_store_acquire(store, NULL) < 0)
        _exit(2);
    for (int i = 0; i < GROUPS; i++) {
        script_random_group(store, "u", &random, &run);
        if (write(to_parent, &done, 1) != 1)
            _exit(3);
    }
    gitops_store_free(store);
    _exit(0);
}

/* How many bytes come until the end. */
static int count_bytes(int fd)
{
    int count = 0;
    char byte;
    while (read(fd, &byte, 1) == 1)
        count++;
    return count;
}

/* Runs a child that dies at a call. Returns 1 when it lived to the end. */
static int run_child(const fixture *f, fault_kind kind, long at, int *done)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        arm(kind, at);
        write_groups(f, ends[1]);
    }
    close(ends[1]);
    *done = count_bytes(ends[0]);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    else
        assert_int_equal(WTERMSIG(status), SIGKILL);
    return WIFEXITED(status);
}

/* All that was told to be done is there, at most one group more, and nothing in parts. */
static void assert_groups(const fixture *f, int done)
{
    gitops_store *store = script_open(f->context, f->path, 1);
    int rc;
    char *dump = script_dump(store, "u", &rc);
    assert_int_equal(rc, 0);
    if (strcmp(dump, f->dumps[done]) != 0 && done < GROUPS)
        done++;
    assert_string_equal(dump, f->dumps[done]);
    uint64_t run = 0, random = 5;
    assert_int_equal(gops_store_last_run(store, "u", &run, NULL, NULL), 0);
    script_random_group(store, "u", &random, &run); /* it can be written again */
    gitops_store_free(store);
    store = script_open(f->context, f->path, 0);
    gitops_store_free(store);
    free(dump);
}

static void kill_at_each_write(const fixture *f, fault_kind kind)
{
    int done, lived = 0;
    long at;
    for (at = 1; !lived; at++) {
        script_remove(f->path);
        lived = run_child(f, kind, at, &done);
        assert_groups(f, done);
    }
    assert_true(at > 20);
}

static void write_processKilledBeforeEachWrite_keepsWholeGroups(void **state)
{
    kill_at_each_write(*state, FAULT_KILL);
}

static void write_processKilledInEachWrite_keepsWholeGroups(void **state)
{
    kill_at_each_write(*state, FAULT_TORN);
}

static void write_processKilledAtAnyTime_keepsWholeGroups(void **state)
{
    fixture *f = *state;
    uint64_t random = 77;
    for (int i = 0; i < 40; i++) {
        int ends[2], status;
        assert_int_equal(pipe(ends), 0);
        script_remove(f->path);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            write_groups(f, ends[1]);
        }
        close(ends[1]);
        struct timespec pause = {0, 1000L * script_random(&random, 12000)};
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        int done = count_bytes(ends[0]);
        close(ends[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_groups(f, done);
    }
}

/* SQLite itself takes some reads that fail for a damaged file. */
static int is_expected(int rc)
{
    return rc == 0 || rc == GITOPS_ESTORE || rc == GITOPS_ENOMEM || rc == GITOPS_ESTATE ||
           rc == GITOPS_ECORRUPT;
}

/*
 * Opens and writes while a fault is armed. A group that fails is written again, which must work: a
 * fault happens once. Then the store holds what the model does.
 */
static void write_through_fault(const fixture *f)
{
    gitops_store *store = NULL;
    gitops_error err;
    uint64_t random = f->random, run = 0;
    int rc = script_try_open(&store, f->context, f->path, 1, 0, &err);
    if (rc < 0) {
        assert_true(is_expected(rc));
        store = script_open(f->context, f->path, 0);
    }
    if (gops_store_acquire(store, &err) < 0)
        assert_int_equal(gops_store_acquire(store, NULL), 0);
    for (int i = 0; i < GROUPS; i++) {
        uint64_t again = random;
        rc = script_random_group(store, "u", &random, &run);
        assert_true(is_expected(rc));
        if (rc < 0 && rc != GITOPS_ESTATE)
            script_random_group(store, "u", &again, &run);
        char *dump = script_dump(store, "u", &rc);
        if (!dump) {
            assert_true(is_expected(rc));
            dump = script_dump(store, "u", &rc);
        }
        assert_non_null(dump);
        assert_string_equal(dump, f->dumps[i + 1]);
        free(dump);
    }
    gitops_store_free(store);
}

static void fail_each_call(const fixture *f, fault_kind kind)
{
    for (long at = 1;; at++) {
        script_remove(f->path);
        arm(kind, at);
        write_through_fault(f);
        int reached = fault.calls >= at;
        arm(FAULT_NONE, 0);
        gitops_store *store = script_open(f->context, f->path, 0);
        assert_dump(store, f->dumps[GROUPS]);
        gitops_store_free(store);
        if (!reached)
            return;
    }
}

static void write_eachWriteFindsTheDiskFull_recordsNothingOfTheGroup(void **state)
{
    fail_each_call(*state, FAULT_FULL);
}

static void write_eachReadOrWriteFails_recordsNothingOfTheGroup(void **state)
{
    fail_each_call(*state, FAULT_IO);
}

static void write_eachSqliteAllocationFails_recordsNothingOfTheGroup(void **state)
{
    fixture *f = *state;
    for (long at = 1;; at += at < 300 ? 1 : 7) {
        script_remove(f->path);
        memory_fault.calls = 0;
        memory_fault.at = at;
        write_through_fault(f);
        int reached = memory_fault.calls >= at;
        memory_fault.at = 0;
        if (!reached)
            return;
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    script_use_memory();
    hook_memory();
    hook_calls();
    const struct CMUnitTest tests[] = {
        CASE(write_processKilledBeforeEachWrite_keepsWholeGroups),
        CASE(write_processKilledInEachWrite_keepsWholeGroups),
        CASE(write_processKilledAtAnyTime_keepsWholeGroups),
        CASE(write_eachWriteFindsTheDiskFull_recordsNothingOfTheGroup),
        CASE(write_eachReadOrWriteFails_recordsNothingOfTheGroup),
        CASE(write_eachSqliteAllocationFails_recordsNothingOfTheGroup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
