/*
 * tzif: writes the form of RFC 8536.
 */
#include "tzif.h"

static unsigned char *put(unsigned char *at, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        *at++ = (unsigned char)(value >> (8 * i));
    return at;
}

static unsigned char *put_header(unsigned char *at, uint32_t time, uint32_t type, uint32_t chars)
{
    memcpy(at, "TZif2", 5);
    memset(at + 5, 0, 15 + 12);
    at += 5 + 15 + 12;
    return put(put(put(at, time, 4), type, 4), chars, 4);
}

size_t tzif_write(unsigned char out[TZIF_MAX], const tzif *zone)
{
    unsigned char *at = put_header(out, 0, 0, 0);
    at = put_header(at, (uint32_t)zone->count, (uint32_t)zone->type_count, 4);
    for (size_t i = 0; i < zone->count; i++)
        at = put(at, (uint64_t)zone->moments[i], 8);
    for (size_t i = 0; i < zone->count; i++)
        *at++ = zone->types[i];
    for (size_t i = 0; i < zone->type_count; i++)
        at = put(put(at, (uint32_t)zone->offsets[i], 4), 0, 2);
    memcpy(at, "ABC", 4);
    at += 4;
    *at++ = '\n';
    memcpy(at, zone->footer, strlen(zone->footer));
    at += strlen(zone->footer);
    *at++ = '\n';
    return (size_t)(at - out);
}

gitops_zone *tzif_zone(gitops_context *context, const char *rule)
{
    static const int32_t offsets[] = {0};
    tzif zone = {offsets, 1, NULL, NULL, 0, rule};
    unsigned char bytes[TZIF_MAX];
    gitops_zone *made;
    gitops_error err = {0};
    if (gitops_zone_parse(&made, context, bytes, tzif_write(bytes, &zone), &err) < 0)
        fail_msg("%s: %s", rule, err.message);
    return made;
}
