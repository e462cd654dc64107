# Discovery, login, what the disk says of itself, a file system with known content over a logout, UNMAP, the advertised portal.
start_iscsid
step "discovery"
FOUND=$(discover) || die "SendTargets discovery at $PORTAL: $FOUND"
echo "$FOUND"; pick_iqn
check "$IQN is listed" grep -q " $IQN\$" <<<"$FOUND"
ADVERTISED=$(awk -v i="$IQN" '$2==i{print $1; exit}' <<<"$FOUND")
step "login"
must "node record" add_node "$IQN"
must "login" login "$IQN"
must "disk appeared" wait_disks "$IQN"
same "session state" "$(session_field "$IQN" state)" LOGGED_IN
iscsiadm -m session -P 3 | grep -E 'Digest|Length|ImmediateData|InitialR2T|MaxOutstandingR2T|Attached' | sed 's/^[ \t]*/    /'

step "what the disk says of itself"
check "sg_inq" sg_inq "$DISK"
for p in 0x00 0x80 0x83 0xb0 0xb1 0xb2; do check "VPD $p" sg_vpd -p $p "$DISK"; done
check "sg_luns" sg_luns "$DISK"
check "sg_turs" sg_turs "$DISK"
check "sg_opcodes" sg_opcodes "$DISK"
same "size, and READ CAPACITY(16)" "$(blockdev --getsize64 "$DISK")" "$(sg_readcap --16 "$DISK" | sed -n 's/.*Device size: \([0-9]*\) bytes.*/\1/p')"
[ -z "${TARGET_SIZE:-}" ] || same "size" "$(blockdev --getsize64 "$DISK")" "$TARGET_SIZE"
Q=/sys/block/${DISK##*/}
echo "    logical $(blockdev --getss "$DISK"), physical $(blockdev --getpbsz "$DISK"), FUA $(cat $Q/queue/fua), provisioning $(cat $Q/device/scsi_disk/*/provisioning_mode), max_sectors_kb $(cat $Q/queue/max_sectors_kb), discard_max $(cat $Q/queue/discard_max_bytes), write_zeroes_max $(cat $Q/queue/write_zeroes_max_bytes)"
same "cache" "$(cat $Q/device/scsi_disk/*/cache_type)" "${TARGET_CACHE:-write back}"

step "a file system"
must "mkfs.ext4" mkfs.ext4 -q -F "$DISK"
must "mount" mount "$DISK" /mnt
mkdir /mnt/d
for i in $(seq 20); do head -c $(((i * 37 % 97 + 1) * 4096 + i)) /dev/urandom > /mnt/d/f$i; done
(cd /mnt && sha256sum d/*) > /tmp/sums
check "fsync" sync -f /mnt/d
must "umount" umount /mnt
check "e2fsck finds it clean" e2fsck -fn "$DISK"
step "logout, login again"
must "logout" logout "$IQN"; check "the disk went away" wait_gone "$IQN"
[ -z "${G_BETWEEN:-}" ] || check "host did $G_BETWEEN" host_event "$G_BETWEEN"
must "login again" login "$IQN"; must "disk appeared again" wait_disks "$IQN"
must "mount again" mount "$DISK" /mnt
check "20 files are as they were written" bash -c 'cd /mnt && sha256sum --quiet -c /tmp/sums'
step "UNMAP"
rm -rf /mnt/d; sync -f /mnt
check "fstrim" fstrim -v /mnt
umount /mnt
head -c 1048576 /dev/urandom | dd of="$DISK" bs=1M oflag=direct status=none
check "blkdiscard of the first MiB" blkdiscard -f -o 0 -l 1M "$DISK"
if sg_readcap --16 "$DISK" | grep -q 'lbprz=1'; then
    same "discarded blocks that are not zeros" "$(dd if="$DISK" bs=1M count=1 iflag=direct status=none | tr -d '\0' | wc -c)" 0
fi
step "the portal as advertised, $ADVERTISED"
must "logout" logout "$IQN"; wait_gone "$IQN"; iscsiadm -m node -o delete >/dev/null
discover >/dev/null
must "login" iscsiadm -m node -T "$IQN" -p "${ADVERTISED%,*}" --login; must "disk appeared" wait_disks "$IQN"
check "no errors in the kernel log" no_kernel_errors
must "logout" logout "$IQN" "${ADVERTISED%,*}"; check "the disk went away" wait_gone "$IQN"
finish login
