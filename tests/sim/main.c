/*
 * sim: plays many seeds and says what happened in them. A violation ends it with exit code 1 and the
 * seed, which gives the same play again:
 *
 *     sim --seed 4711        one play, told step by step
 *     sim --seeds N [--from S]
 *     sim --steps N          as many seeds as it takes
 */
#include "drive.h"

#include <time.h>
#include <unistd.h>

typedef struct totals {
    uint64_t seeds, steps, passes, plans, held, writes, converged;
    uint64_t faults[FAULT_COUNT];
} totals;

static void add(totals *sum, const play *p)
{
    sum->seeds++;
    sum->steps += p->steps;
    sum->passes += p->passes;
    sum->plans += p->plans;
    sum->held += p->held;
    sum->writes += p->writes;
    sum->converged += p->converged;
    for (int i = 0; i < FAULT_COUNT; i++)
        sum->faults[i] += p->faults[i];
}

/* Returns 1 when some kind of fault never came up. */
static int tell(const totals *sum)
{
    int missing = 0;
    printf("%llu seeds, %llu steps, %llu passes, %llu plans (%llu held), %llu writes\n",
           (unsigned long long)sum->seeds, (unsigned long long)sum->steps,
           (unsigned long long)sum->passes, (unsigned long long)sum->plans,
           (unsigned long long)sum->held, (unsigned long long)sum->writes);
    for (int i = 0; i < FAULT_COUNT; i++) {
        printf("%10llu  %s\n", (unsigned long long)sum->faults[i], fault_names[i]);
        missing |= sum->faults[i] == 0;
    }
    return missing;
}

/* Two plays of one seed must be the same. Returns 1 when all is well. */
static int play_seed(play *p, uint64_t seed, const char *path, int trace, totals *sum)
{
    drive(p, seed, path, trace);
    add(sum, p);
    if (!p->failed && !trace && seed % 16 == 0) {
        uint64_t hash = p->hash;
        drive(p, seed, path, 0);
        add(sum, p);
        if (p->hash != hash)
            play_blame(p, "I13", "a second play of it is another one");
    }
    if (p->failed)
        printf("seed %llu: %s: %s\n", (unsigned long long)seed, p->rule, p->why);
    return !p->failed;
}

static int usage(void)
{
    fputs("usage: sim [--seed S | --seeds N] [--from S] [--steps N] [--keep-going]\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static play p;
    totals sum = {0};
    uint64_t from = 1, seeds = UINT64_MAX, steps = UINT64_MAX;
    int one = 0, keep_going = 0, bad = 0, limited = 0;
    char path[64];
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--keep-going") == 0) {
            keep_going = 1;
            continue;
        }
        if (i + 1 == argc)
            return usage();
        uint64_t number = strtoull(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--seed") == 0)
            from = number, seeds = 1, one = 1;
        else if (strcmp(argv[i], "--seeds") == 0)
            seeds = number;
        else if (strcmp(argv[i], "--from") == 0)
            from = number;
        else if (strcmp(argv[i], "--steps") == 0)
            steps = number;
        else
            return usage();
        limited = 1;
        i++;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!limited)
        return usage();
    snprintf(path, sizeof path, "/tmp/gitops-sim-%ld", (long)getpid());
    for (uint64_t i = 0; i < seeds && sum.steps < steps && (keep_going || !bad); i++)
        bad += !play_seed(&p, from + i, path, one, &sum);
    if (one)
        return bad != 0;
    int missing = tell(&sum);
    if (bad)
        printf("%d seeds FAILED; sim --seed S tells the play of one\n", bad);
    return bad != 0 || (missing && steps != UINT64_MAX);
}
