#!/usr/bin/env python3
"""quorumd and what people would use instead where storage makes them wait: tables of medians and ratios.

  ./mvnw -DskipTests package && src/test/perf/slow.py > table.md
  slow.py [--parts flush,cold,delay] [--rounds 5] [--seconds 3] [--dir /var/tmp] [--memory /dev/shm]
          [--rivals tgtd,qemu] [--verify] [--java PATH]
    flush      writes of 4 KiB, at depth 1 a flush after each, at depth 32 one after every 16 of a connection; in --dir and in
               --memory. Latency is that of the flushes
    cold       reads of what is not in the page cache, in --dir: before each run the disks are dropped from it, and it ends after a
               second, before any server is once round its disk and finds it warm
    delay      children are exports of nbdkit, in --memory, each of which takes 5 ms per request; beside QEMU alone
  --dir is a folder of a real file system, --memory one of tmpfs. --verify: then each cell once more on quorumd, with every
  byte checked.

Disks, servers, rivals and columns are compare.py's (Debian: tgt qemu-system-common qemu-block-extra fio gcc libiscsi-dev
nbdkit)."""
import glob, os, tempfile

import loads, servers

DELAY = 5  # milliseconds per request
FLUSH = "randwrite-4k-1-1-1 randwrite-4k-32-1-16 randwrite-4k-32-4-16".split()
COLD = "randread-4k-1-1 randread-4k-32-1 read-64k-8-1".split()
SLOW = "randread-4k-1-1 randread-4k-32-1 randwrite-4k-1-1 randwrite-4k-32-1".split()


def evict(bench):
    """Clean pages only, hence the sync; nobody else's, as drop_caches would."""
    for image in glob.glob(bench.path("**/*.img"), recursive=True):
        with open(image, "rb") as f:
            os.fsync(f.fileno())
            os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def beside_rivals(title, folder, cells, options, rivals, seconds=0, before=lambda bench: None, delay=0):
    """With so few I/Os a second the JVM needs five seconds to have compiled what it runs."""
    bench = servers.Bench(tempfile.mkdtemp(prefix="quorumd-slow.", dir=folder), delay > 0, delay, all_late=True)
    try:
        program = loads.load_generator(bench)
        targets = servers.start_all(bench, options.java, rivals)
        (figures,) = loads.measure(program, [targets], cells, options.rounds, seconds or options.seconds, warm_up=5, before=lambda: before(bench))
        print(f"\n{title}\n")
        loads.print_table(figures)
        if options.verify:
            loads.verify(program, targets, cells)
    finally:
        bench.close()


def main():
    p = servers.command_line(__doc__, "/var/tmp", rounds=5, seconds=3, memory="/dev/shm", parts="flush,cold,delay", rivals="tgtd,qemu")
    p.add_argument("--verify", action="store_true")
    options = p.parse_args()
    rivals = [r for r in options.rivals.split(",") if r]
    parts = {
        "flush": lambda: [beside_rivals(f"Flushes, in {folder}", folder, FLUSH, options, rivals) for folder in (options.dir, options.memory)],
        "cold": lambda: beside_rivals("Not in the page cache", options.dir, COLD, options, rivals, seconds=1, before=evict),
        "delay": lambda: beside_rivals(f"Children that take {DELAY} ms", options.memory, SLOW, options, [r for r in rivals if r == "qemu"], delay=DELAY),
    }
    for part in options.parts.split(","):
        parts[part]()


if __name__ == "__main__":
    main()
