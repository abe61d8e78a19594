/* The roll: which objects of a listing are recognised by their place alone. */
#include "support.h"

#include <stdio.h>

#include "reconcile/known.h"

enum { OBJECTS = 400 };

typedef struct scene {
    gitops_context *context;
    gops_known_set set;
} scene;

static gops_digest digest_of(const char *text)
{
    return gops_hash128('k', text, strlen(text));
}

static gops_digest state_of(int version)
{
    return gops_hash128('v', &version, sizeof version);
}

static const char *key_of(int i)
{
    static char key[32];
    snprintf(key, sizeof key, "default/ConfigMap/%d", i);
    return key;
}

static gops_known *add(scene *s, const char *key)
{
    gops_known *known = gops_known_add(&s->set, key);
    assert_non_null(known);
    gops_known_own(&s->set, known, 1);
    known->desired = 1;
    return known;
}

/* Takes one listed object in. Returns 1 when its place was enough. */
static int take(scene *s, const char *key, int version)
{
    gops_digest name = digest_of(key), state = state_of(version);
    if (gops_known_expect(&s->set, &name, &state))
        return 1;
    gops_known *known = gops_known_find(&s->set, key);
    assert_non_null(known);
    assert_int_equal(gops_known_meet(&s->set, known), 1);
    gops_roll_meet(&s->set.roll, known, &name);
    if (!gops_known_is_settled(&s->set, known, NULL, &state))
        gops_known_settle(&s->set, known, &state, &state);
    return 0;
}

/* A listing of the objects first, first + step, ...; returns how many came unexpected. */
static int list(scene *s, int first, int step)
{
    int unexpected = 0;
    gops_known_begin_look(&s->set);
    for (int i = 0; i < OBJECTS; i++)
        unexpected += !take(s, key_of((first + i * step) % OBJECTS), 1);
    return unexpected;
}

static int open_scene(void **state)
{
    static scene s;
    s.context = support_context_new();
    gops_known_init(&s.set, s.context);
    for (int i = 0; i < OBJECTS; i++)
        add(&s, key_of(i));
    assert_int_equal(list(&s, 0, 1), OBJECTS);
    *state = &s;
    return 0;
}

static int close_scene(void **state)
{
    scene *s = *state;
    gops_known_release(&s->set);
    support_context_free(s->context);
    return 0;
}

static void expect_sameOrder_everythingByPlace(void **state)
{
    scene *s = *state;
    for (int round = 0; round < 3; round++) {
        assert_int_equal(list(s, 0, 1), 0);
        assert_int_equal(s->set.seen_owned, OBJECTS);
        assert_int_equal(s->set.seen_desired, OBJECTS);
    }
}

static void expect_otherOrder_isLearntOnce(void **state)
{
    scene *s = *state;
    assert_true(list(s, 7, 3) > OBJECTS / 2);
    assert_int_equal(list(s, 7, 3), 0);
    assert_int_equal(list(s, 7, 3), 0);
}

static void expect_otherVersion_isNotTakenForTheSame(void **state)
{
    scene *s = *state;
    gops_known_begin_look(&s->set);
    for (int i = 0; i < OBJECTS; i++)
        assert_int_equal(take(s, key_of(i), i == 5 ? 2 : 1), i != 5);
}

static void expect_listedTwice_isMetOnce(void **state)
{
    scene *s = *state;
    gops_digest name = digest_of(key_of(0)), version = state_of(1);
    gops_known *known = gops_known_find(&s->set, key_of(0));
    gops_known_begin_look(&s->set);
    assert_false(gops_known_is_met(&s->set, known));
    assert_int_equal(gops_known_expect(&s->set, &name, &version), 1);
    assert_true(gops_known_is_met(&s->set, known));
    assert_int_equal(gops_known_expect(&s->set, &name, &version), 0);
    assert_int_equal(gops_known_meet(&s->set, known), 0);
    assert_int_equal(s->set.seen_owned, 1);
}

static void expect_oneLeftOut_costsOneLookUp(void **state)
{
    scene *s = *state;
    int unexpected = 0;
    gops_known_begin_look(&s->set);
    for (int i = 0; i < OBJECTS; i++)
        if (i != 100)
            unexpected += !take(s, key_of(i), 1);
    assert_int_equal(unexpected, 1);
    assert_int_equal(s->set.seen_owned, OBJECTS - 1);
}

static void expect_oneAdded_costsTwoLookUps(void **state)
{
    scene *s = *state;
    add(s, "default/ConfigMap/new");
    for (int round = 0; round < 2; round++) {
        int unexpected = 0;
        gops_known_begin_look(&s->set);
        for (int i = 0; i < OBJECTS; i++) {
            unexpected += !take(s, key_of(i), 1);
            if (i == 100)
                unexpected += !take(s, "default/ConfigMap/new", 1);
        }
        assert_int_equal(unexpected, 2);
        assert_int_equal(s->set.seen_owned, OBJECTS + 1);
    }
}

static void unsettle_settled_isLookedAtAgain(void **state)
{
    scene *s = *state;
    gops_known_unsettle(&s->set, gops_known_find(&s->set, key_of(9)));
    assert_int_equal(list(s, 0, 1), 1);
    assert_int_equal(list(s, 0, 1), 0);
}

static void dropIfEmpty_listed_leavesTheOthersInPlace(void **state)
{
    scene *s = *state;
    for (int i = 50; i < 300; i++) {
        gops_known *known = gops_known_find(&s->set, key_of(i));
        gops_known_own(&s->set, known, 0);
        known->desired = 0;
        gops_known_drop_if_empty(&s->set, known);
        assert_null(gops_known_find(&s->set, key_of(i)));
    }
    gops_known_begin_look(&s->set);
    for (int i = 0; i < OBJECTS; i++)
        if (i < 50 || i >= 300)
            assert_int_equal(take(s, key_of(i), 1), 1);
    assert_int_equal(s->set.seen_owned, s->set.owned);
}

static void settle_notOwned_isNeverTakenByPlace(void **state)
{
    scene *s = *state;
    gops_known *known = gops_known_find(&s->set, key_of(3));
    gops_digest version = state_of(1);
    gops_known_unsettle(&s->set, known);
    gops_known_own(&s->set, known, 0);
    gops_known_settle(&s->set, known, &version, &version);
    assert_int_equal(list(s, 0, 1), 1);
    assert_int_equal(s->set.seen_owned, OBJECTS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(expect_sameOrder_everythingByPlace, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(expect_otherOrder_isLearntOnce, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(expect_otherVersion_isNotTakenForTheSame, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(expect_listedTwice_isMetOnce, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(expect_oneLeftOut_costsOneLookUp, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(expect_oneAdded_costsTwoLookUps, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(unsettle_settled_isLookedAtAgain, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(dropIfEmpty_listed_leavesTheOthersInPlace, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(settle_notOwned_isNeverTakenByPlace, open_scene,
                                        close_scene),
    };
    return cmocka_run_group_tests_name("roll", tests, NULL, NULL);
}
