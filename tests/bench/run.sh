#!/bin/sh
# Measures what docs/performance.md promises, on repositories made for it.
#
#     sh tests/bench/run.sh BUILD_DIR OBJECTS...       for example: build/test 1000 10000 100000
#
# The repositories are made below a temporary folder; with GITOPS_BENCH_DIR set they are made there
# and kept for the next time.
set -eu

if [ $# -lt 2 ]; then
    echo "usage: run.sh BUILD_DIR OBJECTS..." >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
bench=$1/tests/bench/gitops_bench
shift
commits=20

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
home=${GITOPS_BENCH_DIR:-$scratch}

in_repository() {
    git -C "$repository" -c user.name=bench -c user.email=bench@example.org "$@"
}

# One commit for all objects, packed; then commits of one file each, as a push leaves them.
make_repository() {
    python3 "$here/generate.py" "$1" "$repository"
    git init -q "$repository"
    in_repository config gc.auto 0
    in_repository add -A
    in_repository commit -q -m "All objects"
    in_repository repack -adq
    in_repository update-ref refs/bench/0 HEAD
    for revision in $(seq $commits); do
        python3 "$here/generate.py" --touch 1 --rev "$revision" "$repository"
        in_repository commit -qam "Revision $revision"
        in_repository update-ref "refs/bench/$revision" HEAD
    done
    touch "$repository/.git/bench-complete"
}

previous=
for objects; do
    repository=$home/$objects
    if [ ! -e "$repository/.git/bench-complete" ]; then
        rm -rf "$repository"
        make_repository "$objects"
    fi
    rm -f "$scratch"/state*
    "$bench" read "$repository"
    "$bench" parse "$repository"
    "$bench" load "$repository"
    "$bench" restart "$repository" "$scratch/state-memo"
    "$bench" plan "$repository"
    "$bench" machine "$repository"
    "$bench" idle "$repository" "$scratch/state"
    [ -z "$previous" ] || "$bench" commit "$previous" "$repository" "$scratch/state"
    previous=$repository
done
