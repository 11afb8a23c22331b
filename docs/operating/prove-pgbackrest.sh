#!/usr/bin/env bash
# Proves on this machine that pgBackRest, with the pgbackrest.conf beside this script, brings a lost database back to a
# moment (B6), and that after 7 days no backup holds what was erased (R1). Less than a minute: a small cluster of its own
# on a socket of its own, and a clock that libfaketime moves on. What it started is ended, what it made is removed.
#
#   prove-pgbackrest.sh [--install]      --install: get what is missing from Debian's packages (as root)
#
# Exit 0: proved. 1: not proved. 2: something is not installed. As root it works as the user postgres.
set -euo pipefail

say() { printf '%s\n' "$*"; }
fail() { say "NOT PROVED: $*"; exit 1; }

# --- What is needed ------------------------------------------------------------------------------------------------
if [ "${1:-}" = --install ]; then
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends pgbackrest postgresql faketime >/dev/null
fi
bin=${PG_BIN:-$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -1 || true)}
faketime=$(compgen -G '/usr/lib/*/faketime/libfaketime.so.1' | head -1 || true)
if [ ! -x "$bin/initdb" ] || [ -z "$faketime" ] || ! command -v pgbackrest >/dev/null; then
  say "Needed: pgbackrest, postgresql (or PG_BIN, its folder of programs) and faketime. As root, --install gets them."
  exit 2
fi

# --- A place of its own --------------------------------------------------------------------------------------------
scratch=$(mktemp -d "${TMPDIR:-/tmp}/prove-pitr.XXXXXX")
data=$scratch/data
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
finish() {
  as "$bin/pg_ctl" --pgdata="$data" --mode=immediate --silent stop 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 1' INT TERM
mkdir "$scratch/conf.d" "$scratch/log" "$scratch/lock" "$scratch/repository"
cp "$(dirname "$0")/pgbackrest.conf" "$scratch/"
printf '[global]\nrepo1-cipher-pass=%s\n' "$(head -c 48 /dev/urandom | base64 -w0)" >"$scratch/conf.d/secret.conf"
move() { echo "$1" >"$scratch/clock"; }
move +0d
if [ "$(id -u)" = 0 ]; then chown -R postgres: "$scratch"; fi
cd "$scratch"

# The configuration file as it stands; only places are other ones.
export PGBACKREST_CONFIG=$scratch/pgbackrest.conf PGBACKREST_CONFIG_INCLUDE_PATH=$scratch/conf.d PGBACKREST_STANZA=sekisho
export PGBACKREST_REPO1_PATH=$scratch/repository PGBACKREST_LOG_PATH=$scratch/log PGBACKREST_LOCK_PATH=$scratch/lock
export PGBACKREST_PG1_PATH=$data PGBACKREST_PG1_SOCKET_PATH=$scratch PGHOST=$scratch PGDATABASE=postgres
# Clock of everything that starts from here on, read anew at each look: only time of day, not waiting or files.
export FAKETIME_TIMESTAMP_FILE=$scratch/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1
clocked() { as env LD_PRELOAD="$faketime" "$@"; }

pgbackrest() { clocked pgbackrest "$@"; }
sql() { as "$bin/psql" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"; }
ask() { sql --command="$1"; }
start() { clocked "$bin/pg_ctl" --pgdata="$data" --log="$scratch/log/postgresql" --wait --silent start; }
stop() { as "$bin/pg_ctl" --pgdata="$data" --mode=immediate --silent stop; }
state() { ask "SELECT company || ': ' || count(*) || ' rows, ' || md5(string_agg(id || text, ',' ORDER BY id))
               FROM document GROUP BY company ORDER BY company"; }
fill() { ask "INSERT INTO document (company, text) SELECT '$1', md5(random()::text) FROM generate_series(1, $2)"; }
# A question to the list of backups; :info is what pgBackRest tells, :'info' as text.
listed() { sql --set=info="$(pgbackrest info --output=json)" <<<"WITH told AS (SELECT :'info'::jsonb -> 0 AS stanza), backup AS (
  SELECT to_timestamp((value #>> '{timestamp,stop}')::bigint) AS ended, value #>> '{label}' AS label,
  value #>> '{archive,start}' AS wal FROM told, jsonb_array_elements(stanza -> 'backup')) $1;"; }

# --- A database that is backed up ------------------------------------------------------------------------------------
clocked "$bin/initdb" --pgdata="$data" --auth=trust --data-checksums --encoding=UTF8 --locale=C >/dev/null
as tee -a "$data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$scratch'
wal_level = replica
archive_mode = on
archive_command = 'pgbackrest archive-push %p'
archive_timeout = 60
SETTINGS
start
say "$(pgbackrest version), PostgreSQL $(ask 'SHOW server_version')"
pgbackrest stanza-create
pgbackrest check
ask "CREATE TABLE document (id bigint GENERATED ALWAYS AS IDENTITY, company text, text text)"
fill ACME 10000
fill GLOBEX 10000
pgbackrest --type=full backup
move +1h
fill ACME 5000

# --- A moment, a mistake, a disaster, and back -----------------------------------------------------------------------
moment=$(ask "SELECT clock_timestamp()")
before=$(state)
ask "DELETE FROM document WHERE company = 'ACME' AND id % 2 = 0"
[ "$(state)" != "$before" ] || fail "the mistake changed nothing"
pgbackrest check  # closes the segment of the log and waits until it is in the repository
stop
as rm -rf "$data"
say "lost: the data directory. Back to the moment before the mistake:"
pgbackrest --type=time --target="$moment" --target-action=promote restore
start
until [ "$(ask 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.1; done
[ "$(state)" = "$before" ] || fail "before: $before; restored: $(state)"
say "$(state)"

# --- Erased today, in no backup in a week ----------------------------------------------------------------------------
pgbackrest --type=full backup
ask "DELETE FROM document WHERE company = 'GLOBEX'"
erased=$(ask "SELECT clock_timestamp()")
for day in 1 2 3 4 5 6 7; do
  move "+${day}d"
  fill ACME 10
  pgbackrest --type=full backup
  say "day $day: $(listed "SELECT count(*) || ' backups, the oldest of ' || round(extract(epoch FROM clock_timestamp() - min(ended))
    / 86400) || ' days; from before the erasure: ' || count(*) FILTER (WHERE ended < '$erased') FROM backup")"
done
[ "$(listed "SELECT count(*) FROM backup WHERE ended < '$erased'")" = 0 ] || fail "a backup from before the erasure is left"
oldest=$(listed "SELECT min(label) FROM backup")
kept=$(listed "SELECT (SELECT min(wal) FROM backup) <= min(value ->> 'min') FROM told, jsonb_array_elements(stanza -> 'archive')")
[ "$kept" = t ] || fail "the log of before the oldest backup is left"
stop
as rm -rf "$data"
pgbackrest --set="$oldest" --type=immediate --target-action=promote restore
start
[ "$(ask "SELECT count(*) FROM document WHERE company = 'GLOBEX'")" = 0 ] || fail "GLOBEX is in $oldest"
say "the oldest backup restored: $(state)"
say PROVED
