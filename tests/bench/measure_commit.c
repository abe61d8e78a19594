/*
 * commit: a pass after a commit that changed one file, in a small and in a large repository by
 * turns. The repositories have refs/bench/0 ... refs/bench/N, each one commit after the one before
 * it; the reconciler follows the branch "bench".
 */
#include <stdio.h>
#include <string.h>

#include "measure.h"
#include "scene.h"

enum { MOST_COMMITS = 100 };

/* Points the branch at commit i. Returns 0 when there is no such commit. */
static int move_branch(const char *repository, int i)
{
    char path[4096], id[64];
    gitops_error err = {.message = "cannot move the branch"};
    snprintf(path, sizeof path, "%s/.git/refs/bench/%d", repository, i);
    FILE *from = fopen(path, "r");
    if (!from)
        return 0;
    snprintf(path, sizeof path, "%s/.git/refs/heads/bench", repository);
    FILE *to = fopen(path, "w");
    int moved = to && fgets(id, sizeof id, from) && fputs(id, to) >= 0;
    fclose(from);
    must(moved && fclose(to) == 0 ? 0 : GITOPS_EIO, &err, path);
    return 1;
}

static void prepare(scene *s, const char *repository, const char *state)
{
    gitops_error err = {.message = "the repository has no refs/bench"};
    must(move_branch(repository, 0) ? 0 : GITOPS_ENOTFOUND, &err, repository);
    scene_open(s, repository, "bench", state, 0);
    scene_settle(s);
}

static double time_commit(scene *s)
{
    gitops_error err = {.message = "a commit of one file is not one operation"};
    double seconds = scene_pass(s, wall_time);
    must(scene_operations(s) == 1 ? 0 : GITOPS_ESTATE, &err, "commit");
    return seconds;
}

static void compare(char **repositories, const char *store, const char *states[2])
{
    scene scenes[2];
    double seconds[2][MOST_COMMITS], ratio[MOST_COMMITS];
    size_t count = 0;
    for (int i = 0; i < 2; i++)
        prepare(&scenes[i], repositories[i], states[i]);
    while (count < MOST_COMMITS && move_branch(repositories[0], (int)count + 1) &&
           move_branch(repositories[1], (int)count + 1)) {
        for (int i = 0; i < 2; i++)
            seconds[i][count] = time_commit(&scenes[i]);
        ratio[count] = seconds[1][count] / seconds[0][count];
        count++;
    }
    printf("commit  one file of %zu and of %zu, state in %s: %.2f ms and %.2f ms, ratio %.2f\n",
           scenes[0].shelf.count, scenes[1].shelf.count, store, median(seconds[0], count) * 1e3,
           median(seconds[1], count) * 1e3, median(ratio, count));
    for (int i = 0; i < 2; i++)
        scene_close(&scenes[i]);
}

void measure_commit(char **arguments)
{
    char small[4096], large[4096];
    snprintf(small, sizeof small, "%s-small", arguments[2]);
    snprintf(large, sizeof large, "%s-large", arguments[2]);
    compare(arguments, "memory", (const char *[]){NULL, NULL});
    compare(arguments, "a file", (const char *[]){small, large});
}
