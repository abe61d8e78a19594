/*
 * standing: suspended, pinned, failed before, approved; for people and as members of a JSON object.
 */
#include "standing.h"

#include <time.h>

void print_time(int64_t unix_ms)
{
    char text[32] = "never";
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm parts;
    if (unix_ms > 0 && gmtime_r(&seconds, &parts))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    fputs(text, stdout);
}

void print_sayer(const char *who, const char *why)
{
    fputs(who && *who ? " by " : "", stdout);
    print_shown(stdout, who);
    fputs(why && *why ? ": " : "", stdout);
    print_shown(stdout, why);
    putchar('\n');
}

static void print_said(const gitops_standing *standing, int32_t what, size_t i)
{
    print_sayer(gitops_standing_who(standing, what, i), gitops_standing_text(standing, what, i));
}

void print_standing_text(const gitops_standing *standing)
{
    if (gitops_standing_count(standing, GITOPS_STANDING_SUSPENDED)) {
        fputs("suspended until ", stdout);
        if (gitops_standing_until_unix_ms(standing))
            print_time(gitops_standing_until_unix_ms(standing));
        else
            fputs("it is resumed", stdout);
        print_said(standing, GITOPS_STANDING_SUSPENDED, 0);
    }
    if (gitops_standing_count(standing, GITOPS_STANDING_PINNED)) {
        printf("pinned to %s", gitops_standing_subject(standing, GITOPS_STANDING_PINNED, 0));
        print_said(standing, GITOPS_STANDING_PINNED, 0);
    }
    size_t failed = gitops_standing_count(standing, GITOPS_STANDING_FAILED);
    if (failed)
        printf("%zu object%s failed before and wait%s for a change:\n", failed,
               failed == 1 ? "" : "s", failed == 1 ? "s" : "");
    for (size_t i = 0; i < failed; i++) {
        printf("  %s", gitops_standing_subject(standing, GITOPS_STANDING_FAILED, i));
        print_said(standing, GITOPS_STANDING_FAILED, i);
    }
    for (size_t i = 0; i < gitops_standing_count(standing, GITOPS_STANDING_APPROVED); i++) {
        printf("plan %s is approved",
               gitops_standing_subject(standing, GITOPS_STANDING_APPROVED, i));
        print_said(standing, GITOPS_STANDING_APPROVED, i);
    }
}

/* The members that all things said have, without braces. */
static void print_said_json(const gitops_standing *standing, int32_t what, size_t i,
                            const char *subject, const char *text)
{
    if (subject) {
        printf("\"%s\":", subject);
        print_json_string(stdout, gitops_standing_subject(standing, what, i));
        putchar(',');
    }
    if (what != GITOPS_STANDING_FAILED) {
        const char *who = gitops_standing_who(standing, what, i);
        fputs("\"who\":", stdout);
        print_json_string(stdout, who && *who ? who : NULL);
        putchar(',');
    }
    const char *said = gitops_standing_text(standing, what, i);
    printf("\"%s\":", text);
    print_json_string(stdout, said && *said ? said : NULL);
    printf(",\"since_unix_ms\":%lld", (long long)gitops_standing_unix_ms(standing, what, i));
}

static void print_list_json(const gitops_standing *standing, int32_t what, const char *name,
                            const char *subject, const char *text)
{
    printf(",\"%s\":[", name);
    for (size_t i = 0; i < gitops_standing_count(standing, what); i++) {
        fputs(i > 0 ? ",{" : "{", stdout);
        print_said_json(standing, what, i, subject, text);
        putchar('}');
    }
    putchar(']');
}

void print_standing_json(const gitops_standing *standing)
{
    int64_t until = gitops_standing_until_unix_ms(standing);
    fputs(",\"suspended\":", stdout);
    if (gitops_standing_count(standing, GITOPS_STANDING_SUSPENDED)) {
        fputs("{\"until_unix_ms\":", stdout);
        if (until)
            printf("%lld,", (long long)until);
        else
            fputs("null,", stdout);
        print_said_json(standing, GITOPS_STANDING_SUSPENDED, 0, NULL, "reason");
        putchar('}');
    } else {
        fputs("null", stdout);
    }
    fputs(",\"pinned\":", stdout);
    if (gitops_standing_count(standing, GITOPS_STANDING_PINNED)) {
        putchar('{');
        print_said_json(standing, GITOPS_STANDING_PINNED, 0, "revision", "reason");
        putchar('}');
    } else {
        fputs("null", stdout);
    }
    print_list_json(standing, GITOPS_STANDING_FAILED, "failed_before", "key", "error");
    print_list_json(standing, GITOPS_STANDING_APPROVED, "approvals", "digest", "reason");
}
