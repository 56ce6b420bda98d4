"""A raw ZooKeeper client for recording traces.

It sends exactly the bytes it is told to send: no path checks, no retries, no automatic reconnects. It shows the reply
header (zxid and error) and every watch event in the order of arrival. It is NOT a client library: it knows just enough
of the protocol to write down what a real server does.

A request is an operation name and a dictionary of arguments, the same pair that stands in a trace file.
"""
import base64
import select
import socket
import struct

OP = dict(create=1, delete=2, exists=3, getData=4, setData=5, getACL=6, setACL=7, getChildren=8, sync=9, ping=11,
          getChildren2=12, check=13, multi=14, create2=15, reconfig=16, checkWatches=17, removeWatches=18,
          createContainer=19, createTTL=21, multiRead=22, setWatches=101, getEphemerals=103,
          getAllChildrenNumber=104, setWatches2=105, addWatch=106, whoAmI=107, closeSession=-11)
STAT = ('czxid', 'mzxid', 'ctime', 'mtime', 'version', 'cversion', 'aversion', 'ephemeralOwner',
        'dataLength', 'numChildren', 'pzxid')
OPEN = [(31, 'world', 'anyone')]
EVENT = {1: 'NodeCreated', 2: 'NodeDeleted', 3: 'NodeDataChanged', 4: 'NodeChildrenChanged',
         5: 'DataWatchRemoved', 6: 'ChildWatchRemoved', 7: 'PersistentWatchRemoved'}
DEFAULT_FLAGS = {'createContainer': 4, 'createTTL': 5}
XID_EVENT, XID_PING, XID_AUTH, XID_SET_WATCHES = -1, -2, -4, -8


def i32(v):
    return struct.pack('>i', v)


def i64(v):
    return struct.pack('>q', v)


def buf(b):
    return i32(-1) if b is None else i32(len(b)) + b


def ustr(s):
    return buf(None if s is None else s.encode('utf-8', 'surrogatepass'))


def vec(items, write):
    return i32(-1) if items is None else i32(len(items)) + b''.join(write(x) for x in items)


def acls(items):
    return vec(items, lambda a: i32(a[0]) + ustr(a[1]) + ustr(a[2]))


def b64(b):
    return None if b is None else base64.b64encode(b).decode()


def body(op, a):
    """The request body of op with the arguments a."""
    path = ustr(a.get('path')) if 'path' in a else b''
    if op == 'raw':
        return a['body']
    if op in ('create', 'create2', 'createContainer', 'createTTL'):
        flags = a.get('flags', DEFAULT_FLAGS.get(op, 0))
        common = path + buf(a.get('data', b'')) + acls(a.get('acl', OPEN)) + i32(flags)
        return common + (i64(a['ttl']) if op == 'createTTL' else b'')
    if op in ('delete', 'check'):
        return path + i32(a.get('version', -1))
    if op == 'setData':
        return path + buf(a.get('data', b'')) + i32(a.get('version', -1))
    if op in ('exists', 'getData', 'getChildren', 'getChildren2'):
        return path + bytes([1 if a.get('watch') else 0])
    if op in ('getACL', 'sync', 'getEphemerals', 'getAllChildrenNumber'):
        return path
    if op == 'setACL':
        return path + acls(a['acl']) + i32(a.get('version', -1))
    if op == 'addWatch':
        return path + i32(a['mode'])
    if op in ('removeWatches', 'checkWatches'):
        return path + i32(a['type'])
    if op in ('setWatches', 'setWatches2'):
        keys = ('data', 'exist', 'child') + (('persistent', 'recursive') if op == 'setWatches2' else ())
        return i64(a['zxid']) + b''.join(vec(a.get(k, []), ustr) for k in keys)
    if op in ('multi', 'multiRead'):
        parts = [i32(x['type'] if o == 'raw' else OP[o]) + b'\0' + i32(-1) + body(o, x) for o, x in a['ops']]
        return b''.join(parts) + i32(-1) + b'\1' + i32(-1)
    if op == 'reconfig' and a:
        return ustr(a.get('joining')) + ustr(a.get('leaving')) + ustr(a.get('members')) + i64(a.get('version', -1))
    return b''


class Reader:
    """Reads jute values from bytes."""

    def __init__(self, b):
        self.b, self.p = b, 0

    def n(self, k):
        r = self.b[self.p:self.p + k]
        self.p += k
        return r

    def i(self):
        return struct.unpack('>i', self.n(4))[0]

    def l(self):
        return struct.unpack('>q', self.n(8))[0]

    def buf(self):
        k = self.i()
        return None if k < 0 else self.n(k)

    def s(self):
        b = self.buf()
        return None if b is None else b.decode('utf-8', 'replace')

    def stat(self):
        return dict(zip(STAT, struct.unpack('>qqqqiiiqiiq', self.n(68))))

    def vec(self, f):
        return [f() for _ in range(max(0, self.i()))]

    def left(self):
        return len(self.b) - self.p


def parse_multi(r):
    out = []
    while True:
        kind, done, _ = r.i(), r.n(1) != b'\0', r.i()
        if done:
            return {'results': out}
        if kind == -1:
            out.append({'err': r.i()})
        elif kind == 1:
            out.append({'op': 'create', 'path': r.s()})
        elif kind == 15:
            out.append({'op': 'create2', 'path': r.s(), 'stat': r.stat()})
        elif kind == 5:
            out.append({'op': 'setData', 'stat': r.stat()})
        elif kind == 4:
            out.append({'op': 'getData', 'data': b64(r.buf()), 'stat': r.stat()})
        elif kind == 8:
            out.append({'op': 'getChildren', 'children': sorted(r.vec(r.s))})
        else:
            out.append({'op': {2: 'delete', 13: 'check', 20: 'deleteContainer'}.get(kind, kind)})


def parse(op, r):
    """The result part of a reply. A body this client does not know is written down as its length."""
    if not r.left():
        return {}
    if op == 'create':
        return {'path': r.s()}
    if op in ('create2', 'createContainer', 'createTTL'):
        return {'path': r.s(), 'stat': r.stat()}
    if op in ('exists', 'setData', 'setACL', 'check'):
        return {'stat': r.stat()}
    if op == 'getData':
        return {'data': b64(r.buf()), 'stat': r.stat()}
    if op == 'getChildren':
        return {'children': sorted(r.vec(r.s))}
    if op == 'getChildren2':
        return {'children': sorted(r.vec(r.s)), 'stat': r.stat()}
    if op == 'getACL':
        return {'acl': r.vec(lambda: [r.i(), r.s(), r.s()]), 'stat': r.stat()}
    if op == 'sync':
        return {'path': r.s()}
    if op == 'getEphemerals':
        return {'ephemerals': sorted(r.vec(r.s))}
    if op == 'getAllChildrenNumber':
        return {'total': r.i()}
    if op == 'whoAmI':
        return {'clientInfo': r.vec(lambda: [r.s(), r.s()])}
    if op in ('multi', 'multiRead'):
        return parse_multi(r)
    return {'raw': r.left()}


class Silent(Exception):
    """The server went on to later requests without ever answering this one."""


class Strange(Exception):
    """The server sent a frame that is no reply to anything; the exception carries its length."""


class Wire:
    """One connection. `events` holds what arrived and was not yet collected."""

    def __init__(self, port, name, timeout=30000, session=0, passwd=b'\0' * 16, last=0):
        self.name, self.xid, self.events, self.closed, self.late_pings = name, 0, [], False, 0
        self.s = socket.create_connection(('127.0.0.1', port), 5)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.s.settimeout(15)
        self.send(i32(0) + i64(last) + i32(timeout) + i64(session) + buf(passwd) + b'\0')
        r = Reader(self.recv())
        r.i()
        self.timeout, self.session, self.passwd = r.i(), r.l(), r.buf()

    def send(self, b):
        self.s.sendall(i32(len(b)) + b)

    def _exactly(self, n):
        b = b''
        while len(b) < n:
            d = self.s.recv(n - len(b))
            if not d:
                raise EOFError('connection closed by server')
            b += d
        return b

    def recv(self):
        return self._exactly(struct.unpack('>i', self._exactly(4))[0])

    def reply(self, xid):
        """Waits for the reply with this xid; events on the way are kept.

        Requests of one connection are answered in order: after a second of silence a ping is sent behind the request,
        and when the ping is answered first there will never be a reply.
        """
        pinged = False
        while True:
            if not pinged and xid != XID_PING and not select.select([self.s], [], [], 1)[0]:
                self.send(i32(XID_PING) + i32(11))
                pinged = True
            r = Reader(self.recv())
            got, zxid, err = r.i(), r.l(), r.i()
            if got == XID_EVENT:
                kind = r.i()
                self.events.append({'to': self.name, 'type': EVENT.get(kind, kind), 'state': r.i(), 'path': r.s(),
                                    'zxid': zxid})
            elif got == XID_PING and self.late_pings:
                self.late_pings -= 1
            elif got == xid:
                if pinged:
                    self.late_pings += 1
                return zxid, err, r
            elif got == XID_PING and pinged:
                raise Silent
            else:
                raise Strange(len(r.b))

    def call(self, op, **a):
        """Sends one request and waits for its reply: {zxid, err, result...}."""
        if op == 'auth':
            self.send(i32(XID_AUTH) + i32(100) + i32(0) + ustr(a['scheme']) + buf(a['auth']))
            zxid, err, _ = self.reply(XID_AUTH)
            return {'zxid': zxid, 'err': err}
        if op == 'ping':
            return {'zxid': self.ping(), 'err': 0}
        if op == 'frame':
            self.s.sendall(a['bytes'])
            return {'zxid': self.ping(), 'err': 0}
        self.xid += 1
        xid = XID_SET_WATCHES if op in ('setWatches', 'setWatches2') else self.xid
        self.send(i32(xid) + i32(a['type'] if op == 'raw' else OP[op]) + body(op, a))
        zxid, err, r = self.reply(xid)
        out = {'zxid': zxid, 'err': err}
        if err == 0 or (op == 'multi' and r.left()):
            out.update(parse(op, r))
        elif r.left():
            out['raw'] = r.left()
        return out

    def ping(self):
        self.send(i32(XID_PING) + i32(11))
        return self.reply(XID_PING)[0]

    def wait_closed(self):
        """For a connection the server has said goodbye to: True when its end arrives within two seconds."""
        try:
            return bool(select.select([self.s], [], [], 2)[0]) and not self.s.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def drop(self):
        self.s.close()
        self.closed = True
