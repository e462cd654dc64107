# Random writes with a CRC in every block, read back and checked, on the raw disk; then XFS and a copy.
# FIO_SIZE (32M: the region) FIO_SECS (15: limit of the random writes) FIO_DEPTH (32) G_DIGEST (say CRC32C,None)
# G_MEANWHILE (an event for the host, once the random writes are under way)
connect ${G_DIGEST:+node.conn[0].iscsi.HeaderDigest=$G_DIGEST node.conn[0].iscsi.DataDigest=$G_DIGEST}
if [ -n "${G_DIGEST:-}" ]; then
    same "header digest" "$(cat /sys/class/iscsi_connection/*/header_digest)" 1
    same "data digest" "$(cat /sys/class/iscsi_connection/*/data_digest)" 1
fi
R=$(numfmt --from=iec "${FIO_SIZE:-32M}")
run_fio() { # WHAT OPTIONS...
    local what=$1; shift
    timeout 120 fio --name=v --filename="$DISK" --ioengine=libaio --direct=1 --verify=crc32c --verify_fatal=1 --group_reporting "$@" > /tmp/fio.txt 2>&1
    same "$what" $? 0
    grep -E 'err=|verify|bad' /tmp/fio.txt | head -5; [ $NFAIL = 0 ] || cat /tmp/fio.txt
}
meanwhile() {
    for i in $(seq 200); do [ "$(awk '{print $7}' "/sys/block/${DISK##*/}/stat")" -gt 4096 ] && break; usleep 20000; done
    host_event "$G_MEANWHILE"
}
[ -z "${G_MEANWHILE:-}" ] || { meanwhile & MEANWHILE=$!; }
step "fio: random writes of 4 to 64 KiB over $R bytes, then verified"
run_fio "fio write and verify" --rw=randwrite --do_verify=1 --iodepth="${FIO_DEPTH:-32}" --size="$R" --bsrange=4k-64k --blockalign=4k --randseed=4711 --runtime="${FIO_SECS:-15}"
step "fio: two jobs, mixed reads and writes, then verified"
run_fio "fio mix" --rw=randrw --iodepth=16 --numjobs=2 --offset_increment=$((R / 2)) --size=$((R / 2)) --bs=8k --runtime=15
step "xfs"
# mkfs.xfs wants 300 MiB unless told that this is a test
must "mkfs.xfs" env TEST_DEV=1 TEST_DIR=1 QA_CHECK_FS=1 mkfs.xfs -q -f "$DISK"
must "mount" mount "$DISK" /mnt
head -c 20000000 /dev/urandom > /tmp/source; cp /tmp/source /mnt/a; sync -f /mnt/a; umount /mnt; echo 3 > /proc/sys/vm/drop_caches
must "mount again" mount "$DISK" /mnt
check "same content" cmp /tmp/source /mnt/a; umount /mnt
check "xfs_repair -n" xfs_repair -n "$DISK" > /tmp/repair 2>&1; [ $NFAIL = 0 ] || cat /tmp/repair
[ -z "${G_MEANWHILE:-}" ] || check "the host did: $G_MEANWHILE" wait "$MEANWHILE"
check "logout" logout "$IQN"
check "no errors in the kernel log" no_kernel_errors
finish fio-verify
