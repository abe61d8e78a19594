/*
 * load: a first read of a packed repository, against the least that it can be made of: libgit2
 * walking the trees and reading the blobs, and libyaml making the events of them. Both by turns in
 * one process, in processor time. Then the same read on two threads, and on files in memory, by the
 * clock.
 */
#include <git2.h>
#include <stdio.h>

#include "corpus.h"
#include "measure.h"

enum { ROUNDS = 7 };

/* A bare read under way. */
typedef struct bare {
    git_repository *repository;
    git_odb *odb;
    int with_events;
} bare;

static void must_git(int rc)
{
    const git_error *last = git_error_last();
    gitops_error err = {.message = "libgit2"};
    if (rc < 0 && last)
        snprintf(err.message, sizeof err.message, "%s", last->message);
    must(rc < 0 ? GITOPS_ESOURCE : 0, &err, "bare read");
}

static void read_tree(bare *b, const git_oid *id);

static void read_entry(bare *b, const git_tree_entry *entry)
{
    git_odb_object *object;
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
        read_tree(b, git_tree_entry_id(entry));
    } else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
        must_git(git_odb_read(&object, b->odb, git_tree_entry_id(entry)));
        if (b->with_events)
            drop_events(git_odb_object_data(object), git_odb_object_size(object));
        git_odb_object_free(object);
    }
}

static void read_tree(bare *b, const git_oid *id)
{
    git_tree *tree;
    must_git(git_tree_lookup(&tree, b->repository, id));
    for (size_t i = 0; i < git_tree_entrycount(tree); i++)
        read_entry(b, git_tree_entry_byindex(tree, i));
    git_tree_free(tree);
}

/* With a fresh handle, as the library's read below. */
static double time_bare(const char *repository, int with_events)
{
    bare b = {.with_events = with_events};
    git_object *tree;
    double start = processor_time();
    must_git(git_repository_open_ext(&b.repository, repository, 0, NULL));
    must_git(git_repository_odb(&b.odb, b.repository));
    must_git(git_revparse_single(&tree, b.repository, "HEAD^{tree}"));
    read_tree(&b, git_object_id(tree));
    git_object_free(tree);
    git_odb_free(b.odb);
    git_repository_free(b.repository);
    return processor_time() - start;
}

static gitops_snapshot *open_repository(gitops_context *context, const char *repository)
{
    gitops_error err;
    gitops_source *source;
    gitops_snapshot *snapshot;
    gitops_source_options options = {.struct_size = sizeof options, .location = repository};
    must(gitops_source_open(&source, context, &options, &err), &err, "source");
    must(gitops_source_fetch(source, &snapshot, &err), &err, "fetch");
    gitops_source_free(source);
    return snapshot;
}

static double time_options(gitops_context *context, gitops_snapshot *snapshot,
                           const gitops_manifest_options *options, gitops_manifest *previous,
                           double (*clock)(void))
{
    gitops_error err;
    gitops_manifest *manifest;
    double start = clock();
    must(gitops_manifest_read(&manifest, context, snapshot, options, previous, &err), &err,
         "manifest");
    double seconds = clock() - start;
    gitops_manifest_free(manifest);
    return seconds;
}

static double time_read(gitops_context *context, gitops_snapshot *snapshot, int32_t workers,
                        double (*clock)(void))
{
    gitops_manifest_options options = {.struct_size = sizeof options, .workers = workers};
    return time_options(context, snapshot, &options, NULL, clock);
}

/* By another pattern, so that every file is listed again, but each content is known. */
static double time_listing(const corpus *c)
{
    static const char *const excludes[] = {"no-such-file"};
    gitops_manifest_options options = {
        .struct_size = sizeof options, .excludes = excludes, .exclude_count = 1};
    return time_options(c->context, c->snapshot, &options, c->manifest, wall_time);
}

static double time_cold(gitops_context *context, const char *repository, int32_t workers,
                        double (*clock)(void))
{
    double start = clock();
    gitops_snapshot *snapshot = open_repository(context, repository);
    double opening = clock() - start;
    double seconds = time_read(context, snapshot, workers, clock);
    gitops_snapshot_free(snapshot);
    return opening + seconds;
}

static void compare_with_bare(const corpus *c, const char *repository)
{
    double bare[ROUNDS], git[ROUNDS], cold[ROUNDS], ratio[ROUNDS], over_git[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        bare[i] = time_bare(repository, 1);
        git[i] = time_bare(repository, 0);
        cold[i] = time_cold(c->context, repository, 1, processor_time);
        ratio[i] = cold[i] / bare[i];
        over_git[i] = cold[i] / git[i];
    }
    printf("load    %7zu objects: cold %.3f s, libgit2 and libyaml's events %.3f s, ratio %.2f; "
           "libgit2 alone %.3f s, ratio %.2f\n",
           c->objects, median(cold, ROUNDS), median(bare, ROUNDS), median(ratio, ROUNDS),
           median(git, ROUNDS), median(over_git, ROUNDS));
}

/*
 * What is beyond listing the files and making the index is parsing. libyaml's events share nothing
 * between threads: what they gain is what the machine has to give.
 */
static void compare_workers(corpus *c, const char *repository)
{
    double packed[ROUNDS], memory[ROUNDS], parsing[ROUNDS], events[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        double listing = time_listing(c);
        double one = time_read(c->context, c->snapshot, 1, wall_time);
        double two = time_read(c->context, c->snapshot, 2, wall_time);
        memory[i] = one / two;
        parsing[i] = (one - listing) / (two - listing);
        packed[i] = time_cold(c->context, repository, 1, wall_time) /
                    time_cold(c->context, repository, 2, wall_time);
        double start = wall_time();
        time_libyaml(c);
        events[i] = (wall_time() - start) / time_libyaml_on_two(c);
    }
    printf("load    %7zu objects, two threads: %.2f times as fast from packs, %.2f times from "
           "memory, %.2f times parsing and digesting; libyaml's events %.2f times\n",
           c->objects, median(packed, ROUNDS), median(memory, ROUNDS), median(parsing, ROUNDS),
           median(events, ROUNDS));
}

void measure_load(char **arguments)
{
    corpus c;
    open_corpus(&c, arguments[0]);
    compare_with_bare(&c, arguments[0]);
    compare_workers(&c, arguments[0]);
    close_corpus(&c);
}
