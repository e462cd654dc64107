#!/usr/bin/env python3
"""How long a start takes, until the first login is answered: a table.

  ./mvnw -DskipTests package && src/test/perf/start.py > table.md
  start.py [--rounds 5] [--dir /dev/shm] [--java PATH]

The jar as it is, and as the image has it: unpacked, with a cache of what the JVM learned in one start (AOT cache). One
volume of three sparse files, made before. Seconds since the start of the process, its CPU seconds, resident MiB."""
import argparse, os, signal, statistics, subprocess, sys, tempfile, time

import compare

HERE = os.path.dirname(os.path.abspath(__file__))


def configure(bench):
    port, http = compare.free_port(), compare.free_port()
    children = ", ".join(f'{{node-name: {c}, uri: "file:{c}.img"}}' for c in "abc")
    with open(bench.path("application.yaml"), "w") as f:
        f.write(f"""server: {{port: {http}}}
quorumd:
  state-dir: state
  iscsi: {{portals: ["127.0.0.1:{port}"]}}
  volumes: [{{name: disk0, size: 1GB, children: [{children}]}}]
""")
    return f"iscsi://127.0.0.1:{port}/iqn.2026-11.io.quorumd:disk0/0"


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
    took = time.monotonic() - began, compare.cpu_seconds([server.pid]), compare.resident_mib([server.pid])
    server.terminate()
    server.wait()
    bench.servers.remove(server)
    return took


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--dir", default="/dev/shm")
    p.add_argument("--java", default=compare.default_java())
    options = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = compare.Bench(tempfile.mkdtemp(prefix="quorumd-start.", dir=options.dir), False, 0)
    try:
        java = [options.java, *compare.JVM_OPTIONS]
        jar = os.path.abspath(os.path.join(HERE, "..", "..", "..", "target", "quorumd.jar"))
        unpacked, cache = bench.path("unpacked"), bench.path("aot")
        subprocess.run([options.java, "-Djarmode=tools", "-jar", jar, "extract", "--destination", unpacked], check=True, stdout=subprocess.DEVNULL)
        main_jar = os.path.join(unpacked, "quorumd.jar")
        url = configure(bench)
        start(bench, [*java, "-jar", jar], url)
        start(bench, [*java, "-XX:AOTCacheOutput=" + cache, "-jar", main_jar], url)
        ways = {"the jar": [*java, "-jar", jar], "unpacked": [*java, "-jar", main_jar], "unpacked, AOT cache": [*java, "-XX:AOTCache=" + cache, "-jar", main_jar]}
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
