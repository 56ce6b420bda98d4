"""Trees as clients see them: read from a living server, compared, and put in a short form.

A tree is {path: {data, stat, acl, children}}: data base64 or null, all fields of the stat, children sorted. A node that
the server cannot read to anybody (its ACL is missing from the table) is {error}, and nothing is known of what is below.
"""
import hashlib
import json

from server import SUPER
from wire import OP, Reader, Wire, b64, i32, ustr

WINDOW = 200


def read_all(port):
    """The whole tree. Its only transactions are the beginning and the end of its own session.

    A server refuses a client that has seen more than it has itself; untrusted ones have seen less than nothing.
    """
    wire = Wire(port, 'reader', timeout=60000, last=-1 << 63)
    wire.call('auth', scheme='digest', auth=SUPER.encode())
    out, level = {}, ['/']
    while level:
        below = []
        for start in range(0, len(level), WINDOW):
            for path in level[start:start + WINDOW]:
                for op, watch in (('getData', b'\0'), ('getChildren2', b'\0'), ('getACL', b'')):
                    wire.xid += 1
                    wire.send(i32(wire.xid) + i32(OP[op]) + ustr(path) + watch)
            for path in level[start:start + WINDOW]:
                below += _node(wire, path, out)
        level = below
    wire.call('closeSession')
    wire.drop()
    return out


def _node(wire, path, out):
    replies = []
    for _ in range(3):
        r = Reader(wire.recv())
        _, _, err = r.i(), r.l(), r.i()
        replies.append(r)
        if err:
            out[path] = {'error': err}
    if path in out:
        return []
    data, children, acl = replies
    value, stat = data.buf(), data.stat()
    names = children.vec(children.s)
    out[path] = {'data': b64(value), 'stat': stat, 'children': sorted(names),
                 'acl': acl.vec(lambda: {'perms': acl.i(), 'scheme': acl.s(), 'id': acl.s()})}
    return [(path if path != '/' else '') + '/' + name for name in sorted(names)]


def readable(tree):
    """A tree that was dumped from a database, as clients can read it: see above for nodes without an ACL."""
    out, waiting = {}, ['/']
    while waiting:
        path = waiting.pop()
        node = tree[path]
        out[path] = {'error': -5} if node['acl'] is None else node
        if node['acl'] is not None:
            waiting += [(path if path != '/' else '') + '/' + name for name in node['children']]
    return out


def short(tree):
    """Twenty bytes for a whole tree, in hexadecimal. Two trees with the same are the same."""
    text = json.dumps(tree, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
    return hashlib.sha1(text.encode()).hexdigest()


def differences(want, got, ignore=('/zookeeper/config',)):
    """Where two trees differ. /zookeeper/config is written by every member of an ensemble for itself."""
    found = []
    for path in sorted(set(want) | set(got)):
        a, b = want.get(path), got.get(path)
        if path in ignore or a == b:
            continue
        if a is None or b is None:
            found.append({'path': path, 'only': 'got' if a is None else 'wanted'})
            continue
        a, b = ({**node, **node.get('stat', {})} for node in (a, b))
        found += [{'path': path, 'field': field, 'wanted': a.get(field), 'got': b.get(field)}
                  for field in sorted(set(a) | set(b)) if field != 'stat' and a.get(field) != b.get(field)]
    return found
