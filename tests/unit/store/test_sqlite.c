/*
 * What only a file can do: be missing, foreign, newer, locked, full, read-only, put back.
 */
#include "script.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

typedef struct fixture {
    gitops_context *context;
    char *directory, *path;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->context = support_context_new();
    f->directory = support_directory_new();
    f->path = script_path(f->directory, "state.db");
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    support_context_free(f->context);
    support_directory_free(f->directory);
    free(f->path);
    free(f);
    return 0;
}

static const char one_object[] = "a a806c24c -\n"
                                 "a = {\"v\":1}\n"
                                 "run 1 r1 plan done 1000-1005\n"
                                 "  create a done\n"
                                 "last 1\n";

static int write_one_object(gitops_store *store)
{
    return script_write(
        store, "u", script_begin(1, "r1"),
        script_outcome(1, "a", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE, "{\"v\":1}"),
        script_end(1, GITOPS_OUTCOME_DONE));
}

/* Makes a state file that holds one object, and closes it. */
static void make_file(const fixture *f, const char *path)
{
    gitops_store *store = script_open(f->context, path, 1);
    assert_int_equal(write_one_object(store), 0);
    gitops_store_free(store);
}

static void execute(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int file_exists(const char *path, const char *suffix)
{
    char name[1024];
    struct stat info;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &info) == 0;
}

/* Asserts that opening fails so and says so. */
static void assert_open_fails(const fixture *f, const char *path, int code, const char *words)
{
    for (int32_t read_only = 0; read_only < 2; read_only++) {
        gitops_store *store = (gitops_store *)f;
        gitops_error err = {0};
        assert_int_equal(script_try_open(&store, f->context, path, 1, read_only, &err), code);
        assert_null(store);
        assert_int_equal(err.code, code);
        assert_non_null(strstr(err.message, words));
        assert_non_null(strstr(err.message, path));
    }
}

static void open_again_findsWhatWasWritten(void **state)
{
    fixture *f = *state;
    make_file(f, f->path);
    assert_false(file_exists(f->path, "-wal"));
    gitops_store *store = script_open(f->context, f->path, 0);
    script_assert(store, "u", one_object);
    gitops_store_free(store);
}

static void open_newFile_isForItsOwnerOnly(void **state)
{
    fixture *f = *state;
    struct stat info;
    mode_t mask = umask(0);
    gitops_store_free(script_open(f->context, f->path, 0));
    assert_false(file_exists(f->path, "")); /* the first writer makes it */
    assert_false(file_exists(f->path, "-lock"));
    gitops_store_free(script_open(f->context, f->path, 1));
    umask(mask);
    assert_int_equal(stat(f->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void open_missingOptions_areInvalid(void **state)
{
    fixture *f = *state;
    gitops_store *store;
    assert_int_equal(gitops_store_open(&store, f->context, NULL, NULL), GITOPS_EINVAL);
    assert_int_equal(script_try_open(&store, f->context, "", 1, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(script_try_open(NULL, f->context, f->path, 1, 0, NULL), GITOPS_EINVAL);
}

static void open_missingFile_readsAsEmpty(void **state)
{
    fixture *f = *state;
    for (int32_t read_only = 0; read_only < 2; read_only++) {
        gitops_store *store;
        gitops_error err;
        gops_buffer text;
        gops_buffer_init(&text, f->context, 0);
        assert_int_equal(script_try_open(&store, f->context, f->path, 0, read_only, &err), 0);
        script_assert(store, "u", "last 0\n");
        assert_int_equal(gops_store_fingerprint(store, "u", &text, NULL), 0);
        assert_string_equal(text.data, "");
        assert_int_equal(gops_store_sent(store, "u", "a", &text, NULL, NULL), GITOPS_ENOTFOUND);
        assert_int_equal(gops_store_acquire(store, &err), GITOPS_ESTORE);
        assert_non_null(strstr(err.message, read_only ? "reading only" : "does not exist"));
        assert_int_equal(write_one_object(store), GITOPS_ELOCKED);
        assert_false(file_exists(f->path, ""));
        assert_false(file_exists(f->path, "-lock"));
        gops_buffer_release(&text);
        gitops_store_free(store);
    }
}

static void open_missingFile_isSeenOnceItIsMade(void **state)
{
    fixture *f = *state;
    gitops_store *early;
    assert_int_equal(script_try_open(&early, f->context, f->path, 0, 1, NULL), 0);
    make_file(f, f->path);
    script_assert(early, "u", one_object);
    gitops_store_free(early);
}

static void open_emptyFile_readsAsMissing(void **state)
{
    fixture *f = *state;
    gitops_store *store;
    FILE *file = fopen(f->path, "wb");
    fclose(file);
    assert_int_equal(script_try_open(&store, f->context, f->path, 0, 1, NULL), 0);
    script_assert(store, "u", "last 0\n");
    gitops_store_free(store);
    make_file(f, f->path);
    execute(f->path, "SELECT 1 FROM unit");
}

static void open_missingDirectory_readsAsEmptyButCannotBeMade(void **state)
{
    fixture *f = *state;
    char *path = script_path(f->directory, "no/such/state.db");
    gitops_store *store;
    gitops_error err;
    assert_int_equal(script_try_open(&store, f->context, path, 0, 0, NULL), 0);
    script_assert(store, "u", "last 0\n");
    gitops_store_free(store);
    store = script_open(f->context, path, 0);
    assert_int_equal(gops_store_acquire(store, &err), GITOPS_ESTORE);
    assert_int_equal(err.origin, GITOPS_ORIGIN_OS);
    assert_int_equal(err.origin_code, ENOENT);
    gitops_store_free(store);
    free(path);
}

static void open_directory_fails(void **state)
{
    fixture *f = *state;
    assert_open_fails(f, f->directory, GITOPS_ESTORE, "not a regular file");
}

static void open_noDatabase_isCorruptAndUntouched(void **state)
{
    fixture *f = *state;
    char text[1001];
    memset(text, 'x', sizeof text);
    FILE *file = fopen(f->path, "wb");
    fwrite(text, 1, sizeof text - 1, file);
    fclose(file);
    text[sizeof text - 1] = '\0';
    assert_open_fails(f, f->path, GITOPS_ECORRUPT, "damaged");
    char *now = support_read_file(f->path, NULL);
    assert_string_equal(now, text);
    free(now);
}

static void open_foreignDatabase_isRefusedAndUntouched(void **state)
{
    fixture *f = *state;
    size_t length, again;
    execute(f->path, "CREATE TABLE recipe(name)");
    char *before = support_read_file(f->path, &length);
    assert_open_fails(f, f->path, GITOPS_EFOREIGN, "another program");
    char *after = support_read_file(f->path, &again);
    assert_int_equal(length, again);
    assert_memory_equal(before, after, length);
    free(before);
    free(after);
}

static void open_newerVersion_isUnsupported(void **state)
{
    fixture *f = *state;
    make_file(f, f->path);
    execute(f->path, "PRAGMA user_version = 4");
    assert_open_fails(f, f->path, GITOPS_EUNSUPPORTED, "newer version");
}

static void open_earlierVersion_isUnsupported(void **state)
{
    fixture *f = *state;
    make_file(f, f->path);
    execute(f->path, "PRAGMA user_version = 2");
    assert_open_fails(f, f->path, GITOPS_EUNSUPPORTED, "earlier version");
}

static void open_otherTables_isCorrupt(void **state)
{
    static const char *const changes[] = {
        "PRAGMA user_version = 0", "CREATE TABLE more(x)", "DROP TABLE intent",
        "CREATE TRIGGER t AFTER INSERT ON unit BEGIN DELETE FROM inventory; END",
        "ALTER TABLE run RENAME COLUMN result TO other"};
    fixture *f = *state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        script_remove(f->path);
        make_file(f, f->path);
        execute(f->path, changes[i]);
        assert_open_fails(f, f->path, GITOPS_ECORRUPT, "does not hold the tables");
    }
}

/* Names that mean something to SQLite or in a URI are plain names here. */
static void open_strangeNames_areOnlyNames(void **state)
{
    static const char *const names[] = {"a?mode=memory", ":memory:",     "100%41#x",
                                        "file:x",        "blank \xFF\n", "\xC3\xA9.db"};
    fixture *f = *state;
    char before[1024];
    assert_non_null(getcwd(before, sizeof before));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = script_path(f->directory, names[i]);
        make_file(f, path);
        assert_true(file_exists(path, ""));
        script_remove(path);
        free(path);
    }
    assert_int_equal(chdir(f->directory), 0);
    make_file(f, ":memory:");
    assert_true(file_exists(":memory:", ""));
    assert_int_equal(chdir(before), 0);
}

static void open_link_sharesTheLockOfItsFile(void **state)
{
    fixture *f = *state;
    char *link = script_path(f->directory, "link.db");
    gitops_store *first = script_open(f->context, f->path, 1), *second;
    assert_int_equal(symlink("state.db", link), 0);
    second = script_open(f->context, link, 0);
    assert_int_equal(gops_store_acquire(second, NULL), GITOPS_ELOCKED);
    gitops_store_free(first);
    assert_int_equal(gops_store_acquire(second, NULL), 0);
    gitops_store_free(second);
    free(link);
}

/* All names in a directory, its own too, with contents and times, as one digest. */
static gops_digest picture(const char *directory)
{
    gops_digest sum = {{0}};
    DIR *handle = opendir(directory);
    for (struct dirent *entry; (entry = readdir(handle)) != NULL;) {
        if (strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = script_path(directory, entry->d_name);
        struct stat info;
        size_t length = 0;
        assert_int_equal(stat(path, &info), 0);
        char *data = S_ISREG(info.st_mode) ? support_read_file(path, &length) : NULL;
        gops_hasher hasher;
        gops_hasher_begin(&hasher, 1);
        gops_hasher_put(&hasher, entry->d_name, strlen(entry->d_name));
        gops_hasher_put(&hasher, data, length);
        gops_hasher_put(&hasher, &info.st_mtim, sizeof info.st_mtim);
        gops_digest one = gops_hasher_finish(&hasher);
        for (size_t i = 0; i < sizeof one.bytes; i++)
            sum.bytes[i] ^= one.bytes[i];
        free(data);
        free(path);
    }
    closedir(handle);
    return sum;
}

static void readOnly_closedFile_writesNothingAtAll(void **state)
{
    fixture *f = *state;
    gitops_store *store;
    make_file(f, f->path);
    gops_digest before = picture(f->directory);
    assert_int_equal(script_try_open(&store, f->context, f->path, 1, 1, NULL), 0);
    script_assert(store, "u", one_object);
    gops_digest during = picture(f->directory);
    gitops_store_free(store);
    gops_digest after = picture(f->directory);
    assert_memory_equal(&before, &during, sizeof before);
    assert_memory_equal(&before, &after, sizeof before);
}

static void readOnly_whileAnotherWrites_seesEachCommit(void **state)
{
    fixture *f = *state;
    gitops_store *writer, *reader;
    gitops_store_free(script_open(f->context, f->path, 0));
    assert_int_equal(script_try_open(&reader, f->context, f->path, 0, 1, NULL), 0);
    script_assert(reader, "u", "last 0\n");
    writer = script_open(f->context, f->path, 1);
    assert_int_equal(script_write(writer, "u", script_begin(1, "r1")), 0);
    script_assert(reader, "u", "run 1 r1 plan running 1000-0\nlast 1\n");
    assert_int_equal(script_write(writer, "u", script_end(1, GITOPS_OUTCOME_DONE)), 0);
    script_assert(reader, "u", "run 1 r1 plan done 1000-1005\nlast 1\n");
    gitops_store_free(writer);
    script_assert(reader, "u", "run 1 r1 plan done 1000-1005\nlast 1\n");
    gitops_store_free(reader);
}

/* Runs a test in a child without root's rights; the child's failures are ours. */
static void run_unprivileged(void (*body)(const fixture *), const fixture *f)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
            _exit(3);
        body(f);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* In the child cmocka cannot report: the exit status does. */
static void read_without_rights(const fixture *f)
{
    gitops_store *store;
    gitops_error err = {0};
    int rc;
    if (script_try_open(&store, f->context, f->path, 1, 1, &err) < 0)
        _exit(4);
    char *dump = script_dump(store, "u", &rc);
    if (!dump || strcmp(dump, one_object) != 0)
        _exit(5);
    gitops_store_free(store);
    rc = script_try_open(&store, f->context, f->path, 1, 0, &err);
    if (rc == 0)
        rc = gops_store_acquire(store, &err);
    if (rc != GITOPS_ESTORE || !strstr(err.message, f->path))
        _exit(6);
    gitops_store_free(store);
    char *missing = script_path(f->directory, "other.db");
    if (script_try_open(&store, f->context, missing, 1, 0, &err) < 0 ||
        gops_store_acquire(store, &err) != GITOPS_ESTORE)
        _exit(7);
    gitops_store_free(store);
    free(missing);
    free(dump);
}

/* Side files that a crash left can be used, but not made, without rights. */
static void read_log_without_rights(const fixture *f)
{
    gitops_store *store;
    gitops_error err = {0};
    int with_index = file_exists(f->path, "-shm");
    int rc = script_try_open(&store, f->context, f->path, 0, 1, &err);
    if (rc != (with_index ? 0 : GITOPS_ESTORE) || (rc < 0 && !strstr(err.message, "-shm")))
        _exit(4);
    char *dump = with_index ? script_dump(store, "u", &rc) : NULL;
    if (with_index && (!dump || strcmp(dump, one_object) != 0))
        _exit(5);
    gitops_store_free(store);
    free(dump);
}

/* Ends a child as a crash would, with nothing closed; what failed before is an exit status. */
static void crash_after(int rc)
{
    if (rc == 0)
        raise(SIGKILL);
    _exit(1);
}

static void readOnlyDirectory_logOfACrash_needsItsIndex(void **state)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};
    fixture *f = *state;
    char name[1024];
    int status;
    if (fork() == 0)
        crash_after(write_one_object(script_open(f->context, f->path, 1)));
    wait(&status);
    assert_true(WIFSIGNALED(status));
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", f->path, suffixes[i]);
        assert_int_equal(chmod(name, 0444), 0);
    }
    assert_int_equal(chmod(f->directory, 0555), 0);
    run_unprivileged(read_log_without_rights, f);
    assert_int_equal(chmod(f->directory, 0755), 0);
    snprintf(name, sizeof name, "%s-shm", f->path);
    assert_int_equal(remove(name), 0);
    assert_int_equal(chmod(f->directory, 0555), 0);
    run_unprivileged(read_log_without_rights, f);
    assert_int_equal(chmod(f->directory, 0755), 0);
}

static void readOnlyDirectory_canBeReadNotWritten(void **state)
{
    fixture *f = *state;
    make_file(f, f->path);
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_int_equal(chmod(f->directory, 0555), 0);
    run_unprivileged(read_without_rights, f);
    assert_int_equal(chmod(f->directory, 0755), 0);
}

/* A child that holds the lease until it is told to go. */
static pid_t start_holder(const fixture *f, int *to_child)
{
    int ready[2], go[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        close(go[1]);
        gitops_store *store = script_open(f->context, f->path, 1);
        byte = script_write(store, "u", script_begin(1, "r1")) == 0;
        if (write(ready[1], &byte, 1) == 1 && read(go[0], &byte, 1) >= 0)
            _exit(0); /* as by a crash: nothing is closed */
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 1);
    close(ready[0]);
    close(ready[1]);
    close(go[0]);
    *to_child = go[1];
    return child;
}

static void acquire_heldByAnotherProcess_isLockedUntilItDies(void **state)
{
    fixture *f = *state;
    gitops_error err;
    int to_child, status;
    pid_t child = start_holder(f, &to_child);
    gitops_store *store = script_open(f->context, f->path, 0);
    assert_int_equal(gops_store_acquire(store, &err), GITOPS_ELOCKED);
    assert_non_null(strstr(err.message, "another process is applying with"));
    assert_int_equal(script_write(store, "u", script_begin(2, "r")), GITOPS_ELOCKED);
    script_assert(store, "u", "run 1 r1 plan running 1000-0\nlast 1\n");
    close(to_child);
    assert_int_equal(waitpid(child, &status, 0), child);
    script_assert(store, "u", "run 1 r1 plan interrupted 1000-0\nlast 1\n");
    assert_int_equal(gops_store_acquire(store, NULL), 0);
    assert_int_equal(script_write(store, "u", script_begin(2, "r2")), 0);
    script_assert(store, "u",
                  "run 2 r2 plan running 2000-0\nrun 1 r1 plan interrupted 1000-0\nlast 2\n");
    gitops_store_free(store);
}

static void acquire_twoStoresOfOneProcess_oneIsLocked(void **state)
{
    fixture *f = *state;
    gitops_store *first = script_open(f->context, f->path, 1);
    gitops_store *second = script_open(f->context, f->path, 0);
    assert_int_equal(gops_store_acquire(second, NULL), GITOPS_ELOCKED);
    gops_store_release(first);
    assert_int_equal(gops_store_acquire(second, NULL), 0);
    assert_int_equal(gops_store_acquire(first, NULL), GITOPS_ELOCKED);
    gitops_store_free(first);
    assert_int_equal(write_one_object(second), 0);
    gitops_store_free(second);
}

static void write_lockFileRemoved_isRefused(void **state)
{
    fixture *f = *state;
    gitops_error err;
    gops_store_record begin = script_begin(2, "r2");
    gitops_store *store = script_open(f->context, f->path, 1);
    assert_int_equal(write_one_object(store), 0);
    script_remove(f->path);
    assert_int_equal(gops_store_write(store, "u", &begin, 1, &err), GITOPS_ELOCKED);
    assert_non_null(strstr(err.message, "lock file was removed"));
    assert_false(file_exists(f->path, ""));
    gitops_store_free(store);
    assert_false(file_exists(f->path, ""));
}

static void remove_allFiles_startsAnew(void **state)
{
    fixture *f = *state;
    gitops_store *store = script_open(f->context, f->path, 0);
    make_file(f, f->path);
    script_assert(store, "u", one_object);
    script_remove(f->path);
    script_assert(store, "u", "last 0\n");
    assert_int_equal(gops_store_acquire(store, NULL), 0);
    assert_int_equal(write_one_object(store), 0);
    gitops_store_free(store);
    store = script_open(f->context, f->path, 0);
    script_assert(store, "u", one_object);
    gitops_store_free(store);
}

static void copy_file(const char *from, const char *to)
{
    size_t length;
    char *data = support_read_file(from, &length);
    FILE *file = fopen(to, "wb");
    assert_non_null(data);
    assert_int_equal(fwrite(data, 1, length, file), length);
    fclose(file);
    free(data);
}

static void open_olderCopyPutBack_isCorruptUntilTheRegisterGoes(void **state)
{
    fixture *f = *state;
    char *copy = script_path(f->directory, "copy"),
         *lock = script_path(f->directory, "state.db-lock");
    make_file(f, f->path);
    copy_file(f->path, copy);
    gitops_store *store = script_open(f->context, f->path, 1);
    assert_int_equal(script_write(store, "u", script_begin(2, "r2")), 0);
    gitops_store_free(store);
    copy_file(copy, f->path);
    assert_open_fails(f, f->path, GITOPS_ECORRUPT, "older than the last write");
    assert_int_equal(remove(lock), 0);
    store = script_open(f->context, f->path, 1);
    script_assert(store, "u", one_object);
    gitops_store_free(store);
    free(copy);
    free(lock);
}

static void sent_copyPutBackMeanwhile_isCorrupt(void **state)
{
    fixture *f = *state;
    gitops_error err;
    char *copy = script_path(f->directory, "copy");
    make_file(f, f->path);
    copy_file(f->path, copy);
    gitops_store *store = script_open(f->context, f->path, 1);
    assert_int_equal(script_write(store, "u", script_begin(2, "r2")), 0);
    gitops_store_free(store);
    assert_int_equal(script_try_open(&store, f->context, f->path, 0, 1, NULL), 0);
    copy_file(copy, f->path);
    gops_buffer text;
    gops_buffer_init(&text, f->context, 0);
    assert_int_equal(gops_store_sent(store, "u", "a", &text, NULL, &err), GITOPS_ECORRUPT);
    assert_non_null(strstr(err.message, "older than the last write"));
    gops_buffer_release(&text);
    gitops_store_free(store);
    free(copy);
}

/* 20 KB that no two documents share. */
static char *large_document(int i)
{
    char *text = malloc(20001);
    memset(text, 'a' + i % 26, 20000);
    snprintf(text, 40, "{\"number\":%d,\"text\":\"", i);
    text[strlen(text)] = 'x';
    memcpy(text + 19998, "\"}", 3);
    return text;
}

static int write_large(gitops_store *store, uint64_t run, int i, gitops_error *err)
{
    char *document = large_document(i), key[16];
    snprintf(key, sizeof key, "key%d", i);
    gops_store_record record =
        script_outcome(run, key, GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE, document);
    int rc = gops_store_write(store, "u", &record, 1, err);
    free(document);
    return rc;
}

/* Writes until it fails; everything before must be there, and the store must be usable. */
static void fill_up(gitops_store *store, gitops_error *err, int *written)
{
    int rc = script_write(store, "u", script_begin(1, "r1"));
    for (*written = 0; rc == 0 && *written < 1000; ++*written)
        rc = write_large(store, 1, *written, err);
    --*written;
    assert_int_equal(rc, GITOPS_ESTORE);
    gitops_inventory *inventory;
    assert_int_equal(gitops_inventory_read(&inventory, store, "u", NULL), 0);
    assert_int_equal(gitops_inventory_count(inventory), *written);
    gitops_inventory_free(inventory);
}

static void write_fileTooLarge_recordsNothingAndGoesOn(void **state)
{
    fixture *f = *state;
    gitops_error err = {0};
    struct rlimit before, small;
    int written;
    gitops_store *store = script_open(f->context, f->path, 1);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 400000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    fill_up(store, &err, &written);
    assert_true(written > 3);
    assert_int_equal(err.code, GITOPS_ESTORE);
    assert_int_equal(err.origin, GITOPS_ORIGIN_STORE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(write_large(store, 1, written, &err), 0);
    gitops_store_free(store);
    gitops_inventory *inventory;
    store = script_open(f->context, f->path, 0);
    assert_int_equal(gitops_inventory_read(&inventory, store, "u", NULL), 0);
    assert_int_equal(gitops_inventory_count(inventory), written + 1);
    gitops_inventory_free(inventory);
    gitops_store_free(store);
}

static int count_note(const gops_note *note, void *user_data)
{
    (void)note;
    ++*(int *)user_data;
    return 0;
}

static void write_busyDatabase_isLocked(void **state)
{
    fixture *f = *state;
    gitops_error err;
    sqlite3 *other;
    gops_store_record begin = script_begin(2, "r2");
    gitops_store *store = script_open(f->context, f->path, 1);
    assert_int_equal(write_one_object(store), 0);
    assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(gops_store_write(store, "u", &begin, 1, &err), GITOPS_ELOCKED);
    assert_int_equal(err.origin_code, SQLITE_BUSY);
    script_assert(store, "u", one_object);
    sqlite3_close(other);
    assert_int_equal(gops_store_write(store, "u", &begin, 1, &err), 0);
    gitops_store_free(store);
}

/* What one store says without the lease is seen by the one that holds it, and both go on. */
static void writeNotes_whileAnotherHoldsTheLease_works(void **state)
{
    fixture *f = *state;
    gitops_store *holder = script_open(f->context, f->path, 1);
    gitops_store *other = script_open(f->context, f->path, 0);
    gops_store_record note = script_note("approval/x", "me", 7);
    assert_int_equal(write_one_object(holder), 0);
    assert_int_equal(gops_store_write_notes(other, "u", &note, 1, NULL), 0);
    assert_int_equal(script_write(holder, "u", script_begin(2, "r2")), 0);
    assert_int_equal(gops_store_write_notes(other, "v", &note, 1, NULL), 0);
    assert_int_equal(script_write(holder, "u", script_note("approval/x", NULL, 0),
                                  script_end(2, GITOPS_OUTCOME_DONE)),
                     0);
    script_assert(holder, "v", "last 0\nnote approval/x = me at 7\n");
    gitops_store_free(holder);
    script_assert(other, "u",
                  "a a806c24c -\n"
                  "a = {\"v\":1}\n"
                  "run 2 r2 plan done 2000-2005\n"
                  "run 1 r1 plan done 1000-1005\n"
                  "  create a done\n"
                  "last 2\n");
    gitops_store_free(other);
}

static void writeNotes_noFile_isMadeWhereThatIsAllowed(void **state)
{
    fixture *f = *state;
    gitops_store *store;
    gitops_error err;
    gops_store_record note = script_note("suspend", "", 1);
    assert_int_equal(script_try_open(&store, f->context, f->path, 0, 0, NULL), 0);
    assert_int_equal(gops_store_write_notes(store, "u", &note, 1, &err), GITOPS_ESTORE);
    assert_non_null(strstr(err.message, "does not exist"));
    gitops_store_free(store);
    store = script_open(f->context, f->path, 0);
    assert_int_equal(gops_store_write_notes(store, "u", &note, 1, NULL), 0);
    gitops_store_free(store);
    assert_int_equal(script_try_open(&store, f->context, f->path, 0, 1, NULL), 0);
    script_assert(store, "u", "last 0\nnote suspend =  at 1\n");
    assert_int_equal(gops_store_write_notes(store, "u", &note, 1, &err), GITOPS_ESTORE);
    assert_non_null(strstr(err.message, "reading only"));
    gitops_store_free(store);
}

static void notes_changedOrLostRow_isCorrupt(void **state)
{
    static const char *const changes[] = {
        "UPDATE note SET value = x'00' WHERE name = x'6E'", "UPDATE note SET written = 2",
        "UPDATE note SET name = x'6D' WHERE name = x'6E'", "DELETE FROM note WHERE name = x'6E'",
        "DELETE FROM note"};
    fixture *f = *state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        gitops_store *store;
        gitops_error err = {0};
        int count = 0;
        script_remove(f->path);
        store = script_open(f->context, f->path, 1);
        assert_int_equal(script_write(store, "u", script_note("n", "1", 1), script_note("o", "2", 1)),
                         0);
        gitops_store_free(store);
        execute(f->path, changes[i]);
        store = script_open(f->context, f->path, 0);
        assert_int_equal(gops_store_notes(store, "u", "o", count_note, &count, &err),
                         GITOPS_ECORRUPT);
        assert_non_null(strstr(err.message, "note"));
        gitops_store_free(store);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(open_again_findsWhatWasWritten),
        CASE(open_newFile_isForItsOwnerOnly),
        CASE(open_missingOptions_areInvalid),
        CASE(open_missingFile_readsAsEmpty),
        CASE(open_missingFile_isSeenOnceItIsMade),
        CASE(open_emptyFile_readsAsMissing),
        CASE(open_missingDirectory_readsAsEmptyButCannotBeMade),
        CASE(open_directory_fails),
        CASE(open_noDatabase_isCorruptAndUntouched),
        CASE(open_foreignDatabase_isRefusedAndUntouched),
        CASE(open_newerVersion_isUnsupported),
        CASE(open_earlierVersion_isUnsupported),
        CASE(open_otherTables_isCorrupt),
        CASE(open_strangeNames_areOnlyNames),
        CASE(open_link_sharesTheLockOfItsFile),
        CASE(readOnly_closedFile_writesNothingAtAll),
        CASE(readOnly_whileAnotherWrites_seesEachCommit),
        CASE(readOnlyDirectory_canBeReadNotWritten),
        CASE(readOnlyDirectory_logOfACrash_needsItsIndex),
        CASE(acquire_heldByAnotherProcess_isLockedUntilItDies),
        CASE(acquire_twoStoresOfOneProcess_oneIsLocked),
        CASE(write_lockFileRemoved_isRefused),
        CASE(remove_allFiles_startsAnew),
        CASE(open_olderCopyPutBack_isCorruptUntilTheRegisterGoes),
        CASE(sent_copyPutBackMeanwhile_isCorrupt),
        CASE(write_fileTooLarge_recordsNothingAndGoesOn),
        CASE(write_busyDatabase_isLocked),
        CASE(writeNotes_whileAnotherHoldsTheLease_works),
        CASE(writeNotes_noFile_isMadeWhereThatIsAllowed),
        CASE(notes_changedOrLostRow_isCorrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
