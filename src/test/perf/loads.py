"""Loads, and what a target makes of them in turn with others: figures, tables of medians and ratios.

A load is a cell, MODE-BYTES-DEPTH-CONNECTIONS, e.g. randread-4k-32-1, or with -WRITES one that flushes after so many writes of a
connection, whose latency is then that of the flushes. Modes: randread randwrite read write randrw70."""
import collections, json, os, statistics, subprocess, sys

import servers

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "iscsi", "iscsi-load.c")

# Latency in microseconds; CPU seconds of the server per 100,000 I/Os, MiB resident, bytes from disk per byte asked for.
Figures = collections.namedtuple("Figures", "iops p50 p99 cpu resident disk")


def load_generator(bench):
    program = bench.path("iscsi-load")
    subprocess.run(["gcc", "-O2", "-o", program, SOURCE, "-liscsi", "-lpthread"], check=True)
    return program


def load_iscsi(program, url, mode, size, depth, connections, seconds, flush=0, options=()):
    r = subprocess.run([program, *options, url, mode, size, depth, connections, str(seconds), str(flush)], capture_output=True, text=True, timeout=seconds + 120)
    if r.returncode:
        sys.exit(f"{url}: {r.stdout} {r.stderr}")
    k = dict(pair.split("=") for pair in r.stdout.split())
    return float(k["iops"]), float(k["p50us"]), float(k["p99us"]), int(k["count"])


def load_nbd(url, mode, size, depth, connections, seconds, flush=0):
    rw = ["--rw=randrw", "--rwmixread=70"] if mode == "randrw70" else ["--rw=" + mode]
    each = (servers.SIZE >> 20) // int(connections)
    r = subprocess.run(["fio", "--name=x", "--ioengine=nbd", "--uri=" + url, *rw, "--bs=" + size, "--iodepth=" + depth, "--numjobs=" + connections, "--thread", "--group_reporting",
                        f"--size={each}m", f"--offset_increment={each}m", "--time_based", f"--runtime={seconds}", "--norandommap", "--randrepeat=0", f"--fsync={flush}", "--output-format=json"],
                       capture_output=True, text=True, timeout=seconds + 60)
    job = json.loads(r.stdout[r.stdout.index("{"):])["jobs"][0]
    both = [job["read"], job["write"]]
    latency = (job["sync"]["lat_ns"] if flush else max(both, key=lambda d: d["total_ios"])["clat_ns"])["percentile"]
    return sum(d["iops"] for d in both), latency["50.000000"] / 1e3, latency["99.000000"] / 1e3, sum(d["total_ios"] for d in both)


def run(program, url, cell, seconds, options=()):
    """A cell once: IOPS, p50, p99, I/Os in all. Options are the load generator's for iSCSI."""
    *load, flush = (cell.split("-") + ["0"])[:5]
    return load_iscsi(program, url, *load, seconds, flush, options) if url.startswith("iscsi:") else load_nbd(url, *load, seconds, int(flush))


def kib(cell):
    return int(cell.split("-")[1][:-1])


def label(cell):
    mode, size, depth, connections, *flush = cell.split("-")
    return f"{mode} {size} QD{depth} x{connections}" + (f", flush every {flush[0]}" if flush else "")


def figures_of(program, target, cell, seconds):
    """A cell once, and what it took."""
    cpu, disk = servers.cpu_seconds(target.pids), servers.read_from_disk(target.pids)
    iops, p50, p99, count = run(program, target.url, cell, seconds)
    cpu = (servers.cpu_seconds(target.pids) - cpu) / max(count, 1) * 1e5
    disk = (servers.read_from_disk(target.pids) - disk) / max(count, 1) / (kib(cell) << 10)
    return Figures(iops, p50, p99, cpu, servers.resident_mib(target.pids), disk)


def measure(program, sets, cells, rounds, seconds, warm_up=1, before=lambda: None):
    """For each set of targets its figures by cell and target, a list of rounds each; the first round, of other seconds, only warms up."""
    figures = [{} for _ in sets]
    for n in range(rounds + 1):
        for targets, by_cell in zip(sets, figures):
            for cell in cells:
                for target in targets:
                    before()
                    got = figures_of(program, target, cell, seconds if n else warm_up)
                    if n:
                        by_cell.setdefault(cell, {}).setdefault(target.name, []).append(got)
        print(f"round {n} of {rounds} done", file=sys.stderr)
    return figures


def verify(program, targets, cells):
    """Each cell once more where iscsi-load can, with every byte checked; the first wrong one ends the run."""
    for cell in cells:
        for name, url, _ in targets:
            if name.startswith("quorumd"):
                run(program, url, cell, 1, ["--verify"])
                print(f"{name} {cell}: verified", file=sys.stderr)


def median(rounds):
    return Figures(*(statistics.median(column) for column in zip(*rounds)))


def ratio(ours, its, column):
    """The median of the ratios, round by round."""
    return statistics.median(getattr(a, column) / max(getattr(b, column), .01) for a, b in zip(ours, its))


def print_table(figures):
    print("| load | target | IOPS | quorumd / its | MiB/s | p50 us | p99 us | CPU s/100k | quorumd's / its | RSS MiB | from disk |\n|---|---|---|---|---|---|---|---|---|---|---|")
    for cell, by_target in figures.items():
        ours = by_target["quorumd"]
        for name, rounds in by_target.items():
            m = median(rounds)
            print(f"| {label(cell)} | {name} | {m.iops:.0f} | {ratio(ours, rounds, 'iops'):.2f} | {m.iops * kib(cell) / 1024:.0f} | {m.p50:.0f} | {m.p99:.0f} "
                  f"| {m.cpu:.2f} | {ratio(ours, rounds, 'cpu'):.2f} | {m.resident:.0f} | {m.disk:.2f} |", flush=True)
