/*
 * gitops: the command line program of libgitops, and an example of a full host. It uses nothing but
 * the library's public headers.
 */
#include <signal.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "commands.h"
#include "progress.h"
#include "signals.h"

static const command *const commands[] = {
    &plan_command,  &apply_command, &watch_command, &status_command, &history_command,
    &approve_command, &suspend_command, &resume_command, &rollback_command,
    &explain_command, &lint_command,  &parse_command, &build_command, &diff_command,  &patch_command,
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *out)
{
    fputs("gitops keeps a system equal to what Git says.\n\nUsage: gitops COMMAND [OPTIONS]\n\n",
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-10s%s\n", commands[i]->name, commands[i]->summary);
    fputs("\nResults go to standard output, everything else to standard error.\n"
          "Exit codes: 0 nothing to do, or done; 1 differences; 2 error, the target was not\n"
          "changed; 3 held for approval; 4 something failed after the first call to the target;\n"
          "130 or 143 stopped by a signal. 'gitops COMMAND --help' tells the rest.\n",
          out);
}

static void print_options(const option_spec *table)
{
    for (; table && table->name; table++) {
        int width = printf("  --%s%s%s", table->name, table->value ? " " : "",
                           table->value ? table->value : "");
        printf(width < 32 ? "%*s%s\n" : "\n%*s%s\n", width < 32 ? 32 - width : 32, "", table->help);
    }
}

static int print_help(const command *c)
{
    printf("gitops %s: %s\n\nUsage: gitops %s [OPTIONS]%s%s\n\n%s\nOptions:\n", c->name, c->summary,
           c->name, *c->operands ? " " : "", c->operands, c->details);
    print_options(c->options);
    if (c->shared) {
        puts("\nThe unit (it is named \"default\"):");
        print_options(c->shared);
    }
    return RESULT_SAME;
}

static void log_message(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    progress_hide();
    fprintf(stderr, "gitops: %s%s\n", level == GITOPS_LOG_WARNING ? "warning: " : "", message);
}

/* Commands that read no Git repository start faster without. */
static int make_context(program *p, int reads_git)
{
    gitops_context_options options = {0};
    gitops_error err = {0};
    options.struct_size = sizeof options;
    options.log_level = GITOPS_LOG_WARNING;
    options.log = log_message;
    if ((reads_git && gitops_process_defaults(&err) < 0) ||
        gitops_context_new(&p->context, &options, &err) < 0)
        return complain_error(&err);
    return 0;
}

/* A result nobody got is no result; only apply must still say what became of the target. */
static int finish_output(int result, int target_changed)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return result;
    complain("standard output could not be written");
    if (result >= RESULT_ERROR)
        return result;
    return target_changed ? RESULT_FAILED : RESULT_ERROR;
}

static int run_command(program *p, const command *c, int count, char **words)
{
    arguments args;
    int result = arguments_read(&args, c->name, count, words, c->options, c->shared);
    if (result == 0 && args.help)
        result = print_help(c);
    else if (result == 0 && (result = make_context(p, c->reads_git)) == 0)
        result = c->run(p, &args);
    int changes_target = c->changes_target && !args.help;
    arguments_free(&args);
    gitops_context_free(p->context);
    return finish_output(result, changes_target);
}

/*
 * What one thread lets go of, the next phase needs on another: with an arena for each, a first plan
 * of 100,000 objects takes 20 MB more, and no time is won.
 */
static void share_memory(void)
{
#ifdef M_ARENA_MAX
    (void)mallopt(M_ARENA_MAX, 1);
#endif
}

static const command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

int main(int count, char **words)
{
    program p = {NULL, count > 0 ? words[0] : "gitops"};
    share_memory();
    if (count < 2) {
        print_usage(stderr);
        return RESULT_ERROR;
    }
    const char *name = words[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        const command *about = count > 2 ? find_command(words[2]) : NULL;
        if (about)
            print_help(about);
        else
            print_usage(stdout);
        return finish_output(RESULT_SAME, 0);
    }
    if (strcmp(name, "--version") == 0) {
        printf("gitops %s\n", gitops_version());
        return finish_output(RESULT_SAME, 0);
    }
    const command *c = find_command(name);
    if (!c) {
        complain("there is no command %s; see 'gitops --help'", name);
        return RESULT_ERROR;
    }
    signal(SIGPIPE, SIG_IGN);
    return signals_start() != 0 ? RESULT_ERROR : run_command(&p, c, count - 2, words + 2);
}
