/*
 * parse: reading the manifest of a source in memory, that is parsing, resolving, digests, identity and the index, against libyaml making and dropping the events of the same
 * bytes. Both by turns in one process; the reading of Git objects is left out of both.
 */
#include <stdio.h>

#include "corpus.h"
#include "measure.h"

enum { LEAST_ROUNDS = 5, MOST_ROUNDS = 25 };

static double time_manifest(const corpus *c)
{
    gitops_error err;
    gitops_manifest *manifest;
    double start = processor_time();
    must(gitops_manifest_read(&manifest, c->context, c->snapshot, NULL, NULL, &err), &err,
         "manifest");
    double seconds = processor_time() - start;
    gitops_manifest_free(manifest);
    return seconds;
}

void measure_parse(char **arguments)
{
    corpus c;
    double libyaml[MOST_ROUNDS], manifest[MOST_ROUNDS], ratio[MOST_ROUNDS];
    open_corpus(&c, arguments[0]);
    size_t rounds = 50000 / (c.objects + 1) + LEAST_ROUNDS;
    if (rounds > MOST_ROUNDS)
        rounds = MOST_ROUNDS;
    for (size_t i = 0; i < rounds; i++) {
        libyaml[i] = time_libyaml(&c);
        manifest[i] = time_manifest(&c);
        ratio[i] = manifest[i] / libyaml[i];
    }
    double objects = (double)c.objects;
    printf("parse   %7zu objects, %zu bytes: manifest %.1f us an object, libyaml's events %.1f us, "
           "ratio %.2f\n",
           c.objects, c.bytes, median(manifest, rounds) / objects * 1e6,
           median(libyaml, rounds) / objects * 1e6, median(ratio, rounds));
    close_corpus(&c);
}
