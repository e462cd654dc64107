#!/usr/bin/env python3
"""What becomes of the cost of an I/O when there is more of everything: a table.

  ./mvnw -DskipTests package && src/test/perf/growth.py > table.md
  growth.py [--rounds 4] [--seconds 2] [--dir /dev/shm] [--java PATH] [--plot FILE.svg]

One quantity grows, the rest stays at: one session at queue depth 32, one LUN, three children, 1 GiB. 4 KiB, random, children
sparse. Sessions come with 32 commands each, and with one each: what is answered at once shares its system calls. Columns:
IOPS; server CPU seconds per 100,000 I/Os, and over that of the first row of its kind, which is measured in turn with each of the
others, as a machine's pace changes within minutes; resident memory of its server, which those have in common that differ by the
load alone. The load generator has a thread per connection: from 16 sessions on IOPS measure it, and not the server. After the
table: the memory of a session that is idle. --plot draws the table as curves (Debian: python3-matplotlib)."""
import os, shutil, statistics, subprocess, sys, tempfile, time

import loads, plot, servers

WARM_UP = 12  # seconds of each mode: after fewer the compiler is in the figures of a new server
MODES = "randread", "randwrite"
BASE = {"sessions": 1, "depth": 32, "luns": 1, "children": 3, "size": "1GB"}
SESSIONS = [1, 4, 16, 64, 256]
# Sessions last: their many buffers stay with the server that all first rows have.
GROWTH = [("luns", [1, 20, 200], {}), ("children", [3, 5, 7], {}), ("size", ["1GB", "64GB", "1TB", "16TB"], {}),
          ("sessions", SESSIONS, {"depth": 1}), ("sessions", SESSIONS, {})]


def start(bench, java, name, setting):
    volumes = {f"disk{lun}": {"size": setting["size"], "children": [f"file:{lun}-{c}.img" for c in range(setting["children"])]} for lun in range(setting["luns"])}
    server = servers.quorumd(bench, java, name, volumes)
    return servers.Target(name, server.urls["disk0"], [server.pid])


def stop(bench, server):
    bench.stop_last()
    shutil.rmtree(bench.path(server.name))


def warm_up(program, server):
    for mode in MODES:
        loads.load_iscsi(program, server.url, mode, "4k", "32", "1", WARM_UP)


def run(program, server, setting, mode, seconds):
    return loads.figures_of(program, server, f"{mode}-4k-{setting['depth']}-{setting['sessions']}", seconds)


def measure(program, row, first, rounds, seconds):
    """By mode: median IOPS, CPU seconds per 100,000 and those over the first row's. Both are a server and a setting."""
    figures = {}
    for _ in range(rounds):
        for mode in MODES:
            own = run(program, *row, mode, seconds)
            figures.setdefault(mode, []).append((own.iops, own.cpu, own.cpu / run(program, *first, mode, seconds).cpu if row != first else 1))
    return {mode: [statistics.median(column) for column in zip(*rounds_)] for mode, rounds_ in figures.items()}


def measure_all(bench, program, options):
    """By quantity its rows, as plot.curves draws them."""
    growth, base = {}, start(bench, options.java, "base", BASE)
    warm_up(program, base)
    for what, amounts, load in GROWTH:
        first = base, {**BASE, **load}
        for amount in amounts:
            setting = {**first[1], what: amount}
            server = base
            if what != "sessions" and setting != first[1]:
                server = start(bench, options.java, "server", setting)
                warm_up(program, server)
            by_mode, resident = measure(program, (server, setting), first, options.rounds, options.seconds), servers.resident_mib(server.pids)
            if server != base:
                stop(bench, server)
            title = f"{what}, QD{setting['depth']}"
            growth.setdefault(title, []).append((amount, by_mode, resident))
            cells = " | ".join(f"{iops:.0f} | {cpu:.2f} | {ratio:.2f}" for iops, cpu, ratio in by_mode.values())
            print(f"| {title} | {amount} | {cells} | {resident:.0f} |", flush=True)
    stop(bench, base)
    return growth


def idle_session_kib(bench, program, java):
    """Memory per session of a thousand that have logged in and do nothing."""
    server = start(bench, java, "idle", BASE)
    loads.load_iscsi(program, server.url, "randwrite", "4k", "32", "4", 6)
    before = servers.resident_mib(server.pids)
    with subprocess.Popen([program, server.url, "randread", "4k", "0", "1000", "5"], stdout=subprocess.DEVNULL) as load:
        while len(os.listdir(f"/proc/{server.pids[0]}/fd")) < 1000 and load.poll() is None:
            time.sleep(.1)
        time.sleep(2)
        during = servers.resident_mib(server.pids)
    stop(bench, server)
    if load.returncode:
        sys.exit("the idle sessions did not log in")
    return (during - before) * 1024 / 1000


def main():
    p = servers.command_line(__doc__, "/dev/shm", rounds=4, seconds=2)
    p.add_argument("--plot", type=plot.file, metavar="FILE.svg")
    options = p.parse_args()
    bench = servers.Bench(tempfile.mkdtemp(prefix="quorumd-growth.", dir=options.dir))
    try:
        program = loads.load_generator(bench)
        print("| | | randread IOPS | CPU s/100k | / first | randwrite IOPS | CPU s/100k | / first | RSS MiB |\n|---|---|---|---|---|---|---|---|---|")
        growth = measure_all(bench, program, options)
        print(f"\nAn idle session takes {idle_session_kib(bench, program, options.java):.1f} KiB.")
        if options.plot:
            plot.curves(growth, options.plot)
    finally:
        bench.close()


if __name__ == "__main__":
    main()
