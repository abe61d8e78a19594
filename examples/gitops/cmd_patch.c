/*
 * gitops patch: applies an RFC 6902 or RFC 7386 patch to a document, all or nothing.
 */
#include "commands.h"

static const char *const types[] = {"json", "merge", NULL};

static int apply_patch(program *p, int32_t type, const gitops_document *patch,
                       gitops_document *document)
{
    gitops_document *patched = NULL;
    gitops_error err = {0};
    if (gitops_patch_apply(&patched, p->context, type, patch, document, &err) < 0)
        return complain_error(&err);
    int rc = print_value(p, stdout, gitops_document_root(patched), GITOPS_FORMAT_JSON);
    gitops_document_free(patched);
    return rc;
}

static int run(program *p, const arguments *args)
{
    static const int32_t type_of[] = {GITOPS_PATCH_JSON, GITOPS_PATCH_MERGE};
    const char *patch_path = arguments_get(args, "patch");
    int type = arguments_choice(args, "type", types, -2);
    gitops_document *patch = NULL, *document = NULL;
    if (type == -1 || arguments_expect(args, 1, 1, "a document to patch"))
        return RESULT_ERROR;
    if (type == -2 || !patch_path) {
        complain("patch needs --type and --patch");
        return arguments_hint(args->command);
    }
    int result = read_document(p, patch_path, &patch);
    if (result == 0)
        result = read_document(p, args->operands[0], &document);
    if (result == 0)
        result = apply_patch(p, type_of[type], patch, document);
    gitops_document_free(patch);
    gitops_document_free(document);
    return result;
}

static const option_spec options[] = {
    {"type", "json|merge", "RFC 6902 (json) or RFC 7386 (merge)", 0},
    {"patch", "FILE", "the patch, as JSON or YAML", 0},
    {NULL, NULL, NULL, 0},
};

const command patch_command = {
    .name = "patch",
    .operands = "DOCUMENT",
    .summary = "apply a patch to a document",
    .details = "Prints the patched document as one line of JSON. When any part of the patch\n"
               "does not fit, nothing is printed and the exit code is 2.\n",
    .options = options,
    .run = run,
};
