/*
 * stay: reads the control annotations of one object for what they say about its end. Both what was
 * sent and what the target holds may say it: an annotation in either keeps the object.
 */
#include "reconcile/stay.h"

#include <gitops/manifest.h>

typedef int32_t (*removal_fn)(const gitops_controls *controls);

static int32_t read_removal(const gitops_document *document, const char *key, removal_fn removal)
{
    gitops_controls *controls = NULL;
    if (!document)
        return GITOPS_REMOVAL_DEFAULT;
    if (gitops_document_controls(document, key, &controls, NULL) < 0)
        return GITOPS_REMOVAL_CONFIRM;
    int32_t asked = removal(controls);
    gitops_controls_free(controls);
    return asked;
}

int32_t gops_stay_prune(const gitops_document *document, const char *key)
{
    return read_removal(document, key, gitops_controls_prune);
}

int32_t gops_stay_teardown(const gitops_document *document, const char *key)
{
    return read_removal(document, key, gitops_controls_teardown);
}
