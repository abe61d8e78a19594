/*
 * shelf: the target of the measurements. Its memory is its own, apart from what is measured.
 */
#include "shelf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

void shelf_init(shelf *s)
{
    gitops_error err;
    memset(s, 0, sizeof *s);
    must(gitops_context_new(&s->own, NULL, &err), &err, "context");
    gops_table_init(&s->by_key, s->own);
}

static void free_items(shelf *s)
{
    for (size_t i = 0; i < s->count && !s->block; i++) {
        free(s->items[i]->key);
        free(s->items[i]);
    }
    free(s->block);
    free(s->keys);
}

void shelf_release(shelf *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i]->document);
    free_items(s);
    free(s->items);
    gops_table_release(&s->by_key);
    gitops_context_free(s->own);
}

static shelf_item *find(const shelf *s, const char *key)
{
    return gops_table_get(&s->by_key, key, strlen(key));
}

static shelf_item *add(shelf *s, const char *key)
{
    shelf_item *item = must_have(calloc(1, sizeof *item));
    item->key = must_have(strdup(key));
    if (s->count == s->capacity) {
        s->capacity = 2 * s->capacity + 1024;
        s->items = must_have(realloc(s->items, s->capacity * sizeof(shelf_item *)));
    }
    s->items[s->count++] = item;
    must(gops_table_set(&s->by_key, item->key, strlen(key), item), NULL, "table");
    return item;
}

static int list(const gitops_request *request, gitops_answer *answer, void *data)
{
    shelf *s = data;
    (void)request;
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i]->document)
            gitops_answer_object(answer, s->items[i]->key, NULL, 0, s->items[i]->version);
    return gitops_answer_listed(answer, NULL);
}

static int get(const gitops_request *request, gitops_answer *answer, void *data)
{
    const char *key = gitops_request_key(request);
    const shelf_item *item = find(data, key);
    if (!item || !item->document)
        return gitops_answer_absent(answer);
    return gitops_answer_object(answer, key, item->document, item->length, item->version);
}

static int apply(const gitops_request *request, gitops_answer *answer, void *data)
{
    shelf *s = data;
    const char *key = gitops_request_key(request);
    shelf_item *item = find(s, key);
    const char *document = gitops_request_document(request, &(size_t){0});
    if (!item)
        item = add(s, key);
    free(item->document);
    item->document = must_have(strdup(document));
    item->length = strlen(document);
    snprintf(item->version, sizeof item->version, "%u", ++s->changes);
    return gitops_answer_done(answer, NULL, 0, item->version);
}

static int delete_object(const gitops_request *request, gitops_answer *answer, void *data)
{
    shelf_item *item = find(data, gitops_request_key(request));
    if (item) {
        free(item->document);
        item->document = NULL;
    }
    return gitops_answer_done(answer, NULL, 0, NULL);
}

gitops_target *shelf_target(shelf *s, gitops_context *context)
{
    gitops_error err;
    gitops_target *target;
    gitops_target_options options = {.struct_size = sizeof options, .user_data = s, .list = list,
                                     .get = get, .apply = apply,
                                     .delete_object = delete_object};
    must(gitops_target_new(&target, context, &options, &err), &err, "target");
    return target;
}

static int compare_keys(const void *left, const void *right)
{
    const shelf_item *const *a = left, *const *b = right;
    return strcmp((*a)->key, (*b)->key);
}

static void shuffle(shelf *s)
{
    uint64_t random = 1;
    for (size_t i = s->count; i > 1; i--) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t j = (size_t)(random >> 33) % i;
        shelf_item *swapped = s->items[i - 1];
        s->items[i - 1] = s->items[j];
        s->items[j] = swapped;
    }
}

/* Copies of all items and keys, one behind the other. */
static void pack(const shelf *s, shelf_item *block, char *keys)
{
    for (size_t i = 0; i < s->count; i++) {
        size_t size = strlen(s->items[i]->key) + 1;
        block[i] = *s->items[i];
        block[i].key = memcpy(keys, s->items[i]->key, size);
        keys += size;
    }
}

void shelf_arrange(shelf *s, int order)
{
    size_t bytes = 0;
    if (order == SHELF_SORTED)
        qsort(s->items, s->count, sizeof(shelf_item *), compare_keys);
    else
        shuffle(s);
    for (size_t i = 0; i < s->count; i++)
        bytes += strlen(s->items[i]->key) + 1;
    shelf_item *block = must_have(malloc(s->count * sizeof *block));
    char *keys = must_have(malloc(bytes));
    pack(s, block, keys);
    free_items(s);
    s->block = block;
    s->keys = keys;
    gops_table_release(&s->by_key);
    for (size_t i = 0; i < s->count; i++) {
        s->items[i] = &block[i];
        must(gops_table_set(&s->by_key, block[i].key, strlen(block[i].key), &block[i]), NULL,
             "table");
    }
}
