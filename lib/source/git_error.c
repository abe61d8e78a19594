/*
 * git_error: carries libgit2's code and message over. The message is read at once, in the thread
 * that made the call, and cleared.
 */
#include "source/git_error.h"

#include <stdio.h>
#include <string.h>

#include "source/location.h"

int gops_fail_git(gitops_error *err, int git_code, const char *url, const char *doing,
                  const char *what)
{
    const git_error *last = git_error_last();
    char reason[512];
    int memory = last && last->klass == GIT_ERROR_NOMEMORY;
    snprintf(reason, sizeof reason, "%s",
             last && last->message ? last->message : "no reason given");
    git_error_clear();
    if (url)
        gops_url_redact(url, reason);
    int code = memory ? GITOPS_ENOMEM : GITOPS_ESOURCE;
    gops_fail_at(err, code, what, 0, 0, "cannot %s %s: %s", doing, what, reason);
    gops_error_origin(err, GITOPS_ORIGIN_GIT, git_code);
    return code;
}
