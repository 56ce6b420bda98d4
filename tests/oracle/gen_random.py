#!/usr/bin/env python3
"""gen_random.py PORT OUT.json --server TEXT --seed N [--steps 150] [--profile NAME] : a random trace.

Needs an EMPTY standalone server (see record.py). Several clients send requests of every kind, sensible and odd ones;
the profile decides how often each kind comes. The choices depend on the seed and on what the server answered, never on
times or session ids, so the same seed gives the same trace again. Requests known to end the server process, or to
spoil its log, are only sent by the profile `poison`.
"""
import argparse
import base64
import hashlib
import random

from recorder import Recorder
from wire import OPEN, acls, buf, i32, ustr

NAMES = ('a', 'b', 'c', 'd', 'n-', 'é', '日本', 'x y', '...')
BAD = ('', 'a', '/a/', '//', '/a//b', '/a/.', '/a/../b', '/..', '/c\x01', '/\x7f', '/\x9f', '/\ue000', '/\uf8ff', '/\ufff0',
       '/\U0001f600', '/n\0', None)
SPECIAL = ('/', '/', '/zookeeper', '/zookeeper/config', '/zookeeper/quota', '/zookeeper/quota/a')
DATA = (b'', b'', None, b'x', b'hello', b'0123456789' * 5, b'\x00\xff\xfe', 'é日'.encode())
USERS = ('u1:p1', 'u2:p2')
MS_SHORT = 1500


def digest(user):
    return user.split(':')[0] + ':' + base64.b64encode(hashlib.sha1(user.encode()).digest()).decode()


GARBAGE_ACLS = (None, [], [(31, 'nope', 'x')], [(31, 'world', 'nobody')], [(31, 'digest', 'nocolon')], [(31, 'digest', None)], [(31, None, 'x')],
                [(31, 'ip', '300.1.1.1')], [(31, 'ip', '127.0.0.1/33')], [(31, 'x509', 'CN=a')], [(31, 'sasl', 'bob')], [(31, 'super', '')],
                [(31, 'world', 'anyone'), (31, 'nope', 'x')])
GOOD_ACLS = ([(31, 'auth', '')], [(31, 'auth', ''), (1, 'world', 'anyone')], [(31, 'digest', digest('u1:p1'))],
             [(31, 'digest', digest('u1:p1')), (1, 'digest', digest('u2:p2'))], [(31, 'digest', digest('u2:p2')), (15, 'world', 'anyone')],
             [(31, 'ip', '127.0.0.0/8')], [(31, 'ip', '10.0.0.0/8'), (1, 'world', 'anyone')], [(1, 'world', 'anyone')], [(30, 'world', 'anyone')],
             [(15, 'world', 'anyone')], [(16, 'world', 'anyone'), (31, 'digest', digest('u1:p1'))], [(31, 'world', 'anyone')] * 2, [(0, 'world', 'anyone')],
             [(27, 'world', 'anyone'), (31, 'auth', '')], [(23, 'world', 'anyone'), (31, 'digest', digest('u2:p2'))])

MIXED = dict(create=10, create2=4, seq=5, container=2, ttl=2, delete=8, setData=8, setACL=3, read=14, readwatch=8, multi=8, multiRead=3, addWatch=4,
             removeWatches=2, checkWatches=2, setWatches=2, setWatches2=2, list=4, whoAmI=1, reconfig=1, sync=1, ping=1, auth=2, session=4, oddflags=3, raw=1)
PROFILES = {
    'mixed': MIXED,
    'watches': dict(MIXED, readwatch=25, addWatch=14, removeWatches=8, checkWatches=8, setWatches=6, setWatches2=6, read=3, auth=1, session=3, raw=0, oddflags=0),
    'multi': dict(MIXED, multi=45, multiRead=10, read=4, session=1, addWatch=3),
    'acl': dict(MIXED, auth=12, setACL=14, read=18, list=8, session=3, readwatch=8),
    'sessions': dict(MIXED, session=30, seq=12, create=10, readwatch=8),
    'sequences': dict(MIXED, seq=40, delete=18, create=14, multi=10, session=3),
    'odd': dict(MIXED, oddflags=16, raw=10, reconfig=3, ttl=8, container=8),
    'quota': dict(MIXED, quota=30, create=14, setData=14, delete=12, session=2),
    'poison': dict(MIXED, check=12, odd20=6, session=2),
}


class Walk:
    """One random walk; the names of the methods that choose a request are the kinds in the profiles."""

    def __init__(self, rec, rng, profile):
        self.rec, self.r, self.profile = rec, rng, profile
        self.kinds, self.weights = zip(*[(k, w) for k, w in PROFILES[profile].items() if w])
        self.paths, self.versions, self.zxid = ['/a'], {}, 0
        self.names, self.next_name = [], 0
        self.short = set()
        self.odd = profile in ('odd', 'mixed', 'poison')
        self.expiries = 0

    # what to name, write and expect

    def chance(self, p):
        return self.r.random() < p

    def path(self, new=False):
        x = self.r.random()
        if x < (0.03 if not self.odd else 0.09):
            return self.r.choice(BAD)
        if x < 0.14:
            return self.r.choice(SPECIAL)
        if new or x < 0.3:
            parent = self.r.choice(['/'] + self.paths)
            if parent.count('/') > 4:
                parent = '/'
            return (parent if parent != '/' else '') + '/' + self.r.choice(NAMES)
        return self.r.choice(self.paths)

    def some_paths(self):
        return [self.path() for _ in range(self.r.randrange(4))]

    def data(self):
        return self.r.choice(DATA)

    def acl(self):
        x = self.r.random()
        p = 0.8 if self.profile == 'acl' else 0.15
        if x > p:
            return OPEN
        return self.r.choice(GARBAGE_ACLS if x < p * 0.25 else GOOD_ACLS)

    def version(self, path):
        x = self.r.random()
        if x < 0.4:
            return -1
        if x < 0.75:
            return self.versions.get(path, 0)
        return self.r.choice((0, 1, 2, -2, 99, 2147483647, -2147483648))

    def args(self, **a):
        return a

    def maybe(self, a, key, value, p):
        if self.chance(p):
            a[key] = value
        return a

    # the kinds of requests: each gives (operation, arguments)

    def create(self, op='create'):
        a = self.args(path=self.path(new=True), flags=self.r.choice((0, 0, 0, 0, 1, 1, 2, 3)), data=self.data())
        if self.chance(0.4) or self.profile == 'acl':
            a['acl'] = self.acl()
        return op, a

    def create2(self):
        return self.create('create2')

    def seq(self):
        parent = self.r.choice(['/'] + self.paths)
        name = self.r.choice(('n-', 'n-', '', 'é-', '..'))
        if self.chance(0.15):
            name = 'n-%010d' % self.r.randrange(6)
            return 'create', self.args(path=(parent if parent != '/' else '') + '/' + name)
        return self.r.choice(('create', 'create2')), self.args(path=(parent if parent != '/' else '') + '/' + name, flags=self.r.choice((2, 3)))

    def container(self):
        return 'createContainer', self.maybe(self.args(path=self.path(new=True), data=self.data()), 'flags', self.r.choice((0, 1, 2, 3, 5, 99)), 0.3)

    def ttl(self):
        a = self.args(path=self.path(new=True), ttl=self.r.choice((1, 5000, 10 ** 9, (1 << 40) - 1, 1 << 40, 0, -1)))
        flags = self.r.choice((0, 1, 2, 3, 4, 6, 6, 7, -1))
        if self.chance(0.5) and not (a['ttl'] < 0 and 0 <= flags <= 4):
            a['flags'] = flags
        return 'createTTL', a

    def oddflags(self):
        op = self.r.choice(('create', 'create2', 'createContainer'))
        return op, self.args(path=self.path(new=True), flags=self.r.choice((-1, 4, 5, 6, 7, 99)))

    def delete(self):
        p = self.path()
        return 'delete', self.maybe(self.args(path=p), 'version', self.version(p), 0.5)

    def setData(self):
        p = self.path()
        return 'setData', self.maybe(self.args(path=p, data=self.data()), 'version', self.version(p), 0.6)

    def setACL(self):
        p = self.path()
        if p in ('/', '/zookeeper', '/zookeeper/quota') and self.chance(0.7):
            p = self.r.choice(self.paths)
        return 'setACL', self.args(path=p, acl=self.acl() if self.chance(0.7) else OPEN, version=self.r.choice((-1, -1, 0, 1, -2)))

    def read(self):
        return self.r.choice(('exists', 'getData', 'getChildren', 'getChildren2', 'getACL')), self.args(path=self.path())

    def readwatch(self):
        return self.r.choice(('exists', 'exists', 'getData', 'getChildren', 'getChildren2')), self.args(path=self.path(), watch=True)

    def list(self):
        op = self.r.choice(('getEphemerals', 'getEphemerals', 'getAllChildrenNumber', 'getChildren2', 'getACL'))
        p = self.r.choice(('/', '/a', '', ' ', None, '/a/b', '/n')) if op == 'getEphemerals' and self.chance(0.7) else self.path()
        return op, self.args(path=p)

    def whoAmI(self):
        return 'whoAmI', {}

    def ping(self):
        return 'ping', {}

    def sync(self):
        return 'sync', self.args(path=self.path())

    def reconfig(self):
        return 'reconfig', self.r.choice(({}, self.args(joining='server.2=h:1:2;3', leaving=None, members=None, version=-1),
                                          self.args(joining=None, leaving='1', members=None, version=5)))

    def addWatch(self):
        return 'addWatch', self.args(path=self.path(), mode=self.r.choice((0, 0, 0, 1, 1, 1, 2, 7, -1)))

    def removeWatches(self):
        return 'removeWatches', self.args(path=self.path(), type=self.r.choice((1, 2, 3, 3, 4, 5, 6, 7)))

    def checkWatches(self):
        return 'checkWatches', self.args(path=self.path(), type=self.r.choice((1, 2, 3, 4, 5, 6, 7)))

    def setWatches(self, op='setWatches'):
        z = self.r.choice((0, -1, self.zxid, max(0, self.zxid - 5), max(0, self.zxid - 40), 1 << 40))
        a = self.args(zxid=z, data=self.some_paths(), exist=self.some_paths(), child=self.some_paths())
        if op == 'setWatches2':
            a.update(persistent=self.some_paths(), recursive=self.some_paths())
        return op, a

    def setWatches2(self):
        return self.setWatches('setWatches2')

    def check(self):
        p = self.path()
        return 'check', self.args(path=p, version=self.version(p))

    def odd20(self):
        return 'raw', self.args(type=20, body=self.r.choice((ustr(self.r.choice(self.paths)), b'', b'/a')))

    def part(self):
        kind = self.r.choice(('create', 'create', 'create', 'seq', 'create2', 'container', 'ttl', 'delete', 'setData', 'setData', 'check', 'check'))
        return getattr(self, kind)()

    def multi(self):
        ops = [self.part() for _ in range(self.r.choice((0, 1, 2, 2, 3, 3, 4, 5)))]
        known = [p for p in self.paths if p in self.versions]
        if self.chance(0.5) and known:  # one that is likely to succeed
            p, new = self.r.choice(known), self.r.choice(NAMES)
            base = p if p != '/' else ''
            ops = [('check', self.args(path=p, version=self.versions[p])), ('create', self.args(path=base + '/' + new, data=b'm')),
                   ('setData', self.args(path=p, data=b'm', version=self.versions[p])), ('create', self.args(path=base + '/' + new + '/k', flags=self.r.choice((0, 1, 2)))),
                   ('delete', self.args(path=base + '/' + new))]
            ops = ops[:self.r.randrange(1, 5)] if self.chance(0.7) else [o for o in ops if self.chance(0.7)]
        if self.chance(0.12):
            ops.insert(self.r.randrange(len(ops) + 1), self.r.choice((
                ('setACL', self.args(path='/a', acl=OPEN)), ('getData', self.args(path='/a')), ('getChildren', self.args(path='/a')), ('sync', self.args(path='/a')),
                ('exists', self.args(path='/a')), ('multi', self.args(ops=[])), ('raw', self.args(type=99, body=b'')), ('raw', self.args(type=20, body=ustr('/a'))))))
        return 'multi', self.args(ops=ops)

    def multiRead(self):
        ops = []
        for _ in range(self.r.randrange(5)):
            a = self.args(path=self.path())
            ops.append((self.r.choice(('getData', 'getChildren')), self.maybe(a, 'watch', True, 0.3)))
        if self.chance(0.1):
            ops.append(self.r.choice((('exists', self.args(path='/a')), ('create', self.args(path='/mr')), ('getACL', self.args(path='/a')))))
        return 'multiRead', self.args(ops=ops)

    def auth(self):
        x = self.r.random()
        if x < 0.2:
            return 'auth', self.r.choice((self.args(scheme='nope', auth=b'x'), self.args(scheme='sasl', auth=b'x'), self.args(scheme='digest', auth=None),
                                          self.args(scheme=None, auth=b'x')))
        if x < 0.35:
            return 'auth', self.r.choice((self.args(scheme='ip', auth=b'1.2.3.4'), self.args(scheme='digest', auth=b'super:wrong'), self.args(scheme='digest', auth=b'')))
        if x < 0.45:
            return 'auth', self.args(scheme='digest', auth=b'super:oracle')
        return 'auth', self.args(scheme='digest', auth=self.r.choice(USERS).encode())

    def raw(self):
        return 'raw', self.r.choice((
            self.args(type=1, body=b''), self.args(type=1, body=ustr('/a')), self.args(type=5, body=ustr('/a') + i32(-9)), self.args(type=4, body=i32(1 << 30)),
            self.args(type=14, body=b'\0\0'), self.args(type=22, body=b''), self.args(type=0, body=b''), self.args(type=99, body=b''), self.args(type=-1, body=b''),
            self.args(type=1, body=ustr('/raw') + buf(b'x') + acls(OPEN) + i32(0) + b'more'), self.args(type=2, body=ustr('/a')), self.args(type=7, body=ustr('/a') + i32(-1)),
            self.args(type=101, body=b''), self.args(type=106, body=ustr('/a')), self.args(type=103, body=b''), self.args(type=107, body=b'junk')))

    def quota(self):
        p = self.r.choice(('/a', '/a/b', '/b', '/a/c'))
        q = '/zookeeper/quota' + p
        node = q + '/' + self.r.choice(('zookeeper_limits', 'zookeeper_stats'))
        limits = self.r.choice((b'count=2,bytes=10', b'count=-1,bytes=-1', b'count=100,bytes=1000', b'', b'x', b'count=5,bytes=50;byteHardLimit=5;countHardLimit=2'))
        x = self.r.random()
        if x < 0.2:
            return 'create', self.args(path=q)
        if x < 0.5:
            return 'create', self.args(path=node, data=limits if node.endswith('limits') else b'count=0,bytes=0')
        if x < 0.85:
            return 'getData', self.args(path=node)
        if x < 0.93:
            return 'setData', self.args(path=node, data=limits if node.endswith('limits') else b'count=7,bytes=70')
        return 'delete', self.args(path=node)

    # sessions: these act on their own

    def new_client(self, **kw):
        name = 'C%d' % self.next_name
        self.next_name += 1
        reply = self.rec.connect(name, **kw)['reply']
        if 'session' in reply and int(reply['session'], 16):
            self.names.append(name)
            if reply['timeout'] < 10000:
                self.short.add(name)
            return name
        return None

    def forget(self, name):
        self.names.remove(name)
        self.short.discard(name)

    def end(self, name):
        """The session of a client whose connection is gone: it comes back, or it is left to expire."""
        c = self.rec.clients[name]
        short = name in self.short
        if (short and self.chance(0.5) and self.expiries < 3 and len(self.names) > 1) and self.others_can_wait(name):
            self.expiries += 1
            self.rec.expire(name)
            self.forget(name)
            if self.chance(0.5):
                self.new_client(timeout=60000, session=c.session, passwd=c.passwd)
            return
        kw = dict(timeout=self.r.choice((60000, 30000, 100000, MS_SHORT if short else 90000)), session=c.session, passwd=c.passwd)
        self.maybe(kw, 'last', self.zxid, 0.3)
        reply = self.rec.connect(name, **kw)['reply']
        if reply.get('timeout', 0) >= 10000:
            self.short.discard(name)
        if 'connection' in reply or int(reply['session'], 16) == 0:
            self.forget(name)

    def others_can_wait(self, name):
        """Nobody else's session may run out meanwhile."""
        return all(not self.rec.clients[n].closed for n in self.names if n != name)

    def session(self):
        if len(self.names) < 3:
            return self.new_client(timeout=60000)
        name = self.r.choice(self.names)
        c = self.rec.clients[name]
        x = self.r.random()
        if x < 0.12 and not self.short:
            return self.new_client(timeout=self.r.choice((0, 1, -1, MS_SHORT, 999)))
        if x < 0.2:
            return self.new_client(timeout=self.r.choice((60000, 600001, 2147483647)))
        if x < 0.26:
            return self.new_client(timeout=60000, last=self.r.choice((1 << 40, self.zxid + 1000)))
        if x < 0.32:
            return self.new_client(timeout=60000, session=self.r.choice((1, 12345, -1)), passwd=b'\0' * 16)
        if x < 0.42:  # a wrong password costs the rightful owner its connection
            self.new_client(timeout=60000, session=c.session, passwd=self.r.choice((b'\xff' * 16, b'', b'\0' * 16)))
            return self.end(name)
        if x < 0.55:  # the session moves to a new connection
            moved = self.new_client(timeout=60000, session=c.session, passwd=c.passwd, last=self.zxid)
            self.forget(name)
            return self.simple(name) if moved and self.chance(0.7) else None
        if x < 0.75:
            self.rec.drop(name)
            return self.end(name)
        if x < 0.85 and name in self.short and self.expiries < 3 and self.others_can_wait(name):
            self.expiries += 1
            self.rec.expire(name, text='connected, but silent')
            self.forget(name)
            return self.simple(name) if self.chance(0.5) else None
        self.remember(self.rec.step(name, 'closeSession'))
        self.forget(name)
        if self.chance(0.5):
            self.simple(name)
        if self.chance(0.4):
            self.new_client(timeout=60000, session=c.session, passwd=c.passwd)
        return None

    def simple(self, name):
        """A request on a connection that is gone."""
        return self.rec.step(name, 'exists', path='/a')

    # the walk

    def remember(self, step):
        reply = step['reply']
        self.zxid = max(self.zxid, reply.get('zxid', 0))
        results = [(o[1].get('path') if isinstance(o[1], dict) else None, r) for o, r in zip(step['args']['ops'], reply['results'])] \
            if step['op'] == 'multi' and 'results' in reply else [(step['args'].get('path'), reply)]
        for asked, r in results:
            if r.get('err'):
                if r['err'] == -101 and asked in self.paths and len(self.paths) > 1:
                    self.paths.remove(asked)
                continue
            path = r.get('path', asked)
            if 'path' in r and path and path.startswith('/') and path != '/' and path not in self.paths and step['op'] != 'sync':
                self.paths.append(path)
                self.versions[path] = 0
            if 'stat' in r and path in self.paths:
                self.versions[path] = r['stat']['version']

    def go(self, steps):
        for _ in range(3):
            self.new_client(timeout=60000)
        self.remember(self.rec.step(self.names[0], 'create', path='/a', data=b'start'))
        self.remember(self.rec.step(self.names[1], 'create', path='/b'))
        while len(self.rec.steps) < steps:
            for name in [n for n in self.names if self.rec.clients[n].closed]:
                if name in self.names:
                    self.end(name)
            while len(self.names) < 3 or not [n for n in self.names if n not in self.short]:
                self.new_client(timeout=60000)
            kind = self.r.choices(self.kinds, self.weights)[0]
            if kind == 'session':
                self.session()
                continue
            op, a = getattr(self, kind)()
            self.remember(self.rec.step(self.r.choice(self.names), op, **a))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('port', type=int)
    ap.add_argument('out')
    ap.add_argument('--server', required=True)
    ap.add_argument('--seed', type=int, required=True)
    ap.add_argument('--steps', type=int, default=150)
    ap.add_argument('--profile', choices=sorted(PROFILES), default='mixed')
    args = ap.parse_args()
    rec = Recorder(args.port, args.server)
    rec.note('random', 'profile %s, seed %d' % (args.profile, args.seed))
    try:
        Walk(rec, random.Random(args.seed), args.profile).go(args.steps)
    finally:
        rec.save(args.out)


if __name__ == '__main__':
    main()
