/*
 * value: setters that keep the digest of every node right, and read access to the tree.
 *
 * The digest of a node is XXH3-128 of its content, seeded with a tag for its kind. A list's content
 * is the digests of its items; a map's is its keys (length-prefixed, sorted by bytes), each with
 * the digest of its value. docs/digest.md has the exact bytes and test vectors.
 */
#include "value/value.h"

#include <stdlib.h>
#include <string.h>

#include "value/number.h"

/* Seeds of the digests, one for each kind. Part of the documented format. */
enum { SEED_NULL = 'n', SEED_BOOL = 'b', SEED_NUMBER = 'd', SEED_STRING = 's', SEED_LIST = 'l',
       SEED_MAP = 'm' };

void gops_value_set_null(gitops_value *value)
{
    value->type = GITOPS_VALUE_NULL;
    value->boolean = 0;
    value->count = 0;
    value->as.text = NULL;
    value->digest = gops_hash128(SEED_NULL, "", 0);
}

void gops_value_set_bool(gitops_value *value, int boolean)
{
    value->type = GITOPS_VALUE_BOOL;
    value->boolean = boolean != 0;
    value->count = 0;
    value->as.text = NULL;
    value->digest = gops_hash128(SEED_BOOL, boolean ? "1" : "0", 1);
}

void gops_value_set_string(gitops_value *value, const char *text, uint32_t length)
{
    value->type = GITOPS_VALUE_STRING;
    value->boolean = 0;
    value->count = length;
    value->as.text = text;
    value->digest = gops_hash128(SEED_STRING, text, length);
}

void gops_value_set_number(gitops_value *value, const char *spelling, uint32_t length)
{
    gops_number number;
    gops_hasher hasher;
    value->type = GITOPS_VALUE_NUMBER;
    value->boolean = 0;
    value->count = length;
    value->as.text = spelling;
    gops_hasher_begin(&hasher, SEED_NUMBER);
    if (gops_number_parse(&number, spelling, length))
        gops_number_hash(&number, &hasher);
    value->digest = gops_hasher_finish(&hasher);
}

void gops_value_set_list(gitops_value *value, const gitops_value *children, uint32_t count)
{
    gops_hasher hasher;
    value->type = GITOPS_VALUE_LIST;
    value->boolean = 0;
    value->count = count;
    value->as.children = children;
    gops_hasher_begin(&hasher, SEED_LIST);
    for (uint32_t i = 0; i < count; i++)
        gops_hasher_put(&hasher, children[i].digest.bytes, sizeof children[i].digest.bytes);
    value->digest = gops_hasher_finish(&hasher);
}

int gops_key_compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t common = a_length < b_length ? a_length : b_length;
    int order = common ? memcmp(a, b, common) : 0;
    if (order == 0 && a_length != b_length)
        order = a_length < b_length ? -1 : 1;
    return order;
}

static int compare_members(const void *left, const void *right)
{
    const gitops_value *a = left, *b = right;
    if (a->key_length && b->key_length && a->key[0] != b->key[0]) /* mostly decides */
        return (unsigned char)a->key[0] < (unsigned char)b->key[0] ? -1 : 1;
    int order = gops_key_compare(a->key, a->key_length, b->key, b->key_length);
    if (order == 0)
        order = a->order < b->order ? -1 : 1;
    return order;
}

/* Most maps are short or come sorted; insertion sort moves little then. */
void gops_members_sort(gitops_value *members, uint32_t count)
{
    if (count > 24) {
        qsort(members, count, sizeof *members, compare_members);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        if (compare_members(&members[i - 1], &members[i]) < 0)
            continue;
        gitops_value moving = members[i];
        uint32_t j = i;
        for (; j > 0 && compare_members(&members[j - 1], &moving) > 0; j--)
            members[j] = members[j - 1];
        members[j] = moving;
    }
}

static void put_length(uint8_t out[4], uint32_t length)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(length >> (8 * i));
}

/* The digest of a map whose members are sorted. Most fit a small buffer and are hashed at once. */
static gops_digest hash_members(const gitops_value *members, uint32_t count)
{
    uint8_t gathered[1024], prefix[4];
    size_t used = 0;
    uint32_t i = 0;
    for (; i < count && (size_t)members[i].key_length + 20 <= sizeof gathered - used; i++) {
        put_length(gathered + used, members[i].key_length);
        memcpy(gathered + used + 4, members[i].key, members[i].key_length);
        used += 4 + (size_t)members[i].key_length;
        memcpy(gathered + used, members[i].digest.bytes, sizeof members[i].digest.bytes);
        used += sizeof members[i].digest.bytes;
    }
    if (i == count)
        return gops_hash128(SEED_MAP, gathered, used);
    gops_hasher hasher;
    gops_hasher_begin(&hasher, SEED_MAP);
    for (i = 0; i < count; i++) {
        put_length(prefix, members[i].key_length);
        gops_hasher_put(&hasher, prefix, sizeof prefix);
        gops_hasher_put(&hasher, members[i].key, members[i].key_length);
        gops_hasher_put(&hasher, members[i].digest.bytes, sizeof members[i].digest.bytes);
    }
    return gops_hasher_finish(&hasher);
}

int gops_value_set_map(gitops_value *value, gitops_value *members, uint32_t count,
                       const gitops_value **first, const gitops_value **second)
{
    gops_members_sort(members, count);
    for (uint32_t i = 1; i < count; i++) {
        const gitops_value *a = &members[i - 1], *b = &members[i];
        if (a->key_length == b->key_length && memcmp(a->key, b->key, a->key_length) == 0) {
            *first = a;
            *second = b;
            return GITOPS_EDUPLICATE;
        }
    }
    value->type = GITOPS_VALUE_MAP;
    value->boolean = 0;
    value->count = count;
    value->as.children = members;
    value->digest = hash_members(members, count);
    return 0;
}

const gitops_value *gops_value_member(const gitops_value *value, const char *key, size_t length)
{
    if (!gops_value_is(value, GITOPS_VALUE_MAP))
        return NULL;
    uint32_t low = 0, high = value->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const gitops_value *member = &value->as.children[middle];
        int order = gops_key_compare(key, length, member->key, member->key_length);
        if (order == 0)
            return member;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *gops_value_member_text(const gitops_value *value, const char *key, size_t *length)
{
    const gitops_value *member = gops_value_member(value, key, strlen(key));
    *length = 0;
    if (!gops_value_is(member, GITOPS_VALUE_STRING))
        return NULL;
    *length = member->count;
    return member->as.text;
}

int gops_value_text_is(const gitops_value *value, const char *text)
{
    size_t length;
    const char *own = gitops_value_text(value, &length);
    return own && length == strlen(text) && memcmp(own, text, length) == 0;
}

/* Copies the text and the key of *value, which is a bitwise copy, into the arena. */
static int own_texts(gitops_value *value, gops_arena *arena)
{
    if (value->key) {
        char *key = gops_arena_strndup(arena, value->key, value->key_length);
        if (!key)
            return 0;
        value->key = key;
    }
    if (value->type == GITOPS_VALUE_STRING || value->type == GITOPS_VALUE_NUMBER) {
        char *text = gops_arena_strndup(arena, value->as.text, value->count);
        if (!text)
            return 0;
        value->as.text = text;
    }
    return 1;
}

int gops_value_copy(gitops_value *out, const gitops_value *value, gops_arena *arena)
{
    gitops_value copy = *value;
    if (!own_texts(&copy, arena))
        return 0;
    if (copy.type >= GITOPS_VALUE_LIST && copy.count) {
        /* Depth is bounded by the reader's limit; so is this recursion. */
        gitops_value *children = gops_arena_array(arena, copy.count, sizeof *children);
        if (!children)
            return 0;
        for (uint32_t i = 0; i < copy.count; i++)
            if (!gops_value_copy(&children[i], &value->as.children[i], arena))
                return 0;
        copy.as.children = children;
    }
    *out = copy;
    return 1;
}

int32_t gitops_value_type(const gitops_value *value)
{
    return value ? value->type : GITOPS_VALUE_NULL;
}

int32_t gitops_value_bool(const gitops_value *value)
{
    return gops_value_is(value, GITOPS_VALUE_BOOL) && value->boolean;
}

static int read_number(const gitops_value *value, gops_number *number)
{
    return gops_value_is(value, GITOPS_VALUE_NUMBER) &&
           gops_number_parse(number, value->as.text, value->count);
}

int gitops_value_int64(const gitops_value *value, int64_t *out)
{
    gops_number number;
    return read_number(value, &number) && gops_number_int64(&number, out) ? 0 : GITOPS_EINVAL;
}

int gitops_value_uint64(const gitops_value *value, uint64_t *out)
{
    gops_number number;
    return read_number(value, &number) && gops_number_uint64(&number, out) ? 0 : GITOPS_EINVAL;
}

double gitops_value_double(const gitops_value *value)
{
    gops_number number;
    return read_number(value, &number) ? gops_number_double(&number) : 0.0;
}

const char *gitops_value_text(const gitops_value *value, size_t *length)
{
    int has_text = gops_value_is(value, GITOPS_VALUE_STRING) ||
                   gops_value_is(value, GITOPS_VALUE_NUMBER);
    *length = has_text ? value->count : 0;
    return has_text ? value->as.text : NULL;
}

static int is_container(const gitops_value *value)
{
    return value && value->type >= GITOPS_VALUE_LIST;
}

size_t gitops_value_count(const gitops_value *value)
{
    return is_container(value) ? value->count : 0;
}

const gitops_value *gitops_value_item(const gitops_value *value, size_t i)
{
    return is_container(value) && i < value->count ? &value->as.children[i] : NULL;
}

const char *gitops_value_key(const gitops_value *value, size_t i, size_t *length)
{
    const gitops_value *member =
        gops_value_is(value, GITOPS_VALUE_MAP) ? gitops_value_item(value, i) : NULL;
    *length = member ? member->key_length : 0;
    return member ? member->key : NULL;
}

const gitops_value *gitops_value_find(const gitops_value *value, const char *key, size_t length)
{
    return gops_value_member(value, key, length);
}

int32_t gitops_value_equal(const gitops_value *a, const gitops_value *b)
{
    return gops_value_same(a, b);
}

uint32_t gitops_value_line(const gitops_value *value)
{
    return value ? value->line : 0;
}

uint32_t gitops_value_column(const gitops_value *value)
{
    return value ? value->column : 0;
}

void gitops_value_digest(const gitops_value *value, char hex[GITOPS_DIGEST_HEX + 1])
{
    gitops_value null;
    if (!value) {
        gops_value_set_null(&null);
        value = &null;
    }
    gops_hex(hex, value->digest.bytes, sizeof value->digest.bytes);
}
