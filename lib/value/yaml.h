/* A stream of YAML documents, read one by one with libyaml. */
#ifndef GOPS_VALUE_YAML_H
#define GOPS_VALUE_YAML_H

#include "value/builder.h"
#include "value/reader.h"
#include "value/text.h"

typedef struct gops_yaml gops_yaml;

gops_yaml *gops_yaml_new(gitops_context *context, gops_builder *builder);
void gops_yaml_free(gops_yaml *yaml);

/* What keeps a text from being JSON, and where in it. */
typedef struct gops_json_error {
    gitops_error problem;
    size_t offset;
    char pointer[GOPS_POINTER_MAX + 1];
} gops_json_error;

/*
 * Starts a text at place, with documents already counted. The builder has the name and the list of
 * problems. json_error, when not NULL, is reported in place of a syntax error of YAML that is not
 * further on.
 */
void gops_yaml_open(gops_yaml *yaml, const char *text, size_t length, gops_place place,
                    uint32_t documents, const gops_json_error *json_error);

/* For tests and benchmarks: the direct reader is not tried; pieces that libyaml read so far. */
void gops_yaml_use_only_libyaml(gops_yaml *yaml);
uint64_t gops_yaml_windows(const gops_yaml *yaml);

/* Where the next document begins, or what is before it. */
size_t gops_yaml_next_offset(const gops_yaml *yaml);

/* As gops_reader_next; after GITOPS_ENOMEM the next call is gops_yaml_open. */
int gops_yaml_next(gops_yaml *yaml, gops_arena *arena, gops_read_document *out);

uint64_t gops_yaml_empty(const gops_yaml *yaml);

/* Of libyaml: "0.2.5". Static. */
const char *gops_yaml_version(void);

#endif
