/*
 * play: chance, blame, and what is told of a play.
 */
#include "play.h"

const char *const fault_names[FAULT_COUNT] = {
    [FAULT_FAILED] = "error before effect",
    [FAULT_AFTER_EFFECT] = "error after effect",
    [FAULT_LOST] = "unknown and lost",
    [FAULT_LATE] = "late answer",
    [FAULT_RETRY] = "retry",
    [FAULT_CONFLICT] = "conflict without a reason",
    [FAULT_VERSION] = "conflict of versions",
    [FAULT_LIST_HALF] = "partial listing",
    [FAULT_LOOK] = "look without an answer",
    [FAULT_STALE] = "stale read",
    [FAULT_FOREIGN] = "foreign fingerprint",
    [FAULT_TWICE] = "duplicate event",
    [FAULT_ORDER] = "reordered answers",
    [FAULT_CLOCK] = "clock jump",
    [FAULT_RESTART] = "restart",
    [FAULT_RESTART_FLYING] = "restart with calls in flight",
    [FAULT_REVISION] = "new revision in a pass",
    [FAULT_BROKEN] = "unreadable revision",
    [FAULT_MEMORY] = "allocation failure",
    [FAULT_STORE] = "store write failed",
    [FAULT_STORE_AFTER] = "store write failed after effect",
    [FAULT_REJECTED] = "action not carried out",
    [FAULT_DRIFT] = "drift by another writer",
    [FAULT_UNHEALTHY] = "health that never comes",
};

/* splitmix64 */
uint64_t play_random(play *p)
{
    uint64_t x = p->random += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

uint64_t play_below(play *p, uint64_t end)
{
    return play_random(p) % end;
}

int play_chance(play *p, unsigned in_1000)
{
    return !p->calm && play_below(p, 1000) < in_1000;
}

void play_mix(play *p, uint64_t value)
{
    p->hash = (p->hash ^ value) * UINT64_C(0x100000001B3);
    p->hash ^= p->hash >> 29;
}

static void tell(const play *p, const char *format, va_list arguments)
{
    printf("%8lld ms  ", (long long)p->mono_ms);
    vprintf(format, arguments);
    putchar('\n');
}

void play_say(play *p, const char *format, ...)
{
    va_list arguments;
    if (!p->trace)
        return;
    va_start(arguments, format);
    tell(p, format, arguments);
    va_end(arguments);
}

void play_fault(play *p, fault kind)
{
    p->faults[kind]++;
    play_mix(p, (uint64_t)kind);
    play_say(p, "  * %s", fault_names[kind]);
}

void play_blame(play *p, const char *rule, const char *format, ...)
{
    va_list arguments;
    if (p->failed)
        return;
    p->failed = 1;
    snprintf(p->rule, sizeof p->rule, "%s", rule);
    va_start(arguments, format);
    vsnprintf(p->why, sizeof p->why, format, arguments);
    va_end(arguments);
    play_say(p, "VIOLATION of %s: %s", rule, p->why);
}

int64_t play_unix_ms(const play *p)
{
    return INT64_C(1700000000000) + p->mono_ms + p->unix_shift_ms;
}

int play_slot(const play *p, const char *key)
{
    for (int i = 0; i < SLOTS; i++)
        if (strcmp(p->slots[i].key, key) == 0)
            return i;
    return strncmp(key, "default/ConfigMap/x", 19) == 0 ? SLOTS + atoi(key + 19) : -1;
}
