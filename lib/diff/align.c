/*
 * align: a common subsequence of two lists at bounded cost. Equal ends are matched first. In the
 * middle, elements that each list has exactly once are anchors where they rise together (patience:
 * the longest increasing subsequence). Between anchors the longest common subsequence is computed
 * if the table for it is small; a larger gap is matched greedily, and only if one side is all in
 * the other.
 */
#include "diff/sequence.h"

#include <string.h>

#include "base/table.h"

enum { TABLE_CELLS = 1 << 18 };

typedef struct anchor {
    gops_digest id;
    uint32_t a, b;             /* the last place in each list */
    uint32_t a_count, b_count; /* occurrences */
    uint32_t previous;         /* in the rising row that ends here */
} anchor;

typedef struct alignment {
    gitops_context *context;
    const gitops_value *a, *b; /* the elements */
    uint32_t *match;
    uint16_t *cells; /* TABLE_CELLS, made when first needed */
} alignment;

typedef struct gap {
    uint32_t a, a_end, b, b_end;
} gap;

static int same(const alignment *w, uint32_t i, uint32_t j)
{
    return gops_value_same(&w->a[i], &w->b[j]);
}

static void match_ends(const alignment *w, gap *g)
{
    while (g->a < g->a_end && g->b < g->b_end && same(w, g->a, g->b))
        w->match[g->a++] = g->b++;
    while (g->a < g->a_end && g->b < g->b_end && same(w, g->a_end - 1, g->b_end - 1))
        w->match[--g->a_end] = --g->b_end;
}

/* All of a's gap in b's, first fit. Returns 0, with nothing matched, when that is not so. */
static int match_a_in_b(const alignment *w, const gap *g)
{
    uint32_t j = g->b;
    for (uint32_t i = g->a; i < g->a_end; i++, j++) {
        while (j < g->b_end && !same(w, i, j))
            j++;
        if (j == g->b_end) {
            for (uint32_t undo = g->a; undo < i; undo++)
                w->match[undo] = GOPS_UNMATCHED;
            return 0;
        }
        w->match[i] = j;
    }
    return 1;
}

static void match_b_in_a(const alignment *w, const gap *g)
{
    uint32_t i = g->a;
    for (uint32_t j = g->b; j < g->b_end; j++, i++) {
        while (i < g->a_end && !same(w, i, j))
            i++;
        if (i == g->a_end) {
            for (uint32_t undo = g->a; undo < g->a_end; undo++)
                w->match[undo] = GOPS_UNMATCHED;
            return;
        }
        w->match[i] = j;
    }
}

/* The longest common subsequence: lengths of suffixes, then a walk along the best ones. */
static void match_longest(const alignment *w, const gap *g)
{
    uint32_t rows = g->a_end - g->a, columns = g->b_end - g->b, width = columns + 1;
    uint16_t *cells = w->cells;
    memset(cells, 0, (size_t)(rows + 1) * width * sizeof *cells);
    for (uint32_t i = rows; i-- > 0;)
        for (uint32_t j = columns; j-- > 0;) {
            uint16_t down = cells[(i + 1) * width + j], right = cells[i * width + j + 1];
            uint16_t best = down > right ? down : right;
            if (same(w, g->a + i, g->b + j))
                best = (uint16_t)(cells[(i + 1) * width + j + 1] + 1);
            cells[i * width + j] = best;
        }
    for (uint32_t i = 0, j = 0; i < rows && j < columns;) {
        if (same(w, g->a + i, g->b + j))
            w->match[g->a + i++] = g->b + j++;
        else if (cells[(i + 1) * width + j] >= cells[i * width + j + 1])
            i++;
        else
            j++;
    }
}

static int match_gap(alignment *w, gap g)
{
    match_ends(w, &g);
    uint64_t rows = g.a_end - g.a, columns = g.b_end - g.b;
    if (rows == 0 || columns == 0)
        return 0;
    if ((rows + 1) * (columns + 1) > TABLE_CELLS) {
        if (!match_a_in_b(w, &g))
            match_b_in_a(w, &g);
        return 0;
    }
    if (!w->cells)
        w->cells = gops_alloc(w->context, TABLE_CELLS * sizeof *w->cells);
    if (!w->cells)
        return GITOPS_ENOMEM;
    match_longest(w, &g);
    return 0;
}

/* Counts the gap's elements by digest in list, which is zeroed. Returns 0 or GITOPS_ENOMEM. */
static int count_elements(const alignment *w, gops_table *table, anchor *list, const gap *g)
{
    uint32_t used = 0;
    for (uint32_t i = g->a; i < g->a_end; i++) {
        gops_digest id = gops_value_digest(&w->a[i]);
        anchor *found = gops_table_get(table, id.bytes, sizeof id.bytes);
        if (!found) {
            found = &list[used++];
            found->id = id;
            if (gops_table_set(table, found->id.bytes, sizeof id.bytes, found) < 0)
                return GITOPS_ENOMEM;
        }
        found->a = i;
        found->a_count++;
    }
    for (uint32_t j = g->b; j < g->b_end; j++) {
        gops_digest id = gops_value_digest(&w->b[j]);
        anchor *found = gops_table_get(table, id.bytes, sizeof id.bytes);
        if (found) {
            found->b = j;
            found->b_count++;
        }
    }
    return 0;
}

/* Keeps those of list (count, in a's order) that are unique on both sides. */
static uint32_t keep_unique(anchor *list, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (list[i].a_count == 1 && list[i].b_count == 1)
            list[kept++] = list[i];
    return kept;
}

/* The longest row of anchors that rises in b too; marks it by a_count = 0 elsewhere. */
static void keep_rising(anchor *list, uint32_t count, uint32_t *tails)
{
    uint32_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t low = 0, high = length;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (list[tails[middle]].b < list[i].b)
                low = middle + 1;
            else
                high = middle;
        }
        list[i].previous = low ? tails[low - 1] : GOPS_UNMATCHED;
        tails[low] = i;
        if (low == length)
            length++;
    }
    for (uint32_t i = 0; i < count; i++)
        list[i].a_count = 0;
    for (uint32_t i = length ? tails[length - 1] : GOPS_UNMATCHED; i != GOPS_UNMATCHED;
         i = list[i].previous)
        list[i].a_count = 1;
}

static int match_between(alignment *w, const gap *whole, const anchor *list, uint32_t count)
{
    gap g = *whole;
    int status = 0;
    for (uint32_t i = 0; i < count && status == 0; i++) {
        if (!list[i].a_count)
            continue;
        gap before = {g.a, list[i].a, g.b, list[i].b};
        status = match_gap(w, before);
        w->match[list[i].a] = list[i].b;
        g.a = list[i].a + 1;
        g.b = list[i].b + 1;
    }
    return status ? status : match_gap(w, g);
}

static int match_middle(alignment *w, const gap *g)
{
    gops_table table;
    uint32_t count = g->a_end - g->a;
    anchor *list = gops_calloc(w->context, count, sizeof *list);
    uint32_t *tails = gops_calloc(w->context, count, sizeof *tails);
    int status = list && tails ? 0 : GITOPS_ENOMEM;
    gops_table_init(&table, w->context);
    if (status == 0)
        status = count_elements(w, &table, list, g);
    if (status == 0) {
        count = keep_unique(list, count);
        keep_rising(list, count, tails);
        status = match_between(w, g, list, count);
    }
    gops_table_release(&table);
    gops_free(w->context, list);
    gops_free(w->context, tails);
    return status;
}

int gops_sequence_align(gitops_context *context, const gitops_value *a, const gitops_value *b,
                        uint32_t *match)
{
    alignment w = {context, a->as.children, b->as.children, match, NULL};
    gap g = {0, a->count, 0, b->count};
    for (uint32_t i = 0; i < a->count; i++)
        match[i] = GOPS_UNMATCHED;
    match_ends(&w, &g);
    int status = g.a < g.a_end && g.b < g.b_end ? match_middle(&w, &g) : 0;
    gops_free(context, w.cells);
    return status;
}
