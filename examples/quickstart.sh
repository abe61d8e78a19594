#!/bin/sh
# Builds the library and reconciles a small Git repository, made on the spot, into a directory:
# plan, apply, a drift healed, a commit rolled out, a second run with nothing to do. On a fresh
# Debian or Ubuntu machine what is missing is installed first.
#
#     sh examples/quickstart.sh
set -eu
exec </dev/null

root=$(cd "$(dirname "$0")/.." && pwd)
build=$root/build/quickstart
. "$root/tests/packages.sh"

need_command cmake cmake
need_command ninja ninja-build
need_command pkg-config pkg-config
need_command gcc gcc
need_command git git
need_module libgit2 libgit2-dev
need_module yaml-0.1 libyaml-dev
need_module libxxhash libxxhash-dev
need_module sqlite3 libsqlite3-dev
need_module libcrypto libssl-dev
need_module zlib zlib1g-dev
install_missing

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGITOPS_BUILD_TESTS=OFF
cmake --build "$build"
gitops=$build/bin/gitops

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=quickstart GIT_AUTHOR_EMAIL=quickstart@example.org
export GIT_COMMITTER_NAME=quickstart GIT_COMMITTER_EMAIL=quickstart@example.org

say() {
    printf '\n== %s\n' "$*"
}

# Runs a command and insists on its exit code.
expect() {
    wanted=$1
    shift
    code=0
    "$@" || code=$?
    if [ "$code" -ne "$wanted" ]; then
        echo "quickstart: exit code $code instead of $wanted: $*" >&2
        exit 1
    fi
}

commit() {
    git -C "$work/shop" add -A
    git -C "$work/shop" commit -q -m "$1"
}

unit() {
    command=$1
    shift
    "$gitops" "$command" --source "$work/shop" --path deploy --target "dir:$work/cluster" \
        --state "$work/state.db" "$@"
}

say "a Git repository with three objects"
git init -q -b main "$work/shop"
mkdir -p "$work/shop/deploy"
cat >"$work/shop/deploy/shop.yaml" <<'YAML'
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
data:
  currency: EUR
YAML
cat >"$work/shop/deploy/web.yaml" <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: registry.example.org/web:1.0
YAML
commit "the shop"

say "plan: what would be done (exit code 1: there are differences)"
expect 1 unit plan

say "apply: do it"
expect 0 unit apply

say "apply again: nothing to do"
expect 0 unit apply

say "someone changes the target by hand; the next apply heals it"
sed -i 's/replicas: 2/replicas: 5/' "$work/cluster/shop/Deployment.apps/web.yaml"
expect 0 unit apply
grep -q 'replicas: 2' "$work/cluster/shop/Deployment.apps/web.yaml"

say "a commit changes the image, adds an object and removes one"
sed -i 's/web:1.0/web:1.1/' "$work/shop/deploy/web.yaml"
sed -i '/^---$/,$d' "$work/shop/deploy/shop.yaml"
cat >"$work/shop/deploy/service.yaml" <<'YAML'
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: {app: web}
  ports:
  - {port: 80, targetPort: 8080}
YAML
commit "version 1.1"
expect 1 unit plan
expect 0 unit apply
test ! -e "$work/cluster/shop/ConfigMap/settings.yaml"

say "nothing to do"
expect 0 unit plan

say "what the unit owns, and what was done"
unit status
unit history
