/*
 * known_units: who only looks at the state, or says something about a unit, needs neither source nor
 * target. Of the configuration only the host's file is read.
 */
#include "known_units.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "configuration.h"
#include "unit_flags.h"

static int add_name(const char *name, void *user_data)
{
    known_units *units = user_data;
    char **larger = realloc(units->names, (units->count + 1) * sizeof *larger);
    if (!larger)
        return GITOPS_ENOMEM;
    units->names = larger;
    units->names[units->count] = malloc(strlen(name) + 1);
    if (!units->names[units->count])
        return GITOPS_ENOMEM;
    strcpy(units->names[units->count++], name);
    return 0;
}

static int open_store(known_units *units, program *p, const char *path, int read_only)
{
    gitops_store_options options = {sizeof options, path, 0, read_only};
    gitops_error err = {0};
    return gitops_store_open(&units->store, p->context, &options, &err) < 0 ? complain_error(&err)
                                                                            : 0;
}

static int open_configured(known_units *units, program *p, const arguments *args, int read_only)
{
    configuration files;
    gitops_error err = {0};
    int result = configuration_open_host(&files, p, args);
    if (result == 0)
        result = open_store(units, p, gitops_config_state(files.config), read_only);
    configuration_close(&files);
    if (result == 0 && gitops_store_units(units->store, add_name, units, &err) < 0)
        result = complain_error(&err);
    return result;
}

/* Leaves the names that an operand selects. */
static int select_names(known_units *units, const arguments *args, size_t first, size_t last)
{
    size_t kept = 0;
    char *selected = calloc(units->count + 1, 1);
    if (!selected)
        return complain("out of memory");
    for (size_t k = first; k < last && k < args->operand_count; k++) {
        int found = 0;
        for (size_t i = 0; i < units->count; i++)
            if (fnmatch(args->operands[k], units->names[i], 0) == 0)
                found = selected[i] = 1;
        if (!found) {
            free(selected);
            complain("there is no unit %s in the state", args->operands[k]);
            return arguments_hint(args->command);
        }
    }
    for (size_t i = 0; i < units->count; i++) {
        if (selected[i])
            units->names[kept++] = units->names[i];
        else
            free(units->names[i]);
    }
    units->count = kept;
    free(selected);
    return 0;
}

int known_units_open(known_units *units, program *p, const arguments *args, size_t first,
                     size_t last, int read_only)
{
    memset(units, 0, sizeof *units);
    units->configured = !arguments_get(args, "state") && has_host_file(args);
    if (units->configured) {
        if (open_configured(units, p, args, read_only) != 0)
            return RESULT_ERROR;
        return first < last && first < args->operand_count ? select_names(units, args, first, last)
                                                           : 0;
    }
    const char *state = state_path(args);
    for (size_t i = first; i < last && i < args->operand_count; i++)
        if (check_unit_name(args, args->operands[i]) != 0)
            return RESULT_ERROR;
    if (!state || open_store(units, p, state, read_only) != 0)
        return RESULT_ERROR;
    return add_name(UNIT_NAME, units) < 0 ? complain("out of memory") : 0;
}

int known_unit_open(known_units *units, program *p, const arguments *args)
{
    int result = known_units_open(units, p, args, 0, 1, 0);
    if (result == 0 && (units->count != 1 || strcmp(units->names[0], args->operands[0]) != 0))
        result = complain("%s: the name of one unit is expected", args->operands[0]);
    return result;
}

void known_units_close(known_units *units)
{
    for (size_t i = 0; i < units->count; i++)
        free(units->names[i]);
    free(units->names);
    gitops_store_free(units->store);
    memset(units, 0, sizeof *units);
}
