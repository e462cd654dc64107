#!/bin/bash
# Makes the guest that run.sh boots, once: a user-mode Linux kernel and an initramfs with open-iscsi, fio, sg3-utils and
# multipath-tools, out of Debian packages fetched with apt-get (amd64 Debian 12; nothing is installed, no root needed).
#   image.sh            make it unless it is there and up to date; prints the directory it is in
# GUEST_IMAGE is that directory (default ~/.cache/quorumd-guest). Needs apt-get, dpkg-deb, gcc.
set -eu -o pipefail
HERE=$(cd "$(dirname "$0")" && pwd -P)
IMAGE=${GUEST_IMAGE:-${XDG_CACHE_HOME:-$HOME/.cache}/quorumd-guest}

PACKAGES="user-mode-linux slirp open-iscsi busybox-static kmod udev e2fsprogs xfsprogs util-linux mount fio sg3-utils
 multipath-tools kpartx dmsetup iproute2 coreutils bash libc-bin grep sed findutils"
# What a dependency would drag in and no scenario needs.
UNWANTED='^(python3.*|libpython3.*|perl.*|libperl.*|debconf.*|adduser|passwd|dpkg|systemd|systemd-.*|init-system-helpers|media-types|ca-certificates|openssl|tzdata|mime-support|dbus.*|sensible-utils)$'
MODULES="iscsi_tcp sd_mod sg ext4 xfs dm_mod dm_multipath dm_round_robin dm_service_time crc32c_generic
 target_core_mod target_core_iblock target_core_file iscsi_target_mod sha3_generic"
PROGRAMS="bash iscsid iscsiadm fio kmod modprobe udevadm lsblk blkid blockdev fstrim blkdiscard flock dmesg mount umount
 mke2fs mkfs.ext4 e2fsck mkfs.xfs xfs_repair
 sg_inq sg_vpd sg_readcap sg_luns sg_turs sg_modes sg_opcodes sg_persist sg_raw sg_reset sg_rtpg sg_sync sg_unmap
 sg_write_same sg_verify sg_get_lba_status sg_compare_and_write sg_requests sg_logs
 multipath multipathd kpartx dmsetup ip
 head tail tr wc cut sleep readlink mktemp sha256sum dd cmp stat numfmt timeout sort od date cp ls cat sync seq grep sed find xargs"
FILES="usr/lib/udev usr/lib/multipath etc/iscsi etc/multipath etc/udev usr/lib/systemd/systemd-udevd lib64/ld-linux-x86-64.so.2"

fail() { echo "image.sh: $*" >&2; exit 1; }
for tool in apt-get dpkg-deb gcc; do command -v $tool >/dev/null || fail "needs $tool"; done
[ "$(dpkg --print-architecture)" = amd64 ] || fail "only amd64 is supported"

mkdir -p "$IMAGE"
exec 9>"$IMAGE/lock"; flock 9
id=$(cat "$0" "$HERE/init" "$HERE"/{xstate,listen}.c | sha256sum)
if [ "$(cat "$IMAGE/id" 2>/dev/null)" = "$id" ]; then echo "$IMAGE"; exit; fi

work=$(mktemp -d "$IMAGE/.make.XXXXXX"); trap 'rm -rf "$work"' EXIT
stage=$work/stage root=$work/root

fetch() { # PACKAGES and all they depend on, as if nothing were installed, unpacked into the stage
    apt-cache show user-mode-linux open-iscsi >/dev/null 2>&1 || apt-get -q update >&2
    : > "$work/status"
    local all
    all=$(apt-get -s -o Dir::State::status="$work/status" -o Debug::NoLocking=1 --no-install-recommends install $PACKAGES |
        awk '$1=="Inst"{print $2}' | grep -vE "$UNWANTED" | sort -u)
    mkdir "$work/debs"
    (cd "$work/debs" && apt-get -q -o APT::Sandbox::User=root download $all) > "$work/apt.log" 2>&1 || { tail -5 "$work/apt.log" >&2; fail "download failed"; }
    mkdir -p "$stage"/usr/{bin,sbin,lib,lib64} "$root"/usr/{bin,sbin,lib,lib64}
    local d deb
    for d in bin sbin lib lib64; do ln -s usr/$d "$stage/$d"; ln -s usr/$d "$root/$d"; done
    for deb in "$work"/debs/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$stage" --exclude='./usr/share/*' --exclude='./var/*'
    done
    libraries=$stage/usr/lib/x86_64-linux-gnu:$stage/usr/lib/x86_64-linux-gnu/ceph:$stage/usr/lib/systemd:$stage/usr/lib
}

stage_ld() { "$stage/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" "$@"; }

put() { # files or folders of the stage into the root, following links
    local f link
    for f in "$@"; do
        [ -e "$stage/$f" ] || [ -L "$stage/$f" ] || continue
        mkdir -p "$root/$(dirname "$f")"
        cp -a "$stage/$f" "$root/$f"
        if [ -L "$stage/$f" ]; then
            link=$(readlink "$stage/$f")
            case $link in /*) put "${link#/}";; *) put "$(dirname "$f")/$link";; esac
        fi
    done
}

libraries_of_root() {
    find "$root" -type f \( -perm -u+x -o -name '*.so*' \) -not -path '*/modules/*' | while read -r f; do
        [ "$(head -c4 "$f" | tr -d '\0')" != $'\177ELF' ] || stage_ld --list "$f" 2>/dev/null || true
    done | awk -v s="$stage/" '/=> \// && index($3, s)==1 {print substr($3, length(s)+1)}' | sort -u
}

userland() {
    local p d l missing=1
    for p in $PROGRAMS; do
        for d in usr/bin usr/sbin; do if [ -e "$stage/$d/$p" ] || [ -L "$stage/$d/$p" ]; then put "$d/$p"; break; fi; done
    done
    put $FILES
    rm -rf "$root/usr/lib/udev/hwdb.d" "$root/usr/lib/udev/hwdb.bin"
    put usr/lib/x86_64-linux-gnu/{libgcc_s.so.1,libnss_files.so.2} # opened by name at run time
    while [ $missing = 1 ]; do
        missing=0
        for l in $(libraries_of_root); do [ -e "$root/$l" ] || { put "$l"; missing=1; }; done
    done
    mkdir -p "$root"/{proc,sys,dev,run,tmp,var/lib,etc,root,mnt,job,results}
    ln -sfn ../run "$root/var/run"; ln -sfn ../proc/mounts "$root/etc/mtab"
    cp "$stage/usr/bin/busybox" "$root/usr/bin/busybox"
    for p in $("$stage/usr/bin/busybox" --list); do
        case $p in busybox|linuxrc|init) continue;; esac
        [ -e "$root/usr/bin/$p" ] || [ -e "$root/usr/sbin/$p" ] || ln -s busybox "$root/usr/bin/$p"
    done
    printf 'root:x:0:0:root:/root:/bin/bash\n' > "$root/etc/passwd"
    printf 'root:x:0:\ntty:x:5:\ndisk:x:6:\nkmem:x:15:\ndialout:x:20:\ncdrom:x:24:\ntape:x:26:\naudio:x:29:\nvideo:x:44:\ninput:x:101:\nkvm:x:102:\nrender:x:103:\nsgx:x:104:\nlp:x:7:\n' > "$root/etc/group"
    printf 'passwd: files\ngroup: files\nhosts: files\n' > "$root/etc/nsswitch.conf"
    printf '127.0.0.1 localhost\n' > "$root/etc/hosts"
    echo /usr/lib/x86_64-linux-gnu/ceph > "$root/etc/ld.so.conf" # for fio, which links against librbd
    install -m 755 "$HERE/init" "$root/init"
}

kernel() { # the kernel beside the initramfs, the modules into it
    cp "$stage/usr/bin/linux.uml" "$IMAGE/linux.new"
    cp "$stage/usr/bin/slirp-fullbolt" "$IMAGE/slirp"
    local version m tree=$work/kernel depmod="stage_ld --argv0 depmod $stage/usr/bin/kmod"
    mkdir -p "$tree/lib"; mv "$stage/usr/lib/uml/modules" "$tree/lib/modules"
    version=$(basename "$tree"/lib/modules/*)
    $depmod -b "$tree" "$version"
    local from=$tree/lib/modules/$version to=$root/usr/lib/modules/$version f
    mkdir -p "$to"
    # A module's line in modules.dep names its file, then every file that must come before it.
    for m in $MODULES; do
        awk -v m="$m" -F: '{n=$1; sub(/.*\//,"",n); sub(/\.ko.*/,"",n); gsub(/-/,"_",n); if (n==m) print $1 $2}' "$from/modules.dep"
    done | tr ' ' '\n' | sort -u | grep . | while read -r f; do mkdir -p "$to/$(dirname "$f")"; cp "$from/$f" "$to/$f"; done
    cp "$from"/modules.{order,builtin,builtin.modinfo} "$to/"
    $depmod -b "$root" "$version"
}

echo "image.sh: making the guest in $IMAGE" >&2
fetch
userland
kernel
stage_ld "$stage/usr/sbin/ldconfig" -r "$root" 2>/dev/null || true
for preloaded in xstate listen; do gcc -O2 -Wall -shared -fPIC -o "$IMAGE/$preloaded.so" "$HERE/$preloaded.c"; done
(cd "$root" && find . -print0 | "$stage/usr/bin/busybox" cpio -0 -o -H newc -R 0:0) > "$IMAGE/initrd.new" 2>"$work/cpio.log" || { cat "$work/cpio.log" >&2; fail "cpio failed"; }
mv "$IMAGE/linux.new" "$IMAGE/linux"; mv "$IMAGE/initrd.new" "$IMAGE/initrd"
echo "$id" > "$IMAGE/id"
echo "$IMAGE"
