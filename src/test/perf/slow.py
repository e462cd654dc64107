#!/usr/bin/env python3
"""quorumd and what people would use instead where storage makes them wait: tables of medians and ratios.

  ./mvnw -DskipTests package && src/test/perf/slow.py > table.md
  slow.py [--parts flush,cold,delay,neighbour] [--rounds 5] [--seconds 3] [--dir /var/tmp] [--memory /dev/shm]
          [--rivals tgtd,qemu] [--verify] [--java PATH]
    flush      writes of 4 KiB, at depth 1 a flush after each, at depth 32 one after every 16 of a connection; in --dir and in
               --memory. Latency is that of the flushes
    cold       reads of what is not in the page cache, in --dir: before each run the disks are dropped from it, and it ends after a
               second, before any server is once round its disk and finds it warm
    delay      children are exports of nbdkit, in --memory, each of which takes 5 ms per request; beside QEMU alone
    neighbour  one quorumd with two volumes that are fast, one in --memory and one in --dir, and two of whose children each
               takes 200 ms per request: files (nbdfuse over nbdkit) and NBD exports. The fast ones alone and while one of the
               others is under load, in turn: their p99 beside it over that alone, and the longest system calls of the event loop
  --dir is a folder of a real file system, --memory one of tmpfs. --verify: then each cell once more on quorumd, with every
  byte checked.

Disks, servers, rivals and columns are compare.py's (Debian: tgt qemu-system-common qemu-block-extra fio gcc libiscsi-dev
nbdkit libnbd-bin strace; FUSE needs root). "From disk" is what the server had read from disk, by the kernel's count, over what it
was asked for. Ratios are taken round by round."""
import argparse, contextlib, glob, os, re, shutil, signal, statistics, subprocess, sys, tempfile, time, urllib.request

import compare

DELAY, LATE = 5, 200  # milliseconds per request
FLUSH = "randwrite-4k-1-1-1 randwrite-4k-32-1-16 randwrite-4k-32-4-16".split()
COLD = "randread-4k-1-1 randread-4k-32-1 read-64k-8-1".split()
SLOW = "randread-4k-1-1 randread-4k-32-1 randwrite-4k-1-1 randwrite-4k-32-1".split()
FAST = "randread-4k-1-1 randread-4k-32-1 randwrite-4k-1-1 randwrite-4k-32-1".split()
LATE_VOLUMES, LATE_SIZE = ("late-files", "late-nbd"), 16 << 20


class Bench(compare.Bench):
    """Whose exports are all late, by its delay."""

    def exports(self, *names, late=True):
        sockets = [self.path(name + ".sock") for name in names]
        for name, socket in zip(names, sockets):
            command = ["nbdkit", "--foreground", "--unix", socket, "--filter=noextents", "--filter=delay", "file", "file=" + self.path(name)]
            self.start([*command, f"delay-read={self.delay}ms", f"delay-write={self.delay}ms"], name, lambda: os.path.exists(socket))
        return sockets

    def mount(self, socket, file):
        """The export as a local file."""
        open(file, "w").close()
        self.mounts.append(file)
        self.start(["nbdfuse", file, "nbd+unix:///?socket=" + socket], os.path.basename(file) + "-fuse", lambda: os.stat(file).st_size > 0)


def evict(bench):
    """Clean pages only, hence the sync; nobody else's, as drop_caches would."""
    for image in glob.glob(bench.path("**/*.img"), recursive=True):
        with open(image, "rb") as f:
            os.fsync(f.fileno())
            os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_from_disk(pids):
    return sum(int(line.split()[1]) for p in pids for line in open(f"/proc/{p}/io") if line.startswith("read_bytes"))


def measure(program, targets, cells, rounds, seconds, before=lambda: None):
    """By cell and target a list of rounds: IOPS, p50, p99, CPU seconds per 100,000, bytes from disk per byte asked for. The
    first, of five seconds, is left out: with so few I/Os a second the JVM needs that long to have compiled what it runs."""
    figures = {}
    for n in range(rounds + 1):
        for cell in cells:
            for name, url, pids in targets:
                before()
                cpu, disk = compare.cpu_seconds(pids), read_from_disk(pids)
                iops, p50, p99, count = compare.run(program, url, cell, seconds if n else 5)
                cpu = (compare.cpu_seconds(pids) - cpu) / max(count, 1) * 1e5
                disk = (read_from_disk(pids) - disk) / max(count, 1) / (int(cell.split("-")[1][:-1]) << 10)
                if n:
                    figures.setdefault(cell, {}).setdefault(name, []).append((iops, p50, p99, cpu, disk))
        print(f"round {n} of {rounds} done", file=sys.stderr)
    return figures


def print_table(title, figures):
    print(f"\n{title}\n\n| load | target | IOPS | quorumd / its | p50 us | p99 us | CPU s/100k | quorumd's / its | from disk |\n|---|---|---|---|---|---|---|---|---|")
    for cell, by_target in figures.items():
        ours = by_target["quorumd"]
        for name, rounds in by_target.items():
            iops, p50, p99, cpu, disk = (statistics.median(r[i] for r in rounds) for i in range(5))
            faster = statistics.median(a[0] / b[0] for a, b in zip(ours, rounds))
            cheaper = statistics.median(a[3] / max(b[3], .01) for a, b in zip(ours, rounds))
            print(f"| {compare.label(cell)} | {name} | {iops:.0f} | {faster:.2f} | {p50:.0f} | {p99:.0f} | {cpu:.2f} | {cheaper:.2f} | {disk:.2f} |", flush=True)


def beside_rivals(title, folder, cells, options, rivals, seconds=0, before=None, delay=0):
    bench = Bench(tempfile.mkdtemp(prefix="quorumd-slow.", dir=folder), delay > 0, delay)
    try:
        program = compare.load_generator(bench)
        targets = compare.start_all(bench, options.java, rivals)
        print_table(title, measure(program, targets, cells, options.rounds, seconds or options.seconds, (lambda: before(bench)) if before else lambda: None))
        if options.verify:
            compare.verify(program, targets, cells)
    finally:
        bench.close()


def is_settled(bench, http):
    """Serving, and done with the comparison of children that were there before, which follows the first start."""
    log = open(bench.path("server.log")).read()
    with urllib.request.urlopen(f"http://127.0.0.1:{http}/actuator/health/readiness", timeout=2) as r:
        return r.status == 200 and all(f"{volume}: all children have been compared" in log for volume in ("disk", *LATE_VOLUMES))


def four_volumes(bench, java, memory):
    """By name the URLs of one quorumd's volumes, all of them on one event loop, as on a machine of two processors; its pid."""
    port, http = compare.free_port(), compare.free_port()
    late = [f"late{i}.img" for i in range(6)]
    for name in late:
        with open(bench.path(name), "wb") as f:
            f.truncate(LATE_SIZE)
    sockets = bench.exports(*late)
    for i in range(3):
        bench.mount(sockets[i], bench.path(f"file{i}"))
    bench.images(*(f"disk{i}.img" for i in range(3)))
    uris = {"memory": [f"file:{memory}/memory{i}.img" for i in range(3)], "disk": [f"file:disk{i}.img" for i in range(3)],
            "late-files": [f"file:file{i}" for i in range(3)], "late-nbd": ["nbd+unix:///?socket=" + s for s in sockets[3:]]}
    with open(bench.path("application.yaml"), "w") as f:
        f.write(f'server: {{port: {http}}}\nquorumd:\n  state-dir: state\n  iscsi: {{portals: ["127.0.0.1:{port}"], threads: 1}}\n  volumes:\n')
        for volume, children in uris.items():
            nodes = ", ".join(f'{{node-name: {volume}{i}, uri: "{uri}"}}' for i, uri in enumerate(children))
            size = "size: 1GB, " if volume == "memory" else ""
            # FUSE lets one write at a time into a file: of eight the last waits for 1.6 seconds.
            f.write(f"    - {{name: {volume}, {size}child-timeout: 14s, children: [{nodes}]}}\n")
    jar = os.path.abspath(os.path.join(compare.ROOT, "target", "quorumd.jar"))
    pid = bench.start([java, *compare.JVM_OPTIONS, "-jar", jar], "server", lambda: is_settled(bench, http), cwd=bench.folder)
    return {volume: f"iscsi://127.0.0.1:{port}/iqn.2026-11.io.quorumd:{volume}/0" for volume in uris}, pid


@contextlib.contextmanager
def under_load(program, bench, late, seconds):
    """Keeps 32 requests under way on the late volume, if one is named."""
    evict_late(bench)
    others = [subprocess.Popen([program, late, mode, "4k", depth, "1", str(seconds)], stdout=subprocess.PIPE, text=True) for mode, depth in (("randread", "24"), ("randwrite", "8"))] if late else []
    time.sleep(.5)
    yield
    for other in others:
        answer = other.communicate()[0]
        if other.returncode:
            sys.exit(f"{late}: {answer}")


def longest_calls(program, bench, pid, late, fast, seconds):
    """In ms, the longest system calls but those that wait for work that the event loops make while both are under load."""
    loops = [task.split("/")[4] for task in glob.glob(f"/proc/{pid}/task/*/comm") if open(task).read().startswith("quorumd-io")]
    trace = bench.path("trace")
    with under_load(program, bench, late, seconds + 2):
        strace = subprocess.Popen(["strace", "-qq", "-T", "-e", "trace=!epoll_wait,epoll_pwait,epoll_pwait2", "-o", trace, *(a for t in loops for a in ("-p", t))])
        time.sleep(.5)
        for cell in ("randread-4k-32-1", "randwrite-4k-32-1"):
            compare.run(program, fast, cell, seconds / 2)
        strace.send_signal(signal.SIGINT)
        strace.wait()
    taken = sorted(float(took) * 1e3 for took in re.findall(r"<([0-9.]+)>$", open(trace).read(), re.MULTILINE))
    return len(taken), taken[int(len(taken) * .999)], taken[-1]


def evict_late(bench):
    for i in range(3):
        with open(bench.path(f"file{i}"), "rb") as f:
            os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def beside(program, bench, urls, fast, cell, seconds, turn):
    """By name of the late volume under load, "" for none, what the fast one gets; a round, each of which begins elsewhere."""
    got, order = {}, ["", *LATE_VOLUMES]
    for late in order[turn % 3:] + order[:turn % 3]:
        with under_load(program, bench, urls.get(late), seconds + 1):
            got[late] = compare.run(program, urls[fast], cell, seconds)
    return got


def print_beside(fast, cell, rounds):
    middle = {late: " | ".join(f"{statistics.median(r[late][i] for r in rounds):.0f}" for i in range(3)) for late in rounds[0]}
    for late in LATE_VOLUMES:
        ratio = statistics.median(r[late][2] / r[""][2] for r in rounds)
        print(f"| {compare.label(cell)} | {fast} | {middle['']} | {late} | {middle[late]} | {ratio:.2f} |", flush=True)


def neighbour(options):
    bench = Bench(tempfile.mkdtemp(prefix="quorumd-slow.", dir=options.dir), True, LATE)
    memory = tempfile.TemporaryDirectory(prefix="quorumd-slow.", dir=options.memory)
    try:
        program = compare.load_generator(bench)
        urls, pid = four_volumes(bench, options.java, memory.name)
        print(f"\nBeside a volume that takes {LATE} ms per request\n\n| load | volume | alone: IOPS | p50 us | p99 us | beside | IOPS | p50 us | p99 us | p99 / alone |\n|---|---|---|---|---|---|---|---|---|---|")
        for fast in ("memory", "disk"):
            for cell in FAST:
                compare.run(program, urls[fast], cell, 2)
                print_beside(fast, cell, [beside(program, bench, urls, fast, cell, options.seconds, n) for n in range(options.rounds)])
        for late in LATE_VOLUMES if shutil.which("strace") else ():
            for fast in ("memory", "disk"):
                calls, most, longest = longest_calls(program, bench, pid, urls[late], urls[fast], options.seconds)
                print(f"\nThe event loop's system calls, {fast} beside {late}: {calls}, of which 99.9 % took less than {most:.1f} ms and the longest {longest:.1f} ms.", flush=True)
        if options.verify:
            compare.verify(program, [("quorumd", urls[v], []) for v in ("memory", "disk")], FAST)
            compare.verify(program, [("quorumd", urls[v], []) for v in LATE_VOLUMES], ["randrw70-64k-8-1"])
    finally:
        bench.close()
        memory.cleanup()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--parts", default="flush,cold,delay,neighbour")
    p.add_argument("--rivals", default="tgtd,qemu")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--dir", default="/var/tmp")
    p.add_argument("--memory", default="/dev/shm")
    p.add_argument("--verify", action="store_true")
    p.add_argument("--java", default=compare.default_java())
    options = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rivals = [r for r in options.rivals.split(",") if r]
    parts = {
        "flush": lambda: [beside_rivals(f"Flushes, in {folder}", folder, FLUSH, options, rivals) for folder in (options.dir, options.memory)],
        "cold": lambda: beside_rivals("Not in the page cache", options.dir, COLD, options, rivals, seconds=1, before=evict),
        "delay": lambda: beside_rivals(f"Children that take {DELAY} ms", options.memory, SLOW, options, [r for r in rivals if r == "qemu"], delay=DELAY),
        "neighbour": lambda: neighbour(options),
    }
    for part in options.parts.split(","):
        parts[part]()


if __name__ == "__main__":
    main()
