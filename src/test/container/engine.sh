#!/bin/bash
# A container engine out of Debian packages, for a machine that has none and from which no image can be pulled: podman
# with runc, speaking Docker's API, and stand-ins for the base images of the Dockerfile (a minimal Debian with the
# machine's JDK). It keeps to a folder of its own and to the process it starts. Needs root.
#   engine.sh start       makes the stand-ins unless they are there, starts podman's service; prints `export` lines for
#                         DOCKER_HOST and the like
#   engine.sh build       builds the Dockerfile with the target/quorumd.jar that is there, as localhost/quorumd:it; with
#                         this engine when DOCKER_HOST is its, otherwise with `docker`
#   engine.sh stop
# CONTAINER_ENGINE is that folder (default ~/.cache/quorumd-engine). JAVA_HOME names the JDK, or it is found as mvnw does.
set -eu -o pipefail
HERE=$(cd "$(dirname "$0")" && pwd -P)
ENGINE=${CONTAINER_ENGINE:-${XDG_CACHE_HOME:-$HOME/.cache}/quorumd-engine}
export CONTAINERS_CONF=$ENGINE/containers.conf CONTAINERS_STORAGE_CONF=$ENGINE/storage.conf
export CONTAINERS_REGISTRIES_CONF=$ENGINE/registries.conf

fail() { echo "engine.sh: $*" >&2; exit 1; }

jdk() {
    local d
    for d in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" /usr/lib/jvm/* /opt/java/* /opt/*; do
        if [ -x "$d/bin/javac" ] && grep -q '^JAVA_VERSION="25[.".+-]' "$d/release" 2>/dev/null; then echo "$d"; return; fi
    done
    fail "no JDK 25 found; set JAVA_HOME to it"
}

configure() {
    mkdir -p "$ENGINE"
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/storage"\nrunroot = "/run/quorumd-engine"\n' "$ENGINE" > "$CONTAINERS_STORAGE_CONF"
    printf 'unqualified-search-registries = []\n' > "$CONTAINERS_REGISTRIES_CONF"
    cat > "$CONTAINERS_CONF" <<CONF
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "$ENGINE/networks"
CONF
}

base_images() { # once
    local id root=$ENGINE/root java
    java=$(jdk)
    id=$( (declare -f base_images; cat "$java/release") | sha256sum)
    if [ "$(cat "$ENGINE/id" 2>/dev/null)" = "$id" ] && podman image exists eclipse-temurin:25-jre; then return; fi
    echo "engine.sh: making the base images in $ENGINE" >&2
    rm -f "$ENGINE/id"; rm -rf "$root"
    debootstrap --variant=minbase bookworm "$root" >"$ENGINE/debootstrap.log" 2>&1 || { tail -5 "$ENGINE/debootstrap.log" >&2; fail "debootstrap failed"; }
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
    mkdir -p "$root/opt/java"
    cp -a "$java" "$root/opt/java/openjdk"
    cp --remove-destination -L "$java/lib/security/cacerts" "$root/opt/java/openjdk/lib/security/cacerts"
    tar -C "$root" -c . | podman import --change 'ENV JAVA_HOME=/opt/java/openjdk' \
        --change 'ENV PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - localhost/eclipse-temurin:25-jre >/dev/null
    podman tag localhost/eclipse-temurin:25-jre localhost/maven:3.9-eclipse-temurin-25
    rm -rf "$root"
    echo "$id" > "$ENGINE/id"
}

start() {
    [ "$(id -u)" = 0 ] || fail "needs root"
    local tool i
    for tool in podman runc debootstrap; do command -v $tool >/dev/null || fail "needs $tool"; done
    configure
    podman info >/dev/null 2>&1 || rm -rf "$ENGINE/storage"
    base_images >&2
    stop
    podman system service --time=0 "unix://$ENGINE/podman.sock" >"$ENGINE/service.log" 2>&1 </dev/null &
    echo $! > "$ENGINE/pid"
    for i in $(seq 100); do [ -S "$ENGINE/podman.sock" ] && break; sleep 0.1; done
    [ -S "$ENGINE/podman.sock" ] || { tail -5 "$ENGINE/service.log" >&2; fail "podman's service did not start"; }
    # Testcontainers' reaper is an image that cannot be had here; every test removes its own containers.
    printf 'export %s\n' "DOCKER_HOST=unix://$ENGINE/podman.sock" TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
}

build() {
    local builder="docker build"
    [ "${DOCKER_HOST:-}" != "unix://$ENGINE/podman.sock" ] || builder="podman build --isolation chroot --pull=never --format docker"
    $builder -q --build-arg JAR=built -t localhost/quorumd:it "$HERE/../../.."
}

stop() { # and nothing is left but the base images and the last one built
    if [ -s "$ENGINE/pid" ]; then
        kill "$(cat "$ENGINE/pid")" 2>/dev/null || true
        rm -f "$ENGINE/pid" "$ENGINE/podman.sock"
    fi
    podman rm --all --force --volumes >/dev/null
    podman image prune --force >/dev/null
}

case ${1:-} in
    start | build | stop) "$1";;
    *) fail "usage: engine.sh start|build|stop";;
esac
