/* Content that only stands for the real one, as it is in a repository without the tools for it. */
#ifndef GOPS_RENDER_STAND_IN_H
#define GOPS_RENDER_STAND_IN_H

#include <stddef.h>

/* What is wrong with the content, or NULL when it is what it looks like. Static string. */
const char *gops_stand_in(const char *text, size_t length);

#endif
