# CHAP: CHAP_USER CHAP_PASS (the initiator's), CHAP_MUTUAL_USER CHAP_MUTUAL_PASS (the target's); for discovery
# DISCOVERY_USER DISCOVERY_PASS DISCOVERY_MUTUAL_USER DISCOVERY_MUTUAL_PASS. The target is TARGET_IQN.
A=node.session.auth
CHAP="$A.authmethod=CHAP $A.username=$CHAP_USER"
MUTUAL="$CHAP $A.password=$CHAP_PASS $A.username_in=$CHAP_MUTUAL_USER $A.password_in=$CHAP_MUTUAL_PASS"
NODE_SETTINGS="node.session.initial_login_retry_max=1 node.conn[0].timeo.login_timeout=10"
start_iscsid
IQN=$TARGET_IQN
D=discovery.sendtargets.auth
DISCOVERY="$D.authmethod=CHAP $D.username=$DISCOVERY_USER $D.password=$DISCOVERY_PASS"
DISCOVERY_MUTUAL="$DISCOVERY $D.username_in=$DISCOVERY_MUTUAL_USER $D.password_in=$DISCOVERY_MUTUAL_PASS"
find_targets() { # WHAT found|refused SETTINGS...
    local what=$1 want=$2 pair; shift 2
    iscsiadm -m discoverydb -t st -p "$PORTAL" -o delete >/dev/null 2>&1
    iscsiadm -m discoverydb -t st -p "$PORTAL" -o new >/dev/null || { bad "$what: record"; return; }
    for pair in discovery.sendtargets.reopen_max=1 "$@"; do
        iscsiadm -m discoverydb -t st -p "$PORTAL" -o update -n "${pair%%=*}" -v "${pair#*=}" || { bad "$what: $pair"; return; }
    done
    timeout 60 iscsiadm -m discoverydb -t st -p "$PORTAL" -D >/tmp/found 2>&1
    same "$what" "$(grep -q " $IQN\$" /tmp/found && echo found || echo refused)" "$want"
}
step "discovery"
find_targets "without credentials" refused
find_targets "wrong password" refused $DISCOVERY "$D.password=wrong${DISCOVERY_PASS:0:8}xx"
find_targets "the password of a target" refused $DISCOVERY "$D.username=$CHAP_USER" "$D.password=$CHAP_PASS"
find_targets "right password" found $DISCOVERY
find_targets "right both ways" found $DISCOVERY_MUTUAL
find_targets "not the target's password" refused $DISCOVERY_MUTUAL "$D.password_in=other${DISCOVERY_MUTUAL_PASS:0:8}x"
iscsiadm -m node -o delete >/dev/null 2>&1
try() { # WHAT ok|refused SETTINGS...
    local what=$1 want=$2 rc; shift 2
    add_node "$IQN" "$PORTAL" "$@" || { bad "$what: node record"; return; }
    timeout 60 iscsiadm -m node -T "$IQN" -p "$PORTAL" --login >/tmp/login 2>&1; rc=$?
    same "$what (iscsiadm $rc)" "$([ $rc = 0 ] && echo ok || echo refused)" "$want"
    [ $rc = 0 ] || return
    [ "$what" = "${what#right}" ] || check "  a disk" wait_disks "$IQN"
    [ "$what" = "${what#right}" ] || check "  that can be read" dd if="$DISK" of=/dev/null bs=4k count=1 iflag=direct status=none
    logout "$IQN" >/dev/null; wait_gone "$IQN"
}
step "one way"
try "no credentials" refused "$A.authmethod=None"
try "right password" ok $CHAP "$A.password=$CHAP_PASS"
try "wrong password" refused $CHAP "$A.password=wrong${CHAP_PASS:0:8}xx"
try "wrong user" refused "$A.authmethod=CHAP" "$A.username=not$CHAP_USER" "$A.password=$CHAP_PASS"
for hash in SHA1 SHA256 SHA3-256; do try "$hash" ok $CHAP "$A.password=$CHAP_PASS" "$A.chap_algs=$hash"; done
step "mutual"
try "right both ways" ok $MUTUAL
try "not the target's password" refused $MUTUAL "$A.password_in=other${CHAP_MUTUAL_PASS:0:8}x"
try "not the target's name" refused $MUTUAL "$A.username_in=not$CHAP_MUTUAL_USER"
try "our own password wrong" refused $MUTUAL "$A.password=wrong${CHAP_PASS:0:8}xx"
try "right again after all that" ok $CHAP "$A.password=$CHAP_PASS"
finish chap
