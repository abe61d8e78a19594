/*
 * gitops status and gitops history: what the state file remembers. Neither source nor target is
 * asked.
 */
#include <string.h>

#include "commands.h"
#include "known_units.h"
#include "standing.h"
#include "status_table.h"
#include "unit_flags.h"

static const char *const formats[] = {"text", "json", NULL};

/* What the state says of one unit. */
typedef struct memory {
    const char *unit;
    gitops_inventory *inventory;
    gitops_history *history;
    gitops_standing *standing;
} memory;

static int open_memory(memory *m, gitops_store *store, const char *unit, uint32_t runs)
{
    gitops_error err = {0};
    memset(m, 0, sizeof *m);
    m->unit = unit;
    int rc = gitops_inventory_read(&m->inventory, store, unit, &err);
    if (rc == 0)
        rc = gitops_history_read(&m->history, store, unit, runs, &err);
    if (rc == 0)
        rc = gitops_standing_read(&m->standing, store, unit, unix_now_ms(), &err);
    return rc < 0 ? complain_error(&err) : 0;
}

static void close_memory(memory *m)
{
    gitops_standing_free(m->standing);
    gitops_history_free(m->history);
    gitops_inventory_free(m->inventory);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void print_run_line(const gitops_history *history, size_t i)
{
    printf("run %llu  ", (unsigned long long)gitops_history_number(history, i));
    print_time(gitops_history_started_unix_ms(history, i));
    printf("  %s  revision %s", gitops_history_result(history, i),
           or_empty(gitops_history_revision(history, i)));
    if (gitops_history_approved(history, i))
        printf("  approved %s", or_empty(gitops_history_digest(history, i)));
    putchar('\n');
    if (gitops_history_approved(history, i) && *or_empty(gitops_history_approver(history, i))) {
        fputs("  approved", stdout);
        print_sayer(gitops_history_approver(history, i), gitops_history_approval_reason(history, i));
    }
}

/* A text of the history; NULL where nothing was said. */
static const char *said(const char *text)
{
    return text && *text ? text : NULL;
}

static void print_run_json(const gitops_history *history, size_t i, int with_operations)
{
    printf("{\"number\":%llu,\"started_unix_ms\":%lld,",
           (unsigned long long)gitops_history_number(history, i),
           (long long)gitops_history_started_unix_ms(history, i));
    int64_t finished = gitops_history_finished_unix_ms(history, i);
    if (finished > 0)
        printf("\"finished_unix_ms\":%lld,\"revision\":", (long long)finished);
    else
        fputs("\"finished_unix_ms\":null,\"revision\":", stdout);
    print_json_string(stdout, gitops_history_revision(history, i));
    fputs(",\"digest\":", stdout);
    print_json_string(stdout, gitops_history_digest(history, i));
    printf(",\"approved\":%s,\"approver\":",
           gitops_history_approved(history, i) ? "true" : "false");
    print_json_string(stdout, said(gitops_history_approver(history, i)));
    fputs(",\"approval_reason\":", stdout);
    print_json_string(stdout, said(gitops_history_approval_reason(history, i)));
    fputs(",\"result\":", stdout);
    print_json_string(stdout, gitops_history_result(history, i));
    for (size_t op = 0; with_operations && op < gitops_history_operations(history, i); op++) {
        fputs(op == 0 ? ",\"operations\":[{\"action\":" : ",{\"action\":", stdout);
        print_json_string(stdout, gitops_history_action(history, i, op));
        fputs(",\"key\":", stdout);
        print_json_string(stdout, gitops_history_key(history, i, op));
        fputs(",\"outcome\":", stdout);
        print_json_string(stdout, gitops_history_outcome(history, i, op));
        fputs(",\"error\":", stdout);
        print_json_string(stdout, gitops_history_error(history, i, op));
        fputc('}', stdout);
    }
    if (with_operations)
        fputs(gitops_history_operations(history, i) ? "]" : ",\"operations\":[]", stdout);
    fputc('}', stdout);
}

/* Keys of calls whose end is not known. Returns how many. */
static size_t count_open_intents(const gitops_inventory *inventory, int print)
{
    size_t open = 0;
    for (size_t i = 0; i < gitops_inventory_count(inventory); i++) {
        if (!gitops_inventory_open_intent(inventory, i))
            continue;
        open++;
        if (print)
            printf("  %s\n", gitops_inventory_key(inventory, i));
    }
    return open;
}

/* What a run was about to make when it was cut off is not ours yet. */
static size_t count_owned(const gitops_inventory *inventory)
{
    size_t owned = 0;
    for (size_t i = 0; i < gitops_inventory_count(inventory); i++)
        owned += gitops_inventory_owned(inventory, i) != 0;
    return owned;
}

static void print_status_text(const memory *m)
{
    size_t open = count_open_intents(m->inventory, 0);
    size_t owned = count_owned(m->inventory);
    printf("unit %s: %zu object%s\n", m->unit, owned, owned == 1 ? "" : "s");
    print_standing_text(m->standing);
    if (gitops_history_count(m->history) == 0) {
        puts("it never ran");
        return;
    }
    fputs("last ", stdout);
    print_run_line(m->history, 0);
    if (open > 0) {
        printf("%zu call%s that never ended; the next run looks at the target first:\n", open,
               open == 1 ? "" : "s");
        count_open_intents(m->inventory, 1);
    }
}

static void print_status_json(const memory *m)
{
    printf("{\"format_version\":\"1.0\",\"unit\":\"%s\",\"objects\":%zu,"
           "\"open_intents\":%zu,\"revision\":",
           m->unit, count_owned(m->inventory), count_open_intents(m->inventory, 0));
    print_json_string(
        stdout, gitops_history_count(m->history) ? gitops_history_revision(m->history, 0) : NULL);
    fputs(",\"last_run\":", stdout);
    if (gitops_history_count(m->history))
        print_run_json(m->history, 0, 0);
    else
        fputs("null", stdout);
    print_standing_json(m->standing);
    putchar('}');
}

static void print_history_text(const memory *m)
{
    const gitops_history *history = m->history;
    for (size_t i = 0; i < gitops_history_count(history); i++) {
        print_run_line(history, i);
        for (size_t op = 0; op < gitops_history_operations(history, i); op++) {
            const char *error = gitops_history_error(history, i, op);
            printf("  %s %s: %s%s", or_empty(gitops_history_action(history, i, op)),
                   or_empty(gitops_history_key(history, i, op)),
                   or_empty(gitops_history_outcome(history, i, op)), error && *error ? ": " : "");
            print_shown(stdout, error);
            fputc('\n', stdout);
        }
    }
}

static void print_history_json(const memory *m)
{
    const gitops_history *history = m->history;
    printf("{\"format_version\":\"1.0\",\"unit\":\"%s\",\"runs\":[", m->unit);
    for (size_t i = 0; i < gitops_history_count(history); i++) {
        if (i > 0)
            fputc(',', stdout);
        print_run_json(history, i, 1);
    }
    fputs("]}", stdout);
}

typedef struct view {
    uint32_t runs; /* how many are read; 0: all that are kept */
    void (*text)(const memory *m);
    void (*json)(const memory *m);
} view;

/* One unit after the other; several JSON objects are the elements of an array. */
static int print_units(const known_units *units, const view *v, int format)
{
    int result = 0, is_array = format == 1 && units->count != 1;
    for (size_t i = 0; i < units->count && result == 0; i++) {
        memory m;
        result = open_memory(&m, units->store, units->names[i], v->runs);
        if (result == 0 && is_array)
            putchar(i == 0 ? '[' : ',');
        if (result == 0 && format == 0 && units->count > 1)
            printf("%sunit %s\n", i == 0 ? "" : "\n", m.unit);
        if (result == 0)
            (format == 0 ? v->text : v->json)(&m);
        close_memory(&m);
    }
    if (result == 0 && format == 1)
        puts(!is_array ? "" : units->count ? "]" : "[]");
    return result;
}

static int print_table(const known_units *units)
{
    status_table table = {0};
    int result = 0;
    for (size_t i = 0; i < units->count && result == 0; i++) {
        memory m;
        result = open_memory(&m, units->store, units->names[i], 1);
        if (result == 0)
            result = status_table_add(&table, m.unit, count_owned(m.inventory), m.history,
                                      m.standing);
        close_memory(&m);
    }
    if (result == 0)
        status_table_print(&table);
    status_table_free(&table);
    return result;
}

static int run_view(program *p, const arguments *args, const view *v, int as_table)
{
    known_units units;
    int format = arguments_choice(args, "format", formats, 0);
    if (format < 0)
        return RESULT_ERROR;
    int result = known_units_open(&units, p, args, 0, args->operand_count, 1);
    if (result == 0)
        result = as_table && format == 0 && units.count > 1 ? print_table(&units)
                                                            : print_units(&units, v, format);
    known_units_close(&units);
    return result;
}

static int run_status(program *p, const arguments *args)
{
    static const view status = {1, print_status_text, print_status_json};
    return run_view(p, args, &status, 1);
}

static int run_history(program *p, const arguments *args)
{
    static const view history = {0, print_history_text, print_history_json};
    return run_view(p, args, &history, 0);
}

static const option_spec options[] = {
    {"format", "text|json", "for people (default), or JSON", 0},
    {NULL, NULL, NULL, 0},
};

const command status_command = {
    .name = "status",
    .operands = "[UNIT...]",
    .summary = "show what a state file remembers",
    .details = "Only --state, or that of --config, is used; the other options of a unit are\n"
               "accepted, so that one set of options serves all commands. Without --state UNIT\n"
               "is a name or glob of units that the state knows; none: all.\n",
    .options = options,
    .shared = unit_options,
    .run = run_status,
};

const command history_command = {
    .name = "history",
    .operands = "[UNIT...]",
    .summary = "show the last runs, newest first",
    .details = "Only --state, or that of --config, is used; the other options of a unit are\n"
               "accepted, so that one set of options serves all commands. Without --state UNIT\n"
               "is a name or glob of units that the state knows; none: all.\n",
    .options = options,
    .shared = unit_options,
    .run = run_history,
};
