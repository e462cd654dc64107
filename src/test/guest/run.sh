#!/bin/bash
# Runs a scenario in a guest with a real Linux kernel, its iscsi_tcp and open-iscsi, against a target on this host's
# loopback. User-mode Linux: an ordinary process at native speed, no KVM, no root; up in 2 to 4 seconds.
#   run.sh [-t SECONDS] [-p PORT] [-d FILE] SCENARIO [NAME=VALUE...]       e.g.  run.sh login TARGET_PORT=3260
#     -t: the limit (120)  -p: this host's port for the guest's 3260, of a target there  -d: the guest's disk /dev/ubdb
# Variables: TARGET_PORT (3260), TARGET_IQN (default: the first one discovered), TARGET_LUN, and what the scenario names.
# Output is the scenario's: `ok`/`FAIL` lines, last `NAME: N ok, M failed`. Exit status is the scenario's (0: no failure);
# 124 past the limit (-t, 120 s), 125 the guest died. A line `EVENT ...` asks the caller to do something (restart the
# target, say); it answers with a line holding a status on standard input.
set -u
HERE=$(cd "$(dirname "$0")" && pwd -P)
IMAGE=${GUEST_IMAGE:-${XDG_CACHE_HOME:-$HOME/.cache}/quorumd-guest}
LIMIT=120 PORT= DEVICE=
while getopts t:p:d: option; do
    case $option in t) LIMIT=$OPTARG;; p) PORT=$OPTARG;; d) DEVICE=ubdb=$OPTARG;; *) exit 2;; esac
done
shift $((OPTIND - 1))
SCENARIO=$HERE/scenarios/${1:?usage: run.sh [-t SECONDS] [-p PORT] [-d FILE] SCENARIO [NAME=VALUE...]}.sh; shift
[ -r "$SCENARIO" ] || { echo "run.sh: no scenario $SCENARIO" >&2; exit 2; }
[ -s "$IMAGE/id" ] || { echo "run.sh: no guest in $IMAGE; make it with $HERE/image.sh" >&2; exit 2; }

T=$(mktemp -d "${TMPDIR:-/tmp}/guest.XXXXXX") || exit 1
GUEST=
cleanup() {
    trap - EXIT INT TERM HUP
    [ -z "$GUEST" ] || kill "$GUEST" 2>/dev/null
    rm -rf "$T"
}
trap cleanup EXIT; trap 'exit 130' INT; trap 'exit 143' TERM HUP

mkdir "$T/job"; cp "$HERE/lib.sh" "$T/job/lib.sh"; cp "$SCENARIO" "$T/job/scenario"
for pair in TARGET_HOST=10.0.2.2 TARGET_PORT=3260 "$@"; do printf 'export %s=%q\n' "${pair%%=*}" "${pair#*=}"; done > "$T/job/env"
tar -C "$T/job" -cf "$T/job.tar" .
printf '#!/bin/sh\nLD_PRELOAD="%s" exec "%s" "mtu 1500" %s\n' "$IMAGE/listen.so" "$IMAGE/slirp" "${PORT:+\"redir tcp $PORT to 10.0.2.15:3260\"}" > "$T/slirp"
chmod +x "$T/slirp"
mkfifo "$T/out" "$T/from" "$T/to"

cat "$T/out" & CAT=$!
exec 6<>"$T/out" 7<>"$T/from" 8<>"$T/to"
# Guest memory lives in TMPDIR and must be executable and on tmpfs.
TMPDIR=/dev/shm LD_PRELOAD=$IMAGE/xstate.so timeout -k 5 "$LIMIT" "$IMAGE/linux" mem=1024M initrd="$IMAGE/initrd" \
    umid="guest.$$" uml_dir="$T/" con0=null,fd:1 con=null ssl=null ssl0=null,fd:6 ssl1=fd:8,fd:7 ubda="$T/job.tar" ${DEVICE:+"$DEVICE"} \
    "eth0=slirp,,$T/slirp" loglevel=6 panic=-1 oops=panic rdinit=/init net.ifnames=0 </dev/null >"$T/console" 2>&1 & GUEST=$!
STATUS= PART=
while [ -z "$STATUS" ]; do
    if IFS= read -r -t 0.5 -u 7 line; then
        read -r word rest <<<"$PART$line"; PART= # a read that times out may leave part of a line
        case $word in
            EVENT) echo "EVENT $rest"; read -r answer && echo "${answer:-1}" >&8;;
            EXIT) STATUS=$rest;;
        esac
    elif PART+=$line; ! kill -0 "$GUEST" 2>/dev/null; then break; fi
done
wait "$GUEST"; ended=$?; GUEST=
exec 6>&-; wait "$CAT"
if [ -z "$STATUS" ]; then
    case $ended in 124|137) STATUS=124; echo "run.sh: past the limit of $LIMIT s";; *) STATUS=125; echo "run.sh: the guest died";; esac
    tail -25 "$T/console"
fi
grep -aE 'BUG:|WARNING: CPU|Oops|blocked for more than|general protection|soft lockup|rcu.*stall|Kernel panic' "$T/console" | head -5
exit "$STATUS"
