# Sourced by tests/run.sh and .ci/run: notes what is missing, then installs all of it at once. Where
# nothing is missing nothing is touched, so that any system with the tools will do.

missing=
updated=

# need_command COMMAND PACKAGE
need_command() {
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

# need_module PKG_CONFIG_NAME PACKAGE
need_module() {
    pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"
}

# need_python MODULE PACKAGE
need_python() {
    python3 -c "import $1" 2>/dev/null || missing="$missing $2"
}

# Returns 1, having said what is missing, when it cannot be installed.
install_missing() {
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "please install:$missing" >&2
        return 1
    fi
    echo "installing:$missing"
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    if [ -z "$updated" ]; then
        $as_root apt-get update -qq || echo "apt-get update failed; trying what is known" >&2
        updated=yes
    fi
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing || return 1
    missing=
}
