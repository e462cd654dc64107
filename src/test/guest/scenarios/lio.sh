# LIO, the kernel's own target, for the host to use (run.sh -p PORT -d FILE): LUN 0 is that file, by way of iblock; LUN 1
# is G_SIZE bytes of this guest's memory, by way of fileio, in blocks of 4096. Then it does what the host orders in answer
# to an event, a line of shell each, until "finish".
# TARGET_IQN INITIATOR (who has an ACL; others are let in, too) CHAP_USER CHAP_PASS CHAP_MUTUAL_USER CHAP_MUTUAL_PASS
C=/sys/kernel/config/target
modprobe -a dm_mod target_core_mod target_core_iblock target_core_file iscsi_target_mod || die "no LIO"
mount -t configfs configfs /sys/kernel/config
mkdir -p /var/target/pr /var/target/alua # where it keeps persistent reservations

backstore() { # PLUGIN NAME CONTROL
    local at=$C/core/$1_0/$2
    mkdir -p "$at"
    echo "$3" > "$at/control"
    echo 1 > "$at/enable" || die "no backstore $2"
    echo "$2" > "$at/wwn/vpd_unit_serial"
}
SECTORS=$(blockdev --getsz /dev/ubdb)
table() { # [FROM COUNT]: sectors of the disk that are bad
    echo "0 ${1:-$SECTORS} linear /dev/ubdb 0"
    [ $# = 0 ] || printf '%d %d error\n%d %d linear /dev/ubdb %d\n' $1 $2 $(($1 + $2)) $((SECTORS - $1 - $2)) $(($1 + $2))
}
damage() { table "$@" | dmsetup reload disk && dmsetup resume --noudevsync disk; }
table | dmsetup create --noudevsync disk || die "no disk"
truncate -s "$G_SIZE" /dev/shm/memory
backstore iblock disk udev_path=/dev/dm-0
backstore fileio memory "fd_dev_name=/dev/shm/memory,fd_dev_size=$G_SIZE,fd_buffered_io=1"
# What is unmapped of the disk reads as zeroes, and it says so; the file says nothing of the kind.
for attribute in emulate_tpws unmap_zeroes_data; do echo 1 > "$C/core/iblock_0/disk/attrib/$attribute" || die "no $attribute"; done
echo 4096 > "$C/core/fileio_0/memory/attrib/block_size"

T=$C/iscsi/$TARGET_IQN/tpgt_1
mkdir -p "$T/np/0.0.0.0:3260" "$T/lun/lun_0" "$T/lun/lun_1" "$T/acls/$INITIATOR/lun_0" "$T/acls/$INITIATOR/lun_1"
ln -s $C/core/iblock_0/disk "$T/lun/lun_0/disk"; ln -s $C/core/fileio_0/memory "$T/lun/lun_1/memory"
for lun in 0 1; do ln -s "$T/lun/lun_$lun" "$T/acls/$INITIATOR/lun_$lun/lun"; done
echo 1 > "$T/attrib/generate_node_acls"; echo 1 > "$T/attrib/cache_dynamic_acls"; echo 0 > "$T/attrib/demo_mode_write_protect"
echo CRC32C,None > "$T/param/HeaderDigest"; echo CRC32C,None > "$T/param/DataDigest"
demand_chap() { # USER PASSWORD MUTUAL_USER MUTUAL_PASSWORD
    local auth=$T/acls/$INITIATOR/auth
    echo -n "$1" > "$auth/userid"; echo -n "$2" > "$auth/password"
    echo -n "$3" > "$auth/userid_mutual"; echo -n "$4" > "$auth/password_mutual"
    echo 1 > "$T/attrib/authentication"
}
echo 0 > "$T/attrib/authentication"
[ -z "${CHAP_USER:-}" ] || demand_chap "$CHAP_USER" "$CHAP_PASS" "$CHAP_MUTUAL_USER" "$CHAP_MUTUAL_PASS"
echo 1 > "$T/enable" || die "the target was not enabled"

# For the host to order; it comes as 127.0.0.1. Without "quickack" a delayed acknowledgement here, and the forwarding,
# which sends no small segment before it, wait 40 ms for each other.
unplug() { ip addr del 10.0.2.15/24 dev eth0; }
plug() { ip addr replace 10.0.2.15/24 dev eth0 && ip route replace 127.0.0.1 via 10.0.2.2 dev eth0 src 10.0.2.15 quickack 1; }
plug

status=0
while :; do
    echo "EVENT done $status" >&5
    read -r -u 5 order || die "nobody orders"
    [ "$order" != finish ] || break
    eval "$order"; status=$?
done
