/*
 * Every rule of the store, once in memory and once in a file; and both against each other.
 */
#include "script.h"

/* Begin of script_digest of {"v":1} and {"v":2}, as dumps show it. */
#define V1 "a806c24c"
#define V2 "0bfdb2df"

typedef struct fixture {
    gitops_context *context;
    gitops_store *store;
    char *directory, *path;
} fixture;

static int set_up_memory(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->context = support_context_new();
    assert_int_equal(gitops_store_new_memory(&f->store, f->context, NULL), 0);
    assert_int_equal(gops_store_acquire(f->store, NULL), 0);
    *state = f;
    return 0;
}

static int set_up_sqlite(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->context = support_context_new();
    f->directory = support_directory_new();
    f->path = script_path(f->directory, "state.db");
    f->store = script_open(f->context, f->path, 1);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    gitops_store_free(f->store);
    support_context_free(f->context);
    if (f->directory)
        support_directory_free(f->directory);
    free(f->path);
    free(f);
    return 0;
}

static gitops_store *of(void **state)
{
    return ((fixture *)*state)->store;
}

/* Asserts on what was sent for a key; expected NULL: nothing was. */
static void assert_sent(void **state, const char *key, const char *expected)
{
    gops_buffer sent;
    gops_buffer_init(&sent, ((fixture *)*state)->context, 0);
    int rc = gops_store_sent(of(state), "u", key, &sent, NULL, NULL);
    assert_int_equal(rc, expected ? 0 : GITOPS_ENOTFOUND);
    if (expected)
        assert_string_equal(sent.data, expected);
    gops_buffer_release(&sent);
}

static void assert_rows(void **state, const char *expected)
{
    int rc;
    char *dump = script_dump(of(state), "u", &rc);
    assert_int_equal(rc, 0);
    char *runs = strstr(dump, "run ");
    if (runs)
        *runs = '\0';
    assert_string_equal(dump, expected);
    free(dump);
}

/* Begins run 1 and makes the object "a" ours. */
static void own_a(void **state)
{
    assert_int_equal(script_write(of(state), "u", script_begin(1, "r1"),
                                  script_intent(1, "a", GITOPS_ACTION_CREATE, "{\"v\":1}"),
                                  script_outcome(1, "a", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE,
                                                 "{\"v\":1}")),
                     0);
}

static void load_unknownUnit_isEmpty(void **state)
{
    script_assert(of(state), "nobody", "last 0\n");
    assert_sent(state, "a", NULL);
}

static void acquire_heldLease_isLocked(void **state)
{
    gitops_error err;
    assert_int_equal(gops_store_acquire(of(state), &err), GITOPS_ELOCKED);
    assert_int_equal(err.code, GITOPS_ELOCKED);
    gops_store_release(of(state));
    assert_int_equal(gops_store_acquire(of(state), NULL), 0);
}

static void write_withoutLease_isLocked(void **state)
{
    gitops_error err;
    gops_store_record begin = script_begin(1, "r");
    gops_store_release(of(state));
    assert_int_equal(gops_store_write(of(state), "u", &begin, 1, &err), GITOPS_ELOCKED);
    assert_int_equal(err.code, GITOPS_ELOCKED);
    assert_int_equal(gops_store_bind(of(state), "u", "x", NULL), GITOPS_ELOCKED);
    gops_store_record note = script_note("n", "x", 1);
    assert_int_equal(gops_store_write(of(state), "u", &note, 1, NULL), GITOPS_ELOCKED);
    script_assert(of(state), "u", "last 0\n");
}

static void write_intent_isOpenUntilItsOutcome(void **state)
{
    assert_int_equal(script_write(of(state), "u", script_begin(1, "r1"),
                                  script_intent(1, "a", GITOPS_ACTION_CREATE, "{\"v\":1}")),
                     0);
    assert_rows(state, "?a " V1 " create\na! = {\"v\":1}\n");
    assert_sent(state, "a", "{\"v\":1}");
    assert_int_equal(script_write(of(state), "u",
                                  script_outcome(1, "a", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE,
                                                 "{\"v\":2}")),
                     0);
    assert_rows(state, "a " V2 " -\na = {\"v\":2}\n");
    assert_sent(state, "a", "{\"v\":2}");
}

static void write_doneUpdate_replacesTheRow(void **state)
{
    own_a(state);
    assert_int_equal(
        script_write(of(state), "u", script_intent(1, "a", GITOPS_ACTION_UPDATE, "{\"v\":2}")), 0);
    assert_rows(state, "a " V1 " update\na! = {\"v\":1}\n");
    assert_int_equal(script_write(of(state), "u",
                                  script_outcome(1, "a", GITOPS_ACTION_UPDATE, GITOPS_OUTCOME_DONE,
                                                 "{\"v\":2}")),
                     0);
    assert_rows(state, "a " V2 " -\na = {\"v\":2}\n");
}

static void write_doneDeleteAndForget_removeTheRow(void **state)
{
    static const int32_t actions[] = {GITOPS_ACTION_DELETE, GITOPS_ACTION_FORGET};
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t run = i + 1;
        assert_int_equal(
            script_write(of(state), "u", script_begin(run, "r"),
                         script_outcome(run, "a", GITOPS_ACTION_ADOPT, GITOPS_OUTCOME_DONE, "{}"),
                         script_intent(run, "a", actions[i], NULL)),
            0);
        assert_sent(state, "a", "{}");
        assert_int_equal(
            script_write(of(state), "u",
                         script_outcome(run, "a", actions[i], GITOPS_OUTCOME_DONE, NULL)),
            0);
        assert_rows(state, "");
    }
}

static void write_failedAndSkipped_keepTheRow(void **state)
{
    own_a(state);
    for (int32_t outcome = GITOPS_OUTCOME_FAILED; outcome <= GITOPS_OUTCOME_SKIPPED; outcome++) {
        assert_int_equal(script_write(of(state), "u",
                                      script_intent(1, "a", GITOPS_ACTION_UPDATE, "{}"),
                                      script_outcome(1, "a", GITOPS_ACTION_UPDATE, outcome, NULL)),
                         0);
        assert_rows(state, "a " V1 " -\na = {\"v\":1}\n");
    }
}

static void write_unknown_keepsTheIntent(void **state)
{
    own_a(state);
    assert_int_equal(
        script_write(of(state), "u", script_intent(1, "a", GITOPS_ACTION_DELETE, NULL),
                     script_outcome(1, "a", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_UNKNOWN, NULL)),
        0);
    assert_rows(state, "a " V1 " delete\na! = {\"v\":1}\n");
}

static void write_doneNone_setsTheRowWithoutHistory(void **state)
{
    assert_int_equal(
        script_write(of(state), "u", script_begin(1, "r1"),
                     script_outcome(1, "a", GITOPS_ACTION_NONE, GITOPS_OUTCOME_DONE, "{\"v\":1}"),
                     script_end(1, GITOPS_OUTCOME_DONE)),
        0);
    script_assert(of(state), "u",
                  "a " V1 " -\na = {\"v\":1}\nrun 1 r1 plan done 1000-1005\nlast 1\n");
}

static void write_rowWithoutDocument_hasNothingSent(void **state)
{
    assert_int_equal(
        script_write(of(state), "u", script_begin(1, "r1"),
                     script_outcome(1, "a", GITOPS_ACTION_ADOPT, GITOPS_OUTCOME_DONE, NULL)),
        0);
    assert_rows(state, "a 00000000 - adopted\na = \n");
    assert_sent(state, "a", NULL);
}

static void write_failureInALaterRun_keepsTheOlderIntent(void **state)
{
    own_a(state);
    assert_int_equal(
        script_write(of(state), "u", script_intent(1, "a", GITOPS_ACTION_UPDATE, "{}"),
                     script_begin(2, "r2"),
                     script_outcome(2, "a", GITOPS_ACTION_UPDATE, GITOPS_OUTCOME_SKIPPED, NULL)),
        0);
    assert_rows(state, "a " V1 " update\na! = {\"v\":1}\n");
}

static void write_updateOfAClaim_makesItARow(void **state)
{
    assert_int_equal(script_write(of(state), "u", script_begin(1, "r1"),
                                  script_intent(1, "a", GITOPS_ACTION_CREATE, "{\"v\":1}"),
                                  script_begin(2, "r2"),
                                  script_intent(2, "a", GITOPS_ACTION_UPDATE, "{\"v\":2}")),
                     0);
    assert_rows(state, "a " V1 " update\na! = {\"v\":1}\n");
    assert_int_equal(
        script_write(of(state), "u",
                     script_outcome(2, "a", GITOPS_ACTION_UPDATE, GITOPS_OUTCOME_FAILED, NULL)),
        0);
    assert_rows(state, "a " V1 " -\na = {\"v\":1}\n");
}

static void write_createAfterAClaim_replacesIt(void **state)
{
    assert_int_equal(script_write(of(state), "u", script_begin(1, "r1"),
                                  script_intent(1, "a", GITOPS_ACTION_CREATE, "{\"v\":1}"),
                                  script_begin(2, "r2"),
                                  script_intent(2, "a", GITOPS_ACTION_CREATE, "{\"v\":2}")),
                     0);
    assert_rows(state, "?a " V2 " create\na! = {\"v\":2}\n");
    assert_int_equal(
        script_write(of(state), "u",
                     script_outcome(2, "a", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_FAILED, NULL)),
        0);
    assert_rows(state, "");
}

static void write_adopted_isKeptWithTheRowAndTheClaim(void **state)
{
    int adopted = 0;
    gops_buffer sent;
    assert_int_equal(script_write(of(state), "u", script_begin(1, "r1"),
                                  script_intent(1, "a", GITOPS_ACTION_ADOPT, "{\"v\":1}")),
                     0);
    assert_rows(state, "?a " V1 " adopt adopted\na! = {\"v\":1}\n");
    gops_buffer_init(&sent, ((fixture *)*state)->context, 0);
    assert_int_equal(gops_store_sent(of(state), "u", "a", &sent, &adopted, NULL), 0);
    assert_int_equal(adopted, 1);
    assert_int_equal(script_write(of(state), "u", script_begin(2, "r2"),
                                  script_intent(2, "a", GITOPS_ACTION_UPDATE, "{\"v\":2}")),
                     0);
    assert_rows(state, "a " V1 " update adopted\na! = {\"v\":1}\n");
    gitops_inventory *inventory;
    assert_int_equal(gitops_inventory_read(&inventory, of(state), "u", NULL), 0);
    assert_int_equal(gitops_inventory_owned(inventory, 0), 1);
    assert_int_equal(gitops_inventory_adopted(inventory, 0), 1);
    assert_int_equal(gitops_inventory_adopted(inventory, 1), 0);
    gitops_inventory_free(inventory);
    assert_int_equal(script_write(of(state), "u",
                                  script_outcome(2, "a", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE,
                                                 "{\"v\":1}")),
                     0);
    assert_rows(state, "a " V1 " -\na = {\"v\":1}\n");
    assert_int_equal(gops_store_sent(of(state), "u", "a", &sent, &adopted, NULL), 0);
    assert_int_equal(adopted, 0);
    gops_buffer_release(&sent);
}

static void inventory_claim_isNotOwned(void **state)
{
    gitops_inventory *inventory;
    assert_int_equal(script_write(of(state), "u", script_begin(1, "r1"),
                                  script_intent(1, "a", GITOPS_ACTION_CREATE, "{}")),
                     0);
    assert_int_equal(gitops_inventory_read(&inventory, of(state), "u", NULL), 0);
    assert_int_equal(gitops_inventory_count(inventory), 1);
    assert_int_equal(gitops_inventory_owned(inventory, 0), 0);
    assert_int_equal(gitops_inventory_owned(inventory, 1), 0);
    gitops_inventory_free(inventory);
}

static void load_keysOfAnyBytes_areSortedByBytes(void **state)
{
    static const char *const keys[] = {"b", "\xFF\xFE", "a/b", "a", "\xC3\xA9", "\x01", "ab"};
    gops_store_record records[8] = {script_begin(1, "r")};
    for (size_t i = 0; i < 7; i++)
        records[i + 1] = script_outcome(1, keys[i], GITOPS_ACTION_NONE, GITOPS_OUTCOME_DONE, "{}");
    assert_int_equal(gops_store_write(of(state), "u", records, 8, NULL), 0);
    gitops_inventory *inventory;
    static const char *const sorted[] = {"\x01", "a", "a/b", "ab", "b", "\xC3\xA9", "\xFF\xFE"};
    assert_int_equal(gitops_inventory_read(&inventory, of(state), "u", NULL), 0);
    assert_int_equal(gitops_inventory_count(inventory), 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(gitops_inventory_key(inventory, i), sorted[i]);
    gitops_inventory_free(inventory);
}

static int stop_at_second(const gops_store_row *row, void *user_data)
{
    (void)row;
    return ++*(int *)user_data == 2 ? 42 : 0;
}

static void load_callbackStops_givesItsResult(void **state)
{
    int calls = 0;
    assert_int_equal(
        script_write(of(state), "u", script_begin(1, "r"),
                     script_outcome(1, "a", GITOPS_ACTION_NONE, GITOPS_OUTCOME_DONE, "{}"),
                     script_outcome(1, "b", GITOPS_ACTION_NONE, GITOPS_OUTCOME_DONE, "{}"),
                     script_outcome(1, "c", GITOPS_ACTION_NONE, GITOPS_OUTCOME_DONE, "{}")),
        0);
    assert_int_equal(gops_store_load(of(state), "u", stop_at_second, &calls, NULL), 42);
    assert_int_equal(calls, 2);
    assert_sent(state, "c", "{}"); /* the store is usable after it */
}

static void assert_fingerprint(void **state, const char *unit, const char *expected)
{
    gops_buffer text;
    gops_buffer_init(&text, ((fixture *)*state)->context, 0);
    assert_int_equal(gops_store_fingerprint(of(state), unit, &text, NULL), 0);
    assert_string_equal(text.data, expected);
    gops_buffer_release(&text);
}

static void bind_unit_isRememberedForThatUnit(void **state)
{
    assert_fingerprint(state, "u", "");
    assert_int_equal(gops_store_bind(of(state), "u", "cluster \xFF 1", NULL), 0);
    assert_fingerprint(state, "u", "cluster \xFF 1");
    assert_fingerprint(state, "v", "");
    own_a(state);
    assert_int_equal(gops_store_bind(of(state), "u", "cluster 2", NULL), 0);
    assert_fingerprint(state, "u", "cluster 2");
    assert_rows(state, "a " V1 " -\na = {\"v\":1}\n");
}

static void history_runs_areNewestFirstWithTheirOperations(void **state)
{
    own_a(state);
    assert_int_equal(
        script_write(of(state), "u",
                     script_outcome(1, "z", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_FAILED, NULL),
                     script_end(1, GITOPS_OUTCOME_FAILED), script_begin(2, "r2"),
                     script_begin(5, "r5"),
                     script_outcome(5, "b", GITOPS_ACTION_REPLACE, GITOPS_OUTCOME_UNKNOWN, NULL),
                     script_outcome(5, "a", GITOPS_ACTION_FORGET, GITOPS_OUTCOME_SKIPPED, NULL)),
        0);
    const char *expected = "a " V1 " -\n"
                           "a = {\"v\":1}\n"
                           "run 5 r5 plan running 5000-0\n"
                           "  replace b unknown\n"
                           "  forget a skipped\n"
                           "run 2 r2 plan interrupted 2000-0\n"
                           "run 1 r1 plan failed 1000-1005\n"
                           "  create a done\n"
                           "  delete z failed: it broke\n"
                           "last 5\n";
    script_assert(of(state), "u", expected);
    gops_store_release(of(state));
    gitops_history *history;
    assert_int_equal(gitops_history_read(&history, of(state), "u", 2, NULL), 0);
    assert_int_equal(gitops_history_count(history), 2);
    assert_string_equal(gitops_history_result(history, 0), "interrupted");
    gitops_history_free(history);
}

static void history_operations_areInTheOrderOfThePlan(void **state)
{
    static const char *const keys[] = {"b", "c", "a"};
    static const uint64_t places[] = {2, 3, 1};
    gops_store_record records[4] = {script_begin(1, "r")};
    records[0].approved = 1;
    for (size_t i = 0; i < 3; i++) {
        records[i + 1] =
            script_outcome(1, keys[i], GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE, "{}");
        records[i + 1].place = places[i];
    }
    assert_int_equal(gops_store_write(of(state), "u", records, 4, NULL), 0);
    gitops_history *history;
    assert_int_equal(gitops_history_read(&history, of(state), "u", 0, NULL), 0);
    assert_int_equal(gitops_history_approved(history, 0), 1);
    assert_int_equal(gitops_history_approved(history, 1), 0);
    assert_string_equal(gitops_history_key(history, 0, 0), "a");
    assert_string_equal(gitops_history_key(history, 0, 1), "b");
    assert_string_equal(gitops_history_key(history, 0, 2), "c");
    gitops_history_free(history);
}

static void history_lateOutcomeOfAnOlderRun_isRecordedThere(void **state)
{
    own_a(state);
    assert_int_equal(
        script_write(of(state), "u", script_begin(2, "r2"),
                     script_outcome(2, "b", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE, "{}"),
                     script_outcome(1, "c", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_UNKNOWN, NULL),
                     script_outcome(2, "d", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_UNKNOWN, NULL)),
        0);
    gitops_history *history;
    assert_int_equal(gitops_history_read(&history, of(state), "u", 0, NULL), 0);
    assert_int_equal(gitops_history_operations(history, 0), 2);
    assert_string_equal(gitops_history_key(history, 0, 1), "d");
    assert_int_equal(gitops_history_operations(history, 1), 2);
    assert_string_equal(gitops_history_key(history, 1, 1), "c");
    gitops_history_free(history);
}

/* Writes a run that begins at a time and updates "a". */
static void write_run(void **state, uint64_t run, int64_t unix_ms)
{
    gops_store_record begin = script_begin(run, "r");
    begin.unix_ms = unix_ms;
    assert_int_equal(
        script_write(of(state), "u", begin,
                     script_outcome(run, "a", GITOPS_ACTION_UPDATE, GITOPS_OUTCOME_DONE, "{}"),
                     script_end(run, GITOPS_OUTCOME_DONE)),
        0);
}

/* Asserts on the numbers of the newest and the oldest run. */
static void assert_runs(void **state, size_t count, uint64_t newest, uint64_t oldest)
{
    gitops_history *history;
    assert_int_equal(gitops_history_read(&history, of(state), "u", 1000, NULL), 0);
    assert_int_equal(gitops_history_count(history), count);
    assert_int_equal(gitops_history_number(history, 0), newest);
    assert_int_equal(gitops_history_number(history, count - 1), oldest);
    assert_int_equal(gitops_history_operations(history, count - 1), 1);
    gitops_history_free(history);
}

static void history_manyRuns_keepsTheLastHundred(void **state)
{
    for (uint64_t run = 1; run <= 105; run++)
        write_run(state, run, (int64_t)run * GOPS_DAY_MS);
    assert_runs(state, 100, 105, 6);
}

static void history_manyRunsInADay_keepsThemAll(void **state)
{
    for (uint64_t run = 1; run <= 120; run++)
        write_run(state, run, (int64_t)run);
    assert_runs(state, 120, 120, 1);
    write_run(state, 121, 10 + GOPS_DAY_MS); /* the first nine are older than a day */
    assert_runs(state, 112, 121, 10);
    write_run(state, 122, 20); /* a clock that was put back makes nothing old */
    assert_runs(state, 113, 122, 10);
}

/* Asserts on what was deleted and replaced since the begin of a run of script_begin. */
static void assert_changes(void **state, uint64_t since_run, uint64_t deletes, uint64_t replaces)
{
    uint64_t deleted, replaced;
    assert_int_equal(gops_store_changes_since(of(state), "u", (int64_t)since_run * 1000, &deleted,
                                              &replaced, NULL),
                     0);
    assert_int_equal(deleted, deletes);
    assert_int_equal(replaced, replaces);
}

static void changesSince_intents_countUntilTheyCameToNothing(void **state)
{
    gops_store_record hook = script_intent(1, "hook", GITOPS_ACTION_DELETE, NULL);
    hook.exempt = 1;
    assert_changes(state, 0, 0, 0);
    assert_int_equal(script_write(of(state), "u", script_begin(1, "r"),
                                  script_intent(1, "a", GITOPS_ACTION_DELETE, NULL),
                                  script_intent(1, "b", GITOPS_ACTION_DELETE, NULL),
                                  script_intent(1, "c", GITOPS_ACTION_DELETE, NULL),
                                  script_intent(1, "d", GITOPS_ACTION_REPLACE, "{}"),
                                  script_intent(1, "e", GITOPS_ACTION_REPLACE, "{}"),
                                  script_intent(1, "f", GITOPS_ACTION_UPDATE, "{}"), hook),
                     0);
    assert_changes(state, 0, 3, 2);
    assert_int_equal(
        script_write(of(state), "u",
                     script_outcome(1, "a", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_DONE, NULL),
                     script_outcome(1, "b", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_UNKNOWN, NULL),
                     script_outcome(1, "c", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_FAILED, NULL),
                     script_outcome(1, "d", GITOPS_ACTION_REPLACE, GITOPS_OUTCOME_FAILED, NULL),
                     script_outcome(1, "e", GITOPS_ACTION_REPLACE, GITOPS_OUTCOME_SKIPPED, NULL),
                     script_outcome(1, "hook", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_FAILED, NULL)),
        0);
    assert_changes(state, 0, 2, 1);
}

static void changesSince_intentAgain_countsOnce(void **state)
{
    assert_int_equal(script_write(of(state), "u", script_begin(1, "r"),
                                  script_intent(1, "a", GITOPS_ACTION_DELETE, NULL)),
                     0);
    assert_int_equal(script_write(of(state), "u", script_begin(2, "r"),
                                  script_intent(2, "a", GITOPS_ACTION_DELETE, NULL)),
                     0);
    assert_changes(state, 0, 1, 0);
    assert_changes(state, 2, 1, 0);
    assert_int_equal(script_write(of(state), "u", script_begin(3, "r"),
                                  script_intent(3, "a", GITOPS_ACTION_CREATE, "{}")),
                     0);
    assert_changes(state, 0, 1, 0); /* it is made again because it was deleted */
}

static void changesSince_olderRuns_doNotCount(void **state)
{
    for (uint64_t run = 1; run <= 3; run++)
        assert_int_equal(
            script_write(of(state), "u", script_begin(run, "r"),
                         script_intent(run, "a", GITOPS_ACTION_DELETE, NULL),
                         script_outcome(run, "a", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_DONE, NULL),
                         script_end(run, GITOPS_OUTCOME_DONE)),
            0);
    assert_changes(state, 0, 3, 0);
    assert_changes(state, 2, 2, 0);
    assert_changes(state, 4, 0, 0);
}

static void history_outOfRange_givesNothing(void **state)
{
    gitops_history *history;
    gitops_inventory *inventory;
    size_t length = 7;
    own_a(state);
    assert_int_equal(gitops_history_read(&history, of(state), "u", 0, NULL), 0);
    assert_int_equal(gitops_inventory_read(&inventory, of(state), "u", NULL), 0);
    assert_null(gitops_history_revision(history, 1));
    assert_null(gitops_history_digest(history, 1));
    assert_null(gitops_history_result(history, 1));
    assert_int_equal(gitops_history_number(history, 1), 0);
    assert_int_equal(gitops_history_operations(history, 1), 0);
    assert_null(gitops_history_key(history, 0, 1));
    assert_null(gitops_history_action(history, 0, 1));
    assert_null(gitops_history_outcome(history, 1, 0));
    assert_null(gitops_history_error(history, 0, 0));
    assert_null(gitops_inventory_key(inventory, 1));
    assert_null(gitops_inventory_sent(inventory, 1, &length));
    assert_int_equal(length, 0);
    assert_int_equal(gitops_inventory_open_intent(inventory, 1), 0);
    gitops_history_free(history);
    gitops_inventory_free(inventory);
    gitops_history_free(NULL);
    gitops_inventory_free(NULL);
    gitops_store_free(NULL);
    assert_int_equal(gitops_history_read(&history, of(state), NULL, 0, NULL), GITOPS_EINVAL);
    assert_int_equal(gitops_inventory_read(NULL, of(state), "u", NULL), GITOPS_EINVAL);
}

static void write_runNotBegun_recordsNothing(void **state)
{
    gops_store_record records[] = {
        script_begin(1, "r1"),
        script_outcome(1, "a", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE, "{}"),
        script_outcome(2, "b", GITOPS_ACTION_CREATE, GITOPS_OUTCOME_DONE, "{}")};
    gitops_error err;
    assert_int_equal(gops_store_write(of(state), "u", records, 3, &err), GITOPS_ESTATE);
    assert_string_equal(err.where, "u");
    script_assert(of(state), "u", "last 0\n");
    own_a(state);
    assert_int_equal(script_write(of(state), "u", script_begin(1, "again")), GITOPS_ESTATE);
    assert_int_equal(script_write(of(state), "u", script_begin(0, "again")), GITOPS_ESTATE);
    assert_int_equal(script_write(of(state), "u", script_end(0, GITOPS_OUTCOME_DONE)),
                     GITOPS_ESTATE);
}

static void write_badRecord_isRefused(void **state)
{
    gops_store_record nameless = script_intent(1, NULL, GITOPS_ACTION_CREATE, "{}");
    gops_store_record strange = {.kind = (gops_record_kind)77};
    assert_int_equal(script_write(of(state), "u", nameless), GITOPS_EINVAL);
    assert_int_equal(script_write(of(state), "u", strange), GITOPS_EINVAL);
}

static void write_failedGroup_leavesEverythingAsItWas(void **state)
{
    own_a(state);
    int rc;
    char *before = script_dump(of(state), "u", &rc);
    assert_int_equal(
        script_write(of(state), "u", script_intent(1, "a", GITOPS_ACTION_UPDATE, "{}"),
                     script_outcome(1, "a", GITOPS_ACTION_UPDATE, GITOPS_OUTCOME_DONE, "{}"),
                     script_intent(1, "a", GITOPS_ACTION_DELETE, "{\"x\":0}"),
                     script_outcome(1, "a", GITOPS_ACTION_DELETE, GITOPS_OUTCOME_DONE, NULL),
                     script_intent(1, "n", GITOPS_ACTION_CREATE, "{}"),
                     script_end(1, GITOPS_OUTCOME_FAILED), script_begin(2, "r2"),
                     script_intent(2, "n", GITOPS_ACTION_UPDATE, "{}"),
                     script_end(9, GITOPS_OUTCOME_DONE)),
        GITOPS_ESTATE);
    script_assert(of(state), "u", before);
    assert_int_equal(script_write(of(state), "u", script_begin(2, "r2")), 0);
    free(before);
}

static void write_units_areSeparate(void **state)
{
    own_a(state);
    assert_int_equal(
        script_write(of(state), "v", script_begin(1, "other"),
                     script_outcome(1, "a", GITOPS_ACTION_FORGET, GITOPS_OUTCOME_DONE, NULL)),
        0);
    assert_rows(state, "a " V1 " -\na = {\"v\":1}\n");
    script_assert(of(state), "v", "run 1 other plan running 1000-0\n  forget a done\nlast 1\n");
}

/* Asserts on one note; expected NULL: there is none. */
static void assert_note(void **state, const char *name, const char *expected, int64_t unix_ms)
{
    gops_buffer value;
    gitops_error err = {0};
    int64_t when = -1;
    gops_buffer_init(&value, ((fixture *)*state)->context, 0);
    int rc = gops_store_note(of(state), "u", name, &value, &when, &err);
    assert_int_equal(rc, expected ? 0 : GITOPS_ENOTFOUND);
    if (expected) {
        assert_string_equal(value.data, expected);
        assert_int_equal(when, unix_ms);
    } else {
        assert_string_equal(err.where, name);
    }
    gops_buffer_release(&value);
}

static void note_written_isReadUntilItIsDropped(void **state)
{
    assert_note(state, "suspend", NULL, 0);
    assert_int_equal(script_write(of(state), "u", script_note("suspend", "by me", 5)), 0);
    assert_note(state, "suspend", "by me", 5);
    assert_int_equal(script_write(of(state), "u", script_note("suspend", "", 6)), 0);
    assert_note(state, "suspend", "", 6);
    assert_int_equal(script_write(of(state), "u", script_note("suspend", NULL, 0)), 0);
    assert_note(state, "suspend", NULL, 0);
    assert_int_equal(script_write(of(state), "u", script_note("suspend", NULL, 0)), 0);
    script_assert(of(state), "u", "last 0\n");
}

static int join_names(const gops_note *note, void *user_data)
{
    strcat(strcat(user_data, note->name), " ");
    return strcmp(note->name, "hook/stop") == 0 ? 42 : 0;
}

static void notes_prefix_givesThoseInOrder(void **state)
{
    char names[100] = "";
    assert_int_equal(script_write(of(state), "u", script_note("hook/b", "1", 1),
                                  script_note("pin", "2", 2), script_note("hook/a", "3", 3),
                                  script_note("hook", "4", 4)),
                     0);
    assert_int_equal(gops_store_notes(of(state), "u", "hook/", join_names, names, NULL), 0);
    assert_string_equal(names, "hook/a hook/b ");
    names[0] = '\0';
    assert_int_equal(script_write(of(state), "u", script_note("hook/stop", "", 1),
                                  script_note("hook/then", "", 1)),
                     0);
    assert_int_equal(gops_store_notes(of(state), "u", "", join_names, names, NULL), 42);
    assert_string_equal(names, "hook hook/a hook/b hook/stop ");
    assert_int_equal(gops_store_notes(of(state), "nobody", "", join_names, names, NULL), 0);
}

static void note_anyBytes_areKept(void **state)
{
    gops_buffer value;
    gops_store_record note = script_note("\xFF/\xC3\xA9", "a\0b", 1);
    note.document_length = 3;
    assert_int_equal(gops_store_write(of(state), "u", &note, 1, NULL), 0);
    gops_buffer_init(&value, ((fixture *)*state)->context, 0);
    assert_int_equal(gops_store_note(of(state), "u", note.key, &value, NULL, NULL), 0);
    assert_int_equal(value.length, 3);
    assert_memory_equal(value.data, "a\0b", 3);
    gops_buffer_release(&value);
}

static void note_nameOrValueOutOfBounds_isRefused(void **state)
{
    char *text = calloc(1, GOPS_NOTE_VALUE_MAX + 2);
    memset(text, 'x', GOPS_NOTE_VALUE_MAX + 1);
    assert_int_equal(script_write(of(state), "u", script_note("", "x", 1)), GITOPS_EINVAL);
    assert_int_equal(script_write(of(state), "u", script_note("n", text, 1)), GITOPS_ELIMIT);
    text[GOPS_NOTE_VALUE_MAX] = '\0';
    assert_int_equal(script_write(of(state), "u", script_note("n", text, 1)), 0);
    text[GOPS_NOTE_NAME_MAX + 1] = '\0';
    assert_int_equal(script_write(of(state), "u", script_note(text, "x", 1)), GITOPS_EINVAL);
    text[GOPS_NOTE_NAME_MAX] = '\0';
    assert_int_equal(script_write(of(state), "u", script_note(text, "x", 1)), 0);
    assert_note(state, text, "x", 1);
    free(text);
}

static void notes_failedGroup_areAsTheyWere(void **state)
{
    assert_int_equal(script_write(of(state), "u", script_note("a", "1", 1),
                                  script_note("b", "2", 2)),
                     0);
    assert_int_equal(script_write(of(state), "u", script_note("a", "3", 3),
                                  script_note("a", "4", 4), script_note("b", NULL, 0),
                                  script_note("c", "5", 5), script_end(9, GITOPS_OUTCOME_DONE)),
                     GITOPS_ESTATE);
    script_assert(of(state), "u", "last 0\nnote a = 1 at 1\nnote b = 2 at 2\n");
}

static void writeNotes_withoutLease_works(void **state)
{
    gops_store_record records[] = {script_note("approval/x", "me", 1), script_begin(1, "r")};
    gops_store_release(of(state));
    assert_int_equal(gops_store_write_notes(of(state), "u", records, 1, NULL), 0);
    assert_note(state, "approval/x", "me", 1);
    assert_int_equal(gops_store_write_notes(of(state), "u", records, 2, NULL), GITOPS_EINVAL);
    script_assert(of(state), "u", "last 0\nnote approval/x = me at 1\n");
}

static int join_units(const char *unit, void *user_data)
{
    strcat(strcat(user_data, unit), " ");
    return strcmp(unit, "u") == 0 ? 42 : 0;
}

static void units_areTold_sorted(void **state)
{
    char names[32] = "";
    assert_int_equal(gitops_store_units(of(state), join_units, names, NULL), 0);
    assert_int_equal(script_write(of(state), "b", script_begin(1, "r")), 0);
    assert_int_equal(script_write(of(state), "c", script_note("n", "", 1)), 0);
    assert_int_equal(script_write(of(state), "a", script_begin(1, "r")), 0);
    assert_int_equal(gitops_store_units(of(state), join_units, names, NULL), 0);
    assert_string_equal(names, "a b c ");
    own_a(state);
    assert_int_equal(script_write(of(state), "v", script_begin(1, "r")), 0);
    names[0] = '\0';
    assert_int_equal(gitops_store_units(of(state), join_units, names, NULL), 42);
    assert_string_equal(names, "a b c u ");
    assert_int_equal(gitops_store_units(of(state), NULL, NULL, NULL), GITOPS_EINVAL);
}

static void ref_secondHold_keepsTheStore(void **state)
{
    fixture *f = *state;
    gitops_store *second = gops_store_ref(f->store);
    gitops_store_free(f->store);
    f->store = second;
    own_a(state);
    assert_rows(state, "a " V1 " -\na = {\"v\":1}\n");
}

/* The two stores are told the same and must hold the same, after every group. */
static void write_randomScripts_memoryEqualsSqlite(void **state)
{
    fixture *f = *state;
    gitops_store *memory;
    assert_int_equal(gitops_store_new_memory(&memory, f->context, NULL), 0);
    assert_int_equal(gops_store_acquire(memory, NULL), 0);
    uint64_t random_a = 1, random_b = 1, run_a = 0, run_b = 0;
    for (int i = 0; i < 300; i++) {
        int rc = script_random_group(memory, "u", &random_a, &run_a), dumped;
        assert_int_equal(script_random_group(f->store, "u", &random_b, &run_b), rc);
        char *expected = script_dump(memory, "u", &dumped);
        script_assert(f->store, "u", expected);
        free(expected);
    }
    gitops_store_free(memory);
}

/* A write that fails for want of memory leaves what was there; then the same write works. */
static void write_body(gitops_context *context, void *data)
{
    gitops_store *store = NULL;
    if (data)
        script_remove(data);
    int rc = data ? script_try_open(&store, context, data, 1, 0, NULL)
                  : gitops_store_new_memory(&store, context, NULL);
    if (rc == 0)
        rc = gops_store_acquire(store, NULL);
    if (rc == 0)
        rc = gops_store_bind(store, "u", "target", NULL);
    uint64_t random = 7, run = 0;
    if (rc == 0)
        rc = gops_store_last_run(store, "u", &run, NULL, NULL);
    for (int i = 0; i < 8 && rc == 0; i++) {
        int dumped, after;
        uint64_t again = random;
        char *before = script_dump(store, "u", &dumped);
        rc = script_random_group(store, "u", &random, &run);
        char *now = script_dump(store, "u", &after);
        if (rc < 0 && before && now)
            assert_string_equal(now, before);
        if (rc == GITOPS_ENOMEM)
            rc = script_random_group(store, "u", &again, &run);
        assert_true(rc == 0 || rc == GITOPS_ESTATE || rc == GITOPS_ENOMEM);
        rc = rc == GITOPS_ESTATE ? 0 : rc;
        free(before);
        free(now);
    }
    assert_true(rc == 0 || rc == GITOPS_ENOMEM);
    gitops_store_free(store);
}

static void write_everyAllocationFails_leavesNothing(void **state)
{
    fixture *f = *state;
    gops_store_release(f->store); /* the body opens the file by itself */
    support_fail_every_allocation(write_body, f->path);
}

#define BOTH(test)                                                                                 \
    {#test " (memory)", test, set_up_memory, tear_down, NULL},                                     \
    {                                                                                              \
#test " (sqlite)", test, set_up_sqlite, tear_down, NULL                                    \
    }

int main(void)
{
    script_use_memory();
    const struct CMUnitTest tests[] = {
        BOTH(load_unknownUnit_isEmpty),
        BOTH(acquire_heldLease_isLocked),
        BOTH(write_withoutLease_isLocked),
        BOTH(write_intent_isOpenUntilItsOutcome),
        BOTH(write_doneUpdate_replacesTheRow),
        BOTH(write_doneDeleteAndForget_removeTheRow),
        BOTH(write_failedAndSkipped_keepTheRow),
        BOTH(write_unknown_keepsTheIntent),
        BOTH(write_doneNone_setsTheRowWithoutHistory),
        BOTH(write_rowWithoutDocument_hasNothingSent),
        BOTH(write_failureInALaterRun_keepsTheOlderIntent),
        BOTH(write_updateOfAClaim_makesItARow),
        BOTH(write_createAfterAClaim_replacesIt),
        BOTH(write_adopted_isKeptWithTheRowAndTheClaim),
        BOTH(inventory_claim_isNotOwned),
        BOTH(load_keysOfAnyBytes_areSortedByBytes),
        BOTH(load_callbackStops_givesItsResult),
        BOTH(bind_unit_isRememberedForThatUnit),
        BOTH(history_runs_areNewestFirstWithTheirOperations),
        BOTH(history_operations_areInTheOrderOfThePlan),
        BOTH(history_lateOutcomeOfAnOlderRun_isRecordedThere),
        BOTH(history_manyRuns_keepsTheLastHundred),
        BOTH(history_manyRunsInADay_keepsThemAll),
        BOTH(changesSince_intents_countUntilTheyCameToNothing),
        BOTH(changesSince_intentAgain_countsOnce),
        BOTH(changesSince_olderRuns_doNotCount),
        BOTH(history_outOfRange_givesNothing),
        BOTH(write_runNotBegun_recordsNothing),
        BOTH(write_badRecord_isRefused),
        BOTH(write_failedGroup_leavesEverythingAsItWas),
        BOTH(write_units_areSeparate),
        BOTH(note_written_isReadUntilItIsDropped),
        BOTH(notes_prefix_givesThoseInOrder),
        BOTH(note_anyBytes_areKept),
        BOTH(note_nameOrValueOutOfBounds_isRefused),
        BOTH(notes_failedGroup_areAsTheyWere),
        BOTH(writeNotes_withoutLease_works),
        BOTH(units_areTold_sorted),
        BOTH(ref_secondHold_keepsTheStore),
        BOTH(write_randomScripts_memoryEqualsSqlite),
        BOTH(write_everyAllocationFails_leavesNothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
