/* terminal: colours only where they are seen and wanted (no-color.org). */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int wants_color(int descriptor)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if ((no_color && *no_color) || (term && strcmp(term, "dumb") == 0))
        return 0;
    return isatty(descriptor) == 1;
}

int is_conversation(void)
{
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}
