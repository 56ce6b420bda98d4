#!/usr/bin/env python3
"""gen_fixed.py PORT OUT.json --server TEXT [--quirks | --poison] : the fixed tour of a server's behaviour.

Needs an EMPTY standalone server (see record.py). The tour goes section by section through stats, sequence numbers,
error codes, multi, watches, setWatches and sessions.
  --quirks  adds steps after which a 3.8.0 leader logs a wrong digest
  --poison  records only the bare check request, after which the server's log cannot be read back
"""
import argparse

from recorder import Recorder
from wire import OPEN

ap = argparse.ArgumentParser()
ap.add_argument('port', type=int)
ap.add_argument('out')
ap.add_argument('--server', required=True)
ap.add_argument('--quirks', action='store_true')
ap.add_argument('--poison', action='store_true')
args = ap.parse_args()
rec = Recorder(args.port, args.server)
S, conn, note = rec.step, rec.connect, rec.note


def show(*paths):
    for p in paths:
        S('A', 'exists', path=p)


conn('A')
if args.poison:
    note('poison', 'ZOOKEEPER-2623: a bare check request is logged as txn type 13, which no server can read back')
    S('A', 'create', path='/a')
    S('A', 'check', path='/a', version=0)
    S('A', 'create', path='/b')
    S('A', 'check', path='/a', version=7)
    S('A', 'check', path='/none', version=-1)
    S('A', 'setData', path='/a', data=b'x')
    S('A', 'check', path='/a', version=-1)
    show('/a', '/b')
    rec.save(args.out)
    raise SystemExit
note('stat', 'which Stat fields each operation touches, on the node and on its parent')
show('/', '/zookeeper', '/zookeeper/config', '/zookeeper/quota')
S('A', 'create2', path='/a', data=b'one'); show('/')
S('A', 'setData', path='/a', data=b'two', version=0); S('A', 'setData', path='/a', data=b'', version=-1)
S('A', 'setData', path='/a', data=None, version=2); S('A', 'getData', path='/a')
S('A', 'create2', path='/a/x', data=None); show('/a'); S('A', 'getData', path='/a/x')
S('A', 'create', path='/a/y'); show('/a'); S('A', 'delete', path='/a/x', version=0); show('/a')
S('A', 'create2', path='/a/y/z'); show('/a', '/a/y'); S('A', 'delete', path='/a/y/z'); show('/a', '/a/y')
S('A', 'setACL', path='/a', acl=[(17, 'world', 'anyone'), (31, 'digest', 'u:h')], version=0); S('A', 'getACL', path='/a')
S('A', 'setACL', path='/a', acl=OPEN, version=1); show('/a')
S('A', 'sync', path='/a'); S('A', 'getChildren2', path='/a'); S('A', 'getAllChildrenNumber', path='/')

note('sequence', 'the suffix is the parent cversion counter (creates only), not the number of children')
S('A', 'create', path='/q')
for f in (2, 2):
    S('A', 'create', path='/q/n-', flags=f)
S('A', 'create', path='/q/plain'); S('A', 'create', path='/q/n-', flags=2)
S('A', 'delete', path='/q/n-0000000000'); S('A', 'create', path='/q/n-', flags=2)
S('A', 'create', path='/q/', flags=2); S('A', 'create2', path='/q/e-', flags=3); show('/q')
S('A', 'create', path='/q/n-0000000007'); S('A', 'create', path='/q/n-', flags=2); show('/q')

note('errors', 'error codes; note that failed writes still consume a zxid when they reach the request pipeline')
for p in ('', 'a', '/', '//', '/a//b', '/a/', '/a/.', '/a/..', '/a/./b', '/a/../b', '/a/...', '/a/.b', '/a/b.',
          '/n\x00ul', '/c\x01', '/c\x1f', '/c\x20sp', '/c\x7f', '/c\x9f', '/c\xa0', '/c\ud7ff', '/c\ue000', '/c\uf8ff',
          '/c\uf900', '/c\uffef', '/c\ufff0', '/c\U0001f600', '/\u65e5\u672c\u8a9e', '/e\u0301', '/\u00e9'):
    S('A', 'create', path=p)
S('A', 'create', path=None)
S('A', 'create', path='/no/parent'); S('A', 'create', path='/a'); S('A', 'delete', path='/none')
S('A', 'delete', path='/a', version=9); S('A', 'delete', path='/a', version=-1); S('A', 'setData', path='/none', data=b'')
S('A', 'setData', path='/a', data=b'', version=77); S('A', 'setData', path='/a', data=b'', version=-2); S('A', 'setACL', path='/a', acl=OPEN, version=77)
S('A', 'getData', path='/none'); S('A', 'exists', path='/none'); S('A', 'getChildren', path='/none'); S('A', 'getACL', path='/none')
S('A', 'getData', path='bad'); S('A', 'getChildren', path='/a/')
S('A', 'create', path='/eph', flags=1); S('A', 'create', path='/eph/child')
S('A', 'create', path='/acl1', acl=[]); S('A', 'create', path='/acl2', acl=None); S('A', 'create', path='/acl3', acl=[(31, 'nope', 'x')])
S('A', 'create', path='/acl4', acl=[(31, 'auth', '')]); S('A', 'create', path='/acl5', acl=[(31, 'digest', 'nocolon')])
S('A', 'create', path='/acl6', acl=[(31, 'ip', '300.1.1.1')]); S('A', 'create', path='/acl7', acl=[(31, 'ip', '127.0.0.1/8'), (31, 'ip', '127.0.0.1/8'), (1, 'world', 'anyone')])
S('A', 'getACL', path='/acl7')
S('A', 'create', path='/ro', acl=[(1, 'world', 'anyone')]); S('A', 'setData', path='/ro', data=b'x'); S('A', 'create', path='/ro/k')
S('A', 'delete', path='/ro'); S('A', 'setACL', path='/ro', acl=OPEN)
S('A', 'create', path='/noread', acl=[(30, 'world', 'anyone')]); S('A', 'getData', path='/noread'); S('A', 'getChildren', path='/noread'); S('A', 'exists', path='/noread'); S('A', 'getACL', path='/noread')
S('A', 'delete', path='/'); S('A', 'delete', path='/zookeeper'); S('A', 'delete', path='/zookeeper/quota'); S('A', 'delete', path='/zookeeper/config')
S('A', 'create', path='/zookeeper/x'); S('A', 'delete', path='/zookeeper/x'); S('A', 'setData', path='/', data=b'root'); S('A', 'setData', path='/zookeeper/config', data=b'x')
for fl in (5, 6, 7, -1):
    S('A', 'create', path='/flag%d' % fl, flags=fl)
S('A', 'createContainer', path='/box'); S('A', 'createTTL', path='/ttl', ttl=60000); S('A', 'createTTL', path='/ttl-', ttl=1000000, flags=6)
S('A', 'createTTL', path='/ttl0', ttl=0); S('A', 'createTTL', path='/ttlneg', ttl=-1); S('A', 'createTTL', path='/ttlmax', ttl=(1 << 40) - 1); S('A', 'createTTL', path='/ttlbig', ttl=1 << 40)
show('/box', '/ttl', '/ttlmax'); S('A', 'create', path='/box/in'); S('A', 'create', path='/ttl/in')
S('A', 'reconfig')

note('multi', 'all-or-nothing; results list shows 0 before, the code at, and -2 (RuntimeInconsistency) after the failure')
S('A', 'multi', ops=[('create', {'path': '/m', 'data': b'0'}), ('create2', {'path': '/m/c'}), ('setData', {'path': '/m', 'data': b'1', 'version': 0}), ('check', {'path': '/m', 'version': 1}), ('delete', {'path': '/m/c', 'version': 0})])
show('/m'); S('A', 'multi', ops=[('setData', {'path': '/m', 'data': b'2'}), ('create', {'path': '/m/k'}), ('check', {'path': '/m', 'version': 99}), ('delete', {'path': '/m/k'})])
S('A', 'getData', path='/m'); S('A', 'multi', ops=[]); S('A', 'multi', ops=[('create', {'path': '/m/s-', 'flags': 2}), ('create', {'path': '/m/s-', 'flags': 2}), ('create', {'path': '/m/s-', 'flags': 3})]); show('/m')
S('A', 'multi', ops=[('create', {'path': '/m/twice'}), ('create', {'path': '/m/twice'})]); S('A', 'multi', ops=[('delete', {'path': '/m'}), ('create', {'path': '/m'})])
S('A', 'multi', ops=[('create', {'path': '/m/d'}), ('delete', {'path': '/m/d'}), ('create', {'path': '/m/d'})]); show('/m', '/m/d')
S('A', 'multiRead', ops=[('getData', {'path': '/m'}), ('getChildren', {'path': '/m'}), ('getData', {'path': '/none'})])
S('A', 'multi', ops=[('createContainer', {'path': '/m/box'})])

note('watches', 'one-shot: W1. persistent (mode 0): W2. persistent recursive (mode 1): W3')
conn('W1')
conn('W2')
conn('W3')
S('A', 'create', path='/w')
S('W1', 'exists', path='/w/new', watch=True); S('W1', 'getData', path='/w', watch=True); S('W1', 'getChildren', path='/w', watch=True)
S('W2', 'addWatch', path='/w', mode=0); S('W3', 'addWatch', path='/w', mode=1)
S('A', 'create', path='/w/new', data=b'1'); S('A', 'create', path='/w/new/deep'); S('A', 'setData', path='/w/new', data=b'2'); S('A', 'setData', path='/w', data=b'2')
S('A', 'setData', path='/w', data=b'3'); S('A', 'setACL', path='/w', acl=OPEN); S('A', 'delete', path='/w/new/deep'); S('A', 'setData', path='/w/nope', data=b'')
S('W1', 'getData', path='/w/new', watch=True); S('W1', 'getChildren', path='/w/new', watch=True); S('W1', 'exists', path='/w/new', watch=True); S('A', 'delete', path='/w/new')
S('W1', 'getChildren', path='/w', watch=True); S('A', 'multi', ops=[('create', {'path': '/w/m1'}), ('create', {'path': '/w/m2'}), ('setData', {'path': '/w/m1', 'data': b'x'}), ('delete', {'path': '/w/m2'})])
S('W1', 'getData', path='/w/none', watch=True); S('A', 'create', path='/w/none'); S('W2', 'addWatch', path='/w', mode=7)
S('W2', 'checkWatches', path='/w', type=3); S('W2', 'removeWatches', path='/w', type=3); S('W2', 'removeWatches', path='/w', type=3); S('W3', 'removeWatches', path='/w', type=4)
S('A', 'create', path='/w/after')
S('W1', 'getData', path='/w', watch=True); S('W1', 'getChildren', path='/w', watch=True); S('W1', 'exists', path='/w', watch=True)
for p in ('/w/m1', '/w/none', '/w/after'):
    S('A', 'delete', path=p)
S('A', 'delete', path='/w')
z = S('A', 'create', path='/w')['reply']['zxid']
S('A', 'create', path='/w/k'); S('A', 'setData', path='/w', data=b'changed')
note('setWatches', 're-registering after reconnect with a stale relativeZxid fires immediately')
S('W1', 'setWatches', zxid=z, data=['/w', '/gone'], exist=['/w', '/never'], child=['/w', '/gone'])
S('W1', 'setWatches', zxid=1 << 40, data=['/w'], exist=['/never'], child=['/w']); S('A', 'create', path='/w/k2'); S('A', 'create', path='/never')

note('sessions', 'ephemerals go in the closeSession transaction; wrong password and stale clients are refused')
conn('B', timeout=5000)
S('B', 'create', path='/eB', flags=1); S('B', 'create', path='/q/eB-', flags=3); show('/eB'); S('B', 'getEphemerals', path='/')
S('W3', 'addWatch', path='/', mode=1)
S('B', 'closeSession'); S('A', 'exists', path='/eB'); show('/q')
conn('C', timeout=1, text='timeout clamped up to minSessionTimeout (here 1000)')
S('C', 'create', path='/eC', flags=1)
old = rec.clients['C']
conn('E', session=old.session, passwd=b'x' * 16, text='wrong password: session id 0, timeout 0, connection closed')
rec.drop('C')
conn('D', timeout=999999999, session=old.session, passwd=old.passwd, text='same session resumed on a new connection: same id; timeout re-negotiated, clamped down to maxSessionTimeout (600000)')
S('D', 'exists', path='/eC'); S('D', 'closeSession'); S('A', 'exists', path='/eC')
conn('F', last=1 << 50, text='client has seen a zxid ahead of the server')
conn('G', timeout=1000); S('G', 'create', path='/eG', flags=1); rec.drop('G')
rec.expire('G', text='the server itself issued closeSession'); S('A', 'exists', path='/eG')
if args.quirks:
    note('quirks', 'real-server oddities; the two container steps make a real 3.8 leader log a wrong TxnDigest')
    S('A', 'create', path='/flag4', flags=4); show('/flag4'); S('A', 'createContainer', path='/box2', flags=0); show('/box2')
    S('A', 'create', path='/emojiacl', acl=[(31, 'digest', 'u\U0001f600:h'), (31, 'world', 'anyone')]); S('A', 'getACL', path='/emojiacl'); S('A', 'delete', path='/emojiacl')
    S('A', 'exists', path=''); S('A', 'getData', path='')
for w in ('W1', 'W2', 'W3'):
    S(w, 'closeSession')
S('A', 'exists', path='/')
rec.save(args.out)

