#!/bin/sh
# Ask whether anything that is locked has a known weakness. This needs the network: what could not
# be asked fails as well, since nothing is known then.
set -u
failed=0
for lock in runtime dev; do
    echo "== requirements/$lock.txt"
    if said=$(.venv/bin/pip-audit --strict --progress-spinner=off --require-hashes --disable-pip \
        --requirement "requirements/$lock.txt" 2>&1); then
        printf '%s\n' "$said"
        continue
    fi
    failed=1
    printf '%s\n' "$said" | tail -n 100
    case $said in
    *"known vulnerabilit"*) ;;
    *) echo "The list of weaknesses could not be asked: nothing is known of requirements/$lock.txt." ;;
    esac
done
exit "$failed"
