/* targets: picks the kind of target by the prefix of its location. */
#include "targets.h"

#include <string.h>

int open_target(program *p, const char *location, int use, program_target *out)
{
    memset(out, 0, sizeof *out);
    if (strncmp(location, "dir:", 4) == 0 && location[4])
        return open_dir_target(p, location + 4, use, out);
    if (strncmp(location, "exec:", 5) == 0 && location[5])
        return open_exec_target(p, location + 5, use, out);
    return complain("--target %s: expected dir:DIR or exec:COMMAND", location);
}
