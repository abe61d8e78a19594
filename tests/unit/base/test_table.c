/* The hash table against a plain array as its model, removal above all. */
#include "support.h"

#include <stdio.h>

#include "base/table.h"

enum { KEYS = 300, STEPS = 20000 };

typedef struct model {
    char names[KEYS][16];
    void *values[KEYS]; /* NULL = not in the table */
    size_t count;
} model;

static void model_init(model *m)
{
    memset(m, 0, sizeof *m);
    for (int i = 0; i < KEYS; i++)
        snprintf(m->names[i], sizeof m->names[i], "k%d", i);
}

static void assert_same(const gops_table *table, const model *m)
{
    size_t position = 0, walked = 0;
    for (size_t i = 0; i < KEYS; i++)
        assert_ptr_equal(gops_table_get(table, m->names[i], strlen(m->names[i])), m->values[i]);
    while (gops_table_next(table, &position))
        walked++;
    assert_int_equal(walked, m->count);
    assert_int_equal(table->count, m->count);
}

/* A small fixed generator: the same steps in every run. */
static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void table_randomSteps_agreesWithTheModel(void **state)
{
    static model m;
    gops_table table;
    unsigned seed = 7;
    model_init(&m);
    gops_table_init(&table, *state);
    for (int step = 0; step < STEPS; step++) {
        size_t i = next_random(&seed) % KEYS;
        size_t length = strlen(m.names[i]);
        if (next_random(&seed) % 2) {
            void *value = &m.names[next_random(&seed) % KEYS];
            assert_int_equal(gops_table_set(&table, m.names[i], length, value), 0);
            m.count += m.values[i] == NULL;
            m.values[i] = value;
        } else {
            assert_ptr_equal(gops_table_remove(&table, m.names[i], length), m.values[i]);
            m.count -= m.values[i] != NULL;
            m.values[i] = NULL;
        }
        if (step % 500 == 0)
            assert_same(&table, &m);
    }
    assert_same(&table, &m);
    gops_table_release(&table);
}

static void table_empty_hasNothing(void **state)
{
    gops_table table;
    size_t position = 0;
    gops_table_init(&table, *state);
    assert_null(gops_table_get(&table, "a", 1));
    assert_null(gops_table_remove(&table, "a", 1));
    assert_null(gops_table_next(&table, &position));
    gops_table_release(&table);
}

static void tableSet_sameKey_replaces(void **state)
{
    gops_table table;
    int one = 1, two = 2;
    gops_table_init(&table, *state);
    assert_int_equal(gops_table_set(&table, "key", 3, &one), 0);
    assert_int_equal(gops_table_set(&table, "key", 3, &two), 0);
    assert_int_equal(table.count, 1);
    assert_ptr_equal(gops_table_get(&table, "key", 3), &two);
    gops_table_release(&table);
}

static void tableSet_bytesAndLength_tellKeysApart(void **state)
{
    gops_table table;
    int values[4];
    gops_table_init(&table, *state);
    assert_int_equal(gops_table_set(&table, "", 0, &values[0]), 0);
    assert_int_equal(gops_table_set(&table, "a", 1, &values[1]), 0);
    assert_int_equal(gops_table_set(&table, "a\0", 2, &values[2]), 0);
    assert_int_equal(gops_table_set(&table, "a\0b", 3, &values[3]), 0);
    assert_ptr_equal(gops_table_get(&table, "", 0), &values[0]);
    assert_ptr_equal(gops_table_get(&table, "a", 1), &values[1]);
    assert_ptr_equal(gops_table_get(&table, "a\0", 2), &values[2]);
    assert_ptr_equal(gops_table_get(&table, "a\0b", 3), &values[3]);
    assert_null(gops_table_get(&table, "b", 1));
    gops_table_release(&table);
}

static void use_table(gitops_context *context, void *data)
{
    static model m;
    gops_table table;
    (void)data;
    model_init(&m);
    gops_table_init(&table, context);
    for (size_t i = 0; i < KEYS; i++) {
        if (gops_table_set(&table, m.names[i], strlen(m.names[i]), m.names[i]) == 0) {
            m.values[i] = m.names[i];
            m.count++;
        }
    }
    assert_same(&table, &m); /* what could not be set is absent, the rest is whole */
    gops_table_release(&table);
}

static void table_everyAllocationFails_keepsWhatItHas(void **state)
{
    (void)state;
    support_fail_every_allocation(use_table, NULL);
}

static int set_up(void **state)
{
    *state = support_context_new();
    return 0;
}

static int tear_down(void **state)
{
    support_context_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(table_randomSteps_agreesWithTheModel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(table_empty_hasNothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tableSet_sameKey_replaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tableSet_bytesAndLength_tellKeysApart, set_up, tear_down),
        cmocka_unit_test(table_everyAllocationFails_keepsWhatItHas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
