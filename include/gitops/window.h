/*
 * gitops/window.h - when may changes be made? Windows of time that allow or deny them.
 *
 *     gitops_window night = {.struct_size = sizeof night, .kind = GITOPS_WINDOW_ALLOW,
 *                            .schedule = "0 22 * * MON-FRI", .duration_ms = 8 * 3600000,
 *                            .zone = berlin};
 *     gitops_windows_new(&windows, context, &night, 1, &err);
 *     if (!gitops_windows_allow(windows, unix_ms, 0, 0))
 *         wait_until(gitops_windows_next_change(windows, unix_ms));
 *
 * A window opens at every minute that its schedule names, on the clocks of its time zone, and stays
 * open for its duration. Denying windows win over allowing ones, and an allowing one that is closed
 * denies (docs/windows.md). All of it is computed from the arguments: no clock is read, no file, and
 * no time zone of the process matters.
 *
 * Caveats: a zone is a snapshot of a file of the time zone database, which is revised a few times a
 * year; a long-lived host reads it again.
 */
#ifndef GITOPS_WINDOW_H
#define GITOPS_WINDOW_H

#include <gitops/context.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gitops_zone gitops_zone;
typedef struct gitops_windows gitops_windows;

/*
 * A time zone from the bytes of a TZif file (RFC 8536, such as /usr/share/zoneinfo/Europe/Berlin),
 * versions 1 to 4. Behind its last transition the rule in its footer holds for ever.
 * Returns 0; GITOPS_EPARSE; GITOPS_EUNSUPPORTED for a file with leap seconds ("right/..."), in which
 * unix time is not what it is elsewhere; GITOPS_EINVAL or GITOPS_ENOMEM.
 * Ownership: the caller frees *out, which borrows nothing. Threads: any; a zone is immutable.
 */
GITOPS_API int gitops_zone_parse(gitops_zone **out, gitops_context *context, const void *tzif,
                                 size_t length, gitops_error *err);

/* Takes one more hold on a zone. Returns it. Threads: any. */
GITOPS_API gitops_zone *gitops_zone_ref(gitops_zone *zone);

/* Gives up one hold. NULL is fine. Threads: any. */
GITOPS_API void gitops_zone_free(gitops_zone *zone);

/* What local clocks are ahead of UTC, in seconds. zone NULL: UTC. Threads: any. */
GITOPS_API int32_t gitops_zone_offset(const gitops_zone *zone, int64_t unix_ms);

enum {
    GITOPS_WINDOW_ALLOW = 1,
    GITOPS_WINDOW_DENY = 2
};

typedef struct gitops_window {
    size_t struct_size;
    int32_t kind;          /* GITOPS_WINDOW_... */
    int32_t manual_sync;   /* 1: does not hold back what somebody asked for by hand */
    int32_t sync_overrun;  /* 1: does not hold back what began while it was allowed */
    int32_t reserved_0;
    const char *schedule;  /* five fields: minute, hour, day of month, month, day of week */
    int64_t duration_ms;   /* a minute to 366 days */
    gitops_zone *zone;     /* NULL: UTC */
} gitops_window;

/*
 * Compiles windows. The elements stand in an array of gitops_window; each is read by its
 * struct_size, which must be the same in all.
 * Returns 0; GITOPS_EPARSE when a schedule is none, or names no day that ever comes; GITOPS_EINVAL
 * or GITOPS_ENOMEM. Ownership: the caller frees *out, which holds the zones. Threads: any; windows
 * are immutable.
 */
GITOPS_API int gitops_windows_new(gitops_windows **out, gitops_context *context,
                                  const gitops_window *windows, size_t count, gitops_error *err);

/* Takes one more hold on windows. Returns it. Threads: any. */
GITOPS_API gitops_windows *gitops_windows_ref(gitops_windows *windows);

/* Gives up one hold. NULL is fine. Threads: any. */
GITOPS_API void gitops_windows_free(gitops_windows *windows);

/* 1 when window i is open at a moment; 0 also when i is out of range. Threads: any (all below). */
GITOPS_API int32_t gitops_windows_open(const gitops_windows *windows, size_t i, int64_t unix_ms);

/*
 * May changes be made? windows NULL: yes. manual: somebody asked for this by hand. began: it began
 * while it was allowed. Returns 1 or 0.
 */
GITOPS_API int32_t gitops_windows_allow(const gitops_windows *windows, int64_t unix_ms,
                                        int32_t manual, int32_t began);

/*
 * The window that holds changes back, for people to be told: the first one that is open and denies,
 * else the first one that allows and is closed. Returns its index, or -1 when changes may be made.
 */
GITOPS_API int64_t gitops_windows_blocker(const gitops_windows *windows, int64_t unix_ms,
                                          int32_t manual, int32_t began);

/*
 * The first moment after unix_ms at which another answer can be given, so that nobody has to poll:
 * a window opens or closes. With windows that overlap themselves a thousand times it may be one at
 * which nothing has changed. INT64_MAX: there is none, as without windows.
 */
GITOPS_API int64_t gitops_windows_next_change(const gitops_windows *windows, int64_t unix_ms);

#ifdef __cplusplus
}
#endif
#endif
