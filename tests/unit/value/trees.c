#include "trees.h"

#include <stdio.h>

uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(random_next(state) % limit);
}

/* Pieces that mean something to a YAML reader; strings are made of one to four of them. */
static const char *const pieces[] = {
    "a",     "word",   " ",    "  ",    "\n",   "\n\n",  "\t",  ": ",    ":",    " #",   "#",
    "-",     "- ",     "---",  "...",   "yes",  "No",    "on",  "null",  "~",    "1",    "0x1F",
    "1e3",   "1_0",    ".5",   "12:30", "true", ".inf",  "<<",  "=",     "[",    "]",    "{",
    "}",     ",",      "&a",   "*a",    "!x",   "|",     ">",   "'",     "\"",   "\\",   "%",
    "@",     "`",      "?",    "? ",    "\r",   "\r\n",  "é",   "😀",    "\xC2\x85",
    "\xE2\x80\xA8",    "\xEF\xBB\xBF",  "\x7F", "\x01",  "2001-01-01",   "0o7",  "/x",   "$(y)",
    "\xEF\xBF\xBE",    "\xC2\xA0",      "line\n  indented\nlast", "text\n", "  lead\nx", "a \nb",
    "null\n", "y",     "e",    "08",    "-1",   "+1",    "1.",  "0",
};

static const char *const numbers[] = {
    "0",     "-0",      "1",    "-1",   "1.0", "1e3", "-2.50E+07", "0.1", "18446744073709551616",
    "1e-400", "1.7976931348623157e308", "123456789012345678901234567890", "5e-324", "1E5",
};

static const char *random_text(gops_arena *arena, uint64_t *state, uint32_t *length)
{
    char text[256] = "";
    uint32_t count = below(state, 5);
    for (uint32_t i = 0; i < count; i++)
        strcat(text, pieces[below(state, sizeof pieces / sizeof pieces[0])]);
    *length = (uint32_t)strlen(text);
    return gops_arena_strndup(arena, text, *length);
}

/* Keys are like texts, but long ones too; a number at the end keeps them apart. */
static const char *random_key(gops_arena *arena, uint64_t *state, uint32_t i, uint32_t *length)
{
    char key[1024];
    uint32_t part;
    const char *text = random_text(arena, state, &part);
    if (i == 0) {
        *length = part;
        return text;
    }
    int used = snprintf(key, sizeof key, "%s%*u", text, below(state, 20) ? 1 : 300, (unsigned)i);
    *length = (uint32_t)used;
    return gops_arena_strndup(arena, key, *length);
}

static void fill(gitops_value *out, gops_arena *arena, uint64_t *state, uint32_t depth);

static void fill_collection(gitops_value *out, gops_arena *arena, uint64_t *state, uint32_t depth)
{
    uint32_t is_map = below(state, 3) > 0, count = below(state, 5);
    gitops_value *children = gops_value_array(arena, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        memset(&children[i], 0, sizeof children[i]);
        gops_value_set_place(&children[i], 0, i);
        if (is_map)
            children[i].key = random_key(arena, state, i, &children[i].key_length);
        fill(&children[i], arena, state, depth + 1);
    }
    if (!is_map)
        gops_value_set_list(out, children, count);
    else if (gops_value_set_map(out, children, count) < 0)
        gops_value_set_map(out, children, count ? 1 : 0);
}

static void fill(gitops_value *out, gops_arena *arena, uint64_t *state, uint32_t depth)
{
    uint32_t length;
    switch (below(state, depth == 0 ? 2 : depth > 5 ? 4 : 8)) {
    case 2:
        gops_value_set_bool(out, (int)below(state, 2));
        return;
    case 3: {
        const char *number = numbers[below(state, sizeof numbers / sizeof numbers[0])];
        gops_value_set_number(out, number, (uint32_t)strlen(number));
        return;
    }
    case 4:
    case 5: {
        const char *text = random_text(arena, state, &length);
        gops_value_set_string(out, text, length);
        return;
    }
    case 6:
        gops_value_set_null(out);
        return;
    default:
        if (depth > 5)
            gops_value_set_null(out);
        else
            fill_collection(out, arena, state, depth);
    }
}

void random_tree(gitops_value *out, gops_arena *arena, uint64_t seed)
{
    uint64_t state = seed;
    memset(out, 0, sizeof *out);
    fill(out, arena, &state, 0);
}
