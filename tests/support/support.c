/*
 * support: a counting, failing allocator and small file helpers.
 */
#include "support.h"

#include <ftw.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct counter {
    atomic_long live;      /* blocks not yet released */
    atomic_long made;      /* allocations so far */
    long fail_at;          /* this one fails; 0 = none */
    atomic_int failed;
} counter;

static counter shared_counter;

static void *count_allocate(size_t size, void *user_data)
{
    counter *c = user_data;
    if (atomic_fetch_add(&c->made, 1) + 1 == c->fail_at) {
        atomic_store(&c->failed, 1);
        return NULL;
    }
    void *memory = malloc(size);
    if (memory)
        atomic_fetch_add(&c->live, 1);
    return memory;
}

static void *count_reallocate(void *memory, size_t size, void *user_data)
{
    counter *c = user_data;
    if (!memory)
        return count_allocate(size, user_data);
    if (atomic_fetch_add(&c->made, 1) + 1 == c->fail_at) {
        atomic_store(&c->failed, 1);
        return NULL;
    }
    return realloc(memory, size);
}

static void count_release(void *memory, void *user_data)
{
    counter *c = user_data;
    if (memory)
        atomic_fetch_sub(&c->live, 1);
    free(memory);
}

static gitops_context *make_context(counter *c)
{
    gitops_allocator allocator = {sizeof allocator, count_allocate, count_reallocate,
                                  count_release, c, NULL};
    gitops_context_options options;
    gitops_context *context = NULL;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.allocator = &allocator;
    gitops_context_new(&context, &options, NULL);
    return context;
}

gitops_context *support_context_new(void)
{
    gitops_context *context;
    memset(&shared_counter, 0, sizeof shared_counter);
    context = make_context(&shared_counter);
    assert_non_null(context);
    return context;
}

void support_context_free(gitops_context *context)
{
    gitops_context_free(context);
    assert_int_equal(atomic_load(&shared_counter.live), 0);
}

void support_fail_every_allocation(support_body body, void *data)
{
    for (long n = 1;; n++) {
        counter c;
        memset(&c, 0, sizeof c);
        c.fail_at = n;
        gitops_context *context = make_context(&c);
        if (context) {
            body(context, data);
            gitops_context_free(context);
        }
        if (atomic_load(&c.live) != 0)
            fail_msg("allocation %ld failing: %ld blocks leaked", n, atomic_load(&c.live));
        if (!atomic_load(&c.failed))
            return;
    }
}

char *support_read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    size_t used = 0, capacity = 4096;
    char *data = file ? malloc(capacity + 1) : NULL;
    while (data) {
        size_t got = fread(data + used, 1, capacity - used, file);
        used += got;
        if (got == 0)
            break;
        if (used == capacity) {
            capacity *= 2;
            data = realloc(data, capacity + 1);
        }
    }
    if (file)
        fclose(file);
    if (data)
        data[used] = '\0';
    if (length)
        *length = used;
    return data;
}

const char *support_corpora(void)
{
    static char fallback[1024];
    const char *path = getenv("GITOPS_CORPORA");
    struct stat info;
    if (!path || !*path) {
        snprintf(fallback, sizeof fallback, "%s/../shared/corpora", SUPPORT_SOURCE_DIR);
        path = fallback;
    }
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return path;
    print_message("skipped: no corpora at %s (set GITOPS_CORPORA)\n", path);
    return NULL;
}

char *support_directory_new(void)
{
    const char *base = getenv("TMPDIR");
    char *path = malloc(1024);
    assert_non_null(path);
    snprintf(path, 1024, "%s/gitops-test-XXXXXX", base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

void support_directory_free(char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(path);
}
