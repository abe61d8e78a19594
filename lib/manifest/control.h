/*
 * Control annotations of an object, read into typed fields (docs/controls.md has the annotations).
 *
 * Their flat form, the record, is a run of bytes without pointers, the same on every machine: it
 * can be kept and read back as it is. Numbers and texts are those of base/pack.h:
 *
 *     wave (zigzag), hooks, hook deletes, options, prune + 4 * teardown,
 *     three lists (dependencies, groups, rules): how many, then their texts, each with its NUL
 *
 * An object of a blob has its record, as a text of base/pack.h, right behind the NUL of its key
 * (gops_object_controls). Who keeps records across releases keeps GOPS_CONTROL_FORMAT with what
 * they depend on: it changes when the form does, or what an annotation is read as.
 */
#ifndef GOPS_MANIFEST_CONTROL_H
#define GOPS_MANIFEST_CONTROL_H

#include <gitops/controls.h>

#include "base/buffer.h"
#include "manifest/blob.h"
#include "value/value.h"

enum { GOPS_CONTROL_FORMAT = 1 };

/* Texts one behind the other, each with its NUL. */
typedef struct gops_control_list {
    const char *texts;
    uint32_t count;
} gops_control_list;

typedef struct gops_control {
    int32_t wave;
    uint32_t hooks, hook_deletes; /* GITOPS_HOOK_... */
    uint32_t options;             /* GITOPS_CONTROL_... */
    uint8_t prune, teardown;      /* GITOPS_REMOVAL_... */
    gops_control_list dependencies, groups, rules;
} gops_control;

/*
 * Takes a problem, which it may change, at a JSON pointer into the document. A return other than 0
 * ends the reading.
 */
typedef int (*gops_control_report_fn)(int32_t severity, gitops_error *problem,
                                      const char *pointer, void *user_data);

/*
 * Writes the record of a document's annotations (cleared first; it stays empty when there are none,
 * and with an annotation in error it says nothing of that one). key is the object's; tools_off has
 * the GITOPS_TOOL_... that are passed over. Returns 0, GITOPS_ENOMEM, or what report gave.
 */
int gops_control_read(gops_buffer *record, const gitops_value *root, const char *key,
                      uint32_t tools_off, gops_control_report_fn report, void *user_data);

/* Reads a record; *out borrows from it. Returns 0 or GITOPS_ECORRUPT. */
int gops_control_decode(gops_control *out, const char *record, size_t length);

/* The controls of an object; all zero when it has none, or a record that cannot be read. */
gops_control gops_object_control(const gops_object *object);

/* Makes a handle from a record, which is copied; *out is NULL for an empty one. */
int gops_controls_new(gitops_controls **out, gitops_context *context, const char *record,
                      size_t length, gitops_error *err);

#endif
