#!/bin/sh
# Measures the diff, and where Go is there the same triples in structured-merge-diff and in
# strategic merge patch, by turns with ours.
#
#     sh tests/bench/diff.sh BUILD_DIR          GITOPS_CORPORA: the folder of corpora
set -eu

if [ $# -ne 1 ]; then
    echo "usage: diff.sh BUILD_DIR" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
bench=$1/tests/bench/gitops_bench
corpora=${GITOPS_CORPORA:-$here/../../../shared/corpora}
if [ ! -d "$corpora" ]; then
    echo "skipped: there is no $corpora"
    exit 77
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 "$here/triples.py" "$1/bin/gitops" "$corpora" "$scratch"
for triple in statefulset node; do
    echo "$triple:"
    "$bench" diff "$scratch/$triple"
done

if ! command -v go >/dev/null || ! (cd "$here/go" && go build -o "$scratch/reference" .); then
    echo "no comparison: there is no Go, or its modules cannot be had"
    exit 0
fi
modules=$(cd "$here/go" && go list -m -f '{{.Dir}}' sigs.k8s.io/structured-merge-diff/v6)
reference="'$scratch/reference' '$modules/internal/testdata/k8s-schema.yaml'"
for triple in statefulset node; do
    "$bench" against "$scratch/$triple" "$reference"
done
