#!/usr/bin/env python3
"""How long a start takes, until the first login is answered: a table.

  ./mvnw -DskipTests package && src/test/perf/start.py > table.md
  start.py [--rounds 5] [--dir /dev/shm] [--java PATH]

The jar as it is, and as the image has it: unpacked, with a cache of what the JVM learned in one start (AOT cache). One
volume of three sparse files, made before. Seconds since the start of the process, its CPU seconds, resident MiB."""
import os, statistics, subprocess, sys, tempfile, time

import servers


def start(bench, command, url):
    """Starts, logs in, stops; seconds, CPU seconds and MiB at the first login."""
    began = time.monotonic()
    with open(bench.path("log"), "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=bench.folder)
    bench.servers.append(server)
    while subprocess.run(["iscsi-inq", url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        if server.poll() is not None or time.monotonic() - began > 60:
            sys.exit("did not start:\n" + open(bench.path("log")).read()[-3000:])
        time.sleep(.02)
    took = time.monotonic() - began, servers.cpu_seconds([server.pid]), servers.resident_mib([server.pid])
    bench.stop_last()
    return took


def main():
    options = servers.command_line(__doc__, "/dev/shm", rounds=5).parse_args()
    bench = servers.Bench(tempfile.mkdtemp(prefix="quorumd-start.", dir=options.dir))
    try:
        java = [options.java, *servers.JVM_OPTIONS]
        unpacked, cache = bench.path("unpacked"), bench.path("aot")
        subprocess.run([options.java, "-Djarmode=tools", "-jar", servers.JAR, "extract", "--destination", unpacked], check=True, stdout=subprocess.DEVNULL)
        main_jar = os.path.join(unpacked, "quorumd.jar")
        port, _ = servers.configure(bench.folder, {"disk0": {"size": "1GB", "children": [f"file:{c}.img" for c in "abc"]}})
        url = servers.url(port, "disk0")
        start(bench, [*java, "-jar", servers.JAR], url)
        start(bench, [*java, "-XX:AOTCacheOutput=" + cache, "-jar", main_jar], url)
        ways = {"the jar": [*java, "-jar", servers.JAR], "unpacked": [*java, "-jar", main_jar], "unpacked, AOT cache": [*java, "-XX:AOTCache=" + cache, "-jar", main_jar]}
        figures = {way: [] for way in ways}
        for _ in range(options.rounds):
            for way, command in ways.items():
                figures[way].append(start(bench, command, url))
        print("| | s to the first login | CPU s | RSS MiB |\n|---|---|---|---|")
        for way, rounds in figures.items():
            seconds, cpu, rss = (statistics.median(r[i] for r in rounds) for i in range(3))
            print(f"| {way} | {seconds:.1f} | {cpu:.1f} | {rss:.0f} |")
    finally:
        bench.close()


if __name__ == "__main__":
    main()
