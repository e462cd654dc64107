# For the scenarios (bash, in the guest). TARGET_HOST and TARGET_PORT say where the target is; sets PORTAL, IQN, DISK.
PORTAL=$TARGET_HOST:$TARGET_PORT
NFAIL=0 NOK=0
step()  { printf '\n== [%6s s] %s\n' "$(cut -d' ' -f1 /proc/uptime)" "$*"; }
ok()    { NOK=$((NOK + 1)); printf 'ok   %s\n' "$*"; }
bad()   { NFAIL=$((NFAIL + 1)); printf 'FAIL %s\n' "$*"; }
die()   { printf 'FAIL %s (giving up)\n' "$*"; dmesg | tail -15; exit 1; }
check() { local what=$1; shift; if "$@"; then ok "$what"; else bad "$what (rc $?: $*)"; fi; }
must()  { local what=$1; shift; if "$@"; then ok "$what"; else die "$what (rc $?: $*)"; fi; }
same()  { if [ "$2" = "$3" ]; then ok "$1: $2"; else bad "$1: got '$2', wanted '$3'"; fi; }
finish() { printf '\n%s: %d ok, %d failed\n' "$1" "$NOK" "$NFAIL"; [ "$NFAIL" = 0 ]; exit $?; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# Asks whoever started the guest for something (restart the target, say); returns the status they answer.
host_event() { local status; echo "EVENT $*" >&5; read -r -u 5 status && return "$status"; }

start_udev() {
    [ -e /run/udev/control ] && return
    /usr/lib/systemd/systemd-udevd --daemon 2>/dev/null
    udevadm trigger --type=devices --action=add --subsystem-match=block --subsystem-match=scsi; udevadm settle -t 10
}

start_iscsid() {
    [ -n "${ISCSID_PID:-}" ] && return
    modprobe -a iscsi_tcp sd_mod sg || die "no iscsi_tcp"
    start_udev
    mkdir -p /etc/iscsi /run/lock/iscsi /var/lib/iscsi
    echo "InitiatorName=${INITIATOR:-iqn.2026-11.io.quorumd.guest:initiator}" > /etc/iscsi/initiatorname.iscsi
    sed -i -e '/^iscsid.startup/d' -e '/^node.startup/d' /etc/iscsi/iscsid.conf
    /usr/sbin/iscsid -f >/tmp/iscsid.log 2>&1 5>&- & ISCSID_PID=$!
    local i; for i in $(seq 50); do grep -q ISCSIADM_ABSTRACT_NAMESPACE /proc/net/unix && return; usleep 20000; done
    die "iscsid did not start: $(cat /tmp/iscsid.log)"
}

discover() { start_iscsid; iscsiadm -m discovery -t sendtargets -p "$PORTAL"; } # lines "PORTAL,TPGT IQN"

pick_iqn() { # TARGET_IQN, or the first that discovery returns
    local found; found=$(discover) || return 1
    IQN=${TARGET_IQN:-$(awk 'NR==1{print $2}' <<<"$found")}; [ -n "$IQN" ] || return 1
    iscsiadm -m node -o delete >/dev/null 2>&1; return 0
}

add_node() { # IQN [PORTAL] [NAME=VALUE...]: a record of our own, with settings
    local iqn=$1 portal=${2:-$PORTAL} pair; shift; [ $# -gt 0 ] && shift
    iscsiadm -m node -o delete -T "$iqn" -p "$portal" >/dev/null 2>&1
    iscsiadm -m node -o new -T "$iqn" -p "$portal" >/dev/null || return
    for pair in "node.session.timeo.replacement_timeout=${REPLACEMENT_TIMEOUT:-120}" ${NODE_SETTINGS:-} "$@"; do
        iscsiadm -m node -T "$iqn" -p "$portal" -o update -n "${pair%%=*}" -v "${pair#*=}" || return
    done
}
login()  { iscsiadm -m node -T "$1" -p "${2:-$PORTAL}" --login; }
# What udev still reads of a disk that goes away fails, rightly, and the kernel logs it.
logout() { udevadm settle --timeout=20; iscsiadm -m node -T "$1" -p "${2:-$PORTAL}" --logout; }

disks() { # "LUN DEVICE BYTES HCTL" for each disk of the sessions to IQN $1
    local s d b hctl
    for s in /sys/class/iscsi_session/session*; do
        [ "$(cat "$s/targetname" 2>/dev/null)" = "$1" ] || continue
        for d in "$s"/device/target*/*:*:*:*/block/*; do
            [ -e "$d" ] || continue
            b=${d##*/}; hctl=${d%/block/*}; hctl=${hctl##*/}
            echo "${hctl##*:} /dev/$b $(($(cat "/sys/class/block/$b/size") * 512)) $hctl"
        done
    done | sort -n
}
wait_disks() { # until IQN $1 has at least $2 (1) disks with a size; sets DISK to TARGET_LUN's, else the first
    local i l
    for i in $(seq 150); do
        l=$(disks "$1" | awk '$3>0')
        if [ -n "$l" ] && [ "$(grep -c . <<<"$l")" -ge "${2:-1}" ]; then
            udevadm settle -t 10
            DISK=$(awk -v l="${TARGET_LUN:-}" 'l=="" || $1==l {print $2; exit}' <<<"$l"); [ -b "$DISK" ] && return 0
        fi
        usleep 100000
    done
    return 1
}
wait_gone() { local i; for i in $(seq 100); do [ -z "$(disks "$1")" ] && return 0; usleep 100000; done; return 1; }

connect() { # [NAME=VALUE...]: discovery, node record, login, disk; sets IQN and DISK
    must "SendTargets discovery at $PORTAL" pick_iqn
    must "node record for $IQN" add_node "$IQN" "$PORTAL" "$@"
    must "login" login "$IQN"
    must "disk appeared" wait_disks "$IQN" "${WANT_DISKS:-1}"
    echo "disk $DISK"
}
session_field() { # a field of the session to IQN $1 as sysfs has it: state, recovery_tmo
    local s; for s in /sys/class/iscsi_session/session*; do [ "$(cat "$s/targetname" 2>/dev/null)" = "$1" ] && cat "$s/$2"; done
}
no_kernel_errors() { ! dmesg | grep -iE 'I/O error|conn error|detected conn|timed out'; }
