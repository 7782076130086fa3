#!/usr/bin/env bash
# The image and the compose file from end to end, as docs/deploying.md has them: secrets, start, a user,
# a catalogue, a training, lists, two web processes, all of it once more after the containers are gone,
# and a backup that is restored after the volumes are gone.
# For a fresh clone on a machine with Docker: what it makes is removed at the end, volumes included.
set -euo pipefail
cd "$(dirname "$0")/.."

url=http://127.0.0.1:8000
password=correct-horse-battery

fail() {
    echo "try_compose: $*" >&2
    exit 1
}

[ ! -e .env ] || fail "there is an .env: this is for a fresh clone, whose volumes nobody misses"
catalogue=$(mktemp -d)

leave() {
    status=$?
    [ "$status" = 0 ] || docker compose logs --tail 100 || true
    docker compose down --volumes || true
    rm -rf "$catalogue" .env deploy/secrets/mysql_*
    exit "$status"
}
trap leave EXIT

start() {
    docker compose up -d
    curl --silent --show-error --fail --output /dev/null \
        --retry 60 --retry-delay 2 --retry-all-errors "$url/healthz"
}

pytune() {
    docker compose exec -T web pytune "$@"
}

status_of() {
    curl --silent --output /dev/null --write-out '%{http_code}' "$@"
}

ask() {
    curl --silent --show-error --fail --header 'Content-Type: application/json' \
        --header "Authorization: Bearer $token" --data "{\"query\": \"$1\"}" "$url/graphql"
}

sign_in() {
    token=
    said=$(ask "mutation { login(input: {username: \\\"root\\\", password: \\\"$password\\\"}) { ... on LoginSuccess { token } } }")
    token=$(sed -n 's/.*"token":"\([^"]*\)".*/\1/p' <<<"$said")
    [ -n "$token" ] || fail "nobody was signed in: $said"
}

recommended() {
    grep -q '"modelVersion":1,.*"title"' <<<"$1" || fail "no list of the first model: $1"
}

echo "== secrets"
chmod 700 deploy/secrets
openssl rand -hex 24 > deploy/secrets/mysql_password
openssl rand -hex 24 > deploy/secrets/mysql_root_password
chmod 644 deploy/secrets/mysql_*
(umask 077; printf 'COMPOSE_PROFILES=core,jobs\nPYTUNE_PROBE_TOKEN=%s\n' "$(openssl rand -hex 24)" > .env)

echo "== start"
start
probe=$(sed -n 's/^PYTUNE_PROBE_TOKEN=//p' .env)
[ "$(status_of "$url/readyz")" = 403 ] || fail "/readyz answers without the token"
[ "$(status_of --header "Authorization: Bearer $probe" "$url/readyz")" = 200 ] || fail "not ready"

echo "== a user"
printf '%s\n' "$password" | pytune user add root --admin --password-stdin
sign_in

echo "== a catalogue: sixty listeners, each of one of two tastes"
chmod 755 "$catalogue"
awk 'BEGIN {
    print "track_id,title,artist"
    for (t = 0; t < 60; t++) print t ",Song " t ",Artist " t % 12
}' > "$catalogue/tracks.csv"
awk 'BEGIN {
    print "user_id,track_id,listened_at"
    for (u = 0; u < 60; u++) for (n = 0; n < 20; n++)
        printf "u%d,%d,2026-%02d-%02dT12:%02d:00Z\n", u, (u * 7 + n * 11) % 30 + u % 2 * 30, n / 4 + 1, n + 1, u
}' > "$catalogue/listens.csv"
docker compose run --rm -T -v "$catalogue:/import:ro" worker import csv /import --source mine

echo "== a training"
pytune train --wait
recommended "$(ask '{ recommendations(first: 5) { modelVersion items { track { title } } } }')"

echo "== two web processes"
WEB_PROCESSES=2 PYTUNE_PORT=8000-8001 docker compose up -d
for port in 8000 8001; do
    curl --silent --show-error --fail --output /dev/null \
        --retry 60 --retry-delay 2 --retry-all-errors "http://127.0.0.1:$port/healthz"
done

echo "== the same again in new containers"
docker compose down
start
recommended "$(ask '{ recommendations(first: 5) { modelVersion items { track { title } } } }')"

echo "== a backup, and whether all agrees"
docker compose exec -T worker pytune backup /data/backup.zip
(umask 077; docker compose exec -T worker cat /data/backup.zip > "$catalogue/backup.zip")
docker compose exec -T worker rm /data/backup.zip
pytune check

echo "== the backup on a new server"
docker compose down --volumes
docker compose run --rm -T --entrypoint sh worker -c 'cat > /data/backup.zip' < "$catalogue/backup.zip"
docker compose run --rm -T worker restore /data/backup.zip
start
sign_in
recommended "$(ask '{ recommendations(first: 5) { modelVersion items { track { title } } } }')"
echo "All of it works."
