#!/bin/sh
# Builds the library and passes every test, from a clean checkout on a fresh Debian or Ubuntu: what
# is missing is installed with apt-get first. Needs no terminal. Works from any folder.
#
#     sh tests/run.sh [ARGUMENT-OF-CTEST...]         for example: sh tests/run.sh -L unit
set -eu
exec </dev/null

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build/test
started=$(date +%s)
. "$root/tests/packages.sh"

need_command cmake cmake
need_command ninja ninja-build
need_command pkg-config pkg-config
need_command gcc gcc
need_command g++ g++
need_command python3 python3
need_command git git
need_module libgit2 libgit2-dev
need_module yaml-0.1 libyaml-dev
need_module libxxhash libxxhash-dev
need_module cmocka libcmocka-dev
need_module sqlite3 libsqlite3-dev
need_module libcrypto libssl-dev
need_module zlib zlib1g-dev
need_python jsonschema python3-jsonschema
install_missing

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo
cmake --build "$build"

status=0
ctest --test-dir "$build" --output-on-failure --no-tests=error -j2 "$@" || status=$?
seconds=$(($(date +%s) - started))
if [ "$status" -eq 0 ]; then
    echo "tests/run.sh: passed in $seconds s"
else
    echo "tests/run.sh: FAILED after $seconds s" >&2
fi
exit "$status"
