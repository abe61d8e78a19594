/*
 * schema_define: finds the schemas in a document and the kinds that they are of. Of a custom
 * resource definition these are the versions that are served; the first form of definitions
 * (v1beta1) may have one schema for all versions.
 */
#include "manifest/schema_define.h"

#include <string.h>

#include "manifest/schema_lay.h"
#include "manifest/schema_openapi.h"

static const gitops_value *member(const gitops_value *value, const char *name)
{
    return gops_value_member(value, name, strlen(name));
}

static int is_definition(const gitops_value *value)
{
    static const char group[] = "apiextensions.k8s.io/";
    size_t length;
    const char *api = gops_value_member_text(value, "apiVersion", &length);
    const gitops_value *kind = member(value, "kind");
    return api && length > sizeof group - 1 && memcmp(api, group, sizeof group - 1) == 0 &&
           gops_value_is(kind, GITOPS_VALUE_STRING) &&
           gops_value_text_is(kind, "CustomResourceDefinition");
}

static int is_list_of_objects(const gitops_value *value)
{
    size_t length, api_length;
    const char *kind = gops_value_member_text(value, "kind", &length);
    return kind && gops_value_member_text(value, "apiVersion", &api_length) && length >= 4 &&
           memcmp(kind + length - 4, "List", 4) == 0 &&
           gops_value_is(member(value, "items"), GITOPS_VALUE_LIST);
}

static int is_openapi(const gitops_value *value)
{
    return gops_value_is(member(value, "openapi"), GITOPS_VALUE_STRING) ||
           gops_value_is(member(value, "swagger"), GITOPS_VALUE_STRING);
}

int gops_defines_kinds(const gitops_value *root)
{
    return is_definition(root) || is_list_of_objects(root) || is_openapi(root);
}

static int fail(gitops_error *err, const gitops_value *at, const char *message)
{
    return gops_fail_at(err, GITOPS_EPARSE, NULL, at->line, at->column, "%s", message);
}

/* A text of a definition, which is not empty. at: what it should stand in. */
static int read_text(const gitops_value *at, const char *name, const char **text, size_t *length,
                     gitops_error *err)
{
    *text = gops_value_member_text(at, name, length);
    if (*text && *length && !memchr(*text, '\0', *length))
        return 0;
    return gops_fail_at(err, GITOPS_EPARSE, NULL, at->line, at->column,
                        "a custom resource definition has the text %s here", name);
}

/* The schema of a version: its own, else that of all versions; NULL: there is none. */
static const gitops_value *schema_of(const gitops_value *spec, const gitops_value *version)
{
    const gitops_value *own = member(member(version, "schema"), "openAPIV3Schema");
    return own ? own : member(member(spec, "validation"), "openAPIV3Schema");
}

static int add_version(gops_graph_maker *maker, const gops_kind_name *name,
                       const gitops_value *schema, gitops_error *err)
{
    uint32_t node = GOPS_NODE_ANYTHING;
    int status = schema ? gops_openapi_structural(maker, schema, &node, err) : 0;
    if (status == 0)
        status = gops_maker_settle(maker, err);
    if (status < 0)
        return status;
    status = gops_maker_kind(maker, name, node);
    return status < 0 ? gops_graph_maker_fail(status, err) : 0;
}

static int is_served(const gitops_value *version)
{
    const gitops_value *served = member(version, "served");
    return !gops_value_is(served, GITOPS_VALUE_BOOL) || served->boolean;
}

static int add_versions(gops_graph_maker *maker, gops_kind_name name, const gitops_value *spec,
                        gitops_error *err)
{
    const gitops_value *versions = member(spec, "versions");
    int status = 0;
    if (!versions) { /* only the first form has a definition of a single version */
        status = read_text(spec, "version", &name.version, &name.version_length, err);
        return status < 0 ? status : add_version(maker, &name, schema_of(spec, NULL), err);
    }
    if (versions->type != GITOPS_VALUE_LIST)
        return fail(err, versions, "expected a list of versions");
    for (uint32_t i = 0; i < versions->count && status == 0; i++) {
        const gitops_value *version = &versions->as.children[i];
        status = read_text(version, "name", &name.version, &name.version_length, err);
        if (status == 0 && is_served(version))
            status = add_version(maker, &name, schema_of(spec, version), err);
    }
    return status;
}

static int add_definition(gops_graph_maker *maker, const gitops_value *definition,
                          gitops_error *err)
{
    const gitops_value *spec = member(definition, "spec");
    const gitops_value *names = member(spec, "names");
    gops_kind_name name;
    if (!spec)
        return fail(err, definition, "a custom resource definition has a spec");
    int status = read_text(spec, "group", &name.group, &name.group_length, err);
    if (status == 0)
        status = read_text(names ? names : spec, "kind", &name.kind, &name.kind_length, err);
    return status < 0 ? status : add_versions(maker, name, spec, err);
}

/* The definitions among the objects of a list; others are passed over. */
static int add_items(gops_graph_maker *maker, const gitops_value *items, gitops_error *err)
{
    int status = 0;
    for (uint32_t i = 0; i < items->count && status == 0; i++)
        if (is_definition(&items->as.children[i]))
            status = add_definition(maker, &items->as.children[i], err);
    return status;
}

int gops_define_kinds(gops_graph_maker *maker, const gitops_value *root, gitops_error *err)
{
    int status = gops_graph_maker_begin(maker);
    if (status < 0)
        return gops_graph_maker_fail(status, err);
    if (is_openapi(root))
        return gops_openapi_document(maker, root, err);
    if (is_definition(root))
        return add_definition(maker, root, err);
    return add_items(maker, member(root, "items"), err);
}
