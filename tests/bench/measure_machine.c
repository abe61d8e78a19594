/*
 * machine: what the state machine itself costs in a run that makes everything: its two functions next
 * and resolve, which do no input and output. What actions do when they are executed is not counted.
 */
#include <stdio.h>
#include <string.h>

#include "measure.h"
#include "scene.h"

enum { IN_FLIGHT = 16 };

typedef struct stepping {
    double machine, work; /* seconds of a processor: in the machine, and in what it asked for */
    size_t actions;
    int64_t now_ms;
} stepping;

static void execute(stepping *t, scene *s, gitops_action *action)
{
    gitops_error err;
    double start = processor_time();
    gitops_action_execute(action, NULL);
    double done = processor_time();
    must(gitops_reconciler_resolve(s->reconciler, action, ++t->now_ms, &err), &err, "resolve");
    t->machine += processor_time() - done;
    t->work += done - start;
    t->actions++;
}

/* One pass, with several actions in flight. */
static void step_pass(stepping *t, scene *s)
{
    gitops_action *flight[IN_FLIGHT], *action;
    gitops_error err;
    size_t count = 0;
    while (!gitops_reconciler_idle(s->reconciler)) {
        double start = processor_time();
        must(gitops_reconciler_next(s->reconciler, t->now_ms, 0, &action, &err), &err, "next");
        t->machine += processor_time() - start;
        if (action && count < IN_FLIGHT) {
            flight[count++] = action;
            if (count < IN_FLIGHT)
                continue;
        }
        if (count == 0)
            t->now_ms = gitops_reconciler_deadline(s->reconciler);
        while (count)
            execute(t, s, flight[--count]);
    }
}

void measure_machine(char **arguments)
{
    scene s;
    stepping t = {0};
    scene_open(&s, arguments[0], NULL, NULL, 0);
    step_pass(&t, &s);
    size_t operations = scene_operations(&s);
    printf("machine %7zu operations, %zu actions: the machine takes %.2f us an operation, what it asks "
           "for (with a store in memory) %.2f us\n",
           operations, t.actions, t.machine / (double)operations * 1e6,
           t.work / (double)operations * 1e6);
    scene_close(&s);
}
