/*
 * controls: a handle on the record of one object, decoded.
 */
#include <gitops/manifest.h>

#include <string.h>

#include "manifest/control.h"
#include "value/document.h"

struct gitops_controls {
    gitops_context *context;
    gops_control control; /* borrows from the record */
    char record[];
};

gops_control gops_object_control(const gops_object *object)
{
    gops_control control;
    size_t length;
    const char *record = gops_object_controls(object, &length);
    if (!record || gops_control_decode(&control, record, length) < 0)
        memset(&control, 0, sizeof control);
    return control;
}

int gops_controls_new(gitops_controls **out, gitops_context *context, const char *record,
                      size_t length, gitops_error *err)
{
    *out = NULL;
    if (length == 0)
        return 0;
    gitops_controls *controls = gops_alloc(context, sizeof *controls + length);
    if (!controls)
        return gops_fail_memory(err);
    memcpy(controls->record, record, length);
    int rc = gops_control_decode(&controls->control, controls->record, length);
    if (rc < 0) {
        gops_free(context, controls);
        return gops_fail(err, rc, "the control annotations of an object are damaged");
    }
    controls->context = gops_context_ref(context);
    *out = controls;
    return 0;
}

/* The first error is what the caller hears of; a warning says that something is left out. */
static int note_error(int32_t severity, gitops_error *problem, const char *pointer,
                      void *user_data)
{
    gitops_error *first = user_data;
    (void)pointer;
    if (severity == GITOPS_SEVERITY_ERROR && first->code == 0)
        *first = *problem;
    return 0;
}

int gitops_document_controls(const gitops_document *document, const char *key,
                             gitops_controls **out, gitops_error *err)
{
    gitops_error first = {0};
    gops_buffer record;
    if (!document || !out)
        return gops_fail(err, GITOPS_EINVAL, "document controls: an argument is NULL");
    *out = NULL;
    gops_buffer_init(&record, document->context, 0);
    int rc = gops_control_read(&record, &document->root, key ? key : "", 0, note_error, &first);
    if (rc < 0)
        gops_fail_memory(err);
    else if (first.code == 0)
        rc = gops_controls_new(out, document->context, record.data, record.length, err);
    else
        rc = gops_fail_at(err, first.code, document->name, first.line, first.column, "%s",
                          first.message);
    gops_buffer_release(&record);
    return rc;
}

void gitops_controls_free(gitops_controls *controls)
{
    if (!controls)
        return;
    gitops_context *context = controls->context;
    gops_free(context, controls);
    gitops_context_free(context);
}

int32_t gitops_controls_wave(const gitops_controls *controls)
{
    return controls ? controls->control.wave : 0;
}

uint32_t gitops_controls_hooks(const gitops_controls *controls)
{
    return controls ? controls->control.hooks : 0;
}

uint32_t gitops_controls_hook_deletes(const gitops_controls *controls)
{
    return controls ? controls->control.hook_deletes : 0;
}

int32_t gitops_controls_prune(const gitops_controls *controls)
{
    return controls ? controls->control.prune : GITOPS_REMOVAL_DEFAULT;
}

int32_t gitops_controls_teardown(const gitops_controls *controls)
{
    return controls ? controls->control.teardown : GITOPS_REMOVAL_DEFAULT;
}

uint32_t gitops_controls_options(const gitops_controls *controls)
{
    return controls ? controls->control.options : 0;
}

static const char *text_at(const gops_control_list *list, size_t i)
{
    const char *text = list->texts;
    if (i >= list->count)
        return NULL;
    for (; i > 0; i--)
        text += strlen(text) + 1;
    return text;
}

size_t gitops_controls_dependency_count(const gitops_controls *controls)
{
    return controls ? controls->control.dependencies.count : 0;
}

const char *gitops_controls_dependency(const gitops_controls *controls, size_t i)
{
    return controls ? text_at(&controls->control.dependencies, i) : NULL;
}

size_t gitops_controls_group_count(const gitops_controls *controls)
{
    return controls ? controls->control.groups.count : 0;
}

const char *gitops_controls_group(const gitops_controls *controls, size_t i)
{
    return controls ? text_at(&controls->control.groups, i) : NULL;
}

size_t gitops_controls_rule_count(const gitops_controls *controls)
{
    return controls ? controls->control.rules.count : 0;
}

const char *gitops_controls_rule(const gitops_controls *controls, size_t i)
{
    return controls ? text_at(&controls->control.rules, i) : NULL;
}
