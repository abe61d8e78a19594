/*
 * stand_in: pointers of Git LFS are YAML, and would be skipped as no object; files of git-crypt are
 * noise. Both must be named for what they are, because the objects are not gone.
 */
#include "render/stand_in.h"

#include <string.h>

static int starts_with(const char *text, size_t length, const char *start, size_t start_length)
{
    return length >= start_length && memcmp(text, start, start_length) == 0;
}

const char *gops_stand_in(const char *text, size_t length)
{
    static const char lfs[] = "version https://git-lfs.github.com/spec/";
    static const char crypt[] = "\0GITCRYPT\0";
    if (starts_with(text, length, lfs, sizeof lfs - 1))
        return "is a pointer of Git LFS, not the file itself; keep manifests in Git, or exclude it";
    if (starts_with(text, length, crypt, sizeof crypt - 1))
        return "is encrypted by git-crypt; it cannot be read here: exclude it";
    return NULL;
}
