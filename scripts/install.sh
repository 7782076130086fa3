#!/bin/sh
# Bring .venv to one of the lock files: install.sh runtime|dev PYTHON
set -eu
kind=$1
python=$2
ours=.venv/bin/python
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

fail() {
    printf 'pytune: %s\n' "$*" >&2
    exit 1
}

if ! "$ours" -m pip --version >/dev/null 2>&1 || ! "$ours" -c "$new_enough"; then
    command -v "$python" >/dev/null 2>&1 ||
        fail "there is no $python here. Name a Python 3.11 or newer: make PYTHON=python3.12"
    "$python" -c "$new_enough" 2>/dev/null ||
        fail "Python 3.11 or newer is needed, $python is $("$python" --version 2>&1 | head -n 1). Name another: make PYTHON=python3.12"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make virtual environments: install its venv module (Debian, Ubuntu: apt-get install python3-venv)"
    echo "Creating .venv with $("$python" --version)."
    "$python" -m venv --clear .venv
fi

echo "Installing what requirements/$kind.txt locks into .venv; the first time takes a minute or two."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_USER=0
"$ours" -m pip install -qq --require-hashes -r "requirements/$kind.txt"
"$ours" -m pip install -qq --no-deps --no-build-isolation -e .

if [ "$(uname -s)" = Linux ]; then
    "$ours" -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null ||
        fail "the system library libgomp is missing (Debian, Ubuntu: apt-get install libgomp1)"
fi

# The developers' requirements hold those of the product, at the same versions.
touch .venv/.runtime
[ "$kind" = runtime ] || touch .venv/.dev
