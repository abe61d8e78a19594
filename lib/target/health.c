/*
 * health: the order in which rules are asked, and the rules that hold for every kind. All of it
 * reads one tree; members that are not what they should be count as not there.
 */
#include "target/health.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "value/document.h"
#include "value/text.h"

_Static_assert(sizeof(gitops_health) == 512, "a verdict has one size for ever");

static const char *const names[] = {NULL,      "healthy",  "suspended", "progressing",
                                    "missing", "degraded", "unknown"};

const char *gitops_health_name(int32_t status)
{
    return status < GITOPS_HEALTH_HEALTHY || status > GITOPS_HEALTH_UNKNOWN ? NULL : names[status];
}

int32_t gitops_health_of_name(const char *name)
{
    for (int32_t i = GITOPS_HEALTH_HEALTHY; name && i <= GITOPS_HEALTH_UNKNOWN; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return 0;
}

static int32_t rank(int32_t status)
{
    return status < 0 || status > GITOPS_HEALTH_UNKNOWN ? GITOPS_HEALTH_UNKNOWN : status;
}

int32_t gitops_health_worse(int32_t a, int32_t b)
{
    return rank(a) > rank(b) ? rank(a) : rank(b);
}

/* What would break a line, or is no text, becomes a blank. */
static int is_plain(size_t bytes, uint32_t character)
{
    return bytes > 0 && character >= ' ' && character != 0x85 && character != 0x2028 &&
           character != 0x2029 && gops_text_printable(character);
}

void gops_health_set(gitops_health *out, int32_t status, const char *text, size_t length)
{
    size_t used = 0;
    out->status = status;
    for (size_t at = 0; at < length;) {
        uint32_t character = 0;
        size_t bytes = gops_utf8_decode(text + at, length - at, &character);
        int plain = is_plain(bytes, character);
        size_t taken = plain ? bytes : 1;
        if (used + taken >= sizeof out->message)
            break;
        memcpy(out->message + used, plain ? text + at : " ", taken);
        used += taken;
        at += bytes ? bytes : 1;
    }
    out->message[used] = '\0';
}

int gops_health_say(gitops_health *out, int32_t status, const char *format, ...)
{
    char text[2 * sizeof out->message];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    gops_health_set(out, status, text, strlen(text));
    return 1;
}

static int shown(size_t length)
{
    return length < 400 ? (int)length : 400;
}

int gops_health_say_value(gitops_health *out, int32_t status, const char *words,
                          const gitops_value *value)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    if (!text || length == 0)
        return gops_health_say(out, status, "%s", words);
    return gops_health_say(out, status, "%s: %.*s", words, shown(length), text);
}

int gops_health_say_condition(gitops_health *out, int32_t status, const gitops_value *condition)
{
    size_t type_length, reason_length, length;
    const char *type = gops_value_member_text(condition, "type", &type_length);
    const char *reason = gops_value_member_text(condition, "reason", &reason_length);
    const char *message = gops_value_member_text(condition, "message", &length);
    const char *state = gops_condition_is(condition, "status", "True")    ? ""
                        : gops_condition_is(condition, "status", "False") ? "not "
                                                                          : "unknown whether ";
    int has_reason = reason && reason_length > 0, has_message = message && length > 0;
    return gops_health_say(out, status, "%s%.*s%s%.*s%s%s%.*s", state,
                           type ? shown(type_length) : 0, type ? type : "",
                           has_reason ? " (" : "", has_reason ? shown(reason_length) : 0,
                           has_reason ? reason : "", has_reason ? ")" : "",
                           has_message ? ": " : "", has_message ? shown(length) : 0,
                           has_message ? message : "");
}

int64_t gops_patient_int(const gops_patient *p, const char *pointer, int64_t absent)
{
    int64_t number;
    return gitops_value_int64(gitops_value_at(p->root, pointer), &number) == 0 ? number : absent;
}

int gops_patient_has(const gops_patient *p, const char *pointer)
{
    return gitops_value_type(gitops_value_at(p->root, pointer)) != GITOPS_VALUE_NULL;
}

int gops_patient_is(const gops_patient *p, const char *pointer, const char *text)
{
    const gitops_value *value = gitops_value_at(p->root, pointer);
    return gops_value_is(value, GITOPS_VALUE_STRING) && gops_value_text_is(value, text);
}

int gops_patient_true(const gops_patient *p, const char *pointer)
{
    return gitops_value_bool(gitops_value_at(p->root, pointer));
}

int gops_condition_is(const gitops_value *condition, const char *member, const char *text)
{
    const gitops_value *value =
        condition ? gitops_value_find(condition, member, strlen(member)) : NULL;
    if (gops_value_is(value, GITOPS_VALUE_BOOL))
        return strcmp(text, value->boolean ? "True" : "False") == 0;
    return gops_value_is(value, GITOPS_VALUE_STRING) && gops_value_text_is(value, text);
}

const gitops_value *gops_condition_find(const gitops_value *conditions, const char *type)
{
    size_t count = gops_value_is(conditions, GITOPS_VALUE_LIST) ? conditions->count : 0;
    for (size_t i = 0; i < count; i++)
        if (gops_condition_is(&conditions->as.children[i], "type", type))
            return &conditions->as.children[i];
    return NULL;
}

const gitops_value *gops_condition_with(const gitops_value *conditions, const char *type,
                                        const char *status)
{
    const gitops_value *condition = gops_condition_find(conditions, type);
    return gops_condition_is(condition, "status", status) ? condition : NULL;
}

const gitops_value *gops_condition_current(const gops_patient *p, const char *type)
{
    const gitops_value *condition = gops_condition_find(p->conditions, type);
    int64_t generation = gops_patient_int(p, "/metadata/generation", 0), observed;
    if (gitops_value_int64(gitops_value_find(condition, "observedGeneration", 18), &observed) == 0 &&
        observed < generation)
        return NULL;
    return condition;
}

/*
 * Being deleted, or changed since its controller looked at it. A generation behind the observed one
 * was counted anew, as after a restore; without any generation there is nothing to be behind.
 */
static int judge_object(gitops_health *out, const gops_patient *p)
{
    const gitops_value *deleted = gitops_value_at(p->root, "/metadata/deletionTimestamp");
    if (gops_value_is(deleted, GITOPS_VALUE_STRING) && deleted->count > 0)
        return gops_health_say_value(out, GITOPS_HEALTH_PROGRESSING, "being deleted since",
                                     deleted);
    int64_t generation = gops_patient_int(p, "/metadata/generation", 0);
    int64_t observed = gops_patient_int(p, "/status/observedGeneration", generation);
    if (generation > 0 && observed < generation)
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING,
                               "its controller has seen generation %lld, not yet %lld",
                               (long long)observed, (long long)generation);
    return 0;
}

/* The two conditions by which a controller says that it is at work, or stuck. */
static int judge_progress(gitops_health *out, const gops_patient *p)
{
    const gitops_value *stalled = gops_condition_with(p->conditions, "Stalled", "True");
    if (stalled)
        return gops_health_say_condition(out, GITOPS_HEALTH_DEGRADED, stalled);
    const gitops_value *at_work = gops_condition_with(p->conditions, "Reconciling", "True");
    if (at_work)
        return gops_health_say_condition(out, GITOPS_HEALTH_PROGRESSING, at_work);
    return 0;
}

/* Ready, as most custom kinds have it. Not to be ready is how everything starts: no failure. */
static int judge_ready(gitops_health *out, const gops_patient *p)
{
    const gitops_value *ready = gops_condition_current(p, "Ready");
    if (!ready && gops_condition_find(p->conditions, "Ready"))
        return gops_health_say(out, GITOPS_HEALTH_PROGRESSING,
                               "Ready is of an older generation of the object");
    if (!ready)
        return 0;
    return gops_health_say_condition(out,
                                     gops_condition_is(ready, "status", "True")
                                         ? GITOPS_HEALTH_HEALTHY
                                         : GITOPS_HEALTH_PROGRESSING,
                                     ready);
}

typedef int (*rule_fn)(gitops_health *out, const gops_patient *p);

static int judge_patient(gitops_health *out, const gitops_health_table *table,
                         const gops_patient *p)
{
    static const struct {
        rule_fn rule;
        int32_t basis;
    } rules[] = {{judge_progress, GITOPS_HEALTH_BY_CONDITION},
                 {gops_health_by_kind, GITOPS_HEALTH_BY_KIND},
                 {judge_ready, GITOPS_HEALTH_BY_CONDITION}};
    int rc = judge_object(out, p);
    out->basis = GITOPS_HEALTH_BY_OBJECT;
    if (rc == 0) {
        rc = gops_health_by_table(out, table, p);
        out->basis = GITOPS_HEALTH_BY_TABLE;
    }
    for (size_t i = 0; rc == 0 && i < sizeof rules / sizeof rules[0]; i++) {
        rc = rules[i].rule(out, p);
        out->basis = rules[i].basis;
    }
    if (rc != 0)
        return rc < 0 ? rc : 0;
    out->basis = GITOPS_HEALTH_BY_NOTHING;
    gops_health_say(out, GITOPS_HEALTH_HEALTHY, "no rule and no Ready condition says otherwise");
    return 0;
}

int gops_health_judge(gitops_health *out, gitops_context *context, const gitops_health_table *table,
                      const gitops_value *root, const char *key, uint32_t flags)
{
    gops_patient patient = {context, root, gitops_value_at(root, "/status/conditions"), key, flags};
    memset(out, 0, sizeof *out);
    if (!root) {
        gops_health_say(out, GITOPS_HEALTH_MISSING, "the target does not have it");
        out->basis = GITOPS_HEALTH_BY_OBJECT;
        return 0;
    }
    int rc = judge_patient(out, table, &patient);
    if (rc < 0) {
        gops_health_say(out, GITOPS_HEALTH_UNKNOWN, "out of memory");
        out->basis = GITOPS_HEALTH_BY_NOTHING;
    }
    return rc;
}

int gitops_health_assess(gitops_health *out, const gitops_health_table *table,
                         const gitops_document *document, const char *key, uint32_t flags,
                         gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "health: out is NULL");
    if (flags & ~(uint32_t)GITOPS_ASSESS_HOOK) {
        memset(out, 0, sizeof *out);
        out->status = GITOPS_HEALTH_UNKNOWN;
        return gops_fail(err, GITOPS_EINVAL, "health: unknown flags");
    }
    int rc = gops_health_judge(out, document ? document->context : NULL, table,
                               document ? &document->root : NULL, key, flags);
    return rc < 0 ? gops_fail_memory(err) : 0;
}
