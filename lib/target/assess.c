/*
 * assess: verdicts on what a target holds, by the rules that the target is judged by.
 */
#include "target/health.h"
#include "target/target.h"

#include <string.h>

int gops_target_has_health(const gitops_target *target)
{
    return target->options.assess || target->options.reports_health;
}

int gops_target_judge(const gitops_target *target, const char *key, const char *document,
                      size_t length, uint32_t flags, gitops_health *out, gitops_error *err)
{
    gitops_document *parsed = NULL;
    gitops_error problem = {0};
    int rc = document ? gitops_document_parse(&parsed, target->context, document, length, key,
                                              &problem)
                      : 0;
    if (rc < 0) {
        memset(out, 0, sizeof *out);
        gops_health_set(out, GITOPS_HEALTH_UNKNOWN, problem.message, strlen(problem.message));
        return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : 0;
    }
    rc = gitops_health_assess(out, target->options.health, parsed, key, flags, err);
    gitops_document_free(parsed);
    return rc;
}
