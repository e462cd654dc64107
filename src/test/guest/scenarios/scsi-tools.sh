# The sg3 tools, each with what it must say: TARGET_SIZE is the disk's in bytes. Overwrites its first MiB.
connect
BLOCKS=$((TARGET_SIZE / 512))
says() { # WHAT PATTERN COMMAND...: succeeds, and prints a line that matches
    local what=$1 pattern=$2 out rc; shift 2
    out=$("$@" 2>&1); rc=$?
    if [ $rc = 0 ] && grep -qE -- "$pattern" <<<"$out"; then ok "$what"; else bad "$what (rc $rc): $*"; echo "$out" | head -30; fi
}
status() { local what=$1 want=$2 rc; shift 2; "$@" >/tmp/status 2>&1; rc=$?; same "$what" "$rc" "$want"; [ $rc = "$want" ] || cat /tmp/status; }
block() { dd if="$DISK" bs=512 skip="$1" count="${2:-1}" iflag=direct status=none; }
text() { tr -d '\0'; }
filled() { head -c "${2:-512}" /dev/zero | tr '\0' "$1"; } # BYTE [LENGTH]

step "identity"
says "vendor" 'Vendor identification: QUORUMD' sg_inq "$DISK"
says "a disk" 'PDT=0' sg_inq "$DISK"
says "CmdQue" 'CmdQue=1' sg_inq "$DISK"
says "VPD pages" '00 80 83 .*b0 b1 b2' sg_vpd -p sv -H "$DISK"
says "serial number" 'Unit serial number: [^ ]+' sg_vpd -p sn "$DISK"
says "NAA-6 designator" '0x6[0-9a-f]{31}' sg_vpd -p di "$DISK"
says "target port group designator" 'Target port group: 0x1' sg_vpd -p di "$DISK"
says "SCSI name" "$IQN" sg_vpd -p di "$DISK"
step "size and provisioning"
says "READ CAPACITY(10)" "Last LBA=$((BLOCKS - 1)) " sg_readcap "$DISK"
says "READ CAPACITY(16)" "Last LBA=$((BLOCKS - 1)) " sg_readcap --16 "$DISK"
says "thin" 'lbpme=1, lbprz=1' sg_readcap --16 "$DISK"
says "UNMAP offered" 'Unmap command supported \(LBPU\): 1' sg_vpd -p lbpv "$DISK"
says "WRITE SAME with UNMAP offered" 'Write same \(16\) with unmap bit supported \(LBPWS\): 1' sg_vpd -p lbpv "$DISK"
says "UNMAP has a limit" 'Maximum unmap LBA count: [1-9]' sg_vpd -p bl "$DISK"
says "no spindle" 'Non-rotating medium' sg_vpd -p bdc "$DISK"
says "one LUN" 'Lun list length = 8 ' sg_luns "$DISK"
step "what it offers"
for command in 'Compare and write' 'Unmap' 'Write same\(16\)' 'Persistent reserve out, register and move' 'Get LBA status' 'Report target port groups' 'Extended copy'; do
    says "$command" "$command" sg_opcodes "$DISK"
done
says "UNMAP by itself" 'Unmap' sg_opcodes --opcode=0x42 "$DISK"
says "FORMAT UNIT is not offered" 'NOT supported' sg_opcodes --opcode=0x04 "$DISK"
says "caching mode page: WCE" 'Caching' sg_modes -p 8 "$DISK"
says "control mode page" 'Control' sg_modes -p 0xa "$DISK"
says "log pages" '0x00' sg_logs -p 0 "$DISK"
says "target port groups" 'target port group id : 0x1' sg_rtpg -v "$DISK"
says "active, optimized" 'active/optimized' sg_rtpg -d "$DISK"
step "WRITE SAME"
filled S > /tmp/s
check "16 blocks of one" sg_write_same --16 --lba=0 --num=16 --xferlen=512 --in=/tmp/s "$DISK"
same "block 15" "$(block 15 | tr -s S)" S
check "ten bytes of a CDB" sg_write_same --10 --lba=16 --num=1 --xferlen=512 --in=/tmp/s "$DISK"
same "block 16" "$(block 16 | tr -s S)" S
check "with UNMAP" sg_write_same --16 --unmap --lba=8 --num=8 --xferlen=512 --in=/dev/zero "$DISK"
same "blocks 8 to 15 are zeroes" "$(block 8 8 | text)" ""
step "UNMAP"
says "written blocks are mapped" 'LBA: 0x0+ .* mapped' sg_get_lba_status --lba=0 "$DISK"
check "UNMAP of 8" sg_unmap --lba=0 --num=8 --force "$DISK"
same "they are zeroes" "$(block 0 8 | text)" ""
same "the next one is not" "$(block 16 | tr -s S)" S
status "UNMAP beyond the end: LBA out of range" 22 sg_unmap --lba="$BLOCKS" --num=1 --force "$DISK"
step "COMPARE AND WRITE"
{ filled S; filled C; } > /tmp/cw
check "equal: written" sg_compare_and_write --in=/tmp/cw --lba=16 --num=1 --xferlen=1024 "$DISK"
same "block 16" "$(block 16 | tr -s C)" C
status "different: miscompare" 14 sg_compare_and_write --in=/tmp/cw --lba=16 --num=1 --xferlen=1024 "$DISK"
same "and nothing written" "$(block 16 | tr -s C)" C
step "persistent reservations"
says "none yet" 'there are NO registered reservation keys' sg_persist --in --read-keys "$DISK"
says "capabilities" 'Persist Through Power Loss Capable\(PTPL_C\): 1' sg_persist --in --report-capabilities "$DISK"
check "register" sg_persist --out --register --param-sark=0xabc "$DISK"
says "the key" '0xabc' sg_persist --in --read-keys "$DISK"
check "reserve" sg_persist --out --reserve --param-rk=0xabc --prout-type=5 "$DISK"
says "the reservation" 'Write Exclusive, registrants only' sg_persist --in --read-reservation "$DISK"
says "full status names us" 'iqn\.2026-11\.io\.quorumd\.guest:initiator' sg_persist --in --read-full-status "$DISK"
status "a wrong key is a reservation conflict" 24 sg_persist --out --release --param-rk=0xdef --prout-type=5 "$DISK"
check "release" sg_persist --out --release --param-rk=0xabc --prout-type=5 "$DISK"
says "no reservation" 'there is NO reservation held' sg_persist --in --read-reservation "$DISK"
check "clear" sg_persist --out --clear --param-rk=0xabc "$DISK"
says "none again" 'there are NO registered reservation keys' sg_persist --in --read-keys "$DISK"
step "the rest"
check "sg_turs" sg_turs "$DISK"
check "sg_sync" sg_sync "$DISK"
check "sg_verify" sg_verify --lba=0 --count=16 "$DISK"
check "sg_requests" sg_requests "$DISK"
check "logout" logout "$IQN"
finish scsi-tools
