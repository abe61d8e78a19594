/*
 * status_table: a row for each unit; those that need somebody come first.
 */
#include "status_table.h"

#include <stdlib.h>
#include <string.h>

#include "standing.h"

enum { REVISION_DIGITS = 12 };

/* From the worst to the best. */
static const char *const conditions[] = {"failed", "interrupted", "withheld", "suspended",
                                         "pinned", "never ran",   "running",  "done"};
enum { FAILED, INTERRUPTED, WITHHELD, SUSPENDED, PINNED, NEVER_RAN, RUNNING, DONE };

static int rank_of(const gitops_history *history, const gitops_standing *standing)
{
    const char *result = gitops_history_result(history, 0);
    if (result && strcmp(result, "failed") == 0)
        return FAILED;
    if (result && strcmp(result, "interrupted") == 0)
        return INTERRUPTED;
    if (gitops_standing_count(standing, GITOPS_STANDING_FAILED))
        return WITHHELD;
    if (gitops_standing_count(standing, GITOPS_STANDING_SUSPENDED))
        return SUSPENDED;
    if (gitops_standing_count(standing, GITOPS_STANDING_PINNED))
        return PINNED;
    if (!result)
        return NEVER_RAN;
    return strcmp(result, "running") == 0 ? RUNNING : DONE;
}

int status_table_add(status_table *table, const char *unit, size_t owned,
                     const gitops_history *history, const gitops_standing *standing)
{
    status_row *larger = realloc(table->rows, (table->count + 1) * sizeof *larger);
    char *name = malloc(strlen(unit) + 1);
    if (larger)
        table->rows = larger;
    if (!larger || !name) {
        free(name);
        return complain("out of memory");
    }
    const char *revision = gitops_history_revision(history, 0);
    status_row *row = &table->rows[table->count++];
    memset(row, 0, sizeof *row);
    row->unit = strcpy(name, unit);
    row->owned = owned;
    row->ran_unix_ms = gitops_history_started_unix_ms(history, 0);
    snprintf(row->revision, sizeof row->revision, "%.*s", REVISION_DIGITS,
             revision ? revision : "");
    row->rank = rank_of(history, standing);
    row->condition = conditions[row->rank];
    return 0;
}

static int compare_rows(const void *left, const void *right)
{
    const status_row *a = left, *b = right;
    return a->rank != b->rank ? a->rank - b->rank : strcmp(a->unit, b->unit);
}

void status_table_print(status_table *table)
{
    size_t widest = strlen("UNIT");
    for (size_t i = 0; i < table->count; i++)
        widest = strlen(table->rows[i].unit) > widest ? strlen(table->rows[i].unit) : widest;
    qsort(table->rows, table->count, sizeof *table->rows, compare_rows);
    printf("%-*s  %-11s  %7s  %-*s  %s\n", (int)widest, "UNIT", "CONDITION", "OBJECTS",
           REVISION_DIGITS, "REVISION", "LAST RUN");
    for (size_t i = 0; i < table->count; i++) {
        const status_row *row = &table->rows[i];
        printf("%-*s  %-11s  %7zu  %-*s  ", (int)widest, row->unit, row->condition, row->owned,
               REVISION_DIGITS, row->revision);
        print_time(row->ran_unix_ms);
        putchar('\n');
    }
}

void status_table_free(status_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->rows[i].unit);
    free(table->rows);
    memset(table, 0, sizeof *table);
}
