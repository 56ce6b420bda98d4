"""Real ZooKeeper servers on loopback: start, ask, end.

A server is a process of this program's own and is ended by its own pid. It binds 127.0.0.1 alone. The jars are those in
ZK_CLASSPATH, else those of Debian's libzookeeper-java and libslf4j-java. ZK_EXTRA holds more flags for every JVM.

    server.py release        which release the jars are
    server.py classpath      where they are
"""
import base64
import fcntl
import functools
import hashlib
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

SUPER = 'super:oracle'
MAIN = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
# file.encoding: up to Java 17 digests of paths use the platform's charset.
# extendedTypesEnabled: else TTL nodes are taken for ephemerals of dead sessions and removed on load.
# checkIntervalMs: the reaper of containers and TTL nodes sleeps for a day.
JVM = ['-Xmx256m', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Dfile.encoding=UTF-8',
       '-Dorg.slf4j.simpleLogger.showThreadName=false', '-Dorg.slf4j.simpleLogger.showShortLogName=true']
ZOOKEEPER = {'preAllocSize': '64', 'extendedTypesEnabled': 'true',
             'DigestAuthenticationProvider.superDigest':
                 'super:' + base64.b64encode(hashlib.sha1(SUPER.encode()).digest()).decode()}


def classpath():
    given = os.environ.get('ZK_CLASSPATH')
    if given:
        return given
    try:
        files = subprocess.run(['dpkg', '-L', 'libzookeeper-java', 'libslf4j-java'], capture_output=True, text=True,
                               check=False).stdout.split('\n')
    except OSError:
        files = []
    jars = [f for f in files if re.search(r'/(zookeeper|slf4j-simple)\.jar$', f)]
    if len(jars) < 2:
        sys.exit('no ZooKeeper here: set ZK_CLASSPATH, or install libzookeeper-java and libslf4j-java')
    return ':'.join(jars)


def jvm(options=None, log='info'):
    """The flags of every JVM: `options` are ZooKeeper's system properties without `zookeeper.`."""
    flags = list(JVM) + ['-Dorg.slf4j.simpleLogger.defaultLogLevel=' + log,
                         '-Dznode.container.checkIntervalMs=86400000']
    flags += ['-Dzookeeper.%s=%s' % item for item in {**ZOOKEEPER, **(options or {})}.items()]
    flags += os.environ.get('ZK_EXTRA', '').split()
    return ['java'] + flags + ['-cp', classpath()]


def release():
    """The release of the jars, as `3.8.0`."""
    run = subprocess.run(['java', '-cp', classpath(), 'org.apache.zookeeper.version.VersionInfoMain'],
                         capture_output=True, text=True, check=False)
    found = re.search(r'version:? (\d+\.\d+\.\d+)', run.stdout + run.stderr)
    if not found:
        sys.exit('these jars tell no release: ' + (run.stderr or run.stdout)[:300])
    return found[1]


# Below the ports that the system gives to connections, and others for each process that runs side by side: what is
# free now is still free when a server wants it, be it a port that only a leader listens on.
OURS, SHARES = 200, 100


def share():
    """The first port of a share that no other process has; a lock holds it until this process ends."""
    for n in range(SHARES):
        n = (os.getpid() + n) % SHARES
        try:
            lock = open(os.path.join(tempfile.gettempdir(), 'zablab-ports-%d.lock' % n), 'w')
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        return lock, 10000 + n * OURS
    sys.exit('no ports are left: %d processes have them' % SHARES)


@functools.cache
def ports():
    """The lock of this process, and its ports, over and over."""
    lock, first = share()
    return lock, itertools.cycle(range(first, first + OURS))


def is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(('127.0.0.1', port))
        except OSError:
            return False
    return True


def free_ports(count):
    """Ports on which nobody listens, and not those given last."""
    free = filter(is_free, itertools.islice(ports()[1], OURS))
    found = list(itertools.islice(free, count))
    if len(found) < count:
        sys.exit('no ports are left: %d were asked for' % count)
    return found


def four_letters(port, word):
    """The answer to a four-letter word; empty when nobody answers."""
    answer = b''
    try:
        with socket.create_connection(('127.0.0.1', port), 2) as s:
            s.sendall(word.encode())
            while part := s.recv(65536):
                answer += part
    except OSError:
        pass
    return answer.decode('utf-8', 'replace')


class Server:
    """One server process on `home` (which holds version-2). With `peers` it is a member of an ensemble.

    Sessions end at multiples of the tick: with a long one those of a directory outlive our questions.
    """

    def __init__(self, home, options=None, log_home=None, tick=600000, peers='', my_id=None, main=MAIN):
        self.home, self.options, self.main = home, options, main
        self.port, = free_ports(1)
        self.process = None
        self.log_file, self.config = home + '.log', home + '.cfg'
        lines = ['tickTime=%d' % tick, 'dataDir=' + home, 'clientPort=%d' % self.port, 'clientPortAddress=127.0.0.1',
                 'admin.enableServer=false', '4lw.commands.whitelist=*', 'maxClientCnxns=0',
                 'minSessionTimeout=1000', 'maxSessionTimeout=600000']
        if log_home:
            lines.append('dataLogDir=' + log_home)
        if peers:
            lines += ['initLimit=20', 'syncLimit=10', peers]
            with open(os.path.join(home, 'myid'), 'w') as f:
                f.write('%d\n' % my_id)
        with open(self.config, 'w') as f:
            f.write('\n'.join(lines) + '\n')

    def start(self, append=False):
        with open(self.log_file, 'ab' if append else 'wb') as log:
            self.process = subprocess.Popen(jvm(self.options) + [self.main, self.config], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, start_new_session=True)
        return self

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def ask(self, word):
        return four_letters(self.port, word) if self.alive() else ''

    def mode(self):
        found = re.search(r'^Mode: (\w+)', self.ask('srvr'), re.M)
        return found[1] if found else None

    def wait_serving(self, seconds=30):
        """True when it serves, False when it ended or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.alive():
            if self.mode():
                return True
            time.sleep(0.02)
        return False

    def stop(self, kill=True):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def log(self):
        """What it wrote; nothing when it was never started."""
        if not os.path.exists(self.log_file):
            return ''
        with open(self.log_file, encoding='utf-8', errors='replace') as f:
            return f.read()

    def metric(self, name):
        found = re.search(r'^zk_%s\s+(-?\d+)' % name, self.ask('mntr'), re.M)
        return int(found[1]) if found else None


if __name__ == '__main__':
    if sys.argv[1:] in (['release'], ['classpath']):
        print(release() if sys.argv[1] == 'release' else classpath())
    else:
        sys.exit(__doc__)
