/*
 * gitops_bench: what the library's work costs, against a reference measured in the same process.
 *
 *     gitops_bench read REPOSITORY            trees of YAML and of JSON, against libyaml alone
 *     gitops_bench parse REPOSITORY           reading a manifest, against libyaml alone
 *     gitops_bench load REPOSITORY            a first read from Git, against libgit2 and libyaml
 *     gitops_bench restart REPOSITORY STATE   a read of what is remembered, against a first one
 *     gitops_bench plan REPOSITORY            a first plan, and the memory it takes
 *     gitops_bench machine REPOSITORY         the machine alone, in a run that makes everything
 *     gitops_bench idle REPOSITORY STATE      a pass with nothing to do, against its look-ups
 *     gitops_bench commit SMALL LARGE STATE   a pass after a commit of one file, by size
 *     gitops_bench order                      ordering many objects, against sorting their keys
 *     gitops_bench diff TRIPLE                comparing documents: drift, long lists, many objects
 *     gitops_bench against TRIPLE COMMAND     comparing a triple, against COMMAND TRIPLE (go/)
 *     gitops_bench hostile WORD               texts made to be slow: classes with WORD in the name
 *
 * Each is meant to run in a process of its own; run.sh does that. STATE is a path for new files,
 * TRIPLE a folder with base.json, desired.json and live.json.
 */
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "measure.h"

static const struct {
    const char *name;
    int arguments;
    void (*measure)(char **arguments);
} measurements[] = {
    {"read", 1, measure_read},
    {"parse", 1, measure_parse},
    {"load", 1, measure_load},
    {"restart", 2, measure_restart},
    {"plan", 1, measure_plan},
    {"machine", 1, measure_machine},
    {"idle", 2, measure_idle},
    {"commit", 3, measure_commit},
    {"order", 0, measure_order},
    {"diff", 1, measure_diff},
    {"against", 2, measure_against},
    {"hostile", 1, measure_hostile},
};

int main(int argc, char **argv)
{
    gitops_error err;
    for (size_t i = 0; i < sizeof measurements / sizeof measurements[0]; i++)
        if (argc == measurements[i].arguments + 2 && strcmp(argv[1], measurements[i].name) == 0) {
            must(gitops_process_defaults(&err), &err, "libgit2");
            measurements[i].measure(argv + 2);
            return 0;
        }
    fprintf(stderr, "usage: gitops_bench read REPOSITORY | parse REPOSITORY | load REPOSITORY | "
                    "restart REPOSITORY STATE | plan REPOSITORY | "
                    "machine REPOSITORY | idle REPOSITORY STATE | "
                    "commit SMALL LARGE STATE | order | diff TRIPLE | against TRIPLE COMMAND | "
                    "hostile WORD\n");
    return 2;
}
