#!/usr/bin/env python3
"""How long the JVM stands still under load: a table.

  ./mvnw -DskipTests package && src/test/perf/pauses.py > table.md
  pauses.py [--minutes 10] [--dir /dev/shm] [--java PATH] [--jvm=OPTION ...]

70 % reads and 30 % writes of 4 KiB at queue depth 32, and every five seconds what a monitoring system asks for: metrics and
health. The first half minute, in which the JVM still compiles and what the start made grows old, is a row of its own.
--jvm adds an option to those of the README, e.g. --jvm=-Xmn16m; another collector takes -XX:-UseSerialGC first. Needs gcc and libiscsi-dev (Debian's names)."""
import concurrent.futures, os, re, statistics, sys, tempfile, threading, urllib.request

import loads, servers

CELL, WARM, SCRAPE = "randrw70-4k-32-1", 30, 5  # seconds


def monitor(server, over):
    """Asks every few seconds until it is over; how much memory was resident each time, in MiB."""
    resident = []
    while not over.wait(SCRAPE):
        for page in ("prometheus", "health"):
            urllib.request.urlopen(f"http://127.0.0.1:{server.http}/actuator/{page}", timeout=SCRAPE).read()
        resident.append(servers.resident_mib([server.pid]))
    return resident


def pauses(log):
    """In ms: garbage collections, and all safepoints whatever they were for."""
    return [float(ms) for ms in re.findall(r"Pause .* ([0-9.]+)ms$", log, re.MULTILINE)], [int(ns) / 1e6 for ns in re.findall(r"Total: +(\d+) ns", log)]


def measure(program, server, log, seconds):
    """A row's cells."""
    begins, target = os.path.getsize(log), servers.Target("quorumd", server.urls["disk0"], [server.pid])
    over = threading.Event()
    with concurrent.futures.ThreadPoolExecutor() as threads:
        monitoring = threads.submit(monitor, server, over)
        try:
            got = loads.figures_of(program, target, CELL, seconds)
        finally:
            over.set()
    resident = monitoring.result()
    with open(log) as f:
        f.seek(begins)
        collections, safepoints = pauses(f.read())
    if len(collections) < 2 or not resident:
        sys.exit(f"{len(collections)} collections in {seconds} s: --minutes more")
    late = statistics.quantiles(collections, n=100, method="inclusive")[98]
    return [f"{got.iops:.0f}", f"{got.p50:.0f}, {got.p99:.0f}", f"{got.cpu:.2f}", f"{resident[0]:.0f}, {resident[-1]:.0f}", len(collections),
            f"{statistics.median(collections):.1f}, {late:.1f}, {max(collections):.1f}", sum(ms > 5 for ms in collections), f"{max(safepoints):.1f}"]


def main():
    p = servers.command_line(__doc__, "/dev/shm", minutes=10.0)
    p.add_argument("--jvm", action="append", default=[])
    options = p.parse_args()
    bench = servers.Bench(tempfile.mkdtemp(prefix="quorumd-pauses.", dir=options.dir))
    try:
        program, log = loads.load_generator(bench), bench.path("pauses.log")
        server = servers.quorumd_of_three(bench, options.java, jvm=[f"-Xlog:gc,safepoint:file={log}", *options.jvm])
        print("| | IOPS | p50, p99 us | CPU s/100k | RSS MiB, first, last | collections | median, p99, longest ms | over 5 ms | longest safepoint ms |\n|---|---|---|---|---|---|---|---|---|")
        for name, seconds in (f"the first {WARM} s", WARM), (f"{options.minutes:g} minutes", round(options.minutes * 60)):
            print("|", " | ".join(map(str, [name, *measure(program, server, log, seconds)])), "|", flush=True)
    finally:
        bench.close()


if __name__ == "__main__":
    main()
