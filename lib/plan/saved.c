/*
 * saved: a plan as JSON, and what moved since. Of the content of an operation the file holds a mark
 * of 32 bits: enough to tell which ones moved, too little to find out what they hold. Whether the
 * plan is the same is decided by its digest alone.
 */
#include <gitops/saved_plan.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/table.h"
#include "plan/plan.h"
#include "plan/unit.h"
#include "value/emit.h"

enum { MARK_BYTES = 4, MARK_SIZE = 2 * MARK_BYTES + 1, DIGEST_DIGITS = 2 * GOPS_SHA256_BYTES };

#define FORM "saved-plan"

typedef struct saved_operation {
    const char *name; /* phase, blank, key: one object may have its turn in several */
    const char *mark;
    int32_t action;
    int seen; /* the plan that was compared has it, too */
} saved_operation;

typedef struct saved_move {
    const char *key;
    int32_t before, now;
} saved_move;

struct gitops_saved_plan {
    gitops_context *context;
    gops_arena arena;
    gitops_document *document;
    const char *unit, *revision, *digest;
    saved_operation *operations;
    size_t count;
    gops_table by_name;
    gops_arena keys; /* of the moves */
    saved_move *moves;
    size_t move_count, move_capacity;
    int moved, limits_moved;
};

static const char *key_of(const saved_operation *operation)
{
    return strchr(operation->name, ' ') + 1;
}

static void put_string(gops_buffer *out, const char *text)
{
    gops_emit_json_string(out, text, strlen(text));
}

static void put_member(gops_buffer *out, const char *name, const char *text)
{
    gops_buffer_printf(out, ",\"%s\":", name);
    put_string(out, text);
}

static void put_list(gops_buffer *out, const char *name, char *const *list, size_t count)
{
    gops_buffer_printf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            gops_buffer_putc(out, ',');
        put_string(out, list[i]);
    }
    gops_buffer_putc(out, ']');
}

static const char *word(const char *const *words, int32_t i)
{
    return words[i - 1];
}

/* What the host configured, as far as it decides the plan. */
static void put_limits(gops_buffer *out, const gitops_unit *unit)
{
    static const char *const prunes[] = {"on", "off", "adopted"};
    static const char *const adopts[] = {"never", "if-equal", "always"};
    static const char *const conflicts[] = {"desired", "live", "fail", "callback"};
    static const char *const drifts[] = {"revert", "report", "ignore"};
    gops_buffer_puts(out, "{\"form\":1");
    put_member(out, "prune", word(prunes, unit->prune));
    put_member(out, "adopt", word(adopts, unit->adopt));
    put_member(out, "conflict", word(conflicts, unit->conflict));
    put_member(out, "drift", word(drifts, unit->drift));
    gops_buffer_printf(out, ",\"max_deletes\":%" PRId64 ",\"max_delete_percent\":%" PRId32,
                       unit->max_deletes < 0 ? 0 : unit->max_deletes,
                       unit->max_delete_percent < 0 ? 0 : unit->max_delete_percent);
    put_member(out, "path", unit->path ? unit->path : "");
    put_list(out, "excludes", unit->excludes, unit->exclude_count);
    put_list(out, "protects", unit->protects, unit->protect_count);
    put_list(out, "scope", unit->scope, unit->scope_count);
    gops_buffer_putc(out, '}');
}

static void put_held(gops_buffer *out, const gitops_plan *plan)
{
    gops_buffer_puts(out, ",\"held\":");
    if (plan->held_count == 0) {
        gops_buffer_puts(out, "false");
        return;
    }
    for (size_t i = 0; i < plan->held_count; i++)
        gops_buffer_printf(
            out, "%s{\"limit\":\"%s\",\"allowed\":%" PRIu64 ",\"asked\":%" PRIu64 "}",
            i == 0 ? "[" : ",", plan->held[i].limit, plan->held[i].allowed, plan->held[i].asked);
    gops_buffer_putc(out, ']');
}

static void put_summary(gops_buffer *out, const gitops_plan *plan)
{
    gops_buffer_puts(out, ",\"summary\":");
    for (int32_t action = 0; action <= GITOPS_ACTION_TRANSFER; action++)
        gops_buffer_printf(out, "%s\"%s\":%" PRIu64, action == 0 ? "{" : ",",
                           gitops_action_name(action), plan->summary[action]);
    gops_buffer_putc(out, '}');
}

static void make_mark(const gitops_operation *operation, char mark[MARK_SIZE])
{
    uint8_t bytes[MARK_BYTES] = {0};
    if (operation->detail)
        memcpy(bytes, operation->detail->sha256, sizeof bytes);
    else if (operation->file)
        memcpy(bytes, gops_operation_object(operation)->digest.bytes, sizeof bytes);
    gops_hex(mark, bytes, sizeof bytes);
}

static void put_operation(gops_buffer *out, const gitops_operation *operation)
{
    char mark[MARK_SIZE];
    make_mark(operation, mark);
    gops_buffer_printf(out, "{\"action\":\"%s\"", gitops_action_name(operation->action));
    put_member(out, "key", gops_operation_key(operation));
    put_member(out, "reason_code", gitops_operation_reason_code(operation));
    put_member(out, "phase", gitops_operation_phase(operation));
    gops_buffer_printf(out, ",\"wave\":%" PRId32 ",\"mark\":\"%s\"}", operation->wave, mark);
}

int gitops_plan_save(gitops_buffer **out, const gitops_plan *plan, const gitops_unit *unit,
                     gitops_error *err)
{
    gops_buffer text;
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "save: out is NULL");
    *out = NULL;
    if (!plan || !unit || strcmp(plan->unit, unit->name) != 0)
        return gops_fail(err, GITOPS_EINVAL, "save: a plan and the unit that it is of are needed");
    gops_buffer_init(&text, plan->context, 0);
    gops_buffer_puts(&text, "{\"format_version\":\"1.0\",\"form\":\"" FORM "\"");
    put_member(&text, "unit", plan->unit);
    put_member(&text, "revision", plan->revision);
    put_member(&text, "digest", plan->digest);
    gops_buffer_puts(&text, ",\"limits\":");
    put_limits(&text, unit);
    put_held(&text, plan);
    put_summary(&text, plan);
    gops_buffer_puts(&text, ",\"operations\":[");
    for (size_t i = 0; i < plan->count; i++) {
        if (i > 0)
            gops_buffer_putc(&text, ',');
        put_operation(&text, &plan->operations.items[i]);
    }
    gops_buffer_puts(&text, "]}\n");
    return gops_buffer_give(&text, out, err);
}

static int fail_at(const gitops_saved_plan *saved, const gitops_value *value, gitops_error *err,
                   const char *what)
{
    return gops_fail_at(err, GITOPS_EPARSE, gitops_document_name(saved->document),
                        gitops_value_line(value), gitops_value_column(value), "%s", what);
}

/* A member that is text without NUL, copied; NULL after a failure that is then in *rc. */
static const char *take_text(gitops_saved_plan *saved, const gitops_value *map, const char *name,
                             int *rc, gitops_error *err)
{
    size_t length = 0;
    char what[80];
    const gitops_value *value = gitops_value_find(map, name, strlen(name));
    const char *text =
        gitops_value_type(value) == GITOPS_VALUE_STRING ? gitops_value_text(value, &length) : NULL;
    if (*rc < 0)
        return NULL;
    if (!text || memchr(text, '\0', length)) {
        snprintf(what, sizeof what, "a saved plan has the text \"%s\" here", name);
        *rc = fail_at(saved, value ? value : map, err, what);
        return NULL;
    }
    const char *copy = gops_arena_strndup(&saved->arena, text, length);
    if (!copy)
        *rc = gops_fail_memory(err);
    return copy;
}

/* GITOPS_ACTION_...; NONE for a word that is no action of a plan. */
static int32_t find_action(const char *name)
{
    for (int32_t action = GITOPS_ACTION_CREATE; action <= GITOPS_ACTION_TRANSFER; action++)
        if (strcmp(gitops_action_name(action), name) == 0)
            return action;
    return GITOPS_ACTION_NONE;
}

static char *join_name(gops_arena *arena, const char *phase, const char *key)
{
    size_t size = strlen(phase) + strlen(key) + 2;
    char *name = gops_arena_bytes(arena, size);
    if (name)
        snprintf(name, size, "%s %s", phase, key);
    return name;
}

static int read_operation(gitops_saved_plan *saved, const gitops_value *value, gitops_error *err)
{
    saved_operation *operation = &saved->operations[saved->count];
    int rc = 0;
    const char *action = take_text(saved, value, "action", &rc, err);
    const char *key = take_text(saved, value, "key", &rc, err);
    const char *phase = take_text(saved, value, "phase", &rc, err);
    operation->mark = take_text(saved, value, "mark", &rc, err);
    if (rc < 0)
        return rc;
    operation->action = find_action(action);
    if (operation->action == GITOPS_ACTION_NONE || strchr(phase, ' '))
        return fail_at(saved, value, err, "an action or phase that no plan has");
    operation->name = join_name(&saved->arena, phase, key);
    if (!operation->name)
        return gops_fail_memory(err);
    size_t length = strlen(operation->name);
    if (gops_table_get(&saved->by_name, operation->name, length))
        return fail_at(saved, value, err, "the same object twice in one phase");
    saved->count++;
    return gops_table_set(&saved->by_name, operation->name, length, operation) < 0
               ? gops_fail_memory(err)
               : 0;
}

static int read_operations(gitops_saved_plan *saved, const gitops_value *root, gitops_error *err)
{
    const gitops_value *list = gitops_value_find(root, "operations", strlen("operations"));
    size_t count = gitops_value_count(list);
    int rc = 0;
    if (gitops_value_type(list) != GITOPS_VALUE_LIST)
        return fail_at(saved, list ? list : root, err,
                       "a saved plan has a list \"operations\" here");
    saved->operations = gops_calloc(saved->context, count ? count : 1, sizeof *saved->operations);
    if (!saved->operations || gops_table_reserve(&saved->by_name, count) < 0)
        return gops_fail_memory(err);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = read_operation(saved, gitops_value_item(list, i), err);
    return rc;
}

static int read_head(gitops_saved_plan *saved, const gitops_value *root, gitops_error *err)
{
    int rc = 0;
    size_t length = 0;
    const char *form = gitops_value_text(gitops_value_find(root, "form", strlen("form")), &length);
    if (!form || length != strlen(FORM) || memcmp(form, FORM, length) != 0)
        return fail_at(saved, root, err, "this is no saved plan: 'plan --out FILE' writes one");
    const char *version = take_text(saved, root, "format_version", &rc, err);
    if (rc == 0 && strncmp(version, "1.", 2) != 0)
        return gops_fail_at(err, GITOPS_EUNSUPPORTED, gitops_document_name(saved->document), 0, 0,
                            "a saved plan of the form %.16s: this library reads 1", version);
    saved->unit = take_text(saved, root, "unit", &rc, err);
    saved->revision = take_text(saved, root, "revision", &rc, err);
    saved->digest = take_text(saved, root, "digest", &rc, err);
    if (rc == 0 && (strlen(saved->digest) != DIGEST_DIGITS || !gops_unit_is_name(saved->unit)))
        rc = fail_at(saved, root, err, "a digest or a name of a unit that no plan has");
    return rc;
}

int gitops_saved_plan_read(gitops_saved_plan **out, gitops_context *context, const char *data,
                           size_t length, const char *name, gitops_error *err)
{
    if (!out)
        return gops_fail(err, GITOPS_EINVAL, "saved plan: out is NULL");
    *out = NULL;
    if (!context || (!data && length))
        return gops_fail(err, GITOPS_EINVAL, "saved plan: a context and data are needed");
    gitops_saved_plan *saved = gops_calloc(context, 1, sizeof *saved);
    if (!saved)
        return gops_fail_memory(err);
    saved->context = gops_context_ref(context);
    saved->moved = 1;
    gops_arena_init(&saved->arena, context, 0);
    gops_arena_init(&saved->keys, context, 0);
    gops_table_init(&saved->by_name, context);
    int rc = gitops_document_parse(&saved->document, context, data, length, name, err);
    const gitops_value *root = rc == 0 ? gitops_document_root(saved->document) : NULL;
    if (rc == 0)
        rc = read_head(saved, root, err);
    if (rc == 0)
        rc = read_operations(saved, root, err);
    if (rc < 0)
        gitops_saved_plan_free(saved);
    else
        *out = saved;
    return rc;
}

void gitops_saved_plan_free(gitops_saved_plan *saved)
{
    if (!saved)
        return;
    gitops_context *context = saved->context;
    gitops_document_free(saved->document);
    gops_table_release(&saved->by_name);
    gops_free(context, saved->operations);
    gops_free(context, saved->moves);
    gops_arena_free(&saved->arena);
    gops_arena_free(&saved->keys);
    gops_free(context, saved);
    gitops_context_free(context);
}

static int compare_limits(gitops_saved_plan *saved, const gitops_unit *unit, gitops_error *err)
{
    gops_buffer text;
    gitops_document *limits = NULL;
    gops_buffer_init(&text, saved->context, 0);
    put_limits(&text, unit);
    int rc = gops_buffer_status(&text, err);
    if (rc == 0)
        rc = gitops_document_parse(&limits, saved->context, text.data, text.length, NULL, err);
    if (rc == 0)
        saved->limits_moved =
            !gitops_value_equal(gitops_value_at(gitops_document_root(saved->document), "/limits"),
                                gitops_document_root(limits));
    gitops_document_free(limits);
    gops_buffer_release(&text);
    return rc;
}

static int add_move(gitops_saved_plan *saved, const char *key, int32_t before, int32_t now)
{
    const char *copy = gops_arena_strndup(&saved->keys, key, strlen(key));
    if (!copy || gops_grow(saved->context, &saved->moves, &saved->move_capacity,
                           saved->move_count + 1, sizeof *saved->moves) < 0)
        return GITOPS_ENOMEM;
    saved->moves[saved->move_count++] = (saved_move){copy, before, now};
    return 0;
}

static int compare_operation(gitops_saved_plan *saved, const gitops_operation *operation)
{
    char mark[MARK_SIZE];
    const char *key = gops_operation_key(operation);
    char *name = join_name(&saved->keys, gitops_operation_phase(operation), key);
    if (!name)
        return GITOPS_ENOMEM;
    saved_operation *before = gops_table_get(&saved->by_name, name, strlen(name));
    if (!before)
        return add_move(saved, key, GITOPS_ACTION_NONE, operation->action);
    before->seen = 1;
    make_mark(operation, mark);
    if (before->action == operation->action && strcmp(before->mark, mark) == 0)
        return 0;
    return add_move(saved, key, before->action, operation->action);
}

static void forget_comparison(gitops_saved_plan *saved)
{
    gops_arena_free(&saved->keys);
    gops_arena_init(&saved->keys, saved->context, 0);
    saved->move_count = 0;
    saved->moved = 1;
    saved->limits_moved = 0;
    for (size_t i = 0; i < saved->count; i++)
        saved->operations[i].seen = 0;
}

int gitops_saved_plan_compare(gitops_saved_plan *saved, const gitops_plan *plan,
                              const gitops_unit *unit, gitops_error *err)
{
    if (!saved || !plan || !unit || strcmp(plan->unit, saved->unit) != 0 ||
        strcmp(plan->unit, unit->name) != 0)
        return gops_fail(err, GITOPS_EINVAL, "saved plan: a plan of the same unit is needed");
    forget_comparison(saved);
    int rc = 0;
    for (size_t i = 0; i < plan->count && rc == 0; i++)
        rc = compare_operation(saved, &plan->operations.items[i]);
    for (size_t i = 0; i < saved->count && rc == 0; i++)
        if (!saved->operations[i].seen)
            rc = add_move(saved, key_of(&saved->operations[i]), saved->operations[i].action,
                          GITOPS_ACTION_NONE);
    if (rc < 0)
        return gops_fail_memory(err);
    saved->moved = strcmp(saved->digest, plan->digest) != 0;
    return compare_limits(saved, unit, err);
}

const char *gitops_saved_plan_unit(const gitops_saved_plan *saved)
{
    return saved->unit;
}

const char *gitops_saved_plan_revision(const gitops_saved_plan *saved)
{
    return saved->revision;
}

const char *gitops_saved_plan_digest(const gitops_saved_plan *saved)
{
    return saved->digest;
}

size_t gitops_saved_plan_count(const gitops_saved_plan *saved)
{
    return saved->count;
}

const char *gitops_saved_plan_key(const gitops_saved_plan *saved, size_t i)
{
    return i < saved->count ? key_of(&saved->operations[i]) : NULL;
}

int32_t gitops_saved_plan_action(const gitops_saved_plan *saved, size_t i)
{
    return i < saved->count ? saved->operations[i].action : GITOPS_ACTION_NONE;
}

int32_t gitops_saved_plan_moved(const gitops_saved_plan *saved)
{
    return saved->moved;
}

int32_t gitops_saved_plan_limits_moved(const gitops_saved_plan *saved)
{
    return saved->limits_moved;
}

size_t gitops_saved_plan_move_count(const gitops_saved_plan *saved)
{
    return saved->move_count;
}

const char *gitops_saved_plan_move(const gitops_saved_plan *saved, size_t i, int32_t *before,
                                   int32_t *now)
{
    int known = i < saved->move_count;
    if (before)
        *before = known ? saved->moves[i].before : GITOPS_ACTION_NONE;
    if (now)
        *now = known ? saved->moves[i].now : GITOPS_ACTION_NONE;
    return known ? saved->moves[i].key : NULL;
}
