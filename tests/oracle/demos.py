"""demos.py FOLDER NAME : a data loss or a divergence of real servers, shown on real servers.

FOLDER is where the archives of `tests/datadirs` were unpacked. NAME is one of

    dirty-snapshot      TRUNC cuts the log, not a snapshot that already holds what was cut: servers differ for ever
    own-dirty-snapshot  how such a snapshot comes about by itself: a server with a tail that nobody has wins a vote,
                        leads, and writes a snapshot before a single follower is there
    old-majority        two of three servers restored from an old copy elect a leader; the one that has everything is
                        locked out first, and overwritten later
    fuzzy-orphan        replay on a fuzzy snapshot loses a child from its parent (3.9.4), or does not (3.8.0)
    memory-restore      the restore of the admin server is in memory alone, and the zxids stay behind (3.9 and later)

The text of each, for 3.8.0 and 3.9.4, lies in `demos/`.
"""
import base64
import os
import re
import shutil
import socket
import struct
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import files
import judge
import server
from verify import Ensemble
from wire import Wire

TAIL = b'/trunc/lost'


def tell(port, *requests):
    """Sends requests, as `create /path data`, and prints what comes back."""
    wire = Wire(port, 'demo')
    for request in requests:
        op, path, *data = request.split(' ', 2)
        reply = wire.call(op, path=path, **({'data': data[0].encode()} if data else {}))
        shown = {k: v for k, v in reply.items() if k in ('err', 'children')}
        if reply.get('data'):
            shown['data'] = base64.b64decode(reply['data']).decode()
        print('   ', request, '->', hex(reply['zxid']), shown)
    wire.call('closeSession')
    wire.drop()


def state(ensemble):
    for number, m in enumerate(ensemble.members, 1):
        zxid = re.search(r'^Zxid: (\w+)', m.ask('srvr'), re.M)
        print('   server %d: %s %s, currentEpoch and acceptedEpoch %s, wrong digests %s' % (
            number, m.mode() or 'does not serve', zxid[1] if zxid else '', '/'.join(ensemble.epochs(m)),
            m.metric('digest_mismatches_count') if m.mode() else '-'))


def newest(folder, kind):
    return files.names(os.path.join(folder, 'version-2'), kind)[-1]


def without_tail(source, scratch):
    """A copy of the directory whose log ends before the writes that nobody else has."""
    home = judge.Copy(source, [], scratch).home
    path = os.path.join(home, 'version-2', newest(home, 'log'))
    with open(path, 'rb') as f:
        content = f.read()
    lost = [r for r in files.records(content) if TAIL in r.payload]
    print('writes that nobody else has:', [hex(r.zxid) for r in lost])
    os.truncate(path, lost[0].at)
    return home


def start_two_then(ensemble, third):
    """Two servers lead, the third joins."""
    pair = [m for m in ensemble.members if m is not third]
    for m in pair:
        m.start()
    ensemble.serve(pair)
    third.start()
    ensemble.serve(ensemble.members)
    time.sleep(1)


def dirty_snapshot(folder, scratch):
    tail = os.path.join(folder, 'tail')
    clean = without_tail(tail, os.path.join(scratch, 'clean'))
    home = judge.Copy(tail, [], os.path.join(scratch, 'dirty')).home
    alone = server.Server(home)
    alone.start().wait_serving()
    alone.stop()
    for name in ('.log', '.cfg'):
        os.remove(home + name)
    print('a snapshot with them, on server 3:', newest(home, 'snapshot'))
    for log in files.names(os.path.join(home, 'version-2'), 'log'):
        shutil.copy(os.path.join(tail, 'version-2', log), os.path.join(home, 'version-2'))
    ensemble = Ensemble([clean, clean, home], scratch)
    try:
        start_two_then(ensemble, ensemble.members[2])
        state(ensemble)
        for number in (1, 3):
            print('on server %d:' % number)
            tell(ensemble.members[number - 1].port, 'getChildren /trunc')
        print('a write to a path that only server 3 has:')
        tell(ensemble.members[0].port, 'create /trunc/lost1 NEW')
        time.sleep(0.5)
        for number, m in enumerate(ensemble.members, 1):
            print('on server %d:' % number)
            tell(m.port, 'getData /trunc/lost1')
        state(ensemble)
    finally:
        ensemble.stop()


class Voter(threading.Thread):
    """Answers the election of one real server with its own vote, as if a second server agreed."""

    def __init__(self, port, leader):
        super().__init__(daemon=True)
        self.leader, self.s = leader, socket.socket()
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.s.bind(('127.0.0.1', port))
        self.s.listen(5)
        self.s.settimeout(20)
        self.ended = threading.Event()

    def run(self):
        try:
            conn, _ = self.s.accept()
            conn.settimeout(20)
            _, sid, length = struct.unpack('>qqi', self.take(conn, 20))
            self.take(conn, length)
            size, = struct.unpack('>i', self.take(conn, 4))
            _, _, zxid, election, epoch, _ = struct.unpack('>iqqqqi', self.take(conn, 40))
            config = self.take(conn, size - 40)
            print('server %d asks: zxid %#x, round %d, peerEpoch %d; the voter agrees' % (sid, zxid, election, epoch))
            vote = struct.pack('>iqqqqi', 0, self.leader, zxid, election, epoch, 2) + config
            conn.sendall(struct.pack('>i', len(vote)) + vote)
            self.ended.wait(20)
            conn.close()
        except (OSError, EOFError) as e:
            print('the voter ended:', type(e).__name__)
        self.s.close()

    @staticmethod
    def take(conn, count):
        taken = b''
        while len(taken) < count:
            part = conn.recv(count - len(taken))
            if not part:
                raise EOFError
            taken += part
        return taken


def own_dirty_snapshot(folder, scratch):
    tail = os.path.join(folder, 'tail')
    clean = without_tail(tail, os.path.join(scratch, 'clean'))
    ensemble = Ensemble([clean, clean, tail], scratch)
    third = ensemble.members[2]
    with open(third.config) as f:
        port = int(re.search(r'^server\.1=127\.0\.0\.1:\d+:(\d+)', f.read(), re.M)[1])
    print('newest snapshot of server 3 before:', newest(third.home, 'snapshot'))
    voter = Voter(port, 3)
    voter.start()
    try:
        third.start()
        end = time.monotonic() + 20
        while 'LEADER ELECTION TOOK' not in third.log() and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(1)
        third.stop()
        voter.ended.set()
        voter.join()
        print('newest snapshot of server 3 after it led alone:', newest(third.home, 'snapshot'))
        start_two_then(ensemble, third)
        state(ensemble)
        for number in (1, 3):
            print('on server %d:' % number)
            tell(ensemble.members[number - 1].port, 'getChildren /trunc')
    finally:
        ensemble.stop()


def old_majority(folder, scratch):
    old = os.path.join(folder, 'killed')
    ensemble = Ensemble([old, old, os.path.join(folder, 's3')], scratch)
    first, second, third = ensemble.members
    try:
        for m in (first, second):
            m.start()
        ensemble.serve([first, second])
        print('two old servers serve:')
        state(ensemble)
        third.start()
        time.sleep(5)
        print('the third, which has everything, is locked out by its acceptedEpoch:')
        state(ensemble)
        third.stop()
        for _ in range(3):
            for m in (first, second):
                m.stop()
            for m in (first, second):
                m.start()
            ensemble.serve([first, second])
        print('after three more elections of the two:')
        state(ensemble)
        third.start()
        ensemble.serve([third])
        time.sleep(1)
        print('the third joins:')
        state(ensemble)
        print('what was committed behind the old copy:')
        tell(third.port, 'exists /final', 'exists /afterkill')
    finally:
        ensemble.stop()


def fuzzy_orphan(_, scratch):
    home = os.path.join(scratch, 'one')
    os.makedirs(home)
    one = server.Server(home)
    try:
        one.start().wait_serving()
        tell(one.port, 'create /p', 'create /other')
        begun = re.search(r'Zxid: 0x(\w+)', one.ask('srvr'))[1]
        tell(one.port, 'delete /p', 'create /p', 'create /p/k')
        one.stop()
        kept = judge.Copy(home, [], os.path.join(scratch, 'later')).home
        later = server.Server(kept)
        later.start().wait_serving()
        later.stop()
        for name in files.names(os.path.join(home, 'version-2'), 'snapshot'):
            os.remove(os.path.join(home, 'version-2', name))
        shutil.copy(os.path.join(kept, 'version-2', newest(kept, 'snapshot')),
                    os.path.join(home, 'version-2', 'snapshot.' + begun))
        print('snapshot.%s, begun after the first two writes, saw /p after the last; the log is whole' % begun)
        one.start().wait_serving()
        tell(one.port, 'getChildren /p', 'exists /p/k')
        print('wrong digests:', one.metric('digest_mismatches_count'))
    finally:
        one.stop()


def memory_restore(_, scratch):
    def with_admin(name):
        home = os.path.join(scratch, name)
        os.makedirs(home, exist_ok=True)
        one = server.Server(home)
        one.admin, = server.free_ports(1)
        with open(one.config, 'a') as f:
            f.write('admin.enableServer=true\nadmin.serverAddress=127.0.0.1\nadmin.serverPort=%d\n'
                    'admin.rateLimiterIntervalInMS=1\n' % one.admin)
        one.start().wait_serving()
        return one

    def admin(one, command, body=None):
        request = urllib.request.Request('http://127.0.0.1:%d/commands/%s' % (one.admin, command), data=body)
        request.add_header('Authorization', 'digest ' + server.SUPER)
        if body is not None:
            request.add_header('Content-Type', 'application/octet-stream')
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    first = second = None
    try:
        first = with_admin('first')
        tell(first.port, 'create /a', 'create /a/1', *('create /x%d' % i for i in range(4)))
        try:
            snapshot = admin(first, 'snapshot?streaming=true')
        except urllib.error.URLError as e:
            print('no such command:', e)
            return
        second = with_admin('second')
        tell(second.port, 'create /own')
        print('restore:', ' '.join(admin(second, 'restore', snapshot).decode().split()))
        tell(second.port, 'exists /own', 'exists /a/1', 'create /after')
        print('files:', sorted(os.listdir(os.path.join(second.home, 'version-2'))))
        second.stop()
        second.start().wait_serving()
        print('after a restart:')
        tell(second.port, 'exists /a/1', 'exists /own', 'exists /after')
        print('wrong digests:', second.metric('digest_mismatches_count'))
    finally:
        for one in (first, second):
            if one:
                one.stop()


DEMOS = {f.__name__.replace('_', '-'): f for f in (dirty_snapshot, own_dirty_snapshot, old_majority, fuzzy_orphan,
                                                   memory_restore)}

if __name__ == '__main__':
    if len(sys.argv) != 3 or sys.argv[2] not in DEMOS:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as place:
        DEMOS[sys.argv[2]](sys.argv[1], place)
