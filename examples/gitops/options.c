/*
 * options: reads --name VALUE, --name=VALUE and switches against a command's tables. Nothing is
 * guessed: no abbreviations, and what is unknown or given twice is an error with a hint.
 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

int arguments_hint(const char *command)
{
    fprintf(stderr, "gitops: see 'gitops %s --help'\n", command);
    return RESULT_ERROR;
}

static const option_spec *find_in(const option_spec *table, const char *name, size_t length)
{
    for (; table && table->name; table++)
        if (strlen(table->name) == length && memcmp(table->name, name, length) == 0)
            return table;
    return NULL;
}

/* How many letters must be added, dropped or changed to get from one word to another (short). */
static size_t distance(const char *a, const char *b, size_t b_length)
{
    size_t row[33];
    if (strlen(a) > 32 || b_length > 32)
        return 32;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[b_length];
}

/* The option that was probably meant; NULL when none is near. */
static const char *nearest(const option_spec *own, const option_spec *shared, const char *name,
                           size_t length)
{
    const option_spec *tables[] = {own, shared};
    const char *best = NULL;
    size_t best_distance = 3;
    for (size_t t = 0; t < 2; t++)
        for (const option_spec *spec = tables[t]; spec && spec->name; spec++)
            if (distance(spec->name, name, length) < best_distance) {
                best = spec->name;
                best_distance = distance(spec->name, name, length);
            }
    return best;
}

static int unknown_option(const arguments *args, const option_spec *own, const option_spec *shared,
                          const char *name, size_t length)
{
    const char *meant = nearest(own, shared, name, length);
    if (meant)
        complain("%s has no option --%.*s; did you mean --%s?", args->command, (int)length, name,
                 meant);
    else
        complain("%s has no option --%.*s", args->command, (int)length, name);
    return arguments_hint(args->command);
}

static int keep_value(arguments *args, const option_spec *spec, const char *text)
{
    if (!spec->many && arguments_get(args, spec->name)) {
        complain("--%s is given twice", spec->name);
        return arguments_hint(args->command);
    }
    args->values[args->value_count].spec = spec;
    args->values[args->value_count++].text = text;
    return 0;
}

/* One word that starts with "--"; *i moves on when its value is the next word. */
static int read_option(arguments *args, int count, char **words, int *i, const option_spec *own,
                       const option_spec *shared)
{
    const char *name = words[*i] + 2;
    const char *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const option_spec *spec = find_in(own, name, length);
    if (!spec)
        spec = find_in(shared, name, length);
    if (!spec)
        return unknown_option(args, own, shared, name, length);
    if (!spec->value && equals) {
        complain("--%s takes no value", spec->name);
        return arguments_hint(args->command);
    }
    if (!spec->value)
        return keep_value(args, spec, "");
    if (equals)
        return keep_value(args, spec, equals + 1);
    if (*i + 1 >= count) {
        complain("--%s needs a value: %s", spec->name, spec->value);
        return arguments_hint(args->command);
    }
    return keep_value(args, spec, words[++*i]);
}

int arguments_read(arguments *args, const char *command, int count, char **words,
                   const option_spec *own, const option_spec *shared)
{
    int only_operands = 0;
    memset(args, 0, sizeof *args);
    args->command = command;
    args->values = calloc((size_t)count + 1, sizeof *args->values);
    args->operands = calloc((size_t)count + 1, sizeof *args->operands);
    if (!args->values || !args->operands)
        return complain("out of memory");
    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        if (only_operands || word[0] != '-' || strcmp(word, "-") == 0) {
            args->operands[args->operand_count++] = word;
        } else if (strcmp(word, "--") == 0) {
            only_operands = 1;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            args->help = 1;
        } else if (word[1] != '-') {
            complain("%s has no option %s; options start with two dashes", command, word);
            return arguments_hint(command);
        } else {
            int rc = read_option(args, count, words, &i, own, shared);
            if (rc != 0)
                return rc;
        }
    }
    return 0;
}

void arguments_free(arguments *args)
{
    free(args->values);
    free(args->operands);
    memset(args, 0, sizeof *args);
}

const char *arguments_get(const arguments *args, const char *name)
{
    for (size_t i = 0; i < args->value_count; i++)
        if (strcmp(args->values[i].spec->name, name) == 0)
            return args->values[i].text;
    return NULL;
}

size_t arguments_all(const arguments *args, const char *name, const char **texts)
{
    size_t count = 0;
    for (size_t i = 0; i < args->value_count; i++)
        if (strcmp(args->values[i].spec->name, name) == 0)
            texts[count++] = args->values[i].text;
    return count;
}

int arguments_choice(const arguments *args, const char *name, const char *const *words,
                     int fallback)
{
    const char *given = arguments_get(args, name);
    if (!given)
        return fallback;
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], given) == 0)
            return i;
    fprintf(stderr, "gitops: --%s %s: expected ", name, given);
    for (int i = 0; words[i]; i++)
        fprintf(stderr, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
    fputc('\n', stderr);
    arguments_hint(args->command);
    return -1;
}

int arguments_number(const arguments *args, const char *name, int64_t least, int64_t most,
                     int64_t *number)
{
    const char *given = arguments_get(args, name);
    char *end;
    if (!given)
        return 0;
    errno = 0;
    long long value = strtoll(given, &end, 10);
    if (errno == 0 && end != given && *end == '\0' && value >= least && value <= most) {
        *number = value;
        return 0;
    }
    complain("--%s %s: expected a whole number from %lld to %lld", name, given, (long long)least,
             (long long)most);
    return -1;
}

/* Milliseconds in a unit that starts at *text, which moves behind it; 0 for none. */
static int64_t read_unit(const char **text)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].name);
        if (strncmp(*text, units[i].name, length) == 0) {
            *text += length;
            return units[i].ms;
        }
    }
    return 0;
}

int arguments_duration_ms(const arguments *args, const char *name, int64_t *duration_ms)
{
    const int64_t most = INT64_C(366) * 86400000;
    const char *given = arguments_get(args, name);
    const char *text = given;
    int64_t total = 0;
    if (!given)
        return 0;
    do {
        char *end;
        errno = 0;
        long long value = *text >= '0' && *text <= '9' ? strtoll(text, &end, 10) : -1;
        if (errno != 0 || value < 0 || value > most)
            break;
        text = end;
        int64_t unit = *text == '\0' && total == 0 ? 1000 : read_unit(&text);
        if (unit == 0 || value > most / unit || total + value * unit > most)
            break;
        total += value * unit;
        if (*text == '\0' && total > 0) {
            *duration_ms = total;
            return 0;
        }
    } while (*text);
    complain("--%s %s: expected a duration such as 30s, 5m or 1h30m", name, given);
    return -1;
}

int arguments_expect(const arguments *args, size_t least, size_t most, const char *what)
{
    if (args->operand_count >= least && args->operand_count <= most)
        return 0;
    if (args->operand_count < least)
        complain("%s needs %s", args->command, what);
    else
        complain("%s: one operand too many: %s", args->command, args->operands[most]);
    return arguments_hint(args->command);
}
