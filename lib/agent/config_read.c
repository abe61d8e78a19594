/*
 * config_read: members of maps by tables. A table names the members of a map, how each is taken and
 * where it goes; what no table names is a problem, and so is what has another kind of value. All
 * problems of a file are found in one go.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "agent/config.h"
#include "base/error.h"
#include "plan/unit.h"

typedef struct reader {
    gitops_config *config;
    const char *file;
    int status; /* GITOPS_ENOMEM: what was read is void */
} reader;

typedef void (*take_fn)(reader *r, const gitops_value *value, void *into);

typedef struct member {
    const char *name;
    take_fn take;
    size_t offset;
} member;

static void complain(reader *r, const gitops_value *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(reader *r, const gitops_value *value, const char *format, ...)
{
    char text[512];
    gitops_error problem;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    gops_fail_at(&problem, GITOPS_EPARSE, r->file, gitops_value_line(value),
                 gitops_value_column(value), "%s", text);
    gops_diagnostics_add(&r->config->problems, GITOPS_SEVERITY_ERROR, &problem);
}

static const char *copy(reader *r, const char *text, size_t length)
{
    const char *copied = gops_arena_strndup(&r->config->arena, text, length);
    if (!copied)
        r->status = GITOPS_ENOMEM;
    return copied;
}

/* Text of one line; NULL after a complaint. */
static const char *text_of(reader *r, const gitops_value *value)
{
    size_t length;
    const char *text = gitops_value_text(value, &length);
    if (gitops_value_type(value) != GITOPS_VALUE_STRING || length == 0 ||
        memchr(text, '\0', length) || memchr(text, '\n', length)) {
        complain(r, value, "text of one line is expected here");
        return NULL;
    }
    return copy(r, text, length);
}

static void take_text(reader *r, const gitops_value *value, void *into)
{
    const char **text = into;
    *text = text_of(r, value);
}

static void take_texts(reader *r, const gitops_value *value, void *into)
{
    gops_texts *texts = into;
    size_t count = gitops_value_count(value);
    if (gitops_value_type(value) != GITOPS_VALUE_LIST) {
        complain(r, value, "a list of texts is expected here");
        return;
    }
    texts->items = gops_arena_array(&r->config->arena, count ? count : 1, sizeof *texts->items);
    if (!texts->items) {
        r->status = GITOPS_ENOMEM;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = text_of(r, gitops_value_item(value, i));
        if (text)
            texts->items[texts->count++] = text;
    }
}

static void take_pairs(reader *r, const gitops_value *value, void *into)
{
    gops_pairs *pairs = into;
    size_t count = gitops_value_count(value), length;
    if (gitops_value_type(value) != GITOPS_VALUE_MAP) {
        complain(r, value, "a map of texts is expected here");
        return;
    }
    pairs->items = gops_arena_array(&r->config->arena, count ? count : 1, sizeof *pairs->items);
    if (!pairs->items) {
        r->status = GITOPS_ENOMEM;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = gitops_value_key(value, i, &length);
        const char *text = text_of(r, gitops_value_item(value, i));
        name = text ? copy(r, name, length) : NULL;
        if (name)
            pairs->items[pairs->count++] = (gops_pair){name, text};
    }
}

static void take_whole(reader *r, const gitops_value *value, int64_t most, int64_t *into)
{
    int64_t number;
    if (gitops_value_int64(value, &number) < 0 || number < 0 || number > most)
        complain(r, value, "a whole number from 0 to %" PRId64 " is expected here", most);
    else
        *into = number;
}

static void take_count(reader *r, const gitops_value *value, void *into)
{
    take_whole(r, value, INT32_MAX, into);
}

static void take_percent(reader *r, const gitops_value *value, void *into)
{
    take_whole(r, value, 100, into);
}

/* Words from the tightest to the loosest. */
static const char *const prunes[] = {"off", "on", "adopted", NULL};
static const char *const adopts[] = {"never", "if-equal", "always", NULL};
static const char *const conflicts[] = {"fail", "live", "desired", NULL};
static const char *const drifts[] = {"ignore", "report", "revert", NULL};

static void take_word(reader *r, const gitops_value *value, const char *const *words, int64_t *into)
{
    size_t length = 0;
    const char *text = gitops_value_text(value, &length);
    int is_text = gitops_value_type(value) == GITOPS_VALUE_STRING;
    for (int64_t i = 0; is_text && words[i]; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0) {
            *into = i;
            return;
        }
    complain(r, value, "one of %s, %s and %s is expected here%s", words[0], words[1], words[2],
             gitops_value_type(value) == GITOPS_VALUE_BOOL ? " (in quotes)" : "");
}

/* YAML 1.1 reads on and off as true and false. */
static void take_prune(reader *r, const gitops_value *value, void *into)
{
    int64_t *prune = into;
    if (gitops_value_type(value) == GITOPS_VALUE_BOOL)
        *prune = gitops_value_bool(value);
    else
        take_word(r, value, prunes, prune);
}

static void take_adopt(reader *r, const gitops_value *value, void *into)
{
    take_word(r, value, adopts, into);
}

static void take_conflict(reader *r, const gitops_value *value, void *into)
{
    take_word(r, value, conflicts, into);
}

static void take_drift(reader *r, const gitops_value *value, void *into)
{
    take_word(r, value, drifts, into);
}

/* A wish of the repository: drift may be told instead of mended, but not be kept quiet. */
static void take_drift_wish(reader *r, const gitops_value *value, void *into)
{
    int64_t *drift = into;
    take_word(r, value, drifts, drift);
    if (*drift == 0) {
        *drift = -1;
        complain(r, value, "only the host's file may ignore drift: report or revert is expected");
    }
}

static void take_seconds(reader *r, const gitops_value *value, void *into)
{
    int64_t seconds = 0, *interval_ms = into;
    take_whole(r, value, INT64_C(31622400), &seconds);
    *interval_ms = seconds * 1000;
}

static void take_version(reader *r, const gitops_value *value, void *into)
{
    int64_t version;
    (void)into;
    if (gitops_value_int64(value, &version) < 0 || version != 1)
        complain(r, value, "version 1 is expected here: this library reads no other");
}

static const member *find_member(const member *members, const char *name, size_t length)
{
    for (; members->name; members++)
        if (strlen(members->name) == length && memcmp(members->name, name, length) == 0)
            return members;
    return NULL;
}

static void read_map(reader *r, const gitops_value *map, const member *members, void *into)
{
    size_t length;
    if (gitops_value_type(map) != GITOPS_VALUE_MAP) {
        complain(r, map, "a map is expected here");
        return;
    }
    for (size_t i = 0; i < gitops_value_count(map); i++) {
        const char *name = gitops_value_key(map, i, &length);
        const gitops_value *value = gitops_value_item(map, i);
        const member *known = find_member(members, name, length);
        if (known)
            known->take(r, value, (char *)into + known->offset);
        else
            complain(r, value, "there is no member \"%.*s\" here", length > 64 ? 64 : (int)length,
                     name);
    }
}

static void require(reader *r, const gitops_value *map, const char *name, const void *taken)
{
    if (!taken && !gitops_value_find(map, name, strlen(name)))
        complain(r, map, "the member \"%s\" is needed here", name);
}

static void require_version(reader *r, const gitops_value *root)
{
    if (gitops_value_type(root) == GITOPS_VALUE_MAP)
        require(r, root, "version", NULL);
}

static void clear_bounds(gops_bounds *bounds)
{
    memset(bounds, 0, sizeof *bounds);
    bounds->max_deletes = bounds->max_delete_percent = -1;
    bounds->prune = bounds->adopt = bounds->conflict = bounds->drift = -1;
}

#define BOUND(name) offsetof(gops_bounds, name)

static void take_bounds(reader *r, const gitops_value *value, take_fn drift, void *into)
{
    const member members[] = {
        {"max-deletes", take_count, BOUND(max_deletes)},
        {"max-delete-percent", take_percent, BOUND(max_delete_percent)},
        {"prune", take_prune, BOUND(prune)},
        {"adopt", take_adopt, BOUND(adopt)},
        {"conflict", take_conflict, BOUND(conflict)},
        {"drift", drift, BOUND(drift)},
        {"protect", take_texts, BOUND(protect)},
        {NULL, NULL, 0},
    };
    read_map(r, value, members, into);
}

static void take_limits(reader *r, const gitops_value *value, void *into)
{
    take_bounds(r, value, take_drift, into);
}

static void take_wishes(reader *r, const gitops_value *value, void *into)
{
    take_bounds(r, value, take_drift_wish, into);
}

int gops_config_read_host(gitops_config *config, const gitops_document *document)
{
    static const member members[] = {
        {"version", take_version, 0},
        {"source", take_text, offsetof(gitops_config, source)},
        {"ref", take_text, offsetof(gitops_config, ref)},
        {"state", take_text, offsetof(gitops_config, state)},
        {"environment", take_text, offsetof(gitops_config, environment)},
        {"interval-seconds", take_seconds, offsetof(gitops_config, interval_ms)},
        {"targets", take_pairs, offsetof(gitops_config, targets)},
        {"scope", take_texts, offsetof(gitops_config, scope)},
        {"limits", take_limits, offsetof(gitops_config, bounds)},
        {NULL, NULL, 0},
    };
    reader r = {config, gitops_document_name(document), 0};
    const gitops_value *root = gitops_document_root(document);
    clear_bounds(&config->bounds);
    read_map(&r, root, members, config);
    require_version(&r, root);
    if (gitops_value_type(root) == GITOPS_VALUE_MAP) {
        require(&r, root, "source", config->source);
        require(&r, root, "state", config->state);
    }
    return r.status;
}

#define UNIT(name) offsetof(gops_unit_config, name)

static void read_unit(reader *r, const gitops_value *value, const char *name, size_t length)
{
    static const member members[] = {
        {"path", take_text, UNIT(path)},
        {"target", take_text, UNIT(target)},
        {"schema", take_text, UNIT(schema)},
        {"environments", take_texts, UNIT(environments)},
        {"after", take_texts, UNIT(after)},
        {"exclude", take_texts, UNIT(exclude)},
        {"labels", take_pairs, UNIT(labels)},
        {"policy", take_wishes, UNIT(bounds)},
        {NULL, NULL, 0},
    };
    gitops_config *config = r->config;
    gops_unit_config *unit = &config->units[config->count];
    memset(unit, 0, sizeof *unit);
    clear_bounds(&unit->bounds);
    unit->line = gitops_value_line(value);
    unit->column = gitops_value_column(value);
    unit->name = copy(r, name, length);
    if (!unit->name)
        return;
    if (strlen(unit->name) != length || !gops_unit_is_name(unit->name))
        complain(r, value, "a unit's name has 1 to 63 of A-Z, a-z, 0-9, '.', '_' and '-'");
    read_map(r, value, members, unit);
    if (gitops_value_type(value) == GITOPS_VALUE_MAP)
        require(r, value, "target", unit->target);
    if (config->has_host && unit->target && !gitops_config_target(config, unit->target))
        complain(r, gitops_value_find(value, "target", strlen("target")),
                 "the host has no target \"%.64s\"", unit->target);
    config->count++;
}

static void take_units(reader *r, const gitops_value *value, void *into)
{
    size_t length, count = gitops_value_count(value);
    (void)into;
    if (gitops_value_type(value) != GITOPS_VALUE_MAP) {
        complain(r, value, "a map of units is expected here");
        return;
    }
    r->config->units =
        gops_arena_array(&r->config->arena, count ? count : 1, sizeof *r->config->units);
    if (!r->config->units)
        r->status = GITOPS_ENOMEM;
    for (size_t i = 0; i < count && r->status == 0; i++) {
        const char *name = gitops_value_key(value, i, &length);
        read_unit(r, gitops_value_item(value, i), name, length);
    }
}

static int is_there(const gitops_config *config, const char *name)
{
    for (size_t i = 0; i < config->count; i++)
        if (strcmp(config->units[i].name, name) == 0)
            return 1;
    return 0;
}

/* Problems of what stands between units; they are told at the unit. */
static void check_after(reader *r)
{
    gitops_config *config = r->config;
    for (size_t i = 0; i < config->count; i++)
        for (size_t k = 0; k < config->units[i].after.count; k++) {
            gitops_error problem;
            const gops_unit_config *unit = &config->units[i];
            if (is_there(config, unit->after.items[k]))
                continue;
            gops_fail_at(&problem, GITOPS_EPARSE, r->file, unit->line, unit->column,
                         "unit %s comes after %.64s, which is no unit", unit->name,
                         unit->after.items[k]);
            gops_diagnostics_add(&config->problems, GITOPS_SEVERITY_ERROR, &problem);
        }
}

static int is_of_environment(const gitops_config *config, const gops_unit_config *unit)
{
    for (size_t i = 0; i < unit->environments.count; i++)
        if (config->environment && strcmp(unit->environments.items[i], config->environment) == 0)
            return 1;
    return !config->has_host || unit->environments.count == 0;
}

/* Leaves the units of the environment, none of which waits for one that is not there. */
static void keep_environment(gitops_config *config)
{
    size_t kept = 0;
    for (size_t i = 0; i < config->count; i++)
        if (is_of_environment(config, &config->units[i]))
            config->units[kept++] = config->units[i];
    config->count = kept;
    for (size_t i = 0; i < config->count; i++) {
        gops_texts *after = &config->units[i].after;
        size_t left = 0;
        for (size_t k = 0; k < after->count; k++)
            if (is_there(config, after->items[k]))
                after->items[left++] = after->items[k];
        after->count = left;
    }
}

/* The host's patterns and those of the unit: each protects. */
static int join_protects(gitops_config *config, gops_unit_config *unit)
{
    const gops_texts *host = &config->bounds.protect, *own = &unit->bounds.protect;
    size_t count = host->count + own->count;
    unit->protects.items =
        gops_arena_array(&config->arena, count ? count : 1, sizeof *unit->protects.items);
    if (!unit->protects.items)
        return GITOPS_ENOMEM;
    for (size_t i = 0; i < count; i++)
        unit->protects.items[i] = i < host->count ? host->items[i] : own->items[i - host->count];
    unit->protects.count = count;
    return 0;
}

int gops_config_read_units(gitops_config *config, const gitops_document *document)
{
    static const member members[] = {
        {"version", take_version, 0},
        {"units", take_units, 0},
        {NULL, NULL, 0},
    };
    reader r = {config, gitops_document_name(document), 0};
    const gitops_value *root = gitops_document_root(document);
    read_map(&r, root, members, config);
    require_version(&r, root);
    if (r.status < 0)
        return r.status;
    check_after(&r);
    keep_environment(config);
    for (size_t i = 0; i < config->count && r.status == 0; i++)
        r.status = join_protects(config, &config->units[i]);
    return r.status;
}
