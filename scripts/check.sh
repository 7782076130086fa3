#!/bin/sh
# Everything that can be said about the code without running it. All of it is said before failing.
set -u
bin=.venv/bin
failed=

run() {
    title=$1
    shift
    echo "== $title"
    "$@" || failed="$failed, $title"
}

schema_agrees() {
    exported=$("$bin/pytune" schema) || return 1
    printf '%s\n' "$exported" | diff -u schema.graphql - ||
        { echo "schema.graphql is not what the code exports: make schema"; return 1; }
}

run lint "$bin/ruff" check --quiet .
run formatting "$bin/ruff" format --check --quiet .
run types "$bin/mypy"
run floors "$bin/lint-imports"
run schema schema_agrees
run "the API's promises" "$bin/python" scripts/check_breaking.py \
    schema.released.graphql schema.graphql CHANGELOG.md
run secrets "$bin/python" scripts/check_secrets.py

[ -z "$failed" ] || { echo "Failed: ${failed#, }." >&2; exit 1; }
