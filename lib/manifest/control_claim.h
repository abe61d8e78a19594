/*
 * One annotation, by itself: which there are, what they may hold, and what that claims. Each tool's
 * claims are gathered apart, so that they can be weighed against each other afterwards.
 */
#ifndef GOPS_MANIFEST_CONTROL_CLAIM_H
#define GOPS_MANIFEST_CONTROL_CLAIM_H

#include "manifest/control.h"

typedef enum gops_control_tool {
    GOPS_TOOL_OURS = 0,
    GOPS_TOOL_ARGO,
    GOPS_TOOL_FLUX,
    GOPS_TOOL_HELM,
    GOPS_TOOL_CLI_UTILS,
    GOPS_TOOL_KAPP,
    GOPS_TOOL_COUNT
} gops_control_tool;

/* What the annotations of one tool say of an object. 0 = nothing. */
typedef struct gops_claim {
    int has_wave;
    int32_t wave;
    uint32_t hooks, hook_deletes;
    uint32_t options, decided;    /* bits that are set, and bits that are set or not by intent */
    uint8_t prune, teardown;
} gops_claim;

/* One word of a value and what it claims. */
typedef struct gops_control_word {
    const char *text;             /* NULL: the end of the words */
    uint32_t options, decided;
    uint16_t hooks;
    uint8_t hook_deletes, prune, teardown;
    uint8_t only_alone;           /* means something when there is no other word */
    uint8_t of_application;       /* means nothing for an object */
} gops_control_word;

typedef enum gops_control_form {
    GOPS_FORM_NUMBER,
    GOPS_FORM_WORD,       /* one */
    GOPS_FORM_WORDS,      /* any number, with commas between */
    GOPS_FORM_OPTIONS,    /* the same; an unknown one may be one of a newer tool */
    GOPS_FORM_KEYS,       /* keys as we write them, with commas or blanks between */
    GOPS_FORM_REFERENCES, /* objects as cli-utils names them, with commas between */
    GOPS_FORM_GROUP,
    GOPS_FORM_RULE
} gops_control_form;

typedef struct gops_control_rule {
    const char *name;
    uint8_t tool;     /* gops_control_tool */
    uint8_t form;     /* gops_control_form */
    uint8_t any_case; /* words are compared as the tool does it */
    uint8_t minor;    /* a wrong value decides nothing but how objects are compared */
    const gops_control_word *words;
} gops_control_rule;

/* 1 when a name is one of a tool's, known or not; told quickly, for nearly all are not. */
int gops_control_is_named(const char *name, size_t length);

/* The rule of an annotation (or, for Flux, label); NULL when it is not one of control. */
const gops_control_rule *gops_control_find(const char *name, size_t length);

/* All rules, sorted by name. */
const gops_control_rule *gops_control_rules(size_t *count);

/* The reading of one object's annotations. */
typedef struct gops_control_reading {
    const char *key;     /* the object's */
    uint32_t tools_off;  /* GITOPS_TOOL_... that are passed over: bit n - 1 is gops_control_tool n */
    const char *map;     /* that is being read: "annotation" or "label" */
    gops_buffer pointer; /* of a problem */
    gops_claim claims[GOPS_TOOL_COUNT];
    gops_buffer dependencies, groups, rules; /* texts, each with its NUL */
    uint32_t dependency_count, group_count, rule_count;
    gops_control_report_fn report;
    void *user_data;
} gops_control_reading;

/* Takes the value of an annotation in. Returns 0, GITOPS_ENOMEM, or what report gave. */
int gops_control_claim(gops_control_reading *reading, const gops_control_rule *rule,
                       const gitops_value *value);

/* Reports a problem with an annotation or label: what follows its name in the message. */
int gops_control_complain(gops_control_reading *reading, int32_t severity,
                          const gitops_value *value, const char *format, ...) GOPS_PRINTF(4, 5);

#endif
