#!/usr/bin/env python3
"""What fast volumes get while another, whose children take 200 ms per request, is under load: a table.

  ./mvnw -DskipTests package && src/test/perf/neighbour.py > table.md
  neighbour.py [--rounds 5] [--seconds 3] [--dir /var/tmp] [--memory /dev/shm] [--verify] [--java PATH]

One quorumd with one event loop, as on a machine of two processors, has a volume in --memory (tmpfs), one in --dir (a real file
system), and two that are late: of files (nbdfuse over nbdkit) and of NBD exports. The fast ones are measured alone, while one of
the late ones has 32 requests under way, and while the same late volume of another quorumd has: what is later there as well is
so because the late load needs processors, too, and not because it has the event loop. Columns: p99 in microseconds and over that
alone, the ratios taken round by round. Then, by strace, the longest system calls of the event loop.

--verify: then each load once more, with every byte checked. Debian: gcc libiscsi-dev nbdkit libnbd-bin strace; needs root, for
FUSE."""
import contextlib, glob, os, re, shutil, signal, statistics, subprocess, sys, tempfile, time

import loads, servers

LATE = 200  # milliseconds per request
LATE_SIZE = 16 << 20
CELLS = "randread-4k-1-1 randread-4k-32-1 randwrite-4k-1-1 randwrite-4k-32-1".split()
FAST, KINDS = ("memory", "disk"), ("late-files", "late-nbd")


def late_volumes(bench, server):
    images = [f"{server}{i}.img" for i in range(6)]
    for image in images:
        with open(bench.path(image), "wb") as f:
            f.truncate(LATE_SIZE)
    exports = bench.exports(images, images)
    files = [bench.path(f"{server}-file{i}") for i in range(3)]
    for uri, file in zip(servers.nbd_uris(exports), files):
        bench.mount(["nbdfuse", file, uri], os.path.basename(file), file)
    # FUSE lets one write at a time into a file: of eight the last waits for 1.6 seconds.
    return {kind: {"child-timeout": "14s", "children": uris} for kind, uris in zip(KINDS, (["file:" + f for f in files], servers.nbd_uris(exports[3:])))}


def fast_volumes(bench, memory):
    images = [f"disk{i}.img" for i in range(3)]
    bench.images(*images)
    return {"memory": {"size": "1GB", "children": [f"file:{memory}/memory{i}.img" for i in range(3)]}, "disk": {"children": ["file:" + bench.path(i) for i in images]}}


@contextlib.contextmanager
def under_load(program, bench, url, seconds):
    """Keeps 32 requests under way there, none of which the page cache can answer; without a URL nothing."""
    for file in bench.mounts:
        with open(file, "rb") as f:
            os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    late = [("randread", "24"), ("randwrite", "8")] if url else []
    late = [subprocess.Popen([program, url, mode, "4k", depth, "1", str(seconds)], stdout=subprocess.PIPE, text=True) for mode, depth in late]
    time.sleep(.5)
    yield
    for load in late:
        answer = load.communicate()[0]
        if load.returncode:
            sys.exit(f"{url}: {answer}")


def p99_beside(program, bench, fast, late, cell, seconds, turn):
    """By the key of each late volume what the fast one gets; a round, each of which begins elsewhere."""
    got, order = {}, list(late)
    first = turn % len(order)
    for key in order[first:] + order[:first]:
        with under_load(program, bench, late[key], seconds + 1):
            got[key] = loads.run(program, fast, cell, seconds)[2]
    return got


def print_row(cell, volume, kind, rounds):
    alone, here, apart = (statistics.median(r[key] for r in rounds) for key in (None, (kind, "here"), (kind, "apart")))
    later = [statistics.median(r[kind, where] / r[None] for r in rounds) for where in ("here", "apart")]
    print(f"| {loads.label(cell)} | {volume} | {kind} | {alone:.0f} | {here:.0f} | {later[0]:.2f} | {apart:.0f} | {later[1]:.2f} |", flush=True)


def longest_calls(program, bench, pid, late, fast, seconds):
    """In ms, the longest system calls but those that wait for work that the event loops make while both are under load."""
    loops = [task.split("/")[4] for task in glob.glob(f"/proc/{pid}/task/*/comm") if open(task).read().startswith("quorumd-io")]
    trace = bench.path("trace")
    with under_load(program, bench, late, seconds + 2):
        strace = subprocess.Popen(["strace", "-qq", "-T", "-e", "trace=!epoll_wait,epoll_pwait,epoll_pwait2", "-o", trace, *(a for t in loops for a in ("-p", t))])
        time.sleep(.5)
        for cell in ("randread-4k-32-1", "randwrite-4k-32-1"):
            loads.run(program, fast, cell, seconds / 2)
        strace.send_signal(signal.SIGINT)
        strace.wait()
    taken = sorted(float(took) * 1e3 for took in re.findall(r"<([0-9.]+)>$", open(trace).read(), re.MULTILINE))
    return len(taken), taken[int(len(taken) * .999)], taken[-1]


def measure(bench, memory, options):
    program = loads.load_generator(bench)
    here = servers.quorumd(bench, options.java, "here", {**fast_volumes(bench, memory), **late_volumes(bench, "late")}, ["disk", *KINDS], threads=1)
    apart = servers.quorumd(bench, options.java, "apart", late_volumes(bench, "far"), KINDS, threads=1)
    late = {None: None, **{(kind, where): server.urls[kind] for kind in KINDS for where, server in (("here", here), ("apart", apart))}}
    print("| load | volume | beside | p99 us alone | p99 us | / alone | of another server | / alone |\n|---|---|---|---|---|---|---|---|")
    for volume in FAST:
        for cell in CELLS:
            loads.run(program, here.urls[volume], cell, 2)
            rounds = [p99_beside(program, bench, here.urls[volume], late, cell, options.seconds, n) for n in range(options.rounds)]
            for kind in KINDS:
                print_row(cell, volume, kind, rounds)
    for kind in KINDS if shutil.which("strace") else ():
        for volume in FAST:
            calls, most, longest = longest_calls(program, bench, here.pid, here.urls[kind], here.urls[volume], options.seconds)
            print(f"\nThe event loop's system calls, {volume} beside {kind}: {calls}, of which 99.9 % took less than {most:.1f} ms and the longest {longest:.1f} ms.", flush=True)
    if options.verify:
        for volumes, cells in (FAST, CELLS), (KINDS, ["randrw70-64k-8-1"]):
            loads.verify(program, [servers.Target("quorumd", here.urls[v], []) for v in volumes], cells)


def main():
    p = servers.command_line(__doc__, "/var/tmp", rounds=5, seconds=3, memory="/dev/shm")
    p.add_argument("--verify", action="store_true")
    options = p.parse_args()
    bench = servers.Bench(tempfile.mkdtemp(prefix="quorumd-neighbour.", dir=options.dir), delay=LATE)
    memory = tempfile.TemporaryDirectory(prefix="quorumd-neighbour.", dir=options.memory)
    try:
        measure(bench, memory.name, options)
    finally:
        bench.close()
        memory.cleanup()


if __name__ == "__main__":
    main()
