/*
 * value: setters that keep the digest of every list and map right, and read access to the tree.
 *
 * The digest of a list or map is XXH3-128 of its content, seeded with a tag for its kind: scalars
 * stand in it by their canonical bytes, lists and maps by their digests. So a tree is hashed once,
 * in few pieces, and a scalar needs no digest of its own. docs/digest.md has the exact bytes.
 */
#include "value/value.h"

#include <stdlib.h>
#include <string.h>

#include "value/number.h"

/* Tags of the kinds, by type; also the seeds of their digests. Part of the documented format. */
static const char tags[] = "nbdslm";

static const gops_digest empty_list = {
    {0xe3, 0x57, 0x5d, 0xe6, 0xcd, 0xa1, 0x54, 0x46, 0x3b, 0xed, 0x54, 0xdc, 0x88, 0xb3, 0x52,
     0x0c}};
static const gops_digest empty_map = {
    {0x4a, 0xb0, 0x4a, 0x5e, 0x49, 0x56, 0x1c, 0x83, 0x08, 0x77, 0x54, 0xa4, 0xac, 0xca, 0x87,
     0x8a}};

gitops_value *gops_value_array(gops_arena *arena, size_t count)
{
    if (count > (SIZE_MAX - sizeof(gops_digest)) / sizeof(gitops_value))
        return NULL;
    char *memory = gops_arena_alloc(arena, sizeof(gops_digest) + count * sizeof(gitops_value));
    return memory ? (gitops_value *)(void *)(memory + sizeof(gops_digest)) : NULL;
}

static void set_content(gitops_value *value, int32_t type, uint32_t count)
{
    value->type = (unsigned)type & 7;
    value->boolean = 0;
    value->count = count;
}

void gops_value_set_null(gitops_value *value)
{
    set_content(value, GITOPS_VALUE_NULL, 0);
    value->as.text = NULL;
}

void gops_value_set_bool(gitops_value *value, int boolean)
{
    set_content(value, GITOPS_VALUE_BOOL, 0);
    value->boolean = boolean != 0;
    value->as.text = NULL;
}

void gops_value_set_string(gitops_value *value, const char *text, uint32_t length)
{
    set_content(value, GITOPS_VALUE_STRING, length);
    value->as.text = text;
}

void gops_value_set_number(gitops_value *value, const char *spelling, uint32_t length)
{
    set_content(value, GITOPS_VALUE_NUMBER, length);
    value->as.text = spelling;
}

static uint8_t *write_length(uint8_t *p, uint32_t length)
{
    for (int i = 0; i < 4; i++)
        *p++ = (uint8_t)(length >> (8 * i));
    return p;
}

/* memcpy for texts of which most are shorter than a call takes time. */
static void copy_text(uint8_t *to, const char *from, size_t length)
{
    if (length > 16) {
        memcpy(to, from, length);
    } else if (length >= 8) {
        memcpy(to, from, 8);
        memcpy(to + length - 8, from + length - 8, 8);
    } else if (length >= 4) {
        memcpy(to, from, 4);
        memcpy(to + length - 4, from + length - 4, 4);
    } else {
        for (size_t i = 0; i < length; i++)
            to[i] = (uint8_t)from[i];
    }
}

static uint8_t *write_text(uint8_t *p, const char *text, uint32_t length)
{
    p = write_length(p, length);
    copy_text(p, text, length);
    return p + length;
}

/* Most numbers are short integers: those that do not end with a zero are canonical but for "e0". */
static uint8_t *write_number(uint8_t *p, const gitops_value *value)
{
    const char *text = value->as.text;
    uint32_t length = value->count, digits = 0;
    gops_number number;
    while (digits < length && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    if (digits == length && text[0] != '0' && text[length - 1] != '0') {
        p = write_text(p, text, length);
        p[-(ptrdiff_t)length - 4] = (uint8_t)(length + 2);
        *p++ = 'e';
        *p++ = '0';
        return p;
    }
    size_t canonical = gops_number_parse(&number, text, length)
                           ? gops_number_canonical(&number, (char *)p + 4)
                           : 0;
    return write_length(p, (uint32_t)canonical) + canonical;
}

enum {
    LONGEST_SHORT = 200, /* bytes of a text or key that is written in one go */
    AROUND_CHILD = 34    /* bytes besides them, at most */
};

/* How a child stands in its parent's content; it is short. */
static uint8_t *write_child(uint8_t *p, const gitops_value *child, int is_member)
{
    gops_digest digest;
    if (is_member)
        p = write_text(p, child->key, child->key_length);
    *p++ = (uint8_t)tags[child->type];
    switch (child->type) {
    case GITOPS_VALUE_NULL:
        return p;
    case GITOPS_VALUE_BOOL:
        *p++ = child->boolean ? '1' : '0';
        return p;
    case GITOPS_VALUE_NUMBER:
        return write_number(p, child);
    case GITOPS_VALUE_STRING:
        return write_text(p, child->as.text, child->count);
    default:
        digest = gops_value_digest(child);
        memcpy(p, digest.bytes, sizeof digest.bytes);
        return p + sizeof digest.bytes;
    }
}

static void put_text(gops_hasher *hasher, const char *text, uint32_t length)
{
    uint8_t prefix[4];
    write_length(prefix, length);
    gops_hasher_put(hasher, prefix, sizeof prefix);
    gops_hasher_put(hasher, text, length);
}

/* The same for a child of any length. */
static void put_child(gops_hasher *hasher, const gitops_value *child, int is_member)
{
    uint8_t written[LONGEST_SHORT + AROUND_CHILD], prefix[4];
    gops_number number;
    if (is_member)
        put_text(hasher, child->key, child->key_length);
    if (child->type == GITOPS_VALUE_STRING) {
        gops_hasher_put(hasher, &tags[child->type], 1);
        put_text(hasher, child->as.text, child->count);
    } else if (child->type == GITOPS_VALUE_NUMBER && child->count > LONGEST_SHORT) {
        gops_hasher_put(hasher, &tags[child->type], 1);
        gops_number_parse(&number, child->as.text, child->count);
        write_length(prefix, (uint32_t)gops_number_canonical_length(&number));
        gops_hasher_put(hasher, prefix, sizeof prefix);
        gops_number_hash(&number, hasher);
    } else {
        gops_hasher_put(hasher, written, (size_t)(write_child(written, child, 0) - written));
    }
}

/* Bytes that a child takes in its parent's content, at most; 0 when it is not short. */
static size_t room_for(const gitops_value *child, int is_member)
{
    int has_text = child->type == GITOPS_VALUE_NUMBER || child->type == GITOPS_VALUE_STRING;
    uint32_t text = has_text ? child->count : 0, key = is_member ? child->key_length : 0;
    return text <= LONGEST_SHORT && key <= LONGEST_SHORT ? (size_t)text + key + AROUND_CHILD : 0;
}

/* The digest of a list or map with children. */
static gops_digest hash_children(const gitops_value *children, uint32_t count, int is_map)
{
    gops_hasher hasher;
    gops_hasher_begin(&hasher, (uint64_t)tags[is_map ? GITOPS_VALUE_MAP : GITOPS_VALUE_LIST]);
    for (uint32_t i = 0; i < count; i++) {
        const gitops_value *child = &children[i];
        size_t size = room_for(child, is_map);
        uint8_t *room = size ? gops_hasher_room(&hasher, size) : NULL;
        if (room)
            gops_hasher_end(&hasher, write_child(room, child, is_map));
        else
            put_child(&hasher, child, is_map);
    }
    return gops_hasher_finish(&hasher);
}

static void set_children(gitops_value *value, int32_t type, gitops_value *children, uint32_t count)
{
    set_content(value, type, count);
    value->as.children = children;
    if (count)
        ((gops_digest *)(void *)children)[-1] =
            hash_children(children, count, type == GITOPS_VALUE_MAP);
}

void gops_value_set_list(gitops_value *value, gitops_value *children, uint32_t count)
{
    set_children(value, GITOPS_VALUE_LIST, children, count);
}

static gops_digest hash_scalar(const gitops_value *value)
{
    gops_hasher hasher;
    gops_number number;
    gops_hasher_begin(&hasher, (uint64_t)tags[value->type]);
    if (value->type == GITOPS_VALUE_BOOL)
        gops_hasher_put(&hasher, value->boolean ? "1" : "0", 1);
    else if (value->type == GITOPS_VALUE_STRING)
        gops_hasher_put(&hasher, value->as.text, value->count);
    else if (value->type == GITOPS_VALUE_NUMBER &&
             gops_number_parse(&number, value->as.text, value->count))
        gops_number_hash(&number, &hasher);
    return gops_hasher_finish(&hasher);
}

gops_digest gops_value_digest(const gitops_value *value)
{
    if (value->type < GITOPS_VALUE_LIST)
        return hash_scalar(value);
    if (value->count == 0)
        return value->type == GITOPS_VALUE_LIST ? empty_list : empty_map;
    return ((const gops_digest *)(const void *)value->as.children)[-1];
}

static int same_number(const gitops_value *a, const gitops_value *b)
{
    gops_number x, y;
    return gops_number_parse(&x, a->as.text, a->count) &&
           gops_number_parse(&y, b->as.text, b->count) && gops_number_equal(&x, &y);
}

int gops_value_same_content(const gitops_value *a, const gitops_value *b)
{
    gops_digest x, y;
    switch (a->type) {
    case GITOPS_VALUE_NULL:
        return 1;
    case GITOPS_VALUE_BOOL:
        return a->boolean == b->boolean;
    case GITOPS_VALUE_NUMBER:
    case GITOPS_VALUE_STRING:
        if (a->count == b->count && memcmp(a->as.text, b->as.text, a->count) == 0)
            return 1;
        return a->type == GITOPS_VALUE_NUMBER && same_number(a, b);
    default:
        x = gops_value_digest(a);
        y = gops_value_digest(b);
        return a->count == b->count && gops_digest_equal(&x, &y);
    }
}

int gops_key_compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
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
    return gops_key_compare(a->key, a->key_length, b->key, b->key_length);
}

/* 1 when members are sorted and no key stands twice. */
static int is_increasing(const gitops_value *members, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (compare_members(&members[i - 1], &members[i]) >= 0)
            return 0;
    return 1;
}

/* Sorts many members. Returns 1 when a key stands twice. */
static int sort_many(gitops_value *members, uint32_t count)
{
    if (is_increasing(members, count))
        return 0;
    qsort(members, count, sizeof *members, compare_members);
    return !is_increasing(members, count);
}

/* The same for few, or for those that come sorted: insertion moves little then. */
static int sort_few(gitops_value *members, uint32_t count)
{
    int has_twice = 0;
    for (uint32_t i = 1; i < count; i++) {
        int order = compare_members(&members[i - 1], &members[i]);
        has_twice |= order == 0;
        if (order <= 0)
            continue;
        gitops_value moving = members[i];
        uint32_t j = i;
        for (; j > 0 && (order = compare_members(&members[j - 1], &moving)) > 0; j--)
            members[j] = members[j - 1];
        has_twice |= order == 0;
        members[j] = moving;
    }
    return has_twice;
}

int gops_value_set_map(gitops_value *value, gitops_value *members, uint32_t count)
{
    if (count > 24 ? sort_many(members, count) : sort_few(members, count))
        return GITOPS_EDUPLICATE;
    set_children(value, GITOPS_VALUE_MAP, members, count);
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
        char *key = gops_arena_copy(arena, value->key, value->key_length);
        if (!key)
            return 0;
        value->key = key;
    }
    if (value->type == GITOPS_VALUE_STRING || value->type == GITOPS_VALUE_NUMBER) {
        char *text = gops_arena_copy(arena, value->as.text, value->count);
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
        gitops_value *children = gops_value_array(arena, copy.count);
        if (!children)
            return 0;
        ((gops_digest *)(void *)children)[-1] = gops_value_digest(value);
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
