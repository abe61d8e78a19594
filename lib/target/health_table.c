/*
 * health_table: the handle on a table, the entry for an object, and the tests of its rows.
 */
#include "target/health_table.h"

#include <string.h>

#include "base/context.h"
#include "manifest/key.h"

int gitops_health_table_parse(gitops_health_table **out, gitops_context *context,
                              gitops_document *document, gitops_error *err)
{
    if (out)
        *out = NULL;
    if (!out || !context || !document)
        return gops_fail(err, GITOPS_EINVAL, "health table: an argument is NULL");
    gitops_health_table *table = gops_calloc(context, 1, sizeof *table);
    if (!table)
        return gops_fail_memory(err);
    gops_refcount_init(&table->references);
    table->context = gops_context_ref(context);
    table->document = gitops_document_ref(document);
    gops_arena_init(&table->arena, context, 0);
    int rc = gops_health_table_compile(table, err);
    if (rc < 0) {
        gops_error_where(err, gitops_document_name(document));
        gitops_health_table_free(table);
        return rc;
    }
    *out = table;
    return 0;
}

gitops_health_table *gitops_health_table_ref(gitops_health_table *table)
{
    gops_refcount_take(&table->references);
    return table;
}

void gitops_health_table_free(gitops_health_table *table)
{
    if (!table || !gops_refcount_drop(&table->references))
        return;
    gitops_context *context = table->context;
    gops_arena_free(&table->arena);
    gitops_document_free(table->document);
    gops_free(context, table);
    gitops_context_free(context);
}

/* The kind as the document names it, else as its key does; "" when nobody does. */
static gops_scope kind_of(const gops_patient *p, char name[GOPS_SCOPE_NAME_MAX])
{
    gops_key_parts parts;
    gops_scope kind = {name, gops_scope_name(name, p->root)};
    if (kind.length == 0 && p->key && gops_key_split(p->key, &parts)) {
        kind.text = parts.kind;
        kind.length = parts.kind_length + (parts.group_length ? parts.group_length + 1 : 0);
    }
    return kind;
}

static const gops_health_entry *find_entry(const gitops_health_table *table, const gops_patient *p)
{
    char name[GOPS_SCOPE_NAME_MAX];
    gops_scope kind = kind_of(p, name);
    size_t low = 0, high = table->exact_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gops_scope *own = &table->entries[middle].kind;
        int order = gops_key_compare(kind.text, kind.length, own->text, own->length);
        if (order == 0)
            return &table->entries[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    for (size_t i = table->exact_count; i < table->entry_count; i++)
        if (gops_scope_matches(&table->entries[i].kind, kind.text, kind.length))
            return &table->entries[i];
    return NULL;
}

/* Texts may have "*" for any characters; other scalars are compared by value. */
static int matches_one(const gitops_value *wanted, const gitops_value *value)
{
    if (!value || !gops_value_is(wanted, GITOPS_VALUE_STRING) ||
        !gops_value_is(value, GITOPS_VALUE_STRING))
        return value && gops_value_same(wanted, value);
    gops_scope glob = {wanted->as.text, wanted->count};
    return gops_scope_matches(&glob, value->as.text, value->count);
}

static int matches(const gitops_value *wanted, const gitops_value *value)
{
    if (!gops_value_is(wanted, GITOPS_VALUE_LIST))
        return matches_one(wanted, value);
    for (uint32_t i = 0; i < wanted->count; i++)
        if (matches_one(&wanted->as.children[i], value))
            return 1;
    return 0;
}

/* The status of a condition is text; a table may say true for "True". */
static int has_status(const gitops_value *condition, const gitops_value *wanted)
{
    size_t count = gops_value_is(wanted, GITOPS_VALUE_LIST) ? wanted->count : 1;
    const gitops_value *first = count == 1 && wanted->type != GITOPS_VALUE_LIST
                                    ? wanted
                                    : wanted->as.children;
    for (size_t i = 0; i < count; i++) {
        const gitops_value *one = &first[i];
        if (gops_value_is(one, GITOPS_VALUE_BOOL)
                ? gops_condition_is(condition, "status", one->boolean ? "True" : "False")
                : matches_one(one, gitops_value_find(condition, "status", 6)))
            return 1;
    }
    return 0;
}

static int condition_holds(const gops_health_test *test, const gops_patient *p)
{
    const gitops_value *found = gops_condition_current(p, test->condition);
    int holds = found && (!test->status || has_status(found, test->status)) &&
                (!test->reason || matches(test->reason, gitops_value_find(found, "reason", 6)));
    return test->operator == GOPS_HEALTH_ABSENT ? !holds : holds;
}

static int field_holds(const gops_health_test *test, const gops_patient *p)
{
    const gitops_value *value = gitops_value_at(p->root, test->field);
    const gitops_value *other = test->other ? gitops_value_at(p->root, test->other)
                                            : test->operand;
    int exists = gitops_value_type(value) != GITOPS_VALUE_NULL;
    if (test->operator == GOPS_HEALTH_EXISTS || test->operator == GOPS_HEALTH_ABSENT)
        return exists == (test->operator == GOPS_HEALTH_EXISTS);
    if (test->operator == GOPS_HEALTH_IS || test->operator == GOPS_HEALTH_IS_NOT)
        return matches(test->operand, value) == (test->operator == GOPS_HEALTH_IS);
    if (!gops_value_is(other, GITOPS_VALUE_NUMBER) || (exists && value->type != GITOPS_VALUE_NUMBER))
        return 0;
    int less = gitops_value_double(value) < gitops_value_double(other); /* absent: 0 */
    return less == (test->operator == GOPS_HEALTH_LESS_THAN);
}

static int row_holds(const gops_health_row *row, const gops_patient *p)
{
    for (size_t i = 0; i < row->test_count; i++)
        if (!(row->tests[i].field ? field_holds : condition_holds)(&row->tests[i], p))
            return 0;
    return 1;
}

/* What the first test is about, as the document has it. */
static int say_test(gitops_health *out, const gops_health_row *row, const gops_patient *p)
{
    const gops_health_test *test = row->tests;
    if (!test)
        return gops_health_say(out, row->health, "the table says so");
    const gitops_value *condition =
        test->condition ? gops_condition_current(p, test->condition) : NULL;
    if (condition)
        return gops_health_say_condition(out, row->health, condition);
    if (test->condition)
        return gops_health_say(out, row->health, "no condition %s", test->condition);
    const gitops_value *value = gitops_value_at(p->root, test->field);
    if (gops_value_is(value, GITOPS_VALUE_BOOL))
        return gops_health_say(out, row->health, "%s: %s", test->field,
                               value->boolean ? "true" : "false");
    if (gitops_value_type(value) == GITOPS_VALUE_NULL)
        return gops_health_say(out, row->health, "%s: absent", test->field);
    return gops_health_say_value(out, row->health, test->field, value);
}

static int say_row(gitops_health *out, const gops_health_row *row, const gops_patient *p)
{
    size_t length = 0;
    const char *text =
        row->message_field
            ? gitops_value_text(gitops_value_at(p->root, row->message_field), &length)
            : NULL;
    if (text && length > 0) {
        gops_health_set(out, row->health, text, length);
        return 1;
    }
    if (row->message)
        return gops_health_say(out, row->health, "%s", row->message);
    return say_test(out, row, p);
}

int gops_health_by_table(gitops_health *out, const gitops_health_table *table,
                         const gops_patient *p)
{
    const gops_health_entry *entry = table ? find_entry(table, p) : NULL;
    if (!entry)
        return 0;
    for (size_t i = 0; i < entry->row_count; i++)
        if (row_holds(&entry->rows[i], p))
            return say_row(out, &entry->rows[i], p);
    return gops_health_say(out, GITOPS_HEALTH_PROGRESSING, "no row of the table matches yet");
}
