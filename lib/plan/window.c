/*
 * window: from clocks on a wall to moments. A zone is a row of stretches in which local clocks run
 * evenly; in each of them the schedule is asked for a local minute. What is left are the changes
 * between stretches:
 * - clocks put forward: minutes that do not come. A window that opens in one of them opens at the
 *   change, so that no window is lost to it.
 * - clocks put back: minutes that come twice. A window opens both times.
 */
#include <gitops/window.h>

#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "plan/civil.h"
#include "plan/cron.h"
#include "plan/zone.h"

enum { MIN_DURATION_MS = 60000, MAX_OVERLAPS = 1000 };

static const int64_t max_duration_ms = INT64_C(366) * 86400000;
static const int64_t searched_s = INT64_C(9) * 366 * 86400;
static const int64_t farthest_s = INT64_C(31000000000000); /* about the year 980,000 */

typedef struct window {
    gops_cron cron;
    gitops_zone *zone;
    int64_t duration_ms;
    int denies, manual_sync, sync_overrun;
} window;

struct gitops_windows {
    gops_refcount references;
    gitops_context *context;
    size_t count;
    window windows[];
};

static int compile(window *out, const gitops_window *given, gitops_error *err)
{
    if (given->kind != GITOPS_WINDOW_ALLOW && given->kind != GITOPS_WINDOW_DENY)
        return gops_fail(err, GITOPS_EINVAL, "window: it neither allows nor denies");
    if (!given->schedule)
        return gops_fail(err, GITOPS_EINVAL, "window: it has no schedule");
    if (given->duration_ms < MIN_DURATION_MS || given->duration_ms > max_duration_ms)
        return gops_fail(err, GITOPS_EINVAL, "window: a duration is a minute to 366 days");
    out->duration_ms = given->duration_ms;
    out->denies = given->kind == GITOPS_WINDOW_DENY;
    out->manual_sync = given->manual_sync != 0;
    out->sync_overrun = given->sync_overrun != 0;
    int rc = gops_cron_parse(&out->cron, given->schedule, err);
    if (rc == 0)
        out->zone = gitops_zone_ref(given->zone);
    return rc;
}

int gitops_windows_new(gitops_windows **out, gitops_context *context, const gitops_window *windows,
                       size_t count, gitops_error *err)
{
    if (out)
        *out = NULL;
    if (!out || !context || (count > 0 && !windows))
        return gops_fail(err, GITOPS_EINVAL, "windows: an argument is NULL");
    if (count > (SIZE_MAX - sizeof **out) / sizeof(window))
        return gops_fail_memory(err);
    gitops_windows *made = gops_calloc(context, 1, sizeof *made + count * sizeof(window));
    if (!made)
        return gops_fail_memory(err);
    gops_refcount_init(&made->references);
    made->context = gops_context_ref(context);
    int rc = 0;
    for (const char *at = (const char *)windows; rc == 0 && made->count < count; made->count++) {
        gitops_window given;
        rc = gops_options_import(&given, sizeof given, at, "window", err);
        if (rc == 0)
            rc = compile(&made->windows[made->count], &given, err);
        at += windows->struct_size;
    }
    if (rc < 0) {
        gitops_windows_free(made);
        return rc;
    }
    *out = made;
    return 0;
}

gitops_windows *gitops_windows_ref(gitops_windows *windows)
{
    if (windows)
        gops_refcount_take(&windows->references);
    return windows;
}

void gitops_windows_free(gitops_windows *windows)
{
    if (!windows || !gops_refcount_drop(&windows->references))
        return;
    gitops_context *context = windows->context;
    for (size_t i = 0; i < windows->count; i++)
        gitops_zone_free(windows->windows[i].zone);
    gops_free(context, windows);
    gitops_context_free(context);
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return -gops_floor_div(-a, b);
}

/* Does the window open in a minute that was left out when the clocks came to a stretch? */
static int opens_in_gap(const window *w, const gops_stretch *stretch)
{
    if (stretch->start == INT64_MIN)
        return 0;
    int32_t before = gops_zone_stretch(w->zone, stretch->start - 1).offset;
    if (before >= stretch->offset)
        return 0;
    int64_t from = ceil_div(stretch->start + before, 60);
    int64_t to = ceil_div(stretch->start + stretch->offset, 60);
    return from < to && gops_cron_next(&w->cron, from) < to;
}

/* The first moment at or after one at which the window opens; INT64_MAX: none for nine years. */
static int64_t next_opening(const window *w, int64_t from)
{
    for (int64_t t = from; t <= from + searched_s;) {
        gops_stretch stretch = gops_zone_stretch(w->zone, t);
        if (t == stretch.start && opens_in_gap(w, &stretch))
            return t;
        int64_t minute = gops_cron_next(&w->cron, ceil_div(t + stretch.offset, 60));
        if (minute != INT64_MAX && minute * 60 - stretch.offset < stretch.end)
            return minute * 60 - stretch.offset;
        if (stretch.end == INT64_MAX)
            break;
        t = stretch.end;
    }
    return INT64_MAX;
}

/* The last moment at or before one at which the window opened; INT64_MIN: none for nine years. */
static int64_t last_opening(const window *w, int64_t until)
{
    for (int64_t t = until; t >= until - searched_s;) {
        gops_stretch stretch = gops_zone_stretch(w->zone, t);
        int64_t minute = gops_cron_previous(&w->cron, gops_floor_div(t + stretch.offset, 60));
        if (minute != INT64_MIN && minute * 60 - stretch.offset >= stretch.start)
            return minute * 60 - stretch.offset;
        if (opens_in_gap(w, &stretch))
            return stretch.start;
        if (stretch.start == INT64_MIN)
            break;
        t = stretch.start - 1;
    }
    return INT64_MIN;
}

/* Whole seconds of unix time at or before a moment, kept where calendars reach. */
static int64_t seconds_at(int64_t unix_ms)
{
    int64_t s = gops_floor_div(unix_ms, 1000);
    return s < -farthest_s ? -farthest_s : s > farthest_s ? farthest_s : s;
}

static int is_open(const window *w, int64_t unix_ms)
{
    int64_t opened = last_opening(w, seconds_at(unix_ms));
    return opened != INT64_MIN && unix_ms < opened * 1000 + w->duration_ms;
}

int32_t gitops_windows_open(const gitops_windows *windows, size_t i, int64_t unix_ms)
{
    return windows && i < windows->count && is_open(&windows->windows[i], unix_ms);
}

/* Windows that would hold changes back, and whether all of them let this one pass. */
typedef struct hold {
    int64_t first; /* -1: there are none */
    int manual_sync, sync_overrun;
} hold;

static void add(hold *h, const window *w, size_t i)
{
    if (h->first < 0)
        *h = (hold){(int64_t)i, 1, 1};
    h->manual_sync &= w->manual_sync;
    h->sync_overrun &= w->sync_overrun;
}

static int64_t first_unless(const hold *h, int32_t manual, int32_t began)
{
    return (manual && h->manual_sync) || (began && h->sync_overrun) ? -1 : h->first;
}

/* Open denials decide alone; then open allowances; then closed ones. */
int64_t gitops_windows_blocker(const gitops_windows *windows, int64_t unix_ms, int32_t manual,
                               int32_t began)
{
    hold denied = {-1, 0, 0}, closed = {-1, 0, 0};
    int is_allowed = 0;
    for (size_t i = 0; windows && i < windows->count; i++) {
        const window *w = &windows->windows[i];
        int open = is_open(w, unix_ms);
        if (w->denies && open)
            add(&denied, w, i);
        else if (!w->denies && !open)
            add(&closed, w, i);
        is_allowed |= !w->denies && open;
    }
    if (denied.first >= 0)
        return first_unless(&denied, manual, began);
    return is_allowed ? -1 : first_unless(&closed, manual, began);
}

int32_t gitops_windows_allow(const gitops_windows *windows, int64_t unix_ms, int32_t manual,
                             int32_t began)
{
    return gitops_windows_blocker(windows, unix_ms, manual, began) < 0;
}

/* When a window that is open closes: openings before its end make it later. */
static int64_t closing_ms(const window *w, int64_t opened)
{
    for (int i = 0; i < MAX_OVERLAPS; i++) {
        int64_t last = last_opening(w, gops_floor_div(opened * 1000 + w->duration_ms, 1000));
        if (last <= opened)
            break;
        opened = last;
    }
    return opened * 1000 + w->duration_ms;
}

static int64_t change_of(const window *w, int64_t unix_ms)
{
    int64_t now = seconds_at(unix_ms), opened = last_opening(w, now);
    if (opened != INT64_MIN && unix_ms < opened * 1000 + w->duration_ms)
        return closing_ms(w, opened);
    int64_t next = next_opening(w, now + 1);
    /* Where calendars end there is nothing to come. */
    return next == INT64_MAX || next * 1000 <= unix_ms ? INT64_MAX : next * 1000;
}

int64_t gitops_windows_next_change(const gitops_windows *windows, int64_t unix_ms)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; windows && i < windows->count; i++) {
        int64_t change = change_of(&windows->windows[i], unix_ms);
        next = change < next ? change : next;
    }
    return next;
}
