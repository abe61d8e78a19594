/*
 * gitops status and gitops history: what the state file remembers. Neither source nor target is
 * asked.
 */
#include <string.h>

#include "commands.h"
#include "standing.h"
#include "unit_flags.h"

static const char *const formats[] = {"text", "json", NULL};

typedef struct memory {
    gitops_store *store;
    gitops_inventory *inventory;
    gitops_history *history;
    gitops_standing *standing;
} memory;

static int open_memory(memory *m, program *p, const arguments *args, uint32_t runs)
{
    gitops_store_options options = {sizeof options, NULL, 0, 1};
    gitops_error err = {0};
    memset(m, 0, sizeof *m);
    if (check_unit_names(args, 0) != 0 || !(options.path = state_path(args)))
        return RESULT_ERROR;
    int rc = gitops_store_open(&m->store, p->context, &options, &err);
    if (rc == 0)
        rc = gitops_inventory_read(&m->inventory, m->store, UNIT_NAME, &err);
    if (rc == 0)
        rc = gitops_history_read(&m->history, m->store, UNIT_NAME, runs, &err);
    if (rc == 0)
        rc = gitops_standing_read(&m->standing, m->store, UNIT_NAME, unix_now_ms(), &err);
    return rc < 0 ? complain_error(&err) : 0;
}

static void close_memory(memory *m)
{
    gitops_standing_free(m->standing);
    gitops_history_free(m->history);
    gitops_inventory_free(m->inventory);
    gitops_store_free(m->store);
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
    printf("unit " UNIT_NAME ": %zu object%s\n", owned, owned == 1 ? "" : "s");
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
    printf("{\"format_version\":\"1.0\",\"unit\":\"" UNIT_NAME "\",\"objects\":%zu,"
           "\"open_intents\":%zu,\"revision\":",
           count_owned(m->inventory), count_open_intents(m->inventory, 0));
    print_json_string(
        stdout, gitops_history_count(m->history) ? gitops_history_revision(m->history, 0) : NULL);
    fputs(",\"last_run\":", stdout);
    if (gitops_history_count(m->history))
        print_run_json(m->history, 0, 0);
    else
        fputs("null", stdout);
    print_standing_json(m->standing);
    puts("}");
}

static int run_status(program *p, const arguments *args)
{
    memory m;
    int format = arguments_choice(args, "format", formats, 0);
    if (format < 0)
        return RESULT_ERROR;
    int result = open_memory(&m, p, args, 1);
    if (result == 0 && format == 0)
        print_status_text(&m);
    else if (result == 0)
        print_status_json(&m);
    close_memory(&m);
    return result;
}

static void print_history_text(const gitops_history *history)
{
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

static void print_history_json(const gitops_history *history)
{
    fputs("{\"format_version\":\"1.0\",\"unit\":\"" UNIT_NAME "\",\"runs\":[", stdout);
    for (size_t i = 0; i < gitops_history_count(history); i++) {
        if (i > 0)
            fputc(',', stdout);
        print_run_json(history, i, 1);
    }
    puts("]}");
}

static int run_history(program *p, const arguments *args)
{
    memory m;
    int format = arguments_choice(args, "format", formats, 0);
    if (format < 0)
        return RESULT_ERROR;
    int result = open_memory(&m, p, args, 0);
    if (result == 0 && format == 0)
        print_history_text(m.history);
    else if (result == 0)
        print_history_json(m.history);
    close_memory(&m);
    return result;
}

static const option_spec options[] = {
    {"format", "text|json", "for people (default), or JSON", 0},
    {NULL, NULL, NULL, 0},
};

const command status_command = {
    .name = "status",
    .operands = "[UNIT...]",
    .summary = "show what a state file remembers",
    .details = "Only --state is used; the other options of a unit are accepted, so that one\n"
               "set of options serves all commands.\n",
    .options = options,
    .shared = unit_options,
    .run = run_status,
};

const command history_command = {
    .name = "history",
    .operands = "[UNIT...]",
    .summary = "show the last runs, newest first",
    .details = "Only --state is used; the other options of a unit are accepted, so that one\n"
               "set of options serves all commands.\n",
    .options = options,
    .shared = unit_options,
    .run = run_history,
};
