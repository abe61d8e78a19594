/*
 * control: all control annotations of one object, weighed against each other, as one record.
 */
#include "manifest/control.h"

#include <string.h>

#include "base/pack.h"
#include "manifest/control_claim.h"

#define OUR_PREFIX "gitops/"

static const char annotation[] = "annotation", label[] = "label";

/* One annotation, or a label: Flux takes its settings from either. */
static int take_member(gops_control_reading *reading, const gitops_value *member)
{
    const gops_control_rule *rule = gops_control_find(member->key, member->key_length);
    int is_label = reading->map == label;
    size_t prefix = sizeof OUR_PREFIX - 1;
    if (rule && rule->tool != GOPS_TOOL_OURS && reading->tools_off >> (rule->tool - 1) & 1)
        return 0;
    if (rule && (!is_label || rule->tool == GOPS_TOOL_FLUX))
        return gops_control_claim(reading, rule, member);
    if (!rule && !is_label && member->key_length >= prefix &&
        memcmp(member->key, OUR_PREFIX, prefix) == 0)
        return gops_control_complain(reading, GITOPS_SEVERITY_ERROR, member,
                                     "is none that is known; all that begin with " OUR_PREFIX
                                     " are in docs/controls.md");
    return 0;
}

static int take_members(gops_control_reading *reading, const gitops_value *map, const char *name)
{
    int rc = 0;
    reading->map = name;
    for (uint32_t i = 0; i < map->count && rc == 0; i++)
        rc = take_member(reading, &map->as.children[i]);
    return rc;
}

/* 1 when a map (or NULL) has members that may be of control. */
static int speaks(const gitops_value *map)
{
    for (uint32_t i = 0; map && i < map->count; i++)
        if (gops_control_is_named(map->as.children[i].key, map->as.children[i].key_length))
            return 1;
    return 0;
}

static int check_annotations(const gitops_value *annotations, gops_control_report_fn report,
                             void *user_data)
{
    gitops_error problem;
    if (!annotations || annotations->type == GITOPS_VALUE_MAP ||
        annotations->type == GITOPS_VALUE_NULL)
        return 0;
    gops_fail_at(&problem, GITOPS_EPARSE, NULL, annotations->line, annotations->column,
                 "metadata.annotations is not a map");
    return report(GITOPS_SEVERITY_ERROR, &problem, "/metadata/annotations", user_data);
}

static const gitops_value *map_or_null(const gitops_value *value)
{
    return gops_value_is(value, GITOPS_VALUE_MAP) ? value : NULL;
}

/* What ours says counts; else the wave and hooks of the first tool that says some, and of removal
   what keeps the object longest. */
static void weigh(const gops_claim claims[GOPS_TOOL_COUNT], gops_control *out)
{
    const gops_claim *ours = &claims[GOPS_TOOL_OURS];
    int has_wave = 0;
    memset(out, 0, sizeof *out);
    for (int i = 0; i < GOPS_TOOL_COUNT; i++) {
        const gops_claim *claim = &claims[i];
        if (!has_wave && claim->has_wave)
            out->wave = claim->wave;
        has_wave |= claim->has_wave;
        if (!out->hooks)
            out->hooks = claim->hooks;
        out->hook_deletes |= claim->hook_deletes;
        out->options |= claim->options;
        if (claim->prune > out->prune)
            out->prune = claim->prune;
        if (claim->teardown > out->teardown)
            out->teardown = claim->teardown;
    }
    out->options = (out->options & ~ours->decided) | ours->options;
    if (ours->hook_deletes)
        out->hook_deletes = ours->hook_deletes;
    if (ours->prune)
        out->prune = ours->prune;
    if (ours->teardown)
        out->teardown = ours->teardown;
    if (!out->hooks)
        out->hook_deletes = 0;
    else if (!out->hook_deletes)
        out->hook_deletes = GITOPS_HOOK_DELETE_BEFORE_CREATION;
}

static void put_list(gops_buffer *record, const gops_buffer *texts, uint32_t count)
{
    gops_pack_number(record, count);
    gops_buffer_put(record, texts->data, texts->length);
}

static void put_record(gops_buffer *record, const gops_control_reading *reading)
{
    gops_control control;
    weigh(reading->claims, &control);
    uint32_t wave = (uint32_t)control.wave;
    uint32_t any = wave | control.hooks | control.options | control.prune | control.teardown |
                   reading->dependency_count | reading->group_count | reading->rule_count;
    if (!any)
        return;
    gops_pack_number(record, wave << 1 ^ (control.wave < 0 ? UINT32_MAX : 0));
    gops_pack_number(record, control.hooks);
    gops_pack_number(record, control.hook_deletes);
    gops_pack_number(record, control.options);
    gops_pack_number(record, control.prune + 4u * control.teardown);
    put_list(record, &reading->dependencies, reading->dependency_count);
    put_list(record, &reading->groups, reading->group_count);
    put_list(record, &reading->rules, reading->rule_count);
}

int gops_control_read(gops_buffer *record, const gitops_value *root, const char *key,
                      uint32_t tools_off, gops_control_report_fn report, void *user_data)
{
    const gitops_value *metadata = gops_value_member(root, "metadata", 8);
    const gitops_value *annotations = gops_value_member(metadata, "annotations", 11);
    const gitops_value *labels = map_or_null(gops_value_member(metadata, "labels", 6));
    gops_control_reading reading;
    gops_buffer_clear(record);
    int rc = check_annotations(annotations, report, user_data);
    annotations = map_or_null(annotations);
    if (rc != 0 || (!speaks(annotations) && !speaks(labels)))
        return rc;
    memset(&reading, 0, sizeof reading);
    reading.key = key;
    reading.tools_off = tools_off;
    reading.report = report;
    reading.user_data = user_data;
    gops_buffer_init(&reading.pointer, record->context, 0);
    gops_buffer_init(&reading.dependencies, record->context, 0);
    gops_buffer_init(&reading.groups, record->context, 0);
    gops_buffer_init(&reading.rules, record->context, 0);
    if (annotations)
        rc = take_members(&reading, annotations, annotation);
    if (rc == 0 && labels)
        rc = take_members(&reading, labels, label);
    if (rc == 0)
        put_record(record, &reading);
    if (rc == 0)
        rc = record->status;
    gops_buffer_release(&reading.pointer);
    gops_buffer_release(&reading.dependencies);
    gops_buffer_release(&reading.groups);
    gops_buffer_release(&reading.rules);
    return rc;
}

static gops_control_list unpack_list(gops_unpack *in)
{
    gops_control_list list = {NULL, gops_unpack_u32(in)};
    list.texts = in->at;
    for (uint32_t i = 0; i < list.count && !in->broken; i++) {
        const char *end = memchr(in->at, '\0', (size_t)(in->end - in->at));
        in->broken |= !end;
        if (end)
            in->at = end + 1;
    }
    return list;
}

int gops_control_decode(gops_control *out, const char *record, size_t length)
{
    gops_unpack in = {record, record + length, 0};
    memset(out, 0, sizeof *out);
    if (length == 0)
        return 0;
    uint32_t wave = gops_unpack_u32(&in);
    out->wave = (int32_t)(wave >> 1 ^ (wave & 1 ? UINT32_MAX : 0));
    out->hooks = gops_unpack_u32(&in);
    out->hook_deletes = gops_unpack_u32(&in);
    out->options = gops_unpack_u32(&in);
    uint32_t removal = gops_unpack_u32(&in);
    out->prune = removal & 3;
    out->teardown = (uint8_t)(removal >> 2 & 3);
    out->dependencies = unpack_list(&in);
    out->groups = unpack_list(&in);
    out->rules = unpack_list(&in);
    return in.broken || in.at != in.end || removal > 15 ? GITOPS_ECORRUPT : 0;
}
