/*
 * health_compile: reads the text of a table of health. Nothing is guessed: an unknown member, an
 * unknown name of a health or two tests in one row are errors with their place.
 */
#include "target/health_table.h"

#include <stdlib.h>
#include <string.h>

typedef struct compiler {
    gops_arena *arena;
    gitops_error *err;
} compiler;

static int fail_value(compiler *c, const gitops_value *value, const char *expected)
{
    return gops_fail_at(c->err, GITOPS_EPARSE, NULL, value->line, value->column, "expected %s",
                        expected);
}

static int is_named(const gitops_value *member, const char *name)
{
    return gops_key_compare(member->key, member->key_length, name, strlen(name)) == 0;
}

static int is_text(const gitops_value *value)
{
    return gops_value_is(value, GITOPS_VALUE_STRING) && value->count > 0 &&
           !memchr(value->as.text, '\0', value->count);
}

static int is_pointer(const gitops_value *value)
{
    return is_text(value) && value->as.text[0] == '/';
}

static int keep_text(compiler *c, const gitops_value *value, const char **out)
{
    *out = gops_arena_strndup(c->arena, value->as.text, value->count);
    return *out ? 0 : gops_fail_memory(c->err);
}

static int is_scalar(const gitops_value *value)
{
    return value->type != GITOPS_VALUE_LIST && value->type != GITOPS_VALUE_MAP;
}

/* A scalar, or a list of some of which one is enough. */
static int check_choices(compiler *c, const gitops_value *value)
{
    if (is_scalar(value))
        return 0;
    if (!gops_value_is(value, GITOPS_VALUE_LIST) || value->count == 0)
        return fail_value(c, value, "a scalar or a list of some");
    for (uint32_t i = 0; i < value->count; i++)
        if (!is_scalar(&value->as.children[i]))
            return fail_value(c, &value->as.children[i], "a scalar");
    return 0;
}

static int read_exists(compiler *c, const gitops_value *value, gops_health_test *test)
{
    if (!gops_value_is(value, GITOPS_VALUE_BOOL))
        return fail_value(c, value, "true or false");
    test->operator = value->boolean ? GOPS_HEALTH_EXISTS : GOPS_HEALTH_ABSENT;
    return 0;
}

/* A number, or the pointer of the field that holds it. */
static int read_bound(compiler *c, const gitops_value *value, gops_health_test *test,
                      gops_health_operator operator)
{
    test->operator = operator;
    if (is_pointer(value))
        return keep_text(c, value, &test->other);
    if (!gops_value_is(value, GITOPS_VALUE_NUMBER))
        return fail_value(c, value, "a number or the JSON pointer of one");
    test->operand = value;
    return 0;
}

static int read_operator(compiler *c, const gitops_value *member, gops_health_test *test)
{
    if (is_named(member, "exists"))
        return read_exists(c, member, test);
    if (is_named(member, "at-least"))
        return read_bound(c, member, test, GOPS_HEALTH_AT_LEAST);
    if (is_named(member, "less-than"))
        return read_bound(c, member, test, GOPS_HEALTH_LESS_THAN);
    test->operator = is_named(member, "is") ? GOPS_HEALTH_IS : GOPS_HEALTH_IS_NOT;
    test->operand = member;
    return check_choices(c, member);
}

/* field: POINTER, with at most one comparison. */
static int read_field(compiler *c, const gitops_value *map, const gitops_value *field,
                      gops_health_test *test)
{
    static const char *const operators[] = {"is", "is-not", "exists", "at-least", "less-than"};
    const gitops_value *found = NULL;
    if (!is_pointer(field))
        return fail_value(c, field, "a JSON pointer, which starts with /");
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        const gitops_value *member = gops_value_member(map, operators[i], strlen(operators[i]));
        if (member && found)
            return fail_value(c, member, "one comparison: is, is-not, exists, at-least or less-than");
        found = member ? member : found;
    }
    int rc = keep_text(c, field, &test->field);
    return rc < 0 || !found ? rc : read_operator(c, found, test);
}

static int read_condition(compiler *c, const gitops_value *map, const gitops_value *condition,
                          gops_health_test *test)
{
    const gitops_value *exists = gops_value_member(map, "exists", 6);
    if (!is_text(condition))
        return fail_value(c, condition, "the type of a condition");
    int rc = keep_text(c, condition, &test->condition);
    test->status = gops_value_member(map, "status", 6);
    test->reason = gops_value_member(map, "reason", 6);
    if (rc == 0 && test->status)
        rc = check_choices(c, test->status);
    if (rc == 0 && test->reason)
        rc = check_choices(c, test->reason);
    if (rc == 0 && exists)
        rc = read_exists(c, exists, test);
    return rc;
}

/* Every member of a test or row must be one that means something there. */
static int check_members(compiler *c, const gitops_value *map, const char *const *known,
                         const char *expected)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const gitops_value *member = &map->as.children[i];
        int is_known = 0;
        for (size_t k = 0; known[k] && !is_known; k++)
            is_known = is_named(member, known[k]);
        if (!is_known)
            return gops_fail_at(c->err, GITOPS_EPARSE, NULL, member->line, member->column,
                                "unknown member \"%.*s\": expected %s",
                                (int)(member->key_length < 80 ? member->key_length : 80),
                                member->key, expected);
    }
    return 0;
}

static int read_test(compiler *c, const gitops_value *map, gops_health_test *test)
{
    static const char *const of_field[] = {"field",    "is",     "is-not",  "exists", "at-least",
                                           "less-than", "health", "message", NULL};
    static const char *const of_condition[] = {"condition", "status", "reason", "exists",
                                               "health",    "message", NULL};
    const gitops_value *field = gops_value_member(map, "field", 5);
    const gitops_value *condition = gops_value_member(map, "condition", 9);
    memset(test, 0, sizeof *test);
    if (!field == !condition)
        return fail_value(c, map, "a map with either field or condition");
    int rc = field ? check_members(c, map, of_field,
                                   "field, is, is-not, exists, at-least, less-than, health or "
                                   "message")
                   : check_members(c, map, of_condition,
                                   "condition, status, reason, exists, health or message");
    if (rc < 0)
        return rc;
    return field ? read_field(c, map, field, test) : read_condition(c, map, condition, test);
}

/* all: a list of tests that must all hold. */
static int read_tests(compiler *c, const gitops_value *list, gops_health_row *row)
{
    if (!gops_value_is(list, GITOPS_VALUE_LIST) || list->count == 0)
        return fail_value(c, list, "a list of tests");
    gops_health_test *tests = gops_arena_array(c->arena, list->count, sizeof *tests);
    if (!tests)
        return gops_fail_memory(c->err);
    row->tests = tests;
    row->test_count = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        const gitops_value *map = &list->as.children[i];
        if (gops_value_member(map, "health", 6) || gops_value_member(map, "message", 7))
            return fail_value(c, map, "a test, the health stands beside all");
        int rc = read_test(c, map, &tests[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int read_health(compiler *c, const gitops_value *map, const gitops_value *value,
                       int32_t *out)
{
    char name[16] = "";
    if (gops_value_is(value, GITOPS_VALUE_STRING) && value->count < sizeof name)
        memcpy(name, value->as.text, value->count);
    *out = gitops_health_of_name(name);
    return *out ? 0
                : fail_value(c, value ? value : map,
                             "health: healthy, suspended, progressing, missing, degraded or "
                             "unknown");
}

static int read_message(compiler *c, const gitops_value *value, gops_health_row *row)
{
    if (!is_text(value))
        return fail_value(c, value, "a text, or the JSON pointer of one");
    return keep_text(c, value, is_pointer(value) ? &row->message_field : &row->message);
}

static int read_row(compiler *c, const gitops_value *map, gops_health_row *row)
{
    static const char *const plain[] = {"all", "health", "message", NULL};
    const gitops_value *message = gops_value_member(map, "message", 7);
    const gitops_value *all = gops_value_member(map, "all", 3);
    memset(row, 0, sizeof *row);
    if (!gops_value_is(map, GITOPS_VALUE_MAP))
        return fail_value(c, map, "a row, which is a map");
    int rc = read_health(c, map, gops_value_member(map, "health", 6), &row->health);
    if (rc == 0 && message)
        rc = read_message(c, message, row);
    if (rc < 0)
        return rc;
    if (all || !(gops_value_member(map, "field", 5) || gops_value_member(map, "condition", 9))) {
        rc = check_members(c, map, plain, "field or condition, all, health or message");
        return rc < 0 || !all ? rc : read_tests(c, all, row);
    }
    gops_health_test *test = gops_arena_alloc(c->arena, sizeof *test);
    if (!test)
        return gops_fail_memory(c->err);
    row->tests = test;
    row->test_count = 1;
    return read_test(c, map, test);
}

/* "ready": the pattern of most custom kinds, with the failure that the general rule leaves open. */
static const gitops_value true_text = {
    .type = GITOPS_VALUE_STRING, .as.text = "True", .count = 4};
static const gitops_value false_text = {
    .type = GITOPS_VALUE_STRING, .as.text = "False", .count = 5};
static const gops_health_test ready_tests[] = {{.condition = "Ready", .status = &true_text},
                                               {.condition = "Ready", .status = &false_text},
                                               {.condition = "Ready"}};
static const gops_health_row ready_rows[] = {
    {&ready_tests[0], 1, GITOPS_HEALTH_HEALTHY, NULL, NULL},
    {&ready_tests[1], 1, GITOPS_HEALTH_DEGRADED, NULL, NULL},
    {&ready_tests[2], 1, GITOPS_HEALTH_PROGRESSING, NULL, NULL}};

/* One word for a whole kind: ready, or a health that it always has. */
static int read_word(compiler *c, const gitops_value *value, gops_health_entry *entry)
{
    if (gops_value_text_is(value, "ready")) {
        entry->rows = ready_rows;
        entry->row_count = sizeof ready_rows / sizeof ready_rows[0];
        return 0;
    }
    gops_health_row *row = gops_arena_alloc(c->arena, sizeof *row);
    if (!row)
        return gops_fail_memory(c->err);
    memset(row, 0, sizeof *row);
    entry->rows = row;
    entry->row_count = 1;
    return read_health(c, value, value, &row->health);
}

static int read_entry(compiler *c, const gitops_value *value, gops_health_entry *entry)
{
    entry->kind = (gops_scope){value->key, value->key_length};
    if (value->key_length == 0)
        return fail_value(c, value, "rows for a kind, such as Deployment.apps");
    if (gops_value_is(value, GITOPS_VALUE_STRING))
        return read_word(c, value, entry);
    if (!gops_value_is(value, GITOPS_VALUE_LIST) || value->count == 0)
        return fail_value(c, value, "a list of rows, ready, or a health");
    gops_health_row *rows = gops_arena_array(c->arena, value->count, sizeof *rows);
    if (!rows)
        return gops_fail_memory(c->err);
    entry->rows = rows;
    entry->row_count = value->count;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < value->count; i++)
        rc = read_row(c, &value->as.children[i], &rows[i]);
    return rc;
}

static int compare_entries(const void *a, const void *b)
{
    return gops_scope_compare(&((const gops_health_entry *)a)->kind,
                              &((const gops_health_entry *)b)->kind);
}

int gops_health_table_compile(gitops_health_table *table, gitops_error *err)
{
    static const char *const known[] = {"kinds", NULL};
    const gitops_value *root = gitops_document_root(table->document);
    compiler c = {&table->arena, err};
    if (!gops_value_is(root, GITOPS_VALUE_MAP))
        return fail_value(&c, root, "a table of health, which is a map with kinds");
    const gitops_value *kinds = gops_value_member(root, "kinds", 5);
    int rc = check_members(&c, root, known, "kinds");
    if (rc < 0)
        return rc;
    if (!gops_value_is(kinds, GITOPS_VALUE_MAP))
        return fail_value(&c, kinds ? kinds : root, "kinds: a map from kinds to rows");
    table->entries = gops_arena_array(&table->arena, kinds->count, sizeof *table->entries);
    if (!table->entries)
        return gops_fail_memory(err);
    for (uint32_t i = 0; rc == 0 && i < kinds->count; i++)
        rc = read_entry(&c, &kinds->as.children[i], &table->entries[i]);
    if (rc < 0)
        return rc;
    table->entry_count = kinds->count;
    qsort(table->entries, table->entry_count, sizeof *table->entries, compare_entries);
    for (size_t i = 0; i < table->entry_count; i++)
        table->exact_count += !gops_scope_is_glob(&table->entries[i].kind);
    return 0;
}
