/*
 * schema_openapi: documents. Of the components only those that are kinds are read, and what they
 * refer to; a queue takes them one by one, so that references may go in circles.
 */
#include "manifest/schema_openapi.h"

#include <string.h>

#include "manifest/schema_lay.h"
#include "manifest/schema_object.h"

int gops_openapi_structural(gops_graph_maker *maker, const gitops_value *schema, uint32_t *out,
                            gitops_error *err)
{
    gops_schema_reader r = {.maker = maker, .err = err};
    gops_described root;
    int status = gops_schema_object_read(&r, schema, 0, 0, &root);
    *out = root.node;
    return status;
}

static int ends_with(const gitops_value *component, const char *end)
{
    size_t length = strlen(end);
    return component->key_length >= length &&
           memcmp(component->key + component->key_length - length, end, length) == 0;
}

/* Types of Kubernetes that are a text, by their names. */
static uint8_t named_scalar(const gitops_value *component)
{
    static const struct {
        const char *name;
        uint8_t scalar;
    } scalars[] = {{".pkg.api.resource.Quantity", GOPS_SCALAR_QUANTITY},
                   {".pkg.apis.meta.v1.Duration", GOPS_SCALAR_DURATION}};
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
        if (ends_with(component, scalars[i].name))
            return scalars[i].scalar;
    return GOPS_SCALAR_PLAIN;
}

/* 1 for a type that Kubernetes itself is written in; custom resources are published without. */
static int is_go_type(const gitops_value *component)
{
    static const char api[] = "io.k8s.api.", package[] = ".pkg.";
    const char *name = component->key;
    size_t length = component->key_length;
    if (length >= sizeof api - 1 && memcmp(name, api, sizeof api - 1) == 0)
        return 1;
    for (size_t i = 0; i + sizeof package - 1 <= length; i++)
        if (memcmp(name + i, package, sizeof package - 1) == 0)
            return 1;
    return 0;
}

/* 1 for a type of dynamic resource allocation, whose amounts are not rounded up to 1m. */
static int is_dynamic_resource(const gitops_value *component)
{
    static const char api[] = "io.k8s.api.resource.";
    return component->key_length >= sizeof api - 1 &&
           memcmp(component->key, api, sizeof api - 1) == 0;
}

static int read_component(gops_schema_reader *r, uint32_t place)
{
    const gitops_value *component = &r->components->as.children[place];
    gops_late_node late = {.number = r->numbers[place], .at = component};
    gops_described content;
    r->is_go = is_go_type(component);
    r->rounds = r->is_go && !is_dynamic_resource(component);
    int status = gops_schema_object_read(r, component, 0, 0, &content);
    late.of = content.node;
    late.scalar = named_scalar(component);
    return status < 0 ? status : gops_schema_reader_status(r, gops_maker_late(r->maker, &late));
}

static int read_kind_member(const gops_schema_reader *r, const gitops_value *kind, const char *name,
                            const char **text, size_t *length)
{
    *text = gops_value_member_text(kind, name, length);
    if (*text && !(*length && memchr(*text, '\0', *length)))
        return 0;
    return gops_schema_reader_fail(r, GITOPS_EPARSE, kind,
                                   "expected a map with the texts group, version and kind");
}

/* Calls each for the kinds that a component says it is. */
static int each_kind(gops_schema_reader *r, const gitops_value *component,
                     int (*each)(gops_schema_reader *r, const gitops_value *component,
                                 const gops_kind_name *name))
{
    static const char member[] = "x-kubernetes-group-version-kind";
    const gitops_value *kinds = gops_value_member(component, member, sizeof member - 1);
    int status = 0;
    if (kinds && kinds->type != GITOPS_VALUE_LIST)
        return gops_schema_reader_fail(r, GITOPS_EPARSE, kinds, "expected a list of kinds");
    for (uint32_t i = 0; kinds && i < kinds->count && status == 0; i++) {
        const gitops_value *kind = &kinds->as.children[i];
        gops_kind_name name;
        status = read_kind_member(r, kind, "group", &name.group, &name.group_length);
        if (status == 0)
            status = read_kind_member(r, kind, "version", &name.version, &name.version_length);
        if (status == 0)
            status = read_kind_member(r, kind, "kind", &name.kind, &name.kind_length);
        if (status == 0)
            status = each(r, component, &name);
    }
    return status;
}

static int take_kind(gops_schema_reader *r, const gitops_value *component,
                     const gops_kind_name *name)
{
    uint32_t node;
    (void)name;
    return gops_schema_component(r, component, &node);
}

static int name_kind(gops_schema_reader *r, const gitops_value *component,
                     const gops_kind_name *name)
{
    size_t place = (size_t)(component - r->components->as.children);
    return gops_schema_reader_status(r, gops_maker_kind(r->maker, name, r->numbers[place]));
}

/* Kinds, then all they refer to; named once all of that is settled. */
static int read_components(gops_schema_reader *r)
{
    int status = 0;
    for (uint32_t i = 0; i < r->components->count && status == 0; i++)
        status = each_kind(r, &r->components->as.children[i], take_kind);
    for (size_t i = 0; i < r->queue_count && status == 0; i++)
        status = read_component(r, r->queue[i]);
    if (status == 0)
        status = gops_maker_settle(r->maker, r->err);
    for (uint32_t i = 0; i < r->components->count && status == 0; i++)
        status = each_kind(r, &r->components->as.children[i], name_kind);
    return status;
}

int gops_openapi_document(gops_graph_maker *maker, const gitops_value *document, gitops_error *err)
{
    gops_schema_reader r = {.maker = maker, .err = err};
    const gitops_value *components = gops_value_member(document, "components", 10);
    r.components = components ? gops_value_member(components, "schemas", 7)
                              : gops_value_member(document, "definitions", 11);
    if (!gops_value_is(r.components, GITOPS_VALUE_MAP))
        return gops_schema_reader_fail(&r, GITOPS_EPARSE, components ? components : document,
                                       "expected schemas, in components/schemas or in definitions");
    size_t count = r.components->count;
    r.numbers = gops_calloc(maker->context, count, sizeof *r.numbers);
    r.queue = gops_calloc(maker->context, count, sizeof *r.queue);
    int status = r.numbers && r.queue ? read_components(&r) : gops_fail_memory(err);
    gops_free(maker->context, r.numbers);
    gops_free(maker->context, r.queue);
    return status;
}
