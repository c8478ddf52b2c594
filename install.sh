#!/bin/sh
# Make the environment that kei-gates runs in, then put the gate into a project.
#
#   ./install.sh DIR                 both
#   ./install.sh DIR --scope SCOPE   into other settings: local, user, managed
#   ./install.sh                     the environment only, which is what the plugin form needs
#
# PYTHON=/path/to/python chooses the interpreter. Safe to run again: it mends what is missing or
# half made, and does nothing where nothing has changed.
set -eu

fail() {
    printf 'kei-gates: %s\n' "$1" >&2
    exit "${2:-1}"
}

# The folder this script is in, also when it is called through a link.
clone() {
    script=$1
    while [ -h "$script" ]; do
        target=$(readlink "$script")
        case $target in
            /*) script=$target ;;
            *) script=$(dirname "$script")/$target ;;
        esac
    done
    CDPATH='' cd -- "$(dirname "$script")" && pwd -P
}

# Print the real interpreter behind a command (it may be a version manager's shim), and fail when
# it is not one that kei-gates runs on.
supported() {
    "$1" -I -c 'import sys
sys.exit(print(sys.executable) if (3, 10) <= sys.version_info[:2] <= (3, 13) else 1)' 2>/dev/null
}

can_make_environments() {
    "$1" -I -c 'import ensurepip, venv' 2>/dev/null
}

find_python() {
    unfit=
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3.13 python3.12 python3.11 python3.10 python3
    fi
    for name in "$@"; do
        found=$(supported "$name") || continue
        if can_make_environments "$found"; then
            printf '%s\n' "$found"
            return
        fi
        unfit=$found
    done
    [ -z "$unfit" ] ||
        fail "\`$unfit\` has no venv module; install it (Debian, Ubuntu: apt install python3-venv)"
    [ -z "${PYTHON:-}" ] || fail "\`$PYTHON\` is not a Python 3.10 to 3.13; set PYTHON to one"
    fail "found no Python 3.10 to 3.13; install one, or set PYTHON to where it is"
}

version() {
    "$1" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

# Whether the environment was finished once, still runs, and is of the version that is asked for.
usable() {
    [ -f "$mark" ] && supported "$venv/bin/python" >/dev/null &&
        "$venv/bin/python" -I -c 'import pip' 2>/dev/null || return 1
    [ -z "${PYTHON:-}" ] || [ "$(version "$PYTHON")" = "$(version "$venv/bin/python")" ]
}

# One line that changes whenever what would be installed does.
fingerprint() (
    cd "$here"
    find src hooks policies pyproject.toml -type f ! -name '*.pyc' -exec cksum {} + |
        LC_ALL=C sort | cksum
    printf '%s\n' "$here"
)

make_environment() {
    python=$(find_python)
    printf 'kei-gates: making %s with %s\n' "$venv" "$python"
    rm -rf "$venv"
    "$python" -I -m venv "$venv" >"$log" 2>&1 || {
        cat "$log" >&2
        fail "cannot make \`$venv\` (see above); mend that and run it again"
    }
}

install_package() {
    printf 'kei-gates: installing the package\n'
    # The mark goes first: an interrupted pip leaves packages that look whole and are not.
    rm -f "$mark"
    (
        cd "$here"
        "$venv/bin/python" -I -m pip install --disable-pip-version-check --no-input --compile \
            '.[second-opinion]'
    ) >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail 'pip failed (see above); check the network and the settings of pip, then run it again'
    }
    fingerprint >"$mark"
}

usage='usage: install.sh [DIR [--scope SCOPE]]'
case $#${1:-}/${2:-} in
    0/ | 1[!-]*/ | 3[!-]*/--scope) ;;
    *) fail "$usage" 64 ;;
esac
[ "$#" -eq 0 ] || [ -d "$1" ] || fail "\`$1\` is not a folder; name the project's folder"

here=$(clone "$0")
venv=$here/.venv
mark=$venv/.kei-gates-installed
log=$(mktemp) || fail 'cannot make a temporary file; check TMPDIR'
trap 'rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM

usable || make_environment
if [ "$(cat "$mark" 2>/dev/null)" != "$(fingerprint)" ]; then
    install_package
fi

# The package in one file for the hook, where there is none, or it is damaged.
"$venv/bin/python" -I -m kei_gates.archive.builder >"$log" 2>&1 || {
    cat "$log" >&2
    fail "cannot write below \`$venv\` (see above); make room, or mend its permissions"
}

if [ "$#" -gt 0 ]; then
    "$venv/bin/kei-gates" install "$@"
else
    printf 'kei-gates: the environment is ready at %s\n' "$venv"
    printf 'As a plugin:        claude --plugin-dir %s\n' "$here"
    printf 'Into one project:   %s/install.sh DIR\n' "$here"
fi
