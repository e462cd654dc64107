# In: PORTAL (address:port), TARGETS (names), SCRATCH (the target that may be written to), and with CHAP SESSION_* and
# DISCOVERY_*, each USERNAME, PASSWORD, USERNAME_IN and PASSWORD_IN. Needs libiscsi's tools and iscsi-verify.
set -eu
as() { # WHOSE COMMAND...: with the CHAP names and secrets of WHOSE, where there are any
    whose=$1; shift
    for key in USERNAME PASSWORD; do
        eval "out=\${${whose}_$key:-} in=\${${whose}_${key}_IN:-}"
        [ -z "$out" ] || export "LIBISCSI_CHAP_$key=$out"
        [ -z "$in" ] || export "LIBISCSI_CHAP_TARGET_$key=$in"
    done
    "$@"
}
found=$(as DISCOVERY iscsi-ls "iscsi://$PORTAL")
echo "$found"
for target in $TARGETS; do
    # With another address here, initiators would log in to what they cannot reach.
    echo "$found" | grep -qx "Target:$target Portal:$PORTAL,1" || { echo "discovery does not list $target at $PORTAL"; exit 1; }
    as SESSION iscsi-inq "iscsi://$PORTAL/$target/0"
    as SESSION iscsi-readcapacity16 "iscsi://$PORTAL/$target/0"
done
as SESSION iscsi-verify "iscsi://$PORTAL/$SCRATCH/0" 1 8 500
