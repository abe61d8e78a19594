/* manifest_errors: all problems at once, so that one look at the output is enough to mend them. */
#include "manifest_errors.h"

int complain_manifest(const gitops_error *err, const gitops_diagnostics *list, const char *done)
{
    uint64_t errors = list ? gitops_diagnostics_errors(list) : 0;
    if (list)
        print_diagnostics(list, "");
    if (errors == 0)
        return complain_error(err);
    return complain("%llu %s in the manifests; nothing was %s", (unsigned long long)errors,
                    errors == 1 ? "error" : "errors", done);
}
