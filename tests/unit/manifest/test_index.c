/* The persistent index against a sorted array, and its digest against its history. */
#include "support.h"

#include <stdio.h>

#include "manifest/contents.h"
#include "manifest/index.h"

enum { KEYS = 400 };

static gops_file *make_file(gitops_context *context, const char *key, int version)
{
    gops_object object;
    gops_blob_id id;
    memset(&object, 0, sizeof object);
    memset(&id, 0, sizeof id);
    snprintf((char *)id.bytes, sizeof id.bytes, "%.20s.%d", key, version);
    object.key = key;
    object.digest = gops_hash128((uint64_t)version, key, strlen(key));
    gops_pool pool;
    gops_pool_init(&pool, context, 0);
    gops_blob *blob =
        gops_blob_new(&pool, &(gops_blob_parts){.id = &id, .objects = &object, .count = 1});
    gops_file *file = blob ? gops_file_new(&pool, blob, key) : NULL;
    gops_blob_drop(blob);
    gops_pool_release(&pool);
    return file;
}

static int insert(gitops_context *context, gops_node **index, const char *key, int version)
{
    gops_node *next;
    gops_file *file = make_file(context, key, version);
    if (!file)
        return GITOPS_ENOMEM;
    gops_item item = {file, 0, 0};
    int rc = gops_index_insert(context, *index, &item, &next);
    gops_file_drop(file);
    if (rc == 0) {
        gops_index_drop(*index);
        *index = next;
    }
    return rc;
}

static int remove_key(gitops_context *context, gops_node **index, const char *key)
{
    gops_node *next;
    int rc = gops_index_remove(context, *index, key, &next);
    if (rc == 0) {
        gops_index_drop(*index);
        *index = next;
    }
    return rc;
}

static const char *key_of(int i)
{
    static char keys[8][32];
    static int turn;
    char *key = keys[turn++ % 8];
    snprintf(key, sizeof keys[0], "_/A/%04d", i);
    return key;
}

static gops_node *build(gitops_context *context, int from, int to)
{
    gops_item items[KEYS] = {{NULL, 0, 0}};
    gops_node *index;
    size_t count = 0;
    for (int i = from; i < to; i++)
        items[count++] = (gops_item){make_file(context, key_of(i), 1), 0, 0};
    assert_int_equal(gops_index_build(context, items, count, &index), 0);
    for (size_t i = 0; i < count; i++)
        gops_file_drop(items[i].file);
    return index;
}

static int digest_same(const gops_node *a, const gops_node *b)
{
    gops_digest x = gops_index_digest(a), y = gops_index_digest(b);
    return gops_digest_equal(&x, &y);
}

static void index_anyHistory_sameTree(void **state)
{
    gitops_context *context = support_context_new();
    gops_node *built = build(context, 0, KEYS), *grown = NULL;
    (void)state;
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(insert(context, &grown, key_of(i * 7 % KEYS), 1), 0);
    assert_true(digest_same(built, grown));
    assert_int_equal(gops_index_count(grown), KEYS);
    for (int i = 0; i < KEYS; i++) {
        size_t rank;
        const gops_item *item = gops_index_at(grown, (size_t)i);
        assert_string_equal(gops_item_object(item)->key, key_of(i));
        assert_ptr_equal(gops_index_find(grown, key_of(i), &rank), item);
        assert_int_equal(rank, i);
    }
    assert_null(gops_index_at(grown, KEYS));
    assert_null(gops_index_find(grown, "_/A/none", NULL));
    for (int i = 1; i < KEYS; i += 2)
        assert_int_equal(remove_key(context, &grown, key_of(i)), 0);
    assert_int_equal(remove_key(context, &grown, key_of(1)), GITOPS_ENOTFOUND);
    for (int i = KEYS - 1; i > 0; i -= 2)
        assert_int_equal(insert(context, &grown, key_of(i), 1), 0);
    assert_true(digest_same(built, grown));
    gops_index_drop(built);
    gops_index_drop(grown);
    support_context_free(context);
}

static void index_update_leavesOldOne(void **state)
{
    gitops_context *context = support_context_new();
    gops_node *old = build(context, 0, 50), *index = gops_index_ref(old);
    gops_digest before = gops_index_digest(old);
    (void)state;
    assert_int_equal(remove_key(context, &index, key_of(25)), 0);
    assert_int_equal(insert(context, &index, key_of(100), 1), 0);
    gops_digest after = gops_index_digest(old);
    assert_true(gops_digest_equal(&before, &after));
    assert_non_null(gops_index_find(old, key_of(25), NULL));
    assert_null(gops_index_find(index, key_of(25), NULL));
    gops_index_drop(old);
    gops_index_drop(index);
    support_context_free(context);
}

/* Writes differences as "+key -key ~key ". */
static int note(const gops_item *before, const gops_item *after, void *user_data)
{
    char *text = user_data;
    const char *key = gops_item_object(after ? after : before)->key;
    snprintf(text + strlen(text), 400 - strlen(text), "%c%s ",
             !before ? '+' : after ? '~' : '-', key + 4);
    return 0;
}

static void indexCompare_differences_inKeyOrder(void **state)
{
    gitops_context *context = support_context_new();
    gops_node *old = build(context, 0, 200), *index = gops_index_ref(old);
    char text[400] = "";
    (void)state;
    assert_int_equal(gops_index_compare(old, index, note, text, NULL), 0);
    assert_string_equal(text, "");
    remove_key(context, &index, key_of(199));
    remove_key(context, &index, key_of(0));
    remove_key(context, &index, key_of(77));
    insert(context, &index, key_of(77), 2);
    insert(context, &index, key_of(300), 1);
    assert_int_equal(gops_index_compare(old, index, note, text, NULL), 0);
    assert_string_equal(text, "-0000 ~0077 -0199 +0300 ");
    text[0] = '\0';
    gops_node *few = build(context, 3, 5);
    assert_int_equal(gops_index_compare(NULL, few, note, text, NULL), 0);
    assert_int_equal(gops_index_compare(few, NULL, note, text, NULL), 0);
    assert_string_equal(text, "+0003 +0004 -0003 -0004 ");
    gops_index_drop(few);
    gops_index_drop(old);
    gops_index_drop(index);
    support_context_free(context);
}

static int count_one(const gops_item *before, const gops_item *after, void *user_data)
{
    (void)before;
    (void)after;
    ++*(size_t *)user_data;
    return 0;
}

/* A key that stays, for an index of many; all are freed together. */
static char *lasting_key(char (*keys)[32], int i)
{
    snprintf(keys[i], sizeof keys[i], "ns-%d/Kind/%d", i % 97, i);
    return keys[i];
}

/* Not the time, but the nodes looked at: a path for each difference on both sides, no more. */
static void indexCompare_cost_growsWithTheDifferences(void **state)
{
    enum { MANY = 20000 };
    gitops_context *context = support_context_new();
    char(*keys)[32] = calloc(MANY, sizeof *keys);
    gops_node *old = NULL;
    (void)state;
    for (int i = 0; i < MANY; i++)
        assert_int_equal(insert(context, &old, lasting_key(keys, i), 1), 0);
    for (int changes = 0; changes <= 64; changes = changes ? changes * 4 : 1) {
        gops_node *index = gops_index_ref(old);
        size_t visited = 0, found = 0;
        for (int i = 0; i < changes; i++) {
            char *key = keys[(i * 7919 + 13) % MANY];
            assert_int_equal(remove_key(context, &index, key), 0);
            if (i % 2)
                assert_int_equal(insert(context, &index, key, 2), 0);
        }
        assert_int_equal(gops_index_compare(old, index, count_one, &found, &visited), 0);
        assert_int_equal(found, changes);
        assert_true(visited >= 2 && visited <= 2 + 160 * (size_t)changes);
        gops_index_drop(index);
    }
    gops_index_drop(old);
    free(keys);
    support_context_free(context);
}

static int stop(const gops_item *before, const gops_item *after, void *user_data)
{
    (void)before;
    (void)after;
    return ++*(int *)user_data == 2 ? -77 : 0;
}

static void indexCompare_callbackStops_returnsItsCode(void **state)
{
    gitops_context *context = support_context_new();
    gops_node *index = build(context, 0, 9);
    int count = 0;
    (void)state;
    assert_int_equal(gops_index_compare(NULL, index, stop, &count, NULL), -77);
    assert_int_equal(count, 2);
    gops_index_drop(index);
    support_context_free(context);
}

static gops_blob *find(gops_contents *contents, const gops_blob_id *name)
{
    gops_blob *blob;
    assert_int_equal(gops_contents_find(contents, name, &blob), 0);
    return blob;
}

static gops_blob *make_empty(gops_pool *pool, const gops_blob_id *id, uint32_t skipped)
{
    return gops_blob_new(pool, &(gops_blob_parts){.id = id, .skipped = skipped});
}

static void contents_trim_keepsLiveAndEmptyBlobs(void **state)
{
    gitops_context *context = support_context_new();
    gops_contents *contents = gops_contents_new(context, NULL);
    gops_file *live = make_file(context, "_/A/live", 1);
    gops_blob_id empty_id = {{1, 2, 3}};
    gops_pool pool;
    (void)state;
    gops_pool_init(&pool, context, 0);
    gops_blob *empty = make_empty(&pool, &empty_id, 4);
    gops_pool_release(&pool);
    assert_int_equal(gops_contents_keep(contents, live->blob), 0);
    assert_int_equal(gops_contents_keep(contents, empty), 0);
    gops_blob_drop(empty);
    for (int i = 0; i < 3000; i++) {
        gops_file *dead = make_file(context, key_of(i), i);
        assert_int_equal(gops_contents_keep(contents, dead->blob), 0);
        gops_file_drop(dead);
    }
    gops_contents_trim(contents, 1);
    assert_int_equal(contents->count, 2);
    assert_ptr_equal(find(contents, &live->blob->id), live->blob);
    assert_int_equal(find(contents, &empty_id)->skipped, 4);
    gops_file_drop(live);
    gops_contents_drop(contents);
    support_context_free(context);
}

static void contents_takenBlobs_areFoundOnce(void **state)
{
    enum { COUNT = 100 };
    gitops_context *context = support_context_new();
    gops_contents *contents = gops_contents_new(context, NULL);
    gops_blob **blobs = gops_calloc(context, COUNT, sizeof *blobs);
    gops_blob_id unknown = {{200}};
    gops_pool pool;
    (void)state;
    gops_pool_init(&pool, context, 0);
    for (int i = 0; i < COUNT; i++) {
        gops_blob_id id = {{(uint8_t)(i / 2)}}; /* each id twice */
        blobs[i] = make_empty(&pool, &id, (uint32_t)i);
    }
    gops_pool_release(&pool);
    gops_contents_take(contents, blobs, COUNT);
    assert_null(find(contents, &unknown));
    for (int i = 0; i < COUNT / 2; i++) {
        gops_blob_id id = {{(uint8_t)i}};
        assert_int_equal(find(contents, &id)->skipped, 2 * i);
    }
    gops_contents_drop(contents);
    support_context_free(context);
}

static void update_body(gitops_context *context, void *data)
{
    gops_node *index = NULL;
    (void)data;
    for (int i = 0; i < 12; i++)
        insert(context, &index, key_of(i * 5 % 12), 1);
    for (int i = 0; i < 12; i += 3)
        remove_key(context, &index, key_of(i));
    gops_index_drop(index);
}

static void index_everyAllocationFails_nothingLeaks(void **state)
{
    (void)state;
    support_fail_every_allocation(update_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_anyHistory_sameTree),
        cmocka_unit_test(index_update_leavesOldOne),
        cmocka_unit_test(indexCompare_differences_inKeyOrder),
        cmocka_unit_test(indexCompare_cost_growsWithTheDifferences),
        cmocka_unit_test(indexCompare_callbackStops_returnsItsCode),
        cmocka_unit_test(contents_trim_keepsLiveAndEmptyBlobs),
        cmocka_unit_test(contents_takenBlobs_areFoundOnce),
        cmocka_unit_test(index_everyAllocationFails_nothingLeaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
