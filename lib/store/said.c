/*
 * said: what a person says about a unit, as a note of a few texts, written beside whoever holds the
 * lease.
 */
#include "store/said.h"

#include <inttypes.h>
#include <stdio.h>

#include "plan/unit.h"
#include "store/backend.h"

enum { REASON_MAX = 1000, WHO_MAX = 256, COMMIT_DIGITS = 40 };

static int check_texts(const char *who, const char *reason, gitops_error *err)
{
    if (reason && strlen(reason) > REASON_MAX)
        return gops_fail(err, GITOPS_ELIMIT, "a reason has at most %d bytes", REASON_MAX);
    if (who && strlen(who) > WHO_MAX)
        return gops_fail(err, GITOPS_ELIMIT, "a name has at most %d bytes", WHO_MAX);
    if (who && strchr(who, '\n'))
        return gops_fail(err, GITOPS_EINVAL, "who says it is told on one line");
    return 0;
}

static void join(char text[GOPS_SAYING_SIZE], const char *what, const char *who, const char *reason)
{
    snprintf(text, GOPS_SAYING_SIZE, "%s%s%s\n%s", what, who && *who ? " " : "", who ? who : "",
             reason ? reason : "");
}

int gops_say_suspend(char text[GOPS_SAYING_SIZE], int64_t until_unix_ms, const char *who,
                     const char *reason, gitops_error *err)
{
    char until[24];
    int rc = check_texts(who, reason, err);
    if (rc < 0)
        return rc;
    snprintf(until, sizeof until, "%" PRId64, until_unix_ms);
    join(text, until, who, reason);
    return 0;
}

int gops_say_pin(char text[GOPS_SAYING_SIZE], const char *revision, const char *who,
                 const char *reason, gitops_error *err)
{
    int rc = check_texts(who, reason, err);
    if (rc < 0)
        return rc;
    if (!revision || strspn(revision, "0123456789abcdef") != COMMIT_DIGITS ||
        revision[COMMIT_DIGITS])
        return gops_fail(err, GITOPS_EINVAL, "pin: a whole commit id is needed");
    join(text, revision, who, reason);
    return 0;
}

gops_saying gops_saying_split(char *value)
{
    gops_saying saying = {value, "", ""};
    char *end = strchr(value, '\n');
    if (end) {
        *end = '\0';
        saying.reason = end + 1;
    }
    end = strchr(value, ' ');
    if (end) {
        *end = '\0';
        saying.who = end + 1;
    }
    return saying;
}

static int check_unit(gitops_store *store, const char *unit, gitops_error *err)
{
    if (store && gops_unit_is_name(unit))
        return 0;
    return gops_fail(err, GITOPS_EINVAL, "a store and the name of a unit are needed");
}

static int write_saying(gitops_store *store, const char *unit, const char *name, const char *text,
                        int64_t unix_ms, gitops_error *err)
{
    gops_store_record record = {.kind = GOPS_RECORD_NOTE,
                                .key = name,
                                .document = text,
                                .document_length = strlen(text),
                                .unix_ms = unix_ms};
    return gops_store_write_notes(store, unit, &record, 1, err);
}

int gitops_store_suspend(gitops_store *store, const char *unit, int64_t until_unix_ms,
                         const char *who, const char *reason, int64_t unix_ms, gitops_error *err)
{
    char text[GOPS_SAYING_SIZE];
    int rc = check_unit(store, unit, err);
    if (rc == 0)
        rc = gops_say_suspend(text, until_unix_ms, who, reason, err);
    return rc < 0 ? rc : write_saying(store, unit, GOPS_NOTE_SUSPEND, text, unix_ms, err);
}

int gitops_store_pin(gitops_store *store, const char *unit, const char *revision, const char *who,
                     const char *reason, int64_t unix_ms, gitops_error *err)
{
    char text[GOPS_SAYING_SIZE];
    int rc = check_unit(store, unit, err);
    if (rc == 0)
        rc = gops_say_pin(text, revision, who, reason, err);
    return rc < 0 ? rc : write_saying(store, unit, GOPS_NOTE_PIN, text, unix_ms, err);
}

int gitops_store_resume(gitops_store *store, const char *unit, gitops_error *err)
{
    static const gops_store_record records[] = {
        {.kind = GOPS_RECORD_NOTE_DROP, .key = GOPS_NOTE_SUSPEND},
        {.kind = GOPS_RECORD_NOTE_DROP, .key = GOPS_NOTE_PIN},
    };
    int rc = check_unit(store, unit, err);
    return rc < 0 ? rc : gops_store_write_notes(store, unit, records, 2, err);
}
