#!/bin/sh
# Makes .venv and fetches what the router runs on. Quick when nothing has changed: each step leaves a stamp with the
# sums of what it was made from. PYTHON chooses the Python; else the first of 3.11 or newer on the search path.
set -eu
cd "$(dirname "$0")/.."
venv=.venv

say() { printf '%s\n' "$*"; }
fail() { say "setup: $*" >&2; exit 2; }
sum() { cat "$@" | cksum | tr ' ' '-'; }
stamped() { [ "$(cat "$venv/.$1" 2>/dev/null)" = "$2" ]; }
stamp() { printf '%s\n' "$2" >"$venv/.$1"; }

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
makes_venvs() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

find_python() {
    bare=
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        fits "$candidate" || continue
        if makes_venvs "$candidate"; then
            python=$candidate
            return
        fi
        bare=${bare:-$candidate}
    done
    if [ -n "$bare" ]; then
        version=$("$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "Python's venv and ensurepip modules are missing; on Debian or Ubuntu: apt-get install python$version-venv"
    fi
    if [ -n "${PYTHON:-}" ]; then
        fail "PYTHON=$PYTHON is no Python 3.11 or newer."
    fi
    fail "Python 3.11 or newer is missing; on Debian or Ubuntu: apt-get install python3 python3-venv"
}

# Neither a user's pip settings nor another environment's paths reach into ours.
unset PYTHONPATH PYTHONHOME || true
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_VIRTUALENV=0

libraries=$(sum requirements.lock)
itself=$(sum pyproject.toml)-$(pwd | cksum | tr ' ' '-')
jars=$(sum router/runtime/jars.lock)

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || ! fits "$venv/bin/python"; then
    find_python
    say "Making $venv with $("$python" --version)."
    rm -rf "$venv"
    "$python" -m venv "$venv" || fail "$venv can't be made; the reason is above."
fi
if ! stamped libraries "$libraries"; then
    say "Installing the libraries of requirements.lock."
    "$venv/bin/python" -m pip install --prefer-binary --require-hashes -r requirements.lock ||
        fail "the libraries can't be installed; the reason is above. Run it again when that is mended."
    stamp libraries "$libraries"
fi
if ! stamped itself "$itself"; then
    "$venv/bin/python" -m pip install --quiet --no-build-isolation --no-deps -e . ||
        fail "the router can't be installed; the reason is above."
    stamp itself "$itself"
fi
if ! stamped jars "$jars"; then
    "$venv/bin/router" setup
    stamp jars "$jars"
fi
