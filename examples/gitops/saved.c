/*
 * saved: plans as files.
 */
#include "saved.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_new(const char *path, const gitops_buffer *text)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        return errno;
    int rc = write_to_file(gitops_buffer_data(text), gitops_buffer_length(text), out);
    int problem = rc == 0 && fflush(out) == 0 && fsync(fileno(out)) == 0 ? 0 : errno ? errno : EIO;
    if (fclose(out) != 0 && problem == 0)
        problem = errno;
    return problem;
}

static int write_whole(const char *path, const gitops_buffer *text)
{
    size_t size = strlen(path) + sizeof ".tmp-0000000000";
    char *temporary = malloc(size);
    if (!temporary)
        return ENOMEM;
    snprintf(temporary, size, "%s.tmp-%ld", path, (long)getpid());
    errno = 0;
    int problem = write_new(temporary, text);
    if (problem == 0 && rename(temporary, path) != 0)
        problem = errno;
    if (problem)
        unlink(temporary);
    free(temporary);
    return problem;
}

int save_plan(const gitops_plan *plan, const gitops_unit *unit, const char *path)
{
    gitops_buffer *text = NULL;
    gitops_error err = {0};
    if (gitops_plan_save(&text, plan, unit, &err) < 0)
        return complain_error(&err);
    int problem = write_whole(path, text);
    gitops_buffer_free(text);
    return problem ? complain("cannot write %s: %s", path, strerror(problem)) : 0;
}

int read_saved_plan(gitops_saved_plan **saved, program *p, const char *path, const char *unit)
{
    bytes text;
    gitops_error err = {0};
    if (read_bytes(path, &text) != 0)
        return RESULT_ERROR;
    int rc = gitops_saved_plan_read(saved, p->context, text.data, text.length, path, &err);
    free(text.data);
    if (rc < 0)
        return complain_error(&err);
    if (strcmp(gitops_saved_plan_unit(*saved), unit) == 0)
        return 0;
    return complain("%s is a plan of unit %s, not of %s", path, gitops_saved_plan_unit(*saved),
                    unit);
}

static const char *name_then(int32_t action)
{
    return action == GITOPS_ACTION_NONE ? "nothing" : gitops_action_name(action);
}

int complain_moved(const gitops_saved_plan *saved, const char *path)
{
    complain("the plan in %s does not hold any more; nothing was changed", path);
    if (gitops_saved_plan_limits_moved(saved))
        fputs("  the policy and limits of the unit are not those of the plan\n", stderr);
    for (size_t i = 0; i < gitops_saved_plan_move_count(saved); i++) {
        int32_t before, now;
        fputs("  ", stderr);
        print_shown(stderr, gitops_saved_plan_move(saved, i, &before, &now));
        if (before == now)
            fprintf(stderr, ": %s of other content than when it was saved\n", name_then(now));
        else
            fprintf(stderr, ": %s when it was saved, %s now\n", name_then(before), name_then(now));
    }
    return RESULT_ERROR;
}
