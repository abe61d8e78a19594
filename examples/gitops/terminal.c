/* terminal: colours only where they are seen and wanted (no-color.org). */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int is_movable(int descriptor)
{
    const char *term = getenv("TERM");
    return !(term && strcmp(term, "dumb") == 0) && isatty(descriptor) == 1;
}

int wants_color(int descriptor)
{
    const char *no_color = getenv("NO_COLOR");
    return !(no_color && *no_color) && is_movable(descriptor);
}

int is_conversation(void)
{
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}
