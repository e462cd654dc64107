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
    --drift: a second table, of the first five rounds beside the last five: what time does to a server (15 rounds: an hour)
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
figure on a noisy machine) and quorumd's by its; resident memory; what the server had read from disk, by the kernel's count,
over what it was asked for. Every round goes through all of them before the next begins, and ratios are taken round by round,
so that drift of the machine hits all alike."""
import contextlib, tempfile

import loads, plot, servers

CELLS = ("randread-4k-1-1 randread-4k-32-1 randread-4k-32-4 randwrite-4k-1-1 randwrite-4k-32-1 randwrite-4k-32-4 "
         "randrw70-4k-32-1 read-64k-8-1 write-64k-8-1 read-256k-8-1 write-256k-8-1").split()


def print_drift(figures):
    """The rivals' rows tell what the machine did meanwhile."""
    print("\n| load | target | CPU s/100k, first | last | last / first | RSS MiB, first | last |\n|---|---|---|---|---|---|---|")
    for cell, by_target in figures.items():
        for name, rounds in by_target.items():
            first, last = loads.median(rounds[:5]), loads.median(rounds[-5:])
            print(f"| {loads.label(cell)} | {name} | {first.cpu:.2f} | {last.cpu:.2f} | {last.cpu / max(first.cpu, .01):.2f} | {first.resident:.0f} | {last.resident:.0f} |")


def main():
    p = servers.command_line(__doc__, "/dev/shm", rounds=5, seconds=3)
    p.add_argument("--rivals", default="tgtd,qemu,stack")
    p.add_argument("--cells", default=",".join(CELLS))
    p.add_argument("--remote", action="store_true")
    p.add_argument("--delay", type=int, default=0)
    p.add_argument("--verify", action="store_true")
    p.add_argument("--drift", action="store_true")
    p.add_argument("--plot", type=plot.file, metavar="FILE.svg")
    options = p.parse_args()
    if options.delay and not options.remote:
        p.error("--delay needs --remote: files do not answer late")
    if options.drift and options.rounds < 10:
        p.error("--drift compares the first five rounds with the last five: --rounds 10 at least")
    folders, cells, rivals = options.dir.split(","), options.cells.split(","), [r for r in options.rivals.split(",") if r]
    if options.plot and len(folders) > 1:
        p.error("--plot draws what is measured in one --dir")
    with contextlib.ExitStack() as at_end:
        benches = []
        for folder in folders:
            benches.append(servers.Bench(tempfile.mkdtemp(prefix="quorumd-compare.", dir=folder), options.remote, options.delay))
            at_end.callback(benches[-1].close)
        program = loads.load_generator(benches[0])
        sets = [servers.start_all(bench, options.java, rivals) for bench in benches]
        for folder, targets, figures in zip(folders, sets, loads.measure(program, sets, cells, options.rounds, options.seconds)):
            print(f"\n{folder}:\n")
            loads.print_table(figures)
            if options.drift:
                print_drift(figures)
            if options.plot:
                plot.bars(figures, options.plot)
            if options.verify:
                loads.verify(program, targets, cells)


if __name__ == "__main__":
    main()
