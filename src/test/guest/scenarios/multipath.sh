# Two sessions to one LUN through two portals (TARGET_PORT, TARGET_PORT2): the same WWID, a dm-multipath map over both,
# I/O that survives the loss of one path.
start_iscsid; must "discovery" pick_iqn
SECOND=$TARGET_HOST:$TARGET_PORT2
step "two sessions"
NODE_SETTINGS="node.session.timeo.replacement_timeout=5 node.conn[0].timeo.noop_out_interval=2 node.conn[0].timeo.noop_out_timeout=3"
must "record 1" add_node "$IQN" "$PORTAL"; must "login 1" login "$IQN"
must "record 2" add_node "$IQN" "$SECOND"; must "login 2" login "$IQN" "$SECOND"
must "two disks" wait_disks "$IQN" 2
L=$(disks "$IQN"); echo "$L"
D1=$(awk 'NR==1{print $2}' <<<"$L"); D2=$(awk 'NR==2{print $2}' <<<"$L")
unit() { sg_vpd -p 0x83 "$1" | sed -n '/Addressed logical unit/,/Target port\|Target device/p' | grep -vE '^ *Target (port|device)'; }
same "VPD 0x83, logical unit, path 2 as path 1" "$(unit "$D2" | sha256sum)" "$(unit "$D1" | sha256sum)"
same "WWID" "$(cat /sys/block/${D2##*/}/device/wwid)" "$(cat /sys/block/${D1##*/}/device/wwid)"
step "dm-multipath"
modprobe -a dm_multipath dm_round_robin dm_service_time; mkdir -p /etc/multipath /var/lib/multipath /dev/mapper
cat > /etc/multipath.conf <<C
defaults {
	user_friendly_names no
	find_multipaths no
	path_grouping_policy multibus
	polling_interval 1
	max_polling_interval 2
	no_path_retry 20
}
blacklist {
	devnode "^(ubd|loop|ram)"
}
C
multipathd -d >/tmp/multipathd.log 2>&1 & MP=$!
paths() { dmsetup table "$MAP" | grep -oE ' [0-9]+:[0-9]+' | sort -u | wc -l; }
for i in $(seq 100); do MAP=$(dmsetup ls --target multipath 2>/dev/null | awk 'NR==1 && !/No devices/{print $1}'); [ -n "$MAP" ] && break; usleep 100000; done
[ -n "$MAP" ] || { cat /tmp/multipathd.log; die "no multipath map"; }
for i in $(seq 50); do [ "$(paths)" -ge 2 ] && [ -b "/dev/mapper/$MAP" ] && break; usleep 100000; done
multipath -ll; same "paths in the map" "$(paths)" 2
step "I/O over the map, one path lost half way"
fio --name=m --filename="/dev/mapper/$MAP" --ioengine=libaio --direct=1 --iodepth=8 --size=32M --bs=16k --rw=randwrite --rate_iops=400 \
    --verify=crc32c --verify_fatal=1 --do_verify=1 > /tmp/fio.txt 2>&1 & FIO=$!
sleep 1; echo offline > "/sys/block/${D1##*/}/device/state"
failed() { dmsetup status "$MAP" | grep -q ' F '; }
for i in $(seq 100); do failed && break; usleep 100000; done
check "a path is marked failed" failed
echo running > "/sys/block/${D1##*/}/device/state"
timeout 100 tail --pid=$FIO -f /dev/null; kill -9 $FIO 2>/dev/null
wait $FIO; same "fio write and verify" "$?" 0; [ $NFAIL = 0 ] || cat /tmp/fio.txt
for i in $(seq 100); do failed || break; usleep 100000; done
check "the path came back" sh -c "! dmsetup status $MAP | grep -q ' F '"
kill $MP; wait $MP 2>/dev/null
for i in $(seq 20); do dmsetup remove "$MAP" 2>/dev/null && break; usleep 200000; done
check "logout of both" iscsiadm -m node -T "$IQN" --logoutall=all
finish multipath
