# CHAP: CHAP_USER CHAP_PASS (the initiator's), CHAP_MUTUAL_USER CHAP_MUTUAL_PASS (the target's).
A=node.session.auth
CHAP="$A.authmethod=CHAP $A.username=$CHAP_USER"
MUTUAL="$CHAP $A.password=$CHAP_PASS $A.username_in=$CHAP_MUTUAL_USER $A.password_in=$CHAP_MUTUAL_PASS"
NODE_SETTINGS="node.session.initial_login_retry_max=1 node.conn[0].timeo.login_timeout=10"
start_iscsid
must "discovery" pick_iqn
try() { # WHAT ok|refused SETTINGS...
    local what=$1 want=$2 rc; shift 2
    add_node "$IQN" "$PORTAL" "$@" || { bad "$what: node record"; return; }
    timeout 60 iscsiadm -m node -T "$IQN" -p "$PORTAL" --login >/tmp/login 2>&1; rc=$?
    same "$what (iscsiadm $rc)" "$([ $rc = 0 ] && echo ok || echo refused)" "$want"
    [ $rc = 0 ] || return
    check "  a disk" wait_disks "$IQN"
    check "  that can be read" dd if="$DISK" of=/dev/null bs=4k count=1 iflag=direct status=none
    logout "$IQN" >/dev/null; wait_gone "$IQN"
}
step "one way"
try "no credentials" refused "$A.authmethod=None"
try "right password" ok $CHAP "$A.password=$CHAP_PASS"
try "wrong password" refused $CHAP "$A.password=wrong${CHAP_PASS:0:8}xx"
try "wrong user" refused "$A.authmethod=CHAP" "$A.username=not$CHAP_USER" "$A.password=$CHAP_PASS"
step "mutual"
try "right both ways" ok $MUTUAL
try "not the target's password" refused $MUTUAL "$A.password_in=other${CHAP_MUTUAL_PASS:0:8}x"
try "not the target's name" refused $MUTUAL "$A.username_in=not$CHAP_MUTUAL_USER"
try "our own password wrong" refused $MUTUAL "$A.password=wrong${CHAP_PASS:0:8}xx"
try "right again after all that" ok $CHAP "$A.password=$CHAP_PASS"
finish chap
