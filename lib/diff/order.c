/*
 * order: the interleave of structured-merge-diff, the algorithm of current Kubernetes servers. Both
 * lists are walked together; "shared" is the next element of desired that live has too, and the
 * walk does not pass it in live before desired gets there.
 */
#include "diff/order.h"

#include <string.h>

enum { IN_LIVE = 1, IN_DESIRED = 2, EMITTED = 4 };

typedef struct interleave {
    uint8_t *marks; /* of each item */
    const uint32_t *live, *desired;
    uint32_t live_count, desired_count;
    uint32_t i, j;   /* in live and in desired */
    uint32_t shared; /* place in desired of the next element that live has; its count: none */
    uint32_t *out;
    uint32_t count;
} interleave;

static void find_shared(interleave *w, uint32_t from)
{
    w->shared = from;
    while (w->shared < w->desired_count && !(w->marks[w->desired[w->shared]] & IN_LIVE))
        w->shared++;
}

static void emit_desired(interleave *w)
{
    uint32_t item = w->desired[w->j];
    w->marks[item] |= EMITTED;
    w->out[w->count++] = item;
    if (w->shared < w->desired_count && w->desired[w->shared] == item)
        find_shared(w, w->shared + 1);
    w->j++;
}

/* While both lists last. Returns 1 when it made a step. */
static int step_both(interleave *w)
{
    if (w->i == w->live_count || w->j == w->desired_count)
        return 0;
    uint32_t item = w->live[w->i];
    if (item == w->desired[w->j]) {
        emit_desired(w);
        w->i++;
        return 1;
    }
    if ((w->marks[item] & IN_DESIRED) && w->shared < w->desired_count &&
        w->desired[w->shared] != item) {
        w->i++;
        return 1;
    }
    return 0;
}

static void step_one(interleave *w)
{
    if (w->i < w->live_count) {
        uint32_t item = w->live[w->i];
        if (!(w->marks[item] & IN_DESIRED)) {
            w->out[w->count++] = item;
            w->i++;
            return;
        }
        if (w->marks[item] & EMITTED)
            w->i++;
    }
    if (w->j < w->desired_count)
        emit_desired(w);
}

int64_t gops_order_interleave(gitops_context *context, uint32_t item_count, const uint32_t *live,
                              uint32_t live_count, const uint32_t *desired, uint32_t desired_count,
                              uint32_t *out)
{
    interleave w = {.live = live,
                    .desired = desired,
                    .live_count = live_count,
                    .desired_count = desired_count,
                    .out = out};
    if (live_count == desired_count && memcmp(live, desired, live_count * sizeof *live) == 0) {
        memcpy(out, live, live_count * sizeof *live);
        return live_count;
    }
    w.marks = gops_calloc(context, item_count, 1);
    if (!w.marks)
        return GITOPS_ENOMEM;
    for (uint32_t i = 0; i < live_count; i++)
        w.marks[live[i]] |= IN_LIVE;
    for (uint32_t j = 0; j < desired_count; j++)
        w.marks[desired[j]] |= IN_DESIRED;
    find_shared(&w, 0);
    while (w.i < live_count || w.j < desired_count)
        if (!step_both(&w))
            step_one(&w);
    gops_free(context, w.marks);
    return w.count;
}
