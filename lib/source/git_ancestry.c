/*
 * git_ancestry: a walk from the newest commit to older ones, each read once, in the order of their
 * dates. A tip that descends from the commit in question is told after the commits in between. One
 * that does not would cost the whole history: the walk ends some way behind the date of that
 * commit, not at once, because clocks err.
 */
#include "source/git_ancestry.h"

#include "base/arena.h"
#include "base/table.h"

enum { COMMITS_MAX = 1000000, OLDER_MAX = 10000, COMMIT_MAX_BYTES = 16 << 20 };

typedef struct commit {
    git_oid id;
    int64_t date; /* of the committer, in seconds; 0 when it is malformed */
    size_t parent_count;
    git_oid parents[];
} commit;

typedef struct walk {
    gops_git_objects *objects;
    gops_arena arena;
    gops_table seen; /* commit by id */
    commit **queue;  /* a heap, the newest on top */
    size_t count, capacity;
    int incomplete; /* a commit was missing */
} walk;

/* Reads an object that may be missing. Returns 1 when it is there and a commit, 0, or an error. */
static int read_commit(walk *w, const git_oid *id, gops_git_object *object, gitops_error *err)
{
    gitops_error problem = {0};
    int rc = gops_git_read(w->objects, id, COMMIT_MAX_BYTES, object, &problem);
    if (rc == GITOPS_ESOURCE && problem.origin == GITOPS_ORIGIN_GIT &&
        problem.origin_code == GIT_ENOTFOUND)
        return 0;
    if (rc < 0) {
        if (err)
            *err = problem;
        return rc;
    }
    if (object->type == GIT_OBJECT_COMMIT)
        return 1;
    gops_git_object_release(w->objects->context, object);
    return 0;
}

static const char *next_line(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    return newline ? newline + 1 : end;
}

static int starts_with(const char *line, const char *end, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(end - line) >= length && memcmp(line, word, length) == 0;
}

/* The id in "parent hex\n". Returns 1 when the line is one. */
static int parse_parent(const char *line, const char *end, git_oid *id)
{
    char hex[GIT_OID_HEXSZ + 1];
    if (!starts_with(line, end, "parent ") || end - line < 7 + GIT_OID_HEXSZ)
        return 0;
    memcpy(hex, line + 7, GIT_OID_HEXSZ);
    hex[GIT_OID_HEXSZ] = '\0';
    return git_oid_fromstr(id, hex) == 0;
}

/* The seconds in "committer NAME <MAIL> SECONDS ZONE\n"; 0 when they are not there. */
static int64_t parse_date(const char *line, const char *end)
{
    int64_t seconds = 0;
    const char *at = next_line(line, end);
    while (at > line && at[-1] != '>')
        at--;
    for (at += at < end && *at == ' '; at < end && *at >= '0' && *at <= '9'; at++)
        if (seconds <= INT64_MAX / 10 - 9)
            seconds = seconds * 10 + (*at - '0');
    return seconds;
}

/* The commit of an object; NULL: no memory. */
static commit *parse_commit(walk *w, const git_oid *id, const gops_git_object *object)
{
    const char *line = (const char *)object->data, *end = line + object->length;
    size_t parents = 0;
    git_oid unused;
    line = next_line(line, end); /* tree */
    for (const char *at = line; parse_parent(at, end, &unused); at = next_line(at, end))
        parents++;
    commit *made = gops_arena_alloc(&w->arena, sizeof *made + parents * sizeof(git_oid));
    if (!made)
        return NULL;
    made->id = *id;
    made->date = 0;
    made->parent_count = parents;
    for (size_t i = 0; i < parents; i++, line = next_line(line, end))
        parse_parent(line, end, &made->parents[i]);
    line = next_line(line, end); /* author */
    if (starts_with(line, end, "committer "))
        made->date = parse_date(line, end);
    return made;
}

static void swap(commit **a, commit **b)
{
    commit *kept = *a;
    *a = *b;
    *b = kept;
}

static int push(walk *w, commit *added)
{
    if (gops_grow(w->objects->context, &w->queue, &w->capacity, w->count + 1, sizeof *w->queue) < 0)
        return GITOPS_ENOMEM;
    w->queue[w->count] = added;
    for (size_t i = w->count++; i > 0; i = (i - 1) / 2) {
        if (w->queue[(i - 1) / 2]->date >= w->queue[i]->date)
            break;
        swap(&w->queue[(i - 1) / 2], &w->queue[i]);
    }
    return 0;
}

static commit *pop(walk *w)
{
    commit *newest = w->queue[0];
    w->queue[0] = w->queue[--w->count];
    for (size_t i = 0, child; (child = 2 * i + 1) < w->count; i = child) {
        if (child + 1 < w->count && w->queue[child + 1]->date > w->queue[child]->date)
            child++;
        if (w->queue[i]->date >= w->queue[child]->date)
            break;
        swap(&w->queue[i], &w->queue[child]);
    }
    return newest;
}

/* Puts a commit into the queue unless it was there before, or is missing. */
static int add(walk *w, const git_oid *id, gitops_error *err)
{
    gops_git_object object;
    if (gops_table_get(&w->seen, id->id, sizeof id->id))
        return 0;
    int there = read_commit(w, id, &object, err);
    if (there <= 0) {
        w->incomplete |= there == 0;
        return there;
    }
    commit *added = parse_commit(w, id, &object);
    gops_git_object_release(w->objects->context, &object);
    if (!added || gops_table_set(&w->seen, added->id.id, sizeof added->id.id, added) < 0 ||
        push(w, added) < 0)
        return gops_fail_memory(err);
    return 0;
}

/* Adds the parents of a commit. Returns 1 when one of them is the base. */
static int add_parents(walk *w, const commit *of, const git_oid *base, gitops_error *err)
{
    for (size_t i = 0; i < of->parent_count; i++) {
        if (git_oid_equal(&of->parents[i], base))
            return 1;
        int rc = add(w, &of->parents[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int search(walk *w, const git_oid *tip, const commit *base, gops_descent *out,
                  gitops_error *err)
{
    size_t older = 0;
    int rc = add(w, tip, err);
    while (rc == 0 && w->count > 0 && older <= OLDER_MAX && w->seen.count < COMMITS_MAX) {
        const commit *newest = pop(w);
        older += newest->date < base->date;
        rc = add_parents(w, newest, &base->id, err);
    }
    if (rc < 0)
        return rc;
    int unsure = w->incomplete || w->seen.count >= COMMITS_MAX;
    *out = rc == 1 ? GOPS_DESCENT_YES : unsure ? GOPS_DESCENT_UNKNOWN : GOPS_DESCENT_NO;
    return 0;
}

/* A base that the repository does not hold is no ancestor, unless history was left out. */
static int find_base(walk *w, const git_oid *id, commit **out, gitops_error *err)
{
    gops_git_object object;
    int there = read_commit(w, id, &object, err);
    if (there <= 0)
        return there;
    *out = parse_commit(w, id, &object);
    gops_git_object_release(w->objects->context, &object);
    return *out ? 1 : gops_fail_memory(err);
}

int gops_git_descends(gops_descent *out, gops_git_objects *objects, const git_oid *tip,
                      const git_oid *base_id, int is_shallow, gitops_error *err)
{
    walk w = {.objects = objects};
    commit *base = NULL;
    *out = GOPS_DESCENT_YES;
    if (git_oid_equal(tip, base_id))
        return 0;
    gops_arena_init(&w.arena, objects->context, 0);
    gops_table_init(&w.seen, objects->context);
    int rc = find_base(&w, base_id, &base, err);
    if (rc == 1)
        rc = search(&w, tip, base, out, err);
    else if (rc == 0)
        *out = is_shallow ? GOPS_DESCENT_UNKNOWN : GOPS_DESCENT_NO;
    gops_free(objects->context, w.queue);
    gops_table_release(&w.seen);
    gops_arena_free(&w.arena);
    return rc;
}
