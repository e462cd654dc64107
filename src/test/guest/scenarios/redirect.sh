# The portal at TARGET_PORT sends initiators of TARGET_IQN to TARGET_PORT2; a disk of TARGET_SIZE bytes is there only.
# Mutual CHAP with CHAP_USER CHAP_PASS CHAP_MUTUAL_USER CHAP_MUTUAL_PASS.
start_iscsid; IQN=$TARGET_IQN
A=node.session.auth
SETTINGS="$A.authmethod=CHAP $A.username=$CHAP_USER $A.password=$CHAP_PASS
 $A.username_in=$CHAP_MUTUAL_USER $A.password_in=$CHAP_MUTUAL_PASS"
must "node record" add_node "$IQN" "$PORTAL" $SETTINGS
must "login" login "$IQN"
must "disk appeared" wait_disks "$IQN"
same "the other's disk" "$(blockdev --getsize64 "$DISK")" "$TARGET_SIZE"
iscsiadm -m session -P 1 | grep -i portal
check "at the other portal" sh -c "iscsiadm -m session -P 1 | grep -i 'current portal' | grep -q ':$TARGET_PORT2,'"
check "it can be written" dd if=/dev/urandom of="$DISK" bs=64k count=4 oflag=direct status=none
check "logout" iscsiadm -m node -T "$IQN" -u; check "the disk went away" wait_gone "$IQN"
finish redirect
