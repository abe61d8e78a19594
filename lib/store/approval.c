/*
 * approval: what somebody said about one plan, as a note `approval/DIGEST` whose value is who, a line
 * break, and why. It is used up by the run that carries the plan out, in the transaction that
 * begins the run.
 */
#include <stdio.h>

#include "plan/unit.h"
#include "store/approval.h"
#include "store/said.h"

/* A clock may differ a little between the one who approves and the one who plans. */
enum { SLACK_MS = 60000, CLEARED = 16 };

static int is_digest(const char *text)
{
    return text && strlen(text) == GOPS_APPROVAL_DIGITS &&
           strspn(text, "0123456789abcdef") == GOPS_APPROVAL_DIGITS;
}

void gops_approval_name(char name[GOPS_APPROVAL_NAME], const char *digest)
{
    snprintf(name, GOPS_APPROVAL_NAME, GOPS_NOTE_APPROVAL "%.64s", digest);
}

int gops_approval_is_valid(int64_t approved_unix_ms, int64_t unix_ms)
{
    return approved_unix_ms > gops_day_before(unix_ms) &&
           (unix_ms > INT64_MAX - SLACK_MS || approved_unix_ms <= unix_ms + SLACK_MS);
}

/* The records of one approval: the note, and the end of some that are void. */
typedef struct approving {
    int64_t unix_ms;
    gops_store_record records[1 + CLEARED];
    char names[CLEARED][GOPS_APPROVAL_NAME];
    size_t cleared;
} approving;

static int clear_void(const gops_note *note, void *user_data)
{
    approving *a = user_data;
    size_t size = strlen(note->name) + 1;
    if (a->cleared == CLEARED || gops_approval_is_valid(note->unix_ms, a->unix_ms) ||
        size > GOPS_APPROVAL_NAME)
        return 0;
    char *name = memcpy(a->names[a->cleared], note->name, size);
    a->records[a->cleared++] = (gops_store_record){.kind = GOPS_RECORD_NOTE_DROP, .key = name};
    return 0;
}

static int write_approval(gitops_store *store, const char *unit, const char *digest,
                          const gops_buffer *value, int64_t unix_ms, gitops_error *err)
{
    approving a = {.unix_ms = unix_ms};
    char name[GOPS_APPROVAL_NAME];
    int rc = gops_store_notes(store, unit, GOPS_NOTE_APPROVAL, clear_void, &a, err);
    if (rc < 0)
        return rc;
    gops_approval_name(name, digest);
    a.records[a.cleared] = (gops_store_record){.kind = GOPS_RECORD_NOTE,
                                               .key = name,
                                               .document = value->data,
                                               .document_length = value->length,
                                               .unix_ms = unix_ms};
    return gops_store_write_notes(store, unit, a.records, a.cleared + 1, err);
}

int gitops_store_approve(gitops_store *store, const char *unit, const char *digest,
                         const char *who, const char *reason, int64_t unix_ms, gitops_error *err)
{
    gops_buffer value;
    if (!store || !gops_unit_is_name(unit))
        return gops_fail(err, GITOPS_EINVAL, "approve: a store and the name of a unit are needed");
    if (!is_digest(digest))
        return gops_fail(err, GITOPS_EINVAL, "approve: a plan's digest has %d digits of 0-9 and a-f",
                         GOPS_APPROVAL_DIGITS);
    if (who && strchr(who, '\n'))
        return gops_fail(err, GITOPS_EINVAL, "approve: who approves is told on one line");
    gops_buffer_init(&value, store->context, 0);
    gops_buffer_puts(&value, who ? who : "");
    gops_buffer_putc(&value, '\n');
    gops_buffer_puts(&value, reason ? reason : "");
    int rc = gops_buffer_status(&value, err);
    if (rc == 0)
        rc = write_approval(store, unit, digest, &value, unix_ms, err);
    gops_buffer_release(&value);
    return rc;
}

int gops_approval_find(gitops_store *store, const char *unit, const char *digest, int64_t unix_ms,
                       gops_buffer *value, const char **reason, gitops_error *err)
{
    char name[GOPS_APPROVAL_NAME];
    int64_t approved_unix_ms;
    gitops_error problem;
    gops_approval_name(name, digest);
    int rc = gops_store_note(store, unit, name, value, &approved_unix_ms, &problem);
    if (rc == GITOPS_ENOTFOUND)
        return 0;
    if (rc < 0) {
        if (err)
            *err = problem;
        return rc;
    }
    char *end = memchr(value->data, '\n', value->length);
    if (!end || !gops_approval_is_valid(approved_unix_ms, unix_ms))
        return 0;
    *end = '\0';
    *reason = end + 1;
    return 1;
}
