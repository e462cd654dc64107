# I/O goes on while the host restarts the target (event "restart"); the session must recover and the data be right.
# G_TIMES (1) FIO_SIZE (24M) FIO_RATE (400 writes of 16 KiB per second)
export REPLACEMENT_TIMEOUT=60
connect node.conn[0].timeo.noop_out_interval=2 node.conn[0].timeo.noop_out_timeout=4
R=$(numfmt --from=iec "${FIO_SIZE:-24M}"); SIZE=$(blockdev --getsize64 "$DISK"); TIMES=${G_TIMES:-1}
written() { awk '{print $7}' "/sys/block/${DISK##*/}/stat"; }
breaks() { dmesg | grep -c 'detected conn error'; }
step "known data in the last 16 MiB"
head -c $((16 << 20)) /dev/urandom > /tmp/known
must "write it" dd if=/tmp/known of="$DISK" bs=1M seek=$(((SIZE >> 20) - 16)) oflag=direct conv=fsync status=none
step "a persistent reservation that is to outlive the target"
check "register with APTPL" sg_persist --out --register --param-sark=0xabc --param-aptpl "$DISK"
check "reserve" sg_persist --out --reserve --param-rk=0xabc --prout-type=5 "$DISK"
for n in $(seq "$TIMES"); do
    step "restart $n: fio writes and then verifies $R bytes"
    before=$(written)
    fio --name=r --filename="$DISK" --ioengine=libaio --direct=1 --iodepth=16 --size=$R --bs=16k --rw=randwrite --randseed=$n \
        --rate_iops="${FIO_RATE:-400}" --verify=crc32c --verify_fatal=1 --do_verify=1 > /tmp/fio.txt 2>&1 & FIO=$!
    for i in $(seq 100); do [ "$(written)" -gt $((before + 4096)) ] && break; usleep 50000; done
    w=$(written); [ "$w" -gt "$before" ] && ok "I/O is going on" || bad "no I/O"
    t=$(now_ms)
    check "the host restarted the target" host_event restart
    for i in $(seq 600); do
        [ "$(session_field "$IQN" state)" = LOGGED_IN ] && [ "$(written)" -gt "$w" ] && [ "$(breaks)" -ge "$n" ] && break; usleep 100000
    done
    same "session state after $(($(now_ms) - t)) ms" "$(session_field "$IQN" state)" LOGGED_IN
    timeout 120 tail --pid=$FIO -f /dev/null; kill -0 $FIO 2>/dev/null && { bad "fio is stuck"; kill -9 $FIO; }
    wait $FIO; same "fio write and verify" "$?" 0
    [ $NFAIL = 0 ] || cat /tmp/fio.txt
done
step "the persistent reservation"
check "the key is there" sh -c "sg_persist --in --read-keys $DISK | grep -q 0xabc"
check "and the reservation" sh -c "sg_persist --in --read-reservation $DISK | grep -q 'registrants only'"
check "release" sg_persist --out --release --param-rk=0xabc --prout-type=5 "$DISK"
check "clear" sg_persist --out --clear --param-rk=0xabc "$DISK"
step "the known data"
check "unchanged" cmp /tmp/known <(dd if="$DISK" bs=1M skip=$(((SIZE >> 20) - 16)) iflag=direct status=none)
check "the connection did break (else this tested nothing)" test "$(breaks)" -ge "$TIMES"
check "no I/O error reached the block layer" sh -c "! dmesg | grep 'I/O error'"
check "logout" logout "$IQN"
finish restart
