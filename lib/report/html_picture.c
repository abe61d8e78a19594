/*
 * html_picture: the order of a plan from left to right. A box, a tier, holds the operations that may
 * run side by side; an arrow leads to the tier that waits for it, a curve from an operation to what
 * needs it. Nothing is kept but where the
 * next tier starts: the size of the picture is found by walking the tiers once before.
 */
#include "report/html.h"

#include <string.h>

#include "manifest/key.h"
#include "plan/plan.h"

enum {
    SHOWN = 160,      /* operations; a larger picture is no picture any more */
    ROWS = 8,         /* of a tier, before it gets another column */
    NAME_LENGTH = 22, /* characters that fit into a node */
    NODE_WIDTH = 176,
    NODE_HEIGHT = 40,
    GAP = 8,
    INSET = 10, /* of the nodes in their tier */
    FLOW = 34,  /* between two tiers */
    SAG = 26,   /* of a curve below its nodes */
    MARGIN = 20,
    HEADING = 46 /* from the top to the tiers */
};

/* Operations first..end of a plan, and where their box stands. */
typedef struct tier {
    size_t first, end;
    size_t x, width, height;
} tier;

static int same_tier(const gitops_operation *a, const gitops_operation *b)
{
    return a->rank == b->rank && gitops_operation_wave(a) == gitops_operation_wave(b) &&
           strcmp(gitops_operation_phase(a), gitops_operation_phase(b)) == 0;
}

static size_t shown_count(const gitops_plan *plan)
{
    size_t count = gitops_plan_count(plan);
    return count < SHOWN ? count : SHOWN;
}

/* Moves on to the next tier; a zeroed one stands before the first. Returns 0 at the end. */
static int next_tier(const gitops_plan *plan, tier *t)
{
    size_t count = shown_count(plan), first = t->end, end = first;
    if (first == count)
        return 0;
    const gitops_operation *start = gitops_plan_operation(plan, first);
    while (end < count && same_tier(start, gitops_plan_operation(plan, end)))
        end++;
    size_t columns = (end - first + ROWS - 1) / ROWS;
    size_t rows = end - first < ROWS ? end - first : ROWS;
    t->x = t->width ? t->x + t->width + FLOW : MARGIN;
    t->width = columns * (NODE_WIDTH + GAP) - GAP + 2 * INSET;
    t->height = rows * (NODE_HEIGHT + GAP) - GAP + 2 * INSET;
    t->first = first;
    t->end = end;
    return 1;
}

/* name="number" */
static void put_number(gops_writer *out, const char *name, size_t number)
{
    gops_writer_puts(out, " ");
    gops_writer_puts(out, name);
    gops_writer_puts(out, "=\"");
    gops_writer_uint(out, number);
    gops_writer_puts(out, "\"");
}

static void put_box(gops_writer *out, size_t x, size_t y, size_t width, size_t height)
{
    put_number(out, "x", x);
    put_number(out, "y", y);
    put_number(out, "width", width);
    put_number(out, "height", height);
}

/* As much of a text as fits. */
static void put_short(gops_writer *out, const char *text, size_t length)
{
    size_t characters = 0, end = 0;
    for (; end < length; end++) {
        characters += ((unsigned char)text[end] & 0xC0) != 0x80;
        if (characters > NAME_LENGTH)
            break;
    }
    gops_writer_html_bytes(out, text, end);
    if (end < length)
        gops_writer_puts(out, "\xE2\x80\xA6");
}

static void put_text(gops_writer *out, const char *class, size_t x, size_t y, const char *text,
                     size_t length)
{
    gops_writer_puts(out, "<text class=\"");
    gops_writer_puts(out, class);
    gops_writer_puts(out, "\"");
    put_number(out, "x", x);
    put_number(out, "y", y);
    gops_writer_puts(out, ">");
    put_short(out, text, length);
    gops_writer_puts(out, "</text>");
}

/* Kind above name; a key of another form is a name alone. */
static void put_label(gops_writer *out, const char *key)
{
    gops_key_parts parts;
    if (!gops_key_split(key, &parts)) {
        put_text(out, "name", 26, 25, key, strlen(key));
        return;
    }
    put_text(out, "kind", 26, 16, parts.kind, (size_t)(parts.name - 1 - parts.kind));
    put_text(out, "name", 26, 31, parts.name, parts.name_length);
}

/* An inner picture cuts off what does not fit. */
static void put_node(gops_writer *out, const gitops_operation *operation, size_t i, size_t x,
                     size_t y)
{
    const gops_words *w = gops_words_of(gitops_operation_action(operation));
    gops_writer_puts(out, "<a class=\"node ");
    gops_writer_puts(out, gitops_action_name(w->action));
    gops_writer_puts(out, "\" tabindex=\"-1\" href=\"#op-");
    gops_writer_uint(out, i);
    gops_writer_puts(out, "\"><title>");
    gops_writer_html(out, gitops_action_name(w->action));
    gops_writer_puts(out, " ");
    gops_writer_html(out, gitops_operation_key(operation));
    gops_writer_puts(out, "</title><rect rx=\"6\"");
    put_box(out, x, y, NODE_WIDTH, NODE_HEIGHT);
    gops_writer_puts(out, "/><svg");
    put_box(out, x, y, NODE_WIDTH - 6, NODE_HEIGHT);
    gops_writer_puts(out, "><text class=\"mark\" x=\"10\" y=\"25\">");
    gops_writer_puts(out, w->mark);
    gops_writer_puts(out, "</text>");
    put_label(out, gitops_operation_key(operation));
    gops_writer_puts(out, "</svg></a>\n");
}

static void put_heading(gops_writer *out, const gitops_operation *operation, size_t x)
{
    gops_writer_puts(out, "<text class=\"phase\" y=\"30\"");
    put_number(out, "x", x);
    gops_writer_puts(out, ">");
    gops_writer_html(out, gitops_operation_phase(operation));
    gops_writer_puts(out, ", wave ");
    gops_writer_int(out, gitops_operation_wave(operation));
    gops_writer_puts(out, "</text>\n");
}

/* From the tier before to this one. */
static void put_flow(gops_writer *out, size_t x)
{
    gops_writer_puts(out, "<path class=\"flow\" marker-end=\"url(#arrow)\" d=\"M");
    gops_writer_uint(out, x - FLOW + 4);
    gops_writer_puts(out, " ");
    gops_writer_uint(out, HEADING + INSET + NODE_HEIGHT / 2);
    gops_writer_puts(out, "h");
    gops_writer_uint(out, FLOW - 12);
    gops_writer_puts(out, "\"/>\n");
}

/* Where the node of an operation stands in its tier. */
static void find_node(const tier *t, size_t i, size_t *x, size_t *y)
{
    *x = t->x + INSET + (i - t->first) / ROWS * (NODE_WIDTH + GAP);
    *y = HEADING + INSET + (i - t->first) % ROWS * (NODE_HEIGHT + GAP);
}

static void put_tier(gops_writer *out, const gitops_plan *plan, const tier *t)
{
    const gitops_operation *first = gitops_plan_operation(plan, t->first);
    const gitops_operation *before = t->first ? gitops_plan_operation(plan, t->first - 1) : NULL;
    if (!before || gitops_operation_wave(before) != gitops_operation_wave(first) ||
        strcmp(gitops_operation_phase(before), gitops_operation_phase(first)) != 0)
        put_heading(out, first, t->x);
    if (before)
        put_flow(out, t->x);
    gops_writer_puts(out, "<rect class=\"tier\" rx=\"10\"");
    put_box(out, t->x, HEADING, t->width, t->height);
    gops_writer_puts(out, "/>\n");
    for (size_t i = t->first; i < t->end; i++) {
        size_t column = (i - t->first) / ROWS, row = (i - t->first) % ROWS;
        put_node(out, gitops_plan_operation(plan, i), i, t->x + INSET + column * (NODE_WIDTH + GAP),
                 HEADING + INSET + row * (NODE_HEIGHT + GAP));
    }
}

/* A curve from what is needed to what needs it, below the nodes. */
static void put_edge(gops_writer *out, const tier *from, size_t i, const tier *to, size_t j)
{
    size_t start_x, start_y, end_x, end_y;
    find_node(from, i, &start_x, &start_y);
    find_node(to, j, &end_x, &end_y);
    const size_t points[] = {start_x + NODE_WIDTH / 2, start_y + NODE_HEIGHT,
                             start_x + NODE_WIDTH / 2, start_y + NODE_HEIGHT + SAG,
                             end_x + NODE_WIDTH / 2,   end_y + NODE_HEIGHT + SAG,
                             end_x + NODE_WIDTH / 2,   end_y + NODE_HEIGHT};
    gops_writer_puts(out, "<path class=\"edge\" d=\"M");
    for (size_t n = 0; n < sizeof points / sizeof points[0]; n++) {
        gops_writer_puts(out, n == 2 ? "C" : n ? " " : "");
        gops_writer_uint(out, points[n]);
    }
    gops_writer_puts(out, "\"/>\n");
}

/* Everything in a namespace needs it: that is no news. */
static int is_namespace(const gitops_operation *operation)
{
    gops_key_parts parts;
    return gops_key_split(gitops_operation_key(operation), &parts) && parts.group_length == 0 &&
           parts.kind_length == 9 && memcmp(parts.kind, "Namespace", 9) == 0;
}

/* What each operation of a tier is needed by, as far as it is in the picture. */
static void put_edges(gops_writer *out, const gitops_plan *plan, const tier *from)
{
    const gops_graph *graph = &plan->graph;
    for (size_t i = from->first; graph->first && i < from->end; i++) {
        if (is_namespace(gitops_plan_operation(plan, i)))
            continue;
        for (uint32_t e = graph->first[i]; e < graph->first[i + 1]; e++) {
            size_t needing = gops_edge_to(graph->edges[e]);
            if (gops_edge_kind_of(graph->edges[e]) != GOPS_EDGE_NEED ||
                needing >= shown_count(plan))
                continue;
            for (tier to = *from; next_tier(plan, &to);)
                if (needing >= to.first && needing < to.end)
                    put_edge(out, from, i, &to, needing);
        }
    }
}

/* Opens the picture in the size that its tiers need. */
static void put_canvas(gops_writer *out, const gitops_plan *plan)
{
    size_t width = 0, height = 0;
    for (tier t = {0}; next_tier(plan, &t);) {
        width = t.x + t.width + MARGIN;
        height = t.height > height ? t.height : height;
    }
    height += HEADING + MARGIN;
    gops_writer_puts(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" aria-label=\"Order of the "
                          "operations\" viewBox=\"0 0 ");
    gops_writer_uint(out, width);
    gops_writer_puts(out, " ");
    gops_writer_uint(out, height);
    gops_writer_puts(out, "\"");
    put_number(out, "width", width);
    put_number(out, "height", height);
    gops_writer_puts(out, ">\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" "
                          "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0.5L7 "
                          "4L0 7.5z\"/></marker></defs>\n");
}

void gops_html_picture(gops_writer *out, const gitops_plan *plan)
{
    size_t count = gitops_plan_count(plan);
    if (count == 0)
        return;
    gops_writer_puts(out,
                     "<section id=\"picture\"><h2>Order</h2>\n<p class=\"faint\">What stands in "
                     "one box runs side by side; each box waits for the one "
                     "before; a curve leads from what is needed to what needs it.");
    if (count > SHOWN) {
        gops_writer_puts(out, " The picture ends after ");
        gops_writer_uint(out, SHOWN);
        gops_writer_puts(out, " of ");
        gops_writer_uint(out, count);
        gops_writer_puts(out, " operations; the list below has them all.");
    }
    gops_writer_puts(out, "</p>\n<div class=\"scroll\">");
    put_canvas(out, plan);
    for (tier t = {0}; next_tier(plan, &t);)
        put_edges(out, plan, &t);
    for (tier t = {0}; next_tier(plan, &t);)
        put_tier(out, plan, &t);
    gops_writer_puts(out, "</svg></div>\n</section>\n");
}
