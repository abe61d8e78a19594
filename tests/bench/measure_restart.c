/*
 * restart: a first read in a process whose state remembers the manifest, against one without it.
 * Every round opens all handles anew.
 */
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "measure.h"

enum { ROUNDS = 9 };

/* Reads with everything opened anew; state NULL: nothing is remembered. Gives digest and count. */
static double time_read(const char *repository, const char *state, char *digest, size_t *parsed,
                        size_t *objects, double (*clock)(void))
{
    gitops_error err;
    gitops_context *context;
    gitops_source *source;
    gitops_snapshot *snapshot;
    gitops_manifest *manifest;
    gitops_store *store = NULL;
    gitops_source_options from = {.struct_size = sizeof from, .location = repository};
    gitops_store_options with = {.struct_size = sizeof with, .path = state, .create = 1};
    gitops_manifest_options options = {.struct_size = sizeof options};
    double start = clock();
    must(gitops_context_new(&context, NULL, &err), &err, "context");
    must(gitops_source_open(&source, context, &from, &err), &err, "source");
    if (state) {
        must(gitops_store_open(&store, context, &with, &err), &err, "store");
        must(gitops_store_memo(&options.memo, store, "bench", &err), &err, "memo");
    }
    must(gitops_source_fetch(source, &snapshot, &err), &err, "fetch");
    must(gitops_manifest_read(&manifest, context, snapshot, &options, NULL, &err), &err,
         "manifest");
    double seconds = clock() - start;
    must(gitops_manifest_digest(manifest, 0, digest, &err), &err, "digest");
    *parsed = gitops_manifest_files_parsed(manifest);
    *objects = gitops_manifest_count(manifest);
    gitops_manifest_free(manifest);
    gitops_snapshot_free(snapshot);
    gitops_memo_free(options.memo);
    gitops_store_free(store);
    gitops_source_free(source);
    gitops_context_free(context);
    return seconds;
}

void measure_restart(char **arguments)
{
    gitops_error err = {.message = "what was remembered is not what is read"};
    char cold_digest[GITOPS_DIGEST_SIZE], warm_digest[GITOPS_DIGEST_SIZE];
    double cold[ROUNDS], warm[ROUNDS], ratio[ROUNDS];
    size_t parsed, objects;
    time_read(arguments[0], arguments[1], warm_digest, &parsed, &objects, wall_time);
    for (size_t i = 0; i < ROUNDS; i++) {
        cold[i] = time_read(arguments[0], NULL, cold_digest, &parsed, &objects, processor_time);
        warm[i] = time_read(arguments[0], arguments[1], warm_digest, &parsed, &objects,
                            processor_time);
        ratio[i] = cold[i] / warm[i];
        must(parsed == 0 && strcmp(cold_digest, warm_digest) == 0 ? 0 : GITOPS_ESTATE, &err,
             "restart");
    }
    printf("restart %7zu objects: cold %.3f s, remembered %.1f ms, %.1f times as fast\n", objects,
           median(cold, ROUNDS), median(warm, ROUNDS) * 1e3, median(ratio, ROUNDS));
}
