#!/usr/bin/env python3
"""gen_odd.py PORT OUT.json --server TEXT [--part NAME] : odd requests, one by one, each on a known small tree.

The parts keep what breaks a server away from the rest:
  requests  what a careful server answers to requests no good client sends
  broken    truncated bodies, unknown op codes, broken frames
  watches   the modes and types of watches, removing and re-registering them
  sessions  resuming, moving, closing, expiring
  quota     limits and the statistics the server writes itself
  poison    requests after which the server's log cannot be read back
  killer_*  single requests that end the server process
"""
import argparse
import base64
import hashlib

from recorder import Recorder
from wire import OP, OPEN, acls, buf, i32, i64, ustr

ap = argparse.ArgumentParser()
ap.add_argument('port', type=int)
ap.add_argument('out')
ap.add_argument('--server', required=True)
ap.add_argument('--part', default='requests')
args = ap.parse_args()
rec = Recorder(args.port, args.server)
note = rec.note


def digest(user, password):
    return user + ':' + base64.b64encode(hashlib.sha1((user + ':' + password).encode()).digest()).decode()


def S(name, op, **a):
    """One step; a client that lost its connection comes back to its session first."""
    c = rec.clients[name]
    if c.closed and op != 'connect':
        rec.connect(name, timeout=60000, session=c.session, passwd=c.passwd)
        if rec.clients[name].session == 0:
            rec.connect(name, timeout=60000)
    return rec.step(name, op, **a)


def A(op, **a):
    return S('A', op, **a)


def many(op, key, values, **a):
    for v in values:
        A(op, **{key: v}, **a)


READS = ('exists', 'getData', 'getChildren', 'getChildren2', 'getACL', 'getAllChildrenNumber', 'getEphemerals', 'sync')


def requests():
    rec.connect('A', timeout=60000)
    note('reads', 'paths no client library lets through; none of them takes a zxid')
    A('create', path='/a', data=b'1')
    A('create', path='/a/b')
    for op in READS:
        many(op, 'path', ('', '/', '//', 'a', '/a/', '/a//b', '/none', '/a/../a', '/n\0', None))
    many('getEphemerals', 'path', (' ', ' / ', '/e', 'e'))
    A('create', path='/e1', flags=1)
    A('create', path='/a/e2', flags=1)
    many('getEphemerals', 'path', ('', '/', ' ', ' / ', None, '/e', '/a', '/a/', 'a', '/e1', '/e1x'))
    note('who', 'whoAmI, auth')
    A('whoAmI')
    A('ping')
    A('auth', scheme='digest', auth=b'u1:p1')
    A('auth', scheme='digest', auth=b'u1:p1')
    A('auth', scheme='digest', auth=b'nocolon')
    A('whoAmI')
    A('auth', scheme='digest', auth=b'')
    A('whoAmI')
    A('auth', scheme='digest', auth=b'super:wrong')
    A('whoAmI')
    A('auth', scheme='ip', auth=b'10.0.0.1')
    A('whoAmI')
    for scheme in ('nope', 'world', 'sasl', 'x509', 'auth', '', None):
        A('auth', scheme=scheme, auth=b'x')
        A('whoAmI')
    A('auth', scheme='digest', auth=None)
    A('whoAmI')
    A('auth', scheme='digest', auth=b'a:b:c')
    A('whoAmI')
    A('auth', scheme='digest', auth=b'super:oracle')
    A('whoAmI')
    note('acl', 'which lists are taken; auth expands to the digest ids of the connection')
    A('create', path='/auth1', acl=[(31, 'auth', '')])
    A('getACL', path='/auth1')
    rec.drop('A')
    A('whoAmI')
    A('create', path='/auth2', acl=[(31, 'auth', '')])
    A('auth', scheme='digest', auth=b'u2:p2')
    A('auth', scheme='digest', auth=b'u3:p3')
    A('create', path='/auth3', acl=[(31, 'auth', 'ignored'), (1, 'world', 'anyone'), (3, 'auth', None)])
    A('getACL', path='/auth3')
    bad = ((31, 'world', 'nobody'), (31, 'world', ''), (31, 'world', None), (31, None, 'x'), (31, None, None), (31, '', ''),
           (31, 'digest', ''), (31, 'digest', ':'), (31, 'digest', 'a:'), (31, 'digest', 'a:b'), (31, 'digest', 'a:b:c'), (31, 'digest', None),
           (31, 'ip', '127.0.0.1'), (31, 'ip', '127.0.0.1/0'), (31, 'ip', '127.0.0.1/33'), (31, 'ip', '127.0.0.1/-1'),
           (31, 'ip', '127.0.0.1/x'), (31, 'ip', '127.0.0.1/'), (31, 'ip', '127.0.0'), (31, 'ip', '::1'), (31, 'ip', '1.2.3.4/8/8'), (31, 'ip', ''), (31, 'ip', None),
           (31, 'x509', 'CN=a'), (31, 'x509', ''), (31, 'sasl', 'bob'), (31, 'sasl', 'bob@R'), (31, 'sasl', ''), (31, 'sasl', 'a b'),
           (31, 'super', ''), (31, 'super', 'x'), (0, 'world', 'anyone'), (-1, 'world', 'anyone'), (32, 'world', 'anyone'), (255, 'world', 'anyone'))
    for i, acl in enumerate(bad):
        A('create', path='/bad%02d' % i, acl=[acl])
    A('getACL', path='/bad%02d' % (len(bad) - 3))
    A('create', path='/dup', acl=[(31, 'world', 'anyone'), (1, 'world', 'anyone'), (31, 'world', 'anyone')])
    A('getACL', path='/dup')
    A('create', path='/mix', acl=[(31, 'world', 'anyone'), (31, 'nope', 'x')])
    many('setACL', 'acl', ([], None, [(31, 'nope', 'x')], [(31, 'auth', '')]), path='/a')
    A('getACL', path='/a')
    many('setACL', 'version', (0, 1, -2, -1), path='/a', acl=OPEN)
    A('setACL', path='/zookeeper/config', acl=OPEN)
    A('setACL', path='/zookeeper/quota', acl=OPEN, version=0)
    A('getACL', path='/zookeeper/config')
    note('masks', 'ip masks decide who may read; getACL hides digest hashes from those without ADMIN')
    for i, mask in enumerate(('127.0.0.1', '127.0.0.2', '127.0.0.2/8', '127.0.0.2/31', '10.0.0.1/0', '126.0.0.1/7')):
        A('create', path='/ip%d' % i, acl=[(1, 'ip', mask)])
        A('getData', path='/ip%d' % i)
    u1 = digest('u1', 'p1')
    A('create', path='/mine', acl=[(31, 'digest', u1), (1, 'world', 'anyone'), (1, 'digest', 'x'), (1, 'digest', 'plain:hash')])
    A('create', path='/hidden', acl=[(31, 'digest', u1)])
    A('create', path='/adm', acl=[(16, 'world', 'anyone'), (15, 'digest', u1)])
    for p in ('/mine', '/hidden', '/adm'):
        for op in ('getACL', 'getData', 'exists', 'getChildren', 'getChildren2', 'getAllChildrenNumber', 'sync'):
            A(op, path=p)
        A('setData', path=p, data=b'x')
        A('create', path=p + '/c')
        A('setACL', path=p, acl=OPEN, version=99)
        A('multi', ops=[('check', {'path': p, 'version': 0})])
        A('exists', path=p, watch=True)
        A('addWatch', path=p, mode=0)
    rec.connect('U', timeout=60000)
    S('U', 'auth', scheme='digest', auth=b'u1:p1')
    for p in ('/mine', '/hidden', '/adm'):
        S('U', 'getACL', path=p)
        S('U', 'setData', path=p, data=b'y')
        S('U', 'create', path=p + '/c')
        S('U', 'setACL', path=p, acl=[(31, 'auth', '')])
        S('U', 'delete', path=p + '/c')
    rec.connect('R', timeout=60000)
    S('R', 'auth', scheme='digest', auth=b'super:oracle')
    S('R', 'whoAmI')
    for p in ('/mine', '/hidden', '/adm'):
        S('R', 'getACL', path=p)
        S('R', 'getData', path=p)
    S('R', 'create', path='/r', acl=[(31, 'auth', '')])
    S('R', 'getACL', path='/r')
    A('getACL', path='/r')
    S('R', 'getData', path='/zookeeper/config')
    S('R', 'setData', path='/zookeeper/config', data=b'x')
    S('R', 'setData', path='/zookeeper/config', data=b'y', version=0)
    A('getData', path='/zookeeper/config')
    S('R', 'create', path='/zookeeper/config/c')
    S('R', 'reconfig')
    S('R', 'reconfig', joining=None, leaving='1', members=None, version=-1)
    A('reconfig', joining='server.2=h:1:2;3', leaving=None, members=None, version=5)
    note('create', 'flags against op codes')
    for op in ('create', 'create2', 'createContainer'):
        for flags in (0, 1, 2, 3, 4, 5, 6, 7, -1, 99):
            A(op, path='/f-%s-%d-' % (op, flags), flags=flags)
            A('exists', path='/f-%s-%d-' % (op, flags))
    for flags in (0, 1, 2, 3, 4, 5, 6, 7, -1):
        for ttl in (5000, 0, -1, 1 << 40):
            if ttl < 0 and flags in (0, 1, 2, 3, 4):
                continue  # kills the server: part killer_ttl
            A('createTTL', path='/t%d-%d-' % (flags, ttl), flags=flags, ttl=ttl)
    A('getChildren2', path='/')
    A('create', path='/f-createContainer-4-/c')
    A('create', path='/f-createContainer-1-/c')
    A('create', path='/f-create-5-/c')
    many('create', 'path', ('/a', '/none/x', '', 'x', None), flags=99)
    many('create', 'path', ('/a', '/none/x', '', 'x', '/ok1'), acl=[(31, 'nope', 'x')])
    A('create', path='/a/nodata', data=None)
    A('getData', path='/a/nodata')
    many('create', 'path', ('/zookeeper', '/zookeeper/quota', '/zookeeper/config', '/zookeeper/new', '/zookeeper/quota/a'))
    A('create', path='', flags=2)
    A('create', path='/', flags=2)
    A('create', path='/s\0', flags=2)
    A('create', path='/none/', flags=2)
    A('create', path='/none/s-', flags=2)
    A('create', path='/e1/s-', flags=2)
    A('create', path='/a/./s', flags=2)
    A('create', path='/a/s.', flags=2)
    A('create', path='/a/..', flags=2)
    note('versions', 'delete, setData, setACL with odd versions and paths')
    A('create', path='/v')
    many('setData', 'version', (-2, 1, 2147483647, -2147483648, 0, 1, -1), path='/v', data=b'x')
    many('delete', 'version', (-2, 0, 99), path='/v')
    many('delete', 'path', ('', '/', '//', 'v', '/v/', '/a//b', '/none/x', '/none', '/v\0', None, '/zookeeper', '/a'))
    many('setData', 'path', ('', '/', '//', 'v', '/v/', '/none', '/v\0', None, '/zookeeper', '/zookeeper/quota'), data=b'q')
    many('setACL', 'path', ('', '//', 'v', '/v/', '/none', '/v\0', None), acl=OPEN)
    A('setData', path='/v', data=None)
    A('exists', path='/v')
    A('delete', path='/v', version=4)
    note('root', 'the root under its two names')
    for p in ('', '/'):
        A('setACL', path=p, acl=OPEN)
        A('getACL', path=p)
        A('exists', path=p)
        A('getAllChildrenNumber', path=p)
    note('multi', 'what may stand in a multi, and what a failing one answers')
    m = lambda *ops: A('multi', ops=list(ops))
    m()
    m(('check', {'path': '/none', 'version': -1}))
    m(('check', {'path': '/a', 'version': -1}))
    m(('check', {'path': '', 'version': -1}))
    m(('check', {'path': '/', 'version': 0}))
    for op in ('create', 'create2', 'createContainer', 'createTTL'):
        m((op, dict({'path': '/m-' + op}, **({'ttl': 5000} if op == 'createTTL' else {}))))
    m(('create', {'path': '/mf4', 'flags': 4}), ('create', {'path': '/mf5', 'flags': 5}))
    m(('create', {'path': '/mf4', 'flags': 4}))
    m(('create', {'path': '/mf99', 'flags': 99}), ('create', {'path': '/mf0'}))
    m(('create2', {'path': '/mf3', 'flags': 3}), ('createContainer', {'path': '/mc2', 'flags': 2}))
    m(('createTTL', {'path': '/mt', 'ttl': 0}))
    m(('createTTL', {'path': '/mt6-', 'ttl': 1000, 'flags': 6}), ('createTTL', {'path': '/mt6-', 'ttl': 1000, 'flags': 6}))
    ok, ok2, bad1 = ('create', {'path': '/g1'}), ('setData', {'path': '/a', 'data': b'g'}), ('delete', {'path': '/none'})
    m(bad1, ok, ok2)
    m(ok, bad1, ok2)
    m(ok, ok2, bad1)
    m(bad1, bad1)
    m(ok, ('create', {'path': None}), ok2)
    A('exists', path='/g1')
    m(('create', {'path': '/g0'}), ('create', {'path': '/g0x', 'acl': [(31, 'world', None)]}))
    A('create', path='/g0')
    A('multi', ops=[('delete', {'path': '/none'})])
    for op, a in (('setACL', {'path': '/a', 'acl': OPEN}), ('getData', {'path': '/a'}), ('getChildren', {'path': '/a'}), ('exists', {'path': '/a'}),
                  ('sync', {'path': '/a'}), ('multi', {'ops': []}), ('closeSession', {}), ('raw', {'type': 99, 'body': b''}), ('raw', {'type': 0, 'body': b''}),
                  ('raw', {'type': 20, 'body': ustr('/g0')})):
        m((op, a))
        m(ok, (op, a))
        m((op, a), ok)
        A('exists', path='/g1')
    m(('getData', {'path': '/a'}), ('getData', {'path': '/a'}))
    m(('getData', {'path': '/a'}), ('create', {'path': '/g3'}))
    m(('create', {'path': '/g3'}), ('getChildren', {'path': '/a'}))
    note('multiRead', 'only getData and getChildren; a failing part does not stop the others')
    r = lambda *ops: A('multiRead', ops=list(ops))
    r()
    r(('getData', {'path': '/none'}), ('getData', {'path': '/a'}), ('getChildren', {'path': '/hidden'}), ('getChildren', {'path': '/a'}))
    r(('getData', {'path': '/a/nodata'}), ('getData', {'path': ''}), ('getChildren', {'path': ''}), ('getData', {'path': 'x'}))
    r(('getData', {'path': None}))
    r(('getData', {'path': '/a', 'watch': True}), ('getChildren', {'path': '/a', 'watch': True}))
    A('setData', path='/a', data=b'w')
    A('create', path='/a/w')
    r(('create', {'path': '/g4'}))
    r(('exists', {'path': '/a'}))
    r(('getChildren2', {'path': '/a'}))
    r(('getData', {'path': '/a'}), ('create', {'path': '/g4'}))
    r(('setData', {'path': '/a', 'data': b'no'}))
    A('getData', path='/a')
    note('sequences', 'after failed and rolled back creates')
    A('create', path='/seq')
    A('create', path='/seq/n-', flags=2)
    m(('create', {'path': '/seq/n-', 'flags': 2}), ('create', {'path': '/none/x'}))
    A('create', path='/seq/n-', flags=2)
    A('create', path='/seq/n-0000000001')
    A('create', path='/seq/n-', flags=2)
    A('create', path='/seq/n-0000000004')
    A('create', path='/seq/n-', flags=2)
    A('getChildren2', path='/seq')
    m(('create', {'path': '/seq/k'}), ('delete', {'path': '/seq/k'}))
    A('getChildren2', path='/seq')


def broken():
    rec.connect('A', timeout=60000)
    note('truncated', 'request bodies that end too early')
    A('create', path='/a', data=b'1')
    for op in ('create', 'create2', 'createContainer', 'createTTL', 'delete', 'setData', 'setACL', 'getACL', 'exists', 'getData', 'getChildren',
               'getChildren2', 'sync', 'multi', 'multiRead', 'addWatch', 'removeWatches', 'checkWatches', 'getEphemerals', 'getAllChildrenNumber',
               'reconfig', 'setWatches', 'setWatches2', 'whoAmI'):
        A('raw', type=OP[op], body=b'')
        A('raw', type=OP[op], body=ustr('/a')[:5])
        A('create', path='/a')
    A('raw', type=1, body=ustr('/a'))
    A('raw', type=1, body=ustr('/t') + buf(b'x') + acls(OPEN) + i32(0) + b'trailing')
    A('raw', type=4, body=ustr('/a') + b'\0trailing')
    A('raw', type=4, body=i32(1 << 30) + b'/a')
    A('raw', type=4, body=i32(-5) + b'\0')
    A('raw', type=4, body=i32(3) + b'/\xff\xfe' + b'\0')
    A('raw', type=1, body=i32(3) + b'/\xff\xfe' + buf(b'') + acls(OPEN) + i32(0))
    A('raw', type=1, body=ustr('/vec') + buf(b'') + i32(-7) + i32(0))
    A('raw', type=1, body=ustr('/vec') + buf(b'') + i32(1 << 20) + i32(0))
    A('raw', type=5, body=ustr('/a') + i32(-9) + i32(-1))
    A('raw', type=1, body=ustr('/neg') + i32(-9) + acls(OPEN) + i32(0))
    A('getChildren', path='/')
    note('multi', 'a multi whose parts are cut or whose headers lie')
    sub = i32(1) + b'\0' + i32(-1) + ustr('/m') + buf(b'') + acls(OPEN) + i32(0)
    end = i32(-1) + b'\1' + i32(-1)
    A('raw', type=14, body=sub)
    A('raw', type=14, body=sub + end[:5])
    A('raw', type=14, body=sub + i32(1) + b'\1' + i32(-1))
    A('raw', type=14, body=end)
    A('raw', type=14, body=end + b'more')
    A('raw', type=14, body=sub[:20])
    A('getChildren', path='/')
    note('types', 'op codes no client sends')
    for t in (0, 7, 10, 13, 16, 20, 23, 99, 100, 102, 108, 1000, -1, -10, -11, -12):
        if t in (13, 20, -10):
            continue
        A('raw', type=t, body=b'')
        A('exists', path='/a')
    A('raw', type=-11, body=b'')
    A('exists', path='/a')
    note('frames', 'lengths and headers that break the framing')
    for b in (i32(0), i32(-1), i32(3) + b'abc', i32(4) + i32(9), i32(1 << 20), i32(7) + b'1234567', b'GET / HTTP/1.0\r\n\r\n'):
        A('frame', bytes=b)
        A('exists', path='/a')


def poison():
    rec.connect('A', timeout=60000)
    note('container', 'deleteContainer and createSession as client requests')
    A('create', path='/a')
    A('createContainer', path='/box')
    A('raw', type=20, body=ustr('/box'))
    A('raw', type=20, body=b'/box')
    A('raw', type=20, body=ustr('/a'))
    A('raw', type=20, body=ustr('/none'))
    A('raw', type=20, body=b'')
    A('exists', path='/box')
    A('raw', type=-10, body=i32(5000))
    A('exists', path='/a')
    A('raw', type=-10, body=b'')
    A('exists', path='/a')
    note('check', 'a check outside of a multi')
    many('check', 'version', (0, 7, -1), path='/a')
    A('check', path='/none')
    A('check', path='')
    A('check', path=None)
    A('raw', type=13, body=b'')
    A('create', path='/b')


def watches():
    for n in ('A', 'W', 'X'):
        rec.connect(n, timeout=60000)
    W = lambda op, **a: S('W', op, **a)
    A('create', path='/w')
    A('create', path='/w/c')
    note('addWatch', 'modes and paths')
    for mode in (0, 1, 2, 7, -1, 3):
        W('addWatch', path='/modes', mode=mode)
    for p in ('', '/', 'x', '/x/', '//', None, '/none/deep'):
        W('addWatch', path=p, mode=0)
        W('addWatch', path=p, mode=1)
    A('setData', path='/w', data=b'1')
    A('create', path='/none')
    A('create', path='/none/deep')
    A('delete', path='/none/deep')
    A('delete', path='/none')
    for p in ('', '/', 'x', '/x/', '//', '/none/deep', '/modes'):
        W('checkWatches', path=p, type=3)
        W('removeWatches', path=p, type=3)
        W('removeWatches', path=p, type=3)
    A('setData', path='/w', data=b'2')
    note('types', 'which watch each type finds and removes: 1 children, 2 data, 3 any, 4 persistent, 5 recursive')
    kinds = {
        'data': lambda: W('getData', path='/w', watch=True),
        'exist': lambda: W('exists', path='/w', watch=True),
        'missing': lambda: W('exists', path='/w/missing', watch=True),
        'child': lambda: W('getChildren', path='/w', watch=True),
        'persistent': lambda: W('addWatch', path='/w', mode=0),
        'recursive': lambda: W('addWatch', path='/w', mode=1),
        'both': lambda: (W('addWatch', path='/w', mode=0), W('addWatch', path='/w', mode=1)),
        'both-reversed': lambda: (W('addWatch', path='/w', mode=1), W('addWatch', path='/w', mode=0)),
        'one-shot-then-persistent': lambda: (W('getData', path='/w', watch=True), W('addWatch', path='/w', mode=0)),
        'persistent-then-one-shot': lambda: (W('addWatch', path='/w', mode=0), W('getData', path='/w', watch=True)),
        'recursive-then-child': lambda: (W('addWatch', path='/w', mode=1), W('getChildren', path='/w', watch=True)),
    }
    for kind, register in kinds.items():
        note('types: ' + kind)
        path = '/w/missing' if kind == 'missing' else '/w'
        for t in (1, 2, 3, 4, 5):
            register()
            for c in (1, 2, 3, 4, 5, 6, 7, 0, -1) if t == 1 else ():
                W('checkWatches', path=path, type=c)
            for c in (1, 2, 3, 4, 5) if t == 1 and kind == 'recursive' else ():
                W('checkWatches', path='/w/c', type=c)
                W('checkWatches', path='/', type=c)
            W('removeWatches', path=path, type=t)
            A('setData', path='/w', data=b'%d' % t)
            A('create', path='/w/t')
            A('setData', path='/w/t', data=b't')
            A('delete', path='/w/t')
            A('setData', path='/w', data=b'again')
            W('removeWatches', path=path, type=3)
            W('removeWatches', path=path, type=3)
    note('types: codes', 'codes no client sends')
    W('addWatch', path='/w', mode=0)
    for t in (0, 6, 7, -1, 99):
        W('removeWatches', path='/w', type=t)
        W('checkWatches', path='/w', type=t)
    W('removeWatches', path='/w/c', type=3)
    W('removeWatches', path='/w', type=3)
    W('checkWatches', path='', type=3)
    W('checkWatches', path=None, type=3)
    W('removeWatches', path=None, type=3)
    note('reads', 'which reads leave a watch')
    W('getData', path='/gone', watch=True)
    W('getChildren', path='/gone', watch=True)
    W('getChildren2', path='/gone', watch=True)
    A('create', path='/gone')
    W('getChildren2', path='/gone', watch=True)
    A('setData', path='/gone', data=b'x')
    A('delete', path='/gone')
    W('exists', path='bad', watch=True)
    W('exists', path='', watch=True)
    W('exists', path='/bad/', watch=True)
    A('setData', path='/', data=b'r')
    A('create', path='/bad')
    note('order', 'one client with every kind of watch on node and parent')
    W('addWatch', path='/o', mode=0)
    W('getChildren', path='/', watch=True)
    W('exists', path='/o', watch=True)
    W('addWatch', path='/', mode=1)
    S('X', 'addWatch', path='/', mode=0)
    A('create', path='/o')
    W('getData', path='/o', watch=True)
    W('getChildren', path='/o', watch=True)
    A('setData', path='/o', data=b'1')
    A('create', path='/o/k', flags=1)
    W('getChildren', path='/o', watch=True)
    W('exists', path='/o/k', watch=True)
    A('delete', path='/o/k')
    W('getChildren', path='/o', watch=True)
    W('getData', path='/o', watch=True)
    A('delete', path='/o')
    A('multi', ops=[('create', {'path': '/o'}), ('create', {'path': '/o/1'}), ('setData', {'path': '/o', 'data': b''}), ('delete', {'path': '/o/1'}), ('check', {'path': '/o', 'version': 1})])
    A('multi', ops=[('setData', {'path': '/o', 'data': b''}), ('check', {'path': '/o', 'version': 77})])
    A('setACL', path='/o', acl=OPEN)
    A('createTTL', path='/ottl', ttl=100000)
    A('createContainer', path='/obox')
    note('own', 'a client sees its own change before the reply')
    W('create', path='/own', flags=1)
    W('setData', path='/own', data=b'x')
    W('delete', path='/own')
    note('setWatches', 'relative zxids from the past, from now and from the future')
    z = S('X', 'ping')['reply']['zxid']
    for zx in (0, -1, z, 1 << 40, -(1 << 62)):
        S('X', 'setWatches', zxid=zx, data=['/w', '/gone', ''], exist=['/w', '/never', ''], child=['/w', '/gone', '/'])
        S('X', 'setWatches2', zxid=zx, data=['/w'], exist=['/never'], child=['/w'], persistent=['/w', '/never'], recursive=['/w', 'odd', ''])
        A('setData', path='/w', data=b's')
        A('create', path='/never')
        A('delete', path='/never')
        A('create', path='/w/s')
        A('delete', path='/w/s')
    S('X', 'setWatches', zxid=z, data=None, exist=None, child=None)
    S('X', 'setWatches', zxid=z, data=[None], exist=[], child=[])
    S('X', 'setWatches2', zxid=z, data=[], exist=[], child=[], persistent=[None], recursive=[])
    S('X', 'setWatches2', zxid=z)
    S('X', 'setWatches', zxid=z, data=['/w', '/w'], exist=['/w', '/w'], child=['/w'])
    note('permissions', 'watches of a client that may not read')
    rec.connect('U', timeout=60000)
    S('U', 'auth', scheme='digest', auth=b'u1:p1')
    S('U', 'create', path='/secret', data=b'1', acl=[(31, 'auth', '')])
    S('X', 'exists', path='/secret', watch=True)
    S('X', 'addWatch', path='/secret', mode=0)
    S('W', 'addWatch', path='/secret', mode=1)
    S('U', 'setData', path='/secret', data=b'2')
    S('U', 'create', path='/secret/c', acl=[(31, 'auth', '')])
    S('U', 'create', path='/secret/open')
    S('U', 'setData', path='/secret/open', data=b'o')
    S('U', 'delete', path='/secret/open')
    S('U', 'delete', path='/secret/c')
    S('X', 'setWatches', zxid=0, data=['/secret'], exist=['/secret'], child=['/secret'])
    S('U', 'setACL', path='/secret', acl=OPEN)
    S('U', 'setData', path='/secret', data=b'3')
    S('U', 'setACL', path='/secret', acl=[(31, 'auth', '')])
    S('U', 'delete', path='/secret')
    S('U', 'create', path='/secret2', acl=[(30, 'world', 'anyone'), (31, 'auth', '')])


def sessions():
    rec.connect('A', timeout=60000)
    A('addWatch', path='/', mode=1)
    note('timeouts', 'clamped to 1000..600000')
    for i, t in enumerate((0, -1, 1, 999, 1001, 600000, 600001, 2147483647, -2147483648)):
        n = 'T%d' % i
        rec.connect(n, timeout=t)
        S(n, 'create', path='/' + n, flags=1)
        S(n, 'closeSession')
    note('resume', 'right and wrong passwords, unknown sessions')
    c = rec.connect('B', timeout=60000)
    S('B', 'create', path='/eB', flags=1)
    S('B', 'auth', scheme='digest', auth=b'u1:p1')
    S('B', 'exists', path='/eB', watch=True)
    b = rec.clients['B']
    rec.drop('B')
    rec.connect('B', timeout=2000, session=b.session, passwd=b.passwd, text='watches and auth are gone, the session is not')
    S('B', 'whoAmI')
    S('B', 'getEphemerals', path='/')
    A('setData', path='/eB', data=b'x')
    rec.connect('B2', timeout=60000, session=b.session, passwd=b.passwd, text='the old connection still lives: it is closed')
    S('B2', 'whoAmI')
    rec.step('B', 'exists', path='/eB', text='the old connection')
    rec.connect('B3', timeout=60000, session=b.session, passwd=b'\xff' * 16, text='wrong password: the live connection is closed as well')
    rec.step('B2', 'exists', path='/eB')
    rec.step('B3', 'exists', path='/eB')
    rec.connect('B4', timeout=60000, session=b.session, passwd=b.passwd)
    S('B4', 'getEphemerals', path='/')
    rec.connect('B5', timeout=60000, session=b.session, passwd=b'')
    rec.connect('B6', timeout=60000, session=b.session, passwd=b'\0' * 16)
    rec.connect('B7', timeout=60000, session=12345, passwd=b'\0' * 16, text='a session nobody knows')
    rec.connect('B8', timeout=60000, session=-1, passwd=b'\0' * 16)
    rec.connect('B9', timeout=60000, session=b.session, passwd=b.passwd, last=0)
    rec.drop('B9')
    z = A('ping')['reply']['zxid']
    rec.connect('Z1', timeout=60000, last=z)
    z = A('ping')['reply']['zxid']
    rec.connect('Z2', timeout=60000, last=z + 1, text='one zxid ahead: refused, no session is made')
    A('ping')
    rec.connect('Z3', timeout=60000, last=-1)
    rec.connect('Z4', timeout=60000, session=b.session, passwd=b.passwd, last=1 << 40)
    A('ping')
    rec.connect('B', timeout=60000, session=b.session, passwd=b.passwd)
    note('close', 'closeSession and what comes after')
    S('B', 'create', path='/eB/kid')
    S('B', 'create', path='/q')
    S('B', 'create', path='/q/e-', flags=3)
    S('B', 'create', path='/q/e-', flags=3)
    S('B', 'closeSession')
    rec.step('B', 'exists', path='/')
    rec.connect('B', timeout=60000, session=b.session, passwd=b.passwd, text='a closed session cannot be resumed')
    A('exists', path='/q')
    note('expiry', 'the server ends a session by itself')
    for n in ('E', 'F'):
        rec.connect(n, timeout=1000)
        S(n, 'create', path='/e' + n, flags=1)
        S(n, 'create', path='/q/' + n + '-', flags=3)
    e = rec.clients['E']
    rec.drop('E')
    rec.expire('E')
    rec.connect('E', timeout=1000, session=e.session, passwd=e.passwd, text='an expired session')
    rec.step('E', 'exists', path='/')
    rec.expire('F', text='a connected client that says nothing')
    rec.step('F', 'exists', path='/')
    A('exists', path='/q')
    note('shorter', 'resuming with another timeout makes the new one count')
    rec.connect('G', timeout=60000)
    S('G', 'create', path='/eG', flags=1)
    g = rec.clients['G']
    rec.drop('G')
    rec.connect('G', timeout=1000, session=g.session, passwd=g.passwd)
    rec.drop('G')
    rec.expire('G')
    A('exists', path='/eG')


def quota():
    for n in ('A', 'B'):
        rec.connect(n, timeout=60000)
    q, lim, st = '/zookeeper/quota', 'zookeeper_limits', 'zookeeper_stats'
    look = lambda p: [A('getData', path=q + p + '/' + x) for x in (lim, st)]
    note('quota', 'limits and stats as the command line client makes them')
    S('B', 'addWatch', path='/zookeeper', mode=1)
    A('create', path='/a', data=b'123')
    A('create', path='/a/b', data=b'45')
    A('create', path=q + '/a')
    A('create', path=q + '/a/' + lim, data=b'count=3,bytes=10')
    A('create', path=q + '/a/' + st, data=b'count=0,bytes=0')
    look('/a')
    A('exists', path=q + '/a/' + st)
    note('counting', 'the server rewrites the data of the stats node, outside of any transaction')
    A('create', path='/a/c', data=b'xyz')
    look('/a')
    A('setData', path='/a/c', data=b'xyzxyz')
    A('exists', path=q + '/a/' + st)
    look('/a')
    A('setData', path='/a', data=None)
    look('/a')
    A('create', path='/a/d', data=b'0123456789')
    look('/a')
    A('create', path='/a/e', flags=1)
    look('/a')
    A('delete', path='/a/c')
    A('delete', path='/a/e')
    look('/a')
    A('create', path='/ab', data=b'not below')
    look('/a')
    A('multi', ops=[('create', {'path': '/a/m1', 'data': b'1'}), ('delete', {'path': '/a/d'}), ('setData', {'path': '/a', 'data': b'zz'})])
    look('/a')
    A('create', path='/a/s-', data=b'q', flags=2)
    A('createContainer', path='/a/box', data=b'q')
    A('createTTL', path='/a/ttl', data=b'q', ttl=100000)
    look('/a')
    note('client writes', 'to the stats and limits nodes')
    A('setData', path=q + '/a/' + st, data=b'count=100,bytes=100')
    look('/a')
    A('create', path='/a/f', data=b'f')
    look('/a')
    A('setData', path=q + '/a/' + lim, data=b'count=1,bytes=-1')
    A('create', path='/a/g', data=b'g')
    look('/a')
    A('setData', path=q + '/a/' + lim, data=b'count=50,bytes=500;countHardLimit=60;byteHardLimit=600')
    A('create', path='/a/h', data=b'h')
    look('/a')
    note('nested', 'a quota below a quota')
    A('create', path=q + '/a/b')
    A('create', path=q + '/a/b/' + st, data=b'count=0,bytes=0')
    A('create', path=q + '/a/b/' + lim, data=b'count=2,bytes=-1')
    look('/a/b')
    A('create', path='/a/b/x', data=b'deep')
    look('/a')
    look('/a/b')
    note('missing', 'a quota for a node that does not exist, and one only half made')
    A('create', path=q + '/later')
    A('create', path=q + '/later/' + lim, data=b'count=1,bytes=1')
    A('create', path='/later', data=b'l')
    A('create', path='/later/x', data=b'l')
    A('exists', path=q + '/later/' + st)
    A('create', path=q + '/later/' + st, data=b'')
    look('/later')
    A('create', path='/later/y', data=b'yy')
    look('/later')
    note('removal', 'without limits nothing is counted any more')
    A('delete', path=q + '/a/b/' + lim)
    A('create', path='/a/b/y', data=b'deep')
    A('getData', path=q + '/a/b/' + st)
    look('/a')
    A('delete', path=q + '/a/b/' + st)
    A('delete', path=q + '/a/b')
    A('delete', path=q + '/a/' + st)
    A('create', path='/a/i', data=b'i')
    A('delete', path=q + '/a/' + lim)
    A('create', path='/a/j', data=b'j')
    A('getChildren2', path=q)
    note('odd', 'limits that are not numbers')
    for i, data in enumerate((b'', b'x', None, b'count=,bytes=', b'count=1', b'bytes=5', b'count=1,bytes=2,foo=3', b'count=1;bytes=2', b'count=99999999999999999999,bytes=1')):
        p = '/odd%d' % i
        A('create', path=q + p)
        A('create', path=q + p + '/' + lim, data=data)
        A('create', path=q + p + '/' + st, data=b'count=0,bytes=0')
        A('create', path=p, data=b'1')
        A('setData', path=p, data=b'12')
        look(p)
    A('create', path='/last')
    A('ping')


def killer_ttl():
    rec.connect('A', timeout=60000)
    note('killer', 'createTTL with a flag that is not TTL and a negative ttl passes every check, then kills the server when it is applied')
    A('create', path='/a')
    rec.step('A', 'createTTL', path='/t', flags=0, ttl=-1)
    rec.connect('A', timeout=60000, text='nobody listens any more')


def killer_quota():
    rec.connect('A', timeout=60000)
    note('killer', 'limits for the root itself kill the server when the create is applied')
    A('create', path='/zookeeper/quota/zookeeper_stats', data=b'count=0,bytes=0')
    A('getData', path='/zookeeper/quota/zookeeper_stats')
    rec.step('A', 'create', path='/zookeeper/quota/zookeeper_limits', data=b'count=1000,bytes=100000')
    rec.connect('A', timeout=60000, text='nobody listens any more')


globals()[args.part]()
rec.save(args.out)
