# All LUNs appear with the sizes in TARGET_SIZES ("LUN:BYTES ..."), hold separate data, differ in WWID.
WANT_DISKS=$(wc -w <<<"$TARGET_SIZES")
connect
step "LUNs"
L=$(disks "$IQN"); echo "$L"
same "number of disks" "$(grep -c . <<<"$L")" "$WANT_DISKS"
for s in $TARGET_SIZES; do same "size of LUN ${s%%:*}" "$(awk -v l="${s%%:*}" '$1==l{print $3}' <<<"$L")" "${s##*:}"; done
step "separate data"
# Whole 4 KiB: some LUNs have blocks of that size.
while read -r lun dev bytes hctl; do
    printf 'start of %s ' "$lun" | dd of="$dev" bs=4k conv=sync oflag=direct status=none
    printf 'end of %s ' "$lun" | dd of="$dev" bs=4k conv=sync oflag=direct seek=$((bytes / 4096 - 1)) status=none
done <<<"$L"
text() { tr -d '\0'; }
while read -r lun dev bytes hctl; do
    same "first block of LUN $lun" "$(dd if="$dev" bs=4k count=1 iflag=direct status=none | text)" "start of $lun "
    same "last block of LUN $lun" "$(dd if="$dev" bs=4k count=1 skip=$((bytes / 4096 - 1)) iflag=direct status=none | text)" "end of $lun "
done <<<"$L"
W=$(while read -r lun dev rest; do cat "/sys/block/${dev##*/}/device/wwid"; done <<<"$L"); echo "$W"
same "distinct WWIDs" "$(sort -u <<<"$W" | wc -l)" "$WANT_DISKS"
check "sg_luns" sg_luns "$(awk 'NR==1{print $2}' <<<"$L")"
step "rescan"
check "iscsiadm --rescan" iscsiadm -m session --rescan
same "still the same disks" "$(disks "$IQN")" "$L"
check "no errors in the kernel log" no_kernel_errors
check "logout" logout "$IQN"; check "all disks went away" wait_gone "$IQN"
finish multi-lun
