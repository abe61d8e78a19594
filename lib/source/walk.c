/*
 * walk: two trees side by side, in entry order, which is the byte order of whole paths. What is
 * equal on both sides is not looked into, unless the ignore rules that apply to it differ. Each
 * side has its own chain of ignore rules; what they exclude counts as not there.
 */
#include "source/ignore.h"
#include "source/path.h"
#include "source/source.h"

typedef struct walk walk;

typedef struct side {
    gitops_snapshot *snapshot; /* NULL: the empty side */
    const gops_ignore *rules;  /* of the directory that is walked and those above */
} side;

struct walk {
    side before, after;
    int equal_rules;       /* both chains come from the same files */
    gops_ignore *excludes; /* they win over all files */
    int with_unread;
    gops_walk_fn fn;
    void *user_data;
    gitops_context *context;
    gitops_error *err;
    uint64_t files;
    size_t depth, length; /* of path */
    char path[GOPS_PATH_SIZE];
};

/* One directory on one side while its entries are walked. */
typedef struct level {
    gops_listing listing;
    size_t next;
    const gops_entry *ignore_file;
    gops_ignore *own; /* the rules in that file */
    const gops_ignore *outer;
} level;

static int push_name(walk *w, const gops_entry *entry)
{
    if (w->length + entry->length + 1 >= sizeof w->path)
        return gops_fail_at(w->err, GITOPS_ELIMIT, w->path, 0, 0, "a path is longer than %d bytes",
                            GOPS_PATH_SIZE - 1);
    memcpy(w->path + w->length, entry->name, entry->length);
    w->length += entry->length;
    w->path[w->length] = '\0';
    return 0;
}

static void pop_to(walk *w, size_t length)
{
    w->length = length;
    w->path[length] = '\0';
}

static int read_rules(walk *w, side *s, level *l)
{
    gops_buffer text;
    size_t length = w->length;
    int rc = push_name(w, l->ignore_file);
    if (rc < 0)
        return rc;
    if (l->ignore_file->kind != GOPS_ENTRY_FILE)
        rc = gops_fail_at(w->err, GITOPS_ESOURCE, w->path, 0, 0,
                          "%s is not a regular file; links are never followed", w->path);
    gops_buffer_init(&text, w->context, 0);
    if (rc == 0)
        rc = gops_snapshot_read_blob(s->snapshot, w->path, &l->ignore_file->state.id, &text, w->err);
    if (rc == 0)
        rc = gops_ignore_parse(&l->own, w->context, text.data ? text.data : "", text.length, length,
                               s->rules, w->err);
    if (rc < 0)
        gops_error_where(w->err, w->path);
    gops_buffer_release(&text);
    pop_to(w, length);
    return rc;
}

/* The entries of the directory at w->path, which ends with a slash unless it is the root. */
static int list(walk *w, const side *s, const gops_entry *directory, gops_listing *out)
{
    size_t length = w->length;
    if (length)
        w->path[length - 1] = '\0';
    int rc = s->snapshot->source->backend->list(s->snapshot, w->path, directory, out, w->err);
    if (length)
        w->path[length - 1] = '/';
    return rc;
}

/* Lists a directory and puts its ignore file, if there is one, on the side's rules. */
static int enter(walk *w, side *s, const gops_entry *directory, level *l)
{
    memset(l, 0, sizeof *l);
    l->outer = s->rules;
    if (!directory)
        return 0;
    int rc = list(w, s, directory, &l->listing);
    if (rc < 0)
        return rc;
    l->ignore_file = gops_entries_find(l->listing.entries, l->listing.count, GOPS_IGNORE_FILE,
                                       sizeof GOPS_IGNORE_FILE - 1, 0);
    if (l->ignore_file)
        rc = read_rules(w, s, l);
    if (l->own)
        s->rules = l->own;
    return rc;
}

static void leave(side *s, level *l)
{
    s->rules = l->outer;
    gops_ignore_free(l->own);
    gops_listing_release(&l->listing);
}

static int same_ignore_file(const level *before, const level *after)
{
    const gops_entry *a = before->ignore_file, *b = after->ignore_file;
    return a == b || (a && b && gops_blob_id_equal(&a->state.id, &b->state.id));
}

static int is_excluded(const walk *w, const side *s, int directory)
{
    gops_verdict verdict = gops_ignore_match(w->excludes, w->path, w->length, directory);
    if (verdict == GOPS_VERDICT_NONE)
        verdict = gops_ignore_match(s->rules, w->path, w->length, directory);
    return verdict == GOPS_VERDICT_EXCLUDE;
}

/*
 * The entry if it is in the set of its side, else NULL. w->path is the entry's. What is not read
 * may stand for a file or for a directory: a pattern for either excludes it.
 */
static const gops_entry *in_set(const walk *w, const side *s, const gops_entry *entry)
{
    if (!entry || (entry->kind == GOPS_ENTRY_OTHER && !w->with_unread))
        return NULL;
    int excluded = is_excluded(w, s, entry->kind == GOPS_ENTRY_DIRECTORY) ||
                   (entry->kind == GOPS_ENTRY_OTHER && is_excluded(w, s, 1));
    return excluded ? NULL : entry;
}

static int count_file(walk *w)
{
    if (++w->files <= w->context->limits.max_files)
        return 0;
    return gops_fail_at(w->err, GITOPS_ELIMIT, w->path, 0, 0, "more files than max_files (%llu)",
                        (unsigned long long)w->context->limits.max_files);
}

static int walk_directories(walk *w, const gops_entry *before, const gops_entry *after);

/* An entry that differs, or whose rules do; before and after are of one kind, or NULL. */
static int walk_entry(walk *w, const gops_entry *before, const gops_entry *after)
{
    size_t length = w->length;
    int rc = push_name(w, after ? after : before);
    if (rc < 0)
        return rc;
    before = in_set(w, &w->before, before);
    after = in_set(w, &w->after, after);
    const gops_entry *any = after ? after : before;
    if (any && any->kind == GOPS_ENTRY_DIRECTORY) {
        rc = walk_directories(w, before, after);
    } else if (any) {
        rc = count_file(w);
        if (rc == 0 && !(before && after && gops_file_state_equal(&before->state, &after->state)))
            rc = w->fn(w->path, before ? &before->state : NULL, after ? &after->state : NULL,
                       w->user_data);
    }
    pop_to(w, length);
    return rc;
}

/* Takes the next entry or pair of entries. Returns 0 when both sides are through. */
static int next_pair(level *before, level *after, const gops_entry **b, const gops_entry **a)
{
    *b = before->next < before->listing.count ? &before->listing.entries[before->next] : NULL;
    *a = after->next < after->listing.count ? &after->listing.entries[after->next] : NULL;
    if (*b && *a) {
        int order = gops_entry_compare(*b, *a);
        if (order < 0)
            *a = NULL;
        else if (order > 0)
            *b = NULL;
    }
    before->next += *b != NULL;
    after->next += *a != NULL;
    return *b || *a;
}

static int is_ignore_file(const gops_entry *entry)
{
    return entry->kind != GOPS_ENTRY_DIRECTORY && entry->length == sizeof GOPS_IGNORE_FILE - 1 &&
           memcmp(entry->name, GOPS_IGNORE_FILE, entry->length) == 0;
}

static int walk_entries(walk *w, level *before, level *after)
{
    const gops_entry *b, *a;
    int rc = 0;
    while (rc == 0 && next_pair(before, after, &b, &a)) {
        if (w->equal_rules && b && a && b->kind == a->kind &&
            gops_file_state_equal(&b->state, &a->state))
            continue;
        if (!is_ignore_file(a ? a : b))
            rc = walk_entry(w, b, a);
    }
    return rc;
}

/* w->path is the directory's, without a final slash. */
static int walk_directories(walk *w, const gops_entry *before, const gops_entry *after)
{
    level b, a;
    int equal_rules = w->equal_rules;
    size_t length = w->length;
    if (w->depth >= GOPS_PATH_DEPTH || length + 2 >= sizeof w->path)
        return gops_fail_at(w->err, GITOPS_ELIMIT, w->path, 0, 0,
                            "directories are nested deeper than %d", GOPS_PATH_DEPTH);
    if (length)
        w->path[w->length++] = '/';
    pop_to(w, w->length);
    w->depth++;
    memset(&a, 0, sizeof a);
    a.outer = w->after.rules;
    int rc = enter(w, &w->before, before, &b);
    if (rc == 0)
        rc = enter(w, &w->after, after, &a);
    w->equal_rules = equal_rules && same_ignore_file(&b, &a);
    if (rc == 0)
        rc = walk_entries(w, &b, &a);
    leave(&w->before, &b);
    leave(&w->after, &a);
    w->equal_rules = equal_rules;
    w->depth--;
    pop_to(w, length);
    return rc;
}

static int fail_path(walk *w, const char *path)
{
    return gops_fail_at(w->err, GITOPS_ENOTFOUND, path, 0, 0,
                        "there is no directory \"%s\" in revision %s", path,
                        w->after.snapshot->revision);
}

static const gops_entry *find_directory(const level *l, const char *name, size_t length)
{
    return gops_entries_find(l->listing.entries, l->listing.count, name, length, 1);
}

/* Goes down to the walked directory, keeping the rules on the way, and walks it. */
static int descend(walk *w, const gops_entry *before, const gops_entry *after, const char *rest,
                   const char *whole)
{
    level b, a;
    int equal_rules = w->equal_rules;
    size_t name = strcspn(rest, "/"), length = w->length;
    if (!*rest && before && w->equal_rules && gops_blob_id_equal(&before->state.id, &after->state.id))
        return 0;
    if (!*rest)
        return walk_directories(w, before, after);
    if (length)
        w->path[w->length++] = '/';
    pop_to(w, w->length);
    memset(&a, 0, sizeof a);
    a.outer = w->after.rules;
    int rc = enter(w, &w->before, before, &b);
    if (rc == 0)
        rc = enter(w, &w->after, after, &a);
    w->equal_rules = equal_rules && same_ignore_file(&b, &a);
    if (rc == 0) {
        before = find_directory(&b, rest, name);
        after = find_directory(&a, rest, name);
        rc = after ? push_name(w, after) : fail_path(w, whole);
    }
    if (rc == 0)
        rc = descend(w, before, after, rest + name + (rest[name] == '/'), whole);
    leave(&w->before, &b);
    leave(&w->after, &a);
    w->equal_rules = equal_rules;
    pop_to(w, length);
    return rc;
}

static int check_arguments(gitops_snapshot *before, gitops_snapshot *after, const char *path,
                           gitops_error *err)
{
    const char *fault = gops_path_fault(path, 0);
    if (fault)
        return gops_fail_at(err, GITOPS_EINVAL, path, 0, 0, "path %s", fault);
    if (before && before->source->backend != after->source->backend)
        return gops_fail(err, GITOPS_EINVAL, "snapshots of different kinds of sources");
    return 0;
}

int gops_snapshot_walk(gitops_snapshot *before, gitops_snapshot *after,
                       const gops_walk_options *options, gops_walk_fn fn, void *user_data,
                       gitops_error *err)
{
    const char *path = options && options->path ? options->path : "";
    int rc = check_arguments(before, after, path, err);
    if (rc < 0)
        return rc;
    walk w = {.equal_rules = 1, .fn = fn, .user_data = user_data, .err = err};
    w.context = after->source->context;
    w.with_unread = options && options->with_unread;
    w.before.snapshot = before;
    w.after.snapshot = after;
    if (options && options->exclude_count)
        rc = gops_ignore_new(&w.excludes, w.context, options->excludes, options->exclude_count,
                             *path ? strlen(path) + 1 : 0, err);
    if (rc == 0)
        rc = descend(&w, before ? &before->root : NULL, &after->root, path, path);
    gops_ignore_free(w.excludes);
    return rc;
}
