#!/bin/bash
# Starts and ends the service once in a folder that is thrown away, so that the JVM writes what it learned to the file $1:
# classes loaded and linked, methods profiled. Such a cache serves only the JVM that wrote it.
set -eu
work=$(mktemp -d)
cd "$work"
java -XX:AOTCacheOutput="$1" -XX:+UseSerialGC -Xmn8m -XX:MaxTenuringThreshold=4 -Djava.library.path=/app/native -jar /app/quorumd.jar & pid=$!
for _ in $(seq 600); do
    /app/healthcheck.sh 2>/dev/null && break
    kill -0 "$pid"
    sleep 0.2
done
/app/healthcheck.sh
kill "$pid"
wait "$pid" || [ $? = 143 ]
[ -s "$1" ]
chmod 644 "$1"
rm -rf "$work" /tmp/hsperfdata_*
