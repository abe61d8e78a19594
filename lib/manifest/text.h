/* Texts that a host may want to count as equal although they are not. */
#ifndef GOPS_MANIFEST_TEXT_H
#define GOPS_MANIFEST_TEXT_H

#include "value/value.h"

/* 1 when both are strings that are the same, or would be without one newline at their ends. */
int gops_text_newline_equal(const gitops_value *a, const gitops_value *b);

/* 1 when both are strings that are the same but for the case of ASCII letters. */
int gops_text_case_equal(const gitops_value *a, const gitops_value *b);

/*
 * 1 when both are strings of the same version (semver.org): a "v" before it and what follows a "+"
 * do not count, and numbers that are missing are 0, as Helm reads versions. Texts that are no
 * versions are equal when they are the same.
 */
int gops_text_semver_equal(const gitops_value *a, const gitops_value *b);

#endif
