/*
 * Texts that are meant to cost a reader more than they are worth, in any size: the classes of
 * reference inputs 32 to 46, and what has been slow in YAML readers. The unit test says what each
 * must give, the benchmark what each costs.
 */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <stddef.h>
#include <stdint.h>

/* A text being made; NUL-terminated and malloc'd. */
typedef struct hostile_text {
    char *data;
    size_t length, capacity;
} hostile_text;

typedef struct hostile_class {
    const char *name;
    void (*make)(hostile_text *out, const struct hostile_class *self, size_t size);
    const char *head, *repeated, *tail; /* for the makers that need nothing else */
} hostile_class;

extern const hostile_class hostile_classes[];
extern const size_t hostile_class_count;

/* A text of the class of about size bytes. Free data. */
hostile_text hostile_make(const hostile_class *self, size_t size);

/* The class with a name; NULL when there is none. */
const hostile_class *hostile_find(const char *name);

#endif
