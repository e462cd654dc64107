#!/usr/bin/env python3
"""What becomes of the cost of an I/O when there is more of everything: a table.

  ./mvnw -DskipTests package && src/test/perf/growth.py > table.md
  growth.py [--rounds 2] [--seconds 2] [--dir /dev/shm] [--java PATH] [--plot FILE.svg]

One quantity grows, the rest stays at: one session at queue depth 32, one LUN, three children, 1 GiB. 4 KiB, random, children
sparse. Sessions come with 32 commands each, and with one each: what is answered at once shares its system calls. Columns:
IOPS; server CPU seconds per 100,000 I/Os, and over that of the first row of its kind; resident memory. The load generator
has a thread per connection: from 16 sessions on IOPS measure it, and not the server. After the table: the memory of a session
that is idle. --plot draws the table as curves (Debian: python3-matplotlib)."""
import argparse, os, shutil, signal, statistics, subprocess, sys, tempfile, time, urllib.request

import compare
import plot

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = {"sessions": 1, "depth": 32, "luns": 1, "children": 3, "size": "1GB"}
SESSIONS = [1, 4, 16, 64, 256]
GROWTH = [("sessions", SESSIONS, {}), ("sessions", SESSIONS, {"depth": 1}), ("luns", [1, 20, 200], {}), ("children", [3, 5, 7], {}),
          ("size", ["1GB", "64GB", "1TB", "16TB"], {})]


def start(bench, java, name, luns, children, size):
    port, http = compare.free_port(), compare.free_port()
    home = bench.path(name)
    os.mkdir(home)
    with open(os.path.join(home, "application.yaml"), "w") as f:
        f.write(f'server: {{port: {http}}}\nquorumd:\n  state-dir: state\n  iscsi: {{portals: ["127.0.0.1:{port}"]}}\n  volumes:\n')
        for lun in range(luns):
            nodes = ", ".join(f'{{node-name: n{lun}-{c}, uri: "file:{lun}-{c}.img"}}' for c in range(children))
            f.write(f"    - {{name: disk{lun}, size: {size}, children: [{nodes}]}}\n")
    def ready():
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/actuator/health/readiness", timeout=2) as r:
            return r.status == 200
    jar = os.path.abspath(os.path.join(HERE, "..", "..", "..", "target", "quorumd.jar"))
    pid = bench.start([java, *compare.JVM_OPTIONS, "-jar", jar], name, ready, cwd=home)
    return f"iscsi://127.0.0.1:{port}/iqn.2026-11.io.quorumd:disk0/0", pid


def stop(bench, name):
    server = bench.servers.pop()
    server.terminate()
    server.wait()
    shutil.rmtree(bench.path(name))


def measure(program, url, pid, sessions, depth, rounds, seconds):
    """By mode: median IOPS, CPU seconds per 100,000; and the memory at the end, in MiB. First the JVM warms up."""
    figures = {}
    for n in range(rounds + 1):
        for mode in ("randread", "randwrite"):
            before = compare.cpu_seconds([pid])
            iops, _, _, count = compare.load_iscsi(program, url, mode, "4k", str(depth), str(sessions), seconds if n else 6)
            if n:
                figures.setdefault(mode, []).append((iops, (compare.cpu_seconds([pid]) - before) / max(count, 1) * 1e5))
    return {m: [statistics.median(r[i] for r in rounds_) for i in (0, 1)] for m, rounds_ in figures.items()}, compare.resident_mib([pid])


def idle_session_kib(bench, program, java):
    """Memory per session of a thousand that have logged in and do nothing."""
    url, pid = start(bench, java, "server", 1, 3, "1GB")
    compare.load_iscsi(program, url, "randwrite", "4k", "32", "4", 6)
    before = compare.resident_mib([pid])
    with subprocess.Popen([program, url, "randread", "4k", "0", "1000", "5"], stdout=subprocess.DEVNULL) as load:
        while len(os.listdir(f"/proc/{pid}/fd")) < 1000 and load.poll() is None:
            time.sleep(.1)
        time.sleep(2)
        during = compare.resident_mib([pid])
    stop(bench, "server")
    if load.returncode:
        sys.exit("the idle sessions did not log in")
    return (during - before) * 1024 / 1000


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=2)
    p.add_argument("--seconds", type=int, default=2)
    p.add_argument("--dir", default="/dev/shm")
    p.add_argument("--java", default=compare.default_java())
    p.add_argument("--plot", type=plot.file, metavar="FILE.svg")
    options = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = compare.Bench(tempfile.mkdtemp(prefix="quorumd-growth.", dir=options.dir), False, 0)
    try:
        program = compare.load_generator(bench)
        growth = {}
        print("| | | randread IOPS | CPU s/100k | / first | randwrite IOPS | CPU s/100k | / first | RSS MiB |\n|---|---|---|---|---|---|---|---|---|")
        for what, amounts, load in GROWTH:
            first = None
            for amount in amounts:
                setting = {**BASE, **load, what: amount}
                title = f"{what}, QD{setting['depth']}"
                url, pid = start(bench, options.java, "server", setting["luns"], setting["children"], setting["size"])
                by_mode, resident = measure(program, url, pid, setting["sessions"], setting["depth"], options.rounds, options.seconds)
                stop(bench, "server")
                first = first or by_mode
                growth.setdefault(title, []).append((amount, by_mode, resident))
                cells = " | ".join(f"{iops:.0f} | {cpu:.2f} | {cpu / first[mode][1]:.2f}" for mode, (iops, cpu) in by_mode.items())
                print(f"| {title} | {amount} | {cells} | {resident:.0f} |", flush=True)
        print(f"\nAn idle session takes {idle_session_kib(bench, program, options.java):.1f} KiB.")
        if options.plot:
            plot.curves(growth, options.plot)
    finally:
        bench.close()


if __name__ == "__main__":
    main()
