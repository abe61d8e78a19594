#!/bin/sh
# Every way to use the library from outside: installs BUILD_DIR into a fresh prefix, moves that, and
# builds and runs a tiny program by each route.
#
#     sh tests/install/run.sh BUILD_DIR
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
cc=${CC:-cc}
cxx=${CXX:-c++}
if command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/gitops-install-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
version=$(sed -n 's/^#define GITOPS_VERSION_[A-Z]* //p' "$source/include/gitops/context.h" |
    paste -s -d. -)
expected="$version {\"answer\":42,\"kind\":\"ConfigMap\"}"

fail() {
    echo "install: $1" >&2
    [ -f "$work/log" ] && cat "$work/log" >&2
    exit 1
}

# quietly COMMAND...: its output is shown only when it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || fail "failed: $*"
}

# check ROUTE PROGRAM: the program runs and prints what it should.
check() {
    output=$("$2" 2>&1) || fail "$1: the program failed: $output"
    [ "$output" = "$expected" ] || fail "$1: got '$output', expected '$expected'"
    echo "ok: $1"
}

# Installed once, then moved: nothing may remember the first place.
quietly cmake --install "$build" --prefix "$work/first"
mkdir "$work/moved"
mv "$work/first" "$work/moved/gitops"
prefix=$work/moved/gitops
pc=$(find "$prefix" -name gitops.pc)
[ -n "$pc" ] || fail "no gitops.pc was installed"
libdir=$(dirname "$(dirname "$pc")")
if grep -rIl -e "$work/first" -e "$source" "$prefix/include" "$libdir/cmake" "$pc" >"$work/log"; then
    fail "installed files name the folder of the build or of the first prefix"
fi
rm -f "$work/log"

for component in shared static any; do
    dir=$work/package-$component
    quietly cmake -S "$here/package" -B "$dir" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_C_COMPILER="$cc" -DCOMPONENT="$component"
    quietly cmake --build "$dir"
    check "find_package, $component" "$dir/consumer"
done

dir=$work/subproject
quietly cmake -S "$here/subproject" -B "$dir" -DCMAKE_C_COMPILER="$cc" -DGITOPS_SOURCE="$source"
quietly cmake --build "$dir" --parallel 2
check "FetchContent, shared" "$dir/consumer_gitops"
check "FetchContent, static" "$dir/consumer_gitops_static"

# With plain compilers. Debian's libgit2.a cannot be linked (it lacks parts of its own dependencies),
# so the static library is linked with shared dependencies.
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
cflags="$(pkg-config --cflags gitops) -Wall -Wextra -pedantic -Werror"
quietly $cc -std=c99 $cflags "$here/consumer.c" -o "$work/with-pc" \
    $(pkg-config --libs gitops) "-Wl,-rpath,$libdir"
check "pkg-config, shared" "$work/with-pc"

quietly $cc -std=c99 $cflags "$here/consumer.c" -o "$work/with-pc-static" \
    $(pkg-config --static --libs gitops | sed 's/-lgitops/-l:libgitops.a/')
check "pkg-config, static with shared dependencies" "$work/with-pc-static"
if ldd "$work/with-pc-static" | grep libgitops; then
    fail "the statically linked program needs the shared library"
fi

if command -v "$cxx" >/dev/null; then
    quietly $cxx -std=c++11 $cflags "$here/consumer.cpp" -o "$work/with-cxx" \
        $(pkg-config --libs gitops) "-Wl,-rpath,$libdir"
    check "C++11, pkg-config, shared" "$work/with-cxx"
else
    echo "skipped: C++11, no $cxx"
fi

for form in diff event history plan review run status; do
    [ -s "$prefix/share/gitops/schemas/$form.schema.json" ] || fail "no schema of $form"
done
echo "ok: JSON Schema files"

if [ -x "$prefix/bin/gitops" ]; then
    printf 'kind: ConfigMap\nanswer: 42\n' >"$work/answer.yaml"
    output=$("$prefix/bin/gitops" parse --format json "$work/answer.yaml") || fail "bin/gitops"
    [ "$output" = '{"answer":42,"kind":"ConfigMap"}' ] || fail "bin/gitops printed '$output'"
    echo "ok: bin/gitops"
fi
