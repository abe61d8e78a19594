/* The problems of a manifest, as every command that reads one prints them. */
#ifndef MANIFEST_ERRORS_H
#define MANIFEST_ERRORS_H

#include "program.h"

/*
 * Prints every problem and a closing line: how many, and that nothing was `done` ("changed").
 * list may be NULL or empty: then err alone is printed. Returns RESULT_ERROR.
 */
int complain_manifest(const gitops_error *err, const gitops_diagnostics *list, const char *done);

#endif
