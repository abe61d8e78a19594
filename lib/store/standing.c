/*
 * standing: a copy of what the notes of a unit say of it now, for hosts. All texts lie in one arena.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "store/approval.h"
#include "store/said.h"

typedef struct standing_note {
    const char *subject; /* digest of an approval, key of a failure */
    const char *who, *text;
    int64_t unix_ms;
} standing_note;

typedef struct standing_list {
    standing_note *items;
    size_t count, capacity;
} standing_list;

struct gitops_standing {
    gitops_context *context;
    gops_arena arena;
    int64_t now_unix_ms, until_unix_ms;
    standing_note suspended, pinned; /* subject NULL: it is not */
    standing_list failures, approvals;
};

static char *copy(gitops_standing *standing, const char *text, size_t length)
{
    return gops_arena_strndup(&standing->arena, text, length);
}

static int add(gitops_standing *standing, standing_list *list, const standing_note *note)
{
    if (gops_grow(standing->context, &list->items, &list->capacity, list->count + 1,
                  sizeof *list->items) < 0)
        return GITOPS_ENOMEM;
    list->items[list->count++] = *note;
    return 0;
}

static void take_suspension(gitops_standing *standing, const standing_note *said)
{
    standing->until_unix_ms = strtoll(said->subject, NULL, 10);
    if (standing->until_unix_ms == 0 || standing->until_unix_ms > standing->now_unix_ms)
        standing->suspended = *said;
}

static int take_listed(gitops_standing *standing, standing_list *list, const char *subject,
                       char *value, int64_t unix_ms)
{
    standing_note said = {copy(standing, subject, strlen(subject)), value, "", unix_ms};
    char *end = strchr(value, '\n');
    if (!said.subject)
        return GITOPS_ENOMEM;
    if (end) {
        *end = '\0';
        said.text = end + 1;
    }
    return add(standing, list, &said);
}

static int take_note(const gops_note *note, void *user_data)
{
    enum { APPROVAL = sizeof GOPS_NOTE_APPROVAL - 1, FAILURE = sizeof GOPS_NOTE_FAILURE - 1 };
    gitops_standing *standing = user_data;
    char *value = copy(standing, note->value ? note->value : "", note->length);
    if (!value)
        return GITOPS_ENOMEM;
    if (strncmp(note->name, GOPS_NOTE_FAILURE, FAILURE) == 0)
        return take_listed(standing, &standing->failures, note->name + FAILURE, value,
                           note->unix_ms);
    if (strncmp(note->name, GOPS_NOTE_APPROVAL, APPROVAL) == 0)
        return gops_approval_is_valid(note->unix_ms, standing->now_unix_ms)
                   ? take_listed(standing, &standing->approvals, note->name + APPROVAL, value,
                                 note->unix_ms)
                   : 0;
    int suspends = strcmp(note->name, GOPS_NOTE_SUSPEND) == 0;
    if (!suspends && strcmp(note->name, GOPS_NOTE_PIN) != 0)
        return 0;
    gops_saying saying = gops_saying_split(value);
    standing_note said = {saying.what, saying.who, saying.reason, note->unix_ms};
    if (suspends)
        take_suspension(standing, &said);
    else
        standing->pinned = said;
    return 0;
}

int gitops_standing_read(gitops_standing **out, gitops_store *store, const char *unit,
                         int64_t unix_ms, gitops_error *err)
{
    if (!out || !store || !unit)
        return gops_fail(err, GITOPS_EINVAL, "standing: out, store and unit are needed");
    *out = NULL;
    gitops_standing *standing = gops_calloc(store->context, 1, sizeof *standing);
    if (!standing)
        return gops_fail_memory(err);
    standing->context = gops_context_ref(store->context);
    standing->now_unix_ms = unix_ms;
    gops_arena_init(&standing->arena, standing->context, 0);
    int rc = gops_store_notes(store, unit, "", take_note, standing, err);
    if (rc < 0) {
        gitops_standing_free(standing);
        return rc == GITOPS_ENOMEM ? gops_fail_memory(err) : rc;
    }
    *out = standing;
    return 0;
}

void gitops_standing_free(gitops_standing *standing)
{
    if (!standing)
        return;
    gitops_context *context = standing->context;
    gops_arena_free(&standing->arena);
    gops_free(context, standing->failures.items);
    gops_free(context, standing->approvals.items);
    gops_free(context, standing);
    gitops_context_free(context);
}

/* The one of that place; NULL when nothing of the kind is said. */
static const standing_note *find(const gitops_standing *standing, int32_t what, size_t i)
{
    const standing_note *single = what == GITOPS_STANDING_SUSPENDED ? &standing->suspended
                                  : what == GITOPS_STANDING_PINNED  ? &standing->pinned
                                                                    : NULL;
    const standing_list *list = what == GITOPS_STANDING_FAILED     ? &standing->failures
                                : what == GITOPS_STANDING_APPROVED ? &standing->approvals
                                                                   : NULL;
    if (single)
        return i == 0 && single->subject ? single : NULL;
    return list && i < list->count ? &list->items[i] : NULL;
}

size_t gitops_standing_count(const gitops_standing *standing, int32_t what)
{
    if (what == GITOPS_STANDING_FAILED)
        return standing->failures.count;
    if (what == GITOPS_STANDING_APPROVED)
        return standing->approvals.count;
    return find(standing, what, 0) != NULL;
}

const char *gitops_standing_subject(const gitops_standing *standing, int32_t what, size_t i)
{
    const standing_note *said = find(standing, what, i);
    return said ? said->subject : NULL;
}

const char *gitops_standing_who(const gitops_standing *standing, int32_t what, size_t i)
{
    const standing_note *said = what == GITOPS_STANDING_FAILED ? NULL : find(standing, what, i);
    return said ? said->who : NULL;
}

const char *gitops_standing_text(const gitops_standing *standing, int32_t what, size_t i)
{
    const standing_note *said = find(standing, what, i);
    return said ? said->text : NULL;
}

int64_t gitops_standing_unix_ms(const gitops_standing *standing, int32_t what, size_t i)
{
    const standing_note *said = find(standing, what, i);
    return said ? said->unix_ms : 0;
}

int64_t gitops_standing_until_unix_ms(const gitops_standing *standing)
{
    return standing->suspended.subject ? standing->until_unix_ms : 0;
}
