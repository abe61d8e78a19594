#!/bin/sh
# Every public header, alone, is valid C99 and C++11 without a warning, and defines only GITOPS_
# macros. Compilers that are not there are skipped.
#
#     sh tests/api/headers.sh INCLUDE_DIR
set -eu
LC_ALL=C
export LC_ALL

include=$1
failed=0

# compile COMPILER LANGUAGE STANDARD: all headers, each in a unit of its own.
compile() {
    if ! command -v "$1" >/dev/null; then
        echo "skipped: no $1"
        return
    fi
    for header in $headers; do
        if ! echo "#include <$header>" | "$1" -x "$2" "-std=$3" -fsyntax-only -I "$include" \
            -Wall -Wextra -pedantic -Wconversion -Wshadow -Werror -; then
            echo "failed: $1 $3 $header" >&2
            failed=1
        fi
    done
}

# Macros that a header defines beyond those of the standard headers it includes.
foreign_macros() {
    standard='#include <stddef.h>
#include <stdint.h>'
    echo "$standard" | cc -std=c99 -dM -E - | sort >"$work/without"
    { echo "$standard"; echo '#include <gitops.h>'; } |
        cc -std=c99 -dM -E -I "$include" - | sort | comm -13 "$work/without" - |
        grep -v '^#define GITOPS_'
}

headers=$(cd "$include" && find . -name '*.h' | sed 's|^\./||' | sort)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile gcc c c99
compile g++ c++ c++11
compile clang c c99
compile clang++ c++ c++11
for header in $headers; do
    [ "$header" = gitops.h ] || grep -q "^#include <$header>" "$include/gitops.h" || {
        echo "failed: gitops.h does not include $header" >&2
        failed=1
    }
done
if foreign_macros; then
    echo "failed: the macros above are not prefixed with GITOPS_" >&2
    failed=1
fi
exit $failed
