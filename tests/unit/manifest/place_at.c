#include "place_at.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Copies one segment without its escapes; returns where the next one starts. */
static const char *read_segment(const char *p, char *out, size_t size, size_t *length)
{
    *length = 0;
    for (; *p && *p != '/' && *length + 1 < size; p++) {
        char c = *p;
        if (c == '~')
            c = *++p == '1' ? '/' : '~';
        out[(*length)++] = c;
    }
    out[*length] = '\0';
    return p;
}

gops_schema_place place_at(const gitops_schema *schema, const gitops_value *document,
                           const char *pointer)
{
    gops_schema_place place;
    char segment[256];
    size_t length;
    gops_schema_root(schema, document, &place);
    while (*pointer == '/') {
        pointer = read_segment(pointer + 1, segment, sizeof segment, &length);
        if (strcmp(segment, "*") == 0)
            gops_schema_element(&place, 0, NULL, &place);
        else if (isdigit((unsigned char)segment[0]))
            gops_schema_element(&place, (size_t)strtoul(segment, NULL, 10), NULL, &place);
        else
            gops_schema_member(&place, segment, length, NULL, &place);
    }
    return place;
}
