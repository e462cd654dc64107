"""The servers that are measured, with their disks in one folder, and what they take from the machine."""
import argparse, collections, contextlib, glob, itertools, json, os, shutil, signal, socket, subprocess, sys, time, urllib.request

JAR = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "target", "quorumd.jar"))
JVM_OPTIONS = ["-XX:+UseSerialGC", "-Xmn8m", "-XX:MaxTenuringThreshold=4"]  # as the README starts it
SIZE = 1 << 30
TICKS = os.sysconf("SC_CLK_TCK")
TGTD_NUMBERS = itertools.count(21)  # each has a control socket of its own

Target = collections.namedtuple("Target", "name url pids")
Quorumd = collections.namedtuple("Quorumd", "urls pid http")  # the URL of each volume by its name, the port of HTTP


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port):
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def default_java():
    if "JAVA_HOME" in os.environ:
        return os.path.join(os.environ["JAVA_HOME"], "bin", "java")
    return next(iter(glob.glob("/usr/lib/jvm/*25*/bin/java")), "java")


def command_line(doc, folder, **defaults):
    """What every script takes: --dir, --java, and an option by the name of each default, of its kind. Its servers are stopped by SIGTERM, too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--dir", default=folder)
    p.add_argument("--java", default=default_java())
    for name, default in defaults.items():
        p.add_argument("--" + name, type=type(default), default=default)
    return p


class Bench:
    """The folder with the disks, the servers, and their end."""

    def __init__(self, folder, remote=False, delay=0, all_late=False):
        """Remote: children are exports. The delay in milliseconds is that of all of them, or of the third of a server called *-late."""
        self.folder, self.remote, self.delay, self.all_late = folder, remote, delay, all_late
        self.servers, self.mounts = [], []

    def path(self, name):
        return os.path.join(self.folder, name)

    def log(self, name):
        with open(self.path(name + ".log")) as f:
            return f.read()

    def start(self, command, name, ready, cwd=None):
        with open(self.path(name + ".log"), "w") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=cwd)
        self.servers.append(server)
        for _ in range(3000):  # a late child is compared from end to end first
            with contextlib.suppress(OSError):
                if ready():
                    return server.pid
            if server.poll() is not None:
                break
            time.sleep(.1)
        sys.exit(f"{name} did not start:\n{self.log(name)[-3000:]}")

    def mount(self, command, name, file):
        """Starts what serves a disk as this local file."""
        open(file, "w").close()
        self.mounts.append(file)
        return self.start(command, name, lambda: os.stat(file).st_size > 0)

    def stop_last(self):
        server = self.servers.pop()
        server.terminate()
        server.wait()

    def images(self, *names):
        """The same random bytes in each."""
        first = self.path(names[0])
        with open(first, "wb") as f:
            block = os.urandom(1 << 20)
            for _ in range(SIZE >> 20):
                f.write(block)
        for other in names[1:]:
            shutil.copyfile(first, self.path(other))

    def exports(self, names, late=()):
        """The socket of each image, behind a server of its own."""
        sockets = [self.path(name + ".sock") for name in names]
        for name, export in zip(names, sockets):
            # QEMU asks for the extents of whatever it reads for a client with structured replies, and of a full tmpfs file
            # the plugin finds them out in milliseconds.
            delays = [f"delay-read={self.delay}ms", f"delay-write={self.delay}ms"] if name in late else []
            command = ["nbdkit", "--foreground", "--unix", export, "--filter=noextents", "--filter=delay", "file", "file=" + self.path(name), *delays]
            self.start(command, name, lambda: os.path.exists(export))
        return sockets

    def children(self, server, names):
        """The sockets of the exports that are the children of a server, or none where its children are files."""
        late = names if self.all_late else names[2:] if server.endswith("-late") else ()
        return self.exports(names, late) if self.remote else []

    def close(self):
        for server in reversed(self.servers):
            server.kill()
            server.wait()
        for mount in self.mounts:
            subprocess.run(["umount", "-l", mount], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder)


def nbd_uris(sockets):
    return ["nbd+unix:///?socket=" + s for s in sockets]


def configure(folder, volumes, **iscsi):
    """Writes application.yaml, in JSON, which is YAML: volumes by their names, the children of each a list of URIs. Its ports, of the portal and of HTTP."""
    port, http = free_port(), free_port()
    listed = [{"name": name, **options, "children": [{"node-name": f"{name}-{i}", "uri": uri} for i, uri in enumerate(options["children"])]} for name, options in volumes.items()]
    with open(os.path.join(folder, "application.yaml"), "w") as f:
        json.dump({"server": {"port": http}, "quorumd": {"state-dir": "state", "iscsi": {"portals": [f"127.0.0.1:{port}"], **iscsi}, "volumes": listed}}, f, indent=1)
    return port, http


def url(port, volume):
    return f"iscsi://127.0.0.1:{port}/iqn.2026-11.io.quorumd:{volume}/0"


def quorumd(bench, java, name, volumes, compared=(), jvm=(), **iscsi):
    """Serving, and done with the comparison of the children of those volumes that were there before, which follows the first start: it reads all of them."""
    home = bench.path(name)
    os.mkdir(home)
    port, http = configure(home, volumes, **iscsi)

    def ready():
        log = bench.log(name)
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/actuator/health/readiness", timeout=2) as r:
            return r.status == 200 and all(f"{volume}: all children have been compared" in log for volume in compared)

    pid = bench.start([java, *JVM_OPTIONS, *jvm, "-jar", JAR], name, ready, cwd=home)
    return Quorumd({volume: url(port, volume) for volume in volumes}, pid, http)


def quorumd_of_three(bench, java, name="quorumd", options=None, jvm=()):
    """The disk that all comparisons have: its volume is disk0."""
    images = [f"{name}-{c}.img" for c in "abc"]
    bench.images(*images)
    children = nbd_uris(bench.children(name, images)) or ["file:" + bench.path(i) for i in images]
    return quorumd(bench, java, name, {"disk0": {**(options or {}), "children": children}}, ["disk0"], jvm)


def tgtd(bench, name, file):
    port, control = free_port(), str(next(TGTD_NUMBERS))
    pid = bench.start(["tgtd", "-f", "-C", control, "--iscsi", f"portal=127.0.0.1:{port}"], name, lambda: accepts(port))

    def admin(*arguments):
        subprocess.run(["tgtadm", "-C", control, "--lld", "iscsi", *arguments], check=True)

    iqn = f"iqn.2026-11.io.quorumd.bench:{name}"
    admin("--mode", "target", "--op", "new", "--tid", "1", "--targetname", iqn)
    for key, value in {"MaxRecvDataSegmentLength": 262144, "InitialR2T": "No", "FirstBurstLength": 262144, "MaxBurstLength": 1048576, "MaxOutstandingR2T": 8}.items():
        admin("--mode", "target", "--op", "update", "--tid", "1", "-n", key, "-v", str(value))
    admin("--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun", "1", "--backing-store", file)
    admin("--mode", "target", "--op", "bind", "--tid", "1", "--initiator-address", "ALL")
    return Target(name, f"iscsi://127.0.0.1:{port}/{iqn}/1", [pid])


def qemu(bench, name, pattern="quorum", fuse=None):
    """Over NBD, or as the local file fuse."""
    images = [f"{name}{i}.img" for i in range(3)]
    bench.images(*images)
    command = ["qemu-storage-daemon"]
    below = [f"driver=nbd,server.type=unix,server.path={s}" for s in bench.children(name, images)] or [f"driver=file,filename={bench.path(i)}" for i in images]
    for i, child in enumerate(below):
        command += ["--blockdev", f"{child},node-name=f{i}", "--blockdev", f"driver=raw,node-name=c{i},file=f{i}"]
    quorum = {"driver": "quorum", "node-name": "q", "children": ["c0", "c1", "c2"], "vote-threshold": 2, "read-pattern": pattern}
    command += ["--blockdev", json.dumps(quorum)]
    if fuse:
        return Target(name, fuse, [bench.mount(command + ["--export", f"fuse,id=e,node-name=q,mountpoint={fuse},writable=on"], name, fuse)])
    port = free_port()
    command += ["--nbd-server", f"addr.type=inet,addr.host=127.0.0.1,addr.port={port}", "--export", "nbd,id=e,node-name=q,name=q,writable=on"]
    return Target(name, f"nbd://127.0.0.1:{port}/q", [bench.start(command, name, lambda: accepts(port))])


QUORUMD = {"quorumd": {}, "quorumd-fifo": {"read-pattern": "fifo"}, "quorumd-threshold": {"write-completion": "threshold"}}
NEEDS = {"tgtd": ["tgtd"], "qemu": ["qemu-storage-daemon", "fio"], "qemu-fifo": ["qemu-storage-daemon", "fio"], "stack": ["tgtd", "qemu-storage-daemon"]}


def start_all(bench, java, rivals):
    """quorumd and those of its rivals that are installed, as targets."""
    return [start(bench, java, name) for name in ("quorumd", *rivals) if is_installed(name)]


def is_installed(name):
    missing = [program for program in NEEDS.get(name.removesuffix("-late"), []) if not shutil.which(program)]
    if missing:
        print(f"{name}: {' and '.join(missing)} not installed, left out", file=sys.stderr)
    return not missing


def start(bench, java, name):
    kind = name.removesuffix("-late")
    if kind in QUORUMD:
        own = quorumd_of_three(bench, java, name, QUORUMD[kind])
        return Target(name, own.urls["disk0"], [own.pid])
    if kind == "tgtd":
        bench.images("plain.img")
        return tgtd(bench, name, bench.path("plain.img"))
    if kind in ("qemu", "qemu-fifo"):
        return qemu(bench, name, "fifo" if kind == "qemu-fifo" else "quorum")
    if kind == "stack":
        below = qemu(bench, "below", fuse=bench.path("fuse"))
        above = tgtd(bench, name, below.url)
        return Target(name, above.url, below.pids + above.pids)
    sys.exit(f"no rival {name}")


def cpu_seconds(pids):
    fields = [open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split() for p in pids]
    return sum(int(f[11]) + int(f[12]) for f in fields) / TICKS


def resident_mib(pids):
    return sum(int(line.split()[1]) for p in pids for line in open(f"/proc/{p}/status") if line.startswith("VmRSS")) / 1024


def read_from_disk(pids):
    """Bytes, by the kernel's count."""
    return sum(int(line.split()[1]) for p in pids for line in open(f"/proc/{p}/io") if line.startswith("read_bytes"))
