/*
 * hostile: what a reader pays for texts that are made to cost much. Each class is parsed in two
 * sizes; the milliseconds for a megabyte of each and their ratio show what is not linear (a ratio
 * near that of the sizes is quadratic). Once with the default limits, once with all of them as high
 * as they go, where nothing ends early (but directives, in which libyaml is quadratic). The last
 * number sets the small size against libyaml making and dropping the events of the same bytes,
 * where it gets through them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "common.h"
#include "hostile.h"
#include "measure.h"

enum { SMALL = 256 << 10, LARGE = 4 << 20, ROUNDS = 3, DEEPEST = 1000 };

/* Milliseconds of the processor, the least of some rounds; *code is what came of it. */
static double parse_time(gitops_context *context, const hostile_text *text, int *code)
{
    double least = 0;
    for (int round = 0; round < ROUNDS; round++) {
        gitops_documents *set;
        double start = processor_time();
        *code = gitops_documents_parse(&set, context, text->data, text->length, "t", NULL);
        gitops_documents_free(set);
        double spent = (processor_time() - start) * 1000;
        least = round == 0 || spent < least ? spent : least;
        if (spent > 1000)
            break;
    }
    return least;
}

/* Takes all events of a text. Returns 0 when libyaml refuses it, or it nests too deep. */
static int take_events(yaml_parser_t *parser)
{
    for (int depth = 0, at_end = 0; !at_end;) {
        yaml_event_t event;
        if (depth > DEEPEST || !yaml_parser_parse(parser, &event))
            return 0;
        depth += event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT;
        depth -= event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
        at_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return 1;
}

/* Milliseconds that libyaml alone takes; 0 when it does not get through. */
static double reference_time(const hostile_text *text)
{
    double least = 0;
    for (int round = 0; round < ROUNDS; round++) {
        yaml_parser_t parser;
        double start = processor_time();
        must_have(yaml_parser_initialize(&parser) ? &parser : NULL);
        yaml_parser_set_input_string(&parser, (unsigned char *)text->data, text->length);
        int whole = take_events(&parser);
        yaml_parser_delete(&parser);
        double spent = (processor_time() - start) * 1000;
        if (!whole)
            return 0;
        least = round == 0 || spent < least ? spent : least;
    }
    return least;
}

static void measure_class(gitops_context *context, const hostile_class *class)
{
    hostile_text small = hostile_make(class, SMALL), large = hostile_make(class, LARGE);
    int code;
    double reference = reference_time(&small);
    double few = parse_time(context, &small, &code), many = parse_time(context, &large, &code);
    double few_mb = few / ((double)small.length / (1 << 20));
    double many_mb = many / ((double)large.length / (1 << 20));
    printf("%-36s %9.2f %9.2f %7.2f ", class->name, few_mb, many_mb,
           few_mb > 0 ? many_mb / few_mb : 0);
    if (reference > 0)
        printf("%7.2f", few / reference);
    else
        printf("%7s", "-");
    printf("  %s\n", gitops_code_name(code));
    fflush(stdout);
    free(small.data);
    free(large.data);
}

static void print_head(const char *limits)
{
    printf("%-36s %9s %9s %7s %7s\n", limits, "ms/MB", "ms/MB", "ratio", "libyaml");
    printf("%-36s %9s %9s %7s %7s\n", "", "256 KB", "4 MB", "", "=1");
}

static void measure_all(const gitops_limits *limits, const char *filter)
{
    gitops_error err;
    gitops_context *context;
    gitops_context_options options = {.struct_size = sizeof options, .limits = limits};
    must(gitops_context_new(&context, &options, &err), &err, "context");
    for (size_t i = 0; i < hostile_class_count; i++)
        if (strstr(hostile_classes[i].name, filter))
            measure_class(context, &hostile_classes[i]);
    gitops_context_free(context);
}

void measure_hostile(char **arguments)
{
    gitops_limits high = {.struct_size = sizeof high,
                          .max_file_bytes = UINT32_MAX,
                          .max_depth = 10000,
                          .max_flow_depth = 1000,
                          .max_load_bytes = UINT64_MAX,
                          .max_nodes = UINT32_MAX,
                          .max_expanded_nodes = UINT32_MAX,
                          .max_merged_members = UINT32_MAX,
                          .max_scalar_bytes = UINT32_MAX,
                          .max_documents = UINT32_MAX};
    print_head("default limits");
    measure_all(NULL, arguments[0]);
    print_head("highest limits");
    measure_all(&high, arguments[0]);
}
