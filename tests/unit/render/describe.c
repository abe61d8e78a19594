/* describe: see describe.h. */
#include "describe.h"

#include <stdio.h>

char *describe_manifest(gitops_manifest *manifest)
{
    const gitops_diagnostics *problems = gitops_manifest_diagnostics(manifest);
    size_t count = gitops_manifest_count(manifest), reported = gitops_diagnostics_count(problems);
    size_t size = 200 * count + 2048 * (reported + 1), used = 0;
    char *text = malloc(size), digest[GITOPS_DIGEST_SIZE];
    gitops_error problem;
    assert_non_null(text);
    assert_int_equal(gitops_manifest_digest(manifest, 0, digest, NULL), 0);
    used += (size_t)snprintf(text, size, "%s skipped %d errors %d warnings %d\n", digest,
                             (int)gitops_manifest_skipped(manifest),
                             (int)gitops_diagnostics_errors(problems),
                             (int)gitops_diagnostics_warnings(problems));
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s %s:%u:%u\n",
                                 gitops_manifest_key(manifest, i),
                                 gitops_manifest_file(manifest, i),
                                 gitops_manifest_document_number(manifest, i),
                                 gitops_manifest_line(manifest, i));
    for (size_t i = 0; i < reported; i++) {
        int severity = gitops_diagnostics_get(problems, i, &problem);
        used += (size_t)snprintf(text + used, size - used, "%d %d %s:%u:%u %s\n", severity,
                                 problem.code, problem.where, problem.line, problem.column,
                                 problem.message);
    }
    return text;
}
