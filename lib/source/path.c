/*
 * path: decides which names a tree may hold. Nothing is ever written under these names here, but
 * hosts do write files named after them, so a name that some file system takes for ".git", for a
 * parent or for two names is refused where it enters.
 */
#include "source/path.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Compares with a lower-case word, ASCII case folded. */
static int starts_with(const char *text, size_t length, const char *word)
{
    size_t i = 0;
    for (; word[i]; i++)
        if (i >= length || lower(text[i]) != word[i])
            return 0;
    return 1;
}

int gops_name_is_dot_git(const char *name, size_t length)
{
    return length == 4 && starts_with(name, length, ".git");
}

/* NTFS drops final dots and blanks, and takes what follows a colon for a stream of the file. */
static int is_ntfs_git(const char *name, size_t length)
{
    size_t i = starts_with(name, length, ".git") ? 4 : starts_with(name, length, "git~1") ? 5 : 0;
    if (i == 0)
        return 0;
    while (i < length && (name[i] == '.' || name[i] == ' '))
        i++;
    return i == length || name[i] == ':';
}

/* Bytes of the code point at text that HFS+ ignores in names; 0 when it is none of those. */
static size_t ignorable(const char *text, size_t length)
{
    const unsigned char *b = (const unsigned char *)text;
    if (length < 3)
        return 0;
    if (b[0] == 0xE2 && b[1] == 0x80 &&
        ((b[2] >= 0x8C && b[2] <= 0x8F) || (b[2] >= 0xAA && b[2] <= 0xAE)))
        return 3; /* U+200C to U+200F, U+202A to U+202E */
    if (b[0] == 0xE2 && b[1] == 0x81 && b[2] >= 0xAA && b[2] <= 0xAF)
        return 3;                                                /* U+206A to U+206F */
    return b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF ? 3 : 0; /* U+FEFF */
}

static int is_hfs_git(const char *name, size_t length)
{
    char kept[5];
    size_t count = 0;
    for (size_t i = 0; i < length;) {
        size_t skip = ignorable(name + i, length - i);
        if (skip) {
            i += skip;
            continue;
        }
        if (count == sizeof kept)
            return 0;
        kept[count++] = name[i++];
    }
    return gops_name_is_dot_git(kept, count);
}

static const char *plain_fault(const char *name, size_t length)
{
    if (length == 0)
        return "has an empty name";
    if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))
        return "names a directory itself or its parent";
    return NULL;
}

const char *gops_name_fault(const char *name, size_t length)
{
    const char *fault = plain_fault(name, length);
    if (fault)
        return fault;
    if (memchr(name, '/', length))
        return "contains a separator of paths";
    if (is_ntfs_git(name, length) || is_hfs_git(name, length))
        return "looks like .git";
    return NULL;
}

const char *gops_path_fault(const char *path, int strict)
{
    if (!*path)
        return NULL;
    if (strlen(path) >= GOPS_PATH_SIZE)
        return "is too long";
    for (size_t depth = 0;; depth++) {
        size_t length = strcspn(path, "/");
        const char *fault = strict ? gops_name_fault(path, length) : plain_fault(path, length);
        if (depth > GOPS_PATH_DEPTH)
            fault = "is too deep";
        if (fault || !path[length])
            return fault;
        path += length + 1;
    }
}
