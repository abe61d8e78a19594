/*
 * idle: a pass that finds everything in order, by the versions that the target lists. Its time
 * beyond one hash look-up for each listed object is what the machine costs; it must not grow the
 * state.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "measure.h"
#include "scene.h"

enum { ROUNDS = 41 };

static const volatile void *sink;

/* The listing and the look-ups, without a reconciler. */
static double time_lookups(const shelf *s, const gops_table *table)
{
    double start = processor_time();
    for (size_t i = 0; i < s->count; i++) {
        const char *key = s->items[i]->key;
        if (s->items[i]->document)
            sink = gops_table_get(table, key, strlen(key));
    }
    return processor_time() - start;
}

static off_t size_of(const char *path, const char *suffix)
{
    char name[4096];
    struct stat status;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &status) == 0 ? status.st_size : 0;
}

static off_t state_bytes(const char *path)
{
    return size_of(path, "") + size_of(path, "-wal");
}

static void compare(scene *s, int order, const char *name)
{
    double pass[ROUNDS], lookups[ROUNDS], beyond[ROUNDS];
    shelf_arrange(&s->shelf, order);
    scene_pass(s, processor_time); /* the order may be new to the machine */
    scene_pass(s, processor_time);
    for (size_t i = 0; i < ROUNDS; i++) {
        lookups[i] = time_lookups(&s->shelf, &s->shelf.by_key);
        pass[i] = scene_pass(s, processor_time);
        beyond[i] = pass[i] - lookups[i];
    }
    printf("idle    %7zu objects, listed %s: pass %.3f ms, look-ups %.3f ms, beyond them %.3f ms\n",
           s->shelf.count, name, median(pass, ROUNDS) * 1e3, median(lookups, ROUNDS) * 1e3,
           median(beyond, ROUNDS) * 1e3);
}

void measure_idle(char **arguments)
{
    scene s;
    scene_open(&s, arguments[0], NULL, arguments[1], 0);
    scene_settle(&s);
    off_t state = state_bytes(arguments[1]);
    compare(&s, SHELF_SORTED, "by key");
    compare(&s, SHELF_SHUFFLED, "shuffled");
    printf("idle    %7zu objects: the state grew by %lld bytes in %d passes; in steady state the "
           "library holds %zu bytes an object\n",
           s.shelf.count, (long long)(state_bytes(arguments[1]) - state), 2 * (ROUNDS + 2),
           s.memory.live / s.shelf.count);
    scene_close(&s);
}
