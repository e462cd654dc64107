#!/usr/bin/env python3
"""What becomes of the cost of an I/O when there is more of everything: a table.

  ./mvnw -DskipTests package && src/test/perf/growth.py > table.md
  growth.py [--rounds 2] [--seconds 2] [--dir /dev/shm] [--java PATH] [--plot FILE.svg]

One quantity grows, the rest stays at: one session at queue depth 32, one LUN, three children, 1 GiB. 4 KiB, random, children
sparse. Sessions come with 32 commands each, and with one each: what is answered at once shares its system calls. Columns:
IOPS; server CPU seconds per 100,000 I/Os, and over that of the first row of its kind; resident memory. The load generator
has a thread per connection: from 16 sessions on IOPS measure it, and not the server. After the table: the memory of a session
that is idle. --plot draws the table as curves (Debian: python3-matplotlib)."""
import argparse, os, shutil, signal, statistics, subprocess, sys, tempfile, time

import loads, plot, servers

WARM_UP = 15  # seconds of each mode: after fewer the compiler is in the figures of a new server
BASE = {"sessions": 1, "depth": 32, "luns": 1, "children": 3, "size": "1GB"}
SESSIONS = [1, 4, 16, 64, 256]
GROWTH = [("sessions", SESSIONS, {}), ("sessions", SESSIONS, {"depth": 1}), ("luns", [1, 20, 200], {}), ("children", [3, 5, 7], {}),
          ("size", ["1GB", "64GB", "1TB", "16TB"], {})]


def start(bench, java, luns, children, size):
    volumes = {f"disk{lun}": {"size": size, "children": [f"file:{lun}-{c}.img" for c in range(children)]} for lun in range(luns)}
    server = servers.quorumd(bench, java, "server", volumes)
    return server.urls["disk0"], server.pid


def stop(bench):
    bench.stop_last()
    shutil.rmtree(bench.path("server"))


def measure(program, url, pid, sessions, depth, rounds, seconds):
    """By mode: median IOPS, CPU seconds per 100,000; and the memory at the end, in MiB. First the JVM compiles."""
    figures = {}
    for n in range(rounds + 1):
        for mode in ("randread", "randwrite"):
            before = servers.cpu_seconds([pid])
            iops, _, _, count = loads.load_iscsi(program, url, mode, "4k", str(depth), str(sessions), seconds if n else WARM_UP)
            if n:
                figures.setdefault(mode, []).append((iops, (servers.cpu_seconds([pid]) - before) / max(count, 1) * 1e5))
    return {m: [statistics.median(r[i] for r in rounds_) for i in (0, 1)] for m, rounds_ in figures.items()}, servers.resident_mib([pid])


def idle_session_kib(bench, program, java):
    """Memory per session of a thousand that have logged in and do nothing."""
    url, pid = start(bench, java, 1, 3, "1GB")
    loads.load_iscsi(program, url, "randwrite", "4k", "32", "4", 6)
    before = servers.resident_mib([pid])
    with subprocess.Popen([program, url, "randread", "4k", "0", "1000", "5"], stdout=subprocess.DEVNULL) as load:
        while len(os.listdir(f"/proc/{pid}/fd")) < 1000 and load.poll() is None:
            time.sleep(.1)
        time.sleep(2)
        during = servers.resident_mib([pid])
    stop(bench)
    if load.returncode:
        sys.exit("the idle sessions did not log in")
    return (during - before) * 1024 / 1000


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=2)
    p.add_argument("--seconds", type=int, default=2)
    p.add_argument("--dir", default="/dev/shm")
    p.add_argument("--java", default=servers.default_java())
    p.add_argument("--plot", type=plot.file, metavar="FILE.svg")
    options = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = servers.Bench(tempfile.mkdtemp(prefix="quorumd-growth.", dir=options.dir))
    try:
        program = loads.load_generator(bench)
        growth = {}
        print("| | | randread IOPS | CPU s/100k | / first | randwrite IOPS | CPU s/100k | / first | RSS MiB |\n|---|---|---|---|---|---|---|---|---|")
        for what, amounts, load in GROWTH:
            first = None
            for amount in amounts:
                setting = {**BASE, **load, what: amount}
                title = f"{what}, QD{setting['depth']}"
                url, pid = start(bench, options.java, setting["luns"], setting["children"], setting["size"])
                by_mode, resident = measure(program, url, pid, setting["sessions"], setting["depth"], options.rounds, options.seconds)
                stop(bench)
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
