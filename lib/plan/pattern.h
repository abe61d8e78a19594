/* Patterns of keys, with which a host says what a unit may touch and what it may not lightly. */
#ifndef GOPS_PLAN_PATTERN_H
#define GOPS_PLAN_PATTERN_H

#include "plan/unit.h"

/*
 * 1 when a pattern matches a key. One with a "/" is matched against the whole key, part by part; one
 * without against the kind, as KIND.GROUP when it holds a ".", else in whatever group.
 */
int gops_pattern_matches(const char *pattern, const char *key);

/* 1 when an object is deleted and replaced only with an approval, by its kind or the unit's list. */
int gops_unit_protects(const gitops_unit *unit, const char *key);

/*
 * 1 when the unit's scope allows an object: no pattern that begins with "!" matches, and one of the
 * others does if there are any.
 */
int gops_unit_allows(const gitops_unit *unit, const char *key);

#endif
