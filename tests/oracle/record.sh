#!/bin/sh
# record.sh RELEASE GENERATOR.py OUT.json [generator arguments...]
#
# Starts an empty standalone server on a free loopback port, lets the generator record a trace against it, ends it.
# RELEASE (3.8.0, 3.9.4) goes into the trace and is checked against what the server says about itself.
# ZK_CLASSPATH: the server's jars; without it the jars of Debian's libzookeeper-java and libslf4j-java are used.
# ZK_EXTRA: more JVM flags, noted in the trace.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
release=$1 generator=$2 out=$3
shift 3

classpath() {
  if [ -n "${ZK_CLASSPATH:-}" ]; then echo "$ZK_CLASSPATH"; return; fi
  dpkg -L libzookeeper-java libslf4j-java | grep -E '/(zookeeper|slf4j-simple)\.jar$' | tr '\n' ':'
}

port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
dir=$(mktemp -d)
super=$(printf 'super:oracle' | openssl dgst -sha1 -binary | base64)
printf '%s\n' tickTime=500 "dataDir=$dir/data" "clientPort=$port" clientPortAddress=127.0.0.1 \
  admin.enableServer=false '4lw.commands.whitelist=*' maxClientCnxns=0 \
  minSessionTimeout=1000 maxSessionTimeout=600000 >"$dir/zoo.cfg"

# The reaper of containers and TTL nodes would act on its own every minute: it is put to sleep.
java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dfile.encoding=UTF-8 -Dzookeeper.preAllocSize=64 \
  -Dzookeeper.extendedTypesEnabled=true -Dznode.container.checkIntervalMs=86400000 \
  "-Dzookeeper.DigestAuthenticationProvider.superDigest=super:$super" ${ZK_EXTRA:-} \
  -Dorg.slf4j.simpleLogger.defaultLogLevel="${ZK_LOGLEVEL:-warn}" -cp "$(classpath)" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain "$dir/zoo.cfg" >"$dir/log" 2>&1 &
pid=$!
trap 'kill -KILL $pid 2>/dev/null || true; rm -rf "$dir"' EXIT

python3 "$here/wait_serving.py" "$port" "$release"
status=0
python3 "$here/$generator" "$port" "$out" --server \
  "ZooKeeper $release, standalone, empty data dir, tickTime 500, session timeout 1000..600000, extendedTypesEnabled${ZK_EXTRA:+, $ZK_EXTRA}" \
  "$@" || status=$?
if [ -n "${ZK_KEEP_LOG:-}" ]; then cp "$dir/log" "$ZK_KEEP_LOG"; fi
exit $status
