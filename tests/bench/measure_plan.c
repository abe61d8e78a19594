/*
 * plan: a first plan of a Git repository against an empty target, with the memory it took. To be
 * run in a fresh process, whose peak is then the plan's.
 */
#include <stdio.h>

#include "measure.h"
#include "scene.h"

void measure_plan(char **arguments)
{
    scene s;
    size_t before = peak_resident();
    scene_open(&s, arguments[0], NULL, NULL, 1);
    double seconds = scene_pass(&s, wall_time);
    size_t objects = scene_operations(&s), resident = peak_resident();
    printf("plan    %7zu objects: %.3f s from Git to plan; peak memory %.1f MB resident, %zu bytes "
           "an object (%.1f MB before it began; library's own peak %zu bytes an object)\n",
           objects, seconds, (double)resident / 1e6, resident / objects, (double)before / 1e6,
           s.memory.peak / objects);
    scene_close(&s);
}
