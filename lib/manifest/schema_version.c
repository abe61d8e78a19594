/* schema_version: "v", a number, and for versions that are not stable a stage and its number. */
#include "manifest/schema_version.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct version {
    int stage; /* 0 stable, 1 beta, 2 alpha, 3 no version of that form */
    uint32_t major, minor;
} version;

/* A number without leading zeros that fits 31 bits. Returns where it ends; NULL: there is none. */
static const char *read_number(const char *p, uint32_t *out)
{
    const char *start = p;
    *out = 0;
    for (; *p >= '0' && *p <= '9' && p - start < 9; p++)
        *out = *out * 10 + (uint32_t)(*p - '0');
    return p > start && *start != '0' ? p : NULL;
}

static version read_version(const char *text)
{
    static const char *const stages[] = {"", "beta", "alpha"};
    const version none = {3, 0, 0};
    version v = none;
    const char *p = *text == 'v' ? read_number(text + 1, &v.major) : NULL;
    if (!p)
        return none;
    for (int stage = 0; stage < 3; stage++) {
        size_t length = strlen(stages[stage]);
        const char *end = p + length;
        if (strncmp(p, stages[stage], length) != 0)
            continue;
        if (stage > 0)
            end = read_number(end, &v.minor);
        if (!end || *end)
            continue;
        v.stage = stage;
        return v;
    }
    return none;
}

int gops_version_compare(const char *a, const char *b)
{
    version left = read_version(a), right = read_version(b);
    if (left.stage != right.stage)
        return left.stage - right.stage;
    if (left.major != right.major)
        return left.major > right.major ? -1 : 1;
    if (left.minor != right.minor)
        return left.minor > right.minor ? -1 : 1;
    return strcmp(a, b);
}
