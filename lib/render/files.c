/*
 * files: reading and parsing many files. Threads take runs of the list, front to back; each has its
 * own way to the contents and its own parser. A thread that fails ends, and with it the taking of
 * further runs: everything before the first failure was then looked into, as by a single thread.
 */
#include "render/files.h"

#include "base/crew.h"
#include "base/table.h"
#include "render/plain.h"
#include "render/stand_in.h"
#include "render/whole_file.h"

enum { RUN_FILES = 16 }; /* few enough to share out the end evenly */

/* What the threads share. */
typedef struct parsing {
    gops_files *files;
    gitops_snapshot *snapshot;
    atomic_size_t next;
    atomic_int failed;
} parsing;

typedef struct worker {
    parsing *all;
    gops_access access;
    gops_plain *plain;
    gops_pool pool; /* of blobs */
    gops_arena scratch;
    gops_buffer text;
    size_t text_capacity;        /* of it that the budget has paid for */
    gitops_diagnostics problems; /* of the current file */
    size_t failed_at;            /* SIZE_MAX: it did not fail */
    gitops_error error;
} worker;

void gops_files_init(gops_files *files, const gops_origin *origin, gops_budget *budget)
{
    memset(files, 0, sizeof *files);
    files->context = origin->context;
    files->origin = origin;
    files->budget = budget;
    gops_pool_init(&files->pool, origin->context, 0);
    files->pool.budget = budget;
}

void gops_files_release(gops_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        gops_listed *item = &files->items[i];
        gops_file_drop(item->file);
        gops_blob_drop(item->before);
        if (item->problems)
            gops_diagnostics_release(item->problems);
        gops_free(files->context, item->problems);
    }
    gops_free(files->context, files->items);
    gops_pool_release(&files->pool);
    files->items = NULL;
    files->count = files->capacity = 0;
}

int gops_files_add(gops_files *files, const char *path, const gops_file_state *state,
                   gops_blob *blob, gops_blob *before)
{
    if (gops_grow(files->context, &files->items, &files->capacity, files->count + 1,
                  sizeof *files->items) < 0 ||
        !gops_budget_take(files->budget, sizeof *files->items))
        return GITOPS_ENOMEM;
    gops_listed *item = &files->items[files->count];
    memset(item, 0, sizeof *item);
    item->file = gops_file_new(&files->pool, blob, path);
    if (!item->file)
        return GITOPS_ENOMEM;
    item->before = before ? gops_blob_ref(before) : NULL;
    item->there = state != NULL;
    if (state)
        item->state = *state;
    files->count++;
    return 0;
}

/* Finds files of one content, so that it is parsed once. *unknown: how many are to be parsed. */
static int find_same(gops_files *files, size_t *unknown)
{
    int differ = gops_identity_sees_path(files->origin->identity); /* at least by their paths */
    gops_table seen; /* 1 + place by id */
    int rc = 0;
    *unknown = 0;
    gops_table_init(&seen, files->context);
    for (size_t i = 0; i < files->count && rc == 0; i++) {
        gops_listed *item = &files->items[i];
        if (item->file->blob || !item->there)
            continue;
        const uint8_t *id = item->state.id.bytes;
        void *first = differ ? NULL : gops_table_get(&seen, id, sizeof item->state.id.bytes);
        item->same = (uint32_t)(uintptr_t)first;
        if (first)
            continue;
        ++*unknown;
        if (!differ)
            rc = gops_table_set(&seen, id, sizeof item->state.id.bytes,
                                (void *)(uintptr_t)(i + 1));
    }
    gops_table_release(&seen);
    return rc;
}

/* Moves what the parser had to say to the file. Mere warnings are part of the blob. */
static int keep_problems(worker *w, gops_listed *item, gitops_error *err)
{
    gitops_context *context = w->all->files->context;
    if (w->problems.errors == 0) {
        gops_diagnostics_release(&w->problems);
        gops_diagnostics_init(&w->problems, context);
        return 0;
    }
    item->problems = gops_alloc(context, sizeof *item->problems);
    if (!item->problems)
        return gops_fail_memory(err);
    *item->problems = w->problems;
    gops_diagnostics_init(&w->problems, context);
    return 0;
}

/* Counts the room that the text of a file needs beyond that of the files before. */
static int pay_for_text(worker *w, gitops_error *err)
{
    gops_budget *budget = w->all->files->budget;
    size_t more = w->text.capacity > w->text_capacity ? w->text.capacity - w->text_capacity : 0;
    w->text_capacity += more;
    return gops_budget_take(budget, more) ? 0 : gops_budget_fail(budget, err);
}

/* Makes the blob of the text that was read. */
static int make_blob(worker *w, gops_listed *item, gitops_error *err)
{
    const gops_origin *origin = w->all->files->origin;
    const char *text = w->text.data ? w->text.data : "";
    const gops_blob_id *id = &item->state.id;
    const char *path = item->file->path;
    gops_blob_id name = gops_origin_name(origin, path, &item->state);
    const gops_blob_id *own = gops_identity_sees_path(origin->identity) ? &name : NULL;
    gops_plain_file plain = {id, own, path, text, w->text.length};
    if (gops_identity_by(origin->identity) != GITOPS_IDENTITY_FILE)
        return gops_plain_parse(w->plain, &w->pool, &plain, &w->problems, &item->file->blob, err);
    gops_whole_file whole = {gops_origin_key_path(origin, path), path, id, own, item->state.mode,
                             text, w->text.length};
    return gops_whole_file_blob(&w->pool, &w->scratch, &whole, &w->problems, &item->file->blob,
                                err);
}

/* The file as a whole is the problem. */
static int keep_fault(worker *w, gops_listed *item, gitops_error *problem, gitops_error *err)
{
    gops_error_where(problem, item->file->path);
    gops_diagnostics_add(&w->problems, GITOPS_SEVERITY_ERROR, problem);
    return keep_problems(w, item, err);
}

static int parse_file(worker *w, gops_listed *item, gitops_error *err)
{
    gitops_error problem;
    gops_buffer_clear(&w->text);
    int rc = gops_access_read(&w->access, item->file->path, &item->state.id, &w->text, &problem);
    if (rc == GITOPS_ELIMIT)
        return keep_fault(w, item, &problem, err);
    if (rc < 0) {
        *err = problem;
        return rc;
    }
    const char *fault = gops_stand_in(w->text.data, w->text.length);
    if (fault) {
        gops_fail_at(&problem, GITOPS_EPARSE, NULL, 1, 1, "%s", fault);
        return keep_fault(w, item, &problem, err);
    }
    rc = pay_for_text(w, err);
    if (rc == 0)
        rc = make_blob(w, item, err);
    if (rc == GITOPS_ENOMEM)
        rc = gops_budget_fail(w->all->files->budget, err);
    item->parsed = rc == 0;
    return rc < 0 ? rc : keep_problems(w, item, err);
}

/* Parses one run of files. */
static int parse_run(worker *w, size_t begin)
{
    gops_files *files = w->all->files;
    size_t end = files->count - begin > RUN_FILES ? begin + RUN_FILES : files->count;
    for (size_t i = begin; i < end; i++) {
        gops_listed *item = &files->items[i];
        int known = item->file->blob || item->same || !item->there;
        int rc = known ? 0 : parse_file(w, item, &w->error);
        if (rc < 0) {
            w->failed_at = i;
            return rc;
        }
    }
    return 0;
}

static void work(void *job, void *user_data)
{
    worker *w = job;
    parsing *all = w->all;
    (void)user_data;
    while (!atomic_load(&all->failed)) {
        size_t begin = atomic_fetch_add(&all->next, RUN_FILES);
        if (begin >= all->files->count)
            return;
        if (parse_run(w, begin) < 0)
            atomic_store(&all->failed, 1);
    }
}

static int open_worker(worker *w, parsing *all)
{
    gitops_context *context = all->files->context;
    w->all = all;
    w->failed_at = SIZE_MAX;
    w->access.snapshot = all->snapshot;
    gops_buffer_init(&w->text, context, 0);
    gops_pool_init(&w->pool, context, 0);
    gops_arena_init(&w->scratch, context, 0);
    gops_diagnostics_init(&w->problems, context);
    w->pool.budget = w->scratch.budget = all->files->budget;
    w->plain = gops_plain_new(context, all->files->origin->identity, all->files->budget);
    return w->plain ? 0 : GITOPS_ENOMEM;
}

static void close_worker(worker *w)
{
    gops_access_close(&w->access);
    gops_plain_free(w->plain);
    gops_diagnostics_release(&w->problems);
    gops_pool_release(&w->pool);
    gops_arena_free(&w->scratch);
    gops_buffer_release(&w->text);
}

/*
 * Lets helpers work beside the calling thread, whose worker is the first. One that cannot be set up
 * or started is missed by nobody: the others take its runs.
 */
static void work_together(worker *workers, size_t count)
{
    gops_crew_work what = {.job = work};
    parsing *all = workers[0].all;
    gops_crew *crew = NULL;
    size_t ready = 1;
    while (ready < count && open_worker(&workers[ready], all) == 0 &&
           gops_access_open(&workers[ready].access, all->snapshot, NULL) == 0)
        ready++;
    if (ready > 1)
        (void)gops_crew_start(&crew, all->files->context, ready - 1, &what, NULL);
    for (size_t i = 1; crew && i < ready; i++)
        gops_crew_give(crew, &workers[i]);
    work(&workers[0], NULL);
    gops_crew_stop(crew);
}

/* The failure of the first file that failed. */
static int first_failure(const worker *workers, size_t count, gitops_error *err)
{
    const worker *first = &workers[0];
    for (size_t i = 1; i < count; i++)
        if (workers[i].failed_at < first->failed_at)
            first = &workers[i];
    if (first->failed_at == SIZE_MAX)
        return 0;
    if (err)
        *err = first->error;
    return first->error.code;
}

/* Gives files the blob of their content; what is broken is parsed again, for its own messages. */
static int share_blobs(worker *w, gitops_error *err)
{
    gops_files *files = w->all->files;
    gitops_error problem;
    int rc = 0;
    for (size_t i = 0; i < files->count && rc == 0; i++) {
        gops_listed *item = &files->items[i];
        const gops_listed *first = item->same ? &files->items[item->same - 1] : NULL;
        if (!first)
            continue;
        if (first->problems)
            rc = parse_file(w, item, &problem);
        else
            item->file->blob = gops_blob_ref(first->file->blob);
    }
    if (rc < 0 && err)
        *err = problem;
    return rc;
}

/* Helpers cost a thread and a parser each: only for many files. */
static size_t worker_count(int32_t asked, size_t unknown)
{
    size_t useful = unknown / (4 * RUN_FILES) + 1, count = asked > 1 ? (size_t)asked : 1;
    return count < useful ? count : useful;
}

int gops_files_parse(gops_files *files, gitops_snapshot *snapshot, int32_t workers,
                     gitops_error *err)
{
    parsing all = {.files = files, .snapshot = snapshot};
    size_t unknown;
    atomic_init(&all.next, 0);
    atomic_init(&all.failed, 0);
    if (find_same(files, &unknown) < 0)
        return gops_fail_memory(err);
    if (unknown == 0)
        return 0;
    if (gops_identity_by(files->origin->identity) == GITOPS_IDENTITY_CALLBACK)
        workers = 1;
    size_t count = worker_count(workers, unknown);
    worker *crew = gops_calloc(files->context, count, sizeof *crew);
    if (!crew)
        return gops_fail_memory(err);
    int rc = open_worker(&crew[0], &all);
    if (rc < 0)
        gops_fail_memory(err);
    if (rc == 0) {
        work_together(crew, count);
        rc = first_failure(crew, count, err);
    }
    if (rc == 0)
        rc = share_blobs(&crew[0], err);
    for (size_t i = 0; i < count; i++)
        if (crew[i].all)
            close_worker(&crew[i]);
    gops_free(files->context, crew);
    return rc;
}
