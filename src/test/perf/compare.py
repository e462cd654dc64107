#!/usr/bin/env python3
"""quorumd and what people would use instead, under the same load in turn: a table of medians and ratios.

  ./mvnw -DskipTests package && src/test/perf/compare.py > table.md
  compare.py [--rivals tgtd,qemu,stack] [--cells CELL,...] [--rounds 5] [--seconds 3] [--dir /dev/shm,...] [--java PATH]
             [--remote] [--delay 20] [--verify] [--drift] [--plot FILE.svg]
    CELL: MODE-BYTES-DEPTH-CONNECTIONS, e.g. randread-4k-32-1 (MODE: randread randwrite read write randrw70)
    --dir: where the disks are, a folder or several, which are measured in turn in one run; /dev/shm is tmpfs, a folder of a
           real file system is the other half of the truth
    --remote: the children of quorumd and of QEMU are exports of nbdkit, one server each (Debian: nbdkit)
    --delay: milliseconds by which one of the three answers late, with --remote, for the rivals named NAME-late
    --plot: the ratios as bars, too (Debian: python3-matplotlib)
    --drift: a second table, of the first five rounds beside the last five: what time does to a server (33 rounds: an hour)
    --verify: after the table each cell once more on quorumd, with every byte checked

Disks are 1 GiB, full of random bytes. quorumd: three files, threshold 2, defaults (among the rivals `quorumd-fifo`: the
same with read-pattern fifo, and `quorumd-threshold`: with write-completion threshold). Rivals, left out with a word when
they are not installed (Debian: tgt qemu-utils qemu-system-common fio; always: gcc libiscsi-dev):
  tgtd        one plain file without redundancy, over iSCSI, with its better negotiation
  qemu        QEMU's quorum of three files, threshold 2, over NBD, loaded by fio
  qemu-fifo   the same with read-pattern fifo
  stack       QEMU's quorum as a FUSE file under tgtd: the composition that has both iSCSI and the vote
With --delay each quorumd and qemu has a twin with a late child: quorumd-late, quorumd-threshold-late, qemu-late.
Columns: IOPS; quorumd's by its; MiB/s; latency in microseconds; server CPU seconds per 100,000 I/Os (the steadiest
figure on a noisy machine) and quorumd's by its; resident memory. Every round goes through all of them before the next
begins, and ratios are taken round by round, so that drift of the machine hits all alike."""
import argparse, contextlib, glob, itertools, json, os, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request

import plot

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
TICKS = os.sysconf("SC_CLK_TCK")
SIZE = 1 << 30
JVM_OPTIONS = ["-XX:+UseSerialGC", "-Xmn8m", "-XX:MaxTenuringThreshold=4"]  # as the README starts it
CELLS = ("randread-4k-1-1 randread-4k-32-1 randread-4k-32-4 randwrite-4k-1-1 randwrite-4k-32-1 randwrite-4k-32-4 "
         "randrw70-4k-32-1 read-64k-8-1 write-64k-8-1 read-256k-8-1 write-256k-8-1").split()
TGTD_NUMBERS = itertools.count(21)  # each has a control socket of its own


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port):
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


class Bench:
    """The folder with the disks, the servers, and their end."""

    def __init__(self, folder, remote, delay):
        self.folder = folder
        self.remote, self.delay = remote, delay  # the delay in milliseconds is that of a server called *-late
        self.servers, self.mounts = [], []

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, command, name, ready, cwd=None):
        with open(self.path(name + ".log"), "w") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=cwd)
        self.servers.append(server)
        for _ in range(3000):  # a late child is compared from end to end first
            try:
                if ready():
                    return server.pid
            except OSError:
                pass
            if server.poll() is not None:
                break
            time.sleep(.1)
        sys.exit(f"{name} did not start:\n" + open(self.path(name + ".log")).read()[-3000:])

    def images(self, *names):
        first = self.path(names[0])
        with open(first, "wb") as f:
            block = os.urandom(1 << 20)
            for _ in range(SIZE >> 20):
                f.write(block)
        for other in names[1:]:
            shutil.copyfile(first, self.path(other))

    def exports(self, *names, late):
        """A socket for each image, behind a server of its own, of which the third may be a late one."""
        sockets = []
        for i, name in enumerate(names):
            socket_path = self.path(name + ".sock")
            # QEMU asks for the extents of whatever it reads for a client with structured replies, and of a full tmpfs file
            # the plugin finds them out in milliseconds.
            delays = [f"delay-read={self.delay}ms", f"delay-write={self.delay}ms"] if late and i == 2 else []
            command = ["nbdkit", "--foreground", "--unix", socket_path, "--filter=noextents", "--filter=delay", "file", "file=" + self.path(name), *delays]
            self.start(command, name, lambda: os.path.exists(socket_path))
            sockets.append(socket_path)
        return sockets

    def close(self):
        for server in reversed(self.servers):
            server.kill()
            server.wait()
        for mount in self.mounts:
            subprocess.run(["umount", "-l", mount], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder)


def quorumd(bench, java, name="quorumd", options="", http=None, jvm=()):
    port, http = free_port(), http or free_port()
    home = bench.path(name)
    os.mkdir(home)
    images = [f"{name}/{c}.img" for c in "abc"]
    bench.images(*images)
    uris = ["nbd+unix:///?socket=" + s for s in bench.exports(*images, late=name.endswith("-late"))] if bench.remote else [f"file:{c}.img" for c in "abc"]
    children = ",".join(f'{{node-name: {c}, uri: "{uri}"}}' for c, uri in zip("abc", uris))
    with open(os.path.join(home, "application.yaml"), "w") as f:
        f.write(f"""server: {{port: {http}}}
quorumd:
  state-dir: state
  iscsi: {{portals: ["127.0.0.1:{port}"]}}
  volumes: [{{name: disk0, {options} children: [{children}]}}]
""")
    def ready():
        """Serving, and done with the comparison of the children that follows the first start: it reads all of them."""
        compared = "disk0: all children have been compared" in open(bench.path(name + ".log")).read()
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/actuator/health/readiness", timeout=2) as r:
            return compared and r.status == 200
    jar = os.path.abspath(os.path.join(ROOT, "target", "quorumd.jar"))
    pid = bench.start([java, *JVM_OPTIONS, *jvm, "-jar", jar], name, ready, cwd=home)
    return f"iscsi://127.0.0.1:{port}/iqn.2026-11.io.quorumd:disk0/0", [pid]


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
    return f"iscsi://127.0.0.1:{port}/{iqn}/1", [pid]


def qemu(bench, name, pattern="quorum", fuse=None):
    names = [f"{name}{i}.img" for i in range(3)]
    bench.images(*names)
    command = ["qemu-storage-daemon"]
    below = [f"driver=nbd,server.type=unix,server.path={s}" for s in bench.exports(*names, late=name.endswith("-late"))] if bench.remote else [f"driver=file,filename={bench.path(n)}" for n in names]
    for i, child in enumerate(below):
        command += ["--blockdev", f"{child},node-name=f{i}", "--blockdev", f"driver=raw,node-name=c{i},file=f{i}"]
    quorum = {"driver": "quorum", "node-name": "q", "children": ["c0", "c1", "c2"], "vote-threshold": 2, "read-pattern": pattern}
    command += ["--blockdev", json.dumps(quorum)]
    if fuse:
        open(fuse, "w").close()
        bench.mounts.append(fuse)
        return fuse, [bench.start(command + ["--export", f"fuse,id=e,node-name=q,mountpoint={fuse},writable=on"], name, lambda: os.stat(fuse).st_size > 0)]
    port = free_port()
    command += ["--nbd-server", f"addr.type=inet,addr.host=127.0.0.1,addr.port={port}", "--export", "nbd,id=e,node-name=q,name=q,writable=on"]
    return f"nbd://127.0.0.1:{port}/q", [bench.start(command, name, lambda: accepts(port))]


def cpu_seconds(pids):
    fields = [open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split() for p in pids]
    return sum(int(f[11]) + int(f[12]) for f in fields) / TICKS


def resident_mib(pids):
    return sum(int(line.split()[1]) for p in pids for line in open(f"/proc/{p}/status") if line.startswith("VmRSS")) / 1024


def load_iscsi(program, url, mode, size, depth, connections, seconds, flush=0, options=()):
    r = subprocess.run([program, *options, url, mode, size, depth, connections, str(seconds), str(flush)], capture_output=True, text=True, timeout=seconds + 120)
    if r.returncode:
        sys.exit(f"{url}: {r.stdout} {r.stderr}")
    k = dict(pair.split("=") for pair in r.stdout.split())
    return float(k["iops"]), float(k["p50us"]), float(k["p99us"]), int(k["count"])


def load_nbd(url, mode, size, depth, connections, seconds, flush=0):
    rw = ["--rw=randrw", "--rwmixread=70"] if mode == "randrw70" else ["--rw=" + mode]
    each = (SIZE >> 20) // int(connections)
    r = subprocess.run(["fio", "--name=x", "--ioengine=nbd", "--uri=" + url, *rw, "--bs=" + size, "--iodepth=" + depth, "--numjobs=" + connections, "--thread", "--group_reporting",
                        f"--size={each}m", f"--offset_increment={each}m", "--time_based", f"--runtime={seconds}", "--norandommap", "--randrepeat=0", f"--fsync={flush}", "--output-format=json"],
                       capture_output=True, text=True, timeout=seconds + 60)
    job = json.loads(r.stdout[r.stdout.index("{"):])["jobs"][0]
    both = [job["read"], job["write"]]
    latency = (job["sync"]["lat_ns"] if flush else max(both, key=lambda d: d["total_ios"])["clat_ns"])["percentile"]
    return sum(d["iops"] for d in both), latency["50.000000"] / 1e3, latency["99.000000"] / 1e3, sum(d["total_ios"] for d in both)


def run(program, url, cell, seconds, options=()):
    """A cell once; one of five parts says after how many writes a flush follows. Options are the load generator's for iSCSI."""
    *load, flush = (cell.split("-") + ["0"])[:5]
    return load_iscsi(program, url, *load, seconds, flush, options) if url.startswith("iscsi:") else load_nbd(url, *load, seconds, int(flush))


def start_all(bench, java, rivals):
    needs = {"tgtd": ["tgtd"], "qemu": ["qemu-storage-daemon", "fio"], "stack": ["tgtd", "qemu-storage-daemon"]}
    quorumd_options = {"quorumd": "", "quorumd-fifo": "read-pattern: fifo,", "quorumd-threshold": "write-completion: threshold,"}
    targets = []
    for rival in ["quorumd", *rivals]:
        kind = rival.removesuffix("-late")
        missing = [program for program in needs.get(kind.removesuffix("-fifo"), []) if not shutil.which(program)]
        if missing:
            print(f"{rival}: {' and '.join(missing)} not installed, left out", file=sys.stderr)
        elif kind in quorumd_options:
            targets.append((rival, *quorumd(bench, java, rival, quorumd_options[kind])))
        elif kind == "tgtd":
            bench.images("plain.img")
            targets.append((rival, *tgtd(bench, rival, bench.path("plain.img"))))
        elif kind in ("qemu", "qemu-fifo"):
            targets.append((rival, *qemu(bench, rival, "fifo" if kind == "qemu-fifo" else "quorum")))
        elif kind == "stack":
            file, below = qemu(bench, "below", fuse=bench.path("fuse"))
            url, above = tgtd(bench, rival, file)
            targets.append((rival, url, below + above))
        else:
            sys.exit(f"no rival {rival}")
    return targets


def measure(program, sets, cells, rounds, seconds):
    """For each set of targets its figures by cell and target, a list of rounds each; the first round, a second long, only warms up."""
    figures = [{} for _ in sets]
    for n in range(rounds + 1):
        for targets, by_cell in zip(sets, figures):
            for cell in cells:
                for name, url, pids in targets:
                    before = cpu_seconds(pids)
                    iops, p50, p99, count = run(program, url, cell, seconds if n else 1)
                    cpu = (cpu_seconds(pids) - before) / max(count, 1) * 1e5
                    if n:
                        by_cell.setdefault(cell, {}).setdefault(name, []).append((iops, p50, p99, cpu, resident_mib(pids)))
        print(f"round {n} of {rounds} done", file=sys.stderr)
    return figures


def verify(program, targets, cells):
    """Each cell once more where iscsi-load can, with every byte checked; the first wrong one ends the run."""
    for cell in cells:
        for name, url, _ in targets:
            if name.startswith("quorumd"):
                run(program, url, cell, 1, ["--verify"])
                print(f"{name} {cell}: verified", file=sys.stderr)


def label(cell):
    mode, size, depth, connections, *flush = cell.split("-")
    return f"{mode} {size} QD{depth} x{connections}" + (f", flush every {flush[0]}" if flush else "")


def print_table(figures):
    print("| load | target | IOPS | quorumd / its | MiB/s | p50 us | p99 us | CPU s/100k | quorumd's / its | RSS MiB |\n|---|---|---|---|---|---|---|---|---|---|")
    for cell, by_target in figures.items():
        ours = by_target["quorumd"]
        kib = int(cell.split("-")[1][:-1])
        for name, rounds in by_target.items():
            iops, p50, p99, cpu, rss = (statistics.median(r[i] for r in rounds) for i in range(5))
            faster = statistics.median(a[0] / b[0] for a, b in zip(ours, rounds))
            cheaper = statistics.median(a[3] / max(b[3], .01) for a, b in zip(ours, rounds))
            print(f"| {label(cell)} | {name} | {iops:.0f} | {faster:.2f} | {iops * kib / 1024:.0f} | {p50:.0f} | {p99:.0f} | {cpu:.2f} | {cheaper:.2f} | {rss:.0f} |")


def print_drift(figures):
    """The rivals' rows tell what the machine did meanwhile."""
    print("\n| load | target | CPU s/100k, first | last | last / first | RSS MiB, first | last |\n|---|---|---|---|---|---|---|")
    for cell, by_target in figures.items():
        for name, rounds in by_target.items():
            (cpu, rss), (cpu_later, rss_later) = ([statistics.median(r[i] for r in part) for i in (3, 4)] for part in (rounds[:5], rounds[-5:]))
            print(f"| {label(cell)} | {name} | {cpu:.2f} | {cpu_later:.2f} | {cpu_later / max(cpu, .01):.2f} | {rss:.0f} | {rss_later:.0f} |")


def default_java():
    if "JAVA_HOME" in os.environ:
        return os.path.join(os.environ["JAVA_HOME"], "bin", "java")
    return next(iter(glob.glob("/usr/lib/jvm/*25*/bin/java")), "java")


def load_generator(bench):
    program = bench.path("iscsi-load")
    subprocess.run(["gcc", "-O2", "-o", program, os.path.join(HERE, "..", "iscsi", "iscsi-load.c"), "-liscsi", "-lpthread"], check=True)
    return program


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rivals", default="tgtd,qemu,stack")
    p.add_argument("--cells", default=",".join(CELLS))
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--dir", default="/dev/shm")
    p.add_argument("--remote", action="store_true")
    p.add_argument("--delay", type=int, default=0)
    p.add_argument("--verify", action="store_true")
    p.add_argument("--drift", action="store_true")
    p.add_argument("--java", default=default_java())
    p.add_argument("--plot", type=plot.file, metavar="FILE.svg")
    options = p.parse_args()
    if options.delay and not options.remote:
        p.error("--delay needs --remote: files do not answer late")
    if options.drift and options.rounds < 10:
        p.error("--drift compares the first five rounds with the last five: --rounds 10 at least")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folders, cells, rivals = options.dir.split(","), options.cells.split(","), [r for r in options.rivals.split(",") if r]
    if options.plot and len(folders) > 1:
        p.error("--plot draws what is measured in one --dir")
    with contextlib.ExitStack() as at_end:
        benches = []
        for folder in folders:
            benches.append(Bench(tempfile.mkdtemp(prefix="quorumd-compare.", dir=folder), options.remote, options.delay))
            at_end.callback(benches[-1].close)
        program = load_generator(benches[0])
        sets = [start_all(bench, options.java, rivals) for bench in benches]
        for folder, targets, figures in zip(folders, sets, measure(program, sets, cells, options.rounds, options.seconds)):
            print(f"\n{folder}:\n")
            print_table(figures)
            if options.drift:
                print_drift(figures)
            if options.plot:
                plot.bars(figures, options.plot)
            if options.verify:
                verify(program, targets, cells)


if __name__ == "__main__":
    main()
